"""Functions that the system views call for the server, sessions, row counts and dependencies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from local_sqlserver.catalog import store
from local_sqlserver.catalog.objects import quote
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import columns_read, failures
from local_sqlserver.compiler.functions.tables import DESCRIBED
from local_sqlserver.compiler.types import duckdb_type
from local_sqlserver.engine import temporary_objects
from local_sqlserver.engine.options import LEVELS
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.resolution import StatementContext
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.errors import SqlError
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from local_sqlserver.types import UserType

_SESSION = (
    "STRUCT(session_id INTEGER, login_time TIMESTAMP, host_name VARCHAR, program_name VARCHAR, login_name "
    "VARCHAR, status VARCHAR, text_size INTEGER, language VARCHAR, date_format VARCHAR, date_first INTEGER, "
    "transaction_isolation_level INTEGER, lock_timeout INTEGER, row_count BIGINT, prev_error INTEGER, database_id "
    "INTEGER, open_transaction_count INTEGER, request_start_time TIMESTAMP, nest_level INTEGER)[]"
)
_DEPENDENCY = "STRUCT(database_name VARCHAR, schema_name VARCHAR, entity_name VARCHAR)[]"
_VIEW_COLUMN = "STRUCT(database_name VARCHAR, schema_name VARCHAR, object_name VARCHAR, column_name VARCHAR)[]"
_DESCRIBED = f"STRUCT({', '.join(f'{quote(name)} {duckdb_type(kind)}' for name, kind in DESCRIBED)})[]"
_WRITES = (syntax.Insert, syntax.Update, syntax.Delete, syntax.Merge, syntax.Truncate, syntax.InsertExecute)


def _row_type(table: str) -> str:
    return f"STRUCT({', '.join(store.table_columns(table))})[]"


class ViewSources:
    """Registers the functions with DuckDB."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        functions: list[tuple[str, Callable[..., Any], list[Any], str]] = [
            ("tsql_sessions", self._sessions, [], _SESSION),
            ("tsql_administrator", lambda: shared.accounts.administrator, [], "VARCHAR"),
            ("tsql_server_name", lambda: shared.server_name, [], "VARCHAR"),
            ("tsql_row_count", self._row_count, ["VARCHAR", "VARCHAR", "VARCHAR"], "BIGINT"),
            ("tsql_describe", failures.raising(self._describe), ["INTEGER", "VARCHAR", "VARCHAR"], _DESCRIBED),
            ("tsql_dependencies", self._dependencies, ["VARCHAR", "VARCHAR"], _DEPENDENCY),
            ("tsql_view_columns", self._view_columns, ["VARCHAR", "VARCHAR"], _VIEW_COLUMN),
        ]
        functions += [
            (f"tsql_temporary_{table}", temporary_objects.rows_of(shared, table), [], _row_type(table))
            for table in temporary_objects.TABLES
        ]
        for name, function, parameters, result in functions:
            shared.root.create_function(
                name, function, parameters, result, null_handling=FunctionNullHandling.SPECIAL, side_effects=True
            )

    def _sessions(self) -> list[dict[str, Any]]:
        """Return the open sessions."""
        return list(self._session_rows())

    def _session_rows(self) -> Iterator[dict[str, Any]]:
        for session in self._shared.sessions():
            state, settings = session.state, session.state.frame.settings
            database = self._shared.databases.find(state.frame.database)
            yield {
                "session_id": state.spid,
                "login_time": state.login_time,
                "host_name": state.host,
                "program_name": state.application,
                "login_name": state.login,
                "status": "running" if session.busy else "sleeping",
                "text_size": settings.text_size,
                "language": settings.language,
                "date_format": settings.date_order,
                "date_first": settings.datefirst,
                "transaction_isolation_level": LEVELS.index(settings.isolation) + 1,
                "lock_timeout": settings.lock_timeout,
                "row_count": state.row_count,
                "prev_error": state.last_error,
                "database_id": database.id if database else 0,
                "open_transaction_count": session.transaction_count,
                "request_start_time": state.clock,
                "nest_level": state.frame.depth,
            }

    def _describe(self, spid: int, text: str | None, parameters: str | None) -> list[dict[str, Any]]:
        return self._shared.session(spid).describe(text or "", parameters or "")

    def _dependencies(self, database: str, definition: str | None) -> list[dict[str, str | None]]:
        found = self._shared.databases.find(database)
        return _dependencies(definition, tuple(found.catalog.types.values()) if found else ())

    def _view_columns(self, database: str, definition: str) -> list[dict[str, str]]:
        """Return the columns that a view reads, none if it is invalid because an object is gone."""
        frame, view = Frame(0, database), CatalogView(self._shared.databases)
        state = SessionState(0, self._shared.accounts.administrator, database, "", "", frame, [frame])
        permissions = Permissions(self._shared.accounts, view, state)
        context = StatementContext(self._shared, state, view, permissions, frame)
        (statement,) = parse_batch(definition, types=view.user_types(database)).statements
        assert isinstance(statement, syntax.CreateView)
        try:
            found = columns_read(statement, context)
        except SqlError:
            return []
        return [
            {"database_name": item.database, "schema_name": item.schema, "object_name": item.name, "column_name": name}
            for item, name in found
            if item.kind in ("U", "V")
        ]

    def _row_count(self, database: str, schema: str, table: str) -> int:
        """Return the number of committed rows of a table; 0 for a table that is not committed."""
        name = f"{quote(database)}.{quote(schema)}.{quote(table)}"
        try:
            (count,) = self._shared.root.cursor().execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
        except duckdb.Error:
            return 0
        return int(count)


@lru_cache(maxsize=2000)
def _dependencies(definition: str | None, types: tuple[UserType, ...]) -> list[dict[str, str | None]]:
    """Return the names of tables, views and procedures in the text of a module, but of system objects and #tables."""
    try:
        batch = parse_batch(definition or "", types=types)
    except SqlError:
        return []
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for statement in batch.statements:
        nodes = list(statement.walk())
        common = {node.name.lower() for node in nodes if isinstance(node, syntax.CommonTable)}
        aliases = {node.alias.lower() for node in nodes if isinstance(node, syntax.TableSource) and node.alias}
        for node in nodes:
            name: syntax.Name | str = ()
            if isinstance(node, syntax.TableSource):
                name = node.name if len(node.name) > 1 or node.name[0].lower() not in common else ()
            elif isinstance(node, _WRITES):
                name = node.target if len(node.target) > 1 or node.target[0].lower() not in common | aliases else ()
            elif isinstance(node, syntax.Execute):
                name = node.procedure
            elif isinstance(node, syntax.BulkInsert):
                name = node.table
            if isinstance(name, str) or not name or name[-1][:1] in ("#", "@"):
                continue
            if len(name) > 1 and name[-2].lower() in ("sys", "information_schema"):
                continue
            if isinstance(node, syntax.Execute) and name[-1].lower().startswith(("sp_", "xp_")):
                continue
            found.setdefault(tuple(part.lower() for part in name), name)
    return [
        {
            "database_name": name[-3] if len(name) > 2 else None,
            "schema_name": name[-2] if len(name) > 1 else None,
            "entity_name": name[-1],
        }
        for name in found.values()
    ]
