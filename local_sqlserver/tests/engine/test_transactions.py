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


@pytest.mark.parametrize(
    ("statement", "number", "state"),
    [
        ("INSERT t VALUES (1, N'again')", 2627, 1),
        ("INSERT t SELECT a + 1, b FROM t UNION ALL SELECT 1, N'again'", 2627, 1),
        ("INSERT t VALUES (NULL, N'y')", 515, 1),
        ("INSERT t VALUES (2, N'toolong')", 2628, 1),
        ("UPDATE t SET a = a / 0", 8134, 1),
        ("SELECT 1 / 0 FROM t", 8134, 1),
        ("DECLARE @i INT = 2147483647 SET @i += 1", 8115, 1),
        ("DECLARE @i INT = (SELECT 1 UNION SELECT 2)", 512, 1),
        ("INSERT checked VALUES (0)", 547, 1),
        ("EXEC nowhere", 2812, 1),
        ("EXEC ('SELECT * FROM nowhere')", 208, 1),
        ("RAISERROR ('no', 16, 1)", 50000, 1),
        ("THROW 50001, 'no', 1", 50001, 1),
        ("SELECT CAST('x' AS INT)", 245, -1),
        ("SELECT CAST('x' AS DATE)", 241, -1),
        ("EXEC needs @n = 'x'", 8114, -1),
    ],
)
def test_an_error_undoes_its_statement_and_dooms_the_transaction_only_if_it_aborts_the_batch(
    table: Client, statement: str, number: int, state: int
) -> None:
    table.good("CREATE TABLE checked (a INT CHECK (a > 0))", "CREATE PROCEDURE needs @n INT AS SELECT @n")
    text = f"""
    BEGIN TRY
        BEGIN TRAN
        INSERT t VALUES (1, N'x');
        {statement};
        COMMIT
    END TRY
    BEGIN CATCH
        SELECT ERROR_NUMBER(), XACT_STATE(), @@TRANCOUNT, a FROM t
        IF XACT_STATE() = 1 BEGIN INSERT t VALUES (9, N'log') COMMIT END ELSE ROLLBACK
    END CATCH
    """
    columns_alone: list[list[tuple[object, ...]]] = [[]] if statement.startswith("SELECT") else []
    assert table(text).sets == [*columns_alone, [(number, state, 1, 1)]]
    assert table("SELECT a FROM t ORDER BY a").rows == ([(1,), (9,)] if state == 1 else [])


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("INSERT t VALUES (2, N'y'), (1, N'again')", 2627),
        ("UPDATE t SET b = N'toolong'", 2628),
        ("DELETE t WHERE 1 / (a - 1) = 1", 8134),
        ("INSERT nowhere VALUES (1)", 208),
        ("EXEC nowhere", 2812),
        ("ROLLBACK TRAN nobody", 6401),
        ("RAISERROR ('no', 16, 1)", 50000),
    ],
)
def test_a_batch_goes_on_in_its_transaction_after_a_statement_that_fails(
    table: Client, statement: str, number: int
) -> None:
    table.good("CREATE PROCEDURE inner_work AS INSERT t VALUES (4, N'p')")
    quoted = statement.replace("'", "''")
    result = table(
        "CREATE TABLE #kept (i INT IDENTITY, a INT) BEGIN TRAN INSERT t VALUES (1, N'x') INSERT #kept VALUES (7)"
        f" EXEC ('{quoted}') SELECT @@ERROR, @@TRANCOUNT EXEC inner_work INSERT #kept VALUES (8)"
        " COMMIT SELECT a, b FROM t ORDER BY a SELECT i, a FROM #kept"
    )
    assert result.numbers == [number]
    assert result.sets == [[(number, 1)], [(1, "x"), (4, "p")], [(1, 7), (2, 8)]]


