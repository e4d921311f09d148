import pytest

from tests.engine.conftest import Client


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DECLARE @a INT = 1, @b INT SET @b = @a + 1 SELECT @a, @b", (1, 2)),
        ("DECLARE @a INT SET @a += 1 SELECT @a", (None,)),
        ("DECLARE @a INT = 7 SET @a -= 2 SET @a *= 3 SET @a /= 2 SET @a %= 4 SELECT @a", (3,)),
        ("DECLARE @a NVARCHAR(3) = N'abcdef' SELECT @a", ("abc",)),
        ("DECLARE @a NCHAR(4) = N'ab' SELECT @a + N'|'", ("ab  |",)),
        ("DECLARE @a INT = '12' SELECT @a", (12,)),
        ("DECLARE @a INT = 2.9 SELECT @a", (2,)),
        ("DECLARE @a NVARCHAR(10) = 5 SELECT @a + N'1'", ("51",)),
        ("DECLARE @a BIT = 5 SELECT @a", (1,)),
        ("DECLARE @a INT = 5, @b INT SELECT @b = x FROM (VALUES (1), (2)) AS t (x) SELECT @a, @b", (5, 2)),
        ("DECLARE @b INT = 9 SELECT @b = x FROM (VALUES (1)) AS t (x) WHERE x > 5 SELECT @b", (9,)),
        ("DECLARE @b INT = 9 SET @b = (SELECT x FROM (VALUES (1)) AS t (x) WHERE x > 5) SELECT @b", (None,)),
        ("DECLARE @i INT = 0 WHILE @i < 10 BEGIN SET @i += 1 IF @i = 4 BREAK END SELECT @i", (4,)),
        (
            "DECLARE @i INT = 0, @n INT = 0 WHILE @i < 5 BEGIN SET @i += 1 IF @i % 2 = 0 CONTINUE "
            "SET @n += 1 END SELECT @n",
            (3,),
        ),
        ("IF NULL = NULL SELECT 1 ELSE SELECT 2", (2,)),
        ("DECLARE @a INT IF @a <> 1 SELECT 1 ELSE SELECT 2", (2,)),
        ("IF EXISTS (SELECT 1 WHERE 1 = 0) SELECT 1 ELSE SELECT 2", (2,)),
        ("IF N'a' = N'A ' SELECT 1 ELSE SELECT 2", (1,)),
        (
            "DECLARE @t TABLE (a INT, b NVARCHAR(5) DEFAULT N'x') INSERT @t (a) VALUES (1) SELECT * FROM @t",
            (1, "x"),
        ),
        ("SELECT 1 WHERE 1 = 0; IF @@ROWCOUNT = 0 SELECT 2 ELSE SELECT 3", None),
    ],
)
def test_a_batch_computes(sql: Client, text: str, expected: tuple[object, ...] | None) -> None:
    result = sql(text)
    assert not result.errors
    assert result.sets[-1] == [expected or (2,)]


VARIABLES = """DECLARE @n INT = 7, @none INT, @big BIGINT = -9000000000, @t NVARCHAR(5) = N'aß]b ',
    @v VARCHAR(9) = 'x€ä', @empty NVARCHAR(3) = N'', @null NVARCHAR(4),
    @max NVARCHAR(MAX) = N'm', @c CHAR(4) = 'c', @bit BIT = 1,
    @d DECIMAL(5, 2) = 1.5, @day DATE = '20240229';"""
"""Variables of each kind, for expressions that the engine may evaluate without a query."""


