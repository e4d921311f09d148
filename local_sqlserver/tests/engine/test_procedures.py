import pytest

from local_sqlserver.engine.events import Parameter
from local_sqlserver.types import SqlType
from tests.engine.conftest import Client, Connect, collect

INT = SqlType("int")
TEXT = SqlType("nvarchar", length=4000)


@pytest.fixture
def with_procedure(sql: Client) -> Client:
    sql.good(
        "CREATE SCHEMA s",
        """CREATE PROCEDURE s.twice @a INT, @b INT = 10, @out INT OUTPUT AS
        BEGIN
            SET NOCOUNT ON
            SET @out = 2 * @a + @b
            RETURN 7
        END""",
    )
    return sql


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("EXEC @r = s.twice 1, 2, @o OUTPUT", (4, 7)),
        ("EXEC @r = s.twice @out = @o OUTPUT, @a = 5", (20, 7)),
        ("EXEC @r = s.twice 1, DEFAULT, @o OUT", (12, 7)),
        ("EXECUTE @r = D.s.twice '3', 0, @out = @o OUTPUT", (6, 7)),
        ("EXEC s.twice 1, 2, @o", (None, None)),
        ("DECLARE @n NVARCHAR(20) = N's.[twice]' EXEC @r = @n 1, 2, @o OUTPUT", (4, 7)),
    ],
)
def test_arguments_find_their_parameters(with_procedure: Client, call: str, expected: tuple[int, int]) -> None:
    assert with_procedure(f"DECLARE @o INT, @r INT {call} SELECT @o, @r").rows == [expected]


@pytest.mark.parametrize(
    ("call", "number"),
    [
        ("EXEC s.twice", 201),
        ("EXEC s.twice 1, 2, 3, 4", 8144),
        ("EXEC s.twice @a = 1, @z = 2", 8145),
        ("EXEC s.twice @a = 1, @A = 2", 8143),
        ("DECLARE @o INT EXEC s.twice @o OUTPUT, 2, @o OUTPUT", 8162),
        ("EXEC s.twice N'x', 1, 2", 8114),
        ("EXEC s.triple", 2812),
    ],
)
def test_a_wrong_call_is_an_error(with_procedure: Client, call: str, number: int) -> None:
    assert with_procedure(call).numbers == [number]


def test_an_error_names_procedure_and_line(sql: Client) -> None:
    sql.good(
        "-- a comment\nCREATE PROCEDURE inner_one AS\n\nSELECT 1 / 0",
        "CREATE PROCEDURE outer_one AS\nEXEC inner_one",
    )
    error = sql("\nEXEC outer_one").errors[0]
    assert (error.number, error.procedure, error.line) == (8134, "dbo.inner_one", 4)


def test_error_functions_return_the_error_of_a_nested_procedure(sql: Client) -> None:
    sql.good("CREATE PROCEDURE p AS\nTHROW 50123, N'deep', 4")
    result = sql(
        "BEGIN TRY EXEC p END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE(), "
        "ERROR_STATE(), ERROR_LINE(), "
        "ERROR_SEVERITY(), ERROR_PROCEDURE() END CATCH SELECT ERROR_NUMBER()"
    )
    assert result.sets == [[(50123, "deep", 4, 2, 16, "dbo.p")], [(None,)]]


def test_a_bare_throw_raises_the_error_again_unchanged(sql: Client) -> None:
    sql.good("CREATE PROCEDURE p AS BEGIN TRY\nSELECT 1 / 0\nEND TRY BEGIN CATCH PRINT 'seen';\nTHROW\nEND CATCH")
    result = sql("EXEC p PRINT 'never'")
    assert result.messages == ["seen"]
    assert [(error.number, error.line) for error in result.errors] == [(8134, 2)]


def test_a_procedure_may_name_objects_that_do_not_exist_yet(sql: Client) -> None:
    sql.good("CREATE PROCEDURE p AS SELECT a FROM later")
    assert sql("EXEC p SELECT 5").numbers == [208]
    sql.good("CREATE TABLE later (a INT)", "INSERT later VALUES (3)")
    assert sql("EXEC p").rows == [(3,)]


def test_a_name_that_does_not_resolve_is_not_caught_in_its_own_scope(sql: Client) -> None:
    sql.good("CREATE PROCEDURE p AS BEGIN TRY SELECT * FROM nothing END TRY BEGIN CATCH PRINT 'inner' END CATCH")
    assert sql("EXEC p").numbers == [208]
    assert sql("BEGIN TRY EXEC p END TRY BEGIN CATCH PRINT 'outer' END CATCH").messages == ["outer"]


def test_a_procedure_with_a_syntax_error_is_not_created(sql: Client) -> None:
    assert sql("CREATE PROCEDURE p AS SELECT (1").numbers == [102]
    assert sql("EXEC p").numbers == [2812]


def test_recursion_stops_at_level_32(sql: Client) -> None:
    sql.good("CREATE PROCEDURE p @n INT AS BEGIN PRINT @n SET @n += 1 EXEC p @n END")
    result = sql("EXEC p 1 PRINT 'never'")
    assert result.numbers == [217]
    assert result.messages[-1] == "32"


def test_create_alter_and_drop_check_whether_the_object_exists(sql: Client) -> None:
    assert sql("ALTER PROCEDURE p AS SELECT 1").numbers == [208]
    sql.good(
        "CREATE PROCEDURE p AS SELECT 1",
        "ALTER PROCEDURE p AS SELECT 2",
        "CREATE OR ALTER PROCEDURE p AS SELECT 3",
    )
    assert sql("CREATE PROCEDURE p AS SELECT 1").numbers == [2714]
    assert sql("CREATE TABLE p (a INT)").numbers == [2714]
    assert sql("EXEC p").value == 3
    sql.good("DROP PROCEDURE p", "DROP PROCEDURE IF EXISTS p")
    assert sql("DROP PROCEDURE p").numbers == [3701]


