"""How long a load takes: on the stand-in over the wire, and in peers that apply the same rules.

    python -m benchmarks.load --scale 1 20 --rounds 3
    python -m benchmarks.load --check

All load the same drop in the same run, in turn; each figure is the median of the rounds. The stand-in loads it into an
empty warehouse, and then the drop of the next day; a peer has no next day, because it begins anew. The floor is plain
DuckDB (``benchmarks.peers.with_duckdb``). The stand-in loads as the DAG does: staging reads the CSV files and writes
the landing copies, BULK INSERT reads those. The peers read the CSV files themselves, and leave out what the warehouse
alone does: strict staging, histories, durable keys, quality checks, steps and locks. pandas and polars keep bronze in
memory; DuckDB and dbt write it. dbt parses its project in each run, as on a new machine.

The seconds of a peer are those of its process, from the start of Python to its end, the closing of DuckDB's file
included, which belongs to no stage. The seconds of the stand-in are the sum of its stages, while the server runs; its
memory is the server's.

``--check`` compares the gold of each peer row by row with ``tests.oracle``: on generated drops, and on the hand-made
and the nasty days of ``tests.days``, written anew without the lines that staging rejects, because the peers need not
handle those.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.peers.run import PEERS, Run, run, table
from benchmarks.peers.shared import peak_mib
from data.generate import BUSINESS_DATE, generate
from tests.days import handmade, nasty
from tests.oracle import Gold, compare, compute
from tests.oracle.lines import read_lines
from tests.oracle.schema import KEYS, SOURCES
from tests.oracle.schema import TABLES as COLUMNS
from tests.warehouse import Warehouse, local_server
from warehouse.sources import SOURCE_FILES

TABLES = tuple(source.table for source in SOURCE_FILES)
FLOOR = next(iter(PEERS))
STAND_IN = "stand-in"
NEXT_DAY = "stand-in, the next day"
STAGING = "staging (Python)"


@contextmanager
def timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Add the block's wall time to ``seconds[stage]``."""
    start = time.perf_counter()
    yield
    seconds[stage] = seconds.get(stage, 0) + time.perf_counter() - start


def on_the_stand_in(drops: dict[date, Path], folder: Path) -> list[Run]:
    """Load the drops of days over ODBC, the first into an empty warehouse; the memory is the server's until then."""
    with local_server(folder) as server:
        warehouse = Warehouse(server)
        warehouse.rebuild()
        (process,) = (child for child in psutil.Process().children() if "local_sqlserver" in child.cmdline())
        runs = []
        for business_date, drop in drops.items():
            seconds = _load(warehouse, drop, business_date)
            runs.append(Run(sum(seconds.values()), seconds, peak_mib(str(process.pid))))
        return runs


def _load(warehouse: Warehouse, drop: Path, business_date: date) -> dict[str, float]:
    """Load a drop step by step and read the reports; the seconds of each stage."""
    seconds: dict[str, float] = {}
    with timed(seconds, STAGING):
        landing = warehouse.stage(drop)
    (row,) = warehouse.execute(
        "DECLARE @id INT; EXEC etl.open_batch ?, ?, N'', 0, 1, @id OUTPUT", f"test bench {business_date}", business_date
    )
    batch_id = row["batch_id"]
    warehouse.execute("EXEC etl.register_landing ?, ?", batch_id, landing)
    for layer in ("bronze", "silver"):
        with timed(seconds, layer):
            for source in TABLES:
                warehouse.execute(f"EXEC {layer}.load_table ?, ?", batch_id, source)
    with timed(seconds, "publish"):
        warehouse.execute("EXEC etl.publish ?", batch_id)
    with timed(seconds, "reports"), warehouse.connect() as connection:
        for report in ("products", "customers", "sales_daily"):
            rows = connection.execute(f"SELECT * FROM gold.report_{report}")
            while rows.fetchmany(10_000):
                pass
    return seconds


def measure(scale: float, rounds: int, folder: Path, console: Console) -> None:
    """Measure one scale and print its tables."""
    drops = {day: folder / str(day) for day in (BUSINESS_DATE, BUSINESS_DATE + timedelta(days=1))}
    for day, drop in drops.items():
        generate(drop, scale=scale, seed=1, as_of=day)
    runs: dict[str, list[Run]] = {name: [] for name in (STAND_IN, NEXT_DAY, *PEERS)}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            first, following = on_the_stand_in(drops, Path(place))
        runs[STAND_IN].append(first)
        runs[NEXT_DAY].append(following)
        for peer, module in PEERS.items():
            with tempfile.TemporaryDirectory(dir=folder) as place:
                runs[peer].append(run(module, drops[BUSINESS_DATE], Path(place) / "out", BUSINESS_DATE))
    median = {name: _median(of_name) for name, of_name in runs.items()}
    for name in (STAND_IN, NEXT_DAY):
        console.print(_stages(f"{name}, scale {scale:g}, median of {rounds}", median[name], median[FLOOR]))
    console.print(_peers(f"scale {scale:g}, median of {rounds}", median))


