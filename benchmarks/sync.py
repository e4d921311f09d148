"""How fast the sync is: rows from memory into Postgres, and the whole way from gold to being served.

    python -m benchmarks.sync --rows 1200000 --scale 1 20

The first figure is ``api.serving.sync.copy_rows`` alone, into ``serving.sales`` with its index, a commit included. The
second is ``api.serving.sync.sync_warehouse`` of a generated drop on the stand-in, by the stages that it logs.
"""

from __future__ import annotations

import argparse
import logging
import re
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, create_engine, delete

from api.serving.database import psycopg_url
from api.serving.models import Sale, table
from api.serving.sync import copy_rows, sync_warehouse
from data.generate import BUSINESS_DATE, generate
from tests.postgres import as_login, embedded_postgres, prepare
from tests.warehouse import Warehouse, local_server

RUN_OF_ROWS = 2_000_000_000
"""A run that no sync is; its rows are deleted again."""


class Stages(logging.Handler):
    """Notes when each stage of a sync begins."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[str, float]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note the stage of a message."""
        stage = re.sub(r"^sync \d+: ", "", record.getMessage()).partition(",")[0]
        self.begun.append((stage, time.perf_counter()))

    def seconds(self) -> dict[str, float]:
        """Return how long each stage took, until the next began."""
        following = [moment for _, moment in self.begun[1:]]
        return {stage: end - begin for (stage, begin), end in zip(self.begun[:-1], following, strict=True)}


def order_lines(count: int) -> list[tuple[Any, ...]]:
    """Make order lines, two an order, over four years."""
    first = date(2022, 1, 1)
    return [
        (RUN_OF_ROWS, f"SO{40000 + number // 2}", number % 295, number % 18484)
        + (first + timedelta(days=number * 1460 // count),) * 3
        + (100 + number % 900, 1, 100, 60, 40)
        for number in range(count)
    ]


def rows_a_second(engine: Engine, rows: list[tuple[Any, ...]]) -> float:
    """Copy rows that are in memory, and delete them again."""
    begin = time.perf_counter()
    with engine.begin() as connection:
        copy_rows(connection, table(Sale), rows)
    seconds = time.perf_counter() - begin
    with engine.begin() as connection:
        connection.execute(delete(Sale).where(Sale.run_id == RUN_OF_ROWS))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM serving.sales")
    return len(rows) / seconds


def sync_stages(engine: Engine, scale: float, folder: Path) -> tuple[dict[str, float], int]:
    """Sync a generated drop; returns the seconds of each stage, and the rows brought."""
    generate(folder / "drop", scale=scale, seed=1, as_of=BUSINESS_DATE)
    with local_server(folder) as server:
        warehouse = Warehouse(server)
        warehouse.rebuild()
        warehouse.load(folder / "drop", BUSINESS_DATE)
        stages = Stages()
        log = logging.getLogger("api.serving.sync")
        log.addHandler(stages)
        log.setLevel(logging.INFO)
        begin = time.perf_counter()
        run = sync_warehouse(engine, server.odbc)
        total = time.perf_counter() - begin
        log.removeHandler(stages)
    rows = (run.rows_products or 0) + (run.rows_customers or 0) + (run.rows_sales or 0)
    return {**stages.seconds(), "all, connecting included": total}, rows


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_200_000, help="rows from memory (default: 1200000)")
    parser.add_argument("--scale", type=float, nargs="*", default=[1, 20], help="default: 1 20")
    options = parser.parse_args()
    console = Console()
    with embedded_postgres() as url:
        prepare(url)
        loader = create_engine(psycopg_url(as_login(url, "loader")))
        owner = create_engine(psycopg_url(url))
        rows = order_lines(options.rows)
        rates = [rows_a_second(owner, rows) for _ in range(5)]
        console.print(
            f"{options.rows:,} rows from memory into serving.sales: {statistics.median(rates):,.0f} rows/s"
            f" (median of 5; {min(rates):,.0f} to {max(rates):,.0f})"
        )
        for scale in options.scale:
            with tempfile.TemporaryDirectory() as folder:
                stages, count = sync_stages(loader, scale, Path(folder))
            shown = Table(title=f"scale {scale:g}: {count:,} rows from gold to being served")
            shown.add_column("stage")
            shown.add_column("s", justify="right")
            for stage, seconds in stages.items():
                shown.add_row(stage, f"{seconds:.2f}")
            console.print(shown)
        for engine in (loader, owner):
            engine.dispose()


if __name__ == "__main__":
    main()
