"""Aggregates, plain or OVER a window."""

from __future__ import annotations

from dataclasses import replace

from local_sqlserver.collation import joined
from local_sqlserver.compiler.arithmetic import divide_exactly
from local_sqlserver.compiler.conversions import as_text, in_money_range
from local_sqlserver.compiler.fragments import Value, computed_once, finite, key, quote, raise_sql, sort_key
from local_sqlserver.compiler.functions.registry import Call, Theme
from local_sqlserver.compiler.functions.windows import order_by, over, percentile, within_group
from local_sqlserver.compiler.types import BIGINT, FLOAT, INT, as_decimal, decimal, duckdb_type, text_type
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import APPROXIMATE, DECIMALS, INTEGERS, MAX, MONEY, NUMBERS, SqlType

aggregates = Theme("aggregates")


def _argument(call: Call) -> Value:
    """The argument of an aggregate, in the scope of the ungrouped rows.

    Raises 10759 for DISTINCT with OVER, 8117 for the bare NULL.
    """
    if call.node.distinct and call.node.window:
        raise sql_error(10759, line=call.line)
    value = _in_ungrouped_rows(call, 0)
    if value.null:
        raise sql_error(8117, "NULL", call.name.lower(), line=call.line)
    return value


def _in_ungrouped_rows(call: Call, position: int) -> Value:
    scope = call.scope if call.node.window else call.scope.arguments()
    return call.compiler.expression(call.node.arguments[position], scope)


def _number(call: Call) -> Value:
    value = _argument(call)
    if value.type.name not in NUMBERS - {"bit"}:
        raise _invalid_operand(value.type, call)
    return value


def _invalid_operand(declared: SqlType, call: Call) -> SqlError:
    return sql_error(8117, declared.name, call.name.lower(), line=call.line)


def _distinct(call: Call) -> str:
    return "DISTINCT " if call.node.distinct else ""


@aggregates.aggregate("COUNT", result=INT)
@aggregates.aggregate("COUNT_BIG", result=BIGINT)
def _count(call: Call) -> str:
    declared = "BIGINT" if call.name == "COUNT_BIG" else "INTEGER"
    if call.node.star:
        return f"CAST(count(*){over(call)} AS {declared})"
    value = _argument(call)
    counted = key(value) if call.node.distinct else value.sql
    return f"CAST(count({_distinct(call)}{counted}){over(call)} AS {declared})"


@aggregates.aggregate("APPROX_COUNT_DISTINCT", result=BIGINT)
def _approx_count_distinct(call: Call) -> str:
    return f"count(DISTINCT {key(_argument(call))}){over(call)}"


@aggregates.aggregate("MIN", "MAX")
def _min_max(call: Call) -> Value:
    value = _argument(call)
    if value.type.name == "bit":
        raise _invalid_operand(value.type, call)
    sql = f"{call.name.lower()}({value.sql}){over(call)}"
    if value.has_sort_key:  # of text the extreme by collation, in its own spelling
        sql = f"arg_{call.name.lower()}({value.sql}, {sort_key(value)}){over(call)}"
    return Value(sql, value.type, collation=value.collation)


@aggregates.aggregate("SUM")
def _sum(call: Call) -> Value:
    value = _number(call)
    declared = value.type
    if declared.name in ("tinyint", "smallint"):
        declared = INT
    elif declared.name in DECIMALS:
        declared = SqlType(declared.name, precision=38, scale=declared.scale)
    elif declared.name in MONEY:
        declared = SqlType("money")
    elif declared.name in APPROXIMATE:
        declared = FLOAT
    sql = f"CAST(sum({_distinct(call)}{value.sql}){over(call)} AS {duckdb_type(declared)})"
    if declared == FLOAT:
        return Value(finite(sql), FLOAT)
    return in_money_range(Value(sql, declared))


