-- Of the customers of each first year, how many bought again in the years after?
WITH firsts AS (
    SELECT
        customer_key,
        YEAR(MIN(order_date)) AS first_year
    FROM gold.fact_sales
    WHERE
        order_date IS NOT NULL
        AND customer_key <> 0
    GROUP BY customer_key
)

SELECT
    c.first_year,
    YEAR(f.order_date) - c.first_year AS years_after,
    COUNT(DISTINCT f.customer_key) AS customers,
    SUM(CAST(f.sales_amount AS BIGINT)) AS sales
FROM gold.fact_sales AS f
INNER JOIN firsts AS c
    ON f.customer_key = c.customer_key
WHERE f.order_date IS NOT NULL
GROUP BY
    c.first_year,
    YEAR(f.order_date) - c.first_year
ORDER BY
    c.first_year ASC,
    years_after ASC;
