/*
Purpose: the product versions of the cleansed tables with their categories.
Grain:   product version of the drop (product_number, start_date); silver.products and silver.product_versions
         take them.
Columns: is_current  1 for the last version of its product
*/
CREATE OR ALTER VIEW silver.joined_product_versions
AS
SELECT
    p.prd_id AS product_id,
    p.product_number,
    p.prd_nm AS product_name,
    p.category_id,
    COALESCE(s1.spelling, c.cat) AS category,
    COALESCE(s2.spelling, c.subcat) AS subcategory,
    COALESCE(s3.spelling, c.maintenance) AS maintenance,
    p.prd_cost AS cost,
    p.prd_line AS product_line,
    p.prd_start_dt AS start_date,
    p.is_current
FROM silver.crm_prd_info AS p
LEFT JOIN silver.erp_px_cat_g1v2 AS c
    ON p.category_id = c.id
LEFT JOIN silver.spellings AS s1
    ON
        s1.column_name = N'category'
        AND c.cat COLLATE Latin1_General_100_BIN2 = s1.written
LEFT JOIN silver.spellings AS s2
    ON
        s2.column_name = N'subcategory'
        AND c.subcat COLLATE Latin1_General_100_BIN2 = s2.written
LEFT JOIN silver.spellings AS s3
    ON
        s3.column_name = N'maintenance'
        AND c.maintenance COLLATE Latin1_General_100_BIN2 = s3.written;
GO
