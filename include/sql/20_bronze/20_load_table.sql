/*
Purpose:    empties one bronze table and bulk loads it from the batch's landing folder, in one transaction.
Parameters: @batch_id; @source_table  a table of etl.source_table
Errors:     50001 unknown table, 50005 batch not open, 50008 not in the manifest, 50009 the landing copy is missing,
            differs from the one that staging wrote, or its row count from the manifest's, 50013 another batch holds the
            table
Example:    EXEC bronze.load_table 1, N'crm_cust_info';
*/
CREATE OR ALTER PROCEDURE bronze.load_table
    @batch_id INT,
    @source_table NVARCHAR(50)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @step_name NVARCHAR(128) = CONCAT(N'bronze.load_', @source_table);
    DECLARE @target NVARCHAR(261) = CONCAT(N'bronze.', QUOTENAME(@source_table));
    DECLARE @sql NVARCHAR(MAX);
    DECLARE @path NVARCHAR(661);
    DECLARE @bytes BIGINT;
    DECLARE @sha256 NVARCHAR(64);
    DECLARE @rows_written INT;
    DECLARE @rows_loaded INT;
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
                N'bronze.load_table: there is no source table ', COALESCE(QUOTENAME(@source_table, N''''), N'NULL'),
                N'.', CHAR(10), N'etl.source_table lists them.'
            );
            SET @message = REPLACE(@message COLLATE Latin1_General_100_BIN2, N'%', N'%%');
            THROW 50001, @message, 1;
        END;

    EXEC etl.open_step @batch_id, @step_name, @step_id OUTPUT;

    BEGIN TRY
        SELECT
            @path = CONCAT(b.landing_dir, N'/', m.landing_file),
            @bytes = m.landing_bytes,
            @sha256 = m.landing_sha256,
            @rows_written = m.rows_written
        FROM etl.manifest AS m
        INNER JOIN etl.batch AS b
            ON m.batch_id = b.batch_id
        WHERE
            m.batch_id = @batch_id
            AND m.source_table = @source_table;

        IF @sha256 IS NULL
            BEGIN
                SET @message = CONCAT(
                    @source_table, N' is not in the manifest of batch ', @batch_id,
                    N', or without the SHA-256 of its landing copy.', CHAR(10),
                    N'Run staging and etl.register_landing first.'
                );
                THROW 50008, @message, 1;
            END;

        BEGIN TRANSACTION;

        EXEC etl.lock_step @step_name, N'Exclusive';

        SET @sql = CONCAT(N'TRUNCATE TABLE ', @target, N';');
        EXEC sp_executesql @sql;

        EXEC etl.bulk_load @target, @path, @sha256, @bytes, @rows_written;

        SET @sql = CONCAT(N'SELECT @rows = COUNT(*) FROM ', @target, N';');
        EXEC sp_executesql @sql, N'@rows INT OUTPUT', @rows = @rows_loaded OUTPUT;

        IF @rows_loaded <> @rows_written
            BEGIN
                SET @message = CONCAT(
                    @target, N' got ', @rows_loaded, N' rows from ',
                    REPLACE(@path COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                    N', its manifest says ', @rows_written, N'.', CHAR(10),
                    N'The landing copy is damaged: run staging again.'
                );
                THROW 50009, @message, 1;
            END;

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
        @rows_read = @rows_written,
        @rows_inserted = @rows_loaded;
END;
GO
