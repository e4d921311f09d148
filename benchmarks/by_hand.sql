-- The load of include/sql written by hand for DuckDB: same inputs, same tables, same rules, none of SQL Server's semantics
-- (no collation, no row by row error reporting, no step log). The floor that the stand-in is measured against.
-- $landing is replaced by the landing folder; a line `-- stage: NAME` begins a stage.

-- stage: bronze
CREATE TABLE b_cust AS SELECT * FROM read_csv('$landing/source_crm/cust_info.txt', delim = '\t', quote = '', escape = '', header = true, all_varchar = true, encoding = 'utf-16', max_line_size = 100000);
CREATE TABLE b_prd AS SELECT * FROM read_csv('$landing/source_crm/prd_info.txt', delim = '\t', quote = '', escape = '', header = true, all_varchar = true, encoding = 'utf-16', max_line_size = 100000);
CREATE TABLE b_sales AS SELECT * FROM read_csv('$landing/source_crm/sales_details.txt', delim = '\t', quote = '', escape = '', header = true, all_varchar = true, encoding = 'utf-16', max_line_size = 100000);
CREATE TABLE b_az12 AS SELECT * FROM read_csv('$landing/source_erp/CUST_AZ12.txt', delim = '\t', quote = '', escape = '', header = true, all_varchar = true, encoding = 'utf-16', max_line_size = 100000);
CREATE TABLE b_loc AS SELECT * FROM read_csv('$landing/source_erp/LOC_A101.txt', delim = '\t', quote = '', escape = '', header = true, all_varchar = true, encoding = 'utf-16', max_line_size = 100000);
CREATE TABLE b_cat AS SELECT * FROM read_csv('$landing/source_erp/PX_CAT_G1V2.txt', delim = '\t', quote = '', escape = '', header = true, all_varchar = true, encoding = 'utf-16', max_line_size = 100000);

-- stage: silver
CREATE TABLE s_cust AS
SELECT TRY_CAST(trim(cst_id) AS INTEGER) AS cst_id, trim(cst_key) AS cst_key, trim(cst_firstname) AS first_name,
       trim(cst_lastname) AS last_name,
       CASE upper(trim(cst_marital_status)) WHEN 'S' THEN 'Single' WHEN 'M' THEN 'Married' ELSE 'n/a' END AS marital_status,
       CASE upper(trim(cst_gndr)) WHEN 'F' THEN 'Female' WHEN 'M' THEN 'Male' ELSE 'n/a' END AS gender,
       TRY_CAST(trim(cst_create_date) AS DATE) AS create_date
FROM b_cust
WHERE TRY_CAST(trim(cst_id) AS INTEGER) IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY TRY_CAST(trim(cst_id) AS INTEGER)
                           ORDER BY create_date DESC NULLS LAST, CAST(dwh_source_line AS INTEGER) DESC) = 1;
CREATE TABLE s_prd AS
WITH typed AS (
    SELECT TRY_CAST(trim(prd_id) AS INTEGER) AS prd_id, substr(trim(prd_key), 7) AS product_number,
           replace(left(trim(prd_key), 5), '-', '_') AS category_id, trim(prd_nm) AS product_name,
           coalesce(TRY_CAST(trim(prd_cost) AS INTEGER), 0) AS cost,
           CASE upper(trim(prd_line)) WHEN 'M' THEN 'Mountain' WHEN 'R' THEN 'Road' WHEN 'S' THEN 'Other Sales'
                WHEN 'T' THEN 'Touring' ELSE 'n/a' END AS product_line,
           TRY_CAST(trim(prd_start_dt) AS DATE) AS start_date
    FROM b_prd
)
SELECT *, lead(start_date) OVER w - 1 AS end_date, row_number() OVER w AS version_number
FROM typed WINDOW w AS (PARTITION BY product_number ORDER BY start_date NULLS FIRST);
CREATE TABLE s_sales AS
WITH typed AS (
    SELECT trim(sls_ord_num) AS order_number, trim(sls_prd_key) AS product_number,
           TRY_CAST(trim(sls_cust_id) AS INTEGER) AS customer_id,
           CASE WHEN length(trim(sls_order_dt)) = 8 THEN TRY_CAST(try_strptime(trim(sls_order_dt), '%Y%m%d') AS DATE) END AS order_date,
           CASE WHEN length(trim(sls_ship_dt)) = 8 THEN TRY_CAST(try_strptime(trim(sls_ship_dt), '%Y%m%d') AS DATE) END AS ship_date,
           CASE WHEN length(trim(sls_due_dt)) = 8 THEN TRY_CAST(try_strptime(trim(sls_due_dt), '%Y%m%d') AS DATE) END AS due_date,
           TRY_CAST(trim(sls_sales) AS BIGINT) AS sales, TRY_CAST(trim(sls_quantity) AS BIGINT) AS quantity,
           TRY_CAST(trim(sls_price) AS BIGINT) AS price, CAST(dwh_source_line AS INTEGER) AS line
    FROM b_sales
)
SELECT order_number, product_number, customer_id, order_date, ship_date, due_date,
       CASE WHEN sales IS NULL OR sales <= 0 OR sales <> quantity * abs(price) THEN quantity * abs(price) ELSE sales END AS sales,
       quantity, CASE WHEN price IS NULL OR price <= 0 THEN sales // nullif(quantity, 0) ELSE price END AS price
