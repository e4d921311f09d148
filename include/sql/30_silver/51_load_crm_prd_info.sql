/*
Purpose:    loads silver.crm_prd_info from the rows of bronze that silver.crm_prd_info_judged accepts.
Parameters: @batch_id
Errors:     as silver.load_table
Example:    EXEC silver.load_crm_prd_info 1;
*/
CREATE OR ALTER PROCEDURE silver.load_crm_prd_info
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC silver.load_table @batch_id, N'crm_prd_info';
END;
GO
