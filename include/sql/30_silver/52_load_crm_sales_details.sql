/*
Purpose:    loads silver.crm_sales_details from the rows of bronze that silver.crm_sales_details_judged accepts.
Parameters: @batch_id
Errors:     as silver.load_table
Example:    EXEC silver.load_crm_sales_details 1;
*/
CREATE OR ALTER PROCEDURE silver.load_crm_sales_details
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC silver.load_table @batch_id, N'crm_sales_details';
END;
GO
