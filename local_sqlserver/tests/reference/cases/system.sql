-- chapter: System functions, views and procedures
-- source: functions/db-name-transact-sql
SELECT DB_NAME(), DB_NAME(DB_ID('master')), DB_NAME(999), DB_ID('nosuch')
--> 'Shared' | 'master' | NULL | NULL
SELECT DB_ID('master'), DB_ID('tempdb'), DB_ID('model'), DB_ID('msdb')
--> 1 | 2 | 3 | 4
--! known: model and msdb are absent
-- source: functions/object-id-transact-sql
CREATE TABLE dbo.t (a int); SELECT CASE WHEN OBJECT_ID('dbo.t') IS NULL THEN 0 ELSE 1 END, CASE WHEN OBJECT_ID('t') IS NULL THEN 0 ELSE 1 END, CASE WHEN OBJECT_ID('[dbo].[t]', 'U') IS NULL THEN 0 ELSE 1 END, OBJECT_ID('dbo.t', 'V'), OBJECT_ID('nosuch')
--> 1 | 1 | 1 | NULL | NULL
CREATE TABLE dbo.t (a int); SELECT OBJECT_NAME(OBJECT_ID('dbo.t')), OBJECT_SCHEMA_NAME(OBJECT_ID('dbo.t')), OBJECT_NAME(0), OBJECT_NAME(NULL)
--> 't' | 'dbo' | NULL | NULL
-- source: functions/object-definition-transact-sql
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
SELECT OBJECT_DEFINITION(OBJECT_ID('dbo.v'))
--> 'CREATE VIEW dbo.v AS SELECT 1 AS a'
-- source: functions/objectproperty-transact-sql
CREATE TABLE dbo.t (a int PRIMARY KEY); SELECT OBJECTPROPERTY(OBJECT_ID('dbo.t'), 'IsUserTable'), OBJECTPROPERTY(OBJECT_ID('dbo.t'), 'IsView'), OBJECTPROPERTY(OBJECT_ID('dbo.t'), 'TableHasPrimaryKey'), OBJECTPROPERTY(0, 'IsTable')
--> 1 | 0 | 1 | NULL
CREATE TABLE dbo.t (a int); SELECT OBJECTPROPERTY(OBJECT_ID('dbo.t'), 'NoSuchProperty')
--> NULL
-- source: functions/col-length-transact-sql
CREATE TABLE dbo.t (a varchar(40), b nvarchar(40), c int, d varchar(max)); SELECT COL_LENGTH('dbo.t', 'a'), COL_LENGTH('dbo.t', 'b'), COL_LENGTH('dbo.t', 'c'), COL_LENGTH('dbo.t', 'd'), COL_LENGTH('dbo.t', 'z')
--: smallint, smallint, smallint, smallint, smallint
--> 40 | 80 | 4 | -1 | NULL
-- source: functions/col-name-transact-sql
CREATE TABLE dbo.t (a int, b int); SELECT COL_NAME(OBJECT_ID('dbo.t'), 2), COL_NAME(OBJECT_ID('dbo.t'), 3)
--> 'b' | NULL
-- source: functions/columnproperty-transact-sql
CREATE TABLE dbo.t (a int IDENTITY, b varchar(5) NULL, c AS a + 1); SELECT COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'a', 'IsIdentity'), COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'b', 'AllowsNull'), COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'c', 'IsComputed'), COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'b', 'ColumnId')
--> 1 | 1 | 1 | 2
-- source: functions/collation-functions-collationproperty-transact-sql
SELECT COLLATIONPROPERTY('Latin1_General_CS_AS_KS_WS', 'CodePage'), COLLATIONPROPERTY('Latin1_General_CS_AS_KS_WS', 'LCID'), COLLATIONPROPERTY('Latin1_General_BIN', 'ComparisonStyle'), COLLATIONPROPERTY('nosuch', 'LCID'), COLLATIONPROPERTY('Latin1_General_BIN', 'nosuch')
--> 1252 | 1033 | 0 | NULL | NULL
SELECT COLLATIONPROPERTY('Latin1_General_CI_AS', 'ComparisonStyle'), COLLATIONPROPERTY('Latin1_General_CI_AS', 'Version'), COLLATIONPROPERTY('Latin1_General_100_CI_AS', 'Version')
--> 196609 | 0 | 2
-- source: functions/schema-name-transact-sql
SELECT SCHEMA_NAME(), SCHEMA_NAME(1), SCHEMA_ID('dbo'), SCHEMA_ID('nosuch'), SCHEMA_NAME(999)
--> 'dbo' | 'dbo' | 1 | NULL | NULL
-- source: functions/type-name-transact-sql
SELECT TYPE_NAME(56), TYPE_NAME(TYPE_ID('varchar')), TYPE_ID('int'), TYPE_ID('nosuch'), TYPE_NAME(9999)
--> 'int' | 'varchar' | 56 | NULL | NULL
-- source: functions/user-name-transact-sql
SELECT USER_NAME(), USER_NAME(1), USER, CURRENT_USER, SESSION_USER, SUSER_SNAME(), SYSTEM_USER, ORIGINAL_LOGIN()
--> 'dbo' | 'dbo' | 'dbo' | 'dbo' | 'dbo' | 'sa' | 'sa' | 'sa'
SELECT USER_ID('dbo'), DATABASE_PRINCIPAL_ID('dbo'), USER_ID('nosuch'), USER_NAME(9999)
--> 1 | 1 | NULL | NULL
-- source: functions/is-member-transact-sql
SELECT IS_MEMBER('db_owner'), IS_MEMBER('nosuch'), IS_SRVROLEMEMBER('sysadmin'), IS_SRVROLEMEMBER('nosuch')
--> 1 | NULL | 1 | NULL
-- source: functions/app-name-transact-sql
SELECT APP_NAME(), HOST_NAME()
--> 'tests' | 'here'
-- source: functions/databasepropertyex-transact-sql
SELECT DATABASEPROPERTYEX('master', 'Status'), DATABASEPROPERTYEX('master', 'Updateability'), DATABASEPROPERTYEX('nosuch', 'Status'), DATABASEPROPERTYEX('master', 'NoSuchProperty')
--> 'ONLINE' | 'READ_WRITE' | NULL | NULL
SELECT DATABASEPROPERTYEX('master', 'Version')
--> 957
-- source: functions/serverproperty-transact-sql
SELECT CASE WHEN CAST(SERVERPROPERTY('ProductVersion') AS varchar(20)) LIKE '16.%' THEN 1 ELSE 0 END, CASE WHEN @@VERSION LIKE 'Microsoft SQL Server 2022%' THEN 1 ELSE 0 END
--> 1 | 1
-- source: functions/version-transact-sql-configuration-functions
SELECT @@SERVERNAME, @@SERVICENAME, @@LANGUAGE, @@LANGID, @@MAX_PRECISION, @@NESTLEVEL, @@TEXTSIZE WHERE 1 = 0
--> no rows
SELECT @@MAX_PRECISION, @@NESTLEVEL, @@LANGUAGE
--> 38 | 0 | 'us_english'
SELECT @@SPID WHERE 1 = 0
--: smallint
--> no rows
SELECT @@CONNECTIONS, @@CPU_BUSY, @@TOTAL_READ WHERE 1 = 0
--> no rows
--! refused: The system variable @@connections
SELECT @@NOSUCH
--> error 137: Must declare the scalar variable "@@NOSUCH".
--! refused: The system variable @@nosuch
-- source: functions/session-context-transact-sql
EXEC sp_set_session_context N'k', N'v'; SELECT SESSION_CONTEXT(N'k')
--> 'v'
-- source: functions/context-info-transact-sql
SELECT CONTEXT_INFO()
--> NULL
-- source: functions/sessionproperty-transact-sql
SELECT SESSIONPROPERTY('ANSI_NULLS'), SESSIONPROPERTY('QUOTED_IDENTIFIER')
--> 1 | 1
-- source: functions/sql-variant-property-transact-sql
SELECT SQL_VARIANT_PROPERTY(CAST(1.50 AS decimal(5,2)), 'BaseType'), SQL_VARIANT_PROPERTY(CAST(1.50 AS decimal(5,2)), 'Precision')
--> 'decimal' | 5
--! refused: The function SQL_VARIANT_PROPERTY
-- source: functions/compress-transact-sql
SELECT CAST(DECOMPRESS(COMPRESS('abc')) AS varchar(5))
--> 'abc'
-- source: functions/crypt-gen-random-transact-sql
SELECT DATALENGTH(CRYPT_GEN_RANDOM(8))
--> 8
--! refused: The function CRYPT_GEN_RANDOM
-- source: functions/host-id-transact-sql
SELECT LEN(HOST_ID()) - LEN(HOST_ID())
--> 0
--! refused: The function HOST_ID
-- source: functions/collation-functions-collationproperty-transact-sql
SELECT COLLATIONPROPERTY('Latin1_General_CI_AS', 'CodePage')
--> 1252

