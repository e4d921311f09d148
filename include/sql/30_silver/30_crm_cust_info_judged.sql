/*
Purpose: customers of the CRM as the load judges them: trimmed, converted, codes spelled out.
Grain:   row of bronze.crm_cust_info. verdict is 'column: reason', NULL if the row is good.
         version_rank is 1 for the row that silver.load_table loads of the good ones with the same key.
Columns: cst_marital_status  Single, Married or n/a
         cst_gndr            Female, Male or n/a
         unknown_codes       number of codes that no rule knows; an empty code and n/a are known to be missing
         verdict             why the row is rejected, as 'column: reason'; NULL if it is good
         version_rank        1 for the row of its key that is loaded
*/
CREATE OR ALTER VIEW silver.crm_cust_info_judged
AS
-- Text is compared by code point, because other collations treat some characters as equal or as empty.
WITH trimmed AS (
    SELECT
        TRIM(e.characters FROM b.cst_id COLLATE Latin1_General_100_BIN2) AS cst_id,
        TRIM(e.characters FROM b.cst_key COLLATE Latin1_General_100_BIN2) AS cst_key,
        TRIM(e.characters FROM b.cst_firstname COLLATE Latin1_General_100_BIN2) AS cst_firstname,
        TRIM(e.characters FROM b.cst_lastname COLLATE Latin1_General_100_BIN2) AS cst_lastname,
        TRIM(e.characters FROM b.cst_marital_status COLLATE Latin1_General_100_BIN2) AS cst_marital_status,
        TRIM(e.characters FROM b.cst_gndr COLLATE Latin1_General_100_BIN2) AS cst_gndr,
        TRIM(e.characters FROM b.cst_create_date COLLATE Latin1_General_100_BIN2) AS cst_create_date,
        b.dwh_source_line
    FROM bronze.crm_cust_info AS b
    CROSS JOIN silver.trimmed_characters AS e
),

-- TRY_CONVERT turns '-' into 0 and '- 5' into -5. So require a digit, and allow only digits and signs.
converted AS (
    SELECT
        NULLIF(cst_id, N'') AS cst_id,
        NULLIF(UPPER(cst_key), N'') AS cst_key,
        NULLIF(cst_firstname, N'') AS cst_firstname,
        NULLIF(cst_lastname, N'') AS cst_lastname,
        UPPER(cst_marital_status) AS cst_marital_status,
        UPPER(cst_gndr) AS cst_gndr,
        NULLIF(cst_create_date, N'') AS cst_create_date,
        dwh_source_line,
        CASE WHEN cst_id LIKE N'%[0-9]%' AND cst_id NOT LIKE N'%[^-+0-9]%' THEN TRY_CONVERT(INT, cst_id) END
            AS customer_id,
        CASE
            WHEN cst_create_date LIKE N'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
                THEN TRY_CONVERT(DATE, cst_create_date, 23)
        END AS create_date
    FROM trimmed
),

judged AS (
    -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
    -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
    SELECT
        customer_id AS cst_id,
        CAST(cst_key AS NVARCHAR(50)) AS cst_key,
        CAST(cst_firstname AS NVARCHAR(50)) AS cst_firstname,
        CAST(cst_lastname AS NVARCHAR(50)) AS cst_lastname,
        CASE cst_marital_status
            WHEN N'S' THEN N'Single'
            WHEN N'M' THEN N'Married'
            ELSE N'n/a'
        END AS cst_marital_status,
        CASE cst_gndr
            WHEN N'F' THEN N'Female'
            WHEN N'M' THEN N'Male'
            ELSE N'n/a'
        END AS cst_gndr,
        create_date AS cst_create_date,
        CASE WHEN cst_marital_status NOT IN (N'', N'S', N'M', N'N/A') THEN 1 ELSE 0 END
        + CASE WHEN cst_gndr NOT IN (N'', N'F', N'M', N'N/A') THEN 1 ELSE 0 END AS unknown_codes,
        dwh_source_line,
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
    FROM converted
)

SELECT
    *,
    ROW_NUMBER() OVER (
        PARTITION BY CASE WHEN verdict IS NULL THEN 0 ELSE 1 END, cst_id
        ORDER BY cst_create_date DESC, dwh_source_line DESC
    ) AS version_rank
FROM judged;
GO
