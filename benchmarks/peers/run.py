"""Run a peer of the load as a process of its own, and read the gold that it made."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv/bench/bin/python"
"""The environment of requirements-bench.txt, which `make bench` installs."""

PEERS = {"DuckDB": "with_duckdb", "dbt-duckdb": "with_dbt", "pandas": "with_pandas", "polars": "with_polars"}
"""Peer → its module. The first one is the floor."""


@dataclass(frozen=True)
class Run:
    """A load by a peer: the wall time of its process, the seconds of its stages, the most memory it held."""

    seconds: float
    stages: dict[str, float]
    peak_mib: float


def run(module: str, drop: Path, out: Path, as_of: date) -> Run:
    """Load a drop with a peer into a new folder. Raises CalledProcessError."""
    out.mkdir()
    arguments = ["--drop", str(drop.resolve()), "--out", str(out.resolve()), "--as-of", str(as_of)]
    begin = time.perf_counter()
    done = subprocess.run(
        [PYTHON, "-m", f"benchmarks.peers.{module}", *arguments], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    seconds = time.perf_counter() - begin
    printed = json.loads(done.stdout)
    return Run(seconds, printed["seconds"], printed["peak_mib"])


def table(out: Path, name: str) -> pd.DataFrame:
    """Read a table of gold from the folder that a peer has filled."""
    parquet = out / "gold" / f"{name}.parquet"
    with duckdb.connect() as connection:
        if not parquet.exists():
            connection.execute(f"ATTACH '{out / 'warehouse.duckdb'}' AS warehouse (READ_ONLY)")
        rows = connection.execute(f"FROM '{parquet}'" if parquet.exists() else f"FROM warehouse.{name}")
        columns = [column[0] for column in rows.description]
        return pd.DataFrame(rows.fetchall(), columns=columns, dtype=object)
