"""WITH SCHEMABINDING: views and functions that keep what they read as it is.

Sources: the T-SQL reference, CREATE VIEW and CREATE FUNCTION, "SCHEMABINDING".
"""

from __future__ import annotations

import re

from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax


def is_schema_bound(definition: str) -> bool:
    """Whether a view, procedure or function is WITH SCHEMABINDING, without which none is deterministic."""
    return re.search(r"\bSCHEMABINDING\b", definition, re.IGNORECASE) is not None


def check_schema_bound(kind: str, name: syntax.Name, definition: syntax.Node) -> None:
    """Raise SqlError 1054 for a ``*`` in a schema-bound object, 4512 for a table whose name has not two parts."""
    nodes = list(definition.walk())
    common = {node.name.lower() for node in nodes if isinstance(node, syntax.CommonTable)}
    tested = {id(node.query.body) for node in nodes if isinstance(node, syntax.Exists)}
    for node in nodes:
        if isinstance(node, syntax.Select) and id(node) not in tested:
            for item in node.items:
                if item.value is None:
                    raise sql_error(1054, "*", line=item.line)
        elif isinstance(node, syntax.TableSource):
            is_own = len(node.name) == 1 and (node.name[0].lower() in common or node.name[0].startswith("@"))
            if len(node.name) != 2 and not is_own:
                raise sql_error(4512, kind, ".".join(name), ".".join(node.name), line=node.line)
