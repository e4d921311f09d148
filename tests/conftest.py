"""Fixtures that several folders share."""

from collections.abc import Iterator

import pytest

from tests.warehouse import Server, Warehouse, configured_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A SQL Server, or the stand-in, for the whole run."""
    with configured_server(tmp_path_factory.mktemp("server")) as running:
        yield running


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
