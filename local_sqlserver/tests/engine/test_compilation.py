"""A batch and a procedure are parsed and bound whole before any of it runs."""

from __future__ import annotations

import pytest

from tests.engine.conftest import Client

SYNTAX = [
    ("SELECT a FROM WHERE b", 156),
    ("SELECT a b c FROM t WHERE", 102),
    ("SELECT 1 +;", 102),
    ("SELECT a, FROM sys.tables", 156),
    ("DECLARE @i INT; SET @i = 1 + * 2", 102),
    ("IF 1 IS PRINT 'x'", 156),
    ("IF 1 = 0 SELECT a FROM WHERE", 156),
    ("IF NOT EXISTS EXISTS (SELECT 1) PRINT 'x'", 156),
    ("UPDATE sys.tables SET name = , object_id = 1", 102),
    ("SELECT ROW_NUMBER() OVER PARTITION (BY name) FROM sys.tables", 102),
    ("SELECT CASE WHEN LEN(name) > > 50 THEN 1 END FROM sys.tables", 102),
    ("BEGIN TRY SELECT a, FROM sys.tables END TRY BEGIN CATCH PRINT 'caught' END CATCH", 156),
    ("BEGIN TRY END TRY BEGIN CATCH PRINT 'caught' END CATCH", 102),
    ("SELECT t.order FROM sys.tables AS t", 156),
    ("SET INT ON", 195),
    ("SET NOCOUNT CREATE", 156),
    ("SET ON XACT_ABORT", 156),
    ("GRANT GRANT EXECUTE ON SCHEMA::dbo TO public", 156),
    ("THROW", 10704),
    ("PRINT 'a' THROW 50001, 'x', 1", 102),
    ("IF 1 PRINT 'x'", 4145),
    ("CREATE TABLE x (a INT NULL NULL)", 156),
    ("CREATE TABLE x (a INT IDENTITY IDENTITY)", 8148),
    ("CREATE TABLE x (a INT DEFAULT 1 DEFAULT 2)", 8148),
    ("BEGIN PRINT 1END", 102),
    ("THROW 50000, 'done', 'x'", 102),
    ("DROP VIEW D..v", 166),
    ("CREATE USER u WITH DEFAULT_SCHEMA = UNION", 156),
    ("DECLARE @c TABLE (a NVARCHAR(9)); INSERT @c (a) OUTPUT $action $action VALUES (1)", 156),
    ("SELECT 1 WHERE (SELECT name INTO #x FROM sys.tables) = 1", 156),
]
"""Batches that do not parse, as the body of a procedure neither."""

BINDING = [
    ("SELECT nosuch FROM t", 207),
    ("SELECT a FROM t WHERE b = nosuch", 207),
    ("DELETE t WHERE nosuch = 1", 207),
    ("INSERT t (a, nosuch) VALUES (1, 2)", 207),
    ("INSERT t (a) VALUES (1, 2)", 110),
    ("UPDATE t SET nosuch = 1", 207),
    ("WITH c AS (SELECT a FROM t) SELECT nosuch FROM c", 207),
    ("SELECT a FROM t AS x JOIN t AS y ON x.a = y.a", 209),
    ("SELECT a, COUNT(*) FROM t", 8120),
    ("SELECT x.a FROM t", 4104),
    ("DECLARE @v INT; SELECT @v = MAX(a), b FROM t", 141),
    ("SELECT NULLIF(1)", 174),
    ("DECLARE @v INT; SET @v = NO_SUCH_FUNCTION(1)", 195),
    ("IF (SELECT COUNT(nosuch) FROM t) > 0 PRINT 'x'", 207),
    ("WHILE EXISTS (SELECT 1 FROM t WHERE nosuch = 1) BREAK", 207),
    ("PRINT (SELECT MAX(nosuch) FROM t)", 207),
    ("DECLARE c CURSOR FOR SELECT nosuch FROM t", 207),
    ("INSERT t (nosuch) EXEC ('SELECT 1')", 207),
    ("DECLARE @t TABLE (a INT); SELECT nosuch FROM @t", 207),
    ("DECLARE @d DATE; SET @d = 5", 206),
    ("BEGIN TRY SELECT nosuch FROM t END TRY BEGIN CATCH PRINT 'caught' END CATCH", 207),
    ("IF 1 = 0 BEGIN SELECT nosuch FROM t END", 207),
    ("CREATE TABLE #x (a INT); IF 1 = 0 CREATE TABLE #x (b INT)", 2714),
    ("SELECT 1 AS a INTO #x; DROP TABLE #x; SELECT 2 AS a INTO #x", 2714),
]
"""Batches over a table t (a INT, b INT) whose names or types are wrong."""


