/*
Purpose: the customer dimension. Customers that left the drops stay, with in_source = 0.
Grain:   customer; customer_key 0 is the unknown member.
*/
CREATE OR ALTER VIEW gold.dim_customers
AS
SELECT
    customer_key,
    customer_id,
    customer_number,
    first_name,
    last_name,
    country,
    marital_status,
    gender,
    birthdate,
    create_date,
    in_source
FROM silver.customers;
GO
