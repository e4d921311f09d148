"""Table variables and table-valued parameters: their creation, and the rows that a parameter gets from its argument.

Source: the T-SQL reference, "Use table-valued parameters": a parameter is read-only, so it holds a copy of the rows.
"""

from __future__ import annotations

from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.rows import insert_rows, kept_columns, kept_rows
from local_sqlserver.engine.state import Frame, TableVariable
from local_sqlserver.engine.transactions import Transactions
from local_sqlserver.language import syntax


def declare(
    compilation: Compilation, transactions: Transactions, item: syntax.TableDeclaration, frame: Frame
) -> TableVariable:
    """Create a table variable of a frame, without rows."""
    translation, _ = compilation.compiled(item.table, frame)
    connection = transactions.connection
    relation = translation.changes[0].relation
    connection.execute(f"DROP TABLE IF EXISTS {relation.duckdb_name}")
    for sql in translation.statements:
        connection.execute(sql)
    table = TableVariable(relation, translation.statements)
    if transactions.count:  # a rollback drops the table in DuckDB; it is then created again, empty
        table.rows = []
    frame.tables[item.name.lower()] = table
    return table


def copy_rows(transactions: Transactions, source: TableVariable, target: TableVariable) -> None:
    """Copy the rows of a table variable into another one of the same type."""
    connection = transactions.connection
    rows = kept_rows(connection, source.relation)
    insert_rows(connection, kept_columns(target.relation), rows)
    if transactions.count:
        target.rows = rows
