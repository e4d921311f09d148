"""Functions of dates and times. A week begins on the day of SET DATEFIRST."""

from __future__ import annotations

import time

from local_sqlserver.compiler.conversions import convert
from local_sqlserver.compiler.fragments import Value, key_value, quote, raise_sql
from local_sqlserver.compiler.functions.registry import Call, Theme
from local_sqlserver.compiler.types import BIGINT, DATE, DATETIME, INT, duckdb_type, text_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import INTEGERS, NUMBERS, TEMPORAL, SqlType, digits

dates = Theme("dates")

_PARTS = {
    "YEAR": "year", "YY": "year", "YYYY": "year",
    "QUARTER": "quarter", "QQ": "quarter", "Q": "quarter",
    "MONTH": "month", "MM": "month", "M": "month",
    "DAYOFYEAR": "dayofyear", "DY": "dayofyear", "Y": "dayofyear",
    "DAY": "day", "DD": "day", "D": "day",
    "WEEK": "week", "WK": "week", "WW": "week",
    "WEEKDAY": "weekday", "DW": "weekday", "W": "weekday",
    "ISO_WEEK": "iso_week", "ISOWK": "iso_week", "ISOWW": "iso_week",
    "HOUR": "hour", "HH": "hour",
    "MINUTE": "minute", "MI": "minute", "N": "minute",
    "SECOND": "second", "SS": "second", "S": "second",
    "MILLISECOND": "millisecond", "MS": "millisecond",
    "MICROSECOND": "microsecond", "MCS": "microsecond",
    "NANOSECOND": "nanosecond", "NS": "nanosecond",
    "TZOFFSET": "tzoffset", "TZ": "tzoffset",
}  # fmt: skip

_DATETIME2 = SqlType("datetime2", scale=7)
FIRST_DAY = "coalesce(getvariable('tsql_datefirst'), 7)"
"""SQL of SET DATEFIRST, from 1 for Monday: views compute with that of the session that reads them."""

_DAYS_AND_MORE = ("year", "quarter", "month", "week", "day", "dayofyear", "weekday")
_CLOCK = ("hour", "minute", "second", "millisecond", "microsecond", "nanosecond")


def _part(call: Call) -> str:
    """The date part that the first argument names; raises 1023 for anything but a name, 155 for an unknown one."""
    first = call.node.arguments[0]
    if not isinstance(first, syntax.Column) or len(first.parts) != 1:
        raise sql_error(1023, 1, call.name.lower(), line=call.line)
    part = _PARTS.get(first.parts[0].upper())
    if part is None:
        raise sql_error(155, first.parts[0], call.name.lower(), line=call.line)
    return part


def _compiled(call: Call, position: int) -> Value:
    """An argument (from 0) of a call whose first argument is a date part and therefore not an expression."""
    return call.compiler.expression(call.node.arguments[position], call.scope)


def _moment(value: Value, line: int) -> Value:
    """A value as a date or time; text becomes DATETIME2, a number DATETIME."""
    if value.type.name in TEMPORAL and not value.null:
        return value
    if value.null or value.type.name in NUMBERS:
        return convert(value, DATETIME, line=line)
    return convert(value, _DATETIME2, line=line)


def _timestamp(value: Value) -> str:
    """SQL of a date or time as a TIMESTAMP."""
    if value.type.name == "time":
        return f"(DATE '1900-01-01' + {value.sql})"
    if value.type.name == "date":
        return f"CAST({value.sql} AS TIMESTAMP)"
    if value.type.name == "datetimeoffset":
        return f"tsql_local({value.sql})"
    return value.sql


def _minutes(value: Value) -> str:
    """SQL of the offset of a DATETIMEOFFSET."""
    return f"struct_extract({value.sql}, 'minutes')"


def _same_offset(value: Value, moved: str) -> Value:
    """A local TIMESTAMP that was computed from a DATETIMEOFFSET, as one of the same offset."""
    return Value(f"tsql_at({moved}, {_minutes(value)})", value.type)


