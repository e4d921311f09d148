"""Fixtures of the tests that need the three logins."""

from collections.abc import Iterator

import pytest

from tests.sql.callers import Callers, logins
from tests.warehouse import Server, Warehouse


@pytest.fixture(scope="module")
def callers(server: Server) -> Iterator[Callers]:
    """Logins as ``warehouse.logins`` makes them, on an empty warehouse."""
    Warehouse(server).rebuild()
    with logins(server) as made:
        yield made
