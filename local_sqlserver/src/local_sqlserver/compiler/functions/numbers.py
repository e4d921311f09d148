"""Functions of mathematics."""

from __future__ import annotations

from local_sqlserver.compiler.arithmetic import by_python, rescaled, unscaled
from local_sqlserver.compiler.conversions import convert
from local_sqlserver.compiler.fragments import Value, computed_once, finite, quote, raise_sql, typed_null
from local_sqlserver.compiler.functions.registry import Call, Theme
from local_sqlserver.compiler.types import BIGINT, BIT, FLOAT, INT, as_decimal, decimal, duckdb_type
from local_sqlserver.errors import unsupported
from local_sqlserver.types import APPROXIMATE, BINARY, DECIMALS, INTEGERS, MONEY, NUMBERS, TYPES, SqlType

numbers = Theme("mathematics")


def number(call: Call, position: int) -> Value:
    """A numeric argument (from 0) as the type in which functions compute. Raises 8116 for other types.

    Text, BIT and REAL become FLOAT, short integers INT and SMALLMONEY MONEY (source: "SIGN" and "POWER", return types).
    """
    value = call.arguments[position]
    if value.null:
        return typed_null(INT)
    if value.type.name not in NUMBERS and not value.is_text:
        raise call.invalid_argument(position)
    if value.is_text or value.type.name in ("bit", "real"):
        return convert(value, FLOAT, line=call.line)
    if value.type.name in ("tinyint", "smallint"):
        return Value(f"CAST({value.sql} AS INTEGER)", INT)
    return convert(value, SqlType("money"), line=call.line) if value.type.name == "smallmoney" else value


def _float(call: Call, position: int = 0) -> str:
    return convert(number(call, position), FLOAT, line=call.line).sql


@numbers.scalar("ABS", least=1)
def _abs(call: Call) -> Value:
    value = number(call, 0)
    if value.type.name not in INTEGERS:
        return Value(f"abs({value.sql})", value.type)
    # The lowest integer has no counterpart in its type; the CAST back raises 8115.
    return Value(f"CAST(abs(CAST({value.sql} AS HUGEINT)) AS {duckdb_type(value.type)})", value.type)


@numbers.scalar("SIGN", least=1)
def _sign(call: Call) -> Value:
    value = number(call, 0)
    return Value(f"CAST(sign({value.sql}) AS {duckdb_type(value.type)})", value.type)


@numbers.scalar("CEILING", "FLOOR", least=1)
def _whole_number(call: Call) -> Value:
    value = number(call, 0)
    if value.type.name in INTEGERS:
        return value
    declared = value.type
    if declared.name in DECIMALS:
        declared = decimal(declared.precision or 18, 0, declared)
    function = "ceil" if call.name == "CEILING" else "floor"
    return Value(f"CAST({function}({value.sql}) AS {duckdb_type(declared)})", declared)


@numbers.scalar("ROUND", least=2, most=3)
def _round(call: Call) -> Value:
    value, arguments = number(call, 0), call.arguments
    cut = False
    if len(arguments) == 3:
        function = call.converted(2, INT).constant
        if function is None:
            raise unsupported("ROUND with a function argument that is not a constant", call.line)
        cut = int(function) != 0
    places = call.converted(1, INT)
    known = int(places.constant) if places.constant is not None else None
    declared = value.type
    target = duckdb_type(declared)
    digits = places.sql
    if declared.name in APPROXIMATE:
        if not cut:
            return Value(f"tsql_round_float({value.sql}, {digits})", declared)
        return Value(f"(trunc({value.sql} * pow(10.0, {digits})) / pow(10.0, {digits}))", declared)
    if declared.name in INTEGERS:
        if known is not None and known >= 0:
            return value
        if cut:
            return Value(f"CAST(tsql_truncate_integer({value.sql}, {digits}) AS {target})", declared)
        # HUGEINT, because rounding up may exceed the type; the CAST back then raises 8115.
        return Value(f"CAST(round(CAST({value.sql} AS HUGEINT), {digits}) AS {target})", declared)
    if known is None:
        raise unsupported("ROUND of a decimal to places that are not a constant", call.line)
    scale = 4 if declared.name in MONEY else declared.scale or 0
    if known >= scale:
        return value
    if known >= 0 and not cut:
        return Value(f"CAST(round({value.sql}, {known}) AS {target})", declared)
    # In whole units of the last place that remains; DuckDB's round() of other decimals is a DOUBLE.
    exact = as_decimal(declared)
    if scale - known > 37:
        return Value(f"CASE WHEN {value.sql} IS NOT NULL THEN CAST(0 AS {target}) END", declared)

    def rounded(sql: str) -> str:
        whole, unit = unscaled(sql, exact), f"CAST('1{'0' * (scale - known)}' AS HUGEINT)"
        if not cut:
            whole = f"({whole} + sign({sql}) * ({unit} // 2))"
        return rescaled(f"({whole} // {unit} * {unit})", exact)

    return Value(f"CAST({computed_once(rounded, value)} AS {target})", declared)


@numbers.scalar("POWER", least=2)
def _power(call: Call) -> Value:
    value = number(call, 0)
    base, exponent = convert(value, FLOAT, line=call.line), call.converted(1, FLOAT)
    result = finite(computed_once(lambda *both: f"tsql_power({', '.join(both)})", base, exponent))
    if value.type.name in INTEGERS:
        return Value(f"CAST(trunc({result}) AS {duckdb_type(value.type)})", value.type)
    declared = value.type
    if declared.name in DECIMALS:
        declared = decimal(38, declared.scale or 0, declared)
    return Value(f"CAST({result} AS {duckdb_type(declared)})", declared)


