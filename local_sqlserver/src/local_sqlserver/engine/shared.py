"""State that all sessions of one server share."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import duckdb

from local_sqlserver.catalog.accounts import Accounts
from local_sqlserver.catalog.databases import Databases
from local_sqlserver.engine.cache import Cache, Compiled
from local_sqlserver.engine.locks import ApplicationLocks
from local_sqlserver.engine.parsed import ParsedStatements
from local_sqlserver.engine.state import SessionState
from local_sqlserver.engine.transactions import Commits
from local_sqlserver.language import syntax


class OpenSession(Protocol):
    """A session, as far as other sessions use it."""

    state: SessionState

    @property
    def busy(self) -> bool:
        """Whether a request is running."""

    @property
    def transaction_count(self) -> int:
        """@@TRANCOUNT."""

    def describe(self, text: str, parameters: str) -> list[dict[str, Any]]:
        """Return the rows of sys.dm_exec_describe_first_result_set."""

    def catalog_function(self, name: str, arguments: Sequence[str | None]) -> str | None:
        """Return the value of a catalog function as text, None for NULL."""

    def kill(self) -> None:
        """End the session: cancel its request, roll back, refuse further requests."""

    def close(self) -> None:
        """Roll back an open transaction and free all resources."""


class Shared:
    """Databases, logins, locks, caches and the list of sessions."""

    def __init__(
        self,
        root: duckdb.DuckDBPyConnection,
        databases: Databases,
        accounts: Accounts,
        *,
        bulk_roots: Sequence[Path],
        server_name: str,
    ) -> None:
        self.root = root
        self.databases = databases
        self.accounts = accounts
        self.bulk_roots = tuple(bulk_roots)
        self.server_name = server_name
        self.locks = ApplicationLocks()
        self.commits = Commits()
        self.parsed = ParsedStatements()
        self.compiled: Cache[Compiled] = Cache(4000)
        self.bound: Cache[syntax.Batch] = Cache(1000)
        self._sessions: dict[int, OpenSession] = {}
        self._lock = threading.Lock()

    def enter(self, session: OpenSession) -> None:
        """Add an open session to the list."""
        with self._lock:
            self._sessions[session.state.spid] = session

    def session(self, spid: int) -> OpenSession:
        """Return an open session."""
        with self._lock:
            return self._sessions[spid]

    def leave(self, state: SessionState) -> None:
        """Remove a closed session from the list and release the databases it held in single-user mode."""
        with self._lock:
            self._sessions.pop(state.spid, None)
        for name in {frame.database for frame in state.frames}:
            database = self.databases.find(name)
            if database is not None and database.single_user == state.spid:
                database.single_user = None

    def sessions(self) -> list[OpenSession]:
        """All open sessions."""
        with self._lock:
            return list(self._sessions.values())
