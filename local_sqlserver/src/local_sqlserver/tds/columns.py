"""Result columns and OUTPUT parameters: TYPE_INFO and values (2.2.5.4 - 2.2.5.6) of declared types.

Values are encoded column by column for some rows at a time, because a list comprehension around one packer is the
fastest way in Python. ``arrays`` encodes many rows of arrays.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from local_sqlserver.collation import WIRE
from local_sqlserver.errors import unsupported
from local_sqlserver.tds.buffer import encode_utf16
from local_sqlserver.types import (
    MAX,
    TYPES,
    UNICODE,
    Family,
    SqlType,
    TypeRow,
    decimal_bytes,
    digits,
    storage_bytes,
    time_bytes,
)

Encode = Callable[[Sequence[Any]], list[bytes]]
"""Encodes the values of a column, None as NULL: one bytes object per value, with its length prefix."""

_EXACT = Context(prec=80)
_EPOCH_1900 = datetime.date(1900, 1, 1).toordinal()
_PLP_NULL = b"\xff" * 8
_MAX_LENGTH = 0xFFFF
_UINT16 = struct.Struct("<H")
_UINT32 = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Codec:
    """The TYPE_INFO of a declared type, and the encoder of its values."""

    type_info: bytes
    encode: Encode


@lru_cache(maxsize=1024)
def codec(declared: SqlType) -> Codec:
    """Return TYPE_INFO (2.2.5.6) and the encoder of TYPE_VARBYTE values (2.2.5.2.3) for a declared type.

    The encoder raises ValueError, OverflowError, TypeError, AttributeError or struct.error for a value outside the
    type.
    """
    row = TYPES[declared.name]
    return _CODECS[row.family](row, declared)


def _number_codec(row: TypeRow, _declared: SqlType) -> Codec:
    """Integers (TINYINT and BIT have no sign) and floating-point numbers, which Python's struct packs directly."""
    form = {1: "B", 2: "h", 4: "i", 8: "q"} if row.python is int else {4: "f", 8: "d"}
    size = row.size
    pack = struct.Struct("<B" + form[size]).pack

    def encode(column: Sequence[Any]) -> list[bytes]:
        return [b"\0" if value is None else pack(size, value) for value in column]

    return Codec(bytes((row.token, size)), encode)


def _encode_cp1252(text: str) -> bytes:
    """Encode VARCHAR as SQL Server does: a character outside the code page becomes a question mark."""
    return text.encode("cp1252", "replace")


def _text_codec(row: TypeRow, declared: SqlType) -> Codec:
    if row.name in UNICODE:
        return _string_codec(row.token, declared.length, encode_utf16, 2, WIRE)
    return _string_codec(row.token, declared.length, _encode_cp1252, 1, WIRE)


def _binary_codec(row: TypeRow, declared: SqlType) -> Codec:
    return _string_codec(row.token, declared.length, bytes, 1, b"")


def _string_codec(token: int, length: int | None, raw: Callable[[Any], bytes], unit: int, collation: bytes) -> Codec:
    """Characters or bytes (of ``unit`` bytes each); without a known length the type is (MAX), which holds any value."""
    if length is None or length == MAX:
        return Codec(bytes((token,)) + _UINT16.pack(_MAX_LENGTH) + collation, _plp(raw))
    return Codec(bytes((token,)) + _UINT16.pack(length * unit) + collation, _short(raw, length * unit))


def _short(raw: Callable[[Any], bytes], limit: int) -> Encode:
    pack = _UINT16.pack

    def encode(column: Sequence[Any]) -> list[bytes]:
        encoded = [b"\xff\xff" if value is None else pack(len(data := raw(value))) + data for value in column]
        if max(map(len, encoded), default=0) > limit + 2:
            raise ValueError(f"a string of more than {limit} bytes in a column of {limit}")
        return encoded

    return encode


def _plp(raw: Callable[[Any], bytes]) -> Encode:
    """Encode partially length-prefixed values (2.2.5.2.3): the total, one chunk, the terminator."""
    pack = struct.Struct("<QI").pack

    def encode(column: Sequence[Any]) -> list[bytes]:
        encoded = []
        for value in column:
            if value is None:
                encoded.append(_PLP_NULL)
                continue
            data = raw(value)
            if data:
                encoded.append(pack(len(data), len(data)) + data + b"\0\0\0\0")
            else:
                encoded.append(bytes(12))
        return encoded

    return encode


def _each(convert: Callable[[Any], bytes], null: bytes = b"\0") -> Encode:
    def encode(column: Sequence[Any]) -> list[bytes]:
        return [null if value is None else convert(value) for value in column]

    return encode


def _each_distinct(convert: Callable[[Any], bytes]) -> Encode:
    """Encode each distinct value once, because dates repeat often."""

    def encode(column: Sequence[Any]) -> list[bytes]:
        known = {value: b"\0" if value is None else convert(value) for value in set(column)}
        return [known[value] for value in column]

    return encode


def _decimal_codec(row: TypeRow, declared: SqlType) -> Codec:
    precision, scale = digits(declared)
    size = decimal_bytes(precision)
    scaleb = _EXACT.scaleb

    def convert(value: Decimal | int) -> bytes:
        unscaled = int(scaleb(Decimal(value), scale))
        sign = b"\0" if unscaled < 0 else b"\1"
        return bytes((size,)) + sign + abs(unscaled).to_bytes(size - 1, "little")

    return Codec(bytes((row.token, size, precision, scale)), _each(convert))


