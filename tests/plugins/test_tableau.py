"""The exported files hold gold, row by row, as Tableau's own API reads them."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tableauhyperapi import Connection

from tests.plugins.hyper import columns, definitions, opened, rows
from tests.warehouse import Warehouse
from warehouse.tableau.export import Export

GOLD_AND_REPORT = {
    "current_batch": ("gold.current_batch", None, None),
    "dim_date": ("gold.dim_date", None, None),
    "dim_customers": ("gold.dim_customers", "gold.report_customers", "customer_key"),
    "dim_products": ("gold.dim_products", "gold.report_products", "product_key"),
    "fact_sales": ("gold.fact_sales", None, None),
}
TYPES = {
    "fact_sales": {
        "order_number": "TEXT",
        "product_key": "INT",
        "customer_key": "INT",
        "order_date": "DATE",
        "shipping_date": "DATE",
        "due_date": "DATE",
        "sales_amount": "INT",
        "quantity": "INT",
        "price": "INT",
        "cost": "INT",
        "profit": "BIG_INT",
    },
    "dim_customers": {"birthdate": "DATE", "in_source": "BOOL", "age": "INT", "customer_segment": "TEXT"},
    "dim_products": {"start_date": "DATE", "cost": "INT", "product_segment": "TEXT"},
    "dim_date": {"date_key": "INT", "full_date": "DATE", "iso_weekday": "INT"},
    "current_batch": {"batch_id": "INT", "business_date": "DATE", "published_at": "TIMESTAMP"},
}


@pytest.fixture(scope="module")
def extract(extract_file: Path) -> Iterator[Connection]:
    with opened(extract_file) as connection:
        yield connection


def gold(warehouse: Warehouse, table: str, names: list[str]) -> list[tuple[Any, ...]]:
    """The rows of a view of gold, with columns of its report if the report has the key."""
    view, report, key = GOLD_AND_REPORT[table]
    found = warehouse.execute(f"SELECT * FROM {view}")
    if report and key:
        by_key = {row[key]: row for row in warehouse.execute(f"SELECT * FROM {report}")}
        found = [{**by_key.get(row[key], {}), **row} for row in found]
    return [tuple(row.get(name) for name in names) for row in found]


def in_order(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(found, key=repr)


def test_the_extract_holds_the_star_schema_and_nothing_else(extract: Connection) -> None:
    assert set(definitions(extract)) == {("Extract", table) for table in GOLD_AND_REPORT}


@pytest.mark.parametrize("table", GOLD_AND_REPORT)
def test_every_row_of_gold_is_in_the_extract_unchanged(
    extract: Connection, exported: Export, shared_warehouse: Warehouse, table: str
) -> None:
    names = list(columns(definitions(extract)["Extract", table]))
    expected = gold(shared_warehouse, table, names)
    assert in_order(rows(extract, table, names)) == in_order(expected)
    assert exported.extract.rows[table] == len(expected) > 0


@pytest.mark.parametrize("table", ["dim_customers", "dim_products", "dim_date", "fact_sales", "current_batch"])
def test_no_column_of_gold_is_left_out(extract: Connection, shared_warehouse: Warehouse, table: str) -> None:
    view = GOLD_AND_REPORT[table][0]
    missing = set(shared_warehouse.table(view).columns) - set(columns(definitions(extract)["Extract", table]))
    assert missing <= {"product_version_key", "customer_version_key"}  # the histories are not exported


@pytest.mark.parametrize("table", TYPES)
def test_integers_stay_integers_and_dates_dates(extract: Connection, table: str) -> None:
    found = columns(definitions(extract)["Extract", table])
    assert {name: found[name] for name in TYPES[table]} == TYPES[table]


def test_no_order_line_is_lost_or_doubled_when_the_star_is_joined(
    extract: Connection, shared_warehouse: Warehouse
) -> None:
    aggregates = "COUNT(*), SUM(sales_amount), SUM(profit), SUM(quantity), COUNT(DISTINCT order_number)"
    joined = extract.execute_list_query(
        f'SELECT {aggregates} FROM "Extract"."fact_sales" AS f'
        ' INNER JOIN "Extract"."dim_customers" AS c ON f.customer_key = c.customer_key'
        ' INNER JOIN "Extract"."dim_products" AS p ON f.product_key = p.product_key'
        ' LEFT JOIN "Extract"."dim_date" AS d ON f.order_date = d.full_date'
        " WHERE d.full_date IS NOT NULL OR f.order_date IS NULL"
    )
    with shared_warehouse.connect() as connection:
        expected = connection.execute(f"SELECT {aggregates} FROM gold.fact_sales").fetchone()
    assert [tuple(int(value) for value in row) for row in joined] == [tuple(expected)]


def test_the_day_contains_the_difficult_values(extract: Connection) -> None:
    """Unknown members that order lines point to, and order lines without date and without profit."""
    for condition in ("customer_key = 0", "product_key = 0", "order_date IS NULL", "profit IS NULL"):
        found = extract.execute_scalar_query(f'SELECT COUNT(*) FROM "Extract"."fact_sales" WHERE {condition}')
        assert found, f"no order line has {condition}"


def test_the_package_holds_the_workbook_and_the_same_extract(exported: Export) -> None:
    hyper, package = exported.files
    assert (hyper.name, package.name) == tuple(
        f"sales_warehouse-{exported.extract.business_date}.{suffix}" for suffix in ("hyper", "twbx")
    )
    with zipfile.ZipFile(package) as archive:
        assert archive.namelist() == ["sales_warehouse.twb", "Data/Extracts/sales_warehouse.hyper"]
        assert archive.testzip() is None
        assert archive.read("Data/Extracts/sales_warehouse.hyper") == hyper.read_bytes()


def test_anyone_may_read_the_files(exported: Export) -> None:
    assert [oct(file.stat().st_mode & 0o777) for file in exported.files] == ["0o644", "0o644"]