@pytest.mark.parametrize(
    "expression",
    [
        *("CONCAT(@t, @n, @none, @big, @v, @null)", "CONCAT(@c, N'|', @bit, @d, @day)", "CONCAT(NULL, @empty)"),
        *("@t + N'|' + @v", "@t + @null", "@v + @c", "@t + CAST(@n AS NVARCHAR(11))", "@t + CAST(@none AS VARCHAR(3))"),
        *(
            "QUOTENAME(@t)",
            "QUOTENAME(@null)",
            "QUOTENAME(@empty)",
            "QUOTENAME(@t, '<')",
            "CONCAT(N's.', QUOTENAME(@t))",
        ),
        *("CAST(@n AS VARCHAR(1))", "CAST(@big AS NVARCHAR(30))", "CAST(@t AS NVARCHAR(2))", "CAST(@t AS VARCHAR(9))"),
        *("CAST(@v AS NVARCHAR(9))", "CAST(@t AS CHAR(9))", "CAST(@c AS VARCHAR(9))", "QUOTENAME(REPLICATE('x', 129))"),
        *(
            "@n + 1",
            "@max + @t",
            "CONCAT(@max, @n)",
            "CONCAT(@t, CONCAT(@n, @v), QUOTENAME(@v))",
            "CAST(@n AS NVARCHAR)",
        ),
    ],
)
@pytest.mark.parametrize("declared", ["NVARCHAR(MAX)", "NVARCHAR(4)", "VARCHAR(40)", "CHAR(12)"])
def test_an_assigned_expression_has_the_value_that_a_query_gives(sql: Client, expression: str, declared: str) -> None:
    result = sql(
        f"{VARIABLES} DECLARE @set {declared}, @selected {declared}; SET @set = {expression};"
        f" SELECT @selected = {expression} FROM (VALUES (1)) AS rows (x); SELECT @set, @selected"
    )
    assert not result.errors
    ((by_set, by_query),) = result.sets[0]
    assert by_set == by_query


@pytest.mark.parametrize(
    "condition",
    [
        *("@n = 7", "@n <> 7", "@none = 7", "@none IS NULL", "@none IS NOT NULL", "@n IS NULL OR @n = 7", "@bit = 1"),
        *("@t = N'ASS]B'", "@t <> N'ass]b'", "@t = @null", "@null <> N'x'", "@v = N'X€Ä'", "@c = 'C'", "@c <> N'c   '"),
        *("NOT @none = 7", "NOT (@n = 7 AND @none = 1)", "NOT (@n = 8 AND @none = 1)", "NOT (@n = 7 OR @none = 1)"),
        *(
            "@n = 7 OR @none = 1",
            "@none = 1 OR @n = 7",
            "@n = 8 AND @none = 1",
            "@n = 7 AND @t <> N'x' AND @v IS NOT NULL",
        ),
        *(
            "@t < N'b'",
            "@t = N'a' + NCHAR(8203) + N'ß]b'",
            "@n = N'7'",
            "@empty = N'  '",
            "NOT NOT @n = 7",
            "@big < @n",
        ),
    ],
)
def test_a_condition_is_as_true_as_in_a_query(sql: Client, condition: str) -> None:
    result = sql(
        f"{VARIABLES} IF {condition} SELECT 'true' ELSE SELECT 'not';"
        f" SELECT CASE WHEN {condition} THEN 'true' ELSE 'not' END FROM (VALUES (1)) AS rows (x)"
    )
    assert not result.errors
    assert result.sets[0] == result.sets[1]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("DECLARE @a INT = 'x'", 245),
        ("DECLARE @a INT = 3000000000", 8115),
        ("DECLARE @a TINYINT = -1", 220),
        ("DECLARE @a DATE = 'no date'", 241),
        ("DECLARE @a DATE = 5", 206),
        ("DECLARE @a DECIMAL(3, 1) = 1234", 8115),
        ("DECLARE @a INT SET @a = (SELECT x FROM (VALUES (1), (2)) AS t (x))", 512),
        ("PRINT 1 / 0", 8134),
        ("SELECT CAST('x' AS INT)", 245),
        ("USE nowhere", 911),
        ("EXEC nothing", 2812),
        ("SET DATEFIRST 8", 2742),
        ("DECLARE @d INT = 0; SET DATEFIRST @d", 2742),
        ("SET ARITHIGNORE ON", 40510),
        ("SET NONSENSE ON", 195),
    ],
)
def test_an_impossible_statement_is_an_error(sql: Client, text: str, number: int) -> None:
    assert sql(text).numbers == [number]


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("5", "'abcdefgh' AS VARCHAR(MAX)", "abcde"),
        ("5", "N'abcdefgh' AS NVARCHAR(MAX)", "ab"),
        ("2", "0x010203 AS VARBINARY(MAX)", b"\1\2"),
        ("5", "'abcdefgh' AS VARCHAR(8)", "abcdefgh"),
        ("-1", "'abcdefgh' AS VARCHAR(MAX)", "abcdefgh"),
        ("0", "REPLICATE(CAST('x' AS VARCHAR(MAX)), 5000) AS VARCHAR(MAX)", "x" * 4096),
        ("2147483647", "REPLICATE(CAST('x' AS VARCHAR(MAX)), 5000) AS VARCHAR(MAX)", "x" * 5000),
    ],
)
def test_textsize_cuts_long_values_of_results_alone(sql: Client, option: str, value: str, expected: str) -> None:
    assert sql(f"SET TEXTSIZE {option} SELECT CAST({value})").value == expected