def _check_part(part: str, declared: SqlType, call: Call) -> None:
    """Raise 9810 if a type, or the function for this type, has no such date part."""
    digits_of = {"millisecond": 3, "microsecond": 6}
    if (declared.name == "date" and part in _CLOCK and call.name != "DATENAME") or (
        (declared.name == "time" and part not in _CLOCK)
        or (part == "tzoffset" and (declared.name != "datetimeoffset" or call.name not in ("DATEPART", "DATENAME")))
        or (call.name == "DATEADD" and part == "iso_week")
        or (
            call.name == "DATEADD"
            and part in ("microsecond", "nanosecond")
            and declared.name in ("datetime", "smalldatetime")
        )
        or (
            call.name == "DATETRUNC"
            and (part in ("weekday", "nanosecond") or digits_of.get(part, 0) > digits(declared)[1])
        )
    ):
        function = call.name.lower()
        raise sql_error(9810, part, function, declared.name, line=call.line)


@dates.scalar("DATEADD", least=3)
def _dateadd(call: Call) -> Value:
    part, number, value = _part(call), _compiled(call, 1), _compiled(call, 2)
    moment = value
    if value.type.name not in TEMPORAL or value.null:
        moment = convert(value, DATETIME, line=call.line)
    _check_part(part, moment.type, call)
    if number.type.name not in NUMBERS:
        raise sql_error(8116, number.type.name, 2, "dateadd", line=call.line)
    amount = convert(number, INT, line=call.line, explicit=True).sql
    moved = _add(part, amount, _timestamp(moment))
    if moment.type.name == "date":
        return Value(f"tsql_date_result(CAST({moved} AS DATE))", moment.type)
    if moment.type.name == "time":
        return Value(f"CAST({moved} AS TIME)", moment.type)
    if moment.type.name == "datetimeoffset":
        return _same_offset(moment, moved)
    if moment.type.name == "datetime" and part == "millisecond":
        moved = f"tsql_datetime({moved})"
    if moment.type.name == "smalldatetime" and part in ("second", "millisecond"):
        moved = f"date_trunc('minute', {moved} + INTERVAL 30 SECOND)"
    return Value(f"tsql_timestamp_result({moved}, {quote(moment.type.name)})", moment.type)


def _boundaries(call: Call) -> tuple[str, str]:
    """The date part of DATEDIFF, and SQL of the number of its boundaries between the two arguments."""
    part = _part(call)
    start, end = (_moment(_compiled(call, position), call.line) for position in (1, 2))
    if part in _DAYS_AND_MORE and start.type.name == end.type.name == "date":
        return part, _difference(part, start.sql, end.sql)
    if part == "tzoffset":
        raise sql_error(9810, part, call.name.lower(), start.type.name, line=call.line)
    if part == "iso_week":
        raise sql_error(9806, part, call.name.lower(), line=call.line)
    if part in ("microsecond", "nanosecond"):
        start, end = _in_thirds(start, call.line), _in_thirds(end, call.line)
    if "datetimeoffset" in (start.type.name, end.type.name):  # it counts in UTC
        offset = SqlType("datetimeoffset", scale=7)
        start, end = (key_value(convert(moment, offset, line=call.line)) for moment in (start, end))
    return part, _difference(part, _timestamp(start), _timestamp(end))


@dates.scalar("DATEDIFF", least=3, result=INT)
def _datediff(call: Call) -> str:
    part, difference = _boundaries(call)
    if part in (*_DAYS_AND_MORE, "hour"):  # between no two dates do these overflow an INT
        return f"CAST({difference} AS INTEGER)"
    return f"tsql_datediff({difference})"


@dates.scalar("DATEDIFF_BIG", least=3, result=BIGINT)
def _datediff_big(call: Call) -> str:
    part, difference = _boundaries(call)
    if part != "nanosecond":
        return difference
    failed = raise_sql(535, quote("datediff_big"), quote("datediff_big"))
    return f"coalesce(TRY_CAST({difference} AS BIGINT), {failed})"


