/*
Purpose:    voids the versions of customers and products that only withdrawn drops had: no published day remains from
            the version's begin until the next one begins, or until its member left the drops. So are those of members
            that the drop lacks, if only the drop had them that it corrects. If the versions beside a void one are
            equal, the earlier one goes on. A version of the CRM whose first change is void takes the values of the
            next change. A member without another version is unknown to sales.
            Called by etl.publish after it loads the members and before it loads the versions, and by
            etl.withdraw_batch, each in its transaction.
Parameters: @batch_id  the batch that is published or withdrawn
Example:    EXEC etl.withdraw_batch 7, N'Loaded as 2062 instead of 2026.';
*/
CREATE OR ALTER PROCEDURE silver.void_versions
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @shown_batch_id INT;
    DECLARE @shown_date DATE;
    DECLARE @corrected_date DATE;
    DECLARE @knows_last_days BIT;

    SELECT
        business_date,
        MAX(published_at) AS published_at
    INTO #days
    FROM etl.batch
    WHERE
        published_at IS NOT NULL
        AND (shown_at IS NOT NULL OR is_history = 1)
        AND withdrawn_reason IS NULL
    GROUP BY business_date;

    SELECT DISTINCT business_date
    INTO #withdrawn_days
    FROM etl.batch
    WHERE
        withdrawn_reason IS NOT NULL
        AND business_date NOT IN (SELECT d.business_date FROM #days AS d);

    SELECT @corrected_date = business_date
    FROM etl.batch
    WHERE
        batch_id = @batch_id
        AND is_history = 0
        AND withdrawn_reason IS NULL
        AND business_date IN (SELECT d.business_date FROM #days AS d);

    IF
        @corrected_date IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM etl.batch
            WHERE withdrawn_reason IS NOT NULL
        )
        RETURN;

    SELECT
        @shown_batch_id = c.batch_id,
        @shown_date = c.business_date
    FROM gold.current_batch AS c
    INNER JOIN etl.batch AS b
        ON c.batch_id = b.batch_id
    WHERE b.withdrawn_reason IS NULL;

    -- While gold shows an older day, members may be in later drops than the one that held them last; so may those that
    -- left when a day after a replayed one was published.
    SELECT @knows_last_days = CASE WHEN @shown_date < MAX(business_date) THEN 0 ELSE 1 END
    FROM #days;

    -- Of the batches: the day that was withdrawn, and the one that is the last with the members that have left since.
    SELECT
        l.batch_id,
        l.opened_at,
        CASE WHEN l.withdrawn_reason IS NOT NULL THEN l.business_date END AS withdrawn_date,
        CASE
            WHEN
                @knows_last_days = 1
                AND NOT EXISTS (
                    SELECT 1 FROM #days AS d
                    WHERE
                        d.business_date > l.business_date
                        AND d.published_at < l.published_at
                )
                THEN l.business_date
        END AS last_date
    INTO #batches
    FROM etl.batch AS l;

    -- The members whose versions may be void, the last day that had them, and since when one may have had them.
    SELECT
        c.customer_key,
        CASE WHEN c.in_source = 0 THEN @corrected_date END AS corrected_date,
        f.withdrawn_date,
        CASE WHEN c.in_source = 0 THEN l.last_date END AS last_date,
        f.opened_at AS added_at
    INTO #customers
    FROM silver.customers AS c
    INNER JOIN #batches AS f
        ON c.first_batch_id = f.batch_id
    INNER JOIN #batches AS l
        ON c.last_batch_id = l.batch_id
    WHERE
        c.customer_key IN (
            SELECT v.customer_key FROM silver.customer_versions AS v
            WHERE
                v.is_void = 0
                AND (
                    v.valid_from IN (SELECT w.business_date FROM #withdrawn_days AS w)
                    OR (v.valid_from = @corrected_date AND c.in_source = 0)
                    OR v.valid_from = f.withdrawn_date
                )
        );

    WITH versions AS (
        SELECT
            v.customer_version_key,
            v.customer_key,
            v.valid_from,
            LEAD(v.valid_from) OVER (PARTITION BY v.customer_key ORDER BY v.valid_from) AS next_from,
            c.corrected_date,
            c.withdrawn_date,
            c.last_date,
            c.added_at
        FROM silver.customer_versions AS v
        INNER JOIN #customers AS c
            ON v.customer_key = c.customer_key
        WHERE v.is_void = 0
    )

    SELECT
        customer_version_key,
        customer_key
    INTO #void_customers
    FROM versions
    WHERE
        (
            valid_from = corrected_date
            OR valid_from = withdrawn_date
            OR valid_from IN (SELECT w.business_date FROM #withdrawn_days AS w)
        )
        AND NOT EXISTS (
            SELECT 1 FROM #days AS d
            WHERE
                d.business_date >= versions.valid_from
                AND (d.business_date < versions.next_from OR versions.next_from IS NULL)
                AND (d.business_date <= versions.last_date OR versions.last_date IS NULL)
                AND (d.business_date <> versions.corrected_date OR versions.corrected_date IS NULL)
                AND d.published_at >= versions.added_at
        );

    UPDATE silver.customer_versions
    SET
        is_void = 1,
        last_batch_id = @batch_id
    WHERE customer_version_key IN (SELECT n.customer_version_key FROM #void_customers AS n);

    WITH beside AS (
        SELECT
            customer_version_key,
            customer_key,
            first_name COLLATE Latin1_General_100_BIN2 AS first_name,
            last_name COLLATE Latin1_General_100_BIN2 AS last_name,
            country COLLATE Latin1_General_100_BIN2 AS country,
            marital_status COLLATE Latin1_General_100_BIN2 AS marital_status,
            ROW_NUMBER() OVER (PARTITION BY customer_key ORDER BY valid_from) AS version_number
        FROM silver.customer_versions
        WHERE
            is_void = 0
            AND customer_key IN (SELECT n.customer_key FROM #void_customers AS n)
    )

    UPDATE v
    SET
        is_void = 1,
        last_batch_id = @batch_id
    FROM silver.customer_versions AS v
    INNER JOIN beside AS t
        ON v.customer_version_key = t.customer_version_key
    INNER JOIN beside AS p
        ON
            t.customer_key = p.customer_key
            AND t.version_number = p.version_number + 1
            AND t.first_name IS NOT DISTINCT FROM p.first_name
            AND t.last_name IS NOT DISTINCT FROM p.last_name
            AND t.country = p.country
            AND t.marital_status = p.marital_status;

    -- A replay may show a drop that has a version which a later day brought.
    WITH changes AS (
        SELECT
            v.product_version_key,
            v.product_key,
            v.start_date,
            v.delivered_from,
            CASE WHEN v.in_source = 1 AND (p.in_source = 1 OR p.last_batch_id = @shown_batch_id) THEN 1 ELSE 0 END
                AS is_shown,
            CASE WHEN p.in_source = 0 THEN @corrected_date END AS corrected_date,
            f.withdrawn_date,
            CASE WHEN p.in_source = 0 THEN l.last_date END AS last_date,
            f.opened_at AS added_at,
            ROW_NUMBER() OVER (PARTITION BY v.product_key, v.start_date ORDER BY v.delivered_from) AS change_number,
            LEAD(v.delivered_from) OVER (PARTITION BY v.product_key, v.start_date ORDER BY v.delivered_from)
                AS next_from
        FROM silver.product_versions AS v
        INNER JOIN silver.products AS p
            ON v.product_key = p.product_key
        INNER JOIN #batches AS f
            ON p.first_batch_id = f.batch_id
        INNER JOIN #batches AS l
            ON p.last_batch_id = l.batch_id
        WHERE
            v.is_void = 0
            AND v.product_key <> 0
    )

    SELECT
        product_version_key,
        product_key,
        start_date,
        change_number,
        CASE
            WHEN
                delivered_from NOT IN (SELECT w.business_date FROM #withdrawn_days AS w)
                AND (delivered_from <> corrected_date OR corrected_date IS NULL)
                AND (delivered_from <> withdrawn_date OR withdrawn_date IS NULL)
                THEN 0
            WHEN
                change_number = 1
                AND is_shown = 1
                AND (@shown_date <> corrected_date OR corrected_date IS NULL)
                AND (@shown_date < next_from OR (next_from IS NULL AND @shown_date IS NOT NULL))
                THEN 0
            WHEN
                EXISTS (
                    SELECT 1 FROM #days AS d
                    WHERE
                        d.business_date >= changes.delivered_from
                        AND (d.business_date < changes.next_from OR changes.next_from IS NULL)
                        AND (d.business_date <= changes.last_date OR changes.last_date IS NULL)
                        AND (d.business_date <> changes.corrected_date OR changes.corrected_date IS NULL)
                        AND d.published_at >= changes.added_at
                )
                THEN 0
            ELSE 1
        END AS is_withdrawn
    INTO #changes
    FROM changes;

    SELECT
        t.product_version_key,
        t.product_key,
        (
            SELECT TOP (1) n.product_version_key FROM #changes AS n
            WHERE
                n.product_key = t.product_key
                AND n.start_date IS NOT DISTINCT FROM t.start_date
                AND n.is_withdrawn = 0
                AND n.change_number > t.change_number
                AND t.change_number = 1
            ORDER BY n.change_number
        ) AS next_key
    INTO #void_products
    FROM #changes AS t
    WHERE t.is_withdrawn = 1;

    UPDATE v
    SET
        product_id = n.product_id,
        product_name = n.product_name,
        category_id = n.category_id,
        category = n.category,
        subcategory = n.subcategory,
        maintenance = n.maintenance,
        product_line = n.product_line,
        delivered_from = n.delivered_from,
        first_batch_id = n.first_batch_id,
        last_batch_id = @batch_id
    FROM silver.product_versions AS v
    INNER JOIN #void_products AS t
        ON v.product_version_key = t.product_version_key
    INNER JOIN silver.product_versions AS n
        ON t.next_key = n.product_version_key;

    UPDATE silver.product_versions
    SET
        is_void = 1,
        last_batch_id = @batch_id
    WHERE
        product_version_key IN (
            SELECT COALESCE(t.next_key, t.product_version_key) FROM #void_products AS t
        );

    WITH beside AS (
        SELECT
            v.product_version_key,
            v.product_key,
            v.start_date,
            v.product_id,
            v.product_name COLLATE Latin1_General_100_BIN2 AS product_name,
            v.category_id,
            v.category COLLATE Latin1_General_100_BIN2 AS category,
            v.subcategory COLLATE Latin1_General_100_BIN2 AS subcategory,
            v.maintenance COLLATE Latin1_General_100_BIN2 AS maintenance,
            v.product_line COLLATE Latin1_General_100_BIN2 AS product_line,
            ROW_NUMBER() OVER (PARTITION BY v.product_key, v.start_date ORDER BY v.valid_from) AS change_number
        FROM silver.product_versions AS v
        WHERE
            v.is_void = 0
            AND v.product_key IN (SELECT t.product_key FROM #void_products AS t)
    )

    UPDATE v
    SET
        is_void = 1,
        last_batch_id = @batch_id
    FROM silver.product_versions AS v
    INNER JOIN beside AS t
        ON v.product_version_key = t.product_version_key
    INNER JOIN beside AS p
        ON
            t.product_key = p.product_key
            AND t.start_date IS NOT DISTINCT FROM p.start_date
            AND t.change_number = p.change_number + 1
            AND t.product_id IS NOT DISTINCT FROM p.product_id
            AND t.product_name IS NOT DISTINCT FROM p.product_name
            AND t.category_id IS NOT DISTINCT FROM p.category_id
            AND t.category IS NOT DISTINCT FROM p.category
            AND t.subcategory IS NOT DISTINCT FROM p.subcategory
            AND t.maintenance IS NOT DISTINCT FROM p.maintenance
            AND t.product_line = p.product_line;
END;
GO
