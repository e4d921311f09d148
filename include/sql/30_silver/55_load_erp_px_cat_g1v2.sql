/*
Purpose:    loads silver.erp_px_cat_g1v2 from the rows of bronze that silver.erp_px_cat_g1v2_judged accepts.
Parameters: @batch_id
Errors:     as silver.load_table
Example:    EXEC silver.load_erp_px_cat_g1v2 1;
*/
CREATE OR ALTER PROCEDURE silver.load_erp_px_cat_g1v2
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC silver.load_table @batch_id, N'erp_px_cat_g1v2';
END;
GO
