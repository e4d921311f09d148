/*
Purpose: the rules that batches need not meet, who waived them, when and why.
Grain:   batch and rule.
*/
CREATE OR ALTER VIEW gold.waivers
AS
SELECT
    batch_id,
    check_name,
    waived_by,
    reason,
    waived_at
FROM etl.waiver;
GO
