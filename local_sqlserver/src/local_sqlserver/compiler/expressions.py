"""Expressions and conditions into typed DuckDB SQL."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from local_sqlserver import utf16
from local_sqlserver.collation import compared, find, joined
from local_sqlserver.compiler.arithmetic import EXACT_COMPARISONS, arithmetic, compare_decimals, concatenation, negate
from local_sqlserver.compiler.contract import Context
from local_sqlserver.compiler.conversions import as_text, comparable, convert, implicit
from local_sqlserver.compiler.date_styles import STYLES
from local_sqlserver.compiler.fragments import (
    NULL,
    Cost,
    Predicate,
    Value,
    begins_visibly,
    integer_constant,
    key,
    key_value,
    native,
    quote,
    raise_sql,
    sort_key,
    sort_key_value,
    typed_null,
    united_type,
)
from local_sqlserver.compiler.functions import compile_call, is_aggregate, session_value
from local_sqlserver.compiler.names import Rows, Scope, reference, ungrouped
from local_sqlserver.compiler.parsed_text import PARSED
from local_sqlserver.compiler.patterns import like
from local_sqlserver.compiler.time_zones import at_time_zone
from local_sqlserver.compiler.types import NUMERIC, decimal, duckdb_type
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import BINARY, DECIMALS, INTEGERS, MAX, SqlType


def has_aggregate(node: syntax.Node) -> bool:
    """Whether an expression contains an aggregate function without OVER."""
    return any(
        isinstance(inner, syntax.Call) and is_aggregate(inner.name) and inner.window is None
        for inner in node.walk(queries=False)
    )


def refuse_windows(*nodes: syntax.Node | None) -> None:
    """Raise 4108 for a window function outside the select list and ORDER BY."""
    for node in nodes:
        if node is None:
            continue
        for inner in node.walk(queries=False):
            if isinstance(inner, syntax.Call) and inner.window is not None:
                raise sql_error(4108, line=inner.line)


class ExpressionCompiler:
    """Compiles the expressions of one statement and collects its parameters.

    ``running`` are the values of the variables that the statement itself assigns row by row, by name in lower case.
    """

    def __init__(self, context: Context, line: int) -> None:
        self.context = context
        self.line = line
        self.parameters: list[str] = []
        self.in_view = False
        self.running: dict[str, Value] = {}
        self.next_values: set[str] = set()

    def rows(self, query: syntax.Query, parent: Scope | None) -> Rows:
        """A subquery; ``QueryCompiler`` implements it."""
        raise NotImplementedError

    def user_function(self, node: syntax.FunctionCall, scope: Scope) -> Value:
        """A call of a user-defined function; ``FunctionCompiler`` implements it."""
        raise NotImplementedError

    def parameter(self, name: str, declared: SqlType) -> Value:
        """A variable or session value as a typed parameter."""
        lowered = name.lower()
        if lowered not in self.parameters:
            self.parameters.append(lowered)
        # The CAST gives DuckDB the type when it prepares the statement, before the value is known.
        index = self.parameters.index(lowered) + 1
        return Value(f"CAST(${index} AS {duckdb_type(declared, self.line)})", declared, cost=Cost.NAME)

    def expression(self, node: syntax.Expression, scope: Scope) -> Value:
        """A value in a scope; after grouping, an expression of GROUP BY is recognised by its SQL."""
        if scope.keys is not None and not isinstance(node, syntax.Literal | syntax.Variable):
            grouped = self._grouped(node, scope)
            if grouped is not None:
                return grouped
        return self._value(node, scope)

    def _grouped(self, node: syntax.Expression, scope: Scope) -> Value | None:
        if isinstance(node, syntax.Column):
            value, holder, printed = scope.resolve(node)
            if holder.sources is not scope.sources:
                return value  # a column of an outer query is constant here
            assert scope.keys is not None
            if value.sql in scope.keys:
                return scope.keys[value.sql]
            raise ungrouped(printed, scope, node.line)
        # The same expression compiles to the same SQL, so the SQL finds it among the keys of GROUP BY.
        if not scope.keys or isinstance(node, syntax.Subquery | syntax.Condition) or has_aggregate(node):
            return None
        if any(isinstance(inner, syntax.Call) and inner.window for inner in node.walk(queries=False)):
            return None
        value = self._value(node, scope.ungrouped())
        found = scope.keys.get(value.sql)
        # A CAST to a wider type has the SQL of its operand.
        return found and replace(found, type=value.type, collation=value.collation)

    def _value(self, node: syntax.Expression, scope: Scope) -> Value:
        match node:
            case syntax.Literal():
                return replace(literal(node), required=node.kind != "null")
            case syntax.Variable(name=name):
                return self.variable(name, node.line)
            case syntax.Column():
                return scope.resolve(node)[0]
            case syntax.NextValue():
                return self._next_value(node)
            case syntax.IdentityFunction():
                raise sql_error(177, line=node.line)
            case syntax.Unary(operator=operator, operand=operand):
                return negate(operator, self.expression(operand, scope), node.line)
            case syntax.Binary(operator=operator, left=left, right=right):
                one, two = self.expression(left, scope), self.expression(right, scope)
                if operator == "+" and any(side.is_text or side.type.name in BINARY for side in (one, two)):
                    both = concatenation(one, two, node.line)
                    if both is not None:
                        return both
                return arithmetic(operator, one, two, node.line)
            case syntax.Collate(operand=operand, collation=name):
                value = self.expression(operand, scope)
                if not value.is_text:
                    raise sql_error(447, value.type.name, line=node.line)
                return replace(value, collation=find(name, node.line).clause())
            case syntax.Case():
                return self._case(node, scope)
            case syntax.Cast():
                return self._cast(node, scope)
            case syntax.Parse():
                return self._parse(node, scope)
            case syntax.AtTimeZone(operand=operand, zone=zone):
                return at_time_zone(self.expression(operand, scope), self.expression(zone, scope), node.line)
            case syntax.Subquery(query=query):
                return self._scalar(query, scope, node.line)
            case syntax.Call():
                return compile_call(self, node, scope)
            case syntax.FunctionCall():
                return self.user_function(node, scope)
        raise sql_error(102, getattr(node, "operator", ""), line=node.line)

    def variable(self, name: str, line: int) -> Value:
        """@x or @@x."""
        lowered = name.lower()
        if lowered.startswith("@@"):
            return session_value(self, lowered, line)
        if lowered in self.running:
            return self.running[lowered]
        if self.in_view:
            raise sql_error(137, name, state=2, line=line)
        return self.parameter(name, self.context.variable(name, line))

    def _case(self, node: syntax.Case, scope: Scope) -> Value:
        results = [self.expression(result, scope) for _, result in node.whens]
        otherwise = self.expression(node.otherwise, scope) if node.otherwise else NULL
        typed = [value for value in (*results, otherwise) if not value.null]
        if not typed:
            raise sql_error(8133, line=node.line)
        target = united_type(typed)
        parts = ["CASE"]
        tests: list[Predicate] = []
        branches = [implicit(result, target, node.line) for result in results]
        for (when, _), branch in zip(node.whens, branches, strict=True):
            # The simple form evaluates its operand anew for each WHEN, as SQL Server does.
            if node.operand is None:
                test = self.condition(when, scope)
            else:
                left, right = self.expression(node.operand, scope), self.expression(when, scope)
                test = self.compare("=", left, right, node.line)
            tests.append(test)
            parts.append(f"WHEN {test} THEN {branch.sql}")
        if not otherwise.null:
            branches.append(implicit(otherwise, target, node.line))
            parts.append(f"ELSE {branches[-1].sql}")
        cost = native(*tests, *branches)
        return Value(f"{' '.join(parts)} END", target, collation=joined(typed, node.line), cost=cost)

    def _next_value(self, node: syntax.NextValue) -> Value:
        """NEXT VALUE FOR: DuckDB gives each occurrence a value of its own, SQL Server all those of a row the same."""
        if self.in_view:
            raise sql_error(11719, line=node.line)
        relation = self.context.sequence(node.sequence, node.line)
        assert relation.sequence is not None
        if relation.duckdb_name in self.next_values:
            raise unsupported("NEXT VALUE FOR one sequence twice in a row", node.line)
        self.next_values.add(relation.duckdb_name)
        declared = relation.sequence.type
        return Value(f"CAST(nextval({quote(relation.duckdb_name)}) AS {duckdb_type(declared)})", declared)

    def _parse(self, node: syntax.Parse, scope: Scope) -> Value:
        """PARSE and TRY_PARSE; raises 8116 for a NULL constant, 10761 for a type of text and the like."""
        name, kind = "try_parse" if node.lenient else "parse", node.type.name
        if kind in ("time", "datetimeoffset"):
            raise unsupported(f"{name.upper()} as {kind}", node.line)
        if kind not in PARSED:
            raise sql_error(10761, kind, name, line=node.line)
        if node.culture.lower() not in ("", "en-us"):
            raise unsupported(f"{name.upper()} with the culture {node.culture}", node.line)
        given = self.expression(node.operand, scope)
        if given.null:
            raise sql_error(8116, "NULL", 1, name, line=node.line)
        text = as_text(given, node.line).sql
        if node.lenient:
            parsed = Value(f"tsql_try_parse({text}, {quote(kind)})", SqlType("varchar", length=8000))
            return convert(parsed, node.type, explicit=True, lenient=True, line=node.line)
        sql = f"tsql_parse({text}, {quote(kind)}, {quote(node.culture)})"
        parsed = Value(sql, SqlType("varchar", length=8000))
        value = convert(parsed, node.type, explicit=True, lenient=True, line=node.line)
        shown = "numeric" if kind == "decimal" else kind
        failed = raise_sql(9819, text, quote(shown), quote(node.culture))
        return replace(value, sql=f"CASE WHEN {text} IS NOT NULL THEN coalesce({value.sql}, {failed}) END")

    def _cast(self, node: syntax.Cast, scope: Scope) -> Value:
        value = self.expression(node.operand, scope)

        def converted(style: int | None) -> Value:
            return convert(value, node.type, explicit=True, lenient=node.lenient, style=style, line=node.line)

        if node.style is None:
            return converted(None)
        given = self.expression(node.style, scope)
        if given.null:
            return typed_null(node.type)
        if given.type.name not in INTEGERS:
            raise unsupported("CONVERT with a style that is not an integer", node.line)
        if given.constant is not None:
            return converted(int(given.constant))
        # Styles of one result share a branch.
        styles: dict[str, list[int]] = {}
        for style in STYLES:
            try:
                styles.setdefault(converted(style).sql, []).append(style)
            except SqlError as error:
                if error.number not in (281, 40510):
                    raise
        branches = " ".join(f"WHEN {given.sql} IN ({str(known)[1:-1]}) THEN {sql}" for sql, known in styles.items())
        failure = raise_sql(40510, quote("CONVERT with this style"))
        sql = f"CASE {branches} WHEN {given.sql} IS NOT NULL AND {value.sql} IS NOT NULL THEN {failure} END"
        return Value(sql, node.type, collation=converted(None).collation)

    def _one_column(self, query: syntax.Query, scope: Scope, line: int) -> Rows:
        """A subquery as a value or list of values; raises 116 unless it has one column."""
        rows = self.rows(query, scope)
        if len(rows.columns) != 1:
            raise sql_error(116, line=line)
        return rows

    def _scalar(self, query: syntax.Query, scope: Scope, line: int) -> Value:
        rows = self._one_column(query, scope, line)
        column = rows.columns[0]
        return Value(f"({rows.sql})", column.type, collation=column.own_collation, null=column.null)

    def compare(self, operator: str, left: Value, right: Value, line: int) -> Predicate:
        """A comparison after implicit conversion; text compares by its collation."""
        left, right = comparable(operator, left, right, line)
        left, right = _same_collation([left, right], operator, line)
        if operator in _ORDERS:
            left, right = sort_key_value(left), sort_key_value(right)
        else:  # equality needs only the key
            text, left, right = left, key_value(left), key_value(right)
            if text.is_text and text.cost is not Cost.MACROS and right.sql == "''" and operator in ("=", "<>"):
                differs = "true" if operator == "<>" else "false"
                test = f"CASE WHEN {begins_visibly(text.sql)} THEN {differs} ELSE {left.sql} {operator} '' END"
                return Predicate(test, native(left))
        if operator in EXACT_COMPARISONS and left.type.name in DECIMALS and right.type.name in DECIMALS:
            return compare_decimals(operator, left, right)
        return Predicate(f"({left.sql} {operator} {right.sql})", native(left, right))

    def condition(self, node: syntax.Expression, scope: Scope) -> Predicate:
        """A search condition as a BOOLEAN expression."""
        match node:
            case syntax.Logical(operator=operator, left=left, right=right):
                first, second = self.condition(left, scope), self.condition(right, scope)
                return Predicate(f"({first} {operator} {second})", native(first, second))
            case syntax.Not(operand=operand):
                positive = self.condition(operand, scope)
                return Predicate(f"(NOT {positive})", positive.cost)
            case syntax.Comparison(operator=operator, left=left, right=right):
                one, two = self.expression(left, scope), self.expression(right, scope)
                return self.compare(operator, one, two, node.line)
            case syntax.DistinctFrom(left=left, right=right, negated=negated):
                one, two = self.expression(left, scope), self.expression(right, scope)
                operator = "IS NOT DISTINCT FROM" if negated else "IS DISTINCT FROM"
                return self.compare(operator, one, two, node.line)
            case syntax.IsNull(operand=operand, negated=negated):
                value = self.expression(operand, scope)
                return Predicate(f"({value.sql} IS {'NOT ' if negated else ''}NULL)", native(value))
            case syntax.Between(operand=operand, low=low, high=high, negated=negated):
                value = self.expression(operand, scope)
                above = self.compare(">=", value, self.expression(low, scope), node.line)
                below = self.compare("<=", value, self.expression(high, scope), node.line)
                return Predicate(f"({'NOT ' if negated else ''}({above} AND {below}))", native(above, below))
            case syntax.InList():
                return self._in_list(node, scope)
            case syntax.InQuery():
                return self._in_query(node, scope)
            case syntax.Like():
                return self._like(node, scope)
            case syntax.Exists(query=query):
                return Predicate(f"EXISTS ({self.rows(query, scope).sql})")
            case syntax.Quantified():
                value = self.expression(node.left, scope)
                compared, subquery = self._against_query(value, node.query, scope, node.operator, node.line)
                return Predicate(f"({compared} {node.operator} {node.quantifier} ({subquery}))")
        raise sql_error(4145, "", line=node.line)

    def _in_list(self, node: syntax.InList, scope: Scope) -> Predicate:
        value = self.expression(node.operand, scope)
        members = [self.expression(member, scope) for member in node.values]
        word = "NOT IN" if node.negated else "IN"
        # Texts share one collation and compare by their keys. Values of other types convert pair by pair.
        if value.is_text and all(member.is_text or member.null for member in members):
            value, *members = _same_collation([value, *members], "=", node.line)
            value, *members = map(key_value, (value, *members))
            listed = ", ".join(member.sql for member in members)
            return Predicate(f"({value.sql} {word} ({listed}))", native(value, *members))
        tests = [self.compare("=", value, member, node.line) for member in members]
        either = " OR ".join(test.sql for test in tests)
        return Predicate(f"(NOT ({either}))" if node.negated else f"({either})", native(*tests))

    def _against_query(
        self, value: Value, query: syntax.Query, scope: Scope, operator: str, line: int
    ) -> tuple[str, str]:
        """The SQL of both sides of a comparison between a value and a subquery's column."""
        rows = self._one_column(query, scope, line)
        column = rows.columns[0]
        member = reference("_q", column)
        left, right = _same_collation(comparable(operator, value, member, line), operator, line)
        by = sort_key if operator in _ORDERS else key
        return by(left), f'SELECT {by(right)} FROM ({rows.sql}) AS "_q"'

    def _in_query(self, node: syntax.InQuery, scope: Scope) -> Predicate:
        value = self.expression(node.operand, scope)
        left, subquery = self._against_query(value, node.query, scope, "=", node.line)
        return Predicate(f"({left} {'NOT IN' if node.negated else 'IN'} ({subquery}))")

    def _like(self, node: syntax.Like, scope: Scope) -> Predicate:
        value = as_text(self.expression(node.operand, scope), node.line)
        pattern = as_text(self.expression(node.pattern, scope), node.line)
        escape = ""
        if node.escape is not None:
            given = self.expression(node.escape, scope)
            if given.constant is None or len(given.constant) != 1:
                raise unsupported("ESCAPE with anything but one constant character", node.line)
            escape = given.constant
        value, pattern = _same_collation([value, pattern], "like", node.line)
        test = like(value, pattern, escape)
        return Predicate(f"(NOT {test})", test.cost) if node.negated else test


