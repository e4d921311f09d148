"""The text of defaults, checks and computed columns as SQL Server stores and shows it.

Names are in brackets, numbers in parentheses, functions in lower case: DEFAULT 0 is ``((0))``, CHECK (a > 0) is
``([a]>(0))``, DEFAULT CURRENT_TIMESTAMP is ``(getdate())``. Source: the definitions in sys.default_constraints and
sys.check_constraints in the samples of the T-SQL reference. An expression outside these rules keeps its own text.
"""

from __future__ import annotations

from local_sqlserver.compiler.functions.registry import WITH_DATE_PART
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType

_PRECEDENCE = {"*": 3, "/": 3, "%": 3, "+": 2, "-": 2, "&": 2, "|": 2, "^": 2}
_WITH_KEYWORDS = ("ISJSON", "JSON_ARRAY", "JSON_OBJECT", "TRIM")
"""Functions whose arguments may be divided by other signs than commas."""
_NUMBERS = ("integer", "decimal", "float", "money", "binary")
_MARKS = {"money": "$", "binary": "0x"}


class _OwnTextError(Exception):
    """The expression is outside the rules."""


def stored_text(definition: syntax.Definition) -> str:
    """The text in the catalog, in parentheses."""
    try:
        return f"({_text(definition.expression)})"
    except _OwnTextError:
        return f"({definition.text})"


def _text(node: syntax.Expression) -> str:
    match node:
        case syntax.Literal(kind=kind, value=value):
            return _literal(kind, value)
        case syntax.Column(parts=parts):
            return ".".join(f"[{part.replace(']', ']]')}]" for part in parts)
        case syntax.NextValue(sequence=sequence):
            parts = sequence if len(sequence) > 1 else ("dbo", *sequence)
            return f"NEXT VALUE FOR {'.'.join(f'[{part}]' for part in parts)}"
        case syntax.Unary(operator="-", operand=syntax.Literal(kind=kind, value=value)) if kind in _NUMBERS:
            return f"(-{_MARKS.get(kind, '')}{value})"
        case syntax.Unary(operator=operator, operand=operand):
            text = _text(operand)
            return f"{operator}({text})" if isinstance(operand, syntax.Binary | syntax.Unary) else f"{operator}{text}"
        case syntax.Binary(operator=operator, left=left, right=right):
            return f"{_operand(left, operator)}{operator}{_operand(right, operator, right=True)}"
        case syntax.Call(name=name) if name in _WITH_KEYWORDS:
            raise _OwnTextError
        case syntax.Call(window=None, distinct=False, star=False, within=(), name=name, arguments=arguments):
            return f"{name.lower()}({','.join(_arguments(name, arguments))})"
        case syntax.Cast(lenient=False, operand=operand, type=declared, style=style):
            last = f",{_text(style)}" if style is not None else ""
            return f"CONVERT({_type(declared)},{_text(operand)}{last})"
    if isinstance(node, syntax.Condition):
        return _condition(node)
    raise _OwnTextError


def _literal(kind: str, value: str) -> str:
    if kind in _NUMBERS:
        return f"({_MARKS.get(kind, '')}{value})"
    if kind in ("varchar", "nvarchar"):
        quoted = value.replace("'", "''")
        return f"N'{quoted}'" if kind == "nvarchar" else f"'{quoted}'"
    if kind == "null":
        return "NULL"
    raise _OwnTextError


def _operand(node: syntax.Expression, operator: str, *, right: bool = False) -> str:
    """An operand, in parentheses if it binds less tightly than the operator, or if two signs would meet."""
    text = _text(node)
    if not isinstance(node, syntax.Binary):
        return f"({text})" if isinstance(node, syntax.Unary) and not text.startswith("(") else text
    own, outer = _PRECEDENCE[node.operator], _PRECEDENCE[operator]
    return f"({text})" if own < outer or (right and own == outer) else text


def _arguments(name: str, arguments: tuple[syntax.Expression, ...]) -> list[str]:
    texts = []
    for position, argument in enumerate(arguments):
        if position == 0 and name in WITH_DATE_PART and isinstance(argument, syntax.Column):
            texts.append(argument.parts[-1].lower())
        else:
            texts.append(_text(argument))
    return texts


def _type(declared: SqlType) -> str:
    name, parenthesis, rest = str(declared).partition("(")
    return f"[{name}]{parenthesis}{rest}"


def _side(node: syntax.Expression, operator: str) -> str:
    """A side of AND or OR, in parentheses if it is an OR beside an AND; a list is stored with OR."""
    either = (isinstance(node, syntax.Logical) and node.operator == "OR") or (
        isinstance(node, syntax.InList) and len(node.values) > 1
    )
    return f"({_text(node)})" if operator == "AND" and either else _text(node)


def _condition(node: syntax.Condition) -> str:
    match node:
        case syntax.Comparison(operator=operator, left=left, right=right):
            return f"{_text(left)}{operator}{_text(right)}"
        case syntax.Logical(operator=operator, left=left, right=right):
            sides = (_side(left, operator), _side(right, operator))
            return f" {operator} ".join(sides)
        case syntax.IsNull(operand=operand, negated=negated):
            return f"{_text(operand)} IS {'NOT ' if negated else ''}NULL"
        case syntax.Between(negated=False, operand=operand, low=low, high=high):
            return f"{_text(operand)}>={_text(low)} AND {_text(operand)}<={_text(high)}"
        case syntax.Like(negated=False, escape=None, operand=operand, pattern=pattern):
            return f"{_text(operand)} like {_text(pattern)}"
        case syntax.InList(negated=False, operand=operand, values=values):
            # SQL Server stores the values of the list from the last to the first.
            return " OR ".join(f"{_text(operand)}={_text(value)}" for value in reversed(values))
    raise _OwnTextError
