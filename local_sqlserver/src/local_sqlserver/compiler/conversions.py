"""CAST, CONVERT and implicit conversion between T-SQL types.

Source: the T-SQL reference, "CAST and CONVERT", its table of conversions and its date styles.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import replace
from datetime import date
from decimal import Decimal

from local_sqlserver import utf16
from local_sqlserver.compiler.date_styles import date_text
from local_sqlserver.compiler.fragments import Cost, Value, computed_once, native, quote, raise_sql, typed_null
from local_sqlserver.compiler.types import FLOAT, duckdb_type, precedence, text_length, text_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import (
    APPROXIMATE,
    BINARY,
    DATETIMES,
    DAYS,
    DECIMALS,
    FIXED_TEXT,
    INTEGER_RANGES,
    INTEGERS,
    MAX,
    MONEY,
    NUMBERS,
    SCALED,
    TEMPORAL,
    TEXT,
    TYPES,
    UNICODE,
    SqlType,
)

_MONTH_FIRST, _DAY_FIRST, _YEAR_FIRST = r"\3-\1-\2", r"\3-\2-\1", r"\1-\2-\3"
_DATE_ORDERS = {
    **dict.fromkeys((3, 103, 4, 104, 5, 105), (_DAY_FIRST, _DAY_FIRST)),
    **dict.fromkeys((2, 102, 11, 111), (_MONTH_FIRST, _YEAR_FIRST)),
}
"""Style → how dates of three numbers become year-month-day: where the last number is a year of four digits, and where
all have at most two. Other styles of such dates read the month first."""
_WITHOUT_ORDER = frozenset((None, 0, 100, 6, 106, 7, 107, 8, 24, 108, 9, 109, 13, 113, 14, 114))
"""Styles without a date of three numbers: SET DATEFORMAT says how such a date is read."""

MONTH_BEFORE_DAY: ContextVar[bool] = ContextVar("MONTH_BEFORE_DAY", default=True)
"""Whether '2024-01-02' as DATETIME is known to be the second of January, and not the first of February: it depends on
the SET DATEFORMAT of the session that reads it."""


def _moment(sql: str, target: SqlType, style: int | None) -> str:
    if style in _WITHOUT_ORDER:
        return f"tsql_{'old' if target.name in DAYS else 'new'}_timestamp({sql})"
    with_century, without_century = _DATE_ORDERS.get(style or 0, (_MONTH_FIRST, _MONTH_FIRST))
    return f"tsql_timestamp({sql}, '{with_century}', '{without_century}')"


def check_allowed(source: SqlType, target: SqlType, *, explicit: bool, line: int) -> None:
    """Raise 206, 257 or 529 where the table of conversions has no entry."""
    a, b = source.name, target.name
    numbers = NUMBERS
    forbidden = (
        (a in numbers and b in ("date", "time", "datetime2", "datetimeoffset"))
        or (a in ("date", "time", "datetime2", "datetimeoffset") and b in numbers)
        or ({a, b} == {"date", "time"})
        or (a == "uniqueidentifier" and b in numbers | TEMPORAL)
        or (b == "uniqueidentifier" and a in numbers | TEMPORAL)
        or (a in BINARY and b in APPROXIMATE)
    )
    if forbidden:
        raise sql_error(529 if explicit else 206, source.name, target.name, line=line)
    if explicit:
        return
    if (a in DATETIMES and b in numbers) or (a in TEXT | TEMPORAL and b in BINARY):
        raise sql_error(257, source.name, target.name, line=line)


def implicit(value: Value, target: SqlType, line: int) -> Value:
    """A value converted to another type by the rules of operators and assignments."""
    return convert(value, target, line=line)


def as_text(value: Value, line: int) -> Value:
    """A value as text, for a string function."""
    if value.null:
        return typed_null(text_type("varchar", 1))
    return value if value.is_text else convert(value, text_type("varchar", 8000), line=line)


def convert(
    value: Value,
    target: SqlType,
    *,
    line: int,
    explicit: bool = False,
    lenient: bool = False,
    style: int | None = None,
) -> Value:
    """A value as another type; ``lenient`` gives NULL where the conversion fails."""
    if value.null:
        return typed_null(target)
    source = value.type
    if source == target and not (explicit and value.constant is not None and source.name in INTEGERS):
        return value
    if lenient and source.name not in TEXT | NUMBERS | TEMPORAL | BINARY | {"uniqueidentifier"}:
        raise unsupported(f"TRY_CONVERT from {source.name}", line)
    check_allowed(source, target, explicit=explicit, line=line)
    kind = target.name
    if kind in TEXT:
        return _to_text(value, target, style, lenient=lenient, line=line)
    if source.name in TEXT:
        return _from_text(value, target, style, lenient=lenient, line=line)
    if kind in NUMBERS and source.name in NUMBERS:
        return _number_to_number(value, target, lenient=lenient)
    if kind in TEMPORAL and source.name in TEMPORAL:
        return _temporal(value, target, style, lenient=lenient, line=line)
    if kind in DATETIMES and source.name in NUMBERS:
        return _moment_of_days(value, target, lenient=lenient)
    if kind in NUMBERS and source.name in DATETIMES:
        return _days_of_moment(value, target, lenient=lenient)
    if kind in BINARY:
        return _to_binary(value, target, line)
    if source.name in BINARY:
        return _from_binary(value, target, line)
    raise unsupported(f"The conversion from {source.name} to {kind}", line)


def _cast(sql: str, target: SqlType, *, lenient: bool = False) -> str:
    return f"{'TRY_CAST' if lenient else 'CAST'}({sql} AS {duckdb_type(target)})"


_DAYS = {"datetime": "{0} >= -53690 AND {0} < 2958464", "smalldatetime": "{0} >= 0 AND {0} < 65536 - 30 / 86400.0"}
"""The days since 1900-01-01 that a type holds; a SMALLDATETIME is rounded to minutes."""


def _moment_of_days(value: Value, target: SqlType, *, lenient: bool) -> Value:
    """A number of days since 1900-01-01 as DATETIME or SMALLDATETIME; outside its range 8115 or NULL."""
    moment = "(TIMESTAMP '1900-01-01' + to_microseconds(CAST(round(CAST({0} AS DOUBLE) * 86400000000) AS BIGINT)))"
    if value.type.name in INTEGERS | {"bit"}:
        moment = "(TIMESTAMP '1900-01-01' + to_days(CAST({0} AS INTEGER)))"
    elif target.name == "smalldatetime":
        moment = f"date_trunc('minute', {moment} + INTERVAL 30 SECOND)"
    else:
        moment = f"tsql_datetime({moment})"
    outside = _overflow(target, lenient=lenient)

    def within(sql: str) -> str:
        return f"CASE WHEN NOT ({_DAYS[target.name].format(sql)}) THEN {outside} ELSE {moment.format(sql)} END"

    return Value(computed_once(within, value), target)


def _days_of_moment(value: Value, target: SqlType, *, lenient: bool) -> Value:
    """A DATETIME or SMALLDATETIME as the number of days since 1900-01-01; outside the range 8115 or NULL."""
    # 1900-01-01 is 2208988800 seconds before DuckDB's epoch.
    days = Value(f"((epoch_us({value.sql}) + 2208988800000000) / 86400000000.0)", FLOAT)
    if target.name in ("tinyint", "smallint"):
        low, high = INTEGER_RANGES[target.name]
        outside = _overflow(target, lenient=lenient)

        def within(sql: str) -> str:
            return f"CASE WHEN {sql} NOT BETWEEN {low} AND {high} THEN {outside} ELSE {_cast(sql, target)} END"

        return Value(computed_once(within, replace(days, sql=f"round({days.sql})")), target)
    if target.name in INTEGERS:
        return Value(f"CAST(round({days.sql}) AS {duckdb_type(target)})", target)
    return _number_to_number(days, target, lenient=lenient)


def _overflow(target: SqlType, *, lenient: bool) -> str:
    """The SQL of a value outside the range of a type."""
    return "NULL" if lenient else raise_sql(8115, quote("expression"), quote(target.name))


def _number_to_number(value: Value, target: SqlType, *, lenient: bool) -> Value:
    source = value.type
    sql = value.sql
    if target.name == "bit":
        return Value(f"CAST(CASE WHEN {sql} = 0 THEN 0 WHEN {sql} IS NOT NULL THEN 1 END AS TINYINT)", target)
    if target.name in INTEGERS and source.name in DECIMALS | APPROXIMATE:
        sql = f"trunc({sql})"  # DuckDB's CAST rounds; in SQL Server only MONEY does
    # The result of a constant is a constant, so that functions which require one accept it.
    if value.constant is not None and target.name in INTEGERS and source.name in INTEGERS | DECIMALS:
        low, high = INTEGER_RANGES[target.name]
        number = int(Decimal(value.constant))
        if low <= number <= high:
            return Value(_cast(sql, target, lenient=lenient), target, constant=str(number), cost=Cost.NAME)
    result = Value(_cast(sql, target, lenient=lenient), target, cost=native(value))
    always_fit = {"bit", "tinyint", "smallint"} | ({"int", "smallmoney"} if target.name == "money" else set())
    return result if source.name in always_fit else in_money_range(result, lenient=lenient)


def in_money_range(value: Value, *, lenient: bool = False) -> Value:
    """A MONEY or SMALLMONEY within its range: outside, 8115 or NULL. Values of other types stay as they are."""
    if value.type.name not in MONEY:
        return value
    outside = _overflow(value.type, lenient=lenient)
    bounds = " AND ".join(_MONEY_RANGES[value.type.name])

    def within(sql: str) -> str:
        return f"CASE WHEN {sql} NOT BETWEEN {bounds} THEN {outside} ELSE {sql} END"

    return Value(computed_once(within, value), value.type)


_MONEY_RANGES = {
    "money": ("-922337203685477.5808", "922337203685477.5807"),
    "smallmoney": ("-214748.3648", "214748.3647"),
}


def _temporal(value: Value, target: SqlType, style: int | None, *, lenient: bool, line: int) -> Value:
    """A date or time as another such type."""
    source, sql, name = value.type, value.sql, target.name
    if source.name == name == "datetimeoffset":
        unit = _rounding_unit(source, target)
        if unit is None:
            return Value(sql, target, cost=value.cost)
        utc, minutes = f"struct_extract({sql}, 'utc')", f"struct_extract({sql}, 'minutes')"
        return Value(f"tsql_offset(tsql_round_timestamp({utc}, {unit}), {minutes})", target)
    if source.name == "datetimeoffset":
        if style not in (None, 0, 1):
            raise unsupported(f"CONVERT of datetimeoffset to {name} with style {style}", line)
        moment = f"struct_extract({sql}, 'utc')" if style == 1 else f"tsql_local({sql})"
    elif source.name == "time":
        moment = f"(DATE '1900-01-01' + {sql})"  # the date of a time
    elif source.name == "datetime" and name in SCALED:
        moment = f"tsql_thirds({sql})"  # its ticks are thirds of 10 ms, stored as whole milliseconds
    else:
        moment = f"CAST({sql} AS TIMESTAMP)"
    return Value(_fitted(moment, source, target, lenient=lenient), target)


def _rounding_unit(source: SqlType, target: SqlType) -> int | None:
    """The microseconds to whose multiples a conversion rounds; None if it need not round."""
    scale = target.scale if target.scale is not None else 7
    finer = source.name == "datetime" or (source.name in SCALED and (source.scale is None or source.scale > scale))
    return 10 ** (6 - scale) if finer and scale < 6 else None


def _fitted(moment: str, source: SqlType, target: SqlType, *, lenient: bool) -> str:
    """SQL of a TIMESTAMP as a value of a date or time type, rounded and within its range."""
    name = target.name
    if name == "date":
        return f"CAST({moment} AS DATE)"
    if name in SCALED:
        if unit := _rounding_unit(source, target):
            moment = f"tsql_round_timestamp({moment}, {unit})"
        if name == "time":
            return f"CAST({moment} AS TIME)"
        return f"tsql_offset({moment}, 0)" if name == "datetimeoffset" else moment
    if name == "smalldatetime":
        moment = f"date_trunc('minute', {moment} + INTERVAL 30 SECOND)"
    elif source.name not in ("datetime", "smalldatetime", "date"):
        moment = f"tsql_datetime({moment})"
    if (source.name, name) in (("smalldatetime", "datetime"), ("time", "datetime"), ("time", "smalldatetime")):
        return moment
    first, last = DAYS[name]
    bounds = f"TIMESTAMP '{first}', TIMESTAMP '{last}' + INTERVAL 1 DAY"
    if lenient:
        return f"tsql_try_in_range({moment}, {bounds})"
    return f"tsql_in_range({moment}, {bounds}, {quote(source.name)}, {quote(name)})"


def _year_first(sql: str, target: SqlType, style: int | None) -> str:
    """SQL of a text as DATETIME reads it: in a style with the day first, the day also follows a year that is first."""
    if target.name not in DAYS or _DATE_ORDERS.get(style or 0) != (_DAY_FIRST, _DAY_FIRST):
        return sql
    form = r"^ *(\d{4})([-/.])(\d{1,2})[-/.](\d{1,2})( .*)?$"
    return f"regexp_replace({sql}, '{form}', '\\1\\2\\4\\2\\3\\5')"


def _moment_of_text(sql: str, target: SqlType, style: int | None) -> str:
    """SQL of a text as a date or time; NULL for wrong text."""
    name = target.name
    moment = _moment(_year_first(sql, target, style), target, None if name == "time" else style)
    text = SqlType("datetime2", scale=7)
    if name == "datetimeoffset":
        zone = f"tsql_zone_minutes(tsql_zone({sql}))"
        return f"tsql_at({_fitted(moment, text, SqlType('datetime2', scale=target.scale), lenient=True)}, {zone})"
    if name in SCALED and target.scale == 6:  # the only scale at which the seventh digit, which is not kept, decides
        moment = f"({moment} + to_microseconds(CAST(regexp_matches({sql}, ':\\d\\d\\.\\d{{6}}[5-9]') AS BIGINT)))"
    if name in ("datetime", "smalldatetime"):
        # Their text has at most three decimals and no offset. A SMALLDATETIME is first rounded like a DATETIME.
        strange = f"regexp_matches({sql}, ':\\d\\d(\\.\\d{{4,}}|.*[+-]\\d\\d?:\\d\\d *$)')"
        fitted = _fitted(f"tsql_datetime({moment})", SqlType("datetime"), target, lenient=True)
        return f"CASE WHEN NOT {strange} THEN {fitted} END"
    return _fitted(moment, text, target, lenient=True)


def _failure(value: Value, number: int, *arguments: str) -> str:
    """SQL that raises a message when the value is not NULL; ``arguments`` are SQL."""
    return f"CASE WHEN {value.sql} IS NOT NULL THEN {raise_sql(number, *arguments)} END"


def _from_text(value: Value, target: SqlType, style: int | None, *, lenient: bool, line: int) -> Value:
    if folded := _converted_constant(value, target, style):
        return folded
    # Each branch has an attempt, which is NULL for wrong text, and a failure, which raises SQL Server's error for text
    # that is not NULL. DuckDB's CAST would accept other text and raise errors of its own.
    name, source = target.name, value.type.name
    sql = value.sql
    type_name = duckdb_type(target)
    failure = _failure(value, 8114, quote(source), quote(name))
    if name in INTEGERS:
        attempt = f"TRY_CAST(tsql_integer_text({sql}) AS {type_name})"
        failed = f"tsql_integer_failure({sql}, {quote(source)}, {quote(name)})"
        return Value(attempt if lenient else f"coalesce({attempt}, {failed})", target)
    if name in DECIMALS:
        attempt = f"TRY_CAST(tsql_decimal_text({sql}) AS {type_name})"
        failed = f"tsql_decimal_failure({sql}, {quote(source)})"
        return Value(attempt if lenient else f"coalesce({attempt}, {failed})", target)
    if name in MONEY:
        # The text may be of any length, a number beyond DuckDB's type is out of range, too.
        number = f"TRY_CAST(tsql_money_text({sql}) AS {type_name})"
        attempt = in_money_range(Value(number, target), lenient=True).sql
        failure = f"tsql_money_failure({sql}, {quote(name)})"
    elif name in APPROXIMATE:
        number = f"TRY_CAST(tsql_float_text({sql}) AS {type_name})"
        attempt = computed_once(lambda once: f"CASE WHEN NOT isinf({once}) THEN {once} END", Value(number, target))
        failure = f"tsql_float_failure({sql}, {quote(source)}, {quote(name)})"
    elif name == "bit":
        attempt = f"tsql_bit({sql})"
        failure = _failure(value, 245, quote(source), sql, quote(name))
    elif name == "uniqueidentifier":
        attempt = f"TRY_CAST(tsql_guid_text({sql}) AS UUID)"
        failure = _failure(value, 8169)
    elif name in BINARY:
        if style in (None, 0):
            return _fitting_bytes(Value(bytes_of_text(value), target), target)
        if style not in (1, 2):
            raise unsupported(f"CONVERT from text to binary with style {style}", line)
        form = "(0[xX])" if style == 1 else ""
        digits = computed_once(
            lambda once: (
                f"CASE WHEN regexp_full_match({once}, '{form}([0-9A-Fa-f]{{2}})*') "
                f"THEN unhex({f'substring({once}, 3)' if style == 1 else once}) END"
            ),
            value,
        )
        given = Value(digits if lenient else f"coalesce({digits}, {failure})", target)
        return _fitting_bytes(given, target)
    else:
        old = name in ("datetime", "smalldatetime")
        if old or name == "datetimeoffset" or target.scale == 6:  # these name the text twice
            attempt = computed_once(lambda once: _moment_of_text(once, target, style), value)
        else:
            attempt = _moment_of_text(sql, target, style)
        read = _year_first(sql, target, style)
        failure = f"tsql_moment_failure({read}, {quote(source)}, {quote(name)})" if old else _failure(value, 241)
    return Value(attempt if lenient else f"coalesce({attempt}, {failure})", target)


def _converted_constant(value: Value, target: SqlType, style: int | None) -> Value | None:
    """A literal converted at compile time, None unless its format is simple. It spares the run the conversion."""
    text = (value.constant or "").strip(" ")
    if value.constant is None or style is not None:
        return None
    if target.name in INTEGERS and re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        number = int(text)
        low, high = INTEGER_RANGES[target.name]
        if low <= number <= high:
            return _integer_constant(number, target)
    if target.name in ("date", "datetime", "datetime2"):
        parts = re.fullmatch(r"(\d{4})(\d\d)(\d\d)|(\d{4})-(\d\d)-(\d\d)", text, re.ASCII)
        if parts:
            year, month, day = (int(part) for part in parts.groups() if part)
            try:
                moment = date(year, month, day)
            except ValueError:
                return None
            if target.name == "datetime" and moment < DAYS["datetime"][0]:
                return None
            if target.name == "datetime" and "-" in text and not MONTH_BEFORE_DAY.get():
                return Value(f"tsql_old_day('{moment.isoformat()}')", target)
            word = "DATE" if target.name == "date" else "TIMESTAMP"
            return Value(f"{word} '{moment.isoformat()}'", target, cost=Cost.NAME)
    return None


def _to_text(value: Value, target: SqlType, style: int | None, *, lenient: bool, line: int) -> Value:
    source = value.type
    limit = target.length or 1
    cost = native(value)
    if source.name in TEXT:
        return _text_to_text(value, target, limit)
    if source.name in DECIMALS and source.precision == source.scale:  # DuckDB writes .5 for 0.5
        sql = f"regexp_replace(CAST({value.sql} AS VARCHAR), '^(-?)\\.', '\\10.')"
    elif source.name in INTEGERS | {"bit"} | DECIMALS:
        sql = f"CAST({value.sql} AS VARCHAR)"
    elif source.name in MONEY:
        if style not in (None, 0, 1, 2):
            raise unsupported(f"CONVERT of money with style {style}", line)
        places = 4 if style == 2 else 2
        pattern = "{:,.2f}" if style == 1 else "{:." + str(places) + "f}"
        exact = f"CAST({value.sql} AS DECIMAL(19,{places}))"
        sql = f"format('{pattern}', {exact})" if style == 1 else f"CAST({exact} AS VARCHAR)"
    elif source.name in APPROXIMATE:
        if style not in (None, 0, 1, 2, 3):
            raise unsupported(f"CONVERT of float with style {style}", line)
        sql, cost = f"tsql_float_to_text({value.sql}, {style or 0})", Cost.MACROS
    elif source.name in TEMPORAL:
        sql = date_text(value, style, line)
    elif source.name == "uniqueidentifier":
        sql = f"upper(CAST({value.sql} AS VARCHAR))"
    elif source.name in BINARY:
        if style in (1, 2):
            sql = f"hex({value.sql})" if style == 2 else f"('0x' || hex({value.sql}))"
        elif style in (None, 0):
            sql = f"{'tsql_decode_utf16' if target.name in UNICODE else 'tsql_decode_1252'}({value.sql})"
        else:
            raise unsupported(f"CONVERT from binary to text with style {style}", line)
    else:
        raise unsupported(f"The conversion from {source.name} to {target.name}", line)
    if source.name in INTEGERS:
        widest = max(len(str(limit)) for limit in INTEGER_RANGES[source.name])
    else:
        widest = text_length(source) if source.name in NUMBERS - APPROXIMATE - MONEY else 0
    if limit == MAX or (widest and widest <= limit):
        return _padded(Value(sql, target, cost=cost))
    if source.name in NUMBERS:
        kind = "numeric" if source.name in DECIMALS else "expression"
        # SQL Server writes an integer that does not fit a VARCHAR as '*', and raises 8115 for any other number or type.
        star = source.name in INTEGERS - {"bigint"} and target.name in ("varchar", "char")
        failure = raise_sql(8115, quote(kind), quote(target.name))
        if source.name in MONEY:
            failure = raise_sql(234, quote("money"), quote(target.name))
        elif source.name in APPROXIMATE:
            failure = raise_sql(232, quote(target.name), f"format('{{:.6f}}', {value.sql})")
        too_long = "'*'" if star else "NULL" if lenient else failure
        cost = cost if star or lenient else Cost.MACROS
        return _padded(Value(f"CASE WHEN length({sql}) > {limit} THEN {too_long} ELSE {sql} END", target, cost=cost))
    if source.name == "uniqueidentifier" and limit < 36:
        raise sql_error(8170, line=line)
    return _padded(Value(f"left({sql}, {limit})", target, cost=cost))


def _padded(value: Value) -> Value:
    # DuckDB has no CHAR(n): its values are stored with their trailing blanks.
    if value.type.name in FIXED_TEXT:
        length = value.type.length
        return Value(
            computed_once(lambda sql: f"tsql_pad({sql}, {length})", value), value.type, collation=value.collation
        )
    return value


def _text_to_text(value: Value, target: SqlType, limit: int) -> Value:
    known = value.type.length or 1
    if limit == MAX or (known != MAX and known <= limit):
        return _padded(Value(value.sql, target, value.constant, collation=value.collation, cost=value.cost))
    if value.constant is not None:  # cut now, at the cost of no run
        cut = utf16.left(value.constant, limit)
        return _padded(Value(quote(cut), target, constant=cut, collation=value.collation, cost=Cost.NAME))
    cut_to = "tsql_fit" if value.compares_by.supplementary else "tsql_left"
    sql = computed_once(lambda text: f"{cut_to}({text}, {limit})", value)
    return _padded(Value(sql, target, collation=value.collation))


def cut(value: Value, longest: int) -> Value:
    """A text of at most ``longest`` code units (or MAX), cut silently where it exceeds its type, as of + and CONCAT."""
    limit = value.type.length or 1
    if limit == MAX or longest <= limit:
        return value
    function = "tsql_fit" if value.compares_by.supplementary else "tsql_left"

    def fitted(sql: str) -> str:
        return f"CASE WHEN strlen({sql}) <= {limit} THEN {sql} ELSE {function}({sql}, {limit}) END"

    return Value(computed_once(fitted, value), value.type, collation=value.collation)


def _to_binary(value: Value, target: SqlType, line: int) -> Value:
    if value.type.name in BINARY:
        return _fitting_bytes(value, target)
    if value.type.name in INTEGERS | {"bit"}:
        # The last bytes remain where the target is shorter; a BINARY that is longer begins with zeros.
        size = TYPES[value.type.name].size
        length = size if target.length in (None, MAX) else target.length or 1
        width = length if target.name == "binary" else min(length, size)
        return Value(f"tsql_integer_bytes({value.sql}, {size}, {width})", target)
    if value.type.name == "uniqueidentifier":
        return _fitting_bytes(Value(f"tsql_guid_bytes(CAST({value.sql} AS VARCHAR))", target), target)
    raise unsupported(f"The conversion from {value.type.name} to {target.name}", line)


def _fitting_bytes(value: Value, target: SqlType) -> Value:
    """Binary data cut to the length of a type; a BINARY ends with zeros."""
    length = target.length or 1
    if length == MAX:
        return Value(value.sql, target, cost=value.cost)
    if target.name == "binary":
        return Value(f"tsql_bytes({value.sql} || repeat('\\x00'::BLOB, {length}), {length})", target)
    if value.type.name in BINARY and value.type is not target and MAX != (value.type.length or 1) <= length:
        return Value(value.sql, target, cost=value.cost)
    return Value(f"tsql_bytes({value.sql}, {length})", target)


def bytes_of_text(value: Value) -> str:
    """SQL of the bytes of a text: code page 1252, or UTF-16."""
    if value.type.name in UNICODE:
        return f"tsql_encode_utf16({value.sql})"
    return computed_once(
        lambda sql: f"CASE WHEN strlen({sql}) = length({sql}) THEN encode({sql}) ELSE tsql_encode_1252({sql}) END",
        value,
    )


_BINARY_LITERAL = re.compile(r"unhex\('(\w*)'\)")


def _from_binary(value: Value, target: SqlType, line: int) -> Value:
    if target.name == "uniqueidentifier":
        return Value(f"CAST(tsql_bytes_guid({value.sql}) AS UUID)", target)
    if target.name in INTEGERS:  # the last bytes are the number
        digits = 2 * TYPES[target.name].size
        if literal := _BINARY_LITERAL.fullmatch(value.sql):
            number = int(literal[1][-digits:] or "0", 16)
            _, high = INTEGER_RANGES[target.name]
            return _integer_constant(number if number <= high else number - 16**digits, target)
        return Value(f"CAST(tsql_bytes_integer({value.sql}, {digits}) AS {duckdb_type(target)})", target)
    raise unsupported(f"The conversion from {value.type.name} to {target.name}", line)


def _integer_constant(number: int, target: SqlType) -> Value:
    return Value(f"CAST({number} AS {duckdb_type(target)})", target, constant=str(number), cost=Cost.NAME)


def assign(value: Value, target: SqlType, *, table: str, column: str, line: int) -> Value:
    """A value converted to the type of the column that stores it; text or binary that does not fit raises 2628."""
    if target.name in BINARY and value.type.name in BINARY and target.length not in (None, MAX) and not value.null:
        failure = raise_sql(2628, quote(table), quote(column), quote(""))
        long = computed_once(
            lambda sql: f"CASE WHEN octet_length({sql}) > {target.length} THEN {failure} ELSE {sql} END", value
        )
        return convert(Value(long, SqlType("varbinary", length=MAX)), target, line=line)
    if value.null or target.name not in TEXT:
        return convert(value, target, line=line)
    # Other types become text of sufficient length first, so that 2628 can show it. Numbers raise 8115 instead.
    limit = target.length or 1
    text = value
    if not value.is_text:
        known = text_type(target.name, max(text_length(value.type), limit) if limit != MAX else MAX)
        text = convert(value, known, line=line)
        if value.type.name in NUMBERS:
            return convert(value, target, line=line)
    known_length = text.type.length or 1
    if limit == MAX or (known_length != MAX and known_length <= limit):
        return convert(text, target, line=line)

    def fitted(sql: str) -> str:
        """Cut trailing blanks that do not fit; raise 2628 if other characters do not."""
        # strlen counts bytes and is fast; a text never has more code units than bytes.
        return (
            f"CASE WHEN strlen({sql}) <= {limit} OR tsql_len({sql}) <= {limit} THEN {sql} "
            f"WHEN tsql_len(rtrim({sql}, ' ')) <= {limit} THEN tsql_left({sql}, {limit}) WHEN {sql} IS NOT NULL "
            f"THEN {raise_sql(2628, quote(table), quote(column), f'tsql_left({sql}, {limit})')} END"
        )

    return _padded(Value(computed_once(fitted, text), target, collation=text.collation))


_COMPARISONS = {
    "=": "equal to",
    "<>": "not equal to",
    "<": "less than",
    "<=": "less than or equal to",
    ">": "greater than",
    ">=": "greater than or equal to",
}


def comparable(operator: str, left: Value, right: Value, line: int) -> tuple[Value, Value]:
    """Both values as the type of higher precedence, for a comparison; raises 402 for a TIME and a DATETIME."""
    names = {left.type.name, right.type.name}
    if "time" in names and names & {"datetime", "smalldatetime"} and not left.null and not right.null:
        word = _COMPARISONS.get(operator, "is not")
        raise sql_error(402, left.type.name, right.type.name, word, line=line)
    if left.null and right.null:
        return left, right
    if left.null:
        return typed_null(right.type), right
    if right.null:
        return left, typed_null(left.type)
    if left.is_text and right.is_text:
        return left, right  # of any two lengths: they compare by their keys
    if left.type.name in NUMBERS and right.type.name in NUMBERS:
        return left, right  # no conversion: DuckDB compares numbers of two types by value
    if left.type == right.type or (left.type.name == right.type.name and left.type.name in SCALED):
        return left, right
    if left.type.name in BINARY and right.type.name in BINARY:  # of any two lengths, like text
        anything = SqlType("varbinary", length=MAX)
        return replace(left, type=anything), replace(right, type=anything)
    if precedence(left.type) >= precedence(right.type):
        return left, convert(right, _without_loss(left.type, right.type), line=line)
    return convert(left, _without_loss(right.type, left.type), line=line), right


def _without_loss(high: SqlType, low: SqlType) -> SqlType:
    """The type to which a comparison converts: a text of any length, a date or time as fine as can be."""
    if high.name in TEXT:
        return text_type("nvarchar" if high.name in UNICODE else "varchar", MAX)
    return SqlType(high.name, scale=7) if high.name in SCALED and low.name in TEMPORAL else high