-- source: relational-databases/system-catalog-views/sys-objects-transact-sql
CREATE TABLE dbo.t (a int CONSTRAINT pk PRIMARY KEY, b int CONSTRAINT d DEFAULT 1 CONSTRAINT c CHECK (b > 0)); SELECT name, type, type_desc FROM sys.objects WHERE is_ms_shipped = 0 ORDER BY name
--> 'c' | 'C ' | 'CHECK_CONSTRAINT'
--> 'd' | 'D ' | 'DEFAULT_CONSTRAINT'
--> 'pk' | 'PK' | 'PRIMARY_KEY_CONSTRAINT'
--> 't' | 'U ' | 'USER_TABLE'
CREATE PROCEDURE dbo.p AS SELECT 1
GO
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
SELECT name, type, type_desc, SCHEMA_NAME(schema_id) FROM sys.objects WHERE is_ms_shipped = 0 ORDER BY name
--> 'p' | 'P ' | 'SQL_STORED_PROCEDURE' | 'dbo'
--> 'v' | 'V ' | 'VIEW' | 'dbo'
-- source: relational-databases/system-catalog-views/sys-tables-transact-sql
CREATE TABLE dbo.t (a int); SELECT name, type_desc, max_column_id_used FROM sys.tables
--> 't' | 'USER_TABLE' | 1
-- source: relational-databases/system-catalog-views/sys-columns-transact-sql
CREATE TABLE dbo.t (a int IDENTITY, b nvarchar(10) NOT NULL, c decimal(7,3), d datetime2(3), e varchar(max)); SELECT name, column_id, TYPE_NAME(user_type_id), max_length, precision, scale, is_nullable, is_identity FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t') ORDER BY column_id
--> 'a' | 1 | 'int' | 4 | 10 | 0 | 0 | 1
--> 'b' | 2 | 'nvarchar' | 20 | 0 | 0 | 0 | 0
--> 'c' | 3 | 'decimal' | 5 | 7 | 3 | 1 | 0
--> 'd' | 4 | 'datetime2' | 7 | 23 | 3 | 1 | 0
--> 'e' | 5 | 'varchar' | -1 | 0 | 0 | 1 | 0
-- source: relational-databases/system-catalog-views/sys-types-transact-sql
SELECT name, system_type_id, max_length, precision, scale FROM sys.types WHERE name IN ('int', 'bit', 'datetime', 'money', 'date') ORDER BY name
--> 'bit' | 104 | 1 | 1 | 0
--> 'date' | 40 | 3 | 10 | 0
--> 'datetime' | 61 | 8 | 23 | 3
--> 'int' | 56 | 4 | 10 | 0
--> 'money' | 60 | 8 | 19 | 4
-- source: relational-databases/system-catalog-views/sys-indexes-transact-sql
CREATE TABLE dbo.t (a int CONSTRAINT pk PRIMARY KEY, b int); CREATE UNIQUE INDEX ix ON dbo.t (b); SELECT name, index_id, type_desc, is_unique, is_primary_key FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.t') ORDER BY index_id
--> 'pk' | 1 | 'CLUSTERED' | 1 | 1
--> 'ix' | 2 | 'NONCLUSTERED' | 1 | 0
CREATE TABLE dbo.t (a int); SELECT name, index_id, type_desc FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.t')
--> NULL | 0 | 'HEAP'
-- source: relational-databases/system-catalog-views/sys-index-columns-transact-sql
CREATE TABLE dbo.t (a int, b int, c int); CREATE INDEX ix ON dbo.t (b DESC, a) INCLUDE (c); SELECT COL_NAME(object_id, column_id), key_ordinal, is_descending_key, is_included_column FROM sys.index_columns WHERE object_id = OBJECT_ID('dbo.t') ORDER BY index_column_id
--> 'b' | 1 | 1 | 0
--> 'a' | 2 | 0 | 0
--> 'c' | 0 | 0 | 1
-- source: relational-databases/system-catalog-views/sys-schemas-transact-sql
SELECT name, schema_id FROM sys.schemas WHERE name IN ('dbo', 'guest', 'INFORMATION_SCHEMA', 'sys') ORDER BY schema_id
--> 'dbo' | 1
--> 'guest' | 2
--> 'INFORMATION_SCHEMA' | 3
--> 'sys' | 4
-- source: relational-databases/system-catalog-views/sys-databases-transact-sql
SELECT name, compatibility_level, state_desc, collation_name FROM sys.databases WHERE name = 'master'
--> 'master' | 160 | 'ONLINE' | 'Latin1_General_100_CI_AS_KS_WS_SC'
-- source: relational-databases/system-catalog-views/sys-check-constraints-transact-sql
CREATE TABLE dbo.t (a int CONSTRAINT c CHECK (a > 0), b int CONSTRAINT d DEFAULT 0, e varchar(5) CONSTRAINT f DEFAULT 'x'); SELECT definition FROM sys.check_constraints; SELECT definition FROM sys.default_constraints ORDER BY name
--> '([a]>(0))'
--> next result
--> '((0))'
--> '(''x'')'
-- source: relational-databases/system-catalog-views/sys-key-constraints-transact-sql
CREATE TABLE dbo.t (a int CONSTRAINT pk PRIMARY KEY, b int CONSTRAINT u UNIQUE); SELECT name, type FROM sys.key_constraints ORDER BY name
--> 'pk' | 'PK'
--> 'u' | 'UQ'
-- source: relational-databases/system-catalog-views/sys-identity-columns-transact-sql
CREATE TABLE dbo.t (a int IDENTITY(5, 3)); INSERT dbo.t DEFAULT VALUES; SELECT name, CAST(seed_value AS int), CAST(increment_value AS int), CAST(last_value AS int) FROM sys.identity_columns WHERE object_id = OBJECT_ID('dbo.t')
--> 'a' | 5 | 3 | 5
--! known: catalog views and columns that are missing
-- source: relational-databases/system-catalog-views/sys-computed-columns-transact-sql
CREATE TABLE dbo.t (a int, b AS a + 1); SELECT name, is_persisted FROM sys.computed_columns
--> 'b' | 0
-- source: relational-databases/system-catalog-views/sys-sql-modules-transact-sql
CREATE PROCEDURE dbo.p AS SELECT 1
GO
SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.p')
--> 'CREATE PROCEDURE dbo.p AS SELECT 1'
-- source: relational-databases/system-catalog-views/sys-parameters-transact-sql
CREATE PROCEDURE dbo.p @a int, @b varchar(5) = 'x' OUTPUT AS SELECT 1
GO
SELECT name, parameter_id, is_output FROM sys.parameters ORDER BY parameter_id
--> '@a' | 1 | 0
--> '@b' | 2 | 1
-- source: relational-databases/system-catalog-views/extended-properties-catalog-views-sys-extended-properties
CREATE TABLE dbo.t (a int); EXEC sp_addextendedproperty N'MS_Description', N'text', N'SCHEMA', N'dbo', N'TABLE', N't'; SELECT name, value, class_desc FROM sys.extended_properties WHERE major_id = OBJECT_ID('dbo.t')
--> 'MS_Description' | 'text' | 'OBJECT_OR_COLUMN'
-- source: relational-databases/system-catalog-views/sys-all-objects-transact-sql
CREATE TABLE dbo.t (a int); SELECT name FROM sys.all_objects WHERE object_id = OBJECT_ID('dbo.t'); SELECT name FROM sys.all_columns WHERE object_id = OBJECT_ID('dbo.t')
--> 't'
--> next result
--> 'a'
-- source: relational-databases/system-catalog-views/sys-foreign-keys-transact-sql
SELECT COUNT(*) FROM sys.foreign_keys; SELECT COUNT(*) FROM sys.triggers; SELECT COUNT(*) FROM sys.synonyms; SELECT COUNT(*) FROM sys.sequences
--> 0
--> next result
--> 0
--> next result
--> 0
--> next result
--> 0
-- source: relational-databases/system-catalog-views/sys-partitions-transact-sql
CREATE TABLE dbo.t (a int); INSERT dbo.t VALUES (1), (2); SELECT index_id, partition_number, rows FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.t')
--> 0 | 1 | 2
-- source: relational-databases/system-dynamic-management-views/sys-dm-exec-sessions-transact-sql
SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE session_id = @@SPID
--> 1
-- source: relational-databases/system-information-schema-views/tables-transact-sql
CREATE TABLE dbo.t (a int)
GO
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
SELECT TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES ORDER BY TABLE_NAME
--> 'Own' | 'dbo' | 't' | 'BASE TABLE'
--> 'Own' | 'dbo' | 'v' | 'VIEW'
-- source: relational-databases/system-information-schema-views/columns-transact-sql
CREATE TABLE dbo.t (a int NOT NULL, b nvarchar(10) DEFAULT N'x', c decimal(7,3), d datetime2(3)); SELECT COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 't' ORDER BY ORDINAL_POSITION
--> 'a' | 1 | NULL | 'NO' | 'int' | NULL | 10 | 0 | NULL
--> 'b' | 2 | '(N''x'')' | 'YES' | 'nvarchar' | 10 | NULL | NULL | NULL
--> 'c' | 3 | NULL | 'YES' | 'decimal' | NULL | 7 | 3 | NULL
--> 'd' | 4 | NULL | 'YES' | 'datetime2' | NULL | NULL | NULL | 3
-- source: relational-databases/system-information-schema-views/routines-transact-sql
CREATE PROCEDURE dbo.p AS SELECT 1
GO
SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE FROM INFORMATION_SCHEMA.ROUTINES
--> 'dbo' | 'p' | 'PROCEDURE'
-- source: relational-databases/system-information-schema-views/table-constraints-transact-sql
CREATE TABLE dbo.t (a int CONSTRAINT pk PRIMARY KEY, b int CONSTRAINT c CHECK (b > 0)); SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY CONSTRAINT_NAME
--> 'c' | 'CHECK'
--> 'pk' | 'PRIMARY KEY'
-- source: relational-databases/system-information-schema-views/key-column-usage-transact-sql
CREATE TABLE dbo.t (a int, b int, CONSTRAINT pk PRIMARY KEY (b, a)); SELECT COLUMN_NAME, ORDINAL_POSITION FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE ORDER BY ORDINAL_POSITION
--> 'b' | 1
--> 'a' | 2
-- source: relational-databases/system-information-schema-views/schemata-transact-sql
SELECT SCHEMA_NAME, SCHEMA_OWNER FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = 'dbo'
--> 'dbo' | 'dbo'
-- source: relational-databases/system-information-schema-views/views-transact-sql
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
SELECT TABLE_NAME, CHECK_OPTION, IS_UPDATABLE FROM INFORMATION_SCHEMA.VIEWS
--> 'v' | 'NONE' | 'NO'
-- source: relational-databases/system-compatibility-views/sys-sysobjects-transact-sql
CREATE TABLE dbo.t (a int); SELECT name, xtype FROM sysobjects WHERE name = 't'
--> 't' | 'U '
-- source: relational-databases/system-stored-procedures/sp-rename-transact-sql
CREATE TABLE dbo.t (a int); EXEC sp_rename 'dbo.t', 'u'; EXEC sp_rename 'dbo.u.a', 'b', 'COLUMN'; EXEC ('INSERT dbo.u (b) VALUES (1); SELECT b FROM dbo.u')
--> message: Caution: Changing any part of an object name could break scripts and stored procedures.
--> message: Caution: Changing any part of an object name could break scripts and stored procedures.
--> 1
-- source: relational-databases/system-stored-procedures/sp-helptext-transact-sql
CREATE VIEW dbo.v AS SELECT 1 AS a
GO
EXEC sp_helptext 'dbo.v'
--> 'CREATE VIEW dbo.v AS SELECT 1 AS a'
-- source: relational-databases/system-stored-procedures/sp-getapplock-transact-sql
DECLARE @r int; BEGIN TRAN; EXEC @r = sp_getapplock @Resource = 'r', @LockMode = 'Exclusive'; SELECT @r, APPLOCK_MODE('public', 'r', 'Transaction'); ROLLBACK
--> 0 | 'Exclusive'
-- source: relational-databases/system-stored-procedures/sp-spaceused-transact-sql
EXEC sp_spaceused 'dbo.nosuch'
--> error 15009: The object 'dbo.nosuch' does not exist in database 'Shared' or is invalid for this operation.

