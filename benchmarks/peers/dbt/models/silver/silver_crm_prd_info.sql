WITH trimmed AS (
    SELECT
        {{ clean('prd_id') }} AS prd_id,
        {{ clean('prd_key') }} AS prd_key,
        {{ clean('prd_nm') }} AS prd_nm,
        {{ clean('prd_cost') }} AS prd_cost,
        {{ clean('prd_line') }} AS prd_line,
        {{ clean('prd_start_dt') }} AS prd_start_dt,
        rowid + 2 AS source_line
    FROM {{ ref('bronze_crm_prd_info') }}
),
converted AS (
    SELECT
        *,
        {{ whole('prd_id') }} AS product_id,
        {{ clean('substr(prd_key, 7)') }} AS number,
        {{ clean("replace(left(prd_key, 5), '-', '_')") }} AS category,
        {{ whole('prd_cost') }} AS cost,
        {{ iso_date('prd_start_dt') }} AS start_date
    FROM trimmed
),
judged AS (
    SELECT
        product_id,
        {{ capitals('number') }} AS product_number,
        prd_nm AS product_name,
        {{ capitals('category') }} AS category_id,
        coalesce(cost, 0) AS cost,
        CASE {{ capitals('prd_line') }}
            WHEN 'M' THEN 'Mountain' WHEN 'R' THEN 'Road' WHEN 'S' THEN 'Other Sales' WHEN 'T' THEN 'Touring' ELSE 'n/a'
        END AS product_line,
        start_date,
        source_line,
        CASE
            WHEN prd_id IS NOT NULL AND product_id IS NULL THEN 'prd_id'
            WHEN number IS NULL OR {{ too_long('prd_key') }} THEN 'prd_key'
            WHEN {{ too_long('prd_nm', 100) }} THEN 'prd_nm'
            WHEN prd_cost IS NOT NULL AND cost IS NULL THEN 'prd_cost'
            WHEN {{ too_long('prd_line') }} THEN 'prd_line'
            WHEN prd_start_dt IS NOT NULL AND start_date IS NULL THEN 'prd_start_dt'
        END AS rejected_for
    FROM converted
)
SELECT *, {{ is_latest('product_number, start_date') }} AS is_loaded
FROM judged
