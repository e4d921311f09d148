/*
Purpose: what the rules of the layer silver measure of the cleansed tables (etl.quality_rule). The measures of the
         files stand with their rules, because they need the batch.
Grain:   check and subject.
Columns: check_name   name of the rule that is measured
         subject      file, column or dimension, if the rule measures several
         observed     value that was found
         observed_of  number of which it was found
         expected     value that is required, where the day before does not decide
*/
CREATE OR ALTER VIEW silver.quality_check
AS
-- The weekdays on which orders are usual: at least three of those in the four weeks up to the last order had some. The
-- next of them after the last order is the first day without orders that is unusual. A source that exports in the
-- evening delivers the orders of the business date itself, others those up to the day before.
WITH last_order AS (
    SELECT
        MAX(c.business_date) AS business_date,
        MAX(t.order_date) AS order_date
    FROM silver.sales AS t
    INNER JOIN gold.current_batch AS c
        ON t.order_date <= c.business_date
    WHERE t.in_source = 1
),

usual_weekdays AS (
    SELECT DATEDIFF(DAY, t.order_date, l.order_date) % 7 AS days_before
    FROM silver.sales AS t
    INNER JOIN last_order AS l
        ON t.order_date > DATEADD(DAY, -28, l.order_date) AND t.order_date <= l.order_date
    WHERE t.in_source = 1
    GROUP BY DATEDIFF(DAY, t.order_date, l.order_date) % 7
    HAVING COUNT(DISTINCT DATEDIFF(DAY, t.order_date, l.order_date) / 7) >= 3
),

next_orders AS (
    SELECT
        DATEADD(
            DAY,
            7 - COALESCE(MAX(u.days_before), 0) + MAX(CASE WHEN l.order_date < l.business_date THEN 1 ELSE 0 END),
            MAX(l.order_date)
        ) AS business_date
    FROM last_order AS l
    LEFT JOIN usual_weekdays AS u
        ON 1 = 1
),

-- The batch of the cleansed tables. A day that replaces the shown one, or an older one, need not hold its rows.
loaded AS (
    SELECT
        b.business_date,
        CASE WHEN c.business_date < b.business_date THEN 1 ELSE 0 END AS follows,
        CASE
            WHEN c.business_date < b.business_date AND b.same_drop = 0 AND b.business_date >= n.business_date THEN 1
            ELSE 0
        END AS brings_orders
    FROM (
        SELECT MAX(dwh_batch_id) AS batch_id
        FROM (
            SELECT dwh_batch_id FROM silver.crm_cust_info
            UNION ALL
            SELECT dwh_batch_id FROM silver.crm_prd_info
            UNION ALL
            SELECT dwh_batch_id FROM silver.crm_sales_details
            UNION ALL
            SELECT dwh_batch_id FROM silver.erp_cust_az12
        ) AS cleansed
    ) AS t
    LEFT JOIN etl.batch AS b
        ON t.batch_id = b.batch_id
    LEFT JOIN gold.current_batch AS c
        ON 1 = 1
    CROSS JOIN next_orders AS n
),

-- What remains of a text that was read in a wrong encoding: U+FFFD, control characters, and the two characters that
-- each letter with an accent becomes when UTF-8 is read as Windows-1252 ('Ã¼'). A text of ASCII alone has none of them;
-- to ask this first saves the search for most texts. It may have a question mark between letters ('M?ller').
broken_texts AS (
    SELECT
        COUNT_BIG(CASE WHEN subject = N'customers' THEN 1 END) AS customers,
        COUNT_BIG(CASE WHEN subject = N'products' THEN 1 END) AS products,
        COUNT_BIG(CASE WHEN subject = N'locations' THEN 1 END) AS locations
    FROM (
        SELECT
            N'customers' AS subject,
            CONCAT(cst_firstname, N' ', cst_lastname) COLLATE Latin1_General_100_BIN2 AS shown_text
        FROM silver.crm_cust_info
        UNION ALL
        SELECT
            N'products' AS subject,
            prd_nm COLLATE Latin1_General_100_BIN2 AS shown_text
        FROM silver.crm_prd_info
        UNION ALL
        SELECT
            N'locations' AS subject,
            cntry COLLATE Latin1_General_100_BIN2 AS shown_text
        FROM silver.erp_loc_a101
    ) AS t
    WHERE
        shown_text LIKE N'%[A-Za-z]?[a-z]%'
        OR shown_text LIKE N'%[^ -~]%'
        AND (
            shown_text LIKE CONCAT(
                N'%[', NCHAR(0x01), N'-', NCHAR(0x1F), NCHAR(0x7F), N'-', NCHAR(0x9F), NCHAR(0xFFFD), N']%'
            )
            OR shown_text LIKE CONCAT(
                N'%[ÂÃÄÅÐÑ][€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ', NCHAR(0x80), N'-', NCHAR(0xBF), N']%'
            )
        )
),