def _median(runs: list[Run]) -> Run:
    return Run(
        statistics.median(one.seconds for one in runs),
        {stage: statistics.median(one.stages[stage] for one in runs) for stage in runs[0].stages},
        statistics.median(one.peak_mib for one in runs),
    )


def _stages(title: str, ours: Run, floor: Run) -> Table:
    shown = Table(title=title)
    for heading in ("stage", "stand-in s", f"{FLOOR} s", "ratio"):
        shown.add_column(heading, justify="left" if heading == "stage" else "right")
    for stage, seconds in ours.stages.items():
        least = floor.stages.get(stage)
        shown.add_row(
            stage, f"{seconds:.2f}", f"{least:.2f}" if least else "", f"{seconds / least:.1f}" if least else ""
        )
    least = sum(floor.stages.values())
    for stage, seconds in (("all but staging", ours.seconds - ours.stages[STAGING]), ("all", ours.seconds)):
        shown.add_row(stage, f"{seconds:.2f}", f"{least:.2f}", f"{seconds / least:.1f}")
    return shown


def _peers(title: str, runs: dict[str, Run]) -> Table:
    shown = Table(title=title)
    for heading in ("", "s", f"ratio to {FLOOR}", "peak memory MiB"):
        shown.add_column(heading, justify="right" if heading else "left")
    for name, of_name in runs.items():
        ratio = of_name.seconds / runs[FLOOR].seconds
        shown.add_row(name, f"{of_name.seconds:.2f}", f"{ratio:.1f}", f"{of_name.peak_mib:,.0f}")
    return shown


def check(console: Console) -> bool:
    """Compare the gold of all peers with the oracle's; print the differences and return whether there are none."""
    days: list[tuple[str, Callable[[Path], object], date]] = []
    for scale, seed, as_of in (
        (1, 1, BUSINESS_DATE),
        (0.02, 2, date(2024, 2, 29)),
        (0.1, 3, date(2026, 3, 5)),
        (0.3, 4, date(2025, 12, 31)),
    ):
        generated = partial(generate, scale=scale, seed=seed, as_of=as_of)
        days.append((f"scale {scale:g}, seed {seed}, {as_of}", generated, as_of))
    by_hand = partial(_without_rejected_lines, partial(shutil.copytree, handmade.HANDMADE_DAY))
    days.append(("the hand-made day", by_hand, handmade.BUSINESS_DATE))
    for name, write in nasty.NASTY.items():
        days.append((name, partial(_without_rejected_lines, write), nasty.BUSINESS_DATE))
    equal = True
    for name, write_drop, as_of in days:
        with tempfile.TemporaryDirectory() as folder:
            drop = Path(folder) / "drop"
            write_drop(drop)
            gold = compute(drop, as_of)
            for peer, module in PEERS.items():
                if peer == "dbt-duckdb" and name in nasty.NASTY:
                    continue  # it takes ten seconds, and its SQL is that of DuckDB
                out = Path(folder) / module
                run(module, drop, out, as_of)
                lines = _differences(gold, out)
                console.print(
                    f"{'DIFFERENT' if lines else 'equal'}  {name}: {peer}", *lines, sep="\n    ", markup=False
                )
                equal = equal and not lines
    return equal


def _without_rejected_lines(write: Callable[[Path], object], drop: Path) -> None:
    """Write a drop anew with the rows that staging accepts and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "original"
        write(original)
        for file, header in SOURCES.values():
            rows = read_lines(original / file, header).rows.drop(columns="source_line")
            (drop / file).parent.mkdir(parents=True, exist_ok=True)
            rows.to_csv(drop / file, index=False, quoting=csv.QUOTE_MINIMAL)


def _differences(gold: Gold, out: Path) -> list[str]:
    """Compare all that a first day gives but the histories."""
    found = []
    for name, key in KEYS.items():
        if not name.endswith("_history"):
            expected = getattr(gold, name)[[column for column in COLUMNS[name] if not column.endswith("_version_key")]]
            found += [f"{name}: {line}" for line in compare(expected, table(out, name), key)]
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, nargs="+", default=[1, 20], help="default: 1 20")
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument("--check", action="store_true", help="compare the peers with the oracle instead")
    options = parser.parse_args()
    console = Console()
    if options.check:
        sys.exit(0 if check(console) else "The gold of a peer differs from the oracle's, see above.")
    for scale in options.scale:
        with tempfile.TemporaryDirectory() as folder:
            measure(scale, options.rounds, Path(folder), console)


if __name__ == "__main__":
    main()
