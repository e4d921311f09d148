/*
Purpose:    offers the rows that silver rejected in a published batch again, after a rule was mended: loads the batch's
            landing folder once more, as a new batch of the same business date. If a later day is published, and gold
            does not show the batch, it is loaded as history, which adds the rows that silver lacks and leaves gold on
            its day.
            Rows that staging rejected are not in the landing folder: correct the file and load it.
Parameters: @batch_id; @today  as etl.open_batch
Returns:    a result set of one row: batch_id (the new one), rejected_before, rejected_now
Errors:     50001 the batch does not exist, is running, was not published, was withdrawn or published again, or has no
            row that silver rejected, or none is on record since etl.purge_history;
            those of etl.load_day, such as 50016 if the landing folder holds another drop
Example:    EXEC etl.retry_rejected 7;
*/
CREATE OR ALTER PROCEDURE etl.retry_rejected
    @batch_id INT,
    @today DATE = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @complaint NVARCHAR(1000);
    DECLARE @message NVARCHAR(2048);
    DECLARE @status NVARCHAR(20);
    DECLARE @published_at DATETIME2(7);
    DECLARE @business_date DATE;
    DECLARE @source_dir NVARCHAR(400);
    DECLARE @landing_dir NVARCHAR(400);
    DECLARE @run_id NVARCHAR(250) = CONCAT(N'retry of batch ', @batch_id, N': ', NEWID());
    DECLARE @rejected_before INT;
    DECLARE @is_history BIT = 1;
    DECLARE @is_replay BIT = 0;

    SELECT
        @status = status,
        @published_at = published_at,
        @business_date = business_date,
        @source_dir = source_dir,
        @landing_dir = landing_dir
    FROM etl.batch
    WHERE batch_id = @batch_id;

    SELECT @rejected_before = COUNT(*)
    FROM etl.rejected_row
    WHERE
        batch_id = @batch_id
        AND found_by = N'silver';

    SET @complaint = CASE
        WHEN @status IS NULL THEN N'there is no such batch'
        WHEN @status = N'withdrawn' THEN N'it was withdrawn'
        WHEN @status = N'running' THEN N'it is running'
        WHEN
            EXISTS (
                SELECT 1 FROM etl.batch
                WHERE
                    business_date = @business_date
                    AND published_at > @published_at
                    AND withdrawn_at IS NULL
            )
            THEN N'a later batch was published for its business date'
        WHEN @published_at IS NULL THEN N'it was never published: load its drop'
        WHEN
            @rejected_before = 0
            AND NOT EXISTS (
                SELECT 1 FROM etl.manifest
                WHERE batch_id = @batch_id
            )
            THEN N'its rejected rows were purged (etl.purge_history): load its drop again'
        WHEN @rejected_before = 0 THEN N'silver rejected none of its rows'
    END;

    IF @complaint IS NOT NULL
        BEGIN
            SET @message = CONCAT(
                N'etl.retry_rejected: batch ', COALESCE(CAST(@batch_id AS NVARCHAR(11)), N'NULL'),
                N' has no rows to offer again: ', @complaint, N'.', CHAR(10),
                N'gold.rejected_rows lists the rejected rows of all batches.'
            );
            THROW 50001, @message, 1;
        END;

    SELECT
        @is_history = 0,
        @is_replay = 1
    FROM gold.current_batch
    WHERE batch_id = @batch_id;

    -- No limit, because the rows were accepted when the batch was published.
    EXEC etl.load_day
        @business_date = @business_date,
        @landing_dir = @landing_dir,
        @source_dir = @source_dir,
        @run_id = @run_id,
        @reject_limit = 1,
        @same_drop = 1,
        @history = @is_history,
        @replay = @is_replay,
        @today = @today,
        @published_as = @batch_id;

    SELECT
        b.batch_id,
        @rejected_before AS rejected_before,
        COUNT(r.rejected_row_id) AS rejected_now
    FROM etl.batch AS b
    LEFT JOIN etl.rejected_row AS r
        ON
            b.batch_id = r.batch_id
            AND r.found_by = N'silver'
    WHERE b.run_id = @run_id
    GROUP BY b.batch_id;
END;
GO
