"""The API on the drop in data/, whose answers the documentation shows."""

import pytest

from data.generate import BUSINESS_DATE
from tests.api.conftest import migrated, postgres
from tests.warehouse import ROOT, Server, Warehouse

__all__ = ["migrated", "postgres"]


@pytest.fixture(scope="package")
def committed_drop(server: Server) -> Warehouse:
    """A warehouse that has published the drop in data/ and nothing else."""
    warehouse = Warehouse(server)
    warehouse.rebuild()
    warehouse.load(ROOT / "data", BUSINESS_DATE)
    return warehouse
