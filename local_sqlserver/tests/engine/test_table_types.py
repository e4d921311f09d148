"""Table variables and table-valued parameters over procedures, rollbacks and restarts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import PASSWORD, Client, Connect, start


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


@pytest.fixture
def worker(sql: Client, connect: Connect) -> Iterator[Client]:
    """A session of a user without permissions but EXECUTE on dbo.p, whose parameter is a table."""
    sql.good("CREATE TYPE dbo.T AS TABLE (a INT)", "CREATE TYPE dbo.S FROM VARCHAR(3)")
    sql.good("CREATE PROCEDURE dbo.p @t dbo.T READONLY AS DECLARE @u T; INSERT @u SELECT * FROM @t; SELECT * FROM @u")
    sql.good("CREATE LOGIN worker WITH PASSWORD = 'Worker_1'", "CREATE USER worker FOR LOGIN worker")
    sql.good("GRANT EXECUTE ON dbo.p TO worker")
    client = connect("D", "worker", "Worker_1")
    yield client
    client.session.close()
    sql.good("DROP USER worker", "DROP LOGIN worker")


def test_a_table_variable_of_a_type_needs_execute_before_its_batch_runs(sql: Client, worker: Client) -> None:
    call = "SELECT 1; DECLARE @t dbo.T; INSERT @t VALUES (7); EXEC dbo.p @t"
    denied = worker(call)
    assert denied.sets == []
    assert [error.text for error in denied.errors] == [
        "The EXECUTE permission was denied on the object 'T', database 'D', schema 'dbo'."
    ]
    assert worker("EXEC dbo.p").rows == []  # the ownership chain covers the variable of the procedure
    assert worker("DECLARE @s dbo.S = 'abcd'; SELECT @s").rows == [("abc",)]  # an alias type needs no permission
    for securable in ("TYPE::dbo.T", "SCHEMA::dbo"):
        sql.good(f"GRANT EXECUTE ON {securable} TO worker")
        assert worker(call).sets == [[(1,)], [(7,)]]
        sql.good(f"REVOKE EXECUTE ON {securable} FROM worker")
    sql.good("GRANT CONTROL ON TYPE::dbo.T TO worker")
    assert worker(call).sets == [[(1,)], [(7,)]]
    sql.good("DENY EXECUTE ON TYPE::dbo.T TO public")
    worker.fails(call, 229)
    worker.fails("EXEC ('DECLARE @t dbo.T')", 229)


def test_has_perms_by_name_knows_the_permissions_on_a_type(sql: Client, worker: Client) -> None:
    query = "SELECT HAS_PERMS_BY_NAME('dbo.T', 'TYPE', 'EXECUTE'), HAS_PERMS_BY_NAME('T', 'TYPE', 'REFERENCES')"
    assert worker(query).rows == [(0, 0)]
    sql.good("GRANT REFERENCES ON TYPE::dbo.T TO worker")
    assert worker(query).rows == [(0, 1)]


def test_columns_and_parameters_of_a_type_need_references(sql: Client, worker: Client) -> None:
    sql.good("ALTER ROLE db_owner ADD MEMBER worker", "CREATE TABLE dbo.kept (a dbo.S)")
    sql.good("DENY REFERENCES ON TYPE::dbo.S TO worker", "DENY REFERENCES ON TYPE::dbo.T TO worker")
    worker.good("CREATE TABLE dbo.t (a INT)", "ALTER TABLE dbo.kept ADD b INT")
    for text in (
        "CREATE TABLE dbo.u (a dbo.S)",
        "ALTER TABLE dbo.t ADD b dbo.S",
        "CREATE PROCEDURE dbo.q @t dbo.T READONLY AS SELECT 1",
        "CREATE FUNCTION dbo.f(@t dbo.T READONLY) RETURNS INT AS BEGIN RETURN 1 END",
    ):
        denied = worker(text)
        assert denied.numbers == [229], text
        assert denied.errors[0].text.startswith("The REFERENCES permission was denied on the object"), text
    worker.good("CREATE PROCEDURE dbo.q AS DECLARE @t dbo.T; SELECT a FROM @t", "EXEC dbo.q")


def test_drop_type_needs_control_and_removes_its_permissions(sql: Client, worker: Client) -> None:
    worker.fails("DROP TYPE dbo.S", 218)
    sql.good("GRANT CONTROL ON TYPE::dbo.S TO worker")
    worker.good("DROP TYPE dbo.S")
    sql.good("CREATE TYPE dbo.S FROM INT")
    worker.fails("DROP TYPE dbo.S", 218)


def test_the_permissions_on_a_type_are_there_after_a_restart(tmp_path: Path) -> None:
    query = "SELECT class_desc, permission_name FROM sys.database_permissions WHERE major_id = TYPE_ID('dbo.S')"
    for batches in (["CREATE TYPE dbo.S FROM INT", "GRANT REFERENCES ON TYPE::dbo.S TO public"], []):
        engine = start(tmp_path)
        sql = Client(engine.login("sa", PASSWORD, "master", "tests", "here"))
        sql.good(*batches)
        assert sql(query).rows == [("TYPE", "REFERENCES")]
        engine.close()
