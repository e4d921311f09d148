-- chapter: Definitions and constraints
-- source: statements/create-table-transact-sql
CREATE TABLE dbo.t (a int, b varchar(5) NOT NULL, c decimal(5,2) NULL); INSERT dbo.t VALUES (1, 'x', 2.5); SELECT a, b, c FROM dbo.t
--: int, varchar(5), decimal(5,2)
--> 1 | 'x' | 2.50
CREATE TABLE dbo.t (a int); CREATE TABLE dbo.t (a int)
--> error 2714: There is already an object named 't' in the database.
CREATE TABLE dbo.t (a int, A int)
--> error 2705
CREATE TABLE dbo.t (a nosuchtype)
--> error 2715: Column, parameter, or variable #1: Cannot find data type nosuchtype.
CREATE TABLE nosuch.t (a int)
--> error 2760: The specified schema name "nosuch" either does not exist or you do not have permission to use it.
CREATE TABLE dbo.t (a int IDENTITY, b int IDENTITY)
--> error 2744: Multiple identity columns specified for table 't'. Only one identity column per table is allowed.
CREATE TABLE dbo.t (a varchar(5) IDENTITY)
--> error 2749: Identity column 'a' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.
CREATE TABLE dbo.t (a int NULL PRIMARY KEY)
--> error 8111: Cannot define PRIMARY KEY constraint on nullable column in table 't'.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.t (a int PRIMARY KEY, b int PRIMARY KEY)
--> error 8110: Cannot add multiple PRIMARY KEY constraints to table 'dbo.t'.
CREATE TABLE dbo.t (a int, b AS a + 1, c AS (a * 2) PERSISTED); INSERT dbo.t VALUES (5); SELECT a, b, c FROM dbo.t
--> 5 | 6 | 10
CREATE TABLE dbo.t (a int SPARSE NULL, b int NULL); INSERT dbo.t VALUES (1, 2); SELECT a FROM dbo.t
--> 1
CREATE TABLE dbo.t (a int, INDEX ix (a)); INSERT dbo.t VALUES (1); SELECT a FROM dbo.t
--> 1
CREATE TABLE dbo.t (id int PRIMARY KEY, s datetime2 GENERATED ALWAYS AS ROW START NOT NULL, e datetime2 GENERATED ALWAYS AS ROW END NOT NULL, PERIOD FOR SYSTEM_TIME (s, e)) WITH (SYSTEM_VERSIONING = ON)
--> done
--! refused: A temporal table
CREATE TABLE dbo.t (a int MASKED WITH (FUNCTION = 'default()'))
--> done
--! refused: A column … MASKED WITH
-- source: statements/create-table-transact-sql, constraints
CREATE TABLE dbo.t (a int CONSTRAINT pk PRIMARY KEY); INSERT dbo.t VALUES (1); INSERT dbo.t VALUES (1)
--> error 2627: Violation of PRIMARY KEY constraint 'pk'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int CONSTRAINT u UNIQUE); INSERT dbo.t VALUES (NULL); INSERT dbo.t VALUES (NULL)
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (<NULL>).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a varchar(5) CONSTRAINT u UNIQUE); INSERT dbo.t VALUES ('a'); INSERT dbo.t VALUES ('A ')
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (A ).
--! known: message 2627 shows the key that was there
CREATE TABLE dbo.t (a int, b int, CONSTRAINT pk PRIMARY KEY (a, b)); INSERT dbo.t VALUES (1, 2); INSERT dbo.t VALUES (1, 2)
--> error 2627: Violation of PRIMARY KEY constraint 'pk'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1, 2).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int CONSTRAINT c CHECK (a > 0)); INSERT dbo.t VALUES (0)
--> error 547: The INSERT statement conflicted with the CHECK constraint "c". The conflict occurred in database "Own", table "dbo.t", column 'a'.
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int CONSTRAINT c CHECK (a > 0)); INSERT dbo.t VALUES (NULL); SELECT COUNT(*) FROM dbo.t
--> 1
CREATE TABLE dbo.t (a int, b int, CONSTRAINT c CHECK (a < b)); INSERT dbo.t VALUES (2, 1)
--> error 547: The INSERT statement conflicted with the CHECK constraint "c". The conflict occurred in database "Own", table "dbo.t".
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int CONSTRAINT c CHECK (a > 0)); INSERT dbo.t VALUES (1); UPDATE dbo.t SET a = -1
--> error 547: The UPDATE statement conflicted with the CHECK constraint "c". The conflict occurred in database "Own", table "dbo.t", column 'a'.
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int CONSTRAINT d DEFAULT 5, b date DEFAULT '2024-01-01'); INSERT dbo.t DEFAULT VALUES; SELECT a, b FROM dbo.t
--> 5 | 2024-01-01
CREATE TABLE dbo.t (a int CONSTRAINT c CHECK (a > 0), b int CONSTRAINT c CHECK (b > 0))
--> error 2714: There is already an object named 'c' in the database.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.p (id int PRIMARY KEY); CREATE TABLE dbo.c (id int CONSTRAINT f REFERENCES dbo.p (id)); INSERT dbo.c VALUES (1)
--> error 547: The INSERT statement conflicted with the FOREIGN KEY constraint "f". The conflict occurred in database "Own", table "dbo.p", column 'id'.
--> message: The statement has been terminated.
CREATE TABLE dbo.p (id int PRIMARY KEY); CREATE TABLE dbo.c (id int CONSTRAINT f REFERENCES dbo.p (id)); INSERT dbo.p VALUES (1); INSERT dbo.c VALUES (1), (NULL); DELETE dbo.p
--> error 547: The DELETE statement conflicted with the REFERENCE constraint "f". The conflict occurred in database "Own", table "dbo.c", column 'id'.
--> message: The statement has been terminated.
CREATE TABLE dbo.p (id int PRIMARY KEY); CREATE TABLE dbo.c (id int REFERENCES dbo.p (id) ON DELETE CASCADE); INSERT dbo.p VALUES (1); INSERT dbo.c VALUES (1); DELETE dbo.p; SELECT COUNT(*) FROM dbo.c
--> 0
CREATE TABLE dbo.p (id int PRIMARY KEY); CREATE TABLE dbo.c (id int REFERENCES dbo.p (id)); DROP TABLE dbo.p
--> error 3726: Could not drop object 'dbo.p' because it is referenced by a FOREIGN KEY constraint.
CREATE TABLE dbo.p (id int PRIMARY KEY); CREATE TABLE dbo.c (id int REFERENCES dbo.p (id)); TRUNCATE TABLE dbo.p
--> error 4712: Cannot truncate table 'dbo.p' because it is being referenced by a FOREIGN KEY constraint.
-- source: statements/create-table-transact-sql, temporary tables
CREATE TABLE #t (a int); EXEC ('INSERT #t VALUES (1)'); SELECT a FROM #t
--> 1
EXEC ('CREATE TABLE #t (a int)'); SELECT a FROM #t
--> error 208: Invalid object name '#t'.
CREATE TABLE #t (a int)
GO
SELECT COUNT(*) FROM #t
--> 0
CREATE TABLE #t (a int); CREATE TABLE #t (a int)
--> error 2714: There is already an object named '#t' in the database.
CREATE TABLE #t (a int); SELECT CASE WHEN OBJECT_ID('tempdb..#t') IS NULL THEN 0 ELSE 1 END, CASE WHEN OBJECT_ID('#t') IS NULL THEN 0 ELSE 1 END
--> 1 | 0
CREATE TABLE #t (a int); DROP TABLE #t; SELECT a FROM #t
--> error 208: Invalid object name '#t'.
DROP TABLE IF EXISTS #t; CREATE TABLE #t (a int); DROP TABLE IF EXISTS #t; SELECT OBJECT_ID('tempdb..#t')
--> NULL
CREATE TABLE ##g (a int); INSERT ##g VALUES (1); SELECT a FROM ##g; DROP TABLE ##g
--> 1
--! refused: A global temporary table
-- source: statements/alter-table-transact-sql
CREATE TABLE dbo.t (a int)
GO
INSERT dbo.t VALUES (1); ALTER TABLE dbo.t ADD b int NULL, c int NOT NULL DEFAULT 7
GO
SELECT a, b, c FROM dbo.t
--> 1 | NULL | 7
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1); ALTER TABLE dbo.t ADD b int NULL DEFAULT 5
GO
SELECT a, b FROM dbo.t
--> 1 | NULL
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1); ALTER TABLE dbo.t ADD b int NULL DEFAULT 5 WITH VALUES
GO
SELECT a, b FROM dbo.t
--> 1 | 5
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1); ALTER TABLE dbo.t ADD b int NOT NULL
--> error 4901: ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column 'b' cannot be added to non-empty table 't' because it does not satisfy these conditions.
CREATE TABLE dbo.t (a int); ALTER TABLE dbo.t ADD a int
--> error 2705
CREATE TABLE dbo.t (a int, b int); ALTER TABLE dbo.t DROP COLUMN b
GO
SELECT * FROM dbo.t; SELECT b FROM dbo.t
--> error 207: Invalid column name 'b'.
CREATE TABLE dbo.t (a int, b int); ALTER TABLE dbo.t DROP COLUMN z
--> error 4924: ALTER TABLE DROP COLUMN failed because column 'z' does not exist in table 't'.
CREATE TABLE dbo.t (a int, b int CONSTRAINT d DEFAULT 1); ALTER TABLE dbo.t DROP COLUMN b
--> error 5074: The object 'd' is dependent on column 'b'.
--> error 4922: ALTER TABLE DROP COLUMN b failed because one or more objects access this column.
CREATE TABLE dbo.t (a int); ALTER TABLE dbo.t DROP COLUMN a
--> error 4923: ALTER TABLE DROP COLUMN failed because 'a' is the only data column in table 't'. A table must have at least one data column.
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (5); ALTER TABLE dbo.t ALTER COLUMN a varchar(10) NOT NULL
GO
SELECT a FROM dbo.t
--: varchar(10)
--> '5'
CREATE TABLE dbo.t (a varchar(5)); INSERT dbo.t VALUES ('x'); ALTER TABLE dbo.t ALTER COLUMN a int
--> error 245: Conversion failed when converting the varchar value 'x' to data type int.
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (NULL); ALTER TABLE dbo.t ALTER COLUMN a int NOT NULL
--> error 515: Cannot insert the value NULL into column 'a', table 'Own.dbo.t'; column does not allow nulls. UPDATE fails.
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (-1); ALTER TABLE dbo.t ADD CONSTRAINT c CHECK (a > 0)
--> error 547: The ALTER TABLE statement conflicted with the CHECK constraint "c". The conflict occurred in database "Own", table "dbo.t", column 'a'.
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (-1); ALTER TABLE dbo.t WITH NOCHECK ADD CONSTRAINT c CHECK (a > 0); INSERT dbo.t VALUES (-2)
--> error 547: The INSERT statement conflicted with the CHECK constraint "c". The conflict occurred in database "Own", table "dbo.t", column 'a'.
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int NOT NULL); ALTER TABLE dbo.t ADD CONSTRAINT pk PRIMARY KEY (a); INSERT dbo.t VALUES (1), (1)
--> error 2627: Violation of PRIMARY KEY constraint 'pk'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int); ALTER TABLE dbo.t ADD CONSTRAINT pk PRIMARY KEY (a)
--> error 8111: Cannot define PRIMARY KEY constraint on nullable column in table 't'.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.t (a int CONSTRAINT c CHECK (a > 0)); ALTER TABLE dbo.t DROP CONSTRAINT c; INSERT dbo.t VALUES (-1); SELECT a FROM dbo.t
--> -1
CREATE TABLE dbo.t (a int); ALTER TABLE dbo.t DROP CONSTRAINT nosuch
--> error 3728: 'nosuch' is not a constraint.
--> error 3727: Could not drop constraint. See previous errors.
CREATE TABLE dbo.t (a int); ALTER TABLE dbo.t ADD CONSTRAINT d DEFAULT 3 FOR a; INSERT dbo.t DEFAULT VALUES; SELECT a FROM dbo.t
--> 3
CREATE TABLE dbo.t (a int CONSTRAINT c CHECK (a > 0)); ALTER TABLE dbo.t NOCHECK CONSTRAINT c; INSERT dbo.t VALUES (-1); SELECT a FROM dbo.t
--> -1
ALTER TABLE dbo.nosuch ADD a int
--> error 4902: Cannot find the object "dbo.nosuch" because it does not exist or you do not have permissions.
-- source: statements/drop-table-transact-sql
DROP TABLE dbo.nosuch
--> error 3701: Cannot drop the table 'dbo.nosuch', because it does not exist or you do not have permission.
DROP TABLE IF EXISTS dbo.nosuch
--> done
CREATE TABLE dbo.a (a int); CREATE TABLE dbo.b (a int); DROP TABLE dbo.a, dbo.b; SELECT OBJECT_ID('dbo.a'), OBJECT_ID('dbo.b')
--> NULL | NULL
-- source: statements/create-view-transact-sql
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
SELECT a FROM dbo.v
--> 1
CREATE VIEW dbo.v (x, y) AS SELECT 1, 2
GO
SELECT y, x FROM dbo.v
--> 2 | 1
SELECT 1
CREATE VIEW dbo.v AS SELECT 1 AS a
--> error 111: 'CREATE VIEW' must be the first statement in a query batch.
CREATE VIEW dbo.v AS SELECT 1
--> error 4511: Create View or Function failed because no column name was specified for column 1.
CREATE VIEW dbo.v AS SELECT v FROM (VALUES (1)) AS t (v) ORDER BY v
--> error 1033
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT * FROM dbo.t
GO
INSERT dbo.t VALUES (1); SELECT * FROM dbo.v
--> 1
CREATE VIEW dbo.v AS SELECT a FROM dbo.nosuch
--> error 208: Invalid object name 'dbo.nosuch'.
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t
GO
INSERT dbo.v VALUES (5); SELECT a FROM dbo.t
--> 5
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
CREATE OR ALTER VIEW dbo.v AS SELECT 2 AS a
GO
SELECT a FROM dbo.v
--> 2
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
DROP VIEW dbo.v
GO
SELECT a FROM dbo.v
--> error 208: Invalid object name 'dbo.v'.
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t
GO
DROP TABLE dbo.t
--> error 3729: Cannot DROP TABLE 'dbo.t' because it is being referenced by object 'v'.
-- source: statements/create-index-transact-sql
CREATE TABLE dbo.t (a int, b int); CREATE INDEX ix ON dbo.t (a DESC) INCLUDE (b) WHERE a > 0; CREATE UNIQUE INDEX ux ON dbo.t (b); INSERT dbo.t VALUES (1, 1); INSERT dbo.t VALUES (2, 1)
--> error 2601: Cannot insert duplicate key row in object 'dbo.t' with unique index 'ux'. The duplicate key value is (1).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1), (1); CREATE UNIQUE INDEX ux ON dbo.t (a)
--> error 1505: The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.t' and the index name 'ux'. The duplicate key value is (1).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int); CREATE INDEX ix ON dbo.t (z)
--> error 1911: Column name 'z' does not exist in the target table or view.
CREATE TABLE dbo.t (a int); CREATE INDEX ix ON dbo.t (a); CREATE INDEX ix ON dbo.t (a)
--> error 1913: The operation failed because an index or statistics with name 'ix' already exists on table 'dbo.t'.
CREATE TABLE dbo.t (a int); CREATE CLUSTERED INDEX c1 ON dbo.t (a); CREATE CLUSTERED INDEX c2 ON dbo.t (a)
--> error 1902: Cannot create more than one clustered index on table 'dbo.t'. Drop the existing clustered index 'c1' before creating another.
CREATE TABLE dbo.t (a int); CREATE CLUSTERED COLUMNSTORE INDEX cci ON dbo.t; INSERT dbo.t VALUES (1); SELECT a FROM dbo.t
--> 1
CREATE TABLE dbo.t (a int); CREATE UNIQUE INDEX ux ON dbo.t (a) WHERE a IS NOT NULL; INSERT dbo.t VALUES (NULL), (NULL); SELECT COUNT(*) FROM dbo.t
--> 2
-- source: statements/drop-index-transact-sql
CREATE TABLE dbo.t (a int); CREATE INDEX ix ON dbo.t (a); DROP INDEX ix ON dbo.t; DROP INDEX IF EXISTS ix ON dbo.t; SELECT 1
--> 1
CREATE TABLE dbo.t (a int); DROP INDEX ix ON dbo.t
--> error 3701: Cannot drop the index 'dbo.t.ix', because it does not exist or you do not have permission.
-- source: statements/alter-index-transact-sql
CREATE TABLE dbo.t (a int); CREATE INDEX ix ON dbo.t (a); ALTER INDEX ix ON dbo.t REBUILD; SELECT 1
--> 1
-- source: statements/create-schema-transact-sql
CREATE SCHEMA s
GO
CREATE TABLE s.t (a int); INSERT s.t VALUES (1); SELECT a FROM s.t
--> 1
CREATE SCHEMA dbo
--> error 2714: There is already an object named 'dbo' in the database.
SELECT 1
CREATE SCHEMA s
--> error 111: 'CREATE SCHEMA' must be the first statement in a query batch.
CREATE SCHEMA s
GO
CREATE TABLE s.t (a int)
GO
DROP SCHEMA s
--> error 3729: Cannot drop schema 's' because it is being referenced by object 't'.
CREATE SCHEMA s
GO
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1); ALTER SCHEMA s TRANSFER dbo.t; SELECT a FROM s.t
--> 1
-- source: statements/create-sequence-transact-sql
CREATE SEQUENCE dbo.s AS int START WITH 5 INCREMENT BY 2; SELECT NEXT VALUE FOR dbo.s; SELECT NEXT VALUE FOR dbo.s
--> 5
--> next result
--> 7
CREATE SEQUENCE dbo.s START WITH 1 MINVALUE 1 MAXVALUE 2; SELECT NEXT VALUE FOR dbo.s; SELECT NEXT VALUE FOR dbo.s; SELECT NEXT VALUE FOR dbo.s
--> 1
--> next result
--> 2
--> error 11728: The sequence object 's' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.
-- source: statements/create-synonym-transact-sql
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1); CREATE SYNONYM dbo.y FOR dbo.t; EXEC ('SELECT a FROM dbo.y')
--> 1
-- source: statements/create-type-transact-sql
CREATE TYPE dbo.code FROM varchar(5) NOT NULL; EXEC ('DECLARE @c dbo.code = ''abc''; SELECT @c')
--> 'abc'
CREATE TYPE dbo.ids AS TABLE (id int); EXEC ('DECLARE @i dbo.ids; INSERT @i VALUES (1); SELECT id FROM @i')
--> 1
-- source: statements/create-trigger-transact-sql
CREATE TABLE dbo.t (a int)
GO
CREATE TRIGGER dbo.g ON dbo.t AFTER INSERT AS SELECT a FROM inserted
GO
INSERT dbo.t VALUES (5)
--> 5
--! refused: CREATE TRIGGER
-- source: statements/create-function-transact-sql
CREATE FUNCTION dbo.twice (@n int) RETURNS int AS BEGIN RETURN 2 * @n END
GO
SELECT dbo.twice(21), dbo.twice(NULL)
--> 42 | NULL
CREATE FUNCTION dbo.numbers (@n int) RETURNS TABLE AS RETURN SELECT value FROM GENERATE_SERIES(1, @n)
GO
SELECT value FROM dbo.numbers(2)
--> 1
--> 2
CREATE FUNCTION dbo.f () RETURNS @r TABLE (a int) AS BEGIN INSERT @r VALUES (7); RETURN END
GO
SELECT a FROM dbo.f()
--> 7
CREATE FUNCTION dbo.f (@n int = 5) RETURNS int AS BEGIN RETURN @n END
GO
SELECT dbo.f(DEFAULT)
--> 5
SELECT dbo.nosuch(1)
--> error 4121: Cannot find either column "dbo" or the user-defined function or aggregate "dbo.nosuch", or the name is ambiguous.
-- source: statements/create-partition-function-transact-sql
CREATE PARTITION FUNCTION pf (int) AS RANGE LEFT FOR VALUES (1, 100); SELECT $PARTITION.pf(50)
--> 2
--! refused: CREATE PARTITION
-- source: statements/create-database-transact-sql
CREATE DATABASE Own
--> error 1801: Database 'Own' already exists. Choose a different database name.
USE nosuch
--> error 911: Database 'nosuch' does not exist. Make sure that the name is entered correctly.
DROP DATABASE nosuch
--> error 3701: Cannot drop the database 'nosuch', because it does not exist or you do not have permission.
USE master; SELECT DB_NAME()
--> message: Changed database context to 'master'.
--> 'master'
-- source: statements/create-table-transact-sql, unique constraints
CREATE TABLE #q (id int PRIMARY KEY, email varchar(50) CONSTRAINT uqe UNIQUE); INSERT #q VALUES (1, 'a'), (2, 'a')
--> error 2627: Violation of UNIQUE KEY constraint 'uqe'. Cannot insert duplicate key in object 'dbo.#q'. The duplicate key value is (a).
--> message: The statement has been terminated.
CREATE TABLE #b (a int)
GO
CREATE TABLE #b (a int)
--> error 2714: There is already an object named '#b' in the database.
-- source: statements/alter-table-transact-sql, ALTER COLUMN
CREATE TABLE dbo.t (a int, b AS a + 1); ALTER TABLE dbo.t ALTER COLUMN a bigint
--> error 5074: The column 'b' is dependent on column 'a'.
--> error 4922: ALTER TABLE ALTER COLUMN a failed because one or more objects access this column.
CREATE TABLE dbo.t (a int, b AS a + 1); ALTER TABLE dbo.t ALTER COLUMN b bigint
--> error 4928: Cannot alter column 'b' because it is 'COMPUTED'.
CREATE TABLE dbo.t (a int CONSTRAINT c CHECK (a > 0)); ALTER TABLE dbo.t ALTER COLUMN a bigint
--> error 5074: The object 'c' is dependent on column 'a'.
--> error 4922: ALTER TABLE ALTER COLUMN a failed because one or more objects access this column.
CREATE TABLE dbo.t (a varchar(5) CONSTRAINT c CHECK (a > '')); ALTER TABLE dbo.t ALTER COLUMN a varchar(9); INSERT dbo.t VALUES ('123456789'); SELECT a FROM dbo.t
--> '123456789'
CREATE TABLE dbo.t (a int CONSTRAINT d DEFAULT 1); ALTER TABLE dbo.t ALTER COLUMN a bigint
--> error 5074: The object 'd' is dependent on column 'a'.
--> error 4922: ALTER TABLE ALTER COLUMN a failed because one or more objects access this column.
CREATE TABLE dbo.t (a varchar(5) CONSTRAINT d DEFAULT 'x'); ALTER TABLE dbo.t ALTER COLUMN a varchar(3); SELECT max_length FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')
--> 3
CREATE TABLE dbo.t (a int); CREATE INDEX i ON dbo.t (a); ALTER TABLE dbo.t ALTER COLUMN a bigint
--> error 5074: The index 'i' is dependent on column 'a'.
--> error 4922: ALTER TABLE ALTER COLUMN a failed because one or more objects access this column.
CREATE TABLE dbo.t (a varchar(5)); CREATE INDEX i ON dbo.t (a); ALTER TABLE dbo.t ALTER COLUMN a varchar(3)
--> error 5074: The index 'i' is dependent on column 'a'.
--> error 4922: ALTER TABLE ALTER COLUMN a failed because one or more objects access this column.
CREATE TABLE dbo.t (a varchar(5)); CREATE INDEX i ON dbo.t (a); ALTER TABLE dbo.t ALTER COLUMN a varchar(7); SELECT max_length FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')
--> 7
CREATE TABLE dbo.t (a int, b int); CREATE INDEX i ON dbo.t (a); BEGIN TRY ALTER TABLE dbo.t DROP COLUMN a END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> 4922
-- source: relational-databases/tables/specify-computed-columns-in-a-table
CREATE TABLE dbo.t (b AS a + 1, a int, c int); INSERT dbo.t VALUES (1, 2); SELECT * FROM dbo.t
--: int, int, int
--> 2 | 1 | 2
CREATE TABLE dbo.t (a int, b AS a + 1, c AS b + 1)
--> error 1759: Computed column 'b' in table 't' is not allowed to be used in another computed-column definition.
CREATE TABLE dbo.t (a int, c AS b + 1, b AS a + 1)
--> error 1759
CREATE TABLE dbo.t (a int, b AS b + 1)
--> error 1759
CREATE TABLE dbo.t (a int, b AS a + 1); ALTER TABLE dbo.t ADD c AS b * 2
--> error 1759: Computed column 'b' in table 't' is not allowed to be used in another computed-column definition.
CREATE TABLE dbo.t (a int, b AS a * 2 PERSISTED NOT NULL, c AS a + 1); SELECT name, is_persisted, is_nullable FROM sys.computed_columns WHERE object_id = OBJECT_ID('dbo.t')
--> 'b' | 1 | 0
--> 'c' | 0 | 1
CREATE TABLE dbo.t (a int, b AS a * 2 PERSISTED NOT NULL); INSERT dbo.t VALUES (NULL)
--> error 515: Cannot insert the value NULL into column 'b', table 'Own.dbo.t'; column does not allow nulls. INSERT fails.
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int, b AS a * 2 PERSISTED CONSTRAINT c CHECK (b > 0)); INSERT dbo.t VALUES (1); UPDATE dbo.t SET a = -1
--> error 547: The UPDATE statement conflicted with the CHECK constraint "c". The conflict occurred in database "Own", table "dbo.t", column 'b'.
--> message: The statement has been terminated.
-- source: statements/drop-index-transact-sql, multiple indexes
CREATE TABLE dbo.t (a int, b int); CREATE INDEX i ON dbo.t (a); CREATE INDEX j ON dbo.t (b); DROP INDEX i ON dbo.t, j ON dbo.t; SELECT COUNT(*) FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.t') AND type <> 0
--> 0
-- source: statements/create-view-transact-sql
CREATE VIEW #v AS SELECT 1 AS a
--> error 4103: "#v": Temporary views are not allowed.
CREATE TABLE #t (a int)
GO
CREATE VIEW dbo.v AS SELECT a FROM #t
--> error 4508: Views or functions are not allowed on temporary tables. Table names that begin with '#' denote temporary tables.
CREATE TABLE dbo.t (a int NOT NULL, b int)
GO
CREATE VIEW dbo.v AS SELECT t.a, u.a AS c, t.b FROM dbo.t AS t LEFT JOIN dbo.t AS u ON u.a = t.b
GO
SELECT name, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('dbo.v')
--> 'a' | 0
--> 'c' | 1
--> 'b' | 1
-- source: statements/create-function-transact-sql
CREATE FUNCTION dbo.f () RETURNS @r TABLE (a varchar(3)) AS BEGIN INSERT @r VALUES ('abcdef'); RETURN END
GO
SELECT a FROM dbo.f()
--> error 2628
CREATE FUNCTION dbo.f1 (@a int = 5) RETURNS TABLE AS RETURN SELECT @a AS b
GO
SELECT b FROM f1(DEFAULT)
--> 5
-- source: relational-databases/indexes/indexes-on-computed-columns
CREATE TABLE dbo.t (d date, age AS DATEDIFF(year, d, GETDATE())); INSERT dbo.t VALUES ('2000-01-01'); SELECT CASE WHEN age = YEAR(GETDATE()) - 2000 THEN 1 ELSE 0 END FROM dbo.t
--> 1
CREATE TABLE dbo.t (a int, b AS GETDATE() PERSISTED)
--> error 4936: Computed column 'b' in table 't' cannot be persisted because the column is non-deterministic.
CREATE TABLE dbo.t (a int, b AS GETDATE()); CREATE INDEX i ON dbo.t (b)
--> error 2729: Column 'b' in table 'dbo.t' cannot be used in an index or statistics or as a partition key because it is non-deterministic.
CREATE TABLE dbo.t (a int, b AS a % 10 PERSISTED UNIQUE); INSERT dbo.t VALUES (1), (2); INSERT dbo.t VALUES (12)
--> error 2627
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int, b AS a % 10); CREATE UNIQUE INDEX i ON dbo.t (b); INSERT dbo.t VALUES (1), (2); UPDATE dbo.t SET a = 12 WHERE a = 1
--> error 2601: Cannot insert duplicate key row in object 'dbo.t' with unique index 'i'. The duplicate key value is (2).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int, b AS a * 2 PERSISTED NOT NULL CONSTRAINT k PRIMARY KEY); INSERT dbo.t VALUES (1); INSERT dbo.t VALUES (1)
--> error 2627: Violation of PRIMARY KEY constraint 'k'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (2).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int, b AS a * 2 PRIMARY KEY)
--> error 1711: Cannot define PRIMARY KEY constraint on column 'b' in table 't'. The computed column has to be persisted and not nullable.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.p (id int PRIMARY KEY); INSERT dbo.p VALUES (2); CREATE TABLE dbo.t (a int, b AS a * 2 PERSISTED REFERENCES dbo.p); INSERT dbo.t VALUES (1); UPDATE dbo.t SET a = 2
--> error 547
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int, b AS a * 2 CHECK (b > 0))
--> error 1764: Computed Column 'b' in table 't' is invalid for use in 'CHECK CONSTRAINT' because it is not persisted.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.t (a int, b int, c int, x float, y AS CASE x WHEN 0 THEN a WHEN 1 THEN b ELSE c END); SELECT COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'y', 'IsDeterministic'), COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'y', 'IsPrecise'); CREATE INDEX i ON dbo.t (y)
--> 1 | 0
--> error 2799: Cannot create index or statistics 'i' on table 'dbo.t' because the computed column 'y' is imprecise and not persisted. Consider removing column from index or statistics key or marking computed column persisted.
CREATE TABLE dbo.t (a int, x float, y AS CASE x WHEN 0 THEN a END PERSISTED); CREATE INDEX i ON dbo.t (y)
--> done
CREATE TABLE dbo.t (a int, b AS a * 2); CREATE INDEX i ON dbo.t (a) WHERE b > 3
--> error 10609
-- source: relational-databases/user-defined-functions/deterministic-and-nondeterministic-functions
CREATE TABLE dbo.t (a datetime, b AS CONVERT(varchar(30), a) PERSISTED)
--> error 4936: Computed column 'b' in table 't' cannot be persisted because the column is non-deterministic.
CREATE TABLE dbo.t (a datetime, b AS CONVERT(varchar(30), a, 109) PERSISTED)
--> error 4936
CREATE TABLE dbo.t (a datetime, b AS CONVERT(varchar(30), a, 121) PERSISTED, c AS CONVERT(varchar(8), a, 20) PERSISTED, d AS YEAR(a) PERSISTED, e AS DATEDIFF(day, a, a) PERSISTED)
--> done
CREATE TABLE dbo.t (a date, b AS CAST(a AS varchar(10)) PERSISTED, c AS CONVERT(varchar(8), a, 1) PERSISTED)
--> done
CREATE TABLE dbo.t (a date, b AS FORMAT(a, 'd') PERSISTED)
--> error 4936
CREATE TABLE dbo.t (a int, b AS NEWID()); CREATE INDEX i ON dbo.t (b)
--> error 2729: Column 'b' in table 'dbo.t' cannot be used in an index or statistics or as a partition key because it is non-deterministic.
-- source: data-types/nondeterministic-convert-date-literals
CREATE TABLE dbo.t (a varchar(10), b AS CAST(a AS date) PERSISTED)
--> error 4936
CREATE TABLE dbo.t (a varchar(10), b AS CONVERT(date, a, 112) PERSISTED); INSERT dbo.t VALUES ('20240229'); SELECT b FROM dbo.t
--> 2024-02-29
-- source: functions/datepart-transact-sql, remarks
CREATE TABLE dbo.t (a date, b AS DATEPART(weekday, a) PERSISTED)
--> error 4936
CREATE TABLE dbo.t (a date, b AS DATEPART(month, a) PERSISTED)
--> done
-- source: data-types/binary-and-varbinary-transact-sql, keys compare without the zeros at the end
CREATE TABLE #t (a varbinary(4) PRIMARY KEY); INSERT #t VALUES (0x01); INSERT #t VALUES (0x0100)
--> error 2627
--> message: The statement has been terminated.

