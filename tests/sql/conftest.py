"""Fixtures of the tests of the T-SQL: three logins, an empty warehouse, drops of three days."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.days.drop import write_drop
from tests.days.successive import DAYS
from tests.sql.callers import Callers, logins
from tests.warehouse import Server, Warehouse


@pytest.fixture(scope="module")
def callers(server: Server) -> Iterator[Callers]:
    """Logins as ``warehouse.logins`` makes them, on an empty warehouse."""
    Warehouse(server).rebuild()
    with logins(server) as made:
        yield made


@pytest.fixture
def emptied(shared_warehouse: Warehouse) -> Warehouse:
    """The module's warehouse without the rows of earlier tests."""
    shared_warehouse.empty()
    return shared_warehouse


@pytest.fixture(scope="session")
def drops(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The drops of the three days in succession."""
    folder = tmp_path_factory.mktemp("drops")
    for day in DAYS:
        write_drop(folder / str(day.business_date), day.lines)
    return [folder / str(day.business_date) for day in DAYS]
