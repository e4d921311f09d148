/*
Purpose: the batch that gold shows: the latest published batch that is neither history nor withdrawn. Its business date
         is "now" in the reports.
Grain:   one row; no row before the first publish, and none if every batch was withdrawn.
Columns: published_at  time from which gold shows the batch, UTC
*/
CREATE OR ALTER VIEW gold.current_batch
AS
SELECT TOP (1)
    batch_id,
    run_id,
    business_date,
    shown_at AS published_at
FROM etl.batch
WHERE
    shown_at IS NOT NULL
    AND withdrawn_at IS NULL
ORDER BY shown_at DESC, batch_id DESC;
GO
