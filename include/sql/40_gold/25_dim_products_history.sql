/*
Purpose: the product dimension with its history: name, category, line and cost as they were.
Grain:   version of a product; product_version_key 0 is the unknown member. The versions of a product follow each other
         without gap: valid_to is the day before the next one, 9999-12-31 if there is none; the first begins on
         0001-01-01. start_date is the CRM's. A version that the CRM has purged stays (in_source = 0); one that it has
         taken back, although it still delivers an earlier one, is left out.
Columns: version_number  number of the version among those of its member, from 1
         valid_from      first day of the version; 0001-01-01 for the first one
         valid_to        last day of the version; 9999-12-31 for the last one
         is_current      1 for the last version
         in_source       1: the last drop with the product has the CRM's version
*/
CREATE OR ALTER VIEW gold.dim_products_history
AS
WITH delivered AS (
    SELECT
        *,
        MIN(CASE WHEN in_source = 1 THEN COALESCE(start_date, CAST('00010101' AS DATE)) END)
            OVER (PARTITION BY product_key) AS first_start
    FROM silver.product_versions
    WHERE is_void = 0
),

-- A version ends before any that follows it begins, so a change that came after the next version's start never held.
ordered AS (
    SELECT
        *,
        MIN(valid_from) OVER (
            PARTITION BY product_key
            ORDER BY start_date, valid_from
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_from
    FROM delivered
    WHERE
        in_source = 1
        OR first_start IS NULL
        OR start_date < first_start
),

versions AS (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY product_key ORDER BY valid_from) AS version_number
    FROM ordered
    WHERE
        next_from IS NULL
        OR valid_from < next_from
)

SELECT
    v.product_version_key,
    v.product_key,
    v.product_id,
    p.product_number,
    v.product_name,
    v.category_id,
    v.category,
    v.subcategory,
    v.maintenance,
    v.cost,
    v.product_line,
    v.start_date,
    v.version_number,
    CASE WHEN v.version_number = 1 THEN CAST('00010101' AS DATE) ELSE v.valid_from END AS valid_from,
    COALESCE(
        -- The server may compute a day before it filters the rows.
        CASE WHEN v.next_from > CAST('00010101' AS DATE) THEN DATEADD(DAY, -1, v.next_from) END,
        CAST('99991231' AS DATE)
    ) AS valid_to,
    CAST(CASE WHEN v.next_from IS NULL THEN 1 ELSE 0 END AS BIT) AS is_current,
    v.in_source
FROM versions AS v
INNER JOIN silver.products AS p
    ON v.product_key = p.product_key;
GO
