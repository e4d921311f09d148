/*
Purpose: every row of a drop that was not loaded, with file, line, column and reason.
         Clustered by batch and table, so that parallel loads do not wait for each other's rows.
         SQL Server escalates more than 5000 row locks of one load to a lock of the table. The other loads then wait
         for its commit, which is the next statement. Without escalation, a faulty file would hold a lock for each row.
Grain:   rejected row. found_by is staging (the line is broken) or silver (a value does not convert).
Columns: rejected_row_id  number of the rejected row
         batch_id         batch that rejected the row
         found_by         staging or silver
         source_table     table that the row belongs to
         source_file      file below the drop
         source_line      line of the file; the header is line 1
         column_name      column that failed; NULL if the line as a whole did
         reason           why the row was rejected
         raw_row          the row as it stood in the file, up to 4,000 characters
*/
IF OBJECT_ID(N'etl.rejected_row', N'U') IS NULL
    CREATE TABLE etl.rejected_row
    (
        rejected_row_id INT IDENTITY (1, 1) NOT NULL,
        batch_id INT NOT NULL,
        found_by NVARCHAR(10) NOT NULL,
        source_table NVARCHAR(50) NOT NULL,
        source_file NVARCHAR(260) NOT NULL,
        source_line INT NOT NULL,
        column_name NVARCHAR(128) NULL,
        reason NVARCHAR(4000) NOT NULL,
        raw_row NVARCHAR(4000) NULL,
        CONSTRAINT pk_rejected_row PRIMARY KEY (batch_id, source_table, rejected_row_id),
        CONSTRAINT ck_rejected_row_found_by CHECK (found_by IN (N'staging', N'silver'))
    );
GO
