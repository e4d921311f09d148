"""User-defined functions: scalar, inline table-valued and multi-statement table-valued."""

import pytest

from tests.engine.conftest import PASSWORD, Client, Connect

_BODIES = {
    "doubled (@n INT) RETURNS INT": "RETURN 2 * @n",
    "grade (@n INT) RETURNS VARCHAR(10)": "DECLARE @r VARCHAR(10) IF @n >= 3 SET @r = 'high' ELSE IF @n = 2 BEGIN"
    " SET @r = 'middle' END ELSE SET @r = 'low' RETURN @r",
    "early (@n INT) RETURNS VARCHAR(10)": "IF @n >= 3 RETURN 'high'; IF @n = 2 RETURN 'middle'; RETURN 'low'",
    "total (@n INT) RETURNS INT": "DECLARE @i INT = 1, @s INT = 0 WHILE @i <= @n BEGIN SET @s = @s + @i SET @i += 1 END"
    " RETURN @s",
    "digits (@s VARCHAR(99)) RETURNS VARCHAR(99)": "DECLARE @i INT = 1, @r VARCHAR(99) = '', @c CHAR(1)"
    " WHILE @i <= LEN(@s) BEGIN SET @c = SUBSTRING(@s, @i, 1) SET @i = @i + 1 IF @c NOT LIKE '[0-9]' CONTINUE"
    " SET @r = @r + @c IF LEN(@r) >= 3 BREAK END RETURN @r",
    "pairs (@n INT) RETURNS INT": "DECLARE @i INT = 0, @j INT, @c INT = 0 WHILE @i < @n BEGIN SET @j = 0"
    " WHILE @j < @i BEGIN SET @c += 1 IF @c > 50 RETURN -1 SET @j += 1 END SET @i += 1 END RETURN @c",
    "found (@id INT) RETURNS VARCHAR(10)": "DECLARE @x VARCHAR(10) = 'none' SELECT @x = x FROM dbo.t WHERE id = @id"
    " RETURN @x",
    "listed () RETURNS VARCHAR(99)": "DECLARE @s VARCHAR(99) = '' SELECT @s = @s + x FROM dbo.t ORDER BY x RETURN @s",
    "is_there (@x VARCHAR(9)) RETURNS BIT": "IF EXISTS (SELECT 1 FROM dbo.t WHERE x = @x) RETURN 1; RETURN 0",
    "quotient (@d INT) RETURNS INT": "IF @d = 0 RETURN 0; DECLARE @x INT SELECT @x = 10 / @d FROM dbo.t WHERE id = 1"
    " RETURN @x",
    "factorial (@n INT) RETURNS BIGINT": "IF @n <= 1 RETURN 1; RETURN @n * dbo.factorial(@n - 1)",
    "depth (@n INT) RETURNS INT": "IF @n <= 0 RETURN 0; RETURN 1 + dbo.depth(@n - 1)",
    "again (@n INT) RETURNS INT": "RETURN dbo.doubled(dbo.doubled(@n)) + dbo.total(@n)",
    "shared (@x INT) RETURNS INT": "DECLARE @a INT = @x * 2 DECLARE @b INT = @a + @a DECLARE @c INT = @b * @b + @a"
    " IF @c > 100 SET @c = @c - 100 RETURN @c + @b",
    "strict (@n INT) RETURNS INT WITH SCHEMABINDING, RETURNS NULL ON NULL INPUT": "RETURN ISNULL(@n, 7)",
    "lenient (@n INT) RETURNS INT WITH CALLED ON NULL INPUT": "RETURN ISNULL(@n, 7)",
    "added (@a INT, @b INT = 10) RETURNS INT": "RETURN @a + @b",
    "cut (@s VARCHAR(2)) RETURNS VARCHAR(3)": "RETURN @s + 'abc'",
    "members (@x INT) RETURNS @r TABLE (n INT NOT NULL, square INT)": "DECLARE @i INT = 1 WHILE @i <= @x BEGIN"
    " INSERT @r VALUES (@i, @i * @i) SET @i += 1 END INSERT INTO @r (n) SELECT id FROM dbo.t WHERE id > 1 RETURN",
    "words (@s VARCHAR(99)) RETURNS @r TABLE (w VARCHAR(20), n INT)": "INSERT @r SELECT value, LEN(value)"
    " FROM STRING_SPLIT(@s, ' ') IF NOT EXISTS (SELECT * FROM @r WHERE n > 3) INSERT @r VALUES ('none', 0) RETURN",
}


