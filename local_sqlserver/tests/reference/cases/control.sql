-- chapter: Control of flow, errors, transactions
-- source: language-elements/if-else-transact-sql
IF 1 = 1 SELECT 'yes' ELSE SELECT 'no'
--> 'yes'
IF NULL = 1 SELECT 'yes' ELSE SELECT 'no'
--> 'no'
IF EXISTS (SELECT 1 WHERE 1 = 0) SELECT 1 ELSE IF 2 > 1 SELECT 2 ELSE SELECT 3
--> 2
IF 1 = 0 SELECT 1; SELECT 2
--> 2
IF 1 SELECT 1
--> error 4145
IF (SELECT COUNT(*) FROM (VALUES (1)) AS t (v)) = 1 BEGIN SELECT 1; SELECT 2 END
--> 1
--> next result
--> 2
-- source: language-elements/begin-end-transact-sql
BEGIN SELECT 1; BEGIN SELECT 2 END END
--> 1
--> next result
--> 2
BEGIN END
--> error 102: Incorrect syntax near 'END'.
-- source: language-elements/while-transact-sql
DECLARE @i int = 0, @s int = 0; WHILE @i < 10 BEGIN SET @i += 1; IF @i % 2 = 0 CONTINUE; IF @i > 7 BREAK; SET @s += @i END; SELECT @i, @s
--> 9 | 16
DECLARE @i int = 3; WHILE @i > 0 SET @i -= 1; SELECT @i
--> 0
BREAK
--> error 135: Cannot use a BREAK statement outside the scope of a WHILE statement.
CONTINUE
--> error 136: Cannot use a CONTINUE statement outside the scope of a WHILE statement.
-- source: language-elements/goto-transact-sql
GOTO done; SELECT 1; done: SELECT 2
--> 2
GOTO nowhere
--> error 133: A GOTO statement references the label 'nowhere' but the label has not been declared.
-- source: language-elements/return-transact-sql
SELECT 1; RETURN; SELECT 2
--> 1
RETURN 5
--> error 178: A RETURN statement with a return value cannot be used in this context.
-- source: language-elements/waitfor-transact-sql
WAITFOR DELAY '00:00:00'; SELECT 1
--> 1
WAITFOR DELAY 'soon'
--> error 148: Incorrect time syntax in time string 'soon' used with WAITFOR.
-- source: language-elements/print-transact-sql
PRINT 'hello'; PRINT 'a' + 'b'; PRINT 5; PRINT CAST('2024-01-02' AS date)
--> message: hello
--> message: ab
--> message: 5
--> message: 2024-01-02
PRINT 0x41
--> message: 0x41
--! refused: PRINT of binary data
-- source: language-elements/raiserror-transact-sql
RAISERROR('bad', 16, 1)
--> error 50000: bad
RAISERROR('info', 10, 1); RAISERROR('note', 0, 1)
--> message: info
--> message: note
RAISERROR('%s has %d of %5d, %-4s|, %05d', 16, 1, 'x', 3, 42, 'ab', 7)
--> error 50000: x has 3 of    42, ab  |, 00007
RAISERROR('%x %X %o %u %%', 16, 1, 255, 255, 8, 7)
--> error 50000: ff FF 10 7 %
RAISERROR('<<%7.3s>>', 16, 1, 'abcde')
--> error 50000: <<    abc>>
RAISERROR('go on', 16, 1); SELECT 1
--> error 50000: go on
--> 1
RAISERROR('too severe', 19, 1)
--> error 2754: Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.
RAISERROR('%d', 16, 1, 'x')
--> error 2786: The data type of substitution parameter 1 does not match the expected type of the format specification.
RAISERROR('nowait', 16, 1) WITH NOWAIT
--> error 50000: nowait
RAISERROR(50001, 16, 1)
--> error 18054
RAISERROR(12999, 16, 1)
--> error 2732
RAISERROR(50000, 16, 1)
--> error 2732: Error number 50000 is invalid. The number must be from 13000 through 2147483647 and it cannot be 50000.
RAISERROR(14043, 16, 1, 'a', 'b')
--> error 14043
--! refused: RAISERROR of the system's message 14043
BEGIN TRY RAISERROR('caught', 11, 7) END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_MESSAGE() END CATCH
--> 50000 | 11 | 7 | 'caught'
BEGIN TRY RAISERROR('only info', 10, 1); SELECT 'on' END TRY BEGIN CATCH SELECT 'caught' END CATCH
--> message: only info
--> 'on'
RAISERROR('x', 16, 1); SELECT @@ERROR
--> error 50000: x
--> 50000
RAISERROR('%f', 16, 1, 1)
--> error 2787: Invalid format specification: '%f'.
RAISERROR('100%', 16, 1)
--> error 2787: Invalid format specification: '%'.
-- source: language-elements/throw-transact-sql
THROW 51000, 'The record does not exist.', 1
--> error 51000: The record does not exist.
THROW 51000, 'stop', 1; SELECT 1
--> error 51000: stop
BEGIN TRY THROW 51000, 'a', 5 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_MESSAGE() END CATCH
--> 51000 | 16 | 5 | 'a'
BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH THROW END CATCH
--> no rows
--> error 8134: Divide by zero error encountered.
THROW
--> error 10704: To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.
THROW 49999, 'low', 1
--> error 35100: Error number 49999 in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.
DECLARE @m nvarchar(50) = N'from a variable', @n int = 60000; THROW @n, @m, 1
--> error 60000: from a variable
-- source: language-elements/try-catch-transact-sql
BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_PROCEDURE(), ERROR_LINE(), ERROR_MESSAGE() END CATCH
--> no rows
--> next result
--> 8134 | 16 | 1 | NULL | 1 | 'Divide by zero error encountered.'
BEGIN TRY SELECT 'ok' END TRY BEGIN CATCH SELECT 'caught' END CATCH SELECT ERROR_NUMBER()
--> 'ok'
--> next result
--> NULL
BEGIN TRY DECLARE @i int = CAST('x' AS int); SELECT 'not here' END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH; SELECT 'after'
--> 245
--> next result
--> 'after'
BEGIN TRY BEGIN TRY THROW 50001, 'inner', 1 END TRY BEGIN CATCH THROW 50002, 'outer', 1 END CATCH END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> 50002
BEGIN TRY BEGIN TRY THROW 50001, 'x', 1 END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH; SELECT ERROR_NUMBER() END TRY BEGIN CATCH SELECT 'no' END CATCH
--> 50001
--> next result
--> NULL
BEGIN TRY EXEC ('SELECT a FROM nosuch') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> 208
BEGIN TRY SELECT a FROM nosuch END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> error 208: Invalid object name 'nosuch'.
BEGIN TRY EXEC ('SELEC') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> 2812
BEGIN TRY EXEC ('SELECT FROM') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> 156
BEGIN TRY SELECT 1 END TRY
--> error 102
SELECT ERROR_NUMBER(), ERROR_MESSAGE(), ERROR_LINE(), ERROR_PROCEDURE()
--> NULL | NULL | NULL | NULL
-- source: functions/error-transact-sql
SELECT @@ERROR
--: int
--> 0
CREATE TABLE #t (a int PRIMARY KEY); INSERT #t VALUES (1); INSERT #t VALUES (1); SELECT @@ERROR; SELECT @@ERROR
--> error 2627
--> message: The statement has been terminated.
--> 2627
--> next result
--> 0
-- source: functions/error-line-transact-sql
BEGIN TRY

    DECLARE @i int = CAST('x' AS int)
