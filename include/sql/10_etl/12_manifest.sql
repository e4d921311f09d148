/*
Purpose: what staging found in each file of a batch, as the manifest registered last says. Of a batch that was published
         and run again since, those need not be the files it was published from: etl.published_file.
         bytes and sha256 are the source file's, landing_bytes and landing_sha256 those of the copy that SQL Server
         loads (NULL in batches registered before they were kept).
Grain:   batch and source table. rows_read = rows_written + rows_rejected; blank lines are no rows.
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
        bytes BIGINT NOT NULL,
        sha256 NVARCHAR(64) NOT NULL,
        CONSTRAINT pk_manifest PRIMARY KEY (batch_id, source_table)
    );
GO

-- Columns added later; a table that exists gets them, too.
IF COL_LENGTH(N'etl.manifest', N'landing_sha256') IS NULL
    ALTER TABLE etl.manifest ADD
    landing_bytes BIGINT NULL,
    landing_sha256 NVARCHAR(64) NULL;
GO