CREATE TABLE #t (a varbinary(4), b int, PRIMARY KEY (a, b)); INSERT #t VALUES (0x01, 1), (0x0100, 2), (0x0101, 1), (0x010001, 1); SELECT a, b FROM #t WHERE a = 0x010000 ORDER BY b
--> 0x01 | 1
--> 0x0100 | 2

CREATE TABLE #t (a varbinary(4) UNIQUE); INSERT #t VALUES (NULL), (0x02), (0x); INSERT #t VALUES (0x00)
--> error 2627
--> message: The statement has been terminated.

CREATE TABLE #t (a varbinary(4)); INSERT #t VALUES (0x01), (0x0100); CREATE UNIQUE INDEX i ON #t (a)
--> error 1505
--> message: The statement has been terminated.

-- source: statements/create-table-transact-sql, remarks on computed columns
CREATE TABLE #dates (date date, day AS DATEPART(day, date), month AS DATEPART(month, date), first_day AS DATEADD(month, DATEDIFF(month, 0, date), 0))
INSERT #dates VALUES ('2024-02-10')
SELECT day, month, first_day FROM #dates
--> 10 | 2 | 2024-02-01 00:00:00.000
CREATE TABLE #dates (date date, day AS DATEPART(day, date), late AS day + 1)
--> error 1759
CREATE TABLE dbo.t (a int NOT NULL, b AS a * 2, c AS ISNULL(a * 2, 0)); SELECT name, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')
--> 'a' | 0
--> 'b' | 1
--> 'c' | 0
-- source: statements/create-index-transact-sql, large object types are no key columns
CREATE TABLE dbo.t (a nvarchar(max)); CREATE INDEX i ON dbo.t (a)
--> error 1919: Column 'a' in table 'dbo.t' is of a type that is invalid for use as a key column in an index.
CREATE TABLE dbo.t (a nvarchar(max), b int); CREATE INDEX i ON dbo.t (b) INCLUDE (a)
--> done
-- source: statements/create-synonym-transact-sql
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1); CREATE SYNONYM dbo.y FOR dbo.t
GO
INSERT y VALUES (2); UPDATE dbo.y SET a = 5 WHERE a = 1; DELETE y WHERE a = 2; SELECT a FROM dbo.y
--> 5
CREATE PROCEDURE dbo.p @a int AS SELECT @a
GO
CREATE SYNONYM dbo.q FOR dbo.p
GO
EXEC q 3
--> 3
CREATE FUNCTION dbo.f (@a int) RETURNS int AS BEGIN RETURN @a * 2 END
GO
CREATE SYNONYM dbo.g FOR dbo.f
GO
SELECT dbo.g(4)
--> 8
CREATE SYNONYM dbo.y FOR dbo.nosuch
GO
SELECT a FROM dbo.y
--> error 5313: Synonym 'dbo.y' refers to an invalid object.
CREATE SYNONYM dbo.y FOR dbo.y
GO
SELECT a FROM dbo.y
--> error 5313
CREATE TABLE dbo.t (a int); CREATE SYNONYM dbo.y FOR dbo.t
GO
DROP TABLE dbo.y
--> error 3705
CREATE TABLE dbo.t (a int); CREATE SYNONYM dbo.t FOR dbo.u
--> error 2714
-- source: statements/drop-synonym-transact-sql
CREATE SYNONYM dbo.y FOR dbo.t; DROP SYNONYM dbo.y; DROP SYNONYM IF EXISTS dbo.y; DROP SYNONYM dbo.y
--> error 3701
-- source: relational-databases/system-catalog-views/sys-synonyms-transact-sql
CREATE SYNONYM dbo.y FOR other.dbo.t; SELECT name, base_object_name, type FROM sys.synonyms
--> 'y' | '[other].[dbo].[t]' | 'SN'
-- source: statements/create-synonym-transact-sql, remarks
CREATE SYNONYM dbo.y FOR dbo.later
GO
CREATE PROCEDURE dbo.p AS SELECT a FROM dbo.y
GO
CREATE TABLE dbo.later (a int); INSERT dbo.later VALUES (3); EXEC dbo.p
--> 3
-- source: statements/create-table-transact-sql, arguments
CREATE TABLE dbo.t (a varchar(9000))
--> error 131: The size (9000) given to the column 'a' exceeds the maximum allowed for any data type (8000).
CREATE TABLE dbo.t (a nvarchar(5000))
--> error 2717: The size (5000) given to the column 'a' exceeds the maximum allowed (4000).
CREATE TABLE dbo.t (a int, b decimal(39,2))
--> error 2750: Column, parameter, or variable #2: Specified column precision 39 is greater than the maximum precision of 38.
CREATE TABLE dbo.t (a decimal(5,6))
--> error 183: The scale (6) for column 'a' must be within the range 0 to 5.
CREATE TABLE dbo.t (a int(4))
--> error 2716: Column, parameter, or variable #1: Cannot specify a column width on data type int.
CREATE TABLE dbo.t (a)
--> error 173: The definition for column 'a' must include a data type.
CREATE TABLE dbo.t (a int NULL IDENTITY)
--> error 8147: Could not create IDENTITY attribute on nullable column 'a', table 't'.
CREATE TABLE dbo.t (a int IDENTITY DEFAULT 1)
--> error 1754: Defaults cannot be created on columns with an IDENTITY attribute. Table 't', column 'a'.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.t (a int IDENTITY); ALTER TABLE dbo.t ADD CONSTRAINT d DEFAULT 1 FOR a
--> error 1754: Defaults cannot be created on columns with an IDENTITY attribute. Table 't', column 'a'.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.t (a int DEFAULT (SELECT 1))
--> error 1046: Subqueries are not allowed in this context. Only scalar expressions are allowed.
CREATE TABLE dbo.t (a int, CHECK (a IN (SELECT object_id FROM sys.objects)))
--> error 1046: Subqueries are not allowed in this context. Only scalar expressions are allowed.
CREATE TABLE dbo.t (a int, b AS (SELECT MAX(object_id) FROM sys.objects))
--> error 1046: Subqueries are not allowed in this context. Only scalar expressions are allowed.
CREATE TABLE dbo.t (a int, b int CHECK (a > b))
--> error 8141: Column CHECK constraint for column 'b' references another column, table 't'.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.t (a int, PRIMARY KEY (a, a))
--> error 1909: Cannot use duplicate column names in index. Column name 'a' listed more than once.
--> error 1750: Could not create constraint or index. See previous errors.
-- source: statements/create-index-transact-sql, arguments
CREATE TABLE dbo.t (a int); CREATE INDEX i ON dbo.t (a, A)
--> error 1909: Cannot use duplicate column names in index. Column name 'A' listed more than once.
CREATE TABLE dbo.t (a int, b int); CREATE INDEX i ON dbo.t (a) INCLUDE (b, a)
--> error 1909: Cannot use duplicate column names in index. Column name 'a' listed more than once.
CREATE TABLE dbo.t (a int, b int); CREATE INDEX i ON dbo.t (a); CREATE UNIQUE INDEX i ON dbo.t (b) WITH (DROP_EXISTING = ON); SELECT name, is_unique, COL_NAME(c.object_id, c.column_id) FROM sys.indexes AS i JOIN sys.index_columns AS c ON c.object_id = i.object_id AND c.index_id = i.index_id WHERE i.object_id = OBJECT_ID('dbo.t'); INSERT dbo.t VALUES (1, 1), (2, 1)
--> 'i' | 1 | 'b'
--> error 2601: Cannot insert duplicate key row in object 'dbo.t' with unique index 'i'. The duplicate key value is (1).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int); CREATE UNIQUE INDEX i ON dbo.t (a); INSERT dbo.t VALUES (1); CREATE INDEX i ON dbo.t (a) WITH (DROP_EXISTING = ON); INSERT dbo.t VALUES (1); SELECT COUNT(*) FROM dbo.t
--> 2
CREATE TABLE dbo.t (a int); CREATE INDEX i ON dbo.t (a) WITH (DROP_EXISTING = ON)
--> error 7999: Could not find any index named 'i' for table 'dbo.t'.
-- source: statements/drop-index-transact-sql, indexes that enforce constraints
CREATE TABLE dbo.t (a int CONSTRAINT pk PRIMARY KEY); DROP INDEX pk ON dbo.t
--> error 3723: An explicit DROP INDEX is not allowed on index 'dbo.t.pk'. It is being used for PRIMARY KEY constraint enforcement.
CREATE TABLE dbo.t (a int); CREATE UNIQUE INDEX i ON dbo.t (a); CREATE TABLE dbo.c (a int REFERENCES dbo.t (a)); DROP INDEX i ON dbo.t
--> error 3723: An explicit DROP INDEX is not allowed on index 'dbo.t.i'. It is being used for FOREIGN KEY constraint enforcement.
-- source: statements/alter-table-transact-sql, errors
CREATE TABLE dbo.p (a int CONSTRAINT pk PRIMARY KEY); CREATE TABLE dbo.c (a int CONSTRAINT f REFERENCES dbo.p); ALTER TABLE dbo.p DROP CONSTRAINT pk
--> error 3725: The constraint 'pk' is being referenced by table 'c', foreign key constraint 'f'.
--> error 3727: Could not drop constraint. See previous errors.
CREATE TABLE dbo.t (a int); ALTER TABLE dbo.t CHECK CONSTRAINT nosuch
--> error 4917: Constraint 'nosuch' does not exist.
--> error 4916: Could not enable or disable the constraint. See previous errors.
CREATE TABLE dbo.t (a varchar(10)); INSERT dbo.t VALUES ('abcdef'); ALTER TABLE dbo.t ALTER COLUMN a varchar(3)
--> error 2628: String or binary data would be truncated in table 'Own.dbo.t', column 'a'. Truncated value: 'abc'.
--> message: The statement has been terminated.
-- source: statements/create-table-transact-sql, constraint names (unique in their schema)
CREATE TABLE dbo.a (x int CONSTRAINT d DEFAULT 1); CREATE TABLE dbo.b (x int CONSTRAINT d DEFAULT 1)
--> error 2714: There is already an object named 'd' in the database.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.a (x int CONSTRAINT k PRIMARY KEY); CREATE TABLE dbo.b (x int); ALTER TABLE dbo.b ADD CONSTRAINT k CHECK (x > 0)
--> error 2714: There is already an object named 'k' in the database.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.t (a int CONSTRAINT x CHECK (a > 0)); CREATE SEQUENCE dbo.x
--> error 2714: There is already an object named 'x' in the database.
CREATE TABLE dbo.t (id int PRIMARY KEY, b int DEFAULT 1, c int CHECK (c > 0)); EXEC sp_rename 'dbo.t', 'old'; CREATE TABLE dbo.t (id int PRIMARY KEY, b int DEFAULT 1, c int CHECK (c > 0)); SELECT COUNT(*), COUNT(DISTINCT name) FROM sys.objects WHERE parent_object_id <> 0
--> message: Caution: Changing any part of an object name could break scripts and stored procedures.
--> 6 | 6
CREATE TABLE dbo.t (a int, CHECK (a > 0), CHECK (a > 0)); SELECT COUNT(*) FROM sys.check_constraints
--> 2
-- source: statements/create-function-transact-sql, inline table-valued functions
CREATE FUNCTION dbo.f (@a int) RETURNS TABLE AS RETURN (SELECT @a AS x, 2)
--> error 4514: CREATE FUNCTION failed because a column name is not specified for column 2.
CREATE FUNCTION dbo.f (@a int) RETURNS TABLE AS RETURN (SELECT @a AS x, 2 AS x)
--> error 4506: Column names in each view or function must be unique. Column name 'x' in view or function 'f' is specified more than once.
-- source: statements/create-view-transact-sql, SCHEMABINDING
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT * FROM dbo.t
--> error 1054: Syntax '*' is not allowed in schema-bound objects.
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT COUNT_BIG(*) AS n FROM dbo.t WHERE EXISTS (SELECT * FROM dbo.t)
--> done
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM t
--> error 4512: Cannot schema bind view 'dbo.v' because name 't' is invalid for schema binding. Names must be in two-part format and an object cannot reference itself.
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS WITH c AS (SELECT a FROM dbo.t) SELECT a FROM c
GO
ALTER TABLE dbo.t DROP COLUMN b; ALTER TABLE dbo.t DROP COLUMN a
--> error 5074: The object 'v' is dependent on column 'a'.
--> error 4922: ALTER TABLE DROP COLUMN a failed because one or more objects access this column.
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t
GO
ALTER TABLE dbo.t ALTER COLUMN b bigint; ALTER TABLE dbo.t ADD c int; ALTER TABLE dbo.t ALTER COLUMN a bigint
--> error 5074: The object 'v' is dependent on column 'a'.
--> error 4922: ALTER TABLE ALTER COLUMN a failed because one or more objects access this column.
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t
GO
CREATE VIEW dbo.w WITH SCHEMABINDING AS SELECT a FROM dbo.v
GO
ALTER VIEW dbo.v AS SELECT b AS a FROM dbo.t
GO
DROP VIEW dbo.v
--> error 3729: Cannot ALTER 'dbo.v' because it is being referenced by object 'w'.
--> error 3729: Cannot DROP VIEW 'dbo.v' because it is being referenced by object 'w'.
CREATE TABLE dbo.t (a int, b int)
GO
CREATE FUNCTION dbo.f () RETURNS int WITH SCHEMABINDING AS BEGIN RETURN (SELECT MAX(a) FROM dbo.t) END
GO
DROP TABLE dbo.t
--> error 3729: Cannot DROP TABLE 'dbo.t' because it is being referenced by object 'f'.
CREATE TABLE dbo.t (a int, b int)
GO
CREATE FUNCTION dbo.f () RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT a FROM t
--> error 4512: Cannot schema bind function 'dbo.f' because name 't' is invalid for schema binding. Names must be in two-part format and an object cannot reference itself.
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t
GO
EXEC sp_rename 'dbo.t', 'u'
--> error 15336: Object 'dbo.t' cannot be renamed because the object participates in enforced dependencies.
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t
GO
ALTER VIEW dbo.v AS SELECT a FROM dbo.t
GO
DROP TABLE dbo.t; SELECT OBJECT_ID('dbo.t')
--> NULL
-- source: statements/create-view-transact-sql, remarks (a view is bound again in each query, and keeps its columns until sp_refreshview)
CREATE TABLE dbo.t (a int, b int); INSERT dbo.t VALUES (1, 2)
GO
CREATE VIEW dbo.v AS SELECT a, b FROM dbo.t
GO
ALTER TABLE dbo.t DROP COLUMN b
GO
SELECT a FROM dbo.v
--> error 207: Invalid column name 'b'.
--> error 4413: Could not use view or function 'dbo.v' because of binding errors.
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t
GO
DROP TABLE dbo.t
GO
SELECT * FROM dbo.v
--> error 208: Invalid object name 'dbo.t'.
--> error 4413: Could not use view or function 'dbo.v' because of binding errors.
CREATE TABLE dbo.t (a int, b int); INSERT dbo.t VALUES (1, 2)
GO
CREATE VIEW dbo.v AS SELECT * FROM dbo.t
GO
ALTER TABLE dbo.t ADD c int
GO
SELECT * FROM dbo.v
--> 1 | 2
CREATE TABLE dbo.t (a int, b int); INSERT dbo.t VALUES (1, 2)
GO
CREATE VIEW dbo.v AS SELECT a, b FROM dbo.t
GO
ALTER TABLE dbo.t ALTER COLUMN a varchar(10)
GO
INSERT dbo.t VALUES ('x', 3)
GO
SELECT a FROM dbo.v
--: varchar(10)
--> '1'
--> 'x'
CREATE TABLE dbo.t (a varchar(5)); INSERT dbo.t VALUES ('12345')
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t
GO
ALTER TABLE dbo.t ALTER COLUMN a varchar(10)
GO
INSERT dbo.t VALUES ('1234567890')
GO
SELECT a FROM dbo.v
--: varchar(10)
--> '12345'
--> '1234567890'
CREATE TABLE dbo.t (a decimal(5,1)); INSERT dbo.t VALUES (1.5)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t
GO
ALTER TABLE dbo.t ALTER COLUMN a decimal(9,3)
GO
INSERT dbo.t VALUES (1.125)
GO
SELECT a FROM dbo.v
--: decimal(9,3)
--> 1.500
--> 1.125
CREATE TABLE dbo.t (a decimal(5,1)); INSERT dbo.t VALUES (1.5)
GO
CREATE VIEW dbo.v AS SELECT a / 3 AS x FROM dbo.t
GO
ALTER TABLE dbo.t ALTER COLUMN a float
GO
SELECT x FROM dbo.v
--: float
--> 0.5
CREATE TABLE dbo.t (a varchar(5), b varchar(5)); INSERT dbo.t VALUES ('1', '2')
GO
CREATE VIEW dbo.v AS SELECT a + b AS x FROM dbo.t
GO
ALTER TABLE dbo.t ALTER COLUMN a int; ALTER TABLE dbo.t ALTER COLUMN b int
GO
SELECT x FROM dbo.v
--: int
--> 3
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1)
GO
CREATE FUNCTION dbo.f () RETURNS TABLE AS RETURN SELECT a FROM dbo.t
GO
ALTER TABLE dbo.t ALTER COLUMN a varchar(10)
GO
SELECT a FROM dbo.f()
--: varchar(10)
--> '1'
CREATE TABLE dbo.t (a int, b int); INSERT dbo.t VALUES (1, 2)
GO
CREATE VIEW dbo.v AS SELECT * FROM dbo.t
GO
CREATE VIEW dbo.w (x) AS SELECT b FROM dbo.v
GO
ALTER TABLE dbo.t ADD c varchar(5); ALTER TABLE dbo.t ALTER COLUMN b varchar(7)
GO
SELECT * FROM dbo.v; SELECT x FROM dbo.w
--: int, varchar(7)
--> 1 | '2'
--: varchar(7)
--> '2'
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1)
GO
CREATE FUNCTION dbo.f () RETURNS TABLE AS RETURN SELECT a FROM dbo.t
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.f()
GO
ALTER TABLE dbo.t ALTER COLUMN a varchar(10)
GO
SELECT a FROM dbo.v
--: varchar(10)
--> '1'
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t
GO
DROP TABLE dbo.t; SELECT 'x' AS a INTO dbo.t; SELECT @@ROWCOUNT
GO
SELECT a FROM dbo.v
--: int
--> 1
--: varchar(1)
--> 'x'
CREATE TABLE dbo.t (a int, b int); INSERT dbo.t VALUES (1, 2)
GO
CREATE VIEW dbo.v AS SELECT a, b FROM dbo.t
GO
BEGIN TRAN; ALTER TABLE dbo.t ALTER COLUMN a varchar(9); ROLLBACK
GO
SELECT a FROM dbo.v
--: int
--> 1
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t
GO
CREATE VIEW dbo.w AS SELECT a FROM dbo.v
GO
ALTER VIEW dbo.v AS SELECT CAST(a AS bigint) AS a FROM dbo.t
GO
SELECT a FROM dbo.w
--: bigint
--> 1
-- source: statements/create-sequence-transact-sql, defaults
CREATE SEQUENCE dbo.s START WITH 1; CREATE TABLE dbo.t (a int CONSTRAINT d DEFAULT NEXT VALUE FOR dbo.s); DROP SEQUENCE dbo.s
--> error 3729: Cannot DROP SEQUENCE 'dbo.s' because it is being referenced by object 'd'.
CREATE SEQUENCE dbo.s START WITH 1; CREATE TABLE dbo.t (a int CONSTRAINT d DEFAULT NEXT VALUE FOR s); ALTER TABLE dbo.t DROP CONSTRAINT d; DROP SEQUENCE dbo.s; SELECT OBJECT_ID('dbo.s')
--> NULL
-- source: relational-databases/errors-events/mssqlserver-2627 and 2601, the key in the message
CREATE TABLE dbo.t (a datetime CONSTRAINT u UNIQUE); INSERT dbo.t VALUES ('2024-01-02 03:04:05'); INSERT dbo.t VALUES ('2024-01-02 03:04:05')
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (Jan  2 2024  3:04AM).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a datetime2(0) CONSTRAINT u UNIQUE, b decimal(5,2)); INSERT dbo.t VALUES ('2024-01-02 03:04:05', 1); INSERT dbo.t VALUES ('2024-01-02 03:04:05', 1)
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (2024-01-02 03:04:05).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a bit, b decimal(5,2), c money, CONSTRAINT u UNIQUE (a, b, c)); INSERT dbo.t VALUES (1, 1.5, 2.25); INSERT dbo.t VALUES (1, 1.5, 2.25)
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1, 1.50, 2.25).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a nvarchar(10), b char(3), CONSTRAINT u UNIQUE (a, b)); INSERT dbo.t VALUES (N'é', 'x'); INSERT dbo.t VALUES (N'é', 'x')
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (é, x  ).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a varbinary(5) CONSTRAINT u UNIQUE); INSERT dbo.t VALUES (0x0A0B); INSERT dbo.t VALUES (0x0A0B)
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (0x0a0b).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int, b int CONSTRAINT u UNIQUE); INSERT dbo.t VALUES (1, 1), (2, 2); UPDATE dbo.t SET b = 2 WHERE a = 1
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (2).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int, b int); INSERT dbo.t VALUES (1, NULL), (1, NULL); CREATE UNIQUE INDEX u ON dbo.t (a, b)
--> error 1505: The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.t' and the index name 'u'. The duplicate key value is (1, <NULL>).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (d datetime, m money, v varbinary(4)); CREATE CLUSTERED COLUMNSTORE INDEX c ON dbo.t; ALTER TABLE dbo.t ADD CONSTRAINT u UNIQUE (d, m, v); INSERT dbo.t VALUES ('2024-11-12 13:04:05', 1.5, 0x0AFF), ('2024-11-12 13:04:05', 1.5, 0x0AFF)
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (Nov 12 2024  1:04PM, 1.50, 0x0aff).
--> message: The statement has been terminated.
CREATE TABLE dbo.t (d smalldatetime, m money, v varbinary(4), CONSTRAINT u UNIQUE (d, m, v)); INSERT dbo.t VALUES ('2024-11-12 13:04:05', 1.5, 0x0AFF), ('2024-11-12 13:04:05', 1.5, 0x0AFF)
--> error 2627: Violation of UNIQUE KEY constraint 'u'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (Nov 12 2024  1:04PM, 1.50, 0x0aff).
--> message: The statement has been terminated.
-- source: queries/select-into-clause-transact-sql, after DROP TABLE in the same batch
CREATE TABLE dbo.t (a int)
GO
DROP TABLE dbo.t; SELECT 1 AS b INTO dbo.t; SELECT b FROM dbo.t
--> error 207: Invalid column name 'b'.
CREATE TABLE dbo.t (a int)
GO
DROP TABLE dbo.t; SELECT 1 AS b INTO dbo.t
GO
SELECT b FROM dbo.t
--> 1
CREATE TABLE dbo.t (a int)
GO
IF OBJECT_ID('dbo.t') IS NOT NULL DROP TABLE dbo.t; SELECT 1 AS b INTO dbo.t
GO
SELECT b FROM dbo.t
--> 1
CREATE TABLE dbo.t (a int)
GO
IF OBJECT_ID('dbo.t') IS NOT NULL DROP TABLE dbo.t; CREATE TABLE dbo.t (b int); INSERT dbo.t VALUES (1)
GO
SELECT b FROM dbo.t
--> 1
-- source: statements/create-function-transact-sql, RETURN with functions whose names are reserved words
CREATE FUNCTION dbo.f (@v varchar(9)) RETURNS varchar(9) AS BEGIN RETURN LEFT(@v, 2) + RIGHT(@v, 1) END
GO
SELECT dbo.f('abcde')
--> 'abe'
CREATE FUNCTION dbo.f (@v varchar(9)) RETURNS int AS BEGIN IF @v IS NULL RETURN TRY_CONVERT(int, 'x') RETURN TRY_CONVERT(int, @v) END
GO
SELECT dbo.f('5'), dbo.f(NULL), dbo.f('y')
--> 5 | NULL | NULL
-- source: statements/alter-table-computed-column-definition-transact-sql, expressions of functions within functions
CREATE TABLE #t (a int, b varchar(10), h AS CONVERT(varchar(32), HASHBYTES('MD5', CONCAT(a, UPPER(LTRIM(RTRIM(b))))), 2), k AS CAST(LEFT(b, CHARINDEX('-', b + '-') - 1) AS varchar(20))); INSERT #t (a, b) VALUES (NULL, 'a'), (1, 'x-y'); SELECT h, k FROM #t WHERE a IS NULL; SELECT k FROM #t WHERE a = 1
--: varchar(32), varchar(20)
--> '7FC56270E7A70FA81A5935B72EACBE29' | 'a'
--: varchar(20)
--> 'x'
CREATE TABLE #t (n nvarchar(10), h AS HASHBYTES('MD5', n) PERSISTED, m AS CONVERT(varchar(20), CAST(LEN(n) AS money) * 1000, 1)); INSERT #t (n) VALUES (N'a'); SELECT h, m FROM #t
--> 0x4144E195F46DE78A3623DA7364D04F11 | '1,000.00'
CREATE TABLE #t (a varchar(9), g AS GREATEST(a, 'b')); INSERT #t (a) VALUES ('c'); SELECT g FROM #t
--> 'c'
-- source: statements/create-table-transact-sql, CHECK and computed columns: the stored text means what was written
CREATE TABLE #t (a int, b int, r AS (-(a + b)), s AS (a - (-b)), u AS (a - -b), v AS (-(-a)), w AS (~(a | b)), x AS (a - (b - 1)), y AS ((a + b) * 2 % 3), z AS (a * (b / 2))); INSERT #t (a, b) VALUES (5, 3); SELECT r, s, u, v, w, x, y, z FROM #t
--> -8 | 8 | 8 | 5 | -8 | 3 | 1 | 5
CREATE TABLE #t (a int, b int, CHECK (a IN (1, 2) AND b > 0)); INSERT #t VALUES (1, 1); INSERT #t VALUES (2, -1)
--> error 547
--> message: The statement has been terminated.
CREATE TABLE #t (a int, b int, CHECK (b > 0 AND a IN (1, 2))); INSERT #t VALUES (1, 1); INSERT #t VALUES (1, -1)
--> error 547
--> message: The statement has been terminated.
CREATE TABLE #t (a int, b int, CHECK (NOT a IN (1, 2))); INSERT #t VALUES (3, 1); INSERT #t VALUES (1, -1)
--> error 547
--> message: The statement has been terminated.
CREATE TABLE #t (c varbinary(5), r AS (0x41 + c), d varbinary(5) DEFAULT 0x4142); INSERT #t (c) VALUES (0x01); SELECT r, d FROM #t
--> 0x4101 | 0x4142
CREATE TABLE #t (c int, r AS ($2 * c), q AS (c * -$1.5)); INSERT #t (c) VALUES (3); SELECT r, q FROM #t
--: money, money
--> 6.0000 | -4.5000
CREATE TABLE #t (a int, b int, r AS (a << 1), s AS (a + (b << 2)), u AS ((a << 1) | 1)); INSERT #t (a, b) VALUES (5, 3); SELECT r, s, u FROM #t
--> 10 | 17 | 11
CREATE TABLE #t (a int, b int, CHECK ((a BETWEEN 1 AND 2 OR b = 5) AND a <> b)); INSERT #t VALUES (2, 1); INSERT #t VALUES (5, 5)
--> error 547
--> message: The statement has been terminated.
CREATE TABLE #t (a int, b int, c AS (CASE WHEN a IN (1, 2) AND b = 1 THEN 'x' ELSE 'y' END), d AS IIF(a IN (1, 2) AND b = 1, 1, 0)); INSERT #t (a, b) VALUES (2, 0); SELECT c, d FROM #t
--> 'y' | 0
CREATE TABLE #t (a int, b varchar(5), c AS (a + 2 * 3 - 1), d AS (b + '''x'), e AS (CAST(a AS decimal(9, 2)) / 3), f AS (a / 2.0), g AS (1e0 * a), h AS (-a * 2), i AS (2 * -a), j AS (-2.5 * a)); INSERT #t (a, b) VALUES (7, 'q'); SELECT c, d, e, f, g, h, i, j FROM #t
--> 12 | 'q''x' | 2.333333 | 3.500000 | 7 | -14 | -14 | -17.5
CREATE TABLE #t (a int CHECK (a % 2 = 0 OR a IN (1, 3)), b int CHECK (b NOT BETWEEN 1 AND 2), c varchar(5) CHECK (c LIKE 'a%' OR c IS NULL)); INSERT #t VALUES (3, 5, NULL); INSERT #t VALUES (4, 5, 'ab'); INSERT #t VALUES (5, 5, 'ab')
--> error 547
--> message: The statement has been terminated.
CREATE TABLE #t (a int, b int, CHECK (a BETWEEN 1 AND 3 AND b IN (1, 2) OR a = 9)); INSERT #t VALUES (1, 2); INSERT #t VALUES (9, 7); INSERT #t VALUES (7, 1)
--> error 547
--> message: The statement has been terminated.
CREATE TABLE #t (a varchar(9), b AS TRIM(LEADING 'x' FROM a), c AS TRIM('x' FROM a), d AS JSON_OBJECT('k':a), e AS JSON_ARRAY(a, NULL NULL ON NULL), f AS CONVERT(varchar(10), CAST('2024-01-02' AS date), 103), g AS (a COLLATE Latin1_General_BIN2), h AS CAST(a AS varchar(max)), i AS CAST(CAST('2024-01-02' AS datetime2) AT TIME ZONE 'UTC' AS varchar(40)), j AS LTRIM(a, 'x')); INSERT #t (a) VALUES ('xax'); SELECT b, c, d, e, f, h, j FROM #t
--> 'ax' | 'a' | '{"k":"xax"}' | '["xax",null]' | '02/01/2024' | 'xax' | 'ax'

