/*
Purpose: what the quality checks of each publish found, including publishes that were rolled back.
Grain:   publish, check and subject. is_latest = 1: found by the last publish of the batch.
Columns: is_latest  1: found by the last publish of the batch
*/
CREATE OR ALTER VIEW gold.quality_results
AS
SELECT
    batch_id,
    check_name,
    subject,
    severity,
    passed,
    waived,
    observed,
    observed_of,
    expected,
    expected_of,
    checked_at,
    CASE WHEN checked_at = MAX(checked_at) OVER (PARTITION BY batch_id) THEN 1 ELSE 0 END AS is_latest
FROM etl.quality_result;
GO
