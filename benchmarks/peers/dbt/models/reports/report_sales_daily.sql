SELECT
    order_date,
    count(DISTINCT order_number) AS total_orders,
    count(DISTINCT customer_key) AS total_customers,
    CAST(sum(quantity) AS BIGINT) AS total_quantity,
    CAST(sum(sales_amount) AS BIGINT) AS total_sales,
    CAST(sum(profit) AS BIGINT) AS total_profit
FROM {{ ref('fact_sales') }}
WHERE order_date IS NOT NULL
GROUP BY order_date