@pytest.fixture
def functions(sql: Client) -> Client:
    sql.good("CREATE TABLE t (id INT, x VARCHAR(10))", "INSERT t VALUES (1, 'b'), (2, 'a'), (3, 'c')")
    sql.good(*(f"CREATE FUNCTION dbo.{head} AS BEGIN {body} END" for head, body in _BODIES.items()))
    sql.good(
        "CREATE FUNCTION dbo.from_id (@least INT) RETURNS TABLE AS RETURN SELECT id, x FROM dbo.t WHERE id >= @least",
        "CREATE FUNCTION dbo.top_one () RETURNS TABLE RETURN (WITH c AS (SELECT id FROM dbo.t)"
        " SELECT TOP (1) id AS first_id FROM c ORDER BY id DESC)",
    )
    return sql


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT dbo.doubled(21), dbo.doubled(NULL), dbo.doubled('4'), [dbo].[doubled](1.9)", [(42, None, 8, 2)]),
        (
            "SELECT id, dbo.grade(id), dbo.early(id) FROM t ORDER BY dbo.doubled(id)",
            [(1, "low", "low"), (2, "middle", "middle"), (3, "high", "high")],
        ),
        ("SELECT dbo.total(10), dbo.total(0), dbo.total(NULL), dbo.again(3)", [(55, 0, 0, 18)]),
        ("SELECT dbo.digits('a1b2c3d4'), dbo.digits(''), dbo.digits('x9')", [("123", "", "9")]),
        ("SELECT dbo.pairs(3), dbo.pairs(5), dbo.pairs(50)", [(3, 10, -1)]),
        ("SELECT dbo.found(id), dbo.found(id + 10) FROM t WHERE id = 2", [("a", "none")]),
        ("SELECT dbo.listed()", [("abc",)]),
        (
            "SELECT x FROM t WHERE dbo.is_there(x) = 1 AND dbo.is_there(x + 'z') = 0 ORDER BY x",
            [("a",), ("b",), ("c",)],
        ),
        ("SELECT dbo.quotient(id - 1) FROM t ORDER BY id", [(0,), (10,), (5,)]),
        ("SELECT dbo.factorial(5), dbo.depth(31)", [(120, 31)]),
        ("SELECT dbo.shared(id) FROM t ORDER BY id", [(22,), (76,), (62,)]),
        ("SELECT dbo.strict(NULL), dbo.lenient(NULL), dbo.strict(1)", [(None, 7, 1)]),
        ("SELECT dbo.added(1, DEFAULT), dbo.added(1, 2)", [(11, 3)]),
        ("SELECT dbo.cut('xyz')", [("xya",)]),
        ("SELECT dbo.early(id), COUNT(*) FROM t GROUP BY dbo.early(id) HAVING dbo.early(id) = 'low'", [("low", 1)]),
        ("SELECT SUM(dbo.doubled(id)), dbo.doubled(COUNT(*)) FROM t", [(12, 6)]),
        ("SELECT a.id FROM t AS a JOIN t AS b ON dbo.doubled(a.id) = b.id", [(1,)]),
        ("DECLARE @v INT = dbo.doubled(2) IF dbo.doubled(@v) = 8 SET @v = dbo.total(@v) SELECT @v", [(10,)]),
        ("DECLARE @r INT EXEC @r = dbo.added 1 SELECT @r", [(11,)]),
        ("DECLARE @r VARCHAR(9) EXEC @r = dbo.found @id = 3 SELECT @r", [("c",)]),
        ("SELECT * FROM dbo.from_id(2) AS r ORDER BY id", [(2, "a"), (3, "c")]),
        ("SELECT x FROM from_id(3)", [("c",)]),
        ("SELECT * FROM dbo.top_one()", [(3,)]),
        ("SELECT t.id, r.id FROM t CROSS APPLY dbo.from_id(t.id + 1) AS r ORDER BY 1, 2", [(1, 2), (1, 3), (2, 3)]),
        ("SELECT t.id, r.id FROM t OUTER APPLY dbo.from_id(t.id + 2) AS r ORDER BY 1", [(1, 3), (2, None), (3, None)]),
        ("SELECT * FROM dbo.members(2)", [(1, 1), (2, 4), (2, None), (3, None)]),
        ("SELECT id, n FROM t CROSS APPLY dbo.members(id) WHERE square > 1 ORDER BY 1, 2", [(2, 2), (3, 2), (3, 3)]),
        (
            "SELECT w FROM dbo.words('ab cd') UNION ALL SELECT w FROM dbo.words('abcd')",
            [(w,) for w in ("ab", "cd", "none", "abcd")],
        ),
        ("BEGIN TRAN INSERT t VALUES (9, 'new') SELECT dbo.found(9) ROLLBACK", [("new",)]),
        ("UPDATE t SET x = dbo.grade(id) WHERE dbo.doubled(id) = 6 SELECT x FROM t WHERE id = 3", [("high",)]),
        (
            "SELECT SUM(dbo.total(value % 20)), COUNT(dbo.found(value)) FROM GENERATE_SERIES(1, 10000)",
            [(665000, 10000)],
        ),
    ],
)
def test_a_function_gives_its_value_or_rows(functions: Client, text: str, rows: list[tuple[object, ...]]) -> None:
    assert functions(text).rows == rows


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SELECT dbo.depth(32)", 217),
        ("SELECT dbo.added(1)", 313),
        ("SELECT dbo.added(1, 2, 3)", 8144),
        ("SELECT dbo.nothing(1)", 4121),
        ("SELECT * FROM dbo.nothing(1)", 208),
        ("SELECT * FROM dbo.doubled(1)", 208),
        ("SELECT dbo.from_id(1)", 4121),
        ("SELECT dbo.doubled('x')", 245),
        ("ALTER FUNCTION dbo.nothing () RETURNS INT AS BEGIN RETURN 1 END", 208),
        ("CREATE FUNCTION dbo.doubled () RETURNS INT AS BEGIN RETURN 1 END", 2714),
        ("ALTER FUNCTION dbo.t () RETURNS INT AS BEGIN RETURN 1 END", 2010),
        ("DROP FUNCTION dbo.nothing", 3701),
        ("DROP PROCEDURE dbo.doubled", 3705),
        ("DROP FUNCTION dbo.t", 3705),
        ("SELECT 1 CREATE FUNCTION f () RETURNS INT AS BEGIN RETURN 1 END", 111),
    ],
)
def test_a_wrong_use_of_a_function_is_an_error(functions: Client, text: str, number: int) -> None:
    functions.fails(text, number)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("INSERT t VALUES (1, '') RETURN 1", 443),
        ("UPDATE t SET id = 1 RETURN 1", 443),
        ("PRINT 'x' RETURN 1", 443),
        ("RAISERROR ('x', 16, 1) RETURN 1", 443),
        ("EXEC ('SELECT 1') RETURN 1", 443),
        ("BEGIN TRY SELECT 1 END TRY BEGIN CATCH END CATCH RETURN 1", 443),
        ("SET NOCOUNT ON RETURN 1", 443),
        ("RETURN RAND()", 443),
        ("DECLARE @k VARCHAR(40) = NEWID() RETURN 1", 443),
        ("SELECT 1 RETURN 1", 444),
        ("DECLARE @i INT", 455),
        ("IF 1 = 1 RETURN 1 ELSE RETURN 2", 455),
        ("RETURN (SELECT COUNT(*) FROM #x)", 2772),
        ("RETURN nothing", 207),
        ("RETURN (SELECT nothing FROM t)", 207),
        ("RETURN @undeclared", 137),
    ],
)
def test_the_body_of_a_function_is_checked_when_it_is_created(functions: Client, body: str, number: int) -> None:
    functions.fails(f"CREATE FUNCTION dbo.wrong () RETURNS INT AS BEGIN {body} END", number)
    assert functions("SELECT OBJECT_ID(N'dbo.wrong')").value is None


