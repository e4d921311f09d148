/*
Purpose:    raises an error if a row is unaccounted for or too many were rejected; the last check before the publish.
            The number of rejected rows that etl.accept_rejects recorded passes above the limit, with a warning.
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
    DECLARE @rows_accepted INT;
    DECLARE @accepted_by NVARCHAR(128);
    DECLARE @share NVARCHAR(100);
    DECLARE @reasons NVARCHAR(2048);
    DECLARE @error_number INT;
    DECLARE @error_message NVARCHAR(4000);

    EXEC etl.open_step @batch_id, N'etl.reconcile', @step_id OUTPUT;

    BEGIN TRY
        SELECT
            @complaint = STRING_AGG(
                CONCAT(
                    N'  ', source_table, N': file ', file_rows, N', staged ', staged_rows, N', bronze ', bronze_rows,
                    N', loaded ', loaded_rows, N', superseded ', superseded_rows, N', rejected ', rejected_rows
                ),
                CHAR(10)
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
                SET @message = CONCAT(
                    N'Batch ', @batch_id, N' does not account for every row.', CHAR(10),
                    @complaint, CHAR(10),
                    N'Load the tables named again, bronze first, then run etl.reconcile again.'
                );
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
                SET @message = CONCAT(
                    N'Batch ', @batch_id, N' has no manifest.', CHAR(10),
                    N'Run etl.register_landing first.'
                );
                THROW 50010, @message, 1;
            END;

        SELECT
            @reject_limit = reject_limit,
            @rows_accepted = rejects_accepted,
            @accepted_by = rejects_accepted_by
        FROM etl.batch
        WHERE batch_id = @batch_id;

        IF @rows_rejected > @rows_read * @reject_limit
            BEGIN
                SET @share = CONCAT(
                    @rows_rejected, N' of ', @rows_read,
                    N' rows were rejected, more than the batch''s limit of ',
                    CAST(@reject_limit * 100 AS DECIMAL(7, 2)), N' %'
                );

                IF @rows_rejected <= @rows_accepted
                    PRINT CONCAT(N'Warning: ', @share, N', and accepted by ', @accepted_by, N'.');
                ELSE
                    BEGIN
                        WITH reasons AS (
                            SELECT
                                source_table,
                                column_name,
                                reason,
                                COUNT(*) AS reason_rows,
                                MIN(rejected_row_id) AS sample_id
                            FROM etl.rejected_row
                            WHERE batch_id = @batch_id
                            GROUP BY
                                source_table,
                                column_name,
                                reason
                        ),

                        commonest AS (
                            SELECT TOP (5)
                                source_table,
                                column_name,
                                reason,
                                reason_rows,
                                sample_id
                            FROM reasons
                            ORDER BY reason_rows DESC, sample_id ASC
                        )

                        SELECT
                            @reasons = STRING_AGG(
                                CONCAT(
                                    N'  ', c.reason_rows, N' × ', c.source_table, N'.' + c.column_name, N': ',
                                    LEFT(c.reason, 100), N', e.g. line ', r.source_line,
                                    N': ' + LEFT(r.raw_row, 60),
                                    CASE WHEN LEN(r.raw_row) > 60 THEN N'…' END
                                ),
                                CHAR(10)
                            ) WITHIN GROUP (ORDER BY c.reason_rows DESC, c.sample_id ASC)
                        FROM commonest AS c
                        INNER JOIN etl.rejected_row AS r
                            ON
                                c.source_table = r.source_table
                                AND c.sample_id = r.rejected_row_id
                        WHERE r.batch_id = @batch_id;

                        SET @message = CONCAT(
                            @share, N'.', CHAR(10),
                            @reasons, CHAR(10),
                            N'Deliver a right drop, or accept the rows (etl.accept_rejects), or raise the limit.',
                            CHAR(10), N'All of them: SELECT * FROM gold.rejected_rows WHERE batch_id = ', @batch_id
                        );
                        -- THROW needs each % in its message doubled.
                        SET @message = REPLACE(@message COLLATE Latin1_General_100_BIN2, N'%', N'%%');
                        THROW 50011, @message, 1;
                    END;
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
