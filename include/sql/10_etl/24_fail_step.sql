/*
Purpose:    completes the log row of a load procedure that failed; called after the rollback, before THROW.
Parameters: @step_id; @error_number and @error_message  the results of ERROR_NUMBER() and ERROR_MESSAGE()
Example:    EXEC etl.fail_step @step_id, 4860, N'Cannot bulk load. …';
*/
CREATE OR ALTER PROCEDURE etl.fail_step
    @step_id INT,
    @error_number INT,
    @error_message NVARCHAR(4000)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    UPDATE etl.step
    SET
        status = N'failed',
        ended_at = SYSUTCDATETIME(),
        error_number = @error_number,
        error_message = @error_message
    WHERE step_id = @step_id;

    PRINT CONCAT(N'Failed with error ', @error_number, N': ', @error_message);
END;
GO