-- source: statements/create-sequence-transact-sql, arguments
CREATE SEQUENCE dbo.s AS tinyint MAXVALUE 300
--> error 11708: An invalid value was specified for argument 'MAXVALUE' for the given data type.
CREATE SEQUENCE dbo.s AS tinyint MINVALUE -1
--> error 11708: An invalid value was specified for argument 'MINVALUE' for the given data type.
CREATE SEQUENCE dbo.s AS smallint START WITH 40000
--> error 11708: An invalid value was specified for argument 'START WITH' for the given data type.
-- source: functions/next-value-for-transact-sql, limitations
CREATE SEQUENCE dbo.s START WITH 1; SELECT TOP (1) NEXT VALUE FOR dbo.s
--> error 11739: NEXT VALUE FOR function cannot be used if ROWCOUNT option has been set, or the query contains TOP or OFFSET.
CREATE SEQUENCE dbo.s START WITH 1; SELECT CASE WHEN 1 = 1 THEN NEXT VALUE FOR dbo.s END
--> error 11741: NEXT VALUE FOR function cannot be used within CASE, CHOOSE, COALESCE, IIF, ISNULL and NULLIF.
CREATE SEQUENCE dbo.s START WITH 1; DECLARE @n int = ISNULL(NEXT VALUE FOR dbo.s, 1)
--> error 11741
CREATE SEQUENCE dbo.s START WITH 1; CREATE TABLE #t (a int); SELECT a FROM #t WHERE a = NEXT VALUE FOR dbo.s
--> error 11720: NEXT VALUE FOR function is not allowed in the TOP, OVER, OUTPUT, ON, WHERE, GROUP BY, HAVING, or ORDER BY clauses.
CREATE SEQUENCE dbo.s START WITH 1; CREATE TABLE #t (a int); MERGE #t AS t USING (VALUES (1)) AS s (v) ON s.v = t.a WHEN NOT MATCHED THEN INSERT VALUES (NEXT VALUE FOR dbo.s);
--> error 11742: NEXT VALUE FOR function can only be used with MERGE if it is defined within a default constraint on the target table for insert actions.
CREATE SEQUENCE dbo.s START WITH 1; CREATE TABLE #t (a int); INSERT #t VALUES (NEXT VALUE FOR dbo.s); UPDATE #t SET a = a + NEXT VALUE FOR dbo.s; SELECT a FROM #t
--> 3
-- source: relational-databases/errors-events/database-engine-events-and-errors-1000-to-1999, 1752
CREATE TABLE dbo.t (a int, b AS a + 1); ALTER TABLE dbo.t ADD CONSTRAINT d DEFAULT 5 FOR b
--> error 1752: Column 'b' in table 't' is invalid for creating a default constraint.
--> error 1750
-- source: statements/alter-table-transact-sql, ADD PERSISTED
CREATE TABLE dbo.t (a int, b AS a + 1); ALTER TABLE dbo.t ALTER COLUMN b ADD PERSISTED
--> done
--! refused: ALTER COLUMN … ADD PERSISTED
-- source: language-elements/declare-local-variable-transact-sql, table_type_definition (constraints have no names)
DECLARE @t TABLE (a int CONSTRAINT pk PRIMARY KEY)
--> error 156: Incorrect syntax near the keyword 'CONSTRAINT'.
-- source: statements/drop-view-transact-sql, a name of another kind of object
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t
GO
DROP VIEW dbo.t
--> error 3705: Cannot use DROP VIEW with 'dbo.t' because 'dbo.t' is a table. Use DROP TABLE.
-- source: statements/alter-schema-transact-sql
CREATE SCHEMA s
GO
CREATE TABLE s.t (id int IDENTITY CONSTRAINT pk PRIMARY KEY, v int); INSERT s.t VALUES (5); CREATE TABLE dbo.c (t int CONSTRAINT f REFERENCES s.t); ALTER SCHEMA dbo TRANSFER s.t; INSERT dbo.t VALUES (6); SELECT id, v FROM dbo.t; INSERT dbo.c VALUES (9)
--> 1 | 5
--> 2 | 6
--> error 547: The INSERT statement conflicted with the FOREIGN KEY constraint "f". The conflict occurred in database "Own", table "dbo.t", column 'id'.
--> message: The statement has been terminated.
CREATE SCHEMA s
GO
CREATE TABLE s.t (a int); CREATE TABLE dbo.t (a int); ALTER SCHEMA dbo TRANSFER OBJECT::s.t
--> error 15530: The object with name "t" already exists.
ALTER SCHEMA nosuch TRANSFER dbo.t
--> error 15151: Cannot alter the schema 'nosuch', because it does not exist or you do not have permission.
ALTER SCHEMA dbo TRANSFER dbo.nosuch
--> error 15151: Cannot find the object 'nosuch', because it does not exist or you do not have permission.
CREATE SCHEMA s
GO
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS SELECT a FROM dbo.t
GO
ALTER SCHEMA s TRANSFER dbo.t
--> error 15348: Cannot transfer a schemabound object.
CREATE SCHEMA s
GO
CREATE TABLE dbo.t (a int); GRANT SELECT ON dbo.t TO public; ALTER SCHEMA s TRANSFER dbo.t; SELECT COUNT(*) FROM sys.database_permissions WHERE major_id = OBJECT_ID('s.t')
--> 0
CREATE SCHEMA s
GO
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
ALTER SCHEMA s TRANSFER dbo.v
--> done
--! refused: ALTER SCHEMA … TRANSFER of a view
-- source: relational-databases/system-stored-procedures/sp-refreshview-transact-sql
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT * FROM dbo.t
GO
INSERT dbo.t VALUES (1); ALTER TABLE dbo.t ADD b int; SELECT * FROM dbo.v; EXEC sp_refreshview 'dbo.v'; SELECT * FROM dbo.v
--> 1
--> next result
--> 1 | NULL
EXEC sp_refreshview 'dbo.nosuch'
--> error 15165: Could not find object 'dbo.nosuch' or you do not have permission.
-- source: relational-databases/system-stored-procedures/sp-recompile-transact-sql
CREATE TABLE dbo.t (a int); EXEC sp_recompile 'dbo.t'
--> message: Object 'dbo.t' was successfully marked for recompilation.
-- source: statements/create-table-transact-sql, names of constraints of temporary tables
CREATE TABLE #a (a int CONSTRAINT pk PRIMARY KEY); CREATE TABLE #b (a int CONSTRAINT pk PRIMARY KEY)
--> error 2714: There is already an object named 'pk' in the database.
--> error 1750
CREATE TABLE #a (a int PRIMARY KEY); CREATE TABLE #b (a int PRIMARY KEY); SELECT 1
--> 1
-- source: statements/create-view-transact-sql, updatable views
CREATE TABLE dbo.t (id int IDENTITY PRIMARY KEY, a int, b varchar(5) DEFAULT 'x'); INSERT dbo.t (a) VALUES (1), (2), (3)
GO
CREATE VIEW dbo.v AS SELECT id, a AS val, b, a + 1 AS more FROM dbo.t WHERE a < 3
GO
UPDATE dbo.v SET val = 20 OUTPUT deleted.val, inserted.val WHERE dbo.v.id = 2; INSERT dbo.v (val) OUTPUT inserted.id, inserted.val VALUES (0); DELETE dbo.v WHERE v.val = 1; SELECT @@ROWCOUNT; SELECT id, a, b FROM dbo.t ORDER BY id
--> 2 | 20
--> next result
--> 4 | 0
--> next result
--> 1
--> next result
--> 2 | 20 | 'x'
--> 3 | 3 | 'x'
--> 4 | 0 | 'x'
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT a, a + 1 AS more FROM dbo.t
GO
UPDATE dbo.v SET more = 5
--> error 4406: Update or insert of view or function 'dbo.v' failed because it contains a derived or constant field.
CREATE TABLE dbo.t (id int, a int); CREATE TABLE dbo.o (id int, n int); INSERT dbo.t VALUES (1, 1), (2, 2); INSERT dbo.o VALUES (1, 5), (1, 6)
GO
CREATE VIEW dbo.v AS SELECT t.id, t.a, o.n FROM dbo.t JOIN dbo.o ON o.id = t.id
GO
UPDATE dbo.v SET a = 9; SELECT @@ROWCOUNT; SELECT id, a FROM dbo.t ORDER BY id; UPDATE dbo.v SET n = 7 WHERE n = 6; SELECT n FROM dbo.o ORDER BY n; INSERT dbo.v (id, a) VALUES (3, 3); SELECT COUNT(*) FROM dbo.t
--> 1
--> next result
--> 1 | 9
--> 2 | 2
--> next result
--> 5
--> 7
--> next result
--> 3
CREATE TABLE dbo.t (id int, a int); CREATE TABLE dbo.o (id int, n int)
GO
CREATE VIEW dbo.v AS SELECT t.id, t.a, o.n FROM dbo.t JOIN dbo.o ON o.id = t.id
GO
UPDATE dbo.v SET a = 1, n = 2
--> error 4405: View or function 'dbo.v' is not updatable because the modification affects multiple base tables.
CREATE TABLE dbo.t (id int, a int); CREATE TABLE dbo.o (id int, n int)
GO
CREATE VIEW dbo.v AS SELECT t.id, t.a, o.n FROM dbo.t JOIN dbo.o ON o.id = t.id
GO
DELETE dbo.v
--> error 4405
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT a, COUNT(*) AS n FROM dbo.t GROUP BY a
GO
DELETE dbo.v
--> error 4403: Cannot update the view or function 'dbo.v' because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t UNION SELECT 1
GO
UPDATE dbo.v SET a = 1
--> error 4426: View 'dbo.v' is not updatable because the definition contains a UNION operator.
-- source: statements/create-view-transact-sql, views of views
CREATE TABLE dbo.t (a int, b int); INSERT dbo.t VALUES (1, 1), (2, 2), (3, 3)
GO
CREATE VIEW dbo.v AS SELECT a AS x, b AS y FROM dbo.t WHERE a > 1
GO
CREATE VIEW dbo.w (k, l) AS SELECT v.x, v.y FROM dbo.v WHERE v.x < 3
GO
UPDATE w SET l = l * 10 FROM dbo.w; SELECT b FROM dbo.t WHERE a = 2; DELETE dbo.w; INSERT dbo.w VALUES (7, 8); SELECT a, b FROM dbo.t ORDER BY a
--> 20
--> next result
--> 1 | 1
--> 3 | 3
--> 7 | 8
-- source: statements/create-view-transact-sql, CHECK OPTION
CREATE TABLE dbo.t (a int, b int)
GO
CREATE VIEW dbo.v AS SELECT a, b FROM dbo.t WHERE a > 0 WITH CHECK OPTION
GO
CREATE VIEW dbo.w AS SELECT a AS x FROM dbo.v WHERE a < 10
GO
INSERT dbo.v VALUES (1, 1); UPDATE dbo.v SET b = 2; INSERT dbo.w VALUES (50); SELECT a, b FROM dbo.t ORDER BY a; UPDATE dbo.w SET x = -1
--> 1 | 2
--> 50 | NULL
--> error 550: The attempted insert or update failed because the target view either specifies WITH CHECK OPTION or spans a view that specifies WITH CHECK OPTION and one or more rows resulting from the operation did not qualify under the CHECK OPTION constraint.
--> message: The statement has been terminated.
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t WHERE a > 0 WITH CHECK OPTION
GO
INSERT dbo.v VALUES (NULL)
--> error 550
--> message: The statement has been terminated.
CREATE VIEW dbo.v AS SELECT name FROM sys.objects
GO
CREATE VIEW dbo.c AS SELECT name FROM dbo.v WITH CHECK OPTION
GO
SELECT name, with_check_option FROM sys.views ORDER BY name; SELECT CHECK_OPTION FROM INFORMATION_SCHEMA.VIEWS ORDER BY TABLE_NAME
--> 'c' | 1
--> 'v' | 0
--> next result
--> 'CASCADE'
--> 'NONE'
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t
GO
MERGE dbo.v AS v USING (VALUES (1)) AS s (a) ON s.a = v.a WHEN MATCHED THEN DELETE;
--> done
--! refused: MERGE, OUTPUT INTO and bulk loads through a view
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT a FROM dbo.t UNION ALL SELECT a FROM dbo.t
GO
UPDATE dbo.v SET a = 1
--> done
--! refused: Changing rows through a view of a set operation
-- source: statements/create-table-transact-sql, CLUSTERED | NONCLUSTERED
CREATE TABLE dbo.t (a int PRIMARY KEY, b int UNIQUE CLUSTERED); SELECT is_primary_key, type_desc FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.t') ORDER BY index_id
--> 0 | 'CLUSTERED'
--> 1 | 'NONCLUSTERED'
CREATE TABLE dbo.t (a int PRIMARY KEY CLUSTERED, b int UNIQUE CLUSTERED)
--> error 8112: Cannot add more than one clustered index for constraints on table 't'.
CREATE TABLE dbo.t (a int NOT NULL, b int); CREATE CLUSTERED INDEX c ON dbo.t (b); ALTER TABLE dbo.t ADD CONSTRAINT pk PRIMARY KEY CLUSTERED (a)
--> error 1902: Cannot create more than one clustered index on table 'dbo.t'. Drop the existing clustered index 'c' before creating another.
--> error 1750
CREATE TABLE dbo.t (a int NOT NULL, b int); CREATE CLUSTERED INDEX c ON dbo.t (b); ALTER TABLE dbo.t ADD CONSTRAINT pk PRIMARY KEY (a); SELECT name, type_desc FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.t') ORDER BY index_id
--> 'c' | 'CLUSTERED'
--> 'pk' | 'NONCLUSTERED'
-- source: data-types/float-and-real-transact-sql, n
CREATE TABLE dbo.t (a float(60))
--> error 2750: Column, parameter, or variable #1: Specified column precision 60 is greater than the maximum precision of 53.
-- source: functions/identity-function-transact-sql
CREATE TABLE dbo.t (b varchar(5), k int); INSERT dbo.t VALUES ('x', 3), ('y', 1), ('z', 2); SELECT TOP (2) IDENTITY(int, 10, 5) AS n, b INTO dbo.u FROM dbo.t ORDER BY k; SELECT n, b FROM dbo.u; INSERT dbo.u (b) VALUES ('w'); SELECT MAX(n) FROM dbo.u
--> 10 | 'y'
--> 15 | 'z'
--> next result
--> 20
CREATE TABLE #t (b int); SELECT n = IDENTITY(bigint, -1, -1), b INTO #u FROM #t; INSERT #u (b) VALUES (5); SELECT n, b FROM #u
--: bigint, int
--> -1 | 5
SELECT IDENTITY(int, 1, 1) AS n
--> error 177: The IDENTITY function can only be used when the SELECT statement has an INTO clause.
CREATE TABLE #t (id int IDENTITY, a int); SELECT IDENTITY(int, 1, 1) AS n, id INTO #u FROM #t
--> error 8108: Cannot add identity column, using the SELECT INTO statement, to table '#u', which already has column 'id' that inherits the identity property.
SELECT IDENTITY(int, 1, 1) AS n, IDENTITY(int, 1, 1) AS m INTO #u
--> error 8109: Attempting to add multiple identity columns to table '#u' using the SELECT INTO statement.
-- source: relational-databases/system-catalog-views/sys-sequences-transact-sql, cache_size
CREATE SEQUENCE dbo.a CACHE 5; CREATE SEQUENCE dbo.b NO CACHE; CREATE SEQUENCE dbo.c; ALTER SEQUENCE dbo.a RESTART NO CACHE; ALTER SEQUENCE dbo.c RESTART CACHE 7; CREATE SEQUENCE dbo.d CACHE; SELECT name, is_cached, cache_size FROM sys.sequences ORDER BY name
--> 'a' | 0 | NULL
--> 'b' | 0 | NULL
--> 'c' | 1 | 7
--> 'd' | 1 | NULL
-- source: statements/drop-function-transact-sql, remarks
CREATE FUNCTION dbo.f (@a int) RETURNS bit AS BEGIN RETURN 1 END
GO
CREATE TABLE dbo.t (a int CONSTRAINT ck CHECK (dbo.f(a) = 1)); DROP FUNCTION dbo.f
--> error 3729: Cannot DROP FUNCTION 'dbo.f' because it is being referenced by object 'ck'.
CREATE FUNCTION dbo.f (@a int) RETURNS bit AS BEGIN RETURN 1 END
GO
CREATE TABLE dbo.t (a int CONSTRAINT df DEFAULT dbo.f(1)); DROP FUNCTION dbo.f
--> error 3729: Cannot DROP FUNCTION 'dbo.f' because it is being referenced by object 'df'.
CREATE FUNCTION dbo.f (@a int) RETURNS bit AS BEGIN RETURN 1 END
GO
CREATE TABLE dbo.t (a int, b AS dbo.f(a)); DROP FUNCTION dbo.f
--> error 3729: Cannot DROP FUNCTION 'dbo.f' because it is being referenced by object 't'.
-- source: relational-databases/errors-events/database-engine-events-and-errors-2000-to-2999, 2705; 1000 to 1999, 1776, 1778, 1919; 8000 to 8999, 8110: a table as the statement names it
CREATE TABLE dbo.t (a int, A varchar(5))
--> error 2705: Column names in each table must be unique. Column name 'A' in table 'dbo.t' is specified more than once.
CREATE TABLE dbo.p (id int); CREATE TABLE dbo.c (x int CONSTRAINT fk REFERENCES dbo.p (id))
--> error 1776: There are no primary or candidate keys in the referenced table 'dbo.p' that match the referencing column list in the foreign key 'fk'.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.p (id int PRIMARY KEY); CREATE TABLE dbo.c (x bigint CONSTRAINT fk REFERENCES dbo.p (id))
--> error 1778: Column 'dbo.p.id' is not the same data type as referencing column 'c.x' in foreign key 'fk'.
--> error 1750: Could not create constraint or index. See previous errors.
CREATE TABLE dbo.t (a varchar(max)); CREATE INDEX i ON dbo.t (a)
--> error 1919: Column 'a' in table 'dbo.t' is of a type that is invalid for use as a key column in an index.
-- source: relational-databases/errors-events/mssqlserver-3621, of ALTER TABLE
CREATE TABLE dbo.t (a int, b decimal(5,2)); INSERT dbo.t VALUES (300, 100); ALTER TABLE dbo.t ALTER COLUMN a tinyint; ALTER TABLE dbo.t ALTER COLUMN b decimal(4,2)
--> error 220: Arithmetic overflow error for data type tinyint, value = 300.
--> message: The statement has been terminated.
--> error 8115: Arithmetic overflow error converting numeric to data type numeric.
--> message: The statement has been terminated.
-- source: statements/create-function-transact-sql, INLINE = { ON | OFF }, EXTERNAL NAME
CREATE FUNCTION dbo.f (@a int) RETURNS int WITH EXECUTE AS CALLER, INLINE = OFF AS BEGIN RETURN @a END
GO
SELECT dbo.f(1)
--> 1
CREATE FUNCTION dbo.f (@a int) RETURNS int AS EXTERNAL NAME a.b.c
--> done
--! refused: EXTERNAL NAME
CREATE PROCEDURE dbo.p AS EXTERNAL NAME a.b.c
--> done
--! refused: EXTERNAL NAME
-- source: queries/select-into-clause-transact-sql, ON filegroup
SELECT 1 AS a INTO dbo.t ON [PRIMARY]; SELECT a FROM dbo.t
--> 1
-- source: statements/alter-table-transact-sql, REBUILD; statements/alter-index-transact-sql, PARTITION = ALL; statements/create-columnstore-index-transact-sql, ORDER
CREATE TABLE dbo.t (a int, b int); INSERT dbo.t VALUES (1, 2); ALTER TABLE dbo.t REBUILD; ALTER TABLE dbo.t REBUILD PARTITION = ALL WITH (DATA_COMPRESSION = PAGE); CREATE INDEX i ON dbo.t (a) WITH (ONLINE = ON (WAIT_AT_LOW_PRIORITY (MAX_DURATION = 1 MINUTES, ABORT_AFTER_WAIT = SELF))); ALTER INDEX i ON dbo.t REBUILD PARTITION = ALL WITH (FILLFACTOR = 90); DROP INDEX i ON dbo.t; CREATE CLUSTERED COLUMNSTORE INDEX c ON dbo.t ORDER (a, b) WITH (MAXDOP = 1); ALTER TABLE dbo.t ALTER COLUMN b bigint NOT NULL WITH (ONLINE = ON); SELECT a, b FROM dbo.t
--> 1 | 2
ALTER TABLE dbo.nosuch REBUILD
--> error 4902: Cannot find the object "dbo.nosuch" because it does not exist or you do not have permissions.
CREATE TABLE dbo.t (a int PRIMARY KEY NONCLUSTERED HASH WITH (BUCKET_COUNT = 10)) WITH (MEMORY_OPTIMIZED = ON)
--> done
--! refused: A HASH index
-- source: relational-databases/errors-events/database-engine-events-and-errors-11000-to-12999, 11415
CREATE TABLE dbo.t (a int CONSTRAINT pk PRIMARY KEY, b int CONSTRAINT df DEFAULT 1); ALTER TABLE dbo.t NOCHECK CONSTRAINT pk; ALTER TABLE dbo.t CHECK CONSTRAINT df
--> error 11415: Object 'pk' cannot be disabled or enabled. This action applies only to foreign key and check constraints.
--> error 4916: Could not enable or disable the constraint. See previous errors.
--> error 11415: Object 'df' cannot be disabled or enabled. This action applies only to foreign key and check constraints.
--> error 4916: Could not enable or disable the constraint. See previous errors.
-- source: relational-databases/tables/specify-computed-columns-in-a-table, calculated when they are queried
CREATE TABLE dbo.t (a int, b int, c AS a / b); INSERT dbo.t VALUES (1, 0); SELECT a FROM dbo.t
--> 1
-- source: statements/create-table-transact-sql-identity-property, data types; errors 2749, 2752 and 2753
CREATE TABLE dbo.t (a decimal(5,2) IDENTITY)
--> error 2749
CREATE TABLE dbo.t (a int IDENTITY(1, 0))
--> error 2753: Identity column 'a' contains invalid INCREMENT.
CREATE TABLE dbo.t (a tinyint IDENTITY(300, 1))
--> error 2752: Identity column 'a' contains invalid SEED.
CREATE TABLE dbo.t (id int IDENTITY, a int); ALTER TABLE dbo.t ALTER COLUMN id bigint; ALTER TABLE dbo.t ALTER COLUMN id varchar(5)
--> error 2749
CREATE TABLE dbo.t (a decimal(3) IDENTITY(999, -1), b int); INSERT dbo.t VALUES (1), (2); SELECT a FROM dbo.t
--: decimal(3,0)
--> 999
--> 998
-- source: relational-databases/errors-events/database-engine-events-and-errors-2000-to-2999, 2809; 0 to 999, 216
CREATE TABLE dbo.t (a int); EXEC dbo.t
--> error 2809: The request for procedure 't' failed because 't' is a table object.
CREATE FUNCTION dbo.f (@a int) RETURNS TABLE AS RETURN SELECT @a AS a
GO
EXEC dbo.f 1
GO
SELECT a FROM dbo.f
--> error 2809: The request for procedure 'f' failed because 'f' is a table valued function object.
--> error 216: Parameters were not supplied for the function 'dbo.f'.
-- source: relational-databases/errors-events/database-engine-events-and-errors-3000-to-3999, 3705
CREATE PROCEDURE dbo.p AS SELECT 1
GO
DROP TABLE dbo.p
GO
DROP VIEW IF EXISTS dbo.p
GO
DROP FUNCTION dbo.p
--> error 3705: Cannot use DROP TABLE with 'dbo.p' because 'dbo.p' is a procedure. Use DROP PROCEDURE.
--> error 3705: Cannot use DROP VIEW with 'dbo.p' because 'dbo.p' is a procedure. Use DROP PROCEDURE.
--> error 3705: Cannot use DROP FUNCTION with 'dbo.p' because 'dbo.p' is a procedure. Use DROP PROCEDURE.
-- source: statements/create-table-transact-sql, ROWGUIDCOL; relational-databases/errors-events (2761, 8196)
CREATE TABLE dbo.t (a UNIQUEIDENTIFIER ROWGUIDCOL, b UNIQUEIDENTIFIER ROWGUIDCOL)
--> error 8196: Duplicate column specified as ROWGUIDCOL.
CREATE TABLE dbo.t (a INT ROWGUIDCOL)
--> error 2761: The ROWGUIDCOL property can only be specified on the uniqueidentifier data type.
CREATE TABLE dbo.t (a INT)
ALTER TABLE dbo.t ADD g UNIQUEIDENTIFIER ROWGUIDCOL NOT NULL DEFAULT NEWID()
SELECT name, is_rowguidcol FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')
SELECT COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'g', 'IsRowGuidCol'), OBJECTPROPERTY(OBJECT_ID('dbo.t'), 'TableHasRowGuidCol')
--> 'a' | 0
--> 'g' | 1
--> next result
--> 1 | 1
-- source: statements/alter-table-transact-sql, LOCK_ESCALATION
CREATE TABLE dbo.t (a INT)
ALTER TABLE dbo.t SET (LOCK_ESCALATION = TABLE)
SELECT lock_escalation_desc FROM sys.tables WHERE object_id = OBJECT_ID('dbo.t')
--> 'TABLE'
CREATE TABLE dbo.t (a INT)
ALTER TABLE dbo.t SET (LOCK_ESCALATION = AUTO)
SELECT lock_escalation_desc FROM sys.tables WHERE object_id = OBJECT_ID('dbo.t')
--> 'AUTO'
--! refused: LOCK_ESCALATION = AUTO
-- source: relational-databases/tables/specify-computed-columns-in-a-table, a virtual column is computed when it is read
CREATE TABLE dbo.t (id INT PRIMARY KEY, a INT, b AS 10 / a)
INSERT dbo.t (id, a) OUTPUT inserted.id VALUES (1, 0), (2, 5)
INSERT dbo.t (id, a) OUTPUT inserted.b VALUES (4, 0)
SELECT id, CASE WHEN a <> 0 THEN b END FROM dbo.t ORDER BY id
SELECT b FROM dbo.t
UPDATE dbo.t SET a = 1 OUTPUT deleted.b, inserted.b WHERE id = 2
UPDATE dbo.t SET a = 0 WHERE id = 2
DELETE dbo.t OUTPUT deleted.id, deleted.a WHERE id = 2
--> 1
--> 2
--> error 8134
--> message: The statement has been terminated.
--> next result
--> 1 | NULL
--> 2 | 2
--> error 8134
--> next result
--> 2 | 10
--> next result
--> 2 | 0
CREATE TABLE dbo.t (a INT, b AS 10 / a)
INSERT dbo.t (a) VALUES (2)
CREATE UNIQUE INDEX ix ON dbo.t (b)
INSERT dbo.t (a) VALUES (0)
INSERT dbo.t (a) VALUES (2)
DROP INDEX ix ON dbo.t
INSERT dbo.t (a) VALUES (0)
CREATE INDEX ix ON dbo.t (b)
--> error 8134
--> message: The statement has been terminated.
--> error 2601
--> message: The statement has been terminated.
--> error 8134
--> message: The statement has been terminated.
CREATE TABLE dbo.t (id INT PRIMARY KEY, a INT, b AS 10 / a, n AS ISNULL(a, 7))
INSERT dbo.t (id, a) VALUES (1, 0), (2, 5)
MERGE dbo.t AS d USING (VALUES (1, 1), (3, 0)) AS s (id, a) ON d.id = s.id
WHEN MATCHED THEN UPDATE SET a = s.a
WHEN NOT MATCHED BY TARGET THEN INSERT (id, a) VALUES (s.id, s.a)
WHEN NOT MATCHED BY SOURCE AND d.b = 2 THEN DELETE;
SELECT id, n FROM dbo.t ORDER BY id
SELECT y.n FROM (VALUES (1)) AS x (v) LEFT JOIN dbo.t AS y ON 1 = 0
--> 1 | 1
--> 3 | 0
--> next result
--> NULL
CREATE TABLE dbo.t (a INT, b AS a * 2, c AS ISNULL(a, 0))
INSERT dbo.t (a) VALUES (1), (2), (NULL)
SELECT b, COUNT(*), SUM(c) FROM dbo.t GROUP BY b ORDER BY b
SELECT k, v FROM dbo.t UNPIVOT (v FOR k IN (b)) AS u ORDER BY v
DELETE dbo.t WHERE b = 2
SELECT MAX(b) OVER (ORDER BY c) FROM dbo.t ORDER BY c
--> NULL | 1 | 0
--> 2 | 1 | 1
--> 4 | 1 | 2
--> next result
--> 'b' | 2
--> 'b' | 4
--> next result
--> NULL
--> 4
-- source: statements/create-index-transact-sql, backward compatible relational index; alter-table-table-constraint, WITH FILLFACTOR
CREATE TABLE dbo.filled (a int NOT NULL, b int, CONSTRAINT pk PRIMARY KEY CLUSTERED (a) WITH FILLFACTOR = 100)
ALTER TABLE dbo.filled ADD CONSTRAINT u UNIQUE (b) WITH FILLFACTOR = 90
CREATE INDEX i ON dbo.filled (b) WITH PAD_INDEX, FILLFACTOR = 80
CREATE INDEX i ON dbo.filled (b DESC) WITH DROP_EXISTING
SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.filled') ORDER BY name
--> 'i'
--> 'pk'
--> 'u'
