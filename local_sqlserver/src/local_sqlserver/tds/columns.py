"""Result columns and OUTPUT parameters: TYPE_INFO and values (2.2.5.4 - 2.2.5.6) of declared types.

Values are encoded a column of many rows at a time: a list comprehension around one packer is what makes wide
results fast in Python.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from local_sqlserver.collation import WIRE
from local_sqlserver.errors import unsupported
from local_sqlserver.tds.buffer import encode_utf16
from local_sqlserver.types import MAX, SqlType

Encode = Callable[[Sequence[Any]], list[bytes]]
"""Encodes the values of a column, None as NULL; one bytes object a value, with its length prefix."""

_EXACT = Context(prec=80)
_EPOCH_1900 = datetime.date(1900, 1, 1).toordinal()
_PLP_NULL = b"\xff" * 8
_MAX_LENGTH = 0xFFFF
_UINT16 = struct.Struct("<H")
_UINT32 = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Codec:
    """How one declared type goes onto the wire: its TYPE_INFO and the encoder of its values."""

    type_info: bytes
    encode: Encode


def codec(declared: SqlType) -> Codec:
    """Return TYPE_INFO (2.2.5.6) and the encoder of TYPE_VARBYTE values (2.2.5.2.3) for a declared type.

    A value that the type cannot hold makes the encoder raise (ValueError, OverflowError, TypeError,
    AttributeError or struct.error). Raises SqlError 40510 for a type with no wire form here.
    """
    name = declared.name
    if name in _FIXED:
        token, size, form = _FIXED[name]
        return Codec(bytes((token, size)), _fixed(size, form))
    if name in _TEXT:
        return _text_codec(name, declared.length)
    if name in _VARIABLE:
        return _VARIABLE[name](declared)
    raise unsupported(f"A result of type {declared}")


_FIXED = {
    "tinyint": (0x26, 1, "B"),
    "smallint": (0x26, 2, "h"),
    "int": (0x26, 4, "i"),
    "bigint": (0x26, 8, "q"),
    "bit": (0x68, 1, "B"),
    "real": (0x6D, 4, "f"),
    "float": (0x6D, 8, "d"),
}
_TEXT = {
    "nvarchar": 0xE7,
    "nchar": 0xEF,
    "sysname": 0xE7,
    "ntext": 0xE7,
    "varchar": 0xA7,
    "char": 0xAF,
    "text": 0xA7,
    "varbinary": 0xA5,
    "binary": 0xAD,
    "image": 0xA5,
    "rowversion": 0xAD,
    "timestamp": 0xAD,
}
_LENGTHS = {"sysname": 128, "rowversion": 8, "timestamp": 8}


def _fixed(size: int, form: str) -> Encode:
    pack = struct.Struct("<B" + form).pack

    def encode(column: Sequence[Any]) -> list[bytes]:
        return [b"\0" if value is None else pack(size, value) for value in column]

    return encode


def _encode_cp1252(text: str) -> bytes:
    """Encode VARCHAR as SQL Server does: what the code page lacks becomes a question mark."""
    return text.encode("cp1252", "replace")


def _text_codec(name: str, length: int | None) -> Codec:
    """Character and binary strings; without a known length they go as (MAX), which holds any value."""
    token = _TEXT[name]
    length = _LENGTHS.get(name, length)
    raw: Callable[[Any], bytes]
    if token in (0xE7, 0xEF):
        raw, unit, collation = encode_utf16, 2, WIRE
    elif token in (0xA7, 0xAF):
        raw, unit, collation = _encode_cp1252, 1, WIRE
    else:
        raw, unit, collation = bytes, 1, b""
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
    """Encode each distinct value once: dates repeat a lot."""

    def encode(column: Sequence[Any]) -> list[bytes]:
        known = {value: b"\0" if value is None else convert(value) for value in set(column)}
        return [known[value] for value in column]

    return encode


def _decimal_size(precision: int) -> int:
    """Return the bytes of a DECIMAL (2.2.5.5.1.6), sign included."""
    return 5 if precision <= 9 else 9 if precision <= 19 else 13 if precision <= 28 else 17


def _decimal_codec(declared: SqlType) -> Codec:
    precision = 18 if declared.precision is None else declared.precision
    scale = declared.scale or 0
    size = _decimal_size(precision)
    scaleb = _EXACT.scaleb

    def convert(value: Decimal | int) -> bytes:
        unscaled = int(scaleb(Decimal(value), scale))
        sign = b"\0" if unscaled < 0 else b"\1"
        return bytes((size,)) + sign + abs(unscaled).to_bytes(size - 1, "little")

    token = 0x6C if declared.name == "numeric" else 0x6A
    return Codec(bytes((token, size, precision, scale)), _each(convert))


def _money_codec(declared: SqlType) -> Codec:
    size = 8 if declared.name == "money" else 4

    def convert(value: Decimal) -> bytes:
        raw = int(_EXACT.scaleb(Decimal(value), 4)).to_bytes(size, "little", signed=True)
        return bytes((size,)) + (raw[4:] + raw[:4] if size == 8 else raw)

    return Codec(bytes((0x6E, size)), _each(convert))


def _date_codec(_declared: SqlType) -> Codec:
    def convert(value: datetime.date) -> bytes:
        return b"\3" + (value.toordinal() - 1).to_bytes(3, "little")

    return Codec(b"\x28", _each_distinct(convert))


def _scale(declared: SqlType) -> int:
    return 7 if declared.scale is None else declared.scale


def time_size(scale: int) -> int:
    """Return the bytes of a TIME (2.2.5.4.2)."""
    return 3 if scale <= 2 else 4 if scale <= 4 else 5


def _time_encoder(scale: int) -> Callable[[datetime.time | datetime.datetime], bytes]:
    """Encode the time of day in units of 10^-scale s; Python's microseconds are cut, not rounded."""
    size = time_size(scale)
    multiply, divide = (10 ** (scale - 6), 1) if scale > 6 else (1, 10 ** (6 - scale))

    def convert(value: datetime.time | datetime.datetime) -> bytes:
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return ((seconds * 1_000_000 + value.microsecond) * multiply // divide).to_bytes(size, "little")

    return convert


def _time_codec(declared: SqlType) -> Codec:
    scale = _scale(declared)
    prefix = bytes((time_size(scale),))
    time = _time_encoder(scale)
    return Codec(bytes((0x29, scale)), _each(lambda value: prefix + time(value)))


def _datetime2_codec(declared: SqlType) -> Codec:
    scale = _scale(declared)
    prefix = bytes((time_size(scale) + 3,))
    time = _time_encoder(scale)

    def convert(value: datetime.datetime) -> bytes:
        return prefix + time(value) + (value.toordinal() - 1).to_bytes(3, "little")

    return Codec(bytes((0x2A, scale)), _each(convert))


def _datetimeoffset_codec(declared: SqlType) -> Codec:
    scale = _scale(declared)
    prefix = bytes((time_size(scale) + 5,))
    time = _time_encoder(scale)

    def convert(value: datetime.datetime) -> bytes:
        offset = value.utcoffset()
        if offset is None:
            raise ValueError("a DATETIMEOFFSET without an offset")
        utc = value.astimezone(datetime.UTC)
        days = (utc.toordinal() - 1).to_bytes(3, "little")
        return prefix + time(utc) + days + struct.pack("<h", offset // datetime.timedelta(minutes=1))

    return Codec(bytes((0x2B, scale)), _each(convert))


def _datetime_codec(_declared: SqlType) -> Codec:
    """DATETIME: days since 1900 and 1/300 s since midnight, rounded to the nearest (2.2.5.5.1.9)."""
    pack = struct.Struct("<BiI").pack

    def convert(value: datetime.datetime) -> bytes:
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        ticks = seconds * 300 + (value.microsecond * 3 + 5_000) // 10_000
        days, ticks = divmod(ticks, 300 * 86_400)
        return pack(8, value.toordinal() - _EPOCH_1900 + days, ticks)

    return Codec(b"\x6f\x08", _each(convert))


def _smalldatetime_codec(_declared: SqlType) -> Codec:
    def convert(value: datetime.datetime) -> bytes:
        return struct.pack("<BHH", 4, value.toordinal() - _EPOCH_1900, value.hour * 60 + value.minute)

    return Codec(b"\x6f\x04", _each(convert))


def _guid_codec(_declared: SqlType) -> Codec:
    return Codec(b"\x24\x10", _each(lambda value: b"\x10" + value.bytes_le))


def _xml_codec(_declared: SqlType) -> Codec:
    return Codec(b"\xf1\0", _plp(encode_utf16))


def _variant_codec(_declared: SqlType) -> Codec:
    return Codec(b"\x62" + _UINT32.pack(8009), _each(_variant, b"\0\0\0\0"))


def _variant(value: Any) -> bytes:
    """Encode one SQL_VARIANT (2.2.5.5.4): NVARCHAR, INT or BIGINT. Raises SqlError 40510 for other values."""
    if isinstance(value, str):
        head, data = b"\xe7\x07" + WIRE + _UINT16.pack(8000), encode_utf16(value)
    elif isinstance(value, int):
        size = 4 if -(2**31) <= value < 2**31 else 8
        head, data = (b"\x38\0" if size == 4 else b"\x7f\0"), value.to_bytes(size, "little", signed=True)
    else:
        raise unsupported(f"A sql_variant that holds a {type(value).__name__}")
    return _UINT32.pack(len(head) + len(data)) + head + data


_VARIABLE: dict[str, Callable[[SqlType], Codec]] = {
    "decimal": _decimal_codec,
    "numeric": _decimal_codec,
    "money": _money_codec,
    "smallmoney": _money_codec,
    "date": _date_codec,
    "time": _time_codec,
    "datetime": _datetime_codec,
    "smalldatetime": _smalldatetime_codec,
    "datetime2": _datetime2_codec,
    "datetimeoffset": _datetimeoffset_codec,
    "uniqueidentifier": _guid_codec,
    "xml": _xml_codec,
    "sql_variant": _variant_codec,
}
