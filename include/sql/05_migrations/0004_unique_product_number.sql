/*
Purpose: a unique index on the product number. After 0003, because the collation of an indexed column cannot be changed.
         Keys are put in capitals last, because DuckDB cannot index rows that were just changed.
*/
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

UPDATE silver.products
SET
    product_number = UPPER(product_number),
    category_id = UPPER(category_id)
WHERE
    product_key <> 0
    AND (product_number <> UPPER(product_number) OR category_id <> UPPER(category_id));
GO
