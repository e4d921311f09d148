"""Runs the statements of a batch or procedure: control of flow, errors, variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import duckdb

from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import ColumnInfo, key_lookups
from local_sqlserver.compiler.message_format import SUBSTITUTED, format_message
from local_sqlserver.engine import table_variables
from local_sqlserver.engine.bulk_insert import bulk_insert
from local_sqlserver.engine.bulk_load import BulkLoad, BulkRows
from local_sqlserver.engine.calls import Calls
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.cursors import Cursors
from local_sqlserver.engine.events import Column, ColumnValues, DatabaseChanged, Done, Event, Message
from local_sqlserver.engine.options import limited, set_options
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.raising import message_of_throw, raised, thrown
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.scalars import Scalars
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.stale_views import StaleViews
from local_sqlserver.engine.state import (
    BatchAborted,
    BindingError,
    Frame,
    RaisedError,
    Returned,
    ScopeAborted,
    SessionState,
    error_events,
)
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import MESSAGES, SqlError, message_text, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch, parse_expression
from local_sqlserver.types import BINARY, MAX, SqlType

_TEXT = SqlType("nvarchar", length=MAX)
_ABORTS_BATCH = frozenset(
    {217, 235, 236, 237, 241, 242, 244, 245, 248, 295, 596, 1205, 2714, 3930, 3960, 7330, 8114, 8169, 40510}
)
"""Errors that end the batch even with XACT_ABORT OFF."""

_WITHOUT_RESULT = (207, 208, 4413, 40510)
"""Errors that come before a query begins, so that a CATCH is not preceded by an empty result."""

_ROLLS_BACK = _ABORTS_BATCH - {40510}
_KEEPS_ROW_COUNT = (
    syntax.Block,
    syntax.While,
    syntax.TryCatch,
    syntax.Break,
    syntax.Continue,
    syntax.Return,
    syntax.Label,
    syntax.Declare,
    syntax.CompiledStatement,
    syntax.InsertExecute,
    syntax.Execute,
    syntax.ExecuteString,
    syntax.BulkInsert,
    syntax.InsertBulk,
    BulkRows,
    syntax.SetVariable,
    syntax.Fetch,
    syntax.If,
)
_KEEPS_LAST_ERROR = (
    *(syntax.If, syntax.While, syntax.Block, syntax.TryCatch, syntax.Execute, syntax.ExecuteString),
    *(syntax.InsertExecute, syntax.Label, syntax.Declare, syntax.RaiseError),
)
"""Statements after which @@ERROR is that of the last statement inside them."""

_COMPILED = (
    *(syntax.SelectStatement, syntax.Insert, syntax.Update, syntax.Delete, syntax.Merge, syntax.Truncate),
    *(
        syntax.CreateTable,
        syntax.AlterTable,
        syntax.CreateIndex,
        syntax.DropIndex,
        syntax.CheckIdentity,
        syntax.Maintain,
        syntax.Sequence,
    ),
)


_CHANGES = (syntax.Insert, syntax.Update, syntax.Delete, syntax.Merge, syntax.InsertExecute)
_TERMINATES = frozenset({220, 232, 512, 515, 517, 535, 547, 550, 1222, 2601, 2627, 2628, 8115, 8134, 8152, 8672})
"""Errors of rows and values after which SQL Server also sends 3621, if their statement changes rows."""
_TERMINATES_DEFINITION = _TERMINATES - {547} | {1505}
"""Those of the rows of a table that is altered or indexed."""

Handler = Callable[[Any, Frame], Iterable[Event]]
"""Runs one kind of statement; the first argument is the statement."""


class _LoopExit(Exception):
    """BREAK."""


class _LoopNext(Exception):
    """CONTINUE."""


class _Jump(Exception):
    """GOTO; carries the label."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self._label = label.lower()

    def goes_to(self, statement: syntax.Statement) -> bool:
        """Whether a statement is the label."""
        return isinstance(statement, syntax.Label) and statement.name.lower() == self._label


