"""dbt-sqlserver: it loads a seed, makes a view and a snapshot, tests them and writes the documentation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

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


def test_dbt_builds_a_project_and_its_documentation(dbt: Path, sqlserver: SqlServer, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECT, tmp_path / "project")
    environment = {
        **os.environ,
        "DBT_DRIVER": microsoft_driver(),
        "DBT_PORT": str(sqlserver.port),
        "DBT_PASSWORD": sqlserver.password,
        "DO_NOT_TRACK": "1",
    }
    with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
        connection.execute("CREATE DATABASE dbt")
        for command in (["build"], ["docs", "generate"]):
            run = subprocess.run(
                [str(dbt), *command, "--profiles-dir", "."],
                cwd=project,
                env=environment,
                timeout=300,
                capture_output=True,
                text=True,
                check=False,
            )
            assert run.returncode == 0, run.stdout
        connection.execute("USE dbt")
        assert [tuple(row) for row in connection.execute("SELECT id, name FROM names ORDER BY id")] == [
            (1, "pen"),
            (2, "ink"),
        ]
        assert connection.execute("SELECT COUNT(*) FROM prices WHERE dbt_valid_to IS NULL").fetchval() == 2
