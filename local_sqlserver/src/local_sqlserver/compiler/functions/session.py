"""Values of the session: functions without arguments, and system variables (@@…)."""

from __future__ import annotations

from local_sqlserver.compiler.fragments import Cost, Value, quote
from local_sqlserver.compiler.functions.registry import Call, Compiler, Place, Theme
from local_sqlserver.compiler.types import BIGINT, DATETIME, INT
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.types import SqlType

SYSNAME = SqlType("nvarchar", length=128)
SMALLINT = SqlType("smallint")
IDENTITY = SqlType("numeric", precision=38, scale=0)
_TINYINT = SqlType("tinyint")
_DATETIME2 = SqlType("datetime2", scale=7)

_VARIABLES = {
    "@@rowcount": INT,
    "@@error": INT,
    "@@trancount": INT,
    "@@identity": IDENTITY,
    "@@procid": INT,
    "@@nestlevel": INT,
    "@@spid": SMALLINT,
    "@@servername": SYSNAME,
    "@@servicename": SYSNAME,
    "@@version": SqlType("nvarchar", length=300),
    "@@language": SYSNAME,
    "@@langid": SMALLINT,
    "@@datefirst": _TINYINT,
    "@@dbts": SqlType("varbinary", length=8),
    "@@options": INT,
    "@@lock_timeout": INT,
    "@@max_precision": _TINYINT,
    "@@max_connections": INT,
    "@@microsoftversion": INT,
    "@@textsize": INT,
    "@@fetch_status": INT,
    "@@cursor_rows": INT,
}

_FUNCTIONS = {
    "SCOPE_IDENTITY": IDENTITY,
    "ROWCOUNT_BIG": BIGINT,
    "XACT_STATE": SMALLINT,
    "ERROR_NUMBER": INT,
    "ERROR_SEVERITY": INT,
    "ERROR_STATE": INT,
    "ERROR_LINE": INT,
    "ERROR_PROCEDURE": SYSNAME,
    "ERROR_MESSAGE": SqlType("nvarchar", length=4000),
    "GETDATE": DATETIME,
    "GETUTCDATE": DATETIME,
    "SYSDATETIME": _DATETIME2,
    "SYSUTCDATETIME": _DATETIME2,
    "SYSDATETIMEOFFSET": SqlType("datetimeoffset", scale=7),
    "ORIGINAL_LOGIN": SYSNAME,
    "HOST_NAME": SYSNAME,
    "APP_NAME": SYSNAME,
    "CURRENT_TRANSACTION_ID": BIGINT,
    "CONTEXT_INFO": SqlType("varbinary", length=128),
}

CURRENT = {
    "DB_ID": SMALLINT,
    "DB_NAME": SYSNAME,
    "SCHEMA_ID": INT,
    "SCHEMA_NAME": SYSNAME,
    "SUSER_NAME": SYSNAME,
    "SUSER_SNAME": SYSNAME,
    "USER_ID": INT,
    "USER_NAME": SYSNAME,
}
"""Functions of the catalog that without an argument return the session's database, schema or user."""

SESSION_VALUES: dict[str, SqlType] = _VARIABLES | {
    f"{name.lower()}()": declared for name, declared in (_FUNCTIONS | CURRENT).items()
}
"""The type of each value of the session. A statement evaluates each once.

The key is a name in ``Translation.parameters``: '@@rowcount', 'getdate()'. The engine implements exactly these.
"""


def session_value(compiler: Compiler, name: str, line: int) -> Value:
    """A value of ``SESSION_VALUES``; a view may use only the clock and the database's name."""
    key = name.lower()
    if key not in SESSION_VALUES:
        raise unsupported(f"The system variable {name}", line)
    declared = SESSION_VALUES[key]
    if not compiler.in_view:
        return compiler.parameter(key, declared)
    if key in ("getdate()", "sysdatetime()"):
        return Value("CAST(now() AS TIMESTAMP)", declared, cost=Cost.NATIVE)
    if key in ("getutcdate()", "sysutcdatetime()"):
        return Value("timezone('UTC', now())", declared, cost=Cost.NATIVE)
    if key == "db_name()":
        return Value(quote(compiler.context.database), declared, cost=Cost.NAME)
    raise unsupported(f"{key.upper()} in a view or computed column", line)


session = Theme("session")


@session.scalar(*_FUNCTIONS, least=0)
def _function(call: Call) -> Value:
    return session_value(call.compiler, f"{call.name}()", call.line)


@session.scalar(
    *("CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "USER"), least=0, place=Place.NILADIC
)
def _niladic(call: Call) -> Value:
    """Raise the error of a niladic keyword with parentheses; the parser handles the bare keyword."""
    raise sql_error(102, "(", line=call.line)


session.refuse(
    *("COLUMNS_UPDATED", "CURRENT_REQUEST_ID", "EVENTDATA", "GETANSINULL"),
    *("GET_FILESTREAM_TRANSACTION_CONTEXT", "HOST_ID", "MIN_ACTIVE_ROWVERSION"),
    *("SESSION_ID", "TRIGGER_NESTLEVEL"),
    *("CHANGE_TRACKING_CURRENT_VERSION", "CHANGE_TRACKING_IS_COLUMN_IN_MASK", "CHANGE_TRACKING_MIN_VALID_VERSION"),
)