END TRY BEGIN CATCH SELECT ERROR_LINE() END CATCH
--> 3
-- source: functions/rowcount-transact-sql
SELECT v FROM (VALUES (1), (2)) AS t (v) WHERE v > 5; SELECT @@ROWCOUNT
--> no rows
--> next result
--> 0
DECLARE @v int = 1; SELECT @@ROWCOUNT
--> 1
DECLARE @v int; SET @v = 5; SELECT @@ROWCOUNT
--> 1
IF 1 = 1 SELECT @@ROWCOUNT
--> 0
PRINT 'x'; SELECT @@ROWCOUNT
--> message: x
--> 0
SELECT ROWCOUNT_BIG()
--: bigint
--> 0
SELECT 1; SELECT 1 / 0; SELECT @@ROWCOUNT
--> 1
--> error 8134: Divide by zero error encountered.
--> next result
--> 0
CREATE TABLE #t (a int PRIMARY KEY)
INSERT #t VALUES (1), (2)
BEGIN TRY INSERT #t VALUES (1) END TRY BEGIN CATCH SELECT @@ROWCOUNT END CATCH
--> 0
SELECT 1; BEGIN TRY RAISERROR('x', 16, 1) END TRY BEGIN CATCH SELECT @@ROWCOUNT END CATCH
--> 1
--> next result
--> 0
-- source: statements/set-nocount-transact-sql
SET NOCOUNT ON; CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); SELECT @@ROWCOUNT
--> 2
-- source: statements/set-rowcount-transact-sql
SET ROWCOUNT 1; SELECT v FROM (VALUES (1), (2)) AS t (v) ORDER BY v
--> 1

