/*
Purpose:    loads silver.erp_cust_az12 from the rows of bronze that silver.erp_cust_az12_judged accepts.
Parameters: @batch_id
Errors:     as silver.load_table
Example:    EXEC silver.load_erp_cust_az12 1;
*/
CREATE OR ALTER PROCEDURE silver.load_erp_cust_az12
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC silver.load_table @batch_id, N'erp_cust_az12';
END;
GO
