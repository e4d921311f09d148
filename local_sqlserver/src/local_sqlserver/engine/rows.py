"""Execution in DuckDB: statements with their parameters, inserts of Python rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import duckdb

from local_sqlserver.catalog.objects import quote
from local_sqlserver.compiler import Relation
from local_sqlserver.engine.arrow import Stream

_PLACEHOLDERS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\d+)")

Fetched = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]
"""DuckDB's description of the columns, and the rows."""


def fetch(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any]) -> Fetched:
    """Run one DuckDB statement and read its whole result, because an open one blocks the next statement."""
    connection.execute(sql, _bound(sql, values))
    description = connection.description or []
    return list(description), connection.fetchall() if description else []


def stream(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any], rows: int) -> Stream:
    """Run a query up to its first rows, to read at most ``rows`` at a time; the caller closes the stream."""
    return Stream(connection, sql, _bound(sql, values), rows)


def _bound(sql: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return the parameters of one DuckDB statement, by number."""
    return {number: _held(values[int(number) - 1]) for number in _placeholders(sql)} if values else {}


@lru_cache(maxsize=1024)
def _placeholders(sql: str) -> frozenset[str]:
    return frozenset(match[1] for match in _PLACEHOLDERS.finditer(sql) if match[1])


def _held(value: Any) -> Any:
    """Return a value as DuckDB holds it: a DATETIMEOFFSET as ``types.OFFSET_TYPE``."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        offset = value.utcoffset() or timedelta()
        return {"utc": value.replace(tzinfo=None) - offset, "minutes": offset // timedelta(minutes=1)}
    return value


def kept_rows(connection: duckdb.DuckDBPyConnection, relation: Relation) -> list[tuple[Any, ...]]:
    """Return all rows of a table without its computed columns, in the form that ``kept_columns`` takes back."""
    return fetch(connection, f"SELECT {_stored(relation)} FROM {relation.duckdb_name}", ())[1]


def kept_columns(relation: Relation) -> str:
    """Return a table and its columns but the computed ones, for ``insert_rows``."""
    return f"{relation.duckdb_name} ({_stored(relation)})"


def _stored(relation: Relation) -> str:
    return ", ".join(quote(column.name) for column in relation.columns if column.computed is None)


def insert_rows(connection: duckdb.DuckDBPyConnection, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert Python rows into ``into`` (a DuckDB table with a column list), several hundred a statement."""
    if not rows:
        return
    width = len(rows[0])
    size = max(1, 1000 // width)
    for start in range(0, len(rows), size):
        chunk = rows[start : start + size]
        marks = ", ".join("(" + ", ".join("?" * width) + ")" for _ in chunk)
        connection.execute(f"INSERT INTO {into} VALUES {marks}", [_held(value) for row in chunk for value in row])