-- source: language-elements/begin-transaction-transact-sql
SELECT @@TRANCOUNT; BEGIN TRAN; BEGIN TRAN; SELECT @@TRANCOUNT; COMMIT; SELECT @@TRANCOUNT; COMMIT; SELECT @@TRANCOUNT
--> 0
--> next result
--> 2
--> next result
--> 1
--> next result
--> 0
CREATE TABLE #t (a int); BEGIN TRAN; INSERT #t VALUES (1); COMMIT TRAN; SELECT COUNT(*) FROM #t
--> 1
BEGIN TRANSACTION named; SELECT @@TRANCOUNT; COMMIT TRANSACTION named; SELECT @@TRANCOUNT
--> 1
--> next result
--> 0
-- source: language-elements/rollback-transaction-transact-sql
CREATE TABLE #t (a int); BEGIN TRAN; INSERT #t VALUES (1); BEGIN TRAN; INSERT #t VALUES (2); ROLLBACK; SELECT @@TRANCOUNT, COUNT(*) FROM #t
--> 0 | 0
ROLLBACK
--> error 3903: The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.
BEGIN TRAN outer_one; BEGIN TRAN inner_one; ROLLBACK TRAN inner_one; SELECT @@TRANCOUNT; ROLLBACK
--> error 6401: Cannot roll back inner_one. No transaction or savepoint of that name was found.
--> 2
BEGIN TRAN outer_one; ROLLBACK TRAN outer_one; SELECT @@TRANCOUNT
--> 0
CREATE TABLE dbo.t (a int); BEGIN TRAN; CREATE TABLE dbo.u (a int); DROP TABLE dbo.t; ROLLBACK; SELECT CASE WHEN OBJECT_ID('dbo.t') IS NULL THEN 0 ELSE 1 END, OBJECT_ID('dbo.u')
--> 1 | NULL
DECLARE @v int = 1; BEGIN TRAN; SET @v = 2; ROLLBACK; SELECT @v
--> 2
-- source: language-elements/commit-transaction-transact-sql
COMMIT
--> error 3902: The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.
-- source: language-elements/save-transaction-transact-sql
CREATE TABLE #t (a int); BEGIN TRAN; INSERT #t VALUES (1); SAVE TRAN s; INSERT #t VALUES (2); ROLLBACK TRAN s; SELECT @@TRANCOUNT, COUNT(*) FROM #t; COMMIT; SELECT a FROM #t
--> 1 | 1
--> next result
--> 1
SAVE TRAN s
--> error 628: Cannot issue SAVE TRANSACTION when there is no active transaction.
-- source: functions/xact-state-transact-sql
SELECT XACT_STATE(); BEGIN TRAN; SELECT XACT_STATE(); ROLLBACK
--: smallint
--> 0
--: smallint
--> 1
BEGIN TRAN; BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT XACT_STATE(), @@TRANCOUNT END CATCH; ROLLBACK
--> no rows
--> next result
--> 1 | 1
SET XACT_ABORT ON; BEGIN TRAN; BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT XACT_STATE(), @@TRANCOUNT; ROLLBACK END CATCH
--> no rows
--> next result
--> -1 | 1
CREATE TABLE #t (a int PRIMARY KEY); INSERT #t VALUES (1); BEGIN TRAN; BEGIN TRY INSERT #t VALUES (1) END TRY BEGIN CATCH SELECT XACT_STATE(); INSERT #t VALUES (2) END CATCH; COMMIT; SELECT COUNT(*) FROM #t
--> 1
--> next result
--> 2
SET XACT_ABORT ON; CREATE TABLE #t (a int); BEGIN TRAN; BEGIN TRY SELECT CAST('x' AS int) END TRY BEGIN CATCH INSERT #t VALUES (1) END CATCH
--> no rows
--> error 3930: The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.
SET XACT_ABORT ON; BEGIN TRAN; BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT 1 END CATCH
--> no rows
--> next result
--> 1
--> error 3998: Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.
-- source: statements/set-xact-abort-transact-sql
SET XACT_ABORT OFF; CREATE TABLE #t (a int PRIMARY KEY); BEGIN TRAN; INSERT #t VALUES (1); INSERT #t VALUES (1); INSERT #t VALUES (2); COMMIT; SELECT COUNT(*) FROM #t
--> error 2627
--> message: The statement has been terminated.
--> 2
SET XACT_ABORT ON; CREATE TABLE #t (a int PRIMARY KEY); BEGIN TRAN; INSERT #t VALUES (1); INSERT #t VALUES (1); SELECT 'not here'
GO
SELECT @@TRANCOUNT
--> error 2627
--> 0
SET XACT_ABORT ON; SELECT 1 / 0; SELECT 'not here'
--> error 8134: Divide by zero error encountered.
SELECT 1 / 0; SELECT 'on'
--> error 8134: Divide by zero error encountered.
--> 'on'
SELECT CAST('x' AS int); SELECT 'not here'
--> error 245: Conversion failed when converting the varchar value 'x' to data type int.
CREATE TABLE #t (a int NOT NULL); INSERT #t VALUES (NULL); SELECT 'on'
--> error 515
--> message: The statement has been terminated.
--> 'on'
SELECT 1; SELECT a FROM nosuch; SELECT 2
--> 1
--> error 208: Invalid object name 'nosuch'.
-- source: statements/set-transaction-isolation-level-transact-sql
SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SELECT 1
--> 1
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1
--> 1
--! refused: SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1
--> 1
-- source: statements/set-implicit-transactions-transact-sql
SET IMPLICIT_TRANSACTIONS ON; CREATE TABLE #t (a int); INSERT #t VALUES (1); SELECT @@TRANCOUNT; ROLLBACK
--> 1

