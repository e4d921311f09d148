"""Every gold table equals an independent computation, row by row and to the unit."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from data.generate import BUSINESS_DATE, generate
from tests.days import handmade
from tests.days.nasty import NASTY
from tests.oracle import compute
from tests.sql.comparison import differences
from tests.warehouse import ROOT, Warehouse


@pytest.fixture
def warehouse(shared_warehouse: Warehouse) -> Warehouse:
    """An empty warehouse."""
    shared_warehouse.empty()
    return shared_warehouse


def equals_oracle(warehouse: Warehouse, drop: Path, business_date: date, reject_limit: float) -> None:
    warehouse.load(drop, business_date, reject_limit=reject_limit)
    gold = compute(drop, business_date)
    assert differences(warehouse, lambda table: getattr(gold, table)) == {}


def test_the_hand_made_day_gives_the_gold_worked_out_by_hand(warehouse: Warehouse) -> None:
    warehouse.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    assert differences(warehouse, handmade.expected) == {}


def test_the_committed_drop_gives_the_gold_of_the_oracle(warehouse: Warehouse) -> None:
    equals_oracle(warehouse, ROOT / "data", BUSINESS_DATE, 0.01)


@pytest.mark.parametrize("seed", [7, 11, 13])
def test_a_small_drop_of_another_seed_gives_the_gold_of_the_oracle(
    warehouse: Warehouse, tmp_path: Path, seed: int
) -> None:
    as_of = BUSINESS_DATE + timedelta(days=seed)
    generate(tmp_path, scale=0.01, seed=seed, as_of=as_of)
    equals_oracle(warehouse, tmp_path, as_of, 1)


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_drop_gives_the_gold_of_the_oracle(warehouse: Warehouse, tmp_path: Path, name: str) -> None:
    NASTY[name](tmp_path)
    equals_oracle(warehouse, tmp_path, date(2024, 6, 15), 1)
