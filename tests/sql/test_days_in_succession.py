"""Days loaded one after another: keys never change, rows that leave stay, rows that come back keep their key."""

from datetime import timedelta
from pathlib import Path

import pandas as pd

from data.generate import BUSINESS_DATE, generate
from tests.days.drop import write_drop
from tests.days.successive import DAYS
from tests.oracle import compare, compute
from tests.oracle.schema import KEYS
from tests.warehouse import Warehouse


def test_each_of_three_days_gives_the_gold_worked_out_by_hand(warehouse: Warehouse, tmp_path: Path) -> None:
    for day in DAYS:
        drop = tmp_path / str(day.business_date)
        write_drop(drop, day.lines)
        warehouse.load(drop, day.business_date, reject_limit=1)
        for table, expected in day.gold.items():
            actual = warehouse.table(f"gold.{table}", list(expected.columns))
            assert compare(expected, actual, KEYS[table]) == [], f"{table} on {day.business_date}"
        vanished = warehouse.execute(
            "SELECT order_number, product_number, last_seen_date FROM silver.sales WHERE in_source = 0"
        )
        assert {tuple(row.values()) for row in vanished} == {
            (sale.order_number, sale.product_number, sale.last_seen) for sale in day.vanished_sales
        }


def keys(warehouse: Warehouse) -> dict[str, dict[object, int]]:
    pairs = {
        "customer_id": ("dim_customers", "customer_key"),
        "product_number": ("dim_products", "product_key"),
    }
    found = {}
    for entity, (table, key) in pairs.items():
        frame = warehouse.table(f"gold.{table}", [entity, key])
        found[table] = dict(zip(frame[entity], frame[key], strict=True))
    return found


def test_a_day_of_life_moves_no_key_and_matches_the_oracle_but_for_new_keys(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    before: dict[str, dict[object, int]] = {"dim_customers": {}, "dim_products": {}}
    for days in range(3):
        as_of = BUSINESS_DATE + timedelta(days=days)
        drop = tmp_path / str(days)
        generate(drop, scale=0.02, seed=3, as_of=as_of)
        warehouse.load(drop, as_of, reject_limit=1)
        after = keys(warehouse)
        for table, known in before.items():
            assert known.items() <= after[table].items()
            assert len(set(after[table].values())) == len(after[table])
        before = after
        oracle = compute(drop, as_of)
        daily = warehouse.table("gold.report_sales_daily")
        assert compare(oracle.report_sales_daily, daily, ["order_date"]) == []
        assert _by_natural_key(oracle.fact_sales, oracle.dim_customers) == _by_natural_key(
            warehouse.table("gold.fact_sales"), warehouse.table("gold.dim_customers")
        )


def _by_natural_key(sales: pd.DataFrame, customers: pd.DataFrame) -> list[tuple[object, ...]]:
    """The order lines with natural keys instead of surrogate keys."""
    ids = dict(zip(customers["customer_key"], customers["customer_id"], strict=True))
    lines = zip(sales["order_number"], sales["customer_key"], sales["sales_amount"], strict=True)
    return sorted((order, str(ids[customer]), int(amount)) for order, customer, amount in lines)