countries AS (
    SELECT DISTINCT country
    FROM silver.customers
),

categories AS (
    SELECT DISTINCT category
    FROM silver.products
),

customers AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(DISTINCT c.cst_key) AS numbers,
        COUNT_BIG(CASE WHEN c.cst_firstname IS NULL THEN 1 END) AS no_first_name,
        COUNT_BIG(CASE WHEN c.cst_lastname IS NULL THEN 1 END) AS no_last_name,
        COUNT_BIG(CASE WHEN c.cst_marital_status = N'n/a' THEN 1 END) AS no_marital_status,
        COUNT_BIG(CASE WHEN c.cst_gndr = N'n/a' THEN 1 END) AS no_gender,
        COUNT_BIG(CASE WHEN c.cst_create_date IS NULL THEN 1 END) AS no_create_date,
        COALESCE(SUM(CAST(c.unknown_codes AS BIGINT)), 0) AS unknown_codes,
        COUNT_BIG(CASE WHEN e.cid IS NULL THEN 1 END) AS not_in_az12,
        COUNT_BIG(CASE WHEN l.cid IS NULL THEN 1 END) AS not_in_a101,
        COUNT_BIG(CASE WHEN k.country IS NULL AND l.cntry COLLATE Latin1_General_100_BIN2 <> N'n/a' THEN 1 END)
            AS new_country
    FROM silver.crm_cust_info AS c
    LEFT JOIN silver.erp_cust_az12 AS e
        ON c.cst_key = e.cid
    LEFT JOIN silver.erp_loc_a101 AS l
        ON c.cst_key = l.cid
    LEFT JOIN countries AS k
        ON l.cntry = k.country
),

births AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN e.bdate <= d.business_date THEN NULL ELSE 1 END) AS no_birthdate,
        COUNT_BIG(CASE WHEN e.gen = N'n/a' THEN 1 END) AS no_gender,
        COALESCE(SUM(CAST(e.unknown_codes AS BIGINT)), 0) AS unknown_codes
    FROM silver.erp_cust_az12 AS e
    CROSS JOIN loaded AS d
),

locations AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN l.cntry COLLATE Latin1_General_100_BIN2 = N'n/a' THEN 1 END) AS no_country
    FROM silver.erp_loc_a101 AS l
),

products AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN p.is_current = 1 THEN 1 END) AS numbers,
        COUNT_BIG(CASE WHEN p.prd_id IS NULL THEN 1 END) AS no_id,
        COUNT_BIG(CASE WHEN p.prd_nm IS NULL THEN 1 END) AS no_name,
        COUNT_BIG(CASE WHEN p.prd_cost < 0 THEN 1 END) AS negative_cost,
        COALESCE(SUM(CAST(p.unknown_codes AS BIGINT)), 0) AS unknown_codes,
        COUNT_BIG(CASE WHEN p.prd_cost = 0 THEN 1 END) AS no_cost,
        COUNT_BIG(CASE WHEN p.prd_line = N'n/a' THEN 1 END) AS no_line,
        COUNT_BIG(CASE WHEN p.prd_start_dt IS NULL THEN 1 END) AS no_start,
        COUNT_BIG(CASE WHEN c.cat IS NULL THEN 1 END) AS no_category,
        COUNT_BIG(CASE WHEN c.id IS NOT NULL AND c.subcat IS NULL THEN 1 END) AS no_subcategory,
        COUNT_BIG(CASE WHEN c.id IS NOT NULL AND c.maintenance IS NULL THEN 1 END) AS no_maintenance,
        COUNT_BIG(CASE WHEN c.cat IS NOT NULL AND k.category IS NULL THEN 1 END) AS new_category,
        SUM(CASE WHEN p.is_current = 1 THEN CAST(p.prd_cost AS BIGINT) END) AS cost
    FROM silver.crm_prd_info AS p
    LEFT JOIN silver.erp_px_cat_g1v2 AS c
        ON p.category_id = c.id
    LEFT JOIN categories AS k
        ON c.cat = k.category
),

