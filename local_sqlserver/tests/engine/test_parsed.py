"""Parse trees that sessions share."""

from __future__ import annotations

import duckdb
import pytest

from local_sqlserver.engine.parsed import ParsedStatements


def test_a_repeated_statement_is_parsed_once_for_all_connections() -> None:
    statements, connection = ParsedStatements(), duckdb.connect()
    insert = "INSERT INTO t SELECT $1"
    tree = statements.parsed(connection, insert)
    assert isinstance(tree, duckdb.Statement)
    assert statements.parsed(connection.cursor(), insert) is tree


def test_a_parse_tree_is_bound_anew_in_each_run() -> None:
    statements, connection = ParsedStatements(), duckdb.connect()
    for kind, value, other in (("INTEGER", 1, 2), ("VARCHAR", "x", "y")):
        connection.execute(f"CREATE OR REPLACE TABLE t (a {kind})")
        for session, given in ((connection, value), (connection.cursor(), other)):
            session.execute(statements.parsed(session, "INSERT INTO t SELECT $1"), {"1": given})
        found = connection.execute(statements.parsed(connection, "FROM t ORDER BY a"))
        assert found.fetchall() == [(value,), (other,)]


@pytest.mark.parametrize("sql", ["CREATE TABLE t (a INTEGER)", "SELECT 1; SELECT 2", ""])
def test_other_sql_stays_as_it_is(sql: str) -> None:
    assert ParsedStatements().parsed(duckdb.connect(), sql) == sql


def test_a_syntax_error_is_raised() -> None:
    with pytest.raises(duckdb.ParserException):
        ParsedStatements().parsed(duckdb.connect(), "SELECT FROM WHERE")
