/*
Purpose:    updates the customers that silver has and gives new ones their surrogate keys (silver.joined_customers).
            A birth date after the business date is NULL.
            Called by etl.publish, in its transaction. A history batch adds the customers that silver lacks, with
            in_source = 0, and is the last batch of those that left the drops earlier.
Parameters: @batch_id
Errors:     50005 batch not open
Example:    EXEC etl.publish 1;
*/
CREATE OR ALTER PROCEDURE silver.load_customers
    @batch_id INT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @step_id INT;
    DECLARE @business_date DATE;
    DECLARE @is_history BIT;
    DECLARE @last_key INT;
    DECLARE @rows_read INT;
    DECLARE @rows_inserted INT;
    DECLARE @rows_updated INT;

    EXEC etl.open_step @batch_id, N'silver.load_customers', @step_id OUTPUT;

    SELECT
        @business_date = business_date,
        @is_history = is_history
    FROM etl.batch
    WHERE batch_id = @batch_id;

    SELECT @last_key = MAX(customer_key)
    FROM silver.customers;

    SELECT @rows_read = COUNT(*)
    FROM silver.crm_cust_info;

    WITH customers AS (
        SELECT
            customer_id,
            customer_number,
            first_name,
            last_name,
            country,
            marital_status,
            gender,
            CASE WHEN birthdate <= @business_date THEN birthdate END AS birthdate,
            create_date
        FROM silver.joined_customers
    ),

    -- The collation is binary, because a change of case is a difference.
    compared AS (
        SELECT
            s.*,
            t.customer_key,
            CASE
                WHEN t.customer_key IS NULL THEN N'new'
                WHEN @is_history = 0 AND s.customer_id IS NULL AND t.in_source = 1 THEN N'vanished'
                WHEN
                    @is_history = 0
                    AND s.customer_id IS NOT NULL
                    AND (
                        t.in_source = 0
                        OR t.customer_number COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.customer_number
                        OR t.first_name COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.first_name
                        OR t.last_name COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.last_name
                        OR t.country COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.country
                        OR t.marital_status COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.marital_status
                        OR t.gender COLLATE Latin1_General_100_BIN2 IS DISTINCT FROM s.gender
                        OR t.birthdate IS DISTINCT FROM s.birthdate
                        OR t.create_date IS DISTINCT FROM s.create_date
                    )
                    THEN N'changed'
            END AS difference
        FROM customers AS s
        FULL OUTER JOIN silver.customers AS t
            ON s.customer_id = t.customer_id
    )

    -- The statements after this one touch only customers that differ.
    SELECT *
    INTO #differences
    FROM compared
    WHERE difference IS NOT NULL;

    -- The batch that gold shows until this publish is the last batch that held the rows that leave now.
    UPDATE t
    SET
        in_source = 0,
        last_batch_id = COALESCE((SELECT b.batch_id FROM gold.current_batch AS b), t.last_batch_id)
    FROM silver.customers AS t
    INNER JOIN #differences AS d
        ON t.customer_key = d.customer_key
    WHERE d.difference = N'vanished';

    UPDATE t
    SET
        customer_number = d.customer_number,
        first_name = d.first_name,
        last_name = d.last_name,
        country = d.country,
        marital_status = d.marital_status,
        gender = d.gender,
        birthdate = d.birthdate,
        create_date = d.create_date,
        in_source = 1,
        last_batch_id = @batch_id
    FROM silver.customers AS t
    INNER JOIN #differences AS d
        ON t.customer_key = d.customer_key
    WHERE d.difference = N'changed';

    SET @rows_updated = @@ROWCOUNT;

    -- The last batch that held a member which has left the drops is that of the latest day.
    IF @is_history = 1
        BEGIN
            UPDATE t
            SET last_batch_id = @batch_id
            FROM silver.customers AS t
            INNER JOIN silver.joined_customers AS s
                ON t.customer_id = s.customer_id
            INNER JOIN etl.batch AS l
                ON t.last_batch_id = l.batch_id
            INNER JOIN etl.batch AS b
                ON b.batch_id = @batch_id
            WHERE
                t.in_source = 0
                AND (l.business_date < b.business_date OR l.withdrawn_reason IS NOT NULL);

            SET @rows_updated = @rows_updated + @@ROWCOUNT;
        END;

    INSERT INTO silver.customers
    (
        customer_key, customer_id, customer_number, first_name, last_name, country, marital_status, gender, birthdate,
        create_date, in_source, first_batch_id, last_batch_id
    )
    SELECT
        @last_key + ROW_NUMBER() OVER (ORDER BY customer_id),
        customer_id,
        customer_number,
        first_name,
        last_name,
        country,
        marital_status,
        gender,
        birthdate,
        create_date,
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
