/*
Purpose: the customers that gold shows until the publish, beside those of the drop: what the quality rules count, and
         take their examples from. A value that was missing, or is missing now, has not changed. Names are compared by
         code point, because a change of case is shown; countries are not (silver.load_spellings).
Grain:   customer of silver.customers with in_source = 1. A column with old_ holds the published value if the drop has
         another, else NULL; the column without it holds the value of the drop.
Columns: row_name             the customer, as a finding names it
         kept                 customer_id; NULL if the customer has left the drop
         old_customer_number  published customer_number that has changed
         old_first_name       published first_name that has changed
         old_last_name        published last_name that has changed
         old_country          published country that has changed
         old_marital_status   published marital_status that has changed
         old_gender           published gender that has changed
         old_birthdate        published birthdate that has changed
         old_create_date      published create_date that has changed
*/
CREATE OR ALTER VIEW silver.compared_customers
AS
SELECT
    CONCAT(N'customer ' COLLATE Latin1_General_100_BIN2, t.customer_id) AS row_name,
    s.customer_id AS kept,
    CASE WHEN t.customer_number <> s.customer_number THEN t.customer_number END AS old_customer_number,
    s.customer_number,
    CASE WHEN t.first_name COLLATE Latin1_General_100_BIN2 <> s.first_name THEN t.first_name END AS old_first_name,
    s.first_name,
    CASE WHEN t.last_name COLLATE Latin1_General_100_BIN2 <> s.last_name THEN t.last_name END AS old_last_name,
    s.last_name,
    CASE WHEN t.country <> s.country AND N'n/a' NOT IN (t.country, s.country) THEN t.country END AS old_country,
    s.country,
    CASE
        WHEN
            t.marital_status COLLATE Latin1_General_100_BIN2 <> s.marital_status
            AND N'n/a' NOT IN (t.marital_status COLLATE Latin1_General_100_BIN2, s.marital_status)
            THEN t.marital_status
    END AS old_marital_status,
    s.marital_status,
    CASE
        WHEN
            t.gender COLLATE Latin1_General_100_BIN2 <> s.gender
            AND N'n/a' NOT IN (t.gender COLLATE Latin1_General_100_BIN2, s.gender)
            THEN t.gender
    END AS old_gender,
    s.gender,
    CASE WHEN t.birthdate <> s.birthdate THEN t.birthdate END AS old_birthdate,
    s.birthdate,
    CASE WHEN t.create_date <> s.create_date THEN t.create_date END AS old_create_date,
    s.create_date
FROM silver.customers AS t
LEFT JOIN silver.joined_customers AS s
    ON t.customer_id = s.customer_id
WHERE t.in_source = 1;
GO
