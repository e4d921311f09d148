/*
Purpose:    loads bronze.crm_sales_details from the landing copy of source_crm/sales_details.csv.
Parameters: @batch_id
Errors:     as bronze.load_table
Example:    EXEC bronze.load_crm_sales_details 1;
*/
CREATE OR ALTER PROCEDURE bronze.load_crm_sales_details
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC bronze.load_table @batch_id, N'crm_sales_details';
END;
GO
