/*
Purpose:    deletes the steps, rejected rows, check results and manifests of old batches. The rows of etl.batch stay.
            So do those of etl.published_file, because drops are compared with them. Nothing is deleted of running
            batches, of the batch that gold shows, of the last publications of the two latest business dates, and of
            the batches that ran a step last, because etl.require_step reads from those whose rows a table holds.
Parameters: @keep_days  the history of batches opened in the last @keep_days days is kept
Returns:    a result set of one row: the numbers of batches, steps, rejected_rows, quality_results and manifests
Errors:     50001 invalid parameters
Example:    EXEC etl.purge_history 400;
*/
CREATE OR ALTER PROCEDURE etl.purge_history
    @keep_days INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @message NVARCHAR(2048);
    DECLARE @batches INT;
    DECLARE @steps INT;
    DECLARE @rejected_rows INT;
    DECLARE @quality_results INT;
    DECLARE @manifests INT;

    IF @keep_days IS NULL OR @keep_days NOT BETWEEN 1 AND 36500
        BEGIN
            SET @message = CONCAT(
                N'etl.purge_history: @keep_days must be between 1 and 36500.', CHAR(10),
                N'400 keeps the history of the batches opened in the last 400 days.'
            );
            THROW 50001, @message, 1;
        END;

    WITH publications AS (
        SELECT
            batch_id,
            business_date,
            ROW_NUMBER() OVER (PARTITION BY business_date ORDER BY published_at DESC, batch_id DESC)
                AS publication_rank
        FROM etl.batch
        WHERE
            published_at IS NOT NULL
            AND (shown_at IS NOT NULL OR is_history = 1)
            AND withdrawn_at IS NULL
    ),

    latest AS (
        SELECT TOP (2) batch_id
        FROM publications
        WHERE publication_rank = 1
        ORDER BY business_date DESC
    ),

    holders AS (
        SELECT t.batch_id
        FROM etl.step AS t
        WHERE
            t.step_id IN (
                SELECT MAX(n.step_id) FROM etl.step AS n
                WHERE n.status <> N'failed'
                GROUP BY n.step_name
            )
    )

    SELECT b.batch_id
    INTO #old
    FROM etl.batch AS b
    WHERE
        b.opened_at < DATEADD(DAY, -@keep_days, SYSUTCDATETIME())
        AND b.status <> N'running'
        AND b.batch_id NOT IN (SELECT l.batch_id FROM latest AS l)
        AND b.batch_id NOT IN (SELECT c.batch_id FROM gold.current_batch AS c)
        AND b.batch_id NOT IN (SELECT h.batch_id FROM holders AS h)
        AND (
            EXISTS (
                SELECT 1 FROM etl.step AS s
                WHERE s.batch_id = b.batch_id
            )
            OR EXISTS (
                SELECT 1 FROM etl.rejected_row AS r
                WHERE r.batch_id = b.batch_id
            )
            OR EXISTS (
                SELECT 1 FROM etl.quality_result AS q
                WHERE q.batch_id = b.batch_id
            )
            OR EXISTS (
                SELECT 1 FROM etl.manifest AS m
                WHERE m.batch_id = b.batch_id
            )
        );

    SET @batches = @@ROWCOUNT;

    BEGIN TRY
        BEGIN TRANSACTION;

        DELETE FROM etl.step
        WHERE batch_id IN (SELECT o.batch_id FROM #old AS o);

        SET @steps = @@ROWCOUNT;

        DELETE FROM etl.rejected_row
        WHERE batch_id IN (SELECT o.batch_id FROM #old AS o);

        SET @rejected_rows = @@ROWCOUNT;

        DELETE FROM etl.quality_result
        WHERE batch_id IN (SELECT o.batch_id FROM #old AS o);

        SET @quality_results = @@ROWCOUNT;

        DELETE FROM etl.manifest
        WHERE batch_id IN (SELECT o.batch_id FROM #old AS o);

        SET @manifests = @@ROWCOUNT;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;

    PRINT CONCAT(N'etl.purge_history: deleted the history of ', @batches, N' batches.');

    SELECT
        @batches AS batches,
        @steps AS steps,
        @rejected_rows AS rejected_rows,
        @quality_results AS quality_results,
        @manifests AS manifests;
END;
GO
