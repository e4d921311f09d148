/*
Purpose:    gives each order line the keys of its customer and product and of their versions on the order date, the
            cost at the time of sale and the profit.
            Called by etl.publish, in its transaction. Only lines that differ are written. last_seen_date is written
            when a line leaves the drops, because until then it is the day that gold shows (silver.sales).
            A date more than 50 years before the business date, or after the year that follows it, is a mistake of the
            source and counts as none (a rule reports it). Otherwise one such date would stretch the
            calendar over centuries.
            A line that was published keeps its cost if the drop no longer has the version of its day (the CRM has
            purged it). Other changes of a published cost are added up in etl.batch.restated_cost; the rule 'no
            published cost was changed' reports them.
            A history batch only adds the lines that silver lacks, with in_source = 0, raises last_seen_date of lines
            that are not in a later drop, and corrects the keys of versions.
Parameters: @batch_id
Errors:     50005 batch not open
Example:    EXEC etl.publish 1;
*/
CREATE OR ALTER PROCEDURE silver.load_sales
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @business_date DATE;
    DECLARE @first_day DATE;
    DECLARE @last_day DATE;
    DECLARE @is_history BIT;
    DECLARE @shown_batch_id INT;
    DECLARE @shown_date DATE;
    DECLARE @rows_read INT;
    DECLARE @rows_inserted INT;
    DECLARE @rows_updated INT;
    DECLARE @rows_corrected INT;

    EXEC etl.open_step @batch_id, N'silver.load_sales', @step_id OUTPUT;

    SELECT
        @business_date = business_date,
        @is_history = is_history
    FROM etl.batch
    WHERE batch_id = @batch_id;

    SET @first_day = DATEFROMPARTS(YEAR(@business_date) - 50, 1, 1);
    SET @last_day = DATEFROMPARTS(YEAR(@business_date) + 1, 12, 31);

    -- The batch that gold shows until this publish: its drop holds every line with in_source = 1.
    SELECT
        @shown_batch_id = batch_id,
        @shown_date = business_date
    FROM gold.current_batch;

    -- A member without a version is one that only withdrawn or corrected drops had (silver.void_versions): it counts as
    -- unknown, and keeps its key for a later delivery.
    SELECT
        p.product_number,
        p.product_key,
        p.cost
    INTO #products
    FROM silver.products AS p
    WHERE
        p.product_key <> 0
        AND p.product_key IN (
            SELECT v.product_key FROM silver.product_versions AS v
            WHERE v.is_void = 0
        );

    SELECT
        c.customer_id,
        c.customer_key
    INTO #customers
    FROM silver.customers AS c
    WHERE
        c.customer_key IN (
            SELECT v.customer_key FROM silver.customer_versions AS v
            WHERE v.is_void = 0
        );

    -- The histories as tables, because the rows of their window functions cannot be estimated in the join.
    SELECT
        product_version_key,
        product_key,
        cost,
        start_date,
        valid_from,
        valid_to,
        in_source
    INTO #product_versions
    FROM gold.dim_products_history;

    SELECT
        customer_version_key,
        customer_key,
        valid_from,
        valid_to
    INTO #customer_versions
    FROM gold.dim_customers_history;

    SELECT @rows_read = COUNT(*)
    FROM silver.crm_sales_details;

    WITH lines AS (
        SELECT
            sls_ord_num AS order_number,
            sls_prd_key AS product_number,
            sls_cust_id AS customer_id,
            CASE WHEN sls_order_dt BETWEEN @first_day AND @last_day THEN sls_order_dt END AS order_date,
            CASE WHEN sls_ship_dt BETWEEN @first_day AND @last_day THEN sls_ship_dt END AS shipping_date,
            CASE WHEN sls_due_dt BETWEEN @first_day AND @last_day THEN sls_due_dt END AS due_date,
            sls_sales AS sales_amount,
            sls_quantity AS quantity,
            sls_price AS price
        FROM silver.crm_sales_details
    ),

    resolved AS (
        SELECT
            d.order_number,
            d.product_number,
            COALESCE(p.product_key, 0) AS product_key,
            COALESCE(c.customer_key, 0) AS customer_key,
            COALESCE(v.product_version_key, 0) AS product_version_key,
            COALESCE(w.customer_version_key, 0) AS customer_version_key,
            d.order_date,
            d.shipping_date,
            d.due_date,
            d.sales_amount,
            d.quantity,
            d.price,
            v.cost AS version_cost,
            CASE WHEN v.in_source = 0 OR d.order_date < v.start_date THEN 1 ELSE 0 END AS is_of_purged_version,
            p.cost AS product_cost
        FROM lines AS d
        LEFT JOIN #products AS p
            ON d.product_number = p.product_number
        LEFT JOIN #customers AS c
            ON d.customer_id = c.customer_id
        LEFT JOIN #product_versions AS v
            ON
                p.product_key = v.product_key
                AND COALESCE(d.order_date, CAST('99991231' AS DATE)) BETWEEN v.valid_from AND v.valid_to
        LEFT JOIN #customer_versions AS w
            ON
                c.customer_key = w.customer_key
                AND COALESCE(d.order_date, CAST('99991231' AS DATE)) BETWEEN w.valid_from AND w.valid_to
    ),

    -- Each line of the drop beside the one of silver with its key; columns of silver are named published_.
    -- A published cost is kept (k) if the drop no longer has the version of its day, unless a drop wrote it that is
    -- being withdrawn or is corrected now.
    beside AS (
        SELECT
            s.*,
            t.order_number AS published_order_number,
            t.product_number AS published_product_number,
            t.product_key AS published_product_key,
            t.customer_key AS published_customer_key,
            t.product_version_key AS published_product_version_key,
            t.customer_version_key AS published_customer_version_key,
            t.order_date AS published_order_date,
            t.shipping_date AS published_shipping_date,
            t.due_date AS published_due_date,
            t.sales_amount AS published_sales_amount,
            t.quantity AS published_quantity,
            t.price AS published_price,
            t.cost AS published_cost,
            t.profit AS published_profit,
            t.in_source AS published_in_source,
            t.last_seen_date AS published_last_seen_date,
            COALESCE(CASE WHEN k.batch_id IS NOT NULL THEN t.cost END, s.version_cost) AS drop_cost
        FROM resolved AS s
        FULL OUTER JOIN silver.sales AS t
            ON
                s.order_number = t.order_number
                AND s.product_number = t.product_number
        LEFT JOIN etl.batch AS k
            ON
                t.last_batch_id = k.batch_id
                AND s.is_of_purged_version = 1
                AND s.product_key <> 0
                AND k.withdrawn_reason IS NULL
                AND k.business_date <> @business_date
    ),

    -- A line whose product has left the drop keeps its cost; a line of the unknown product has none.
    priced AS (
        SELECT
            *,
            COALESCE(drop_cost, CASE WHEN product_key <> 0 THEN published_cost END, product_cost) AS cost
        FROM beside
    ),

    compared AS (
        SELECT
            *,
            sales_amount - CAST(quantity AS BIGINT) * cost AS profit,
            CASE
                WHEN published_order_number IS NULL THEN N'new'
                WHEN @is_history = 0 AND order_number IS NULL AND published_in_source = 1 THEN N'vanished'
                WHEN
                    @is_history = 0
                    AND order_number IS NOT NULL
                    AND (
                        published_in_source = 0
                        OR product_key IS DISTINCT FROM published_product_key
                        OR customer_key IS DISTINCT FROM published_customer_key
                        OR product_version_key IS DISTINCT FROM published_product_version_key
                        OR customer_version_key IS DISTINCT FROM published_customer_version_key
                        OR order_date IS DISTINCT FROM published_order_date
                        OR shipping_date IS DISTINCT FROM published_shipping_date
                        OR due_date IS DISTINCT FROM published_due_date
                        OR sales_amount IS DISTINCT FROM published_sales_amount
                        OR quantity IS DISTINCT FROM published_quantity
                        OR price IS DISTINCT FROM published_price
                        OR cost IS DISTINCT FROM published_cost
                        OR sales_amount - CAST(quantity AS BIGINT) * cost IS DISTINCT FROM published_profit
                    )
                    THEN N'changed'
                WHEN
                    @is_history = 1
                    AND order_number IS NOT NULL
                    AND published_last_seen_date < @business_date
                    AND (published_in_source = 0 OR @shown_date < @business_date)
                    THEN N'seen later'
            END AS difference
        FROM priced
    )

    -- The lines that differ between drop and silver; the statements after this one touch no others. The outcomes are
    -- compared and not the files, so a line also differs if its member, a version or a rule has changed.
    SELECT
        difference,
        COALESCE(order_number, published_order_number) AS order_number,
        COALESCE(product_number, published_product_number) AS product_number,
        product_key,
        customer_key,
        product_version_key,
        customer_version_key,
        order_date,
        shipping_date,
        due_date,
        sales_amount,
        quantity,
        price,
        cost,
        profit,
        CASE
            WHEN published_in_source = 1 AND drop_cost <> published_cost
                THEN ABS(published_quantity * (CAST(drop_cost AS BIGINT) - published_cost))
        END AS restated_cost
    INTO #differences
    FROM compared
    WHERE difference IS NOT NULL;

    -- Before the UPDATE, which replaces the costs that were published.
    UPDATE etl.batch
    SET restated_cost = COALESCE(restated_cost, 0) + COALESCE((SELECT SUM(d.restated_cost) FROM #differences AS d), 0)
    WHERE
        batch_id = @batch_id
        AND is_history = 0;

    -- A replay makes gold show an older day; the lines with in_source = 1 were seen later than that.
    IF @is_history = 0 AND @business_date < @shown_date
        UPDATE silver.sales
        SET last_seen_date = @shown_date
        WHERE
            in_source = 1
            AND last_seen_date < @shown_date;

    UPDATE t
    SET
        in_source = 0,
        last_seen_date = CASE WHEN t.last_seen_date < @shown_date THEN @shown_date ELSE t.last_seen_date END,
        last_batch_id = COALESCE(@shown_batch_id, t.last_batch_id)
    FROM silver.sales AS t
    INNER JOIN #differences AS d
        ON
            t.order_number = d.order_number
            AND t.product_number = d.product_number
    WHERE d.difference = N'vanished';

    -- last_seen_date never falls, because a replay loads an older drop.
    IF @is_history = 0
        BEGIN
            UPDATE t
            SET
                product_key = d.product_key,
                customer_key = d.customer_key,
                product_version_key = d.product_version_key,
                customer_version_key = d.customer_version_key,
                order_date = d.order_date,
                shipping_date = d.shipping_date,
                due_date = d.due_date,
                sales_amount = d.sales_amount,
                quantity = d.quantity,
                price = d.price,
                cost = d.cost,
                profit = d.profit,
                in_source = 1,
                last_seen_date
                = CASE WHEN t.last_seen_date > @business_date THEN t.last_seen_date ELSE @business_date END,
                last_batch_id = @batch_id
            FROM silver.sales AS t
            INNER JOIN #differences AS d
                ON
                    t.order_number = d.order_number
                    AND t.product_number = d.product_number
            WHERE d.difference = N'changed';

            SET @rows_updated = @@ROWCOUNT;
        END;
    ELSE
        BEGIN
            UPDATE t
            SET last_seen_date = @business_date
            FROM silver.sales AS t
            INNER JOIN #differences AS d
                ON
                    t.order_number = d.order_number
                    AND t.product_number = d.product_number
            WHERE d.difference = N'seen later';

            SET @rows_updated = @@ROWCOUNT;

            EXEC silver.correct_version_keys @rows_corrected OUTPUT;

            SET @rows_updated = @rows_updated + @rows_corrected;
        END;

    INSERT INTO silver.sales
    (
        order_number, product_number, product_key, customer_key, product_version_key, customer_version_key, order_date,
        shipping_date, due_date, sales_amount, quantity, price, cost, profit, in_source, last_seen_date,
        first_batch_id, last_batch_id
    )
    SELECT
        order_number,
        product_number,
        product_key,
        customer_key,
        product_version_key,
        customer_version_key,
        order_date,
        shipping_date,
        due_date,
        sales_amount,
        quantity,
        price,
        cost,
        profit,
        CASE WHEN @is_history = 0 THEN 1 ELSE 0 END,
        @business_date,
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
