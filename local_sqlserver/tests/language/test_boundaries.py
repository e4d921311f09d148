"""Statements need no semicolons: the parser returns any list of them as the same list."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from tests import SOAK

DECLARED = "DECLARE @i INT, @n NVARCHAR(20), @d DATE DECLARE @t TABLE (a INT, b NVARCHAR(10)); "

STATEMENTS = [
    "SELECT 1",
    "SELECT a, b AS c, [d e] f FROM s.t AS x",
    "SELECT TOP (3) WITH TIES a FROM t ORDER BY a DESC",
    "SELECT a FROM t WITH (NOLOCK) WHERE a IN (SELECT b FROM u) OR b LIKE 'x%' ESCAPE '!'",
    "SELECT a FROM t WHERE NOT a BETWEEN 1 AND 2 AND b IS NOT NULL",
    "SELECT a, COUNT(*) FROM t GROUP BY a HAVING COUNT(*) > 1",
    "SELECT a FROM t GROUP BY a WITH ROLLUP",
    "SELECT a FROM t GROUP BY GROUPING SETS ((a), ())",
    "SELECT a FROM t ORDER BY a OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY",
    "SELECT a FROM t UNION ALL SELECT b FROM u EXCEPT SELECT 3",
    "SELECT * FROM a INNER MERGE JOIN b ON a.i = b.i LEFT JOIN c ON c.i = b.i",
    "SELECT * FROM a CROSS APPLY (SELECT TOP 1 b FROM u WHERE u.i = a.i) AS y",
    "SELECT CASE WHEN @i = 1 THEN 2 ELSE 3 END",
    "SELECT SUM(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t",
    "SELECT @i = a, @n = b FROM t",
    "SELECT a INTO #x FROM t OPTION (MAXDOP 1)",
    "INSERT INTO t (a, b) VALUES (1, N'x'), (2, DEFAULT)",
    "INSERT @t SELECT a, b FROM t",
    "INSERT INTO t DEFAULT VALUES",
    "INSERT INTO t (a) EXEC p @i, N'x'",
    "INSERT INTO t (a) EXEC (@n)",
    "INSERT INTO t (a) OUTPUT inserted.a INTO u (b) SELECT 1",
    "UPDATE t SET a = 1, b += N'y' OUTPUT deleted.a FROM t INNER JOIN u ON t.i = u.i WHERE u.b = 2",
    "UPDATE t SET a = (SELECT MAX(b) FROM u)",
    "DELETE t",
    "DELETE TOP (5) FROM t WHERE a = 1",
    "DELETE x FROM t AS x INNER JOIN u ON u.i = x.i",
    "MERGE t AS x USING u ON x.i = u.i WHEN MATCHED THEN UPDATE SET a = 1"
    " WHEN NOT MATCHED THEN INSERT (i) VALUES (u.i) OUTPUT $action;",
    "TRUNCATE TABLE s.t",
    "DECLARE @unused INT",
    "SET @i = 1 + 2 * (3 - @i)",
    "SET @n += N'x' COLLATE Latin1_General_100_BIN2",
    "SET NOCOUNT, XACT_ABORT ON",
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET IDENTITY_INSERT s.t OFF",
    "SET LOCK_TIMEOUT -1",
    "IF @i = 1 PRINT 'a' ELSE PRINT 'b'",
    "IF EXISTS (SELECT 1 FROM t) BEGIN SELECT 1 SELECT 2 END",
    "IF @d IS NULL THROW 50001, N'x', 1",
    "WHILE @i < 3 BEGIN SET @i += 1 IF @i = 2 CONTINUE BREAK END",
    "BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH THROW END CATCH",
    "BEGIN TRANSACTION",
    "COMMIT TRANSACTION",
    "ROLLBACK",
    "PRINT CONCAT(@n, N'x')",
    "RAISERROR(N'x %d', 16, 1, @i) WITH NOWAIT",
    "RETURN",
    "EXEC p",
    "EXEC s.p @a = 1, @b = N'x', @c = DEFAULT",
    "EXEC @i = p -1, @n OUTPUT, NULL, word",
    "EXEC (@n + N'x')",
    "EXECUTE sp_executesql N'SELECT 1'",
    "WAITFOR DELAY '00:00:00'",
    "USE d",
    "DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT a FROM t",
    "OPEN c",
    "FETCH NEXT FROM c INTO @i",
    "CLOSE c",
    "DEALLOCATE c",
    "CREATE TABLE #t (a INT NOT NULL DEFAULT 1 + 2, b AS (a * 2), CONSTRAINT pk PRIMARY KEY (a))",
    "CREATE UNIQUE INDEX i ON t (a) INCLUDE (b) WHERE a > 0",
    "ALTER TABLE t ADD c INT NULL, d NVARCHAR(5) NOT NULL CONSTRAINT df DEFAULT N'e'",
    "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)",
    "ALTER TABLE t ALTER COLUMN a BIGINT NOT NULL",
    "ALTER TABLE t DROP COLUMN b",
    "DROP TABLE IF EXISTS s.t, u",
    "DROP PROCEDURE p",
    "DROP INDEX i ON t",
    "CREATE DATABASE d",
    "ALTER DATABASE d SET SINGLE_USER WITH ROLLBACK IMMEDIATE",
    "GRANT SELECT, EXECUTE ON SCHEMA::s TO r",
    "DENY VIEW DEFINITION TO r",
    "REVOKE INSERT ON dbo.t FROM r",
    "CREATE ROLE r",
    "ALTER ROLE r ADD MEMBER u",
    "CREATE USER u WITHOUT LOGIN",
    "DROP USER IF EXISTS u",
    "BULK INSERT s.t FROM 'x.csv' WITH (FIRSTROW = 2, TABLOCK)",
]
AFTER_A_SEMICOLON = [
    "(SELECT a FROM t) UNION (SELECT b FROM u)",
    "WITH c AS (SELECT 1 AS a) SELECT a FROM c",
    "THROW 50001, N'x', 1",
]


def read(text: str) -> tuple[syntax.Statement, ...]:
    """The statements after the declarations."""
    return parse_batch(DECLARED + text).statements[2:]


@settings(max_examples=300 * SOAK, deadline=None)
@given(
    st.lists(st.sampled_from([*STATEMENTS, *AFTER_A_SEMICOLON]), max_size=8), st.sampled_from([" ", "\n", "\n-- x\n"])
)
def test_a_list_of_statements_is_read_back_as_the_same_list(texts: list[str], between: str) -> None:
    texts = [text.replace("@unused", f"@unused{place}") for place, text in enumerate(texts)]
    joined = between.join(f"; {text}" if text in AFTER_A_SEMICOLON else text for text in texts)
    expected = [statement for text in texts for statement in read(text)]
    assert list(read(joined)) == expected


@given(st.sampled_from(STATEMENTS))
def test_a_statement_ends_where_a_block_does(text: str) -> None:
    (block,) = read(f"BEGIN {text} END")
    assert isinstance(block, syntax.Block)
    assert block.statements == read(text)