-- source: statements/collations
SELECT CASE WHEN 'a' = 'A' COLLATE Latin1_General_CS_AS THEN 1 ELSE 0 END, CASE WHEN 'a' = 'A' COLLATE Latin1_General_BIN2 THEN 1 ELSE 0 END, CASE WHEN N'e' = N'é' COLLATE Latin1_General_CI_AI THEN 1 ELSE 0 END, CASE WHEN N'e' = N'é' THEN 1 ELSE 0 END
--> 0 | 0 | 1 | 0
SELECT 'a' COLLATE NoSuch_Collation
--> error 448: Invalid collation 'NoSuch_Collation'.
SELECT CASE WHEN 'a' COLLATE Latin1_General_CI_AS = 'b' COLLATE Latin1_General_CS_AS THEN 1 END
--> error 468
CREATE TABLE #t (v varchar(5) COLLATE Latin1_General_CS_AS); INSERT #t VALUES ('a'), ('A'); SELECT COUNT(*), COUNT(DISTINCT v) FROM #t WHERE v = 'a'
--> 1 | 1
SELECT v FROM (VALUES ('ä'), ('z'), ('b')) AS t (v) ORDER BY v
--> 'ä'
--> 'b'
--> 'z'
SELECT v FROM (VALUES ('_x'), ('1'), ('a')) AS t (v) ORDER BY v
--> '_x'
--> '1'
--> 'a'
-- source: statements/create-user-transact-sql
CREATE USER u WITHOUT LOGIN; SELECT name, type_desc FROM sys.database_principals WHERE name = 'u'
--> 'u' | 'SQL_USER'
CREATE ROLE r; SELECT name, type_desc FROM sys.database_principals WHERE name = 'r'
--> 'r' | 'DATABASE_ROLE'
CREATE USER dbo WITHOUT LOGIN
--> error 15023: User, group, or role 'dbo' already exists in the current database.
-- source: statements/grant-transact-sql
CREATE ROLE r; CREATE TABLE dbo.t (a int); GRANT SELECT, INSERT ON dbo.t TO r; DENY DELETE ON dbo.t TO r; SELECT permission_name, state_desc FROM sys.database_permissions WHERE grantee_principal_id = DATABASE_PRINCIPAL_ID('r') ORDER BY permission_name
--> 'DELETE' | 'DENY'
--> 'INSERT' | 'GRANT'
--> 'SELECT' | 'GRANT'
CREATE TABLE dbo.t (a int); GRANT EXECUTE ON dbo.t TO public
--> error 4606: Granted or revoked privilege EXECUTE is not compatible with object.
CREATE TABLE dbo.t (a int); GRANT SELECT ON dbo.t TO nosuch
--> error 15151: Cannot find the user 'nosuch', because it does not exist or you do not have permission.
GRANT SELECT ON dbo.nosuch TO public
--> error 15151: Cannot find the object 'nosuch', because it does not exist or you do not have permission.
-- source: relational-databases/system-stored-procedures/sp-describe-first-result-set-transact-sql
CREATE TABLE dbo.t (a int NOT NULL, b varchar(5)); SELECT name, is_nullable, system_type_name, max_length FROM sys.dm_exec_describe_first_result_set(N'SELECT a, b, 1 AS c FROM dbo.t', NULL, 0)
--> 'a' | 0 | 'int' | 4
--> 'b' | 1 | 'varchar(5)' | 5
--> 'c' | 0 | 'int' | 4
CREATE PROCEDURE dbo.p @x int AS IF @x = 1 SELECT 1 AS a; ELSE SELECT 2 AS a
GO
SELECT name, system_type_name FROM sys.dm_exec_describe_first_result_set(N'EXEC dbo.p 1', NULL, 0)
--> 'a' | 'int'
EXEC sp_describe_first_result_set N'EXEC (''SELECT 1'')'
--> error 11514: The metadata could not be determined because statement 'EXEC ('SELECT 1')' contains dynamic SQL.  Consider using the WITH RESULT SETS clause to explicitly describe the result set.
EXEC sp_describe_first_result_set N'CREATE TABLE #t (a int); SELECT a FROM #t'
--> error 11526
EXEC sp_describe_first_result_set N'SELECT nosuch'
--> error 207
EXEC sp_describe_first_result_set N'PRINT ''x'''
--> no rows
SELECT error_number, error_type_desc FROM sys.dm_exec_describe_first_result_set(N'SELECT nosuch', NULL, 0)
--> 207 | 'MISC'
-- source: statements/set-fmtonly-transact-sql
CREATE TABLE #t (a int); SET FMTONLY ON; INSERT #t VALUES (1); SELECT a FROM #t; SET FMTONLY OFF; SELECT COUNT(*) FROM #t
--> no rows
--> next result
--> 0
-- source: relational-databases/system-stored-procedures/sp-describe-undeclared-parameters-transact-sql
CREATE PROCEDURE dbo.p @x int, @y decimal(9,2) = 1 AS SELECT 1
GO
CREATE TABLE #d (parameter_ordinal int, name sysname, suggested_system_type_id int, suggested_system_type_name nvarchar(256) NULL, suggested_max_length smallint, suggested_precision tinyint, suggested_scale tinyint, suggested_user_type_id int NULL, c9 sysname NULL, c10 sysname NULL, c11 sysname NULL, c12 nvarchar(4000) NULL, c13 int NULL, c14 sysname NULL, c15 sysname NULL, c16 sysname NULL, c17 bit NULL, c18 bit NULL, c19 bit NULL, c20 bit NULL, c21 bit NULL, c22 sysname NULL, c23 int NULL, c24 int NULL); INSERT #d EXEC sp_describe_undeclared_parameters N'EXEC dbo.p @P1, @y = @P2'; SELECT name, suggested_system_type_name FROM #d ORDER BY parameter_ordinal
--> '@P1' | 'int'
--> '@P2' | 'decimal(9,2)'
-- source: statements/create-table-transact-sql, temporary tables
CREATE TABLE #t (a int NOT NULL PRIMARY KEY, b varchar(5)); SELECT LEFT(name, 4), LEN(name), type_desc FROM tempdb.sys.tables WHERE object_id = OBJECT_ID('tempdb..#t'); SELECT c.name, c.is_nullable FROM tempdb.sys.columns AS c WHERE object_id = OBJECT_ID('tempdb..#t') ORDER BY column_id; SELECT COLUMN_NAME, DATA_TYPE FROM tempdb.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME LIKE '#t%' ORDER BY ORDINAL_POSITION; SELECT COL_LENGTH('tempdb..#t', 'b'), OBJECT_ID('#t')
--> '#t__' | 128 | 'USER_TABLE'
--> next result
--> 'a' | 0
--> 'b' | 1
--> next result
--> 'a' | 'int'
--> 'b' | 'varchar'
--> next result
--> 5 | NULL
CREATE TABLE #t (a int); DROP TABLE #t; SELECT COUNT(*) FROM tempdb.sys.tables WHERE name LIKE '#t%'
--> 0
-- source: statements/alter-role-transact-sql
CREATE ROLE r; ALTER ROLE r ADD MEMBER nosuch
--> error 15151: Cannot add the principal 'nosuch', because it does not exist or you do not have permission.
CREATE ROLE r; ALTER ROLE r DROP MEMBER nosuch
--> error 15151: Cannot drop the principal 'nosuch', because it does not exist or you do not have permission.
-- source: relational-databases/system-dynamic-management-views/sys-dm-exec-sql-text-transact-sql
SELECT text FROM sys.dm_exec_sql_text(0x01)
--> no rows
--! refused: The function DM_EXEC_SQL_TEXT
SELECT name FROM fn_helpcollations() WHERE 1 = 0
--> no rows
--! refused: The function FN_HELPCOLLATIONS
-- source: statements/collation-precedence-transact-sql, uncoercible collation labels
CREATE TABLE #t (g nvarchar(10) COLLATE Latin1_General_CI_AI, l nvarchar(10) COLLATE Latin1_General_CS_AS); SELECT * FROM #t WHERE g = l
--> error 468: Cannot resolve the collation conflict between "Latin1_General_CS_AS" and "Latin1_General_CI_AI" in the equal to operation.

