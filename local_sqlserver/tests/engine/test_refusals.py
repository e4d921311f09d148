"""Every refused construct is refused by name, wherever it stands, and before anything of its batch runs."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Client
from tests.refused import STATEMENTS

ALONE = ("CREATE TRIGGER", "CREATE FUNCTION")
"""Constructs that must be alone in their batch: elsewhere that is the error (111)."""

POSITIONS = {
    "alone": "{}",
    "after another": "PRINT 'ran'; {}",
    "in a branch": "PRINT 'ran'; IF 1 = 0 BEGIN {} END",
    "in a loop": "PRINT 'ran'; WHILE 1 = 0 BEGIN {} END",
    "in a TRY": "BEGIN TRY PRINT 'ran'; {} END TRY BEGIN CATCH PRINT 'caught' END CATCH",
    "in a CATCH": "BEGIN TRY PRINT 'ran' END TRY BEGIN CATCH {} END CATCH",
    "in a procedure": "CREATE PROCEDURE q AS PRINT 'ran'; {}",
}


@pytest.fixture
def tables(sql: Client) -> Client:
    sql.good("CREATE TABLE t (a INT, b INT)", "CREATE TABLE u (a INT, b INT)")
    return sql


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize(("text", "name"), STATEMENTS, ids=lambda value: value[:60])
def test_a_refused_construct_is_named(tables: Client, position: str, text: str, name: str) -> None:
    result = tables(POSITIONS[position].format(text))
    (error,) = result.errors
    if name in ALONE and position != "alone":
        assert (error.number, result.messages) == (111, [])
        return
    assert (error.number, result.messages) == (40510, [])
    assert name.lower() in error.text.lower()
    assert tables("SELECT OBJECT_ID(N'q')").value is None
