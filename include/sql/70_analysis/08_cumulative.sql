-- How do sales add up within each year, and how do the last three months go on average?
WITH months AS (
    SELECT
        DATEFROMPARTS(YEAR(order_date), MONTH(order_date), 1) AS month,
        SUM(CAST(sales_amount AS BIGINT)) AS sales
    FROM gold.fact_sales
    WHERE order_date IS NOT NULL
    GROUP BY DATEFROMPARTS(YEAR(order_date), MONTH(order_date), 1)
)

SELECT
    month,
    sales,
    SUM(sales) OVER (PARTITION BY YEAR(month) ORDER BY month ASC ROWS UNBOUNDED PRECEDING) AS sales_of_the_year,
    SUM(sales) OVER (ORDER BY month ASC ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)
    / COUNT(*) OVER (ORDER BY month ASC ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS average_of_three_months
FROM months
ORDER BY month ASC;
