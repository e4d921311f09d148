WITH totals AS (
    SELECT
        product_key,
        max(order_date) AS last_sale_date,
        datediff('month', min(order_date), max(order_date)) AS lifespan,
        count(DISTINCT order_number) AS total_orders,
        CAST(sum(sales_amount) AS BIGINT) AS total_sales,
        CAST(sum(quantity) AS BIGINT) AS total_quantity,
        count(DISTINCT customer_key) AS total_customers,
        round(avg(sales_amount / nullif(quantity, 0)), 1) AS avg_selling_price
    FROM {{ ref('fact_sales') }}
    WHERE order_date IS NOT NULL AND product_key <> 0
    GROUP BY product_key
)
SELECT
    product_key,
    p.product_name,
    p.category,
    p.subcategory,
    p.cost,
    t.last_sale_date,
    datediff('month', t.last_sale_date, {{ today() }}) AS recency,
    CASE
        WHEN t.total_sales > 50000 THEN 'High-Performer'
        WHEN t.total_sales >= 10000 THEN 'Mid-Range'
        ELSE 'Low-Range'
    END AS product_segment,
    t.lifespan,
    t.total_orders,
    t.total_sales,
    t.total_quantity,
    t.total_customers,
    t.avg_selling_price,
    t.total_sales // t.total_orders AS avg_order_revenue,
    t.total_sales // greatest(t.lifespan, 1) AS avg_monthly_revenue
FROM totals AS t
JOIN {{ ref('dim_products') }} AS p USING (product_key)
