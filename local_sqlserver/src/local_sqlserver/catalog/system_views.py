"""sys.* and INFORMATION_SCHEMA.* as DuckDB queries over the catalog tables of a database file.

``sys_views``, ``server_views``, ``absent_features`` and ``information_schema`` declare them. Columns whose value the
stand-in cannot give are left out, so that a query of one is error 207.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import duckdb

from local_sqlserver.catalog import absent_features, information_schema, server_views, sys_views
from local_sqlserver.catalog.databases import TEMPDB
from local_sqlserver.catalog.objects import BUILT_IN_SCHEMAS, CATALOG_SCHEMA, MASTER, quote
from local_sqlserver.catalog.view_declaration import SystemView
from local_sqlserver.collation import DATABASE
from local_sqlserver.compiler import ColumnInfo
from local_sqlserver.compiler.types import duckdb_type, sql_type
from local_sqlserver.types import TEXT, TYPES, digits, storage_bytes

_VIEWS = {
    (view.schema.lower(), view.name.lower()): view
    for view in (*sys_views.VIEWS, *server_views.VIEWS, *absent_features.VIEWS, *information_schema.VIEWS)
}


_TEMPORARY = ("objects", "columns", "constraints")
"""The tables of the catalog to which temporary tables add rows in tempdb."""


def supported() -> list[SystemView]:
    """Return all system views, by schema and name, without those behind a function (fn_…)."""
    return [_VIEWS[key] for key in sorted(_VIEWS) if not key[1].startswith("fn_")]


def object_id(schema: str, name: str) -> int:
    """Return the id of a system view or procedure: negative, and always the same. SQL Server has other numbers."""
    return -1 - zlib.crc32(f"{schema}.{name}".lower().encode()) % 2**30


def install(root: duckdb.DuckDBPyConnection, procedures: Iterable[str]) -> None:
    """Create the tables of system types, objects and columns in memory, which the views of all databases read."""
    root.execute(f"CREATE TABLE memory.main.system_types AS {sys_views.BASE_TYPES}")
    text = "VARCHAR"
    root.execute(
        f"CREATE TABLE memory.main.system_objects (name {text}, object_id INTEGER, schema_id INTEGER, type {text})"
    )
    views = [view for view in supported() if view.schema != "dbo"]
    objects: list[tuple[Any, ...]] = [
        (view.name, object_id(view.schema, view.name), BUILT_IN_SCHEMAS[view.schema], "V") for view in views
    ]
    objects += [(name, object_id("sys", name), BUILT_IN_SCHEMAS["sys"], "P") for name in procedures]
    _fill(root, "memory.main.system_objects", objects)
    root.execute(
        "CREATE TABLE memory.main.system_columns (object_id INTEGER, name VARCHAR, column_id INTEGER, "
        "system_type_id INTEGER, max_length INTEGER, precision INTEGER, scale INTEGER, collation_name VARCHAR, "
        "is_nullable BOOLEAN)"
    )
    columns: list[tuple[Any, ...]] = [
        (
            *(object_id(view.schema, view.name), column.name, position, TYPES[column.type.name].id),
            *(storage_bytes(column.type), *digits(column.type)),
            *(DATABASE.name if column.type.name in TEXT else None, column.nullable),
        )
        for view in views
        for position, column in enumerate(view.columns, 1)
    ]
    _fill(root, "memory.main.system_columns", columns)


def _fill(root: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Insert rows as one list for each column, because DuckDB takes long to plan thousands of parameters."""
    values = ", ".join(f"unnest(${number})" for number in range(1, len(rows[0]) + 1))
    root.execute(f"INSERT INTO {table} SELECT {values}", [list(column) for column in zip(*rows, strict=True)])


@lru_cache(maxsize=10_000)
def query(view: SystemView, database: str) -> str:
    """Return the DuckDB query of a view in a database, in parentheses."""
    values = ", ".join(
        f"CAST({value} AS {duckdb_type(column.type)}) AS {quote(column.name)}"
        for column, value in zip(view.columns, view.values, strict=True)
    )
    home = f"{quote(MASTER if view.of_server else database)}.{quote(CATALOG_SCHEMA)}"
    name = "'" + database.replace("'", "''") + "'"
    text = _expanded(f"(SELECT {values} FROM {view.source})", database)
    return re.sub(r"\{home\}|\{name\}", lambda match: home if match[0] == "{home}" else name, text)


def _expanded(text: str, database: str) -> str:
    """Replace the names of helpers and of other views by their queries."""

    def replacement(match: re.Match[str]) -> str:
        name = match[1]
        if database == TEMPDB and name in _TEMPORARY:  # the engine gives the rows of temporary tables
            return f"(FROM {match[0]} UNION ALL SELECT r.* FROM (SELECT unnest(tsql_temporary_{name}()) AS r))"
        if name in sys_views.HELPERS:
            return _expanded(f"({sys_views.HELPERS[name]})", database)
        schema, _, rest = name.partition("_")
        view = _VIEWS.get((schema, rest))
        return match[0] if view is None else query(view, database)

    return re.sub(r"\{home\}\.(\w+)", replacement, text)


def find(schema: str, name: str) -> SystemView | None:
    """Return a system view by its schema and name; None for any other name."""
    return _VIEWS.get((schema.lower(), name.lower()))


@cache
def names() -> dict[int, tuple[str, str]]:
    """Return the schema and name of each system view by its id."""
    return {object_id(view.schema, view.name): (view.schema, view.name) for view in _VIEWS.values()}


def find_compatible(name: str) -> SystemView | None:
    """Return a compatibility view (sysobjects …), which every schema shows."""
    found = find("sys", name)
    return found if found is not None and found.compatibility else None


def columns(connection: duckdb.DuckDBPyConnection, duckdb_name: str) -> tuple[ColumnInfo, ...]:
    """Read names and types of a DuckDB table or view."""
    described = connection.execute(f"DESCRIBE {duckdb_name}").fetchall()
    return tuple(ColumnInfo(row[0], sql_type(row[1]), row[2] != "NO") for row in described)
