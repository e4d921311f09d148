/*
Purpose: row counts, size and SHA-256 of each file of a batch, from the manifest registered last. After a repeated run
         these may differ from the files that the batch was published from (etl.published_file).
         bytes and sha256 are the source file's, landing_bytes and landing_sha256 those of the copy that SQL Server
         loads (NULL in batches that an earlier version registered).
         replaced_characters: tabs and carriage returns within fields, which became blanks. invisible_ends: values that
         begin or end with an invisible character other than a blank; silver removes it (silver.trimmed_characters).
Grain:   batch and source table. rows_read = rows_written + rows_rejected; blank lines are not rows.
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
        bytes BIGINT NOT NULL,
        sha256 NVARCHAR(64) NOT NULL,
        landing_bytes BIGINT NULL,
        landing_sha256 NVARCHAR(64) NULL,
        CONSTRAINT pk_manifest PRIMARY KEY (batch_id, source_table)
    );
GO
