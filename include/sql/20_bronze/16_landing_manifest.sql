/*
Purpose: manifest.txt of the landing folder registered last: a row a file. etl.manifest keeps those of all batches.
         Not a temporary table, because Azure SQL does not allow bulk loads into one.
Grain:   source table.
Columns: source_table         table that the file belongs to
         source_file          file below the drop
         landing_file         copy below the landing folder
         rows_read            data rows of the file, rejected ones included
         rows_written         rows of the copy
         rows_rejected        rows that staging rejected
         blank_lines          lines without a row
         replaced_characters  tabs and carriage returns within fields
         invisible_ends       values with an invisible character at an end
         open_lines           1 if the last line has no line break at its end
         bytes                size of the file
         sha256               SHA-256 of the file, in hexadecimal
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
    open_lines INT NULL,
    bytes BIGINT NULL,
    sha256 NVARCHAR(64) NULL
);
GO
