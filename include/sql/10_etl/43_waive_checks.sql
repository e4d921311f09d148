/*
Purpose:    records that a batch need not meet some quality rules. Deviations from them are measured and kept, and do
            not stop the publish. Opening the batch again keeps the record; registering other files deletes it
            (etl.register_landing).
Parameters: @batch_id; @check_names  names of etl.quality_rule, with semicolons between them, or all: every check that
            compares the day with others, for a drop that has nothing in common with the days before
            @waived_by  the name of the person responsible; @reason  why the day is right nevertheless
Errors:     50001 invalid parameters, 50005 the batch was withdrawn
Example:    EXEC etl.waive_checks 7, N'few values are missing', N'a.lee', N'The CRM no longer asks for the gender.';
*/
CREATE OR ALTER PROCEDURE etl.waive_checks
    @batch_id INT,
    @check_names NVARCHAR(4000),
    @waived_by NVARCHAR(128),
    @reason NVARCHAR(1000)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @message NVARCHAR(2048) = N'';
    DECLARE @status NVARCHAR(20);
    DECLARE @names INT;
    DECLARE @unknown NVARCHAR(MAX);

    SELECT @status = status
    FROM etl.batch
    WHERE batch_id = @batch_id;

    IF TRIM(@check_names) = N'all'
        SELECT @check_names = STRING_AGG(check_name, N';')
        FROM etl.quality_rule
        WHERE
            severity = N'error'
            AND (layer = N'silver' OR expectation <> N'equal');

    SELECT
        @names = COUNT(*),
        @unknown = STRING_AGG(
            CASE WHEN r.check_name IS NULL THEN CONCAT(N'''', CAST(n.value AS NVARCHAR(MAX)), N'''') END, N', '
        )
    FROM STRING_SPLIT(@check_names, N';') AS n
    LEFT JOIN etl.quality_rule AS r
        ON
            r.check_name = TRIM(n.value) COLLATE Latin1_General_100_BIN2
            AND r.severity = N'error'
    WHERE DATALENGTH(TRIM(n.value)) > 0;

    IF @waived_by IS NULL OR DATALENGTH(TRIM(@waived_by)) = 0
        SET @message = CONCAT(@message, CHAR(10), N'@waived_by is empty: give the name of the person who waives.');
    IF @reason IS NULL OR DATALENGTH(TRIM(@reason)) = 0
        SET @message = CONCAT(@message, CHAR(10), N'@reason is empty: say why the day is right nevertheless.');
    IF @status IS NULL
        SET @message = CONCAT(
            @message, CHAR(10), N'There is no batch ', COALESCE(CAST(@batch_id AS NVARCHAR(11)), N'NULL'),
            N': gold.load_batches lists all batches.'
        );
    IF @names = 0
        SET @message = CONCAT(@message, CHAR(10), N'@check_names is empty: give the names of the checks to waive.');
    IF @unknown IS NOT NULL
        SET @message = CONCAT(
            @message, CHAR(10), N'No check of severity error is named ', LEFT(@unknown, 1000), N'.', CHAR(10),
            N'gold.quality_rules has the names. Put semicolons between several.'
        );
    IF DATALENGTH(@message) > 0
        BEGIN
            SET @message = CONCAT(N'etl.waive_checks: ', STUFF(@message, 1, 1, N''));
            SET @message = REPLACE(@message COLLATE Latin1_General_100_BIN2, N'%', N'%%');
            THROW 50001, @message, 1;
        END;

    IF @status = N'withdrawn'
        BEGIN
            SET @message = CONCAT(
                N'Batch ', @batch_id, N' was withdrawn: no check can be waived for it any more.', CHAR(10),
                N'Start a new run to load its business date again.'
            );
            THROW 50005, @message, 1;
        END;

    BEGIN TRANSACTION;

    DELETE w
    FROM etl.waiver AS w
    INNER JOIN STRING_SPLIT(@check_names, N';') AS n
        ON w.check_name = TRIM(n.value) COLLATE Latin1_General_100_BIN2
    WHERE w.batch_id = @batch_id;

    INSERT INTO etl.waiver (batch_id, check_name, waived_by, reason)
    SELECT DISTINCT
        @batch_id,
        TRIM(value) COLLATE Latin1_General_100_BIN2,
        @waived_by,
        @reason
    FROM STRING_SPLIT(@check_names, N';')
    WHERE DATALENGTH(TRIM(value)) > 0;

    COMMIT TRANSACTION;

    PRINT CONCAT(N'Batch ', @batch_id, N': ', @names, N' checks waived by ', @waived_by, N'.');
END;
GO
