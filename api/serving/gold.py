"""Reads the views of ``gold`` in the warehouse, all in one SNAPSHOT transaction.

The snapshot is taken at the first read and does not see a batch published after it. So all tables come from the batch
that ``current_batch`` returned.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from typing import Any, NamedTuple

import pyodbc
from sqlalchemy import Table

from api.errors import UnavailableProblem
from api.serving.models import Customer, Product, Sale

CHUNK_ROWS = 10_000
LOGIN_SECONDS = 10
QUERY_SECONDS = 600

# Key 0 is the unknown member. It is not served as a product or customer, but order lines may refer to it.
SELECTS: dict[str, str] = {
    Product.__tablename__: """
SELECT
    p.product_key, p.product_id, p.product_number, p.product_name, p.category_id, p.category, p.subcategory,
    p.maintenance, p.cost, p.product_line, p.start_date, p.in_source,
    r.last_sale_date, r.recency, r.product_segment, r.lifespan, r.total_orders, r.total_sales,
    r.total_quantity, r.total_customers, r.avg_selling_price, r.avg_order_revenue, r.avg_monthly_revenue
FROM gold.dim_products AS p
LEFT JOIN gold.report_products AS r ON r.product_key = p.product_key
WHERE p.product_key <> 0""",
    Customer.__tablename__: """
SELECT
    c.customer_key, c.customer_id, c.customer_number, c.first_name, c.last_name, c.country, c.marital_status,
    c.gender, c.birthdate, c.create_date, c.in_source,
    r.customer_name, r.age, r.age_group, r.customer_segment, r.last_order_date, r.recency, r.total_orders,
    r.total_sales, r.total_quantity, r.total_products, r.lifespan, r.avg_order_value, r.avg_monthly_spend
FROM gold.dim_customers AS c
LEFT JOIN gold.report_customers AS r ON r.customer_key = c.customer_key
WHERE c.customer_key <> 0""",
    Sale.__tablename__: """
SELECT
    s.order_number, s.product_key, s.customer_key, s.order_date, s.shipping_date, s.due_date, s.sales_amount,
    s.quantity, s.price, s.cost, s.profit
FROM gold.fact_sales AS s""",
}

CURRENT_BATCH = """
SELECT batch_id, business_date, CONVERT(NVARCHAR(30), published_at, 126) AS published_at
FROM gold.current_batch"""

# The sample: the customers with the largest sales; among equals, those with the smaller keys.
SAMPLE = f"""
SELECT TOP ({{size}}) c.customer_key
FROM ({SELECTS[Customer.__tablename__]}
) AS c
ORDER BY CASE WHEN c.total_sales IS NULL THEN 1 ELSE 0 END, c.total_sales DESC, c.customer_key"""  # noqa: S608 - our own names


class WarehouseUnavailableError(UnavailableProblem):
    """The warehouse cannot be reached, or the views of gold cannot be read."""

    name = "warehouse-unavailable"
    title = "The warehouse could not be read"


class Batch(NamedTuple):
    """The batch that the warehouse published last."""

    batch_id: int
    business_date: date
    published_at: str | None
    """Time of the latest publication in UTC, ISO 8601 to 100 nanoseconds. It tells repeated publications apart."""


def synced_columns(table: Table) -> list[str]:
    """List the columns that come from gold: all but run_id and those that Postgres numbers."""
    return [column.name for column in table.columns if column.name != "run_id" and column.identity is None]


class Gold:
    """A snapshot of gold, complete or with a sample of customers."""

    def __init__(self, connection: pyodbc.Connection, sample_customers: int | None) -> None:
        self._connection = connection
        self._sample = sample_customers

    def current_batch(self) -> Batch | None:
        """Read the batch published last; None if gold shows no batch."""
        row = self._connection.execute(CURRENT_BATCH).fetchone()
        return Batch(*row) if row else None

    def has_withdrawn(self, batch_id: int | None, business_date: date | None) -> bool:
        """Whether a batch with this business date was published in this warehouse and withdrawn."""
        sql = "SELECT status FROM gold.load_batches WHERE batch_id = ? AND business_date = ?"
        row = self._connection.execute(sql, batch_id, business_date).fetchone()
        return row is not None and row.status == "withdrawn"

    def chunks(self, table: Table) -> Generator[Sequence[Sequence[Any]]]:
        """Stream the rows of a serving table in chunks of CHUNK_ROWS, with the columns in the model's order."""
        return self.read(self._select(table, synced_columns(table)))

    def read(self, sql: str) -> Generator[Sequence[Sequence[Any]]]:
        """Stream the rows of a query in chunks of CHUNK_ROWS."""
        with closing(self._connection.execute(sql)) as cursor:
            while rows := cursor.fetchmany(CHUNK_ROWS):
                yield rows

    def aggregate(self, table: Table, expressions: Sequence[str]) -> Sequence[Any]:
        """Compute T-SQL aggregates over the rows that ``chunks`` reads."""
        (values,) = self._connection.execute(self._select(table, expressions)).fetchall()
        return tuple(values)

    def _select(self, table: Table, expressions: Sequence[str]) -> str:
        select = f"SELECT {', '.join(expressions)} FROM ({SELECTS[table.name]}\n) AS source"  # noqa: S608 - our own names
        if self._sample is None or "customer_key" not in table.columns:
            return select
        sample = SAMPLE.format(size=self._sample)
        return f"{select}\nWHERE source.customer_key IN (SELECT s.customer_key FROM ({sample}) AS s)"  # noqa: S608 - our own names


@contextmanager
def open_gold(connection_string: str, sample_customers: int | None = None) -> Iterator[Gold]:
    """Connect to the warehouse and open a snapshot of gold.

    The isolation level is set before the transaction begins, because SQL Server refuses to change it to SNAPSHOT
    within one (error 3951). Raises WarehouseUnavailableError if connecting or reading fails; its cause is the
    driver's error.
    """
    try:
        with closing(pyodbc.connect(connection_string, autocommit=True, timeout=LOGIN_SECONDS)) as connection:
            connection.timeout = QUERY_SECONDS
            connection.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
            connection.autocommit = False
            yield Gold(connection, sample_customers)
    except pyodbc.Error as error:
        raise WarehouseUnavailableError("Reading the warehouse failed; nothing was published.") from error
