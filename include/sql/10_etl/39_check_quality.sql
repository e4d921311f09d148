/*
Purpose:    measures the rules of a layer and compares each value with what its rule expects (etl.quality_rule).
            Signed, because it runs the SQL of the rules (60_security/30_load_signer.sql). Called by etl.publish, in its
            transaction, when the cleansed tables hold the batch.
Parameters: @batch_id; @layer  silver or gold
Returns:    a result set of one row a check and subject: the columns of etl.quality_result, and the finding in words
Errors:     50018 a rule and what measures it do not agree
Example:    EXEC etl.publish 1;
*/
CREATE OR ALTER PROCEDURE etl.check_quality
    @batch_id INT,
    @layer NVARCHAR(10)
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @before_id INT;
    DECLARE @days INT;
    DECLARE @checked_at DATETIME2(3);
    DECLARE @measured_by NVARCHAR(4000);
    DECLARE @check_name NVARCHAR(128);
    DECLARE @sql NVARCHAR(MAX);
    DECLARE @message NVARCHAR(2048);

    CREATE TABLE #measured
    (
        check_name NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        subject NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        observed BIGINT NULL,
        observed_of BIGINT NULL,
        expected BIGINT NULL
    );

    SELECT @measured_by = MIN(measured_by)
    FROM etl.quality_rule
    WHERE layer = @layer;

    WHILE @measured_by IS NOT NULL
        BEGIN
            SELECT @check_name = MIN(check_name)
            FROM etl.quality_rule
            WHERE measured_by = @measured_by;

            SET @sql = CONCAT(
                N'INSERT INTO #measured (check_name, subject, observed, observed_of, expected) ',
                CASE
                    WHEN @measured_by LIKE N'SELECT%'
                        THEN CONCAT(
                            N'SELECT @check_name, m.subject, m.observed, m.observed_of, m.expected FROM (',
                            @measured_by, N') AS m;'
                        )
                    ELSE CONCAT(
                        N'SELECT check_name, subject, observed, observed_of, expected FROM ', @measured_by, N';'
                    )
                END
            );
            EXEC sp_executesql
                @sql,
                N'@batch_id INT, @check_name NVARCHAR(128)',
                @batch_id = @batch_id,
                @check_name = @check_name;

            SELECT @measured_by = MIN(measured_by)
            FROM etl.quality_rule
            WHERE
                layer = @layer
                AND measured_by > @measured_by;
        END;

    -- A rule that nothing measures would never fail.
    WITH rules AS (
        SELECT check_name
        FROM etl.quality_rule
        WHERE layer = @layer
    ),

    measures AS (
        SELECT DISTINCT check_name
        FROM #measured
    )

    SELECT
        @message = STRING_AGG(CONCAT(N'  ', COALESCE(r.check_name, m.check_name)), CHAR(10))
        WITHIN GROUP (ORDER BY COALESCE(r.check_name, m.check_name))
    FROM rules AS r
    FULL OUTER JOIN measures AS m
        ON r.check_name = m.check_name
    WHERE
        r.check_name IS NULL
        OR m.check_name IS NULL;

    IF @message IS NOT NULL
        BEGIN
            SET @message = CONCAT(
                N'Checks of ', @layer, N' that are measured without a rule, or have a rule that nothing measures:',
                CHAR(10), @message, CHAR(10),
                N'Correct include/sql/55_quality and deploy again.'
            );
            THROW 50018, @message, 1;
        END;

    -- Not a day that a person accepted although too many of its rows were rejected: it lacks these rows.
    SELECT TOP (1)
        @before_id = b.batch_id,
        @days = DATEDIFF(DAY, b.business_date, t.business_date)
    FROM etl.batch AS b
    INNER JOIN etl.batch AS t
        ON b.business_date < t.business_date
    WHERE
        t.batch_id = @batch_id
        AND b.published_at IS NOT NULL
        AND (b.shown_at IS NOT NULL OR b.is_history = 1)
        AND b.withdrawn_at IS NULL
        AND b.rejects_accepted IS NULL
    ORDER BY b.business_date DESC, b.published_at DESC;

    -- A batch may have results of failed and dry runs, too; those of its last publish count.
    SELECT @checked_at = MIN(q.checked_at)
    FROM etl.quality_result AS q
    INNER JOIN etl.batch AS b
        ON
            q.batch_id = b.batch_id
            AND q.checked_at >= b.published_at
    WHERE q.batch_id = @before_id;

    WITH before AS (
        SELECT
            check_name COLLATE Latin1_General_100_BIN2 AS check_name,
            subject COLLATE Latin1_General_100_BIN2 AS subject,
            observed,
            observed_of
        FROM etl.quality_result
        WHERE
            batch_id = @before_id
            AND checked_at = @checked_at
    ),

    compared AS (
        SELECT
            r.check_name,
            m.subject,
            r.measured_by,
            r.severity AS rule_severity,
            r.expectation,
            r.minimum,
            r.first_limit,
            CASE WHEN w.check_name IS NULL THEN 0 ELSE 1 END AS waived,
            m.observed,
            m.observed_of,
            CAST(NULL AS NVARCHAR(400)) AS example,
            CASE r.expectation
                WHEN N'equal' THEN m.expected
                WHEN N'change' THEN COALESCE(b.observed, r.minimum)
                WHEN N'share' THEN b.observed
            END AS expected,
            CASE WHEN r.expectation = N'share' THEN b.observed_of END AS expected_of,
            -- The value of an unchanged day.
            CASE r.expectation
                WHEN N'change' THEN b.observed
                WHEN N'share'
                    THEN COALESCE(m.observed_of * (CAST(b.observed AS FLOAT) / NULLIF(b.observed_of, 0)), 0)
                WHEN N'at most' THEN 0
                WHEN N'daily' THEN 0
            END AS about,
            -- The limits of each side, in rows; NULL: none.
            CASE WHEN r.expectation = N'change' THEN b.observed * (1 - CAST(r.warning_fall AS FLOAT)) END
                AS warning_below,
            CASE WHEN r.expectation = N'change' THEN b.observed * (1 - CAST(r.error_fall AS FLOAT)) END AS error_below,
            CASE r.expectation
                WHEN N'change'
                    THEN b.observed * (1 + @days * CAST(r.warning_rise AS FLOAT)) + COALESCE(m.expected, 0)
                WHEN N'share'
                    THEN m.observed_of * (CAST(b.observed AS FLOAT) / NULLIF(b.observed_of, 0) + r.warning_rise)
                WHEN N'at most' THEN m.observed_of * CAST(r.warning_rise AS FLOAT)
                WHEN N'daily' THEN m.observed_of * @days * CAST(r.warning_rise AS FLOAT)
            END AS warning_above,
            CASE r.expectation
                WHEN N'change'
                    THEN b.observed * (1 + @days * CAST(r.error_rise AS FLOAT)) + COALESCE(m.expected, 0)
                WHEN N'share'
                    THEN
                        m.observed_of
                        * COALESCE(CAST(b.observed AS FLOAT) / NULLIF(b.observed_of, 0) + r.error_rise, r.first_limit)
                WHEN N'at most' THEN m.observed_of * CAST(r.error_rise AS FLOAT)
                WHEN N'daily' THEN m.observed_of * @days * CAST(r.error_rise AS FLOAT)
            END AS error_above,
            CASE
                WHEN r.expectation = N'share' THEN r.first_limit
                WHEN r.expectation IN (N'at most', N'daily') THEN r.error_rise
            END AS fixed_limit,
            CASE WHEN r.expectation IN (N'at most', N'daily') THEN r.warning_rise END AS fixed_warning
        FROM etl.quality_rule AS r
        INNER JOIN #measured AS m
            ON r.check_name = m.check_name
        LEFT JOIN before AS b
            ON
                r.check_name = b.check_name
                AND m.subject = b.subject
        LEFT JOIN etl.waiver AS w
            ON
                r.check_name = w.check_name
                AND w.batch_id = @batch_id
    ),

    judged AS (
        SELECT
            *,
            CASE
                WHEN expectation = N'equal' AND observed = expected THEN NULL
                WHEN expectation = N'equal' OR observed < minimum THEN rule_severity
                -- Three rows never decide: of few, they are a large share.
                WHEN (observed < error_below OR observed > error_above) AND ABS(observed - about) > 3
                    THEN rule_severity
                WHEN observed = 1 AND fixed_warning > 0 THEN NULL
                WHEN observed < error_below OR observed > error_above THEN N'warning'
                WHEN observed < warning_below OR observed > warning_above THEN N'warning'
            END AS deviation
        FROM compared
    )

    SELECT *
    INTO #judged
    FROM judged;

    IF
        EXISTS (
            SELECT 1 FROM #judged
            WHERE
                measured_by = N'silver.quality_check'
                AND deviation IS NOT NULL
        )
        UPDATE j
        SET example = e.example
        FROM #judged AS j
        INNER JOIN silver.quality_example AS e
            ON
                j.check_name = e.check_name COLLATE Latin1_General_100_BIN2
                AND j.subject = e.subject COLLATE Latin1_General_100_BIN2
        WHERE j.deviation IS NOT NULL;

    SELECT
        check_name,
        subject,
        COALESCE(deviation, rule_severity) AS severity,
        CASE WHEN deviation IS NULL THEN 1 ELSE 0 END AS passed,
        CASE WHEN deviation = N'error' THEN waived ELSE 0 END AS waived,
        observed,
        observed_of,
        expected,
        expected_of,
        CONCAT(
            check_name, N': ' + NULLIF(subject COLLATE Latin1_General_100_BIN2, N''),
            N' (found ', observed, N' of ' + CAST(observed_of AS NVARCHAR(20)),
            CASE
                WHEN expectation = N'equal' THEN CONCAT(N', expected ', expected)
                WHEN expectation = N'change' AND observed < minimum THEN CONCAT(N', at least ', minimum)
                WHEN expected IS NOT NULL
                    THEN CONCAT(N', the day before ', expected, N' of ' + CAST(expected_of AS NVARCHAR(20)))
                WHEN
                    deviation = N'warning'
                    AND fixed_warning IS NOT NULL
                    AND (error_above IS NULL OR observed <= error_above)
                    THEN CONCAT(
                        N', at most ', CAST(100 * fixed_warning AS INT), N' %',
                        CASE WHEN expectation = N'daily' THEN N' a day' END, N' without a warning'
                    )
                WHEN fixed_limit IS NOT NULL
                    THEN CONCAT(
                        N', at most ', CAST(100 * fixed_limit AS INT), N' %',
                        CASE WHEN expectation = N'daily' THEN N' a day' END
                    )
            END,
            N')', N', e.g. ' + example
        ) AS finding
    FROM #judged
    ORDER BY
        check_name,
        subject;
END;
GO
