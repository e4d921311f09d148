/*
Purpose: whether the last line of each file ended with a line break, by which a load notices a file cut within it.
*/
IF COL_LENGTH(N'etl.manifest', N'open_lines') IS NULL
    ALTER TABLE etl.manifest ADD
    open_lines INT NOT NULL CONSTRAINT df_manifest_open_lines DEFAULT 0;
GO
