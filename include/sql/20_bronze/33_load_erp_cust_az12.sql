/*
Purpose:    loads bronze.erp_cust_az12 from the landing copy of source_erp/CUST_AZ12.csv.
Parameters: @batch_id
Errors:     as bronze.load_table
Example:    EXEC bronze.load_erp_cust_az12 1;
*/
CREATE OR ALTER PROCEDURE bronze.load_erp_cust_az12
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC bronze.load_table @batch_id, N'erp_cust_az12';
END;
GO
