-- Which values do the dimensions have, and how many customers or products have each?
WITH dimensions AS (
    SELECT
        v.dimension,
        v.value
    FROM gold.dim_customers AS c
    CROSS APPLY (VALUES (N'country', c.country), (N'gender', c.gender), (N'marital status', c.marital_status))
        AS v(dimension, value)
    WHERE c.customer_key <> 0

    UNION ALL

    SELECT
        v.dimension,
        v.value
    FROM gold.dim_products AS p
    CROSS APPLY (VALUES (N'category', p.category), (N'product line', p.product_line)) AS v(dimension, value)
    WHERE p.product_key <> 0
)

SELECT
    dimension,
    value,
    COUNT(*) AS members
FROM dimensions
GROUP BY
    dimension,
    value
ORDER BY
    dimension ASC,
    members DESC,
    value ASC;
