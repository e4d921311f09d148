/*
Purpose:    gives the order lines of silver the versions that are valid on their order dates now. Called in the
            transaction of a history batch (silver.load_sales) or of a withdrawal (etl.withdraw_batch), which change
            versions of lines that they do not load.
Parameters: @rows_updated  OUTPUT
Example:    EXEC etl.withdraw_batch 7, N'Loaded as 2062 instead of 2026.';
*/
CREATE OR ALTER PROCEDURE silver.correct_version_keys
    @rows_updated INT OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    -- The histories as tables, because the rows of their window functions cannot be estimated in the join.
    SELECT
        product_version_key,
        product_key,
        valid_from,
        valid_to
    INTO #versions_of_products
    FROM gold.dim_products_history;

    SELECT
        customer_version_key,
        customer_key,
        valid_from,
        valid_to
    INTO #versions_of_customers
    FROM gold.dim_customers_history;

    UPDATE t
    SET
        product_version_key = v.product_version_key,
        customer_version_key = w.customer_version_key
    FROM silver.sales AS t
    INNER JOIN #versions_of_products AS v
        ON
            t.product_key = v.product_key
            AND COALESCE(t.order_date, CAST('99991231' AS DATE)) BETWEEN v.valid_from AND v.valid_to
    INNER JOIN #versions_of_customers AS w
        ON
            t.customer_key = w.customer_key
            AND COALESCE(t.order_date, CAST('99991231' AS DATE)) BETWEEN w.valid_from AND w.valid_to
    WHERE
        t.product_version_key <> v.product_version_key
        OR t.customer_version_key <> w.customer_version_key;

    SET @rows_updated = @@ROWCOUNT;
END;
GO
