"""A bad drop: the oracle raises an error, staging refuses it and names the place."""

from pathlib import Path

import pytest

from tests.days.bad import BAD
from tests.days.nasty import BUSINESS_DATE
from tests.oracle import compute
from warehouse.staging import StagingError, stage


@pytest.mark.parametrize("name", BAD)
def test_the_oracle_gives_no_figures_for_a_bad_drop(name: str, tmp_path: Path) -> None:
    BAD[name].build(tmp_path)
    with pytest.raises((OSError, ValueError)):
        compute(tmp_path, BUSINESS_DATE)


@pytest.mark.parametrize("name", BAD)
def test_staging_refuses_a_bad_drop_and_names_the_place_of_its_fault(name: str, tmp_path: Path) -> None:
    BAD[name].build(tmp_path / "drop")
    with pytest.raises(StagingError) as refused:
        stage(tmp_path / "drop", tmp_path / "landing")
    message = str(refused.value)
    assert [text for text in BAD[name].mentions if text not in message] == []
    assert not (tmp_path / "landing").exists()
