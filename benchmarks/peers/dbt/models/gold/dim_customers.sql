WITH joined AS (
    SELECT
        c.customer_id,
        c.customer_number,
        c.first_name,
        c.last_name,
        coalesce(l.country, 'n/a') AS country,
        c.marital_status,
        CASE WHEN c.gender <> 'n/a' THEN c.gender ELSE coalesce(e.gender, 'n/a') END AS gender,
        CASE WHEN e.birthdate <= {{ today() }} THEN e.birthdate END AS birthdate,
        c.create_date
    FROM {{ ref('silver_crm_cust_info') }} AS c
    LEFT JOIN {{ ref('silver_erp_cust_az12') }} AS e ON e.customer_number = c.customer_number AND e.is_loaded
    LEFT JOIN {{ ref('silver_erp_loc_a101') }} AS l ON l.customer_number = c.customer_number AND l.is_loaded
    WHERE c.is_loaded
),
countries AS (
    {{ spellings('joined', 'country') }}
)
SELECT
    0 AS customer_key,
    'n/a' AS customer_number,
    'n/a' AS first_name,
    'n/a' AS last_name,
    'n/a' AS country,
    'n/a' AS marital_status,
    'n/a' AS gender,
    0 AS in_source
UNION ALL BY NAME
SELECT
    CAST(row_number() OVER (ORDER BY customer_id) AS INTEGER) AS customer_key,
    joined.* REPLACE (spelling AS country),
    1 AS in_source
FROM joined
JOIN countries ON countries.country = joined.country
