/*
Purpose: countries of the ERP as the load judges them: trimmed, codes spelled out.
Grain:   row of bronze.erp_loc_a101. verdict is 'column: reason', NULL if the row is good.
         version_rank is 1 for the row that silver.load_table loads of the good ones with the same key.
Columns: cid           number of the customer that the CRM shares
         cntry         country, n/a if it is missing
         verdict       why the row is rejected, as 'column: reason'; NULL if it is good
         version_rank  1 for the row of its key that is loaded
*/
CREATE OR ALTER VIEW silver.erp_loc_a101_judged
AS
-- Text is compared by code point, because other collations treat some characters as equal or as empty.
WITH trimmed AS (
    SELECT
        TRIM(e.characters FROM b.cid COLLATE Latin1_General_100_BIN2) AS cid,
        TRIM(e.characters FROM REPLACE(b.cid COLLATE Latin1_General_100_BIN2, N'-', N'')) AS customer_number,
        TRIM(e.characters FROM b.cntry COLLATE Latin1_General_100_BIN2) AS cntry,
        b.dwh_source_line
    FROM bronze.erp_loc_a101 AS b
    CROSS JOIN silver.trimmed_characters AS e
),

converted AS (
    SELECT
        UPPER(cid) AS cid,
        NULLIF(UPPER(customer_number), N'') AS customer_number,
        NULLIF(cntry, N'') AS cntry,
        UPPER(cntry) AS country,
        dwh_source_line
    FROM trimmed
),

judged AS (
    -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
    -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
    SELECT
        CAST(customer_number AS NVARCHAR(50)) AS cid,
        CAST(
            CASE
                WHEN country IN (N'DE', N'GERMANY') THEN N'Germany'
                WHEN country IN (N'US', N'USA', N'UNITED STATES') THEN N'United States'
                WHEN cntry IS NULL OR country = N'N/A' THEN N'n/a'
                ELSE cntry
            END AS NVARCHAR(50)
        ) AS cntry,
        dwh_source_line,
        CASE
            WHEN customer_number IS NULL THEN N'CID: no customer key'
            WHEN DATALENGTH(cid) > 100 THEN N'CID: longer than 50 characters'
            WHEN DATALENGTH(cntry) > 100 THEN N'CNTRY: longer than 50 characters'
        END AS verdict
    FROM converted
)

SELECT
    *,
    ROW_NUMBER() OVER (
        PARTITION BY CASE WHEN verdict IS NULL THEN 0 ELSE 1 END, cid
        ORDER BY dwh_source_line DESC
    ) AS version_rank
FROM judged;
GO
