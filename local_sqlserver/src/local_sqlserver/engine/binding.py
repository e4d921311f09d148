"""Binding: names and types of a batch or procedure are checked before anything of it runs.

As in SQL Server, a statement that names a table which does not exist yet is bound when it runs ("deferred name
resolution"), and so is one that names a temporary table which the same batch makes. Errors of values (conversion,
overflow) belong to the run, too. Sources: the T-SQL reference, CREATE PROCEDURE, "Deferred name resolution"; CREATE
TABLE, "Temporary tables", for the names that a batch may give once only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_sqlserver.compiler import Relation
from local_sqlserver.engine.resolution import StatementContext, invalid_object
from local_sqlserver.engine.state import Frame, TableVariable, Variable
from local_sqlserver.errors import SqlError
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType

if TYPE_CHECKING:
    from local_sqlserver.engine.session import EngineSession

_OF_THE_RUN = frozenset({208, 241, 242, 244, 245, 248, 281, 535, 536, 537, 544, 545, 8114, 8115, 8169})
"""Errors that the compiler raises, but that are the run's: absent tables, values that do not convert."""

_INT = SqlType("int")
_TEXT = SqlType("nvarchar", length=2048)
_DATETIME = SqlType("datetime")


class _Deferred(Exception):
    """The statement is bound when it runs."""


class _BindingContext(StatementContext):
    """Answers as before the batch runs: the temporary tables that it makes do not exist yet."""

    def __init__(self, session: EngineSession, frame: Frame, made: frozenset[str]) -> None:
        super().__init__(session, frame)
        self._made = made

    def relation(self, parts: tuple[str, ...], line: int) -> Relation:
        """Resolve a name; a temporary table of the batch itself is absent."""
        if parts[-1].lower() in self._made:
            raise invalid_object(parts, line)
        return super().relation(parts, line)

    def file(self, path: str, data_source: str | None, line: int) -> str:
        """Leave files to the run."""
        raise _Deferred


def bind(session: EngineSession, batch: syntax.Batch, frame: Frame) -> None:
    """Raise the first error of names or types in a batch that is to run in ``frame``.

    Raises SqlError 207, 209, 8120, 141 and others of the compiler, 2714 for a temporary table made twice.
    """
    Binder(session, batch, frame).statements(batch.statements)


class Binder:
    """Binds the statements of one batch, in order, in a copy of the frame that they will run in."""

    def __init__(self, session: EngineSession, batch: syntax.Batch, frame: Frame) -> None:
        self._session = session
        self._frame = Frame(
            frame.depth,
            frame.database,
            frame.schema,
            variables={name: Variable(declared) for name, declared in batch.variables},
            settings=frame.settings.copy(),
        )
        self._made = _temporary_tables(batch)

    def statements(self, statements: tuple[syntax.Statement, ...]) -> None:
        """Bind statements one after another."""
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
                self.statements(inner)
            case syntax.TryCatch(attempt=attempt, handler=handler):
                self.statements(attempt)
                self.statements(handler)
            case syntax.Print(value=value):
                self._compile(value)
            case syntax.Return(value=value) if value is not None:
                self._compile(value, _INT)
            case syntax.DeclareCursor(query=query):
                self._compile(query)
            case syntax.InsertExecute(target=target, columns=columns):
                self._insert_target(target, columns or (), statement.line)
            case syntax.Use(database=database):
                found = self._session.engine.databases.find(database)
                if found is not None:
                    self._frame.database = found.name

    def _compile(self, node: syntax.CompiledStatement | syntax.Expression, target: SqlType | None = None) -> None:
        try:
            self._session.compile(node, _BindingContext(self._session, self._frame, self._made), self._frame, target)
        except _Deferred:
            return
        except SqlError as error:
            if error.number not in _OF_THE_RUN:
                raise

    def _declare(self, item: syntax.VariableDeclaration | syntax.TableDeclaration) -> None:
        if isinstance(item, syntax.VariableDeclaration):
            if item.initial is not None:
                self._compile(item.initial, item.type)
            return
        context = StatementContext(self._session, self._frame)
        translation, _ = self._session.compile(item.table, context, self._frame)
        relation = translation.changes[0].relation
        self._frame.tables[item.name.lower()] = TableVariable(relation, translation.statements)

    def _insert_target(self, target: syntax.Name, columns: tuple[str, ...], line: int) -> None:
        try:
            relation = _BindingContext(self._session, self._frame, self._made).relation(target, line)
        except SqlError as error:
            if error.number not in _OF_THE_RUN:
                raise
            return
        known = {column.name.lower() for column in relation.columns}
        for name in columns:
            if name.lower() not in known:
                raise SqlError(207, f"Invalid column name '{name}'.", line=line)


def _temporary_tables(batch: syntax.Batch) -> frozenset[str]:
    """Return the names of the temporary tables that a batch makes; raises 2714 for one made twice."""
    made: set[str] = set()
    for node in batch.walk(queries=False):
        name: syntax.Name = ()
        if isinstance(node, syntax.CreateTable):
            name = node.target
        elif isinstance(node, syntax.SelectStatement):
            name = _into(node.query.body)
        if name and name[-1].startswith("#"):
            if name[-1].lower() in made:
                text = f"There is already an object named '{name[-1]}' in the database."
                raise SqlError(2714, text, state=6, line=node.line)
            made.add(name[-1].lower())
    return frozenset(made)


def _into(body: syntax.Body) -> syntax.Name:
    while isinstance(body, syntax.SetOperation | syntax.Query):
        body = body.left if isinstance(body, syntax.SetOperation) else body.body
    return body.into