-- source: relational-databases/system-catalog-views/sys-key-constraints-transact-sql, is_system_named
CREATE TABLE dbo.t (a int PRIMARY KEY, b int UNIQUE, c int CONSTRAINT u UNIQUE); SELECT is_system_named, type FROM sys.key_constraints ORDER BY is_system_named, type
--> 0 | 'UQ'
--> 1 | 'PK'
--> 1 | 'UQ'
-- source: relational-databases/system-catalog-views/sys-database-principals-transact-sql, authentication_type
CREATE USER u WITHOUT LOGIN; SELECT authentication_type, authentication_type_desc FROM sys.database_principals WHERE name = 'u'
--> 0 | 'NONE'
-- source: relational-databases/errors-events/database-engine-events-and-errors-15000-to-15999, members of roles
CREATE ROLE r; ALTER ROLE r ADD MEMBER r
--> error 15413: Cannot make a role a member of itself.
CREATE ROLE r; CREATE ROLE q; ALTER ROLE r ADD MEMBER q; ALTER ROLE q ADD MEMBER r
--> error 15413
CREATE ROLE r; ALTER ROLE r ADD MEMBER dbo
--> error 15405: Cannot use the special principal 'dbo'.
DROP ROLE db_owner
--> error 15150: Cannot drop the role 'db_owner'.
-- source: statements/grant-transact-sql, principals of the system
CREATE TABLE dbo.t (a int); GRANT SELECT ON dbo.t TO dbo
--> error 4624: Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.
-- source: relational-databases/system-catalog-views/messages-for-errors-catalog-views-sys-messages
SELECT message_id, language_id, severity, text FROM sys.messages WHERE message_id IN (134, 8134, 8672) AND language_id = 1033 AND text NOT LIKE '%[%]%' AND text NOT LIKE 'The MERGE%'
--> 8134 | 1033 | 16 | 'Divide by zero error encountered.'
-- source: functions/object-definition-transact-sql
CREATE FUNCTION dbo.f () RETURNS int AS BEGIN RETURN 1 END
GO
SELECT OBJECT_DEFINITION(OBJECT_ID('dbo.f'))
--> 'CREATE FUNCTION dbo.f () RETURNS int AS BEGIN RETURN 1 END'
-- source: functions/object-name-transact-sql, names of constraints and of objects of the system
CREATE TABLE dbo.t (a int CONSTRAINT pk PRIMARY KEY, b int CONSTRAINT d DEFAULT 1 CONSTRAINT c CHECK (b > 0)); SELECT OBJECT_NAME(default_object_id) FROM sys.columns WHERE name = 'b' AND default_object_id <> 0; SELECT OBJECT_NAME(object_id), OBJECT_NAME(parent_object_id) FROM sys.check_constraints; SELECT OBJECT_NAME(OBJECT_ID('pk')), OBJECT_SCHEMA_NAME(OBJECT_ID('pk'))
--> 'd'
--> next result
--> 'c' | 't'
--> next result
--> 'pk' | 'dbo'
SELECT OBJECT_NAME(OBJECT_ID('sys.tables')), OBJECT_SCHEMA_NAME(OBJECT_ID('sys.tables'))
--> 'tables' | 'sys'
CREATE TABLE #t (a int); SELECT LEFT(OBJECT_NAME(OBJECT_ID('tempdb..#t'), DB_ID('tempdb')), 3)
--> '#t_'
-- source: functions/columnproperty-transact-sql, parameters and lengths
CREATE PROCEDURE dbo.p @a int, @b varchar(10) OUTPUT AS SELECT 1
GO
SELECT COLUMNPROPERTY(OBJECT_ID('dbo.p'), '@a', 'IsOutParam'), COLUMNPROPERTY(OBJECT_ID('dbo.p'), '@b', 'IsOutParam'), COLUMNPROPERTY(OBJECT_ID('dbo.p'), '@b', 'Precision')
--> 0 | 1 | 10
CREATE TABLE dbo.t (a decimal(9,2), b varchar(max), c nvarchar(7)); SELECT COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'a', 'Precision'), COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'a', 'Scale'), COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'b', 'Precision'), COLUMNPROPERTY(OBJECT_ID('dbo.t'), 'c', 'Precision')
--> 9 | 2 | -1 | 7
-- source: functions/objectproperty-transact-sql, TableHasForeignRef
CREATE TABLE dbo.t (a int PRIMARY KEY, b varchar(max)); CREATE TABLE dbo.u (a int REFERENCES dbo.t); SELECT OBJECTPROPERTY(OBJECT_ID('dbo.t'), 'TableHasForeignRef'), OBJECTPROPERTY(OBJECT_ID('dbo.u'), 'TableHasForeignRef'), OBJECTPROPERTY(OBJECT_ID('dbo.t'), 'TableHasTextImage')
--> 1 | 0 | 1
-- source: functions/databasepropertyex-transact-sql, options
SELECT DATABASEPROPERTYEX('master', 'IsAutoShrink'), DATABASEPROPERTYEX('master', 'IsSubscribed'), DATABASEPROPERTYEX('master', 'LCID')
--: int, int, int
--> 0 | 0 | 1033
-- source: functions/is-srvrolemember-transact-sql, fixed server roles
SELECT IS_SRVROLEMEMBER('processadmin'), IS_SRVROLEMEMBER('diskadmin'), IS_SRVROLEMEMBER('nosuch')
--> 1 | 1 | NULL
-- source: statements/alter-database-transact-sql-set-options, sql_option; and statements/alter-database-transact-sql-compatibility-level
CREATE DATABASE options_db; ALTER DATABASE options_db SET RECOVERY SIMPLE, ANSI_NULLS ON, ARITHABORT OFF, PAGE_VERIFY CHECKSUM, CURSOR_DEFAULT GLOBAL; ALTER DATABASE options_db SET COMPATIBILITY_LEVEL = 150; ALTER DATABASE options_db SET AUTO_UPDATE_STATISTICS OFF WITH NO_WAIT; SELECT compatibility_level, is_ansi_nulls_on, is_arithabort_on, is_auto_update_stats_on, is_auto_create_stats_on FROM sys.databases WHERE name = 'options_db'; SELECT DATABASEPROPERTYEX('options_db', 'IsAnsiNullsEnabled'), DATABASEPROPERTYEX('options_db', 'IsArithmeticAbortEnabled'); DROP DATABASE options_db
--> 150 | 1 | 0 | 0 | 1
--> next result
--> 1 | 0
-- source: relational-databases/system-information-schema-views/routines-transact-sql
CREATE FUNCTION dbo.f (@a int) RETURNS decimal(9,2) AS BEGIN RETURN @a END
GO
CREATE FUNCTION dbo.g (@a int) RETURNS nvarchar(20) AS BEGIN RETURN @a END
GO
CREATE FUNCTION dbo.h () RETURNS TABLE AS RETURN SELECT 1 AS a
GO
CREATE PROCEDURE dbo.p AS SELECT 1
GO
SELECT ROUTINE_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH, NUMERIC_PRECISION, NUMERIC_PRECISION_RADIX, NUMERIC_SCALE, CHARACTER_SET_NAME, DATETIME_PRECISION FROM INFORMATION_SCHEMA.ROUTINES ORDER BY ROUTINE_NAME
--> 'f' | 'decimal' | NULL | NULL | 9 | 10 | 2 | NULL | NULL
--> 'g' | 'nvarchar' | 20 | 40 | NULL | NULL | NULL | 'UNICODE' | NULL
--> 'h' | 'TABLE' | NULL | NULL | NULL | NULL | NULL | NULL | NULL
--> 'p' | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL
-- source: relational-databases/errors-events/database-engine-events-and-errors-0-to-999, 117
SELECT 1 FROM a.b.c.d.e
--> error 117: The object name 'a.b.c.d.e' contains more than the maximum number of prefixes. The maximum is 3.
-- source: functions/objectproperty-transact-sql, of a system view
SELECT OBJECTPROPERTY(OBJECT_ID('sys.objects'), 'IsView'), OBJECTPROPERTY(OBJECT_ID('INFORMATION_SCHEMA.TABLES'), 'IsMSShipped'), OBJECTPROPERTYEX(OBJECT_ID('sys.objects'), 'IsTable'), OBJECTPROPERTY(OBJECT_ID('sys.objects'), 'nosuch'), SCHEMA_NAME(OBJECTPROPERTY(OBJECT_ID('INFORMATION_SCHEMA.TABLES'), 'SchemaId')), SCHEMA_NAME(OBJECTPROPERTY(OBJECT_ID('sys.objects'), 'SchemaId'))
--> 1 | 1 | 0 | NULL | 'INFORMATION_SCHEMA' | 'sys'
-- source: relational-databases/user-defined-functions/create-user-defined-functions-database-engine, determinism; relational-databases/system-information-schema-views/routines-transact-sql
CREATE FUNCTION dbo.f (@a INT) RETURNS INT WITH SCHEMABINDING AS BEGIN DECLARE @b INT = @a + 1 RETURN (SELECT MAX(x) FROM (VALUES (@a), (@b)) AS v (x)) END
GO
CREATE FUNCTION dbo.g (@a INT) RETURNS INT AS BEGIN RETURN @a END
GO
CREATE FUNCTION dbo.h () RETURNS DATETIME WITH SCHEMABINDING AS BEGIN RETURN GETDATE() END
GO
CREATE TABLE dbo.t (a INT)
GO
CREATE FUNCTION dbo.i () RETURNS TABLE WITH SCHEMABINDING AS RETURN (SELECT a FROM dbo.t)
GO
CREATE FUNCTION dbo.j (@a INT) RETURNS TABLE WITH SCHEMABINDING AS RETURN (SELECT @a AS a, LEN('x') AS b)
GO
CREATE PROCEDURE dbo.p AS SELECT 1 AS a
GO
SELECT ROUTINE_NAME, IS_DETERMINISTIC FROM INFORMATION_SCHEMA.ROUTINES ORDER BY 1
SELECT OBJECTPROPERTY(OBJECT_ID('dbo.f'), 'IsDeterministic'), OBJECTPROPERTY(OBJECT_ID('dbo.g'), 'IsDeterministic'), OBJECTPROPERTY(OBJECT_ID('dbo.h'), 'IsDeterministic'), OBJECTPROPERTY(OBJECT_ID('dbo.j'), 'IsDeterministic')
--> 'f' | 'YES'
--> 'g' | 'NO'
--> 'h' | 'NO'
--> 'i' | 'NO'
--> 'j' | 'YES'
--> 'p' | 'NO'
--> next result
--> 1 | 0 | 0 | 1
CREATE FUNCTION dbo.f (@s VARCHAR(10)) RETURNS DATE WITH SCHEMABINDING AS BEGIN RETURN @s END
GO
SELECT IS_DETERMINISTIC FROM INFORMATION_SCHEMA.ROUTINES
--> 'NO'
--! refused: IS_DETERMINISTIC of a function that converts dates or calls functions
-- source: functions/col-length-transact-sql, functions/col-name-transact-sql, functions/columnproperty-transact-sql
SELECT COL_LENGTH('sys.objects', 'name'), COL_NAME(OBJECT_ID('sys.objects'), 1), COLUMNPROPERTY(OBJECT_ID('sys.objects'), 'name', 'AllowsNull'), COL_LENGTH('INFORMATION_SCHEMA.TABLES', 'TABLE_NAME')
--> 256 | 'name' | 0 | 256
-- source: functions/checksum-transact-sql; functions/newid-transact-sql
SELECT COUNT(DISTINCT ABS(CHECKSUM(NEWID()) % 10)) FROM GENERATE_SERIES(1, 1000)
--: int
--> 10
SELECT CHECKSUM(1)
--> 1
--! refused: The function CHECKSUM
