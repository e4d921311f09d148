/*
Purpose: the batch that gold shows: the one published last. Its business date is "now" in the reports.
Grain:   one row, none before the first publish.
*/
CREATE OR ALTER VIEW gold.current_batch
AS
SELECT TOP (1)
    batch_id,
    run_id,
    business_date,
    published_at
FROM etl.batch
WHERE published_at IS NOT NULL
ORDER BY published_at DESC, batch_id DESC;
GO
