"""The two entry points: a statement, and an expression or condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local_sqlserver.collation import named
from local_sqlserver.compiler.accumulation import accumulate, accumulates
from local_sqlserver.compiler.contract import ColumnInfo, Context, KeyLookup, Relation, Translation
from local_sqlserver.compiler.conversions import implicit
from local_sqlserver.compiler.ddl import DefinitionCompiler
from local_sqlserver.compiler.fragments import Cost, Value, identifier, typed_null
from local_sqlserver.compiler.names import Scope
from local_sqlserver.compiler.row_text import chunks, not_allowed
from local_sqlserver.compiler.types import BIT
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType


def compile_statement(node: syntax.CompiledStatement, context: Context) -> Translation:
    """DuckDB SQL of a statement; raises SqlError for unknown names, wrong types and refused constructs."""
    return _COMPILE[type(node)](DefinitionCompiler(context, node.line), node)


def compile_expression(node: syntax.Expression, context: Context, target: SqlType | None = None) -> Translation:
    """A value or a condition as a one-row SELECT; a condition gives a BOOLEAN and has no type of its own.

    With ``target`` the value is converted to that type, as by an assignment.
    """
    compiler = DefinitionCompiler(context, node.line)
    if isinstance(node, syntax.Condition):
        sql = compiler.condition(node, Scope()).sql
        types = (BIT,)
    else:
        value = compiler.expression(node, Scope())
        if target is not None and target.name != "sql_variant":
            value = implicit(value, target, node.line)
        sql = typed_null(value.type).sql if value.null else value.sql
        types = (value.type,)
    return Translation(
        statements=(f"SELECT {sql} AS _1",),
        command="select",
        parameters=tuple(compiler.parameters),
        returns_rows=True,
        column_types=types,
        column_names=("",),
    )


def columns_read(node: syntax.CreateView, context: Context) -> list[tuple[Relation, str]]:
    """The columns of tables and views that a view reads; raises SqlError if one is missing."""
    compiler = DefinitionCompiler(context, node.line)
    compiler.create_view(replace(node, action="CREATE OR ALTER"))
    found = [(source.relation, name) for source in compiler.tables_read for name in source.used if source.relation]
    return list(dict.fromkeys(found))


def key_lookups(relation: Relation, context: Context, line: int) -> tuple[KeyLookup, ...]:
    """The keys without an index of a table, to be looked up after rows were inserted into it."""
    compiler = DefinitionCompiler(context, line)
    compiler.look_up_keys(relation)
    return tuple(compiler.key_lookups)


def check_function(node: syntax.CreateFunction, context: Context) -> tuple[ColumnInfo, ...]:
    """Check the body of a function; return the columns of a table-valued one. Raises SqlError."""
    compiler = DefinitionCompiler(context, node.line)
    for parameter in node.parameters:
        if parameter.table is not None:
            context.give_table(parameter.name, compiler.create_table(parameter.table.table).changes[0].relation)
    columns = compiler.check_function(node)
    return tuple(ColumnInfo(column.name, column.type) for column in columns)


def _shown_variants(body: syntax.Body) -> syntax.Body:
    """Replace casts to sql_variant that are sent to the client by their operands, whose types they keep.

    Elsewhere they are refused, because two sql_variants compare by the families of their types.
    """
    if not isinstance(body, syntax.Select) or body.into or any(item.variable for item in body.items):
        return body

    def shown(item: syntax.Item) -> syntax.Item:
        value = item.value
        if isinstance(value, syntax.Cast) and value.type.name == "sql_variant" and value.style is None:
            return replace(item, value=value.operand)
        return item

    return replace(body, items=tuple(map(shown, body.items)))


def _without_identity(body: syntax.Select, found: list[tuple[str, syntax.IdentityFunction]]) -> syntax.Select:
    """SELECT … INTO with 0 for IDENTITY(…), which the new table numbers; appends the functions by their aliases."""

    def numbered(item: syntax.Item) -> syntax.Item:
        if not isinstance(item.value, syntax.IdentityFunction):
            return item
        found.append((item.alias.lower(), item.value))
        zero = syntax.Literal(kind="integer", value="0", line=item.line)
        return replace(item, value=syntax.Cast(operand=zero, type=item.value.type, line=item.line))

    return replace(body, items=tuple(map(numbered, body.items)))


def _select(compiler: DefinitionCompiler, node: syntax.SelectStatement) -> Translation:
    tables = compiler.common_tables(node)
    query = replace(node.query, body=_shown_variants(node.query.body))
    body = query.body
    numbered: list[tuple[str, syntax.IdentityFunction]] = []
    if isinstance(body, syntax.Select) and body.into:
        body = _without_identity(body, numbered)
        query = replace(query, body=body)
    if isinstance(body, syntax.Select) and accumulates(body):
        return accumulate(compiler, node, body, tables)
    first = syntax.first_select(body)
    assigns = any(item.variable for item in first.items)
    if isinstance(body, syntax.SetOperation) and assigns:
        raise sql_error(10734, line=node.line)
    rows = compiler.query_rows(query, None)
    if query.form is not None:
        if first.into or assigns:
            raise not_allowed(query.form, "SELECT INTO" if first.into else "ASSIGNMENT")
        rows = chunks(rows)
    if first.into:
        return compiler.select_into(node, first, tables, rows, numbered)
    assignments: tuple[str, ...] = ()
    types = tuple(column.type for column in rows.columns)
    sql = f"{tables}{rows.sql}"
    if isinstance(body, syntax.Select) and assigns:
        assignments = tuple(item.variable.lower() for item in body.items)
        # DuckDB converts each value to the type of its variable; the engine assigns the values of the last row.
        parts = []
        for name, column in zip(assignments, rows.columns, strict=True):
            declared = compiler.context.variable(name, node.line)
            value = Value(f"_a.{identifier(column.emitted)}", column.type, null=column.null, cost=Cost.NAME)
            parts.append(f"{implicit(value, declared, node.line).sql} AS {identifier(column.emitted)}")
        sql = f"{tables}SELECT {', '.join(parts)} FROM ({rows.sql}) AS _a"
        types = tuple(compiler.context.variable(name, node.line) for name in assignments)
    return Translation(
        statements=(sql,),
        command="select",
        parameters=tuple(compiler.parameters),
        returns_rows=not assignments,
        column_types=types,
        column_names=tuple(column.name for column in rows.columns),
        collations=tuple(named(column.collation) for column in rows.columns),
        identities=frozenset(index for index, column in enumerate(rows.columns) if column.identity),
        required=frozenset(index for index, column in enumerate(rows.columns) if column.required),
        assignments=assignments,
    )


_COMPILE: dict[type[syntax.CompiledStatement], Callable[[DefinitionCompiler, Any], Translation]] = {
    syntax.SelectStatement: _select,
    syntax.Insert: DefinitionCompiler.insert,
    syntax.Update: DefinitionCompiler.update,
    syntax.Delete: DefinitionCompiler.delete,
    syntax.Merge: DefinitionCompiler.merge,
    syntax.CheckIdentity: DefinitionCompiler.check_identity,
    syntax.Truncate: DefinitionCompiler.truncate,
    syntax.CreateTable: DefinitionCompiler.create_table,
    syntax.AlterTable: DefinitionCompiler.alter_table,
    syntax.DropObjects: DefinitionCompiler.drop,
    syntax.CreateView: DefinitionCompiler.create_view,
    syntax.CreateIndex: DefinitionCompiler.create_index,
    syntax.Rename: DefinitionCompiler.rename,
    syntax.Sequence: DefinitionCompiler.sequence,
    syntax.Maintain: DefinitionCompiler.maintain,
    syntax.DropIndex: DefinitionCompiler.drop_index,
}
