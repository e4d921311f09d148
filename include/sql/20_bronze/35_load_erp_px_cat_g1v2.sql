/*
Purpose:    loads bronze.erp_px_cat_g1v2 from the landing copy of source_erp/PX_CAT_G1V2.csv.
Parameters: @batch_id
Errors:     as bronze.load_table
Example:    EXEC bronze.load_erp_px_cat_g1v2 1;
*/
CREATE OR ALTER PROCEDURE bronze.load_erp_px_cat_g1v2
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC bronze.load_table @batch_id, N'erp_px_cat_g1v2';
END;
GO
