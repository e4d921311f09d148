WITH trimmed AS (
    SELECT {{ clean('CID') }} AS cid, {{ clean('CNTRY') }} AS cntry, rowid + 2 AS source_line
    FROM {{ ref('bronze_erp_loc_a101') }}
),
undashed AS (
    SELECT *, {{ clean("replace(cid, '-', '')") }} AS number
    FROM trimmed
),
judged AS (
    SELECT
        {{ capitals('number') }} AS customer_number,
        CASE
            WHEN cntry IS NULL OR {{ capitals('cntry') }} = 'N/A' THEN 'n/a'
            WHEN {{ capitals('cntry') }} IN ('DE', 'GERMANY') THEN 'Germany'
            WHEN {{ capitals('cntry') }} IN ('US', 'USA', 'UNITED STATES') THEN 'United States'
            ELSE cntry
        END AS country,
        source_line,
        CASE
            WHEN number IS NULL OR {{ too_long('cid') }} THEN 'CID'
            WHEN {{ too_long('cntry') }} THEN 'CNTRY'
        END AS rejected_for
    FROM undashed
)
SELECT *, {{ is_latest('customer_number') }} AS is_loaded
FROM judged
