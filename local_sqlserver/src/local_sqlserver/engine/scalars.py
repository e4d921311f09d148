"""Scalar expressions and conditions outside queries: of SET, IF, WHILE, PRINT, arguments and defaults.

DuckDB evaluates them. Literals, variables, session values, and sums and comparisons of integers are evaluated here,
because a prepared query costs a hundred times as much and gives the same result.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from local_sqlserver import utf16
from local_sqlserver.compiler import SESSION_VALUES
from local_sqlserver.compiler.types import sql_type
from local_sqlserver.engine.coercion import coerce, type_of
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.results import convert_rows
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.session_values import SessionValues
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.types import MAX, TYPES, SqlType

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_NUMBERS = ("integer", "decimal", "float")


def _literal(node: syntax.Literal, sign: int = 1) -> tuple[Any, SqlType] | None:
    """Return the value of a literal and its type; None for the kinds that must be compiled."""
    text = node.value
    match node.kind:
        case "varchar" | "nvarchar":
            limit = TYPES[node.kind].longest or MAX
            length = max(1, utf16.length(text))
            return text, SqlType(node.kind, length=length if length <= limit else MAX)
        case "integer":
            return sign * int(text), SqlType("int")
        case "decimal" if "." not in text:
            return Decimal(sign * int(text)), SqlType("decimal", precision=len(text), scale=0)
        case "decimal":
            exact = sign * Decimal(text)
            return exact, type_of(exact)
        case "float":
            return sign * float(text), SqlType("float")
        case "binary":
            data = bytes.fromhex(text if len(text) % 2 == 0 else "0" + text)
            return data, SqlType("varbinary", length=max(1, len(data)))
        case "null":
            return None, SqlType("int")
    return None


class Scalars:
    """Evaluates expressions for one session."""

    def __init__(self, compilation: Compilation, runner: Runner, values: SessionValues) -> None:
        self._compilation = compilation
        self._runner = runner
        self._values = values

    def _simple(self, frame: Frame, node: syntax.Expression) -> tuple[Any, SqlType] | None:
        """Return the value of a literal, a variable or a session value; None for any other expression."""
        match node:
            case syntax.Literal():
                return _literal(node)
            case syntax.Variable(name=name):
                if name.startswith("@@"):
                    return self._session_value(frame, name.lower())
                variable = frame.variable(name, node.line)
                return variable.value, variable.type
            case syntax.Unary(
                operator="-" | "+", operand=syntax.Literal(kind="integer" | "decimal" | "float") as number
            ):
                return _literal(number, -1 if node.operator == "-" else 1)
            case syntax.Binary(operator="+" | "-" | "*", left=left, right=right):
                return self._integers(node.operator, self._simple(frame, left), self._simple(frame, right))
            case syntax.Call(arguments=(), star=False, window=None):
                return self._session_value(frame, f"{node.name.lower()}()")
        return None

    def _integers(
        self, sign: str, left: tuple[Any, SqlType] | None, right: tuple[Any, SqlType] | None
    ) -> tuple[Any, SqlType] | None:
        """Return the sum, difference or product of two INTs if it is an INT; None for anything else."""
        if left is None or right is None or left[1].name != "int" or right[1].name != "int":
            return None
        if left[0] is None or right[0] is None:
            return None, left[1]
        result = _ARITHMETIC[sign](left[0], right[0])
        return (result, left[1]) if -(2**31) <= result < 2**31 else None

    def _session_value(self, frame: Frame, name: str) -> tuple[Any, SqlType] | None:
        return (self._values.value(name, frame), SESSION_VALUES[name]) if name in SESSION_VALUES else None

    def evaluate(self, frame: Frame, node: syntax.Expression, target: SqlType | None = None) -> tuple[Any, SqlType]:
        """Return the value of an expression and its type, compiled as ``target`` if that is given."""
        simple = self._simple(frame, node)
        if simple is not None:
            return simple
        translation, relations = self._compilation.compiled(node, frame, target)
        described, rows = self._runner.query(translation, relations, frame, node.line)
        if len(rows) > 1:
            raise sql_error(512, line=node.line)
        declared = translation.column_types[0] if translation.column_types else None
        declared = declared or sql_type(described[0][1])
        converted = convert_rows(rows, [declared])
        return (converted[0][0] if converted else None), declared

    def evaluate_as(self, frame: Frame, node: syntax.Expression, target: SqlType) -> Any:
        """Return the value of an expression, converted to ``target`` as by an assignment."""
        value, kind = self.evaluate(frame, node, target)
        return coerce(value, target, kind)

    def is_true(self, frame: Frame, condition: syntax.Expression) -> bool:
        """Whether a condition is true; unknown is not."""
        fast = self._fast_condition(frame, condition)
        if fast is not None:
            return fast
        translation, relations = self._compilation.compiled(condition, frame)
        _, rows = self._runner.query(translation, relations, frame, condition.line)
        return bool(rows[0][0])

    def _fast_condition(self, frame: Frame, condition: syntax.Expression) -> bool | None:
        """Whether a comparison of integers or a test for NULL is true; None for any other condition."""
        match condition:
            case syntax.IsNull(operand=syntax.Variable() as variable):
                simple = self._simple(frame, variable)
                return None if simple is None else (simple[0] is None) != condition.negated
            case syntax.Comparison(left=left, right=right):
                one, other = self._simple(frame, left), self._simple(frame, right)
                if one is None or other is None:
                    return None
                if type(one[0]) is int and type(other[0]) is int:
                    return _COMPARISONS[condition.operator](one[0], other[0])
                if one[0] is None or other[0] is None:
                    return False
        return None
