"""EXEC … WITH RESULT SETS: results with declared names and types. Source: the T-SQL reference, EXECUTE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local_sqlserver.engine.arguments import Call
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.events import Batch, Column, Columns, Rows
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType


def declared_results(
    call: Call, sets: Sequence[tuple[syntax.ColumnDefinition, ...]], date_order: str, line: int
) -> Call:
    """Give the results of a call their declared columns; raises 11535, 11536 or 11537 for others, 11553 for a NULL."""
    number = 0
    sent: tuple[Column, ...] = ()
    while True:
        try:
            event = next(call)
        except StopIteration as stop:
            if number < len(sets):
                raise sql_error(11536, len(sets), number, line=line) from None
            return stop.value  # type: ignore[no-any-return]
        if isinstance(event, Columns):
            number += 1
            if number > len(sets):
                raise sql_error(11535, len(sets), line=line)
            sent, declared = event.columns, sets[number - 1]
            if len(sent) != len(declared):
                raise sql_error(11537, len(declared), number, len(sent), line=line)
            types = [column.type or SqlType("int") for column in declared]
            named = zip(declared, types, strict=True)
            event = Columns(tuple(Column(column.name, kind, column.nullable is not False) for column, kind in named))
        elif isinstance(event, Rows | Batch):
            event = Rows([_row(row, sent, sets[number - 1], number, date_order, line) for row in event.rows])
        yield event


def _row(
    row: tuple[Any, ...],
    sent: Sequence[Column],
    declared: Sequence[syntax.ColumnDefinition],
    number: int,
    date_order: str,
    line: int,
) -> tuple[Any, ...]:
    values = []
    for position, (value, source, column) in enumerate(zip(row, sent, declared, strict=True), 1):
        if value is None and column.nullable is False:
            raise sql_error(11553, position, number, line=line)
        values.append(coerce(value, column.type or source.type, source.type, date_order))
    return tuple(values)
