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
-- The batch of the cleansed tables. A day that replaces the shown one, or an older one, need not hold its rows.
WITH loaded AS (
    SELECT
        b.business_date,
        CASE WHEN c.business_date < b.business_date THEN 1 ELSE 0 END AS follows,
        CASE WHEN c.business_date < b.business_date AND b.same_drop = 0 THEN 1 ELSE 0 END AS brings_orders
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
),

-- What remains of a text that was read in a wrong encoding: U+FFFD, control characters, and the two characters that
-- each letter with an accent becomes when UTF-8 is read as Windows-1252 ('Ã¼'). A text of ASCII alone has none of them;
-- to ask this first saves the search for most texts.
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
        shown_text LIKE N'%[^ -~]%'
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
-- A value that was missing, or is missing now, has not changed. Names are compared by code point, because a change of
-- case is shown; countries and categories are not (silver.load_spellings).
known_customers AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(s.customer_id) AS kept,
        COUNT_BIG(CASE WHEN t.customer_number <> s.customer_number THEN 1 END) AS numbers,
        COUNT_BIG(CASE WHEN t.first_name COLLATE Latin1_General_100_BIN2 <> s.first_name THEN 1 END) AS first_names,
        COUNT_BIG(CASE WHEN t.last_name COLLATE Latin1_General_100_BIN2 <> s.last_name THEN 1 END) AS last_names,
        COUNT_BIG(CASE WHEN t.country <> s.country AND N'n/a' NOT IN (t.country, s.country) THEN 1 END) AS countries,
        COUNT_BIG(
            CASE
                WHEN
                    t.marital_status COLLATE Latin1_General_100_BIN2 <> s.marital_status
                    AND N'n/a' NOT IN (t.marital_status COLLATE Latin1_General_100_BIN2, s.marital_status)
                    THEN 1
            END
        ) AS marital_status,
        COUNT_BIG(
            CASE
                WHEN
                    t.gender COLLATE Latin1_General_100_BIN2 <> s.gender
                    AND N'n/a' NOT IN (t.gender COLLATE Latin1_General_100_BIN2, s.gender)
                    THEN 1
            END
        ) AS genders,
        COUNT_BIG(CASE WHEN t.birthdate <> s.birthdate THEN 1 END) AS birthdates,
        COUNT_BIG(CASE WHEN t.create_date <> s.create_date THEN 1 END) AS create_dates
    FROM silver.customers AS t
    LEFT JOIN silver.joined_customers AS s
        ON t.customer_id = s.customer_id
    WHERE t.in_source = 1
),

-- A new version may have any values, so the version that gold shows as the current one is compared.
known_products AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(c.product_number) AS kept,
        COUNT_BIG(CASE WHEN c.product_number IS NOT NULL AND s.product_number IS NULL THEN 1 END) AS start_dates,
        COUNT_BIG(CASE WHEN t.product_name COLLATE Latin1_General_100_BIN2 <> s.product_name THEN 1 END) AS names,
        COUNT_BIG(CASE WHEN t.category <> s.category THEN 1 END) AS categories,
        COUNT_BIG(CASE WHEN t.subcategory <> s.subcategory THEN 1 END) AS subcategories,
        COUNT_BIG(CASE WHEN t.maintenance <> s.maintenance THEN 1 END) AS maintenance,
        COUNT_BIG(CASE WHEN t.cost <> s.cost AND 0 NOT IN (t.cost, s.cost) THEN 1 END) AS costs,
        COUNT_BIG(
            CASE
                WHEN
                    t.product_line COLLATE Latin1_General_100_BIN2 <> s.product_line
                    AND N'n/a' NOT IN (t.product_line COLLATE Latin1_General_100_BIN2, s.product_line)
                    THEN 1
            END
        ) AS product_lines
    FROM silver.products AS t
    LEFT JOIN silver.joined_product_versions AS c
        ON
            t.product_number = c.product_number
            AND c.is_current = 1
    LEFT JOIN silver.joined_product_versions AS s
        ON
            t.product_number = s.product_number
            AND t.start_date IS NOT DISTINCT FROM s.start_date
    WHERE t.in_source = 1
),

known_sales AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(s.sls_ord_num) AS kept,
        COUNT_BIG(CASE WHEN c.customer_id <> n.cst_id THEN 1 END) AS customers,
        COUNT_BIG(CASE WHEN t.order_date <> s.sls_order_dt THEN 1 END) AS order_dates,
        COUNT_BIG(CASE WHEN t.shipping_date <> s.sls_ship_dt THEN 1 END) AS shipping_dates,
        COUNT_BIG(CASE WHEN t.due_date <> s.sls_due_dt THEN 1 END) AS due_dates,
        COUNT_BIG(CASE WHEN t.sales_amount <> s.sls_sales THEN 1 END) AS sales_amounts,
        COUNT_BIG(CASE WHEN t.quantity <> s.sls_quantity THEN 1 END) AS quantities,
        COUNT_BIG(CASE WHEN t.price <> s.sls_price THEN 1 END) AS prices
    FROM silver.sales AS t
    LEFT JOIN silver.crm_sales_details AS s
        ON
            t.order_number = s.sls_ord_num
            AND t.product_number = s.sls_prd_key
    LEFT JOIN silver.customers AS c
        ON t.customer_key = c.customer_key
    LEFT JOIN silver.crm_cust_info AS n
        ON s.sls_cust_id = n.cst_id
    WHERE t.in_source = 1
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
