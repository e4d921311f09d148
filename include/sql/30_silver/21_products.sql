/*
Purpose: every product ever delivered, in its current version and with its category, with its durable surrogate key.
Grain:   product (product_number). Key 0 is the unknown member. A row is never deleted and a key never reused.
Columns: product_key     surrogate key; 0 is the unknown member
         product_id      number of the version in the CRM
         product_number  number of the product
         product_name    name of the product
         category_id     id of the category
         category        category; NULL if the ERP has none for the id
         subcategory     subcategory
         maintenance     Yes if products of the subcategory need maintenance
         cost            cost of one unit, in whole units of the currency
         product_line    Mountain, Road, Touring, Other Sales or n/a
         start_date      first day of the CRM's version; NULL if it has none
         in_source       1: the drop that gold shows has the product
         first_batch_id  batch that added the row
         last_batch_id   batch that last changed the row; if in_source = 0, the last one that held it
*/
IF OBJECT_ID(N'silver.products', N'U') IS NULL
    CREATE TABLE silver.products
    (
        product_key INT NOT NULL,
        product_id INT NULL,
        product_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
        product_name NVARCHAR(100) NULL,
        category_id NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
        category NVARCHAR(50) NULL,
        subcategory NVARCHAR(50) NULL,
        maintenance NVARCHAR(50) NULL,
        cost INT NULL,
        product_line NVARCHAR(50) NOT NULL,
        start_date DATE NULL,
        in_source BIT NOT NULL,
        first_batch_id INT NULL,
        last_batch_id INT NULL,
        CONSTRAINT pk_products PRIMARY KEY (product_key)
    );
GO

-- Not if the rows were changed by hand so that it cannot be made; a deployment does not fail because of that.
IF
    NOT EXISTS (
        SELECT 1 FROM sys.indexes
        WHERE
            object_id = OBJECT_ID(N'silver.products', N'U')
            AND name = N'ux_products_product_number'
    )
    BEGIN
        IF
            EXISTS (
                SELECT product_number FROM silver.products
                GROUP BY product_number
                HAVING COUNT(*) > 1
            )
            PRINT N'Warning: silver.products holds a product_number twice. Delete the later one, then deploy again.';
        ELSE
            CREATE UNIQUE INDEX ux_products_product_number ON silver.products (product_number);
    END;
GO

IF
    NOT EXISTS (
        SELECT 1 FROM silver.products
        WHERE product_key = 0
    )
    INSERT INTO silver.products
    (product_key, product_number, product_name, product_line, in_source)
    VALUES (0, N'n/a', N'n/a', N'n/a', 0);
GO