def test_textsize_is_reported(sql: Client) -> None:
    assert sql("SET TEXTSIZE 0 SELECT @@TEXTSIZE").value == 4096
    assert sql("SET TEXTSIZE 2 SELECT @@TEXTSIZE").value == 2
    assert sql("DECLARE @v VARCHAR(MAX) = (SELECT CAST('abc' AS VARCHAR(MAX))) SELECT LEN(@v)").value == 3


def test_fmtonly_describes_a_result_without_its_rows(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT, b NVARCHAR(7)); INSERT t VALUES (1, N'x')")
    result = sql("SET FMTONLY ON SELECT a, a, b FROM t SET FMTONLY OFF")
    assert (result.columns, result.types, result.sets) == ([("a", "a", "b")], [("int", "int", "nvarchar(7)")], [[]])
    assert sql("SELECT a FROM t").value == 1


@pytest.mark.parametrize(
    "options",
    [
        "ANSI_NULL_DFLT_OFF OFF",
        "DEADLOCK_PRIORITY -10",
        "NO_BROWSETABLE ON",
        "QUERY_GOVERNOR_COST_LIMIT 0",
        "REMOTE_PROC_TRANSACTIONS OFF",
        "ROWCOUNT 0",
        "NOEXEC, PARSEONLY OFF",
    ],
)
def test_options_that_clients_send_are_accepted(sql: Client, options: str) -> None:
    sql.good(f"SET {options}")


def test_a_batch_continues_after_a_statements_error(sql: Client) -> None:
    result = sql("SELECT 1 / 0\nSELECT 2\nSELECT @@ERROR")
    assert [error.line for error in result.errors] == [1]
    assert result.sets[-2:] == [[(2,)], [(0,)]]


def test_error_is_the_last_statements_error(sql: Client) -> None:
    assert sql("SELECT 1 / 0 SELECT @@ERROR").sets[-1] == [(8134,)]


def test_a_conversion_error_ends_the_batch(sql: Client) -> None:
    result = sql("SELECT CAST(N'x' AS INT) PRINT 'never'")
    assert (result.numbers, result.messages) == ([245], [])


def test_rowcount_follows_each_statement(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT)")
    text = (
        "INSERT t VALUES (1), (2) SELECT @@ROWCOUNT DELETE t WHERE a = 1 SELECT @@ROWCOUNT PRINT 'x' SELECT @@ROWCOUNT"
    )
    assert sql(text).sets == [[(2,)], [(1,)], [(0,)]]


def test_nocount_hides_row_counts(sql: Client) -> None:
    assert sql("SET NOCOUNT ON CREATE TABLE t (a INT) INSERT t VALUES (1)").counts == []
    assert sql("SET NOCOUNT OFF INSERT t VALUES (1)").counts == [1]


def test_print_and_raiserror_up_to_10_are_messages(sql: Client) -> None:
    result = sql("PRINT CONCAT(N'a', 1, NULL) RAISERROR(N'%s is %d%%', 10, 1, N'x', 5) WITH NOWAIT PRINT N'end'")
    assert result.messages == ["a1", "x is 5%", "end"]
    assert not result.errors


def test_raiserror_above_10_is_an_error_that_stops_nothing(sql: Client) -> None:
    result = sql("RAISERROR('no', 16, 3)\nPRINT 'on'")
    assert [(error.number, error.severity, error.state) for error in result.errors] == [(50000, 16, 3)]
    assert result.messages == ["on"]


def test_throw_ends_the_batch(sql: Client) -> None:
    result = sql("THROW 50001, N'no, 5 %%', 2\nPRINT 'never'")
    assert [(error.number, error.text, error.state) for error in result.errors] == [(50001, "no, 5 %", 2)]
    assert result.messages == []


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("5 %% of %%d", "5 % of %d"),
        ("5 % of 7 %.", "5  of 7 ."),
        ("a%de", " "),
        ("a%nb%%n", "a\nb%n"),
        ("%%%%", "%%"),
        ("at the end %", "at the end "),
    ],
)
def test_throw_requires_doubled_percent_signs_and_a_message_thrown_again_keeps_them(
    sql: Client, written: str, arrives: str
) -> None:
    result = sql(
        f"BEGIN TRY BEGIN TRY THROW 50001, N'{written}', 2; END TRY BEGIN CATCH THROW; END CATCH END TRY"
        " BEGIN CATCH PRINT ERROR_MESSAGE(); THROW; END CATCH"
    )
    assert [error.text for error in result.errors] == [arrives]
    assert result.messages == [arrives]


