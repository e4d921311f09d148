/*
Purpose: birth dates and genders of the ERP as the load judges them: trimmed, converted, codes spelled out.
Grain:   row of bronze.erp_cust_az12. verdict is 'column: reason', NULL if the row is good.
         version_rank is 1 for the row that silver.load_table loads of the good ones with the same key.
Columns: cid            number of the customer that the CRM shares
         gen            Female, Male or n/a
         unknown_codes  number of codes that no rule knows; an empty code and n/a are known to be missing
         verdict        why the row is rejected, as 'column: reason'; NULL if it is good
         version_rank   1 for the row of its key that is loaded
*/
CREATE OR ALTER VIEW silver.erp_cust_az12_judged
AS
-- Text is compared by code point, because other collations treat some characters as equal or as empty.
WITH trimmed AS (
    SELECT
        TRIM(e.characters FROM b.cid COLLATE Latin1_General_100_BIN2) AS cid,
        e.characters,
        TRIM(e.characters FROM b.bdate COLLATE Latin1_General_100_BIN2) AS bdate,
        TRIM(e.characters FROM b.gen COLLATE Latin1_General_100_BIN2) AS gen,
        b.dwh_source_line
    FROM bronze.erp_cust_az12 AS b
    CROSS JOIN silver.trimmed_characters AS e
),

capitals AS (
    SELECT
        UPPER(cid) AS cid,
        characters,
        NULLIF(bdate, N'') AS bdate,
        UPPER(gen) AS gen,
        dwh_source_line
    FROM trimmed
),

converted AS (
    SELECT
        *,
        NULLIF(
            TRIM(
                characters FROM
                REPLACE(CASE WHEN cid LIKE N'NAS%' THEN SUBSTRING(cid, 4, 4000) ELSE cid END, N'-', N'')
            ),
            N''
        ) AS customer_number,
        CASE
            WHEN bdate LIKE N'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
                THEN TRY_CONVERT(DATE, bdate, 23)
        END AS birthdate
    FROM capitals
),

judged AS (
    -- Lengths are in bytes, two a code unit, because the collation decides which characters LEN counts.
    -- Cast before the sort, because SQL Server reserves memory by the declared length of a column.
    SELECT
        CAST(customer_number AS NVARCHAR(50)) AS cid,
        birthdate AS bdate,
        CASE
            WHEN gen IN (N'F', N'FEMALE') THEN N'Female'
            WHEN gen IN (N'M', N'MALE') THEN N'Male'
            ELSE N'n/a'
        END AS gen,
        CASE WHEN gen NOT IN (N'', N'F', N'FEMALE', N'M', N'MALE', N'N/A') THEN 1 ELSE 0 END AS unknown_codes,
        dwh_source_line,
        CASE
            WHEN customer_number IS NULL THEN N'CID: no customer key'
            WHEN DATALENGTH(cid) > 100 THEN N'CID: longer than 50 characters'
            WHEN bdate IS NOT NULL AND birthdate IS NULL THEN N'BDATE: not a date (yyyy-mm-dd)'
            WHEN DATALENGTH(gen) > 100 THEN N'GEN: longer than 50 characters'
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