sales AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(DISTINCT sls_ord_num) AS orders,
        COUNT_BIG(CASE WHEN sls_quantity IS NULL THEN 1 END) AS no_quantity,
        COUNT_BIG(CASE WHEN sls_price IS NULL THEN 1 END) AS no_price,
        COUNT_BIG(CASE WHEN sls_cust_id IS NULL THEN 1 END) AS no_customer,
        COUNT_BIG(CASE WHEN is_repaired = 1 THEN 1 END) AS repaired,
        SUM(CAST(sls_sales AS BIGINT)) AS sales_amount,
        SUM(CAST(sls_quantity AS BIGINT)) AS quantity
    FROM silver.crm_sales_details
),

-- What gold shows until this publish: how much of it the drop no longer holds, and which values it holds otherwise.
known_customers AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(kept) AS kept,
        COUNT_BIG(
            CASE
                WHEN old_first_name IS NOT NULL AND old_last_name IS NOT NULL AND old_create_date IS NOT NULL THEN 1
            END
        ) AS others,
        COUNT_BIG(old_customer_number) AS numbers,
        COUNT_BIG(old_first_name) AS first_names,
        COUNT_BIG(old_last_name) AS last_names,
        COUNT_BIG(old_country) AS countries,
        COUNT_BIG(old_marital_status) AS marital_status,
        COUNT_BIG(old_gender) AS genders,
        COUNT_BIG(old_birthdate) AS birthdates,
        COUNT_BIG(old_create_date) AS create_dates
    FROM silver.compared_customers
),

known_products AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(kept) AS kept,
        COUNT_BIG(old_start_date) AS start_dates,
        COUNT_BIG(old_product_name) AS names,
        COUNT_BIG(old_category) AS categories,
        COUNT_BIG(old_subcategory) AS subcategories,
        COUNT_BIG(old_maintenance) AS maintenance,
        COUNT_BIG(old_cost) AS costs,
        COUNT_BIG(old_product_line) AS product_lines
    FROM silver.compared_products
),

known_sales AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(kept) AS kept,
        COUNT_BIG(old_customer_id) AS customers,
        COUNT_BIG(old_order_date) AS order_dates,
        COUNT_BIG(old_shipping_date) AS shipping_dates,
        COUNT_BIG(old_due_date) AS due_dates,
        COUNT_BIG(old_sales_amount) AS sales_amounts,
        COUNT_BIG(old_quantity) AS quantities,
        COUNT_BIG(old_price) AS prices
    FROM silver.compared_sales
),

-- A fault in the rows of the last days alone is too small a share of a full extract to be seen there.
new_customers AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN n.cst_firstname IS NULL THEN 1 END) AS no_first_name,
        COUNT_BIG(CASE WHEN n.cst_lastname IS NULL THEN 1 END) AS no_last_name,
        COUNT_BIG(CASE WHEN n.cst_marital_status = N'n/a' THEN 1 END) AS no_marital_status,
        COUNT_BIG(CASE WHEN n.cst_create_date IS NULL THEN 1 END) AS no_create_date
    FROM silver.crm_cust_info AS n
    LEFT JOIN silver.customers AS t
        ON n.cst_id = t.customer_id
    WHERE t.customer_id IS NULL
),

new_sales AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN sales_amount = 0 THEN 1 END) AS no_sales,
        COUNT_BIG(CASE WHEN is_old = 1 THEN 1 END) AS old,
        COUNT_BIG(old_order_date) AS reused,
        COUNT_BIG(CASE WHEN is_repeated = 1 THEN 1 END) AS repeated
    FROM silver.new_sales
),

strangers AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN c.cst_key IS NULL THEN 1 END) AS no_customer
    FROM silver.erp_loc_a101 AS l
    LEFT JOIN silver.crm_cust_info AS c
        ON l.cid = c.cst_key
)

SELECT
    v.check_name,
    v.subject,
    v.observed,
    v.observed_of,
    0 AS expected
