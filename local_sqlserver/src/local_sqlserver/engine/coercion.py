"""Conversion of Python values to a declared T-SQL type, by the rules of assignment.

The type of a bare value follows from its Python type; see ``local_sqlserver.types``. Procedures convert few kinds of
values often: texts, integers, decimals and dates that fit their type. Those are converted here; all others, and those
that fail, by the SQL that the compiler makes of a conversion in a query.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

import duckdb

from local_sqlserver import utf16
from local_sqlserver.compiler import failures, macros
from local_sqlserver.compiler.conversions import implicit
from local_sqlserver.compiler.fragments import Value
from local_sqlserver.compiler.moments import parse_moment
from local_sqlserver.compiler.types import duckdb_type
from local_sqlserver.engine.results import convert_rows
from local_sqlserver.engine.rows import fetch
from local_sqlserver.types import (
    BINARY,
    DAYS,
    DECIMALS,
    INTEGER_RANGES,
    INTEGERS,
    MAX,
    MONEY,
    SCALED,
    TEMPORAL,
    TEXT,
    SqlType,
    digits,
)

_EXACT = Context(prec=80)
_LOCAL = frozenset(("date", "datetime", "datetime2"))


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


def coerce(value: Any, target: SqlType, source: SqlType | None = None, date_order: str = "mdy") -> Any:
    """Convert ``value`` (of type ``source``, if known) to ``target`` as SET @x = … does under a SET DATEFORMAT.

    Text and binary data are cut silently. Raises the errors of a conversion (SqlError 206, 241, 245, 8114, 8115 and
    others) without a line.
    """
    if value is None or target.name == "sql_variant":
        return value
    if isinstance(value, bool):
        value = int(value)
    kind = type_of(value) if source is None or source.name == "sql_variant" else source
    ordered = date_order != "mdy" and isinstance(value, str) and target.name in TEMPORAL
    plain = None if ordered else _plain(value, kind, target)
    return _converter(date_order).convert(value, kind, target) if plain is None else plain


def _plain(value: Any, source: SqlType, target: SqlType) -> Any:
    """Return the converted value, None for all but the most frequent conversions, and for values that do not fit."""
    name = target.name
    if name in TEXT:
        text = value if source.name in TEXT else str(value) if source.name in INTEGERS else None
        if text is None or (source.name in INTEGERS and target.length != MAX and len(text) > (target.length or 0)):
            return None
        return _fitting_text(text, target)
    if name in BINARY:
        return _fitting_bytes(value, target) if source.name in BINARY else None
    if name in INTEGERS and isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, int) and name in INTEGERS:
        low, high = INTEGER_RANGES[name]
        return value if low <= value <= high else None
    if isinstance(value, int) and name == "bit":
        return int(value != 0)
    if isinstance(value, int | Decimal) and name in DECIMALS | MONEY:
        precision, scale = digits(target)
        number = Decimal(value).quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP, context=_EXACT)
        # The limits of MONEY and SMALLMONEY lie between 10^(digits - 1) and 10^digits.
        return number if abs(number) < Decimal(10) ** (precision - scale - (name in MONEY)) else None
    if name in _LOCAL and source.name in TEXT | _LOCAL:
        return _plain_moment(value, source, target)
    same = source.name == name and name not in SCALED | DECIMALS
    return value if same or source == target else None


def _fitting_text(text: str, target: SqlType) -> str:
    if target.length is None or target.length == MAX:
        return text
    text = utf16.left(text, target.length)
    if target.name in ("char", "nchar"):
        text += " " * (target.length - utf16.length(text))
    return text


def _fitting_bytes(data: bytes, target: SqlType) -> bytes:
    if target.length is None or target.length == MAX:
        return data
    data = data[: target.length]
    return data.ljust(target.length, b"\0") if target.name == "binary" else data


def _plain_moment(value: str | date, source: SqlType, target: SqlType) -> Any:
    """Return a text, date or local time as DATE, DATETIME or DATETIME2."""
    old = target.name == "datetime"
    if isinstance(value, str):
        try:
            moment = parse_moment(value)
        except (ValueError, OverflowError):
            return None
        # The text of a DATETIME has at most three decimals and no offset.
        if moment is None or moment.minutes or moment.seventh or (old and moment.digits > 3):
            return None
        value = moment.local
    elif not isinstance(value, datetime):
        value = datetime.combine(value, time())
    elif source.name == "datetime" and not old:
        return None  # it has thirds of 10 ms, which are stored as whole milliseconds
    if target.name == "date":
        return value.date()
    try:
        value = _of_ticks(value) if old else _rounded(value, target.scale)
    except OverflowError:
        return None
    return value if not old or value.date() >= DAYS["datetime"][0] else None


def _of_ticks(value: datetime) -> datetime:
    """Round to 1/300 s, shown in milliseconds."""
    ticks = (value.microsecond * 3 + 5_000) // 10_000
    return value.replace(microsecond=0) + timedelta(milliseconds=(ticks * 20 + 3) // 6)


def _rounded(value: datetime, scale: int | None) -> datetime:
    if scale is None or scale >= 6:
        return value
    unit = 10 ** (6 - scale)
    return value.replace(microsecond=0) + timedelta(microseconds=(value.microsecond + unit // 2) // unit * unit)


class _Converter:
    """Converts values by the SQL of the compiler, in a database of its own: a conversion reads no table."""

    def __init__(self, order: str) -> None:
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._lock = Lock()
        macros.install(self._connection)
        macros.read_dates(self._connection, order)

    def convert(self, value: Any, source: SqlType, target: SqlType) -> Any:
        """Return a value converted; raises SqlError."""
        sql = _conversion(source, target)
        with self._lock:
            try:
                _, rows = fetch(self._connection, sql, [value])
            except duckdb.Error as failure:
                raise failures.to_sql_error(failure, 0) from failure
        return convert_rows(rows, [target])[0][0]


@cache
def _converter(order: str) -> _Converter:
    return _Converter(order)


@lru_cache(maxsize=1024)
def _conversion(source: SqlType, target: SqlType) -> str:
    """The query that converts its parameter; raises SqlError for types that do not convert."""
    return f"SELECT {implicit(Value(f'CAST($1 AS {duckdb_type(source)})', source), target, 0).sql}"
