-- Which part of all sales does each category have?
WITH categories AS (
    SELECT
        p.category,
        SUM(CAST(f.sales_amount AS BIGINT)) AS sales
    FROM gold.fact_sales AS f
    INNER JOIN gold.dim_products AS p
        ON f.product_key = p.product_key
    GROUP BY p.category
)

SELECT
    category,
    sales,
    SUM(sales) OVER () AS all_sales,
    CAST(ROUND(100.0 * sales / SUM(sales) OVER (), 2) AS DECIMAL(5, 2)) AS percent_of_all
FROM categories
ORDER BY
    sales DESC,
    category ASC;
