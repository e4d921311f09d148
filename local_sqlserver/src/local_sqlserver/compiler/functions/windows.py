"""OVER and WITHIN GROUP, and the functions that require them."""

from __future__ import annotations

from local_sqlserver.compiler.conversions import convert, implicit
from local_sqlserver.compiler.fragments import Value, key, raise_sql, sort_key
from local_sqlserver.compiler.functions.registry import Call, Theme, columns_of
from local_sqlserver.compiler.macros import in_window
from local_sqlserver.compiler.names import Scope
from local_sqlserver.compiler.types import BIGINT, FLOAT, duckdb_type
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import NUMBERS

windows = Theme("window functions")


def over(call: Call) -> str:
    """The OVER clause of a call, or '' without one."""
    window = call.node.window
    if window is None:
        return ""
    parts = []
    if window.partition:
        keys = ", ".join(key(call.compiler.expression(value, call.scope)) for value in window.partition)
        parts.append(f"PARTITION BY {keys}")
    elif call.scope.has_rowid:
        # DuckDB's optimizer fails on WHERE row_number = 1 beside a rowid, which invalidates the database.
        parts.append("PARTITION BY 1")
    order = order_by(call, window.order, call.scope)
    if order:
        parts.append(f"ORDER BY {order}")
    if window.frame:
        if not window.order:
            raise sql_error(10756, line=window.line)
        parts.append(window.frame)
    return f" OVER ({in_window(' '.join(parts))})"


def order_by(call: Call, order: tuple[syntax.OrderItem, ...], scope: Scope) -> str:
    """ORDER BY inside OVER or WITHIN GROUP; (SELECT NULL) means any order."""
    parts = []
    for item in order:
        node = item.value
        if isinstance(node, syntax.Literal):
            raise sql_error(5308 if node.kind == "integer" else 5309, line=item.line)
        if isinstance(node, syntax.Subquery):
            body = node.query.body
            if isinstance(body, syntax.Select) and body.source is None and not list(columns_of(node)):
                continue
        value = call.compiler.expression(node, scope)
        parts.append(f"{sort_key(value)} {'DESC NULLS LAST' if item.descending else 'ASC NULLS FIRST'}")
    return ", ".join(parts)


def _over_an_order(call: Call) -> str:
    """The OVER clause of a function that requires an order and allows no frame."""
    window = call.node.window
    if window is None or not window.order:
        raise sql_error(4112, call.name, line=call.line)
    if window.frame:
        raise sql_error(10752, call.name, line=call.line)
    return over(call)


@windows.window("ROW_NUMBER", "RANK", "DENSE_RANK", least=0, result=BIGINT)
@windows.window("CUME_DIST", "PERCENT_RANK", least=0, result=FLOAT)
def _rank(call: Call) -> str:
    return f"{call.name.lower()}(){_over_an_order(call)}"


@windows.window("NTILE", least=1, result=BIGINT)
def _ntile(call: Call) -> str:
    window = _over_an_order(call)
    groups = call.whole(0)
    if groups.constant is not None and int(groups.constant) < 1:
        raise sql_error(4116, "NTILE", line=call.line)
    count = groups.sql if groups.constant is not None else f"tsql_at_least({groups.sql}, 1, 4116)"
    return f"ntile({count}){window}"


@windows.window("FIRST_VALUE", "LAST_VALUE", least=1)
def _end(call: Call) -> Value:
    if call.node.window is None or not call.node.window.order:
        raise sql_error(4112, call.name, line=call.line)
    value = call.arguments[0]
    sql = f"{call.name.lower()}({value.sql}{_nulls(call)}){over(call)}"
    return Value(sql, value.type, collation=value.collation)


@windows.window("LAG", "LEAD", least=1, most=3)
def _offset(call: Call) -> Value:
    window = _over_an_order(call)
    value = call.arguments[0]
    parts = [value.sql]
    if len(call.arguments) > 1:
        offset = call.arguments[1].constant
        if offset is not None and offset.startswith("-"):
            raise sql_error(8730, line=call.line)
        parts.append(call.whole(1).sql if offset is not None else f"tsql_at_least({call.whole(1).sql}, 0, 8730)")
    if len(call.arguments) > 2:
        parts.append(implicit(call.arguments[2], value.type, call.line).sql)
    sql = f"{call.name.lower()}({', '.join(parts)}{_nulls(call)}){window}"
    return Value(sql, value.type, collation=value.collation)


def _nulls(call: Call) -> str:
    return " IGNORE NULLS" if call.node.ignore_nulls else ""


@windows.window("PERCENTILE_CONT", "PERCENTILE_DISC", least=1)
def _percentile(call: Call) -> Value:
    item = within_group(call)
    assert call.node.window is not None
    if call.node.window.order:
        raise sql_error(10758, call.name, line=call.line)
    window = over(call)
    share = call.arguments[0]
    value = call.compiler.expression(item.value, call.scope)
    if call.name == "PERCENTILE_CONT" and value.type.name not in NUMBERS:
        raise sql_error(8117, value.type.name, call.name.lower(), line=call.line)
    return percentile(call, value, share, item, window)


def within_group(call: Call) -> syntax.OrderItem:
    """The only item of WITHIN GROUP; raises 10754 and 10751."""
    if not call.node.within:
        raise sql_error(10754, call.name, line=call.line)
    if len(call.node.within) > 1:
        raise sql_error(10751, call.name, line=call.line)
    return call.node.within[0]


def percentile(call: Call, value: Value, share: Value, item: syntax.OrderItem, window: str = "") -> Value:
    """The percentile of a value by the order of ``item``; raises 40510 for text, which has another order in DuckDB."""
    fraction = share.sql if share.constant is None else share.constant
    if share.constant is not None and not 0 <= float(fraction) <= 1:  # an error of the first row, without rows none
        declared = FLOAT if call.name.endswith("_CONT") else value.type
        return Value(f"max(CAST({raise_sql(8727)} AS {duckdb_type(declared)})){window}", declared)
    if call.name.endswith("_CONT"):
        fraction = f"(1 - {fraction})" if item.descending else fraction
        return Value(f"quantile_cont({convert(value, FLOAT, line=call.line).sql}, {fraction}){window}", FLOAT)
    if value.has_key or value.has_sort_key:
        raise unsupported(f"{call.name} of {value.type.name}", call.line)
    if not item.descending:
        return Value(f"quantile_disc({value.sql}, {fraction}){window}", value.type)
    # DuckDB counts from the greatest value down by a negative fraction, which 0 is not.
    if share.constant is None:
        raise unsupported(f"{call.name} in descending order with a share that is not a constant", call.line)
    if float(fraction) == 0:
        return Value(f"max({value.sql}){window}", value.type)
    return Value(f"quantile_disc({value.sql}, -{fraction}){window}", value.type)