FROM typed
QUALIFY row_number() OVER (PARTITION BY order_number, product_number ORDER BY line DESC) = 1;
CREATE TABLE s_az12 AS
SELECT replace(CASE WHEN trim(CID) LIKE 'NAS%' THEN substr(trim(CID), 4) ELSE trim(CID) END, '-', '') AS cid,
       TRY_CAST(trim(BDATE) AS DATE) AS bdate,
       CASE WHEN upper(trim(GEN)) IN ('F', 'FEMALE') THEN 'Female' WHEN upper(trim(GEN)) IN ('M', 'MALE') THEN 'Male' ELSE 'n/a' END AS gen
FROM b_az12;
CREATE TABLE s_loc AS
SELECT replace(trim(CID), '-', '') AS cid,
       CASE WHEN trim(CNTRY) = 'DE' THEN 'Germany' WHEN trim(CNTRY) IN ('US', 'USA') THEN 'United States'
            WHEN coalesce(trim(CNTRY), '') = '' THEN 'n/a' ELSE trim(CNTRY) END AS country
FROM b_loc;
CREATE TABLE s_cat AS SELECT trim(ID) AS id, trim(CAT) AS cat, trim(SUBCAT) AS subcat, trim(MAINTENANCE) AS maintenance FROM b_cat;

-- stage: publish
CREATE TABLE customers AS
SELECT row_number() OVER (ORDER BY c.cst_id) AS customer_key, c.*, coalesce(l.country, 'n/a') AS country, e.bdate,
       CASE WHEN c.gender <> 'n/a' THEN c.gender ELSE coalesce(e.gen, 'n/a') END AS joined_gender
FROM s_cust AS c LEFT JOIN s_az12 AS e ON e.cid = c.cst_key LEFT JOIN s_loc AS l ON l.cid = c.cst_key;
CREATE TABLE products AS
SELECT row_number() OVER (ORDER BY p.product_number) AS product_key, p.*, c.cat, c.subcat, c.maintenance
FROM s_prd AS p LEFT JOIN s_cat AS c ON c.id = p.category_id WHERE p.end_date IS NULL;
CREATE TABLE sales AS
SELECT d.*, coalesce(p.product_key, 0) AS product_key, coalesce(c.customer_key, 0) AS customer_key,
       coalesce(v.cost, p.cost) AS cost, d.sales - d.quantity * coalesce(v.cost, p.cost) AS profit
FROM s_sales AS d
LEFT JOIN products AS p ON p.product_number = d.product_number
LEFT JOIN customers AS c ON c.cst_id = d.customer_id
LEFT JOIN (
    SELECT product_number, cost, CASE WHEN version_number = 1 THEN DATE '0001-01-01' ELSE start_date END AS valid_from,
           coalesce(end_date, DATE '9999-12-31') AS valid_to
    FROM s_prd
) AS v ON v.product_number = d.product_number
      AND coalesce(d.order_date, DATE '9999-12-31') BETWEEN v.valid_from AND v.valid_to;

-- stage: reports
SELECT product_key, count(DISTINCT order_number), sum(sales), sum(quantity), count(DISTINCT customer_key), avg(sales / nullif(quantity, 0))
FROM sales WHERE order_date IS NOT NULL GROUP BY product_key;
SELECT customer_key, count(DISTINCT order_number), sum(sales), sum(quantity), count(DISTINCT product_key)
FROM sales WHERE order_date IS NOT NULL GROUP BY customer_key;
SELECT order_date, count(DISTINCT order_number), count(DISTINCT customer_key), sum(quantity), sum(sales), sum(profit)
FROM sales WHERE order_date IS NOT NULL GROUP BY order_date;
