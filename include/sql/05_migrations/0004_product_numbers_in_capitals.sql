/*
Purpose: product numbers and category ids in capitals. After 0003, because the collation of an indexed column cannot be
         changed. 30_silver/21_products.sql makes the unique index and says why it cannot; here it is made first,
         because DuckDB cannot index rows that were just changed.
*/
IF
    NOT EXISTS (
        SELECT 1 FROM sys.indexes
        WHERE
            object_id = OBJECT_ID(N'silver.products', N'U')
            AND name = N'ux_products_product_number'
    )
    AND NOT EXISTS (
        SELECT product_number FROM silver.products
        GROUP BY product_number
        HAVING COUNT(*) > 1
    )
    CREATE UNIQUE INDEX ux_products_product_number ON silver.products (product_number);
GO

UPDATE silver.products
SET
    product_number = UPPER(product_number),
    category_id = UPPER(category_id)
WHERE
    product_key <> 0
    AND (product_number <> UPPER(product_number) OR category_id <> UPPER(category_id));
GO