def test_undone_statements_keep_the_identity_values_of_those_before_them(table: Client) -> None:
    table.good("CREATE TABLE numbered (i INT IDENTITY(10, 5), a INT CHECK (a > 0))", "INSERT numbered VALUES (1)")
    table(
        "BEGIN TRAN INSERT numbered VALUES (2), (3) INSERT numbered VALUES (0) INSERT numbered VALUES (4) SELECT 1 / 0"
    )
    assert table("INSERT numbered VALUES (5) COMMIT SELECT i, a FROM numbered ORDER BY i").rows == [
        *((10, 1), (15, 2), (20, 3)),
        *((30, 4), (35, 5)),  # the failed INSERT has used 25
    ]


def test_definitions_survive_a_later_error_and_roll_back_to_a_savepoint(table: Client) -> None:
    table.good("BEGIN TRAN", "CREATE TABLE u (a INT NOT NULL)", "INSERT u VALUES (1)", "SAVE TRAN s")
    table.good("CREATE VIEW v AS SELECT a FROM u", "CREATE TABLE #w (a INT)", "INSERT u VALUES (2)")
    table.fails("INSERT u VALUES (NULL)", 515)
    assert table("SELECT COUNT(*) FROM v").value == 2
    table.good("ROLLBACK TRAN s")
    assert table("SELECT COUNT(*), OBJECT_ID(N'v') FROM u").rows == [(1, None)]
    table.fails("SELECT * FROM #w", 208)
    table.good(
        "CREATE TABLE #k (a INT)", "SAVE TRAN s", "ALTER TABLE #k ADD b INT", "ROLLBACK TRAN s", "INSERT #k VALUES (1)"
    )
    table.good("COMMIT", "CREATE VIEW v AS SELECT a FROM u")
    assert table("SELECT a FROM v").rows == [(1,)]


@pytest.mark.parametrize(
    ("text", "left", "errors"),
    [
        ("SAVE TRAN s INSERT t VALUES (2, N'') ROLLBACK TRAN s COMMIT", [1], []),
        ("SAVE TRAN s INSERT t VALUES (2, N'') COMMIT", [1, 2], []),
        (
            "SAVE TRAN s INSERT t VALUES (2, N'') ROLLBACK TRAN s INSERT t VALUES (3, N'') ROLLBACK TRAN s COMMIT",
            [1],
            [],
        ),
        ("SAVE TRAN s INSERT t VALUES (2, N'') SAVE TRAN s DELETE t ROLLBACK TRAN s COMMIT", [1, 2], []),
        ("SAVE TRAN r INSERT t VALUES (2, N'') SAVE TRAN s ROLLBACK TRAN r ROLLBACK TRAN s COMMIT", [1], [6401]),
        ("SAVE TRAN s DELETE t ROLLBACK TRAN S COMMIT", [], [6401]),  # names are case-sensitive
        ("DECLARE @n NVARCHAR(9) = N's' SAVE TRAN @n DELETE t ROLLBACK TRANSACTION @n COMMIT", [1], []),
        ("SAVE TRAN s DELETE t BEGIN TRAN ROLLBACK TRAN s COMMIT COMMIT", [1], []),
        ("SAVE TRAN s ROLLBACK", [], []),
        ("SAVE TRAN s UPDATE t SET b = N'z' TRUNCATE TABLE t ROLLBACK TRAN s COMMIT", [1], []),
        ("ROLLBACK TRAN outermost", [], []),
        ("BEGIN TRAN nested ROLLBACK TRAN nested COMMIT COMMIT", [1], [6401]),
    ],
)
def test_a_savepoint_is_rolled_back_by_its_name(table: Client, text: str, left: list[int], errors: list[int]) -> None:
    result = table(f"BEGIN TRAN outermost INSERT t VALUES (1, N'x') {text}")
    assert result.numbers == errors
    assert table("SELECT @@TRANCOUNT").value == 0
    assert [a for (a,) in table("SELECT a FROM t ORDER BY a").rows] == left


