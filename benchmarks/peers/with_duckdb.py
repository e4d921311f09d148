"""The load in plain DuckDB: the SQL of the dbt project beside it, without dbt. The floor of the measurement.

python -m benchmarks.peers.with_duckdb --drop data --out FOLDER --as-of 2026-02-01
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import yaml
from jinja2 import Environment

from benchmarks.peers.shared import main

PROJECT = Path(__file__).with_name("dbt")
STAGES = {"bronze": "bronze", "silver": "silver", "gold": "publish", "reports": "reports"}
"""Folder of models → the stage of the load."""


def load(drop: Path, out: Path, as_of: date) -> Iterator[str]:
    """Create a table of each model, after those that it refers to."""
    statements, references = models({"drop": str(drop), "as_of": str(as_of)})
    with duckdb.connect(str(out / "warehouse.duckdb")) as connection:
        for path in TopologicalSorter(references).static_order():
            connection.execute(f"CREATE TABLE {path.stem} AS {statements[path]}")
            yield STAGES[path.parent.name]


def models(variables: dict[str, str]) -> tuple[dict[Path, str], dict[Path, set[Path]]]:
    """Render the models with dbt's ``ref`` and ``var``; return the SQL of each, and the models that it refers to."""
    paths = {path.stem: path for path in PROJECT.glob("models/*/*.sql")}
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    environment = Environment()
    environment.globals["var"] = {**project["vars"], **variables}.__getitem__
    macros = environment.from_string((PROJECT / "macros/rules.sql").read_text(encoding="utf-8")).module
    environment.globals |= vars(macros)
    statements, references = {}, {}
    for path in paths.values():
        referred: set[Path] = set()

        def ref(name: str, referred: set[Path] = referred) -> str:
            referred.add(paths[name])
            return name

        statements[path] = environment.from_string(path.read_text(encoding="utf-8")).render(ref=ref)
        references[path] = referred
    return statements, references


if __name__ == "__main__":
    main(load)
