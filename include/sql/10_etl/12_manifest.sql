/*
Purpose: row counts, size and SHA-256 of each file of a batch, from the manifest registered last. After a repeated run
         these may differ from the files that the batch was published from (etl.published_file).
Grain:   batch and source table. rows_read = rows_written + rows_rejected; blank lines are not rows.
Columns: batch_id             batch that the file was registered for
         source_table         table that the file belongs to
         source_file          file below the drop
         landing_file         copy below the landing folder
         rows_read            data rows of the file, rejected ones included
         rows_written         rows of the copy
         rows_rejected        rows that staging rejected
         blank_lines          lines without a row
         replaced_characters  tabs and carriage returns within fields, which became blanks
         invisible_ends       values that begin or end with an invisible character, which silver removes
         open_lines           1 if the last line has no line break at its end, else 0
         bytes                size of the file
         sha256               SHA-256 of the file, in hexadecimal
         landing_bytes        size of the copy; NULL in batches that an earlier version registered
         landing_sha256       SHA-256 of the copy, in hexadecimal
*/
IF OBJECT_ID(N'etl.manifest', N'U') IS NULL
    CREATE TABLE etl.manifest
    (
        batch_id INT NOT NULL,
        source_table NVARCHAR(50) NOT NULL,
        source_file NVARCHAR(260) NOT NULL,
        landing_file NVARCHAR(260) NOT NULL,
        rows_read INT NOT NULL,
        rows_written INT NOT NULL,
        rows_rejected INT NOT NULL,
        blank_lines INT NOT NULL,
        replaced_characters INT NOT NULL,
        invisible_ends INT NOT NULL CONSTRAINT df_manifest_invisible_ends DEFAULT 0,
        open_lines INT NOT NULL CONSTRAINT df_manifest_open_lines DEFAULT 0,
        bytes BIGINT NOT NULL,
        sha256 NVARCHAR(64) NOT NULL,
        landing_bytes BIGINT NULL,
        landing_sha256 NVARCHAR(64) NULL,
        CONSTRAINT pk_manifest PRIMARY KEY (batch_id, source_table)
    );
GO