def test_an_altered_function_has_effect_wherever_it_is_called(functions: Client) -> None:
    functions.good(
        "CREATE VIEW v AS SELECT id, dbo.again(id) AS a FROM t WHERE id = 2",
        "CREATE PROCEDURE p AS SELECT dbo.doubled(1)",
        "CREATE TABLE c (a INT CHECK (dbo.added(a, 1) < 10), b AS dbo.added(a, 2))",
        "INSERT c VALUES (5)",
    )
    assert (functions("SELECT a FROM v").value, functions("EXEC p").value, functions("SELECT b FROM c").value) == (
        11,
        2,
        7,
    )
    functions.fails("INSERT c VALUES (9)", 547)
    functions.good("CREATE OR ALTER FUNCTION dbo.doubled (@n INT) RETURNS INT AS BEGIN RETURN 3 * @n END")
    assert (functions("SELECT a FROM v").value, functions("EXEC p").value) == (21, 3)
    functions.fails("ALTER FUNCTION dbo.added (@a INT, @b INT) RETURNS INT AS BEGIN RETURN 1 END", 3729)
    functions.fails("DROP FUNCTION dbo.added", 3729)
    functions.good("DROP TABLE c", "DROP FUNCTION dbo.added", "DROP FUNCTION IF EXISTS dbo.added")