def _part_of_moment(call: Call) -> tuple[str, Value]:
    """The date part of a call, and its date or time argument; raises 9810."""
    part = _part(call)
    value = _compiled(call, 1)
    if part == "tzoffset" and value.is_text:
        value = convert(value, SqlType("datetimeoffset", scale=7), line=call.line)
    value = _moment(value, call.line)
    _check_part(part, value.type, call)
    if part in ("microsecond", "nanosecond") and call.name != "DATETRUNC":
        value = _in_thirds(value, call.line)
    return part, value


def _in_thirds(value: Value, line: int) -> Value:
    """A DATETIME with the exact value of its ticks, which are thirds of 10 ms; any other value as it is."""
    return convert(value, _DATETIME2, line=line) if value.type.name == "datetime" else value


@dates.scalar("DATEPART", least=2, result=INT)
def _datepart(call: Call) -> str:
    part, value = _part_of_moment(call)
    if part == "tzoffset":
        return f"CAST({_minutes(value)} AS INTEGER)"
    return f"CAST({_date_part(part, _timestamp(value))} AS INTEGER)"


@dates.scalar("DATENAME", least=2, result=text_type("nvarchar", 30))
def _datename(call: Call) -> str:
    part, value = _part_of_moment(call)
    if part == "tzoffset":
        return f"tsql_zone_text({_minutes(value)})"
    if part == "month":
        return f"monthname({_timestamp(value)})"
    if part == "weekday":
        return f"dayname({_timestamp(value)})"
    return f"CAST({_date_part(part, _timestamp(value))} AS VARCHAR)"


@dates.scalar("DATETRUNC", least=2)
def _datetrunc(call: Call) -> Value:
    part, value = _part_of_moment(call)
    moment = _truncated(part, _timestamp(value))
    if part in ("week", "iso_week"):  # the week of a type's first day begins before it
        moment = f"tsql_truncated({moment}, {quote(value.type.name)})"
    if value.type.name == "datetimeoffset":
        return _same_offset(value, moment)
    target = "DATE" if value.type.name == "date" else "TIME" if value.type.name == "time" else "TIMESTAMP"
    return Value(f"CAST({moment} AS {target})", value.type)


@dates.scalar("YEAR", "MONTH", "DAY", least=1, result=INT)
def _year(call: Call) -> str:
    return f"CAST({call.name.lower()}({_timestamp(_moment(call.arguments[0], call.line))}) AS INTEGER)"


@dates.scalar("EOMONTH", least=1, most=2, result=DATE)
def _eomonth(call: Call) -> str:
    moved = f"CAST({_timestamp(_moment(call.arguments[0], call.line))} AS DATE)"
    if len(call.arguments) == 2:
        moved = f"({moved} + to_months({call.converted(1, INT).sql}))"
    return f"tsql_date_result(last_day({moved}))"


@dates.scalar("ISDATE", least=1, result=INT)
def _isdate(call: Call) -> str:
    value = call.arguments[0]
    if value.type.name in ("datetime", "smalldatetime"):
        return f"CASE WHEN {value.sql} IS NULL THEN 0 ELSE 1 END"
    if not value.is_text:
        if value.type.name in TEMPORAL:
            raise call.invalid_argument(0)
        value = call.converted(0, text_type("varchar", 50))
    return f"CAST(tsql_isdate({value.sql}) AS INTEGER)"


@dates.scalar("DATEFROMPARTS", least=3, result=DATE)
def _datefromparts(call: Call) -> str:
    return f"tsql_date_from_parts({', '.join(_integers(call))})"


@dates.scalar("DATETIMEFROMPARTS", least=7, result=DATETIME)
def _datetimefromparts(call: Call) -> str:
    *parts, milliseconds = _integers(call)
    return f"tsql_datetime({_from_parts(parts, f'({milliseconds} * 1000)', DATETIME)})"


@dates.scalar("DATETIME2FROMPARTS", least=8)
def _datetime2fromparts(call: Call) -> Value:
    declared = SqlType("datetime2", scale=_scale(call))
    *parts, fraction, _ = _integers(call)
    return Value(_from_parts(parts, _microseconds(fraction, _scale(call)), declared), declared)


