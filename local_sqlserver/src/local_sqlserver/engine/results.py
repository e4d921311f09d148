"""Result sets from DuckDB results: columns with T-SQL types, rows with Python values for the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from local_sqlserver import utf16
from local_sqlserver.compiler import Translation
from local_sqlserver.compiler.types import sql_type
from local_sqlserver.engine.events import Column, Columns, Event, Rows
from local_sqlserver.types import MAX, TYPES, UNICODE, SqlType

CHUNK = 2_000
"""Rows in one ``Rows`` event."""

UNLIMITED_TEXT = 2147483647
"""The value of SET TEXTSIZE, in bytes, that is no limit."""

_CONVERTED = frozenset({int, Decimal, float, str, bytes})
"""The Python types whose constructors convert DuckDB's values of other types."""


def result_columns(
    description: Sequence[tuple[Any, ...]], translation: Translation, rows: Sequence[tuple[Any, ...]]
) -> tuple[Column, ...]:
    """Name and type the columns of a result; text longer than its type's length becomes (MAX)."""
    columns = []
    for index, described in enumerate(description):
        declared = translation.column_types[index] if index < len(translation.column_types) else None
        kind = declared or sql_type(described[1])
        if (
            declared is None
            and kind.name == "nvarchar"
            and any(row[index] is not None and utf16.length(row[index]) > 4000 for row in rows)
        ):
            kind = SqlType("nvarchar", length=MAX)
        name = translation.column_names[index] if translation.column_names else described[0]
        columns.append(Column(name, kind, identity=index in translation.identities))
    return tuple(columns)


def _converter(declared: SqlType, sample: Any) -> Callable[[Any], Any] | None:
    """Return the conversion of DuckDB's Python values to those of ``local_sqlserver.types``, None if they are equal."""
    python = TYPES[declared.name].python
    if isinstance(sample, bool) or declared.name == "bit":
        return int
    if declared.name == "datetimeoffset":
        return _aware
    return None if python not in _CONVERTED or isinstance(sample, python) else python


def _aware(value: Any) -> datetime:
    """Return a DATETIMEOFFSET as DuckDB holds it (``types.OFFSET_TYPE``) as an aware datetime."""
    if isinstance(value, datetime):
        return value
    zone = timezone(timedelta(minutes=value["minutes"]))
    utc: datetime = value["utc"]
    return (utc + timedelta(minutes=value["minutes"])).replace(tzinfo=zone)


def convert_rows(rows: list[tuple[Any, ...]], types: Sequence[SqlType]) -> list[tuple[Any, ...]]:
    """Convert DuckDB's rows to rows of the declared types."""
    converters: dict[int, Callable[[Any], Any]] = {}
    for index, declared in enumerate(types):
        sample = next((row[index] for row in rows if row[index] is not None), None)
        if sample is not None and (converter := _converter(declared, sample)) is not None:
            converters[index] = converter
    if not converters:
        return rows
    converted = []
    for row in rows:
        values = list(row)
        for index, converter in converters.items():
            if values[index] is not None:
                values[index] = converter(values[index])
        converted.append(tuple(values))
    return converted


def _cut(rows: list[tuple[Any, ...]], columns: Sequence[Column], text_size: int) -> list[tuple[Any, ...]]:
    """Cut the values of the (MAX) columns to ``text_size`` bytes; -1 is no limit (SET TEXTSIZE)."""
    limits = {
        index: text_size // 2 if column.type.name in UNICODE else text_size
        for index, column in enumerate(columns)
        if column.type.length == MAX and 0 <= text_size < UNLIMITED_TEXT
    }
    if not limits:
        return rows
    cut = []
    for row in rows:
        values = list(row)
        for index, limit in limits.items():
            value = values[index]
            if value is not None and len(value) * 2 > limit:  # a character takes up to two code units
                values[index] = utf16.left(value, limit) if columns[index].type.name in UNICODE else value[:limit]
        cut.append(tuple(values))
    return cut


def result_set(
    description: Sequence[tuple[Any, ...]], rows: list[tuple[Any, ...]], translation: Translation, text_size: int
) -> Iterator[Event]:
    """Yield the events of one result set, without its Done; ``text_size`` is the value of SET TEXTSIZE."""
    columns = result_columns(description, translation, rows)
    yield Columns(columns)
    rows = _cut(convert_rows(rows, [column.type for column in columns]), columns, text_size)
    for start in range(0, len(rows), CHUNK):
        yield Rows(rows[start : start + CHUNK])
