/*
Purpose:    records that a person accepts the rows that the batch has rejected so far. etl.reconcile then lets that
            number of rows pass above the batch's limit. Opening the batch again keeps the record; registering other
            files deletes it (etl.register_landing).
Parameters: @batch_id; @accepted_by  the name of the person responsible; @note  the reason
Returns:    a result set of one row: batch_id, rejects_accepted
Errors:     50001 invalid parameters, 50005 the batch was withdrawn
Example:    EXEC etl.accept_rejects 1, N'a.lee', N'The CRM exports quantities late this week.';
*/
CREATE OR ALTER PROCEDURE etl.accept_rejects
    @batch_id INT,
    @accepted_by NVARCHAR(128),
    @note NVARCHAR(1000) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @message NVARCHAR(2048) = N'';
    DECLARE @status NVARCHAR(20);
    DECLARE @rows_rejected INT;

    SELECT @status = status
    FROM etl.batch
    WHERE batch_id = @batch_id;

    SELECT @rows_rejected = COUNT(*)
    FROM etl.rejected_row
    WHERE batch_id = @batch_id;

    IF @accepted_by IS NULL OR DATALENGTH(TRIM(@accepted_by)) = 0
        SET @message = CONCAT(@message, CHAR(10), N'@accepted_by is empty: give the name of the person who accepts.');
    IF @status IS NULL
        SET @message = CONCAT(
            @message, CHAR(10), N'There is no batch ', COALESCE(CAST(@batch_id AS NVARCHAR(11)), N'NULL'),
            N': gold.load_batches lists all batches.'
        );
    IF @status IS NOT NULL AND @rows_rejected = 0
        SET @message = CONCAT(
            @message, CHAR(10), N'Batch ', @batch_id, N' has no rejected rows: there is nothing to accept.'
        );
    IF DATALENGTH(@message) > 0
        BEGIN
            SET @message = CONCAT(N'etl.accept_rejects: ', STUFF(@message, 1, 1, N''));
            THROW 50001, @message, 1;
        END;

    IF @status = N'withdrawn'
        BEGIN
            SET @message = CONCAT(
                N'Batch ', @batch_id, N' was withdrawn: its rejected rows cannot be accepted any more.', CHAR(10),
                N'Start a new run to load its business date again.'
            );
            THROW 50005, @message, 1;
        END;

    UPDATE etl.batch
    SET
        rejects_accepted = @rows_rejected,
        rejects_accepted_by = @accepted_by,
        rejects_accepted_at = SYSUTCDATETIME(),
        rejects_note = @note
    WHERE batch_id = @batch_id;

    PRINT CONCAT(N'Batch ', @batch_id, N': ', @rows_rejected, N' rejected rows accepted by ', @accepted_by, N'.');

    SELECT
        @batch_id AS batch_id,
        @rows_rejected AS rejects_accepted;
END;
GO
