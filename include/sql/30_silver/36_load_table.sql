/*
Purpose:    replaces one cleansed table by the rows that its view silver.<table>_judged accepts, and stores the rejected
            ones, in one transaction. A repeated step replaces its earlier rows.
Parameters: @batch_id; @source_table  a table of etl.source_table
Errors:     50001 unknown table, 50005 batch not open, 50006 bronze holds another batch, 50013 another batch holds a
            table
Example:    EXEC silver.load_table 1, N'crm_cust_info';
*/
CREATE OR ALTER PROCEDURE silver.load_table
    @batch_id INT,
    @source_table NVARCHAR(50)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @step_name NVARCHAR(128) = CONCAT(N'silver.load_', @source_table);
    DECLARE @bronze_step NVARCHAR(128) = CONCAT(N'bronze.load_', @source_table);
    DECLARE @source NVARCHAR(261) = CONCAT(N'bronze.', QUOTENAME(@source_table));
    DECLARE @target NVARCHAR(261) = CONCAT(N'silver.', QUOTENAME(@source_table));
    DECLARE @judged NVARCHAR(261) = CONCAT(N'silver.', QUOTENAME(CONCAT(@source_table, N'_judged')));
    DECLARE @source_id INT = OBJECT_ID(@source, N'U');
    DECLARE @target_id INT = OBJECT_ID(@target, N'U');
    DECLARE @columns NVARCHAR(MAX);
    DECLARE @raw_row NVARCHAR(MAX);
    DECLARE @sql NVARCHAR(MAX);
    DECLARE @source_file NVARCHAR(260);
    DECLARE @rows_read INT;
    DECLARE @rows_inserted INT;
    DECLARE @rows_superseded INT;
    DECLARE @rows_rejected INT;
    DECLARE @message NVARCHAR(2048);
    DECLARE @error_number INT;
    DECLARE @error_message NVARCHAR(4000);

    IF
        NOT EXISTS (
            SELECT 1 FROM etl.source_table
            WHERE source_table = @source_table
        )
        BEGIN
            SET @message = CONCAT(
                N'silver.load_table: there is no source table ', COALESCE(QUOTENAME(@source_table, N''''), N'NULL'),
                N'.', CHAR(10), N'etl.source_table lists them.'
            );
            SET @message = REPLACE(@message COLLATE Latin1_General_100_BIN2, N'%', N'%%');
            THROW 50001, @message, 1;
        END;

    EXEC etl.open_step @batch_id, @step_name, @step_id OUTPUT;

    BEGIN TRY
        CREATE TABLE #unloaded
        (
            source_line INT NOT NULL
        );

        CREATE TABLE #rejected
        (
            source_line INT NOT NULL,
            verdict NVARCHAR(4000) NOT NULL,
            raw_row NVARCHAR(4000) NOT NULL
        );

        SELECT @columns = STRING_AGG(CAST(QUOTENAME(name) AS NVARCHAR(MAX)), N', ') WITHIN GROUP (ORDER BY column_id)
        FROM sys.columns
        WHERE
            object_id = @target_id
            AND name <> N'dwh_batch_id';

        BEGIN TRANSACTION;

        EXEC etl.lock_step @step_name, N'Exclusive';
        EXEC etl.require_step @batch_id, @bronze_step;

        SET @sql = CONCAT(N'SELECT @rows = COUNT(*) FROM ', @source, N';');
        EXEC sp_executesql @sql, N'@rows INT OUTPUT', @rows = @rows_read OUTPUT;

        -- TRUNCATE TABLE has locked the table, so TABLOCK costs nothing. SQL Server then fills a heap in parallel and
        -- logs its pages instead of its rows.
        SET @sql = CONCAT(
            N'TRUNCATE TABLE ', @target, N'; ',
            N'INSERT INTO ', @target, N' WITH (TABLOCK) (', @columns, N', dwh_batch_id) ',
            N'SELECT ', @columns, N', @batch_id FROM ', @judged, N' WHERE verdict IS NULL AND version_rank = 1; ',
            N'SET @rows = @@ROWCOUNT;'
        );
        EXEC sp_executesql
            @sql,
            N'@batch_id INT, @rows INT OUTPUT',
            @batch_id = @batch_id,
            @rows = @rows_inserted OUTPUT;

        DELETE FROM etl.rejected_row
        WHERE
            batch_id = @batch_id
            AND source_table = @source_table
            AND found_by = N'silver';

        SET @rows_rejected = 0;

        -- The rows that were not loaded are rejected or superseded. Only they are judged again, for the reason, and put
        -- together as raw rows: the server leaves out the other lines before it computes a rule.
        IF @rows_inserted < @rows_read
            BEGIN
                SET @sql = CONCAT(
                    N'INSERT INTO #unloaded (source_line) SELECT b.dwh_source_line FROM ', @source, N' AS b ',
                    N'WHERE NOT EXISTS (SELECT 1 FROM ', @target, N' AS s ',
                    N'WHERE s.dwh_source_line = b.dwh_source_line);'
                );
                EXEC sp_executesql @sql;

                SELECT
                    @raw_row = STRING_AGG(
                        CAST(CONCAT(N'b.', QUOTENAME(name)) AS NVARCHAR(MAX)), N', N'','', '
                    ) WITHIN GROUP (ORDER BY column_id)
                FROM sys.columns
                WHERE
                    object_id = @source_id
                    AND name <> N'dwh_source_line';

                SET @sql = CONCAT(
                    N'INSERT INTO #rejected (source_line, verdict, raw_row) ',
                    N'SELECT j.dwh_source_line, j.verdict, LEFT(CONCAT(', @raw_row, N'), 4000) ',
                    N'FROM ', @judged, N' AS j INNER JOIN ', @source,
                    N' AS b ON j.dwh_source_line = b.dwh_source_line ',
                    N'WHERE j.dwh_source_line IN (SELECT u.source_line FROM #unloaded AS u) AND j.verdict IS NOT NULL;'
                );
                EXEC sp_executesql @sql;

                SELECT @source_file = source_file
                FROM etl.manifest
                WHERE
                    batch_id = @batch_id
                    AND source_table = @source_table;

                INSERT INTO etl.rejected_row
                (batch_id, found_by, source_table, source_file, source_line, column_name, reason, raw_row)
                SELECT
                    @batch_id,
                    N'silver',
                    @source_table,
                    @source_file,
                    source_line,
                    LEFT(verdict, CHARINDEX(N':', verdict) - 1),
                    SUBSTRING(verdict, CHARINDEX(N':', verdict) + 2, 4000),
                    raw_row
                FROM #rejected
                ORDER BY source_line;

                SET @rows_rejected = @@ROWCOUNT;
            END;

        SET @rows_superseded = @rows_read - @rows_inserted - @rows_rejected;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        SELECT
            @error_number = ERROR_NUMBER(),
            @error_message = ERROR_MESSAGE();
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        EXEC etl.fail_step @step_id, @error_number, @error_message;
        THROW;
    END CATCH;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_inserted = @rows_inserted,
        @rows_superseded = @rows_superseded,
        @rows_rejected = @rows_rejected;
END;
GO
