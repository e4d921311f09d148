"""The oracle against the figures worked out by hand."""

import pytest

from tests.days.handmade import BUSINESS_DATE, HANDMADE_DAY, expected
from tests.oracle import Gold, compare, compute
from tests.oracle.schema import KEYS


@pytest.fixture(scope="module")
def gold() -> Gold:
    return compute(HANDMADE_DAY, BUSINESS_DATE)


@pytest.mark.parametrize("table", KEYS)
def test_the_oracle_gives_the_gold_worked_out_by_hand(gold: Gold, table: str) -> None:
    assert compare(expected(table), getattr(gold, table), KEYS[table]) == []
