"""The operators + - * / % & | ^ ~ with T-SQL's result types."""

from __future__ import annotations

from local_sqlserver.collation import compared
from local_sqlserver.compiler.conversions import convert
from local_sqlserver.compiler.fragments import Cost, Value, native, quote, typed_null
from local_sqlserver.compiler.types import (
    FLOAT,
    INT,
    arithmetic_type,
    as_decimal,
    decimal,
    duckdb_type,
    precedence,
    text_length,
    text_type,
)
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.types import (
    APPROXIMATE,
    DATETIMES,
    DECIMALS,
    INTEGERS,
    MAX,
    MONEY,
    NUMBERS,
    TEMPORAL,
    UNICODE,
    SqlType,
)

_NAMES = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}


def concatenation(left: Value, right: Value, line: int) -> Value | None:
    """Text + text; None if an operand is neither text nor NULL, because + is arithmetic then."""
    if not (left.is_text or left.null) or not (right.is_text or right.null):
        return None
    if left.null or right.null:
        return typed_null((right if left.null else left).type)
    lengths = text_length(left.type), text_length(right.type)
    length = MAX if MAX in lengths else sum(lengths)
    name = "nvarchar" if {left.type.name, right.type.name} & UNICODE else "varchar"
    declared = text_type(name, length)
    collation = compared([left, right], "add", line)
    if left.constant is not None and right.constant is not None:
        text = left.constant + right.constant
        return Value(quote(text), declared, text, collation=collation, cost=Cost.NAME)
    return Value(f"({left.sql} || {right.sql})", declared, collation=collation, cost=native(left, right))


def negate(operator: str, value: Value, line: int) -> Value:
    """-x, +x and ~x."""
    if operator == "+" or value.null:
        return value
    if operator == "~":
        if value.type.name == "bit":
            return Value(f"(1 - {value.sql})", value.type)
        if value.type.name not in INTEGERS:
            raise sql_error(8117, value.type.name, "'~'", line=line)
        return Value(f"(~{value.sql})", value.type)
    if value.type.name not in NUMBERS - {"bit"}:
        raise sql_error(8117, value.type.name, "minus", line=line)
    if value.type.name == "tinyint":  # it has no negative values
        value = convert(value, SqlType("smallint"), line=line)
    constant = None
    if value.constant is not None:
        constant = value.constant[1:] if value.constant.startswith("-") else f"-{value.constant}"
    return Value(f"(-{value.sql})", value.type, constant=constant, cost=native(value))


def _incompatible(left: Value, right: Value, operator: str, line: int) -> SqlError:
    return sql_error(402, left.type.name, right.type.name, _NAMES.get(operator, operator), line=line)


def arithmetic(operator: str, left: Value, right: Value, line: int) -> Value:
    """The result of an operator over numbers and datetimes."""
    if left.null and right.null:
        return typed_null(INT)
    if left.null:
        left = typed_null(right.type)
    if right.null:
        right = typed_null(left.type)
    if left.type.name in TEMPORAL or right.type.name in TEMPORAL:
        return _datetimes(operator, left, right, line)
    if left.is_text and right.is_text:
        raise _incompatible(left, right, operator, line)
    if left.is_text and right.type.name in NUMBERS:
        left = convert(left, right.type, line=line)
    elif right.is_text and left.type.name in NUMBERS:
        right = convert(right, left.type, line=line)
    for side in (left, right):
        if side.type.name not in NUMBERS:
            raise sql_error(8117, side.type.name, _NAMES.get(operator, operator), line=line)
    if operator in "&|^":
        return _bits(operator, left, right, line)
    if left.type.name in APPROXIMATE or right.type.name in APPROXIMATE:
        return _floats(operator, left, right, line)
    if left.type.name in MONEY or right.type.name in MONEY:
        return _money(operator, left, right)
    if left.type.name in DECIMALS or right.type.name in DECIMALS:
        return _decimals(operator, left, right)
    if left.type.name == right.type.name == "bit":
        raise _incompatible(left, right, operator, line)
    declared = left.type if precedence(left.type) >= precedence(right.type) else right.type
    one, two = (_widened(side, declared) for side in (left, right))
    symbol = "//" if operator == "/" else operator  # DuckDB's / divides integers as DOUBLE
    return Value(f"({one} {symbol} {two})", declared, cost=native(left, right))


def _widened(value: Value, declared: SqlType) -> str:
    """SQL of an operand cast to the result's type, because DuckDB computes and overflows in the operands' type."""
    if value.type == declared:
        return value.sql
    return f"CAST({value.sql} AS {duckdb_type(declared)})"


def _bits(operator: str, left: Value, right: Value, line: int) -> Value:
    for side in (left, right):
        if side.type.name not in INTEGERS | {"bit"}:
            raise sql_error(8117, side.type.name, f"'{operator}'", line=line)
    declared = left.type if precedence(left.type) >= precedence(right.type) else right.type
    one, two = (_widened(side, declared) for side in (left, right))
    if operator == "^":
        return Value(f"xor({one}, {two})", declared)
    return Value(f"({one} {operator} {two})", declared)


