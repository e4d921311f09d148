/*
Purpose:    updates the customers that silver has and gives new ones their surrogate keys (silver.joined_customers).
            A birth date after the business date is NULL.
            Called by etl.publish, in its transaction. A history batch only adds the customers that silver lacks, with
            in_source = 0.
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
    INTO #customers
    FROM silver.joined_customers;

    SET @rows_read = @@ROWCOUNT;

    -- The batch that gold shows until this publish is the last batch that held the rows that leave now.
    UPDATE t
    SET
        in_source = 0,
        last_batch_id = COALESCE((SELECT b.batch_id FROM gold.current_batch AS b), t.last_batch_id)
    FROM silver.customers AS t
    WHERE
        @is_history = 0
        AND t.in_source = 1
        AND NOT EXISTS (
            SELECT 1 FROM #customers AS s
            WHERE s.customer_id = t.customer_id
        );

    -- Only rows that differ are written. The collation is binary, because a change of case is a difference.
    UPDATE t
    SET
        customer_number = s.customer_number,
        first_name = s.first_name,
        last_name = s.last_name,
        country = s.country,
        marital_status = s.marital_status,
        gender = s.gender,
        birthdate = s.birthdate,
        create_date = s.create_date,
        in_source = 1,
        last_batch_id = @batch_id
    FROM silver.customers AS t
    INNER JOIN #customers AS s
        ON t.customer_id = s.customer_id
    WHERE
        @is_history = 0
        AND (
            t.in_source = 0
            OR EXISTS (
                SELECT
                    t.customer_number COLLATE Latin1_General_100_BIN2,
                    t.first_name COLLATE Latin1_General_100_BIN2,
                    t.last_name COLLATE Latin1_General_100_BIN2,
                    t.country COLLATE Latin1_General_100_BIN2,
                    t.marital_status COLLATE Latin1_General_100_BIN2,
                    t.gender COLLATE Latin1_General_100_BIN2,
                    t.birthdate,
                    t.create_date
                EXCEPT
                SELECT
                    s.customer_number,
                    s.first_name,
                    s.last_name,
                    s.country,
                    s.marital_status,
                    s.gender,
                    s.birthdate,
                    s.create_date
            )
        );

    SET @rows_updated = @@ROWCOUNT;

    INSERT INTO silver.customers
    (
        customer_key, customer_id, customer_number, first_name, last_name, country, marital_status, gender, birthdate,
        create_date, in_source, first_batch_id, last_batch_id
    )
    SELECT
        @last_key + ROW_NUMBER() OVER (ORDER BY s.customer_id),
        s.customer_id,
        s.customer_number,
        s.first_name,
        s.last_name,
        s.country,
        s.marital_status,
        s.gender,
        s.birthdate,
        s.create_date,
        CASE WHEN @is_history = 0 THEN 1 ELSE 0 END,
        @batch_id,
        @batch_id
    FROM #customers AS s
    WHERE NOT EXISTS (
        SELECT 1 FROM silver.customers AS t
        WHERE t.customer_id = s.customer_id
    );

    SET @rows_inserted = @@ROWCOUNT;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_inserted = @rows_inserted,
        @rows_updated = @rows_updated;
END;
GO
