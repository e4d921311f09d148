"""The values of a result's column in many rows, as NumPy arrays: how results go from DuckDB to the wire.

A value of Python costs a hundred times as much as its place in an array, so large results are never made of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Context, Decimal
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID

import numpy
import numpy.typing

from local_sqlserver.types import TYPES, Family, SqlType, digits

Numbers = numpy.typing.NDArray[Any]
Kind = Literal[
    "integer", "float", "decimal", "date", "time", "datetime", "datetimeoffset", "uuid", "text", "binary", "null"
]

EPOCH = datetime(1970, 1, 1)
DAY = 86_400_000_000
"""Microseconds of a day."""

_EXACT = Context(prec=80)

_KINDS: dict[Family, Kind] = {
    "bit": "integer",
    "integer": "integer",
    "approximate": "float",
    "money": "decimal",
    "decimal": "decimal",
    "time": "time",
    "date": "date",
    "datetime": "datetime",
    "uniqueidentifier": "uuid",
    "text": "text",
    "binary": "binary",
}


@dataclass(slots=True)
class Array:
    """The values of a column. ``valid`` is False where a value is NULL; None if no value is.

    ``values`` by kind: 'integer' and 'float' numbers; 'decimal' two 64-bit words a row, the lower first, of the
    integer that is the value times 10^``scale``; 'date' days and 'datetime' microseconds since 1970; 'time'
    microseconds since midnight; 'datetimeoffset' microseconds since 1970 in UTC, with the minutes of the offset in
    ``more``; 'uuid' 16 bytes a row; 'text' (UTF-8) and 'binary' the bytes of all values, which begin at the places
    ``more`` (and end at the next: it has one place more than rows); 'null' nothing but the number of rows.
    """

    kind: Kind
    values: Numbers
    valid: Numbers | None = None
    more: Numbers | None = None
    scale: int = 0

    def __len__(self) -> int:
        return len(self.values if self.more is None or self.kind == "datetimeoffset" else self.more[1:])

    @property
    def longest(self) -> int:
        """The most bytes of a 'text' or 'binary' value."""
        return 0 if self.more is None else int(numpy.diff(self.more).max(initial=0))

    def python(self) -> list[Any]:
        """Return the values as Python's, None for NULL; a 'decimal' of scale 0 as Decimal, too."""
        values = _PYTHON[self.kind](self)
        if self.valid is None:
            return values
        return [value if known else None for value, known in zip(values, self.valid.tolist(), strict=True)]


def holds(array: Array, declared: SqlType) -> bool:
    """Whether an array is of the kind, and a 'decimal' of the scale, that the values of a declared type have."""
    kind = "datetimeoffset" if declared.name == "datetimeoffset" else _KINDS.get(TYPES[declared.name].family)
    return array.kind == kind and (kind != "decimal" or array.scale == digits(declared)[1])


_DIGITS = numpy.zeros(256, numpy.uint8)
_DIGITS[list(b"0123456789abcdef")] = range(16)
_WITHOUT_DASHES = [index for index in range(36) if index not in (8, 13, 18, 23)]


def uuids(text: Array) -> Array:
    """Return the 'uuid' array of UUIDs as text in lower case, as DuckDB exports them."""
    found = _DIGITS[text.values.reshape(-1, 36)[:, _WITHOUT_DASHES]]
    known = found[:, ::2] << 4 | found[:, 1::2]
    if text.valid is None:
        return Array("uuid", known)
    values = numpy.zeros((len(text), 16), numpy.uint8)
    values[text.valid] = known
    return Array("uuid", values, text.valid)


def _pieces(array: Array) -> list[bytes]:
    assert array.more is not None
    data, places = array.values.tobytes(), array.more.tolist()
    return [data[start:end] for start, end in pairwise(places)]


def _decimals(array: Array) -> list[Any]:
    high = array.values[:, 1].view(numpy.int64).tolist()
    whole = [upper * 2**64 + lower for lower, upper in zip(array.values[:, 0].tolist(), high, strict=True)]
    return [_EXACT.scaleb(Decimal(value), -array.scale) for value in whole]


def _known(array: Array, values: Numbers) -> list[int]:
    """Return integers, with 0 for NULL, whose place may hold anything."""
    found: list[int] = (values if array.valid is None else numpy.where(array.valid, values, 0)).tolist()
    return found


def _offsets(array: Array) -> list[Any]:
    assert array.more is not None
    moments = []
    for instant, minutes in zip(_known(array, array.values), _known(array, array.more), strict=True):
        offset = timedelta(minutes=minutes)
        moments.append((EPOCH + timedelta(microseconds=instant) + offset).replace(tzinfo=timezone(offset)))
    return moments


_PYTHON: dict[Kind, Callable[[Array], list[Any]]] = {
    "integer": lambda array: array.values.tolist(),
    "float": lambda array: array.values.tolist(),
    "decimal": _decimals,
    "date": lambda array: [date.fromordinal(EPOCH.toordinal() + days) for days in _known(array, array.values)],
    "time": lambda array: [(EPOCH + timedelta(microseconds=value)).time() for value in _known(array, array.values)],
    "datetime": lambda array: [EPOCH + timedelta(microseconds=value) for value in _known(array, array.values)],
    "datetimeoffset": _offsets,
    "uuid": lambda array: [UUID(bytes=row.tobytes()) for row in array.values],
    "text": lambda array: [piece.decode() for piece in _pieces(array)],
    "binary": _pieces,
    "null": lambda array: [None] * len(array.values),
}