@dates.scalar("SMALLDATETIMEFROMPARTS", least=5, result=SqlType("smalldatetime"))
def _smalldatetimefromparts(call: Call) -> str:
    return _from_parts([*_integers(call), "0"], "0", SqlType("smalldatetime"))


@dates.scalar("DATETIMEOFFSETFROMPARTS", least=10)
def _datetimeoffsetfromparts(call: Call) -> Value:
    declared = SqlType("datetimeoffset", scale=_scale(call))
    *parts, fraction, hours, minutes, _ = _integers(call)
    local = _from_parts(parts, _microseconds(fraction, _scale(call)), declared)
    return Value(f"tsql_at({local}, tsql_offset_from_parts({hours}, {minutes}))", declared)


@dates.scalar("SWITCHOFFSET", "TODATETIMEOFFSET", least=2)
def _offset(call: Call) -> Value:
    value, zone = call.arguments
    if zone.is_text:
        minutes = f"tsql_given_zone(trim({zone.sql}, ' '), {quote(call.name.lower())})"
    elif zone.type.name in INTEGERS | {"bit"} or zone.null:
        minutes = f"tsql_given_minutes({call.converted(1, INT).sql}, {quote(call.name.lower())})"
    else:
        raise call.invalid_argument(1)
    scale = digits(value.type)[1] if value.type.name in TEMPORAL and not value.null else 7
    declared = SqlType("datetimeoffset", scale=scale)
    if call.name == "SWITCHOFFSET":
        instant = key_value(call.converted(0, declared)).sql
        return Value(f"tsql_offset({instant}, {minutes})", declared)
    local = _timestamp(value) if value.type.name == "datetimeoffset" else call.converted(0, _DATETIME2).sql
    if value.type.name == "datetime":
        local = _timestamp(value)
    return Value(f"tsql_at({local}, {minutes})", declared)


@dates.scalar("CURRENT_TIMEZONE", "CURRENT_TIMEZONE_ID", least=0, result=text_type("varchar", 128))
def _current_timezone(call: Call) -> str:
    if time.strftime("%Z") != "UTC":
        raise unsupported(f"{call.name} of a server that is not in UTC", call.line)
    return quote("UTC" if call.name == "CURRENT_TIMEZONE_ID" else "(UTC) Coordinated Universal Time")


_BUCKETS = {
    "day": 86_400_000, "week": 604_800_000, "hour": 3_600_000, "minute": 60_000, "second": 1_000, "millisecond": 1
}  # fmt: skip
"""By date part, its milliseconds."""


@dates.scalar("DATE_BUCKET", least=3, most=4)
def _date_bucket(call: Call) -> Value:
    part, number, value = _part(call), _compiled(call, 1), _moment(_compiled(call, 2), call.line)
    months = {"month": 1, "quarter": 3, "year": 12}.get(part)
    if months is None and part not in _BUCKETS:
        raise sql_error(9810, part, "date_bucket", value.type.name, line=call.line)
    _check_part(part, value.type, call)
    if value.type.name == "datetimeoffset":
        raise unsupported("DATE_BUCKET of datetimeoffset", call.line)
    origin = "TIMESTAMP '1900-01-01'"
    if len(call.node.arguments) == 4:
        given = _compiled(call, 3)
        if given.type.name in TEMPORAL and given.type.name != value.type.name:
            raise unsupported("DATE_BUCKET with an origin of another type", call.line)
        origin = _timestamp(convert(given, value.type, line=call.line))
    width = convert(number, BIGINT, line=call.line).sql
    if months is not None:
        started = f"tsql_month_bucket({_timestamp(value)}, {origin}, tsql_bucket_width({width}) * {months})"
    else:
        microseconds = _BUCKETS[part] * 1000
        started = f"tsql_bucket({_timestamp(value)}, {origin}, tsql_bucket_width({width}) * {microseconds})"
    return Value(_as_type(started, value.type), value.type)


def _as_type(sql: str, declared: SqlType) -> str:
    """SQL of a TIMESTAMP as the DuckDB type of a date or time."""
    return f"CAST({sql} AS {duckdb_type(declared)})"


