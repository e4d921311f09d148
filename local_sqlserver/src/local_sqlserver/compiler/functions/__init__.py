"""The functions of T-SQL: one registry, filled by one module per theme.

``compile_call`` and ``compile_table`` check a call against the registry and compile it. To add a function, write a
handler in the module of its theme and remove its name from the functions that the module refuses.
"""

from local_sqlserver.compiler.functions import (
    aggregates,
    conversion,
    dates,
    format,
    hashes,
    json,
    metadata,
    numbers,
    session,
    tables,
    text,
    windows,
)
from local_sqlserver.compiler.functions.metadata import METADATA_FUNCTIONS
from local_sqlserver.compiler.functions.registry import (
    REGISTRY,
    check_aggregate,
    compile_call,
    compile_table,
    is_aggregate,
)
from local_sqlserver.compiler.functions.session import SESSION_VALUES, session_value

__all__ = [
    "METADATA_FUNCTIONS",
    "REGISTRY",
    "SESSION_VALUES",
    "aggregates",
    "check_aggregate",
    "compile_call",
    "compile_table",
    "conversion",
    "dates",
    "format",
    "hashes",
    "is_aggregate",
    "json",
    "metadata",
    "numbers",
    "session",
    "session_value",
    "tables",
    "text",
    "windows",
]
