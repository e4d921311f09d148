-- chapter: User-defined types
-- source: statements/create-type-transact-sql
CREATE TYPE dbo.SSN FROM varchar(11) NOT NULL
GO
CREATE TABLE dbo.t (a dbo.SSN, b SSN NULL); SELECT name, is_nullable, max_length FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')
--> 'a' | 0 | 11
--> 'b' | 1 | 11
CREATE TYPE dbo.SSN FROM varchar(11) NOT NULL
GO
CREATE TABLE dbo.t (a dbo.SSN); INSERT dbo.t VALUES (NULL)
--> error 515
--> message: The statement has been terminated.
CREATE TYPE dbo.Code FROM nvarchar(3)
GO
DECLARE @c dbo.Code = N'abcdef'; SELECT @c
--: nvarchar(3)
--> 'abc'
CREATE TYPE dbo.Code FROM nvarchar(3)
GO
CREATE TYPE dbo.Code FROM int
--> error 219: The type 'dbo.Code' already exists, or you do not have permission to create it.
CREATE TYPE dbo.Code FROM nosuch
--> error 2715
CREATE TYPE nosuch.Code FROM int
--> error 2760
CREATE TYPE dbo.LocationTableType AS TABLE (LocationName varchar(50), CostRate int)
GO
DECLARE @l AS dbo.LocationTableType; INSERT @l VALUES ('a', 1), ('b', 2); SELECT LocationName, CostRate FROM @l ORDER BY CostRate DESC
--: varchar(50), int
--> 'b' | 2
--> 'a' | 1
CREATE TYPE dbo.L AS TABLE (id int IDENTITY(5, 5) PRIMARY KEY, v int NOT NULL DEFAULT 7 CHECK (v > 0), w AS v * 2, UNIQUE (v))
GO
DECLARE @l dbo.L; INSERT @l DEFAULT VALUES; INSERT @l (v) VALUES (8); SELECT id, v, w FROM @l
--> 5 | 7 | 14
--> 10 | 8 | 16
CREATE TYPE dbo.L AS TABLE (v int CHECK (v > 0))
GO
DECLARE @l dbo.L; INSERT @l VALUES (0)
--> error 547
--> message: The statement has been terminated.
CREATE TYPE dbo.L AS TABLE (v int NOT NULL)
GO
DECLARE @l dbo.L; INSERT @l VALUES (NULL)
--> error 515
--> message: The statement has been terminated.
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE TABLE dbo.t (b dbo.L)
--> error 350: The column "b" does not have a valid data type. A column cannot be of a user-defined table type.
CREATE TYPE dbo.SSN FROM varchar(11)
GO
CREATE TYPE dbo.L AS TABLE (a dbo.SSN)
GO
DECLARE @l dbo.L; INSERT @l VALUES ('123456789012')
--> error 2628
--> message: The statement has been terminated.
CREATE TYPE dbo.L AS TABLE (a int, CONSTRAINT c CHECK (a > 0))
--> error 156
-- source: statements/drop-type-transact-sql
CREATE TYPE dbo.SSN FROM varchar(11)
GO
DROP TYPE dbo.SSN; SELECT TYPE_ID('dbo.SSN')
--> NULL
DROP TYPE dbo.SSN
--> error 218: Could not find the type 'dbo.SSN'. Either it does not exist or you do not have the necessary permission.
DROP TYPE IF EXISTS dbo.SSN
--> done
CREATE TYPE dbo.SSN FROM varchar(11)
GO
CREATE TABLE dbo.t (a dbo.SSN)
GO
DROP TYPE dbo.SSN
--> error 3732: Cannot drop type 'dbo.SSN' because it is being referenced by object 't'. There may be other objects that reference this type.
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY AS SELECT a FROM @l
GO
DROP TYPE dbo.L
--> error 3732: Cannot drop type 'dbo.L' because it is being referenced by object 'p'. There may be other objects that reference this type.
-- source: statements/grant-type-permissions-transact-sql
CREATE TYPE dbo.SSN FROM varchar(11)
GO
CREATE ROLE r; GRANT CONTROL, EXECUTE, REFERENCES, VIEW DEFINITION ON TYPE::dbo.SSN TO r; DENY EXECUTE ON TYPE::SSN TO r; REVOKE VIEW DEFINITION ON TYPE::dbo.SSN FROM r; SELECT class, class_desc, major_id - TYPE_ID('dbo.SSN'), minor_id, type, permission_name, state FROM sys.database_permissions WHERE grantee_principal_id = DATABASE_PRINCIPAL_ID('r') ORDER BY permission_name
--> 6 | 'TYPE' | 0 | 0 | 'CL  ' | 'CONTROL' | 'G'
--> 6 | 'TYPE' | 0 | 0 | 'EX  ' | 'EXECUTE' | 'D'
--> 6 | 'TYPE' | 0 | 0 | 'RF  ' | 'REFERENCES' | 'G'
CREATE TYPE dbo.SSN FROM varchar(11)
GO
GRANT SELECT ON TYPE::dbo.SSN TO public
--> error 4606: Granted or revoked privilege SELECT is not compatible with object.
GRANT EXECUTE ON TYPE::dbo.nosuch TO public
--> error 15151: Cannot find the type 'nosuch', because it does not exist or you do not have permission.
GRANT EXECUTE ON TYPE::int TO public
--> error 15151: Cannot find the type 'int', because it does not exist or you do not have permission.
-- source: functions/has-perms-by-name-transact-sql
CREATE TYPE dbo.SSN FROM varchar(11)
GO
SELECT HAS_PERMS_BY_NAME('dbo.SSN', 'TYPE', 'EXECUTE'), HAS_PERMS_BY_NAME('dbo.nosuch', 'TYPE', 'EXECUTE')
--> 1 | NULL
-- source: statements/create-table-transact-sql, a type of a table in tempdb must be there
CREATE TYPE dbo.SSN FROM varchar(11)
GO
CREATE TABLE #t (a dbo.SSN)
--> error 2715: Column, parameter, or variable #1: Cannot find data type dbo.SSN.
-- source: relational-databases/tables/use-table-valued-parameters-database-engine
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY AS SELECT SUM(a) FROM @l
GO
DECLARE @t dbo.L; INSERT @t VALUES (1), (2); EXEC dbo.p @t; EXEC dbo.p @l = @t
--> 3
--> next result
--> 3
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY AS SELECT COUNT(*) FROM @l
GO
EXEC dbo.p; EXEC dbo.p DEFAULT
--> 0
--> next result
--> 0
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY AS INSERT @l VALUES (1)
--> error 10700: The table-valued parameter "@l" is READONLY and cannot be modified.
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY AS DELETE l FROM @l AS l
--> error 10700: The table-valued parameter "@l" is READONLY and cannot be modified.
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L AS SELECT a FROM @l
--> error 352: The table-valued parameter "@l" must be declared with the READONLY option.
CREATE PROCEDURE dbo.p @l int READONLY AS SELECT @l
--> error 346: The parameter "@l" can not be declared READONLY since it is not a table-valued parameter.
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY AS SELECT COUNT(*) FROM @l
GO
DECLARE @t TABLE (a int); EXEC dbo.p @t
--> error 206
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY AS SELECT COUNT(*) FROM @l
GO
EXEC dbo.p 1
--> error 206
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.inner_p @l dbo.L READONLY AS SELECT COUNT(*) FROM @l
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY AS EXEC dbo.inner_p @l
GO
DECLARE @t dbo.L; INSERT @t VALUES (1), (2); EXEC dbo.p @t
--> 2
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE FUNCTION dbo.f (@l dbo.L READONLY, @k int) RETURNS int AS BEGIN RETURN @k * (SELECT SUM(a) FROM @l) END
GO
DECLARE @t dbo.L; INSERT @t VALUES (1), (2); SELECT dbo.f(@t, 10)
--> 30
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE FUNCTION dbo.f (@l dbo.L READONLY) RETURNS TABLE AS RETURN SELECT a * 2 AS b FROM @l
GO
DECLARE @t dbo.L; INSERT @t VALUES (1), (2); SELECT b FROM dbo.f(@t) ORDER BY b
--> 2
--> 4
CREATE TYPE dbo.L AS TABLE (a int)
GO
DECLARE @t dbo.L; INSERT @t VALUES (1), (2); EXEC sp_executesql N'SELECT COUNT(*) FROM @x', N'@x dbo.L READONLY', @t
--> 2
-- source: relational-databases/system-catalog-views/sys-table-types-transact-sql
CREATE TYPE dbo.L AS TABLE (a int, b varchar(5))
GO
SELECT tt.name, c.name, c.column_id, o.type, tt.is_table_type, tt.system_type_id FROM sys.table_types tt JOIN sys.columns c ON c.object_id = tt.type_table_object_id JOIN sys.objects o ON o.object_id = c.object_id ORDER BY c.column_id
--> 'L' | 'a' | 1 | 'TT' | 1 | 243
--> 'L' | 'b' | 2 | 'TT' | 1 | 243
CREATE TYPE dbo.SSN FROM varchar(11) NOT NULL
GO
SELECT name, SCHEMA_NAME(schema_id), TYPE_NAME(system_type_id), max_length, is_nullable, is_user_defined, is_table_type FROM sys.types WHERE is_user_defined = 1; SELECT TYPE_NAME(TYPE_ID('dbo.SSN'))
--> 'SSN' | 'dbo' | 'varchar' | 11 | 0 | 1 | 0
--> next result
--> 'SSN'
CREATE TYPE dbo.L AS TABLE (a int)
GO
CREATE PROCEDURE dbo.p @l dbo.L READONLY, @i int AS SELECT COUNT(*) FROM @l
GO
SELECT p.name, t.name, p.is_readonly FROM sys.parameters p JOIN sys.types t ON t.user_type_id = p.user_type_id WHERE object_id = OBJECT_ID('dbo.p') ORDER BY parameter_id
--> '@l' | 'L' | 1
--> '@i' | 'int' | 0
-- source: data-types/sysname
CREATE TABLE dbo.t (a sysname); SELECT c.is_nullable, c.max_length, t.name FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE object_id = OBJECT_ID('dbo.t')
--> 0 | 256 | 'sysname'
