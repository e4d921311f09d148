"""One set-based T-SQL statement in, DuckDB SQL out.

The contract between ``engine`` and ``translate``. The engine hands over the text of a single statement
(SELECT, INSERT, UPDATE, DELETE, MERGE, TRUNCATE, CREATE/ALTER/DROP TABLE, VIEW, INDEX …), a ``Context`` that answers
questions about names, and runs what comes back. The translator never runs anything.

``statement.translate(statement, line, context) -> Translation`` takes one set-based statement whose text starts on
``line``; ``statement.translate_expression(expression, line, context) -> Translation`` takes a scalar expression or a
condition (of SET, IF, WHILE, PRINT …) and gives one SELECT of one value (a condition: a BOOLEAN, NULL for unknown).
``macros.install(connection)`` prepares a new DuckDB database; ``failures.to_sql_error(exception, line, relations)
-> SqlError`` turns a ``duckdb.Error`` into the error that SQL Server would raise; ``relations`` are those the
statement named.

A table variable is created by CREATE TABLE [@t] (…): the engine rewrites DECLARE @t TABLE (…) so. ``Context.target``
answers with the DuckDB name of a temporary table for [@t] and [#t]; SELECT … INTO asks it as well. The engine reads
the columns of a new view and of a SELECT … INTO table from DuckDB where ``CatalogChange.relation.columns`` is empty.
"""

from local_sqlserver.compiler.contract import (
    METADATA_FUNCTIONS,
    SESSION_VALUES,
    CatalogChange,
    ColumnInfo,
    ConstraintInfo,
    Context,
    Relation,
    Translation,
)
from local_sqlserver.compiler.statement import translate, translate_expression

__all__ = [
    "METADATA_FUNCTIONS",
    "SESSION_VALUES",
    "CatalogChange",
    "ColumnInfo",
    "ConstraintInfo",
    "Context",
    "Relation",
    "Translation",
    "translate",
    "translate_expression",
]
