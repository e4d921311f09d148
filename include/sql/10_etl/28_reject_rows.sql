/*
Purpose:    stores the rows that a cleansing procedure rejected; a repeated step replaces its earlier rows.
Parameters: @batch_id; @source_table; @rows_rejected OUTPUT
            #judged (dwh_source_line, verdict, raw_row, …), made by the caller; a verdict has the form
            'column: reason', and is NULL for a good row
Example:    EXEC etl.reject_rows 1, N'crm_cust_info', @rows_rejected OUTPUT;
*/
CREATE OR ALTER PROCEDURE etl.reject_rows
    @batch_id INT,
    @source_table NVARCHAR(50),
    @rows_rejected INT OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @source_file NVARCHAR(260);

    SELECT @source_file = source_file
    FROM etl.manifest
    WHERE
        batch_id = @batch_id
        AND source_table = @source_table;

    DELETE FROM etl.rejected_row
    WHERE
        batch_id = @batch_id
        AND source_table = @source_table
        AND found_by = N'silver';

    INSERT INTO etl.rejected_row
    (batch_id, found_by, source_table, source_file, source_line, column_name, reason, raw_row)
    SELECT
        @batch_id,
        N'silver',
        @source_table,
        @source_file,
        dwh_source_line,
        LEFT(verdict, CHARINDEX(N':', verdict) - 1),
        SUBSTRING(verdict, CHARINDEX(N':', verdict) + 2, 4000),
        LEFT(raw_row, 4000)
    FROM #judged
    WHERE verdict IS NOT NULL
    ORDER BY dwh_source_line;

    SET @rows_rejected = @@ROWCOUNT;
END;
GO
