/*
Purpose:    loads a day from a staged landing folder, for use from a SQL client. Airflow calls the same procedures one
            by one.
Parameters: @business_date; @landing_dir  the landing folder as SQL Server sees it
            @source_dir  the folder of the drop, for the record
            @run_id  default: a new one; @replay, @reject_limit, @same_drop, @history and @today  as
            etl.open_batch
            @published_as  a batch; accepts only the drop that it was published from (etl.withdraw_batch), and waives
            the checks that compare a day with others, because this day was published before. Rejected rows that a
            person accepted then stay accepted, unless fewer are rejected now
            @waive  checks that the day need not pass, with semicolons between them, or all, in the name of the login;
            @waive_reason  why, for the record (etl.waive_checks)
Errors:     those of the procedures it calls, 50016 the landing folder does not hold the drop of @published_as.
            The batch is then closed as failed
Example:    EXEC etl.load_day @business_date = '2026-02-01', @landing_dir = N'/landing/manual';
*/
CREATE OR ALTER PROCEDURE etl.load_day
    @business_date DATE,
    @landing_dir NVARCHAR(400),
    @source_dir NVARCHAR(400) = NULL,
    @run_id NVARCHAR(250) = NULL,
    @replay BIT = 0,
    @reject_limit DECIMAL(9, 6) = 0.01,
    @same_drop BIT = 0,
    @today DATE = NULL,
    @published_as INT = NULL,
    @history BIT = 0,
    @waive NVARCHAR(4000) = NULL,
    @waive_reason NVARCHAR(1000) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @batch_id INT;
    DECLARE @other_files NVARCHAR(400);
    DECLARE @message NVARCHAR(2048);
    DECLARE @source_table NVARCHAR(50);
    DECLARE @waived_by NVARCHAR(128) = ORIGINAL_LOGIN();

    SET @run_id = COALESCE(@run_id, CONCAT(N'manual ', NEWID()));

    EXEC etl.open_batch
        @run_id,
        @business_date,
        @source_dir,
        @replay,
        @reject_limit,
        @batch_id OUTPUT,
        @same_drop = @same_drop,
        @history = @history,
        @today = @today;

    BEGIN TRY
        IF @waive IS NOT NULL
            EXEC etl.waive_checks @batch_id, @waive, @waived_by, @waive_reason;

        IF @published_as IS NOT NULL
            INSERT INTO etl.waiver (batch_id, check_name, waived_by, reason)
            SELECT
                @batch_id,
                r.check_name,
                @waived_by,
                CONCAT(N'The drop was published before, as batch ', @published_as, N'.')
            FROM etl.quality_rule AS r
            WHERE
                r.severity = N'error'
                AND (r.layer = N'silver' OR r.expectation <> N'equal')
                AND NOT EXISTS (
                    SELECT 1 FROM etl.waiver AS w
                    WHERE
                        w.batch_id = @batch_id
                        AND w.check_name = r.check_name
                );

        EXEC etl.register_landing @batch_id, @landing_dir;

        -- Compared before bronze is loaded, so that a refusal leaves the tables of bronze as they are.
        SELECT @other_files = STRING_AGG(m.source_table, N', ') WITHIN GROUP (ORDER BY m.source_table)
        FROM etl.manifest AS m
        LEFT JOIN etl.published_file AS f
            ON
                f.batch_id = @published_as
                AND m.source_table = f.source_table
                AND m.sha256 = f.sha256
        WHERE
            m.batch_id = @batch_id
            AND f.batch_id IS NULL;

        IF @published_as IS NOT NULL AND @other_files IS NOT NULL
            BEGIN
                SET @message = CONCAT(
                    REPLACE(@landing_dir COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                    N' no longer holds the drop that batch ', @published_as,
                    N' was published from.', CHAR(10),
                    N'Another SHA-256: ', @other_files, N'. Stage that drop into it again.'
                );
                THROW 50016, @message, 1;
            END;

        SELECT @source_table = MIN(source_table)
        FROM etl.source_table;

        WHILE @source_table IS NOT NULL
            BEGIN
                EXEC bronze.load_table @batch_id, @source_table;
                EXEC silver.load_table @batch_id, @source_table;

                SELECT @source_table = MIN(source_table)
                FROM etl.source_table
                WHERE source_table > @source_table;
            END;

        -- etl.check_quality compares no later day with a day that lacks these rows.
        UPDATE b
        SET
            rejects_accepted = p.rejects_accepted,
            rejects_accepted_by = p.rejects_accepted_by,
            rejects_accepted_at = p.rejects_accepted_at,
            rejects_note = p.rejects_note
        FROM etl.batch AS b
        INNER JOIN etl.batch AS p
            ON p.batch_id = @published_as
        WHERE
            b.batch_id = @batch_id
            AND p.rejects_accepted <= (
                SELECT COUNT(*) FROM etl.rejected_row AS r
                WHERE r.batch_id = @batch_id
            );

        EXEC etl.publish @batch_id;
        EXEC etl.close_batch @batch_id, N'succeeded';
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        EXEC etl.close_batch @batch_id, N'failed';
        THROW;
    END CATCH;
END;
GO
