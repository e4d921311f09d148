/*
Purpose: what the rules of the layer silver measure of the cleansed tables (etl.quality_rule). The measures of the
         files stand with their rules, because they need the batch.
Grain:   check and subject.
Columns: check_name   name of the rule that is measured
         subject      file, column or dimension, if the rule measures several
         observed     value that was found
         observed_of  number of which it was found
         expected     value that is required; NULL where the day before decides
*/
CREATE OR ALTER VIEW silver.quality_check
AS
WITH countries AS (
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
        COUNT_BIG(CASE WHEN bdate IS NULL THEN 1 END) AS no_birthdate,
        COUNT_BIG(CASE WHEN gen = N'n/a' THEN 1 END) AS no_gender
    FROM silver.erp_cust_az12
),

locations AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN cntry COLLATE Latin1_General_100_BIN2 = N'n/a' THEN 1 END) AS no_country
    FROM silver.erp_loc_a101
),

products AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN p.is_current = 1 THEN 1 END) AS numbers,
        COUNT_BIG(CASE WHEN p.prd_nm IS NULL THEN 1 END) AS no_name,
        COUNT_BIG(CASE WHEN p.prd_cost = 0 THEN 1 END) AS no_cost,
        COUNT_BIG(CASE WHEN p.prd_line = N'n/a' THEN 1 END) AS no_line,
        COUNT_BIG(CASE WHEN p.prd_start_dt IS NULL THEN 1 END) AS no_start,
        COUNT_BIG(CASE WHEN c.cat IS NULL THEN 1 END) AS no_category,
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
        SUM(CAST(sls_sales AS BIGINT)) AS sales_amount,
        SUM(CAST(sls_quantity AS BIGINT)) AS quantity
    FROM silver.crm_sales_details
),

-- A day that replaces the shown one, or an older one, need not hold its rows.
following AS (
    SELECT COUNT(*) AS shown_days
    FROM gold.current_batch AS c
    INNER JOIN etl.batch AS b
        ON c.business_date < b.business_date
    WHERE b.batch_id = (SELECT MAX(p.dwh_batch_id) FROM silver.crm_prd_info AS p)
),

-- What gold shows until this publish, and how much of it the drop no longer holds.
known_customers AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN s.cst_id IS NULL THEN 1 END) AS vanished
    FROM silver.customers AS t
    LEFT JOIN silver.crm_cust_info AS s
        ON t.customer_id = s.cst_id
    WHERE t.in_source = 1
),

known_products AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN s.product_number IS NULL THEN 1 END) AS vanished
    FROM silver.products AS t
    LEFT JOIN silver.crm_prd_info AS s
        ON
            t.product_number = s.product_number
            AND s.is_current = 1
    WHERE t.in_source = 1
),

known_sales AS (
    SELECT
        COUNT_BIG(*) AS total_rows,
        COUNT_BIG(CASE WHEN s.sls_ord_num IS NULL THEN 1 END) AS vanished
    FROM silver.sales AS t
    LEFT JOIN silver.crm_sales_details AS s
        ON
            t.order_number = s.sls_ord_num
            AND t.product_number = s.sls_prd_key
    WHERE t.in_source = 1
)

SELECT
    v.check_name,
    v.subject,
    v.observed,
    v.observed_of,
    NULL AS expected
FROM customers AS c
CROSS JOIN births AS b
CROSS JOIN locations AS l
CROSS JOIN products AS p
CROSS JOIN sales AS s
CROSS JOIN known_customers AS kc
CROSS JOIN known_products AS kp
CROSS JOIN known_sales AS ks
CROSS JOIN following AS d
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
    (N'few values are missing', N'crm_prd_info.prd_nm', p.no_name, p.total_rows),
    (N'few values are missing', N'crm_prd_info.prd_cost', p.no_cost, p.total_rows),
    (N'few values are missing', N'crm_prd_info.prd_line', p.no_line, p.total_rows),
    (N'few values are missing', N'crm_prd_info.prd_start_dt', p.no_start, p.total_rows),
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
    (N'few rows have left the drop', N'customers', d.shown_days * kc.vanished, kc.total_rows),
    (N'few rows have left the drop', N'products', d.shown_days * kp.vanished, kp.total_rows),
    (N'few rows have left the drop', N'order lines', d.shown_days * ks.vanished, ks.total_rows),
    (N'there are about as many keys as the day before', N'customers', c.numbers, NULL),
    (N'there are about as many keys as the day before', N'products', p.numbers, NULL),
    (N'there are about as many keys as the day before', N'orders', s.orders, NULL),
    (N'sums are about those of the day before', N'sales', s.sales_amount, NULL),
    (N'sums are about those of the day before', N'quantity', s.quantity, NULL),
    (N'sums are about those of the day before', N'cost of products', p.cost, NULL)
) AS v(check_name, subject, observed, observed_of);
GO
