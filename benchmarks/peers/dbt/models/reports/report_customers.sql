WITH totals AS (
    SELECT
        customer_key,
        max(order_date) AS last_order_date,
        datediff('month', min(order_date), max(order_date)) AS lifespan,
        count(DISTINCT order_number) AS total_orders,
        CAST(sum(sales_amount) AS BIGINT) AS total_sales,
        CAST(sum(quantity) AS BIGINT) AS total_quantity,
        count(DISTINCT product_key) AS total_products
    FROM {{ ref('fact_sales') }}
    WHERE order_date IS NOT NULL AND customer_key <> 0
    GROUP BY customer_key
),
customers AS (
    SELECT *, datediff('year', birthdate, {{ today() }}) AS age
    FROM {{ ref('dim_customers') }}
)
SELECT
    customer_key,
    c.customer_number,
    nullif(concat_ws(' ', c.first_name, c.last_name), '') AS customer_name,
    c.age,
    CASE
        WHEN c.age IS NULL THEN 'n/a'
        WHEN c.age < 20 THEN 'Under 20'
        WHEN c.age < 30 THEN '20-29'
        WHEN c.age < 40 THEN '30-39'
        WHEN c.age < 50 THEN '40-49'
        ELSE '50 and above'
    END AS age_group,
    CASE
        WHEN t.lifespan < 12 THEN 'New'
        WHEN t.total_sales > 5000 THEN 'VIP'
        ELSE 'Regular'
    END AS customer_segment,
    t.last_order_date,
    datediff('month', t.last_order_date, {{ today() }}) AS recency,
    t.total_orders,
    t.total_sales,
    t.total_quantity,
    t.total_products,
    t.lifespan,
    t.total_sales // t.total_orders AS avg_order_value,
    t.total_sales // greatest(t.lifespan, 1) AS avg_monthly_spend
FROM totals AS t
JOIN customers AS c USING (customer_key)
