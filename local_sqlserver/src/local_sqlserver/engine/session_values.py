"""@@ROWCOUNT, XACT_STATE(), ERROR_MESSAGE(), GETDATE() and the other values that only the session knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import SqlError

if TYPE_CHECKING:
    from local_sqlserver.engine.session import EngineSession

VERSION = (
    "Microsoft SQL Server 2022 compatible: local_sqlserver, an embedded stand-in on DuckDB for "
    "development and tests - "
    "16.0.4000.1 (X64)"
)


def session_value(session: EngineSession, name: str, frame: Frame) -> Any:
    """Return the value of a key of ``SESSION_VALUES``, not yet of its type."""
    if name.startswith("error_"):
        return _ERROR[name](session.handled[-1]) if session.handled else None
    return _VALUES[name](session, frame)


_ERROR: dict[str, Callable[[SqlError], Any]] = {
    "error_number()": lambda error: error.number,
    "error_severity()": lambda error: error.severity,
    "error_state()": lambda error: error.state,
    "error_line()": lambda error: error.line,
    "error_procedure()": lambda error: error.procedure or None,
    "error_message()": lambda error: error.message,
}


def _options(session: EngineSession, frame: Frame) -> int:
    """Return @@OPTIONS: the ANSI settings, NOCOUNT (512), XACT_ABORT (16384), IMPLICIT_TRANSACTIONS (2)."""
    settings = frame.settings
    return 5496 + 512 * settings.nocount + 16384 * settings.xact_abort + 2 * settings.implicit_transactions


_VALUES: dict[str, Callable[[EngineSession, Frame], Any]] = {
    "@@rowcount": lambda session, frame: session.row_count,
    "rowcount_big()": lambda session, frame: session.row_count,
    "@@error": lambda session, frame: session.last_error,
    "@@trancount": lambda session, frame: session.transactions.count,
    "xact_state()": lambda session, frame: session.transactions.state,
    "@@identity": lambda session, frame: session.last_identity,
    "scope_identity()": lambda session, frame: frame.scope_identity,
    "@@procid": lambda session, frame: frame.object_id,
    "@@nestlevel": lambda session, frame: frame.depth,
    "@@spid": lambda session, frame: session.spid,
    "@@servername": lambda session, frame: session.engine.server_name,
    "@@servicename": lambda session, frame: "MSSQLSERVER",
    "@@version": lambda session, frame: VERSION,
    "@@language": lambda session, frame: frame.settings.language,
    "@@langid": lambda session, frame: 0,
    "@@datefirst": lambda session, frame: frame.settings.datefirst,
    "@@dbts": lambda session, frame: bytes(8),
    "@@options": _options,
    "@@lock_timeout": lambda session, frame: frame.settings.lock_timeout,
    "@@max_precision": lambda session, frame: 38,
    "@@max_connections": lambda session, frame: 32767,
    "@@microsoftversion": lambda session, frame: 0x10000FA0,
    "@@textsize": lambda session, frame: frame.settings.text_size,
    "@@fetch_status": lambda session, frame: session.fetch_status,
    "@@cursor_rows": lambda session, frame: 0,
    "getdate()": lambda session, frame: session.clock,
    "sysdatetime()": lambda session, frame: session.clock,
    "getutcdate()": lambda session, frame: session.utc_clock.replace(tzinfo=None),
    "sysutcdatetime()": lambda session, frame: session.utc_clock.replace(tzinfo=None),
    "sysdatetimeoffset()": lambda session, frame: session.utc_clock.astimezone(),
    "db_name()": lambda session, frame: frame.database,
    "db_id()": lambda session, frame: session.database_of(frame.database).id,
    "schema_name()": lambda session, frame: "dbo",
    "schema_id()": lambda session, frame: 1,
    "user_name()": lambda session, frame: session.engine.security.user_name(session, frame.database),
    "user_id()": lambda session, frame: 1,
    "suser_sname()": lambda session, frame: session.login,
    "suser_name()": lambda session, frame: session.login,
    "original_login()": lambda session, frame: session.login,
    "host_name()": lambda session, frame: session.host,
    "app_name()": lambda session, frame: session.application,
    "current_transaction_id()": lambda session, frame: session.transactions.descriptor,
}
