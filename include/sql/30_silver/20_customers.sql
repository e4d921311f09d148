/*
Purpose: every customer ever delivered, CRM and ERP joined, with its durable surrogate key.
Grain:   customer (customer_id). Key 0 is the unknown member. A row is never deleted and a key never reused.
Columns: customer_key     surrogate key; 0 is the unknown member
         customer_id      number of the customer in the CRM
         customer_number  number of the customer that CRM and ERP share
         first_name       first name
         last_name        last name
         country          country
         marital_status   Single, Married or n/a
         gender           Female, Male or n/a
         birthdate        birth date; NULL if it is later than the business date
         create_date      day on which the CRM created the customer's row
         in_source        1: the drop that gold shows has the customer
         first_batch_id   batch that added the row
         last_batch_id    batch that last changed the row; if in_source = 0, the last one that held it
*/
IF OBJECT_ID(N'silver.customers', N'U') IS NULL
    CREATE TABLE silver.customers
    (
        customer_key INT NOT NULL,
        customer_id INT NULL,
        customer_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
        first_name NVARCHAR(50) NULL,
        last_name NVARCHAR(50) NULL,
        country NVARCHAR(50) NOT NULL,
        marital_status NVARCHAR(50) NOT NULL,
        gender NVARCHAR(50) NOT NULL,
        birthdate DATE NULL,
        create_date DATE NULL,
        in_source BIT NOT NULL,
        first_batch_id INT NULL,
        last_batch_id INT NULL,
        CONSTRAINT pk_customers PRIMARY KEY (customer_key),
        CONSTRAINT uq_customers_customer_id UNIQUE (customer_id)
    );
GO

IF
    NOT EXISTS (
        SELECT 1 FROM silver.customers
        WHERE customer_key = 0
    )
    INSERT INTO silver.customers
    (customer_key, customer_number, first_name, last_name, country, marital_status, gender, in_source)
    VALUES (0, N'n/a', N'n/a', N'n/a', N'n/a', N'n/a', N'n/a', 0);
GO
