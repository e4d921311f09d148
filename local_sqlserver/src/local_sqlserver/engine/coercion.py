"""Conversion of Python values to a declared T-SQL type, by the rules of assignment.

The type of a bare value follows from its Python type; see ``local_sqlserver.types``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from typing import Any
from uuid import UUID

from local_sqlserver import utf16
from local_sqlserver.compiler.moments import parse_moment
from local_sqlserver.compiler.python_functions import tsql_decode_1252
from local_sqlserver.errors import SqlError, sql_error
from local_sqlserver.types import (
    DAYS,
    DECIMALS,
    INTEGER_RANGES,
    INTEGERS,
    MAX,
    MONEY,
    SCALED,
    TEXT,
    TYPES,
    UNICODE,
    Family,
    SqlType,
    digits,
)

_BASE_DATE = datetime(1900, 1, 1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def type_of(value: Any) -> SqlType:
    """Return the T-SQL type of a bare Python value."""
    if value is None or isinstance(value, bool | int):
        if value is not None and not -(2**31) <= int(value) < 2**31:
            return SqlType("bigint")
        return SqlType("int")
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        scale = max(0, -int(exponent))
        return SqlType("decimal", precision=min(38, max(len(digits), scale, 1)), scale=scale)
    if isinstance(value, float):
        return SqlType("float")
    if isinstance(value, bytes):
        return SqlType("varbinary", length=8000 if len(value) <= 8000 else MAX)
    if isinstance(value, datetime):
        return SqlType("datetimeoffset" if value.tzinfo else "datetime2", scale=7)
    if isinstance(value, date):
        return SqlType("date")
    if isinstance(value, time):
        return SqlType("time", scale=7)
    if isinstance(value, UUID):
        return SqlType("uniqueidentifier")
    return SqlType("nvarchar", length=4000 if utf16.length(value) <= 4000 else MAX)


def coerce(value: Any, target: SqlType, source: SqlType | None = None) -> Any:
    """Convert ``value`` (of type ``source``, if known) to ``target`` as SET @x = … does.

    Text and binary are cut silently. Raises SqlError 206, 241, 245, 8114 or 8115 without a line.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        value = int(value)
    return _CONVERSIONS[target.name](value, target, source)


