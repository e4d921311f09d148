/*
Purpose:    updates the products that silver has to their current version, and gives new ones their surrogate keys
            (silver.joined_product_versions).
            Called by etl.publish, in its transaction. A history batch adds the products that silver lacks, with
            in_source = 0, and is the last batch of those that left the drops earlier.
Parameters: @batch_id
Errors:     50005 batch not open
Example:    EXEC etl.publish 1;
*/
CREATE OR ALTER PROCEDURE silver.load_products
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @is_history BIT;
    DECLARE @last_key INT;
    DECLARE @rows_read INT;
    DECLARE @rows_inserted INT;
    DECLARE @rows_updated INT;

    EXEC etl.open_step @batch_id, N'silver.load_products', @step_id OUTPUT;

    SELECT @is_history = is_history
    FROM etl.batch
    WHERE batch_id = @batch_id;

    SELECT @last_key = MAX(product_key)
    FROM silver.products;

    SELECT @rows_read = COUNT(*)
    FROM silver.joined_product_versions
    WHERE is_current = 1;

    WITH drop_products AS (
        SELECT
            product_id,
            product_number,
            product_name,
            category_id,
            category,
            subcategory,
            maintenance,
            cost,
            product_line,
            start_date
        FROM silver.joined_product_versions
        WHERE is_current = 1
    ),

    known AS (
        SELECT *
        FROM silver.products
        WHERE product_key <> 0
    ),

    -- The collation is binary, because a change of case is a difference.
    compared AS (
        SELECT
            s.*,
            t.product_key,
            CASE
                WHEN t.product_key IS NULL THEN N'new'
                WHEN @is_history = 0 AND s.product_number IS NULL AND t.in_source = 1 THEN N'vanished'
                WHEN
                    @is_history = 0
                    AND s.product_number IS NOT NULL
                    AND (
                        t.in_source = 0
                        OR t.product_id IS DISTINCT FROM s.product_id
                        OR t.product_name COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.product_name
                        OR t.category_id COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.category_id
                        OR t.category COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.category
                        OR t.subcategory COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.subcategory
                        OR t.maintenance COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.maintenance
                        OR t.cost IS DISTINCT FROM s.cost
                        OR t.product_line COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.product_line
                        OR t.start_date IS DISTINCT FROM s.start_date
                    )
                    THEN N'changed'
            END AS difference
        FROM drop_products AS s
        FULL OUTER JOIN known AS t
            ON s.product_number = t.product_number
    )

    -- The statements after this one touch only products that differ.
    SELECT *
    INTO #differences
    FROM compared
    WHERE difference IS NOT NULL;

    -- The batch that gold shows until this publish is the last batch that held the rows that leave now.
    UPDATE t
    SET
        in_source = 0,
        last_batch_id = COALESCE((SELECT b.batch_id FROM gold.current_batch AS b), t.last_batch_id)
    FROM silver.products AS t
    INNER JOIN #differences AS d
        ON t.product_key = d.product_key
    WHERE d.difference = N'vanished';

    UPDATE t
    SET
        product_id = d.product_id,
        product_name = d.product_name,
        category_id = d.category_id,
        category = d.category,
        subcategory = d.subcategory,
        maintenance = d.maintenance,
        cost = d.cost,
        product_line = d.product_line,
        start_date = d.start_date,
        in_source = 1,
        last_batch_id = @batch_id
    FROM silver.products AS t
    INNER JOIN #differences AS d
        ON t.product_key = d.product_key
    WHERE d.difference = N'changed';

    SET @rows_updated = @@ROWCOUNT;

    -- The last batch that held a member which has left the drops is that of the latest day.
    IF @is_history = 1
        BEGIN
            UPDATE t
            SET last_batch_id = @batch_id
            FROM silver.products AS t
            INNER JOIN silver.joined_product_versions AS s
                ON t.product_number = s.product_number
            INNER JOIN etl.batch AS l
                ON t.last_batch_id = l.batch_id
            INNER JOIN etl.batch AS b
                ON b.batch_id = @batch_id
            WHERE
                t.in_source = 0
                AND s.is_current = 1
                AND (l.business_date < b.business_date OR l.withdrawn_reason IS NOT NULL);

            SET @rows_updated = @rows_updated + @@ROWCOUNT;
        END;

    INSERT INTO silver.products
    (
        product_key, product_id, product_number, product_name, category_id, category, subcategory, maintenance, cost,
        product_line, start_date, in_source, first_batch_id, last_batch_id
    )
    SELECT
        @last_key + ROW_NUMBER() OVER (ORDER BY product_number),
        product_id,
        product_number,
        product_name,
        category_id,
        category,
        subcategory,
        maintenance,
        cost,
        product_line,
        start_date,
        CASE WHEN @is_history = 0 THEN 1 ELSE 0 END,
        @batch_id,
        @batch_id
    FROM #differences
    WHERE difference = N'new';

    SET @rows_inserted = @@ROWCOUNT;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_inserted = @rows_inserted,
        @rows_updated = @rows_updated;
END;
GO
