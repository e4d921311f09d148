/*
Purpose: what the checks of each publish found, rolled back ones included.
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
