/*
Purpose: the versions of customers and products, and the sales that refer to them. Each member gets one version, with
         its own key and the values that silver has; the next load adds the other versions of products that the CRM
         delivers.
*/
IF OBJECT_ID(N'silver.customer_versions', N'U') IS NULL
    CREATE TABLE silver.customer_versions
    (
        customer_version_key INT NOT NULL,
        customer_key INT NOT NULL,
        valid_from DATE NOT NULL,
        first_name NVARCHAR(50) NULL,
        last_name NVARCHAR(50) NULL,
        country NVARCHAR(50) NOT NULL,
        marital_status NVARCHAR(50) NOT NULL,
        is_void BIT NOT NULL,
        first_batch_id INT NULL,
        last_batch_id INT NULL,
        CONSTRAINT pk_customer_versions PRIMARY KEY (customer_version_key)
    );
GO

IF OBJECT_ID(N'silver.product_versions', N'U') IS NULL
    CREATE TABLE silver.product_versions
    (
        product_version_key INT NOT NULL,
        product_key INT NOT NULL,
        start_date DATE NULL,
        valid_from DATE NOT NULL,
        product_id INT NULL,
        product_name NVARCHAR(100) NULL,
        category_id NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
        category NVARCHAR(50) NULL,
        subcategory NVARCHAR(50) NULL,
        maintenance NVARCHAR(50) NULL,
        cost INT NULL,
        product_line NVARCHAR(50) NOT NULL,
        in_source BIT NOT NULL,
        is_void BIT NOT NULL,
        first_batch_id INT NULL,
        last_batch_id INT NULL,
        CONSTRAINT pk_product_versions PRIMARY KEY (product_version_key)
    );
GO

INSERT INTO silver.customer_versions
(
    customer_version_key, customer_key, valid_from, first_name, last_name, country, marital_status, is_void,
    first_batch_id, last_batch_id
)
SELECT
    c.customer_key AS customer_version_key,
    c.customer_key,
    COALESCE(b.business_date, CAST('00010101' AS DATE)),
    c.first_name,
    c.last_name,
    c.country,
    c.marital_status,
    0,
    c.first_batch_id,
    c.last_batch_id
FROM silver.customers AS c
LEFT JOIN etl.batch AS b
    ON c.first_batch_id = b.batch_id
WHERE NOT EXISTS (SELECT 1 FROM silver.customer_versions);
GO

INSERT INTO silver.product_versions
(
    product_version_key, product_key, start_date, valid_from, product_id, product_name, category_id, category,
    subcategory, maintenance, cost, product_line, in_source, is_void, first_batch_id, last_batch_id
)
SELECT
    product_key AS product_version_key,
    product_key,
    start_date,
    COALESCE(start_date, CAST('00010101' AS DATE)),
    product_id,
    product_name,
    category_id,
    category,
    subcategory,
    maintenance,
    cost,
    product_line,
    CASE WHEN product_key = 0 THEN 0 ELSE 1 END,
    0,
    first_batch_id,
    last_batch_id
FROM silver.products
WHERE NOT EXISTS (SELECT 1 FROM silver.product_versions);
GO

IF COL_LENGTH(N'silver.sales', N'product_version_key') IS NULL
    ALTER TABLE silver.sales ADD
    product_version_key INT NOT NULL CONSTRAINT df_sales_product_version_key DEFAULT 0,
    customer_version_key INT NOT NULL CONSTRAINT df_sales_customer_version_key DEFAULT 0;
GO

-- Each member has one version, with its own key.
IF OBJECT_ID(N'silver.df_sales_product_version_key', N'D') IS NOT NULL
    BEGIN
        UPDATE silver.sales
        SET
            product_version_key = product_key,
            customer_version_key = customer_key;
        ALTER TABLE silver.sales
        DROP CONSTRAINT df_sales_product_version_key, df_sales_customer_version_key;
    END;
GO
