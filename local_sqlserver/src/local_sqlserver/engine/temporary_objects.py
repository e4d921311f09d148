"""Temporary tables as objects of tempdb: their ids, their names there, and their rows in its system views."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from local_sqlserver.catalog import store
from local_sqlserver.catalog.objects import CatalogObject
from local_sqlserver.compiler import Relation
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.state import SessionState

TABLES = ("objects", "columns", "constraints")
"""The tables of the catalog in which temporary tables have rows."""

_NAME_LENGTH = 116
"""The characters of a name before the 12 digits that make it unique."""


def temporary_object(state: SessionState, relation: Relation) -> CatalogObject:
    """Return a temporary table as sys.objects of tempdb shows it: its id is negative, its name has 128 characters."""
    number = -1 - zlib.crc32(f"{state.spid} {relation.duckdb_name}".encode()) % 2**30
    name = f"{relation.name.ljust(_NAME_LENGTH, '_')}{number % 2**32:012X}"
    moment = state.clock
    return CatalogObject(
        number, "dbo", name, "U", moment, moment, columns=relation.columns, constraints=relation.constraints
    )


def rows_of(shared: Shared, table: str) -> Callable[[], list[dict[str, Any]]]:
    """Return the function that gives the rows of the temporary tables of all sessions in a table of the catalog."""
    names = [column.split()[0] for column in store.table_columns(table)]

    def rows() -> list[dict[str, Any]]:
        return [
            dict(zip(names, row, strict=True))
            for session in shared.sessions()
            for frame in list(session.state.frames)
            for relation in list(frame.temporary.values())
            for row in store.object_rows(temporary_object(session.state, relation))[table]
        ]

    return rows
