/*
Purpose: the order lines that gold shows until the publish, beside those of the drop: what the quality rules count, and
         take their examples from. A value that was missing, or is missing now, has not changed.
Grain:   order line of silver.sales with in_source = 1. A column with old_ holds the published value if the drop has
         another, else NULL; the column without it holds the value of the drop.
Columns: row_name           the order line, as a finding names it
         kept               order_number; NULL if the line has left the drop
         old_customer_id    published customer_id that has changed
         customer_id        number of the customer in the CRM
         old_order_date     published order_date that has changed
         old_shipping_date  published shipping_date that has changed
         old_due_date       published due_date that has changed
         old_sales_amount   published sales_amount that has changed
         old_quantity       published quantity that has changed
         old_price          published price that has changed
*/
CREATE OR ALTER VIEW silver.compared_sales
AS
SELECT
    CONCAT(N'order ' COLLATE Latin1_General_100_BIN2, t.order_number, N' of ', t.product_number) AS row_name,
    s.sls_ord_num AS kept,
    CASE WHEN c.customer_id <> n.cst_id THEN c.customer_id END AS old_customer_id,
    n.cst_id AS customer_id,
    CASE WHEN t.order_date <> s.sls_order_dt THEN t.order_date END AS old_order_date,
    s.sls_order_dt AS order_date,
    CASE WHEN t.shipping_date <> s.sls_ship_dt THEN t.shipping_date END AS old_shipping_date,
    s.sls_ship_dt AS shipping_date,
    CASE WHEN t.due_date <> s.sls_due_dt THEN t.due_date END AS old_due_date,
    s.sls_due_dt AS due_date,
    CASE WHEN t.sales_amount <> s.sls_sales THEN t.sales_amount END AS old_sales_amount,
    s.sls_sales AS sales_amount,
    CASE WHEN t.quantity <> s.sls_quantity THEN t.quantity END AS old_quantity,
    s.sls_quantity AS quantity,
    CASE WHEN t.price <> s.sls_price THEN t.price END AS old_price,
    s.sls_price AS price
FROM silver.sales AS t
LEFT JOIN silver.crm_sales_details AS s
    ON
        t.order_number = s.sls_ord_num
        AND t.product_number = s.sls_prd_key
LEFT JOIN silver.customers AS c
    ON t.customer_key = c.customer_key
LEFT JOIN silver.crm_cust_info AS n
    ON s.sls_cust_id = n.cst_id
WHERE t.in_source = 1;
GO
