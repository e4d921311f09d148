"""Functions and properties that SQL Server has and the stand-in refuses: error 40510 in every position."""

from __future__ import annotations

import pytest

from local_sqlserver.compiler.functions.registry import REGISTRY, Place
from tests.engine.conftest import Client

REFUSED = [function for function in REGISTRY.values() if function.refused]
CALLS = [
    *("PARSE('1' AS TIME)", "TRY_PARSE('1' AS INT USING 'de-DE')"),
    *(f"{function.name}()" for function in REFUSED if function.place is not Place.TABLE),
]
PROPERTIES = [
    "OBJECTPROPERTY(OBJECT_ID('t'), 'IsSystemVerified')",
    "INDEXPROPERTY(OBJECT_ID('t'), 'ix', 'IndexDepth')",
    "TYPEPROPERTY('int', 'Precision')",
    "FULLTEXTSERVICEPROPERTY('ResourceUsage')",
    "OBJECTPROPERTYEX(OBJECT_ID('t'), 'Cardinality')",
    "COLUMNPROPERTY(OBJECT_ID('t'), 'a', 'IsSparse')",
    "DATABASEPROPERTYEX('master', 'ComparisonStyle')",
    "HAS_PERMS_BY_NAME('sa', 'LOGIN', 'IMPERSONATE')",
    "HAS_PERMS_BY_NAME('t', 'OBJECT', 'SELECT', 'a', 'COLUMN')",
    "IS_ROLEMEMBER('db_owner', 'dbo')",
    "DATABASE_PRINCIPAL_ID()",
    "RAND(1)",
    "CONVERT(VARCHAR(40), SYSDATETIMEOFFSET(), 127)",
]
POSITIONS = {
    "select list": ["SELECT {0} FROM t"],
    "WHERE": ["SELECT a FROM t WHERE {0} = 1"],
    "JOIN": ["SELECT t.a FROM t JOIN t AS u ON t.a = {0}"],
    "GROUP BY": ["SELECT 1 FROM t GROUP BY a, {0}"],
    "HAVING": ["SELECT a FROM t GROUP BY a HAVING {0} = 1"],
    "ORDER BY": ["SELECT a FROM t ORDER BY {0}"],
    "subquery": ["SELECT a FROM t WHERE EXISTS (SELECT 1 WHERE {0} = 1)"],
    "INSERT": ["INSERT INTO t (a) VALUES ({0})"],
    "UPDATE": ["UPDATE t SET a = {0}"],
    "DECLARE": ["DECLARE @v SQL_VARIANT = {0}"],
    "SET": ["DECLARE @v NVARCHAR(9); SET @v = {0}"],
    "IF": ["IF {0} = 1 PRINT 'yes'"],
    "PRINT": ["PRINT {0}"],
    "DEFAULT": ["CREATE TABLE made (a NVARCHAR(9) DEFAULT {0})", "INSERT INTO made DEFAULT VALUES"],
    "CHECK": ["CREATE TABLE made (a INT CHECK (a = {0}))", "INSERT INTO made VALUES (1)"],
    "view": ["CREATE VIEW seen AS SELECT {0} AS x", "SELECT x FROM seen"],
    "procedure body": ["CREATE PROCEDURE done AS SELECT {0}", "EXEC done"],
    "CASE": ["SELECT CASE WHEN a = 1 THEN {0} ELSE 2 END FROM t"],
    "argument": ["SELECT CONCAT(a, {0}) FROM t"],
}


def outcome(sql: Client, batches: list[str], call: str) -> list[int]:
    """The errors of the first batch that has errors."""
    sql.good("DROP TABLE IF EXISTS made", "DROP VIEW IF EXISTS seen", "DROP PROCEDURE IF EXISTS done")
    for batch in batches:
        numbers = sql(batch.format(call)).numbers
        if numbers:
            return numbers
    return []


@pytest.mark.parametrize("position", POSITIONS)
def test_a_refused_function_is_refused_by_name_in_every_position(sql: Client, position: str) -> None:
    sql.good("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)")
    answers = {call: outcome(sql, POSITIONS[position], call) for call in CALLS}
    assert {call: numbers for call, numbers in answers.items() if numbers != [40510]} == {}


