"""dbt-sqlserver: it loads a seed, makes a view and a snapshot, tests them and writes the documentation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from local_sqlserver.pytest_plugin import SqlServer, microsoft_driver

pytestmark = pytest.mark.long
PROJECT = Path(__file__).parent / "dbt"


@pytest.fixture(scope="module")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, in an environment of its own that uv makes from the lock file."""
    environment = tmp_path_factory.mktemp("dbt")
    uv = shutil.which("uv", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    assert uv is not None, "uv is not installed"
    python = environment / "bin" / "python"
    for command in (
        [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(environment)],
        [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(PROJECT / "requirements.txt")],
    ):
        subprocess.run(command, check=True, timeout=300)
    return environment / "bin" / "dbt"


def test_dbt_builds_a_project_twice_and_its_documentation(dbt: Path, sqlserver: SqlServer, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECT, tmp_path / "project")
    environment = {
        **os.environ,
        "DBT_DRIVER": microsoft_driver(),
        "DBT_PORT": str(sqlserver.port),
        "DBT_PASSWORD": sqlserver.password,
        "DO_NOT_TRACK": "1",
    }

    def run(*command: str) -> None:
        done = subprocess.run(
            [str(dbt), *command, "--profiles-dir", "."],
            cwd=project,
            env=environment,
            timeout=300,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout

    with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
        connection.execute("CREATE DATABASE dbt")

        def rows(query: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(f"USE dbt; {query}")]

        run("build")
        assert rows("SELECT id, name FROM names ORDER BY id") == [(1, "pen"), (2, "ink")]
        assert rows("SELECT items, price FROM totals") == [(2, 3.75)]
        assert rows("SELECT COUNT(*) FROM prices WHERE dbt_valid_to IS NULL") == [(2,)]
        (project / "seeds" / "items.csv").write_text("id,name,price\n1,pen,1.5\n2,ink,2.5\n3,ink,4\n", encoding="utf-8")
        run("build")
        assert rows("SELECT id, price FROM known_items ORDER BY id") == [(1, 1.5), (2, 2.5), (3, 4)]
        assert rows("SELECT items, price FROM totals") == [(3, 8)]
        assert rows("SELECT id, price FROM prices WHERE dbt_valid_to IS NULL ORDER BY id") == [
            (1, 1.5),
            (2, 2.5),
            (3, 4),
        ]
        assert rows("SELECT id, price FROM prices WHERE dbt_valid_to IS NOT NULL") == [(2, 2.25)]
    run("docs", "generate")
    assert (project / "target" / "catalog.json").is_file()
