/*
Purpose:    loads bronze.crm_prd_info from the landing copy of source_crm/prd_info.csv.
Parameters: @batch_id
Errors:     as bronze.load_table
Example:    EXEC bronze.load_crm_prd_info 1;
*/
CREATE OR ALTER PROCEDURE bronze.load_crm_prd_info
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    EXEC bronze.load_table @batch_id, N'crm_prd_info';
END;
GO