FROM customers AS c
CROSS JOIN births AS b
CROSS JOIN locations AS l
CROSS JOIN products AS p
CROSS JOIN sales AS s
CROSS JOIN known_customers AS kc
CROSS JOIN known_products AS kp
CROSS JOIN known_sales AS ks
CROSS JOIN new_customers AS nc
CROSS JOIN new_sales AS ns
CROSS JOIN strangers AS e
CROSS JOIN broken_texts AS t
CROSS JOIN loaded AS d
CROSS APPLY (
    VALUES
    (N'few values are missing', N'crm_cust_info.cst_firstname', c.no_first_name, c.total_rows),
    (N'few values are missing', N'crm_cust_info.cst_lastname', c.no_last_name, c.total_rows),
    (N'few values are missing', N'crm_cust_info.cst_marital_status', c.no_marital_status, c.total_rows),
    (N'few values are missing', N'crm_cust_info.cst_gndr', c.no_gender, c.total_rows),
    (N'few values are missing', N'crm_cust_info.cst_create_date', c.no_create_date, c.total_rows),
    (N'few values are missing', N'erp_cust_az12.BDATE', b.no_birthdate, b.total_rows),
    (N'few values are missing', N'erp_cust_az12.GEN', b.no_gender, b.total_rows),
    (N'few values are missing', N'erp_loc_a101.CNTRY', l.no_country, l.total_rows),
    (N'few values are missing', N'crm_prd_info.prd_id', p.no_id, p.total_rows),
    (N'few values are missing', N'crm_prd_info.prd_nm', p.no_name, p.total_rows),
    (N'few values are missing', N'crm_prd_info.prd_cost', p.no_cost, p.total_rows),
    (N'few values are missing', N'crm_prd_info.prd_line', p.no_line, p.total_rows),
    (N'few values are missing', N'crm_prd_info.prd_start_dt', p.no_start, p.total_rows),
    (N'few values are missing', N'erp_px_cat_g1v2.SUBCAT', p.no_subcategory, p.total_rows),
    (N'few values are missing', N'erp_px_cat_g1v2.MAINTENANCE', p.no_maintenance, p.total_rows),
    (N'few values are missing', N'crm_sales_details.sls_cust_id', s.no_customer, s.total_rows),
    (N'few values are missing', N'crm_sales_details.sls_quantity', s.no_quantity, s.total_rows),
    (N'few values are missing', N'crm_sales_details.sls_price', s.no_price, s.total_rows),
    (N'few customers lack their row of the ERP', N'erp_cust_az12', c.not_in_az12, c.total_rows),
    (N'few customers lack their row of the ERP', N'erp_loc_a101', c.not_in_a101, c.total_rows),
    (N'few products lack their category', N'', p.no_category, p.total_rows),
    (
        N'few rows have a country or category that is new', N'country',
        c.new_country, CASE WHEN kc.total_rows > 0 THEN c.total_rows END
    ),
    (
        N'few rows have a country or category that is new', N'category',
        p.new_category, CASE WHEN kp.total_rows > 0 THEN p.total_rows END
    ),
    (N'few rows have left the drop', N'customers', d.follows * (kc.total_rows - kc.kept), kc.total_rows),
    (N'few rows have left the drop', N'products', d.follows * (kp.total_rows - kp.kept), kp.total_rows),
    (N'few order lines have left the drop', N'', d.follows * (ks.total_rows - ks.kept), ks.total_rows),
    (
        N'some order lines are new', N'',
        CASE WHEN d.brings_orders = 1 THEN s.total_rows - ks.kept ELSE s.total_rows END, NULL
    ),
    (N'few published values have changed', N'dim_customers.customer_number', d.follows * kc.numbers, kc.kept),
    (N'few published values have changed', N'dim_customers.first_name', d.follows * kc.first_names, kc.kept),
    (N'few published values have changed', N'dim_customers.last_name', d.follows * kc.last_names, kc.kept),
    (N'few published values have changed', N'dim_customers.country', d.follows * kc.countries, kc.kept),
    (N'few published values have changed', N'dim_customers.marital_status', d.follows * kc.marital_status, kc.kept),
    (N'few published values have changed', N'dim_customers.gender', d.follows * kc.genders, kc.kept),
    (N'few published values have changed', N'dim_customers.birthdate', d.follows * kc.birthdates, kc.kept),
    (N'few published values have changed', N'dim_customers.create_date', d.follows * kc.create_dates, kc.kept),
    (N'few published values have changed', N'dim_products.product_name', d.follows * kp.names, kp.kept),
    (N'few published values have changed', N'dim_products.category', d.follows * kp.categories, kp.kept),
    (N'few published values have changed', N'dim_products.subcategory', d.follows * kp.subcategories, kp.kept),
    (N'few published values have changed', N'dim_products.maintenance', d.follows * kp.maintenance, kp.kept),
    (N'few published values have changed', N'dim_products.cost', d.follows * kp.costs, kp.kept),
    (N'few published values have changed', N'dim_products.product_line', d.follows * kp.product_lines, kp.kept),
    (N'few published values have changed', N'dim_products.start_date', d.follows * kp.start_dates, kp.kept),
    (N'few published values have changed', N'fact_sales.customer_key', d.follows * ks.customers, ks.kept),
    (N'few published values have changed', N'fact_sales.order_date', d.follows * ks.order_dates, ks.kept),
    (N'few published values have changed', N'fact_sales.shipping_date', d.follows * ks.shipping_dates, ks.kept),
    (N'few published values have changed', N'fact_sales.due_date', d.follows * ks.due_dates, ks.kept),
    (N'few published values have changed', N'fact_sales.sales_amount', d.follows * ks.sales_amounts, ks.kept),
    (N'few published values have changed', N'fact_sales.quantity', d.follows * ks.quantities, ks.kept),
    (N'few published values have changed', N'fact_sales.price', d.follows * ks.prices, ks.kept),
    (
        N'few values of new rows are missing', N'crm_cust_info.cst_firstname',
        CASE WHEN kc.total_rows > 0 THEN nc.no_first_name ELSE 0 END, nc.total_rows
    ),
    (
        N'few values of new rows are missing', N'crm_cust_info.cst_lastname',
        CASE WHEN kc.total_rows > 0 THEN nc.no_last_name ELSE 0 END, nc.total_rows
    ),
    (
        N'few values of new rows are missing', N'crm_cust_info.cst_marital_status',
        CASE WHEN kc.total_rows > 0 THEN nc.no_marital_status ELSE 0 END, nc.total_rows
    ),
    (
        N'few values of new rows are missing', N'crm_cust_info.cst_create_date',
        CASE WHEN kc.total_rows > 0 THEN nc.no_create_date ELSE 0 END, nc.total_rows
    ),
    (N'few values of new rows are missing', N'crm_sales_details.sls_sales', ns.no_sales, ns.total_rows),
    (N'few new order lines repeat another', N'', ns.repeated, ns.total_rows),
    (N'few new order lines are old', N'', ns.old, ns.total_rows),
    (N'no customer id was given to another customer', N'', d.follows * kc.others, NULL),
    (N'no customer number is that of two customers', N'', c.total_rows - c.numbers, NULL),
    (N'few new order lines are of an old order', N'', ns.reused, ns.total_rows),
    (N'few locations lack their customer', N'', e.no_customer, e.total_rows),
    (N'few amounts of sales are repaired', N'', s.repaired, s.total_rows),
    (N'every code is known', N'crm_cust_info', c.unknown_codes, NULL),
    (N'every code is known', N'crm_prd_info', p.unknown_codes, NULL),
    (N'every code is known', N'erp_cust_az12', b.unknown_codes, NULL),
    (N'no text was read in a wrong encoding', N'crm_cust_info', t.customers, NULL),
    (N'no text was read in a wrong encoding', N'crm_prd_info', t.products, NULL),
    (N'no text was read in a wrong encoding', N'erp_loc_a101', t.locations, NULL),
    (N'no cost is negative', N'', p.negative_cost, NULL),
    (N'there are about as many keys as the day before', N'customers', c.numbers, NULL),
    (N'there are about as many keys as the day before', N'products', p.numbers, NULL),
    (N'there are about as many keys as the day before', N'orders', s.orders, NULL),
    (N'sums are about those of the day before', N'sales', s.sales_amount, NULL),
    (N'sums are about those of the day before', N'quantity', s.quantity, NULL),
    (N'sums are about those of the day before', N'cost of products', p.cost, NULL)
) AS v(check_name, subject, observed, observed_of);
GO
