/*
Purpose: products with sales: segment, lifespan, recency, sums and averages.
Grain:   product. Sales without an order date and the unknown product are left out.
         Months count boundaries crossed (DATEDIFF). Averages of money are whole units, by integer division.
         The number of a product's lines is its number of orders, because an order holds a product once (key of
         silver.sales).
Columns: last_sale_date       day of the last order
         product_segment      High-Performer, Mid-Range or Low-Range, by total_sales
         total_orders         orders with the product
         total_customers      customers who bought the product
         avg_selling_price    mean price of a line's unit, to one decimal
         avg_order_revenue    total_sales ÷ total_orders, in whole units
         avg_monthly_revenue  total_sales ÷ lifespan, in whole units; total_sales if lifespan is 0
         lifespan             months from the first to the last order
         total_sales          sum of the sales amounts, in whole units of the currency
         total_quantity       units sold
         recency              months from the last order to the business date
*/
CREATE OR ALTER VIEW gold.report_products
AS
WITH totals AS (
    SELECT
        product_key,
        MIN(order_date) AS first_sale_date,
        MAX(order_date) AS last_sale_date,
        DATEDIFF(MONTH, MIN(order_date), MAX(order_date)) AS lifespan,
        COUNT(*) AS total_orders,
        SUM(CAST(sales_amount AS BIGINT)) AS total_sales,
        SUM(CAST(quantity AS BIGINT)) AS total_quantity,
        COUNT(DISTINCT customer_key) AS total_customers,
        ROUND(AVG(CAST(sales_amount AS FLOAT) / NULLIF(quantity, 0)), 1) AS avg_selling_price
    FROM gold.fact_sales
    WHERE
        order_date IS NOT NULL
        AND product_key <> 0
    GROUP BY product_key
)

SELECT
    p.product_key,
    p.product_name,
    p.category,
    p.subcategory,
    p.cost,
    t.last_sale_date,
    DATEDIFF(MONTH, t.last_sale_date, b.business_date) AS recency,
    CASE
        WHEN t.total_sales > 50000 THEN N'High-Performer'
        WHEN t.total_sales >= 10000 THEN N'Mid-Range'
        ELSE N'Low-Range'
    END AS product_segment,
    t.lifespan,
    t.total_orders,
    t.total_sales,
    t.total_quantity,
    t.total_customers,
    t.avg_selling_price,
    t.total_sales / t.total_orders AS avg_order_revenue,
    CASE WHEN t.lifespan = 0 THEN t.total_sales ELSE t.total_sales / t.lifespan END AS avg_monthly_revenue
FROM totals AS t
INNER JOIN gold.dim_products AS p
    ON t.product_key = p.product_key
CROSS JOIN gold.current_batch AS b;
GO