@aggregates.aggregate("AVG")
def _average(call: Call) -> Value:
    value, window, word = _number(call), over(call), _distinct(call)
    total, count = f"sum({word}{value.sql}){window}", f"nullif(count({word}{value.sql}){window}, 0)"
    # DuckDB's avg() returns DOUBLE. In SQL Server integers have an integer average and exact numbers an exact one.
    if value.type.name in INTEGERS:
        declared = INT if value.type.name in ("tinyint", "smallint") else value.type
        kind = duckdb_type(declared)  # the sum must fit it, too
        return Value(f"CAST(CAST({total} AS {kind}) // {count} AS {kind})", declared)
    if value.type.name in APPROXIMATE:
        return Value(finite(f"avg({word}CAST({value.sql} AS DOUBLE)){window}"), FLOAT)
    one = as_decimal(value.type)
    scale = one.scale or 0
    declared = SqlType("money") if value.type.name in MONEY else decimal(38, max(scale, 6), one)
    # No table has 10^12 rows, so the sum has twelve digits more than a value.
    sums = Value(total, decimal(min((one.precision or 0) + 12, 38), scale))
    exact = decimal(19, 4) if value.type.name in MONEY else declared
    return replace(divide_exactly(sums, Value(count, decimal(19, 0)), exact), type=declared)


_DEVIATIONS = {"STDEV": "stddev_samp", "STDEVP": "stddev_pop", "VAR": "var_samp", "VARP": "var_pop"}


@aggregates.aggregate(*_DEVIATIONS, result=FLOAT)
def _deviation(call: Call) -> str:
    value = _number(call)
    return f"{_DEVIATIONS[call.name]}({_distinct(call)}CAST({value.sql} AS DOUBLE)){over(call)}"


@aggregates.aggregate("GROUPING", result=SqlType("tinyint"))
@aggregates.aggregate("GROUPING_ID", most=32, result=INT)
def _grouping(call: Call) -> str:
    keys = []
    for position in range(len(call.node.arguments)):
        grouped = call.scope.grouping_sql.get(_in_ungrouped_rows(call, position).sql)
        if grouped is None:
            raise sql_error(8161, 1, call.name, line=call.line)
        keys.append(grouped)
    return f"CAST(grouping({', '.join(keys)}) AS {'INTEGER' if call.name == 'GROUPING_ID' else 'UTINYINT'})"


@aggregates.aggregate("STRING_AGG", least=2)
def _string_agg(call: Call) -> Value:
    if call.node.window:
        raise sql_error(4113, "STRING_AGG", line=call.line)
    given, separator = (_in_ungrouped_rows(call, position) for position in range(2))
    if not separator.is_text and not separator.null:
        raise sql_error(8116, separator.type.name, 2, "string_agg", line=call.line)
    if any(isinstance(inner, syntax.Column | syntax.Query) for inner in call.node.arguments[1].walk()):
        raise sql_error(8733, line=call.line)
    value, separator = as_text(given, call.line), as_text(separator, call.line)
    order = order_by(call, call.node.within, call.scope.arguments())
    if order and call.scope.ordered not in ("", order):
        raise sql_error(8711, line=call.line)
    call.scope.ordered = order or call.scope.ordered
    name = "varchar" if given.type.name in ("varchar", "char") else "nvarchar"  # numbers and dates become NVARCHAR
    length = MAX if value.type.length == MAX else 4000 if name == "nvarchar" else 8000
    sql = f"string_agg({value.sql}, {separator.sql}{f' ORDER BY {order}' if order else ''})"
    joint = Value(sql, text_type(name, length), collation=joined([value, separator], call.line))
    if length == MAX:
        return joint

    def checked(sql: str) -> str:
        fits = f"coalesce(strlen({sql}) <= {length} OR tsql_len({sql}) <= {length}, true)"
        return f"CASE WHEN {fits} THEN {sql} ELSE {raise_sql(9829, quote('8000'))} END"

    return replace(joint, sql=computed_once(checked, joint))


@aggregates.aggregate("APPROX_PERCENTILE_CONT", "APPROX_PERCENTILE_DISC")
def _approx_percentile(call: Call) -> Value:
    """The exact percentile, which is among the approximate ones that SQL Server promises."""
    if call.node.window:
        raise sql_error(102, call.name, line=call.line)
    item = within_group(call)
    value = call.compiler.expression(item.value, call.scope.arguments())
    if value.type.name not in NUMBERS - {"bit"}:
        raise _invalid_operand(value.type, call)
    share = _in_ungrouped_rows(call, 0)
    if share.constant is None:
        raise unsupported(f"{call.name} with a share that is not a constant", call.line)
    return percentile(call, value, share, item)
