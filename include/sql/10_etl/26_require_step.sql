/*
Purpose:    raises an error unless the table of a step holds this batch's rows, and locks the table (Shared) until the
            transaction ends. Called in a transaction.
            A running or interrupted call counts as a load, because it may have replaced the table.
Parameters: @batch_id; @step_name  the step that must have succeeded in this batch, and in no other batch since
Errors:     50006 the table holds other rows, 50013 as etl.lock_step
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
    DECLARE @last_status NVARCHAR(20);

    EXEC etl.lock_step @step_name, N'Shared';

    SELECT TOP (1)
        @last_batch_id = batch_id,
        @last_status = status
    FROM etl.step
    WHERE
        step_name = @step_name
        AND status <> N'failed'
    ORDER BY step_id DESC;

    IF @last_batch_id IS NULL OR @last_batch_id <> @batch_id OR @last_status <> N'succeeded'
        BEGIN
            SET @message = CONCAT(
                @step_name, N' has not run for batch ', @batch_id, N': ',
                CASE
                    WHEN @last_batch_id IS NULL THEN N'its table holds nothing'
                    WHEN @last_status = N'running' THEN CONCAT(N'batch ', @last_batch_id, N' is loading its table')
                    WHEN @last_status = N'interrupted'
                        THEN CONCAT(
                            N'batch ', @last_batch_id,
                            N' was cut off while it loaded its table, or a deployment made the table again'
                        )
                    ELSE CONCAT(N'its table holds batch ', @last_batch_id)
                END,
                N'.', CHAR(10),
                CASE
                    WHEN @last_status = N'running' AND @last_batch_id <> @batch_id
                        THEN CONCAT(N'When batch ', @last_batch_id, N' has ended, run it first.')
                    ELSE N'Run it first.'
                END
            );
            THROW 50006, @message, 1;
        END;
END;
GO
