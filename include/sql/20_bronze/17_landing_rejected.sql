/*
Purpose: rejected.txt of the landing folder registered last. etl.rejected_row keeps those of all batches.
         Not a temporary table, because Azure SQL does not allow bulk loads into one.
Grain:   reason to reject a line of a file.
Columns: source_table  table that the row belongs to
         source_file   file below the drop
         source_line   line of the file; the header is line 1
         column_name   column that failed; NULL if the line as a whole did
         reason        why the row was rejected
         raw_row       the row as it stood in the file
*/
CREATE TABLE bronze.landing_rejected
(
    source_table NVARCHAR(50) NULL,
    source_file NVARCHAR(260) NULL,
    source_line INT NULL,
    column_name NVARCHAR(128) NULL,
    reason NVARCHAR(4000) NULL,
    raw_row NVARCHAR(4000) NULL
);
GO