def test_getdate_is_constant_within_a_statement_only(sql: Client) -> None:
    text = (
        "DECLARE @a DATETIME2 = SYSDATETIME() WAITFOR DELAY '00:00:00.02' "
        "SELECT CASE WHEN SYSDATETIME() > @a THEN 1 ELSE 0 END, CASE WHEN SYSDATETIME() = "
        "SYSDATETIME() THEN 1 ELSE 0 END"
    )
    assert sql(text).rows == [(1, 1)]


def test_a_cursor_fetches_its_rows_in_order(sql: Client) -> None:
    text = """
    DECLARE @n INT, @sum INT = 0
    DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT x FROM (VALUES (1), (2), (3)) AS t (x) ORDER BY x
    OPEN c
    FETCH NEXT FROM c INTO @n
    WHILE @@FETCH_STATUS = 0
    BEGIN
        SET @sum += @n
        FETCH NEXT FROM c INTO @n
    END
    CLOSE c
    DEALLOCATE c
    SELECT @sum
    """
    assert sql(text).value == 6


def test_use_changes_the_database_for_the_rest_of_the_batch(sql: Client) -> None:
    assert sql("USE master SELECT DB_NAME() SELECT * FROM nowhere").numbers == [208]
    assert sql.session.database == "master"


def test_merge_runs_with_and_without_a_list_before_it(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT PRIMARY KEY, b NVARCHAR(5))", "INSERT t VALUES (1, N'old')")
    merge = (
        "MERGE t USING (VALUES (1, N'new'), (2, N'add')) AS s (a, b) ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = s.b "
    )
    assert sql(merge + "WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b); SELECT @@ROWCOUNT").sets == [[(2,)]]
    assert sql("WITH s AS (SELECT 2 AS a) MERGE t USING s ON t.a = s.a WHEN MATCHED THEN DELETE;").counts == [1]
    assert sql("SELECT a, b FROM t").rows == [(1, "new")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("PRINT CAST('2026-01-05 10:11:12' AS DATETIME)", "Jan  5 2026 10:11AM"),
        ("PRINT CAST('2026-01-05 10:11:12' AS DATETIME2(3))", "2026-01-05 10:11:12.000"),
        ("PRINT CAST('2026-01-05' AS DATE)", "2026-01-05"),
        ("PRINT CAST(12.345 AS MONEY)", "12.35"),
        ("PRINT CAST(1.50 AS DECIMAL(9, 2))", "1.50"),
        ("PRINT 1e10", "1e+010"),
        ("PRINT CAST(0.1 AS FLOAT)", "0.1"),
        ("PRINT NULL", ""),
    ],
)
def test_print_writes_values_as_sql_server_does(sql: Client, text: str, message: str) -> None:
    assert sql(text).messages == [message]


