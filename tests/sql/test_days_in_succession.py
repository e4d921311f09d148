"""Days loaded one after another: keys never change, rows that leave stay, rows that come back keep their key."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from data.generate import BUSINESS_DATE, generate
from tests import SOAK
from tests.days.drop import write_drop
from tests.days.successive import DAYS
from tests.oracle import Gold, compare, compute, history
from tests.oracle.history import Version
from tests.oracle.schema import KEYS
from tests.sql.steps import GOLD, HISTORIES, INTEGRATED, snapshot
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


def generated(folder: Path, count: int) -> list[tuple[Path, date]]:
    """Drops of ``count`` days of the generator, one after the other."""
    days = [(folder / str(number), BUSINESS_DATE + timedelta(days=number)) for number in range(count)]
    for drop, as_of in days:
        generate(drop, scale=0.01, seed=5, as_of=as_of)
    return days


BY_BUSINESS_KEY = {
    "customers": "SELECT customer_id, customer_number, first_name, last_name, country, marital_status, gender,"
    " birthdate, create_date FROM gold.dim_customers WHERE in_source = 1",
    "products": "SELECT product_number, product_id, product_name, category_id, category, subcategory, maintenance,"
    " cost, product_line, start_date FROM gold.dim_products WHERE in_source = 1",
    "sales": "SELECT f.order_number, p.product_number, c.customer_id, f.order_date, f.shipping_date, f.due_date,"
    " f.sales_amount, f.quantity, f.price, f.cost, f.profit FROM gold.fact_sales AS f"
    " JOIN gold.dim_customers AS c ON f.customer_key = c.customer_key"
    " JOIN gold.dim_products AS p ON f.product_key = p.product_key",
    "days": "SELECT * FROM gold.report_sales_daily",
    "customers with sales": "SELECT c.customer_id, r.customer_name, r.age, r.customer_segment, r.total_orders,"
    " r.total_sales, r.recency, r.lifespan FROM gold.report_customers AS r"
    " JOIN gold.dim_customers AS c ON r.customer_key = c.customer_key",
    "products with sales": "SELECT p.product_number, r.product_segment, r.total_orders, r.total_sales, r.recency,"
    " r.avg_selling_price FROM gold.report_products AS r JOIN gold.dim_products AS p ON r.product_key = p.product_key",
}
"""What gold shows, without surrogate keys."""


def by_business_key(warehouse: Warehouse) -> dict[str, list[str]]:
    return {
        name: sorted(str(tuple(row.values())) for row in warehouse.execute(query))
        for name, query in BY_BUSINESS_KEY.items()
    }


def versions_of(warehouse: Warehouse, members: str, key: str, columns: list[str]) -> dict[object, list[Version]]:
    """Give the versions of each member on record, the unknown one left out."""
    found: dict[object, list[Version]] = {}
    names = ", ".join(columns)
    query = f"SELECT {key}, valid_from, valid_to, {names} FROM gold.dim_{members}_history ORDER BY {key}, valid_from"
    for row in warehouse.execute(query):
        member, valid_from, valid_to, *values = row.values()
        found.setdefault(member, []).append(Version(valid_from, valid_to, tuple(values)))
    return {member: versions for member, versions in found.items() if member not in (None, "n/a")}


SOLD = (
    "SELECT f.order_number, p.product_number, c.valid_from AS customer_from, c.country, c.marital_status,"
    " p.valid_from AS product_from, p.product_line, p.cost FROM gold.fact_sales AS f"
    " JOIN gold.dim_customers_history AS c ON f.customer_version_key = c.customer_version_key"
    " JOIN gold.dim_products_history AS p ON f.product_version_key = p.product_version_key"
    " WHERE f.customer_key <> 0 AND f.product_key <> 0"
)


def sold(
    last: Gold, customers: dict[int, list[Version]], products: dict[str, list[Version]]
) -> list[tuple[object, ...]]:
    """What ``SOLD`` gives, worked out from the versions and the gold of the last day."""
    ids = dict(zip(last.dim_customers["customer_key"], last.dim_customers["customer_id"], strict=True))
    numbers = dict(zip(last.dim_products["product_key"], last.dim_products["product_number"], strict=True))
    lines = []
    for line in history.records(last.fact_sales.query("customer_key != 0 and product_key != 0")):
        number = numbers[line["product_key"]]
        customer = history.version_on(customers[ids[line["customer_key"]]], line["order_date"])
        product = history.version_on(products[number], line["order_date"])
        of_product = (product.valid_from, *product.values[-2:])
        lines.append((line["order_number"], number, customer.valid_from, *customer.values[2:], *of_product))
    return sorted(lines, key=str)


@pytest.mark.soak
def test_days_one_by_one_give_the_histories_of_the_oracle_and_the_gold_of_the_last_day(
    emptied: Warehouse, tmp_path: Path
) -> None:
    days = generated(tmp_path, 3 if SOAK == 1 else 3 * SOAK)
    for drop, business_date in days:
        emptied.load(drop, business_date)
    customers, products = history.customer_versions(days), history.product_versions(days)
    assert versions_of(emptied, "customers", "customer_id", history.TRACKED_OF_CUSTOMERS) == customers
    assert versions_of(emptied, "products", "product_number", [*history.TRACKED_OF_PRODUCTS, "cost"]) == products
    assert max(map(len, customers.values())) > 1
    assert max(map(len, products.values())) > 1
    lines = sorted((tuple(row.values()) for row in emptied.execute(SOLD)), key=str)
    assert lines == sold(compute(*days[-1]), customers, products)
    tables = (*GOLD[1:], *HISTORIES, *INTEGRATED)
    one_by_one, current = snapshot(emptied, tables), by_business_key(emptied)

    emptied.empty()
    for drop, business_date in days:
        emptied.load(drop, business_date)
    assert snapshot(emptied, tables) == one_by_one

    emptied.empty()
    emptied.load(*days[-1])
    assert by_business_key(emptied) == current
