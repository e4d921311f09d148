"""The engine: databases, sessions, caches, logins. ``open_engine`` is where the wire begins."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from pathlib import Path

import duckdb
from duckdb.func import FunctionNullHandling

from local_sqlserver.compiler import ColumnInfo, macros
from local_sqlserver.engine import metadata, system_views
from local_sqlserver.engine.cache import Cache, Compiled
from local_sqlserver.engine.databases import Databases
from local_sqlserver.engine.events import Engine, Session
from local_sqlserver.engine.locks import ApplicationLocks
from local_sqlserver.engine.security import Security
from local_sqlserver.engine.session import EngineSession
from local_sqlserver.errors import SqlError
from local_sqlserver.language import syntax

_FIRST_SPID = 51


class LocalEngine:
    """One server over one data directory."""

    def __init__(
        self, data_dir: Path, *, user: str, password: str, bulk_roots: Sequence[Path], server_name: str
    ) -> None:
        self.server_name: str = server_name
        self.bulk_roots = tuple(bulk_roots)
        self.root = duckdb.connect(":memory:")
        macros.install(self.root)
        self.databases = Databases(self.root, data_dir)
        self.security: Security = Security(self.root, user, password)
        self.locks = ApplicationLocks()
        self.translations: Cache[Compiled] = Cache(4000)
        self.bound: Cache[syntax.Batch] = Cache(1000)
        self._sessions: dict[int, EngineSession] = {}
        self._spids = itertools.count(_FIRST_SPID)
        self._lock = threading.Lock()
        self._system_columns: dict[str, tuple[ColumnInfo, ...]] = {}
        self.root.create_function(
            "tsql_metadata",
            self._metadata,
            ["INTEGER", "VARCHAR", "VARCHAR[]"],
            "VARCHAR",
            null_handling=FunctionNullHandling.SPECIAL,
            side_effects=True,
        )

    def _metadata(self, spid: int, name: str, arguments: list[str | None]) -> str | None:
        return metadata.call(self.session(spid), name, arguments)

    def login(self, user: str, password: str, database: str, application: str, host: str) -> Session:
        """Open a session; raises SqlError 18456 or 4060."""
        login, default = self.security.authenticate(user, password)
        found = self.databases.find(database or default)
        if found is None or not self.security.may_enter(login, found):
            text = f'Cannot open database "{database}" requested by the login. The login failed.'
            raise SqlError(4060, text, severity=11)
        with self._lock:
            spid = next(self._spids)
            session = EngineSession(self, spid, login, found.name, application, host)
            self._sessions[spid] = session
        self.security.check_database(session, found)
        return session

    def session(self, spid: int) -> EngineSession:
        """Return an open session."""
        with self._lock:
            return self._sessions[spid]

    def sessions(self) -> list[EngineSession]:
        """All open sessions."""
        with self._lock:
            return list(self._sessions.values())

    def forget(self, session: EngineSession) -> None:
        """Return a session has closed."""
        with self._lock:
            self._sessions.pop(session.spid, None)
        for name in {frame.database for frame in session.frames}:
            database = self.databases.find(name)
            if database is not None and database.single_user == session.spid:
                database.single_user = None

    def close(self) -> None:
        """End every session and write everything to the files."""
        for session in self.sessions():
            session.close()
        self.databases.checkpoint()
        self.root.close()

    # --- what sessions share

    def catalog_version(self) -> tuple[int, ...]:
        """Return what changes whenever any committed catalog does."""
        return self.databases.versions()

    def system_columns(self, view: str, duckdb_name: str) -> tuple[ColumnInfo, ...]:
        """Return the columns of a system view."""
        if view not in self._system_columns:
            self._system_columns[view] = system_views.columns(self.root.cursor(), duckdb_name)
        return self._system_columns[view]


def open_engine(data_dir: Path, *, user: str, password: str, bulk_roots: Sequence[Path], server_name: str) -> Engine:
    """Open the databases of a data directory (created if empty) behind one administrator login."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return LocalEngine(data_dir, user=user, password=password, bulk_roots=bulk_roots, server_name=server_name)
