/*
Purpose:    makes gold show the batch: loads the three integrated tables and checks gold in one transaction. A failed
            check rolls all of it back; the findings are kept in etl.quality_result.
            A history batch adds the rows that the integrated tables lack. Gold keeps its day, so the gold checks,
            which compare it with this drop, are not run.
Parameters: @batch_id; @dry_run  1 does all of it, keeps the findings, and rolls back
Errors:     50005 batch not open, 50006 a cleansed table holds another batch, 50010 and 50011 as etl.reconcile,
            50012 a gold check failed, 50013 another publish is running or another batch holds a table
Example:    EXEC etl.publish 1;
*/
CREATE OR ALTER PROCEDURE etl.publish
    @batch_id INT,
    @dry_run BIT = 0
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @lock_result INT;
    DECLARE @is_history BIT;
    DECLARE @rows_read INT;
    DECLARE @failed NVARCHAR(1500);
    DECLARE @warned NVARCHAR(128);
    DECLARE @message NVARCHAR(2048);
    DECLARE @error_number INT;
    DECLARE @error_message NVARCHAR(4000);
    -- A table variable is not part of the transaction, so its rows outlive the rollback.
    DECLARE
        @findings TABLE
        (
            check_name NVARCHAR(128) NOT NULL,
            severity NVARCHAR(10) NOT NULL,
            passed BIT NOT NULL,
            observed BIGINT NULL,
            expected BIGINT NULL
        );

    EXEC etl.open_step @batch_id, N'etl.publish', @step_id OUTPUT;

    BEGIN TRY
        EXEC etl.reconcile @batch_id;

        BEGIN TRANSACTION;

        EXEC @lock_result = sp_getapplock
            @Resource = N'etl.publish',
            @LockMode = N'Exclusive',
            @LockOwner = N'Transaction',
            @LockTimeout = 60000;

        IF @lock_result < 0
            BEGIN
                SET @message = CONCAT(
                    N'Another publish has been running for a minute.', CHAR(10),
                    N'Try again when it has ended.'
                );
                THROW 50013, @message, 1;
            END;

        SELECT @is_history = is_history
        FROM etl.batch
        WHERE batch_id = @batch_id;

        EXEC silver.load_customers @batch_id;
        EXEC silver.load_products @batch_id;
        EXEC silver.load_sales @batch_id;

        UPDATE etl.batch
        SET
            published_at = SYSUTCDATETIME(),
            shown_at = CASE WHEN is_history = 0 THEN SYSUTCDATETIME() ELSE shown_at END
        WHERE batch_id = @batch_id;

        DELETE FROM etl.published_file
        WHERE batch_id = @batch_id;

        INSERT INTO etl.published_file (batch_id, source_table, sha256)
        SELECT
            batch_id,
            source_table,
            sha256
        FROM etl.manifest
        WHERE batch_id = @batch_id;

        IF @is_history = 1
            SELECT @rows_read = COUNT(*)
            FROM silver.crm_sales_details;
        ELSE
            BEGIN
                -- Into a temporary table first, because a statement that fills a table variable runs on one core.
                SELECT
                    check_name,
                    severity,
                    passed,
                    observed,
                    expected
                INTO #checked
                FROM gold.quality_check;

                INSERT INTO @findings (check_name, severity, passed, observed, expected)
                SELECT
                    check_name,
                    severity,
                    passed,
                    observed,
                    expected
                FROM #checked;

                SELECT
                    @failed = STRING_AGG(
                        CONCAT(N'  ', check_name, N' (found ', observed, N', expected ', expected, N')'),
                        CHAR(10)
                    )
                FROM @findings
                WHERE
                    passed = 0
                    AND severity = N'error';

                IF @failed IS NOT NULL
                    BEGIN
                        SET @message = CONCAT(
                            N'Gold checks failed, nothing was published:', CHAR(10),
                            @failed, CHAR(10),
                            N'Deliver a right drop. The results are kept: ',
                            N'SELECT * FROM gold.quality_results WHERE batch_id = ', @batch_id
                        );
                        THROW 50012, @message, 1;
                    END;

                SELECT @rows_read = COUNT(*)
                FROM gold.fact_sales;
            END;

        IF @dry_run = 1
            ROLLBACK TRANSACTION;
        ELSE
            COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        SELECT
            @error_number = ERROR_NUMBER(),
            @error_message = ERROR_MESSAGE();
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;

        INSERT INTO etl.quality_result (batch_id, check_name, severity, passed, observed, expected)
        SELECT
            @batch_id,
            check_name,
            severity,
            passed,
            observed,
            expected
        FROM @findings;

        EXEC etl.fail_step @step_id, @error_number, @error_message;
        THROW;
    END CATCH;

    INSERT INTO etl.quality_result (batch_id, check_name, severity, passed, observed, expected)
    SELECT
        @batch_id,
        check_name,
        severity,
        passed,
        observed,
        expected
    FROM @findings;

    -- One message a warning, because a log shows each message as one record.
    SELECT @warned = MIN(check_name)
    FROM @findings
    WHERE
        passed = 0
        AND severity = N'warning';

    WHILE @warned IS NOT NULL
        BEGIN
            SELECT @message = CONCAT(N'Warning: ', check_name, N' (found ', observed, N', expected ', expected, N')')
            FROM @findings
            WHERE check_name = @warned;

            PRINT @message;

            SELECT @warned = MIN(check_name)
            FROM @findings
            WHERE
                passed = 0
                AND severity = N'warning'
                AND check_name > @warned;
        END;

    IF @dry_run = 1
        PRINT CONCAT(N'Dry run: batch ', @batch_id, N' passed, and nothing was published.');

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read;
END;
GO
