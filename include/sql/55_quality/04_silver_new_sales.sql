/*
Purpose: the order lines of the drop that no drop before it had: what the quality rules count, and take their examples
         from. A fault in the rows of the last days alone is too small a share of a full extract to be seen there.
Grain:   order line of silver.crm_sales_details that silver.sales lacks; none if gold shows no sales.
Columns: order_number    number of the order
         product_number  number of the product
         sales_amount    amount of the line
         order_date      day of the order
         old_order_date  last order date of the published lines of the order, if it is another day
         is_old          1 if the order was placed more than 31 days before the business date that gold shows
         is_repeated     1 if another new line has the same product, customer, date, quantity and price
*/
CREATE OR ALTER VIEW silver.new_sales
AS
WITH new_lines AS (
    SELECT
        n.sls_ord_num,
        n.sls_prd_key,
        n.sls_cust_id,
        n.sls_order_dt,
        n.sls_sales,
        n.sls_quantity,
        n.sls_price
    FROM silver.crm_sales_details AS n
    LEFT JOIN silver.sales AS t
        ON
            n.sls_ord_num = t.order_number
            AND n.sls_prd_key = t.product_number
    WHERE
        t.order_number IS NULL
        AND EXISTS (
            SELECT 1 FROM silver.sales AS p
            WHERE p.in_source = 1
        )
),

published_orders AS (
    SELECT
        t.order_number,
        MAX(t.order_date) AS order_date
    FROM silver.sales AS t
    WHERE t.order_number IN (SELECT n.sls_ord_num FROM new_lines AS n)
    GROUP BY t.order_number
)

SELECT
    n.sls_ord_num AS order_number,
    n.sls_prd_key AS product_number,
    n.sls_sales AS sales_amount,
    n.sls_order_dt AS order_date,
    CASE WHEN o.order_date <> n.sls_order_dt THEN o.order_date END AS old_order_date,
    CASE WHEN n.sls_order_dt < DATEADD(DAY, -31, b.business_date) THEN 1 END AS is_old,
    CASE
        WHEN
            COUNT_BIG(*) OVER (
                PARTITION BY n.sls_prd_key, n.sls_cust_id, n.sls_order_dt, n.sls_quantity, n.sls_price
            ) > 1
            THEN 1
    END AS is_repeated
FROM new_lines AS n
LEFT JOIN published_orders AS o
    ON n.sls_ord_num = o.order_number
LEFT JOIN gold.current_batch AS b
    ON 1 = 1;
GO
