"""Writes docs/catalog.md from the catalog of a server: ``python -m tests.docs.catalog`` deploys to one and reads it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.warehouse import ROOT, Warehouse, local_server

FILE = ROOT / "docs" / "catalog.md"

HEAD = """\
# Catalog

Every table, view and procedure of the warehouse, as the server describes them (extended property `MS_Description`).
Written by `python -m tests.docs.catalog` from a deployed database; the descriptions stand in the headers of
`include/sql`.
"""

OBJECTS = """
SELECT
    SCHEMA_NAME(o.schema_id) AS schema_name,
    o.name AS object_name,
    CASE o.type WHEN 'U' THEN 'table' WHEN 'V' THEN 'view' ELSE 'procedure' END AS kind,
    CAST(p.value AS NVARCHAR(3750)) AS description
FROM sys.objects AS o
LEFT JOIN sys.extended_properties AS p
    ON p.class = 1 AND p.name = N'MS_Description' AND p.major_id = o.object_id AND p.minor_id = 0
WHERE o.type IN ('U', 'V', 'P')
ORDER BY schema_name, CASE o.type WHEN 'P' THEN 2 ELSE 1 END, object_name
"""

COLUMNS = """
SELECT
    CONCAT(SCHEMA_NAME(o.schema_id), N'.', o.name) AS object_name,
    c.name AS column_name,
    CONCAT(
        UPPER(TYPE_NAME(c.user_type_id)),
        CASE
            WHEN TYPE_NAME(c.user_type_id) = N'nvarchar' AND c.max_length = -1 THEN N'(MAX)'
            WHEN TYPE_NAME(c.user_type_id) = N'nvarchar' THEN CONCAT(N'(', c.max_length / 2, N')')
            WHEN TYPE_NAME(c.user_type_id) = N'decimal' THEN CONCAT(N'(', c.precision, N', ', c.scale, N')')
        END
    ) AS type_name,
    CAST(p.value AS NVARCHAR(3750)) AS description
FROM sys.columns AS c
INNER JOIN sys.objects AS o
    ON c.object_id = o.object_id AND o.type IN ('U', 'V')
LEFT JOIN sys.extended_properties AS p
    ON p.class = 1 AND p.name = N'MS_Description' AND p.major_id = c.object_id AND p.minor_id = c.column_id
ORDER BY object_name, c.column_id
"""


def page(warehouse: Warehouse) -> str:
    """Give the text of the page."""
    columns: dict[str, list[tuple[str, str, str]]] = {}
    for row in warehouse.execute(COLUMNS):
        columns.setdefault(row["object_name"], []).append((row["column_name"], row["type_name"], row["description"]))
    parts = [HEAD]
    for schema, rows in groupby(warehouse.execute(OBJECTS), key=lambda row: str(row["schema_name"])):
        parts.append(f"## {schema}\n")
        for row in rows:
            name = f"{schema}.{row['object_name']}"
            parts.append(f"### {name}\n\n{row['kind'].capitalize()}: {row['description']}\n")
            if name in columns:
                parts.append(_table(columns[name]))
    return "\n".join(parts)


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    lines = ["| column | type | |", "|---|---|---|"]
    lines += [f"| {name} | {kind} | {(text or '').replace('|', chr(92) + '|')} |" for name, kind, text in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Deploy to an empty server and write the page."""
    with TemporaryDirectory() as folder, local_server(Path(folder)) as server:
        warehouse = Warehouse(server)
        warehouse.rebuild()
        FILE.write_text(page(warehouse), encoding="utf-8")


if __name__ == "__main__":
    main()
