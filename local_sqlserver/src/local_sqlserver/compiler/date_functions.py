"""Date and time functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_sqlserver.compiler import dates
from local_sqlserver.compiler.conversions import convert
from local_sqlserver.compiler.names import Scope
from local_sqlserver.compiler.types import BIGINT, DATE, DATETIME, INT, NUMBERS, TEMPORAL, text_type
from local_sqlserver.compiler.values import Value, quote
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType

if TYPE_CHECKING:
    from local_sqlserver.compiler.expressions import ExpressionCompiler

_DATETIME2 = SqlType("datetime2", scale=7)

WITH_PART = {
    "DATEADD": 3,
    "DATEDIFF": 3,
    "DATEDIFF_BIG": 3,
    "DATEPART": 2,
    "DATENAME": 2,
    "DATETRUNC": 2,
    "DATE_BUCKET": 3,
}
"""Functions whose first argument is a date part, and how many arguments they take."""

PLAIN = {
    "YEAR": (1, 1),
    "MONTH": (1, 1),
    "DAY": (1, 1),
    "EOMONTH": (1, 2),
    "DATEFROMPARTS": (3, 3),
    "DATETIMEFROMPARTS": (7, 7),
    "DATETIME2FROMPARTS": (8, 8),
    "TIMEFROMPARTS": (5, 5),
    "ISDATE": (1, 1),
    "SWITCHOFFSET": (2, 2),
    "TODATETIMEOFFSET": (2, 2),
}
"""The others, with the least and the most arguments."""


def _moment(value: Value, line: int, *, time_too: bool = True) -> Value:
    """An argument as a date or time; text becomes DATETIME2, a number DATETIME."""
    if value.type.name in TEMPORAL and not value.null:
        return value
    if value.null or value.type.name in NUMBERS:
        return convert(value, DATETIME, line=line)
    return convert(value, _DATETIME2 if time_too else DATE, line=line)


def _timestamp(value: Value) -> str:
    """SQL of a date or time as a TIMESTAMP."""
    if value.type.name == "time":
        return f"(DATE '1900-01-01' + {value.sql})"
    if value.type.name == "date":
        return f"CAST({value.sql} AS TIMESTAMP)"
    return value.sql


def with_part(compiler: ExpressionCompiler, node: syntax.Call, scope: Scope) -> Value:
    """DATEADD, DATEDIFF, DATEPART, DATENAME, DATETRUNC."""
    name, line = node.name, node.line
    if len(node.arguments) != WITH_PART[name]:
        text = f"The {name.lower()} function requires {WITH_PART[name]} argument(s)."
        raise SqlError(174, text, severity=15, line=line)
    if name == "DATE_BUCKET":
        raise unsupported("DATE_BUCKET", line)
    first = node.arguments[0]
    if not isinstance(first, syntax.Column) or len(first.parts) != 1:
        text = f"Invalid parameter 1 specified for {name.lower()}."
        raise SqlError(1023, text, severity=15, line=line)
    part = dates.part_name(first.parts[0], name, line)
    rest = [compiler.expression(argument, scope) for argument in node.arguments[1:]]
    if name == "DATEADD":
        return _dateadd(part, rest[0], rest[1], line)
    if name in ("DATEDIFF", "DATEDIFF_BIG"):
        start, end = (_moment(value, line) for value in rest)
        if part in ("year", "quarter", "month", "week", "day", "dayofyear", "weekday") and (
            start.type.name == end.type.name == "date"
        ):
            first_sql, second_sql = start.sql, end.sql
        else:
            first_sql, second_sql = _timestamp(start), _timestamp(end)
        difference = dates.date_difference(part, first_sql, second_sql)
        if name == "DATEDIFF_BIG":
            return Value(difference, BIGINT)
        if part in ("year", "quarter", "month", "week", "day", "dayofyear", "weekday", "hour"):
            return Value(f"CAST({difference} AS INTEGER)", INT)
        return Value(f"tsql_datediff({difference})", INT)
    value = _moment(rest[0], line)
    _check_part(part, value.type, name, line)
    if name == "DATEPART":
        return Value(f"CAST({dates.date_part(part, _timestamp(value))} AS INTEGER)", INT)
    if name == "DATENAME":
        named = text_type("nvarchar", 30)
        if part == "month":
            return Value(f"monthname({value.sql})", named)
        if part == "weekday":
            return Value(f"dayname({value.sql})", named)
        return Value(f"CAST({dates.date_part(part, _timestamp(value))} AS VARCHAR)", named)
    truncated = dates.truncate(part, _timestamp(value))
    target = "DATE" if value.type.name == "date" else "TIME" if value.type.name == "time" else "TIMESTAMP"
    return Value(f"CAST({truncated} AS {target})", value.type)


def _check_part(part: str, declared: SqlType, name: str, line: int) -> None:
    """Raise 9810 where a type has no such part."""
    clock = part in ("hour", "minute", "second", "millisecond", "microsecond", "nanosecond")
    if (declared.name == "date" and clock and name != "DATENAME") or (declared.name == "time" and not clock):
        if declared.name == "date" and name == "DATEPART":
            text = f"The datepart {part} is not supported by date function datepart for data type date."
        else:
            text = (
                f"The datepart {part} is not supported by date function {name.lower()} for data type {declared.name}."
            )
        raise SqlError(9810, text, line=line)


def _dateadd(part: str, number: Value, value: Value, line: int) -> Value:
    moment = value
    if value.type.name not in TEMPORAL or value.null:
        moment = convert(value, DATETIME, line=line)
    _check_part(part, moment.type, "DATEADD", line)
    if number.type.name not in NUMBERS and not number.is_text:
        text = f"Argument data type {number.type.name} is invalid for argument 2 of dateadd function."
        raise SqlError(8116, text, line=line)
    amount = convert(number, INT, line=line, explicit=True).sql
    moved = dates.date_add(part, amount, _timestamp(moment))
    if moment.type.name == "date":
        return Value(f"tsql_date_result(CAST({moved} AS DATE))", moment.type)
    if moment.type.name == "time":
        return Value(f"CAST({moved} AS TIME)", moment.type)
    if moment.type.name == "datetime" and part == "millisecond":
        moved = f"tsql_datetime({moved})"
    return Value(f"tsql_timestamp_result({moved}, {quote(moment.type.name)})", moment.type)


def plain(name: str, arguments: list[Value], line: int) -> Value:
    """YEAR, MONTH, DAY, EOMONTH, DATEFROMPARTS and their kin."""
    if name in ("YEAR", "MONTH", "DAY"):
        value = _moment(arguments[0], line)
        return Value(f"CAST({name.lower()}({value.sql}) AS INTEGER)", INT)
    if name == "EOMONTH":
        value = _moment(arguments[0], line)
        moved = f"CAST({value.sql} AS DATE)"
        if len(arguments) == 2:
            moved = f"({moved} + to_months({convert(arguments[1], INT, line=line).sql}))"
        return Value(f"tsql_date_result(last_day({moved}))", DATE)
    if name == "ISDATE":
        value = arguments[0]
        if value.type.name in ("datetime", "smalldatetime"):
            return Value(f"CASE WHEN {value.sql} IS NULL THEN 0 ELSE 1 END", INT)
        if not value.is_text:
            if value.type.name in TEMPORAL:
                text = f"Argument data type {value.type.name} is invalid for argument 1 of isdate function."
                raise SqlError(8116, text, line=line)
            value = convert(value, text_type("varchar", 50), line=line)
        return Value(f"CAST(tsql_isdate({value.sql}) AS INTEGER)", INT)
    if name in ("SWITCHOFFSET", "TODATETIMEOFFSET"):
        raise unsupported(name, line)
    numbers = [convert(argument, INT, line=line).sql for argument in arguments]
    if name == "DATEFROMPARTS":
        return Value(f"tsql_date_from_parts({', '.join(numbers)})", DATE)
    year, month, day = numbers[:3] if len(numbers) > 5 else ("1900", "1", "1")
    clock = numbers[3:] if len(numbers) > 5 else numbers
    if name == "DATETIMEFROMPARTS":
        micros = f"({clock[3]} * 1000)"
        declared = DATETIME
    else:
        scale = arguments[-1].constant
        if scale is None:
            raise unsupported(f"{name} with a precision that is not a constant", line)
        micros = f"CAST({clock[3]} * pow(10, {6 - int(scale)}) AS INTEGER)"
        declared = SqlType("time" if name == "TIMEFROMPARTS" else "datetime2", scale=int(scale))
    parts = ", ".join((year, month, day, *clock[:3], micros))
    moment = f"tsql_timestamp_from_parts({parts}, {quote(declared.name)})"
    if declared.name == "time":
        return Value(f"CAST({moment} AS TIME)", declared)
    return Value(f"tsql_datetime({moment})" if declared is DATETIME else moment, declared)
