/*
Purpose: product categories of the ERP as the load judges them: trimmed.
Grain:   row of bronze.erp_px_cat_g1v2. verdict is 'column: reason', NULL if the row is good.
         version_rank is 1 for the row that silver.load_table loads of the good ones with the same key.
Columns: verdict       why the row is rejected, as 'column: reason'; NULL if it is good
         version_rank  1 for the row of its key that is loaded
*/
CREATE OR ALTER VIEW silver.erp_px_cat_g1v2_judged
AS
-- Text is compared by code point, because other collations treat some characters as equal or as empty.
WITH trimmed AS (
    SELECT
        TRIM(e.characters FROM b.id COLLATE Latin1_General_100_BIN2) AS id,
        TRIM(e.characters FROM b.cat COLLATE Latin1_General_100_BIN2) AS cat,
        TRIM(e.characters FROM b.subcat COLLATE Latin1_General_100_BIN2) AS subcat,
        TRIM(e.characters FROM b.maintenance COLLATE Latin1_General_100_BIN2) AS maintenance,
        b.dwh_source_line
    FROM bronze.erp_px_cat_g1v2 AS b
    CROSS JOIN silver.trimmed_characters AS e
),

converted AS (
    SELECT
        NULLIF(UPPER(id), N'') AS id,
        NULLIF(cat, N'') AS cat,
        NULLIF(subcat, N'') AS subcat,
        NULLIF(maintenance, N'') AS maintenance,
        dwh_source_line
    FROM trimmed
),

judged AS (
    -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
    -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
    SELECT
        CAST(id AS NVARCHAR(50)) AS id,
        CAST(cat AS NVARCHAR(50)) AS cat,
        CAST(subcat AS NVARCHAR(50)) AS subcat,
        CAST(maintenance AS NVARCHAR(50)) AS maintenance,
        dwh_source_line,
        CASE
            WHEN id IS NULL THEN N'ID: no category id'
            WHEN DATALENGTH(id) > 100 THEN N'ID: longer than 50 characters'
            WHEN DATALENGTH(cat) > 100 THEN N'CAT: longer than 50 characters'
            WHEN DATALENGTH(subcat) > 100 THEN N'SUBCAT: longer than 50 characters'
            WHEN DATALENGTH(maintenance) > 100 THEN N'MAINTENANCE: longer than 50 characters'
        END AS verdict
    FROM converted
)

SELECT
    *,
    ROW_NUMBER() OVER (
        PARTITION BY CASE WHEN verdict IS NULL THEN 0 ELSE 1 END, id
        ORDER BY dwh_source_line DESC
    ) AS version_rank
FROM judged;
GO
