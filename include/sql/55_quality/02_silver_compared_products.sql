/*
Purpose: the products that gold shows until the publish, beside those of the drop: what the quality rules count, and
         take their examples from. A new version may have any values, so the version that gold shows as the current one
         is compared. A value that was missing, or is missing now, has not changed. Names are compared by code point,
         because a change of case is shown; categories are not (silver.load_spellings).
Grain:   product of silver.products with in_source = 1. A column with old_ holds the published value if the drop has
         another, else NULL; the column without it holds the value of the drop.
Columns: row_name          the product, as a finding names it
         kept              product_number; NULL if the product has left the drop
         old_start_date    published start_date, '' for none, if the drop has no version of the product from that day
         start_date        first day of the drop's current version; NULL if it has none
         old_product_name  published product_name that has changed
         old_category      published category that has changed
         old_subcategory   published subcategory that has changed
         old_maintenance   published maintenance that has changed
         old_cost          published cost that has changed
         cost              cost of one unit, in whole units of the currency
         old_product_line  published product_line that has changed
*/
CREATE OR ALTER VIEW silver.compared_products
AS
SELECT
    CONCAT(N'product ' COLLATE Latin1_General_100_BIN2, t.product_number) AS row_name,
    c.product_number AS kept,
    CASE
        WHEN c.product_number IS NOT NULL AND s.product_number IS NULL
            THEN COALESCE(CAST(t.start_date AS NVARCHAR(10)), N'')
    END AS old_start_date,
    c.start_date,
    CASE
        WHEN t.product_name COLLATE Latin1_General_100_BIN2 <> s.product_name THEN t.product_name
    END AS old_product_name,
    s.product_name,
    CASE WHEN t.category <> s.category THEN t.category END AS old_category,
    s.category,
    CASE WHEN t.subcategory <> s.subcategory THEN t.subcategory END AS old_subcategory,
    s.subcategory,
    CASE WHEN t.maintenance <> s.maintenance THEN t.maintenance END AS old_maintenance,
    s.maintenance,
    CASE WHEN t.cost <> s.cost AND 0 NOT IN (t.cost, s.cost) THEN t.cost END AS old_cost,
    s.cost,
    CASE
        WHEN
            t.product_line COLLATE Latin1_General_100_BIN2 <> s.product_line
            AND N'n/a' NOT IN (t.product_line COLLATE Latin1_General_100_BIN2, s.product_line)
            THEN t.product_line
    END AS old_product_line,
    s.product_line
FROM silver.products AS t
LEFT JOIN silver.joined_product_versions AS c
    ON
        t.product_number = c.product_number
        AND c.is_current = 1
LEFT JOIN silver.joined_product_versions AS s
    ON
        t.product_number = s.product_number
        AND t.start_date IS NOT DISTINCT FROM s.start_date
WHERE t.in_source = 1;
GO
