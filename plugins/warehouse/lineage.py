"""What the tasks tell OpenLineage: the datasets that they read and wrote, with columns, rows and checks.

A table of the warehouse is named by server, database, schema and name, a file by its path
(https://openlineage.io/docs/spec/naming); the tables that the API serves have the API's address as their namespace.
`lineage.json` has the columns that each column comes from; ``python -m tests.docs.lineage`` writes it from the SQL.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow.providers.openlineage.extractors import OperatorLineage
from airflow.sdk import Asset, BaseHook
from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.generated.column_lineage_dataset import ColumnLineageDatasetFacet, Fields, InputField
from openlineage.client.generated.data_quality_assertions_dataset import Assertion, DataQualityAssertionsDatasetFacet
from openlineage.client.generated.input_statistics_input_dataset import InputStatisticsInputDatasetFacet
from openlineage.client.generated.output_statistics_output_dataset import OutputStatisticsOutputDatasetFacet
from openlineage.client.generated.schema_dataset import SchemaDatasetFacet, SchemaDatasetFacetFields

from warehouse import settings
from warehouse.assets import SILVER, VIEWS
from warehouse.operators import reader

COLUMNS: dict[str, dict[str, list[tuple[str, str]]]] = json.loads(
    Path(__file__).with_name("lineage.json").read_text(encoding="utf-8")
)
"""Table or view → its columns → the columns (table or file, name) that each comes from."""

INTEGRATED = [name for name in COLUMNS if name.startswith("silver.") and name.partition(".")[2] not in SILVER]
"""The tables that a publish loads from the cleansed ones."""
SERVED = [name for name in COLUMNS if name.startswith("serving.")]
"""The tables that the API serves."""

Lineage = OperatorLineage[Any, Any]
"""The datasets of a task, as its method get_openlineage_facets_on_… returns them."""

DEFAULT_PORT = 1433
"""SQL Server's, for a connection without a port."""

RESULTS = """
SELECT check_name, subject, severity, passed, waived, observed, observed_of, expected, expected_of
FROM gold.quality_results
WHERE batch_id = ? AND is_latest = 1
"""
WRITTEN = """
SELECT REPLACE(step_name, N'.load_', N'.'), ISNULL(rows_inserted, 0) + ISNULL(rows_updated, 0)
FROM gold.load_steps
WHERE batch_id = ? AND status = N'succeeded' AND step_name LIKE N'silver.load[_]%'
"""


@dataclass(frozen=True)
class Places:
    """Where the datasets of a run are: the warehouse's namespace and database, the drop, the API's address."""

    server: str
    database: str
    source_dir: str
    api: str

    @classmethod
    def of(cls, source_dir: str = "") -> "Places":
        """Read the places from Airflow's connections."""
        warehouse, api = BaseHook.get_connection(settings.LOADER), BaseHook.get_connection(settings.API)
        host, _, port = (warehouse.host or "").partition(",")
        return cls(
            f"mssql://{host}:{warehouse.port or port or DEFAULT_PORT}",
            warehouse.schema or "",
            source_dir,
            f"{api.schema}://{api.host}:{api.port}",
        )

    def find(self, name: str) -> tuple[str, str]:
        """Return namespace and name of a file of the drop, a table, a view or a schema."""
        if name.endswith(".csv"):
            return "file", f"{self.source_dir}/{name}"
        if name in SERVED:
            return self.api, name
        return self.server, f"{self.database}.{name}"

    def read(
        self, name: str, *, rows: int | None = None, size: int | None = None, checks: Iterable[Assertion] = ()
    ) -> InputDataset:
        """Return a dataset that a task read."""
        facets: dict[str, Any] = {}
        if rows is not None:
            facets["inputStatistics"] = InputStatisticsInputDatasetFacet(rowCount=rows, size=size)
        if checks := list(checks):
            facets["dataQualityAssertions"] = DataQualityAssertionsDatasetFacet(checks)
        return InputDataset(*self.find(name), inputFacets=facets)

    def written(self, name: str, rows: int | None = None) -> OutputDataset:
        """Return a table or view that a task wrote, with the columns that its columns come from."""
        columns = COLUMNS.get(name, {})
        fields = {
            column: Fields([InputField(*self.find(owner), field) for owner, field in origins])
            for column, origins in columns.items()
            if origins
        }
        return OutputDataset(
            *self.find(name),
            facets={
                "schema": SchemaDatasetFacet([SchemaDatasetFacetFields(column) for column in columns]),
                "columnLineage": ColumnLineageDatasetFacet(fields),
            },
            outputFacets=_amount(rows=rows),
        )


