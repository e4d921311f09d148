"""A database with the views of gold over tables that the tests fill."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from typing import Any

import pyodbc

from warehouse.connection import with_database

NAME = "ApiTests"

TABLES = """
CREATE TABLE data.current_batch (
    batch_id INT NOT NULL, run_id NVARCHAR(250) NOT NULL, business_date DATE NOT NULL,
    published_at DATETIME2(7)
);
CREATE TABLE data.load_batches (batch_id INT NOT NULL, business_date DATE NOT NULL, status NVARCHAR(20) NOT NULL);
CREATE TABLE data.dim_products (
    product_key INT NOT NULL, product_id INT, product_number NVARCHAR(50), product_name NVARCHAR(100),
    category_id NVARCHAR(50), category NVARCHAR(50), subcategory NVARCHAR(50), maintenance NVARCHAR(50),
    cost INT, product_line NVARCHAR(50), start_date DATE, in_source BIT NOT NULL
);
CREATE TABLE data.report_products (
    product_key INT NOT NULL, last_sale_date DATE, recency INT, product_segment NVARCHAR(50), lifespan INT,
    total_orders INT, total_sales BIGINT, total_quantity BIGINT, total_customers INT, avg_selling_price FLOAT,
    avg_order_revenue BIGINT, avg_monthly_revenue BIGINT
);
CREATE TABLE data.dim_customers (
    customer_key INT NOT NULL, customer_id INT, customer_number NVARCHAR(50), first_name NVARCHAR(50),
    last_name NVARCHAR(50), country NVARCHAR(50), marital_status NVARCHAR(50), gender NVARCHAR(50),
    birthdate DATE, create_date DATE, in_source BIT NOT NULL
);
CREATE TABLE data.report_customers (
    customer_key INT NOT NULL, customer_name NVARCHAR(101), age INT, age_group NVARCHAR(50),
    customer_segment NVARCHAR(50), last_order_date DATE, recency INT, total_orders INT, total_sales BIGINT,
    total_quantity BIGINT, total_products INT, lifespan INT, avg_order_value BIGINT, avg_monthly_spend BIGINT
);
CREATE TABLE data.fact_sales (
    order_number NVARCHAR(50) NOT NULL, product_key INT NOT NULL, customer_key INT NOT NULL, order_date DATE,
    shipping_date DATE, due_date DATE, sales_amount INT, quantity INT, price INT, cost INT, profit INT
)"""

NAMES = (
    "current_batch",
    "load_batches",
    "dim_products",
    "report_products",
    "dim_customers",
    "report_customers",
    "fact_sales",
)

NO_TIME, NO_TEXT, NO_NUMBER = (f"CAST(NULL AS {kind})" for kind in ("DATETIME2(3)", "NVARCHAR(400)", "INT"))
MONITORING = {
    "load_batches": f"""
SELECT batch_id, CONCAT(N'run ', batch_id) AS run_id, business_date, {NO_TEXT} AS source_dir,
    CAST(0 AS BIT) AS is_replay, CAST(0 AS BIT) AS is_history, CAST(0 AS BIT) AS same_drop,
    CAST(0.01 AS DECIMAL(9, 6)) AS reject_limit, status, CAST('2026-01-01' AS DATETIME2(3)) AS opened_at,
    {NO_TIME} AS published_at, {NO_TIME} AS shown_at, {NO_TIME} AS closed_at, CAST(NULL AS BIGINT) AS restated_cost,
    {NO_NUMBER} AS rejects_accepted, {NO_TEXT} AS rejects_accepted_by, {NO_TEXT} AS rejects_note,
    {NO_TIME} AS withdrawn_at, {NO_TEXT} AS withdrawn_reason
