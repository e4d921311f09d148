"""DuckDB's parse trees of the statements that sessions repeat: to parse a small one takes longer than to run it."""

from __future__ import annotations

import re

import duckdb

from local_sqlserver.engine.cache import Cache

_REPEATED = re.compile(r"(?:SELECT|FROM|WITH|INSERT|UPDATE|DELETE|BEGIN|COMMIT)\b")


class ParsedStatements:
    """The parse trees that all sessions share; DuckDB copies a tree for each run."""

    def __init__(self) -> None:
        self._trees: Cache[duckdb.Statement] = Cache(1000)

    def parsed(self, connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement | str:
        """Return a statement to execute: its tree, or the SQL of what is not worth a place. Raises duckdb.Error."""
        tree = self._trees.get(sql)
        if tree is not None:
            return tree
        if _REPEATED.match(sql) is None:
            return sql
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            return sql
        self._trees.put(sql, statements[0])
        return statements[0]