def _amount(*, rows: int | None = None, size: int | None = None) -> dict[str, Any]:
    """Return the facet of written rows or bytes, if there are any to tell."""
    if rows is None and size is None:
        return {}
    return {"outputStatistics": OutputStatisticsOutputDatasetFacet(rowCount=rows, size=size)}


def of_files(source_dir: str, files: Iterable[Mapping[str, Any]]) -> Lineage:
    """Return the files of a manifest, with rows and bytes, as what a task read."""
    places = Places.of(source_dir)
    return Lineage(
        inputs=[places.read(file["source_file"], rows=file["rows_read"], size=file["bytes"]) for file in files]
    )


def of_tables(inlets: Iterable[Any], outlets: Iterable[Any], source_dir: str, counts: Mapping[str, Any]) -> Lineage:
    """Return the datasets of a task that loads one table, ``counts`` the row counts of its procedure."""
    places = Places.of(source_dir)
    return Lineage(
        inputs=[places.read(name, rows=counts.get("rows_read")) for name in _names(inlets)],
        outputs=[places.written(name, counts.get("rows_inserted")) for name in _names(outlets)],
    )


def _names(assets: Iterable[Any]) -> list[str]:
    """Return the files, tables and views among the assets."""
    named = (str(asset.extra.get("file", asset.name)) for asset in assets if isinstance(asset, Asset))
    return [name for name in named if "." in name]


def of_publish(batch_id: int, *, committed: bool) -> Lineage:
    """Return the tables of a publish with the checks of silver; without its commit, gold's checks and no output."""
    places, checks = Places.of(), _checks(batch_id)
    read = {asset.name for asset in SILVER.values()} | {name for name in checks if not _of_gold(name)}
    if not committed:
        return Lineage(inputs=[places.read(name, checks=checks[name]) for name in sorted(read | checks.keys())])
    rows = {name: int(count) for name, count in reader().get_records(WRITTEN, parameters=(batch_id,))}
    return Lineage(
        inputs=[places.read(name, checks=checks[name]) for name in sorted(read)],
        outputs=[places.written(name, rows.get(name)) for name in INTEGRATED]
        + [places.written(asset.name) for asset in VIEWS],
    )


def of_gold_checks(batch_id: int) -> Lineage:
    """Return the views of gold with the checks of a publish that was committed."""
    places, checks = Places.of(), _checks(batch_id)
    return Lineage(inputs=[places.read(name, checks=checks[name]) for name in sorted(checks) if _of_gold(name)])


def of_sync(rows: Mapping[str, int]) -> Lineage:
    """Return the views that a sync copied and the tables that the API serves, with their rows."""
    places = Places.of()
    read = sorted({owner for name in SERVED for origins in COLUMNS[name].values() for owner, _ in origins})
    return Lineage(
        inputs=[places.read(name) for name in read],
        outputs=[places.written(name, rows.get(name.partition(".")[2])) for name in SERVED],
    )


def of_export(rows: Mapping[str, int], files: Mapping[str, int]) -> Lineage:
    """Return the views that an export read, by name with their rows, and the files that it wrote with their bytes."""
    places = Places.of()
    return Lineage(
        inputs=[places.read(f"gold.{name}", rows=count) for name, count in rows.items()],
        outputs=[OutputDataset("file", path, outputFacets=_amount(size=size)) for path, size in files.items()],
    )


def _of_gold(name: str) -> bool:
    return name.split(".")[0] == "gold"


def _checks(batch_id: int) -> dict[str, list[Assertion]]:
    """Return the results of the last publish of a batch by table or view.

    A rule is about the cleansed table in its subject or the view in its name; about the whole schema otherwise.
    """
    layers = dict(reader().get_records("SELECT check_name, layer FROM gold.quality_rules"))
    found: dict[str, list[Assertion]] = defaultdict(list)
    for name, subject, severity, passed, waived, observed, observed_of, expected, expected_of in reader().get_records(
        RESULTS, parameters=(batch_id,)
    ):
        table, _, column = subject.partition(".")
        layer = layers.get(name, "gold")
        views = [view.name for view in VIEWS if view.name.partition(".")[2] in name.split()]
        owner = SILVER[table].name if table in SILVER else views[0] if layer == "gold" and views else layer
        found[owner].append(
            Assertion(
                "custom_sql",
                bool(passed),
                column=column or None,
                severity="warn" if severity == "warning" else severity,
                name=name,
                expected=_share(expected, expected_of),
                actual=_share(observed, observed_of),
                params={"subject": subject, "waived": bool(waived)},
            )
        )
    return found


def _share(part: object, whole: object) -> str | None:
    if part is None:
        return None
    return str(part) if whole is None else f"{part} of {whole}"
