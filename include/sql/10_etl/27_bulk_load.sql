/*
Purpose:    the one BULK INSERT of the warehouse. BULK INSERT takes its path as a literal only, hence the dynamic SQL.
            Staging wrote the file: UTF-16LE with BOM, a header line, tab between fields, LF after every line.
Parameters: @target  the table, a constant of the calling procedure, never a user's input
            @path    the file as SQL Server sees it; one that is not absolute is the name of a blob within the external
                     data source landing: Azure SQL has no files of its own
Errors:     those of BULK INSERT, of which TRY/CATCH sees only one: its last may say less than the ones before.
            12703 for a path that is not absolute where there is no such data source.
            MAXERRORS = 0 asks for no skipped row; callers count the rows all the same.
Example:    EXEC etl.bulk_load N'bronze.crm_cust_info', N'/landing/1/source_crm/cust_info.txt';
*/
CREATE OR ALTER PROCEDURE etl.bulk_load
    @target NVARCHAR(261),
    @path NVARCHAR(661)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @sql NVARCHAR(MAX) = CONCAT(
        -- By code point, because other collations do not find a quote that an accent is combined with.
        N'BULK INSERT ', @target, N' FROM N''',
        REPLACE(@path COLLATE Latin1_General_100_BIN2, N'''', N''''''), N''' WITH (',
        N'DATAFILETYPE = ''widechar'', FIRSTROW = 2, FIELDTERMINATOR = ''\t'', ROWTERMINATOR = ''0x0A00'', ',
        N'MAXERRORS = 0, TABLOCK',
        CASE
            WHEN
                @path COLLATE Latin1_General_100_BIN2 NOT LIKE N'[/\]%'
                AND @path COLLATE Latin1_General_100_BIN2 NOT LIKE N'[A-Za-z]:%'
                THEN N', DATA_SOURCE = ''landing'''
        END,
        N');'
    );

    PRINT CONCAT(N'BULK INSERT ', @target, N' from ', @path);
    EXEC sp_executesql @sql;
END;
GO
