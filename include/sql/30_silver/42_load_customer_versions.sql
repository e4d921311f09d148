/*
Purpose:    records the names, countries and marital status of the drop's customers as of its business date. A change
            begins a version; an older drop says that a version began earlier, or adds one before it. A drop that
            corrects the one of its day corrects the versions that began on it. A new spelling of a country is no change
            (silver.load_spellings).
            Called by etl.publish, in its transaction, after silver.load_customers and silver.void_versions. A history
            batch, too, adds versions.
Parameters: @batch_id
Errors:     50005 batch not open
Example:    EXEC etl.publish 1;
*/
CREATE OR ALTER PROCEDURE silver.load_customer_versions
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @business_date DATE;
    DECLARE @is_history BIT;
    DECLARE @shown_date DATE;
    DECLARE @next_date DATE;
    DECLARE @last_key INT;
    DECLARE @rows_read INT;
    DECLARE @rows_inserted INT;
    DECLARE @rows_updated INT;

    EXEC etl.open_step @batch_id, N'silver.load_customer_versions', @step_id OUTPUT;

    SELECT
        @business_date = business_date,
        @is_history = is_history
    FROM etl.batch
    WHERE batch_id = @batch_id;

    SELECT @shown_date = business_date
    FROM gold.current_batch;

    SELECT @next_date = MIN(business_date)
    FROM etl.batch
    WHERE
        business_date > @business_date
        AND published_at IS NOT NULL
        AND (shown_at IS NOT NULL OR is_history = 1)
        AND withdrawn_reason IS NULL;

    SELECT @last_key = MAX(customer_version_key)
    FROM silver.customer_versions;

    -- Each customer of the drop with the versions on record, and whether they agree. held: the version of the business
    -- date, the first one also if it begins later. A customer whose only version agrees needs no look at the versions
    -- beside it, which is a sort; most customers have one.
    WITH several AS (
        SELECT customer_key
        FROM silver.customer_versions
        WHERE is_void = 0
        GROUP BY customer_key
        HAVING COUNT(*) > 1
    ),

    compared AS (
        SELECT
            c.customer_key,
            s.first_name,
            s.last_name,
            s.country,
            s.marital_status,
            v.customer_version_key,
            v.valid_from,
            CASE
                WHEN
                    v.first_name COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.first_name
                    AND v.last_name COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.last_name
                    AND v.country COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.country
                    AND v.marital_status COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.marital_status
                    THEN 1
                ELSE 0
            END AS agrees
        FROM silver.joined_customers AS s
        INNER JOIN silver.customers AS c
            ON s.customer_id = c.customer_id
        LEFT JOIN silver.customer_versions AS v
            ON
                c.customer_key = v.customer_key
                AND v.is_void = 0
    ),

    beside AS (
        SELECT
            *,
            LAG(agrees) OVER (PARTITION BY customer_key ORDER BY valid_from) AS previous_agrees,
            LEAD(agrees) OVER (PARTITION BY customer_key ORDER BY valid_from) AS next_agrees,
            LEAD(valid_from) OVER (PARTITION BY customer_key ORDER BY valid_from) AS next_from,
            LEAD(customer_version_key) OVER (PARTITION BY customer_key ORDER BY valid_from) AS next_key
        FROM compared
        WHERE
            agrees = 0
            OR valid_from > @business_date
            OR customer_key IN (SELECT m.customer_key FROM several AS m)
    )

    SELECT
        customer_key,
        first_name,
        last_name,
        country,
        marital_status,
        customer_version_key AS held_key,
        valid_from AS held_from,
        agrees AS held_agrees,
        next_key,
        COALESCE(previous_agrees, 0) AS previous_agrees,
        next_from,
        CASE WHEN next_from <= @next_date THEN next_agrees ELSE 0 END AS next_agrees,
        CASE
            WHEN
                agrees = 0
                AND (
                    customer_version_key IS NULL
                    OR valid_from > @business_date
                    OR (
                        valid_from < @business_date
                        AND CASE WHEN next_from <= @next_date THEN next_agrees ELSE 0 END = 0
                    )
                )
                THEN 1
            ELSE 0
        END AS begins
    INTO #changed
    FROM beside
    WHERE
        (agrees = 0 OR valid_from > @business_date)
        AND (valid_from <= @business_date OR previous_agrees IS NULL)
        AND (next_from > @business_date OR next_from IS NULL);

    -- The next day had the values that end here, unless a version begins on it, so they begin again on it. Only of a
    -- history batch is it known whether that day had the customer: a replay is in silver.customers already.
    SELECT
        customer_key,
        @business_date AS valid_from,
        first_name COLLATE DATABASE_DEFAULT AS first_name,
        last_name COLLATE DATABASE_DEFAULT AS last_name,
        country COLLATE DATABASE_DEFAULT AS country,
        marital_status COLLATE DATABASE_DEFAULT AS marital_status
    INTO #begun
    FROM #changed
    WHERE begins = 1

    UNION ALL

    SELECT
        v.customer_key,
        @next_date,
        v.first_name,
        v.last_name,
        v.country,
        v.marital_status
    FROM #changed AS h
    INNER JOIN silver.customer_versions AS v
        ON h.held_key = v.customer_version_key
    INNER JOIN silver.customers AS c
        ON v.customer_key = c.customer_key
    LEFT JOIN etl.batch AS l
        ON c.last_batch_id = l.batch_id
    WHERE
        h.held_agrees = 0
        AND h.held_from <= @business_date
        AND (@next_date < h.next_from OR (h.next_from IS NULL AND @next_date IS NOT NULL))
        AND (
            @is_history = 0
            OR @next_date <= CASE WHEN c.in_source = 1 THEN @shown_date ELSE l.business_date END
        );

    -- An equal version beside a corrected one goes on.
    UPDATE silver.customer_versions
    SET
        is_void = 1,
        last_batch_id = @batch_id
    WHERE
        customer_version_key IN (
            SELECT c.held_key FROM #changed AS c
            WHERE
                c.held_from = @business_date
                AND c.previous_agrees = 1
            UNION ALL
            SELECT c.next_key FROM #changed AS c
            WHERE
                c.held_from = @business_date
                AND c.next_agrees = 1
        );

    SET @rows_updated = @@ROWCOUNT;

    UPDATE v
    SET
        first_name = c.first_name,
        last_name = c.last_name,
        country = c.country,
        marital_status = c.marital_status,
        last_batch_id = @batch_id
    FROM silver.customer_versions AS v
    INNER JOIN #changed AS c
        ON v.customer_version_key = c.held_key
    WHERE
        c.held_from = @business_date
        AND c.previous_agrees = 0;

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    UPDATE v
    SET
        valid_from = @business_date,
        last_batch_id = @batch_id
    FROM silver.customer_versions AS v
    INNER JOIN #changed AS c
        ON v.customer_version_key = CASE WHEN c.held_agrees = 1 THEN c.held_key ELSE c.next_key END
    WHERE
        c.held_agrees = 1
        OR (c.held_from < @business_date AND c.next_agrees = 1);

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    -- A version that was void gets its key again.
    UPDATE v
    SET
        first_name = b.first_name,
        last_name = b.last_name,
        country = b.country,
        marital_status = b.marital_status,
        is_void = 0,
        first_batch_id = @batch_id,
        last_batch_id = @batch_id
    FROM silver.customer_versions AS v
    INNER JOIN #begun AS b
        ON
            v.customer_key = b.customer_key
            AND v.valid_from = b.valid_from
    WHERE v.is_void = 1;

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    INSERT INTO silver.customer_versions
    (
        customer_version_key, customer_key, valid_from, first_name, last_name, country, marital_status, is_void,
        first_batch_id, last_batch_id
    )
    SELECT
        @last_key + ROW_NUMBER() OVER (ORDER BY b.customer_key, b.valid_from),
        b.customer_key,
        b.valid_from,
        b.first_name,
        b.last_name,
        b.country,
        b.marital_status,
        0,
        @batch_id,
        @batch_id
    FROM #begun AS b
    WHERE
        NOT EXISTS (
            SELECT 1 FROM silver.customer_versions AS v
            WHERE
                v.customer_key = b.customer_key
                AND v.valid_from = b.valid_from
                AND v.is_void = 0
        );

    SET @rows_inserted = @@ROWCOUNT;

    SELECT @rows_read = COUNT(*)
    FROM silver.crm_cust_info;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_inserted = @rows_inserted,
        @rows_updated = @rows_updated;
END;
GO