@pytest.fixture
def tables(sql: Client) -> Client:
    sql.good("CREATE TABLE t (a INT, b INT)", "CREATE TABLE log (a INT)")
    return sql


@pytest.mark.parametrize(("text", "number"), [*SYNTAX, *BINDING])
def test_a_batch_that_does_not_compile_runs_no_statement(tables: Client, text: str, number: int) -> None:
    result = tables(f"INSERT log VALUES (1); PRINT 'ran'; {text}")
    assert (result.numbers, result.messages) == ([number], [])
    assert tables("SELECT COUNT(*) FROM log").value == 0


@pytest.mark.parametrize(("text", "number"), [*SYNTAX, *BINDING])
def test_a_procedure_that_does_not_compile_is_not_created(tables: Client, text: str, number: int) -> None:
    tables.fails(f"CREATE PROCEDURE p AS PRINT 'ran'; {text}", number)
    assert tables("SELECT OBJECT_ID(N'p')").value is None


@pytest.mark.parametrize(("text", "number"), [*SYNTAX, *BINDING])
def test_an_outer_try_catches_a_compile_error_in_dynamic_sql(tables: Client, text: str, number: int) -> None:
    quoted = text.replace("'", "''")
    result = tables(f"BEGIN TRY EXEC (N'PRINT ''ran''; {quoted}') END TRY BEGIN CATCH PRINT ERROR_NUMBER() END CATCH")
    assert (result.numbers, result.messages) == ([], [str(number)])


def test_an_absent_table_defers_the_names_of_its_statement(tables: Client) -> None:
    tables.good("CREATE PROCEDURE p AS SELECT x FROM later")
    tables.good("IF 1 = 0 SELECT y FROM later")
    assert tables("PRINT 'ran' SELECT x FROM later PRINT 'not'").messages == ["ran"]
    assert tables("PRINT 'ran' SELECT x FROM later PRINT 'not'").numbers == [208]
    tables.good("CREATE TABLE later (y INT)")
    assert tables("EXEC p PRINT 'after'").numbers == [207]
    assert tables("CREATE TABLE more (a INT); INSERT more VALUES (1); SELECT a FROM more").value == 1


def test_a_temporary_table_of_the_procedure_itself_is_bound_when_it_runs(tables: Client) -> None:
    tables.good(
        "CREATE PROCEDURE p AS CREATE TABLE #w (a INT, b AS (a + 1)); INSERT #w (a) VALUES (1); SELECT b FROM #w"
    )
    assert tables("EXEC p").value == 2
    tables.good("CREATE TABLE #w (z INT)")
    assert tables("EXEC p").value == 2


def test_a_batch_is_bound_against_the_tables_as_they_are_before_it(tables: Client) -> None:
    tables.fails("ALTER TABLE t ADD c INT NULL; UPDATE t SET c = 1", 207)
    assert tables("SELECT COL_LENGTH('t', 'c')").value is None
    tables.good("ALTER TABLE t ADD c INT NULL; EXEC (N'UPDATE t SET c = 1')")


def test_names_after_use_are_those_of_the_other_database(tables: Client) -> None:
    tables.good("USE master; CREATE TABLE t (only_there INT)")
    try:
        assert tables("USE D; SELECT a FROM t; USE master; SELECT only_there FROM t").numbers == []
        assert tables("USE D; SELECT only_there FROM t").numbers == [207]
    finally:
        tables.good("USE master; DROP TABLE t; USE D")


def test_an_error_of_values_occurs_at_run_time(tables: Client) -> None:
    for text, number in (
        ("DECLARE @i INT = 'x'", 245),
        ("DECLARE @d DATE = '2026-02-30'", 241),
        ("SELECT 1 / 0", 8134),
        ("SELECT LEFT('a', -1)", 537),
    ):
        result = tables(f"PRINT 'ran'; {text}")
        assert (result.messages, result.numbers) == (["ran"], [number]), text
    tables.good("CREATE PROCEDURE p AS DECLARE @i INT = 'x'")


def test_the_error_of_a_procedure_names_it_and_its_line(tables: Client) -> None:
    (error,) = tables("CREATE PROCEDURE dbo.p AS\nSELECT a\n, nosuch FROM t").errors
    assert (error.procedure, error.line) == ("p", 3)
