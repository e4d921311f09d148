"""Scalar expressions and conditions outside queries: of SET, IF, WHILE, PRINT, arguments and defaults.

DuckDB evaluates them. What procedures repeat is evaluated here, because a prepared query costs a hundred times as much
and gives the same result: literals, variables, session values, sums of integers, texts joined with integers, and
conditions on them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from local_sqlserver import utf16
from local_sqlserver.collation import DATABASE
from local_sqlserver.compiler import SESSION_VALUES, folding
from local_sqlserver.compiler.types import sql_type
from local_sqlserver.engine.coercion import coerce, type_of
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.results import convert_rows
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.session_values import SessionValues
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.types import INTEGERS, MAX, TEXT, TYPES, SqlType

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
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
            return Decimal(sign * int(text)), SqlType("numeric", precision=len(text), scale=0)
        case "decimal":
            exact = Decimal(text).copy_sign(sign)  # a product would have 28 digits
            return exact, replace(type_of(exact), name="numeric")
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

    def _text(self, frame: Frame, node: syntax.Expression) -> tuple[str | None] | None:
        """Return the text of a simple value, or of such texts that are joined or quoted; None for anything else."""
        match node:
            case syntax.Call(name=name) if name.upper() == "CONCAT":
                parts = [self._part(frame, argument) for argument in node.arguments]
                return None if None in parts else ("".join(part[0] or "" for part in parts if part),)
            case syntax.Call(name=name, arguments=(argument,)) if name.upper() == "QUOTENAME":
                part = self._text(frame, argument)
                if part is None or (part[0] is not None and utf16.length(part[0]) > 128):
                    return None
                return (None if part[0] is None else f"[{part[0].replace(']', ']]')}]",)
            case syntax.Binary(operator="+", left=left, right=right):
                one, other = self._text(frame, left), self._text(frame, right)
                if one is None or other is None:
                    return None
                return (None if one[0] is None or other[0] is None else one[0] + other[0],)
            case syntax.Cast(operand=operand, type=SqlType(name="varchar" | "nvarchar", length=length), style=None):
                part = self._part(frame, operand)
                fits = part is not None and (length == MAX or len(part[0] or "") <= (length or 0))
                return part if fits and (part is None or part[0] is None or part[0].isascii()) else None
        simple = self._simple(frame, node)
        return (simple[0],) if simple is not None and simple[1].name in ("varchar", "nvarchar") else None

    def _part(self, frame: Frame, node: syntax.Expression) -> tuple[str | None] | None:
        """Return a text, or an integer as text; None for anything else."""
        simple = self._simple(frame, node)
        if simple is not None and simple[1].name in INTEGERS:
            return (None if simple[0] is None else str(simple[0]),)
        return self._text(frame, node)

    def evaluate(self, frame: Frame, node: syntax.Expression, target: SqlType | None = None) -> tuple[Any, SqlType]:
        """Return the value of an expression and its type, compiled as ``target`` if that is given."""
        simple = self._simple(frame, node)
        if simple is not None:
            return simple
        translation, relations = self._compilation.compiled(node, frame, target)
        declared = translation.column_types[0] if translation.column_types else None
        text = self._text(frame, node)
        if text is not None and declared is not None and _holds(declared, text[0]):
            return text[0], declared
        described, rows = self._runner.query(translation, relations, frame, node.line)
        if len(rows) > 1:
            raise sql_error(512, line=node.line)
        declared = declared or sql_type(described[0][1])
        converted = convert_rows(rows, [declared])
        return (converted[0][0] if converted else None), declared

    def evaluate_as(self, frame: Frame, node: syntax.Expression, target: SqlType) -> Any:
        """Return the value of an expression, converted to ``target`` as by an assignment."""
        value, kind = self.evaluate(frame, node, target)
        return coerce(value, target, kind, frame.settings.date_order)

    def is_true(self, frame: Frame, condition: syntax.Expression) -> bool:
        """Whether a condition is true; unknown is not."""
        truth = self._truth(frame, condition)
        if truth is not None:
            return truth[0] is True
        translation, relations = self._compilation.compiled(condition, frame)
        _, rows = self._runner.query(translation, relations, frame, condition.line)
        return bool(rows[0][0])

    def _truth(self, frame: Frame, condition: syntax.Expression) -> tuple[bool | None] | None:
        """Return the truth of a condition on simple values, in which None is unknown; None for any other condition."""
        match condition:
            case syntax.IsNull(operand=operand):
                simple = self._simple(frame, operand)
                return None if simple is None else ((simple[0] is None) != condition.negated,)
            case syntax.Not(operand=operand):
                truth = self._truth(frame, operand)
                return truth if truth is None or truth[0] is None else (not truth[0],)
            case syntax.Logical(operator=operator, left=left, right=right):
                one, other = self._truth(frame, left), self._truth(frame, right)
                if one is None or other is None:
                    return None
                decides = operator == "OR"
                truths = (one[0], other[0])
                return (decides if decides in truths else None if None in truths else not decides,)
            case syntax.Comparison(operator=operator, left=left, right=right):
                return _compared(operator, self._simple(frame, left), self._simple(frame, right))
        return None


def _holds(declared: SqlType, text: str | None) -> bool:
    """Whether a type holds a text as it is."""
    if text is None or declared.name not in ("varchar", "nvarchar"):
        return declared.name in ("varchar", "nvarchar")
    fits = declared.length == MAX or utf16.length(text) <= (declared.length or 0)
    return fits and (declared.name == "nvarchar" or text.isascii())


def _compared(
    operator: str, one: tuple[Any, SqlType] | None, other: tuple[Any, SqlType] | None
) -> tuple[bool | None] | None:
    """Return the truth of a comparison of integers, or of the equality of texts; None for any other."""
    if one is None or other is None:
        return None
    if one[0] is None or other[0] is None:
        return (None,)
    if type(one[0]) is int and type(other[0]) is int:
        return (_COMPARISONS[operator](one[0], other[0]),)
    if operator in ("=", "<>") and one[1].name in TEXT and other[1].name in TEXT:
        first, second = (folding.fold_constant(text, DATABASE) for text, _ in (one, other))
        return (_COMPARISONS[operator]((first or "").rstrip(" "), (second or "").rstrip(" ")),)
    return None
