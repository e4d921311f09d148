/*
Purpose: what each product was called, cost and belonged to, from when on (slowly changing dimension, type 2).
         gold.dim_products_history adds the end of each version.
Grain:   version of a product: one for each version of the CRM (start_date), and another one from the business date on
         which the CRM or the ERP first delivered another name, line or category for the version that is open.
         Key 0 belongs to the unknown member. A row is never deleted and a key never reused.
         cost: the CRM's cost of the version; a correction holds for the whole version.
         start_date: the CRM's; NULL if it has none. valid_from: start_date, or the business date of the change.
         delivered_from: the first business date on which a drop had these values.
         in_source = 1: the CRM's version is in the drop that gold shows, or in the last one that had the product.
         is_void = 1: the version holds on no day, because the drop that had these values was corrected on its day or
         withdrawn, or because an equal version goes on.
Columns: product_version_key  surrogate key of the version; 0 belongs to the unknown member
         product_key          surrogate key of the product
         start_date           first day of the CRM's version; NULL if it has none
         valid_from           start_date, or the business date of a change within the CRM's version
         delivered_from       first business date with these values; NULL for the unknown member
         product_id           number of the version in the CRM
         product_name         name of the product
         category_id          id of the category
         category             category; NULL if the ERP has none for the id
         subcategory          subcategory
         maintenance          Yes if products of the subcategory need maintenance
         cost                 cost of one unit, in whole units of the currency
         product_line         Mountain, Road, Touring, Other Sales or n/a
         in_source            1: the last drop with the product has the CRM's version
         is_void              1: the version holds on no day
         first_batch_id       batch that added the row
         last_batch_id        batch that last changed the row
*/
IF OBJECT_ID(N'silver.product_versions', N'U') IS NULL
    CREATE TABLE silver.product_versions
    (
        product_version_key INT NOT NULL,
        product_key INT NOT NULL,
        start_date DATE NULL,
        valid_from DATE NOT NULL,
        delivered_from DATE NULL,
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

IF
    NOT EXISTS (
        SELECT 1 FROM silver.product_versions
        WHERE product_version_key = 0
    )
    INSERT INTO silver.product_versions
    (product_version_key, product_key, valid_from, product_name, product_line, in_source, is_void)
    VALUES (0, 0, '00010101', N'n/a', N'n/a', 0, 0);
GO
