"""How long the load takes on the stand-in, over the wire, against the same statements by hand in DuckDB.

    python -m benchmarks.load --scale 1 20

Both read the same landing folder, in one run, one after the other; the first load of an empty warehouse.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psutil
from rich.console import Console
from rich.table import Table

from data.generate import BUSINESS_DATE, generate
from tests.warehouse import Warehouse, local_server
from warehouse.sources import SOURCE_FILES

TABLES = tuple(source.table for source in SOURCE_FILES)
BY_HAND = Path(__file__).with_name("by_hand.sql")


@contextmanager
def timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Add the block's wall time to ``seconds[stage]``."""
    start = time.perf_counter()
    yield
    seconds[stage] = seconds.get(stage, 0) + time.perf_counter() - start


def on_the_stand_in(warehouse: Warehouse, drop: Path) -> tuple[dict[str, float], Path]:
    """Seconds a stage of a first load over ODBC, and the landing folder it read."""
    seconds: dict[str, float] = {}
    with timed(seconds, "staging (Python)"):
        landing = warehouse.stage(drop)
    (row,) = warehouse.execute(
        "DECLARE @id INT; EXEC etl.open_batch N'test bench', ?, N'', 0, 1, @id OUTPUT", BUSINESS_DATE
    )
    batch_id = row["batch_id"]
    warehouse.execute("EXEC etl.register_landing ?, ?", batch_id, landing)
    for layer in ("bronze", "silver"):
        with timed(seconds, layer):
            for table in TABLES:
                warehouse.execute(f"EXEC {layer}.load_table ?, ?", batch_id, table)
    with timed(seconds, "publish"):
        warehouse.execute("EXEC etl.publish ?", batch_id)
    with timed(seconds, "reports"):
        for report in ("products", "customers", "sales_daily"):
            warehouse.execute(f"SELECT * FROM gold.report_{report}")
    return seconds, Path(landing)


def by_hand(landing: Path, database: Path) -> dict[str, float]:
    """Seconds a stage of the hand-written statements."""
    seconds: dict[str, float] = {}
    script = BY_HAND.read_text().replace("$landing", str(landing))
    with duckdb.connect(str(database)) as connection:
        for part in script.split("-- stage: ")[1:]:
            stage, statements = part.split("\n", 1)
            with timed(seconds, stage.strip()):
                for statement in duckdb.extract_statements(statements):
                    connection.execute(statement).fetchall()
    return seconds


def measure(scale: float, folder: Path, console: Console) -> None:
    """Measure one scale and print its table."""
    drop = folder / "drop"
    generate(drop, scale=scale, seed=1, as_of=BUSINESS_DATE)
    with local_server(folder) as server:
        warehouse = Warehouse(server)
        warehouse.rebuild()
        ours, landing = on_the_stand_in(warehouse, drop)
        memory = max(
            child.memory_info().rss for child in psutil.Process().children() if "local_sqlserver" in child.cmdline()
        )
    floor = by_hand(landing, folder / "by_hand.duckdb")
    table = Table(title=f"scale {scale:g}: {memory / 2**20:,.0f} MiB in the server after the load")
    for heading in ("stage", "stand-in s", "by hand s", "ratio"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for stage, seconds in ours.items():
        hand = floor.get(stage)
        ratio = f"{seconds / hand:.1f}" if hand else ""
        table.add_row(stage, f"{seconds:.2f}", f"{hand:.2f}" if hand else "", ratio)
    total = sum(seconds for stage, seconds in ours.items() if stage in floor)
    table.add_row("all but staging", f"{total:.2f}", f"{sum(floor.values()):.2f}", f"{total / sum(floor.values()):.1f}")
    console.print(table)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, nargs="+", default=[1, 20], help="default: 1 20")
    console = Console()
    for scale in parser.parse_args().scale:
        with tempfile.TemporaryDirectory() as folder:
            measure(scale, Path(folder), console)


if __name__ == "__main__":
    main()
