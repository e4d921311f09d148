WITH joined AS (
    SELECT p.* EXCLUDE (valid_from, valid_before), c.category, c.subcategory, c.maintenance
    FROM {{ ref('product_versions') }} AS p
    LEFT JOIN {{ ref('silver_erp_px_cat_g1v2') }} AS c ON c.category_id = p.category_id AND c.is_loaded
    WHERE p.valid_before = 'infinity'
),
categories AS (
    {{ spellings('joined', 'category') }}
),
subcategories AS (
    {{ spellings('joined', 'subcategory') }}
),
maintenances AS (
    {{ spellings('joined', 'maintenance') }}
)
SELECT 0 AS product_key, 'n/a' AS product_number, 'n/a' AS product_name, 'n/a' AS product_line, 0 AS in_source
UNION ALL BY NAME
SELECT
    joined.* REPLACE (c.spelling AS category, s.spelling AS subcategory, m.spelling AS maintenance),
    1 AS in_source
FROM joined
LEFT JOIN categories AS c ON c.category = joined.category
LEFT JOIN subcategories AS s ON s.subcategory = joined.subcategory
LEFT JOIN maintenances AS m ON m.maintenance = joined.maintenance
