"""Binary COPY."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg


def copy_rows(
    connection: "psycopg.Connection[Any]",
    table: str,
    columns: Mapping[str, str],
    chunks: Iterable[Sequence[Sequence[Any]]],
) -> None:
    """Copy."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(list(columns.values()))
        for chunk in chunks:
            for row in chunk:
                copy.write_row(row)
