"""A load step by step, as Airflow calls the procedures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from tests.warehouse import RUN_PREFIX, Warehouse
from warehouse.execution import WarehouseError
from warehouse.sources import SOURCE_FILES
from warehouse.staging import stage


def refusal(warehouse: Warehouse, sql: str, *parameters: object) -> WarehouseError:
    """Run a batch that must fail and return its error."""
    with pytest.raises(pyodbc.Error) as refused:
        warehouse.execute(sql, *parameters)
    return WarehouseError.from_odbc(refused.value)


def messages(warehouse: Warehouse, sql: str, *parameters: object) -> list[str]:
    """Run a batch to its end and return what it PRINTs, message by message."""
    with warehouse.connect() as connection:
        cursor = connection.execute(sql, *parameters)
        texts = [text for _, text in cursor.messages or ()]
        while cursor.nextset():
            texts += [text for _, text in cursor.messages or ()]
    return [text.rpartition("[SQL Server]")[2] for text in texts]


def alter_view(warehouse: Warehouse, view: str, old: str, new: str) -> None:
    """Put other text into a view, in one place of its definition."""
    definition = warehouse.value("SELECT OBJECT_DEFINITION(OBJECT_ID(?))", view)
    assert old in definition, f"{view} has changed"
    # SQL Server stores CREATE OR ALTER as CREATE, with the blanks around the removed words.
    altered, replaced = re.subn(
        r"CREATE\s+(OR\s+ALTER\s+)?VIEW", "ALTER VIEW", definition.replace(old, new, 1), count=1
    )
    assert replaced == 1, definition[:1000]
    warehouse.execute(altered)


OPEN = (
    "DECLARE @id INT; EXEC etl.open_batch @run_id = ?, @business_date = ?, @source_dir = N'drop', @replay = ?,"
    " @reject_limit = ?, @batch_id = @id OUTPUT, @same_drop = ?, @history = ?, @today = ?;"
)


def open_batch(
    warehouse: Warehouse,
    run: str,
    business_date: date,
    *,
    replay: bool = False,
    reject_limit: float = 1,
    same_drop: bool = False,
    history: bool = False,
) -> dict[str, Any]:
    """Open the batch of a run on its business date, as ``Warehouse.load`` does; returns the row of etl.open_batch."""
    (row,) = warehouse.execute(
        OPEN, RUN_PREFIX + run, business_date, replay, reject_limit, same_drop, history, business_date
    )
    warehouse.execute("EXEC etl.waive_checks ?, ?, N'test', N'a day made by hand'", row["batch_id"], "all")
    return row


def load_silver(warehouse: Warehouse, batch_id: int, drop: Path) -> None:
    """Stage a drop, register it and load bronze and silver."""
    warehouse.execute("EXEC etl.register_landing ?, ?", batch_id, warehouse.stage(drop))
    for schema in ("bronze", "silver"):
        for source in SOURCE_FILES:
            warehouse.execute(f"EXEC {schema}.load_table ?, ?", batch_id, source.table)


def load_history(warehouse: Warehouse, run: str, business_date: date, drop: Path) -> dict[str, Any]:
    """Load a drop whose business date is older than the latest; returns the row of etl.open_batch."""
    row = open_batch(warehouse, run, business_date, history=True)
    load_silver(warehouse, row["batch_id"], drop)
    warehouse.execute("EXEC etl.publish ?", row["batch_id"])
    warehouse.execute("EXEC etl.close_batch ?, N'succeeded'", row["batch_id"])
    return row


def repeat_with(warehouse: Warehouse, batch_id: int, drop: Path) -> None:
    """Repeat the run of a batch with another drop, staged into the batch's landing folder; it fails at its rejects."""
    (batch,) = warehouse.execute("SELECT * FROM gold.load_batches WHERE batch_id = ?", batch_id)
    landing = batch["landing_dir"]
    stage(drop, warehouse.server.landing / Path(landing).name)
    sql = (
        "EXEC etl.load_day @business_date = ?, @landing_dir = ?, @source_dir = ?, @run_id = ?, @replay = 1,"
        " @reject_limit = 0, @today = ?"
    )
    day = batch["business_date"]
    assert refusal(warehouse, sql, day, landing, str(drop)[-400:], batch["run_id"], day).number == 50011


def batches(warehouse: Warehouse, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return these columns of gold.load_batches in the order of the batches."""
    rows = warehouse.execute(f"SELECT {', '.join(columns)} FROM gold.load_batches ORDER BY batch_id")
    return [tuple(row.values()) for row in rows]


def snapshot(warehouse: Warehouse, tables: Sequence[str]) -> dict[str, list[str]]:
    """Return the rows of tables and views as sorted texts, to compare one moment with another."""
    return {table: sorted(map(str, warehouse.table(table).itertuples(index=False, name=None))) for table in tables}


SALES_OF_GOLD = ("gold.fact_sales", "gold.report_products", "gold.report_customers", "gold.report_sales_daily")
HISTORIES = ("gold.dim_customers_history", "gold.dim_products_history")
GOLD = ("gold.current_batch", "gold.dim_customers", "gold.dim_products", "gold.dim_date", *SALES_OF_GOLD)
INTEGRATED = (
    "silver.customers",
    "silver.customer_versions",
    "silver.products",
    "silver.product_versions",
    "silver.sales",
)
