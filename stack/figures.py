"""The figures that `make up` ends with, read from the warehouse and from the serving database."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pyodbc

from stack.console import Progress
from stack.settings import Settings
from warehouse.sources import SOURCE_FILES

SOURCE_TABLES = tuple(source.table for source in SOURCE_FILES)
TABLES = (
    *[f"bronze.{table}" for table in SOURCE_TABLES],
    *[f"silver.{table}" for table in (*SOURCE_TABLES, "customers", "products", "sales")],
    *[f"gold.{view}" for view in ("dim_customers", "dim_products", "fact_sales")],
    *[f"gold.{view}" for view in ("report_customers", "report_products", "report_sales_daily")],
)
TOTALS = """
SELECT
    SUM(CAST(sales_amount AS BIGINT)) AS total_sales,
    COUNT(DISTINCT order_number)      AS total_orders,
    COUNT(*)                          AS total_lines
FROM gold.fact_sales
"""
# Key 0 is the unknown member, not a customer or product.
CUSTOMERS = "SELECT COUNT(*) FROM gold.dim_customers WHERE customer_key <> 0"
PRODUCTS = "SELECT COUNT(*) FROM gold.dim_products WHERE product_key <> 0"
REJECTS = """
SELECT source_table, column_name, reason, COUNT(*) AS rejected
FROM gold.rejected_rows
WHERE batch_id = ?
GROUP BY source_table, column_name, reason
ORDER BY source_table, column_name, reason
"""
STEPS = """
SELECT
    step_name,
    status,
    DATEDIFF(MILLISECOND, started_at, ended_at) / 1000.0 AS seconds,
    rows_read,
    rows_inserted,
    rows_updated,
    rows_superseded,
    rows_rejected
FROM gold.load_steps
WHERE batch_id = ?
ORDER BY started_at, step_name
"""
LAST_SYNC = """
SELECT batch_id, business_date, rows_products, rows_customers, rows_sales,
       extract(epoch FROM finished_at - started_at)::float8
FROM serving.sync_run
WHERE status = 'succeeded'
ORDER BY id DESC
LIMIT 1
"""


def show(settings: Settings, progress: Progress) -> None:
    """Print rows a layer, totals, rejects, the steps of the load, and the last sync."""
    with closing(pyodbc.connect(settings.contract["WAREHOUSE_ODBC"], timeout=10)) as warehouse:
        cursor = warehouse.cursor()
        batch = cursor.execute("SELECT batch_id, business_date FROM gold.current_batch").fetchone()
        progress.heading(f"Batch {batch.batch_id}, business date {batch.business_date}")
        counts = [[table, cursor.execute(f"SELECT COUNT(*) FROM {table}").fetchval()] for table in TABLES]  # noqa: S608
        progress.table(["table", "rows"], counts)

        totals = cursor.execute(TOTALS).fetchone()
        customers = cursor.execute(CUSTOMERS).fetchval()
        products = cursor.execute(PRODUCTS).fetchval()
        progress.heading("Totals")
        progress.table(
            ["figure", "value"],
            [
                ["total sales", int(totals.total_sales)],
                ["orders", totals.total_orders],
                ["order lines", totals.total_lines],
                ["customers", customers],
                ["products", products],
            ],
        )

        rejects = [list(row) for row in cursor.execute(REJECTS, batch.batch_id)]
        progress.heading(f"Rejected rows: {sum(row[-1] for row in rejects)}")
        if rejects:
            progress.table(["table", "column", "reason", "rows"], rejects)

        steps = [[*row[:2], float(row[2]), *row[3:]] for row in cursor.execute(STEPS, batch.batch_id)]
        progress.heading("Steps of the load")
        progress.table(["step", "status", "seconds", "read", "inserted", "updated", "superseded", "rejected"], steps)

    with psycopg.connect(settings.contract["SERVING_DATABASE_URL"], connect_timeout=10) as serving:
        sync = serving.execute(LAST_SYNC).fetchone()
    progress.heading("Last sync to the API")
    columns = ["batch", "business date", "products", "customers", "sales", "seconds"]
    progress.table(columns, [list(sync)] if sync else [])
