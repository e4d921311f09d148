/*
Purpose: the first business date on which a drop had the values of a version of a product. Until now it was that of the
         first batch for the first change of a version of the CRM, and valid_from for the others.
*/
IF COL_LENGTH(N'silver.product_versions', N'delivered_from') IS NULL
    ALTER TABLE silver.product_versions ADD
    delivered_from DATE NULL;
GO

UPDATE v
SET
    delivered_from
    = CASE
        WHEN v.valid_from <> COALESCE(v.start_date, CAST('00010101' AS DATE)) THEN v.valid_from
        ELSE COALESCE(f.business_date, CAST('00010101' AS DATE))
    END
FROM silver.product_versions AS v
LEFT JOIN etl.batch AS f
    ON v.first_batch_id = f.batch_id
WHERE
    v.delivered_from IS NULL
    AND v.product_key <> 0;
GO