@pytest.fixture
def letters(sql: Client) -> Client:
    sql.good(
        "CREATE TABLE letters (id INT, x VARCHAR(10), n NVARCHAR(10), d DECIMAL(10, 2))",
        "INSERT letters VALUES (1, 'b', N'β', 1.5), (2, 'a', NULL, 2.25), (3, 'c', N'γ', NULL)",
    )
    return sql


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@s VARCHAR(99) = '' SELECT @s = @s + x FROM letters ORDER BY id", ("bac", 3)),
        ("@s VARCHAR(99) = '' SELECT @s += x FROM letters ORDER BY x DESC", ("cba", 3)),
        ("@s VARCHAR(99) = '' SELECT @s = x + @s FROM letters ORDER BY id", ("cab", 3)),
        ("@s VARCHAR(99) SELECT @s = COALESCE(@s + ',', '') + x FROM letters ORDER BY x", ("a,b,c", 3)),
        ("@s VARCHAR(99) SELECT @s = ISNULL(@s + ',', '') + n FROM letters WHERE n > N'' ORDER BY id", ("β,γ", 2)),
        ("@s VARCHAR(99) SELECT @s = CASE WHEN @s IS NULL THEN x ELSE @s + '/' + x END FROM letters", ("b/a/c", 3)),
        ("@s VARCHAR(99) = '' SELECT @s = CONCAT(@s, n, ';') FROM letters ORDER BY id", ("β;;γ;", 3)),
        ("@s VARCHAR(99) = '' SELECT @s = @s + n FROM letters", (None, 3)),
        ("@s VARCHAR(5) = '' SELECT @s = @s + x + x FROM letters ORDER BY id", ("bbaac", 3)),
        ("@s INT = 7 SELECT @s = @s + id FROM letters WHERE id > 9", (7, 0)),
        ("@s INT = 0 SELECT @s = @s * 10 + id FROM letters ORDER BY id DESC", (321, 3)),
        ("@s DECIMAL(9, 2) = 0 SELECT @s += ISNULL(d, 0) FROM letters", (3.75, 3)),
        ("@s INT = 5 SELECT @s = @s + SUM(id) FROM letters", (11, 1)),
        ("@s VARCHAR(99) = '' SELECT TOP (2) @s = @s + x FROM letters ORDER BY id DESC", ("ca", 2)),
        (
            "@s VARCHAR(99) = '' SELECT @s = @s + LEFT(x, 1) + STR(COUNT(*), 1) FROM letters GROUP BY LEFT(x, 1)"
            " ORDER BY LEFT(x, 1)",
            ("a1b1c1", 3),
        ),
        ("@n INT = 0, @s VARCHAR(99) SELECT @n += id, @s = CONCAT(@s, @n, ';') FROM letters", ("1;3;6;", 3)),
        ("@d DATE = '2024-01-01', @s INT SELECT @d = DATEADD(day, id, @d), @s = DAY(@d) FROM letters", (7, 3)),
        ("@n INT = 0, @s INT SELECT @n = 1, @s = @n + 1", (2, 1)),
        ("@s INT = 1 SELECT @s = (SELECT MIN(id) FROM letters WHERE id > @s)", (2, 1)),
        ("@s INT = 1 SELECT TOP (1) @s = id FROM letters WHERE id > @s ORDER BY id", (2, 1)),
        ("@s INT = 1 SELECT @s = @s + (SELECT COUNT(*) FROM letters) FROM letters", (10, 3)),
    ],
)
def test_a_select_that_reads_its_own_variable_assigns_row_by_row(
    letters: Client, text: str, expected: tuple[object, ...]
) -> None:
    assert letters(f"DECLARE {text} SELECT @s, @@ROWCOUNT").sets[-1] == [expected]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SELECT DISTINCT @s = @s + x FROM letters", 40510),
        ("SELECT @s = @s + x FROM letters WHERE @s NOT LIKE '%' + x + '%'", 40510),
        ("SELECT @s = @s + (SELECT MAX(l.x) FROM letters AS l WHERE l.x > @s) FROM letters", 40510),
        ("SELECT @s = x FROM letters UNION SELECT 'z'", 10734),
    ],
)
def test_an_accumulation_without_a_certain_result_is_refused(letters: Client, text: str, number: int) -> None:
    assert letters(f"DECLARE @s VARCHAR(99) = '' {text}").numbers == [number]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("DECLARE @i INT = 0 again: SET @i += 1 IF @i < 3 GOTO again PRINT @i", ["3"]),
        ("GOTO done PRINT 'skipped' done: PRINT 'end'", ["end"]),
        ("WHILE 1 = 1 BEGIN BEGIN GOTO outside END END PRINT 'skipped' Outside: PRINT 'end'", ["end"]),
        ("BEGIN TRY GOTO after END TRY BEGIN CATCH PRINT 'caught' END CATCH after: PRINT 'end'", ["end"]),
        ("BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH GOTO after END CATCH PRINT 'skipped' after: PRINT 'end'", ["end"]),
    ],
)
def test_goto_goes_on_at_its_label(sql: Client, text: str, messages: list[str]) -> None:
    result = sql(text)
    assert (result.messages, result.errors) == (messages, [])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("GOTO nowhere", 133),
        ("a: PRINT 1 A: PRINT 2", 132),
        ("GOTO inside IF 1 = 1 BEGIN inside: PRINT 1 END", 40510),
        ("BEGIN END", 102),
        ("IF 1 = 1 BEGIN END", 102),
        ("BEGIN TRY END TRY BEGIN CATCH END CATCH", 102),
    ],
)
def test_a_wrong_block_or_jump_is_an_error_before_the_batch_runs(sql: Client, text: str, number: int) -> None:
    result = sql(f"PRINT 'runs' {text}")
    assert (result.messages, result.numbers) == ([], [number])


