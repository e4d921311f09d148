"""The boundaries of statements, with and without semicolons."""

from dataclasses import fields, is_dataclass

import pytest

from local_sqlserver.errors import SqlError
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch

VERBS = {
    "AlterTable": "ALTER TABLE",
    "CreateIndex": "CREATE INDEX",
    "CreateTable": "CREATE TABLE",
    "Delete": "DELETE",
    "Insert": "INSERT",
    "Merge": "MERGE",
    "SelectStatement": "SELECT",
    "Truncate": "TRUNCATE",
    "Update": "UPDATE",
}


def outline(node: object) -> object:
    """A syntax tree as nested lists of class names; a statement on rows or tables is its verb."""
    if isinstance(node, syntax.CompiledStatement):
        name = type(node).__name__
        return "WITH" if node.tables else VERBS.get(name, name)
    if isinstance(node, tuple):
        return [outline(item) for item in node if isinstance(item, syntax.Statement)]
    name = type(node).__name__
    if is_dataclass(node):
        inner = []
        for field in fields(node):
            value = getattr(node, field.name)
            first = value[0] if isinstance(value, tuple) and value else value
            if isinstance(first, syntax.Statement):
                inner.append(outline(value))
        if inner:
            return [name, *inner]
    return name


def parse(text: str) -> list[object]:
    result = outline(parse_batch(text).statements)
    assert isinstance(result, list)
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1 SELECT 2", ["SELECT", "SELECT"]),
        ("SELECT 1 UNION ALL SELECT 2 SELECT 3", ["SELECT", "SELECT"]),
        ("SELECT 1 EXCEPT SELECT 2 INTERSECT SELECT 3", ["SELECT"]),
        ("(SELECT 1) UNION (SELECT 2) SELECT 3", ["SELECT", "SELECT"]),
        (
            "SELECT a FROM t WITH (NOLOCK) WHERE a IN (SELECT b FROM u) UPDATE t SET a = 1",
            ["SELECT", "UPDATE"],
        ),
        ("SELECT * FROM t ORDER BY a OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY SELECT 2", ["SELECT", "SELECT"]),
        ("SELECT * FROM a INNER MERGE JOIN b ON a.i = b.i SELECT 2", ["SELECT", "SELECT"]),
        ("SELECT CASE WHEN 1 = 1 THEN 2 ELSE 3 END PRINT 'x'", ["SELECT", "Print"]),
        ("SELECT * INTO #t FROM u DROP TABLE #t", ["SELECT", "DropObjects"]),
        ("SELECT a FROM t GROUP BY a WITH ROLLUP SELECT 1", ["SELECT", "SELECT"]),
        ("SELECT TOP (5) WITH TIES a FROM t ORDER BY a DELETE t", ["SELECT", "DELETE"]),
        ("INSERT INTO t SELECT 1 SELECT 2", ["INSERT", "SELECT"]),
        ("INSERT t (a) VALUES (1), (2) SELECT 2", ["INSERT", "SELECT"]),
        ("INSERT INTO t DEFAULT VALUES SELECT 2", ["INSERT", "SELECT"]),
        ("INSERT INTO t (a) OUTPUT inserted.a SELECT 1 INSERT t VALUES (1)", ["INSERT", "INSERT"]),
        ("INSERT INTO t (SELECT 1) SELECT 2", ["INSERT", "SELECT"]),
        ("INSERT INTO t EXEC p 1, 2 SELECT 2", [["InsertExecute", "Execute"], "SELECT"]),
        ("INSERT INTO t (a) EXEC ('SELECT 1') SELECT 2", [["InsertExecute", "ExecuteString"], "SELECT"]),
        ("UPDATE t SET a = (SELECT 1) FROM t INNER JOIN u ON 1 = 1 SET NOCOUNT ON", ["UPDATE", "SetOption"]),
        ("DELETE FROM t FROM t INNER JOIN u ON 1 = 1 DELETE u", ["DELETE", "DELETE"]),
        ("WITH a AS (SELECT 1 x), b AS (SELECT 2 y) SELECT * FROM a, b SELECT 2", ["WITH", "SELECT"]),
        ("WITH a AS (SELECT 1 x) INSERT INTO t (x) SELECT x FROM a SELECT 2", ["WITH", "SELECT"]),
        ("WITH a AS (SELECT 1 x) UPDATE a SET x = 2 SELECT 2", ["WITH", "SELECT"]),
        ("WITH a AS (SELECT 1 x) DELETE FROM a SELECT 2", ["WITH", "SELECT"]),
        ("SELECT 1; WITH a AS (SELECT 1 x) SELECT * FROM a", ["SELECT", "WITH"]),
        (
            "MERGE t USING u ON t.i = u.i WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED "
            "THEN INSERT (i) VALUES (u.i) "
            "WHEN NOT MATCHED BY SOURCE THEN DELETE OUTPUT $action; SELECT 1",
            ["MERGE", "SELECT"],
        ),
        ("TRUNCATE TABLE t TRUNCATE TABLE u", ["TRUNCATE", "TRUNCATE"]),
        ("CREATE TABLE t (a INT, b INT UNIQUE, CHECK (a < b)) SELECT 1", ["CREATE TABLE", "SELECT"]),
        ("ALTER TABLE t ADD b INT NOT NULL DEFAULT 1 + 2 ALTER TABLE t DROP COLUMN b", ["ALTER TABLE", "ALTER TABLE"]),
        ("ALTER TABLE t ALTER COLUMN a INT NOT NULL SELECT 1", ["ALTER TABLE", "SELECT"]),
        ("ALTER TABLE t WITH CHECK ADD CONSTRAINT c CHECK (a > 0) SELECT 1", ["ALTER TABLE", "SELECT"]),
        ("DROP TABLE IF EXISTS a, b DROP VIEW IF EXISTS v DROP INDEX i ON t", 3),
        ("CREATE UNIQUE INDEX i ON t (a) INCLUDE (b) WHERE a > 0 CREATE INDEX j ON t (b)", 2),
        (
            "GRANT SELECT, INSERT, EXECUTE ON SCHEMA::s TO r DENY DELETE ON dbo.t TO r",
            ["Permission", "Permission"],
        ),
    ],
)
def test_set_based_statements_end_where_the_next_begins(text: str, expected: object) -> None:
    found = parse(text)
    assert (len(found) if isinstance(expected, int) else found) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "DECLARE @a INT = 1, @b NVARCHAR(MAX) SET @a += 1 SELECT @a = 2",
            ["Declare", "SetVariable", "SELECT"],
        ),
        ("DECLARE @t TABLE (a INT, b NVARCHAR(10)) INSERT @t SELECT 1, N'x'", ["Declare", "INSERT"]),
        ("IF 1 = 1 PRINT 'a' ELSE PRINT 'b' PRINT 'c'", [["If", "Print", "Print"], "Print"]),
        (
            "IF EXISTS (SELECT 1) SELECT 1 ELSE IF 1 = 2 SELECT 2 ELSE SELECT 3",
            [["If", "SELECT", ["If", "SELECT", "SELECT"]]],
        ),
        (
            "IF (SELECT COUNT(*) FROM t) > 0 BEGIN SELECT 1 SELECT 2 END SELECT 3",
            [["If", ["Block", ["SELECT", "SELECT"]]], "SELECT"],
        ),
        ("IF 1 = 1 SELECT 1; ELSE SELECT 2;", [["If", "SELECT", "SELECT"]]),
        ("IF CASE WHEN 1 = 1 THEN 1 ELSE 0 END = 1 PRINT 'x'", [["If", "Print"]]),
        ("DECLARE @i INT WHILE @i < 3 BEGIN SET @i += 1 IF @i = 2 CONTINUE BREAK END", 2),
        (
            "BEGIN TRY SELECT 1 INSERT t VALUES (1) END TRY BEGIN CATCH THROW END CATCH SELECT 2",
            [["TryCatch", ["SELECT", "INSERT"], ["Throw"]], "SELECT"],
        ),
        ("BEGIN TRY SELECT 1 END TRY BEGIN CATCH END CATCH", [["TryCatch", ["SELECT"]]]),
        (
            "DECLARE @m NVARCHAR(10) IF @m IS NULL THROW 50001, N'x', 1 SELECT 1",
            ["Declare", ["If", "Throw"], "SELECT"],
        ),
        ("RAISERROR('x %d', 16, 1, 5) WITH NOWAIT PRINT 'y'", ["RaiseError", "Print"]),
        ("BEGIN TRAN INSERT t VALUES (1) COMMIT", ["BeginTransaction", "INSERT", "CommitTransaction"]),
        (
            "BEGIN TRANSACTION t1 ROLLBACK TRANSACTION t1 SELECT 1",
            ["BeginTransaction", "RollbackTransaction", "SELECT"],
        ),
        (
            "SET NOCOUNT, XACT_ABORT ON SET TRANSACTION ISOLATION LEVEL READ COMMITTED SELECT 1",
            ["SetOption", "SetOption", "SELECT"],
        ),
        ("EXEC dbo.p @a = 1, @b = N'x', @c = DEFAULT EXEC q", ["Execute", "Execute"]),
        (
            "DECLARE @r INT, @o INT EXEC @r = p -1, @o OUTPUT, NULL, word, [other] SELECT @r",
            ["Declare", "Execute", "SELECT"],
        ),
        ("sp_helptext 'x' SELECT 1", ["Execute", "SELECT"]),
        ("DECLARE @s NVARCHAR(9) EXEC (@s + N'x' + @s) SELECT 1", ["Declare", "ExecuteString", "SELECT"]),
        ("USE x SELECT 1", ["Use", "SELECT"]),
        ("WAITFOR DELAY '00:00:01' SELECT 1", ["WaitFor", "SELECT"]),
        (
            "ALTER DATABASE d SET SINGLE_USER WITH ROLLBACK IMMEDIATE DROP DATABASE d",
            ["AlterDatabase", "DropObjects"],
        ),
        ("CREATE DATABASE d USE d", ["CreateDatabase", "Use"]),
        ("DECLARE c CURSOR FOR SELECT 1 OPEN c FETCH NEXT FROM c CLOSE c DEALLOCATE c", 5),
        (
            "BULK INSERT s.t FROM 'C:\\x\\a.csv' WITH (FIRSTROW = 2, FIELDTERMINATOR = ',', TABLOCK) SELECT 1",
            ["BulkInsert", "SELECT"],
        ),
    ],
)
def test_the_procedural_skeleton_needs_no_semicolons(text: str, expected: object) -> None:
    found = parse(text)
    assert (len(found) if isinstance(expected, int) else found) == expected


