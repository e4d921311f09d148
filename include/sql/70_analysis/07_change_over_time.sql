-- How do sales change from month to month?
SELECT
    DATEFROMPARTS(YEAR(order_date), MONTH(order_date), 1) AS month,
    COUNT(DISTINCT order_number) AS orders,
    COUNT(DISTINCT customer_key) AS customers,
    SUM(CAST(quantity AS BIGINT)) AS quantity,
    SUM(CAST(sales_amount AS BIGINT)) AS sales
FROM gold.fact_sales
WHERE order_date IS NOT NULL
GROUP BY DATEFROMPARTS(YEAR(order_date), MONTH(order_date), 1)
ORDER BY month ASC;
