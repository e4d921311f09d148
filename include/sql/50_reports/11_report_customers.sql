/*
Purpose: customers with orders: segment, age group, lifespan, recency, sums and averages.
Grain:   customer. Sales without an order date and the unknown customer are left out.
         Months and years count boundaries crossed (DATEDIFF). Averages of money are whole units, by integer division.
Columns: customer_name      first and last name
         age                years from the year of birth to that of the business date
         age_group          Under 20, 20-29, 30-39, 40-49, 50 and above, or n/a
         customer_segment   VIP, Regular or New, by lifespan and total_sales
         last_order_date    day of the last order
         total_orders       orders of the customer
         total_products     products that the customer bought
         avg_order_value    total_sales ÷ total_orders, in whole units
         avg_monthly_spend  total_sales ÷ lifespan, in whole units; total_sales if lifespan is 0
         lifespan           months from the first to the last order
         total_sales        sum of the sales amounts, in whole units of the currency
         total_quantity     units sold
         recency            months from the last order to the business date
*/
CREATE OR ALTER VIEW gold.report_customers
AS
WITH lines AS (
    SELECT
        customer_key,
        product_key,
        order_number,
        order_date,
        sales_amount,
        quantity
    FROM gold.fact_sales
    WHERE
        order_date IS NOT NULL
        AND customer_key <> 0
),

-- Two queries, because SQL Server reads the input repeatedly if one grouping counts distinct values of two columns.
bought AS (
    SELECT
        customer_key,
        COUNT(DISTINCT product_key) AS total_products
    FROM lines
    GROUP BY customer_key
),

totals AS (
    SELECT
        customer_key,
        MAX(order_date) AS last_order_date,
        DATEDIFF(MONTH, MIN(order_date), MAX(order_date)) AS lifespan,
        COUNT(DISTINCT order_number) AS total_orders,
        SUM(CAST(sales_amount AS BIGINT)) AS total_sales,
        SUM(CAST(quantity AS BIGINT)) AS total_quantity
    FROM lines
    GROUP BY customer_key
),

customers AS (
    SELECT
        c.customer_key,
        c.customer_number,
        COALESCE(c.first_name + N' ' + c.last_name, c.first_name, c.last_name) AS customer_name,
        DATEDIFF(YEAR, c.birthdate, b.business_date) AS age,
        b.business_date
    FROM gold.dim_customers AS c
    CROSS JOIN gold.current_batch AS b
)

SELECT
    c.customer_key,
    c.customer_number,
    c.customer_name,
    c.age,
    CASE
        WHEN c.age IS NULL THEN N'n/a'
        WHEN c.age < 20 THEN N'Under 20'
        WHEN c.age < 30 THEN N'20-29'
        WHEN c.age < 40 THEN N'30-39'
        WHEN c.age < 50 THEN N'40-49'
        ELSE N'50 and above'
    END AS age_group,
    CASE
        WHEN t.lifespan >= 12 AND t.total_sales > 5000 THEN N'VIP'
        WHEN t.lifespan >= 12 THEN N'Regular'
        ELSE N'New'
    END AS customer_segment,
    t.last_order_date,
    DATEDIFF(MONTH, t.last_order_date, c.business_date) AS recency,
    t.total_orders,
    t.total_sales,
    t.total_quantity,
    n.total_products,
    t.lifespan,
    t.total_sales / t.total_orders AS avg_order_value,
    CASE WHEN t.lifespan = 0 THEN t.total_sales ELSE t.total_sales / t.lifespan END AS avg_monthly_spend
FROM totals AS t
INNER JOIN bought AS n
    ON t.customer_key = n.customer_key
INNER JOIN customers AS c
    ON t.customer_key = c.customer_key;
GO
