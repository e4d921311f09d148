"""Expressions and conditions into typed DuckDB SQL."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from local_sqlserver import utf16
from local_sqlserver.collation import compared, find, joined
from local_sqlserver.compiler.arithmetic import arithmetic, concatenation, negate
from local_sqlserver.compiler.contract import SESSION_VALUES, Context
from local_sqlserver.compiler.conversions import comparable, convert, implicit
from local_sqlserver.compiler.names import Rows, Scope
from local_sqlserver.compiler.types import (
    INTEGERS,
    UNICODE,
    common_type,
    decimal,
    duckdb_type,
    text_type,
)
from local_sqlserver.compiler.values import NULL, Value, folded, identifier, key, quote, sort_key, typed_null
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import MAX, SqlType

AGGREGATES = frozenset(
    [
        "COUNT",
        "COUNT_BIG",
        "SUM",
        "AVG",
        "MIN",
        "MAX",
        "STDEV",
        "STDEVP",
        "VAR",
        "VARP",
        "STRING_AGG",
        "GROUPING",
        "GROUPING_ID",
        "APPROX_COUNT_DISTINCT",
    ]
)

_CLAUSES = {
    "select": (8120, "the select list"),
    "having": (8121, "the HAVING clause"),
    "order": (8127, "the ORDER BY clause"),
}


def has_aggregate(node: syntax.Node) -> bool:
    """Whether an aggregate function (not as a window) stands in an expression."""
    return any(
        isinstance(inner, syntax.Call) and inner.name in AGGREGATES and inner.window is None
        for inner in node.walk(queries=False)
    )


class ExpressionCompiler:
    """Translates expressions of one statement and collects its parameters."""

    def __init__(self, context: Context, line: int) -> None:
        self.context = context
        self.line = line
        self.parameters: list[str] = []
        self.in_view = False

    def rows(self, query: syntax.Query, parent: Scope | None) -> Rows:
        """A subquery; implemented where queries are."""
        raise NotImplementedError

    def parameter(self, name: str, declared: SqlType) -> Value:
        """A variable or session value as a typed parameter."""
        lowered = name.lower()
        if lowered not in self.parameters:
            self.parameters.append(lowered)
        index = self.parameters.index(lowered) + 1
        return Value(f"CAST(${index} AS {duckdb_type(declared, self.line)})", declared)

    def session_value(self, name: str, line: int) -> Value:
        """A value of ``SESSION_VALUES``; inside a view only the clock and the database's name are known."""
        declared = SESSION_VALUES[name]
        if not self.in_view:
            return self.parameter(name, declared)
        if name in ("getdate()", "sysdatetime()"):
            return Value("CAST(now() AS TIMESTAMP)", declared)
        if name in ("getutcdate()", "sysutcdatetime()"):
            return Value("timezone('UTC', now())", declared)
        if name == "db_name()":
            return Value(quote(self.context.database), declared)
        raise unsupported(f"{name.upper()} in a view", line)

    def expression(self, node: syntax.Expression, scope: Scope) -> Value:
        """A value in a scope; grouping expressions are found by their SQL."""
        if scope.keys is not None and not isinstance(node, syntax.Literal | syntax.Variable):
            grouped = self._grouped(node, scope)
            if grouped is not None:
                return grouped
        return self._value(node, scope)

    def _grouped(self, node: syntax.Expression, scope: Scope) -> Value | None:
        if isinstance(node, syntax.Column):
            value, holder, printed = scope.resolve(node)
            if holder.sources is not scope.sources:
                return value
            assert scope.keys is not None
            if value.sql in scope.keys:
                return scope.keys[value.sql]
            number, where = _CLAUSES[scope.clause]
            text = (
                f"Column '{printed}' is invalid in {where} because it is not contained in either an aggregate "
                "function or the GROUP BY clause."
            )
            raise SqlError(number, text, line=node.line)
        if not scope.keys or isinstance(node, syntax.Subquery | syntax.Condition) or has_aggregate(node):
            return None
        if any(isinstance(inner, syntax.Call) and inner.window for inner in node.walk(queries=False)):
            return None
        return scope.keys.get(self._value(node, scope.ungrouped()).sql)

    def _value(self, node: syntax.Expression, scope: Scope) -> Value:
        match node:
            case syntax.Literal():
                return literal(node)
            case syntax.Variable(name=name):
                return self.variable(name, node.line)
            case syntax.Column():
                return scope.resolve(node)[0]
            case syntax.Unary(operator=operator, operand=operand):
                return negate(operator, self.expression(operand, scope), node.line)
            case syntax.Binary(operator=operator, left=left, right=right):
                one, two = self.expression(left, scope), self.expression(right, scope)
                if operator == "+" and (one.is_text or two.is_text):
                    both = concatenation(one, two, node.line)
                    if both is not None:
                        return both
                return arithmetic(operator, one, two, node.line)
            case syntax.Collate(operand=operand, collation=name):
                value = self.expression(operand, scope)
                if not value.is_text:
                    text = f"Expression type {value.type.name} is invalid for COLLATE clause."
                    raise SqlError(447, text, line=node.line)
                return replace(value, collation=find(name, node.line).clause())
            case syntax.Case():
                return self._case(node, scope)
            case syntax.Cast():
                return self._cast(node, scope)
            case syntax.Subquery(query=query):
                return self._scalar(query, scope, node.line)
            case syntax.Call():
                return self.call(node, scope)
        raise SqlError(102, "Incorrect syntax near a condition.", severity=15, line=node.line)

    def call(self, node: syntax.Call, scope: Scope) -> Value:
        """A function call; implemented where functions are."""
        raise NotImplementedError

    def variable(self, name: str, line: int) -> Value:
        """@x or @@x."""
        lowered = name.lower()
        if lowered.startswith("@@"):
            if lowered not in SESSION_VALUES:
                raise unsupported(f"The system variable {name}", line)
            return self.session_value(lowered, line)
        if self.in_view:
            raise SqlError(137, f'Must declare the scalar variable "{name}".', severity=15, state=2, line=line)
        return self.parameter(name, self.context.variable(name, line))

    def _case(self, node: syntax.Case, scope: Scope) -> Value:
        results = [self.expression(result, scope) for _, result in node.whens]
        otherwise = self.expression(node.otherwise, scope) if node.otherwise else NULL
        typed = [value for value in (*results, otherwise) if not value.null]
        if not typed:
            text = (
                "At least one of the result expressions in a CASE specification must be an "
                "expression other than the NULL constant."
            )
            raise SqlError(8133, text, line=node.line)
        target = common_type([value.type for value in typed])
        parts = ["CASE"]
        for (when, _), result in zip(node.whens, results, strict=True):
            if node.operand is None:
                test = self.condition(when, scope)
            else:
                left, right = self.expression(node.operand, scope), self.expression(when, scope)
                test = self.compare("=", left, right, node.line)
            parts.append(f"WHEN {test} THEN {implicit(result, target, node.line).sql}")
        if not otherwise.null:
            parts.append(f"ELSE {implicit(otherwise, target, node.line).sql}")
        return Value(f"{' '.join(parts)} END", target, collation=joined(typed, node.line))

    def _cast(self, node: syntax.Cast, scope: Scope) -> Value:
        style = None
        if node.style is not None:
            given = self.expression(node.style, scope)
            if given.constant is None or given.type.name not in INTEGERS:
                raise unsupported("CONVERT with a style that is not a constant", node.line)
            style = int(given.constant)
        value = self.expression(node.operand, scope)
        return convert(value, node.type, explicit=True, lenient=node.lenient, style=style, line=node.line)

    def _one_column(self, query: syntax.Query, scope: Scope, line: int) -> Rows:
        """A subquery that stands for values: refuses more than one column (116)."""
        rows = self.rows(query, scope)
        if len(rows.columns) != 1:
            text = (
                "Only one expression can be specified in the select list when the subquery "
                "is not introduced with EXISTS."
            )
            raise SqlError(116, text, line=line)
        return rows

    def _scalar(self, query: syntax.Query, scope: Scope, line: int) -> Value:
        rows = self._one_column(query, scope, line)
        column = rows.columns[0]
        return Value(f"({rows.sql})", column.type, collation=column.own_collation, null=column.null)

    def compare(self, operator: str, left: Value, right: Value, line: int) -> str:
        """A comparison after implicit conversion, by the collation for text."""
        left, right = comparable(left, right, line)
        left, right = _same_collation([left, right], operator, line)
        by = sort_key if "<" in operator.replace("<>", "") or ">" in operator.replace("<>", "") else key
        return f"({by(left)} {operator} {by(right)})"

    def condition(self, node: syntax.Expression, scope: Scope) -> str:
        """A search condition as a BOOLEAN expression."""
        match node:
            case syntax.Logical(operator=operator, left=left, right=right):
                return f"({self.condition(left, scope)} {operator} {self.condition(right, scope)})"
            case syntax.Not(operand=operand):
                return f"(NOT {self.condition(operand, scope)})"
            case syntax.Comparison(operator=operator, left=left, right=right):
                one, two = self.expression(left, scope), self.expression(right, scope)
                return self.compare(operator, one, two, node.line)
            case syntax.DistinctFrom(left=left, right=right, negated=negated):
                one, two = self.expression(left, scope), self.expression(right, scope)
                operator = "IS NOT DISTINCT FROM" if negated else "IS DISTINCT FROM"
                return self.compare(operator, one, two, node.line)
            case syntax.IsNull(operand=operand, negated=negated):
                value = self.expression(operand, scope)
                return f"({value.sql} IS {'NOT ' if negated else ''}NULL)"
            case syntax.Between(operand=operand, low=low, high=high, negated=negated):
                value = self.expression(operand, scope)
                above = self.compare(">=", value, self.expression(low, scope), node.line)
                below = self.compare("<=", value, self.expression(high, scope), node.line)
                return f"({'NOT ' if negated else ''}({above} AND {below}))"
            case syntax.InList():
                return self._in_list(node, scope)
            case syntax.InQuery():
                return self._in_query(node, scope)
            case syntax.Like():
                return self._like(node, scope)
            case syntax.Exists(query=query):
                return f"EXISTS ({self.rows(query, scope).sql})"
            case syntax.Quantified():
                value = self.expression(node.left, scope)
                compared, subquery = self._against_query(value, node.query, scope, node.line)
                return f"({compared} {node.operator} {node.quantifier} ({subquery}))"
        text = "An expression of non-boolean type specified in a context where a condition is expected."
        raise SqlError(4145, text, severity=15, line=node.line)

    def _in_list(self, node: syntax.InList, scope: Scope) -> str:
        value = self.expression(node.operand, scope)
        members = [self.expression(member, scope) for member in node.values]
        word = "NOT IN" if node.negated else "IN"
        if value.is_text and all(member.is_text or member.null for member in members):
            value, *members = _same_collation([value, *members], "=", node.line)
            keys = ", ".join("NULL" if member.null else key(member) for member in members)
            return f"({key(value)} {word} ({keys}))"
        tests = " OR ".join(self.compare("=", value, member, node.line) for member in members)
        return f"(NOT ({tests}))" if node.negated else f"({tests})"

    def _against_query(self, value: Value, query: syntax.Query, scope: Scope, line: int) -> tuple[str, str]:
        """What to compare of a value and the subquery's column, as SQL of both."""
        rows = self._one_column(query, scope, line)
        column = rows.columns[0]
        member = Value(f'"_q".{identifier(column.emitted)}', column.type, collation=column.own_collation)
        left, right = _same_collation(comparable(value, member, line), "=", line)
        return key(left), f'SELECT {key(right)} FROM ({rows.sql}) AS "_q"'

    def _in_query(self, node: syntax.InQuery, scope: Scope) -> str:
        value = self.expression(node.operand, scope)
        left, subquery = self._against_query(value, node.query, scope, node.line)
        return f"({left} {'NOT IN' if node.negated else 'IN'} ({subquery}))"

    def as_text(self, value: Value, line: int) -> Value:
        """A value as text, as string functions take it."""
        if value.null:
            return typed_null(text_type("varchar", 1))
        return value if value.is_text else convert(value, text_type("varchar", 8000), line=line)

    def _like(self, node: syntax.Like, scope: Scope) -> str:
        value = self.as_text(self.expression(node.operand, scope), node.line)
        pattern = self.as_text(self.expression(node.pattern, scope), node.line)
        escape = ""
        if node.escape is not None:
            given = self.expression(node.escape, scope)
            if given.constant is None or len(given.constant) != 1:
                raise unsupported("ESCAPE with anything but one constant character", node.line)
            escape = given.constant
        value, pattern = _same_collation([value, pattern], "like", node.line)
        test = like(value, pattern, escape)
        return f"(NOT {test})" if node.negated else test


