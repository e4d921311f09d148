"""Reads Hyper files back through Tableau's own API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tableauhyperapi import Connection, Date, HyperProcess, TableDefinition, TableName, Telemetry, Timestamp

Value = str | int | float | bool | date | datetime | None


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """Open a Hyper file in a process of its own, without telemetry and log file."""
    telemetry = Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
    with (
        HyperProcess(telemetry, parameters={"log_config": ""}) as process,
        Connection(process.endpoint, path) as connection,
    ):
        yield connection


def definitions(connection: Connection) -> dict[tuple[str, str], TableDefinition]:
    """The tables of the file by schema and name."""
    catalog = connection.catalog
    return {
        (schema.name.unescaped, table.name.unescaped): catalog.get_table_definition(table)
        for schema in catalog.get_schema_names()
        for table in catalog.get_table_names(schema)
    }


def columns(definition: TableDefinition) -> dict[str, str]:
    """The columns of a table and their types."""
    return {column.name.unescaped: str(column.type) for column in definition.columns}


def rows(connection: Connection, table: str, names: list[str]) -> list[tuple[Value, ...]]:
    """The rows of a table of the extract, dates and times as Python's."""
    selected = ", ".join(f'"{name}"' for name in names)
    found = connection.execute_list_query(f"SELECT {selected} FROM {TableName('Extract', table)}")
    return [tuple(_plain(value) for value in row) for row in found]


def _plain(value: Any) -> Value:
    plain: Value = value
    if isinstance(value, Timestamp):
        plain = value.to_datetime()
    elif isinstance(value, Date):
        plain = value.to_date()
    return plain
