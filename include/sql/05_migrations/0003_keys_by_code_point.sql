/*
Purpose: the comparison of run ids and keys by code point: sets the collation of the columns, and puts keys in capitals.
         No two keys become equal, because the earlier collation ignored case.
         (ALTER DATABASE … COLLATE would not change the collations of existing columns.)
*/
IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'etl.batch', N'U')
            AND name = N'run_id'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE etl.batch DROP CONSTRAINT uq_batch_run_id;
        ALTER TABLE etl.batch ALTER COLUMN run_id NVARCHAR(250) COLLATE Latin1_General_100_BIN2 NOT NULL;
        ALTER TABLE etl.batch ADD CONSTRAINT uq_batch_run_id UNIQUE (run_id);
    END;
GO

IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.customers', N'U')
            AND name = N'customer_number'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.customers
        ALTER COLUMN customer_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL;
        UPDATE silver.customers
        SET customer_number = UPPER(customer_number)
        WHERE
            customer_key <> 0
            AND customer_number <> UPPER(customer_number);
    END;
GO

IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.products', N'U')
            AND name = N'product_number'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.products
        ALTER COLUMN product_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        ALTER TABLE silver.products
        ALTER COLUMN category_id NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL; -- 0004: capitals
    END;
GO

IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.sales', N'U')
            AND name = N'order_number'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.sales DROP CONSTRAINT pk_sales;
        ALTER TABLE silver.sales
        ALTER COLUMN order_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        ALTER TABLE silver.sales
        ALTER COLUMN product_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        UPDATE silver.sales
        SET
            order_number = UPPER(order_number),
            product_number = UPPER(product_number)
        WHERE
            order_number <> UPPER(order_number)
            OR product_number <> UPPER(product_number);
        ALTER TABLE silver.sales ADD CONSTRAINT pk_sales PRIMARY KEY (order_number, product_number);
    END;
GO