def like(value: Value, pattern: Value, escape: str) -> str:
    """SQL of text LIKE pattern; a constant pattern becomes a DuckDB LIKE or a regular expression.

    Blanks at the end of VARCHAR do not count, those of NVARCHAR and of the pattern do. A pattern without _ and [ takes
    for equal what = does; where these count characters, only case, composition and the flags of the collation.
    """
    unicode = not {value.type.name, pattern.type.name}.isdisjoint(UNICODE)
    options = "s" if value.case_counts else "si"
    if pattern.constant is None:
        exact = "true" if value.case_counts else "false"
        blanks = "" if unicode else " *"
        by_character = f"tsql_like({value.sql}, {pattern.sql}, {quote(escape)}, {exact}, {quote(blanks)})"
        if value.compares_by.binary or escape or not unicode:
            return by_character
        marked = Value(f"replace({pattern.sql}, '\\', '\\\\')", pattern.type, collation=value.collation)
        by_text = f"{folded(value, expand=True)} LIKE {folded(marked, expand=True)} ESCAPE '\\'"
        return f"CASE WHEN regexp_matches({pattern.sql}, '[_[]') THEN {by_character} ELSE {by_text} END"
    text = unicodedata.normalize("NFC", pattern.constant) if not value.compares_by.binary else pattern.constant
    if "[" in text or escape or not (unicode or text.endswith("%")):
        regex = quote(like_regex(text, escape) + ("" if unicode else " *"))
        return f"regexp_full_match({folded(value, expand=False)}, {regex}, '{options}')"
    matched = Value(quote(text.replace("\\", "\\\\")), pattern.type, collation=value.collation)
    expand = "_" not in text
    return f"({folded(value, expand=expand)} LIKE {folded(matched, expand=expand)} ESCAPE '\\')"


