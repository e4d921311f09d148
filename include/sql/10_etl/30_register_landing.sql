/*
Purpose:    loads the lists that staging wrote beside the files: the manifest, the rejected lines, and the SHA-256 of
            each file, which etl.bulk_load compares before it loads the file.
Parameters: @batch_id; @landing_dir  the batch's landing folder as SQL Server sees it, without a trailing slash
            Deletes the record of accepted rejects (etl.accept_rejects), because those were rows of other files. If the
            files are others than those registered before, it deletes the waivers given before, too.
Errors:     50001 empty @landing_dir, 50007 checksums.txt does not list the files of the drop (etl.source_table),
            manifest.txt and rejected.txt, or manifest.txt the source tables, 50009 as etl.bulk_load, 50013 as
            etl.lock_step, 50015 the files are those of another business date, and the batch was opened without
            same_drop
Example:    EXEC etl.register_landing 1, N'/landing/1';
*/
CREATE OR ALTER PROCEDURE etl.register_landing
    @batch_id INT,
    @landing_dir NVARCHAR(400)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @path NVARCHAR(661);
    DECLARE @message NVARCHAR(2048);
    DECLARE @tables INT;
    DECLARE @listed INT;
    DECLARE @error_number INT;
    DECLARE @error_message NVARCHAR(4000);
    DECLARE @business_date DATE;
    DECLARE @same_drop BIT;
    DECLARE @twin_id INT;
    DECLARE @twin_date DATE;
    DECLARE @rows_read INT;
    DECLARE @rows_inserted INT;
    DECLARE @rows_rejected INT;
    DECLARE @rows_expected INT;
    DECLARE @bytes BIGINT;
    DECLARE @sha256 NVARCHAR(64);

    EXEC etl.open_step @batch_id, N'etl.register_landing', @step_id OUTPUT;

    BEGIN TRY
        IF @landing_dir IS NULL OR DATALENGTH(TRIM(@landing_dir)) = 0
            BEGIN
                SET @message = CONCAT(
                    N'etl.register_landing: @landing_dir is empty.', CHAR(10),
                    N'Give the folder that staging wrote, as SQL Server sees it.'
                );
                THROW 50001, @message, 1;
            END;

        BEGIN TRANSACTION;

        EXEC etl.lock_step N'etl.register_landing', N'Exclusive';

        DELETE FROM bronze.landing_checksum;
        DELETE FROM bronze.landing_manifest;
        DELETE FROM bronze.landing_rejected;

        SET @path = CONCAT(@landing_dir, N'/checksums.txt');
        EXEC etl.bulk_load N'bronze.landing_checksum', @path;

        SELECT @tables = COUNT(*)
        FROM etl.source_table;

        WITH expected AS (
            SELECT CONCAT(LEFT(source_file, LEN(source_file) - 4), N'.txt') AS landing_file
            FROM etl.source_table

            UNION ALL

            SELECT N'manifest.txt'

            UNION ALL

            SELECT N'rejected.txt'
        )

        SELECT @listed = COUNT(DISTINCT c.landing_file)
        FROM bronze.landing_checksum AS c
        INNER JOIN expected AS e
            ON c.landing_file = e.landing_file
        WHERE
            c.bytes > 0
            AND LEN(c.sha256) = 64;

        IF @listed <> @tables + 2 OR (SELECT COUNT(*) FROM bronze.landing_checksum) <> @tables + 2
            BEGIN
                SET @message = CONCAT(
                    REPLACE(@path COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                    N' does not list the ', @tables + 2, N' other files once each.',
                    CHAR(10), N'The landing copy is damaged: run staging again.'
                );
                THROW 50007, @message, 1;
            END;

        SET @path = CONCAT(@landing_dir, N'/manifest.txt');

        SELECT
            @bytes = bytes,
            @sha256 = sha256
        FROM bronze.landing_checksum
        WHERE landing_file = N'manifest.txt';

        EXEC etl.bulk_load N'bronze.landing_manifest', @path, @sha256, @bytes;

        SELECT @listed = COUNT(DISTINCT m.source_table)
        FROM bronze.landing_manifest AS m
        INNER JOIN etl.source_table AS t
            ON m.source_table = t.source_table;

        IF @listed <> @tables OR (SELECT COUNT(*) FROM bronze.landing_manifest) <> @tables
            BEGIN
                SET @message = CONCAT(
                    REPLACE(@landing_dir COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                    N'/manifest.txt does not list the ', @tables, N' source tables once each.',
                    CHAR(10), N'The landing copy is damaged: run staging again.'
                );
                THROW 50007, @message, 1;
            END;

        SET @path = CONCAT(@landing_dir, N'/rejected.txt');

        SELECT
            @bytes = bytes,
            @sha256 = sha256
        FROM bronze.landing_checksum
        WHERE landing_file = N'rejected.txt';

        SELECT @rows_expected = SUM(rows_rejected)
        FROM bronze.landing_manifest;

        EXEC etl.bulk_load N'bronze.landing_rejected', @path, @sha256, @bytes, @rows_expected;

        SELECT @rows_rejected = COUNT(*)
        FROM bronze.landing_rejected;

        IF @rows_rejected <> @rows_expected
            BEGIN
                SET @message = CONCAT(
                    N'bronze.landing_rejected got ', @rows_rejected, N' rows from ',
                    REPLACE(@path COLLATE Latin1_General_100_BIN2, N'%', N'%%'),
                    N', manifest.txt says ', @rows_expected, N'.',
                    CHAR(10), N'The landing copy is damaged: run staging again.'
                );
                THROW 50009, @message, 1;
            END;

        SELECT
            @business_date = business_date,
            @same_drop = same_drop
        FROM etl.batch
        WHERE batch_id = @batch_id;

        -- Only the last publication of another date counts, because a wrong drop may be published again after its
        -- correction.
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
                AND business_date <> @business_date
        )

        SELECT TOP (1)
            @twin_id = p.batch_id,
            @twin_date = p.business_date
        FROM publications AS p
        INNER JOIN etl.published_file AS f
            ON p.batch_id = f.batch_id
        INNER JOIN bronze.landing_manifest AS l
            ON
                f.source_table = l.source_table
                AND f.sha256 = l.sha256
        WHERE p.publication_rank = 1
        GROUP BY
            p.batch_id,
            p.business_date
        HAVING COUNT(*) = @tables
        ORDER BY p.business_date DESC;

        IF @twin_id IS NOT NULL AND @same_drop = 0
            BEGIN
                SET @message = CONCAT(
                    N'The files for ', @business_date, N' are those of ', @twin_date, N', published as batch ',
                    @twin_id, N': the same SHA-256.', CHAR(10),
                    N'Deliver the drop of ', @business_date, N'. If nothing has changed since ', @twin_date,
                    N', run with same_drop.'
                );
                THROW 50015, @message, 1;
            END;

        IF
            EXISTS (
                SELECT 1
                FROM etl.manifest AS m
                INNER JOIN bronze.landing_manifest AS l
                    ON m.source_table = l.source_table
                WHERE
                    m.batch_id = @batch_id
                    AND m.sha256 <> l.sha256
            )
            DELETE FROM etl.waiver
            WHERE
                batch_id = @batch_id
                AND waived_at < (
                    SELECT MAX(s.started_at)
                    FROM etl.step AS s
                    WHERE
                        s.batch_id = @batch_id
                        AND s.step_name = N'etl.register_landing'
                        AND s.status = N'succeeded'
                );

        DELETE FROM etl.manifest
        WHERE batch_id = @batch_id;

        INSERT INTO etl.manifest
        (
            batch_id, source_table, source_file, landing_file, rows_read, rows_written, rows_rejected,
            blank_lines, replaced_characters, invisible_ends, open_lines, bytes, sha256, landing_bytes, landing_sha256
        )
        SELECT
            @batch_id,
            m.source_table,
            m.source_file,
            m.landing_file,
            m.rows_read,
            m.rows_written,
            m.rows_rejected,
            m.blank_lines,
            m.replaced_characters,
            m.invisible_ends,
            m.open_lines,
            m.bytes,
            m.sha256,
            c.bytes AS landing_bytes,
            c.sha256 AS landing_sha256
        FROM bronze.landing_manifest AS m
        LEFT JOIN bronze.landing_checksum AS c
            ON m.landing_file = c.landing_file;

        DELETE FROM etl.rejected_row
        WHERE
            batch_id = @batch_id
            AND found_by = N'staging';

        INSERT INTO etl.rejected_row
        (batch_id, found_by, source_table, source_file, source_line, column_name, reason, raw_row)
        SELECT
            @batch_id,
            N'staging',
            source_table,
            source_file,
            source_line,
            column_name,
            reason,
            raw_row
        FROM bronze.landing_rejected
        ORDER BY
            source_table,
            source_line;

        UPDATE etl.batch
        SET
            landing_dir = @landing_dir,
            rejects_accepted = NULL,
            rejects_accepted_by = NULL,
            rejects_accepted_at = NULL,
            rejects_note = NULL
        WHERE batch_id = @batch_id;

        SELECT
            @rows_read = SUM(rows_read),
            @rows_inserted = SUM(rows_written),
            @rows_rejected = SUM(rows_rejected)
        FROM bronze.landing_manifest;

        COMMIT TRANSACTION;
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
        @rows_inserted = @rows_inserted,
        @rows_rejected = @rows_rejected;
END;
GO
