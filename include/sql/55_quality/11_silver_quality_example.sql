/*
Purpose: a row of those that each rule of silver.quality_check found: etl.check_quality names it in the finding of a
         deviation, and reads this view on no other day. Of the rows it is the first by code point.
Grain:   check and subject of silver.quality_check, if rows were found of which one can be named.
Columns: check_name  name of the rule
         subject     file, column or dimension, if the rule measures several
         example     the row: its key, and of a changed value the published one and that of the drop
*/
CREATE OR ALTER VIEW silver.quality_example
AS
WITH found AS (
    SELECT
        N'few customers lack their row of the ERP' AS check_name,
        N'erp_cust_az12' AS subject,
        CONCAT(N'customer ' COLLATE Latin1_General_100_BIN2, c.cst_id) AS example
    FROM silver.crm_cust_info AS c
    LEFT JOIN silver.erp_cust_az12 AS e
        ON c.cst_key = e.cid
    WHERE e.cid IS NULL

    UNION ALL

    SELECT
        N'few customers lack their row of the ERP' AS check_name,
        N'erp_loc_a101' AS subject,
        CONCAT(N'customer ' COLLATE Latin1_General_100_BIN2, c.cst_id) AS example
    FROM silver.crm_cust_info AS c
    LEFT JOIN silver.erp_loc_a101 AS l
        ON c.cst_key = l.cid
    WHERE l.cid IS NULL

    UNION ALL

    SELECT
        N'few rows have a country or category that is new' AS check_name,
        N'country' AS subject,
        CONCAT(N'customer ' COLLATE Latin1_General_100_BIN2, c.cst_id, N': ', l.cntry) AS example
    FROM silver.crm_cust_info AS c
    INNER JOIN silver.erp_loc_a101 AS l
        ON c.cst_key = l.cid
    WHERE
        l.cntry COLLATE Latin1_General_100_BIN2 <> N'n/a'
        AND NOT EXISTS (
            SELECT 1 FROM silver.customers AS t
            WHERE t.country = l.cntry
        )

    UNION ALL

    SELECT
        N'few rows have a country or category that is new' AS check_name,
        N'category' AS subject,
        CONCAT(N'product ' COLLATE Latin1_General_100_BIN2, p.product_number, N': ', c.cat) AS example
    FROM silver.crm_prd_info AS p
    INNER JOIN silver.erp_px_cat_g1v2 AS c
        ON p.category_id = c.id
    WHERE
        c.cat IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM silver.products AS t
            WHERE t.category = c.cat
        )

    UNION ALL

    SELECT
        N'few products lack their category' AS check_name,
        N'' AS subject,
        CONCAT(N'product ' COLLATE Latin1_General_100_BIN2, p.product_number, N': ', p.category_id) AS example
    FROM silver.crm_prd_info AS p
    LEFT JOIN silver.erp_px_cat_g1v2 AS c
        ON p.category_id = c.id
    WHERE c.cat IS NULL

    UNION ALL

    SELECT
        N'few locations lack their customer' AS check_name,
        N'' AS subject,
        l.cid AS example
    FROM silver.erp_loc_a101 AS l
    LEFT JOIN silver.crm_cust_info AS c
        ON l.cid = c.cst_key
    WHERE c.cst_key IS NULL

    UNION ALL

    SELECT
        N'few rows have left the drop' AS check_name,
        N'customers' AS subject,
        row_name AS example
    FROM silver.compared_customers
    WHERE kept IS NULL

    UNION ALL

    SELECT
        N'few rows have left the drop' AS check_name,
        N'products' AS subject,
        row_name AS example
    FROM silver.compared_products
    WHERE kept IS NULL

    UNION ALL

    SELECT
        N'few order lines have left the drop' AS check_name,
        N'' AS subject,
        row_name AS example
    FROM silver.compared_sales
    WHERE kept IS NULL

    UNION ALL

    SELECT
        N'no customer id was given to another customer' AS check_name,
        N'' AS subject,
        CONCAT(row_name, N': ' COLLATE Latin1_General_100_BIN2, old_last_name, N' → ', last_name) AS example
    FROM silver.compared_customers
    WHERE
        old_first_name IS NOT NULL
        AND old_last_name IS NOT NULL
        AND old_create_date IS NOT NULL

    UNION ALL

    SELECT
        N'few published values have changed' AS check_name,
        v.subject,
        CONCAT(t.row_name, N': ' COLLATE Latin1_General_100_BIN2, v.old_value, N' → ', v.new_value) AS example
    FROM silver.compared_customers AS t
    CROSS APPLY (
        VALUES
        -- The columns have several collations: the one that is named holds for all rows.
        (
            N'dim_customers.customer_number',
            t.old_customer_number COLLATE Latin1_General_100_BIN2, t.customer_number COLLATE Latin1_General_100_BIN2
        ),
        (N'dim_customers.first_name', t.old_first_name, t.first_name),
        (N'dim_customers.last_name', t.old_last_name, t.last_name),
        (N'dim_customers.country', t.old_country, t.country),
        (N'dim_customers.marital_status', t.old_marital_status, t.marital_status),
        (N'dim_customers.gender', t.old_gender, t.gender),
        (N'dim_customers.birthdate', CAST(t.old_birthdate AS NVARCHAR(10)), CAST(t.birthdate AS NVARCHAR(10))),
        (N'dim_customers.create_date', CAST(t.old_create_date AS NVARCHAR(10)), CAST(t.create_date AS NVARCHAR(10)))
    ) AS v(subject, old_value, new_value)
    WHERE
        v.old_value IS NOT NULL
        -- Few customers have changed: only of these CROSS APPLY makes eight rows.
        AND (
            t.old_customer_number IS NOT NULL
            OR t.old_first_name IS NOT NULL
            OR t.old_last_name IS NOT NULL
            OR t.old_country IS NOT NULL
            OR t.old_marital_status IS NOT NULL
            OR t.old_gender IS NOT NULL
            OR t.old_birthdate IS NOT NULL
            OR t.old_create_date IS NOT NULL
        )

    UNION ALL

    SELECT
        N'few published values have changed' AS check_name,
        v.subject,
        CONCAT(t.row_name, N': ' COLLATE Latin1_General_100_BIN2, v.old_value, N' → ', v.new_value) AS example
    FROM silver.compared_products AS t
    CROSS APPLY (
        VALUES
        (
            N'dim_products.product_name',
            t.old_product_name COLLATE Latin1_General_100_BIN2, t.product_name COLLATE Latin1_General_100_BIN2
        ),
        (N'dim_products.category', t.old_category, t.category),
        (N'dim_products.subcategory', t.old_subcategory, t.subcategory),
        (N'dim_products.maintenance', t.old_maintenance, t.maintenance),
        (N'dim_products.cost', CAST(t.old_cost AS NVARCHAR(11)), CAST(t.cost AS NVARCHAR(11))),
        (N'dim_products.product_line', t.old_product_line, t.product_line),
        (N'dim_products.start_date', t.old_start_date, CAST(t.start_date AS NVARCHAR(10)))
    ) AS v(subject, old_value, new_value)
    WHERE v.old_value IS NOT NULL

    UNION ALL

    SELECT
        N'few published values have changed' AS check_name,
        v.subject,
        CONCAT(t.row_name, N': ' COLLATE Latin1_General_100_BIN2, v.old_value, N' → ', v.new_value) AS example
    FROM silver.compared_sales AS t
    CROSS APPLY (
        VALUES
        (N'fact_sales.customer_key', CAST(t.old_customer_id AS NVARCHAR(11)), CAST(t.customer_id AS NVARCHAR(11))),
        (N'fact_sales.order_date', CAST(t.old_order_date AS NVARCHAR(10)), CAST(t.order_date AS NVARCHAR(10))),
        (N'fact_sales.shipping_date', CAST(t.old_shipping_date AS NVARCHAR(10)), CAST(t.shipping_date AS NVARCHAR(10))),
        (N'fact_sales.due_date', CAST(t.old_due_date AS NVARCHAR(10)), CAST(t.due_date AS NVARCHAR(10))),
        (N'fact_sales.sales_amount', CAST(t.old_sales_amount AS NVARCHAR(11)), CAST(t.sales_amount AS NVARCHAR(11))),
        (N'fact_sales.quantity', CAST(t.old_quantity AS NVARCHAR(11)), CAST(t.quantity AS NVARCHAR(11))),
        (N'fact_sales.price', CAST(t.old_price AS NVARCHAR(11)), CAST(t.price AS NVARCHAR(11)))
    ) AS v(subject, old_value, new_value)
    WHERE
        v.old_value IS NOT NULL
        -- Few lines have changed: only of these CROSS APPLY makes seven rows.
        AND (
            t.old_customer_id IS NOT NULL
            OR t.old_order_date IS NOT NULL
            OR t.old_shipping_date IS NOT NULL
            OR t.old_due_date IS NOT NULL
            OR t.old_sales_amount IS NOT NULL
            OR t.old_quantity IS NOT NULL
            OR t.old_price IS NOT NULL
        )

    UNION ALL

    SELECT
        v.check_name,
        N'' AS subject,
        v.example
    FROM silver.new_sales AS n
    CROSS APPLY (
        VALUES
        (
            N'few new order lines are old',
            CASE
                WHEN n.is_old = 1
                    THEN CONCAT(N'order ' COLLATE Latin1_General_100_BIN2, n.order_number, N': ', n.order_date)
            END
        ),
        (
            N'few new order lines are of an old order',
            CASE
                WHEN n.old_order_date IS NOT NULL
                    THEN CONCAT(
                        N'order ' COLLATE Latin1_General_100_BIN2, n.order_number,
                        N': ', n.old_order_date, N' → ', n.order_date
                    )
            END
        ),
        (
            N'few new order lines repeat another',
            CASE
                WHEN n.is_repeated = 1
                    THEN CONCAT(N'order ' COLLATE Latin1_General_100_BIN2, n.order_number, N' of ', n.product_number)
            END
        )
    ) AS v(check_name, example)
    WHERE v.example IS NOT NULL
)

SELECT
    check_name,
    subject,
    MIN(example COLLATE Latin1_General_100_BIN2) AS example
FROM found
GROUP BY
    check_name,
    subject;
GO
