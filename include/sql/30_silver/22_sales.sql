/*
Purpose: every order line ever delivered, with the keys of customer and product, cost at the time of sale and profit.
Grain:   order line (order_number, product_number). in_source = 1: the line is in the drop that gold shows.
         last_seen_date: if in_source = 0, the business date of the last drop that held the line. If in_source = 1, the
         line was last seen on the business date of gold.current_batch, or on last_seen_date if that is later (after a
         replay), because the load does not update unchanged lines.
         product_version_key, customer_version_key: the versions of product and customer on the order date, the last
         ones if the line has no order date.
         last_batch_id is the batch that last changed the line; if in_source = 0, the last batch that held it.
*/
IF OBJECT_ID(N'silver.sales', N'U') IS NULL
    CREATE TABLE silver.sales
    (
        order_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
        product_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
        product_key INT NOT NULL,
        customer_key INT NOT NULL,
        order_date DATE NULL,
        shipping_date DATE NULL,
        due_date DATE NULL,
        sales_amount INT NOT NULL,
        quantity INT NULL,
        price INT NULL,
        cost INT NULL,
        profit BIGINT NULL,
        in_source BIT NOT NULL,
        last_seen_date DATE NOT NULL,
        first_batch_id INT NOT NULL,
        last_batch_id INT NOT NULL,
        product_version_key INT NOT NULL,
        customer_version_key INT NOT NULL,
        CONSTRAINT pk_sales PRIMARY KEY (order_number, product_number)
    );
GO
