/*
Purpose: order lines of the CRM, cleansed: the good rows of silver.crm_sales_details_judged.
Grain:   order line (order number and product number), of the batch loaded last. A heap.
Columns: is_repaired   1 if a money rule changed the source's sales or price
         dwh_batch_id  batch that loaded the row
*/
CREATE TABLE silver.crm_sales_details
(
    sls_ord_num NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    sls_prd_key NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    sls_cust_id INT NULL,
    sls_order_dt DATE NULL,
    sls_ship_dt DATE NULL,
    sls_due_dt DATE NULL,
    sls_sales INT NOT NULL,
    sls_quantity INT NULL,
    sls_price INT NULL,
    is_repaired BIT NOT NULL,
    dwh_source_line INT NOT NULL,
    dwh_batch_id INT NOT NULL
);
GO
