"""Writes gold into a Hyper file: the star schema with attributes of the reports, read in one SNAPSHOT transaction.

Hyper writes its file in a separate process, which ends with each call; pantab starts it without telemetry and, by
default, without a log file.
"""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pantab
import pyodbc

from warehouse.execution import WarehouseError

log = logging.getLogger(__name__)

SCHEMA = "Extract"
"""The schema of Tableau's own extracts."""

CHUNK_ROWS = 100_000
LOGIN_SECONDS = 10
QUERY_SECONDS = 600

# The dimensions include key 0, the unknown member, because order lines may refer to it.
SELECTS = {
    "current_batch": """
SELECT batch_id, run_id, business_date, published_at
FROM gold.current_batch""",
    "dim_date": """
SELECT date_key, full_date, calendar_year, calendar_quarter, calendar_month, month_name, day_of_month, iso_weekday
FROM gold.dim_date""",
    "dim_customers": """
SELECT
    c.customer_key, c.customer_id, c.customer_number, c.first_name, c.last_name, c.country, c.marital_status,
    c.gender, c.birthdate, c.create_date, c.in_source,
    r.customer_name, r.age, r.age_group, r.customer_segment, r.last_order_date, r.recency, r.lifespan
FROM gold.dim_customers AS c
LEFT JOIN gold.report_customers AS r ON r.customer_key = c.customer_key""",
    "dim_products": """
SELECT
    p.product_key, p.product_id, p.product_number, p.product_name, p.category_id, p.category, p.subcategory,
    p.maintenance, p.cost, p.product_line, p.start_date, p.in_source,
    r.product_segment, r.last_sale_date, r.recency, r.lifespan
FROM gold.dim_products AS p
LEFT JOIN gold.report_products AS r ON r.product_key = p.product_key""",
    "fact_sales": """
SELECT
    order_number, product_key, customer_key, order_date, shipping_date, due_date, sales_amount, quantity, price,
    cost, profit
FROM gold.fact_sales""",
}
"""Table of the extract → its query."""

# Types in pandas, chosen so that a NULL turns no integer into a float and no date into a timestamp. The driver's
# precision tells the integers apart: INT has 10 digits, BIGINT 19.
_DTYPES = {
    bool: "bool[pyarrow]",
    date: "date32[day][pyarrow]",
    datetime: "timestamp[us][pyarrow]",
    float: "double[pyarrow]",
    str: "string",
}
_INT_DIGITS = 10


class NothingPublishedError(Exception):
    """The warehouse has not published any batch, so there is nothing to export."""


class Extract(NamedTuple):
    """A written extract: its batch, business date, and the number of rows of each table."""

    batch_id: int
    business_date: date
    rows: dict[str, int]


def write_extract(connection_string: str, path: Path) -> Extract:
    """Write all tables of one batch into a new Hyper file.

    Raises NothingPublishedError, and WarehouseError if the warehouse does not answer or refuses.
    """
    rows: dict[str, int] = {}
    with _snapshot(connection_string) as connection:
        batch = connection.execute("SELECT batch_id, business_date FROM gold.current_batch").fetchone()
        if batch is None:
            raise NothingPublishedError(
                "gold.current_batch is empty: nothing has been published yet. Load a day first (DAG sales_warehouse)."
            )
        for table, select in SELECTS.items():
            rows[table] = 0
            for frame in _frames(connection, select):
                pantab.frame_to_hyper(
                    frame,
                    path,
                    table=(SCHEMA, table),
                    table_mode="a" if path.exists() else "w",
                    atomic=False,  # the file is new, and is moved into place when complete
                )
                rows[table] += len(frame)
            log.info("%s: %d rows", table, rows[table])
    return Extract(batch.batch_id, batch.business_date, rows)


@contextmanager
def _snapshot(connection_string: str) -> Iterator[pyodbc.Connection]:
    """Connect with SNAPSHOT isolation, so that all tables are of one batch."""
    try:
        with closing(pyodbc.connect(connection_string, autocommit=True, timeout=LOGIN_SECONDS)) as connection:
            connection.timeout = QUERY_SECONDS
            # Set before the transaction begins, because SQL Server refuses the change inside one (3951).
            connection.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
            connection.autocommit = False
            yield connection
    except pyodbc.Error as error:
        raise WarehouseError.from_odbc(error) from error


def _frames(connection: pyodbc.Connection, select: str) -> Iterator[pd.DataFrame]:
    """Stream the rows of a query; one empty frame if there are none, so that the table exists."""
    with closing(connection.execute(select)) as cursor:
        dtypes = {name: _dtype(kind, digits) for name, kind, _, _, digits, *_ in cursor.description}
        rows = cursor.fetchmany(CHUNK_ROWS)
        while True:
            yield pd.DataFrame(map(tuple, rows), columns=list(dtypes), dtype=object).astype(dtypes)
            rows = cursor.fetchmany(CHUNK_ROWS)
            if not rows:
                return


def _dtype(kind: type, digits: int) -> str:
    if kind is int:
        return "Int32" if digits <= _INT_DIGITS else "Int64"
    return _DTYPES[kind]