@pytest.mark.parametrize("position", POSITIONS)
def test_a_refusal_that_depends_on_the_arguments_is_error_40510_in_every_position(sql: Client, position: str) -> None:
    sql.good("CREATE TABLE t (a INT, INDEX ix (a))", "INSERT INTO t VALUES (1)")
    answers = {call: outcome(sql, POSITIONS[position], call) for call in PROPERTIES}
    assert {call: numbers for call, numbers in answers.items() if numbers != [40510]} == {}


def test_a_refused_table_valued_function_is_refused_by_name(sql: Client) -> None:
    calls = [f"{function.name}(1, 2)" for function in REFUSED if function.place is Place.TABLE]
    answers = {call: sql(f"SELECT * FROM {call} AS x").numbers for call in calls}
    assert {call: numbers for call, numbers in answers.items() if numbers != [40510]} == {}


@pytest.mark.parametrize(
    ("call", "number"),
    [("CHECKSUM('a')", 40510), ("NOTHING('a')", 195), ("LEN('a', 'b')", 174), ("ROUND(1)", 189), ("LEN(*)", 102)],
)
def test_a_call_is_checked_before_any_statement_of_its_batch_runs(sql: Client, call: str, number: int) -> None:
    for batch in (f"PRINT 'ran'; SELECT {call}", f"CREATE PROCEDURE done AS PRINT 'ran'; SELECT {call}"):
        result = sql(batch)
        assert (result.numbers, result.messages) == ([number], [])
    assert sql("SELECT OBJECT_ID('done')").value is None


def test_a_refusal_names_the_function_and_its_line(sql: Client) -> None:
    (error,) = sql("SELECT 1\nFROM sys.tables\nWHERE CHECKSUM(name) = 'x'").errors
    assert error.text == "The function CHECKSUM is not supported by local_sqlserver."
    assert (error.severity, error.line) == (16, 3)


def test_catch_receives_the_error_of_a_catalog_function(sql: Client) -> None:
    result = sql("""
        BEGIN TRY SELECT DATABASEPROPERTYEX('master', 'ComparisonStyle') END TRY
        BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_MESSAGE() END CATCH""")
    message = "DATABASEPROPERTYEX(…, 'comparisonstyle') is not supported by local_sqlserver."
    assert [row for rows in result.sets for row in rows] == [(40510, 16, 1, message)]


@pytest.mark.parametrize(
    "call",
    [
        "OBJECTPROPERTY(OBJECT_ID('t'), 'NoSuchProperty')",
        "OBJECTPROPERTY(OBJECT_ID('nothing'), 'OwnerId')",
        "COLUMNPROPERTY(OBJECT_ID('t'), 'a', 'NoSuchProperty')",
        "COLUMNPROPERTY(OBJECT_ID('t'), 'nothing', 'Precision')",
        "DATABASEPROPERTYEX('master', 'NoSuchProperty')",
        "DATABASEPROPERTYEX('nothing', 'Version')",
        "SERVERPROPERTY('NoSuchProperty')",
        "CONNECTIONPROPERTY('NoSuchProperty')",
    ],
)
def test_a_property_that_does_not_exist_is_null(sql: Client, call: str) -> None:
    sql.good("CREATE TABLE t (a INT)")
    assert sql(f"SELECT {call}").value is None


def test_a_persisted_column_is_refused_where_duckdb_cannot_hold_its_expression(sql: Client) -> None:
    sql.fails("CREATE TABLE made (a NVARCHAR(9), b AS (GREATEST(a, N'b')) PERSISTED)", 40510)
    sql.good("CREATE TABLE virtual (a NVARCHAR(9), b AS (GREATEST(a, N'b')))", "INSERT virtual (a) VALUES (N'é')")
    assert sql("SELECT b FROM virtual").value == "é"
    sql.good("CREATE TABLE made (a NVARCHAR(9), b AS (UPPER(a + 'x')))", "INSERT INTO made (a) VALUES (N'é')")
    assert sql("SELECT b FROM made").value == "ÉX"
