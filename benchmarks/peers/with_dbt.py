"""The load in dbt-duckdb: the project beside it.

python -m benchmarks.peers.with_dbt --drop data --out FOLDER --as-of 2026-02-01
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dbt.cli.main import dbtRunner

from benchmarks.peers.shared import main

PROJECT = Path(__file__).with_name("dbt")


def load(drop: Path, out: Path, as_of: date) -> Iterator[str]:
    """Run all models, as ``dbt run`` does."""
    os.environ |= {"DBT_DATABASE": str(out / "warehouse.duckdb"), "DBT_TARGET_PATH": str(out), "DBT_LOG_PATH": str(out)}
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    variables = json.dumps({"drop": str(drop), "as_of": str(as_of)})
    done = dbtRunner().invoke(["--no-version-check", "--quiet", "run", *folders, "--vars", variables])
    if not done.success:
        raise SystemExit(f"dbt failed: {done.exception or done.result}")
    yield "all"


if __name__ == "__main__":
    main(load)
