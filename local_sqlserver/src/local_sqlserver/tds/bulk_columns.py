"""The columns of a bulk load: decodes the bytes of all values of a column at once (2.2.5.4, 2.2.5.5).

A value is None where it is NULL; for types with a length of one byte it may be empty, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy
import numpy.typing

from local_sqlserver.engine.events import ColumnValues
from local_sqlserver.tds.buffer import ProtocolError
from local_sqlserver.tds.parameters import StringReader
from local_sqlserver.types import DECIMALS, TYPES, SqlType, time_bytes

_Array = numpy.typing.NDArray[Any]
_Integers = numpy.typing.NDArray[numpy.int64]
Bytes = Sequence[bytes | None]
Decode = Callable[[Bytes], ColumnValues]

_DAY = 86_400_000_000
"""Microseconds of a day."""
_YEAR_1, _YEAR_1900, _YEAR_10000 = -719_162, -25_567, 2_932_897
"""The first days of these years, in days since 1970-01-01."""
_SEPARATOR = "\x1f"


def decoder(kind: SqlType) -> Decode | None:
    """Return the decoder of a type that is not a string; None for the types that have none."""
    row = TYPES[kind.name]
    if row.family in ("integer", "bit", "approximate"):
        letter = {"bit": "?", "approximate": "f"}.get(row.family, "i" if row.size > 1 else "u")
        form = numpy.dtype(letter if letter == "?" else f"<{letter}{row.size}")
        return lambda values: _numbers(values, form)
    if kind.name == "date":
        return lambda values: _moments(values, 3, lambda data: (_unsigned(data) + _YEAR_1) * _DAY)
    if kind.name in ("datetime", "smalldatetime"):
        return lambda values: _moments(values, row.size, _datetimes)
    if kind.name == "datetime2":
        scale = 7 if kind.scale is None else kind.scale
        return lambda values: _moments(values, time_bytes(scale) + 3, lambda data: _datetimes2(data, scale))
    if kind.name in DECIMALS:
        return lambda values: [_decimal(value, kind.scale or 0) if value else None for value in values]
    return None


def strings(values: Bytes, reader: StringReader) -> Sequence[Any]:
    """Return strings from their bytes: decoded together with separators, or one by one if a separator is in them."""
    if not reader.width:
        return values
    given = [value or b"" for value in values]
    texts = reader.decode(_SEPARATOR.encode().ljust(reader.width, b"\0").join(given)).split(_SEPARATOR)
    if len(texts) != len(given) or any(len(value) % reader.width for value in given):
        texts = [reader.decode(value) for value in given]
    return [None if value is None else text for value, text in zip(values, texts, strict=True)]


def _fixed(values: Bytes, size: int) -> tuple[bytes, list[bool]]:
    """Join values of one size, with zeros for NULL; return them and where the NULLs are."""
    wrong = {len(value) for value in values if value} - {size}
    if wrong:
        raise ProtocolError(f"value of {wrong.pop()} bytes in a type of {size}")
    return b"".join([value or bytes(size) for value in values]), [not value for value in values]


def _numbers(values: Bytes, form: numpy.dtype[Any]) -> _Array:
    data, is_null = _fixed(values, form.itemsize)
    numbers = numpy.frombuffer(data, "u1") != 0 if form == "?" else numpy.frombuffer(data, form)
    return numpy.ma.masked_array(numbers, is_null)


def _moments(values: Bytes, size: int, microseconds: Callable[[_Array], _Integers]) -> _Array:
    """Return an array of moments; ``microseconds`` computes them since 1970 from the bytes, a value a line."""
    data, is_null = _fixed(values, size)
    since_1970 = microseconds(numpy.frombuffer(data, "u1").reshape(-1, size))
    since_1970[is_null] = 0
    if ((since_1970 < _YEAR_1 * _DAY) | (since_1970 >= _YEAR_10000 * _DAY)).any():
        raise ProtocolError("a date before year 1 or after year 9999")
    moments = since_1970.astype("datetime64[us]")
    moments[is_null] = numpy.datetime64("NaT")
    return moments


def _unsigned(data: _Array) -> _Integers:
    """Return little-endian numbers, a number a line."""
    number = numpy.zeros(len(data), numpy.int64)
    for position in range(data.shape[1]):
        number |= data[:, position].astype(numpy.int64) << (8 * position)
    return number


def _datetimes(data: _Array) -> _Integers:
    """DATETIME: days and ticks of 1/300 s, rounded to milliseconds that end in 0, 3 or 7; SMALLDATETIME: minutes."""
    half = data.shape[1] // 2
    days, time = _unsigned(data[:, :half]), _unsigned(data[:, half:])
    if half == 2:
        return (days + _YEAR_1900) * _DAY + time * 60_000_000
    days = days.astype(numpy.int32).astype(numpy.int64)
    return (days + _YEAR_1900) * _DAY + (time * 10 + 1) // 3 * 1000


def _datetimes2(data: _Array, scale: int) -> _Integers:
    """DATETIME2, which loses its seventh decimal."""
    units, days = _unsigned(data[:, :-3]), _unsigned(data[:, -3:])
    time = units // 10 if scale == 7 else units * 10 ** (6 - scale)
    if (time >= _DAY).any():
        raise ProtocolError("a time of day past midnight")
    return (days + _YEAR_1) * _DAY + time


def _decimal(value: bytes, scale: int) -> str:
    """Return a DECIMAL as text: a byte that is 0 for negative numbers, then the number without its point."""
    if len(value) > 17:
        raise ProtocolError(f"decimal of {len(value)} bytes")
    digits = str(int.from_bytes(value[1:], "little")).zfill(scale + 1)
    point = len(digits) - scale
    return f"{'' if value[0] else '-'}{digits[:point]}.{digits[point:]}"
