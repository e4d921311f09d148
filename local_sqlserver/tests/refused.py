"""Constructs that are refused by name, by theme: T-SQL that SQL Server runs, and the name in the refusal.

The README's table of them is made from here: ``python -m tests.refused`` renews it.
"""

from __future__ import annotations

from pathlib import Path

from local_sqlserver.compiler.functions.readme import with_table

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- refused constructs: made by tests.refused -->", "<!-- end of refused constructs -->"

CONSTRUCTS: dict[str, list[tuple[str, str]]] = {
    "objects": [
        ("CREATE TRIGGER g ON t AFTER INSERT AS SELECT 1", "CREATE TRIGGER"),
        ("ALTER SEQUENCE s INCREMENT BY 2", "ALTER SEQUENCE without RESTART"),
        ("CREATE TYPE y EXTERNAL NAME a.b", "type of the CLR"),
        ("CREATE TYPE y AS TABLE (a INT) WITH (MEMORY_OPTIMIZED = ON)", "memory-optimized table type"),
        ("CREATE PARTITION FUNCTION f (INT) AS RANGE LEFT FOR VALUES (1)", "CREATE PARTITION"),
        ("CREATE ASSEMBLY x FROM 0x00", "CREATE ASSEMBLY"),
        ("CREATE TABLE x (a INT, PERIOD FOR SYSTEM_TIME (b, c))", "temporal table"),
        ("CREATE TABLE x (a DATETIME2 GENERATED ALWAYS AS ROW START)", "temporal table"),
        ("CREATE TABLE x (a INT) WITH (SYSTEM_VERSIONING = ON)", "temporal table"),
        ("ALTER TABLE t ADD PERIOD FOR SYSTEM_TIME (b, c)", "temporal table"),
        ("ALTER TABLE t ADD INDEX i (a)", "ALTER TABLE ADD INDEX"),
        ("ALTER INDEX i ON t REBUILD PARTITION = 1", "ALTER INDEX … PARTITION"),
        ("CREATE TABLE x (a INT MASKED WITH (FUNCTION = 'default()'))", "column … MASKED WITH"),
        ("CREATE TABLE x (a XML)", "xml"),
        ("CREATE TABLE x (a GEOGRAPHY)", "geography"),
        ("CREATE TABLE x (a INT) ON scheme (a)", "partition scheme"),
        ("CREATE TABLE ##x (a INT)", "global temporary table"),
        ("ALTER TABLE t SWITCH TO u", "ALTER TABLE … SWITCH"),
        ("DROP TRIGGER g", "DROP TRIGGER"),
        ("CREATE UNIQUE INDEX i ON t (a) WITH (IGNORE_DUP_KEY = ON)", "IGNORE_DUP_KEY = ON"),
        ("DISABLE TRIGGER g ON t", "DISABLE TRIGGER"),
        ("CREATE TABLE x (a INT) AS NODE", "table of a graph"),
        ("CREATE TABLE x (a VARBINARY(MAX) FILESTREAM)", "column … FILESTREAM"),
    ],
    "statements": [
        ("DBCC CHECKDB", "DBCC"),
        ("BACKUP DATABASE x TO DISK = 'y'", "BACKUP"),
        ("RESTORE DATABASE x FROM DISK = 'y'", "RESTORE"),
        ("KILL 51", "KILL"),
        ("RECONFIGURE", "RECONFIGURE"),
        ("CHECKPOINT", "CHECKPOINT"),
        ("REVERT", "REVERT"),
        ("EXECUTE AS USER = 'x'", "EXECUTE AS"),
        ("EXEC ('SELECT 1') AS USER = 'x'", "EXEC (…) AS"),
        ("EXEC p WITH RESULT SETS (AS OBJECT t)", "WITH RESULT SETS (AS OBJECT …)"),
        ("WAITFOR TIME '10:00'", "WAITFOR TIME"),
        ("BEGIN DISTRIBUTED TRANSACTION", "BEGIN DISTRIBUTED"),
        ("BEGIN TRANSACTION x WITH MARK 'y'", "BEGIN TRANSACTION … WITH MARK"),
        ("COMMIT TRANSACTION WITH (DELAYED_DURABILITY = ON)", "COMMIT … WITH (DELAYED_DURABILITY)"),
        ("INSERT t (a) OUTPUT inserted.a EXEC ('SELECT 1')", "INSERT … EXEC with OUTPUT"),
        ("DELETE t WHERE CURRENT OF c", "WHERE CURRENT OF"),
        ("DECLARE @v INT; UPDATE t SET @v = @v + a", "UPDATE … SET @variable that reads the variable again"),
        ("DECLARE c CURSOR KEYSET FOR SELECT a FROM t", "KEYSET cursor"),
        ("DECLARE @x XML", "xml"),
        ("SET ANSI_NULLS OFF", "SET ANSI_NULLS"),
        ("SET LANGUAGE German", "SET LANGUAGE"),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "ISOLATION LEVEL SERIALIZABLE"),
        ("CREATE LOGIN l FROM WINDOWS", "CREATE LOGIN … FROM"),
        ("ALTER DATABASE D ADD FILE (NAME = x)", "ALTER DATABASE … ADD"),
        ("CREATE DATABASE x ON (NAME = x), FILEGROUP y (NAME = z)", "CREATE DATABASE … FILEGROUP"),
        ("CREATE DATABASE AUDIT SPECIFICATION x FOR SERVER AUDIT y", "CREATE DATABASE AUDIT SPECIFICATION"),
        ("CREATE SERVER AUDIT x TO FILE (FILEPATH = 'y')", "CREATE SERVER"),
        ("ADD SENSITIVITY CLASSIFICATION TO t.a WITH (LABEL = 'x')", "ADD SENSITIVITY"),
        ("DROP SENSITIVITY CLASSIFICATION FROM t.a", "DROP SENSITIVITY"),
        ("GRANT SELECT ON t (a) TO public", "permission on columns"),
        ("GRANT SELECT ON t TO public WITH GRANT OPTION", "WITH GRANT OPTION"),
        ("CREATE CERTIFICATE c FROM FILE = 'x'", "CREATE CERTIFICATE … FROM"),
        ("ADD COUNTER SIGNATURE TO p BY CERTIFICATE c", "countersignature"),
        ("TRUNCATE TABLE t WITH (PARTITIONS (1))", "TRUNCATE TABLE … WITH (PARTITIONS …)"),
        ("BULK INSERT t FROM 'x' WITH (ORDER (a))", "BULK INSERT with ORDER (…)"),
        ("OPEN SYMMETRIC KEY k DECRYPTION BY CERTIFICATE c", "OPEN SYMMETRIC KEY"),
        ("OPEN MASTER KEY DECRYPTION BY PASSWORD = 'x'", "OPEN MASTER KEY"),
        ("CLOSE SYMMETRIC KEY k", "CLOSE SYMMETRIC KEY"),
        ("CLOSE ALL SYMMETRIC KEYS", "CLOSE ALL SYMMETRIC KEYS"),
        ("CLOSE MASTER KEY", "CLOSE MASTER KEY"),
        ("SEND ON CONVERSATION 1 MESSAGE TYPE m", "SEND ON CONVERSATION"),
        ("RECEIVE TOP (1) * FROM q", "RECEIVE"),
        ("DECLARE @h UNIQUEIDENTIFIER; BEGIN END CONVERSATION @h END", "END CONVERSATION"),
        ("DECLARE @h UNIQUEIDENTIFIER; GET CONVERSATION GROUP @h FROM q", "GET CONVERSATION"),
        ("DECLARE @h UNIQUEIDENTIFIER; MOVE CONVERSATION @h TO @h", "MOVE CONVERSATION"),
        ("DECLARE @@v INT", "local variable whose name begins with @@"),
        ("INSERT OPENQUERY(s, 'SELECT 1') VALUES (1)", "OPENQUERY"),
        ("UPDATE OPENDATASOURCE('p', 's').d.dbo.t SET a = 1", "OPENDATASOURCE"),
        ("WITH CHANGE_TRACKING_CONTEXT (0x01) DELETE t", "WITH CHANGE_TRACKING_CONTEXT"),
    ],
    "queries": [
        ("SELECT a FROM t FOR XML AUTO", "FOR XML AUTO"),
        ("SELECT a FROM t FOR XML PATH, TYPE", "FOR XML … TYPE"),
        ("SELECT a FROM t FOR XML RAW, ELEMENTS XSINIL", "FOR XML … ELEMENTS XSINIL"),
        ("SELECT {fn NOW()}", "ODBC escape {fn …}"),
        ("SELECT {t '10:00:00'}", "ODBC escape {t …}"),
        ("SELECT a FROM t TABLESAMPLE (10 PERCENT)", "TABLESAMPLE"),
        ("SELECT a FROM t FOR SYSTEM_TIME ALL", "FOR SYSTEM_TIME"),
        ("SELECT * FROM OPENQUERY(s, 'SELECT 1')", "OPENQUERY"),
        ("SELECT NEXT VALUE FOR s OVER (ORDER BY a) FROM t", "NEXT VALUE FOR … OVER"),
        ("SELECT a FROM t OPTION (USE PLAN N'<x/>')", "query hint"),
        ("SELECT * FROM server1.D.dbo.t", "linked server"),
        ("SELECT CAST(1 AS XML)", "xml"),
        ("WITH XMLNAMESPACES ('u' AS n) SELECT 1 AS a FOR XML PATH", "WITH XMLNAMESPACES"),
        ("SELECT a FROM t GROUP BY ALL a", "GROUP BY ALL"),
        ("SELECT a FROM t WHERE CONTAINS(b, 'x')", "predicate CONTAINS"),
        ("SELECT a FROM t WHERE NOT FREETEXT(*, 'x')", "predicate FREETEXT"),
        ("SELECT a FROM t, u WHERE MATCH(t-(u)->t)", "predicate MATCH"),
        ("SELECT $PARTITION.f(1)", "$PARTITION"),
        ("SELECT a FROM CHANGETABLE(CHANGES t, 0) AS c", "CHANGETABLE"),
    ],
}
STATEMENTS = [pair for pairs in CONSTRUCTS.values() for pair in pairs]


def markdown() -> str:
    """A row a theme: the names of its constructs."""
    rows = [
        f"| {theme} | {', '.join(sorted({name for _, name in pairs}, key=str.lower))} |"
        for theme, pairs in CONSTRUCTS.items()
    ]
    return "\n".join(["| refused by name (40510) | |", "|---|---|", *rows])


def renewed(readme: str) -> str:
    """The text of the README with the table of now between its markers; raises ValueError without them."""
    return with_table(readme, BEGIN, markdown(), END)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
