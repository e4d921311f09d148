"""Aggregate and window functions."""

from __future__ import annotations

from local_sqlserver.collation import joined
from local_sqlserver.compiler.arithmetic import divide_exactly
from local_sqlserver.compiler.conversions import convert, implicit
from local_sqlserver.compiler.expressions import ExpressionCompiler
from local_sqlserver.compiler.names import Scope
from local_sqlserver.compiler.types import (
    APPROXIMATE,
    BIGINT,
    DECIMALS,
    FLOAT,
    INT,
    INTEGERS,
    MONEY,
    NUMBERS,
    as_decimal,
    decimal,
    duckdb_type,
    text_type,
)
from local_sqlserver.compiler.values import Value, key, sort_key
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import MAX, SqlType

WINDOW_FUNCTIONS = frozenset(
    [
        "ROW_NUMBER",
        "RANK",
        "DENSE_RANK",
        "NTILE",
        "LAG",
        "LEAD",
        "FIRST_VALUE",
        "LAST_VALUE",
        "CUME_DIST",
        "PERCENT_RANK",
        "PERCENTILE_CONT",
        "PERCENTILE_DISC",
    ]
)
_NEEDS_ORDER = frozenset(["ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "LAG", "LEAD", "CUME_DIST", "PERCENT_RANK"])


class AggregateCompiler(ExpressionCompiler):
    """Translates aggregates and window functions."""

    def over(self, window: syntax.Window | None, scope: Scope) -> str:
        """An OVER clause, or '' without a window."""
        if window is None:
            return ""
        parts = []
        if window.partition:
            keys = ", ".join(key(self.expression(value, scope)) for value in window.partition)
            parts.append(f"PARTITION BY {keys}")
        order = self.window_order(window.order, scope)
        if order:
            parts.append(f"ORDER BY {order}")
        if window.frame:
            if not window.order:
                text = "Window frame with ROWS or RANGE must have an ORDER BY clause."
                raise SqlError(10756, text, severity=15, line=window.line)
            parts.append(window.frame)
        return f" OVER ({' '.join(parts)})"

    def window_order(self, order: tuple[syntax.OrderItem, ...], scope: Scope) -> str:
        """ORDER BY inside OVER or WITHIN GROUP; (SELECT NULL) asks for no order."""
        parts = []
        for item in order:
            node = item.value
            if isinstance(node, syntax.Literal):
                text = (
                    "Windowed functions, aggregates and NEXT VALUE FOR functions do not support "
                    "integer indices as ORDER BY clause expressions."
                )
                if node.kind != "integer":
                    text = (
                        "Windowed functions, aggregates and NEXT VALUE FOR functions do not support "
                        "constants as ORDER BY clause expressions."
                    )
                raise SqlError(5308 if node.kind == "integer" else 5309, text, line=item.line)
            if isinstance(node, syntax.Subquery):
                body = node.query.body
                if isinstance(body, syntax.Select) and body.source is None:
                    continue
            value = self.expression(node, scope)
            parts.append(f"{sort_key(value)} {'DESC NULLS LAST' if item.descending else 'ASC NULLS FIRST'}")
        return ", ".join(parts)

    def aggregate_call(self, node: syntax.Call, scope: Scope) -> Value:
        """An aggregate, plain or OVER a window."""
        name = node.name
        if node.window is None and scope.keys is None:
            text = (
                "An aggregate may not appear in the set list of an UPDATE statement or "
                "inside another aggregate or condition here."
            )
            raise SqlError(157, text, severity=15, line=node.line)
        inner = scope if node.window else scope.ungrouped()
        over = self.over(node.window, scope)
        if node.star:
            if name not in ("COUNT", "COUNT_BIG"):
                raise SqlError(102, "Incorrect syntax near '*'.", severity=15, line=node.line)
            declared = BIGINT if name == "COUNT_BIG" else INT
            return Value(f"CAST(count(*){over} AS {duckdb_type(declared)})", declared)
        if name in ("GROUPING", "GROUPING_ID"):
            return self._grouping(node, scope)
        if name == "STRING_AGG":
            return self._string_agg(node, inner, scope)
        if len(node.arguments) != 1:
            text = f"The {name.lower()} function requires 1 argument(s)."
            raise SqlError(174, text, severity=15, line=node.line)
        if node.distinct and node.window:
            text = "Use of DISTINCT is not allowed with the OVER clause."
            raise SqlError(10759, text, severity=15, line=node.line)
        argument = self.expression(node.arguments[0], inner)
        return self.aggregate(name, argument, node.line, distinct=node.distinct, over=over)

    def aggregate(self, name: str, value: Value, line: int, *, distinct: bool = False, over: str = "") -> Value:
        """COUNT, SUM, AVG, MIN, MAX, STDEV … of a translated argument."""
        word = "DISTINCT " if distinct else ""
        if name in ("COUNT", "COUNT_BIG"):
            declared = BIGINT if name == "COUNT_BIG" else INT
            counted = key(value) if distinct else value.sql
            return Value(f"CAST(count({word}{counted}){over} AS {duckdb_type(declared)})", declared)
        if name == "APPROX_COUNT_DISTINCT":
            return Value(f"count(DISTINCT {key(value)}){over}", BIGINT)
        if name in ("MIN", "MAX"):
            if value.type.name == "bit":
                raise _invalid_operand(value.type, name, line)
            if value.is_text:
                function = "arg_min" if name == "MIN" else "arg_max"
                return Value(f"{function}({value.sql}, {sort_key(value)}){over}", value.type, collation=value.collation)
            return Value(f"{name.lower()}({value.sql}){over}", value.type)
        if value.null or value.type.name not in NUMBERS - {"bit"}:
            raise _invalid_operand(value.type, name, line)
        if name == "SUM":
            declared = _sum_type(value.type)
            return Value(f"CAST(sum({word}{value.sql}){over} AS {duckdb_type(declared)})", declared)
        if name == "AVG":
            return self._average(value, word, over)
        functions = {"STDEV": "stddev_samp", "STDEVP": "stddev_pop", "VAR": "var_samp", "VARP": "var_pop"}
        if name not in functions:
            raise unsupported(f"The aggregate {name}", line)
        return Value(f"{functions[name]}({word}CAST({value.sql} AS DOUBLE)){over}", FLOAT)

    def _average(self, value: Value, word: str, over: str) -> Value:
        total, count = f"sum({word}{value.sql}){over}", f"nullif(count({word}{value.sql}){over}, 0)"
        if value.type.name in INTEGERS:
            declared = INT if value.type.name in ("tinyint", "smallint") else value.type
            return Value(f"CAST({total} // {count} AS {duckdb_type(declared)})", declared)
        if value.type.name in APPROXIMATE:
            return Value(f"avg({word}CAST({value.sql} AS DOUBLE)){over}", FLOAT)
        one = as_decimal(value.type)
        declared = SqlType("money") if value.type.name in MONEY else decimal(38, max(one.scale or 0, 6))
        exact = decimal(19, 4) if value.type.name in MONEY else declared
        sums = decimal(38, one.scale or 0)
        return Value(divide_exactly(total, sums, count, decimal(19, 0), exact), declared)

    def _grouping(self, node: syntax.Call, scope: Scope) -> Value:
        keys = []
        for argument in node.arguments:
            value = self.expression(argument, scope.ungrouped())
            grouped = scope.grouping_sql.get(value.sql)
            if grouped is None:
                text = (
                    f"Argument 1 of the {node.name} function does not match any of the "
                    "expressions in the GROUP BY clause."
                )
                raise SqlError(8161, text, line=node.line)
            keys.append(grouped)
        declared = INT if node.name == "GROUPING_ID" else SqlType("tinyint")
        return Value(f"CAST(grouping({', '.join(keys)}) AS {duckdb_type(declared)})", declared)

    def _string_agg(self, node: syntax.Call, inner: Scope, scope: Scope) -> Value:
        if len(node.arguments) != 2:
            raise SqlError(174, "The string_agg function requires 2 argument(s).", severity=15, line=node.line)
        if node.window:
            text = (
                "The function 'STRING_AGG' is not a valid windowing function, and cannot be used with the OVER clause."
            )
            raise SqlError(4113, text, line=node.line)
        value = self.as_text(self.expression(node.arguments[0], inner), node.line)
        separator = self.as_text(self.expression(node.arguments[1], inner), node.line)
        order = self.window_order(node.within, scope.ungrouped())
        ordering = f" ORDER BY {order}" if order else ""
        limit = 4000 if value.type.name in ("nvarchar", "nchar") else 8000
        length = MAX if value.type.length == MAX else limit
        name = "nvarchar" if value.type.name in ("nvarchar", "nchar") else "varchar"
        sql = f"string_agg({value.sql}, {separator.sql}{ordering})"
        return Value(sql, text_type(name, length), collation=joined([value, separator], node.line))

    def window_call(self, node: syntax.Call, scope: Scope) -> Value:
        """ROW_NUMBER, RANK, LAG, FIRST_VALUE, PERCENTILE_CONT and their kin."""
        name = node.name
        if node.window is None:
            text = f"The function '{name}' must have an OVER clause."
            raise SqlError(10753, text, severity=15, line=node.line)
        if name in _NEEDS_ORDER and not node.window.order:
            text = f"The function '{name}' must have an OVER clause with ORDER BY."
            raise SqlError(4112, text, severity=15, line=node.line)
        if node.window.frame and name in _NEEDS_ORDER:
            text = f"The function '{name}' may not have a window frame."
            raise SqlError(10752, text, severity=15, line=node.line)
        over = self.over(node.window, scope)
        arguments = [self.expression(argument, scope) for argument in node.arguments]
        if name in ("ROW_NUMBER", "RANK", "DENSE_RANK"):
            return Value(f"{name.lower()}(){over}", BIGINT)
        if name == "NTILE":
            return Value(f"ntile({convert(arguments[0], BIGINT, line=node.line).sql}){over}", BIGINT)
        if name in ("CUME_DIST", "PERCENT_RANK"):
            return Value(f"{name.lower()}(){over}", FLOAT)
        if name in ("FIRST_VALUE", "LAST_VALUE"):
            nulls = " IGNORE NULLS" if node.ignore_nulls else ""
            value = arguments[0]
            return Value(f"{name.lower()}({value.sql}{nulls}){over}", value.type, collation=value.collation)
        if name in ("LAG", "LEAD"):
            return self._offset(node, arguments, over)
        return self._percentile(node, arguments[0], over, scope)

    def _offset(self, node: syntax.Call, arguments: list[Value], over: str) -> Value:
        if not 1 <= len(arguments) <= 3:
            text = f"The {node.name} function takes between 1 and 3 arguments."
            raise SqlError(10760, text, severity=15, line=node.line)
        value = arguments[0]
        parts = [value.sql]
        if len(arguments) > 1:
            parts.append(convert(arguments[1], BIGINT, line=node.line).sql)
        if len(arguments) > 2:
            parts.append(implicit(arguments[2], value.type, node.line).sql)
        nulls = " IGNORE NULLS" if node.ignore_nulls else ""
        return Value(f"{node.name.lower()}({', '.join(parts)}{nulls}){over}", value.type, collation=value.collation)

    def _percentile(self, node: syntax.Call, share: Value, over: str, scope: Scope) -> Value:
        if len(node.within) != 1:
            raise SqlError(102, f"Incorrect syntax near '{node.name}'.", severity=15, line=node.line)
        value = self.expression(node.within[0].value, scope)
        if value.type.name not in NUMBERS:
            raise _invalid_operand(value.type, node.name, node.line)
        fraction = share.sql if share.constant is None else share.constant
        if node.within[0].descending:
            fraction = f"(1 - {fraction})"
        if node.name == "PERCENTILE_CONT":
            return Value(f"quantile_cont(CAST({value.sql} AS DOUBLE), {fraction}){over}", FLOAT)
        return Value(f"quantile_disc({value.sql}, {fraction}){over}", value.type)


def _sum_type(declared: SqlType) -> SqlType:
    if declared.name in ("tinyint", "smallint"):
        return INT
    if declared.name in DECIMALS:
        return SqlType(declared.name, precision=38, scale=declared.scale)
    if declared.name in MONEY:
        return SqlType("money")
    return FLOAT if declared.name in APPROXIMATE else declared


def _invalid_operand(declared: SqlType, name: str, line: int) -> SqlError:
    text = f"Operand data type {declared.name} is invalid for {name.lower()} operator."
    return SqlError(8117, text, line=line)
