/*
Purpose: source_crm/sales_details.csv as it came: order lines of the CRM.
Grain:   line of the file; dwh_source_line is its number there.
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
