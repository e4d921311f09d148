-- chapter: INSERT, UPDATE, DELETE, MERGE
-- source: statements/insert-transact-sql
CREATE TABLE #t (a int, b varchar(5)); INSERT INTO #t VALUES (1, 'x'), (2, NULL); SELECT @@ROWCOUNT; SELECT a, b FROM #t ORDER BY a
--> 2
--> next result
--> 1 | 'x'
--> 2 | NULL
CREATE TABLE #t (a int, b varchar(5) DEFAULT 'd', c int NULL); INSERT #t (a) VALUES (1); INSERT #t (a, b) VALUES (2, DEFAULT); INSERT #t DEFAULT VALUES; SELECT a, b, c FROM #t ORDER BY a
--> NULL | 'd' | NULL
--> 1 | 'd' | NULL
--> 2 | 'd' | NULL
CREATE TABLE #t (a int, b int); INSERT #t (b, a) VALUES (1, 2); SELECT a, b FROM #t
--> 2 | 1
CREATE TABLE #t (a int); INSERT #t SELECT v FROM (VALUES (1), (2)) AS s (v); INSERT #t SELECT a + 10 FROM #t; SELECT SUM(a) FROM #t
--> 26
CREATE TABLE #t (a int); INSERT #t EXEC ('SELECT 1 UNION ALL SELECT 2'); SELECT COUNT(*) FROM #t
--> 2
CREATE TABLE #t (a int, b int); INSERT #t EXEC ('SELECT 1')
--> error 213: Column name or number of supplied values does not match table definition.
CREATE TABLE #t (a int, b int); INSERT #t VALUES (1)
--> error 213: Column name or number of supplied values does not match table definition.
CREATE TABLE #t (a int, b int); INSERT #t (a, b) VALUES (1)
--> error 109: There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.
CREATE TABLE #t (a int, b int); INSERT #t (a) VALUES (1, 2)
--> error 110: There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.
CREATE TABLE #t (a int, b int); INSERT #t (a, b) SELECT 1
--> error 120: The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns.
CREATE TABLE #t (a int, b int); INSERT #t (a) SELECT 1, 2
--> error 121: The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.
CREATE TABLE #t (a int, b int); INSERT #t (a, a) VALUES (1, 2)
--> error 264
CREATE TABLE #t (a int); INSERT #t (z) VALUES (1)
--> error 207: Invalid column name 'z'.
CREATE TABLE dbo.t (a int NOT NULL); INSERT dbo.t VALUES (NULL)
--> error 515: Cannot insert the value NULL into column 'a', table 'Own.dbo.t'; column does not allow nulls. INSERT fails.
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int NOT NULL, b int); INSERT dbo.t (b) VALUES (1)
--> error 515: Cannot insert the value NULL into column 'a', table 'Own.dbo.t'; column does not allow nulls. INSERT fails.
--> message: The statement has been terminated.
CREATE TABLE #t (a tinyint); INSERT #t VALUES (300)
--> error 220: Arithmetic overflow error for data type tinyint, value = 300.
--> message: The statement has been terminated.
CREATE TABLE dbo.t (v varchar(3)); INSERT dbo.t VALUES ('abcdef')
--> error 2628: String or binary data would be truncated in table 'Own.dbo.t', column 'v'. Truncated value: 'abc'.
--> message: The statement has been terminated.
CREATE TABLE #t (a int); INSERT #t VALUES ('x')
--> error 245: Conversion failed when converting the varchar value 'x' to data type int.
CREATE TABLE #t (a date); INSERT #t VALUES (5)
--> error 206: Operand type clash: int is incompatible with date
CREATE TABLE #t (a int, b AS a * 2); INSERT #t (a) VALUES (3); SELECT a, b FROM #t
--> 3 | 6
CREATE TABLE #t (a int, b AS a * 2); INSERT #t (a, b) VALUES (3, 6)
--> error 271: The column "b" cannot be modified because it is either a computed column or is the result of a UNION operator.
CREATE TABLE #t (a int); INSERT TOP (1) INTO #t SELECT v FROM (VALUES (1), (2)) AS s (v); SELECT COUNT(*) FROM #t
--> 1
WITH c AS (SELECT 5 AS a) INSERT INTO dbo.nosuch SELECT a FROM c
--> error 208: Invalid object name 'dbo.nosuch'.
-- source: statements/insert-transact-sql, identity
CREATE TABLE #t (id int IDENTITY, v int); INSERT #t VALUES (10), (20); INSERT #t (v) VALUES (30); SELECT id, v FROM #t ORDER BY id
--> 1 | 10
--> 2 | 20
--> 3 | 30
CREATE TABLE #t (id int IDENTITY(100, -5), v int); INSERT #t VALUES (1), (2); SELECT id FROM #t ORDER BY id
--> 95
--> 100
CREATE TABLE dbo.t (id int IDENTITY, v int); INSERT dbo.t (id, v) VALUES (1, 1)
--> error 544: Cannot insert explicit value for identity column in table 't' when IDENTITY_INSERT is set to OFF.
CREATE TABLE #t (id int IDENTITY, v int); INSERT #t VALUES (1); SELECT SCOPE_IDENTITY(), @@IDENTITY
--: numeric(38,0), numeric(38,0)
--> 1 | 1
CREATE TABLE #t (id int IDENTITY, v int); INSERT #t VALUES (1); DELETE #t; INSERT #t VALUES (2); SELECT id FROM #t; TRUNCATE TABLE #t; INSERT #t VALUES (3); SELECT id FROM #t
--> 2
--> next result
--> 1
CREATE TABLE #t (id int IDENTITY, v int); BEGIN TRAN; INSERT #t VALUES (1); ROLLBACK; INSERT #t VALUES (2); SELECT id FROM #t
--> 2
CREATE TABLE #t (id int IDENTITY, v int); INSERT #t VALUES (1); SELECT $IDENTITY, IDENTITYCOL FROM #t
--> 1 | 1
CREATE TABLE #t (id int IDENTITY, v int); UPDATE #t SET id = 5
--> error 8102: Cannot update identity column 'id'.
CREATE TABLE dbo.t (id int IDENTITY(5, 2), v int); INSERT dbo.t VALUES (1), (2); SELECT IDENT_CURRENT('dbo.t'), IDENT_SEED('dbo.t'), IDENT_INCR('dbo.t')
--: numeric(38,0), numeric(38,0), numeric(38,0)
--> 7 | 5 | 2
CREATE TABLE #t (id tinyint IDENTITY(255, 1), v int); INSERT #t VALUES (1); INSERT #t VALUES (2)
--> error 8115: Arithmetic overflow error converting IDENTITY to data type tinyint.
--> message: Arithmetic overflow occurred.
-- source: statements/set-identity-insert-transact-sql
CREATE TABLE dbo.t (id int IDENTITY, v int); SET IDENTITY_INSERT dbo.t ON; INSERT dbo.t (id, v) VALUES (10, 1); SET IDENTITY_INSERT dbo.t OFF; INSERT dbo.t VALUES (2); SELECT id FROM dbo.t ORDER BY id
--> 10
--> 11
CREATE TABLE dbo.t (id int IDENTITY, v int); SET IDENTITY_INSERT dbo.t ON; INSERT dbo.t (v) VALUES (1)
--> error 545: Explicit value must be specified for identity column in table 't' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.
CREATE TABLE dbo.t (id int IDENTITY, v int); SET IDENTITY_INSERT dbo.t ON; INSERT dbo.t VALUES (1, 1)
--> error 8101: An explicit value for the identity column in table 'dbo.t' can only be specified when a column list is used and IDENTITY_INSERT is ON.
CREATE TABLE dbo.t (id int IDENTITY); CREATE TABLE dbo.u (id int IDENTITY); SET IDENTITY_INSERT dbo.t ON; SET IDENTITY_INSERT dbo.u ON
--> error 8107: IDENTITY_INSERT is already ON for table 'Own.dbo.t'. Cannot perform SET operation for table 'dbo.u'.
CREATE TABLE dbo.t (a int); SET IDENTITY_INSERT dbo.t ON
--> error 8106: Table 'dbo.t' does not have the identity property. Cannot perform SET operation.
CREATE TABLE #t (id int IDENTITY, v int); SET IDENTITY_INSERT #t ON; INSERT #t (id, v) VALUES (5, 1); SET IDENTITY_INSERT #t OFF; INSERT #t VALUES (2); SELECT id FROM #t ORDER BY id
--> 5
--> 6
-- source: database-console-commands/dbcc-checkident-transact-sql
CREATE TABLE dbo.t (id int IDENTITY, v int); INSERT dbo.t VALUES (1); DBCC CHECKIDENT ('dbo.t', RESEED, 10) WITH NO_INFOMSGS; INSERT dbo.t VALUES (2); SELECT MAX(id) FROM dbo.t
--> 11
-- source: queries/update-transact-sql
CREATE TABLE #t (a int, b int); INSERT #t VALUES (1, 10), (2, 20); UPDATE #t SET b = b + 1 WHERE a = 1; SELECT @@ROWCOUNT; SELECT a, b FROM #t ORDER BY a
--> 1
--> next result
--> 1 | 11
--> 2 | 20
CREATE TABLE #t (a int, b int); INSERT #t VALUES (1, 2); UPDATE #t SET a = b, b = a; SELECT a, b FROM #t
--> 2 | 1
CREATE TABLE #t (a int, b int); INSERT #t VALUES (1, 0), (2, 0), (3, 0); UPDATE t SET b = s.v FROM #t AS t JOIN (VALUES (1, 100), (2, 200)) AS s (k, v) ON t.a = s.k; SELECT a, b FROM #t ORDER BY a
--> 1 | 100
--> 2 | 200
--> 3 | 0
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2), (3); UPDATE TOP (2) #t SET a = 0; SELECT COUNT(*) FROM #t WHERE a = 0
--> 2
CREATE TABLE #t (a int, b int DEFAULT 7); INSERT #t VALUES (1, 1); UPDATE #t SET b = DEFAULT; SELECT b FROM #t
--> 7
CREATE TABLE #t (a int); INSERT #t VALUES (1); UPDATE #t SET a += 5; SELECT a FROM #t
--> 6
CREATE TABLE #t (a int); INSERT #t VALUES (1); DECLARE @v int; UPDATE #t SET @v = a = a + 1; SELECT @v, a FROM #t
--> 2 | 2
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); WITH c AS (SELECT a FROM #t WHERE a > 1) UPDATE c SET a = 9; SELECT a FROM #t ORDER BY a
--> 1
--> 9
CREATE TABLE #t (a int, a2 int); UPDATE #t SET a = 1, a = 2
--> error 264
CREATE TABLE dbo.t (a int NOT NULL); INSERT dbo.t VALUES (1); UPDATE dbo.t SET a = NULL
--> error 515: Cannot insert the value NULL into column 'a', table 'Own.dbo.t'; column does not allow nulls. UPDATE fails.
--> message: The statement has been terminated.
CREATE TABLE #t (a int); UPDATE #t SET a = COUNT(*)
--> error 157: An aggregate may not appear in the set list of an UPDATE statement.
CREATE TABLE #t (v varchar(max)); INSERT #t VALUES ('abc'); UPDATE #t SET v.WRITE('X', 1, 1); SELECT v FROM #t
--> 'aXc'
--! refused: column.WRITE
-- source: statements/delete-transact-sql
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2), (3); DELETE FROM #t WHERE a > 1; SELECT @@ROWCOUNT, COUNT(*) FROM #t
--> 2 | 1
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); DELETE t FROM #t AS t JOIN (VALUES (1)) AS s (k) ON t.a = s.k; SELECT a FROM #t
--> 2
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2), (3); DELETE TOP (2) #t; SELECT COUNT(*) FROM #t
--> 1
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); WITH c AS (SELECT TOP (1) a FROM #t ORDER BY a DESC) DELETE FROM c; SELECT a FROM #t
--> 1
CREATE TABLE #t (a int); INSERT #t VALUES (1); DELETE #t WHERE a IN (SELECT a FROM #t); SELECT COUNT(*) FROM #t
--> 0
-- source: statements/truncate-table-transact-sql
CREATE TABLE #t (a int); INSERT #t VALUES (1); TRUNCATE TABLE #t; SELECT COUNT(*) FROM #t
--> 0
CREATE TABLE #t (a int); INSERT #t VALUES (1); BEGIN TRAN; TRUNCATE TABLE #t; ROLLBACK; SELECT COUNT(*) FROM #t
--> 1
TRUNCATE TABLE dbo.nosuch
--> error 4701
-- source: queries/output-clause-transact-sql
CREATE TABLE #t (id int IDENTITY, a int); INSERT #t OUTPUT inserted.id, inserted.a VALUES (10), (20)
--> 1 | 10
--> 2 | 20
CREATE TABLE #t (a int); INSERT #t VALUES (1); UPDATE #t SET a = 2 OUTPUT deleted.a, inserted.a, inserted.a - deleted.a
--> 1 | 2 | 1
CREATE TABLE #t (a int, b int); INSERT #t VALUES (1, 2); DELETE #t OUTPUT deleted.*
--> 1 | 2
CREATE TABLE #t (a int); DECLARE @o TABLE (x int); INSERT #t OUTPUT inserted.a * 2 INTO @o VALUES (5); SELECT x FROM @o
--> 10
CREATE TABLE #t (a int); CREATE TABLE #o (x int, y varchar(3)); INSERT #t OUTPUT inserted.a, 'new' INTO #o (x, y) VALUES (5); SELECT x, y FROM #o
--> 5 | 'new'
CREATE TABLE #t (a int); INSERT #t OUTPUT deleted.a VALUES (1)
--> error 4104: The multi-part identifier "deleted.a" could not be bound.
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); DELETE t OUTPUT deleted.a, s.v FROM #t AS t JOIN (VALUES (1, 'x')) AS s (k, v) ON k = a
--> 1 | 'x'
-- source: statements/merge-transact-sql
CREATE TABLE #t (id int, v int); INSERT #t VALUES (1, 10), (2, 20); MERGE #t AS t USING (VALUES (2, 25), (3, 30)) AS s (id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v); SELECT @@ROWCOUNT; SELECT id, v FROM #t ORDER BY id
--> 2
--> next result
--> 1 | 10
--> 2 | 25
--> 3 | 30
CREATE TABLE #t (id int, v int); INSERT #t VALUES (1, 10), (2, 20); MERGE #t AS t USING (VALUES (2, 25)) AS s (id, v) ON t.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE; SELECT id FROM #t
--> 2
CREATE TABLE #t (id int, v int); INSERT #t VALUES (1, 10); MERGE #t AS t USING (VALUES (1, 11), (2, 22)) AS s (id, v) ON t.id = s.id WHEN MATCHED AND s.v > 100 THEN DELETE WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED BY TARGET AND s.v > 100 THEN INSERT VALUES (s.id, s.v); SELECT id, v FROM #t
--> 1 | 11
CREATE TABLE #t (id int, v int); CREATE TABLE #o (a nvarchar(10), d int, i int); INSERT #t VALUES (1, 10), (2, 20); MERGE #t AS t USING (VALUES (2, 25), (3, 30)) AS s (id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v) WHEN NOT MATCHED BY SOURCE THEN DELETE OUTPUT $action, deleted.id, inserted.id INTO #o; SELECT a, d, i FROM #o ORDER BY a
--> 'DELETE' | 1 | NULL
--> 'INSERT' | NULL | 3
--> 'UPDATE' | 2 | 2
CREATE TABLE #t (id int, v int); INSERT #t VALUES (1, 10); MERGE #t USING (VALUES (1, 25), (2, 30)) AS s (id, v) ON #t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (id, v); SELECT id, v FROM #t ORDER BY id
--> 1 | 25
--> 2 | 30
CREATE TABLE #t (id int, v int); INSERT #t VALUES (1, 10); MERGE #t AS t USING (VALUES (1, 1), (1, 2)) AS s (id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v;
--> error 8672
--> message: The statement has been terminated.
CREATE TABLE #t (id int); MERGE #t AS t USING (VALUES (1)) AS s (id) ON t.id = s.id WHEN MATCHED THEN DELETE
--> error 10713: A MERGE statement must be terminated by a semi-colon (;).
CREATE TABLE #t (id int); MERGE #t AS t USING (VALUES (1)) AS s (id) ON t.id = s.id WHEN MATCHED THEN INSERT VALUES (1);
--> error 10711
CREATE TABLE #t (id int, v int); INSERT #t VALUES (1, 1); MERGE TOP (1) #t AS t USING (VALUES (5, 5), (6, 6)) AS s (id, v) ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v); SELECT COUNT(*) FROM #t
--> 2
CREATE TABLE #t (id int); DECLARE @o TABLE (a nvarchar(10), id int); MERGE #t AS t USING (VALUES (7)) AS s (id) ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (s.id) OUTPUT $action, inserted.id INTO @o; SELECT a, id FROM @o
--> 'INSERT' | 7
-- source: language-elements/select-local-variable-transact-sql
DECLARE @v int = 5; SELECT @v = v FROM (VALUES (1)) AS t (v) WHERE 1 = 0; SELECT @v
--> 5
DECLARE @v int = 5; SELECT @v = (SELECT v FROM (VALUES (1)) AS t (v) WHERE 1 = 0); SELECT @v
--> NULL
DECLARE @a int, @b varchar(5); SELECT @a = 1, @b = 'x'; SELECT @a, @b
--> 1 | 'x'
DECLARE @s varchar(20) = ''; SELECT @s = @s + v FROM (VALUES ('a'), ('b'), ('c')) AS t (v); SELECT @s
--> 'abc'
DECLARE @n int = 0; SELECT @n += v FROM (VALUES (1), (2), (3)) AS t (v); SELECT @n
--> 6
DECLARE @a int; SELECT @a = 1, 2
--> error 141: A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.
-- source: language-elements/set-local-variable-transact-sql
DECLARE @v int; SET @v = (SELECT MAX(v) FROM (VALUES (1), (3)) AS t (v)); SELECT @v
--> 3
DECLARE @v int; SET @v = (SELECT v FROM (VALUES (1), (2)) AS t (v))
--> error 512
SET @v = 1
--> error 137: Must declare the scalar variable "@v".
DECLARE @v varchar(3); SET @v = 'abcdef'; SELECT @v
--> 'abc'
-- source: language-elements/declare-local-variable-transact-sql
DECLARE @a int, @b int = 2; SELECT @a, @b
--> NULL | 2
DECLARE @a int = 1, @a int = 2
--> error 134: The variable name '@a' has already been declared. Variable names must be unique within a query batch or stored procedure.
DECLARE @a int = 1
GO
SELECT @a
--> error 137: Must declare the scalar variable "@a".
IF 1 = 0 BEGIN DECLARE @x int = 5 END; SELECT @x
--> NULL
DECLARE @i int = 0; WHILE @i < 2 BEGIN DECLARE @n int; SET @n = ISNULL(@n, 0) + 1; SET @i += 1 END; SELECT @n
--> 2
-- source: data-types/table-transact-sql
DECLARE @t TABLE (id int IDENTITY PRIMARY KEY, v int NOT NULL DEFAULT 5, CHECK (v > 0)); INSERT @t DEFAULT VALUES; INSERT @t VALUES (6); SELECT id, v FROM @t ORDER BY id
--> 1 | 5
--> 2 | 6
DECLARE @t TABLE (a int); BEGIN TRAN; INSERT @t VALUES (1); ROLLBACK; SELECT COUNT(*) FROM @t
--> 1
DECLARE @t TABLE (a int PRIMARY KEY); INSERT @t VALUES (1), (1)
--> error 2627
--> message: The statement has been terminated.
SELECT * FROM @t
--> error 1087: Must declare the table variable "@t".
DECLARE @t TABLE (a int); INSERT @t VALUES (1), (2); UPDATE t SET a = a * 10 FROM @t AS t WHERE a = 2; DELETE @t WHERE a = 1; SELECT a FROM @t
--> 20
DECLARE @t TABLE (a int); TRUNCATE TABLE @t
--> error 102
DECLARE @t TABLE (a int); SELECT @t.a FROM @t
--> error 137
-- source: queries/output-clause-transact-sql, restrictions
CREATE TABLE dbo.t (a int); CREATE TABLE dbo.l (x int CONSTRAINT c CHECK (x > 0)); INSERT dbo.t OUTPUT inserted.a INTO dbo.l VALUES (1)
--> error 333: The target table 'dbo.l' of the OUTPUT INTO clause cannot have any enabled check constraints or any enabled rules. Found check constraint or rule 'c'.
CREATE TABLE dbo.t (a int); CREATE TABLE dbo.q (x int PRIMARY KEY); CREATE TABLE dbo.l (x int CONSTRAINT f REFERENCES dbo.q); INSERT dbo.t OUTPUT inserted.a INTO dbo.l VALUES (1)
--> error 332: The target table 'dbo.l' of the OUTPUT INTO clause cannot be on either side of a (primary key, foreign key) relationship. Found reference constraint 'f'.
CREATE TABLE dbo.t (a int); CREATE TABLE dbo.q (x int PRIMARY KEY); CREATE TABLE dbo.l (x int CONSTRAINT f REFERENCES dbo.q); DELETE dbo.t OUTPUT deleted.a INTO dbo.q
--> error 332: The target table 'dbo.q' of the OUTPUT INTO clause cannot be on either side of a (primary key, foreign key) relationship. Found reference constraint 'f'.
CREATE TABLE #t (a int); UPDATE #t SET a = 6 OUTPUT (SELECT 1)
--> error 10705: Subqueries are not allowed in the OUTPUT clause.
CREATE TABLE #t (a int); INSERT #t OUTPUT COUNT(*) VALUES (5)
--> error 158: An aggregate may not appear in the OUTPUT clause.
-- source: queries/output-clause-transact-sql, both clauses
CREATE TABLE #t (a int); DECLARE @l TABLE (x int, y varchar(3)); INSERT #t OUTPUT inserted.a, 'new' INTO @l OUTPUT inserted.a + 1 VALUES (1), (2); SELECT x, y FROM @l ORDER BY x
--> 2
--> 3
--> next result
--> 1 | 'new'
--> 2 | 'new'
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); DECLARE @l TABLE (x int); UPDATE #t SET a = a * 10 OUTPUT deleted.a INTO @l OUTPUT inserted.a WHERE a = 2; SELECT x FROM @l
--> 20
--> next result
--> 2
CREATE TABLE #t (a int); WITH c AS (SELECT a FROM #t) INSERT c VALUES (1); SELECT a FROM #t
--> 1
--! refused: INSERT or MERGE into a common table expression

