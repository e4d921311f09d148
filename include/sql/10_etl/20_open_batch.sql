/*
Purpose:    opens the batch of a run, or opens it again when the run is repeated under the same run_id.
Parameters: @run_id        names the run; @business_date  the day the drop belongs to; @source_dir  where it came from
            @replay        1 allows a business date older than the latest published one
            @reject_limit  the share of rows (0 to 1) that may be rejected before the batch fails
            @batch_id      OUTPUT; also returned as a result set
Errors:     50001 bad parameters, 50002 older than the latest published day, 50003 the run has another business date
Example:    DECLARE @id INT; EXEC etl.open_batch N'manual 1', '2026-02-01', N'data', 0, 0.01, @id OUTPUT;
*/
CREATE OR ALTER PROCEDURE etl.open_batch
    @run_id NVARCHAR(250),
    @business_date DATE,
    @source_dir NVARCHAR(400),
    @replay BIT = 0,
    @reject_limit DECIMAL(9, 6) = 0.01,
    @batch_id INT OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @message NVARCHAR(2048) = N'';
    DECLARE @latest DATE;
    DECLARE @opened_for DATE;

    IF NULLIF(TRIM(@run_id), N'') IS NULL
        SET @message = CONCAT(@message, N' @run_id is empty.');
    IF @business_date IS NULL
        SET @message = CONCAT(@message, N' @business_date is empty.');
    IF @replay IS NULL
        SET @message = CONCAT(@message, N' @replay must be 0 or 1.');
    IF @reject_limit IS NULL OR @reject_limit NOT BETWEEN 0 AND 1
        SET @message = CONCAT(@message, N' @reject_limit must be between 0 and 1.');
    IF @message <> N''
        BEGIN
            SET @message = CONCAT(N'etl.open_batch:', @message);
            THROW 50001, @message, 1;
        END;

    SELECT
        @batch_id = NULL,
        @opened_for = NULL;

    SELECT
        @batch_id = batch_id,
        @opened_for = business_date
    FROM etl.batch
    WHERE run_id = @run_id;

    IF @opened_for <> @business_date
        BEGIN
            SET @message = CONCAT(
                N'Run ', @run_id, N' is batch ', @batch_id, N' of ', @opened_for,
                N' and cannot load ', @business_date, N': start a new run.'
            );
            THROW 50003, @message, 1;
        END;

    SELECT @latest = MAX(business_date)
    FROM etl.batch
    WHERE published_at IS NOT NULL;

    IF @replay = 0 AND @business_date < @latest
        BEGIN
            SET @message = CONCAT(
                N'Business date ', @business_date, N' is older than the latest published one, ', @latest,
                N'. Pass @replay = 1 to load that day again.'
            );
            THROW 50002, @message, 1;
        END;

    IF @batch_id IS NULL
        BEGIN
            INSERT INTO etl.batch (run_id, business_date, source_dir, is_replay, reject_limit, status)
            VALUES (@run_id, @business_date, @source_dir, @replay, @reject_limit, N'running');

            SET @batch_id = SCOPE_IDENTITY();
            PRINT CONCAT(N'Batch ', @batch_id, N' opened for ', @business_date, N'.');
        END;
    ELSE
        BEGIN
            UPDATE etl.batch
            SET
                status = N'running',
                source_dir = @source_dir,
                is_replay = @replay,
                reject_limit = @reject_limit,
                closed_at = NULL
            WHERE batch_id = @batch_id;

            PRINT CONCAT(N'Batch ', @batch_id, N' opened again for ', @business_date, N'.');
        END;

    SELECT @batch_id AS batch_id;
END;
GO
