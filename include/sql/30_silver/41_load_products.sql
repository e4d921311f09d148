/*
Purpose:    updates the products that silver has to their current version, and gives new ones their surrogate keys
            (silver.joined_product_versions).
            Called by etl.publish, in its transaction. A history batch only adds the products that silver lacks, with
            in_source = 0.
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
    INTO #products
    FROM silver.joined_product_versions
    WHERE is_current = 1;

    SET @rows_read = @@ROWCOUNT;

    -- The batch that gold shows until this publish is the last batch that held the rows that leave now.
    UPDATE t
    SET
        in_source = 0,
        last_batch_id = COALESCE((SELECT b.batch_id FROM gold.current_batch AS b), t.last_batch_id)
    FROM silver.products AS t
    WHERE
        @is_history = 0
        AND t.in_source = 1
        AND NOT EXISTS (
            SELECT 1 FROM #products AS s
            WHERE s.product_number = t.product_number
        );

    -- Only rows that differ are written. The collation is binary, because a change of case is a difference.
    UPDATE t
    SET
        product_id = s.product_id,
        product_name = s.product_name,
        category_id = s.category_id,
        category = s.category,
        subcategory = s.subcategory,
        maintenance = s.maintenance,
        cost = s.cost,
        product_line = s.product_line,
        start_date = s.start_date,
        in_source = 1,
        last_batch_id = @batch_id
    FROM silver.products AS t
    INNER JOIN #products AS s
        ON t.product_number = s.product_number
    WHERE
        @is_history = 0
        AND t.product_key <> 0
        AND (
            t.in_source = 0
            OR EXISTS (
                SELECT
                    t.product_id,
                    t.product_name COLLATE Latin1_General_100_BIN2,
                    t.category_id COLLATE Latin1_General_100_BIN2,
                    t.category COLLATE Latin1_General_100_BIN2,
                    t.subcategory COLLATE Latin1_General_100_BIN2,
                    t.maintenance COLLATE Latin1_General_100_BIN2,
                    t.cost,
                    t.product_line COLLATE Latin1_General_100_BIN2,
                    t.start_date
                EXCEPT
                SELECT
                    s.product_id,
                    s.product_name,
                    s.category_id,
                    s.category,
                    s.subcategory,
                    s.maintenance,
                    s.cost,
                    s.product_line,
                    s.start_date
            )
        );

    SET @rows_updated = @@ROWCOUNT;

    INSERT INTO silver.products
    (
        product_key, product_id, product_number, product_name, category_id, category, subcategory, maintenance, cost,
        product_line, start_date, in_source, first_batch_id, last_batch_id
    )
    SELECT
        @last_key + ROW_NUMBER() OVER (ORDER BY s.product_number),
        s.product_id,
        s.product_number,
        s.product_name,
        s.category_id,
        s.category,
        s.subcategory,
        s.maintenance,
        s.cost,
        s.product_line,
        s.start_date,
        CASE WHEN @is_history = 0 THEN 1 ELSE 0 END,
        @batch_id,
        @batch_id
    FROM #products AS s
    WHERE NOT EXISTS (
        SELECT 1
        FROM silver.products AS t
        WHERE
            t.product_number = s.product_number
            AND t.product_key <> 0
    );

    SET @rows_inserted = @@ROWCOUNT;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_inserted = @rows_inserted,
        @rows_updated = @rows_updated;
END;
GO
