import pytest

from local_sqlserver.engine.events import TransactionRequest
from tests.engine.conftest import Client, Connect, collect


@pytest.fixture
def table(sql: Client) -> Client:
    sql.good("CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b NVARCHAR(5))")
    return sql


def count(sql: Client) -> int:
    value = sql("SELECT COUNT(*) FROM t").value
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("BEGIN TRAN INSERT t VALUES (1, N'x') COMMIT", 1),
        ("BEGIN TRAN INSERT t VALUES (1, N'x') ROLLBACK", 0),
        ("BEGIN TRAN BEGIN TRAN INSERT t VALUES (1, N'x') COMMIT ROLLBACK", 0),
        ("BEGIN TRAN BEGIN TRAN INSERT t VALUES (1, N'x') COMMIT COMMIT", 1),
        ("BEGIN TRAN INSERT t VALUES (1, N'x') BEGIN TRAN ROLLBACK INSERT t VALUES (2, N'y')", 1),
        ("BEGIN TRAN TRUNCATE TABLE t ROLLBACK", 0),
    ],
)
def test_only_the_outermost_commit_commits(table: Client, text: str, left: int) -> None:
    assert not table(text).errors
    assert (count(table), table("SELECT @@TRANCOUNT").value) == (left, 0)


def test_trancount_and_xact_state_show_the_nesting(sql: Client) -> None:
    text = (
        "SELECT @@TRANCOUNT, XACT_STATE() BEGIN TRAN BEGIN TRAN SELECT @@TRANCOUNT, XACT_STATE() "
        "COMMIT SELECT @@TRANCOUNT ROLLBACK SELECT @@TRANCOUNT"
    )
    assert sql(text).sets == [[(0, 0)], [(2, 1)], [(1,)], [(0,)]]


@pytest.mark.parametrize(("text", "number"), [("COMMIT", 3902), ("ROLLBACK", 3903)])
def test_ending_no_transaction_is_an_error(sql: Client, text: str, number: int) -> None:
    assert sql(text).numbers == [number]


def test_definitions_roll_back_with_the_data(table: Client) -> None:
    table.good(
        "BEGIN TRAN",
        "CREATE TABLE u (a INT)",
        "CREATE SCHEMA s",
        "CREATE PROCEDURE s.p AS SELECT 1",
        "CREATE VIEW v AS SELECT a FROM t",
        "DROP TABLE t",
    )
    assert table("SELECT OBJECT_ID(N's.p'), COUNT(*) FROM u").sets[0][0][1] == 0
    assert table("SELECT a FROM t").numbers == [208]
    table.good("ROLLBACK")
    assert table("SELECT OBJECT_ID(N'u'), OBJECT_ID(N's.p'), SCHEMA_ID(N's'), OBJECT_ID(N'v')").rows == [(None,) * 4]
    assert table("SELECT COUNT(*) FROM sys.objects WHERE type IN ('U', 'P', 'V')").value == 1
    assert count(table) == 0


def test_other_sessions_see_definitions_and_data_once_they_are_committed(table: Client, connect: Connect) -> None:
    other = connect()
    table.good("BEGIN TRAN", "CREATE TABLE u (a INT)", "INSERT t VALUES (1, N'x')")
    assert (count(other), other("SELECT OBJECT_ID(N'u')").value) == (0, None)
    table.good("COMMIT")
    assert (count(other), other("SELECT COUNT(*) FROM u").value) == (1, 0)


def test_an_error_inside_a_transaction_dooms_it(table: Client) -> None:
    text = """
    BEGIN TRY
        BEGIN TRAN
        INSERT t VALUES (1, N'x')
        INSERT t VALUES (1, N'again')
        COMMIT
    END TRY
    BEGIN CATCH
        SELECT ERROR_NUMBER(), XACT_STATE(), @@TRANCOUNT, CONCAT(N'said: ', LEFT(ERROR_MESSAGE(), 9))
        ROLLBACK
        INSERT t VALUES (2, N'log')
    END CATCH
    """
    assert table(text).rows == [(2627, -1, 1, "said: Violation")]
    assert table("SELECT a FROM t").rows == [(2,)]


@pytest.mark.parametrize(
    "statement", ["INSERT t VALUES (3, N'x')", "COMMIT", "CREATE TABLE u (a INT)", "TRUNCATE TABLE t"]
)
def test_a_doomed_transaction_takes_no_write(table: Client, statement: str) -> None:
    result = table(f"BEGIN TRAN BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH {statement} END CATCH")
    assert result.numbers == [3930]
    assert table("SELECT @@TRANCOUNT").value == 0


def test_a_doomed_transaction_reads_no_table(table: Client) -> None:
    result = table(
        "BEGIN TRAN INSERT t VALUES (1, N'x') BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT * FROM t END CATCH"
    )
    assert result.numbers == [40510]
    assert count(table) == 0


def test_a_doomed_transaction_ends_with_its_batch(table: Client) -> None:
    result = table(
        "BEGIN TRAN INSERT t VALUES (1, N'x') BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH PRINT 'on' END CATCH"
    )
    assert (result.messages, result.numbers) == (["on"], [3998])
    assert count(table) == 0


def test_throw_leaves_a_transaction_whole_without_xact_abort(table: Client) -> None:
    text = (
        "BEGIN TRAN INSERT t VALUES (1, N'x') BEGIN TRY THROW 50001, N'no', 1 END TRY BEGIN CATCH "
        "SELECT XACT_STATE() COMMIT END CATCH"
    )
    assert table(text).value == 1
    assert count(table) == 1


