"""Table variables and table-valued parameters over procedures, rollbacks and restarts."""

from __future__ import annotations

from pathlib import Path

from tests.engine.conftest import PASSWORD, Client, start


def test_table_variables_of_one_name_in_nested_procedures_number_their_rows_apart(sql: Client) -> None:
    sql.good(
        "CREATE PROCEDURE dbo.inside AS DECLARE @t TABLE (id INT IDENTITY PRIMARY KEY, v INT); INSERT @t VALUES (7)"
    )
    sql.good(
        "CREATE PROCEDURE dbo.outside AS DECLARE @t TABLE (id INT IDENTITY PRIMARY KEY, v INT); "
        "INSERT @t VALUES (1), (2); EXEC dbo.inside; INSERT @t VALUES (3); SELECT id, v FROM @t"
    )
    assert sql("EXEC dbo.outside").rows == [(1, 1), (2, 2), (3, 3)]


def test_a_rollback_keeps_a_table_variable_with_a_computed_column(sql: Client) -> None:
    declared = "DECLARE @t TABLE (a INT, b AS a * 2); INSERT @t VALUES (1)"
    assert sql(f"{declared}; BEGIN TRAN; INSERT @t VALUES (2); ROLLBACK; SELECT a, b FROM @t").rows == [(1, 2), (2, 4)]


def test_a_table_valued_parameter_survives_a_rollback_in_its_procedure(sql: Client) -> None:
    sql.good("CREATE TYPE dbo.T AS TABLE (a INT PRIMARY KEY, b AS a * 2)")
    sql.good("CREATE PROCEDURE dbo.p @t dbo.T READONLY AS BEGIN TRAN; ROLLBACK; SELECT a, b FROM @t")
    assert sql("DECLARE @t dbo.T; INSERT @t VALUES (1), (2); EXEC dbo.p @t").rows == [(1, 2), (2, 4)]


def test_a_procedure_gets_a_copy_of_the_rows_at_each_call(sql: Client) -> None:
    sql.good("CREATE TYPE dbo.T AS TABLE (a INT)")
    sql.good("CREATE PROCEDURE dbo.p @t dbo.T READONLY AS SELECT SUM(a) FROM @t")
    sums = sql(
        "DECLARE @t dbo.T, @u dbo.T; INSERT @t VALUES (1); INSERT @u VALUES (5); EXEC p @t; EXEC p @u; EXEC p @t"
    )
    assert sums.sets == [[(1,)], [(5,)], [(1,)]]


def test_create_type_is_undone_with_its_transaction(sql: Client) -> None:
    sql.good("BEGIN TRAN; EXEC ('CREATE TYPE dbo.T AS TABLE (a INT)'); ROLLBACK")
    assert sql("SELECT COUNT(*) FROM sys.types WHERE is_user_defined = 1").value == 0
    assert sql("SELECT COUNT(*) FROM sys.objects WHERE type = 'TT'").value == 0
    assert sql("DECLARE @t dbo.T").numbers == [2715]


def test_types_are_there_after_a_restart(tmp_path: Path) -> None:
    for batches in (["CREATE TYPE dbo.T AS TABLE (a dbo.S)"], []):
        engine = start(tmp_path)
        sql = Client(engine.login("sa", PASSWORD, "master", "tests", "here"))
        if batches:
            sql.good("CREATE TYPE dbo.S FROM VARCHAR(3) NOT NULL", *batches, "CREATE TABLE dbo.kept (a dbo.S)")
        sql.fails("DECLARE @t dbo.T; INSERT @t VALUES (NULL)", 515)
        named = "SELECT t.name FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id"
        assert sql(f"{named} WHERE c.object_id = OBJECT_ID('dbo.kept')").rows == [("S",)]
        engine.close()
