"""Values that a client sends: decodes TYPE_INFO and value (2.2.5.4 - 2.2.5.6) to a declared type and a Python value."""

from __future__ import annotations

import datetime
import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass
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
_FIXED_BIT = 0x32


Read = Callable[[Buffer], Any]
"""Reads one value of a type from a message."""


def read_type(buffer: Buffer) -> tuple[SqlType, Read]:
    """Read a TYPE_INFO (2.2.5.6); return the type and the function that reads its values.

    DATETIME2, TIME and DATETIMEOFFSET lose their seventh decimal: Python counts microseconds. TEXT, NTEXT and
    IMAGE arrive as the (MAX) types. Raises SqlError 40510 for table-valued, XML, CLR and sql_variant
    parameters, ProtocolError for anything malformed.
    """
    token = buffer.uint8()
    try:
        reader = _READERS[token]
    except KeyError:
        raise ProtocolError(f"unknown data type 0x{token:02X}") from None
    return reader(buffer, token)


def fixed_size(token: int) -> int:
    """Return the bytes of a value of a fixed-length type (2.2.5.4.1); 0 for other types."""
    if token == _FIXED_BIT:
        return 1
    return _FIXED[token].size if token in _FIXED else 0


def read_parameter(buffer: Buffer) -> tuple[SqlType, Any]:
    """Read a TYPE_INFO and the value that follows it; raises as ``read_type`` does."""
    kind, read = read_type(buffer)
    try:
        return kind, read(buffer)
    except (ValueError, OverflowError) as error:
        raise ProtocolError(f"value of data type {kind.name}: {error}") from error


_Typed = tuple[SqlType, Read]


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


def _of_sizes(types: dict[int, SqlType], value: Callable[[Buffer, int], Any]) -> Callable[[Buffer, int], _Typed]:
    """Return the reader of a nullable type whose declared size is one of several (BYTELEN types, 2.2.5.4.2)."""

    def read_info(buffer: Buffer, _token: int) -> _Typed:
        declared = buffer.uint8()
        if declared not in types:
            raise ProtocolError(f"a type of {declared} bytes")

        def read(buffer: Buffer) -> Any:
            actual = buffer.uint8()
            if actual == declared:
                return value(buffer, declared)
            if actual:
                raise ProtocolError(f"value of {actual} bytes in a type of {declared}")
            return None

        return types[declared], read

    return read_info


def _integer(buffer: Buffer, size: int) -> int:
    return int.from_bytes(buffer.take(size), "little", signed=size > 1)


def _bit(buffer: Buffer, _size: int) -> int:
    return int(buffer.uint8() != 0)


def _float(buffer: Buffer, size: int) -> float:
    value: float = struct.unpack("<f" if size == 4 else "<d", buffer.take(size))[0]
    return value


def _money(buffer: Buffer, size: int) -> Decimal:
    raw = buffer.take(size)
    unscaled = int.from_bytes(raw[4:] + raw[:4] if size == 8 else raw, "little", signed=True)
    return _EXACT.scaleb(Decimal(unscaled), -4)


