/*
Purpose: order lines of the CRM as the load judges them: valid dates, and sales = quantity × price where the source
         allows it.
Grain:   row of bronze.crm_sales_details. verdict is 'column: reason', NULL if the row is good.
         version_rank is 1 for the row that silver.load_table loads of the good ones with the same key.
Columns: sls_order_dt  day of the order; NULL if it is not a date
         sls_ship_dt   day of the shipping; NULL if it is not a date
         sls_due_dt    day on which the payment is due; NULL if it is not a date
         is_repaired   1 if the amount or the price is not the source's
         verdict       why the row is rejected, as 'column: reason'; NULL if it is good
         version_rank  1 for the row of its key that is loaded
*/
CREATE OR ALTER VIEW silver.crm_sales_details_judged
AS
-- Text is compared by code point, because other collations treat some characters as equal or as empty.
WITH trimmed AS (
    SELECT
        TRIM(e.characters FROM b.sls_ord_num COLLATE Latin1_General_100_BIN2) AS sls_ord_num,
        TRIM(e.characters FROM b.sls_prd_key COLLATE Latin1_General_100_BIN2) AS sls_prd_key,
        TRIM(e.characters FROM b.sls_cust_id COLLATE Latin1_General_100_BIN2) AS sls_cust_id,
        TRIM(e.characters FROM b.sls_order_dt COLLATE Latin1_General_100_BIN2) AS sls_order_dt,
        TRIM(e.characters FROM b.sls_ship_dt COLLATE Latin1_General_100_BIN2) AS sls_ship_dt,
        TRIM(e.characters FROM b.sls_due_dt COLLATE Latin1_General_100_BIN2) AS sls_due_dt,
        TRIM(e.characters FROM b.sls_sales COLLATE Latin1_General_100_BIN2) AS sls_sales,
        TRIM(e.characters FROM b.sls_quantity COLLATE Latin1_General_100_BIN2) AS sls_quantity,
        TRIM(e.characters FROM b.sls_price COLLATE Latin1_General_100_BIN2) AS sls_price,
        b.dwh_source_line
    FROM bronze.crm_sales_details AS b
    CROSS JOIN silver.trimmed_characters AS e
),

-- TRY_CONVERT turns '-' into 0 and '- 5' into -5. So require a digit, and allow only digits and signs.
-- Amounts are BIGINT until they are checked to fit an INT.
converted AS (
    SELECT
        NULLIF(UPPER(sls_ord_num), N'') AS sls_ord_num,
        NULLIF(UPPER(sls_prd_key), N'') AS sls_prd_key,
        NULLIF(sls_cust_id, N'') AS sls_cust_id,
        NULLIF(sls_sales, N'') AS sls_sales,
        NULLIF(sls_quantity, N'') AS sls_quantity,
        NULLIF(sls_price, N'') AS sls_price,
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
),

judged AS (
    -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
    -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
    -- TRY_CONVERT and not CAST, because the columns of rejected rows are converted as well.
    SELECT
        CAST(sls_ord_num AS NVARCHAR(50)) AS sls_ord_num,
        CAST(sls_prd_key AS NVARCHAR(50)) AS sls_prd_key,
        customer_id AS sls_cust_id,
        order_date AS sls_order_dt,
        ship_date AS sls_ship_dt,
        due_date AS sls_due_dt,
        TRY_CONVERT(INT, sales_amount) AS sls_sales,
        TRY_CONVERT(INT, quantity) AS sls_quantity,
        TRY_CONVERT(INT, unit_price) AS sls_price,
        CASE
            WHEN sales_amount IS DISTINCT FROM sales OR unit_price IS DISTINCT FROM price THEN 1 ELSE 0
        END AS is_repaired,
        dwh_source_line,
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
    FROM repaired
)

SELECT
    *,
    ROW_NUMBER() OVER (
        PARTITION BY CASE WHEN verdict IS NULL THEN 0 ELSE 1 END, sls_ord_num, sls_prd_key
        ORDER BY dwh_source_line DESC
    ) AS version_rank
FROM judged;
GO