def to_text(value: Any, source: SqlType | None = None) -> str:
    """Return a value as text, by the implicit conversion to NVARCHAR (style 0)."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        if source is not None and source.name in MONEY:
            value = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        return f"{value:f}"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, datetime):
        return _datetime_text(value, source)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S") + _fraction(value.microsecond, source)
    if isinstance(value, UUID):
        return str(value).upper()
    if isinstance(value, bytes):
        return value.decode("utf-16-le", "replace")
    raise TypeError(f"no T-SQL value: {value!r}")


def _fraction(microsecond: int, source: SqlType | None) -> str:
    scale = 7 if source is None or source.scale is None else source.scale
    return f".{microsecond:06d}0"[: scale + 1] if scale else ""


def _datetime_text(value: datetime, source: SqlType | None) -> str:
    if source is not None and source.name in ("datetime", "smalldatetime"):
        hour = value.hour % 12 or 12
        half = "AM" if value.hour < 12 else "PM"
        return f"{_MONTHS[value.month - 1]} {value.day:2d} {value.year:04d} {hour:2d}:{value.minute:02d}{half}"
    text = value.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0") + _fraction(value.microsecond, source)
    if value.tzinfo is not None:
        offset = value.strftime("%z")
        text += f" {offset[:3]}:{offset[3:5]}"
    return text


def _float_text(value: float) -> str:
    """Style 0 of CONVERT: six digits at most, in scientific notation for large and small exponents."""
    if value == 0:
        return "0"
    text = f"{value:.6g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{exponent[0]}{int(exponent[1:]):03d}"


_ONE_BYTE = TEXT - UNICODE


def _to_fitting_text(value: Any, target: SqlType, source: SqlType | None) -> str:
    text = tsql_decode_1252(value) if isinstance(value, bytes) and target.name in _ONE_BYTE else to_text(value, source)
    if target.length is not None and target.length != MAX:
        if isinstance(value, int | Decimal | float) and len(text) > target.length:
            small = isinstance(value, int) and (source is None or source.name != "bigint")
            if not small or target.name not in _ONE_BYTE:
                raise _too_long(value, target, source)
            text = "*"
        text = utf16.left(text, target.length)
        if target.name in ("char", "nchar"):
            text += " " * (target.length - utf16.length(text))
    return text


def _incompatible_types(value: Any, target: SqlType, source: SqlType | None) -> SqlError:
    return sql_error(206, (source or type_of(value)).name, target.name)


def _conversion_failed(value: str, target: SqlType, source: SqlType | None) -> SqlError:
    kind = source.name if source is not None and source.name in TEXT else "nvarchar"
    return sql_error(245, kind, value, target.name)


def _overflow(target: SqlType, source: SqlType | None = None) -> SqlError:
    source_name = "expression" if source is None else _numeric(source)
    return sql_error(8115, source_name, _numeric(target))


def _numeric(declared: SqlType) -> str:
    """The name of a type in message 8115: numeric for DECIMAL."""
    return "numeric" if declared.name in DECIMALS else declared.name


def _too_long(value: float | Decimal, target: SqlType, source: SqlType | None) -> SqlError:
    """The error of a number whose text does not fit the target."""
    if source is not None and source.name in MONEY:
        return sql_error(234, "money", target.name)
    if isinstance(value, float):
        return sql_error(232, target.name, f"{value:f}")
    return _overflow(target, source if source is not None and source.name in DECIMALS else None)


def _to_bit(value: Any, target: SqlType, source: SqlType | None) -> int:
    if isinstance(value, str):
        word = value.strip(" ").lower()
        if word in ("true", "false"):
            return int(word == "true")
        return int(bool(_to_integer(value, SqlType("int"), None))) if word else 0
    if isinstance(value, int | float | Decimal):
        return int(value != 0)
    raise _incompatible_types(value, target, source)


def _to_integer(value: Any, target: SqlType, source: SqlType | None) -> int:
    if isinstance(value, str):
        text = value.strip(" ")
        if not re.fullmatch(r"[+-]? *[0-9]*", text) or text in ("+", "-"):
            raise _conversion_failed(value, target, source)
        number = int(text.replace(" ", "")) if text else 0
        if not INTEGER_RANGES[target.name][0] <= number <= INTEGER_RANGES[target.name][1] and target.name != "bigint":
            kind = source.name if source is not None else "nvarchar"
            if target.name == "int":
                raise sql_error(248, kind, value)
            raise sql_error(244, kind, value, "INT2" if target.name == "smallint" else "INT1")
    elif isinstance(value, int):
        number = value
    elif isinstance(value, Decimal | float):
        number = int(value)
    elif isinstance(value, bytes):
        number = int.from_bytes(value[-8:], "big", signed=False)
    elif isinstance(value, datetime) and (source is None or source.name in ("datetime", "smalldatetime")):
        number = round((value - _BASE_DATE) / timedelta(days=1))
    else:
        raise _incompatible_types(value, target, source)
    low, high = INTEGER_RANGES[target.name]
    if not low <= number <= high:
        if isinstance(value, int) and target.name in ("tinyint", "smallint"):
            raise sql_error(220, target.name, value)
        if isinstance(value, float) and target.name != "bigint":
            raise sql_error(232, target.name, f"{value:f}")
        raise _overflow(target, source)
    return number


def _to_decimal(value: Any, target: SqlType, source: SqlType | None) -> Decimal:
    precision, scale = digits(target)
    if isinstance(value, str):
        text = value.strip(" ")
        if target.name in MONEY:
            text = text.replace(",", "").replace("$", "") or "0"
        if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", text):
            kind = source.name if source is not None else "nvarchar"
            raise sql_error(8114, kind, target.name)
        number = Decimal(text)
    elif isinstance(value, int | Decimal):
        number = Decimal(value)
    elif isinstance(value, float):
        number = Decimal(repr(value))
    else:
        raise _incompatible_types(value, target, source)
    with localcontext(Context(prec=80)):
        try:
            number = number.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)
        except InvalidOperation:
            raise _overflow(target, source) from None
        if abs(number) >= Decimal(10) ** (precision - scale):
            raise _overflow(target, source)
    return number


def _to_float(value: Any, target: SqlType, source: SqlType | None) -> float:
    if isinstance(value, str):
        text = value.strip(" ") or "0"
        if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
            kind = source.name if source is not None else "nvarchar"
            raise sql_error(8114, kind, target.name)
        return float(text)
    if isinstance(value, int | float | Decimal):
        return float(value)
    raise _incompatible_types(value, target, source)


def _to_uuid(value: Any, target: SqlType, source: SqlType | None) -> UUID:
    if isinstance(value, UUID):
        return value
    if isinstance(value, bytes):
        return UUID(bytes_le=value[:16].ljust(16, b"\0"))
    if isinstance(value, str):
        try:
            return UUID(value.strip().strip("{}")[:36])
        except ValueError:
            raise sql_error(8169) from None
    raise _incompatible_types(value, target, source)


def _to_binary(value: Any, target: SqlType, source: SqlType | None) -> bytes:
    if isinstance(value, bytes):
        data = value
    elif isinstance(value, int):
        # The last bytes remain where the target is shorter; a BINARY that is longer begins with zeros.
        known = source.name if source is not None and source.name in INTEGERS | {"bit"} else ""
        size = TYPES[known].size if known else 4 if -(2**31) <= value < 2**31 else 8
        data = value.to_bytes(size, "big", signed=known not in ("tinyint", "bit"))
        if target.length not in (None, MAX):
            data = data[-(target.length or 1) :]
        if target.name == "binary":
            data = data.rjust(target.length or 1, b"\0")
    elif isinstance(value, UUID):
        data = value.bytes_le
    else:
        name = type_of(value).name
        raise sql_error(257, name, target.name)
    if target.length not in (None, MAX):
        data = data[: target.length]
    if target.name == "binary":
        data = data.ljust(target.length or 1, b"\0")
    return data


def _moment_of_text(text: str, target: SqlType, source: SqlType | None) -> datetime:
    """Return the date and time of a text; raises SqlError 241, or 242 for a DATETIME whose text is out of range."""
    name = target.name
    old = name in ("datetime", "smalldatetime")
    try:
        moment = parse_moment(text)
    except (ValueError, OverflowError):
        raise _out_of_range(source, name) if old else sql_error(241) from None
    # The text of the two old types has at most three decimals and no offset.
    if moment is None or (old and (moment.digits > 3 or moment.minutes)):
        raise sql_error(241)
    local = moment.local
    if name == "datetimeoffset":
        return local.replace(tzinfo=timezone(timedelta(minutes=moment.minutes or 0)))
    if target.scale == 6 and moment.seventh >= 5:
        local += timedelta(microseconds=1)
    return local


def _out_of_range(source: SqlType | None, target: str) -> SqlError:
    return sql_error(242, "varchar" if source is None else source.name, target)


def _to_temporal(value: Any, target: SqlType, source: SqlType | None) -> Any:
    name = target.name
    if isinstance(value, str):
        value = _moment_of_text(value, target, source)
        if name == "smalldatetime" and value.year < 9999:  # its text is first rounded like a DATETIME's
            value = _of_ticks(value, 1000)
    elif isinstance(value, int | float | Decimal):
        if name not in ("datetime", "smalldatetime"):
            raise _incompatible_types(value, target, source)
        try:
            value = _BASE_DATE + timedelta(days=float(value))
        except OverflowError:
            raise _overflow(target) from None
    elif isinstance(value, time):
        if name == "date":
            raise _incompatible_types(value, target, source)
        value = datetime.combine(_BASE_DATE, value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        if name == "time":
            raise _incompatible_types(value, target, source)
        value = datetime.combine(value, time())
    elif not isinstance(value, datetime):
        raise _incompatible_types(value, target, source)
    elif source is not None and source.name == "datetime" and name in SCALED:
        value = _of_ticks(value, 1)  # its thirds of 10 ms, which are stored as whole milliseconds
    try:
        return _fit_moment(value, target, source)
    except OverflowError:
        raise _out_of_range(source, name) if name in DAYS else sql_error(517, name) from None


def _of_ticks(value: datetime, unit: int) -> datetime:
    """Round to 1/300 s, shown in multiples of ``unit`` microseconds."""
    ticks = (value.microsecond * 3 + 5_000) // 10_000
    microseconds = (ticks * 20_000 + 3 * unit) // (6 * unit) * unit
    return value.replace(microsecond=0) + timedelta(microseconds=microseconds)


def _round_moment(value: datetime, scale: int | None) -> datetime:
    if scale is None or scale >= 6:
        return value
    unit = 10 ** (6 - scale)
    rounded = (value.microsecond + unit // 2) // unit * unit
    return value.replace(microsecond=0) + timedelta(microseconds=rounded)


def _fit_moment(value: datetime, target: SqlType, source: SqlType | None) -> Any:
    name = target.name
    if name == "date":
        return value.date()
    if name == "time":
        return _round_moment(value.replace(year=1900, tzinfo=None), target.scale).time()
    if name == "datetimeoffset":
        return _round_moment(value if value.tzinfo else value.replace(tzinfo=UTC), target.scale)
    value = value.replace(tzinfo=None)  # of a DATETIMEOFFSET the local time remains
    if name == "datetime2":
        return _round_moment(value, target.scale)
    first, last = DAYS[name]
    if name == "smalldatetime":
        value = (value + timedelta(seconds=30)).replace(second=0, microsecond=0)
    else:
        value = _of_ticks(value, 1000)
    if not first <= value.date() <= last:
        raise _out_of_range(source or SqlType("datetime2"), name)
    return value


def _unchanged(value: Any, target: SqlType, source: SqlType | None) -> Any:
    return value


_BY_FAMILY: dict[Family, Callable[[Any, SqlType, SqlType | None], Any]] = {
    "binary": _to_binary,
    "text": _to_fitting_text,
    "uniqueidentifier": _to_uuid,
    "bit": _to_bit,
    "integer": _to_integer,
    "money": _to_decimal,
    "decimal": _to_decimal,
    "approximate": _to_float,
    "time": _to_temporal,
    "date": _to_temporal,
    "datetime": _to_temporal,
    "variant": _unchanged,
}
_CONVERSIONS = {row.name: _BY_FAMILY[row.family] for row in TYPES.values()}
