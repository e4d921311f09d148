/*
Purpose:    takes over what staging wrote beside the files: the manifest and the lines it rejected.
Parameters: @batch_id; @landing_dir  the batch's landing folder as SQL Server sees it, without a trailing slash
Errors:     50001 empty @landing_dir, 50007 the manifest does not list the six source tables,
            50009 rejected.txt has another number of lines than the manifest says, 50013 as etl.lock_step
Example:    EXEC etl.register_landing 1, N'/landing/1';
*/
CREATE OR ALTER PROCEDURE etl.register_landing
    @batch_id INT,
    @landing_dir NVARCHAR(400)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @path NVARCHAR(661);
    DECLARE @message NVARCHAR(2048);
    DECLARE @error_number INT;
    DECLARE @error_message NVARCHAR(4000);
    DECLARE @rows_read INT;
    DECLARE @rows_inserted INT;
    DECLARE @rows_rejected INT;

    EXEC etl.open_step @batch_id, N'etl.register_landing', @step_id OUTPUT;

    BEGIN TRY
        IF NULLIF(TRIM(@landing_dir), N'') IS NULL
            THROW 50001, N'etl.register_landing: @landing_dir is empty.', 1;

        BEGIN TRANSACTION;

        EXEC etl.lock_step N'etl.register_landing', N'Exclusive';

        DELETE FROM bronze.landing_manifest;
        DELETE FROM bronze.landing_rejected;

        SET @path = CONCAT(@landing_dir, N'/manifest.txt');
        EXEC etl.bulk_load N'bronze.landing_manifest', @path;

        SET @path = CONCAT(@landing_dir, N'/rejected.txt');
        EXEC etl.bulk_load N'bronze.landing_rejected', @path;

        IF
            (SELECT COUNT(*) FROM bronze.landing_manifest) <> 6
            OR (
                SELECT COUNT(DISTINCT source_table)
                FROM bronze.landing_manifest
                WHERE source_table IN (
                    N'crm_cust_info', N'crm_prd_info', N'crm_sales_details',
                    N'erp_cust_az12', N'erp_loc_a101', N'erp_px_cat_g1v2'
                )
            ) <> 6
            BEGIN
                SET
                    @message
                    = CONCAT(
                        @landing_dir, N'/manifest.txt does not list the six source tables once each. Run staging again.'
                    );
                THROW 50007, @message, 1;
            END;

        SELECT @rows_rejected = COUNT(*)
        FROM bronze.landing_rejected;

        IF @rows_rejected <> (SELECT SUM(rows_rejected) FROM bronze.landing_manifest)
            BEGIN
                SET @message = CONCAT(
                    @path, N' has ', @rows_rejected,
                    N' rows, manifest.txt says otherwise. The landing copy is damaged: run staging again.'
                );
                THROW 50009, @message, 1;
            END;

        DELETE FROM etl.manifest
        WHERE batch_id = @batch_id;

        INSERT INTO etl.manifest
        (
            batch_id, source_table, source_file, landing_file, rows_read, rows_written, rows_rejected,
            blank_lines, replaced_characters, bytes, sha256
        )
        SELECT
            @batch_id,
            source_table,
            source_file,
            landing_file,
            rows_read,
            rows_written,
            rows_rejected,
            blank_lines,
            replaced_characters,
            bytes,
            sha256
        FROM bronze.landing_manifest;

        DELETE FROM etl.rejected_row
        WHERE
            batch_id = @batch_id
            AND found_by = N'staging';

        INSERT INTO etl.rejected_row
        (batch_id, found_by, source_table, source_file, source_line, column_name, reason, raw_row)
        SELECT
            @batch_id,
            N'staging',
            source_table,
            source_file,
            source_line,
            column_name,
            reason,
            raw_row
        FROM bronze.landing_rejected
        ORDER BY
            source_table,
            source_line;

        UPDATE etl.batch
        SET landing_dir = @landing_dir
        WHERE batch_id = @batch_id;

        SELECT
            @rows_read = SUM(rows_read),
            @rows_inserted = SUM(rows_written),
            @rows_rejected = SUM(rows_rejected)
        FROM bronze.landing_manifest;

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
        @rows_rejected = @rows_rejected;
END;
GO
