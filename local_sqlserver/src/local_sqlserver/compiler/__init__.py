"""The compiler turns a statement or expression of the syntax tree into DuckDB SQL. It never runs anything.

``compile_statement`` and ``compile_expression`` take a node and a ``Context``, which resolves names, and return a
``Translation``, which the engine runs. ``macros.install(connection)`` prepares a new DuckDB database;
``failures.to_sql_error`` turns a ``duckdb.Error`` into the error that SQL Server would raise.

For a name that begins with # or @, ``Context.target`` returns the DuckDB name of a temporary table, also for the target
of SELECT … INTO. Where ``CatalogChange.relation.columns`` is empty, the engine reads the columns of a new view or of
a SELECT … INTO table from DuckDB.
"""

from local_sqlserver.compiler.contract import (
    CatalogChange,
    ColumnInfo,
    ConstraintInfo,
    Context,
    ForeignKey,
    FunctionInfo,
    KeyLookup,
    Relation,
    SequenceInfo,
    Translation,
    ViewInfo,
)
from local_sqlserver.compiler.functions import METADATA_FUNCTIONS, SESSION_VALUES
from local_sqlserver.compiler.next_values import check_next_values
from local_sqlserver.compiler.statement import (
    check_function,
    columns_read,
    compile_expression,
    compile_statement,
    key_lookups,
)

__all__ = [
    "METADATA_FUNCTIONS",
    "SESSION_VALUES",
    "CatalogChange",
    "ColumnInfo",
    "ConstraintInfo",
    "Context",
    "ForeignKey",
    "FunctionInfo",
    "KeyLookup",
    "Relation",
    "SequenceInfo",
    "Translation",
    "ViewInfo",
    "check_function",
    "check_next_values",
    "columns_read",
    "compile_expression",
    "compile_statement",
    "key_lookups",
]