def _floats(operator: str, left: Value, right: Value, line: int) -> Value:
    if operator == "%":
        side = left if left.type.name in APPROXIMATE else right
        raise sql_error(8117, side.type.name, "modulo", line=line)
    real = left.type.name == right.type.name == "real"
    declared = SqlType("real") if real else FLOAT
    one, two = (_widened(side, declared) for side in (left, right))
    if operator == "/":
        return Value(f"tsql_divide({one}, {two})", declared)
    return Value(f"({one} {operator} {two})", declared)


def _exact(value: Value) -> SqlType:
    """The decimal type of an operand; an integer constant has the precision of its digits."""
    if value.constant is not None and value.type.name in INTEGERS:
        return decimal(len(value.constant.lstrip("-")), 0)
    return as_decimal(value.type)


def _decimals(operator: str, left: Value, right: Value) -> Value:
    one, two = _exact(left), _exact(right)
    declared = arithmetic_type(operator, one, two)
    first, second = (
        f"CAST({side.sql} AS {duckdb_type(exact)})" if side.type != exact else side.sql
        for side, exact in ((left, one), (right, two))
    )
    if operator == "/":
        return Value(divide_exactly(first, one, second, two, declared), declared)
    # DuckDB multiplies at the sum of both scales, which no DECIMAL can have above 38.
    if operator == "*" and (one.scale or 0) + (two.scale or 0) > 38:
        first, second = f"CAST({first} AS DOUBLE)", f"CAST({second} AS DOUBLE)"
    return Value(f"CAST({first} {operator} {second} AS {duckdb_type(declared)})", declared)


def divide_exactly(first: str, one: SqlType, second: str, two: SqlType, declared: SqlType) -> str:
    """SQL of a decimal division; digits beyond the scale are cut off.

    It divides integers, because DuckDB divides decimals as DOUBLE.
    """
    # Both sides become integers. The numerator is scaled by the scale of the result plus that of the denominator.
    scale = declared.scale or 0
    shift = scale + (two.scale or 0)
    numerator = f"(CAST({first} * {_power(one.scale or 0)} AS HUGEINT) * {_power_integer(shift - (one.scale or 0))})"
    denominator = f"CAST({second} * {_power(two.scale or 0)} AS HUGEINT)"
    quotient = f"CAST({numerator} // {denominator} AS DECIMAL({38 - scale},0))"
    unit = "CAST(1 AS DECIMAL(1,0))" if scale == 0 else f"CAST('0.{'0' * (scale - 1)}1' AS DECIMAL({scale},{scale}))"
    return f"CAST({quotient} * {unit} AS {duckdb_type(declared)})"


def _power(exponent: int) -> str:
    return f"CAST(1{'0' * exponent} AS DECIMAL({exponent + 1},0))"


def _power_integer(exponent: int) -> str:
    return f"CAST('1{'0' * max(exponent, 0)}' AS HUGEINT)"


def _money(operator: str, left: Value, right: Value) -> Value:
    declared = SqlType("money")
    if "smallmoney" in (left.type.name, right.type.name) and left.type.name not in MONEY - {"smallmoney"}:
        declared = SqlType("smallmoney") if right.type.name in INTEGERS | {"smallmoney", "bit"} else declared
    if {left.type.name, right.type.name} & DECIMALS:
        return _decimals(operator, left, right)
    one, two = as_decimal(left.type), as_decimal(right.type)
    if operator == "/":
        first = f"CAST({left.sql} AS {duckdb_type(one)})"
        second = f"CAST({right.sql} AS {duckdb_type(two)})"
        return Value(divide_exactly(first, one, second, two, decimal(19, 4)), declared)
    return Value(f"CAST({left.sql} {operator} {right.sql} AS DECIMAL(19,4))", declared)


def _datetimes(operator: str, left: Value, right: Value, line: int) -> Value:
    """Datetime ± number of days; DATE, TIME and DATETIME2 refuse arithmetic."""
    for side, other in ((left, right), (right, left)):
        if side.type.name in TEMPORAL - {"datetime", "smalldatetime"}:
            if operator not in "+-":
                raise sql_error(8117, side.type.name, _NAMES.get(operator, operator), line=line)
            if other.type.name in NUMBERS:
                raise sql_error(206, left.type.name, right.type.name, line=line)
            raise _incompatible(left, right, operator, line)
    if operator not in "+-":
        bad = left if left.type.name in TEMPORAL else right
        raise sql_error(8117, bad.type.name, _NAMES.get(operator, operator), line=line)
    if left.type.name in DATETIMES and right.type.name in DATETIMES:
        raise unsupported("Arithmetic between two datetimes", line)
    moment, days = (left, right) if left.type.name in DATETIMES else (right, left)
    if days.is_text:
        raise unsupported("Arithmetic between a datetime and text", line)
    if days.type.name in INTEGERS | {"bit"}:
        shift = f"to_days(CAST({days.sql} AS INTEGER))"
    else:
        shift = f"to_microseconds(CAST(round(CAST({days.sql} AS DOUBLE) * 86400000000) AS BIGINT))"
    if operator == "-" and moment is right:
        raise unsupported("A number minus a datetime", line)
    return Value(f"tsql_datetime_in_range(tsql_datetime({moment.sql} {operator} {shift}))", moment.type)
