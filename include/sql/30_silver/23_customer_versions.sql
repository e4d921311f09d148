/*
Purpose: what each customer was called and where the customer lived and in which marital status, from when on (slowly
         changing dimension, type 2). gold.dim_customers_history adds the end of each version and the other columns.
Grain:   version of a customer. Key 0 belongs to the unknown member. A row is never deleted and a key never reused.
         valid_from: the first business date on which a drop had these values. The first version also holds before it.
         is_void = 1: the version holds on no day, because the drop that had these values was corrected on its day or
         withdrawn, or because an equal version goes on.
Columns: customer_version_key  surrogate key of the version; 0 belongs to the unknown member
         customer_key          surrogate key of the customer
         valid_from            first business date with these values
         first_name            first name
         last_name             last name
         country               country
         marital_status        Single, Married or n/a
         is_void               1: the version holds on no day
         first_batch_id        batch that added the row
         last_batch_id         batch that last changed the row
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

IF
    NOT EXISTS (
        SELECT 1 FROM silver.customer_versions
        WHERE customer_version_key = 0
    )
    INSERT INTO silver.customer_versions
    (customer_version_key, customer_key, valid_from, first_name, last_name, country, marital_status, is_void)
    VALUES (0, 0, '00010101', N'n/a', N'n/a', N'n/a', N'n/a', 0);
GO
