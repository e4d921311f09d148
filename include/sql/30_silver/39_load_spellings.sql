/*
Purpose:    gives countries, categories, subcategories and maintenance one spelling each, in silver as a whole: the one
            that most customers or products of the drop have, or the first by code point. A history batch takes the
            spellings of silver. Called by etl.publish, in its transaction.
Parameters: @batch_id
Errors:     50005 batch not open
Example:    EXEC etl.publish 1;
*/
CREATE OR ALTER PROCEDURE silver.load_spellings
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @is_history BIT;
    DECLARE @rows_read INT;
    DECLARE @rows_updated INT;

    EXEC etl.open_step @batch_id, N'silver.load_spellings', @step_id OUTPUT;

    SELECT @is_history = is_history
    FROM etl.batch
    WHERE batch_id = @batch_id;

    DELETE FROM silver.spellings;

    WITH texts AS (
        SELECT
            N'country' AS column_name,
            COALESCE(l.cntry, N'n/a') AS written,
            CASE WHEN @is_history = 0 THEN 1 ELSE 0 END AS decides
        FROM silver.crm_cust_info AS c
        LEFT JOIN silver.erp_loc_a101 AS l
            ON c.cst_key = l.cid

        UNION ALL

        SELECT
            N'country',
            country,
            CASE WHEN @is_history = 0 THEN 0 ELSE 1 END
        FROM silver.customers

        UNION ALL

        SELECT
            N'country',
            country,
            0
        FROM silver.customer_versions

        UNION ALL

        SELECT
            v.column_name,
            v.written,
            CASE WHEN @is_history = 0 AND p.is_current = 1 THEN 1 ELSE 0 END
        FROM silver.crm_prd_info AS p
        INNER JOIN silver.erp_px_cat_g1v2 AS c
            ON p.category_id = c.id
        CROSS APPLY (
            VALUES
            (N'category', c.cat),
            (N'subcategory', c.subcat),
            (N'maintenance', c.maintenance)
        ) AS v(column_name, written)

        UNION ALL

        SELECT
            v.column_name,
            v.written,
            CASE WHEN @is_history = 0 THEN 0 ELSE 1 END
        FROM silver.products AS p
        CROSS APPLY (
            VALUES
            (N'category', p.category),
            (N'subcategory', p.subcategory),
            (N'maintenance', p.maintenance)
        ) AS v(column_name, written)

        UNION ALL

        SELECT
            v.column_name,
            v.written,
            0
        FROM silver.product_versions AS p
        CROSS APPLY (
            VALUES
            (N'category', p.category),
            (N'subcategory', p.subcategory),
            (N'maintenance', p.maintenance)
        ) AS v(column_name, written)
    ),

    counted AS (
        SELECT
            column_name,
            written COLLATE Latin1_General_100_BIN2 AS written,
            SUM(decides) AS times
        FROM texts
        WHERE written IS NOT NULL
        GROUP BY
            column_name,
            written COLLATE Latin1_General_100_BIN2
    )

    INSERT INTO silver.spellings (column_name, written, spelling)
    SELECT
        column_name,
        written,
        FIRST_VALUE(written) OVER (
            PARTITION BY column_name, written COLLATE DATABASE_DEFAULT
            ORDER BY times DESC, written ASC
        )
    FROM counted;

    SET @rows_read = @@ROWCOUNT;

    UPDATE t
    SET country = s.spelling
    FROM silver.customers AS t
    INNER JOIN silver.spellings AS s
        ON
            s.column_name = N'country'
            AND t.country COLLATE Latin1_General_100_BIN2 = s.written
    WHERE s.written <> s.spelling COLLATE Latin1_General_100_BIN2;

    SET @rows_updated = @@ROWCOUNT;

    UPDATE t
    SET country = s.spelling
    FROM silver.customer_versions AS t
    INNER JOIN silver.spellings AS s
        ON
            s.column_name = N'country'
            AND t.country COLLATE Latin1_General_100_BIN2 = s.written
    WHERE s.written <> s.spelling COLLATE Latin1_General_100_BIN2;

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    UPDATE t
    SET
        category = c.spelling,
        subcategory = b.spelling,
        maintenance = m.spelling
    FROM silver.products AS t
    LEFT JOIN silver.spellings AS c
        ON c.column_name = N'category' AND t.category COLLATE Latin1_General_100_BIN2 = c.written
    LEFT JOIN silver.spellings AS b
        ON b.column_name = N'subcategory' AND t.subcategory COLLATE Latin1_General_100_BIN2 = b.written
    LEFT JOIN silver.spellings AS m
        ON m.column_name = N'maintenance' AND t.maintenance COLLATE Latin1_General_100_BIN2 = m.written
    WHERE
        c.written <> c.spelling COLLATE Latin1_General_100_BIN2
        OR b.written <> b.spelling COLLATE Latin1_General_100_BIN2
        OR m.written <> m.spelling COLLATE Latin1_General_100_BIN2;

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    UPDATE t
    SET
        category = c.spelling,
        subcategory = b.spelling,
        maintenance = m.spelling
    FROM silver.product_versions AS t
    LEFT JOIN silver.spellings AS c
        ON c.column_name = N'category' AND t.category COLLATE Latin1_General_100_BIN2 = c.written
    LEFT JOIN silver.spellings AS b
        ON b.column_name = N'subcategory' AND t.subcategory COLLATE Latin1_General_100_BIN2 = b.written
    LEFT JOIN silver.spellings AS m
        ON m.column_name = N'maintenance' AND t.maintenance COLLATE Latin1_General_100_BIN2 = m.written
    WHERE
        c.written <> c.spelling COLLATE Latin1_General_100_BIN2
        OR b.written <> b.spelling COLLATE Latin1_General_100_BIN2
        OR m.written <> m.spelling COLLATE Latin1_General_100_BIN2;

    SET @rows_updated = @rows_updated + @@ROWCOUNT;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_updated = @rows_updated;
END;
GO
