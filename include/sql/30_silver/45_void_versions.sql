/*
Purpose:    voids the versions of customers and products that only withdrawn drops had: no published day remains from
            the version's begin until the next one begins. If the versions beside it are equal, the earlier one goes on.
            A version of the CRM whose first change is void takes the values of the next change.
            Called by etl.publish before it loads the versions, and by etl.withdraw_batch, each in its transaction.
Parameters: @batch_id  the batch that is published or withdrawn
Example:    EXEC etl.withdraw_batch 7, N'Loaded as 2062 instead of 2026.';
*/
CREATE OR ALTER PROCEDURE silver.void_versions
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @shown_date DATE;

    SELECT DISTINCT business_date
    INTO #days
    FROM etl.batch
    WHERE
        published_at IS NOT NULL
        AND (shown_at IS NOT NULL OR is_history = 1)
        AND withdrawn_reason IS NULL;

    SELECT DISTINCT business_date
    INTO #withdrawn_days
    FROM etl.batch
    WHERE
        withdrawn_reason IS NOT NULL
        AND business_date NOT IN (SELECT d.business_date FROM #days AS d);

    IF NOT EXISTS (SELECT 1 FROM #withdrawn_days)
        RETURN;

    SELECT @shown_date = c.business_date
    FROM gold.current_batch AS c
    INNER JOIN etl.batch AS b
        ON c.batch_id = b.batch_id
    WHERE b.withdrawn_reason IS NULL;

    WITH versions AS (
        SELECT
            customer_version_key,
            customer_key,
            valid_from,
            LEAD(valid_from) OVER (PARTITION BY customer_key ORDER BY valid_from) AS next_from
        FROM silver.customer_versions
        WHERE
            is_void = 0
            AND customer_key IN (
                SELECT v.customer_key FROM silver.customer_versions AS v
                WHERE v.valid_from IN (SELECT w.business_date FROM #withdrawn_days AS w)
            )
    )

    SELECT
        customer_version_key,
        customer_key
    INTO #void_customers
    FROM versions
    WHERE
        valid_from IN (SELECT w.business_date FROM #withdrawn_days AS w)
        AND NOT EXISTS (
            SELECT 1 FROM #days AS d
            WHERE
                d.business_date >= versions.valid_from
                AND (d.business_date < versions.next_from OR versions.next_from IS NULL)
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
            v.in_source & p.in_source AS is_shown,
            ROW_NUMBER() OVER (PARTITION BY v.product_key, v.start_date ORDER BY v.delivered_from) AS change_number,
            LEAD(v.delivered_from) OVER (PARTITION BY v.product_key, v.start_date ORDER BY v.delivered_from)
                AS next_from
        FROM silver.product_versions AS v
        INNER JOIN silver.products AS p
            ON v.product_key = p.product_key
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
            WHEN delivered_from NOT IN (SELECT w.business_date FROM #withdrawn_days AS w) THEN 0
            WHEN
                change_number = 1
                AND is_shown = 1
                AND (@shown_date < next_from OR (next_from IS NULL AND @shown_date IS NOT NULL))
                THEN 0
            WHEN
                EXISTS (
                    SELECT 1 FROM #days AS d
                    WHERE
                        d.business_date >= changes.delivered_from
                        AND (d.business_date < changes.next_from OR changes.next_from IS NULL)
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
