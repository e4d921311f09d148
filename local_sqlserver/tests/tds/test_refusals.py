"""Every refused construct is refused by name over the wire, in every position, before any of its batch runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pyodbc
import pytest

from local_sqlserver.pytest_plugin import SqlServer
from tests.refused import README, STATEMENTS, renewed

ALONE = ("CREATE TRIGGER", "CREATE FUNCTION")
"""Constructs that must be alone in their batch: elsewhere that is the error (111, and 156 inside a statement)."""

POSITIONS = {
    "alone": "{}",
    "after another": "PRINT 'ran'; {}",
    "in a branch": "PRINT 'ran'; IF 1 = 0 BEGIN {} END",
    "in a loop": "PRINT 'ran'; WHILE 1 = 0 BEGIN {} END",
    "in a TRY": "BEGIN TRY PRINT 'ran'; {} END TRY BEGIN CATCH PRINT 'caught' END CATCH",
    "in a CATCH": "BEGIN TRY PRINT 'ran' END TRY BEGIN CATCH {} END CATCH",
    "in a procedure": "CREATE PROCEDURE q AS PRINT 'ran'; {}",
}


@pytest.fixture(scope="module")
def connection(sqlserver: SqlServer) -> Iterator[pyodbc.Connection]:
    with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
        connection.execute("CREATE DATABASE Refusals")
        connection.execute("USE Refusals")
        connection.execute("CREATE TABLE t (a INT, b INT); CREATE TABLE u (a INT, b INT)")
        yield connection


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize(("text", "name"), STATEMENTS, ids=lambda value: value[:60])
def test_a_refused_construct_is_named(connection: pyodbc.Connection, position: str, text: str, name: str) -> None:
    cursor = connection.cursor()
    with pytest.raises(pyodbc.Error) as refused:
        cursor.execute(POSITIONS[position].format(text))
    message = str(refused.value)
    if name in ALONE and position != "alone":
        assert ("(111)" if position == "after another" else "(156)") in message
    else:
        assert "(40510)" in message
        assert name.lower() in message.lower()
    assert not cursor.messages, "nothing of the batch has run"
    assert connection.execute("SELECT OBJECT_ID(N'q')").fetchval() is None


def test_the_readmes_table_lists_what_is_refused() -> None:
    text = README.read_text(encoding="utf-8")
    assert renewed(text) == text