FROM data.load_batches""",
    **{
        view: f"SELECT {', '.join(f'CAST(NULL AS INT) AS {name}' for name in columns.split())} WHERE 1 = 0"
        for view, columns in {
            "load_steps": "batch_id step_name status started_at ended_at rows_read rows_inserted rows_updated"
            " error_number error_message",
            "load_reconciliation": "batch_id source_table file_rows staged_rows bronze_rows loaded_rows"
            " superseded_rows rejected_rows unaccounted_rows",
            "rejected_rows": "batch_id source_table source_file source_line column_name reason raw_row",
            "quality_results": "batch_id check_name subject severity passed waived observed observed_of expected"
            " expected_of checked_at is_latest",
            "quality_rules": "check_name layer severity expectation minimum warning_fall error_fall warning_rise"
            " error_rise first_limit reason since",
            "waivers": "batch_id check_name waived_by reason waived_at",
        }.items()
    },
}
"""The monitoring views: the batches, and none of their details."""


class GoldDatabase:
    """The database, with its owner's login."""

    def __init__(self, odbc: str) -> None:
        self.odbc = with_database(odbc, NAME)
        self._master = with_database(odbc, "master")

    def create(self) -> None:
        """Drop and create the database, with empty tables and without views."""
        self.drop()
        with closing(pyodbc.connect(self._master, autocommit=True)) as master:
            master.execute(f"CREATE DATABASE {NAME}")
            master.execute(f"ALTER DATABASE {NAME} SET ALLOW_SNAPSHOT_ISOLATION ON")
        self.execute("CREATE SCHEMA data")
        self.execute("CREATE SCHEMA gold")
        self.execute(TABLES)

    def drop(self) -> None:
        """Drop the database if it exists, even if it is in use."""
        with closing(pyodbc.connect(self._master, autocommit=True)) as master:
            if master.execute(f"SELECT DB_ID(N'{NAME}')").fetchval() is not None:
                master.execute(f"ALTER DATABASE {NAME} SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
                master.execute(f"DROP DATABASE {NAME}")

    def execute(self, sql: str) -> None:
        """Run one batch."""
        with self._transaction() as connection:
            connection.execute(sql)

    def create_views(self) -> None:
        """Create the views, or restore their definitions."""
        for name in NAMES:
            self.execute(f"CREATE OR ALTER VIEW gold.{name} AS {MONITORING.get(name, f'SELECT * FROM data.{name}')}")
        for name in MONITORING.keys() - {*NAMES}:
            self.execute(f"CREATE OR ALTER VIEW gold.{name} AS {MONITORING[name]}")

    def publish(self, day: int, *, lines: int | None = None, customers: int = 2) -> None:
        """Replace all rows by those of a day in one transaction; each figure identifies the day.

        The batch is ``day``. It has products 0 to 3 (3 was never sold), customers 0 to ``customers``, and ``lines``
        order lines, by default 20 times ``day``.
        """
        the_day = date_of(day)
        with self._transaction() as connection:
            for name in NAMES:
                connection.execute(f"DELETE FROM data.{name}")
            insert(connection, "current_batch", [(day, f"run {day}", the_day, None)])
            insert(connection, "load_batches", [(day, the_day, "succeeded")])
            insert(connection, "dim_products", [product(key, day) for key in range(4)])
            insert(connection, "report_products", [product_report(key, day) for key in (1, 2)])
            insert(connection, "dim_customers", [customer(key) for key in range(customers + 1)])
            insert(connection, "report_customers", [customer_report(key, day) for key in range(1, customers + 1)])
            numbers = range(20 * day if lines is None else lines)
            insert(connection, "fact_sales", [order_line(number, the_day) for number in numbers])

    def advance(self, day: int) -> None:
        """Change the figures of the day published last into those of another day; faster than ``publish``."""
        with self._transaction() as connection:
            the_day = date_of(day)
            connection.execute("UPDATE data.current_batch SET batch_id = ?, business_date = ?", day, the_day)
            connection.execute("UPDATE data.dim_products SET cost = ?", day * 10)
            connection.execute("UPDATE data.report_products SET total_sales = ?", 3_000_000_000 + day)
            connection.execute("UPDATE data.report_customers SET total_sales = ?", 6000 + day)
            connection.execute("UPDATE data.fact_sales SET order_date = ? WHERE order_date IS NOT NULL", the_day)

    @contextmanager
    def _transaction(self) -> Iterator[pyodbc.Connection]:
        with closing(pyodbc.connect(self.odbc)) as connection:
            yield connection
            connection.commit()


def insert(connection: pyodbc.Connection, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows with all columns of a table, in its order; SQL Server takes 2,100 values at a time."""
    placeholders = f"({', '.join('?' * len(rows[0]))})"
    at_once = 2000 // len(rows[0])
    for begin in range(0, len(rows), at_once):
        part = rows[begin : begin + at_once]
        values = [value for row in part for value in row]
        connection.execute(f"INSERT INTO data.{name} VALUES {', '.join([placeholders] * len(part))}", values)


def date_of(day: int) -> date:
    """Return the business date of a day, counted from 1."""
    return date(2025, 12, 31) + timedelta(days=day)


def product(key: int, day: int) -> tuple[Any, ...]:
    """Return a row of dim_products."""
    category = None if key == 3 else "Bikes"
    start = date(2025, 1, key + 1)
    names = (f"BK-{key}", f"Bike, {key}”", "BI_RB", category, "Road", "Yes")
    return (key, 200 + key, *names, day * 10, "Road", start, key != 2)


def product_report(key: int, day: int) -> tuple[Any, ...]:
    """Return a row of report_products."""
    total = 3_000_000_000 + day
    return (key, date_of(day), 0, "High-Performer", 12, 5, total, 40, 2, 21.5, total // 5, total // 12)


def customer(key: int) -> tuple[Any, ...]:
    """Return a row of dim_customers."""
    created = date(2025, 6, 1)
    birthdate = None if key == 2 else date(1980, 2, 29)
    return (
        key,
        11000 + key,
        f"AW{key:08}",
        "Zoë",
        "李",
        "Germany",
        "Single",
        "n/a",
        birthdate,
        created,
        True,
    )


def customer_report(key: int, day: int) -> tuple[Any, ...]:
    """Return a row of report_customers."""
    return (key, "Zoë 李", 45, "40-49", "VIP", date_of(day), 0, 4, 6000 + day, 9, 3, 14, 1500, 428)


def order_line(number: int, day: date) -> tuple[Any, ...]:
    """Return a row of fact_sales; every tenth has no dates, the unknown product and no cost."""
    if number % 10 == 0:
        return (f"SO{number}", 0, 1, None, None, None, 10, 1, 10, None, None)
    return (f"SO{number}", 1 + number % 2, 1 + number % 2, day, day, day, 30, 2, 15, 10, 10)
