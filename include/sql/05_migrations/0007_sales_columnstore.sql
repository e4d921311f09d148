/*
Purpose: silver.sales by column (30_silver/22_sales.sql says why): the primary key becomes an index beside it.
*/
IF
    EXISTS (
        SELECT 1 FROM sys.key_constraints
        WHERE
            parent_object_id = OBJECT_ID(N'silver.sales', N'U')
            AND name = N'pk_sales'
    )
    AND NOT EXISTS (
        SELECT 1 FROM sys.indexes
        WHERE
            object_id = OBJECT_ID(N'silver.sales', N'U')
            AND type_desc = N'CLUSTERED COLUMNSTORE'
    )
    BEGIN
        ALTER TABLE silver.sales DROP CONSTRAINT pk_sales;
        CREATE CLUSTERED COLUMNSTORE INDEX cci_sales ON silver.sales;
        ALTER TABLE silver.sales ADD CONSTRAINT pk_sales PRIMARY KEY NONCLUSTERED (order_number, product_number);
    END;
GO
