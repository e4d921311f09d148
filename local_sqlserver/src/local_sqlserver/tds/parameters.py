"""Parameters of RPC requests: decodes TYPE_INFO and value (2.2.5.4 - 2.2.5.6) to a declared type and a Python value."""

from __future__ import annotations

import datetime
import struct
import uuid
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

from local_sqlserver.errors import unsupported
from local_sqlserver.tds.buffer import Buffer, ProtocolError, decode_utf16
from local_sqlserver.types import BINARY, MAX, TEXT, TYPES, UNICODE, Family, SqlType, time_bytes

_EXACT = Context(prec=80)
_UTF8_COLLATION = 1 << 26
_LCID = 0xFFFFF
_LATIN1_LCIDS = {0, 0x0409}
_PLP_UNKNOWN_LENGTH = 0xFFFFFFFFFFFFFFFE
_PLP_NULL = 0xFFFFFFFFFFFFFFFF
_MAX_OR_NULL = 0xFFFF
_LONG_NULL = 0xFFFFFFFF


def read_parameter(buffer: Buffer) -> tuple[SqlType, Any]:
    """Read a TYPE_INFO (2.2.5.6) and its value.

    DATETIME2, TIME and DATETIMEOFFSET lose their seventh decimal: Python counts microseconds. TEXT, NTEXT and
    IMAGE arrive as the (MAX) types. Raises SqlError 40510 for table-valued, XML, CLR and sql_variant
    parameters, ProtocolError for anything malformed.
    """
    token = buffer.uint8()
    try:
        reader = _READERS[token]
    except KeyError:
        raise ProtocolError(f"unknown data type 0x{token:02X}") from None
    try:
        return reader(buffer, token)
    except (ValueError, OverflowError) as error:
        raise ProtocolError(f"value of data type 0x{token:02X}: {error}") from error


_Read = tuple[SqlType, Any]


def _by_size(token: int) -> dict[int, SqlType]:
    """The types that share a token and differ in their size."""
    return {row.size: SqlType(row.name) for row in TYPES.values() if row.token == token}


_INTEGERS = _by_size(0x26)
_FLOATS = _by_size(0x6D)
_MONEYS = _by_size(0x6E)
_DATETIMES = _by_size(0x6F)
_BIT = SqlType("bit")
_GUID = SqlType("uniqueidentifier")
_DATE = SqlType("date")


def _length_of(buffer: Buffer, sizes: dict[int, Any]) -> tuple[int, int]:
    """Read the declared and the actual size of a nullable fixed-length value."""
    declared, actual = buffer.uint8(), buffer.uint8()
    if declared not in sizes or actual not in (0, declared):
        raise ProtocolError(f"value of {actual} bytes in a type of {declared}")
    return declared, actual


def _read_integer(buffer: Buffer, _token: int) -> _Read:
    declared, actual = _length_of(buffer, _INTEGERS)
    if not actual:
        return _INTEGERS[declared], None
    return _INTEGERS[declared], _integer(buffer, declared)


def _integer(buffer: Buffer, size: int) -> int:
    return int.from_bytes(buffer.take(size), "little", signed=size > 1)


def _read_bit(buffer: Buffer, _token: int) -> _Read:
    _, actual = _length_of(buffer, {1: _BIT})
    return _BIT, int(buffer.uint8() != 0) if actual else None


def _read_float(buffer: Buffer, _token: int) -> _Read:
    declared, actual = _length_of(buffer, _FLOATS)
    return _FLOATS[declared], _float(buffer, declared) if actual else None


def _float(buffer: Buffer, size: int) -> float:
    value: float = struct.unpack("<f" if size == 4 else "<d", buffer.take(size))[0]
    return value


def _read_money(buffer: Buffer, _token: int) -> _Read:
    declared, actual = _length_of(buffer, _MONEYS)
    return _MONEYS[declared], _money(buffer, declared) if actual else None


def _money(buffer: Buffer, size: int) -> Decimal:
    raw = buffer.take(size)
    unscaled = int.from_bytes(raw[4:] + raw[:4] if size == 8 else raw, "little", signed=True)
    return _EXACT.scaleb(Decimal(unscaled), -4)


def _read_datetime(buffer: Buffer, _token: int) -> _Read:
    declared, actual = _length_of(buffer, _DATETIMES)
    return _DATETIMES[declared], _datetime(buffer, declared) if actual else None


