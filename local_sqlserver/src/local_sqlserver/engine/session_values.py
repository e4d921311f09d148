"""Values of the session: @@ROWCOUNT, XACT_STATE(), ERROR_MESSAGE(), GETDATE() and others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import SESSION_VALUES
from local_sqlserver.compiler.functions.registry import implemented
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.shared import Shared
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.engine.transactions import Transactions
from local_sqlserver.errors import SqlError

VERSION = (
    "Microsoft SQL Server 2022 compatible: local_sqlserver, an embedded stand-in on DuckDB for "
    "development and tests - "
    "16.0.4000.1 (X64)"
)


class SessionValues:
    """The values of one session, each with its type in ``SESSION_VALUES``."""

    def __init__(
        self,
        shared: Shared,
        state: SessionState,
        view: CatalogView,
        transactions: Transactions,
        permissions: Permissions,
    ) -> None:
        self.shared = shared
        self.state = state
        self.view = view
        self.transactions = transactions
        self.permissions = permissions

    def value(self, name: str, frame: Frame) -> Any:
        """Return the value of a key of ``SESSION_VALUES``."""
        return coerce(_VALUES[name](self, frame), SESSION_VALUES[name])

    def parameter(self, name: str, frame: Frame, line: int) -> Any:
        """Return the value of a parameter of a compiled statement: a session value or a variable's."""
        if name in SESSION_VALUES:
            return self.value(name, frame)
        return frame.variable(name, line).value


_Value = Callable[[SessionValues, Frame], Any]


def _handled(read: Callable[[SqlError], Any]) -> _Value:
    """Return a value of the error that a CATCH block handles; NULL outside a CATCH block."""
    return lambda values, frame: read(values.state.handled[-1]) if values.state.handled else None


def _options(values: SessionValues, frame: Frame) -> int:
    """Return @@OPTIONS: the ANSI settings, NOCOUNT (512), XACT_ABORT (16384), IMPLICIT_TRANSACTIONS (2)."""
    settings = frame.settings
    return 5496 + 512 * settings.nocount + 16384 * settings.xact_abort + 2 * settings.implicit_transactions


_VALUES: dict[str, _Value] = {
    "error_number()": _handled(lambda error: error.number),
    "error_severity()": _handled(lambda error: error.severity),
    "error_state()": _handled(lambda error: error.state),
    "error_line()": _handled(lambda error: error.line),
    "error_procedure()": _handled(lambda error: error.procedure or None),
    "error_message()": _handled(lambda error: error.message),
    "@@rowcount": lambda values, frame: values.state.row_count,
    "rowcount_big()": lambda values, frame: values.state.row_count,
    "@@error": lambda values, frame: values.state.last_error,
    "@@trancount": lambda values, frame: values.transactions.count,
    "xact_state()": lambda values, frame: values.transactions.state,
    "@@identity": lambda values, frame: values.state.last_identity,
    "scope_identity()": lambda values, frame: frame.scope_identity,
    "@@procid": lambda values, frame: frame.object_id,
    "@@nestlevel": lambda values, frame: frame.depth,
    "@@spid": lambda values, frame: values.state.spid,
    "@@servername": lambda values, frame: values.shared.server_name,
    "@@servicename": lambda values, frame: "MSSQLSERVER",
    "@@version": lambda values, frame: VERSION,
    "@@language": lambda values, frame: frame.settings.language,
    "@@langid": lambda values, frame: 23 if frame.settings.language == "British" else 0,
    "@@datefirst": lambda values, frame: frame.settings.datefirst,
    "@@dbts": lambda values, frame: bytes(8),
    "@@options": _options,
    "@@lock_timeout": lambda values, frame: frame.settings.lock_timeout,
    "@@max_precision": lambda values, frame: 38,
    "@@max_connections": lambda values, frame: 32767,
    "@@microsoftversion": lambda values, frame: 0x10000FA0,
    "@@textsize": lambda values, frame: frame.settings.text_size,
    "@@fetch_status": lambda values, frame: values.state.fetch_status,
    "@@cursor_rows": lambda values, frame: values.state.cursor_rows,
    "getdate()": lambda values, frame: values.state.clock,
    "sysdatetime()": lambda values, frame: values.state.clock,
    "getutcdate()": lambda values, frame: values.state.utc_clock.replace(tzinfo=None),
    "sysutcdatetime()": lambda values, frame: values.state.utc_clock.replace(tzinfo=None),
    "sysdatetimeoffset()": lambda values, frame: values.state.utc_clock.astimezone(),
    "db_name()": lambda values, frame: frame.database,
    "db_id()": lambda values, frame: values.view.database(frame.database).id,
    "schema_name()": lambda values, frame: "dbo",
    "schema_id()": lambda values, frame: 1,
    "user_name()": lambda values, frame: values.permissions.user_name(frame.database),
    "user_id()": lambda values, frame: 1,
    "suser_sname()": lambda values, frame: values.state.login,
    "suser_name()": lambda values, frame: values.state.login,
    "original_login()": lambda values, frame: values.state.login,
    "host_name()": lambda values, frame: values.state.host,
    "app_name()": lambda values, frame: values.state.application,
    "context_info()": lambda values, frame: values.state.context_info,
    "current_transaction_id()": lambda values, frame: values.transactions.descriptor,
}

implemented(SESSION_VALUES, _VALUES)
