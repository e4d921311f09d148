/*
Purpose: checksums.txt of the landing folder registered last: size and SHA-256 of the other files that staging
         wrote. etl.manifest keeps those of the files that are loaded into bronze.
         Not a temporary table, because Azure SQL does not allow bulk loads into one.
Grain:   file of the landing folder.
Columns: landing_file  file of the landing folder
         bytes         its size
         sha256        its SHA-256, in hexadecimal
*/
CREATE TABLE bronze.landing_checksum
(
    landing_file NVARCHAR(260) NULL,
    bytes BIGINT NULL,
    sha256 NVARCHAR(64) NULL
);
GO