def like_regex(pattern: str, escape: str = "") -> str:
    """The RE2 regular expression of a LIKE pattern (to be matched in full)."""
    result = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if escape and character == escape and position + 1 < len(pattern):
            position += 1
            result.append(re.escape(pattern[position]))
        elif character == "%":
            result.append(".*")
        elif character == "_":
            result.append(".")
        elif character == "[":
            end = pattern.find("]", position + 1)
            if end < 0:
                return "[^\\x00-\\x{10FFFF}]"  # an unclosed set matches nothing
            inner = pattern[position + 1 : end]
            negated = inner.startswith("^")
            members = inner[1:] if negated else inner
            if not members:
                return "[^\\x00-\\x{10FFFF}]"
            members = re.sub(r"([\\\[\]^&~])", r"\\\1", members)
            result.append(f"[{'^' if negated else ''}{members}]")
            position = end
        else:
            result.append(re.escape(character))
        position += 1
    return "".join(result)


def _same_collation(values: Iterable[Value], operation: str, line: int) -> list[Value]:
    """Texts under the collation by which they compare, other values as they are; raises 468."""
    listed = list(values)
    if sum(value.is_text for value in listed) < 2:
        return listed
    collation = compared([value for value in listed if value.is_text], operation, line)
    return [replace(value, collation=collation) if value.is_text else value for value in listed]


