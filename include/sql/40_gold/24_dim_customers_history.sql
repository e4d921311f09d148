/*
Purpose: the customer dimension with its history: name, country and marital status as they were. The other columns are
         those of dim_customers, because their changes are corrections.
Grain:   version of a customer; customer_version_key 0 is the unknown member. The versions of a customer follow each
         other without gap: valid_to is the day before the next one, 9999-12-31 if there is none; the first begins on
         0001-01-01. A change holds from the business date of the drop that first had it.
Columns: version_number  number of the version among those of its member, from 1
         valid_from      first day of the version; 0001-01-01 for the first one
         valid_to        last day of the version; 9999-12-31 for the last one
         is_current      1 for the last version
*/
CREATE OR ALTER VIEW gold.dim_customers_history
AS
WITH versions AS (
    SELECT
        customer_version_key,
        customer_key,
        first_name,
        last_name,
        country,
        marital_status,
        valid_from,
        ROW_NUMBER() OVER (PARTITION BY customer_key ORDER BY valid_from) AS version_number,
        LEAD(valid_from) OVER (PARTITION BY customer_key ORDER BY valid_from) AS next_from
    FROM silver.customer_versions
    WHERE is_void = 0
)

SELECT
    v.customer_version_key,
    v.customer_key,
    c.customer_id,
    c.customer_number,
    v.first_name,
    v.last_name,
    v.country,
    v.marital_status,
    c.gender,
    c.birthdate,
    c.create_date,
    v.version_number,
    CASE WHEN v.version_number = 1 THEN CAST('00010101' AS DATE) ELSE v.valid_from END AS valid_from,
    COALESCE(DATEADD(DAY, -1, v.next_from), CAST('99991231' AS DATE)) AS valid_to,
    CAST(CASE WHEN v.next_from IS NULL THEN 1 ELSE 0 END AS BIT) AS is_current,
    c.in_source
FROM versions AS v
INNER JOIN silver.customers AS c
    ON v.customer_key = c.customer_key;
GO
