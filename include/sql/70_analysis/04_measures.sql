-- What are the totals of the business?
SELECT
    SUM(CAST(sales_amount AS BIGINT)) AS total_sales,
    SUM(profit) AS total_profit,
    SUM(CAST(quantity AS BIGINT)) AS total_quantity,
    COUNT(DISTINCT order_number) AS total_orders,
    COUNT(DISTINCT CASE WHEN customer_key <> 0 THEN customer_key END) AS customers_who_bought,
    COUNT(DISTINCT CASE WHEN product_key <> 0 THEN product_key END) AS products_sold
FROM gold.fact_sales;
