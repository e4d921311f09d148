/*
Purpose:    refuses a batch in which a row got lost or too many were rejected; the last gate before publish.
Parameters: @batch_id
Errors:     50005 batch not open, 50010 rows unaccounted for, 50011 more rejects than the batch's limit
Example:    EXEC etl.reconcile 1;
*/
CREATE OR ALTER PROCEDURE etl.reconcile
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @complaint NVARCHAR(1500);
    DECLARE @message NVARCHAR(2048);
    DECLARE @rows_read INT;
    DECLARE @rows_loaded INT;
    DECLARE @rows_superseded INT;
    DECLARE @rows_rejected INT;
    DECLARE @reject_limit DECIMAL(9, 6);
    DECLARE @error_number INT;
    DECLARE @error_message NVARCHAR(4000);

    EXEC etl.open_step @batch_id, N'etl.reconcile', @step_id OUTPUT;

    BEGIN TRY
        SELECT
            @complaint = STRING_AGG(
                CONCAT(
                    source_table, N': file ', file_rows, N', staged ', staged_rows, N', bronze ', bronze_rows,
                    N', loaded ', loaded_rows, N', superseded ', superseded_rows, N', rejected ', rejected_rows
                ),
                N'; '
            )
        FROM gold.load_reconciliation
        WHERE
            batch_id = @batch_id
            AND (
                bronze_rows IS NULL
                OR bronze_rows <> staged_rows
                OR unaccounted_rows IS NULL
                OR unaccounted_rows <> 0
            );

        IF @complaint IS NOT NULL
            BEGIN
                SET @message = CONCAT(N'Batch ', @batch_id, N' does not account for every row. ', @complaint);
                THROW 50010, @message, 1;
            END;

        SELECT
            @rows_read = SUM(file_rows),
            @rows_loaded = SUM(loaded_rows),
            @rows_superseded = SUM(superseded_rows),
            @rows_rejected = SUM(rejected_rows)
        FROM gold.load_reconciliation
        WHERE batch_id = @batch_id;

        IF @rows_read IS NULL
            BEGIN
                SET @message = CONCAT(N'Batch ', @batch_id, N' has no manifest. Run etl.register_landing first.');
                THROW 50010, @message, 1;
            END;

        SELECT @reject_limit = reject_limit
        FROM etl.batch
        WHERE batch_id = @batch_id;

        IF @rows_rejected > @rows_read * @reject_limit
            BEGIN
                -- THROW wants a % in its message doubled.
                SET @message = CONCAT(
                    @rows_rejected, N' of ', @rows_read, N' rows were rejected, more than the batch''s limit of ',
                    CAST(@reject_limit * 100 AS DECIMAL(7, 2)),
                    N' %%. See gold.rejected_rows for batch ',
                    @batch_id,
                    N'.'
                );
                THROW 50011, @message, 1;
            END;
    END TRY
    BEGIN CATCH
        SELECT
            @error_number = ERROR_NUMBER(),
            @error_message = ERROR_MESSAGE();
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        EXEC etl.fail_step @step_id, @error_number, @error_message;
        THROW;
    END CATCH;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_inserted = @rows_loaded,
        @rows_superseded = @rows_superseded,
        @rows_rejected = @rows_rejected;
END;
GO
