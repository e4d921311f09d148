USE FerryDW
GO
CREATE OR ALTER PROCEDURE stg.import_files @folder NVARCHAR(400), @verbose BIT = 1 AS
BEGIN
	DECLARE @t0 DATETIME, @t1 DATETIME, @all0 DATETIME = GETDATE(), @sql NVARCHAR(MAX), @n INT
	BEGIN TRY
		PRINT '===================================='
		PRINT 'Importing the ferry files'
		PRINT '===================================='

		SET @t0 = GETDATE()
		PRINT '>> harbours'
		TRUNCATE TABLE stg.harbours
		SET @sql = N'BULK INSERT stg.harbours FROM ' + QUOTENAME(@folder + N'/harbours.csv', '''') + N'
			WITH (FIRSTROW = 2, FIELDTERMINATOR = '','', ROWTERMINATOR = ''0x0a'', CODEPAGE = ''ACP'', TABLOCK)'
		EXEC(@sql)
		SELECT @n = COUNT(*) FROM stg.harbours
		SET @t1 = GETDATE()
		IF @verbose = 1
			PRINT '   rows: ' + CAST(@n AS NVARCHAR(10)) + ', seconds: ' + CAST(DATEDIFF(SECOND, @t0, @t1) AS NVARCHAR)

		PRINT '>> crossings'
		DELETE FROM stg.crossings
		SET @sql = 'BULK INSERT stg.crossings FROM ''' + @folder + '/crossings.txt''
			WITH ( FIRSTROW = 2, FIELDTERMINATOR = ''|'', ROWTERMINATOR = ''\n'' )'
		EXECUTE sp_executesql @sql
		PRINT '   rows: ' + CAST(@@ROWCOUNT AS VARCHAR(10))

		PRINT '>> tickets'
		TRUNCATE TABLE stg.tickets
		SET @sql = 'BULK INSERT stg.tickets FROM ''' + @folder + '/tickets.csv'' WITH (FORMAT = ''CSV'', FIELDQUOTE = ''"'', FIRSTROW = 2, ROWTERMINATOR = ''0x0a'', CODEPAGE = ''65001'')'
		EXEC sp_executesql @sql
		PRINT 'done in ' + CAST(DATEDIFF(SECOND, @all0, GETDATE()) AS NVARCHAR) + ' s'
	END TRY
	BEGIN CATCH
		PRINT 'IMPORT FAILED'
		PRINT 'Message: ' + ERROR_MESSAGE()
		PRINT 'Number: ' + CAST(ERROR_NUMBER() AS NVARCHAR)
		PRINT 'State: ' + CAST(ERROR_STATE() AS NVARCHAR)
		RETURN -1
	END CATCH
	RETURN 0
END
GO
CREATE PROCEDURE dwh.fill_calendar (@first DATE, @last DATE)
AS
SET NOCOUNT ON
DECLARE @d DATE = @first
WHILE @d <= @last
BEGIN
	IF NOT EXISTS (SELECT * FROM dwh.DimDate WHERE FullDate = @d)
		INSERT dwh.DimDate (DateKey, FullDate, [Month], WeekdayName)
		VALUES (CONVERT(INT, CONVERT(CHAR(8), @d, 112)), @d, MONTH(@d), DATENAME(weekday, @d))
	SET @d = DATEADD(day, 1, @d)
	IF YEAR(@d) > 2100 BREAK
END
GO
CREATE PROCEDURE dwh.load_all @added INT = 0 OUTPUT AS
BEGIN
SET NOCOUNT ON
BEGIN TRAN

UPDATE h SET h.HarbourName = RTRIM(s.[name]), h.Country = ISNULL(NULLIF(s.country, ''), 'unknown')
FROM dwh.DimHarbour h JOIN stg.harbours s ON s.code = h.HarbourCode

INSERT INTO dwh.DimHarbour (HarbourCode, HarbourName, Country)
SELECT UPPER(code), LTRIM(RTRIM([name])), COALESCE(NULLIF(country,''),'unknown')
FROM stg.harbours s
WHERE NOT EXISTS (SELECT 1 FROM dwh.DimHarbour h WHERE h.HarbourCode = s.code)
ORDER BY code

DECLARE @from DATE, @to DATE
SELECT @from = MIN(CAST(departed AS DATE)), @to = MAX(CAST(departed AS DATE)) FROM stg.crossings
EXEC dwh.fill_calendar @from, @last = @to

;WITH latest AS (
	SELECT *, ROW_NUMBER() OVER (PARTITION BY ticket_no ORDER BY fare DESC) AS rn FROM stg.tickets
), legs AS (
	SELECT c.*, DATEDIFF(minute, departed, arrived) AS minutes_under_way,
	       AVG(DATEDIFF(minute, departed, arrived)) OVER (PARTITION BY from_code, to_code) AS usual
	FROM stg.crossings c
)
INSERT INTO dwh.FactTicket (TicketNo, DateKey, FromKey, ToKey, Vessel, Class, Fare, DelayMinutes)
SELECT t.ticket_no,
       CONVERT(INT, CONVERT(VARCHAR(8), l.departed, 112)),
       a.HarbourKey, b.HarbourKey, l.vessel, LOWER(t.class), t.fare,
       CASE WHEN l.minutes_under_way > l.usual THEN l.minutes_under_way - l.usual ELSE 0 END
FROM latest t
INNER JOIN legs l ON l.crossing_no = t.crossing_no
LEFT JOIN dwh.DimHarbour a ON a.HarbourCode = l.from_code
LEFT OUTER JOIN dwh.DimHarbour b ON b.HarbourCode = l.to_code
WHERE t.rn = 1 AND NOT EXISTS (SELECT NULL FROM dwh.FactTicket f WHERE f.TicketNo = t.ticket_no)
SET @added = @@ROWCOUNT

IF @@ERROR <> 0
BEGIN
	ROLLBACK TRAN
	RAISERROR('tickets could not be loaded', 16, 1)
	RETURN 1
END
COMMIT TRAN
PRINT 'added ' + LTRIM(STR(@added)) + ' tickets'
END
GO
