"""One logged-in connection: what it remembers, and the entry points that the wire calls."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from local_sqlserver.compiler import SESSION_VALUES, Relation, Translation, compile_expression, compile_statement
from local_sqlserver.engine.binding import bind
from local_sqlserver.engine.cache import Compiled
from local_sqlserver.engine.calls import Calls
from local_sqlserver.engine.catalog import Catalog
from local_sqlserver.engine.databases import Database
from local_sqlserver.engine.events import (
    Done,
    Event,
    Message,
    Parameter,
    TransactionChanged,
    TransactionRequest,
)
from local_sqlserver.engine.interpreter import Interpreter
from local_sqlserver.engine.resolution import StatementContext
from local_sqlserver.engine.runner import Fetched, Runner, fill_table_variable
from local_sqlserver.engine.session_values import session_value
from local_sqlserver.engine.state import (
    BatchAborted,
    Cancelled,
    Frame,
    ScopeAborted,
    TableVariable,
    binding_error,
    error_event,
)
from local_sqlserver.engine.transactions import Transactions
from local_sqlserver.engine.values import coerce
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.types import SqlType

if TYPE_CHECKING:
    from local_sqlserver.engine.server import LocalEngine

_versions = itertools.count(1)
_BINDING_ERRORS = frozenset({207, 208, 209, 213, 4104, 4121, 195, 1087})


class EngineSession:
    """A session on one engine. ``batch``, ``procedure`` and ``transaction`` yield events and raise nothing."""

    def __init__(self, engine: LocalEngine, spid: int, login: str, database: str, application: str, host: str) -> None:
        self.engine: LocalEngine = engine
        self.spid: int = spid
        self.login: str = login
        self.application: str = application
        self.host: str = host
        self.login_database = database
        self.transactions: Transactions = Transactions(engine.root)
        self.runner = Runner(self)
        self.interpreter = Interpreter(self)
        self.calls = Calls(self)
        self.cancelled = threading.Event()
        self._busy = threading.Lock()
        self.killed = False
        self.row_count: int = 0
        self.last_error: int = 0
        self.last_identity: int | None = None
        self.fetch_status: int = 0
        self.handled: list[SqlError] = []
        self.base = Frame(0, database)
        self.frames = [self.base]
        self.clock: datetime = datetime.now()
        self.utc_clock: datetime = datetime.now(UTC)
        self._overlays: dict[str, tuple[Catalog, list[Callable[[Catalog], None]]]] = {}
        self._temporary_before: list[tuple[Frame, dict[str, Relation]]] = []
        self._to_drop: list[str] = []
        self._closed = False

    @property
    def database(self) -> str:
        """The current database."""
        return self.base.database

    # --- what the wire calls

    def batch(self, text: str) -> Iterator[Event]:
        """Run a SQL batch."""
        return self._request(self.interpreter.batch(text))

    def procedure(self, name: str, parameters: Sequence[Parameter]) -> Iterator[Event]:
        """Run an RPC."""
        return self._request(self.calls.remote(name, parameters))

    def transaction(self, request: TransactionRequest) -> Iterator[Event]:
        """Run a Transaction Manager request."""
        return self._request(self._manage(request))

    def _request(self, events: Iterator[Event]) -> Iterator[Event]:
        # here, not in the generator: an Attention may arrive before its first step
        self.cancelled.clear()
        return self._run(events)

    def _run(self, events: Iterator[Event]) -> Iterator[Event]:
        self._busy.acquire()
        self.base.variables.clear()
        try:
            self.check_alive()
            yield from events
            yield from self._settle()
        except (SqlError, duckdb.Error) as failure:
            error = failure if isinstance(failure, SqlError) else self.runner.error(failure, 0, ())
            self.last_error = error.number
            yield error_event(error)
            yield Done(error=True)
            yield from self._settle()
        except (BatchAborted, ScopeAborted):
            yield from self._settle()
        except Cancelled:
            yield from self.rolled_back()
            if self.killed:
                yield error_event(_killed())
                yield Done(error=True)
        finally:
            try:
                del self.frames[1:]
                self.handled.clear()
                self.interpreter.reset()
                self.forget_table_variables()
            finally:
                self._busy.release()

    def check_alive(self) -> None:
        """Raise SqlError 596 in a session that another one has ended."""
        if self.killed:
            raise _killed()

    def _settle(self) -> Iterator[Event]:
        """Return the end of a request: a doomed transaction does not outlive it."""
        if self.transactions.doomed:
            yield from self.rolled_back()
            text = "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back."
            yield error_event(SqlError(3998, text))
            yield Done(error=True)

    def _manage(self, request: TransactionRequest) -> Iterator[Event]:
        if request.kind == "begin":
            yield from self.begin()
        elif request.kind == "commit":
            yield from self.commit()
        elif request.kind == "rollback":
            if request.name:
                raise unsupported("Rolling back to a savepoint")
            yield from self.roll_back()
        else:
            raise unsupported("SAVE TRANSACTION (a savepoint)")
        if request.then_begin:
            yield from self.begin()
        yield Done()

    def reset(self) -> None:
        """RESETCONNECTION."""
        for _ in self.rolled_back():
            pass
        self.engine.locks.release_all(self.spid)
        self._forget_temporary(self.base)
        self.base = Frame(0, self.login_database)
        self.frames = [self.base]
        self.calls.forget_prepared()
        self.row_count = self.last_error = 0
        self.last_identity = None

    def cancel(self) -> None:
        """Attention."""
        self.cancelled.set()
        self.transactions.interrupt()

    def kill(self) -> None:
        """End the session from another one (ALTER DATABASE … WITH ROLLBACK IMMEDIATE).

        What it runs stops, its transaction is rolled back before this returns, and its next request fails.
        """
        self.killed = True
        while not self._busy.acquire(timeout=0.05):
            self.cancel()
        try:
            for _ in self.rolled_back():
                pass
            self.engine.locks.release_all(self.spid)
        finally:
            self._busy.release()

    def close(self) -> None:
        """Free everything."""
        if self._closed:
            return
        self._closed = True
        self.engine.locks.release_all(self.spid)
        self.engine.forget(self)
        self.transactions.close()

    # --- frames, names and catalogs

    @property
    def frame(self) -> Frame:
        """The innermost frame."""
        return self.frames[-1]

    def scopes(self) -> Iterator[Frame]:
        """Return the frames from the innermost outwards."""
        return reversed(self.frames)

    def in_procedure(self, frame: Frame) -> bool:
        """Whether events of this frame come from inside a procedure or an RPC."""
        return frame.depth > 0

    def done(self, frame: Frame, row_count: int | None, command: int) -> Done:
        """Return the Done of a statement in this frame."""
        return Done(row_count, command, in_procedure=self.in_procedure(frame))

    def temporary(self, name: str) -> Relation | None:
        """Return the temporary table of that name that is visible here."""
        for frame in self.scopes():
            if name.lower() in frame.temporary:
                return frame.temporary[name.lower()]
        return None

    def database_of(self, name: str) -> Database:
        """Return an attached database; raises SqlError 911."""
        found = self.engine.databases.find(name)
        if found is None:
            text = f"Database '{name}' does not exist. Make sure that the name is entered correctly."
            raise SqlError(911, text)
        return found

    def catalog(self, database: str) -> Catalog:
        """Return a database's catalog as this session's transaction sees it."""
        overlay = self._overlays.get(database.lower())
        return overlay[0] if overlay else self.database_of(database).catalog

    def change_catalog(self, database: str, apply: Callable[[Catalog], None]) -> None:
        """Change the catalog for this session now and for all on commit."""
        key = database.lower()
        if key not in self._overlays:
            self._overlays[key] = (self.database_of(database).catalog.copy(), [])
        catalog, changes = self._overlays[key]
        apply(catalog)
        catalog.version = next(_versions)
        changes.append(apply)

    def _publish(self) -> None:
        for name, (_, changes) in self._overlays.items():
            database = self.database_of(name)
            with database.lock:
                catalog = database.catalog.copy()
                for apply in changes:
                    apply(catalog)
                catalog.version = next(_versions)
                database.catalog = catalog
        self._overlays.clear()

    # --- translation

    def _context_key(self, frame: Frame) -> tuple[Any, ...]:
        return (
            frame.database,
            frame.schema,
            frame.depth,
            self.engine.catalog_version(),
            tuple(catalog.version for catalog, _ in self._overlays.values()),
            tuple((scope.depth, tuple(scope.temporary.values())) for scope in self.frames if scope.temporary),
            frame.settings.identity_insert,
        )

    def compiled(
        self, node: syntax.CompiledStatement | syntax.Expression, frame: Frame, target: SqlType | None = None
    ) -> tuple[Translation, tuple[Relation, ...]]:
        """Compile a statement, or an expression as ``target``, for a frame that may run it."""
        try:
            found = self.compile(node, StatementContext(self, frame), frame, target)
        except SqlError as error:
            if error.number in _BINDING_ERRORS:
                raise binding_error(error, frame.depth) from error
            raise
        self.engine.security.check(self, frame, *found)
        return found

    def compile(
        self,
        node: syntax.CompiledStatement | syntax.Expression,
        context: StatementContext,
        frame: Frame,
        target: SqlType | None = None,
    ) -> tuple[Translation, tuple[Relation, ...]]:
        """Compile a node of a tree, or take it from the cache if nothing that it depends on has changed.

        The variables are not part of the key: a node belongs to one batch, which declares them all.
        """
        key = (id(node), target, self._context_key(frame))
        kept = self.engine.translations.get(key)
        if kept is not None:
            return kept.translation, kept.relations
        if isinstance(node, syntax.Expression):
            translation = compile_expression(node, context, target)
        else:
            translation = compile_statement(node, context)
        relations = tuple(context.relations)
        if not context.reads_file:
            self.engine.translations.put(key, Compiled(node, translation, relations))
        return translation, relations

    def bind(self, batch: syntax.Batch, frame: Frame) -> None:
        """Check names and types of a batch that is to run in a frame, unless that was done and nothing has changed."""
        key = (id(batch), None, self._context_key(frame))
        if self.engine.bound.get(key) is None:
            bind(self, batch, frame)
            self.engine.bound.put(key, batch)

    def query(self, translation: Translation, relations: Sequence[Relation], frame: Frame, line: int) -> Fetched:
        """Run a SELECT and give DuckDB's description and rows."""
        return self.runner.query(translation, relations, frame, line)

    def tick(self) -> None:
        """Return a statement begins: GETDATE() stands still until the next one."""
        if self.cancelled.is_set():
            raise Cancelled
        self.clock = datetime.now()
        self.utc_clock = datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        """Wait, unless cancelled."""
        if self.cancelled.wait(seconds):
            raise Cancelled

    def value(self, name: str, frame: Frame) -> Any:
        """Return a key of ``SESSION_VALUES``."""
        return coerce(session_value(self, name, frame), SESSION_VALUES[name])

    def parameter(self, name: str, frame: Frame, line: int) -> Any:
        """Return what a translation's parameter stands for."""
        if name in SESSION_VALUES:
            return self.value(name, frame)
        return frame.variable(name, line).value

    # --- transactions

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Enclose changes of data and catalog: part of the open transaction, or a transaction of their own."""
        if self.transactions.count:
            try:
                yield
            except duckdb.Error:
                self.transactions.note_failure()
                raise
            return
        connection = self.transactions.connection
        connection.execute("BEGIN TRANSACTION")
        temporary = [(frame, dict(frame.temporary)) for frame in self.frames]
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            try:
                connection.execute("ROLLBACK")
            except duckdb.TransactionException as failure:
                if "no transaction is active" not in str(failure):
                    raise
            self._overlays.clear()
            for frame, tables in temporary:
                frame.temporary = tables
            raise
        self._publish()

    def begin_implicitly(self, frame: Frame) -> Iterator[Event]:
        """Begin a transaction before a statement under SET IMPLICIT_TRANSACTIONS ON."""
        if frame.settings.implicit_transactions and not self.transactions.count:
            yield from self.begin()

    def begin(self) -> Iterator[Event]:
        """BEGIN TRANSACTION."""
        if not self.transactions.count:
            self._temporary_before = [(frame, dict(frame.temporary)) for frame in self.frames]
            for frame in self.frames:
                for table in frame.tables.values():
                    table.rows = None
        yield from self.transactions.begin()

    def commit(self) -> Iterator[Event]:
        """COMMIT TRANSACTION."""
        transactions = self.transactions
        if not transactions.count:
            text = "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION."
            raise SqlError(3902, text)
        if transactions.doomed:
            transactions.check_writable()
        if transactions.count > 1:
            transactions.count -= 1
            return
        descriptor = transactions.descriptor
        try:
            transactions.commit()
        except duckdb.Error as failure:
            self._after_rollback()
            yield TransactionChanged(10, descriptor)
            raise self.runner.error(failure, 0, ()) from failure
        self._publish()
        self.engine.locks.release_all(self.spid, "Transaction")
        yield TransactionChanged(9, descriptor)

    def roll_back(self) -> Iterator[Event]:
        """ROLLBACK TRANSACTION."""
        if not self.transactions.count:
            text = "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION."
            raise SqlError(3903, text)
        yield from self.rolled_back()

    def rolled_back(self) -> Iterator[Event]:
        """Roll back if there is anything to roll back."""
        if self.transactions.count:
            descriptor = self.transactions.rollback()
            self._after_rollback()
            yield TransactionChanged(10, descriptor)

    def _after_rollback(self) -> None:
        self._overlays.clear()
        self.engine.locks.release_all(self.spid, "Transaction")
        for frame in self.frames:
            before = next((tables for known, tables in self._temporary_before if known is frame), {})
            frame.temporary = dict(before)
            for table in frame.tables.values():
                self._restore(table)
        self._drop_leftovers()

    def _restore(self, table: TableVariable) -> None:
        """Bring a table variable back to what it held before the rollback."""
        connection = self.transactions.connection
        present = connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE temporary AND table_name = $1",
            [f"{table.relation.name.lower()} {self._depth_of(table)}"],
        ).fetchall()
        if table.rows is None and present:
            return
        if present:
            connection.execute(f"DROP TABLE {table.relation.duckdb_name}")
        fill_table_variable(connection, table)
        table.rows = None

    def _depth_of(self, table: TableVariable) -> int:
        return next(frame.depth for frame in self.frames if any(table is item for item in frame.tables.values()))

    # --- temporary tables

    def leave(self, frame: Frame) -> None:
        """Return a frame ends: drop what lived in it."""
        self._forget_temporary(frame)
        self._to_drop.extend(table.relation.duckdb_name for table in frame.tables.values())
        frame.tables.clear()
        self._drop_leftovers()

    def forget_table_variables(self) -> None:
        """Return a batch ends: its table variables go."""
        self._to_drop.extend(table.relation.duckdb_name for table in self.base.tables.values())
        self.base.tables.clear()
        self._drop_leftovers()

    def _forget_temporary(self, frame: Frame) -> None:
        self._to_drop.extend(relation.duckdb_name for relation in frame.temporary.values())
        frame.temporary.clear()
        self._drop_leftovers()

    def _drop_leftovers(self) -> None:
        """Drop temporary tables that no name reaches any more; a broken transaction must end first."""
        if self.transactions.broken or self._closed:
            return
        for duckdb_name in self._to_drop:
            self.transactions.connection.execute(f"DROP TABLE IF EXISTS {duckdb_name}")
        self._to_drop.clear()

    def message(self, number: int, text: str) -> Message:
        """Return an informational message."""
        return Message(text, number, line=1)


def _killed() -> SqlError:
    text = "Cannot continue the execution because the session is in the kill state."
    return SqlError(596, text, severity=21)
