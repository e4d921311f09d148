/*
Purpose:    one row an order line, with valid dates, and sales = quantity × price where the source allows it.
Parameters: @batch_id
Errors:     50005 batch not open, 50006 bronze holds another batch, 50013 another batch holds a table
Example:    EXEC silver.load_crm_sales_details 1;
*/
CREATE OR ALTER PROCEDURE silver.load_crm_sales_details
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

    EXEC etl.open_step @batch_id, N'silver.load_crm_sales_details', @step_id OUTPUT;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC etl.lock_step N'silver.load_crm_sales_details', N'Exclusive';
        EXEC etl.require_step @batch_id, N'bronze.load_crm_sales_details';

        -- Text is compared by code point, because other collations treat some characters as equal or as empty.
        WITH trimmed AS (
            SELECT
                NULLIF(UPPER(TRIM(sls_ord_num) COLLATE Latin1_General_100_BIN2), N'') AS sls_ord_num,
                NULLIF(UPPER(TRIM(sls_prd_key) COLLATE Latin1_General_100_BIN2), N'') AS sls_prd_key,
                NULLIF(TRIM(sls_cust_id) COLLATE Latin1_General_100_BIN2, N'') AS sls_cust_id,
                TRIM(sls_order_dt) COLLATE Latin1_General_100_BIN2 AS sls_order_dt,
                TRIM(sls_ship_dt) COLLATE Latin1_General_100_BIN2 AS sls_ship_dt,
                TRIM(sls_due_dt) COLLATE Latin1_General_100_BIN2 AS sls_due_dt,
                NULLIF(TRIM(sls_sales) COLLATE Latin1_General_100_BIN2, N'') AS sls_sales,
                NULLIF(TRIM(sls_quantity) COLLATE Latin1_General_100_BIN2, N'') AS sls_quantity,
                NULLIF(TRIM(sls_price) COLLATE Latin1_General_100_BIN2, N'') AS sls_price,
                CONCAT(
                    sls_ord_num, N',', sls_prd_key, N',', sls_cust_id, N',', sls_order_dt, N',', sls_ship_dt, N',',
                    sls_due_dt, N',', sls_sales, N',', sls_quantity, N',', sls_price
                ) AS raw_row,
                dwh_source_line
            FROM bronze.crm_sales_details
        ),

        -- TRY_CONVERT turns '-' into 0 and '- 5' into -5. So require a digit, and allow only digits and signs.
        -- Amounts are BIGINT until they are checked to fit an INT.
        converted AS (
            SELECT
                sls_ord_num,
                sls_prd_key,
                sls_cust_id,
                sls_sales,
                sls_quantity,
                sls_price,
                raw_row,
                dwh_source_line,
                CASE
                    WHEN
                        sls_cust_id LIKE N'%[0-9]%' AND sls_cust_id NOT LIKE N'%[^-+0-9]%'
                        THEN TRY_CONVERT(INT, sls_cust_id)
                END AS customer_id,
                CASE
                    WHEN
                        sls_order_dt LIKE N'[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
                        THEN TRY_CONVERT(DATE, sls_order_dt, 112)
                END AS order_date,
                CASE
                    WHEN
                        sls_ship_dt LIKE N'[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
                        THEN TRY_CONVERT(DATE, sls_ship_dt, 112)
                END AS ship_date,
                CASE
                    WHEN
                        sls_due_dt LIKE N'[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
                        THEN TRY_CONVERT(DATE, sls_due_dt, 112)
                END AS due_date,
                CAST(
                    CASE
                        WHEN
                            sls_sales LIKE N'%[0-9]%' AND sls_sales NOT LIKE N'%[^-+0-9]%'
                            THEN TRY_CONVERT(INT, sls_sales)
                    END AS BIGINT
                ) AS sales,
                CAST(
                    CASE
                        WHEN
                            sls_quantity LIKE N'%[0-9]%' AND sls_quantity NOT LIKE N'%[^-+0-9]%'
                            THEN TRY_CONVERT(INT, sls_quantity)
                    END AS BIGINT
                )
                    AS quantity,
                CAST(
                    CASE
                        WHEN
                            sls_price LIKE N'%[0-9]%' AND sls_price NOT LIKE N'%[^-+0-9]%'
                            THEN TRY_CONVERT(INT, sls_price)
                    END AS BIGINT
                ) AS price
            FROM trimmed
        ),

        -- Both rules use the source's values. An empty price does not count as a difference, because no value <> NULL.
        repaired AS (
            SELECT
                *,
                CASE
                    WHEN sales IS NULL OR sales <= 0 OR sales <> quantity * ABS(price) THEN quantity * ABS(price)
                    ELSE sales
                END AS sales_amount,
                CASE
                    WHEN price IS NULL OR price <= 0 THEN sales / NULLIF(quantity, 0)
                    ELSE price
                END AS unit_price
            FROM converted
        )

        -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
        SELECT
            *,
            CASE
                WHEN sls_ord_num IS NULL THEN N'sls_ord_num: no order number'
                WHEN DATALENGTH(sls_ord_num) > 100 THEN N'sls_ord_num: longer than 50 characters'
                WHEN sls_prd_key IS NULL THEN N'sls_prd_key: no product number'
                WHEN DATALENGTH(sls_prd_key) > 100 THEN N'sls_prd_key: longer than 50 characters'
                WHEN sls_cust_id IS NOT NULL AND customer_id IS NULL THEN N'sls_cust_id: not an integer'
                WHEN sls_sales IS NOT NULL AND sales IS NULL THEN N'sls_sales: not an integer'
                WHEN sls_quantity IS NOT NULL AND quantity IS NULL THEN N'sls_quantity: not an integer'
                WHEN sls_price IS NOT NULL AND price IS NULL THEN N'sls_price: not an integer'
                WHEN sales_amount IS NULL THEN N'sls_sales: neither sales nor price can be established'
                WHEN TRY_CONVERT(INT, sales_amount) IS NULL THEN N'sls_sales: quantity × price does not fit'
                WHEN
                    unit_price IS NOT NULL AND TRY_CONVERT(INT, unit_price) IS NULL
                    THEN N'sls_price: sales ÷ quantity does not fit'
            END AS verdict
        INTO #judged
        FROM repaired;

        SET @rows_read = @@ROWCOUNT;

        TRUNCATE TABLE silver.crm_sales_details;

        -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
        -- TRY_CONVERT and not CAST, because the optimizer may convert rows before it filters them.
        WITH fitting AS (
            SELECT
                CAST(sls_ord_num AS NVARCHAR(50)) AS sls_ord_num,
                CAST(sls_prd_key AS NVARCHAR(50)) AS sls_prd_key,
                customer_id,
                order_date,
                ship_date,
                due_date,
                TRY_CONVERT(INT, sales_amount) AS sales_amount,
                TRY_CONVERT(INT, quantity) AS quantity,
                TRY_CONVERT(INT, unit_price) AS unit_price,
                dwh_source_line
            FROM #judged
            WHERE verdict IS NULL
        ),

        ranked AS (
            SELECT
                *,
                ROW_NUMBER() OVER (
                    PARTITION BY sls_ord_num, sls_prd_key
                    ORDER BY dwh_source_line DESC
                ) AS version_rank
            FROM fitting
        )

        INSERT INTO silver.crm_sales_details
        (
            sls_ord_num, sls_prd_key, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt, sls_sales, sls_quantity,
            sls_price, dwh_source_line, dwh_batch_id
        )
        SELECT
            sls_ord_num,
            sls_prd_key,
            customer_id,
            order_date,
            ship_date,
            due_date,
            sales_amount,
            quantity,
            unit_price,
            dwh_source_line,
            @batch_id
        FROM ranked
        WHERE version_rank = 1;

        SET @rows_inserted = @@ROWCOUNT;

        EXEC etl.reject_rows @batch_id, N'crm_sales_details', @rows_rejected OUTPUT;

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
