/*
Purpose: source_crm/sales_details.csv as it came: order lines of the CRM.
Grain:   line of the file; dwh_source_line is its number there.
Columns: sls_ord_num      order number
         sls_prd_key      product number
         sls_cust_id      number of the customer in the CRM
         sls_order_dt     day of the order, yyyymmdd
         sls_ship_dt      day of the shipping, yyyymmdd
         sls_due_dt       day on which the payment is due, yyyymmdd
         sls_sales        amount of the line, in whole units of the currency
         sls_quantity     units sold
         sls_price        price of one unit
         dwh_source_line  line of the file; the header is line 1
*/
CREATE TABLE bronze.crm_sales_details
(
    sls_ord_num NVARCHAR(4000) NULL,
    sls_prd_key NVARCHAR(4000) NULL,
    sls_cust_id NVARCHAR(4000) NULL,
    sls_order_dt NVARCHAR(4000) NULL,
    sls_ship_dt NVARCHAR(4000) NULL,
    sls_due_dt NVARCHAR(4000) NULL,
    sls_sales NVARCHAR(4000) NULL,
    sls_quantity NVARCHAR(4000) NULL,
    sls_price NVARCHAR(4000) NULL,
    dwh_source_line INT NOT NULL
);
GO
