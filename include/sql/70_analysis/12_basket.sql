-- Which ten pairs of products are bought together most often?
WITH pairs AS (
    SELECT
        a.product_key,
        b.product_key AS bought_with,
        COUNT(*) AS orders
    FROM gold.fact_sales AS a
    INNER JOIN gold.fact_sales AS b
        ON
            a.order_number = b.order_number
            AND a.product_key < b.product_key
    WHERE a.product_key <> 0
    GROUP BY
        a.product_key,
        b.product_key
)

SELECT TOP (10)
    p.product_key,
    a.product_name,
    p.bought_with,
    b.product_name AS bought_with_name,
    p.orders
FROM pairs AS p
INNER JOIN gold.dim_products AS a
    ON p.product_key = a.product_key
INNER JOIN gold.dim_products AS b
    ON p.bought_with = b.product_key
ORDER BY
    p.orders DESC,
    p.product_key ASC,
    p.bought_with ASC;
