"""Runs the statements of a batch or procedure: control of flow, errors, variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from local_sqlserver.compiler import ColumnInfo
from local_sqlserver.engine import administration, options
from local_sqlserver.engine.bulk_insert import bulk_insert
from local_sqlserver.engine.cursors import Cursors
from local_sqlserver.engine.events import DatabaseChanged, Done, Event, Message
from local_sqlserver.engine.raising import format_message, message_of_throw, raised, thrown
from local_sqlserver.engine.resolution import StatementContext
from local_sqlserver.engine.scalars import evaluate, evaluate_as, is_true
from local_sqlserver.engine.state import (
    BatchAborted,
    BindingError,
    Frame,
    RaisedError,
    ScopeAborted,
    TableVariable,
    error_event,
)
from local_sqlserver.engine.values import coerce, to_text
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_expression
from local_sqlserver.types import SqlType

if TYPE_CHECKING:
    from local_sqlserver.engine.session import EngineSession

_ABORTS_BATCH = frozenset(
    {217, 235, 236, 237, 241, 242, 244, 245, 248, 295, 596, 1205, 2714, 3930, 7330, 8114, 8169, 40510}
)
"""Errors after which the rest of the batch does not run even with XACT_ABORT OFF."""

_ROLLS_BACK = _ABORTS_BATCH - {40510}
_KEEPS_ROW_COUNT = (
    syntax.Block,
    syntax.While,
    syntax.TryCatch,
    syntax.Break,
    syntax.Continue,
    syntax.Return,
    syntax.Declare,
    syntax.CompiledStatement,
    syntax.InsertExecute,
    syntax.Execute,
    syntax.ExecuteString,
    syntax.BulkInsert,
    syntax.SetVariable,
    syntax.Fetch,
    syntax.If,
)
_COMPILED = (
    *(syntax.SelectStatement, syntax.Insert, syntax.Update, syntax.Delete, syntax.Merge, syntax.Truncate),
    *(syntax.CreateTable, syntax.AlterTable, syntax.CreateIndex, syntax.DropIndex),
)


class _LoopExit(Exception):
    """BREAK."""


class _LoopNext(Exception):
    """CONTINUE."""


class Returned(Exception):
    """RETURN; carries the return code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Interpreter:
    """Executes syntax trees for one session."""

    def __init__(self, session: EngineSession) -> None:
        self._session = session
        self._tries = 0
        self.cursors = Cursors(session)
        self._handlers: dict[type[syntax.Statement], Callable[[Any, Frame], Iterable[Event]]] = {
            **dict.fromkeys(_COMPILED, self._compiled),
            syntax.Declare: self._declare,
            syntax.SetVariable: self._set_variable,
            syntax.SetOption: options.set_option_of(session),
            syntax.SetIdentityInsert: self._set_identity_insert,
            syntax.Block: self._block,
            syntax.If: self._if,
            syntax.While: self._while,
            syntax.Break: self._break,
            syntax.Continue: self._continue,
            syntax.TryCatch: self._try_catch,
            syntax.Return: self._return,
            syntax.Print: self._print,
            syntax.Throw: self._throw,
            syntax.RaiseError: self._raise_error,
            syntax.Execute: self._execute,
            syntax.ExecuteString: self._execute_string,
            syntax.InsertExecute: self._insert_execute,
            syntax.BeginTransaction: self._begin_transaction,
            syntax.CommitTransaction: self._commit_transaction,
            syntax.RollbackTransaction: self._rollback_transaction,
            syntax.Use: self._use,
            syntax.WaitFor: self._wait_for,
            syntax.BulkInsert: self._bulk_insert,
            syntax.DeclareCursor: self.cursors.declare,
            syntax.CursorOperation: self.cursors.operate,
            syntax.Fetch: self.cursors.fetch,
            **administration.handlers(session),
        }

    def reset(self) -> None:
        """Forget what a request left half done."""
        self._tries = 0

    @property
    def in_try(self) -> bool:
        """Whether some TRY block would catch an error raised now."""
        return self._tries > 0

    def batch(self, text: str) -> Iterator[Event]:
        """Parse, bind and run a batch in the session's base frame."""
        batch, frame = parse_batch(text), self._session.base
        frame.declare(batch.variables)
        self._session.bind(batch, frame)
        try:
            yield from self.statements(batch.statements, frame)
        except Returned:
            return
        yield Done()

    def statements(self, statements: Sequence[syntax.Statement], frame: Frame) -> Iterator[Event]:
        """Run statements one after another."""
        for statement in statements:
            yield from self.statement(statement, frame)

    def statement(self, statement: syntax.Statement, frame: Frame) -> Iterator[Event]:
        """Run one statement; outside every TRY an error is reported here and decides what goes on."""
        session = self._session
        try:
            session.tick()
            yield from self._guarded(statement, frame)
        except SqlError as error:
            if not error.line:
                error.line = statement.line
            if not error.procedure and not isinstance(statement, syntax.Execute | syntax.ExecuteString):
                error.procedure = frame.procedure
            session.last_error = error.number
            if not (isinstance(error, RaisedError) and error.statement == "RAISERROR"):
                self._doom(error, frame)
            if self.in_try:
                raise
            yield from self._report(error, frame)
            return
        if not isinstance(statement, syntax.If | syntax.While | syntax.Block | syntax.TryCatch):
            session.last_error = 0
        if not isinstance(statement, _KEEPS_ROW_COUNT):
            session.row_count = 0

    def _guarded(self, statement: syntax.Statement, frame: Frame) -> Iterator[Event]:
        """Run one statement with what DuckDB raises as SQL errors."""
        try:
            yield from self._handlers[type(statement)](statement, frame)
        except duckdb.Error as failure:
            self._session.transactions.note_failure()
            raise self._session.runner.error(failure, statement.line, ()) from failure

    def _doom(self, error: SqlError, frame: Frame) -> None:
        """Return an error inside a transaction dooms it under XACT_ABORT, and always when it would end the batch."""
        transactions = self._session.transactions
        if transactions.count and (frame.settings.xact_abort or error.number in _ROLLS_BACK):
            transactions.doomed = True

    def _report(self, error: SqlError, frame: Frame) -> Iterator[Event]:
        session = self._session
        transactions = session.transactions
        by_raiserror = isinstance(error, RaisedError) and error.statement == "RAISERROR"
        by_throw = isinstance(error, RaisedError) and error.statement == "THROW"
        yield error_event(error)
        yield Done(in_procedure=session.in_procedure(frame), error=True)
        if error.severity >= 20:
            raise BatchAborted
        if by_raiserror:
            return
        if (
            transactions.count
            and transactions.broken
            and not (frame.settings.xact_abort or error.number in _ABORTS_BATCH)
        ):
            refusal = unsupported("Going on in a transaction after an error (XACT_ABORT OFF)", error.line)
            yield error_event(refusal)
            yield Done(in_procedure=session.in_procedure(frame), error=True)
        if transactions.doomed:
            yield from session.rolled_back()
            raise BatchAborted
        if frame.settings.xact_abort or by_throw or error.number in _ABORTS_BATCH:
            raise BatchAborted
        if isinstance(error, BindingError):
            raise ScopeAborted

    # --- statements that the compiler knows, and BULK INSERT

    def _compiled(self, statement: syntax.CompiledStatement, frame: Frame) -> Iterator[Event]:
        session = self._session
        translation, relations = session.compiled(statement, frame)
        yield from session.runner.run(translation, relations, frame, statement.line)

    def _bulk_insert(self, statement: syntax.BulkInsert, frame: Frame) -> Iterator[Event]:
        session = self._session
        relation = StatementContext(session, frame).relation(statement.table, statement.line)
        session.engine.security.check_bulk(session, frame, relation, statement.line)
        session.transactions.check_writable()
        yield from session.begin_implicitly(frame)
        given = {option.name: option.value for option in statement.options}
        reported: list[SqlError] = []
        failure: SqlError | None = None
        try:
            with session.writing():
                session.row_count = bulk_insert(
                    *(session.transactions.connection, relation, statement.path, given),
                    *(session.engine.bulk_roots, statement.line, reported.append),
                    lambda column: self._default_value(column, statement.line, frame),
                )
        except SqlError as error:
            failure = error
        for message in reported:
            if message.severity <= 10:
                yield Message(message.message, message.number, 0, 1, statement.line, frame.procedure)
            elif not self.in_try:  # bad rows that are skipped, and what led to a failure, never reach a CATCH
                message.procedure = frame.procedure
                yield error_event(message)
        if failure is not None:
            raise failure
        count = session.row_count
        if not frame.settings.nocount:
            yield session.done(frame, count, 0xF0)

    def _default_value(self, column: ColumnInfo, line: int, frame: Frame) -> Any:
        try:
            return evaluate_as(self._session, frame, parse_expression(column.default or "NULL"), column.type)
        except SqlError as error:
            error.line = line
            raise

    # --- variables

    def _declare(self, statement: syntax.Declare, frame: Frame) -> Iterable[Event]:
        session = self._session
        for item in statement.items:
            if isinstance(item, syntax.TableDeclaration):
                self._declare_table(item, frame)
            elif item.initial is not None:
                variable = frame.variable(item.name, item.line)
                variable.value = evaluate_as(session, frame, item.initial, item.type)
                session.row_count = 1
        return ()

    def _declare_table(self, item: syntax.TableDeclaration, frame: Frame) -> None:
        session = self._session
        if item.name.lower() in frame.tables:
            return
        translation, _ = session.compiled(item.table, frame)
        connection = session.transactions.connection
        if session.transactions.broken:
            connection = session.transactions.side
        relation = translation.changes[0].relation
        connection.execute(f"DROP TABLE IF EXISTS {relation.duckdb_name}")
        for sql in translation.statements:
            connection.execute(sql)
        table = TableVariable(relation, translation.statements)
        if session.transactions.count:
            table.rows = []
        frame.tables[item.name.lower()] = table

    def _set_variable(self, statement: syntax.SetVariable, frame: Frame) -> Iterable[Event]:
        variable = frame.variable(statement.name, statement.line)
        variable.value = evaluate_as(self._session, frame, statement.value, variable.type)
        self._session.row_count = 1
        return ()

    def _set_identity_insert(self, statement: syntax.SetIdentityInsert, frame: Frame) -> Iterable[Event]:
        session = self._session
        relation = StatementContext(session, frame).relation(statement.table, statement.line)
        if not any(column.identity for column in relation.columns):
            text = (
                f"Table '{'.'.join(statement.table)}' does not have the identity property. Cannot perform "
                f"SET operation."
            )
            raise SqlError(8106, text)
        key = (relation.database.lower(), relation.schema.lower(), relation.name.lower())
        current = frame.settings.identity_insert
        if statement.on:
            if current is not None and current != key:
                text = (
                    f"IDENTITY_INSERT is already ON for table '{'.'.join(current)}'. "
                    f"Cannot perform SET operation for table '{'.'.join(statement.table)}'."
                )
                raise SqlError(8107, text)
            frame.settings.identity_insert = key
        elif current == key:
            frame.settings.identity_insert = None
        return ()

    # --- control of flow

    def _block(self, statement: syntax.Block, frame: Frame) -> Iterator[Event]:
        yield from self.statements(statement.statements, frame)

    def _if(self, statement: syntax.If, frame: Frame) -> Iterator[Event]:
        if is_true(self._session, frame, statement.condition):
            self._session.row_count = 0
            yield from self.statement(statement.then, frame)
        elif statement.otherwise is not None:
            self._session.row_count = 0
            yield from self.statement(statement.otherwise, frame)

    def _while(self, statement: syntax.While, frame: Frame) -> Iterator[Event]:
        while is_true(self._session, frame, statement.condition):
            try:
                yield from self.statement(statement.body, frame)
            except _LoopNext:
                continue
            except _LoopExit:
                break

    def _break(self, statement: syntax.Break, frame: Frame) -> Iterable[Event]:
        raise _LoopExit

    def _continue(self, statement: syntax.Continue, frame: Frame) -> Iterable[Event]:
        raise _LoopNext

    def _try_catch(self, statement: syntax.TryCatch, frame: Frame) -> Iterator[Event]:
        session = self._session
        caught: SqlError | None = None
        self._tries += 1
        try:
            yield from self.statements(statement.attempt, frame)
        except SqlError as error:
            if error.severity >= 20 or (isinstance(error, BindingError) and error.depth == frame.depth):
                raise
            caught = error
        finally:
            self._tries -= 1
        if caught is None:
            return
        session.handled.append(caught)
        try:
            yield from self.statements(statement.handler, frame)
        finally:
            session.handled.pop()

    def _return(self, statement: syntax.Return, frame: Frame) -> Iterable[Event]:
        code = 0
        if statement.value is not None:
            code = evaluate_as(self._session, frame, statement.value, SqlType("int")) or 0
        raise Returned(code)

    # --- messages and errors

    def _print(self, statement: syntax.Print, frame: Frame) -> Iterator[Event]:
        value, kind = evaluate(self._session, frame, statement.value)
        text = "" if value is None else to_text(value, kind)
        yield Message(text[:4000], line=statement.line, procedure=frame.procedure)

    def _throw(self, statement: syntax.Throw, frame: Frame) -> Iterable[Event]:
        session = self._session
        if statement.number is None or statement.message is None or statement.state is None:
            raise thrown(session.handled[-1])
        number = evaluate_as(session, frame, statement.number, SqlType("int"))
        message = evaluate_as(session, frame, statement.message, SqlType("nvarchar", length=2048))
        state = evaluate_as(session, frame, statement.state, SqlType("int"))
        if number is None or not 50000 <= number <= 2147483647:
            text = (
                f"Error number {number} in the THROW statement is outside the valid range. Specify an error "
                f"number in the valid range of 50000 to 2147483647."
            )
            raise SqlError(35100, text)
        text = message_of_throw(message or "")
        raise RaisedError(number, text, state=(state or 0) % 256, line=statement.line, procedure=frame.procedure)

    def _raise_error(self, statement: syntax.RaiseError, frame: Frame) -> Iterator[Event]:
        session = self._session
        message, kind = evaluate(session, frame, statement.message)
        severity = coerce(*_swap(evaluate(session, frame, statement.severity)))
        state = coerce(*_swap(evaluate(session, frame, statement.state)))
        if isinstance(message, int):
            if message != 50000:
                text = (
                    f"The error {message} severity {severity} was raised, but no message with that "
                    f"error number was found in "
                    "sys.messages. If error is larger than 50000, make sure the user-defined "
                    "message is added using sp_addmessage."
                )
                raise SqlError(18054, text, line=statement.line)
            message = ""
        arguments = [evaluate(session, frame, argument)[0] for argument in statement.arguments]
        text = format_message(to_text(message, kind) if message is not None else "", arguments)[:2047]
        severity = max(0, severity or 0)
        state = min(255, max(0, state or 0))
        if severity <= 10:
            session.last_error = 0
            yield Message(text, 50000, severity, state, statement.line, frame.procedure)
            return
        if severity > 18 and "LOG" not in statement.options:
            refusal = (
                "Error severity levels greater than 18 can only be specified by members of the sysadmin "
                "role, using the WITH LOG option."
            )
            raise SqlError(2754, refusal, line=statement.line)
        raise raised(text, severity, state, statement.line, frame.procedure)

    # --- calls

    def _execute(self, statement: syntax.Execute, frame: Frame) -> Iterator[Event]:
        yield from self._session.calls.execute(statement, frame)

    def _execute_string(self, statement: syntax.ExecuteString, frame: Frame) -> Iterator[Event]:
        text, _ = evaluate(self._session, frame, statement.text)
        yield from self._session.calls.dynamic(text or "", (), frame)

    def _insert_execute(self, statement: syntax.InsertExecute, frame: Frame) -> Iterator[Event]:
        yield from self._session.calls.insert_execute(statement, frame)

    # --- transactions and the session

    def _begin_transaction(self, statement: syntax.BeginTransaction, frame: Frame) -> Iterator[Event]:
        yield from self._session.begin()

    def _commit_transaction(self, statement: syntax.CommitTransaction, frame: Frame) -> Iterator[Event]:
        yield from self._session.commit()

    def _rollback_transaction(self, statement: syntax.RollbackTransaction, frame: Frame) -> Iterator[Event]:
        yield from self._session.roll_back()

    def _use(self, statement: syntax.Use, frame: Frame) -> Iterator[Event]:
        session = self._session
        database = session.database_of(statement.database)
        session.engine.security.check_database(session, database)
        old, frame.database = frame.database, database.name
        if frame is session.base:
            yield DatabaseChanged(database.name, old)
            yield Message(f"Changed database context to '{database.name}'.", 5701, state=2, line=statement.line)

    def _wait_for(self, statement: syntax.WaitFor, frame: Frame) -> Iterable[Event]:
        value = evaluate_as(self._session, frame, statement.value, SqlType("datetime"))
        if value is None:
            raise SqlError(148, "Incorrect time syntax in time string 'NULL' used with WAITFOR.", severity=15)
        moment = value.time()
        self._session.pause(moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6)
        return ()


def _swap(pair: tuple[Any, SqlType]) -> tuple[Any, SqlType, SqlType]:
    """Return a value and its type as the arguments that make an INT of it."""
    return pair[0], SqlType("int"), pair[1]
