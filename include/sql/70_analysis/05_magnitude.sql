-- How much is sold by country, and by category?
WITH lines AS (
    SELECT
        v.grouped_by,
        v.value,
        f.order_number,
        f.sales_amount,
        f.quantity,
        f.profit
    FROM gold.fact_sales AS f
    INNER JOIN gold.dim_customers AS c
        ON f.customer_key = c.customer_key
    INNER JOIN gold.dim_products AS p
        ON f.product_key = p.product_key
    CROSS APPLY (VALUES (N'country', c.country), (N'category', p.category)) AS v(grouped_by, value)
)

SELECT
    grouped_by,
    value,
    COUNT(DISTINCT order_number) AS orders,
    SUM(CAST(sales_amount AS BIGINT)) AS sales,
    SUM(CAST(quantity AS BIGINT)) AS quantity,
    SUM(profit) AS profit
FROM lines
GROUP BY
    grouped_by,
    value
ORDER BY
    grouped_by ASC,
    sales DESC,
    value ASC;
