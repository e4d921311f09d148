"""SELECT @v = @v + column over several rows: each row reads the values that the row before it has assigned.

SQL Server assigns row by row, in the order of the rows, and the assignments of one row from left to right. So the rows
are collected into a list, and DuckDB's list_reduce folds it over a STRUCT of the variables. Source: the T-SQL
reference, SELECT @local_variable; "Variables" warns that the order is not guaranteed without ORDER BY.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from local_sqlserver.compiler.contract import Translation
from local_sqlserver.compiler.conversions import implicit
from local_sqlserver.compiler.expressions import has_aggregate
from local_sqlserver.compiler.fragments import Value, identifier, typed_null
from local_sqlserver.compiler.names import Scope, SourceColumns
from local_sqlserver.compiler.queries import QueryCompiler
from local_sqlserver.errors import unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType

_DATEPART_FUNCTIONS = frozenset(
    {"DATEADD", "DATEDIFF", "DATEDIFF_BIG", "DATENAME", "DATEPART", "DATETRUNC", "DATE_BUCKET"}
)
"""Functions whose first argument is the name of a datepart, which the parser reads as a column."""


def accumulates(body: syntax.Select) -> bool:
    """Whether an assignment reads a value that the same SELECT has assigned, in this row or in an earlier one."""
    assigned = frozenset[str]() if _has_one_row(body) else _assigned(body)
    for item in body.items:
        if item.value is not None and _reads(item.value, assigned):
            return True
        assigned |= {item.variable.lower()}
    return False


def accumulate(compiler: QueryCompiler, node: syntax.SelectStatement, body: syntax.Select, tables: str) -> Translation:
    """Compile such a SELECT; its one row holds the last values and the number of rows, no row if there was none."""
    names = dict.fromkeys(item.variable.lower() for item in body.items)
    types = {name: compiler.context.variable(name, node.line) for name in names}
    sql = accumulation(compiler, node, body, types)
    return Translation(
        statements=(f"{tables}{sql}",),
        command="select",
        parameters=tuple(compiler.parameters),
        column_types=tuple(types.values()),
        assignments=tuple(names),
        counted=True,
    )


def accumulation(
    compiler: QueryCompiler, node: syntax.SelectStatement, body: syntax.Select, types: dict[str, SqlType]
) -> str:
    """The query of such a SELECT; ``types`` are those of the assigned variables, by name in lower case."""
    assigned, one_row = _assigned(body), _has_one_row(body)
    if body.distinct:
        raise unsupported("SELECT DISTINCT that accumulates a variable", node.line)
    if not one_row:
        rest = (*_parts(body, "items"), *(item for item in node.query.order))
        if any(_reads(part, assigned) for part in rest):
            raise unsupported("A variable that is accumulated and read outside the select list", node.line)
    # The query gives what the assignments need of a row: columns, subqueries, aggregates.
    needed: dict[syntax.Expression, str] = {}
    grouped = body.group is not None or any(item.value is not None and has_aggregate(item.value) for item in body.items)

    def column(part: syntax.Expression) -> syntax.Column:
        name = needed.setdefault(part, f"_{len(needed)}")
        return syntax.Column(parts=(name,), line=part.line)

    # A subquery may read a variable only if no row and no assignment before it has changed that.
    changed = frozenset[str]() if one_row else assigned

    def split_value(part: syntax.Expression) -> syntax.Expression:
        value = split(part)
        assert isinstance(value, syntax.Expression)
        return value

    def split(part: syntax.Node) -> syntax.Node:
        match part:
            case syntax.Call(name=name, arguments=(syntax.Column() as datepart, *others)) if (
                name in _DATEPART_FUNCTIONS
            ):
                return replace(part, arguments=(datepart, *map(split_value, others)))
            case syntax.Query():
                raise unsupported("An accumulated variable beside a subquery", part.line)
            case syntax.Literal() | syntax.Variable():
                return part
            case syntax.Call() if part.window is not None or (has_aggregate(part) and not _has_call_inside(part)):
                return column(part)
            case syntax.Column():
                return column(part)
            case syntax.Subquery() if not _reads(part, changed):
                return column(part)
            case syntax.Expression() if grouped and not isinstance(part, syntax.Condition):
                if not _reads(part, changed):
                    return column(part)
        return _mapped(part, split)

    values = []
    for item in body.items:
        assert item.value is not None
        values.append(split_value(item.value))
        changed |= {item.variable.lower()}
    items = tuple(syntax.Item(value=part, alias=name, line=part.line) for part, name in needed.items())
    if not items:
        items = (
            syntax.Item(value=syntax.Literal(kind="integer", value="0", line=node.line), alias="_0", line=node.line),
        )
    rows = compiler.query_rows(replace(node.query, body=replace(body, items=items)), None)
    row = SourceColumns("", "_x", rows.columns)
    for found in rows.columns:
        value = Value(f"_x.{identifier(found.emitted)}", found.type, collation=found.own_collation)
        row.replacements[found.name.lower()] = typed_null(found.type) if found.null else value
    others = compiler.running
    initial = {name: compiler.variable(name, node.line) for name in types}
    compiler.running = {**others, **{name: Value(f"_a.{identifier(name)}", types[name]) for name in types}}
    scope = Scope(None, [row])
    for item, part in zip(body.items, values, strict=True):
        name = item.variable.lower()
        assigned_value = implicit(compiler.expression(part, scope), types[name], node.line)
        sql = typed_null(types[name]).sql if assigned_value.null else assigned_value.sql
        compiler.running[name] = Value(f"({sql})", types[name])
    final = _struct({name: compiler.running[name].sql for name in types})
    compiler.running = others
    elements = _struct({found.emitted: identifier(found.emitted) for found in rows.columns})
    first = _struct({name: value.sql for name, value in initial.items()})
    return (
        f"SELECT {', '.join(f'_f.{identifier(name)}' for name in types)}, _c FROM ("
        f"SELECT list_reduce(_l, lambda _a, _x: {final}, {first}) AS _f, len(_l) AS _c FROM ("
        f"SELECT list({elements} ORDER BY _n) AS _l FROM (SELECT *, row_number() OVER () AS _n FROM ({rows.sql}))"
        ") WHERE _l IS NOT NULL)"
    )


def _assigned(body: syntax.Select) -> frozenset[str]:
    return frozenset(item.variable.lower() for item in body.items if item.variable)


def _reads(node: syntax.Node, variables: frozenset[str]) -> bool:
    return any(isinstance(inner, syntax.Variable) and inner.name.lower() in variables for inner in node.walk())


def _parts(node: syntax.Node, but: str) -> list[syntax.Node]:
    """The child nodes of a node, without those of one field."""
    return [
        child
        for part in fields(node)
        if part.name != but and isinstance(child := getattr(node, part.name), syntax.Node)
    ]


def _has_one_row(body: syntax.Select) -> bool:
    top = body.top
    if top is not None and not top.percent and not top.ties:
        count = top.count
        if isinstance(count, syntax.Literal) and count.value == "1":
            return True
    if body.source is None:
        return True
    return body.group is None and any(item.value is not None and has_aggregate(item.value) for item in body.items)


def _has_call_inside(node: syntax.Call) -> bool:
    """Whether the aggregate of a call is in its arguments: the call itself then is no aggregate."""
    return any(has_aggregate(argument) for argument in node.arguments)


def _struct(parts: dict[str, str]) -> str:
    return "{" + ", ".join(f"{identifier(name)}: {sql}" for name, sql in parts.items()) + "}"


def _mapped(node: syntax.Node, change: Callable[[syntax.Node], syntax.Node]) -> syntax.Node:
    """A copy of a node with its children changed."""

    def of(value: Any) -> Any:
        if isinstance(value, syntax.Node):
            return change(value)
        return tuple(of(item) for item in value) if isinstance(value, tuple) else value

    return replace(node, **{part.name: of(getattr(node, part.name)) for part in fields(node)})
