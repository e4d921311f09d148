"""Fixtures that several folders share, and the marks of each test: what it needs, and whether its run is long.

Nothing but pytest is imported before a test asks for it, so that a folder of plain functions starts at once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.long import is_exhaustive, is_long, is_long_file, stale

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
DROPS = ("data/", "days/", "oracle/test_handmade_day.py")
"""Tests that generate drops or compute the gold of drops."""
DASHBOARDS = "dashboards/"
TOGETHER = ("e2e/", "deploy/", DASHBOARDS, "docs/")
"""Folders that one process runs as a whole: fixtures of the whole folder, or services that would slow each other down.

They take longest, so they come first: files of minutes at the end would leave the other processes without work.
"""
FIRST = (*TOGETHER, "stack/", "sql/test_version_history.py", "sql/test_withdrawal.py")
"""Folders and files at the beginning of a run, in this order; the tests of stack/ mostly wait."""
NAMES: set[str] = set()
"""All tests that were collected, as tests/long.py calls them."""


def _is_short(config: pytest.Config) -> bool:
    return "not long" in config.option.markexpr


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no file of which the run has no test."""
    name = str(collection_path.relative_to(TESTS))
    if _is_short(config) and name.endswith(".py") and is_long_file(name):
        return True
    if config.option.markexpr.startswith("unit") and f"{name}/" in (*SYSTEM, *DROPS, DASHBOARDS):
        return True
    return None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test."""
    name = f"{item.path.relative_to(TESTS)}::{item.nodeid.partition('::')[2]}"
    fixtures = getattr(item, "fixturenames", ())
    needs = {mark for fixture, mark in NEEDS.items() if fixture in fixtures}
    if name.startswith(SYSTEM):
        needs.add("system")
    if name.startswith(DROPS):
        needs.add("drops")
    for mark in needs or {"unit"}:
        item.add_marker(mark)
    if is_long(name):
        item.add_marker("long")
    if is_exhaustive(name):
        item.add_marker("exhaustive")
    NAMES.add(name)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with ``FIRST``; refuse a list of long tests that names tests that are no more."""

    def place(item: pytest.Item) -> int:
        file = item.path.relative_to(TESTS).as_posix()
        return next((index for index, first in enumerate(FIRST) if file.startswith(first)), len(FIRST))

    items.sort(key=place)
    everything = [config.rootpath / argument for argument in config.args] == [TESTS] and not _is_short(config)
    if everything and (unknown := stale(NAMES)):
        raise pytest.UsageError(f"tests/long.py names tests that there are not: {', '.join(unknown)}")


class FileOrFolder(LoadFileScheduling):  # type: ignore[misc] # xdist has no types
    """Gives a process a file at a time, or a whole folder of ``TOGETHER``."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return next((folder for folder in TOGETHER if file.startswith(f"{TESTS.name}/{folder}")), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileOrFolder | None:
    """Choose what `--dist loadfile` means here."""
    return FileOrFolder(config, log) if config.getvalue("dist") == "loadfile" else None


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
