/*
Purpose:    loads bronze.erp_loc_a101 from the landing copy of source_erp/LOC_A101.csv.
Parameters: @batch_id
Errors:     as bronze.load_table
Example:    EXEC bronze.load_erp_loc_a101 1;
*/
CREATE OR ALTER PROCEDURE bronze.load_erp_loc_a101
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC bronze.load_table @batch_id, N'erp_loc_a101';
END;
GO
