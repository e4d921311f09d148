/*
Purpose:    withdraws a published day. If gold shows its batch, the batch that gold showed before is loaded again from
            its landing folder, in a new batch; if there was none, gold becomes empty. Then the batch is marked as
            withdrawn, its versions of members are void (silver.void_versions), and later loads are compared with the
            remaining batches. If a withdrawal loaded the batch, the one that it loaded again is withdrawn with it.
            A call that was cut off can be repeated. The caller must own the database and be allowed to bulk load.
            A day that is published meanwhile stays in gold: the withdrawal stops, and can be repeated.
Parameters: @batch_id; @reason  the reason, for the record
Errors:     50001 no reason, 50013 another publish is running,
            50016 the batch does not exist, was never published, is withdrawn already, is running, was loaded again by
            another withdrawal, or the batch before it cannot be loaded, for instance because its landing folder holds
            another drop than the published one. Gold has not changed then
Example:    EXEC etl.withdraw_batch 7, N'Loaded as 2062 instead of 2026.';
*/
CREATE OR ALTER PROCEDURE etl.withdraw_batch
    @batch_id INT,
    @reason NVARCHAR(1000)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @complaint NVARCHAR(1000);
    DECLARE @message NVARCHAR(2048);
    DECLARE @status NVARCHAR(20);
    DECLARE @published_at DATETIME2(7);
    DECLARE @business_date DATE;
    DECLARE @lock_result INT;
    DECLARE @is_shown BIT = 0;
    DECLARE @replaced_id INT;
    DECLARE @again_id INT;
    DECLARE @before_id INT;
    DECLARE @before_date DATE;
    DECLARE @source_dir NVARCHAR(400);
    DECLARE @landing_dir NVARCHAR(400);
    DECLARE @run_id NVARCHAR(250);
    DECLARE @latest DATE;
    DECLARE @rows_corrected INT;

    IF @reason IS NULL OR DATALENGTH(TRIM(@reason)) = 0
        BEGIN
            SET @message = CONCAT(
                N'etl.withdraw_batch: @reason is empty.', CHAR(10),
                N'Give the reason: it is kept on record.'
            );
            THROW 50001, @message, 1;
        END;

    SELECT
        @status = status,
        @published_at = published_at,
        @business_date = business_date
    FROM etl.batch
    WHERE batch_id = @batch_id;

    SELECT @again_id = batch_id
    FROM etl.batch
    WHERE
        run_id LIKE CONCAT(N'withdrawal of batch %: batch ', @batch_id, N' again')
        AND published_at IS NOT NULL
        AND status <> N'withdrawn';

    SET @complaint = CASE
        WHEN @status IS NULL
            THEN CONCAT(N'there is no such batch.', CHAR(10), N'gold.load_batches lists all batches.')
        WHEN @status = N'withdrawn'
            THEN CONCAT(N'it is withdrawn already.', CHAR(10), N'There is nothing to do.')
        WHEN @status = N'running'
            THEN CONCAT(
                N'it is running.', CHAR(10),
                N'Wait until it has ended, or close it: EXEC etl.close_batch ', @batch_id, N', N''failed''.'
            )
        WHEN @published_at IS NULL
            THEN CONCAT(N'it was never published.', CHAR(10), N'There is nothing to withdraw.')
        WHEN @again_id IS NOT NULL
            THEN CONCAT(
                N'another withdrawal loaded its drop again, as batch ', @again_id, N'.', CHAR(10),
                N'Withdraw that batch; this one is withdrawn with it: EXEC etl.withdraw_batch ', @again_id,
                N', N''<reason>''.'
            )
    END;

    IF @complaint IS NOT NULL
        BEGIN
            SET @message = CONCAT(
                N'Batch ', COALESCE(CAST(@batch_id AS NVARCHAR(11)), N'NULL'), N' cannot be withdrawn: ', @complaint
            );
            THROW 50016, @message, 1;
        END;

    -- The batch, and those that it replaced: each was loaded again by a withdrawal, in the batch before it here.
    CREATE TABLE #withdrawn
    (
        batch_id INT NOT NULL
    );

    SET @replaced_id = @batch_id;

    WHILE @replaced_id IS NOT NULL
        BEGIN
            INSERT INTO #withdrawn (batch_id)
            VALUES (@replaced_id);

            SELECT @run_id = run_id
            FROM etl.batch
            WHERE batch_id = @replaced_id;

            SET @replaced_id = NULL;

            SELECT @replaced_id = batch_id
            FROM etl.batch
            WHERE
                @run_id LIKE CONCAT(N'withdrawal of batch %: batch ', batch_id, N' again')
                AND status <> N'withdrawn';
        END;

    SELECT @is_shown = 1
    FROM gold.current_batch
    WHERE batch_id = @batch_id;

    IF @is_shown = 1
        SELECT TOP (1)
            @before_id = batch_id,
            @before_date = business_date,
            @source_dir = source_dir,
            @landing_dir = landing_dir
        FROM etl.batch
        WHERE
            shown_at IS NOT NULL
            AND withdrawn_at IS NULL
            AND batch_id NOT IN (SELECT w.batch_id FROM #withdrawn AS w)
        ORDER BY shown_at DESC, batch_id DESC;

    IF @before_id IS NOT NULL
        BEGIN
            -- A repeated call has the same run_id, so it opens the batch of a call that was cut off.
            SET @run_id = CONCAT(N'withdrawal of batch ', @batch_id, N': batch ', @before_id, N' again');

            PRINT CONCAT(
                N'Gold shows batch ', @batch_id, N'. Batch ', @before_id, N' of ', @before_date, N' is loaded again.'
            );

            -- From here on silver.void_versions voids what only this batch had.
            UPDATE etl.batch
            SET withdrawn_reason = @reason
            WHERE batch_id IN (SELECT w.batch_id FROM #withdrawn AS w);

            BEGIN TRY
                -- No limits, because the drop passed them or was accepted when it was published. @published_as refuses
                -- another drop, because a repeated run that failed has staged its own into the same folder.
                EXEC etl.load_day
                    @business_date = @before_date,
                    @landing_dir = @landing_dir,
                    @source_dir = @source_dir,
                    @run_id = @run_id,
                    @replay = 1,
                    @reject_limit = 1,
                    @same_drop = 1,
                    @today = @before_date,
                    @published_as = @before_id;
            END TRY
            BEGIN CATCH
                SET @message = CONCAT(
                    N'Batch ', @batch_id, N' was not withdrawn: batch ', @before_id, N' of ', @before_date,
                    N', which gold showed before it, cannot be loaded again.', CHAR(10),
                    N'  Error ', ERROR_NUMBER(), N': ',
                    REPLACE(LEFT(ERROR_MESSAGE(), 1000), CHAR(10), CONCAT(CHAR(10), N'  ')), CHAR(10),
                    N'Load the right day first: a batch that gold does not show is withdrawn without a load.', CHAR(10),
                    N'Or stage the drop that was published for ', @before_date, N' again, from ', @source_dir,
                    N' into ', @landing_dir, N', then withdraw.'
                );
                SET @message = REPLACE(@message COLLATE Latin1_General_100_BIN2, N'%', N'%%');

                UPDATE etl.batch
                SET withdrawn_reason = NULL
                WHERE batch_id IN (SELECT w.batch_id FROM #withdrawn AS w);

                THROW 50016, @message, 1;
            END CATCH;
        END;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXEC @lock_result = sp_getapplock
            @Resource = N'etl.publish',
            @LockMode = N'Exclusive',
            @LockOwner = N'Transaction',
            @LockTimeout = 60000;

        IF @lock_result < 0
            BEGIN
                SET @message = CONCAT(
                    N'A publish has been running for a minute.', CHAR(10),
                    N'Call etl.withdraw_batch again when it has ended.'
                );
                THROW 50013, @message, 1;
            END;

        UPDATE etl.batch
        SET
            status = N'withdrawn',
            withdrawn_at = SYSUTCDATETIME(),
            withdrawn_reason = @reason,
            closed_at = COALESCE(closed_at, SYSUTCDATETIME())
        WHERE batch_id IN (SELECT w.batch_id FROM #withdrawn AS w);

        -- The new batch replaces the one it loaded again, so that withdrawing the new one goes back one day further.
        UPDATE b
        SET shown_at = NULL
        FROM etl.batch AS b
        INNER JOIN etl.batch AS again
            ON again.run_id = CONCAT(N'withdrawal of batch ', @batch_id, N': batch ', b.batch_id, N' again')
        WHERE
            again.shown_at IS NOT NULL
            AND b.shown_at < again.shown_at;

        IF NOT EXISTS (SELECT 1 FROM gold.current_batch)
            BEGIN
                UPDATE silver.customers
                SET in_source = 0
                WHERE in_source = 1;

                UPDATE silver.products
                SET in_source = 0
                WHERE in_source = 1;

                UPDATE silver.sales
                SET
                    in_source = 0,
                    last_seen_date
                    = CASE WHEN last_seen_date < @business_date THEN @business_date ELSE last_seen_date END
                WHERE in_source = 1;
            END;

        -- last_seen_date must not be later than the latest remaining day.
        SELECT @latest = MAX(business_date)
        FROM etl.batch
        WHERE
            published_at IS NOT NULL
            AND (shown_at IS NOT NULL OR is_history = 1)
            AND withdrawn_at IS NULL;

        UPDATE silver.sales
        SET last_seen_date = @latest
        WHERE last_seen_date > @latest;

        EXEC silver.void_versions @batch_id;
        EXEC silver.correct_version_keys @rows_corrected OUTPUT;

        -- Members without a version are those that only withdrawn batches delivered (silver.load_sales).
        UPDATE silver.sales
        SET
            customer_key = 0,
            customer_version_key = 0
        WHERE
            in_source = 1
            AND customer_key NOT IN (
                SELECT v.customer_key FROM silver.customer_versions AS v
                WHERE v.is_void = 0
            );

        UPDATE silver.sales
        SET
            product_key = 0,
            product_version_key = 0,
            cost = NULL,
            profit = NULL
        WHERE
            in_source = 1
            AND product_key NOT IN (
                SELECT v.product_key FROM silver.product_versions AS v
                WHERE v.is_void = 0
            );

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;

    PRINT CONCAT(N'Batch ', @batch_id, N' withdrawn: ', @reason);
END;
GO
