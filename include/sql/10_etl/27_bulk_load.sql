/*
Purpose:    the one BULK INSERT of the warehouse. BULK INSERT takes its path as a literal only, hence the dynamic SQL.
            Staging wrote the file: UTF-16LE with BOM, a header line, tab between fields, LF after every line.
            The file is read twice: first for its SHA-256, so that nothing is loaded that staging did not write.
Parameters: @target  the table, a constant of the calling procedure, never a user's input
            @path    the file as SQL Server sees it; one that is not absolute is the name of a blob within the external
                     data source landing: Azure SQL has no files of its own
            @sha256, @bytes  what checksums.txt says of the file; NULL for checksums.txt itself
            @rows    how many rows the file has, where that is known: of a file with none, only the SHA-256 is compared
Errors:     50009 the file is missing, cannot be read, or is not what staging wrote
            12703 for a path that is not absolute where there is no such data source, and others of BULK INSERT.
            MAXERRORS = 0 asks for no skipped row; callers count the rows all the same.
Example:    EXEC etl.bulk_load N'bronze.crm_cust_info', N'/landing/1/source_crm/cust_info.txt', N'9f86…', 2048, 12;
*/
CREATE OR ALTER PROCEDURE etl.bulk_load
    @target NVARCHAR(261),
    @path NVARCHAR(661),
    @sha256 NVARCHAR(64) = NULL,
    @bytes BIGINT = NULL,
    @rows INT = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- By code point, because other collations do not find a quote that an accent is combined with.
    DECLARE
        @file NVARCHAR(MAX)
        = CONCAT(N'N''', REPLACE(@path COLLATE Latin1_General_100_BIN2, N'''', N''''''), N'''');
    DECLARE
        @data_source NVARCHAR(100)
        = CASE
            WHEN
                @path COLLATE Latin1_General_100_BIN2 NOT LIKE N'[/\]%'
                AND @path COLLATE Latin1_General_100_BIN2 NOT LIKE N'[A-Za-z]:%'
                THEN N', DATA_SOURCE = ''landing'''
        END;
    DECLARE @sql NVARCHAR(MAX);
    DECLARE @found NVARCHAR(64);
    DECLARE @message NVARCHAR(2048);

    BEGIN TRY
        -- A value of SQL Server ends at 2 GB.
        IF @bytes > 2147483647
            PRINT CONCAT(
                N'Warning: ', @path, N' is larger than 2 GB: its rows are counted, its SHA-256 is not compared.'
            );
        ELSE IF @sha256 IS NOT NULL
            BEGIN
                SET @sql = CONCAT(
                    N'SELECT @found = LOWER(CONVERT(NVARCHAR(64), HASHBYTES(''SHA2_256'', f.BulkColumn), 2)) ',
                    N'FROM OPENROWSET(BULK ', @file, @data_source, N', SINGLE_BLOB) AS f;'
                );
                EXEC sp_executesql @sql, N'@found NVARCHAR(64) OUTPUT', @found = @found OUTPUT;

                IF @found IS NULL OR @found <> @sha256
                    BEGIN
                        SET @message = CONCAT(
                            REPLACE(@path COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                            N' is not what staging wrote: its SHA-256 is ', @found,
                            N', checksums.txt says ', @sha256, N'.', CHAR(10),
                            N'The landing copy is damaged: run staging again.'
                        );
                        THROW 50009, @message, 1;
                    END;
            END;

        IF @rows = 0
            PRINT CONCAT(N'No rows for ', @target, N' in ', @path);
        ELSE
            BEGIN
                PRINT CONCAT(N'BULK INSERT ', @target, N' from ', @path);
                SET @sql = CONCAT(
                    N'BULK INSERT ', @target, N' FROM ', @file, N' WITH (DATAFILETYPE = ''widechar'', FIRSTROW = 2, ',
                    N'FIELDTERMINATOR = ''\t'', ROWTERMINATOR = ''0x0A00'', MAXERRORS = 0, TABLOCK', @data_source, N');'
                );
                EXEC sp_executesql @sql;
            END;
    END TRY
    BEGIN CATCH
        -- What BULK INSERT and OPENROWSET say of files, but for 4834, which is about the caller's rights. TRY sees one
        -- error of several; the last may say less than the ones before.
        IF ERROR_NUMBER() BETWEEN 4800 AND 4899 AND ERROR_NUMBER() <> 4834 OR ERROR_NUMBER() IN (7301, 7330, 7399)
            BEGIN
                SET @message = CONCAT(
                    REPLACE(@path COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                    N' cannot be loaded. Error ', ERROR_NUMBER(), N': ',
                    REPLACE(LEFT(ERROR_MESSAGE(), 1000) COLLATE Latin1_General_100_BIN2, N'%', N'%%'), CHAR(10),
                    N'The landing copy is damaged: run staging again. If the file is there, let SQL Server read it.'
                );
                THROW 50009, @message, 1;
            END;
        THROW;
    END CATCH;
END;
GO