class Interpreter:
    """Executes syntax trees for one session."""

    def __init__(
        self,
        shared: Shared,
        state: SessionState,
        work: Work,
        view: CatalogView,
        permissions: Permissions,
        compilation: Compilation,
        runner: Runner,
        scalars: Scalars,
        calls: Calls,
        stale_views: StaleViews,
        administration: Mapping[type[syntax.Statement], Handler],
    ) -> None:
        self._shared = shared
        self._state = state
        self._work = work
        self._transactions = work.transactions
        self._view = view
        self._permissions = permissions
        self._compilation = compilation
        self._runner = runner
        self._scalars = scalars
        self._calls = calls
        self._stale_views = stale_views
        self._tries = 0
        cursors = Cursors(state, compilation, runner, scalars)
        self._bulk_load = bulk_load = BulkLoad(work, permissions, compilation, runner)
        self._handlers: dict[type[syntax.Statement], Handler] = {
            **dict.fromkeys(_COMPILED, self._compiled),
            syntax.Declare: self._declare,
            syntax.SetVariable: self._set_variable,
            syntax.SetOption: self._set_option,
            syntax.SetIdentityInsert: self._set_identity_insert,
            syntax.Block: self._block,
            syntax.If: self._if,
            syntax.While: self._while,
            syntax.Break: self._break,
            syntax.Continue: self._continue,
            syntax.TryCatch: self._try_catch,
            syntax.Goto: self._goto,
            syntax.Label: lambda statement, frame: (),
            syntax.Return: self._return,
            syntax.Print: self._print,
            syntax.Throw: self._throw,
            syntax.RaiseError: self._raise_error,
            syntax.Execute: calls.execute,
            syntax.ExecuteString: calls.execute_string,
            syntax.InsertExecute: calls.insert_execute,
            syntax.BeginTransaction: self._begin,
            syntax.CommitTransaction: lambda statement, frame: calls.commit(),
            syntax.RollbackTransaction: lambda statement, frame: calls.roll_back(_named(statement.name, frame)),
            syntax.SaveTransaction: self._save,
            syntax.Use: self._use,
            syntax.WaitFor: self._wait_for,
            syntax.BulkInsert: self._bulk_insert,
            syntax.InsertBulk: bulk_load.announce,
            BulkRows: bulk_load.load,
            syntax.DeclareCursor: cursors.declare,
            syntax.AssignCursor: cursors.assign,
            syntax.CursorOperation: cursors.operate,
            syntax.Fetch: cursors.fetch,
            **administration,
        }

    def reset(self) -> None:
        """Reset the state that a cancelled request left."""
        self._tries = 0

    @property
    def in_try(self) -> bool:
        """Whether a TRY block would catch an error raised now."""
        return self._tries > 0

    def batch(self, text: str) -> Iterator[Event]:
        """Parse, bind and run a batch in the session's base frame."""
        frame = self._state.base
        batch = parse_batch(text, types=self._view.user_types(frame.database))
        frame.declare(batch.variables)
        self._compilation.bind(batch, frame)
        with suppress(Returned):
            yield from self.statements(batch.statements, frame)

    def bulk_load(self, columns: Sequence[Column], values: Sequence[ColumnValues]) -> Iterator[Event]:
        """Load the rows after INSERT BULK in the session's base frame."""
        yield from self.statement(self._bulk_load.rows(tuple(columns), values), self._state.base)

    def statements(self, statements: Sequence[syntax.Statement], frame: Frame) -> Iterator[Event]:
        """Run statements one after another, and on from a label to which GOTO jumps."""
        position = 0
        while position < len(statements):
            try:
                yield from self.statement(statements[position], frame)
            except _Jump as jump:
                found = [index for index, statement in enumerate(statements) if jump.goes_to(statement)]
                if not found:
                    raise
                position = found[0]
            position += 1

    def statement(self, statement: syntax.Statement, frame: Frame) -> Iterator[Event]:
        """Run one statement; outside every TRY, report its error and end the batch or frame if the error does."""
        try:
            self._state.begin_statement()
            yield from self._with_sql_errors(statement, frame)
        except SqlError as error:
            if not error.line and not error.procedure:  # an error of a call's arguments is in line 0 of its procedure
                error.line = statement.line
            is_call = isinstance(statement, syntax.Execute | syntax.ExecuteString)
            if not error.procedure and (error.number == 2812 or not is_call):
                error.procedure = frame.procedure
            self._state.last_error, self._state.row_count = error.number, 0
            if not (isinstance(error, RaisedError) and error.statement == "RAISERROR"):
                error = self._doom(error, frame)
            cut_off, self._state.cut_off = self._state.cut_off, None
            if self.in_try:
                if cut_off is not None and error.number not in _WITHOUT_RESULT:
                    if cut_off.unsent is not None:
                        yield cut_off.unsent
                    yield self._state.done(frame, None if frame.settings.nocount else cut_off.count, 0xC1)
                raise error from None
            yield from self._report(error, statement, frame)
            return
        if not isinstance(statement, _KEEPS_LAST_ERROR):
            self._state.last_error = 0
        if not isinstance(statement, _KEEPS_ROW_COUNT):
            self._state.row_count = 0

    def _with_sql_errors(self, statement: syntax.Statement, frame: Frame) -> Iterator[Event]:
        """Run one statement and convert DuckDB's failures to SQL errors."""
        try:
            yield from self._handlers[type(statement)](statement, frame)
        except duckdb.Error as failure:
            raise self._runner.error(failure, statement.line, ()) from failure

    def _doom(self, error: SqlError, frame: Frame) -> SqlError:
        """Doom the transaction if XACT_ABORT or the error demands it; return the error, or the refusal to go on."""
        transactions = self._transactions
        if transactions.count and (frame.settings.xact_abort or _reason(error) in _ROLLS_BACK):
            transactions.doomed = True
        elif transactions.count and transactions.aborted and transactions.obstacle and not transactions.doomed:
            refusal = transactions.refusal(f"error {error.number} ({error.message})")
            refusal.line, refusal.procedure = error.line, error.procedure
            self._state.last_error = refusal.number
            return refusal
        return error

    def _report(self, error: SqlError, statement: syntax.Statement, frame: Frame) -> Iterator[Event]:
        transactions = self._transactions
        frame.worst = max(frame.worst, error.severity)
        by_raiserror = isinstance(error, RaisedError) and error.statement == "RAISERROR"
        by_throw = isinstance(error, RaisedError) and error.statement == "THROW"
        yield from error_events(error)
        reason = _reason(error)
        ends_batch = frame.settings.xact_abort or transactions.doomed or reason in _ABORTS_BATCH
        terminates = isinstance(statement, _CHANGES) and reason in _TERMINATES
        if isinstance(statement, syntax.AlterTable | syntax.CreateIndex):
            terminates = reason in _TERMINATES_DEFINITION
        if terminates and not ends_batch:
            number = 3606 if " IDENTITY " in error.message else 3621
            yield Message(message_text(number), number, state=0, line=error.line, procedure=error.procedure)
        yield Done(in_procedure=frame.in_procedure, error=True)
        if error.severity >= 20:
            raise BatchAborted
        if by_raiserror:  # RAISERROR ends nothing, not even under XACT_ABORT
            return
        if transactions.doomed:
            yield from self._work.roll_back_open()
            raise BatchAborted
        if frame.settings.xact_abort or by_throw or reason in _ABORTS_BATCH:
            raise BatchAborted
        if isinstance(error, BindingError):
            raise ScopeAborted

    # --- compiled statements and BULK INSERT

    def _compiled(self, statement: syntax.CompiledStatement, frame: Frame) -> Iterator[Event]:
        if frame.settings.row_limit:
            statement = limited(statement, frame.settings.row_limit)
        translation, relations = self._compilation.compiled(statement, frame)
        before = self._stale_views.types_before(translation.changes)
        yield from self._runner.run(translation, relations, frame, statement.line)
        self._stale_views.refresh(translation.changes, before, frame)

    def _bulk_insert(self, statement: syntax.BulkInsert, frame: Frame) -> Iterator[Event]:
        relation = self._compilation.context(frame).relation(statement.table, statement.line)
        self._permissions.check_bulk(frame, relation, statement.line)
        self._transactions.check_writable()
        if frame.settings.date_order != "mdy":
            raise unsupported(f"BULK INSERT under SET DATEFORMAT {frame.settings.date_order}", statement.line)
        yield from self._work.begin_implicitly(frame)
        given = {option.name: option.value for option in statement.options}
        reported: list[SqlError] = []
        failure: SqlError | None = None
        try:
            with self._work.writing():
                if self._transactions.count:
                    self._transactions.keys.before([relation])
                self._state.row_count = bulk_insert(
                    *(self._transactions.connection, relation, statement.path, given),
                    *(self._shared.bulk_roots, statement.line, reported.append),
                    lambda column: self._default_value(column, statement.line, frame),
                )
                context = self._compilation.context(frame)
                self._transactions.keys.check(key_lookups(relation, context, statement.line))
        except SqlError as error:
            failure = error
        for message in reported:
            if message.severity <= 10:
                yield Message(message.message, message.number, 0, 1, statement.line, frame.procedure)
            elif not self.in_try:  # a CATCH receives only the last error of a load
                message.procedure = frame.procedure
                yield from error_events(message)
        if failure is not None:
            raise failure
        count = self._state.row_count
        if not frame.settings.nocount:
            yield self._state.done(frame, count, 0xF0)

    def _default_value(self, column: ColumnInfo, line: int, frame: Frame) -> Any:
        try:
            return self._scalars.evaluate_as(frame, parse_expression(column.default or "NULL"), column.type)
        except SqlError as error:
            error.line = line
            raise

    # --- variables

    def _declare(self, statement: syntax.Declare, frame: Frame) -> Iterable[Event]:
        for item in statement.items:
            if isinstance(item, syntax.TableDeclaration):
                if item.name.lower() not in frame.tables:  # a DECLARE in a loop keeps the rows, as in SQL Server
                    table_variables.declare(self._compilation, self._transactions, item, frame)
            elif item.initial is not None:
                variable = frame.variable(item.name, item.line)
                variable.value = self._scalars.evaluate_as(frame, item.initial, item.type)
                self._state.row_count = 1
        return ()

    def _set_variable(self, statement: syntax.SetVariable, frame: Frame) -> Iterable[Event]:
        variable = frame.variable(statement.name, statement.line)
        variable.value = self._scalars.evaluate_as(frame, statement.value, variable.type)
        self._state.row_count = 1
        return ()

    def _set_option(self, statement: syntax.SetOption, frame: Frame) -> Iterable[Event]:
        value = statement.value
        if value.startswith("@"):
            variable = frame.variable(value, statement.line)
            value = str(variable.value)
            if isinstance(variable.value, bytes):
                value = f"0X{variable.value.hex()}"
        if statement.options == ("CONTEXT_INFO",):
            digits = value[2:]
            if not value.startswith("0X") or len(digits) > 256:
                raise sql_error(102, statement.value, line=statement.line)
            self._state.context_info = bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}").ljust(128, b"\0")
            return ()
        return set_options(replace(statement, value=value.upper()), frame)

    def _set_identity_insert(self, statement: syntax.SetIdentityInsert, frame: Frame) -> Iterable[Event]:
        try:
            relation = self._compilation.context(frame).relation(statement.table, statement.line)
        except SqlError as error:
            if error.number != 208:
                raise
            raise sql_error(1088, ".".join(statement.table), state=11, line=statement.line) from error
        if not any(column.identity for column in relation.columns):
            raise sql_error(8106, ".".join(statement.table))
        key = (relation.database, relation.schema, relation.name)
        current = frame.settings.identity_insert
        if statement.on:
            if current is not None and current != key:
                raise sql_error(8107, ".".join(current), ".".join(statement.table))
            frame.settings.identity_insert = key
        elif current == key:
            frame.settings.identity_insert = None
        return ()

    def _begin(self, statement: syntax.BeginTransaction, frame: Frame) -> Iterator[Event]:
        # Implicit transactions make it the second one.
        yield from self._work.begin_implicitly(frame)
        yield from self._work.begin(_named(statement.name, frame))

    def _save(self, statement: syntax.SaveTransaction, frame: Frame) -> Iterable[Event]:
        self._work.save(_named(statement.name, frame))
        return ()

    # --- control of flow

    def _block(self, statement: syntax.Block, frame: Frame) -> Iterator[Event]:
        yield from self.statements(statement.statements, frame)

    def _if(self, statement: syntax.If, frame: Frame) -> Iterator[Event]:
        if self._holds(statement.condition, frame):
            yield from self.statement(statement.then, frame)
        elif statement.otherwise is not None:
            yield from self.statement(statement.otherwise, frame)

    def _holds(self, condition: syntax.Expression, frame: Frame) -> bool:
        """Whether a condition of IF or WHILE is true; it resets @@ROWCOUNT and @@ERROR like any statement."""
        result = self._scalars.is_true(frame, condition)
        self._state.row_count = self._state.last_error = 0
        return result

    def _while(self, statement: syntax.While, frame: Frame) -> Iterator[Event]:
        while self._holds(statement.condition, frame):
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
        self._state.handled.append(caught)
        try:
            yield from self.statements(statement.handler, frame)
        finally:
            self._state.handled.pop()

    def _goto(self, statement: syntax.Goto, frame: Frame) -> Iterable[Event]:
        raise _Jump(statement.name)

    def _return(self, statement: syntax.Return, frame: Frame) -> Iterator[Event]:
        code = 0
        if statement.value is not None:
            code = self._scalars.evaluate_as(frame, statement.value, SqlType("int"))
            if code is None:
                name = frame.procedure.rpartition(".")[2]
                line = statement.line
                yield Message(message_text(282, name), 282, MESSAGES[282].severity, 1, line, frame.procedure)
        raise Returned(code or 0)

    # --- messages and errors

    def _print(self, statement: syntax.Print, frame: Frame) -> Iterator[Event]:
        value, kind = self._scalars.evaluate(frame, statement.value)
        if kind.name in BINARY:
            raise unsupported("PRINT of binary data", statement.line)
        text = coerce(value, _TEXT, kind) or ""
        longest = 4000 if kind.name in ("nvarchar", "nchar", "ntext") else 8000
        yield Message(text[:longest], line=statement.line, procedure=frame.procedure)

    def _throw(self, statement: syntax.Throw, frame: Frame) -> Iterable[Event]:
        if statement.number is None or statement.message is None or statement.state is None:
            raise thrown(self._state.handled[-1])
        number = self._scalars.evaluate_as(frame, statement.number, SqlType("int"))
        message = self._scalars.evaluate_as(frame, statement.message, SqlType("nvarchar", length=2048))
        state = self._scalars.evaluate_as(frame, statement.state, SqlType("int"))
        if number is None or not 50000 <= number <= 2147483647:
            raise sql_error(35100, number)
        text = message_of_throw(message or "")
        raise RaisedError(number, text, state=(state or 0) % 256, line=statement.line, procedure=frame.procedure)

    def _raise_error(self, statement: syntax.RaiseError, frame: Frame) -> Iterator[Event]:
        message, kind = self._scalars.evaluate(frame, statement.message)
        severity = coerce(*_int_arguments(self._scalars.evaluate(frame, statement.severity)))
        state = coerce(*_int_arguments(self._scalars.evaluate(frame, statement.state)))
        if isinstance(message, int):
            if message < 13000 or message == 50000:
                raise sql_error(2732, message, 13000, 2147483647, line=statement.line)
            if message < 50000:
                raise unsupported(f"RAISERROR of the system's message {message}", statement.line)
            raise sql_error(18054, message, severity, state, line=statement.line)
        if len(statement.arguments) > 20:
            raise sql_error(2747, 20, line=statement.line)
        arguments = [self._scalars.evaluate(frame, argument) for argument in statement.arguments]
        for position, (_, given) in enumerate(arguments, 4):
            if given.name not in SUBSTITUTED:
                raise sql_error(2748, given.name, position, line=statement.line)
        text = format_message(coerce(message, _TEXT, kind) or "", [value for value, _ in arguments])
        if len(text) > 2047:
            text = f"{text[:2044]}..."
        severity = max(0, severity or 0)
        state = 1 if (state or 0) < 0 else min(255, state or 0)
        if severity <= 10:
            yield Message(text, 50000, severity, state, statement.line, frame.procedure)
            self._state.last_error = 50000 if "SETERROR" in statement.options else 0
            return
        if severity > 18 and "LOG" not in statement.options:
            raise sql_error(2754, 18, line=statement.line)
        raise raised(text, severity, state, statement.line, frame.procedure)

    # --- the session

    def _use(self, statement: syntax.Use, frame: Frame) -> Iterator[Event]:
        database = self._view.database(statement.database)
        self._permissions.check_database(database)
        old, frame.database = frame.database, database.name
        if frame is self._state.base:
            yield DatabaseChanged(database.name, old)
            yield Message(message_text(5701, database.name), 5701, state=MESSAGES[5701].state, line=statement.line)

    def _wait_for(self, statement: syntax.WaitFor, frame: Frame) -> Iterable[Event]:
        given, kind = self._scalars.evaluate(frame, statement.value)
        try:
            value = coerce(given, SqlType("datetime"), kind)
        except SqlError as error:
            raise sql_error(148, given) from error
        if value is None:
            raise sql_error(148, "NULL")
        moment = value.time()
        self._state.pause(moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6)
        return ()


def _reason(error: SqlError) -> int:
    """Return the number that decides how far an error reaches: of 1750 it is that of the cause."""
    return error.causes[-1].number if error.number == 1750 and error.causes else error.number


def _named(name: str, frame: Frame) -> str:
    """Return the name of a transaction or savepoint, which may be the value of a variable."""
    return str(frame.variable(name, 0).value or "")[:32] if name.startswith("@") else name


def _int_arguments(pair: tuple[Any, SqlType]) -> tuple[Any, SqlType, SqlType]:
    """Return the arguments of ``coerce`` that convert a value of a type to INT."""
    return pair[0], SqlType("int"), pair[1]
