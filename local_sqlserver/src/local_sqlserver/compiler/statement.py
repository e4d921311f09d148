"""The two entry points: a statement, and an expression or condition."""

from __future__ import annotations

from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.compiler import syntax
from local_sqlserver.compiler.contract import Context, Translation
from local_sqlserver.compiler.conversions import implicit
from local_sqlserver.compiler.ddl import DefinitionCompiler
from local_sqlserver.compiler.names import Scope
from local_sqlserver.compiler.parse_statements import parse_expression, parse_statement
from local_sqlserver.compiler.types import BIT
from local_sqlserver.compiler.values import Value, identifier, typed_null


def translate(statement: str, line: int, context: Context) -> Translation:
    """DuckDB SQL of one set-based statement that starts on ``line``; raises SqlError for what is wrong or refused."""
    node = parse_statement(statement, line)
    compiler = DefinitionCompiler(context, line)
    compiler.tables = {}
    match node:
        case syntax.SelectStatement():
            return _select(compiler, node)
        case syntax.Insert():
            return compiler.insert(node)
        case syntax.Update():
            return compiler.update(node)
        case syntax.Delete():
            return compiler.delete(node)
        case syntax.Merge():
            return compiler.merge(node)
        case syntax.Truncate():
            return compiler.truncate(node)
        case syntax.CreateTable():
            return compiler.create_table(node)
        case syntax.AlterTable():
            return compiler.alter_table(node)
        case syntax.DropObjects():
            return compiler.drop(node)
        case syntax.CreateView():
            return compiler.create_view(node)
        case syntax.CreateIndex():
            return compiler.create_index(node)
        case syntax.DropIndex():
            return compiler.drop_index(node)
    raise unsupported(type(node).__name__, line)


def translate_expression(text: str, line: int, context: Context) -> Translation:
    """A value or a condition as a one-row SELECT; a condition gives a BOOLEAN and has no type of its own."""
    node = parse_expression(text, line)
    compiler = DefinitionCompiler(context, line)
    compiler.tables = {}
    if isinstance(node, syntax.Condition):
        sql = compiler.condition(node, Scope())
        types = (BIT,)
    else:
        value = compiler.expression(node, Scope())
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


def _select(compiler: DefinitionCompiler, node: syntax.SelectStatement) -> Translation:
    tables = compiler.common_tables(node)
    query = node.query
    rows = compiler.query_rows(query, None)
    body = query.body
    if isinstance(body, syntax.Select) and body.into:
        return compiler.select_into(node, body, tables, rows)
    assignments: tuple[str, ...] = ()
    sql = f"{tables}{rows.sql}"
    if isinstance(body, syntax.Select) and any(item.variable for item in body.items):
        if not all(item.variable for item in body.items):
            text = (
                "A SELECT statement that assigns a value to a variable must not be combined "
                "with data-retrieval operations."
            )
            raise SqlError(141, text, severity=15, line=node.line)
        assignments = tuple(item.variable.lower() for item in body.items)
        parts = []
        for name, column in zip(assignments, rows.columns, strict=True):
            declared = compiler.context.variable(name, node.line)
            value = Value(f"_a.{identifier(column.emitted)}", column.type, null=column.null)
            parts.append(f"{implicit(value, declared, node.line).sql} AS {identifier(column.emitted)}")
        sql = f"{tables}SELECT {', '.join(parts)} FROM ({rows.sql}) AS _a"
    return Translation(
        statements=(sql,),
        command="select",
        parameters=tuple(compiler.parameters),
        returns_rows=not assignments,
        column_types=tuple(column.type for column in rows.columns),
        column_names=tuple(column.name for column in rows.columns),
        assignments=assignments,
    )
