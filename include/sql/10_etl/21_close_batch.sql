/*
Purpose:    closes a batch. Closing as failed does not undo a publish. Steps of the batch with the status
            running were cut off, so they become interrupted.
Parameters: @batch_id; @status  succeeded, failed, or checked (a dry run that passed)
Errors:     50001 invalid parameters; 50004 succeeded needs a publish, checked needs a passed dry run and no publish;
            50005 the batch was withdrawn
Example:    EXEC etl.close_batch 1, N'succeeded';
*/
CREATE OR ALTER PROCEDURE etl.close_batch
    @batch_id INT,
    @status NVARCHAR(20)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @message NVARCHAR(2048) = N'';
    DECLARE @published_at DATETIME2(7);
    DECLARE @present_status NVARCHAR(20);

    SELECT
        @published_at = published_at,
        @present_status = status
    FROM etl.batch
    WHERE batch_id = @batch_id;

    IF @status IS NULL OR @status NOT IN (N'succeeded', N'failed', N'checked')
        SET @message = CONCAT(@message, CHAR(10), N'@status must be succeeded, failed or checked.');
    IF @present_status IS NULL
        SET @message = CONCAT(
            @message, CHAR(10), N'There is no batch ', COALESCE(CAST(@batch_id AS NVARCHAR(11)), N'NULL'),
            N': gold.load_batches lists all batches.'
        );
    IF DATALENGTH(@message) > 0
        BEGIN
            SET @message = CONCAT(N'etl.close_batch: ', STUFF(@message, 1, 1, N''));
            THROW 50001, @message, 1;
        END;

    IF @present_status = N'withdrawn'
        BEGIN
            SET @message = CONCAT(
                N'Batch ', @batch_id, N' was withdrawn: it stays closed.', CHAR(10),
                N'Start a new run to load its business date again.'
            );
            THROW 50005, @message, 1;
        END;

    IF @status = N'succeeded' AND @published_at IS NULL
        BEGIN
            SET @message = CONCAT(
                N'Batch ', @batch_id, N' was not published: it can only be closed as failed.', CHAR(10),
                N'Run etl.publish first. A dry run that passed is closed as checked.'
            );
            THROW 50004, @message, 1;
        END;

    IF @status = N'checked' AND @published_at IS NOT NULL
        BEGIN
            SET @message = CONCAT(
                N'Batch ', @batch_id, N' was published: checked is the status of a dry run.', CHAR(10),
                N'Close it as succeeded or failed.'
            );
            THROW 50004, @message, 1;
        END;

    IF
        @status = N'checked'
        AND NOT EXISTS (
            SELECT 1 FROM etl.step
            WHERE
                batch_id = @batch_id
                AND step_name = N'etl.publish'
                AND status = N'succeeded'
        )
        BEGIN
            SET @message = CONCAT(
                N'Batch ', @batch_id, N' has not passed a dry run: it can only be closed as failed.', CHAR(10),
                N'Run etl.publish with @dry_run = 1 first.'
            );
            THROW 50004, @message, 1;
        END;

    UPDATE etl.step
    SET
        status = N'interrupted',
        ended_at = SYSUTCDATETIME()
    WHERE
        batch_id = @batch_id
        AND status = N'running';

    UPDATE etl.batch
    SET
        status = @status,
        closed_at = SYSUTCDATETIME()
    WHERE batch_id = @batch_id;

    PRINT CONCAT(N'Batch ', @batch_id, N' closed: ', @status, N'.');
END;
GO
