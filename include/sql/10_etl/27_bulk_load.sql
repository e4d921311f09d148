/*
Purpose:    the one BULK INSERT of the warehouse. BULK INSERT takes its path as a literal only, hence the dynamic SQL.
            Staging wrote the file: UTF-16LE with BOM, a header line, tab between fields, LF after every line.
Parameters: @target  the table, a constant of the calling procedure, never a user's input
            @path    the file as SQL Server sees it
Errors:     those of BULK INSERT, of which TRY/CATCH sees only one: its last may say less than the ones before.
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
        N'BULK INSERT ', @target, N' FROM N''', REPLACE(@path, N'''', N''''''), N''' WITH (',
        N'DATAFILETYPE = ''widechar'', FIRSTROW = 2, FIELDTERMINATOR = ''\t'', ROWTERMINATOR = ''0x0A00'', ',
        N'MAXERRORS = 0, TABLOCK);'
    );

    PRINT CONCAT(N'BULK INSERT ', @target, N' from ', @path);
    EXEC sp_executesql @sql;
END;
GO
