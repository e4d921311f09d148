-- Which five products sell most, and which five least?
WITH ranked AS (
    SELECT
        product_key,
        product_name,
        total_sales,
        ROW_NUMBER() OVER (ORDER BY total_sales DESC, product_key ASC) AS place,
        ROW_NUMBER() OVER (ORDER BY total_sales ASC, product_key DESC) AS place_from_the_end
    FROM gold.report_products
)

SELECT
    place,
    product_key,
    product_name,
    total_sales
FROM ranked
WHERE
    place <= 5
    OR place_from_the_end <= 5
ORDER BY place ASC;
