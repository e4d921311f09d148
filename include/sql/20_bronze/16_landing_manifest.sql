/*
Purpose: manifest.txt of the landing folder registered last: what staging says of each file. etl.manifest keeps all.
         Not a temporary table: on Azure SQL nobody may bulk load into one.
Grain:   source table.
*/
IF OBJECT_ID(N'bronze.landing_manifest', N'U') IS NULL
    CREATE TABLE bronze.landing_manifest
    (
        source_table NVARCHAR(50) NULL,
        source_file NVARCHAR(260) NULL,
        landing_file NVARCHAR(260) NULL,
        rows_read INT NULL,
        rows_written INT NULL,
        rows_rejected INT NULL,
        blank_lines INT NULL,
        replaced_characters INT NULL,
        bytes BIGINT NULL,
        sha256 NVARCHAR(64) NULL
    );
GO
