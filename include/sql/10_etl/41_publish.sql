/*
Purpose:    makes gold show the batch: checks the cleansed tables, loads the integrated tables and checks gold in one
            transaction (etl.check_quality). A failed check of severity error rolls all of it back, unless its rule was
            waived for the batch (etl.waive_checks); the findings are kept in etl.quality_result.
            A history batch adds the rows that the integrated tables lack. Gold keeps its day, so the gold checks,
            which compare it with this drop, are not run.
Parameters: @batch_id; @dry_run  1 does all of it, keeps the findings, and rolls back
Errors:     50002 a later day was published since the batch was opened, and it is neither a replay nor history; or the
            batch is loaded again by a withdrawal, and gold no longer shows the batch that is withdrawn,
            50005 batch not open, 50006 a cleansed table holds another batch, 50010 and 50011 as etl.reconcile,
            50012 a quality check failed, 50013 another publish is running or another batch holds a table,
            50018 as etl.check_quality
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
    DECLARE @is_replay BIT;
    DECLARE @business_date DATE;
    DECLARE @latest DATE;
    DECLARE @run_id NVARCHAR(250);
    DECLARE @shown_id INT;
    DECLARE @shown_date DATE;
    DECLARE @rows_read INT;
    DECLARE @failures INT;
    DECLARE @failed NVARCHAR(MAX);
    DECLARE @checks NVARCHAR(MAX);
    DECLARE @warned INT;
    DECLARE @source_table NVARCHAR(50);
    DECLARE @step_name NVARCHAR(128);
    DECLARE @message NVARCHAR(2048);
    DECLARE @error_number INT;
    DECLARE @error_message NVARCHAR(4000);
    -- A table variable is not part of the transaction, so its rows outlive the rollback.
    DECLARE
        @findings TABLE
        (
            finding_id INT IDENTITY (1, 1) NOT NULL,
            check_name NVARCHAR(128) NOT NULL,
            subject NVARCHAR(128) NOT NULL,
            severity NVARCHAR(10) NOT NULL,
            passed BIT NOT NULL,
            waived BIT NOT NULL,
            observed BIGINT NULL,
            observed_of BIGINT NULL,
            expected BIGINT NULL,
            expected_of BIGINT NULL,
            finding NVARCHAR(1000) NOT NULL
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

        SELECT
            @is_history = is_history,
            @is_replay = is_replay,
            @business_date = business_date,
            @run_id = run_id
        FROM etl.batch
        WHERE batch_id = @batch_id;

        -- Compared when the batch was opened, too; another batch may have been published since.
        SELECT @latest = MAX(business_date)
        FROM etl.batch
        WHERE
            shown_at IS NOT NULL
            AND withdrawn_at IS NULL;

        IF @is_replay = 0 AND @is_history = 0 AND @business_date < @latest
            BEGIN
                SET @message = CONCAT(
                    N'Batch ', @batch_id, N' of ', @business_date, N' is older than ', @latest,
                    N', which was published since the batch was opened.', CHAR(10),
                    N'Open the batch again: with @replay = 1 to make gold show ', @business_date,
                    N', or with @history = 1 to add the rows that only that day holds.'
                );
                THROW 50002, @message, 1;
            END;

        SELECT
            @shown_id = batch_id,
            @shown_date = business_date
        FROM gold.current_batch;

        IF
            @run_id LIKE N'withdrawal of batch %'
            AND @run_id NOT LIKE CONCAT(N'withdrawal of batch ', @shown_id, N': %')
            AND @shown_id <> @batch_id
            BEGIN
                SET @message = CONCAT(
                    N'Batch ', @shown_id, N' of ', @shown_date, N' was published since the withdrawal began.', CHAR(10),
                    N'Withdraw again: gold keeps ', @shown_date, N' then.'
                );
                THROW 50002, @message, 1;
            END;

        SELECT @source_table = MIN(source_table)
        FROM etl.source_table;

        WHILE @source_table IS NOT NULL
            BEGIN
                SET @step_name = CONCAT(N'silver.load_', @source_table);
                EXEC etl.require_step @batch_id, @step_name;

                SELECT @source_table = MIN(source_table)
                FROM etl.source_table
                WHERE source_table > @source_table;
            END;

        INSERT INTO @findings
        (check_name, subject, severity, passed, waived, observed, observed_of, expected, expected_of, finding)
        EXEC etl.check_quality @batch_id, N'silver';

        SELECT @failures = COUNT(*)
        FROM @findings
        WHERE
            passed = 0
            AND severity = N'error'
            AND waived = 0;

        IF @failures = 0
            BEGIN
                EXEC silver.load_spellings @batch_id;
                EXEC silver.load_customers @batch_id;
                EXEC silver.load_products @batch_id;
                EXEC silver.void_versions @batch_id;
                EXEC silver.load_customer_versions @batch_id;
                EXEC silver.load_product_versions @batch_id;
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

                IF @is_history = 0
                    INSERT INTO @findings
                    (
                        check_name, subject, severity, passed, waived, observed, observed_of, expected, expected_of,
                        finding
                    )
                    EXEC etl.check_quality @batch_id, N'gold';
            END;

        SELECT
            @failures = COUNT(*),
            @failed = STRING_AGG(CAST(finding AS NVARCHAR(MAX)), CHAR(10) + N'  ')
            WITHIN GROUP (ORDER BY finding_id)
        FROM @findings
        WHERE
            passed = 0
            AND severity = N'error'
            AND waived = 0;

        IF @failures > 0
            BEGIN
                SELECT @checks = STRING_AGG(CAST(check_name AS NVARCHAR(MAX)), N'; ') WITHIN GROUP (ORDER BY finding_id)
                FROM (
                    SELECT
                        check_name,
                        MIN(finding_id) AS finding_id
                    FROM @findings
                    WHERE
                        passed = 0
                        AND severity = N'error'
                        AND waived = 0
                    GROUP BY check_name
                ) AS failed_checks;

                IF LEN(@checks) > 600
                    SET @checks = N'all';

                SET @message = CONCAT(
                    N'Quality checks failed, nothing was published:', CHAR(10),
                    N'  ', LEFT(@failed, 900), CASE WHEN LEN(@failed) > 900 THEN N'…' END, CHAR(10),
                    N'Deliver a right drop, and clear stage with all downstream. If this one is right, run', CHAR(10),
                    N'  EXEC etl.waive_checks ', @batch_id, N', N''', @checks,
                    N''', N''<your name>'', N''<why it is right>''', CHAR(10),
                    N'and clear publish with all downstream. gold.quality_rules says why each check exists.', CHAR(10),
                    N'The results are kept: SELECT * FROM gold.quality_results WHERE batch_id = ', @batch_id
                );
                -- THROW needs each % in its message doubled.
                SET @message = REPLACE(@message COLLATE Latin1_General_100_BIN2, N'%', N'%%');
                THROW 50012, @message, 1;
            END;

        IF @is_history = 1
            SELECT @rows_read = COUNT(*)
            FROM silver.crm_sales_details;
        ELSE
            SELECT @rows_read = COUNT(*)
            FROM gold.fact_sales;

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

        INSERT INTO etl.quality_result
        (batch_id, check_name, subject, severity, passed, waived, observed, observed_of, expected, expected_of)
        SELECT
            @batch_id,
            check_name,
            subject,
            severity,
            passed,
            waived,
            observed,
            observed_of,
            expected,
            expected_of
        FROM @findings;

        EXEC etl.fail_step @step_id, @error_number, @error_message;
        THROW;
    END CATCH;

    INSERT INTO etl.quality_result
    (batch_id, check_name, subject, severity, passed, waived, observed, observed_of, expected, expected_of)
    SELECT
        @batch_id,
        check_name,
        subject,
        severity,
        passed,
        waived,
        observed,
        observed_of,
        expected,
        expected_of
    FROM @findings;

    -- One message a warning, because a log shows each message as one record.
    SELECT @warned = MIN(finding_id)
    FROM @findings
    WHERE passed = 0;

    WHILE @warned IS NOT NULL
        BEGIN
            SELECT @message = CONCAT(CASE WHEN waived = 1 THEN N'Waived: ' ELSE N'Warning: ' END, finding)
            FROM @findings
            WHERE finding_id = @warned;

            PRINT @message;

            SELECT @warned = MIN(finding_id)
            FROM @findings
            WHERE
                passed = 0
                AND finding_id > @warned;
        END;

    IF @dry_run = 1
        PRINT CONCAT(N'Dry run: batch ', @batch_id, N' passed, and nothing was published.');

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read;
END;
GO
