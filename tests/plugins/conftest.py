from pathlib import Path

import pytest

from tests.days.handmade import BUSINESS_DATE, HANDMADE_DAY
from tests.warehouse import Warehouse
from warehouse.tableau.export import Export, export


@pytest.fixture(scope="module")
def exported(shared_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """The hand-made day, exported."""
    shared_warehouse.load(HANDMADE_DAY, BUSINESS_DATE, reject_limit=1)
    return export(shared_warehouse.server.odbc, tmp_path_factory.mktemp("exports") / "made")


@pytest.fixture(scope="module")
def extract_file(exported: Export) -> Path:
    """The exported Hyper file."""
    return exported.files[0]
