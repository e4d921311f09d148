/*
Purpose:    one row a version of a product, with the dates between which it was valid.
Parameters: @batch_id
Errors:     50005 batch not open, 50006 bronze holds another batch, 50013 another batch holds a table
Example:    EXEC silver.load_crm_prd_info 1;
*/
CREATE OR ALTER PROCEDURE silver.load_crm_prd_info
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

    EXEC etl.open_step @batch_id, N'silver.load_crm_prd_info', @step_id OUTPUT;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC etl.lock_step N'silver.load_crm_prd_info', N'Exclusive';
        EXEC etl.require_step @batch_id, N'bronze.load_crm_prd_info';

        -- Text is compared by code point, because other collations treat some characters as equal or as empty.
        WITH trimmed AS (
            SELECT
                NULLIF(TRIM(prd_id) COLLATE Latin1_General_100_BIN2, N'') AS prd_id,
                NULLIF(TRIM(prd_key) COLLATE Latin1_General_100_BIN2, N'') AS prd_key,
                NULLIF(TRIM(prd_nm) COLLATE Latin1_General_100_BIN2, N'') AS prd_nm,
                NULLIF(TRIM(prd_cost) COLLATE Latin1_General_100_BIN2, N'') AS prd_cost,
                UPPER(TRIM(prd_line) COLLATE Latin1_General_100_BIN2) AS prd_line,
                NULLIF(TRIM(prd_start_dt) COLLATE Latin1_General_100_BIN2, N'') AS prd_start_dt,
                CONCAT(
                    prd_id,
                    N',',
                    prd_key,
                    N',',
                    prd_nm,
                    N',',
                    prd_cost,
                    N',',
                    prd_line,
                    N',',
                    prd_start_dt,
                    N',',
                    prd_end_dt
                ) AS raw_row,
                dwh_source_line
            FROM bronze.crm_prd_info
        ),

        -- TRY_CONVERT turns '-' into 0 and '- 5' into -5. So require a digit, and allow only digits and signs.
        -- The number begins at the seventh character; the collation counts a surrogate pair as one character.
        converted AS (
            SELECT
                *,
                NULLIF(
                    UPPER(SUBSTRING(prd_key COLLATE Latin1_General_100_CI_AS_KS_WS_SC, 7, 50))
                    COLLATE Latin1_General_100_BIN2,
                    N''
                ) AS product_number,
                RTRIM(
                    REPLACE(
                        UPPER(LEFT(prd_key COLLATE Latin1_General_100_CI_AS_KS_WS_SC, 5))
                        COLLATE Latin1_General_100_BIN2,
                        N'-',
                        N'_'
                    )
                ) AS category_id,
                CASE WHEN prd_id LIKE N'%[0-9]%' AND prd_id NOT LIKE N'%[^-+0-9]%' THEN TRY_CONVERT(INT, prd_id) END
                    AS product_id,
                CASE
                    WHEN prd_cost LIKE N'%[0-9]%' AND prd_cost NOT LIKE N'%[^-+0-9]%' THEN TRY_CONVERT(INT, prd_cost)
                END
                    AS cost,
                CASE
                    WHEN prd_start_dt LIKE N'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
                        THEN TRY_CONVERT(DATE, prd_start_dt, 23)
                END AS start_date
            FROM trimmed
        )

        -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
        SELECT
            *,
            CASE
                WHEN prd_id IS NOT NULL AND product_id IS NULL THEN N'prd_id: not an integer'
                WHEN product_number IS NULL THEN N'prd_key: no product number'
                WHEN DATALENGTH(prd_key) > 100 THEN N'prd_key: longer than 50 characters'
                WHEN DATALENGTH(prd_nm) > 200 THEN N'prd_nm: longer than 100 characters'
                WHEN prd_cost IS NOT NULL AND cost IS NULL THEN N'prd_cost: not an integer'
                WHEN DATALENGTH(prd_line) > 100 THEN N'prd_line: longer than 50 characters'
                WHEN prd_start_dt IS NOT NULL AND start_date IS NULL THEN N'prd_start_dt: not a date (yyyy-mm-dd)'
            END AS verdict
        INTO #judged
        FROM converted;

        SET @rows_read = @@ROWCOUNT;

        TRUNCATE TABLE silver.crm_prd_info;

        WITH ranked AS (
            SELECT
                *,
                ROW_NUMBER() OVER (
                    PARTITION BY product_number, start_date
                    ORDER BY dwh_source_line DESC
                ) AS version_rank
            FROM #judged
            WHERE verdict IS NULL
        ),

        versions AS (
            SELECT
                *,
                ROW_NUMBER() OVER (PARTITION BY product_number ORDER BY start_date) AS version_number,
                COUNT(*) OVER (PARTITION BY product_number) AS version_count,
                LEAD(start_date) OVER (PARTITION BY product_number ORDER BY start_date) AS next_start_date
            FROM ranked
            WHERE version_rank = 1
        )

        INSERT INTO silver.crm_prd_info
        (
            product_number, version_number, prd_id, prd_key, category_id, prd_nm, prd_cost, prd_line,
            prd_start_dt, prd_end_dt, is_current, dwh_source_line, dwh_batch_id
        )
        SELECT
            product_number,
            version_number,
            product_id,
            prd_key,
            category_id,
            prd_nm,
            COALESCE(cost, 0),
            CASE prd_line
                WHEN N'M' THEN N'Mountain'
                WHEN N'R' THEN N'Road'
                WHEN N'S' THEN N'Other Sales'
                WHEN N'T' THEN N'Touring'
                ELSE N'n/a'
            END,
            start_date,
            -- prd_end_dt is not used: a version ends on the day before the next version starts, if there is one.
            CASE WHEN next_start_date > CAST('00010101' AS DATE) THEN DATEADD(DAY, -1, next_start_date) END,
            CASE WHEN version_number = version_count THEN 1 ELSE 0 END,
            dwh_source_line,
            @batch_id
        FROM versions;

        SET @rows_inserted = @@ROWCOUNT;

        EXEC etl.reject_rows @batch_id, N'crm_prd_info', @rows_rejected OUTPUT;

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
