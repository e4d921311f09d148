/*
Purpose: the batches, with drop, business date, status and result.
Grain:   batch.
*/
CREATE OR ALTER VIEW gold.load_batches
AS
SELECT
    batch_id,
    run_id,
    business_date,
    source_dir,
    landing_dir,
    is_replay,
    is_history,
    same_drop,
    reject_limit,
    status,
    opened_at,
    published_at,
    shown_at,
    closed_at,
    restated_cost,
    rejects_accepted,
    rejects_accepted_by,
    rejects_accepted_at,
    rejects_note,
    withdrawn_at,
    withdrawn_reason
FROM etl.batch;
GO