def _money_codec(row: TypeRow, _declared: SqlType) -> Codec:
    size = row.size

    def convert(value: Decimal) -> bytes:
        raw = int(_EXACT.scaleb(Decimal(value), 4)).to_bytes(size, "little", signed=True)
        return bytes((size,)) + (raw[4:] + raw[:4] if size == 8 else raw)

    return Codec(bytes((row.token, size)), _each(convert))


def _date_codec(row: TypeRow, _declared: SqlType) -> Codec:
    def convert(value: datetime.date) -> bytes:
        return b"\3" + (value.toordinal() - 1).to_bytes(3, "little")

    return Codec(bytes((row.token,)), _each_distinct(convert))


def _time_encoder(scale: int) -> Callable[[datetime.time | datetime.datetime], bytes]:
    """Encode the time of day in units of 10^-scale s; Python's microseconds are cut, not rounded."""
    size = time_bytes(scale)
    multiply, divide = (10 ** (scale - 6), 1) if scale > 6 else (1, 10 ** (6 - scale))

    def convert(value: datetime.time | datetime.datetime) -> bytes:
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return ((seconds * 1_000_000 + value.microsecond) * multiply // divide).to_bytes(size, "little")

    return convert


def _time_codec(row: TypeRow, declared: SqlType) -> Codec:
    scale = digits(declared)[1]
    prefix = bytes((storage_bytes(declared),))
    time = _time_encoder(scale)
    return Codec(bytes((row.token, scale)), _each(lambda value: prefix + time(value)))


def _moment_codec(row: TypeRow, declared: SqlType) -> Codec:
    return _MOMENT_CODECS[row.name](row, declared)


def _datetime2_codec(row: TypeRow, declared: SqlType) -> Codec:
    scale = digits(declared)[1]
    prefix = bytes((storage_bytes(declared),))
    time = _time_encoder(scale)

    def convert(value: datetime.datetime) -> bytes:
        return prefix + time(value) + (value.toordinal() - 1).to_bytes(3, "little")

    return Codec(bytes((row.token, scale)), _each(convert))


def _datetimeoffset_codec(row: TypeRow, declared: SqlType) -> Codec:
    scale = digits(declared)[1]
    prefix = bytes((storage_bytes(declared),))
    time = _time_encoder(scale)

    def convert(value: datetime.datetime) -> bytes:
        offset = value.utcoffset()
        if offset is None:
            raise ValueError("a DATETIMEOFFSET without an offset")
        utc = value.astimezone(datetime.UTC)
        days = (utc.toordinal() - 1).to_bytes(3, "little")
        return prefix + time(utc) + days + struct.pack("<h", offset // datetime.timedelta(minutes=1))

    return Codec(bytes((row.token, scale)), _each(convert))


def _datetime_codec(row: TypeRow, _declared: SqlType) -> Codec:
    """DATETIME: days since 1900 and 1/300 s since midnight, rounded to the nearest (2.2.5.5.1.9)."""
    pack = struct.Struct("<BiI").pack

    def convert(value: datetime.datetime) -> bytes:
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        ticks = seconds * 300 + (value.microsecond * 3 + 5_000) // 10_000
        days, ticks = divmod(ticks, 300 * 86_400)
        return pack(8, value.toordinal() - _EPOCH_1900 + days, ticks)

    return Codec(bytes((row.token, row.size)), _each(convert))


def _smalldatetime_codec(row: TypeRow, _declared: SqlType) -> Codec:
    def convert(value: datetime.datetime) -> bytes:
        return struct.pack("<BHH", 4, value.toordinal() - _EPOCH_1900, value.hour * 60 + value.minute)

    return Codec(bytes((row.token, row.size)), _each(convert))


def _guid_codec(row: TypeRow, _declared: SqlType) -> Codec:
    return Codec(bytes((row.token, row.size)), _each(lambda value: b"\x10" + value.bytes_le))


def _variant_codec(row: TypeRow, _declared: SqlType) -> Codec:
    return Codec(bytes((row.token,)) + _UINT32.pack(8009), _each(_variant, b"\0\0\0\0"))


def _variant(value: Any) -> bytes:
    """Encode one SQL_VARIANT (2.2.5.5.4): NVARCHAR, INT or BIGINT. Raises SqlError 40510 for other values."""
    if isinstance(value, str):
        head, data = b"\xe7\x07" + WIRE + _UINT16.pack(8000), encode_utf16(value)
    elif isinstance(value, int):
        size = 4 if -(2**31) <= value < 2**31 else 8
        head, data = (b"\x38\0" if size == 4 else b"\x7f\0"), value.to_bytes(size, "little", signed=True)
    else:
        raise unsupported(f"A sql_variant with a value of Python's type {type(value).__name__}")
    return _UINT32.pack(len(head) + len(data)) + head + data


_Make = Callable[[TypeRow, SqlType], Codec]

_MOMENT_CODECS: dict[str, _Make] = {
    "datetime": _datetime_codec,
    "smalldatetime": _smalldatetime_codec,
    "datetime2": _datetime2_codec,
    "datetimeoffset": _datetimeoffset_codec,
}
_CODECS: dict[Family, _Make] = {
    "binary": _binary_codec,
    "text": _text_codec,
    "uniqueidentifier": _guid_codec,
    "bit": _number_codec,
    "integer": _number_codec,
    "money": _money_codec,
    "decimal": _decimal_codec,
    "approximate": _number_codec,
    "time": _time_codec,
    "date": _date_codec,
    "datetime": _moment_codec,
    "variant": _variant_codec,
}
