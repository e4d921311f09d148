/*
Purpose: what the rules of the layer gold measure (etl.quality_rule).
Grain:   check and subject.
Columns: check_name   name of the rule that is measured
         subject      file, column or dimension, if the rule measures several
         observed     value that was found
         observed_of  number of which it was found
         expected     value that is required; NULL where the day before decides
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
        COUNT_BIG(
            CASE
                WHEN w.customer_version_key IS NULL AND c.customer_key IS NOT NULL THEN 1
                WHEN v.product_version_key IS NULL AND p.product_key IS NOT NULL THEN 1
            END
        ) AS orphan_versions,
        COUNT_BIG(CASE WHEN f.customer_key = 0 THEN 1 END) AS unknown_customers,
        COUNT_BIG(CASE WHEN f.product_key = 0 THEN 1 END) AS unknown_products,
        COUNT_BIG(CASE WHEN f.order_date IS NULL THEN 1 END) AS no_order_date,
        COUNT_BIG(CASE WHEN f.shipping_date IS NULL THEN 1 END) AS no_shipping_date,
        COUNT_BIG(CASE WHEN f.due_date IS NULL THEN 1 END) AS no_due_date,
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
    LEFT JOIN gold.dim_customers_history AS w
        ON
            f.customer_version_key = w.customer_version_key
            AND f.customer_key = w.customer_key
            AND COALESCE(f.order_date, CAST('99991231' AS DATE)) BETWEEN w.valid_from AND w.valid_to
    LEFT JOIN gold.dim_products_history AS v
        ON
            f.product_version_key = v.product_version_key
            AND f.product_key = v.product_key
            AND COALESCE(f.order_date, CAST('99991231' AS DATE)) BETWEEN v.valid_from AND v.valid_to
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
        v.subject,
        v.observed,
        v.observed_of,
        v.expected
    FROM fact AS f
    CROSS JOIN cleansed AS s
    CROSS JOIN reported AS r
    CROSS APPLY (
        VALUES
        (N'fact_sales holds every cleansed order line', N'', f.total_rows, NULL, s.total_rows),
        (
            N'fact_sales has the total sales of the cleansed order lines', N'',
            COALESCE(f.total_sales, 0), NULL, COALESCE(s.total_sales, 0)
        ),
        (N'every sale has its customer in dim_customers', N'', f.orphan_customers, NULL, 0),
        (N'every sale has its product in dim_products', N'', f.orphan_products, NULL, 0),
        (N'every sale has its versions of customer and product', N'', f.orphan_versions, NULL, 0),
        (N'no sale is negative without a negative quantity', N'', f.negative_sales, NULL, 0),
        (
            N'report_customers has the dated sales of known customers', N'',
            r.customer_sales, NULL, COALESCE(f.customer_sales, 0)
        ),
        (
            N'report_products has the dated sales of known products', N'',
            r.product_sales, NULL, COALESCE(f.product_sales, 0)
        ),
        (N'report_sales_daily has the dated sales', N'', r.daily_sales, NULL, COALESCE(f.dated_sales, 0)),
        (N'every sale has a known customer', N'', f.unknown_customers, NULL, 0),
        (N'every sale has a known product', N'', f.unknown_products, NULL, 0),
        (N'few sales are of unknown customers or products', N'customers', f.unknown_customers, f.total_rows, NULL),
        (N'few sales are of unknown customers or products', N'products', f.unknown_products, f.total_rows, NULL),
        (N'every sale has an order date', N'', f.no_order_date, NULL, 0),
        (N'few dates of sales are missing', N'order_date', f.no_order_date, f.total_rows, NULL),
        (N'few dates of sales are missing', N'shipping_date', f.no_shipping_date, f.total_rows, NULL),
        (N'few dates of sales are missing', N'due_date', f.no_due_date, f.total_rows, NULL),
        (
            N'few orders have a date that cannot be right', N'after the shipping or due date',
            f.late_order_dates, f.total_rows, NULL
        ),
        (
            N'few orders have a date that cannot be right', N'after the business date',
            f.future_orders, f.total_rows, NULL
        ),
        (N'every date of a sale is within the calendar', N'', s.dates - f.dates, NULL, 0),
        (N'no order is dated after its shipping or due date', N'', f.late_order_dates, NULL, 0),
        (N'no order is dated after the business date', N'', f.future_orders, NULL, 0),
        (
            N'the last order is at most 7 days old', N'',
            CASE WHEN f.days_since_last_order > 7 THEN f.days_since_last_order ELSE 0 END, NULL, 0
        )
    ) AS v(check_name, subject, observed, observed_of, expected)

    UNION ALL

    SELECT
        N'no order holds a known product twice',
        N'',
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
        NULL,
        0

    UNION ALL

    SELECT
        N'dim_customers holds every cleansed customer',
        N'',
        (
            SELECT COUNT_BIG(*) FROM gold.dim_customers
            WHERE in_source = 1
        ),
        NULL,
        (SELECT COUNT_BIG(*) FROM silver.crm_cust_info)

    UNION ALL

    SELECT
        N'dim_products holds every cleansed product',
        N'',
        (
            SELECT COUNT_BIG(*) FROM gold.dim_products
            WHERE in_source = 1
        ),
        NULL,
        (
            SELECT COUNT_BIG(*) FROM silver.crm_prd_info
            WHERE is_current = 1
        )

    UNION ALL

    SELECT
        N'every order date is in dim_date',
        N'',
        (
            SELECT COUNT_BIG(*)
            FROM gold.fact_sales AS f
            LEFT JOIN gold.dim_date AS d
                ON f.order_date = d.full_date
            WHERE
                f.order_date IS NOT NULL
                AND d.full_date IS NULL
        ),
        NULL,
        0

    UNION ALL

    SELECT
        N'no customer was created after the business date',
        N'',
        COUNT_BIG(*),
        NULL,
        0
    FROM gold.dim_customers AS c
    INNER JOIN gold.current_batch AS b
        ON c.create_date > b.business_date

    UNION ALL

    SELECT
        N'few customers are older than 120 years',
        N'',
        COUNT_BIG(CASE WHEN c.birthdate < DATEADD(YEAR, -120, b.business_date) THEN 1 END),
        COUNT_BIG(c.birthdate),
        NULL
    FROM gold.dim_customers AS c
    INNER JOIN gold.current_batch AS b
        ON c.in_source = 1

    UNION ALL

    SELECT
        N'every product has a category',
        N'',
        COUNT_BIG(*),
        NULL,
        0
    FROM gold.dim_products
    WHERE
        product_key <> 0
        AND category IS NULL
)

SELECT
    check_name,
    subject,
    observed,
    observed_of,
    expected
FROM checks;
GO