def test_a_local_cursor_ends_with_its_procedure_and_a_global_one_does_not(sql: Client) -> None:
    sql.good(
        "CREATE PROCEDURE own AS DECLARE c CURSOR LOCAL FOR SELECT 1 OPEN c FETCH c",
        "CREATE PROCEDURE shared AS DECLARE g CURSOR FOR SELECT 2 OPEN g",
    )
    assert sql("EXEC own EXEC own").sets == [[(1,)], [(1,)]]
    assert sql("EXEC shared FETCH g DEALLOCATE g").rows == [(2,)]
    sql.fails("OPEN c", 16916)


def test_a_cursor_variable_moves_in_all_directions(sql: Client) -> None:
    text = """
    DECLARE @c CURSOR, @x INT
    SET @c = CURSOR SCROLL FOR SELECT x FROM (VALUES (1), (2), (3), (4)) AS t (x) ORDER BY x
    OPEN @c
    FETCH LAST FROM @c INTO @x PRINT @x
    FETCH ABSOLUTE 2 FROM @c INTO @x PRINT @x
    FETCH RELATIVE @x FROM @c INTO @x PRINT @x
    FETCH ABSOLUTE -3 FROM @c INTO @x PRINT @x
    FETCH PRIOR FROM @c INTO @x PRINT @x
    FETCH PRIOR FROM @c INTO @x PRINT @@FETCH_STATUS
    CLOSE @c DEALLOCATE @c
    FETCH NEXT FROM @c
    """
    result = sql(text)
    assert (result.messages, result.numbers) == (["4", "2", "4", "2", "1", "-1"], [16950])


def test_set_rowcount_limits_the_rows_of_each_statement(sql: Client) -> None:
    sql.good("CREATE TABLE r (a INT)", "INSERT r VALUES (1), (2), (3), (4)", "DECLARE @n INT = 2 SET ROWCOUNT @n")
    assert sql("SELECT a FROM r ORDER BY a DESC").rows == [(4,), (3,)]
    assert sql("DECLARE @x INT SELECT @x = a FROM r ORDER BY a SELECT @x").value == 2
    sql.good("DELETE r WHERE a > 1", "INSERT r SELECT a + 10 FROM r", "SET ROWCOUNT 0")
    assert sql("SELECT COUNT(*) FROM r").value == 4


def test_context_info_and_session_context_keep_values_for_the_session(sql: Client) -> None:
    sql.good("DECLARE @c VARBINARY(128) = CAST('abc' AS VARBINARY(128)) SET CONTEXT_INFO @c")
    found = sql("SELECT CONTEXT_INFO(), DATALENGTH(CONTEXT_INFO())").rows
    assert found == [(b"abc".ljust(128, b"\0"), 128)]
    sql.good("EXEC sp_set_session_context N'user', 42", "EXEC sp_set_session_context N'fixed', N'x', @read_only = 1")
    assert sql("SELECT CAST(SESSION_CONTEXT(N'USER') AS INT), SESSION_CONTEXT(N'none')").rows == [(42, None)]
    sql.fails("EXEC sp_set_session_context N'fixed', N'y'", 15664)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'%d|%5d|%-5d|%05d|%+d', 10, 1, 42, 42, 42, 42, 42", "42|   42|42   |00042|+42"),
        ("'%i %u %x %X %o', 10, 1, -3, -3, 255, 255, 8", "-3 4294967293 ff FF 10"),
        ("'%s|%5s|%-5s|%.2s|%%', 10, 1, 'a', 'b', 'c', 'cut'", "a|    b|c    |cu|%"),
        ("'%*d|%-*s|', 10, 1, 5, 42, 3, 'a'", "   42|a  |"),
        ("'%s %d', 10, 1, NULL, NULL", "(null) (null)"),
        ("'%s', 10, 1", "(null)"),
    ],
)
def test_raiserror_formats_its_arguments(sql: Client, text: str, message: str) -> None:
    assert sql(f"RAISERROR ({text})").messages == [message]


def test_long_messages_are_cut(sql: Client) -> None:
    long = "REPLICATE(CAST('x' AS VARCHAR(MAX)), 9000)"
    assert sql(f"DECLARE @m VARCHAR(MAX) = {long} RAISERROR (@m, 10, 1)").messages == ["x" * 2044 + "..."]
    assert [len(text) for text in sql(f"PRINT {long} PRINT CAST({long} AS NVARCHAR(MAX))").messages] == [8000, 4000]