def test_table_variables_keep_their_rows_through_a_rollback_to_a_savepoint(table: Client) -> None:
    text = (
        "DECLARE @log TABLE (a INT) BEGIN TRAN INSERT @log VALUES (1) SAVE TRAN s INSERT @log VALUES (2)"
        " DECLARE @late TABLE (a INT) INSERT @late VALUES (7) ROLLBACK TRAN s INSERT @log VALUES (3) COMMIT"
        " SELECT a FROM @log SELECT a FROM @late"
    )
    assert table(text).sets == [[(1,), (2,), (3,)], [(7,)]]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SAVE TRAN s", 628),
        (
            "BEGIN TRAN SAVE TRAN s BEGIN TRY SELECT CAST('x' AS INT) END TRY BEGIN CATCH ROLLBACK TRAN s END CATCH",
            3931,
        ),
        ("BEGIN TRAN BEGIN TRY SELECT CAST('x' AS INT) END TRY BEGIN CATCH SAVE TRAN s END CATCH", 3930),
    ],
)
def test_a_savepoint_needs_a_transaction_that_can_be_committed(table: Client, text: str, number: int) -> None:
    assert number in table(text).numbers


@pytest.mark.parametrize("others", ["INSERT t VALUES (5, N'other')", "CREATE TABLE other (a INT)"])
def test_going_on_after_an_error_beside_a_commit_of_another_session_is_refused(
    table: Client, connect: Connect, others: str
) -> None:
    table.good("BEGIN TRAN INSERT t VALUES (1, N'x')")
    connect().good(others)
    result = table("BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), XACT_STATE() ROLLBACK END CATCH")
    assert result.rows == [(40510, -1)]


def test_going_on_after_an_error_with_random_values_is_refused(table: Client) -> None:
    table.good("CREATE TABLE keys (k UNIQUEIDENTIFIER)")
    result = table("BEGIN TRAN INSERT keys VALUES (NEWID()) SELECT 1 / 0 SELECT 'not reached'")
    assert result.numbers == [40510]
    assert table("SELECT @@TRANCOUNT").value == 0


@pytest.mark.parametrize(
    "statement", ["INSERT t VALUES (3, N'x')", "COMMIT", "CREATE TABLE u (a INT)", "TRUNCATE TABLE t"]
)
def test_a_doomed_transaction_takes_no_write(table: Client, statement: str) -> None:
    result = table(f"BEGIN TRAN BEGIN TRY SELECT CAST('x' AS INT) END TRY BEGIN CATCH {statement} END CATCH")
    assert result.numbers == [3930]
    assert table("SELECT @@TRANCOUNT").value == 0


def test_a_doomed_transaction_can_be_read(table: Client) -> None:
    result = table(
        "SET XACT_ABORT ON BEGIN TRAN INSERT t VALUES (1, N'x') BEGIN TRY SELECT 1 / 0 END TRY"
        " BEGIN CATCH SELECT a, XACT_STATE() FROM t ROLLBACK END CATCH"
    )
    assert result.sets == [[], [(1, -1)]]
    assert count(table) == 0


def test_a_doomed_transaction_ends_with_its_batch(table: Client) -> None:
    result = table(
        "BEGIN TRAN INSERT t VALUES (1, N'x') BEGIN TRY SELECT CAST('x' AS INT) END TRY"
        " BEGIN CATCH PRINT 'on' END CATCH"
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
    table.good("ROLLBACK", "INSERT E.dbo.u VALUES (1)")
    assert count(table) == 0


def test_the_transaction_manager_begins_commits_and_rolls_back(table: Client) -> None:
    session = table.session

    def manage(kind: str, then_begin: bool = False) -> list[int]:
        return collect(session.transaction(TransactionRequest(kind, then_begin=then_begin))).numbers

    assert manage("begin") == []
    table.good("INSERT t VALUES (1, N'x')")
    assert manage("commit", then_begin=True) == []
    table.good("INSERT t VALUES (2, N'x')")
    assert manage("rollback") == []
    assert (count(table), manage("rollback"), manage("save")) == (1, [3903], [628])


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