def _datetime(buffer: Buffer, size: int) -> datetime.datetime:
    """The time of a DATETIME: ticks of 1/300 s, rounded to milliseconds that end in 0, 3 or 7."""
    if size == 8:
        days, ticks = buffer.int32(), buffer.uint32()
        time = datetime.timedelta(milliseconds=(ticks * 10 + 1) // 3)
    else:
        days, minutes = buffer.uint16(), buffer.uint16()
        time = datetime.timedelta(minutes=minutes)
    return datetime.datetime(1900, 1, 1) + datetime.timedelta(days=days) + time


def _guid(buffer: Buffer, size: int) -> uuid.UUID:
    return uuid.UUID(bytes_le=buffer.take(size))


_FIXED = {row.id: row for row in TYPES.values() if row.id != row.token}
_FIXED_VALUES: dict[Family, Callable[[Buffer, int], Any]] = {
    "integer": _integer,
    "approximate": _float,
    "money": _money,
    "datetime": _datetime,
}


def _read_fixed(_buffer: Buffer, token: int) -> _Typed:
    """Fixed-length types (2.2.5.4.1): no length, no NULL."""
    row = _FIXED[token]
    value = _FIXED_VALUES[row.family]
    return SqlType(row.name), lambda buffer: value(buffer, row.size)


def _read_fixed_bit(_buffer: Buffer, _token: int) -> _Typed:
    return _BIT, lambda buffer: _bit(buffer, 1)


def _read_null(_buffer: Buffer, _token: int) -> _Typed:
    return SqlType("nvarchar", 1), lambda buffer: None


def _read_decimal(buffer: Buffer, token: int) -> _Typed:
    """DECIMAL (2.2.5.5.1.6); FreeTDS sends fewer bytes than the four sizes of the specification."""
    _size, precision, scale = buffer.take(3)
    if not 1 <= precision <= 38 or scale > precision:
        raise ProtocolError(f"decimal({precision},{scale})")
    kind = SqlType("numeric" if token in (0x6C, 0x3F) else "decimal", precision=precision, scale=scale)

    def read(buffer: Buffer) -> Decimal | None:
        actual = buffer.uint8()
        if actual > 17:
            raise ProtocolError(f"decimal({precision},{scale}) of {actual} bytes")
        if not actual:
            return None
        positive = buffer.uint8()
        unscaled = int.from_bytes(buffer.take(actual - 1), "little")
        return _EXACT.scaleb(Decimal(unscaled if positive else -unscaled), -scale)

    return kind, read


def _date(buffer: Buffer) -> datetime.date:
    return datetime.date.fromordinal(int.from_bytes(buffer.take(3), "little") + 1)


def _time(buffer: Buffer, size: int, scale: int) -> datetime.timedelta:
    units = int.from_bytes(buffer.take(size), "little")
    microseconds = units // 10 ** (scale - 6) if scale > 6 else units * 10 ** (6 - scale)
    time = datetime.timedelta(microseconds=microseconds)
    if time >= datetime.timedelta(days=1):
        raise ProtocolError("a time of day past midnight")
    return time


def _read_date(_buffer: Buffer, _token: int) -> _Typed:
    def read(buffer: Buffer) -> datetime.date | None:
        actual = buffer.uint8()
        if actual not in (0, 3):
            raise ProtocolError(f"date of {actual} bytes")
        return _date(buffer) if actual else None

    return _DATE, read


def _scaled(name: str, extra: int, value: Callable[[Buffer, int, int], Any]) -> Callable[[Buffer, int], _Typed]:
    """Return the reader of TIME, DATETIME2 or DATETIMEOFFSET; ``extra`` bytes follow the time."""

    def read_info(buffer: Buffer, _token: int) -> _Typed:
        scale = buffer.uint8()
        if scale > 7:
            raise ProtocolError(f"time of scale {scale}")
        size = time_bytes(scale)

        def read(buffer: Buffer) -> Any:
            actual = buffer.uint8()
            if actual not in (0, size + extra):
                raise ProtocolError(f"time of scale {scale} in {actual} bytes")
            return value(buffer, size, scale) if actual else None

        return SqlType(name, scale=scale), read

    return read_info


def _time_of_day(buffer: Buffer, size: int, scale: int) -> datetime.time:
    return (datetime.datetime.min + _time(buffer, size, scale)).time()


def _datetime2(buffer: Buffer, size: int, scale: int) -> datetime.datetime:
    time = _time(buffer, size, scale)
    return datetime.datetime.combine(_date(buffer), datetime.time.min) + time


def _datetimeoffset(buffer: Buffer, size: int, scale: int) -> datetime.datetime:
    time = _time(buffer, size, scale)
    utc = datetime.datetime.combine(_date(buffer), datetime.time.min, datetime.UTC) + time
    minutes = struct.unpack("<h", buffer.take(2))[0]
    return utc.astimezone(datetime.timezone(datetime.timedelta(minutes=minutes)))


def _by_token(names: frozenset[str]) -> dict[int, str]:
    return {TYPES[name].token: name for name in names}


# NTEXT, TEXT, IMAGE and the types of TDS 4.2 are read as the types that replaced them.
_UNICODE = _by_token(UNICODE) | {0x63: "nvarchar"}
_CODE_PAGE = _by_token(TEXT - UNICODE) | {0x23: "varchar", 0x27: "varchar", 0x2F: "char"}
_BINARY = _by_token(BINARY) | {0x22: "varbinary", 0x25: "varbinary", 0x2D: "binary"}


def _string(token: int, length: int, collation: bytes) -> tuple[SqlType, Callable[[bytes], Any]]:
    """Return the type of a string of at most ``length`` bytes, and the function that decodes its bytes."""
    if token in _UNICODE:
        return SqlType(_UNICODE[token], length if length == MAX else max(1, length // 2)), decode_utf16
    if token in _BINARY:
        return SqlType(_BINARY[token], length if length == MAX else max(1, length)), bytes
    kind = SqlType(_CODE_PAGE[token], length if length == MAX else max(1, length))
    return kind, lambda data: data.decode(_code_page(collation), "replace")


def _code_page(collation: bytes) -> str:
    """Return the Python codec of a collation (2.2.5.1.2): 1252 or UTF-8. Raises SqlError 40510 for others."""
    flags = int.from_bytes(collation[:4], "little")
    if flags & _UTF8_COLLATION:
        return "utf-8"
    if flags & _LCID not in _LATIN1_LCIDS:
        raise unsupported(f"A VARCHAR parameter in the code page of locale 0x{flags & _LCID:04X}")
    return "cp1252"


def _read_string(buffer: Buffer, token: int) -> _Typed:
    """USHORTLEN types (2.2.5.4.2), in partially length-prefixed chunks if the length is (MAX)."""
    length = buffer.uint16()
    collation = b"" if token in _BINARY else buffer.take(5)
    if length == _MAX_OR_NULL:
        kind, decode = _string(token, MAX, collation)
        return kind, lambda buffer: None if (data := _read_plp(buffer)) is None else decode(data)
    kind, decode = _string(token, length, collation)
    return kind, StringReader(decode, 2 if token in _UNICODE else 0 if token in _BINARY else 1)


@dataclass(frozen=True, slots=True)
class StringReader:
    """Reads strings with a USHORT for their length; ``width`` is the bytes of a blank, 0 for binary data."""

    decode: Callable[[bytes], Any]
    width: int

    def __call__(self, buffer: Buffer) -> Any:
        """Read one string, None for NULL."""
        actual = buffer.uint16()
        return None if actual == _MAX_OR_NULL else self.decode(buffer.take(actual))


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


def _read_long_string(buffer: Buffer, token: int) -> _Typed:
    """LONGLEN types (2.2.5.4.2): TEXT, NTEXT, IMAGE; parameters have no text pointer."""
    buffer.uint32()
    collation = b"" if token in _BINARY else buffer.take(5)
    kind, decode = _string(token, MAX, collation)

    def read(buffer: Buffer) -> Any:
        actual = buffer.uint32()
        return None if actual == _LONG_NULL else decode(buffer.take(actual))

    return kind, read


def _read_legacy_string(buffer: Buffer, token: int) -> _Typed:
    """BYTELEN strings of TDS 4.2 (2.2.5.4.2): no collation, length 0 is NULL."""
    kind, decode = _string(token, buffer.uint8(), bytes(5))

    def read(buffer: Buffer) -> Any:
        actual = buffer.uint8()
        return decode(buffer.take(actual)) if actual else None

    return kind, read


def _refuse(construct: str) -> Callable[[Buffer, int], _Typed]:
    def refuse(_buffer: Buffer, _token: int) -> _Typed:
        raise unsupported(construct)

    return refuse


_READERS: dict[int, Callable[[Buffer, int], _Typed]] = {
    0x1F: _read_null,
    **dict.fromkeys(_FIXED, _read_fixed),
    _FIXED_BIT: _read_fixed_bit,
    0x26: _of_sizes(_INTEGERS, _integer),
    0x68: _of_sizes({1: _BIT}, _bit),
    0x6D: _of_sizes(_FLOATS, _float),
    0x6E: _of_sizes(_MONEYS, _money),
    0x6F: _of_sizes(_DATETIMES, _datetime),
    **dict.fromkeys((0x6A, 0x6C, 0x37, 0x3F), _read_decimal),
    0x24: _of_sizes({16: _GUID}, _guid),
    0x28: _read_date,
    0x29: _scaled("time", 0, _time_of_day),
    0x2A: _scaled("datetime2", 3, _datetime2),
    0x2B: _scaled("datetimeoffset", 5, _datetimeoffset),
    **dict.fromkeys(_by_token(TEXT | BINARY), _read_string),
    **dict.fromkeys((0x63, 0x23, 0x22), _read_long_string),
    **dict.fromkeys((0x27, 0x2F, 0x25, 0x2D), _read_legacy_string),
    0xF3: _refuse("A table-valued parameter"),
    0xF1: _refuse("An XML parameter"),
    0xF0: _refuse("A parameter of a CLR type"),
    0x62: _refuse("A sql_variant parameter"),
}
