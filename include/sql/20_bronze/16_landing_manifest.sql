/*
Purpose: manifest.txt of the landing folder registered last: a row a file. etl.manifest keeps those of all batches.
         Not a temporary table, because Azure SQL does not allow bulk loads into one.
Grain:   source table.
*/
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
    invisible_ends INT NULL,
    bytes BIGINT NULL,
    sha256 NVARCHAR(64) NULL
);
GO