def test_a_procedure_holds_its_parameters_and_body() -> None:
    statement = parse_batch(
        "-- purpose\nCREATE OR ALTER PROCEDURE s.p\n @a INT = 5, @b DECIMAL(9, 2) OUTPUT\nWITH "
        "RECOMPILE AS\nSET NOCOUNT ON\nRETURN @a + 1"
    ).statements[0]
    assert isinstance(statement, syntax.CreateProcedure)
    assert statement.action == "CREATE OR ALTER"
    assert statement.name == ("s", "p")
    assert [(item.name, str(item.type), item.output, item.default is not None) for item in statement.parameters] == [
        ("@a", "int", False, True),
        ("@b", "decimal(9,2)", True, False),
    ]
    assert [item.line for item in statement.body.statements] == [5, 6]
    assert dict(statement.body.variables) == {item.name: item.type for item in statement.parameters}


@pytest.mark.parametrize(
    ("text", "number", "line"),
    [
        ("SELECT 1\nFROM\n(", 102, 3),
        ("PRINT", 156, 1),
        ("\nSET @x = 1", 137, 2),
        ("DECLARE @a INT\nDECLARE @A INT", 134, 2),
        ("SELECT 1\nSELECT @b", 137, 2),
        ("INSERT INTO @t SELECT 1", 1087, 1),
        ("IF 1 = 1", 102, 1),
        ("BEGIN SELECT 1", 102, 1),
        ("BEGIN TRY SELECT 1 END TRY SELECT 2", 156, 1),
        ("BREAK", 135, 1),
        ("CONTINUE", 136, 1),
        ("RETURN 1", 178, 1),
        ("SELECT 1\nCREATE VIEW v AS SELECT 1", 111, 2),
        ("SELECT 1\nCREATE PROCEDURE p AS SELECT 1", 111, 2),
        ("CREATE VIEW v AS SELECT 1\nSELECT 2", 156, 2),
        ("CREATE VIEW v AS SELECT 1\nCREATE VIEW w AS SELECT 1", 111, 2),
        ("SELECT 1\nCREATE SCHEMA s", 111, 2),
        ("EXEC p 1 + 2", 102, 1),
        ("EXEC p (SELECT 1)", 102, 1),
        ("EXEC p GETDATE()", 102, 1),
        ("EXEC p @a = 1, 2", 119, 1),
        ("EXEC p 1 OUTPUT", 179, 1),
        ("THROW 50000, 'a' + 'b', 1", 102, 1),
        ("MERGE t USING u ON 1 = 1 WHEN MATCHED THEN DELETE", 10713, 1),
        ("SELECT 1 WITH a AS (SELECT 1 x) SELECT * FROM a", 336, 1),
        ("SELECT (1", 102, 1),
        ("SELECT 1)", 102, 1),
        ("DECLARE @a NOSUCHTYPE", 2715, 1),
        ("DECLARE @a NVARCHAR(4001)", 131, 1),
        ("DECLARE @a DECIMAL(39, 0)", 2750, 1),
        ("DECLARE @a INT SET @a = 1 2", 102, 1),
        ("GRANT SELECT ON", 156, 1),
        ("FOO BAR BAZ QUX = 1", 102, 1),
    ],
)
def test_a_syntax_error_has_its_number_and_line(text: str, number: int, line: int) -> None:
    with pytest.raises(SqlError) as caught:
        parse_batch(text)
    assert (caught.value.number, caught.value.line) == (number, line), str(caught.value)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DBCC CHECKDB", "DBCC"),
        ("BACKUP DATABASE x TO DISK = 'y'", "BACKUP"),
        ("CREATE TRIGGER t ON u AFTER INSERT AS SELECT 1", "CREATE TRIGGER"),
        ("CREATE TYPE t EXTERNAL NAME a.b", "type of the CLR"),
        ("DECLARE @x XML", "xml"),
        ("EXECUTE AS USER = 'x'", "EXECUTE AS"),
        ("ALTER DATABASE d ADD FILE (NAME = x)", "ALTER DATABASE"),
        ("REVERT", "REVERT"),
        ("WAITFOR TIME '10:00'", "WAITFOR TIME"),
    ],
)
def test_an_unsupported_construct_is_refused_by_name(text: str, name: str) -> None:
    with pytest.raises(SqlError) as caught:
        parse_batch("\n" + text)
    assert caught.value.number == 40510
    assert caught.value.line == 2
    assert name.lower() in caught.value.message.lower()


def test_rollback_takes_a_following_throw_for_a_name_as_sql_server_does() -> None:
    statement = parse_batch("ROLLBACK TRANSACTION THROW").statements[0]
    assert isinstance(statement, syntax.RollbackTransaction)
    assert statement.name == "THROW"
