"""The compiler: a statement or expression of the syntax tree in, DuckDB SQL out. It never runs anything.

``compile_statement`` and ``compile_expression`` take a node and a ``Context``, which answers questions about names, and
give a ``Translation`` for the engine to run. ``macros.install(connection)`` prepares a new DuckDB database;
``failures.to_sql_error`` turns a ``duckdb.Error`` into the error that SQL Server would raise.

``Context.target`` answers with the DuckDB name of a temporary table for a name that begins with # or @; SELECT … INTO
asks it as well. The engine reads the columns of a new view and of a SELECT … INTO table from DuckDB where
``CatalogChange.relation.columns`` is empty.
"""

from local_sqlserver.compiler.contract import (
    CatalogChange,
    ColumnInfo,
    ConstraintInfo,
    Context,
    Relation,
    Translation,
)
from local_sqlserver.compiler.functions import METADATA_FUNCTIONS, SESSION_VALUES
from local_sqlserver.compiler.statement import compile_expression, compile_statement

__all__ = [
    "METADATA_FUNCTIONS",
    "SESSION_VALUES",
    "CatalogChange",
    "ColumnInfo",
    "ConstraintInfo",
    "Context",
    "Relation",
    "Translation",
    "compile_expression",
    "compile_statement",
]
