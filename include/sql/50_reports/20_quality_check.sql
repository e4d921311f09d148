/*
Purpose: the gold checks. etl.publish commits only if no check of severity error fails; the check tasks in Airflow read
         the same rows.
Grain:   check. passed = 1 if observed = expected. An error stops the publish, a warning is kept and shown.
*/
CREATE OR ALTER VIEW gold.quality_check
AS
WITH fact AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        SUM(CAST(f.sales_amount AS BIGINT)) AS total_sales,
        COUNT_BIG(CASE WHEN f.sales_amount < 0 AND f.quantity >= 0 THEN 1 END) AS negative_sales,
        COUNT_BIG(CASE WHEN c.customer_key IS NULL THEN 1 END) AS orphan_customers,
        COUNT_BIG(CASE WHEN p.product_key IS NULL THEN 1 END) AS orphan_products,
        COUNT_BIG(CASE WHEN f.customer_key = 0 THEN 1 END) AS unknown_customers,
        COUNT_BIG(CASE WHEN f.product_key = 0 THEN 1 END) AS unknown_products,
        COUNT_BIG(CASE WHEN f.order_date IS NULL THEN 1 END) AS no_order_date,
        COUNT_BIG(f.order_date) + COUNT_BIG(f.shipping_date) + COUNT_BIG(f.due_date) AS dates,
        COUNT_BIG(CASE WHEN f.order_date > f.shipping_date OR f.order_date > f.due_date THEN 1 END) AS late_order_dates,
        COUNT_BIG(CASE WHEN f.order_date > b.business_date THEN 1 END) AS future_orders,
        SUM(CASE WHEN f.order_date IS NOT NULL AND f.customer_key <> 0 THEN CAST(f.sales_amount AS BIGINT) END)
            AS customer_sales,
        SUM(CASE WHEN f.order_date IS NOT NULL AND f.product_key <> 0 THEN CAST(f.sales_amount AS BIGINT) END)
            AS product_sales,
        SUM(CASE WHEN f.order_date IS NOT NULL THEN CAST(f.sales_amount AS BIGINT) END) AS dated_sales,
        DATEDIFF(DAY, MAX(f.order_date), MAX(b.business_date)) AS days_since_last_order
    FROM gold.fact_sales AS f
    LEFT JOIN gold.dim_customers AS c
        ON f.customer_key = c.customer_key
    LEFT JOIN gold.dim_products AS p
        ON f.product_key = p.product_key
    LEFT JOIN gold.current_batch AS b
        ON 1 = 1
),

cleansed AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        SUM(CAST(sls_sales AS BIGINT)) AS total_sales,
        COUNT_BIG(sls_order_dt) + COUNT_BIG(sls_ship_dt) + COUNT_BIG(sls_due_dt) AS dates
    FROM silver.crm_sales_details
),

reported AS (
    SELECT
        (SELECT COALESCE(SUM(total_sales), 0) FROM gold.report_customers) AS customer_sales,
        (SELECT COALESCE(SUM(total_sales), 0) FROM gold.report_products) AS product_sales,
        (SELECT COALESCE(SUM(total_sales), 0) FROM gold.report_sales_daily) AS daily_sales
),

checks AS (
    -- CROSS APPLY turns the columns into rows. A UNION would compute the WITH queries again in every branch.
    SELECT
        v.check_name,
        v.severity,
        v.observed,
        v.expected
    FROM fact AS f
    CROSS JOIN cleansed AS s
    CROSS JOIN reported AS r
    CROSS APPLY (
        VALUES
        (N'fact_sales holds every cleansed order line', N'error', f.total_rows, s.total_rows),
        (
            N'fact_sales has the total sales of the cleansed order lines', N'error',
            COALESCE(f.total_sales, 0), COALESCE(s.total_sales, 0)
        ),
        (N'every sale has its customer in dim_customers', N'error', f.orphan_customers, 0),
        (N'every sale has its product in dim_products', N'error', f.orphan_products, 0),
        (N'no sale is negative without a negative quantity', N'error', f.negative_sales, 0),
        (
            N'report_customers has the dated sales of known customers', N'error',
            r.customer_sales, COALESCE(f.customer_sales, 0)
        ),
        (
            N'report_products has the dated sales of known products', N'error',
            r.product_sales, COALESCE(f.product_sales, 0)
        ),
        (N'report_sales_daily has the dated sales', N'error', r.daily_sales, COALESCE(f.dated_sales, 0)),
        (N'every sale has a known customer', N'warning', f.unknown_customers, 0),
        (N'every sale has a known product', N'warning', f.unknown_products, 0),
        (N'every sale has an order date', N'warning', f.no_order_date, 0),
        (N'every date of a sale is within the calendar', N'warning', s.dates - f.dates, 0),
        (N'no order is dated after its shipping or due date', N'warning', f.late_order_dates, 0),
        (N'no order is dated after the business date', N'warning', f.future_orders, 0),
        (
            N'the last order is at most 7 days old', N'warning',
            CASE WHEN f.days_since_last_order > 7 THEN f.days_since_last_order ELSE 0 END, 0
        )
    ) AS v(check_name, severity, observed, expected)

    UNION ALL

    SELECT
        N'no order holds a known product twice',
        N'error',
        (
            SELECT COUNT_BIG(*)
            FROM (
                SELECT order_number
                FROM gold.fact_sales
                WHERE product_key <> 0
                GROUP BY
                    order_number,
                    product_key
                HAVING COUNT(*) > 1
            ) AS repeated
        ),
        0

    UNION ALL

    SELECT
        N'dim_customers holds every cleansed customer',
        N'error',
        (
            SELECT COUNT_BIG(*) FROM gold.dim_customers
            WHERE in_source = 1
        ),
        (SELECT COUNT_BIG(*) FROM silver.crm_cust_info)

    UNION ALL

    SELECT
        N'dim_products holds every cleansed product',
        N'error',
        (
            SELECT COUNT_BIG(*) FROM gold.dim_products
            WHERE in_source = 1
        ),
        (
            SELECT COUNT_BIG(*) FROM silver.crm_prd_info
            WHERE is_current = 1
        )

    UNION ALL

    SELECT
        N'every order date is in dim_date',
        N'error',
        (
            SELECT COUNT_BIG(*)
            FROM gold.fact_sales AS f
            LEFT JOIN gold.dim_date AS d
                ON f.order_date = d.full_date
            WHERE
                f.order_date IS NOT NULL
                AND d.full_date IS NULL
        ),
        0

    UNION ALL

    SELECT
        N'no customer was created after the business date',
        N'warning',
        COUNT_BIG(*),
        0
    FROM gold.dim_customers AS c
    INNER JOIN gold.current_batch AS b
        ON c.create_date > b.business_date

    UNION ALL

    SELECT
        N'every product has a category',
        N'warning',
        COUNT_BIG(*),
        0
    FROM gold.dim_products
    WHERE
        product_key <> 0
        AND category IS NULL

    UNION ALL

    SELECT
        N'no file of the drop is empty',
        N'warning',
        COUNT_BIG(*),
        0
    FROM gold.load_reconciliation AS r
    INNER JOIN gold.current_batch AS b
        ON r.batch_id = b.batch_id
    WHERE r.file_rows = 0
)

SELECT
    check_name,
    severity,
    observed,
    expected,
    CASE WHEN observed = expected THEN 1 ELSE 0 END AS passed
FROM checks;
GO
