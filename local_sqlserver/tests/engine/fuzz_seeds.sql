MERGE dbo.target AS t USING dbo.source AS s ON t.id = s.id WHEN MATCHED AND s.v > 1 THEN UPDATE SET v = s.v, t.name = s.name WHEN NOT MATCHED THEN INSERT (id, name, v) VALUES (s.id, s.name, s.v) WHEN NOT MATCHED BY SOURCE THEN DELETE OUTPUT $action, inserted.id, deleted.v;
MERGE TOP (2) INTO dbo.target USING (VALUES (1, N'a'), (2, NULL)) AS s (id, name) ON target.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name);
INSERT dbo.target (id, name) SELECT id, name FROM (MERGE dbo.source AS t USING dbo.target AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = 5 OUTPUT inserted.id, inserted.name) AS c (id, name);
SELECT j.[key], j.value, j.type FROM OPENJSON(N'{"a": [1, 2, {"b": null}], "c": "x"}', '$.a') AS j
SELECT t.id, j.name, j.n FROM dbo.target AS t CROSS APPLY OPENJSON(t.doc) WITH (name NVARCHAR(20) '$.name', n INT '$.n', rest NVARCHAR(MAX) '$.rest' AS JSON) AS j
SELECT JSON_VALUE(doc, '$.name'), JSON_QUERY(doc, 'lax $.rest'), ISJSON(doc), JSON_MODIFY(doc, '$.name', N'z'), JSON_PATH_EXISTS(doc, '$.n') FROM dbo.target
SELECT JSON_OBJECT('a': 1, 'b': NULL ABSENT ON NULL), JSON_ARRAY(1, 'x', NULL NULL ON NULL)
SELECT NEXT VALUE FOR dbo.counter AS n, id FROM dbo.target
ALTER SEQUENCE dbo.counter RESTART WITH 5
DECLARE @n INT = NEXT VALUE FOR dbo.counter; SELECT @n, CURRENT_VALUE = (SELECT current_value FROM sys.sequences)
CREATE SEQUENCE dbo.other AS TINYINT START WITH 254 INCREMENT BY 1 MINVALUE 0 MAXVALUE 255 CYCLE; DROP SEQUENCE dbo.other
DECLARE @l dbo.Line; INSERT @l (id, name) VALUES (1, N'a'), (2, N'b'); EXEC dbo.lines @l, @least = 1; SELECT dbo.total(@l)
DECLARE @l dbo.Line, @m dbo.Line; INSERT @l DEFAULT VALUES; INSERT @m SELECT * FROM @l; EXEC sp_executesql N'SELECT * FROM @x', N'@x dbo.Line READONLY', @m
CREATE TYPE dbo.Extra AS TABLE (a INT IDENTITY(1, 1) PRIMARY KEY, b VARCHAR(3) DEFAULT 'x' CHECK (b <> 'y'), c AS a * 2); DROP TYPE dbo.Extra
CREATE TYPE dbo.Code FROM NVARCHAR(4) NOT NULL; DECLARE @c dbo.Code = N'abcdef'; SELECT @c, TYPE_ID('dbo.Code'); DROP TYPE IF EXISTS dbo.Code
INSERT BULK dbo.target ([id] INT, [name] NVARCHAR(20) COLLATE Latin1_General_100_CI_AS_KS_WS_SC) WITH (CHECK_CONSTRAINTS, KEEP_NULLS, TABLOCK)
EXEC sp_describe_first_result_set N'SELECT id, name FROM dbo.target', NULL, 0
SELECT name, system_type_name FROM sys.dm_exec_describe_first_result_set(N'EXEC dbo.lines', NULL, 0)
EXEC sp_describe_undeclared_parameters N'UPDATE dbo.target SET v = @a WHERE id = @b'
WITH c AS (SELECT id, v, ROW_NUMBER() OVER (PARTITION BY v ORDER BY id DESC) AS n FROM dbo.target) UPDATE c SET v = n OUTPUT deleted.v, inserted.v WHERE n > 1
WITH r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n, SUM(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM r OPTION (MAXRECURSION 10)
SELECT TOP (3) PERCENT WITH TIES id, CASE WHEN v IS NULL THEN 'n' ELSE CONVERT(VARCHAR(10), v) END AS x FROM dbo.target ORDER BY id DESC
SELECT id, v INTO #copy FROM dbo.target WHERE v BETWEEN 1 AND 3; SELECT * FROM #copy; DROP TABLE #copy
BEGIN TRY INSERT dbo.target (id) VALUES (1), (1); END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE(); IF @@TRANCOUNT > 0 ROLLBACK; END CATCH
DECLARE c CURSOR LOCAL SCROLL STATIC FOR SELECT id, name FROM dbo.target; OPEN c; FETCH LAST FROM c; FETCH RELATIVE -1 FROM c; CLOSE c; DEALLOCATE c
BEGIN TRAN; SAVE TRAN s; UPDATE dbo.target SET v = v / 0; ROLLBACK TRAN s; IF @@TRANCOUNT > 0 ROLLBACK
ALTER TABLE dbo.source ADD extra DECIMAL(9, 2) NOT NULL DEFAULT 1.5, doubled AS v * 2; ALTER TABLE dbo.source DROP COLUMN doubled
SELECT [1], [2] FROM (SELECT id, v FROM dbo.target) AS q PIVOT (SUM(v) FOR id IN ([1], [2])) AS p
SELECT DATEADD(MONTH, v, '2024-01-31'), DATEDIFF(DAY, '2024-01-01', GETDATE()), FORMATMESSAGE('%5d %s', v, name), TRY_CONVERT(DATE, name, 103) FROM dbo.target
SELECT name, STRING_AGG(CAST(v AS NVARCHAR(10)), N',') WITHIN GROUP (ORDER BY id) FROM dbo.target GROUP BY GROUPING SETS ((name), ()) HAVING COUNT(*) > 0
RAISERROR('%s is %d', 11, 1, N'x', 5) WITH SETERROR; THROW 50001, 'y', 1
SET FMTONLY ON; SELECT * FROM dbo.target; SET FMTONLY OFF
SELECT id AS [@id], name, v AS [text()] FROM dbo.target ORDER BY id FOR XML PATH('item'), ROOT('items')
SELECT t.id, STUFF((SELECT ',' + s.name FROM dbo.source AS s WHERE s.id = t.id FOR XML PATH(''), TYPE).value('.', 'NVARCHAR(MAX)'), 1, 1, '') FROM dbo.target AS t
SELECT id, name AS [a.b], v AS [a.c], (SELECT id FROM dbo.source FOR JSON PATH) AS inside FROM dbo.target FOR JSON PATH, ROOT('r'), INCLUDE_NULL_VALUES
CREATE SYNONYM dbo.other FOR dbo.target; SELECT * FROM dbo.other; DROP SYNONYM dbo.other
CREATE TABLE #k (a INT, b AS a * 2 PERSISTED NOT NULL CHECK (b > 0), c AS DATEDIFF(DAY, a, GETDATE())); INSERT #k VALUES (1); ALTER TABLE #k ALTER COLUMN a BIGINT; SELECT * FROM #k
SELECT 1 << 2 >> 1, $-1.5, $IDENTITY, @@CURSOR_ROWS FROM dbo.target
