/*
Purpose:    the only BULK INSERT of the warehouse. The SQL is dynamic, because BULK INSERT takes a literal path only.
            Staging wrote the file: UTF-16LE with BOM, a header line, tab between fields, LF after every line.
            The file is read twice: first for its SHA-256, so that only a file that staging wrote is loaded.
Parameters: @target  the table, a constant of the calling procedure, never a user's input
            @path    the file as SQL Server sees it; a relative path is the name of a blob in the external data source
                     landing, because Azure SQL has no files
            @sha256, @bytes  the file's values in checksums.txt; NULL for checksums.txt itself
            @rows    the number of rows, if known; of a file without rows only the SHA-256 is compared
Errors:     50009 the file is missing, cannot be read, or differs from the one that staging wrote;
            12703 for a relative path without that data source; other errors of BULK INSERT.
            MAXERRORS = 0 allows no skipped row; callers count the rows nevertheless.
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

    -- Compared by code point, because other collations do not find a quote with a combining accent.
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
        -- SQL Server cannot hash a larger file, because a value ends at 2 GB.
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
        -- The errors of BULK INSERT and OPENROWSET about files; 4834 is about the caller's permissions. CATCH sees only
        -- the last of several errors, which may be less specific than the first.
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
