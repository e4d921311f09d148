/*
Purpose: the rows that were not loaded, with file, line, column and reason.
Grain:   rejected row.
*/
CREATE OR ALTER VIEW gold.rejected_rows
AS
SELECT
    batch_id,
    source_table,
    source_file,
    source_line,
    column_name,
    reason,
    raw_row
FROM etl.rejected_row;
GO
