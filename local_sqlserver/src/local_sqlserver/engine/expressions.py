"""Scalar expressions and conditions of the procedural skeleton.

DuckDB evaluates them; literals, variables and comparisons of integers are evaluated here, where the result is the same.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from local_sqlserver import utf16
from local_sqlserver.engine.results import convert_rows, sql_type
from local_sqlserver.engine.state import Frame
from local_sqlserver.engine.values import coerce, type_of
from local_sqlserver.errors import SqlError
from local_sqlserver.compiler import SESSION_VALUES
from local_sqlserver.language.syntax import Expression
from local_sqlserver.language.tokens import BINARY, NUMBER, STRING, VARIABLE, WORD, Token, tokenize
from local_sqlserver.types import MAX, SqlType

if TYPE_CHECKING:
    from local_sqlserver.engine.session import EngineSession

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_NOTHING = object()


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(tokenize(text)[:-1])


def _literal(tokens: tuple[Token, ...]) -> tuple[Any, SqlType] | None:
    """Return the value of a text that is one literal, with its type."""
    sign = 1
    if len(tokens) == 2 and tokens[0].text in ("-", "+") and tokens[1].kind == NUMBER:
        sign = -1 if tokens[0].text == "-" else 1
        tokens = tokens[1:]
    if len(tokens) != 1:
        return None
    token = tokens[0]
    if token.kind == STRING:
        name = "nvarchar" if token.text[0] in "Nn" else "varchar"
        limit = 4000 if name == "nvarchar" else 8000
        length = max(1, utf16.length(token.value))
        return token.value, SqlType(name, length=length if length <= limit else MAX)
    if token.kind == NUMBER and token.text.isdigit():
        number = sign * int(token.text)
        kind = SqlType("int") if -(2**31) < number < 2**31 else SqlType("decimal", precision=len(token.text), scale=0)
        return (number if kind.name == "int" else Decimal(number)), kind
    if token.kind == NUMBER and token.text[0] not in "$£€":
        if "e" in token.text.lower():
            return sign * float(token.text), SqlType("float")
        exact = sign * Decimal(token.text)
        return exact, type_of(exact)
    if token.kind == BINARY:
        digits = token.text[2:]
        data = bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
        return data, SqlType("varbinary", length=max(1, len(data)))
    if token.kind == WORD and token.upper == "NULL":
        return None, SqlType("int")
    return None


def _simple(session: EngineSession, frame: Frame, tokens: tuple[Token, ...], line: int) -> tuple[Any, SqlType] | None:
    """Return the value of a literal, a variable or a session value; None when the text is anything else."""
    if len(tokens) == 1 and tokens[0].kind == VARIABLE:
        name = tokens[0].text.lower()
        if name.startswith("@@"):
            return (session.value(name, frame), SESSION_VALUES[name]) if name in SESSION_VALUES else None
        variable = frame.variable(tokens[0].text, line)
        return variable.value, variable.type
    if len(tokens) == 3 and tokens[1].text == "(" and tokens[2].text == ")":
        name = tokens[0].text.lower() + "()"
        return (session.value(name, frame), SESSION_VALUES[name]) if name in SESSION_VALUES else None
    return _literal(tokens)


def evaluate(session: EngineSession, frame: Frame, expression: Expression) -> tuple[Any, SqlType]:
    """Return the value of an expression and its type."""
    simple = _simple(session, frame, _tokens(expression.text), expression.line)
    if simple is not None:
        return simple
    translation, relations = session.translate_expression(expression.text, expression.line, frame)
    described, rows = session.query(translation, relations, frame, expression.line)
    if len(rows) > 1:
        text = (
            "Subquery returned more than 1 value. This is not permitted when the subquery follows "
            "=, !=, <, <= , >, >= "
            "or when the subquery is used as an expression."
        )
        raise SqlError(512, text, line=expression.line)
    declared = translation.column_types[0] if translation.column_types else None
    declared = declared or sql_type(described[0][1])
    converted = convert_rows(rows, [declared])
    return (converted[0][0] if converted else None), declared


def evaluate_as(session: EngineSession, frame: Frame, expression: Expression, target: SqlType) -> Any:
    """Return the value of an expression, converted as an assignment to ``target`` converts."""
    simple = _simple(session, frame, _tokens(expression.text), expression.line)
    if simple is not None:
        return coerce(simple[0], target, simple[1])
    if target.name != "sql_variant":
        expression = Expression(f"CAST(({expression.text}) AS {target})", expression.line)
    value, kind = evaluate(session, frame, expression)
    return coerce(value, target, kind)


def is_true(session: EngineSession, frame: Frame, condition: Expression) -> bool:
    """Whether a condition holds; unknown does not."""
    tokens = _tokens(condition.text)
    fast = _fast_condition(session, frame, tokens, condition.line)
    if fast is not _NOTHING:
        return bool(fast)
    translation, relations = session.translate_expression(condition.text, condition.line, frame)
    _, rows = session.query(translation, relations, frame, condition.line)
    return bool(rows[0][0])


def _fast_condition(session: EngineSession, frame: Frame, tokens: tuple[Token, ...], line: int) -> Any:
    if len(tokens) in (3, 4) and tokens[0].kind == VARIABLE and tokens[1].upper == "IS" and tokens[-1].upper == "NULL":
        simple = _simple(session, frame, tokens[:1], line)
        if simple is not None and (len(tokens) == 3 or tokens[2].upper == "NOT"):
            return (simple[0] is None) == (len(tokens) == 3)
    split = next((index for index, token in enumerate(tokens) if token.text in _COMPARISONS), None)
    if split is None or len(tokens) > 7:
        return _NOTHING
    left = _simple(session, frame, tokens[:split], line)
    right = _simple(session, frame, tokens[split + 1 :], line)
    if left is None or right is None:
        return _NOTHING
    if type(left[0]) is int and type(right[0]) is int:
        return _COMPARISONS[tokens[split].text](left[0], right[0])
    if left[0] is None or right[0] is None:
        return False
    return _NOTHING
