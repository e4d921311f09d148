"""The operators + - * / % & | ^ ~ with T-SQL's result types."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from local_sqlserver.collation import compared
from local_sqlserver.compiler.conversions import convert, cut, in_money_range
from local_sqlserver.compiler.fragments import (
    Cost,
    Predicate,
    Value,
    combined_type,
    computed_once,
    finite,
    native,
    quote,
    raise_sql,
    typed_null,
)
from local_sqlserver.compiler.types import (
    DATETIME,
    FLOAT,
    INT,
    NUMERIC,
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
    BINARY,
    DATETIMES,
    DECIMALS,
    FIXED_TEXT,
    INTEGER_RANGES,
    INTEGERS,
    MAX,
    MONEY,
    NUMBERS,
    TEMPORAL,
    TEXT,
    UNICODE,
    SqlType,
)

_MOST_DIGITS = 38
"""The most digits of a DECIMAL, here and in DuckDB; a HUGEINT holds as many."""

_DIGITS_OF_64_BITS = 18

_TICKS_OF_1900 = 300 * 86_400 * (date(1900, 1, 1) - date.min).days
"""What the macro ``tsql_ticks`` gives for 1900-01-01."""

_NAMES = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}


def concatenation(left: Value, right: Value, line: int) -> Value | None:
    """Text + text, or binary + binary; None for other operands, whose + is arithmetic."""
    binary = [side for side in (left, right) if side.type.name in BINARY]
    if binary and (left.null or right.null):
        return typed_null(binary[0].type)
    if len(binary) == 2:
        sizes = text_length(left.type), text_length(right.type)
        declared = text_type("varbinary", MAX if MAX in sizes else sum(sizes))
        return Value(f"({left.sql} || {right.sql})", declared, cost=native(left, right))
    if not (left.is_text or left.null) or not (right.is_text or right.null):
        return None
    if left.null or right.null:
        return typed_null((right if left.null else left).type)
    lengths = text_length(left.type), text_length(right.type)
    length = MAX if MAX in lengths else sum(lengths)
    names = {left.type.name, right.type.name}
    fixed = names <= FIXED_TEXT  # only CHAR + CHAR has a fixed length
    name = ("nchar" if fixed else "nvarchar") if names & UNICODE else "char" if fixed else "varchar"
    declared = text_type(name, length)
    collation = compared([left, right], "add", line)
    if left.constant is not None and right.constant is not None and length == declared.length:
        text = left.constant + right.constant
        return Value(quote(text), declared, text, collation=collation, cost=Cost.NAME)
    joined = Value(f"({left.sql} || {right.sql})", declared, collation=collation, cost=native(left, right))
    return cut(joined, length)


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
    if constant == "-2147483648" and value.type == decimal(10, 0, NUMERIC):  # the lowest INT
        return Value(f"CAST({constant} AS INTEGER)", INT, constant=constant, cost=Cost.NAME, required=value.required)
    if constant is not None and value.type.name in INTEGERS and int(constant) > INTEGER_RANGES[value.type.name][1]:
        overflow = raise_sql(8115, quote("expression"), quote(value.type.name))
        return Value(f"CAST({overflow} AS {duckdb_type(value.type)})", value.type)
    # DuckDB names the type in the error of a subtraction, not in that of a negation.
    narrow = value.type.name in INTEGERS and constant is None
    sql = f"(CAST(0 AS {duckdb_type(value.type)}) - {value.sql})" if narrow else f"(-{value.sql})"
    required = value.required and constant is not None
    return Value(sql, value.type, constant=constant, cost=native(value), required=required)


def _incompatible(left: Value, right: Value, operator: str, line: int) -> SqlError:
    if operator in "*/":  # these two name the left operand alone
        return sql_error(8117, left.type.name, _NAMES[operator], line=line)
    return sql_error(402, left.type.name, right.type.name, _operator_name(operator), line=line)


def _operator_name(operator: str) -> str:
    return _NAMES.get(operator, f"'{operator}'")


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
    pair = {left.type.name, right.type.name}
    of_text = pair & TEXT and pair <= TEXT | BINARY | {"bit", "uniqueidentifier"}
    if of_text or (pair <= BINARY and operator != "+"):
        raise _incompatible(left, right, operator, line)
    if left.is_text and right.type.name in NUMBERS:
        left = convert(left, right.type, line=line)
    elif right.is_text and left.type.name in NUMBERS:
        right = convert(right, left.type, line=line)
    if left.type.name in BINARY and right.type.name in INTEGERS:
        left = convert(left, right.type, line=line)
    elif right.type.name in BINARY and left.type.name in INTEGERS:
        right = convert(right, left.type, line=line)
    for side in (left, right):
        if side.type.name not in NUMBERS:
            raise sql_error(8117, side.type.name, _operator_name(operator), line=line)
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
            raise _incompatible(left, right, operator, line)
    declared = left.type if precedence(left.type) >= precedence(right.type) else right.type
    one, two = (_widened(side, declared) for side in (left, right))
    if operator == "^":
        return Value(f"xor({one}, {two})", declared)
    return Value(f"({one} {operator} {two})", declared)


def _floats(operator: str, left: Value, right: Value, line: int) -> Value:
    if operator == "%":
        if {left.type.name, right.type.name} <= APPROXIMATE:
            raise sql_error(8117, left.type.name, "modulo", line=line)
        raise _incompatible(left, right, operator, line)
    real = "float" not in (left.type.name, right.type.name)
    declared = SqlType("real") if real else FLOAT
    one, two = (_widened(side, declared) for side in (left, right))
    result = f"tsql_divide({one}, {two})" if operator == "/" else f"({one} {operator} {two})"
    return Value(finite(result, declared.name), declared)


def _decimals(operator: str, left: Value, right: Value) -> Value:
    one, two = as_decimal(combined_type(left)), as_decimal(combined_type(right))
    declared = arithmetic_type(operator, one, two)
    first, second = (
        replace(side, sql=f"CAST({side.sql} AS {duckdb_type(exact)})", type=exact) if side.type != exact else side
        for side, exact in ((left, one), (right, two))
    )
    if operator == "/":
        return divide_exactly(first, second, declared)
    scales = one.scale or 0, two.scale or 0
    wholes = (one.precision or 0) - scales[0], (two.precision or 0) - scales[1]
    if operator == "*":
        fits = (one.precision or 0) + (two.precision or 0) <= _MOST_DIGITS
        raw_scale, others = sum(scales), two.precision or 0
    else:
        raw_scale, others = max(scales), max(wholes) + max(scales) + 1 - (one.precision or 0)
        # A sum that keeps its scale overflows only where SQL Server's does; a remainder never does.
        fits = declared.scale == raw_scale if operator in "+-" else max(wholes) + raw_scale <= _MOST_DIGITS
    first = _promoted(first, others)

    def plain(one: str, two: str) -> str:
        if operator != "%":
            return f"CAST({one} {operator} {two} AS {duckdb_type(declared)})"
        # DuckDB computes the remainder of decimals as DOUBLE, so both become integers of one scale.
        dividend, divisor = (
            f"{unscaled(side, value.type)} * {_power(raw_scale - scale)}"
            for side, value, scale in ((one, first, scales[0]), (two, second, scales[1]))
        )
        return rescaled(f"(({dividend}) % ({divisor}))", declared)

    if fits:
        return Value(plain(first.sql, second.sql), declared, cost=native(first, second))

    def computed(one: str, two: str) -> str:
        exact = by_python(operator, one, two, declared)
        if raw_scale > _MOST_DIGITS:
            return exact
        # Only the values decide whether DuckDB's DECIMAL holds the result on the way; if not, Python computes it.
        limit = f"1e{_MOST_DIGITS - 1 - raw_scale}"
        sizes = [f"abs(CAST({side} AS DOUBLE))" for side in (one, two)]
        within = f"{sizes[0]} * {sizes[1]} < {limit}" if operator == "*" else f"greatest({', '.join(sizes)}) < {limit}"
        return f"CASE WHEN {within} THEN {plain(one, two)} ELSE {exact} END"

    return Value(computed_once(computed, *_repeatable(first, second)), declared)


EXACT_COMPARISONS = frozenset(("=", "<>", "<", "<=", ">", ">="))
"""The comparisons that ``compare_decimals`` knows: those that are unknown for NULL."""


def compare_decimals(operator: str, left: Value, right: Value) -> Predicate:
    """A comparison of two decimals, which no type of DuckDB holds both if one is long and the other has many places."""
    one, two = left.type, right.type
    scale = max(one.scale or 0, two.scale or 0)
    whole = max((each.precision or 0) - (each.scale or 0) for each in (one, two))
    if whole + scale <= _MOST_DIGITS:
        return Predicate(f"({left.sql} {operator} {right.sql})", native(left, right))

    def compared(first: str, second: str) -> str:
        sizes = f"greatest(abs(CAST({first} AS DOUBLE)), abs(CAST({second} AS DOUBLE)))"
        order = f"tsql_decimal_order({_text(first)}, {_text(second)})"
        within = f"{sizes} < 1e{_MOST_DIGITS - 1 - scale}"
        return f"CASE WHEN {within} THEN {first} {operator} {second} ELSE {order} {operator} 0 END"

    return Predicate(f"({computed_once(compared, *_repeatable(left, right))})")


def by_python(operator: str, left: str, right: str, declared: SqlType) -> str:
    """SQL of an operation that Python computes exactly; NULL for NULL."""
    texts = f"{_text(left)}, {_text(right)}"
    return f"CAST(tsql_decimal({quote(operator)}, {texts}, {declared.scale or 0}) AS {duckdb_type(declared)})"


def _power(exponent: int) -> str:
    return f"CAST('1{'0' * exponent}' AS HUGEINT)"


def rescaled(sql: str, declared: SqlType) -> str:
    """SQL of a decimal whose digits are those of an integer."""
    scale = declared.scale or 0
    if scale == 0:
        return f"CAST({sql} AS {duckdb_type(declared)})"
    unit = f"CAST('0.{'0' * (scale - 1)}1' AS DECIMAL({scale},{scale}))"
    # The product of two types that fit together needs no check for overflow.
    spare = _MOST_DIGITS - scale
    digits = spare if (declared.precision or 0) <= spare else _MOST_DIGITS
    return f"CAST(CAST({sql} AS DECIMAL({digits},0)) * {unit} AS {duckdb_type(declared)})"


def _promoted(value: Value, others: int) -> Value:
    """A decimal that DuckDB computes with in 128 bits, if a result of ``others`` more digits needs that.

    From operands of up to 18 digits DuckDB makes a result of 18 digits, and raises an error if it is longer.
    """
    precision = value.type.precision or 0
    if precision > _DIGITS_OF_64_BITS or precision + others <= _DIGITS_OF_64_BITS:
        return value
    wider = decimal(_DIGITS_OF_64_BITS + 1, value.type.scale or 0)
    return replace(value, sql=f"CAST({value.sql} AS {duckdb_type(wider)})")


def _repeatable(left: Value, right: Value) -> tuple[Value, Value]:
    """Both operands, so marked that ``computed_once`` binds both if it binds one."""
    if Cost.MACROS in (left.cost, right.cost):
        return replace(left, cost=Cost.MACROS), replace(right, cost=Cost.MACROS)
    return left, right


def divide_exactly(left: Value, right: Value, declared: SqlType) -> Value:
    """A decimal division; digits beyond the scale are cut off.

    It divides integers, because DuckDB divides decimals as DOUBLE.
    """
    # The numerator is scaled by the scale of the result plus that of the denominator, less its own.
    scale = declared.scale or 0
    shift = scale + (right.type.scale or 0) - (left.type.scale or 0)

    def quotient(first: str, second: str) -> str:
        numerator, denominator = unscaled(first, left.type), unscaled(second, right.type)
        scaled = f"({numerator} {'*' if shift >= 0 else '//'} {_power(abs(shift))})"
        return rescaled(f"{scaled} // {denominator}", declared)

    if (left.type.precision or 0) + max(shift, 0) <= _MOST_DIGITS:
        return Value(quotient(left.sql, right.sql), declared, cost=native(left, right))

    def computed(first: str, second: str) -> str:
        exact = by_python("/", first, second, declared)
        if shift > _MOST_DIGITS:
            return exact
        # Compared as DOUBLE, because the limit may be finer than the numerator's scale.
        within = f"abs(CAST({first} AS DOUBLE)) < 1e{_MOST_DIGITS - shift - (left.type.scale or 0)}"
        return f"CASE WHEN {within} THEN {quotient(first, second)} ELSE {exact} END"

    return Value(computed_once(computed, *_repeatable(left, right)), declared)


def _text(sql: str) -> str:
    return f"CAST({sql} AS VARCHAR)"


def unscaled(sql: str, declared: SqlType) -> str:
    """SQL of a decimal without its point, as HUGEINT."""
    scale = declared.scale or 0
    if scale == 0:
        return f"CAST({sql} AS HUGEINT)"
    if (declared.precision or 0) + scale <= _MOST_DIGITS:
        wide = _promoted(Value(sql, declared), scale + 1).sql
        return f"CAST({wide} * CAST(1{'0' * scale} AS DECIMAL({scale + 1},0)) AS HUGEINT)"
    return f"CAST(replace({_text(sql)}, '.', '') AS HUGEINT)"


def _money(operator: str, left: Value, right: Value) -> Value:
    declared = SqlType("money")
    if "smallmoney" in (left.type.name, right.type.name) and left.type.name not in MONEY - {"smallmoney"}:
        declared = SqlType("smallmoney") if right.type.name in INTEGERS | {"smallmoney", "bit"} else declared
    if {left.type.name, right.type.name} & DECIMALS:
        return _decimals(operator, left, right)
    one, two = as_decimal(left.type), as_decimal(right.type)
    first = replace(left, sql=f"CAST({left.sql} AS {duckdb_type(one)})", type=one)
    second = replace(right, sql=f"CAST({right.sql} AS {duckdb_type(two)})", type=two)
    if operator == "/":
        return in_money_range(replace(divide_exactly(first, second, decimal(19, 4)), type=declared))
    if operator == "%":
        return Value(f"CAST({_decimals('%', first, second).sql} AS {duckdb_type(declared)})", declared)
    return in_money_range(Value(f"CAST({left.sql} {operator} {right.sql} AS DECIMAL(19,4))", declared))


def _datetimes(operator: str, left: Value, right: Value, line: int) -> Value:
    """Datetime ± number of days; DATE, TIME and DATETIME2 refuse arithmetic."""
    for side, other in ((left, right), (right, left)):
        if side.type.name in TEMPORAL - {"datetime", "smalldatetime"}:
            if operator not in "+-":
                raise sql_error(8117, side.type.name, _operator_name(operator), line=line)
            if other.type.name in NUMBERS:
                raise sql_error(206, left.type.name, right.type.name, line=line)
            if other.type.name == side.type.name:
                raise sql_error(8117, side.type.name, _operator_name(operator), line=line)
            raise _incompatible(left, right, operator, line)
    if operator not in "+-":
        bad = left if left.type.name in TEMPORAL else right
        raise sql_error(8117, bad.type.name, _operator_name(operator), line=line)
    moment, days = (left, right) if left.type.name in DATETIMES else (right, left)
    if days.type.name == "uniqueidentifier":
        raise sql_error(206, left.type.name, right.type.name, line=line)
    if days.type.name in DATETIMES | BINARY or days.is_text or (operator == "-" and moment is right):
        if left.type.name == right.type.name == "smalldatetime":
            raise unsupported("Arithmetic between two smalldatetimes", line)
        # Both are numbers of days, counted from 1900-01-01.
        one, two = (f"tsql_ticks({convert(side, DATETIME, line=line).sql})" for side in (left, right))
        return Value(
            f"tsql_moment_in_range(tsql_of_ticks({one} {operator} ({two} - {_TICKS_OF_1900})), 'datetime')", DATETIME
        )
    if days.type.name in INTEGERS | {"bit"}:
        shift = f"to_days(CAST({days.sql} AS INTEGER))"
    else:
        shift = f"to_microseconds(CAST(round(CAST({days.sql} AS DOUBLE) * 86400000000) AS BIGINT))"
    moved = f"{moment.sql} {operator} {shift}"
    rounded = f"tsql_datetime({moved})"
    if moment.type.name == "smalldatetime":
        rounded = f"date_trunc('minute', {moved} + INTERVAL 30 SECOND)"
    return Value(f"tsql_moment_in_range({rounded}, {quote(moment.type.name)})", moment.type)