-- source: language-elements/execute-transact-sql
EXEC ('SELECT 1'); EXEC ('SELECT ' + '2')
--> 1
--> next result
--> 2
DECLARE @s nvarchar(50) = N'SELECT 3'; EXEC (@s)
--> 3
DECLARE @x int = 1; EXEC ('SELECT @x')
--> error 137: Must declare the scalar variable "@x".
EXEC dbo.nosuch
--> error 2812: Could not find stored procedure 'dbo.nosuch'.
EXEC ('SELECT a FROM nosuch'); SELECT 'on'
--> error 208: Invalid object name 'nosuch'.
--> 'on'
CREATE PROCEDURE dbo.p AS SELECT 1
GO
dbo.p
--> 1
-- source: statements/create-procedure-transact-sql
CREATE PROCEDURE dbo.p @a int, @b varchar(5) = 'x', @c int = NULL OUTPUT AS SET @c = @a * 2; SELECT @a, @b; RETURN 7
GO
DECLARE @r int, @o int; EXEC @r = dbo.p 5, @c = @o OUTPUT; SELECT @r, @o; EXEC dbo.p @b = 'y', @a = 1
--> 5 | 'x'
--> next result
--> 7 | 10
--> next result
--> 1 | 'y'
CREATE PROCEDURE dbo.p @a int AS SELECT @a
GO
EXEC dbo.p
--> error 201: Procedure or function 'p' expects parameter '@a', which was not supplied.
CREATE PROCEDURE dbo.p @a int AS SELECT @a
GO
EXEC dbo.p 1, 2
--> error 8144: Procedure or function p has too many arguments specified.
CREATE PROCEDURE dbo.p @a int AS SELECT @a
GO
EXEC dbo.p @z = 1
--> error 8145: @z is not a parameter for procedure p.
CREATE PROCEDURE dbo.p @a int AS SELECT @a
GO
EXEC dbo.p 'x'
--> error 8114: Error converting data type varchar to int.
CREATE PROCEDURE dbo.p @a int AS SELECT @a
GO
EXEC dbo.p 1 + 1
--> error 102: Incorrect syntax near '+'.
CREATE PROCEDURE dbo.p @a int = 5 AS SELECT @a
GO
EXEC dbo.p DEFAULT; EXEC dbo.p NULL
--> 5
--> next result
--> NULL
CREATE PROCEDURE dbo.p AS RETURN
GO
DECLARE @r int = 9; EXEC @r = dbo.p; SELECT @r
--> 0
CREATE PROCEDURE dbo.p AS THROW 50001, 'from p', 1
GO
BEGIN TRY EXEC dbo.p END TRY BEGIN CATCH SELECT ERROR_PROCEDURE(), ERROR_MESSAGE() END CATCH
--> 'dbo.p' | 'from p'
CREATE PROCEDURE dbo.p @n int AS IF @n > 0 BEGIN SET @n -= 1; EXEC dbo.p @n END ELSE SELECT @@NESTLEVEL
GO
EXEC dbo.p 3
--> 4
CREATE PROCEDURE dbo.p AS EXEC dbo.p
GO
EXEC dbo.p
--> error 217: Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).
CREATE PROCEDURE dbo.p AS CREATE TABLE #t (a int); INSERT #t VALUES (1); SELECT a FROM #t
GO
EXEC dbo.p; SELECT a FROM #t
--> 1
--> error 208: Invalid object name '#t'.
CREATE PROCEDURE dbo.p AS SELECT a FROM dbo.later
GO
CREATE TABLE dbo.later (a int); INSERT dbo.later VALUES (1); EXEC dbo.p
--> 1
CREATE PROCEDURE dbo.p AS BEGIN TRAN
GO
EXEC dbo.p; SELECT @@TRANCOUNT; ROLLBACK
--> error 266: Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = 0, current count = 1.
--> 1
CREATE PROCEDURE dbo.p AS SELECT 1
GO
CREATE PROCEDURE dbo.p AS SELECT 2
--> error 2714: There is already an object named 'p' in the database.
CREATE PROCEDURE dbo.p AS SELECT 1
GO
CREATE OR ALTER PROCEDURE dbo.p AS SELECT 2
GO
ALTER PROCEDURE dbo.p AS SELECT 3
GO
EXEC dbo.p; DROP PROCEDURE dbo.p; EXEC ('dbo.p')
--> 3
--> error 2812: Could not find stored procedure 'dbo.p'.
ALTER PROCEDURE dbo.nosuch AS SELECT 1
--> error 208: Invalid object name 'dbo.nosuch'.
CREATE PROCEDURE #p AS SELECT 1
GO
EXEC #p
--> 1
CREATE PROCEDURE dbo.p AS SELECT x FROM (VALUES (1)) AS t (y)
--> error 207: Invalid column name 'x'.
-- source: relational-databases/system-stored-procedures/sp-executesql-transact-sql
EXEC sp_executesql N'SELECT @a + @b', N'@a int, @b int', @a = 1, @b = 2
--> 3
DECLARE @o int; EXEC sp_executesql N'SET @x = 5', N'@x int OUTPUT', @x = @o OUTPUT; SELECT @o
--> 5
EXEC sp_executesql 'SELECT 1'
--> error 214: Procedure expects parameter '@statement' of type 'ntext/nchar/nvarchar'.
EXEC sp_executesql N'SELECT @a', N'@a int'
--> error 8178
-- source: language-elements/declare-cursor-transact-sql
DECLARE c CURSOR FOR SELECT v FROM (VALUES (1), (2)) AS t (v) ORDER BY v; DECLARE @v int, @s varchar(20) = ''; OPEN c; FETCH NEXT FROM c INTO @v; WHILE @@FETCH_STATUS = 0 BEGIN SET @s += CAST(@v AS varchar(5)) + ';'; FETCH NEXT FROM c INTO @v END; CLOSE c; DEALLOCATE c; SELECT @s, @@FETCH_STATUS
--> '1;2;' | -1
DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT 5; OPEN c; FETCH c; CLOSE c; DEALLOCATE c
--> 5
DECLARE c SCROLL CURSOR FOR SELECT v FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY v; DECLARE @v int; OPEN c; FETCH LAST FROM c INTO @v; SELECT @v; FETCH PRIOR FROM c INTO @v; SELECT @v; FETCH ABSOLUTE 1 FROM c INTO @v; SELECT @v; FETCH RELATIVE 2 FROM c INTO @v; SELECT @v; FETCH FIRST FROM c INTO @v; SELECT @v; CLOSE c; DEALLOCATE c
--> 3
--> next result
--> 2
--> next result
--> 1
--> next result
--> 3
--> next result
--> 1
DECLARE c CURSOR FOR SELECT 1; DECLARE c CURSOR FOR SELECT 2
--> error 16915: A cursor with the name 'c' already exists.
OPEN nosuch
--> error 16916: A cursor with the name 'nosuch' does not exist.
DECLARE c CURSOR FOR SELECT 1; DECLARE @v int; FETCH c INTO @v
--> error 16917: Cursor is not open.
DECLARE c CURSOR FOR SELECT 1; OPEN c; OPEN c
--> error 16905: The cursor is already open.
DECLARE c CURSOR FOR SELECT 1, 2; DECLARE @v int; OPEN c; FETCH c INTO @v
--> error 16924: Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.
DECLARE @c CURSOR; SET @c = CURSOR FOR SELECT 1; OPEN @c; FETCH @c
--> 1
CREATE TABLE #t (a int); INSERT #t VALUES (1), (2); DECLARE c CURSOR FOR SELECT a FROM #t ORDER BY a; DECLARE @v int; OPEN c; FETCH c INTO @v; DELETE #t WHERE CURRENT OF c; SELECT a FROM #t
--> 2
--! refused: WHERE CURRENT OF
-- source: functions/cursor-status-transact-sql
SELECT CURSOR_STATUS('global', 'nosuch')
--> -3
DECLARE c CURSOR LOCAL STATIC FOR SELECT 1 WHERE 1 = 0
DECLARE @c CURSOR
SELECT CURSOR_STATUS('local', 'C'), CURSOR_STATUS('global', 'c'), CURSOR_STATUS('variable', '@c')
SET @c = CURSOR FOR SELECT 1
OPEN c
OPEN @c
SELECT CURSOR_STATUS('local', 'c'), CURSOR_STATUS('variable', '@c')
CLOSE @c
DEALLOCATE c
SELECT CURSOR_STATUS('local', 'c'), CURSOR_STATUS('variable', '@c')
--: smallint, smallint, smallint
--> -1 | -3 | -3
--: smallint, smallint
--> 0 | 1
--: smallint, smallint
--> -3 | -1
-- source: functions/cursor-rows-transact-sql
DECLARE c CURSOR STATIC FOR SELECT v FROM (VALUES (1), (2)) AS t (v); OPEN c; SELECT @@CURSOR_ROWS
--> 2
-- source: statements/execute-as-clause-transact-sql; system-catalog-views/sys-sql-modules-transact-sql
CREATE PROCEDURE dbo.owned WITH EXECUTE AS OWNER AS SELECT USER_NAME()
GO
EXEC dbo.owned
SELECT execute_as_principal_id FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.owned')
--> 'dbo'
--> next result
--> -2
CREATE PROCEDURE dbo.owned WITH EXECUTE AS CALLER, RECOMPILE AS SELECT USER_NAME()
GO
EXEC dbo.owned
SELECT execute_as_principal_id FROM sys.sql_modules WHERE object_id = OBJECT_ID('dbo.owned')
--> 'dbo'
--> next result
--> NULL
-- source: statements/execute-as-transact-sql
EXECUTE AS USER = 'dbo'; SELECT USER_NAME(); REVERT
--> 'dbo'
--! refused: EXECUTE AS
-- source: functions/error-transact-sql
BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH DECLARE @e int; SET @e = @@ERROR; PRINT @e END CATCH
--> no rows
--> message: 8134
-- source: statements/set-implicit-transactions-transact-sql
SET IMPLICIT_TRANSACTIONS ON; SELECT 1; SELECT @@TRANCOUNT
--> 1
--> next result
--> 0
-- source: language-elements/declare-cursor-transact-sql, select_statement
DECLARE @i int = 1; DECLARE c CURSOR LOCAL FOR SELECT @i; SET @i = 2; OPEN c; FETCH c
--> 1
-- source: statements/insert-transact-sql, execute_statement
CREATE PROCEDURE dbo.p AS SELECT 1; COMMIT
GO
CREATE TABLE #t (a int); BEGIN TRAN; INSERT #t EXEC dbo.p
--> error 3916: Cannot use the COMMIT statement within an INSERT-EXEC statement unless BEGIN TRANSACTION is used first.
CREATE PROCEDURE dbo.p AS SELECT 1; BEGIN TRAN; COMMIT
GO
CREATE TABLE #t (a int); INSERT #t EXEC dbo.p; SELECT a FROM #t
--> 1
CREATE TABLE #t (a int); BEGIN TRAN; INSERT #t EXEC ('SELECT 1; ROLLBACK')
--> error 3915: Cannot use the ROLLBACK statement within an INSERT-EXEC statement.
-- source: language-elements/execute-transact-sql, return codes
CREATE PROCEDURE dbo.p AS CREATE TABLE #n (a int NOT NULL); INSERT #n VALUES (NULL)
GO
DECLARE @r int; EXEC @r = dbo.p; SELECT @r
--> error 515
--> message: The statement has been terminated.
--> -6
CREATE PROCEDURE dbo.p AS SELECT 1/0; RETURN 3
GO
DECLARE @r int; EXEC @r = dbo.p; SELECT @r
--> error 8134
--> 3
DECLARE @r int; EXEC @r = sp_executesql N'SELECT 1/0'; SELECT @r; EXEC @r = sp_executesql N'PRINT 1'; SELECT @r
--> error 8134
--> 8134
--> message: 1
--> next result
--> 0
-- source: relational-databases/errors-events/mssqlserver-3621
CREATE TABLE #t (a int PRIMARY KEY); INSERT #t VALUES (1); INSERT #t VALUES (1)
--> error 2627
--> message: The statement has been terminated.
CREATE TABLE #t (a int PRIMARY KEY); INSERT #t VALUES (1); BEGIN TRY INSERT #t VALUES (1) END TRY BEGIN CATCH PRINT 'caught' END CATCH
--> message: caught
SELECT 1/0
--> error 8134: Divide by zero error encountered.
-- source: language-elements/raiserror-transact-sql, SETERROR
RAISERROR('x', 5, 1) WITH SETERROR; SELECT @@ERROR
--> message: x
--> 50000
-- source: functions/formatmessage-transact-sql
SELECT FORMATMESSAGE('[%5d][%-5d][%05d][%x][%-4s][%4s][%.2s][%i%%]', 5, 5, 5, 255, 'ab', 'ab', 'abc', 7)
--> '[    5][5    ][00005][ff][ab  ][  ab][ab][7%]'
SELECT FORMATMESSAGE('%s %d', 'a')
--> 'a (null)'
SELECT FORMATMESSAGE(102, 'a'), FORMATMESSAGE(60000)
--> NULL | NULL
SELECT FORMATMESSAGE(20009, 'First Variable', 'Second Variable')
--> 'The article ''First Variable'' could not be added to the publication ''Second Variable''.'
--! refused: FORMATMESSAGE with the number of a message of the system
-- source: language-elements/execute-transact-sql, WITH RESULT SETS
EXEC ('SELECT 1 AS a, ''2024-01-02'' AS b') WITH RESULT SETS ((number bigint NOT NULL, day date))
--: bigint, date
--> 1 | 2024-01-02
CREATE PROCEDURE dbo.p AS SELECT 1 AS a; SELECT 'x' AS b
GO
EXEC dbo.p WITH RESULT SETS ((c smallint), (d nvarchar(5)))
--: smallint
--> 1
--: nvarchar(5)
--> 'x'
EXEC ('SELECT 1; SELECT 2') WITH RESULT SETS ((a int))
--> 1
--> error 11535: EXECUTE statement failed because its WITH RESULT SETS clause specified 1 result set(s), and the statement tried to send more result sets than this.
EXEC ('SELECT 1') WITH RESULT SETS ((a int), (b int))
--> 1
--> error 11536: EXECUTE statement failed because its WITH RESULT SETS clause specified 2 result set(s), but the statement only sent 1 result set(s) at run time.
EXEC ('SELECT 1, 2') WITH RESULT SETS ((a int))
--> error 11537: EXECUTE statement failed because its WITH RESULT SETS clause specified 1 column(s) for result set number 1, but the statement sent 2 column(s) at run time.
EXEC ('SELECT NULL') WITH RESULT SETS ((a int NOT NULL))
--> error 11553
EXEC ('SELECT 1') WITH RESULT SETS NONE
--> error 11535
EXEC ('SELECT 1 AS a') WITH RESULT SETS UNDEFINED
--: int
--> 1
-- source: statements/set-cursor-close-on-commit-transact-sql
SET CURSOR_CLOSE_ON_COMMIT ON; DECLARE c CURSOR FOR SELECT 1; BEGIN TRAN; OPEN c; COMMIT; FETCH c
--> error 16917: Cursor is not open.
--! known: SET CURSOR_CLOSE_ON_COMMIT ON closes no cursor
-- source: statements/set-ansi-defaults-transact-sql
SET ANSI_DEFAULTS ON; CREATE TABLE #t (a int); SELECT @@TRANCOUNT; ROLLBACK
--> 1
--! refused: SET ANSI_DEFAULTS ON
-- source: functions/rowcount-transact-sql, statements that reset it
SELECT 1; IF 1 = 0 PRINT 'x'; SELECT @@ROWCOUNT
--> 1
--> next result
--> 0
SELECT 1/0; IF @@ERROR <> 0 SELECT @@ERROR
--> error 8134: Divide by zero error encountered.
--> 0
-- source: language-elements/return-transact-sql, NULL
CREATE PROCEDURE dbo.p AS RETURN NULL
GO
DECLARE @r int; EXEC @r = dbo.p; SELECT @r
--> message: The 'p' procedure attempted to return a status of NULL, which is not allowed. A status of 0 will be returned instead.
--> 0
-- source: language-elements/execute-transact-sql, arguments
CREATE PROCEDURE dbo.p AS SELECT 1
GO
EXEC dbo.p 1
--> error 8146: Procedure p has no parameters and arguments were supplied.
CREATE PROCEDURE dbo.p AS SELECT 1
GO
EXEC dbo.p @x = 1
--> error 8146: Procedure p has no parameters and arguments were supplied.
CREATE PROCEDURE dbo.p @a int AS SELECT 1
GO
BEGIN TRY

