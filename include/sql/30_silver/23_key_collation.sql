/*
Purpose: upgrades tables that an earlier version made without comparison by code point: sets the collation of the key
         columns, and puts keys in capitals. No two keys become equal, because the earlier collation ignored case.
         (ALTER DATABASE … COLLATE would not change the collations of existing columns.)
*/
IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.crm_cust_info', N'U')
            AND name = N'cst_key'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.crm_cust_info
        ALTER COLUMN cst_key NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL;
        UPDATE silver.crm_cust_info
        SET cst_key = UPPER(cst_key)
        WHERE cst_key <> UPPER(cst_key);
    END;
GO

IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.crm_prd_info', N'U')
            AND name = N'product_number'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.crm_prd_info DROP CONSTRAINT pk_crm_prd_info;
        ALTER TABLE silver.crm_prd_info
        ALTER COLUMN product_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        ALTER TABLE silver.crm_prd_info
        ALTER COLUMN category_id NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        UPDATE silver.crm_prd_info
        SET
            product_number = UPPER(product_number),
            category_id = UPPER(category_id)
        WHERE
            product_number <> UPPER(product_number)
            OR category_id <> UPPER(category_id);
        ALTER TABLE silver.crm_prd_info ADD CONSTRAINT pk_crm_prd_info PRIMARY KEY (product_number, version_number);
    END;
GO

IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.crm_sales_details', N'U')
            AND name = N'sls_ord_num'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.crm_sales_details DROP CONSTRAINT pk_crm_sales_details;
        ALTER TABLE silver.crm_sales_details
        ALTER COLUMN sls_ord_num NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        ALTER TABLE silver.crm_sales_details
        ALTER COLUMN sls_prd_key NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        UPDATE silver.crm_sales_details
        SET
            sls_ord_num = UPPER(sls_ord_num),
            sls_prd_key = UPPER(sls_prd_key)
        WHERE
            sls_ord_num <> UPPER(sls_ord_num)
            OR sls_prd_key <> UPPER(sls_prd_key);
        ALTER TABLE silver.crm_sales_details ADD CONSTRAINT pk_crm_sales_details PRIMARY KEY (sls_ord_num, sls_prd_key);
    END;
GO

IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.erp_cust_az12', N'U')
            AND name = N'cid'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.erp_cust_az12 DROP CONSTRAINT pk_erp_cust_az12;
        ALTER TABLE silver.erp_cust_az12 ALTER COLUMN cid NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        UPDATE silver.erp_cust_az12
        SET cid = UPPER(cid)
        WHERE cid <> UPPER(cid);
        ALTER TABLE silver.erp_cust_az12 ADD CONSTRAINT pk_erp_cust_az12 PRIMARY KEY (cid);
    END;
GO

IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.erp_loc_a101', N'U')
            AND name = N'cid'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.erp_loc_a101 DROP CONSTRAINT pk_erp_loc_a101;
        ALTER TABLE silver.erp_loc_a101 ALTER COLUMN cid NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        UPDATE silver.erp_loc_a101
        SET cid = UPPER(cid)
        WHERE cid <> UPPER(cid);
        ALTER TABLE silver.erp_loc_a101 ADD CONSTRAINT pk_erp_loc_a101 PRIMARY KEY (cid);
    END;
GO

IF
    EXISTS (
        SELECT 1 FROM sys.columns
        WHERE
            object_id = OBJECT_ID(N'silver.erp_px_cat_g1v2', N'U')
            AND name = N'id'
            AND collation_name <> N'Latin1_General_100_BIN2'
    )
    BEGIN
        ALTER TABLE silver.erp_px_cat_g1v2 DROP CONSTRAINT pk_erp_px_cat_g1v2;
        ALTER TABLE silver.erp_px_cat_g1v2 ALTER COLUMN id NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL;
        UPDATE silver.erp_px_cat_g1v2
        SET id = UPPER(id)
        WHERE id <> UPPER(id);
        ALTER TABLE silver.erp_px_cat_g1v2 ADD CONSTRAINT pk_erp_px_cat_g1v2 PRIMARY KEY (id);
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
        ALTER COLUMN category_id NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL; -- 24: capitals
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
