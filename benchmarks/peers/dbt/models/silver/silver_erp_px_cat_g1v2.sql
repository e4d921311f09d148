WITH trimmed AS (
    SELECT
        {{ clean('ID') }} AS id,
        {{ clean('CAT') }} AS category,
        {{ clean('SUBCAT') }} AS subcategory,
        {{ clean('MAINTENANCE') }} AS maintenance,
        rowid + 2 AS source_line
    FROM {{ ref('bronze_erp_px_cat_g1v2') }}
),
judged AS (
    SELECT
        {{ capitals('id') }} AS category_id,
        category,
        subcategory,
        maintenance,
        source_line,
        CASE
            WHEN id IS NULL OR {{ too_long('id') }} THEN 'ID'
            WHEN {{ too_long('category') }} THEN 'CAT'
            WHEN {{ too_long('subcategory') }} THEN 'SUBCAT'
            WHEN {{ too_long('maintenance') }} THEN 'MAINTENANCE'
        END AS rejected_for
    FROM trimmed
)
SELECT *, {{ is_latest('category_id') }} AS is_loaded
FROM judged
