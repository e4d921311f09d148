-- From when to when do the orders go, and how old are the customers?
SELECT
    MIN(f.order_date) AS first_order,
    MAX(f.order_date) AS last_order,
    DATEDIFF(MONTH, MIN(f.order_date), MAX(f.order_date)) AS months_between,
    (SELECT MIN(c.birthdate) FROM gold.dim_customers AS c) AS oldest_birthdate,
    (SELECT MAX(c.birthdate) FROM gold.dim_customers AS c) AS youngest_birthdate
FROM gold.fact_sales AS f;