def test_set_options_of_a_procedure_end_with_it(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT)", "CREATE PROCEDURE p AS SET NOCOUNT ON")
    assert sql("EXEC p INSERT t VALUES (1)").counts == [1]


def test_temporary_tables_live_as_long_as_their_scope(sql: Client) -> None:
    sql.good(
        "CREATE PROCEDURE reads AS SELECT a FROM #t",
        "CREATE PROCEDURE makes AS CREATE TABLE #t (a INT IDENTITY) INSERT #t DEFAULT VALUES EXEC reads",
    )
    assert sql("EXEC makes").sets == [[(1,)]]
    assert sql("EXEC makes").sets == [[(1,)]]
    assert sql("SELECT * FROM #t").numbers == [208]
    sql.good("CREATE TABLE #t (a INT)", "INSERT #t VALUES (9)")
    assert sql("EXEC makes SELECT a FROM #t").sets == [[(1,)], [(9,)]]


def test_table_variables_of_each_call_are_their_own(sql: Client) -> None:
    sql.good(
        "CREATE PROCEDURE p @n INT AS DECLARE @t TABLE (a INT) INSERT @t VALUES (@n) "
        "IF @n < 3 BEGIN SET @n += 1 EXEC p @n END SELECT a FROM @t"
    )
    assert sql("EXEC p 1").sets == [[(3,)], [(2,)], [(1,)]]


def test_insert_exec_takes_all_result_sets(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT, b NVARCHAR(5))", "CREATE PROCEDURE p AS SELECT 1, N'x' SELECT 2, N'y'")
    assert sql("INSERT INTO t (a, b) EXEC p").counts == [2]
    assert sql("SELECT a, b FROM t ORDER BY a").rows == [(1, "x"), (2, "y")]
    assert sql("INSERT INTO t (a) EXEC p").numbers == [213]
    assert sql("INSERT INTO t EXEC (N'SELECT 3, N''toolong''')").numbers == [2628]


def test_dynamic_sql_has_variables_of_its_own(sql: Client) -> None:
    assert sql("DECLARE @a INT = 1 EXEC (N'SELECT @a')").numbers == [137]
    text = (
        "DECLARE @sum INT EXEC sp_executesql N'SET @s = @a + @b', N'@a INT, @b INT, @s INT "
        "OUTPUT', 2, @b = 3, @s = @sum OUTPUT "
        "SELECT @sum"
    )
    assert sql(text).rows == [(5,)]
    assert sql("EXEC sp_executesql 'SELECT 1'").numbers == [214]


def test_an_error_in_dynamic_sql_is_caught_outside(sql: Client) -> None:
    result = sql("BEGIN TRY EXEC (N'SELECT (1') END TRY BEGIN CATCH PRINT ERROR_NUMBER() END CATCH")
    assert result.messages == ["102"]


def test_an_rpc_returns_its_output_and_code(with_procedure: Client) -> None:
    arguments = [Parameter("@a", INT, 4), Parameter("@b", INT, 1), Parameter("@out", INT, None, output=True)]
    result = collect(with_procedure.session.procedure("s.twice", arguments))
    assert (result.outputs, result.codes) == ({"@out": 9}, [7])


def test_prepared_statements_run_by_their_handle(sql: Client) -> None:
    session = sql.session
    made = collect(
        session.procedure(
            "sp_prepexec",
            [
                Parameter("", INT, None, output=True),
                Parameter("", TEXT, "@P1 int"),
                Parameter("", TEXT, "SELECT @P1 + 1"),
                Parameter("", INT, 1),
            ],
        )
    )
    handle = made.outputs[""]
    assert made.value == 2
    assert collect(session.procedure("sp_execute", [Parameter("", INT, handle), Parameter("", INT, 41)])).value == 42
    collect(session.procedure("sp_unprepare", [Parameter("", INT, handle)]))
    gone = collect(session.procedure("sp_execute", [Parameter("", INT, handle), Parameter("", INT, 41)]))
    assert gone.numbers == [8179]


def test_a_temporary_procedure_lives_until_its_session_ends(sql: Client, connect: Connect) -> None:
    sql.good("CREATE PROCEDURE #p @a INT AS SELECT @a * 2")
    assert sql("EXEC #p 4").value == 8
    connect().fails("EXEC #p 4", 2812)
    sql.fails("CREATE PROCEDURE #p AS SELECT 1", 2714)
    sql.good("ALTER PROCEDURE #p @a INT AS SELECT @a * 3")
    assert sql("EXEC #p 4").value == 12
    sql.good("DROP PROCEDURE #p")
    sql.fails("EXEC #p 4", 2812)


def test_output_values_arrive_with_error_266(sql: Client) -> None:
    sql.good("CREATE PROCEDURE opens @o INT OUTPUT AS BEGIN SET @o = 5 BEGIN TRAN END")
    result = sql("DECLARE @o INT EXEC opens @o OUTPUT SELECT @o, @@TRANCOUNT, @@ERROR ROLLBACK")
    assert (result.sets, result.numbers) == ([[(5, 1, 266)]], [266])


def test_a_permission_that_an_object_cannot_have_is_refused(sql: Client) -> None:
    sql.good("CREATE PROCEDURE p AS SELECT 1", "CREATE VIEW v AS SELECT 1 AS a")
    sql.fails("GRANT SELECT ON p TO public", 4606)
    sql.fails("GRANT EXECUTE ON v TO public", 4606)
    sql.good("GRANT EXECUTE ON p TO public", "GRANT SELECT ON v TO public")
