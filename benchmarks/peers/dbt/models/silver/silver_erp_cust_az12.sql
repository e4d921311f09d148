WITH trimmed AS (
    SELECT {{ clean('CID') }} AS cid, {{ clean('BDATE') }} AS bdate, {{ clean('GEN') }} AS gen, rowid + 2 AS source_line
    FROM {{ ref('bronze_erp_cust_az12') }}
),
converted AS (
    SELECT *, {{ capitals('cid') }} AS capitals, {{ iso_date('bdate') }} AS birthdate
    FROM trimmed
),
undashed AS (
    SELECT *, {{ clean("replace(regexp_replace(capitals, '^NAS', ''), '-', '')") }} AS customer_number
    FROM converted
),
judged AS (
    SELECT
        customer_number,
        birthdate,
        CASE
            WHEN {{ capitals('gen') }} IN ('F', 'FEMALE') THEN 'Female'
            WHEN {{ capitals('gen') }} IN ('M', 'MALE') THEN 'Male'
            ELSE 'n/a'
        END AS gender,
        source_line,
        CASE
            WHEN customer_number IS NULL OR {{ too_long('cid') }} THEN 'CID'
            WHEN bdate IS NOT NULL AND birthdate IS NULL THEN 'BDATE'
            WHEN {{ too_long('gen') }} THEN 'GEN'
        END AS rejected_for
    FROM undashed
)
SELECT *, {{ is_latest('customer_number') }} AS is_loaded
FROM judged
