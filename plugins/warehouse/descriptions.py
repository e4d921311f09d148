"""The descriptions of tables, views, columns and procedures: from the headers of include/sql into the server's catalog.

The header of a file has the description of its object under Purpose and Grain, and those of its columns under Columns.
A column without one has that of its namesake in the first object that the file mentions: a view passes columns on
unchanged. The server keeps them as extended properties named MS_Description, which its tools show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_HEADER = re.compile(r"\s*/\*\n(.*?)\n\*/", re.DOTALL)
_SECTION = re.compile(r"^([A-Z][a-z]+): +", re.MULTILINE)
_COLUMN = re.compile(r"^ *([\w.]+)(?: {2,}| *$)", re.MULTILINE)
_CREATED = re.compile(r"\bCREATE (?:OR ALTER )?(TABLE|VIEW|PROCEDURE) (\w+\.\w+)")
_MENTIONED = re.compile(r"\b(?:bronze|silver|gold|etl)\.\w+")

Described = dict[tuple[str, str], str]
"""(schema.object, column, or '' for the object itself) → description."""

CATALOG = """
SELECT
    CONCAT(SCHEMA_NAME(o.schema_id), N'.', o.name) AS object_name,
    CASE o.type WHEN 'U' THEN N'TABLE' WHEN 'V' THEN N'VIEW' ELSE N'PROCEDURE' END AS object_type,
    COALESCE(c.name, N'') AS column_name,
    CAST(p.value AS NVARCHAR(3750)) AS description
FROM sys.objects AS o
LEFT JOIN (
    SELECT object_id, column_id, name FROM sys.columns
    UNION ALL
    SELECT object_id, 0, N'' FROM sys.objects
) AS c
    ON o.object_id = c.object_id
LEFT JOIN sys.extended_properties AS p
    ON p.class = 1 AND p.name = N'MS_Description' AND p.major_id = o.object_id AND p.minor_id = c.column_id
WHERE o.type IN ('U', 'V', 'P')
ORDER BY o.object_id, c.column_id;
"""
"""Each object and column with the description that the server has."""


@dataclass
class _File:
    """What a file says of the objects that it creates."""

    purpose: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    mentioned: list[str] = field(default_factory=list)


class Descriptions:
    """The descriptions in the texts of SQL files."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._files: dict[str, _File] = {}
        for text in texts:
            created = [name.lower() for _, name in _CREATED.findall(text)]
            if created:
                file = _read(text)
                self._files |= dict.fromkeys(created, file)

    def of(self, name: str, column: str = "") -> str:
        """Give the description of an object or of its column, or ''."""
        return self._of(name.lower(), column.lower(), set())

    def _of(self, name: str, column: str, seen: set[str]) -> str:
        file = self._files.get(name)
        if file is None or name in seen:
            return ""
        if not column:
            return file.purpose
        own = file.columns.get(f"{name}.{column}") or file.columns.get(column)
        if own:
            return own
        passed_on = (self._of(other, column, {*seen, name}) for other in file.mentioned)
        return next(filter(None, passed_on), "")


def _read(text: str) -> _File:
    header = _HEADER.match(text)
    sections = _sections(header[1]) if header else {}
    described = [sections.get(name, "") for name in ("Purpose", "Grain")]
    purpose, grain = (" ".join(part.split()) for part in described)
    file = _File(purpose + (f" Grain: {grain}" if grain else ""))
    columns = sections.get("Columns", "")
    # A line that begins with a name and two blanks begins a column; deeper lines continue it.
    indent = min((len(line) - len(line.lstrip()) for line in columns.splitlines()[1:] if line.strip()), default=0)
    lines = [columns.splitlines()[0] if columns else "", *(line[indent:] for line in columns.splitlines()[1:])]
    name = ""
    for line in filter(None, lines):
        begun = _COLUMN.match(line) if not line.startswith(" ") else None
        if begun:
            name = begun[1].lower()
            file.columns[name] = line[begun.end() :].strip()
        else:
            file.columns[name] += f" {line.strip()}"
    file.mentioned = list(dict.fromkeys(found.lower() for found in _MENTIONED.findall(text)))
    return file


def _sections(header: str) -> dict[str, str]:
    begins = list(_SECTION.finditer(header))
    ends = [begin.start() for begin in begins[1:]] + [len(header)]
    return {begin[1]: header[begin.end() : end].rstrip() for begin, end in zip(begins, ends, strict=True)}


def changes(descriptions: Descriptions, catalog: Iterable[Mapping[str, str | None]]) -> str:
    """Give the batch that brings the server's catalog (rows of ``CATALOG``) up to the descriptions; '' if it is."""
    statements = []
    for row in catalog:
        name, column, present = str(row["object_name"]), str(row["column_name"]), row["description"]
        wanted = descriptions.of(name, column)
        if wanted == (present or ""):
            continue
        schema, _, thing = name.partition(".")
        level = f"N'SCHEMA', N'{schema}', N'{row['object_type']}', N'{thing}'"
        level += f", N'COLUMN', N'{column}'" if column else ""
        value = "N'" + wanted.replace("'", "''") + "', "
        action = "drop" if not wanted else "update" if present else "add"
        statements.append(f"EXEC sys.sp_{action}extendedproperty N'MS_Description', {value if wanted else ''}{level};")
    return "\n".join(statements)
