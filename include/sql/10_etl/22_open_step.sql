/*
Purpose:    logs the start of a load procedure; called before its transaction, so that a rollback keeps the row.
Parameters: @batch_id; @step_name  the procedure's name; @step_id OUTPUT
Errors:     50005 the batch does not exist, or is closed
Example:    EXEC etl.open_step 1, N'bronze.load_crm_cust_info', @step_id OUTPUT;
*/
CREATE OR ALTER PROCEDURE etl.open_step
    @batch_id INT,
    @step_name NVARCHAR(128),
    @step_id INT OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @message NVARCHAR(2048);

    IF
        NOT EXISTS (
            SELECT 1 FROM etl.batch
            WHERE batch_id = @batch_id AND status = N'running'
        )
        BEGIN
            SET @message = CONCAT(
                @step_name, N': batch ', COALESCE(CAST(@batch_id AS NVARCHAR(11)), N'NULL'), N' is not open.', CHAR(10),
                N'Open it with etl.open_batch, under the run_id it has, and run the step again.'
            );
            THROW 50005, @message, 1;
        END;

    INSERT INTO etl.step (batch_id, step_name, status)
    VALUES (@batch_id, @step_name, N'running');

    SET @step_id = SCOPE_IDENTITY();
    PRINT CONCAT(@step_name, N': batch ', @batch_id, N' begins.');
END;
GO
