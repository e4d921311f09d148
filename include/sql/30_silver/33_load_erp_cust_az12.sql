/*
Purpose:    one row a customer of the ERP: cleaned key, birth date, gender spelled out.
Parameters: @batch_id
Errors:     50005 batch not open, 50006 bronze holds another batch, 50013 another batch holds a table
Example:    EXEC silver.load_erp_cust_az12 1;
*/
CREATE OR ALTER PROCEDURE silver.load_erp_cust_az12
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

    EXEC etl.open_step @batch_id, N'silver.load_erp_cust_az12', @step_id OUTPUT;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC etl.lock_step N'silver.load_erp_cust_az12', N'Exclusive';
        EXEC etl.require_step @batch_id, N'bronze.load_erp_cust_az12';

        -- Text is compared by code point, because other collations treat some characters as equal or as empty.
        WITH trimmed AS (
            SELECT
                UPPER(TRIM(cid) COLLATE Latin1_General_100_BIN2) AS cid,
                NULLIF(TRIM(bdate) COLLATE Latin1_General_100_BIN2, N'') AS bdate,
                UPPER(TRIM(gen) COLLATE Latin1_General_100_BIN2) AS gen,
                CONCAT(cid, N',', bdate, N',', gen) AS raw_row,
                dwh_source_line
            FROM bronze.erp_cust_az12
        ),

        converted AS (
            SELECT
                *,
                NULLIF(
                    TRIM(REPLACE(CASE WHEN cid LIKE N'NAS%' THEN SUBSTRING(cid, 4, 4000) ELSE cid END, N'-', N'')), N''
                ) AS customer_number,
                CASE
                    WHEN bdate LIKE N'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
                        THEN TRY_CONVERT(DATE, bdate, 23)
                END AS birthdate
            FROM trimmed
        )

        -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
        SELECT
            *,
            CASE
                WHEN customer_number IS NULL THEN N'CID: no customer key'
                WHEN DATALENGTH(cid) > 100 THEN N'CID: longer than 50 characters'
                WHEN bdate IS NOT NULL AND birthdate IS NULL THEN N'BDATE: not a date (yyyy-mm-dd)'
                WHEN DATALENGTH(gen) > 100 THEN N'GEN: longer than 50 characters'
            END AS verdict
        INTO #judged
        FROM converted;

        SET @rows_read = @@ROWCOUNT;

        TRUNCATE TABLE silver.erp_cust_az12;

        -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
        WITH fitting AS (
            SELECT
                CAST(customer_number AS NVARCHAR(50)) AS customer_number,
                birthdate,
                CAST(gen AS NVARCHAR(50)) AS gen,
                dwh_source_line
            FROM #judged
            WHERE verdict IS NULL
        ),

        ranked AS (
            SELECT
                *,
                ROW_NUMBER() OVER (PARTITION BY customer_number ORDER BY dwh_source_line DESC) AS version_rank
            FROM fitting
        )

        INSERT INTO silver.erp_cust_az12
        (
            cid, bdate, gen, dwh_source_line, dwh_batch_id
        )
        SELECT
            customer_number,
            birthdate,
            CASE
                WHEN gen IN (N'F', N'FEMALE') THEN N'Female'
                WHEN gen IN (N'M', N'MALE') THEN N'Male'
                ELSE N'n/a'
            END,
            dwh_source_line,
            @batch_id
        FROM ranked
        WHERE version_rank = 1;

        SET @rows_inserted = @@ROWCOUNT;

        EXEC etl.reject_rows @batch_id, N'erp_cust_az12', @rows_rejected OUTPUT;

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