_ORDERS = frozenset(("<", "<=", ">", ">="))
"""The comparisons that need the order of values: ``sort_key``."""


def _same_collation(values: Iterable[Value], operation: str, line: int) -> list[Value]:
    """The values, with texts under the collation by which they compare; raises 468."""
    listed = list(values)
    if sum(value.is_text for value in listed) < 2:
        return listed
    collation = compared([value for value in listed if value.is_text], operation, line)
    return [replace(value, collation=collation) if value.is_text else value for value in listed]


def is_default(node: syntax.Expression) -> bool:
    """Whether the word DEFAULT stands in the place of a value."""
    return isinstance(node, syntax.Literal) and node.kind == "default"


def literal(node: syntax.Literal) -> Value:
    """A constant."""
    text = node.value
    match node.kind:
        case "integer":
            return integer_constant(int(text))
        case "decimal":  # the digits as written: 12.50 is NUMERIC(4, 2)
            whole, _, fraction = text.partition(".")
            digits = max(len(whole.lstrip("0")) + len(fraction), 1)
            if digits > 38:
                raise sql_error(1007, text, 38, line=node.line)
            declared = decimal(digits, len(fraction), NUMERIC)
            return Value(f"CAST({quote(text)} AS {duckdb_type(declared)})", declared, constant=text, cost=Cost.NAME)
        case "money":
            return Value(f"CAST({quote(text)} AS DECIMAL(19,4))", SqlType("money"), cost=Cost.NAME)
        case "float":
            if math.isinf(float(text)):
                raise sql_error(168, text, 8, line=node.line)
            return Value(f"CAST({quote(text)} AS DOUBLE)", SqlType("float"), cost=Cost.NAME)
        case "varchar" | "nvarchar":
            limit = 4000 if node.kind == "nvarchar" else 8000
            declared = SqlType(node.kind, length=MAX if (length := utf16.length(text)) > limit else max(1, length))
            return Value(quote(text), declared, constant=text, cost=Cost.NAME)
        case "binary":
            digits_text = text if len(text) % 2 == 0 else "0" + text
            declared = SqlType("varbinary", length=max(1, len(digits_text) // 2))
            return Value(f"unhex({quote(digits_text)})", declared, cost=Cost.NAME)
        case "null":
            return NULL
    raise sql_error(156, "DEFAULT", line=node.line)