-- source: relational-databases/errors-events/database-engine-events-and-errors-8000-to-8999, 8101
CREATE TABLE #t (id int IDENTITY, a int); INSERT #t VALUES (1, 2)
--> error 8101: An explicit value for the identity column in table '#t' can only be specified when a column list is used and IDENTITY_INSERT is ON.
CREATE TABLE #t (id int IDENTITY, a int); INSERT #t SELECT 1, 2
--> error 8101
CREATE TABLE #t (id int IDENTITY, a int); INSERT #t VALUES (1, 2, 3)
--> error 213
-- source: queries/table-value-constructor-transact-sql, limitations
CREATE TABLE #t (a int, b int); INSERT #t VALUES (1, 2), (3)
--> error 10709: The number of columns for each row in a table value constructor must be the same.
CREATE TABLE #t (a int, b int); INSERT #t (a) VALUES (1), (3, 4)
--> error 10709
-- source: functions/rowcount-transact-sql, TRUNCATE TABLE counts no rows
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); TRUNCATE TABLE #t; SELECT @@ROWCOUNT
--> 0
-- source: queries/output-clause-transact-sql, DELETED and INSERTED of a view, common table expression or derived table
CREATE TABLE dbo.t (id int IDENTITY, a int, b varchar(10) DEFAULT 'q'); INSERT dbo.t (a) VALUES (1), (2), (3)
GO
CREATE VIEW dbo.v AS SELECT id, a, a * 10 AS ten FROM dbo.t
GO
DELETE dbo.v OUTPUT deleted.id, deleted.ten WHERE a = 1; UPDATE dbo.v SET a = 5 OUTPUT inserted.a, deleted.* WHERE id = 2
--> 1 | 10
--> next result
--> 5 | 2 | 2 | 20
CREATE TABLE #t (id int, g int); INSERT #t VALUES (1, 1), (2, 1), (3, 2), (4, 2), (5, 2); DECLARE @d TABLE (id int, rn int); WITH d AS (SELECT id, ROW_NUMBER() OVER (PARTITION BY g ORDER BY id DESC) AS rn FROM #t) DELETE FROM d OUTPUT deleted.id, deleted.rn INTO @d WHERE rn > 1; SELECT id, rn FROM @d ORDER BY id; SELECT id FROM #t ORDER BY id
--> 1 | 2
--> 3 | 3
--> 4 | 2
--> next result
--> 2
--> 5
CREATE TABLE #t (id int, g int); INSERT #t VALUES (1, 1), (2, 1); DELETE d OUTPUT deleted.* FROM (SELECT id AS k, ROW_NUMBER() OVER (PARTITION BY g ORDER BY id DESC) AS rn FROM #t) AS d WHERE d.rn > 1; SELECT id FROM #t
--> 1 | 2
--> next result
--> 2
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); WITH c AS (SELECT a, a + 1 AS n FROM #t) UPDATE c SET a = n * 10 OUTPUT deleted.n, inserted.a WHERE n = 3
--> 3 | 30
CREATE TABLE #t (a int); INSERT #t VALUES (1); WITH c AS (SELECT a, a + 1 AS n FROM #t) UPDATE c SET a = 7 OUTPUT inserted.*
--> 8
--! refused: OUTPUT of inserted.n, which the target computes
CREATE TABLE #t (a int); INSERT #t VALUES (1); WITH c AS (SELECT a AS x FROM #t) UPDATE c SET x = 7 OUTPUT inserted.*, deleted.x
--> 7 | 1
-- source: queries/top-transact-sql, PERCENT
CREATE TABLE #t (a int)
INSERT TOP (50) PERCENT #t SELECT v FROM (VALUES (1), (2), (3), (4), (5)) AS s (v)
SELECT COUNT(*) FROM #t
DECLARE @p float = 40
UPDATE TOP (@p) PERCENT #t SET a = 0
SELECT COUNT(*) FROM #t WHERE a = 0
DELETE TOP (10) PERCENT FROM #t
SELECT COUNT(*) FROM #t
DELETE TOP (101) PERCENT FROM #t
--> 3
--> next result
--> 2
--> next result
--> 2
--> error 1031
MERGE TOP (50) PERCENT #t USING (VALUES (1), (2)) AS s (a) ON 1 = 0 WHEN NOT MATCHED THEN INSERT VALUES (s.a);
--> error 208
CREATE TABLE #t (a int)
MERGE TOP (50) PERCENT #t USING (VALUES (1), (2)) AS s (a) ON 1 = 0 WHEN NOT MATCHED THEN INSERT VALUES (s.a);
SELECT COUNT(*) FROM #t
--> 1
-- source: queries/with-common-table-expression-transact-sql; functions/row-number-transact-sql
CREATE TABLE dbo.t (a INT, b INT)
INSERT dbo.t VALUES (1, 1), (1, 2), (2, 1), (3, 5);
WITH c AS (SELECT a, b, ROW_NUMBER() OVER (ORDER BY a DESC) AS r FROM dbo.t) DELETE c OUTPUT deleted.a WHERE r = 1;
WITH c AS (SELECT a, b, ROW_NUMBER() OVER (ORDER BY a, b) AS r FROM dbo.t), d AS (SELECT a, b FROM c WHERE r <= 2) UPDATE d SET b = b + 10; SELECT a, b FROM dbo.t WHERE b > 10 ORDER BY b;
UPDATE x SET b = 0 OUTPUT inserted.a FROM (SELECT a, b, ROW_NUMBER() OVER (ORDER BY a DESC) AS r FROM dbo.t) AS x WHERE r = 1
--> 3
--> next result
--> 1 | 11
--> 1 | 12
--> next result
--> 2
-- source: statements/insert-transact-sql, dml_table_source; statements/merge-transact-sql, OUTPUT
CREATE TABLE dbo.versions (id int, name varchar(9), ends datetime2(0))
INSERT dbo.versions VALUES (1, 'old', NULL)
INSERT dbo.versions (id, name, ends)
SELECT id, name, ends FROM (
    MERGE dbo.versions AS t USING (SELECT 1 AS id, 'new' AS name) AS s ON s.id = t.id
    WHEN MATCHED THEN UPDATE SET ends = '20240101'
    OUTPUT $action AS done, s.id, s.name, NULL AS ends
) AS changed WHERE done = 'UPDATE'
SELECT id, name, ends FROM dbo.versions ORDER BY name
--> 1 | 'new' | NULL
--> 1 | 'old' | 2024-01-01 00:00:00