def test_xact_abort_rolls_back_and_ends_the_batch(table: Client) -> None:
    result = table(
        "SET XACT_ABORT ON BEGIN TRAN INSERT t VALUES (1, N'x') SELECT 1 / 0 INSERT t VALUES (2, N'y') COMMIT"
    )
    assert result.numbers == [8134]
    assert (count(table), table("SELECT @@TRANCOUNT").value) == (0, 0)


def test_without_xact_abort_a_single_statement_fails_alone(table: Client) -> None:
    result = table(
        "INSERT t VALUES (1, N'x') INSERT t VALUES (1, N'y') INSERT t VALUES (NULL, N'z') INSERT "
        "t VALUES (2, N'toolong') INSERT t VALUES (3, N'w')"
    )
    assert result.numbers == [2627, 515, 2628]
    assert count(table) == 2


def test_a_transaction_that_a_procedure_leaves_open_is_error_266(table: Client) -> None:
    table.good("CREATE PROCEDURE begins AS BEGIN TRAN", "CREATE PROCEDURE ends AS ROLLBACK")
    assert table("EXEC begins").numbers == [266]
    assert table("SELECT @@TRANCOUNT").value == 1
    assert table("EXEC ends").numbers == [266]
    assert table("SELECT @@TRANCOUNT").value == 0


def test_table_variables_keep_their_rows_through_a_rollback(table: Client) -> None:
    text = """
    DECLARE @log TABLE (a INT, b NVARCHAR(10))
    INSERT @log VALUES (0, N'before')
    BEGIN TRAN
    DECLARE @late TABLE (a INT)
    INSERT @late VALUES (7)
    INSERT @log VALUES (1, N'inside')
    UPDATE @log SET b = N'changed' WHERE a = 0
    INSERT t VALUES (1, N'x')
    ROLLBACK
    INSERT @log VALUES (2, N'after')
    SELECT a, b FROM @log ORDER BY a
    SELECT a FROM @late
    """
    assert table(text).sets == [[(0, "changed"), (1, "inside"), (2, "after")], [(7,)]]
    assert count(table) == 0


def test_table_variables_can_be_read_while_the_transaction_is_doomed(table: Client) -> None:
    text = """
    DECLARE @log TABLE (a INT)
    BEGIN TRAN
    BEGIN TRY
        INSERT @log VALUES (1)
        SELECT 1 / 0
    END TRY
    BEGIN CATCH
        SELECT a, ERROR_NUMBER() FROM @log
        ROLLBACK
    END CATCH
    SELECT a FROM @log
    """
    assert table(text).sets[-2:] == [[(1, 8134)], [(1,)]]


def test_temporary_tables_roll_back(table: Client) -> None:
    table.good("CREATE TABLE #a (i INT) INSERT #a VALUES (1)")
    table.good("BEGIN TRAN INSERT #a VALUES (2) CREATE TABLE #b (i INT) ROLLBACK")
    assert table("SELECT i FROM #a").rows == [(1,)]
    assert table("SELECT i FROM #b").numbers == [208]
    table.good("CREATE TABLE #b (i INT)")


def test_writing_to_two_databases_in_one_transaction_is_refused(table: Client, connect: Connect) -> None:
    connect("master").good(
        "IF DB_ID(N'E') IS NULL CREATE DATABASE E", "USE E", "DROP TABLE IF EXISTS u CREATE TABLE u (a INT)"
    )
    result = table("BEGIN TRAN INSERT t VALUES (1, N'x') INSERT E.dbo.u VALUES (1)")
    assert result.numbers == [40510]
    assert count(table) == 0
    table.good("INSERT E.dbo.u VALUES (1)")


def test_the_transaction_manager_begins_commits_and_rolls_back(table: Client) -> None:
    session = table.session

    def manage(kind: str, then_begin: bool = False) -> list[int]:
        return collect(session.transaction(TransactionRequest(kind, then_begin=then_begin))).numbers

    assert manage("begin") == []
    table.good("INSERT t VALUES (1, N'x')")
    assert manage("commit", then_begin=True) == []
    table.good("INSERT t VALUES (2, N'x')")
    assert manage("rollback") == []
    assert (count(table), manage("rollback"), manage("save")) == (1, [3903], [40510])


def test_implicit_transactions_begin_with_the_first_statement(table: Client) -> None:
    table.good("SET IMPLICIT_TRANSACTIONS ON INSERT t VALUES (1, N'x')")
    assert table("SELECT @@TRANCOUNT").value == 1
    table.good("ROLLBACK")
    table.good("SET IMPLICIT_TRANSACTIONS OFF")
    assert count(table) == 0


def test_reset_restores_the_state_after_login(table: Client) -> None:
    table.good(
        "CREATE TABLE #x (a INT)",
        "DECLARE c CURSOR FOR SELECT 1",
        "SET NOCOUNT ON",
        "USE master",
        "BEGIN TRAN",
        "INSERT D.dbo.t VALUES (1, N'x')",
    )
    table.session.reset()
    assert table("OPEN c").numbers == [16916]
    assert table.session.database == "D"
    assert (count(table), table("SELECT @@TRANCOUNT").value) == (0, 0)
    assert table("SELECT * FROM #x").numbers == [208]
    assert table("INSERT t VALUES (1, N'x')").counts == [1]
