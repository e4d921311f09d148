"""The days in succession against the oracle, which computes each day alone."""

from pathlib import Path

import pandas as pd
import pytest

from tests.days.drop import write_drop
from tests.days.successive import DAYS, Day
from tests.oracle import Gold, compare, compute

SURROGATES = ["customer_key", "product_key"]


@pytest.fixture(params=DAYS, ids=lambda day: str(day.business_date))
def day(request: pytest.FixtureRequest) -> Day:
    found: Day = request.param
    return found


@pytest.fixture
def gold(day: Day, tmp_path: Path) -> Gold:
    write_drop(tmp_path, day.lines)
    return compute(tmp_path, day.business_date)


@pytest.mark.parametrize(("table", "key"), [("dim_customers", "customer_id"), ("dim_products", "product_number")])
def test_rows_of_the_drop_equal_those_of_a_first_load(day: Day, gold: Gold, table: str, key: str) -> None:
    expected = day.gold[table]
    present = expected[expected["in_source"] == 1].drop(columns=SURROGATES, errors="ignore")
    computed: pd.DataFrame = getattr(gold, table)
    assert compare(present, computed[computed["in_source"] == 1][list(present)], [key]) == []


def test_the_money_of_sales_is_that_of_a_first_load(day: Day, gold: Gold) -> None:
    columns = ["order_number", "order_date", "sales_amount", "quantity", "price"]
    assert compare(day.gold["fact_sales"][columns], gold.fact_sales[columns], ["order_number"]) == []


def test_profit_follows_from_the_cost(day: Day) -> None:
    sales = day.gold["fact_sales"]
    profit = sales["sales_amount"] - sales["quantity"] * sales["cost"]
    assert profit.to_list() == sales["profit"].to_list()


def test_no_key_ever_changes_or_moves_to_another_entity() -> None:
    for table, key, entity in (
        ("dim_customers", "customer_key", "customer_id"),
        ("dim_products", "product_key", "product_number"),
    ):
        known: dict[object, object] = {}
        for day in DAYS:
            keys = dict(zip(day.gold[table][entity], day.gold[table][key], strict=True))
            assert known.items() <= keys.items()
            assert len(set(keys.values())) == len(keys)
            known = keys


def test_a_vanished_sale_is_not_in_the_fact_table(day: Day) -> None:
    numbers = day.gold["dim_products"].set_index("product_key")["product_number"]
    sales = day.gold["fact_sales"]
    present = set(zip(sales["order_number"], sales["product_key"].map(numbers), strict=True))
    assert present.isdisjoint((sale.order_number, sale.product_number) for sale in day.vanished_sales)
