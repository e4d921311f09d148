/*
Purpose: product versions of the CRM as the load judges them: trimmed, converted, codes spelled out, numbered.
Grain:   row of bronze.crm_prd_info. verdict is 'column: reason', NULL if the row is good.
         version_rank is 1 for the row that silver.load_table loads of the good ones with the same key.
Columns: product_number  number of the product: prd_key from the seventh character on
         version_number  number of the version among those of its product, from 1
         category_id     id of the category: the first five characters of prd_key
         prd_line        Mountain, Road, Touring, Other Sales or n/a
         prd_end_dt      day before the next version; NULL for the last one
         is_current      1 for the last version of its product
         unknown_codes   number of codes that no rule knows; an empty code and n/a are known to be missing
         verdict         why the row is rejected, as 'column: reason'; NULL if it is good
         version_rank    1 for the row of its key that is loaded
*/
CREATE OR ALTER VIEW silver.crm_prd_info_judged
AS
-- Text is compared by code point, because other collations treat some characters as equal or as empty.
WITH trimmed AS (
    SELECT
        TRIM(e.characters FROM b.prd_id COLLATE Latin1_General_100_BIN2) AS prd_id,
        TRIM(e.characters FROM b.prd_key COLLATE Latin1_General_100_BIN2) AS prd_key,
        TRIM(e.characters FROM b.prd_nm COLLATE Latin1_General_100_BIN2) AS prd_nm,
        TRIM(e.characters FROM b.prd_cost COLLATE Latin1_General_100_BIN2) AS prd_cost,
        TRIM(e.characters FROM b.prd_line COLLATE Latin1_General_100_BIN2) AS prd_line,
        TRIM(e.characters FROM b.prd_start_dt COLLATE Latin1_General_100_BIN2) AS prd_start_dt,
        e.characters,
        b.dwh_source_line
    FROM bronze.crm_prd_info AS b
    CROSS JOIN silver.trimmed_characters AS e
),

-- TRY_CONVERT turns '-' into 0 and '- 5' into -5. So require a digit, and allow only digits and signs.
-- The number begins at the seventh character; the collation counts a surrogate pair as one character.
converted AS (
    SELECT
        NULLIF(prd_id, N'') AS prd_id,
        NULLIF(prd_key, N'') AS prd_key,
        NULLIF(prd_nm, N'') AS prd_nm,
        NULLIF(prd_cost, N'') AS prd_cost,
        UPPER(prd_line) AS prd_line,
        NULLIF(prd_start_dt, N'') AS prd_start_dt,
        dwh_source_line,
        NULLIF(
            TRIM(
                characters FROM
                UPPER(SUBSTRING(prd_key COLLATE Latin1_General_100_CI_AS_KS_WS_SC, 7, 50))
                COLLATE Latin1_General_100_BIN2
            ),
            N''
        ) AS product_number,
        TRIM(
            characters FROM
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
),

judged AS (
    -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
    -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
    SELECT
        CAST(product_number AS NVARCHAR(50)) AS product_number,
        product_id AS prd_id,
        CAST(prd_key AS NVARCHAR(50)) AS prd_key,
        CAST(category_id AS NVARCHAR(50)) AS category_id,
        CAST(prd_nm AS NVARCHAR(100)) AS prd_nm,
        COALESCE(cost, 0) AS prd_cost,
        CASE prd_line
            WHEN N'M' THEN N'Mountain'
            WHEN N'R' THEN N'Road'
            WHEN N'S' THEN N'Other Sales'
            WHEN N'T' THEN N'Touring'
            ELSE N'n/a'
        END AS prd_line,
        start_date AS prd_start_dt,
        CASE WHEN prd_line NOT IN (N'', N'M', N'R', N'S', N'T', N'N/A') THEN 1 ELSE 0 END AS unknown_codes,
        dwh_source_line,
        CASE
            WHEN prd_id IS NOT NULL AND product_id IS NULL THEN N'prd_id: not an integer'
            WHEN product_number IS NULL THEN N'prd_key: no product number'
            WHEN DATALENGTH(prd_key) > 100 THEN N'prd_key: longer than 50 characters'
            WHEN DATALENGTH(prd_nm) > 200 THEN N'prd_nm: longer than 100 characters'
            WHEN prd_cost IS NOT NULL AND cost IS NULL THEN N'prd_cost: not an integer'
            WHEN DATALENGTH(prd_line) > 100 THEN N'prd_line: longer than 50 characters'
            WHEN prd_start_dt IS NOT NULL AND start_date IS NULL THEN N'prd_start_dt: not a date (yyyy-mm-dd)'
        END AS verdict
    FROM converted
),

ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY CASE WHEN verdict IS NULL THEN 0 ELSE 1 END, product_number, prd_start_dt
            ORDER BY dwh_source_line DESC
        ) AS version_rank
    FROM judged
),

loaded AS (
    SELECT
        *,
        CASE WHEN verdict IS NULL AND version_rank = 1 THEN 1 ELSE 0 END AS is_loaded
    FROM ranked
),

versions AS (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY is_loaded, product_number ORDER BY prd_start_dt) AS version_number,
        COUNT(*) OVER (PARTITION BY is_loaded, product_number) AS version_count,
        LEAD(prd_start_dt) OVER (PARTITION BY is_loaded, product_number ORDER BY prd_start_dt) AS next_start_date
    FROM loaded
)

SELECT
    product_number,
    version_number,
    prd_id,
    prd_key,
    category_id,
    prd_nm,
    prd_cost,
    prd_line,
    prd_start_dt,
    -- prd_end_dt is not used: a version ends on the day before the next version starts, if there is one.
    CASE WHEN next_start_date > CAST('00010101' AS DATE) THEN DATEADD(DAY, -1, next_start_date) END AS prd_end_dt,
    CASE WHEN version_number = version_count THEN 1 ELSE 0 END AS is_current,
    unknown_codes,
    dwh_source_line,
    verdict,
    version_rank
FROM versions;
GO
