/*
Purpose:    one row a customer of the CRM: trimmed, converted, codes spelled out; the latest version wins.
Parameters: @batch_id
Errors:     50005 batch not open, 50006 bronze holds another batch, 50013 another batch holds a table
Example:    EXEC silver.load_crm_cust_info 1;
*/
CREATE OR ALTER PROCEDURE silver.load_crm_cust_info
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

    EXEC etl.open_step @batch_id, N'silver.load_crm_cust_info', @step_id OUTPUT;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC etl.lock_step N'silver.load_crm_cust_info', N'Exclusive';
        EXEC etl.require_step @batch_id, N'bronze.load_crm_cust_info';

        -- Text is compared by code point, because other collations treat some characters as equal or as empty.
        WITH trimmed AS (
            SELECT
                NULLIF(TRIM(cst_id) COLLATE Latin1_General_100_BIN2, N'') AS cst_id,
                NULLIF(UPPER(TRIM(cst_key) COLLATE Latin1_General_100_BIN2), N'') AS cst_key,
                NULLIF(TRIM(cst_firstname) COLLATE Latin1_General_100_BIN2, N'') AS cst_firstname,
                NULLIF(TRIM(cst_lastname) COLLATE Latin1_General_100_BIN2, N'') AS cst_lastname,
                UPPER(TRIM(cst_marital_status) COLLATE Latin1_General_100_BIN2) AS cst_marital_status,
                UPPER(TRIM(cst_gndr) COLLATE Latin1_General_100_BIN2) AS cst_gndr,
                NULLIF(TRIM(cst_create_date) COLLATE Latin1_General_100_BIN2, N'') AS cst_create_date,
                CONCAT(
                    cst_id, N',', cst_key, N',', cst_firstname, N',', cst_lastname, N',', cst_marital_status, N',',
                    cst_gndr, N',', cst_create_date
                ) AS raw_row,
                dwh_source_line
            FROM bronze.crm_cust_info
        ),

        -- TRY_CONVERT turns '-' into 0 and '- 5' into -5. So require a digit, and allow only digits and signs.
        converted AS (
            SELECT
                *,
                CASE WHEN cst_id LIKE N'%[0-9]%' AND cst_id NOT LIKE N'%[^-+0-9]%' THEN TRY_CONVERT(INT, cst_id) END
                    AS customer_id,
                CASE
                    WHEN cst_create_date LIKE N'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
                        THEN TRY_CONVERT(DATE, cst_create_date, 23)
                END AS create_date
            FROM trimmed
        )

        -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
        SELECT
            *,
            CASE
                WHEN cst_id IS NULL THEN N'cst_id: no customer id'
                WHEN customer_id IS NULL THEN N'cst_id: not an integer'
                WHEN DATALENGTH(cst_key) > 100 THEN N'cst_key: longer than 50 characters'
                WHEN DATALENGTH(cst_firstname) > 100 THEN N'cst_firstname: longer than 50 characters'
                WHEN DATALENGTH(cst_lastname) > 100 THEN N'cst_lastname: longer than 50 characters'
                WHEN DATALENGTH(cst_marital_status) > 100 THEN N'cst_marital_status: longer than 50 characters'
                WHEN DATALENGTH(cst_gndr) > 100 THEN N'cst_gndr: longer than 50 characters'
                WHEN
                    cst_create_date IS NOT NULL AND create_date IS NULL
                    THEN N'cst_create_date: not a date (yyyy-mm-dd)'
            END AS verdict
        INTO #judged
        FROM converted;

        SET @rows_read = @@ROWCOUNT;

        TRUNCATE TABLE silver.crm_cust_info;

        -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
        WITH fitting AS (
            SELECT
                customer_id,
                CAST(cst_key AS NVARCHAR(50)) AS cst_key,
                CAST(cst_firstname AS NVARCHAR(50)) AS cst_firstname,
                CAST(cst_lastname AS NVARCHAR(50)) AS cst_lastname,
                CAST(cst_marital_status AS NVARCHAR(50)) AS cst_marital_status,
                CAST(cst_gndr AS NVARCHAR(50)) AS cst_gndr,
                create_date,
                dwh_source_line
            FROM #judged
            WHERE verdict IS NULL
        ),

        ranked AS (
            SELECT
                *,
                ROW_NUMBER() OVER (
                    PARTITION BY customer_id
                    ORDER BY create_date DESC, dwh_source_line DESC
                ) AS version_rank
            FROM fitting
        )

        INSERT INTO silver.crm_cust_info
        (
            cst_id, cst_key, cst_firstname, cst_lastname, cst_marital_status, cst_gndr, cst_create_date,
            dwh_source_line, dwh_batch_id
        )
        SELECT
            customer_id,
            cst_key,
            cst_firstname,
            cst_lastname,
            CASE cst_marital_status
                WHEN N'S' THEN N'Single'
                WHEN N'M' THEN N'Married'
                ELSE N'n/a'
            END,
            CASE cst_gndr
                WHEN N'F' THEN N'Female'
                WHEN N'M' THEN N'Male'
                ELSE N'n/a'
            END,
            create_date,
            dwh_source_line,
            @batch_id
        FROM ranked
        WHERE version_rank = 1;

        SET @rows_inserted = @@ROWCOUNT;

        EXEC etl.reject_rows @batch_id, N'crm_cust_info', @rows_rejected OUTPUT;

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
