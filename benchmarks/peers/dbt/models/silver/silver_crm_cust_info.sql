WITH trimmed AS (
    SELECT
        {{ clean('cst_id') }} AS cst_id,
        {{ clean('cst_key') }} AS cst_key,
        {{ clean('cst_firstname') }} AS cst_firstname,
        {{ clean('cst_lastname') }} AS cst_lastname,
        {{ clean('cst_marital_status') }} AS cst_marital_status,
        {{ clean('cst_gndr') }} AS cst_gndr,
        {{ clean('cst_create_date') }} AS cst_create_date,
        rowid + 2 AS source_line
    FROM {{ ref('bronze_crm_cust_info') }}
),
converted AS (
    SELECT *, {{ whole('cst_id') }} AS customer_id, {{ iso_date('cst_create_date') }} AS create_date
    FROM trimmed
),
judged AS (
    SELECT
        customer_id,
        {{ capitals('cst_key') }} AS customer_number,
        cst_firstname AS first_name,
        cst_lastname AS last_name,
        CASE {{ capitals('cst_marital_status') }} WHEN 'S' THEN 'Single' WHEN 'M' THEN 'Married' ELSE 'n/a' END AS marital_status,
        CASE {{ capitals('cst_gndr') }} WHEN 'F' THEN 'Female' WHEN 'M' THEN 'Male' ELSE 'n/a' END AS gender,
        create_date,
        source_line,
        CASE
            WHEN customer_id IS NULL THEN 'cst_id'
            WHEN {{ too_long('cst_key') }} THEN 'cst_key'
            WHEN {{ too_long('cst_firstname') }} THEN 'cst_firstname'
            WHEN {{ too_long('cst_lastname') }} THEN 'cst_lastname'
            WHEN {{ too_long('cst_marital_status') }} THEN 'cst_marital_status'
            WHEN {{ too_long('cst_gndr') }} THEN 'cst_gndr'
            WHEN cst_create_date IS NOT NULL AND create_date IS NULL THEN 'cst_create_date'
        END AS rejected_for
    FROM converted
)
SELECT *, {{ is_latest('customer_id', 'create_date DESC NULLS LAST, source_line DESC') }} AS is_loaded
FROM judged
