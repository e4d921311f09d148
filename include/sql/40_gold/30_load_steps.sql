/*
Purpose: the procedure calls of each batch, with row counts, times and errors.
Grain:   procedure call.
*/
CREATE OR ALTER VIEW gold.load_steps
AS
SELECT
    batch_id,
    step_name,
    status,
    started_at,
    ended_at,
    rows_read,
    rows_inserted,
    rows_updated,
    rows_superseded,
    rows_rejected,
    error_number,
    error_message
FROM etl.step;
GO
