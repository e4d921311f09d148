"""Inferred types of a statement's parameters, from the columns that store them or are compared with them.

Source: the T-SQL reference, "sp_describe_undeclared_parameters". Of its rules these are the first: a parameter that
is stored in a column or compared with one has the column's type.
"""

from __future__ import annotations

from collections.abc import Iterator

from local_sqlserver.compiler.contract import Context, Relation
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from local_sqlserver.types import SqlType


def parameter_types(text: str, context: Context) -> dict[str, SqlType | None]:
    """Return the variables of a one-statement batch in the order of the text, with their types (None if unknown).

    Raises SqlError for a statement that does not parse, 207 and 208 for columns and tables that do not exist.
    """
    batch = parse_batch(text, undeclared=True)
    if len(batch.statements) != 1 or not isinstance(batch.statements[0], syntax.DataStatement):
        raise unsupported(
            "sp_describe_undeclared_parameters of anything but one SELECT, INSERT, UPDATE, DELETE or MERGE"
        )
    root = batch.statements[0]
    names = [node.name for node in root.walk() if isinstance(node, syntax.Variable) and node.name[:2] != "@@"]
    lowered = text.lower()
    found: dict[str, SqlType | None] = dict.fromkeys(sorted(names, key=lambda name: lowered.index(name.lower())))
    columns = _columns(root, context)
    for variable, column in _assigned_or_compared(root):
        found[variable.name] = found[variable.name] or columns.get(column.lower())
    if isinstance(root, syntax.Insert):
        for variable, declared in _inserted(root, context.relation(root.target, root.line)):
            found[variable.name] = declared
    return found


def _columns(root: syntax.Node, context: Context) -> dict[str, SqlType | None]:
    """Return the column types of all tables in the statement by column name, None for a name with several types."""
    columns: dict[str, SqlType | None] = {}
    for node in root.walk():
        relation: Relation | None = None
        if isinstance(node, syntax.TableSource):
            relation = context.relation(node.name, node.line)
        elif isinstance(node, syntax.Update | syntax.Delete) and node.source is None:
            relation = context.relation(node.target, node.line)
        for column in relation.columns if relation is not None else ():
            name = column.name.lower()
            columns[name] = column.type if columns.get(name, column.type) == column.type else None
    return columns


def _assigned_or_compared(root: syntax.Node) -> Iterator[tuple[syntax.Variable, str]]:
    """Yield each variable that is assigned to a column or compared with it, and the column's name."""
    for node in root.walk():
        match node:
            case syntax.Assignment(value=syntax.Variable() as variable):
                yield variable, node.column
            case syntax.Comparison(left=one, right=other):
                yield from _compared(one, other)
                yield from _compared(other, one)
            case syntax.Like(operand=operand, pattern=pattern):
                yield from _compared(operand, pattern)
            case syntax.Between(operand=operand, low=low, high=high):
                yield from _compared(operand, low, high)
            case syntax.InList(operand=operand, values=values):
                yield from _compared(operand, *values)


def _compared(column: syntax.Expression, *others: syntax.Expression) -> Iterator[tuple[syntax.Variable, str]]:
    if isinstance(column, syntax.Column):
        for other in others:
            if isinstance(other, syntax.Variable):
                yield other, column.parts[-1]


def _inserted(node: syntax.Insert, relation: Relation) -> Iterator[tuple[syntax.Variable, SqlType]]:
    """Yield each variable in the VALUES of an INSERT, and the type of its column."""
    by_name = {column.name.lower(): column for column in relation.columns}
    columns = [column for column in relation.columns if column.identity is None and column.computed is None]
    if node.columns is not None:
        absent = next((name for name in node.columns if name.lower() not in by_name), None)
        if absent is not None:
            raise sql_error(207, absent, line=node.line)
        columns = [by_name[name.lower()] for name in node.columns]
    for row in node.rows or ():
        for value, column in zip(row, columns, strict=False):
            if isinstance(value, syntax.Variable):
                yield value, column.type
