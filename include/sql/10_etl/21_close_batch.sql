/*
Purpose:    closes a batch as succeeded or failed. A failed close never undoes what was published.
Parameters: @batch_id; @status  succeeded or failed
Errors:     50001 bad parameters, 50004 a batch that was not published cannot succeed
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

    IF @status IS NULL OR @status NOT IN (N'succeeded', N'failed')
        SET @message = CONCAT(@message, N' @status must be succeeded or failed.');
    IF
        NOT EXISTS (
            SELECT 1 FROM etl.batch
            WHERE batch_id = @batch_id
        )
        SET @message = CONCAT(@message, N' there is no batch ', @batch_id, N'.');
    IF @message <> N''
        BEGIN
            SET @message = CONCAT(N'etl.close_batch:', @message);
            THROW 50001, @message, 1;
        END;

    IF
        @status = N'succeeded'
        AND EXISTS (
            SELECT 1 FROM etl.batch
            WHERE batch_id = @batch_id AND published_at IS NULL
        )
        BEGIN
            SET @message = CONCAT(N'Batch ', @batch_id, N' was not published: it can only be closed as failed.');
            THROW 50004, @message, 1;
        END;

    UPDATE etl.batch
    SET
        status = @status,
        closed_at = SYSUTCDATETIME()
    WHERE batch_id = @batch_id;

    PRINT CONCAT(N'Batch ', @batch_id, N' closed: ', @status, N'.');
END;
GO
