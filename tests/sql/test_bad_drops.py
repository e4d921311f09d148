"""A bad drop stops in staging, the warehouse does not change, and the next good load works."""

from datetime import date
from pathlib import Path

import pytest

from tests.days import handmade
from tests.days.bad import BAD
from tests.sql.comparison import differences
from tests.warehouse import Warehouse
from warehouse.staging import StagingError


@pytest.fixture(scope="module")
def loaded(shared_warehouse: Warehouse) -> Warehouse:
    """The hand-made day, loaded."""
    shared_warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    return shared_warehouse


@pytest.mark.parametrize("name", BAD)
def test_a_bad_drop_names_file_and_place_and_changes_nothing(loaded: Warehouse, tmp_path: Path, name: str) -> None:
    BAD[name].build(tmp_path)
    with pytest.raises(StagingError) as raised:
        loaded.load(tmp_path, date(2024, 6, 16), reject_limit=1)
    for mentioned in BAD[name].mentions:
        assert mentioned in str(raised.value)
    assert differences(loaded, handmade.expected) == {}


def test_a_good_drop_loads_after_bad_ones(loaded: Warehouse) -> None:
    loaded.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    assert differences(loaded, handmade.expected) == {}
