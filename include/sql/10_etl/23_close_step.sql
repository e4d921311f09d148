/*
Purpose:    completes the log row of a load procedure and returns it as a result set of one row.
Parameters: @step_id and the counts of the step; NULL where a count has no meaning
Example:    EXEC etl.close_step @step_id, @rows_read = 10, @rows_inserted = 9, @rows_rejected = 1;
*/
CREATE OR ALTER PROCEDURE etl.close_step
    @step_id INT,
    @rows_read INT = NULL,
    @rows_inserted INT = NULL,
    @rows_updated INT = NULL,
    @rows_superseded INT = NULL,
    @rows_rejected INT = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_name NVARCHAR(128);
    DECLARE @milliseconds INT;

    UPDATE etl.step
    SET
        status = N'succeeded',
        ended_at = SYSUTCDATETIME(),
        rows_read = @rows_read,
        rows_inserted = @rows_inserted,
        rows_updated = @rows_updated,
        rows_superseded = @rows_superseded,
        rows_rejected = @rows_rejected
    WHERE step_id = @step_id;

    SELECT
        @step_name = step_name,
        @milliseconds = DATEDIFF(MILLISECOND, started_at, ended_at)
    FROM etl.step
    WHERE step_id = @step_id;

    -- Text + NULL is NULL, and CONCAT omits NULL, so counts that the step does not have are left out.
    PRINT CONCAT(
        @step_name, N': read ', @rows_read,
        N', inserted ' + CAST(@rows_inserted AS NVARCHAR(11)),
        N', updated ' + CAST(@rows_updated AS NVARCHAR(11)),
        N', superseded ' + CAST(@rows_superseded AS NVARCHAR(11)),
        N', rejected ' + CAST(@rows_rejected AS NVARCHAR(11)),
        N' in ', @milliseconds, N' ms.'
    );

    SELECT
        @step_name AS step_name,
        @rows_read AS rows_read,
        @rows_inserted AS rows_inserted,
        @rows_updated AS rows_updated,
        @rows_superseded AS rows_superseded,
        @rows_rejected AS rows_rejected;
END;
GO
