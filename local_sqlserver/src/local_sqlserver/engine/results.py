"""Result sets from DuckDB results: columns with T-SQL types, rows with Python values for the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from local_sqlserver import utf16
from local_sqlserver.arrays import Array, holds, uuids
from local_sqlserver.compiler import Translation
from local_sqlserver.compiler.types import sql_type
from local_sqlserver.engine.events import Batch, Column, Columns, Event, Rows
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
    return _changed(rows, converters)


def _changed(rows: list[tuple[Any, ...]], changes: dict[int, Callable[[Any], Any]]) -> list[tuple[Any, ...]]:
    """Change the values of some columns that are not NULL."""
    if not changes:
        return rows
    changed = []
    for row in rows:
        values = list(row)
        for index, change in changes.items():
            if values[index] is not None:
                values[index] = change(values[index])
        changed.append(tuple(values))
    return changed


def _cutter(declared: SqlType, text_size: int) -> Callable[[Any], Any] | None:
    """Return the cut of a (MAX) type's values to ``text_size`` bytes (SET TEXTSIZE; -1 is no limit), None for none."""
    if declared.length != MAX or not 0 <= text_size < UNLIMITED_TEXT:
        return None
    if declared.name in UNICODE:
        return lambda value: utf16.left(value, text_size // 2)
    return lambda value: value[:text_size]


def _cut(rows: list[tuple[Any, ...]], columns: Sequence[Column], text_size: int) -> list[tuple[Any, ...]]:
    cutters = {index: _cutter(column.type, text_size) for index, column in enumerate(columns)}
    return _changed(rows, {index: cutter for index, cutter in cutters.items() if cutter is not None})


def result_set(
    description: Sequence[tuple[Any, ...]], rows: list[tuple[Any, ...]], translation: Translation, text_size: int
) -> Iterator[Event]:
    """Yield the events of one result set, without its Done; ``text_size`` is the value of SET TEXTSIZE."""
    columns = result_columns(description, translation, rows)
    yield Columns(columns)
    rows = _cut(convert_rows(rows, [column.type for column in columns]), columns, text_size)
    for start in range(0, len(rows), CHUNK):
        yield Rows(rows[start : start + CHUNK])


def declared_columns(translation: Translation) -> tuple[Column, ...] | None:
    """Name and type the columns of a result before it has rows; None if the translation does not type them all."""
    columns = []
    for index, (name, declared) in enumerate(zip(translation.column_names, translation.column_types, strict=True)):
        if declared is None:
            return None
        columns.append(Column(name, declared, identity=index in translation.identities))
    return tuple(columns)


def batch(arrays: Sequence[Array], columns: Sequence[Column], text_size: int) -> Batch:
    """Return the event of some rows that were read as arrays."""
    return Batch(tuple(_declared(array, column.type, text_size) for array, column in zip(arrays, columns, strict=True)))


def _declared(array: Array, declared: SqlType, text_size: int) -> Array | list[Any]:
    """Return an array of the declared type, or its values if there is none, or if one is cut (SET TEXTSIZE)."""
    cutter = _cutter(declared, text_size)
    if declared.name == "uniqueidentifier" and array.kind == "text":
        array = uuids(array)
    if holds(array, declared) and (cutter is None or array.longest <= text_size // 2):
        return array
    rows = convert_rows([(value,) for value in array.python()], [declared])
    return [row[0] for row in (_changed(rows, {0: cutter}) if cutter is not None else rows)]
