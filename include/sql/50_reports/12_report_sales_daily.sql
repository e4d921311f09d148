/*
Purpose: the days on which anything was ordered.
Grain:   order date. Sales without an order date are left out.
*/
CREATE OR ALTER VIEW gold.report_sales_daily
AS
SELECT
    order_date,
    COUNT(DISTINCT order_number) AS total_orders,
    COUNT(DISTINCT customer_key) AS total_customers,
    SUM(CAST(quantity AS BIGINT)) AS total_quantity,
    SUM(CAST(sales_amount AS BIGINT)) AS total_sales,
    SUM(profit) AS total_profit
FROM gold.fact_sales
WHERE order_date IS NOT NULL
GROUP BY order_date;
GO
