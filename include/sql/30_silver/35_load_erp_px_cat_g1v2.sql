/*
Purpose:    one row a product category of the ERP.
Parameters: @batch_id
Errors:     50005 batch not open, 50006 bronze holds another batch, 50013 another batch holds a table
Example:    EXEC silver.load_erp_px_cat_g1v2 1;
*/
CREATE OR ALTER PROCEDURE silver.load_erp_px_cat_g1v2
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @rows_read INT;
    DECLARE @rows_inserted INT;
    DECLARE @rows_superseded INT;
    DECLARE @rows_rejected INT;
    DECLARE @error_number INT;
    DECLARE @error_message NVARCHAR(4000);

    EXEC etl.open_step @batch_id, N'silver.load_erp_px_cat_g1v2', @step_id OUTPUT;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC etl.lock_step N'silver.load_erp_px_cat_g1v2', N'Exclusive';
        EXEC etl.require_step @batch_id, N'bronze.load_erp_px_cat_g1v2';

        -- Text is compared by code point, because other collations treat some characters as equal or as empty.
        WITH trimmed AS (
            SELECT
                NULLIF(UPPER(TRIM(id) COLLATE Latin1_General_100_BIN2), N'') AS id,
                NULLIF(TRIM(cat) COLLATE Latin1_General_100_BIN2, N'') AS cat,
                NULLIF(TRIM(subcat) COLLATE Latin1_General_100_BIN2, N'') AS subcat,
                NULLIF(TRIM(maintenance) COLLATE Latin1_General_100_BIN2, N'') AS maintenance,
                CONCAT(id, N',', cat, N',', subcat, N',', maintenance) AS raw_row,
                dwh_source_line
            FROM bronze.erp_px_cat_g1v2
        )

        -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
        SELECT
            *,
            CASE
                WHEN id IS NULL THEN N'ID: no category id'
                WHEN DATALENGTH(id) > 100 THEN N'ID: longer than 50 characters'
                WHEN DATALENGTH(cat) > 100 THEN N'CAT: longer than 50 characters'
                WHEN DATALENGTH(subcat) > 100 THEN N'SUBCAT: longer than 50 characters'
                WHEN DATALENGTH(maintenance) > 100 THEN N'MAINTENANCE: longer than 50 characters'
            END AS verdict
        INTO #judged
        FROM trimmed;

        SET @rows_read = @@ROWCOUNT;

        TRUNCATE TABLE silver.erp_px_cat_g1v2;

        WITH ranked AS (
            SELECT
                *,
                ROW_NUMBER() OVER (PARTITION BY id ORDER BY dwh_source_line DESC) AS version_rank
            FROM #judged
            WHERE verdict IS NULL
        )

        INSERT INTO silver.erp_px_cat_g1v2
        (
            id, cat, subcat, maintenance, dwh_source_line, dwh_batch_id
        )
        SELECT
            id,
            cat,
            subcat,
            maintenance,
            dwh_source_line,
            @batch_id
        FROM ranked
        WHERE version_rank = 1;

        SET @rows_inserted = @@ROWCOUNT;

        EXEC etl.reject_rows @batch_id, N'erp_px_cat_g1v2', @rows_rejected OUTPUT;

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
