/*
Purpose: the findings of the gold checks of each publish, including publishes that were rolled back.
Grain:   publish and check.
*/
CREATE OR ALTER VIEW gold.quality_results
AS
SELECT
    batch_id,
    check_name,
    severity,
    passed,
    observed,
    expected,
    checked_at
FROM etl.quality_result;
GO
