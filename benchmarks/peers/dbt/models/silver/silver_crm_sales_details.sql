WITH trimmed AS (
    SELECT
        {{ clean('sls_ord_num') }} AS sls_ord_num,
        {{ clean('sls_prd_key') }} AS sls_prd_key,
        {{ clean('sls_cust_id') }} AS sls_cust_id,
        {{ clean('sls_order_dt') }} AS sls_order_dt,
        {{ clean('sls_ship_dt') }} AS sls_ship_dt,
        {{ clean('sls_due_dt') }} AS sls_due_dt,
        {{ clean('sls_sales') }} AS sls_sales,
        {{ clean('sls_quantity') }} AS sls_quantity,
        {{ clean('sls_price') }} AS sls_price,
        rowid + 2 AS source_line
    FROM {{ ref('bronze_crm_sales_details') }}
),
converted AS (
    SELECT
        *,
        {{ whole('sls_cust_id') }} AS customer_id,
        CAST({{ whole('sls_sales') }} AS BIGINT) AS sales,
        CAST({{ whole('sls_quantity') }} AS BIGINT) AS quantity,
        CAST({{ whole('sls_price') }} AS BIGINT) AS source_price
    FROM trimmed
),
repaired AS (
    SELECT
        *,
        CASE
            WHEN sales IS NULL OR sales <= 0 OR sales <> quantity * abs(source_price) THEN quantity * abs(source_price)
            ELSE sales
        END AS sales_amount,
        CASE WHEN source_price > 0 THEN source_price ELSE sales // nullif(quantity, 0) END AS price
    FROM converted
),
judged AS (
    SELECT
        {{ capitals('sls_ord_num') }} AS order_number,
        {{ capitals('sls_prd_key') }} AS product_number,
        customer_id,
        {{ compact_date('sls_order_dt') }} AS order_date,
        {{ compact_date('sls_ship_dt') }} AS shipping_date,
        {{ compact_date('sls_due_dt') }} AS due_date,
        sales_amount,
        quantity,
        price,
        source_line,
        CASE
            WHEN sls_ord_num IS NULL OR {{ too_long('sls_ord_num') }} THEN 'sls_ord_num'
            WHEN sls_prd_key IS NULL OR {{ too_long('sls_prd_key') }} THEN 'sls_prd_key'
            WHEN sls_cust_id IS NOT NULL AND customer_id IS NULL THEN 'sls_cust_id'
            WHEN sls_sales IS NOT NULL AND sales IS NULL THEN 'sls_sales'
            WHEN sls_quantity IS NOT NULL AND quantity IS NULL THEN 'sls_quantity'
            WHEN sls_price IS NOT NULL AND source_price IS NULL THEN 'sls_price'
            WHEN TRY_CAST(sales_amount AS INTEGER) IS NULL THEN 'sls_sales'
            WHEN price IS NOT NULL AND TRY_CAST(price AS INTEGER) IS NULL THEN 'sls_price'
        END AS rejected_for
    FROM repaired
)
SELECT *, {{ is_latest('order_number, product_number') }} AS is_loaded
FROM judged