def test_a_function_may_name_what_is_created_later(sql: Client) -> None:
    sql.good("CREATE FUNCTION dbo.f () RETURNS INT AS BEGIN RETURN dbo.g() + (SELECT COUNT(*) FROM dbo.later) END")
    sql.fails("SELECT dbo.f()", 4121)
    sql.good("CREATE FUNCTION dbo.g () RETURNS INT AS BEGIN RETURN 1 END", "CREATE TABLE later (a INT)")
    assert sql("SELECT dbo.f()").value == 1
    sql.fails("CREATE FUNCTION dbo.h () RETURNS TABLE AS RETURN SELECT a FROM dbo.nowhere", 208)


def test_the_catalog_describes_functions(functions: Client) -> None:
    types = functions(
        "SELECT type, type_desc, COUNT(*) FROM sys.objects WHERE type IN ('FN', 'IF', 'TF') GROUP BY type, type_desc"
        " ORDER BY type"
    )
    assert [row[:2] for row in types.rows] == [
        ("FN", "SQL_SCALAR_FUNCTION"),
        ("IF", "SQL_INLINE_TABLE_VALUED_FUNCTION"),
        ("TF", "SQL_TABLE_VALUED_FUNCTION"),
    ]
    text = """
    SELECT IIF(OBJECT_ID(N'dbo.doubled', N'FN') > 0, 1, 0), IIF(OBJECT_ID(N'dbo.from_id', 'IF') > 0, 1, 0),
        OBJECT_ID(N'dbo.doubled', N'P')
    SELECT name, parameter_id, is_output FROM sys.parameters WHERE object_id = OBJECT_ID(N'dbo.doubled')
        ORDER BY parameter_id
    SELECT routine_type FROM INFORMATION_SCHEMA.ROUTINES WHERE routine_name = 'words'
    SELECT LEFT(definition, 27) FROM sys.sql_modules WHERE object_id = OBJECT_ID(N'dbo.doubled')
    SELECT name FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.from_id') ORDER BY column_id
    """
    assert functions(text).sets == [
        [(1, 1, None)],
        [("", 0, True), ("@n", 1, False)],
        [("FUNCTION",)],
        [("CREATE FUNCTION dbo.doubled",)],
        [("id",), ("x",)],
    ]
    assert functions("EXEC sp_helptext 'dbo.doubled'").rows[0][0].startswith("CREATE FUNCTION dbo.doubled")


def test_a_caller_needs_execute_on_a_scalar_and_select_on_a_table_valued_function(
    functions: Client, connect: Connect
) -> None:
    functions.good(
        f"CREATE LOGIN caller WITH PASSWORD = '{PASSWORD}x1'",
        "CREATE USER caller FOR LOGIN caller",
    )
    try:
        caller = connect("D", "caller", f"{PASSWORD}x1")
        caller.fails("SELECT dbo.found(1)", 229)
        caller.fails("SELECT * FROM dbo.from_id(1)", 229)
        functions.good("GRANT EXECUTE ON dbo.found TO caller", "GRANT SELECT ON dbo.from_id TO caller")
        assert caller("SELECT dbo.found(1)").value == "b"  # the owner's function reads the owner's table
        assert len(caller("SELECT * FROM dbo.from_id(1)").rows) == 3
        caller.fails("SELECT * FROM t", 229)
        caller.session.close()
    finally:
        functions.good("DROP USER caller", "DROP LOGIN caller")
