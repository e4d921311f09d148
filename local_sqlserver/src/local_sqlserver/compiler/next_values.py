"""Where NEXT VALUE FOR is not allowed. Source: the T-SQL reference, NEXT VALUE FOR, "Limitations and restrictions"."""

from __future__ import annotations

from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax

_CONDITIONAL = frozenset({"CHOOSE", "COALESCE", "IIF", "ISNULL", "NULLIF"})


def check_next_values(statement: syntax.Node) -> None:
    """Raise SqlError 11720, 11739, 11741 or 11742 for a statement with NEXT VALUE FOR in a wrong place."""
    for node in statement.walk():
        match node:
            case syntax.Case():
                _refuse(11741, node)
            case syntax.Call(name=name) if name in _CONDITIONAL:
                _refuse(11741, node)
            case syntax.Select():
                if node.top is not None:
                    _refuse(11739, node)
                _refuse(11720, node.where, node.group, node.having)
            case syntax.Query() if node.offset is not None:
                _refuse(11739, node)
            case syntax.Merge():
                _refuse(11742, node)
            case syntax.Insert() | syntax.Update() | syntax.Delete() if node.top is not None:
                _refuse(11739, node)
        if isinstance(node, syntax.Update | syntax.Delete):
            _refuse(11720, node.where)


def _refuse(number: int, *nodes: syntax.Node | None) -> None:
    for node in nodes:
        for inner in node.walk() if node is not None else ():
            if isinstance(inner, syntax.NextValue):
                raise sql_error(number, line=inner.line)
