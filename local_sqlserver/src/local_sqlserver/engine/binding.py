"""Binding: names and types of a batch or procedure are checked before any of it runs.

As in SQL Server, a statement is bound when it runs if it names a table that does not exist yet ("deferred name
resolution") or a temporary table that the same batch creates. Errors of values (conversion, overflow) also occur at
run time. Sources: the T-SQL reference, CREATE PROCEDURE, "Deferred name resolution"; CREATE TABLE, "Temporary tables",
for the names that a batch may create only once.
"""

from __future__ import annotations

from typing import Protocol

from local_sqlserver.catalog.databases import Databases
from local_sqlserver.compiler import Relation, Translation
from local_sqlserver.engine.options import check_options
from local_sqlserver.engine.resolution import StatementContext
from local_sqlserver.engine.state import Frame, TableVariable, Variable
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType

_RUN_TIME_ERRORS = frozenset(
    {208, 4121, 5313, 241, 242, 244, 245, 248, 281, 535, 536, 537, 544, 545, 2714, 8114, 8115, 8169}
)
"""Errors of the compiler that belong to the run: absent tables and functions, values that do not convert.

2714 is among them because the batch may drop a table before SELECT INTO makes it again.
"""

_INT = SqlType("int")


class Compiler(Protocol):
    """The compiler of a session."""

    def context(self, frame: Frame, *, absent: frozenset[str]) -> StatementContext:
        """Return the context of a statement in a frame; it does not resolve the temporary tables ``absent``."""

    def compile(
        self,
        node: syntax.CompiledStatement | syntax.Expression,
        context: StatementContext,
        frame: Frame,
        target: SqlType | None = None,
    ) -> tuple[Translation, tuple[Relation, ...]]:
        """Compile a node; raises SqlError."""


class Binder:
    """Binds the statements of one batch, in order, in a copy of their frame."""

    def __init__(self, databases: Databases, compiler: Compiler, batch: syntax.Batch, frame: Frame) -> None:
        self._databases = databases
        self._compiler = compiler
        self._batch = batch
        self._frame = Frame(
            frame.depth,
            frame.database,
            frame.schema,
            variables={name: Variable(declared) for name, declared in batch.variables},
            settings=frame.settings.copy(),
        )
        self._made = _temporary_tables(batch)

    def bind(self) -> None:
        """Raise the first error of names or types: SqlError 207, 209, 8120 …, 2714 for a temporary table twice."""
        for item in self._batch.tables:
            self._declare(item)
        self._statements(self._batch.statements)

    def _statements(self, statements: tuple[syntax.Statement, ...]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, statement: syntax.Statement) -> None:
        match statement:
            case syntax.DataStatement():
                self._compile(statement)
            case syntax.Declare(items=items):
                for item in items:
                    self._declare(item)
            case syntax.SetVariable(name=name, value=value):
                self._compile(value, self._frame.variable(name, statement.line).type)
            case syntax.If(condition=condition, then=then, otherwise=otherwise):
                self._compile(condition)
                self._statement(then)
                if otherwise is not None:
                    self._statement(otherwise)
            case syntax.While(condition=condition, body=body):
                self._compile(condition)
                self._statement(body)
            case syntax.Block(statements=inner):
                self._statements(inner)
            case syntax.TryCatch(attempt=attempt, handler=handler):
                self._statements(attempt)
                self._statements(handler)
            case syntax.Print(value=value):
                self._compile(value)
            case syntax.Return(value=value) if value is not None:
                self._compile(value, _INT)
            case syntax.DeclareCursor(query=query):
                self._compile(query)
            case syntax.InsertExecute(target=target, columns=columns):
                self._insert_target(target, columns or (), statement.line)
            case syntax.SetOption():
                check_options(statement)
            case syntax.Use(database=database):
                found = self._databases.find(database)
                if found is not None:
                    self._frame.database = found.name

    def _compile(self, node: syntax.CompiledStatement | syntax.Expression, target: SqlType | None = None) -> None:
        if any(isinstance(inner, syntax.FileSource) for inner in node.walk()):
            return  # the file and the permission to read it are checked at run time
        try:
            self._compiler.compile(node, self._context(), self._frame, target)
        except SqlError as error:
            if error.number not in _RUN_TIME_ERRORS:
                raise

    def _context(self) -> StatementContext:
        return self._compiler.context(self._frame, absent=self._made)

    def _declare(self, item: syntax.VariableDeclaration | syntax.TableDeclaration) -> None:
        if isinstance(item, syntax.VariableDeclaration):
            if item.initial is not None:
                self._compile(item.initial, item.type)
            return
        translation, _ = self._compiler.compile(item.table, self._context(), self._frame)
        relation = translation.changes[0].relation
        self._frame.tables[item.name.lower()] = TableVariable(relation, translation.statements)

    def _insert_target(self, target: syntax.Name, columns: tuple[str, ...], line: int) -> None:
        try:
            relation = self._context().relation(target, line)
        except SqlError as error:
            if error.number not in _RUN_TIME_ERRORS:
                raise
            return
        known = {column.name.lower() for column in relation.columns}
        for name in columns:
            if name.lower() not in known:
                raise sql_error(207, name, line=line)


def _temporary_tables(batch: syntax.Batch) -> frozenset[str]:
    """Return the names of the temporary tables that a batch creates; raises 2714 for a table created twice."""
    made: set[str] = set()
    for node in batch.walk(queries=False):
        name: syntax.Name = ()
        if isinstance(node, syntax.CreateTable):
            name = node.target
        elif isinstance(node, syntax.SelectStatement):
            name = syntax.first_select(node.query.body).into
        if name and name[-1].startswith("#"):
            if name[-1].startswith("##"):
                raise unsupported("A global temporary table", node.line)
            if name[-1].lower() in made:
                raise sql_error(2714, name[-1], line=node.line)
            made.add(name[-1].lower())
    return frozenset(made)
