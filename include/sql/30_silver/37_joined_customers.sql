/*
Purpose: the customers of the cleansed tables, CRM and ERP joined. Gender: the CRM is the master, the ERP fills its n/a.
Grain:   customer of the drop; silver.customers takes them.
Columns: birthdate  birth date
*/
CREATE OR ALTER VIEW silver.joined_customers
AS
SELECT
    c.cst_id AS customer_id,
    c.cst_key AS customer_number,
    c.cst_firstname AS first_name,
    c.cst_lastname AS last_name,
    COALESCE(s.spelling, l.cntry, N'n/a') AS country,
    c.cst_marital_status AS marital_status,
    CASE WHEN c.cst_gndr <> N'n/a' THEN c.cst_gndr ELSE COALESCE(e.gen, N'n/a') END AS gender,
    e.bdate AS birthdate,
    c.cst_create_date AS create_date
FROM silver.crm_cust_info AS c
LEFT JOIN silver.erp_cust_az12 AS e
    ON c.cst_key = e.cid
LEFT JOIN silver.erp_loc_a101 AS l
    ON c.cst_key = l.cid
LEFT JOIN silver.spellings AS s
    ON
        s.column_name = N'country'
        AND l.cntry COLLATE Latin1_General_100_BIN2 = s.written;
GO
