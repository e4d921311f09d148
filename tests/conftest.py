"""Fixtures that several folders share, and the marks of each test: what it needs, and whether its run is long.

Nothing but pytest is imported before a test asks for it, so that a folder of plain functions starts at once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.long import is_long, stale

if TYPE_CHECKING:
    from tests.warehouse import Server, Warehouse

TESTS = Path(__file__).parent
NEEDS = {
    "server": "server",
    "start_sqlserver": "server",
    "postgres": "postgres",
    "postgres_for_dashboards": "postgres",
    "browser": "browser",
}
"""Fixture → the mark of all tests that ask for it, themselves or through another fixture."""
SYSTEM = (
    "e2e/",
    "deploy/test_replay.py",
    "deploy/test_images.py",
    "deploy/test_compose_file.py::test_the_file_is_valid",
    "dags/test_structure.py::test_a_dag_file_is_read",
    "stack/",
)
"""Tests that start processes of their own, which no fixture tells."""
TOGETHER = ("dashboards/", "docs/")
"""Folders with fixtures of the whole folder: one process runs all of it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test, before -m chooses by marks."""
    names = {item: f"{item.path.relative_to(TESTS)}::{item.nodeid.partition('::')[2]}" for item in items}
    for item, name in names.items():
        fixtures = getattr(item, "fixturenames", ())
        needs = {mark for fixture, mark in NEEDS.items() if fixture in fixtures}
        if name.startswith(SYSTEM):
            needs.add("system")
        for mark in needs or {"unit"}:
            item.add_marker(mark)
        if is_long(name):
            item.add_marker("long")
        group = next((folder for folder in TOGETHER if name.startswith(folder)), name.partition("::")[0])
        item.add_marker(pytest.mark.xdist_group(group))
    if [config.rootpath / argument for argument in config.args] == [TESTS] and (unknown := stale(set(names.values()))):
        raise pytest.UsageError(f"tests/long.py names tests that there are not: {', '.join(unknown)}")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server:
    """The server that WAREHOUSE_ODBC names, for the whole run; without that setting the stand-in."""
    from tests.warehouse import Server, stand_in

    odbc = os.environ.get("WAREHOUSE_ODBC")
    if not odbc:
        return stand_in(request.getfixturevalue("sqlserver"))
    landing = os.environ["WAREHOUSE_LANDING_DIR"]
    return Server(odbc, Path(landing), os.environ.get("WAREHOUSE_LANDING_DIR_SQLSERVER", landing))


@pytest.fixture(scope="session")
def deployed(server: Server) -> Warehouse:
    """The warehouse that tests take over from each other."""
    from tests.warehouse import Warehouse

    return Warehouse(server)


@pytest.fixture
def warehouse(deployed: Warehouse) -> Warehouse:
    """An empty warehouse, as a deployment leaves it."""
    deployed.renew()
    return deployed


@pytest.fixture(scope="module")
def shared_warehouse(deployed: Warehouse) -> Warehouse:
    """A warehouse for the tests of one module that only read what its first load wrote."""
    deployed.renew()
    return deployed
