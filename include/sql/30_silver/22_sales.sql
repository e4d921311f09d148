/*
Purpose: every order line ever delivered, with the keys of customer and product, cost at the time of sale and profit.
Grain:   order line (order_number, product_number). in_source = 1: the line is in the drop that gold shows.
         last_seen_date: if in_source = 0, the business date of the last drop that held the line. If in_source = 1, the
         line was last seen on the business date of gold.current_batch, or on last_seen_date if that is later (after a
         replay), because the load does not update unchanged lines.
Storage: by column, because gold and the load read a few columns of all rows, compressed and in batch mode. The primary
         key is an index of rows beside it: it refuses a line twice.
Columns: order_number          number of the order
         product_number        number of the product, as the order has it
         product_key           surrogate key of the product; 0 if it is unknown
         customer_key          surrogate key of the customer; 0 if it is unknown
         order_date            day of the order; NULL if the source has no valid one
         shipping_date         day of the shipping; NULL if the source has no valid one
         due_date              day on which the payment is due; NULL if the source has no valid one
         sales_amount          amount of the line, in whole units of the currency
         quantity              units sold
         price                 price of one unit
         cost                  cost of one unit on the order date
         profit                sales_amount - quantity * cost
         in_source             1: the drop that gold shows has the line
         last_seen_date        business date of the last drop that held the line, if in_source = 0
         first_batch_id        batch that added the line
         last_batch_id         batch that last changed the line; if in_source = 0, the last one that held it
         product_version_key   version of the product on the order date, the last one without a date
         customer_version_key  version of the customer on the order date, the last one without a date
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
        CONSTRAINT pk_sales PRIMARY KEY NONCLUSTERED (order_number, product_number),
        INDEX cci_sales CLUSTERED COLUMNSTORE
    );
GO
