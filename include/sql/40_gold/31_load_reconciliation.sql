/*
Purpose: the account of each file's rows: unaccounted_rows = file_rows - loaded - superseded - rejected, must be 0.
Grain:   batch and source table. A count is NULL until its step has succeeded.
Columns: source_table      table that the file belongs to
         file_rows         data rows of the file
         staged_rows       rows of staging's copy
         bronze_rows       rows of the bronze table
         loaded_rows       rows of the cleansed table
         superseded_rows   good rows that lost against another row with their key
         rejected_rows     rows that staging or silver rejected
         unaccounted_rows  rows that none of these counts has; must be 0
*/
CREATE OR ALTER VIEW gold.load_reconciliation
AS
WITH ranked_steps AS (
    SELECT
        batch_id,
        step_name,
        rows_inserted,
        rows_superseded,
        rows_rejected,
        ROW_NUMBER() OVER (PARTITION BY batch_id, step_name ORDER BY step_id DESC) AS call_rank
    FROM etl.step
    WHERE status = N'succeeded'
)

SELECT
    m.batch_id,
    m.source_table,
    m.rows_read AS file_rows,
    m.rows_written AS staged_rows,
    b.rows_inserted AS bronze_rows,
    s.rows_inserted AS loaded_rows,
    s.rows_superseded AS superseded_rows,
    m.rows_rejected + s.rows_rejected AS rejected_rows,
    m.rows_read - s.rows_inserted - s.rows_superseded - m.rows_rejected - s.rows_rejected AS unaccounted_rows
FROM etl.manifest AS m
LEFT JOIN ranked_steps AS b
    ON
        m.batch_id = b.batch_id
        AND b.step_name = CONCAT(N'bronze.load_', m.source_table)
        AND b.call_rank = 1
LEFT JOIN ranked_steps AS s
    ON
        m.batch_id = s.batch_id
        AND s.step_name = CONCAT(N'silver.load_', m.source_table)
        AND s.call_rank = 1;
GO
