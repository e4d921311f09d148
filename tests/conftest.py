"""Fixtures that several folders share."""

import os
from pathlib import Path

import pytest

from tests.warehouse import Server, Warehouse, stand_in


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server:
    """The server that WAREHOUSE_ODBC names, for the whole run; without that setting the stand-in."""
    odbc = os.environ.get("WAREHOUSE_ODBC")
    if not odbc:
        return stand_in(request.getfixturevalue("sqlserver"))
    landing = os.environ["WAREHOUSE_LANDING_DIR"]
    return Server(odbc, Path(landing), os.environ.get("WAREHOUSE_LANDING_DIR_SQLSERVER", landing))


@pytest.fixture
def warehouse(server: Server) -> Warehouse:
    """An empty warehouse, freshly deployed."""
    empty = Warehouse(server)
    empty.rebuild()
    return empty


@pytest.fixture(scope="module")
def shared_warehouse(server: Server) -> Warehouse:
    """A warehouse for the tests of one module that only read what its first load wrote."""
    empty = Warehouse(server)
    empty.rebuild()
    return empty