_DOMAINS = {
    "SQRT": "{0} < 0",
    "LOG": "{0} <= 0",
    "LOG10": "{0} <= 0",
    "LOG of a base": "{0} <= 0 OR {0} = 1",
    "ASIN": "abs({0}) > 1",
    "ACOS": "abs({0}) > 1",
    "COT": "{0} = 0",
}
"""Where functions have no value (error 3623), and DuckDB would give NaN or an infinity."""

_GREATEST_EXPONENT = "709.782712893384"


@numbers.scalar(
    *("SQRT", "EXP", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "COT", "LOG10"),
    least=1,
    result=FLOAT,
)
def _float_function(call: Call) -> str:
    return _within_domain(call.name, call.name.lower(), _float(call))


def _within_domain(name: str, function: str, argument: str) -> str:
    def checked(sql: str) -> str:
        if name == "EXP":
            failure, outside = raise_sql(8115, quote("expression"), quote("float")), f"{sql} > {_GREATEST_EXPONENT}"
        elif name in _DOMAINS:
            failure, outside = raise_sql(3623), _DOMAINS[name].format(sql)
        else:
            return f"{function}({sql})"
        return f"CASE WHEN {outside} THEN {failure} ELSE {function}({sql}) END"

    return computed_once(checked, Value(argument, FLOAT))


_DEGREES, _RADIANS = "57.2957795130823208767981548141051703", "0.0174532925199432957692369076848861"
"""180 / pi and pi / 180."""


@numbers.scalar("DEGREES", "RADIANS", least=1)
def _angle(call: Call) -> Value:
    value = number(call, 0)
    if value.type.name in DECIMALS:
        factor = _DEGREES if call.name == "DEGREES" else _RADIANS
        declared = decimal(38, max(value.type.scale or 0, 18), value.type)
        return Value(computed_once(lambda sql: by_python("*", sql, quote(factor), declared), value), declared)
    angle = finite(f"{call.name.lower()}({_float(call)})")
    if value.type.name in INTEGERS:
        angle = f"trunc({angle})"
    return convert(Value(angle, FLOAT), value.type, line=call.line)


@numbers.scalar("SQUARE", least=1, result=FLOAT)
def _square(call: Call) -> str:
    return finite(f"pow({_float(call)}, 2)")


@numbers.scalar("LOG", least=1, most=2, result=FLOAT)
def _log(call: Call) -> str:
    logarithm = _within_domain("LOG", "ln", _float(call))
    if len(call.arguments) == 1:
        return logarithm
    return f"({logarithm} / {_within_domain('LOG of a base', 'ln', call.converted(1, FLOAT).sql)})"


@numbers.scalar("ATN2", least=2, result=FLOAT)
def _atn2(call: Call) -> str:
    def checked(y: str, x: str) -> str:
        return f"CASE WHEN {y} = 0 AND {x} = 0 THEN {raise_sql(3623)} ELSE atan2({y}, {x}) END"

    return computed_once(checked, call.converted(0, FLOAT), call.converted(1, FLOAT))


@numbers.scalar("PI", least=0, result=FLOAT)
def _pi(call: Call) -> str:
    return "pi()"


@numbers.scalar("RAND", least=0, most=1, result=FLOAT)
def _rand(call: Call) -> str:
    if call.arguments:
        raise unsupported("RAND with a seed", call.line)
    return "(SELECT random())"  # a subquery, because RAND() has one value for all rows of a statement


def _bits(call: Call) -> tuple[Value, str, int]:
    """The integer of a bit function, its SQL as a BIGINT, and its width in bits; raises 8116, 40510 for binary data."""
    value = call.arguments[0]
    if value.type.name in BINARY:
        raise unsupported(f"{call.name} of binary data", call.line)
    if value.type.name not in INTEGERS | {"bit"}:
        raise call.invalid_argument(0)
    width = 1 if value.type.name == "bit" else 8 * TYPES[value.type.name].size
    return value, f"CAST({value.sql} AS BIGINT)", width


@numbers.scalar("BIT_COUNT", least=1, result=BIGINT)
def _bit_count(call: Call) -> str:
    _, sql, width = _bits(call)
    return f"tsql_bit_count({sql}, {width})"


@numbers.scalar("GET_BIT", least=2, result=BIT)
def _get_bit(call: Call) -> str:
    _, sql, width = _bits(call)
    return f"tsql_get_bit({sql}, {call.whole(1).sql}, {width})"


@numbers.scalar("SET_BIT", least=2, most=3)
def _set_bit(call: Call) -> Value:
    value, sql, width = _bits(call)
    bit = call.converted(2, BIT).sql if len(call.arguments) == 3 else "CAST(1 AS TINYINT)"
    return Value(
        f"CAST(tsql_set_bit({sql}, {call.whole(1).sql}, {bit}, {width}) AS {duckdb_type(value.type)})", value.type
    )


@numbers.scalar("LEFT_SHIFT", "RIGHT_SHIFT", least=2)
def _shift(call: Call) -> Value:
    value, sql, width = _bits(call)
    sign = "" if call.name == "LEFT_SHIFT" else "-"
    shifted = f"tsql_shift({sql}, {sign}{call.whole(1).sql}, {width})"
    return Value(f"CAST({shifted} AS {duckdb_type(value.type)})", value.type)
