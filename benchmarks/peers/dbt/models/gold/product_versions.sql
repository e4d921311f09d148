SELECT
    CAST(dense_rank() OVER (ORDER BY {{ code_units('product_number') }}) AS INTEGER) AS product_key,
    product_id,
    product_number,
    product_name,
    category_id,
    cost,
    product_line,
    start_date,
    CASE WHEN row_number() OVER versions > 1 THEN start_date ELSE DATE '-infinity' END AS valid_from,
    coalesce(lead(start_date) OVER versions, DATE 'infinity') AS valid_before
FROM {{ ref('silver_crm_prd_info') }}
WHERE is_loaded
WINDOW versions AS (PARTITION BY product_number ORDER BY start_date NULLS FIRST)
