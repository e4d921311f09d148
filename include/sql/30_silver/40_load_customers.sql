/*
Purpose:    joins the customers of CRM and ERP, updates the known ones and gives new ones their surrogate keys.
            Countries that the collation holds for equal get one spelling, in silver as a whole: the one that most
            customers of the drop have, or the first by code point. So gold, Postgres and Tableau, which compare by
            code point, group them alike. A history batch takes the spellings of silver.
            Called by etl.publish, in its transaction. A history batch only adds the customers that silver lacks, with
            in_source = 0.
Parameters: @batch_id
Errors:     50005 batch not open, 50006 a cleansed table holds another batch, 50013 another batch holds one
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
    EXEC etl.require_step @batch_id, N'silver.load_crm_cust_info';
    EXEC etl.require_step @batch_id, N'silver.load_erp_cust_az12';
    EXEC etl.require_step @batch_id, N'silver.load_erp_loc_a101';

    SELECT
        @business_date = business_date,
        @is_history = is_history
    FROM etl.batch
    WHERE batch_id = @batch_id;

    SELECT @last_key = MAX(customer_key)
    FROM silver.customers;

    -- Gender: CRM is the master, ERP fills its n/a. A birth date after the business date is NULL.
    SELECT
        c.cst_id AS customer_id,
        c.cst_key AS customer_number,
        c.cst_firstname AS first_name,
        c.cst_lastname AS last_name,
        COALESCE(l.cntry, N'n/a') AS country,
        c.cst_marital_status AS marital_status,
        CASE WHEN c.cst_gndr <> N'n/a' THEN c.cst_gndr ELSE COALESCE(e.gen, N'n/a') END AS gender,
        CASE WHEN e.bdate <= @business_date THEN e.bdate END AS birthdate,
        c.cst_create_date AS create_date
    INTO #customers
    FROM silver.crm_cust_info AS c
    LEFT JOIN silver.erp_cust_az12 AS e
        ON c.cst_key = e.cid
    LEFT JOIN silver.erp_loc_a101 AS l
        ON c.cst_key = l.cid;

    SET @rows_read = @@ROWCOUNT;

    WITH countries AS (
        SELECT
            country,
            CASE WHEN @is_history = 0 THEN 1 ELSE 0 END AS decides
        FROM #customers

        UNION ALL

        SELECT
            country,
            CASE WHEN @is_history = 0 THEN 0 ELSE 1 END AS decides
        FROM silver.customers
    ),

    written AS (
        SELECT
            country COLLATE Latin1_General_100_BIN2 AS written,
            SUM(decides) AS times
        FROM countries
        GROUP BY country COLLATE Latin1_General_100_BIN2
    )

    SELECT
        written,
        FIRST_VALUE(written) OVER (PARTITION BY written COLLATE DATABASE_DEFAULT ORDER BY times DESC, written ASC)
            AS spelling
    INTO #spellings
    FROM written;

    UPDATE s
    SET country = p.spelling
    FROM #customers AS s
    INNER JOIN #spellings AS p
        ON s.country COLLATE Latin1_General_100_BIN2 = p.written
    WHERE p.written <> p.spelling;

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

    UPDATE t
    SET country = p.spelling
    FROM silver.customers AS t
    INNER JOIN #spellings AS p
        ON t.country COLLATE Latin1_General_100_BIN2 = p.written
    WHERE p.written <> p.spelling;

    EXEC etl.close_step
        @step_id,
        @rows_read = @rows_read,
        @rows_inserted = @rows_inserted,
        @rows_updated = @rows_updated;
END;
GO
