/*
Purpose:    opens the batch of a run, or opens it again when the run is repeated under the same run_id. Steps of the
            batch with the status running were cut off, so they become interrupted.
Parameters: @run_id        names the run; @business_date  the day of the drop; @source_dir  its folder, for the record
            @replay        1 allows a business date older than the latest published one, which gold then shows
            @reject_limit  the share of rows (0 to 1) that may be rejected before the batch fails
            @batch_id      OUTPUT
            @same_drop     1 accepts the files of another business date
            @history       1 opens a business date older than the latest published one as history: the batch adds the
                           rows that silver lacks, and gold does not change. Overrides @replay
            @today         today's date in the company's time zone; NULL means the server's date
Returns:    a result set of one row: batch_id, is_history, latest_published (NULL before the first publish)
Errors:     50001 invalid parameters, 50002 older than the latest published day, 50003 the run has another business
            date or was withdrawn, 50013 another session opens the run at the same moment, 50014 a business date after
            today
Example:    DECLARE @id INT; EXEC etl.open_batch N'manual 1', '2026-02-01', N'data', 0, 0.01, @id OUTPUT;
*/
CREATE OR ALTER PROCEDURE etl.open_batch
    @run_id NVARCHAR(250),
    @business_date DATE,
    @source_dir NVARCHAR(400),
    @replay BIT = 0,
    @reject_limit DECIMAL(9, 6) = 0.01,
    @batch_id INT OUTPUT,
    @same_drop BIT = 0,
    @history BIT = 0,
    @today DATE = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @message NVARCHAR(2048) = N'';
    DECLARE @latest DATE;
    DECLARE @opened_for DATE;
    DECLARE @status NVARCHAR(20);
    DECLARE @is_history BIT = 0;

    IF @run_id IS NULL OR DATALENGTH(TRIM(@run_id)) = 0
        SET @message = CONCAT(@message, CHAR(10), N'@run_id is empty: give the run a name of its own.');
    IF @business_date IS NULL
        SET @message = CONCAT(@message, CHAR(10), N'@business_date is empty: give the day that the drop belongs to.');
    IF @business_date < '19000101'
        SET @message = CONCAT(@message, CHAR(10), N'@business_date ', @business_date, N' is before 1900: correct it.');
    IF @replay IS NULL
        SET @message = CONCAT(@message, CHAR(10), N'@replay must be 0 or 1.');
    IF @reject_limit IS NULL OR @reject_limit NOT BETWEEN 0 AND 1
        SET @message = CONCAT(@message, CHAR(10), N'@reject_limit must be between 0 and 1: 0.01 is 1 row in 100.');
    IF @same_drop IS NULL
        SET @message = CONCAT(@message, CHAR(10), N'@same_drop must be 0 or 1.');
    IF @history IS NULL
        SET @message = CONCAT(@message, CHAR(10), N'@history must be 0 or 1.');
    IF DATALENGTH(@message) > 0
        BEGIN
            SET @message = CONCAT(N'etl.open_batch: ', STUFF(@message, 1, 1, N''));
            THROW 50001, @message, 1;
        END;

    SET @today = COALESCE(@today, CAST(SYSDATETIME() AS DATE));
    IF @business_date > @today
        BEGIN
            SET @message = CONCAT(
                N'Business date ', @business_date, N' is in the future: today is ', @today, N'.', CHAR(10),
                N'Correct the business date, or load the drop on its day.'
            );
            THROW 50014, @message, 1;
        END;

    SELECT
        @batch_id = NULL,
        @opened_for = NULL;

    SELECT
        @batch_id = batch_id,
        @opened_for = business_date,
        @status = status
    FROM etl.batch
    WHERE run_id = @run_id;

    IF @opened_for <> @business_date
        BEGIN
            SET @message = CONCAT(
                N'Run ', REPLACE(@run_id COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                N' is batch ', @batch_id, N' of ', @opened_for,
                N' and cannot load ', @business_date, N'.', CHAR(10),
                N'Start a new run for ', @business_date, N'.'
            );
            THROW 50003, @message, 1;
        END;

    IF @status = N'withdrawn'
        BEGIN
            SET @message = CONCAT(
                N'Run ', REPLACE(@run_id COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                N' is batch ', @batch_id, N' of ', @opened_for,
                N', which was withdrawn.', CHAR(10),
                N'Start a new run for ', @business_date, N'.'
            );
            THROW 50003, @message, 1;
        END;

    -- Without history batches, because gold never showed them.
    SELECT @latest = MAX(business_date)
    FROM etl.batch
    WHERE
        shown_at IS NOT NULL
        AND withdrawn_at IS NULL;

    IF @history = 1 AND @business_date < @latest
        SET @is_history = 1;

    IF @replay = 0 AND @is_history = 0 AND @business_date < @latest
        BEGIN
            SET @message = CONCAT(
                N'Business date ', @business_date, N' is older than the latest published one, ', @latest, N'.',
                CHAR(10), N'Pass @replay = 1 to make gold show that day again, or @history = 1 to add the rows that ',
                N'only that day holds.', CHAR(10), N'If ', @latest, N' is wrong, withdraw it: EXEC etl.withdraw_batch.'
            );
            THROW 50002, @message, 1;
        END;

    IF @batch_id IS NULL
        BEGIN
            BEGIN TRY
                INSERT INTO etl.batch
                (run_id, business_date, source_dir, is_replay, is_history, same_drop, reject_limit, status)
                VALUES
                (@run_id, @business_date, @source_dir, @replay, @is_history, @same_drop, @reject_limit, N'running');
            END TRY
            BEGIN CATCH
                IF ERROR_NUMBER() <> 2627
                    THROW;

                SET @message = CONCAT(
                    N'Run ', REPLACE(@run_id COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                    N' is being opened by another session.', CHAR(10),
                    N'Open it when the load of that session has ended, or give this run a name of its own.'
                );
                THROW 50013, @message, 1;
            END CATCH;

            SET @batch_id = SCOPE_IDENTITY();
            PRINT CONCAT(N'Batch ', @batch_id, N' opened for ', @business_date, N'.');
        END;
    ELSE
        BEGIN
            UPDATE etl.step
            SET
                status = N'interrupted',
                ended_at = SYSUTCDATETIME()
            WHERE
                batch_id = @batch_id
                AND status = N'running';

            UPDATE etl.batch
            SET
                status = N'running',
                source_dir = @source_dir,
                is_replay = @replay,
                is_history = @is_history,
                same_drop = @same_drop,
                reject_limit = @reject_limit,
                withdrawn_reason = NULL,
                closed_at = NULL
            WHERE batch_id = @batch_id;

            PRINT CONCAT(N'Batch ', @batch_id, N' opened again for ', @business_date, N'.');
        END;

    IF @is_history = 1
        PRINT CONCAT(N'Gold shows ', @latest, N' and stays as it is: ', @business_date, N' is loaded as history.');

    SELECT
        @batch_id AS batch_id,
        @is_history AS is_history,
        @latest AS latest_published;
END;
GO