@dates.scalar("TIMEFROMPARTS", least=5)
def _timefromparts(call: Call) -> Value:
    declared = SqlType("time", scale=_scale(call))
    *parts, fraction, _ = _integers(call)
    moment = _from_parts(["1900", "1", "1", *parts], _microseconds(fraction, _scale(call)), declared)
    return Value(f"CAST({moment} AS TIME)", declared)


def _integers(call: Call) -> list[str]:
    return [convert(argument, INT, line=call.line).sql for argument in call.arguments]


def _scale(call: Call) -> int:
    """The scale of the result, which the last argument gives."""
    scale = call.arguments[-1].constant
    if scale is None:
        raise sql_error(10760, call.name.lower().removesuffix("fromparts"), line=call.line)
    return int(scale)


def _microseconds(fraction: str, scale: int) -> str:
    return f"({fraction} // 10)" if scale == 7 else f"({fraction} * {10 ** (6 - scale)})"


def _from_parts(parts: list[str], microseconds: str, declared: SqlType) -> str:
    return f"tsql_timestamp_from_parts({', '.join((*parts, microseconds))}, {quote(declared.name)})"


def _date_part(part: str, sql: str) -> str:
    """DATEPART of a TIMESTAMP or DATE."""
    if part == "weekday":
        return f"({_days_of_week(sql)} + 1)"
    if part == "week":  # week 1 begins on 1 January, each further one on the first day of a week
        start = f"date_trunc('year', {sql})"
        return f"((date_part('doy', {sql}) - 1 + {_days_of_week(start)}) // 7 + 1)"
    if part == "iso_week":
        return f"date_part('week', {sql})"
    if part == "dayofyear":
        return f"date_part('doy', {sql})"
    if part == "millisecond":
        return f"(date_part('microsecond', {sql}) % 1000000 // 1000)"
    if part == "microsecond":
        return f"(date_part('microsecond', {sql}) % 1000000)"
    if part == "nanosecond":
        return f"(date_part('microsecond', {sql}) % 1000000 * 1000)"
    return f"date_part('{part}', {sql})"


def _days_of_week(sql: str) -> str:
    """The days of its week before a day."""
    return f"((date_part('dow', {sql}) + 7 - {FIRST_DAY}) % 7)"


def _difference(part: str, start: str, end: str) -> str:
    """DATEDIFF: the number of boundaries of the part between two TIMESTAMPs, as BIGINT."""
    if part == "week":  # boundaries lie before Sundays, whatever DATEFIRST is; 0001-01-07 was one
        first, last = (f"(date_diff('day', DATE '0001-01-07', CAST({sql} AS DATE)) + 7) // 7" for sql in (start, end))
        return f"({last} - {first})"
    if part == "nanosecond":
        return f"(CAST(date_diff('microsecond', {start}, {end}) AS HUGEINT) * 1000)"
    unit = {"dayofyear": "day", "weekday": "day", "iso_week": "week"}.get(part, part)
    return f"date_diff('{unit}', {start}, {end})"


def _add(part: str, number: str, sql: str) -> str:
    """DATEADD as a TIMESTAMP; ``number`` is an INTEGER."""
    functions = {
        "year": "to_years", "month": "to_months", "day": "to_days", "dayofyear": "to_days", "weekday": "to_days",
        "hour": "to_hours", "minute": "to_minutes", "second": "to_seconds", "millisecond": "to_milliseconds",
        "microsecond": "to_microseconds",
    }  # fmt: skip
    if part == "quarter":
        return f"({sql} + to_months({number} * 3))"
    if part in ("week", "iso_week"):
        return f"({sql} + to_days({number} * 7))"
    if part == "nanosecond":
        return f"({sql} + to_microseconds({number} // 1000))"
    return f"({sql} + {functions[part]}({number}))"


def _truncated(part: str, sql: str) -> str:
    """DATETRUNC as a TIMESTAMP."""
    if part == "week":
        return f"(date_trunc('day', {sql}) - to_days(CAST({_days_of_week(sql)} AS INTEGER)))"
    unit = {"dayofyear": "day", "iso_week": "week"}.get(part, part)
    return f"date_trunc('{unit}', {sql})"
