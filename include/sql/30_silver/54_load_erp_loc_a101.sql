/*
Purpose:    loads silver.erp_loc_a101 from the rows of bronze that silver.erp_loc_a101_judged accepts.
Parameters: @batch_id
Errors:     as silver.load_table
Example:    EXEC silver.load_erp_loc_a101 1;
*/
CREATE OR ALTER PROCEDURE silver.load_erp_loc_a101
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC silver.load_table @batch_id, N'erp_loc_a101';
END;
GO
