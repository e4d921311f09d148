/*
Purpose: size and SHA-256 of the landing copies, by which a load notices a file that changed after staging.
*/
IF COL_LENGTH(N'etl.manifest', N'landing_sha256') IS NULL
    ALTER TABLE etl.manifest ADD
    landing_bytes BIGINT NULL,
    landing_sha256 NVARCHAR(64) NULL;
GO
