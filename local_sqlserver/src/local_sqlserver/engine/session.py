"""A session: the parts of one logged-in connection, and the entry points for the wire."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from local_sqlserver.catalog.databases import Database
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.engine import first_result_set, metadata
from local_sqlserver.engine.administration import Administration
from local_sqlserver.engine.calls import Calls
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import Column, ColumnValues, Done, Error, Event, Parameter, TransactionRequest
from local_sqlserver.engine.interpreter import Interpreter
from local_sqlserver.engine.options import LEVELS
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.principals import Principals
from local_sqlserver.engine.runner import Runner
from local_sqlserver.engine.scalars import Scalars
from local_sqlserver.engine.session_values import SessionValues
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.signing import Signing
from local_sqlserver.engine.stale_views import StaleViews
from local_sqlserver.engine.state import (
    BatchAborted,
    Cancelled,
    Frame,
    ScopeAborted,
    SessionState,
    error_events,
)
from local_sqlserver.engine.transactions import Transactions
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import SqlError, sql_error
from local_sqlserver.language import syntax

_log = logging.getLogger(__name__)


class EngineSession:
    """A session on one engine. ``batch``, ``procedure`` and ``transaction`` yield events and raise nothing."""

    def __init__(self, shared: Shared, state: SessionState) -> None:
        self.state = state
        self._shared = shared
        self._view = CatalogView(shared.databases)
        self._transactions = Transactions(shared.root, shared.commits, shared.parsed)
        self._work = Work(state, self._view, self._transactions, shared.locks)
        permissions = Permissions(shared.accounts, self._view, state)
        self._permissions = permissions
        self._values = SessionValues(shared, state, self._view, self._transactions, permissions)
        compilation = Compilation(shared, state, self._view, permissions)
        self._compilation = compilation
        self._runner = Runner(state, self._view, self._work, self._values)
        scalars = Scalars(compilation, self._runner, self._values)
        self._calls = Calls(
            *(shared, state, self._view, self._work, permissions, compilation, self._runner, scalars),
            statements=self._statements,
            reset=self.reset,
        )
        stale_views = StaleViews(state, self._view, compilation, self._runner)
        administration = Administration(
            *(shared, state, self._view, self._work, permissions, compilation, self._runner, stale_views)
        )
        principals = Principals(shared.accounts, state, self._view, self._work, permissions)
        signing = Signing(self._view, self._work, permissions, principals)
        self._interpreter = Interpreter(
            *(shared, state, self._work, self._view, permissions, compilation, self._runner, scalars, self._calls),
            stale_views=stale_views,
            administration={
                syntax.CreateProcedure: administration.create_procedure,
                syntax.CreateFunction: administration.create_function,
                syntax.CreateView: administration.create_view,
                syntax.CreateType: administration.types.create,
                syntax.CreateSynonym: administration.synonyms.create,
                syntax.CreateSchema: administration.create_schema,
                syntax.Transfer: administration.transfer,
                syntax.DropObjects: administration.drop,
                syntax.CreateDatabase: administration.create_database,
                syntax.AlterDatabase: administration.alter_database,
                syntax.Principal: principals.principal,
                syntax.Permission: principals.permission,
                syntax.Certificate: signing.certificate,
                syntax.Signature: signing.signature,
            },
        )
        self._busy = threading.Lock()
        self._closed = False

    def _statements(self, statements: Sequence[syntax.Statement], frame: Frame) -> Iterator[Event]:
        return self._interpreter.statements(statements, frame)

    @property
    def spid(self) -> int:
        """The number of the session."""
        return self.state.spid

    @property
    def database(self) -> str:
        """The current database."""
        return self.state.base.database

    # --- called by the wire

    def batch(self, text: str) -> Iterator[Event]:
        """Run a SQL batch."""
        return self._request(self._interpreter.batch(text))

    def procedure(self, name: str, parameters: Sequence[Parameter]) -> Iterator[Event]:
        """Run an RPC."""
        return self._request(self._calls.remote(name, parameters))

    def bulk_load(self, columns: Sequence[Column], values: Sequence[ColumnValues]) -> Iterator[Event]:
        """Load the rows after INSERT BULK."""
        return self._request(self._interpreter.bulk_load(columns, values))

    def transaction(self, request: TransactionRequest) -> Iterator[Event]:
        """Run a Transaction Manager request."""
        return self._request(self._transaction_request(request))

    def _request(self, events: Iterator[Event]) -> Iterator[Event]:
        # not in the generator, because an Attention may arrive before its first step
        self.state.cancelled.clear()
        return self._logged(self._run(events))

    def _logged(self, events: Iterator[Event]) -> Iterator[Event]:
        """Log each error that goes to the client; not its text, which may contain values of the data."""
        for event in events:
            if isinstance(event, Error):
                place = f"line {event.line}" + (f" of {event.procedure}" if event.procedure else "")
                _log.info(
                    "error %s, severity %s, state %s at %s in database %s, session %s of %r",
                    *(event.number, event.severity, event.state, place, self.database, self.spid, self.state.login),
                )
            yield event

    def _run(self, events: Iterator[Event]) -> Iterator[Event]:
        state = self.state
        self._busy.acquire()
        state.base.variables.clear()
        try:
            if state.killed:
                raise sql_error(596)
            yield from events
            yield from self._end_request()
        except (SqlError, duckdb.Error) as failure:
            error = failure if isinstance(failure, SqlError) else self._runner.error(failure, 0, ())
            state.last_error = error.number
            yield from error_events(error)
            yield Done(error=True)
            yield from self._end_request()
        except (BatchAborted, ScopeAborted):
            yield from self._end_request()
        except Cancelled:
            yield from self._work.roll_back_open()
            if state.killed:
                yield from error_events(sql_error(596))
                yield Done(error=True)
        finally:
            try:
                del state.frames[1:]
                state.handled.clear()
                self._interpreter.reset()
                state.base.cursors.clear()
                self._work.drop_table_variables(state.base)
            finally:
                self._busy.release()

    def _end_request(self) -> Iterator[Event]:
        """At the end of a request, roll back a doomed transaction and report error 3998."""
        if self._transactions.doomed:
            yield from self._work.roll_back_open()
            yield from error_events(sql_error(3998))
            yield Done(error=True)

    def _transaction_request(self, request: TransactionRequest) -> Iterator[Event]:
        if request.kind == "begin":
            if request.isolation:
                self.state.base.settings.isolation = LEVELS[request.isolation - 1]
            yield from self._work.begin(request.name)
        elif request.kind == "commit":
            yield from self._work.commit()
        elif request.kind == "rollback":
            yield from self._work.roll_back(request.name)
        else:
            self._work.save(request.name)
        if request.then_begin:
            yield from self._work.begin()
        yield Done()

    def reset(self) -> None:
        """RESETCONNECTION: restore the state of the session after login."""
        state = self.state
        for _ in self._work.roll_back_open():
            pass
        self._shared.locks.release_all(state.spid)
        self._work.drop_temporary_tables(state.base)
        state.base = Frame(0, state.login_database)
        state.frames[:] = [state.base]
        self._calls.prepared.clear()
        state.cursors.clear()
        state.context_info = None
        state.context.clear()
        state.procedures.clear()
        state.row_count = state.last_error = 0
        state.last_identity = None

    def cancel(self) -> None:
        """Attention."""
        self.state.cancelled.set()
        self._transactions.interrupt()

    def kill(self) -> None:
        """End this session on behalf of another session (ALTER DATABASE … WITH ROLLBACK IMMEDIATE).

        Its request is cancelled, its transaction is rolled back before this returns, and its next request fails.
        """
        self.state.killed = True
        while not self._busy.acquire(timeout=0.05):
            self.cancel()
        try:
            for _ in self._work.roll_back_open():
                pass
            self._shared.locks.release_all(self.state.spid)
        finally:
            self._busy.release()

    def close(self) -> None:
        """Roll back an open transaction and free all resources."""
        if self._closed:
            return
        self._closed = True
        self._shared.locks.release_all(self.state.spid)
        self._shared.leave(self.state)
        self._work.close()

    # --- called by the engine

    @property
    def busy(self) -> bool:
        """Whether a request is running."""
        return self._busy.locked()

    @property
    def transaction_count(self) -> int:
        """@@TRANCOUNT."""
        return self._transactions.count

    def check_database(self, database: Database) -> None:
        """Raise SqlError 916 (no user there) or 924 (single user)."""
        self._permissions.check_database(database)

    def describe(self, text: str, parameters: str) -> list[dict[str, Any]]:
        """Return the rows of sys.dm_exec_describe_first_result_set."""
        frame = self.state.frame
        types = self._view.user_types(frame.database)
        return first_result_set.describe(self._compilation, frame, types, text, parameters)

    def catalog_function(self, name: str, arguments: Sequence[str | None]) -> str | None:
        """Return the value of a catalog function as text, None for NULL."""
        return metadata.call(self._values, name, arguments)
