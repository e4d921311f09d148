-- How does each product's year compare with its average year, and with its year before?
WITH years AS (
    SELECT
        product_key,
        YEAR(order_date) AS year,
        SUM(CAST(sales_amount AS BIGINT)) AS sales
    FROM gold.fact_sales
    WHERE
        order_date IS NOT NULL
        AND product_key <> 0
    GROUP BY
        product_key,
        YEAR(order_date)
),

compared AS (
    SELECT
        product_key,
        year,
        sales,
        SUM(sales) OVER (PARTITION BY product_key) / COUNT(*) OVER (PARTITION BY product_key) AS average_sales,
        LAG(sales) OVER (PARTITION BY product_key ORDER BY year ASC) AS sales_before
    FROM years
)

SELECT
    c.product_key,
    p.product_name,
    c.year,
    c.sales,
    c.average_sales,
    c.sales - c.average_sales AS above_average,
    c.sales_before,
    c.sales - c.sales_before AS above_before
FROM compared AS c
INNER JOIN gold.dim_products AS p
    ON c.product_key = p.product_key
ORDER BY
    c.product_key ASC,
    c.year ASC;