def _datetime(buffer: Buffer, size: int) -> datetime.datetime:
    """The time of a DATETIME: ticks of 1/300 s, rounded to milliseconds that end in 0, 3 or 7."""
    if size == 8:
        days, ticks = buffer.int32(), buffer.uint32()
        time = datetime.timedelta(milliseconds=(ticks * 10 + 1) // 3)
    else:
        days, minutes = buffer.uint16(), buffer.uint16()
        time = datetime.timedelta(minutes=minutes)
    return datetime.datetime(1900, 1, 1) + datetime.timedelta(days=days) + time


_FIXED = {row.id: row for row in TYPES.values() if row.id != row.token}
_FIXED_VALUES: dict[Family, Callable[[Buffer, int], Any]] = {
    "integer": _integer,
    "approximate": _float,
    "money": _money,
    "datetime": _datetime,
}


def _read_fixed(buffer: Buffer, token: int) -> _Read:
    """Fixed-length types (2.2.5.4.1): no length, no NULL."""
    row = _FIXED[token]
    return SqlType(row.name), _FIXED_VALUES[row.family](buffer, row.size)


def _read_fixed_bit(buffer: Buffer, _token: int) -> _Read:
    return _BIT, int(buffer.uint8() != 0)


def _read_null(_buffer: Buffer, _token: int) -> _Read:
    return SqlType("nvarchar", 1), None


def _read_decimal(buffer: Buffer, token: int) -> _Read:
    """DECIMAL (2.2.5.5.1.6); FreeTDS sends fewer bytes than the four sizes of the specification."""
    _size, precision, scale, actual = buffer.take(4)
    if not 1 <= precision <= 38 or scale > precision or actual > 17:
        raise ProtocolError(f"decimal({precision},{scale}) of {actual} bytes")
    kind = SqlType("numeric" if token in (0x6C, 0x3F) else "decimal", precision=precision, scale=scale)
    if not actual:
        return kind, None
    positive = buffer.uint8()
    unscaled = int.from_bytes(buffer.take(actual - 1), "little")
    return kind, _EXACT.scaleb(Decimal(unscaled if positive else -unscaled), -scale)


def _read_guid(buffer: Buffer, _token: int) -> _Read:
    _, actual = _length_of(buffer, {16: _GUID})
    return _GUID, uuid.UUID(bytes_le=buffer.take(16)) if actual else None


def _date(buffer: Buffer) -> datetime.date:
    return datetime.date.fromordinal(int.from_bytes(buffer.take(3), "little") + 1)


def _time(buffer: Buffer, size: int, scale: int) -> datetime.timedelta:
    units = int.from_bytes(buffer.take(size), "little")
    microseconds = units // 10 ** (scale - 6) if scale > 6 else units * 10 ** (6 - scale)
    time = datetime.timedelta(microseconds=microseconds)
    if time >= datetime.timedelta(days=1):
        raise ProtocolError("a time of day past midnight")
    return time


def _read_date(buffer: Buffer, _token: int) -> _Read:
    actual = buffer.uint8()
    if actual not in (0, 3):
        raise ProtocolError(f"date of {actual} bytes")
    return _DATE, _date(buffer) if actual else None


def _scaled(buffer: Buffer, extra: int) -> tuple[int, int, int]:
    """Read the scale and length of a TIME, DATETIME2 or DATETIMEOFFSET; ``extra`` bytes follow the time."""
    scale, actual = buffer.uint8(), buffer.uint8()
    if scale > 7 or actual not in (0, time_bytes(scale) + extra):
        raise ProtocolError(f"time of scale {scale} in {actual} bytes")
    return scale, actual, actual - extra


def _read_time(buffer: Buffer, _token: int) -> _Read:
    scale, actual, size = _scaled(buffer, 0)
    kind = SqlType("time", scale=scale)
    if not actual:
        return kind, None
    return kind, (datetime.datetime.min + _time(buffer, size, scale)).time()


def _read_datetime2(buffer: Buffer, _token: int) -> _Read:
    scale, actual, size = _scaled(buffer, 3)
    kind = SqlType("datetime2", scale=scale)
    if not actual:
        return kind, None
    time = _time(buffer, size, scale)
    return kind, datetime.datetime.combine(_date(buffer), datetime.time.min) + time


def _read_datetimeoffset(buffer: Buffer, _token: int) -> _Read:
    scale, actual, size = _scaled(buffer, 5)
    kind = SqlType("datetimeoffset", scale=scale)
    if not actual:
        return kind, None
    time = _time(buffer, size, scale)
    utc = datetime.datetime.combine(_date(buffer), datetime.time.min, datetime.UTC) + time
    minutes = struct.unpack("<h", buffer.take(2))[0]
    return kind, utc.astimezone(datetime.timezone(datetime.timedelta(minutes=minutes)))


def _by_token(names: frozenset[str]) -> dict[int, str]:
    return {TYPES[name].token: name for name in names}


# NTEXT, TEXT, IMAGE and the types of TDS 4.2 are read as the types that replaced them.
_UNICODE = _by_token(UNICODE) | {0x63: "nvarchar"}
_CODE_PAGE = _by_token(TEXT - UNICODE) | {0x23: "varchar", 0x27: "varchar", 0x2F: "char"}
_BINARY = _by_token(BINARY) | {0x22: "varbinary", 0x25: "varbinary", 0x2D: "binary"}


def _string(token: int, length: int, collation: bytes, data: bytes | None) -> _Read:
    """Return the type and value of a string, from its maximal length in bytes and its bytes (None for NULL)."""
    if token in _UNICODE:
        kind = SqlType(_UNICODE[token], length if length == MAX else max(1, length // 2))
        return kind, None if data is None else decode_utf16(data)
    if token in _BINARY:
        return SqlType(_BINARY[token], length if length == MAX else max(1, length)), data
    kind = SqlType(_CODE_PAGE[token], length if length == MAX else max(1, length))
    return kind, None if data is None else data.decode(_code_page(collation), "replace")


def _code_page(collation: bytes) -> str:
    """Return the Python codec of a collation (2.2.5.1.2): 1252 or UTF-8. Raises SqlError 40510 for others."""
    flags = int.from_bytes(collation[:4], "little")
    if flags & _UTF8_COLLATION:
        return "utf-8"
    if flags & _LCID not in _LATIN1_LCIDS:
        raise unsupported(f"A VARCHAR parameter in the code page of locale 0x{flags & _LCID:04X}")
    return "cp1252"


def _read_string(buffer: Buffer, token: int) -> _Read:
    """USHORTLEN types (2.2.5.4.2), in partially length-prefixed chunks if the length is (MAX)."""
    length = buffer.uint16()
    collation = b"" if token in _BINARY else buffer.take(5)
    if length == _MAX_OR_NULL:
        return _string(token, MAX, collation, _read_plp(buffer))
    actual = buffer.uint16()
    return _string(token, length, collation, None if actual == _MAX_OR_NULL else buffer.take(actual))


def _read_plp(buffer: Buffer) -> bytes | None:
    """Read partially length-prefixed bytes (2.2.5.2.3): a total, then chunks up to an empty one."""
    total = buffer.uint64()
    if total == _PLP_NULL:
        return None
    chunks = []
    while size := buffer.uint32():
        chunks.append(buffer.take(size))
    data = b"".join(chunks)
    if total not in (_PLP_UNKNOWN_LENGTH, len(data)):
        raise ProtocolError(f"{len(data)} bytes in chunks where {total} were announced")
    return data


def _read_long_string(buffer: Buffer, token: int) -> _Read:
    """LONGLEN types (2.2.5.4.2): TEXT, NTEXT, IMAGE; parameters have no text pointer."""
    buffer.uint32()
    collation = b"" if token in _BINARY else buffer.take(5)
    actual = buffer.uint32()
    return _string(token, MAX, collation, None if actual == _LONG_NULL else buffer.take(actual))


def _read_legacy_string(buffer: Buffer, token: int) -> _Read:
    """BYTELEN strings of TDS 4.2 (2.2.5.4.2): no collation, length 0 is NULL."""
    length, actual = buffer.uint8(), buffer.uint8()
    return _string(token, length, bytes(5), buffer.take(actual) if actual else None)


def _refuse(construct: str) -> Callable[[Buffer, int], _Read]:
    def refuse(_buffer: Buffer, _token: int) -> _Read:
        raise unsupported(construct)

    return refuse


_READERS: dict[int, Callable[[Buffer, int], _Read]] = {
    0x1F: _read_null,
    **dict.fromkeys(_FIXED, _read_fixed),
    0x32: _read_fixed_bit,
    0x26: _read_integer,
    0x68: _read_bit,
    0x6D: _read_float,
    0x6E: _read_money,
    0x6F: _read_datetime,
    **dict.fromkeys((0x6A, 0x6C, 0x37, 0x3F), _read_decimal),
    0x24: _read_guid,
    0x28: _read_date,
    0x29: _read_time,
    0x2A: _read_datetime2,
    0x2B: _read_datetimeoffset,
    **dict.fromkeys(_by_token(TEXT | BINARY), _read_string),
    **dict.fromkeys((0x63, 0x23, 0x22), _read_long_string),
    **dict.fromkeys((0x27, 0x2F, 0x25, 0x2D), _read_legacy_string),
    0xF3: _refuse("A table-valued parameter"),
    0xF1: _refuse("An XML parameter"),
    0xF0: _refuse("A parameter of a CLR type"),
    0x62: _refuse("A sql_variant parameter"),
}
