/*
Purpose:    records the drop's versions of products. A version that the CRM no longer delivers stays on record with
            in_source = 0. If the CRM or the ERP changes the open version of a product itself, another version begins
            on the business date. A changed cost is a correction, and so is a change of a version that has ended or not
            yet begun, or that the same business date brought. An older drop says that a change was delivered earlier,
            or what the open version was before it. A version is void if only the drop had it that is corrected now.
            Called by etl.publish, in its transaction, after silver.load_products and silver.void_versions. A history
            batch only adds changes of open versions, and the versions before those that silver has.
Parameters: @batch_id
Errors:     50005 batch not open
Example:    EXEC etl.publish 1;
*/
CREATE OR ALTER PROCEDURE silver.load_product_versions
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

    EXEC etl.open_step @batch_id, N'silver.load_product_versions', @step_id OUTPUT;

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

    SELECT @last_key = MAX(product_version_key)
    FROM silver.product_versions;

    SELECT
        p.product_key,
        s.start_date,
        COALESCE(s.start_date, CAST('00010101' AS DATE)) AS valid_from,
        s.product_id,
        s.product_name,
        s.category_id,
        s.category,
        s.subcategory,
        s.maintenance,
        s.cost,
        s.product_line,
        s.is_current
    INTO #versions
    FROM silver.joined_product_versions AS s
    INNER JOIN silver.products AS p
        ON
            s.product_number = p.product_number
            AND p.product_key <> 0;

    SET @rows_read = @@ROWCOUNT;

    -- A version that a later day had brought, and that only the replaced drop had before it, is that day's again.
    UPDATE v
    SET
        in_source = CASE WHEN s.product_key IS NULL THEN 0 ELSE 1 END,
        is_void
        = CASE
            WHEN s.product_key IS NOT NULL OR v.delivered_from <> @business_date OR f.business_date > @business_date
                THEN 0
            ELSE 1
        END,
        delivered_from
        = CASE
            WHEN s.product_key IS NULL AND v.delivered_from = @business_date AND f.business_date > @business_date
                THEN f.business_date
            ELSE v.delivered_from
        END,
        cost = COALESCE(s.cost, v.cost),
        last_batch_id = @batch_id
    FROM silver.product_versions AS v
    LEFT JOIN etl.batch AS f
        ON v.first_batch_id = f.batch_id
    LEFT JOIN #versions AS s
        ON
            v.product_key = s.product_key
            AND v.start_date IS NOT DISTINCT FROM s.start_date
    WHERE
        @is_history = 0
        AND v.is_void = 0
        AND v.product_key IN (SELECT d.product_key FROM #versions AS d)
        AND (
            v.cost <> s.cost
            OR v.in_source <> CASE WHEN s.product_key IS NULL THEN 0 ELSE 1 END
            OR (s.product_key IS NULL AND v.delivered_from = @business_date)
        );

    SET @rows_updated = @@ROWCOUNT;

    -- Each version of the drop with its changes on record, and whether they agree. held: the change of the business
    -- date, the first one also if it was delivered later, or the last one of a version that has ended.
    WITH compared AS (
        SELECT
            s.product_key,
            s.start_date,
            s.product_id,
            s.product_name,
            s.category_id,
            s.category,
            s.subcategory,
            s.maintenance,
            CASE WHEN @is_history = 0 THEN s.cost ELSE v.cost END AS cost,
            s.product_line,
            s.is_current,
            v.product_version_key,
            v.valid_from,
            v.delivered_from,
            v.in_source,
            CASE
                WHEN
                    v.product_id IS NOT DISTINCT FROM s.product_id
                    AND v.product_name COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.product_name
                    AND v.category_id IS NOT DISTINCT FROM s.category_id
                    AND v.category COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.category
                    AND v.subcategory COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.subcategory
                    AND v.maintenance COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.maintenance
                    AND v.product_line COLLATE Latin1_General_100_BIN2 IS NOT DISTINCT FROM s.product_line
                    THEN 1
                ELSE 0
            END AS agrees
        FROM #versions AS s
        INNER JOIN silver.product_versions AS v
            ON
                s.product_key = v.product_key
                AND s.start_date IS NOT DISTINCT FROM v.start_date
        WHERE v.is_void = 0
    ),

    beside AS (
        SELECT
            *,
            LAG(agrees) OVER (PARTITION BY product_key, start_date ORDER BY delivered_from) AS previous_agrees,
            LEAD(agrees) OVER (PARTITION BY product_key, start_date ORDER BY delivered_from) AS next_agrees,
            LEAD(delivered_from) OVER (PARTITION BY product_key, start_date ORDER BY delivered_from) AS next_from,
            LEAD(product_version_key) OVER (PARTITION BY product_key, start_date ORDER BY delivered_from) AS next_key
        FROM compared
    )

    SELECT
        b.product_version_key AS held_key,
        b.next_from,
        b.next_key,
        CASE WHEN b.next_from <= @next_date THEN b.next_agrees ELSE 0 END AS next_agrees,
        CASE
            WHEN b.agrees = 1 THEN N'delivered earlier'
            WHEN b.is_current = 1 AND b.delivered_from > @business_date THEN N'before'
            WHEN b.is_current = 0 OR b.valid_from >= @business_date OR b.delivered_from = @business_date
                THEN CASE WHEN b.previous_agrees = 1 THEN N'void' ELSE N'correction' END
            WHEN b.next_agrees = 1 AND b.next_from <= @next_date THEN N'next begins earlier'
            ELSE N'begins'
        END AS difference,
        b.product_key,
        b.start_date,
        b.product_id,
        b.product_name,
        b.category_id,
        b.category,
        b.subcategory,
        b.maintenance,
        b.cost,
        b.product_line,
        b.in_source,
        b.is_current
    INTO #changed
    FROM beside AS b
    WHERE
        (
            b.is_current = 0
            AND @is_history = 0
            AND b.agrees = 0
            AND b.next_from IS NULL
        )
        OR (
            (b.is_current = 1 OR b.agrees = 1)
            AND (b.delivered_from <= @business_date OR b.previous_agrees IS NULL)
            AND (b.next_from > @business_date OR b.next_from IS NULL)
            AND (b.agrees = 0 OR b.delivered_from > @business_date)
            -- The next drop corrected the version if it had not begun by then, or had ended.
            AND (
                b.agrees = 1
                OR b.delivered_from = @business_date
                OR (
                    (b.delivered_from < @business_date OR b.valid_from < b.delivered_from)
                    AND (b.valid_from < @business_date OR b.delivered_from > @business_date OR @is_history = 0)
                    AND NOT EXISTS (
                        SELECT 1 FROM silver.product_versions AS n
                        WHERE
                            n.product_key = b.product_key
                            AND n.start_date > COALESCE(b.start_date, CAST('00010101' AS DATE))
                            AND n.delivered_from > @business_date
                            AND n.delivered_from
                            <= CASE WHEN b.delivered_from > @business_date THEN b.delivered_from ELSE @next_date END
                            AND n.is_void = 0
                    )
                )
            )
        );

    -- The next day had the values that end here, unless a change begins on it or the version has ended by then, so they
    -- begin again on it. Only of a history batch is it known whether that day had the product: a replay is in
    -- silver.products already.
    SELECT
        v.product_key,
        v.start_date,
        @next_date AS valid_from,
        @next_date AS delivered_from,
        v.product_id,
        v.product_name,
        v.category_id,
        v.category,
        v.subcategory,
        v.maintenance,
        v.cost,
        v.product_line COLLATE Latin1_General_100_BIN2 AS product_line,
        v.in_source
    INTO #again
    FROM #changed AS c
    INNER JOIN silver.product_versions AS v
        ON c.held_key = v.product_version_key
    INNER JOIN silver.products AS p
        ON v.product_key = p.product_key
    LEFT JOIN etl.batch AS l
        ON p.last_batch_id = l.batch_id
    WHERE
        c.difference IN (N'begins', N'correction', N'void')
        AND c.is_current = 1
        AND v.valid_from < @next_date
        AND (@next_date < c.next_from OR (c.next_from IS NULL AND @next_date IS NOT NULL))
        AND (
            @is_history = 0
            OR @next_date <= CASE WHEN p.in_source = 1 THEN @shown_date ELSE l.business_date END
        )
        AND NOT EXISTS (
            SELECT 1 FROM silver.product_versions AS n
            WHERE
                n.product_key = v.product_key
                AND n.start_date > COALESCE(v.start_date, CAST('00010101' AS DATE))
                AND n.delivered_from <= @next_date
                AND n.is_void = 0
        );

    -- An equal change beside a corrected one goes on.
    UPDATE silver.product_versions
    SET
        is_void = 1,
        last_batch_id = @batch_id
    WHERE
        product_version_key IN (
            SELECT c.held_key FROM #changed AS c
            WHERE c.difference = N'void'
            UNION ALL
            SELECT c.next_key FROM #changed AS c
            WHERE
                c.difference IN (N'void', N'correction')
                AND c.next_agrees = 1
        );

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    UPDATE v
    SET
        product_id = c.product_id,
        product_name = c.product_name,
        category_id = c.category_id,
        category = c.category,
        subcategory = c.subcategory,
        maintenance = c.maintenance,
        product_line = c.product_line,
        last_batch_id = @batch_id
    FROM silver.product_versions AS v
    INNER JOIN #changed AS c
        ON v.product_version_key = c.held_key
    WHERE c.difference = N'correction';

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    -- The first change of a version begins with it, whenever it was delivered; the others when they were delivered.
    UPDATE v
    SET
        valid_from = v.delivered_from,
        last_batch_id = @batch_id
    FROM silver.product_versions AS v
    INNER JOIN #changed AS c
        ON v.product_version_key = c.held_key
    WHERE c.difference = N'before';

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    UPDATE v
    SET
        delivered_from = @business_date,
        last_batch_id = @batch_id
    FROM silver.product_versions AS v
    INNER JOIN #changed AS c
        ON v.product_version_key = c.held_key
    WHERE c.difference = N'delivered earlier';

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    UPDATE v
    SET
        valid_from = @business_date,
        delivered_from = @business_date,
        last_batch_id = @batch_id
    FROM silver.product_versions AS v
    INNER JOIN #changed AS c
        ON v.product_version_key = c.next_key
    WHERE c.difference = N'next begins earlier';

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    -- The changes, and the versions that are not on record.
    WITH known AS (
        SELECT
            product_key,
            MIN(CASE WHEN in_source = 1 THEN COALESCE(start_date, CAST('00010101' AS DATE)) END) AS first_start
        FROM silver.product_versions
        WHERE is_void = 0
        GROUP BY product_key
    ),

    begun AS (
        SELECT
            c.product_key,
            c.start_date,
            @business_date AS valid_from,
            @business_date AS delivered_from,
            c.product_id,
            c.product_name,
            c.category_id,
            c.category,
            c.subcategory,
            c.maintenance,
            c.cost,
            c.product_line,
            c.in_source
        FROM #changed AS c
        WHERE c.difference = N'begins'

        UNION ALL

        SELECT
            c.product_key,
            c.start_date,
            COALESCE(c.start_date, CAST('00010101' AS DATE)),
            @business_date,
            c.product_id,
            c.product_name,
            c.category_id,
            c.category,
            c.subcategory,
            c.maintenance,
            c.cost,
            c.product_line,
            c.in_source
        FROM #changed AS c
        WHERE c.difference = N'before'

        UNION ALL

        SELECT
            product_key,
            start_date,
            valid_from,
            delivered_from,
            product_id,
            product_name,
            category_id,
            category,
            subcategory,
            maintenance,
            cost,
            product_line,
            in_source
        FROM #again

        UNION ALL

        SELECT
            s.product_key,
            s.start_date,
            s.valid_from,
            @business_date,
            s.product_id,
            s.product_name,
            s.category_id,
            s.category,
            s.subcategory,
            s.maintenance,
            s.cost,
            s.product_line,
            CASE WHEN @is_history = 0 OR k.product_key IS NULL THEN 1 ELSE 0 END
        FROM #versions AS s
        LEFT JOIN known AS k
            ON s.product_key = k.product_key
        WHERE
            (@is_history = 0 OR k.product_key IS NULL OR s.valid_from < k.first_start)
            AND NOT EXISTS (
                SELECT 1
                FROM silver.product_versions AS v
                WHERE
                    v.product_key = s.product_key
                    AND v.is_void = 0
                    AND v.start_date IS NOT DISTINCT FROM s.start_date
            )
    )

    SELECT
        b.*,
        v.product_version_key AS void_key
    INTO #begun
    FROM begun AS b
    LEFT JOIN silver.product_versions AS v
        ON
            b.product_key = v.product_key
            AND b.valid_from = v.valid_from
            AND v.is_void = 1
            AND b.start_date IS NOT DISTINCT FROM v.start_date;

    -- A version that was void gets its key again.
    UPDATE v
    SET
        product_id = b.product_id,
        product_name = b.product_name,
        category_id = b.category_id,
        category = b.category,
        subcategory = b.subcategory,
        maintenance = b.maintenance,
        cost = b.cost,
        product_line = b.product_line,
        in_source = b.in_source,
        delivered_from = b.delivered_from,
        is_void = 0,
        first_batch_id = @batch_id,
        last_batch_id = @batch_id
    FROM silver.product_versions AS v
    INNER JOIN #begun AS b
        ON v.product_version_key = b.void_key;

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    INSERT INTO silver.product_versions
    (
        product_version_key, product_key, start_date, valid_from, delivered_from, product_id, product_name,
        category_id, category, subcategory, maintenance, cost, product_line, in_source, is_void, first_batch_id,
        last_batch_id
    )
    SELECT
        @last_key + ROW_NUMBER() OVER (ORDER BY product_key, start_date, valid_from),
        product_key,
        start_date,
        valid_from,
        delivered_from,
        product_id,
        product_name,
        category_id,
        category,
        subcategory,
        maintenance,
        cost,
        product_line,
        in_source,
        0,
        @batch_id,
        @batch_id
    FROM #begun
    WHERE void_key IS NULL;

    SET @rows_inserted = @@ROWCOUNT;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_inserted = @rows_inserted,
        @rows_updated = @rows_updated;
END;
GO
