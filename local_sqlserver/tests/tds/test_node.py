"""Clients of Node.js, installed by npm from the lock file beside their scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local_sqlserver.pytest_plugin import SqlServer

pytestmark = pytest.mark.long
SCRIPTS = Path(__file__).parent / "node"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed packages."""
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SCRIPTS / name, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=300, capture_output=True)
    return folder / "node_modules"


@pytest.mark.parametrize("client", ["tedious", "mssql", "sequelize", "knex"])
def test_a_client_of_node_does_its_work(packages: Path, sqlserver: SqlServer, client: str) -> None:
    run = subprocess.run(
        ["node", str(SCRIPTS / f"{client}.js"), str(sqlserver.port), sqlserver.password],
        env={**os.environ, "NODE_PATH": str(packages)},
        timeout=120,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