def literal(node: syntax.Literal) -> Value:
    """A constant."""
    text = node.value
    match node.kind:
        case "integer":
            return Value(str(int(text)), SqlType("int"), constant=str(int(text)))
        case "decimal":
            whole, _, fraction = text.partition(".")
            digits = max(len(whole.lstrip("0")) + len(fraction), 1)
            if digits > 38:
                message = f"The number '{text}' is out of the range for numeric representation (maximum precision 38)."
                raise SqlError(1007, message, severity=15, line=node.line)
            declared = decimal(digits, len(fraction))
            return Value(f"CAST({quote(text)} AS {duckdb_type(declared)})", declared, constant=text)
        case "money":
            return Value(f"CAST({quote(text)} AS DECIMAL(19,4))", SqlType("money"))
        case "float":
            return Value(f"CAST({quote(text)} AS DOUBLE)", SqlType("float"))
        case "varchar" | "nvarchar":
            limit = 4000 if node.kind == "nvarchar" else 8000
            declared = SqlType(node.kind, length=MAX if (length := utf16.length(text)) > limit else max(1, length))
            return Value(quote(text), declared, constant=text)
        case "binary":
            digits_text = text if len(text) % 2 == 0 else "0" + text
            declared = SqlType("varbinary", length=max(1, len(digits_text) // 2))
            return Value(f"unhex({quote(digits_text)})", declared)
        case "null":
            return NULL
    raise SqlError(156, "Incorrect syntax near the keyword 'DEFAULT'.", severity=15, line=node.line)
