/*
Purpose: the days with orders: sums and counts.
Grain:   order date. Sales without an order date are left out.
Columns: order_date       day of the orders
         total_orders     orders of the day
         total_customers  customers who ordered
         total_quantity   units sold
         total_sales      sum of the sales amounts, in whole units of the currency
         total_profit     sum of the profits
*/
CREATE OR ALTER VIEW gold.report_sales_daily
AS
-- Two queries, because SQL Server reads the input repeatedly if one grouping counts distinct values of two columns.
WITH buyers AS (
    SELECT
        order_date,
        COUNT(DISTINCT customer_key) AS total_customers
    FROM gold.fact_sales
    WHERE order_date IS NOT NULL
    GROUP BY order_date
),

totals AS (
    SELECT
        order_date,
        COUNT(DISTINCT order_number) AS total_orders,
        SUM(CAST(quantity AS BIGINT)) AS total_quantity,
        SUM(CAST(sales_amount AS BIGINT)) AS total_sales,
        SUM(profit) AS total_profit
    FROM gold.fact_sales
    WHERE order_date IS NOT NULL
    GROUP BY order_date
)

SELECT
    t.order_date,
    t.total_orders,
    b.total_customers,
    t.total_quantity,
    t.total_sales,
    t.total_profit
FROM totals AS t
INNER JOIN buyers AS b
    ON t.order_date = b.order_date;
GO
