"""The engine: databases, logins and sessions over one data directory. ``open_engine`` is the entry point."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import duckdb
from duckdb.func import FunctionNullHandling

from local_sqlserver.catalog import system_views
from local_sqlserver.catalog.accounts import Accounts
from local_sqlserver.catalog.databases import Databases
from local_sqlserver.compiler import failures, macros
from local_sqlserver.engine import system_procedures
from local_sqlserver.engine.events import Engine, Session
from local_sqlserver.engine.session import EngineSession
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.engine.view_sources import ViewSources
from local_sqlserver.errors import sql_error

_FIRST_SPID = 51


class LocalEngine:
    """One server over one data directory."""

    def __init__(
        self, data_dir: Path, *, user: str, password: str, bulk_roots: Sequence[Path], server_name: str
    ) -> None:
        self.server_name: str = server_name
        root = duckdb.connect(":memory:")
        # A commit that writes its rows to the file would also rewrite row groups that are not full: ``close`` does.
        root.execute("SET max_vacuum_tasks = 0")
        # The first makes a join of each COUNT(DISTINCT …), also of one that nothing reads: a sum over a report took
        # thrice the time. The second prunes row groups for ORDER BY … LIMIT by their statistics, and counts rows that
        # are deleted but kept for an open transaction: TOP (1) of a table that was emptied and filled again was empty.
        root.execute("SET disabled_optimizers = 'distinct_aggregate_rewrite,row_group_pruner'")
        macros.install(root)
        system_views.install(root, system_procedures.NAMES)
        databases, accounts = Databases(root, data_dir), Accounts(root, user, password)
        self._shared = Shared(root, databases, accounts, bulk_roots=bulk_roots, server_name=server_name)
        ViewSources(self._shared)
        self._spids = itertools.count(_FIRST_SPID)
        root.create_function(
            "tsql_metadata",
            failures.raising(self._catalog_function),
            ["INTEGER", "VARCHAR", "VARCHAR[]"],
            "VARCHAR",
            null_handling=FunctionNullHandling.SPECIAL,
            side_effects=True,
        )

    def _catalog_function(self, spid: int, name: str, arguments: list[str | None]) -> str | None:
        return self._shared.session(spid).catalog_function(name, arguments)

    def login(self, user: str, password: str, database: str, application: str, host: str) -> Session:
        """Open a session; raises SqlError 18456 or 4060."""
        login, default = self._shared.accounts.authenticate(user, password)
        found = self._shared.databases.find(database or default)
        if found is None or not self._shared.accounts.may_enter(login, found):
            raise sql_error(4060, database)
        base = Frame(0, found.name)
        session = EngineSession(
            self._shared, SessionState(next(self._spids), login, found.name, application, host, base, [base])
        )
        self._shared.enter(session)
        session.check_database(found)
        return session

    def close(self) -> None:
        """End every session and write everything to the files."""
        for session in self._shared.sessions():
            session.close()
        self._shared.root.execute("RESET max_vacuum_tasks")
        self._shared.databases.checkpoint()
        self._shared.root.close()


def open_engine(data_dir: Path, *, user: str, password: str, bulk_roots: Sequence[Path], server_name: str) -> Engine:
    """Open the databases of a data directory, which it creates if absent, with one administrator login."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return LocalEngine(data_dir, user=user, password=password, bulk_roots=bulk_roots, server_name=server_name)
