/*
Purpose:    refuses to build on a table that another batch loaded meanwhile, or that this batch has not loaded.
Parameters: @batch_id; @step_name  the step whose last success must be this batch's
Errors:     50006
Example:    EXEC etl.require_step 1, N'bronze.load_crm_cust_info';
*/
CREATE OR ALTER PROCEDURE etl.require_step
    @batch_id INT,
    @step_name NVARCHAR(128)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @message NVARCHAR(2048);
    DECLARE @last_batch_id INT;

    SELECT TOP (1) @last_batch_id = batch_id
    FROM etl.step
    WHERE
        step_name = @step_name
        AND status = N'succeeded'
    ORDER BY step_id DESC;

    IF @last_batch_id IS NULL OR @last_batch_id <> @batch_id
        BEGIN
            SET @message = CONCAT(
                @step_name, N' has not run for batch ', @batch_id, N'; its table holds ',
                COALESCE(CONCAT(N'batch ', CAST(@last_batch_id AS NVARCHAR(11))), N'nothing'), N'. Run it first.'
            );
            THROW 50006, @message, 1;
        END;
END;
GO
