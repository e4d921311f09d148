SELECT
    s.order_number,
    coalesce(v.product_key, 0) AS product_key,
    coalesce(c.customer_key, 0) AS customer_key,
    s.order_date,
    s.shipping_date,
    s.due_date,
    CAST(s.sales_amount AS INTEGER) AS sales_amount,
    CAST(s.quantity AS INTEGER) AS quantity,
    CAST(s.price AS INTEGER) AS price,
    v.cost,
    s.sales_amount - s.quantity * v.cost AS profit
FROM {{ ref('silver_crm_sales_details') }} AS s
LEFT JOIN {{ ref('dim_customers') }} AS c ON c.customer_id = s.customer_id
LEFT JOIN {{ ref('product_versions') }} AS v
    ON v.product_number = s.product_number
    AND v.valid_from <= coalesce(s.order_date, DATE '9999-12-31')
    AND v.valid_before > coalesce(s.order_date, DATE '9999-12-31')
WHERE s.is_loaded