EXEC dbo.p END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_PROCEDURE(), ERROR_LINE() END CATCH
--> 201 | 'dbo.p' | 0
CREATE PROCEDURE dbo.p AS
EXEC dbo.nosuch
GO
BEGIN TRY EXEC dbo.p END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_PROCEDURE(), ERROR_LINE() END CATCH
--> 2812 | 'dbo.p' | 2
-- source: functions/nestlevel-transact-sql
EXEC sp_executesql N'SELECT @@NESTLEVEL'; EXEC ('SELECT @@NESTLEVEL')
--> 2
--> next result
--> 1
-- source: statements/create-procedure-transact-sql, limitations
CREATE PROCEDURE dbo.p AS USE master
--> error 154: a USE database statement is not allowed in a procedure, function or trigger.
CREATE PROCEDURE dbo.p AS CREATE VIEW dbo.v AS SELECT 1 AS a
--> error 156: Incorrect syntax near the keyword 'VIEW'.
IF 1 = 1 CREATE PROCEDURE dbo.p AS SELECT 1
--> error 156: Incorrect syntax near the keyword 'PROCEDURE'.
SELECT 1; CREATE FUNCTION dbo.f () RETURNS int AS BEGIN RETURN 1 END
--> error 111: 'CREATE FUNCTION' must be the first statement in a query batch.
-- source: language-elements/transactions-transact-sql, @@TRANCOUNT at the end of dynamic SQL
EXEC ('BEGIN TRAN'); SELECT @@TRANCOUNT; ROLLBACK
--> error 266: Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = 0, current count = 1.
--> 1
BEGIN TRAN; EXEC sp_executesql N'ROLLBACK'; SELECT @@TRANCOUNT
--> error 266: Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = 1, current count = 0.
--> 0
-- source: statements/set-implicit-transactions-transact-sql, BEGIN TRANSACTION
SET IMPLICIT_TRANSACTIONS ON; BEGIN TRAN; SELECT @@TRANCOUNT; ROLLBACK
--> 2
-- source: statements/set-identity-insert-transact-sql
SET IDENTITY_INSERT dbo.nosuch ON
--> error 1088: Cannot find the object "dbo.nosuch" because it does not exist or you do not have permissions.
-- source: language-elements/declare-cursor-transact-sql, GLOBAL
DECLARE c CURSOR LOCAL FOR SELECT 1; DECLARE c CURSOR GLOBAL FOR SELECT 2; OPEN c; OPEN GLOBAL c; FETCH GLOBAL c; FETCH c; DEALLOCATE GLOBAL c; CLOSE c
--> 2
--> next result
--> 1
DECLARE c CURSOR LOCAL GLOBAL FOR SELECT 1
--> error 1048: Conflicting cursor options LOCAL and GLOBAL.
DECLARE c CURSOR FORWARD_ONLY SCROLL FOR SELECT 1
--> error 1048: Conflicting cursor options FORWARD_ONLY and SCROLL.
-- source: relational-databases/databases/database-identifiers, delimited identifiers
SELECT [a
--> error 105: Unclosed quotation mark after the character string 'a'.
SELECT "a
--> error 105
-- source: language-elements/raiserror-transact-sql, state: negative values default to 1
BEGIN TRY RAISERROR('x', 16, -1) END TRY BEGIN CATCH SELECT ERROR_STATE() END CATCH
--> 1
-- source: language-elements/raiserror-transact-sql, argument; relational-databases/errors-events (2747, 2748)
RAISERROR('%d', 16, 1, 1.5)
--> error 2748: Cannot specify numeric data type (parameter 4) as a substitution parameter.
DECLARE @d DATE = '20240101' RAISERROR('%s %s', 16, 1, 'a', @d)
--> error 2748: Cannot specify date data type (parameter 5) as a substitution parameter.
DECLARE @b BIT = 1 RAISERROR('%d', 16, 1, @b)
--> error 2748
DECLARE @n BIGINT = 5000000000, @s NVARCHAR(10) RAISERROR('%I64d %s %s', 16, 1, @n, @s, NULL)
--> error 50000: 5000000000 (null) (null)
RAISERROR('', 16, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)
--> error 2747: Too many substitution parameters for RAISERROR. Cannot exceed 20 substitution parameters.
-- source: relational-databases/errors-events (195)
SELECT MyFunction(1)
--> error 195: 'MyFunction' is not a recognized built-in function name.
SELECT * FROM (SELECT 1 AS a, 2 AS b) AS s PIVOT (MySum(a) FOR b IN ([2])) AS p
--> error 195: 'MySum' is not a recognized aggregate function.
-- source: language-elements/try-catch-transact-sql, a query that fails has sent its columns
SET NOCOUNT ON
BEGIN TRY SELECT 1 / v AS x FROM (VALUES (1), (0)) AS t (v) END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> no rows
--> next result
--> 8134
DECLARE @x INT
BEGIN TRY SELECT @x = 1 / 0 END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> 8134
BEGIN TRY SELECT a FROM dbo.absent END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH
--> error 208
