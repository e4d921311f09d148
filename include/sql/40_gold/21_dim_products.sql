/*
Purpose: the product dimension, current versions. Products that left the drops stay, with in_source = 0.
Grain:   product; product_key 0 is the unknown member.
*/
CREATE OR ALTER VIEW gold.dim_products
AS
SELECT
    product_key,
    product_id,
    product_number,
    product_name,
    category_id,
    category,
    subcategory,
    maintenance,
    cost,
    product_line,
    start_date,
    in_source
FROM silver.products;
GO
