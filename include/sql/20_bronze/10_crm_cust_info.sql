/*
Purpose: source_crm/cust_info.csv as it came: customers of the CRM.
Grain:   line of the file; dwh_source_line is its number there.
Columns: cst_id              number of the customer in the CRM
         cst_key             number of the customer that the ERP shares
         cst_firstname       first name
         cst_lastname        last name
         cst_marital_status  marital status: S or M
         cst_gndr            gender: F or M
         cst_create_date     day on which the CRM created this row
         dwh_source_line     line of the file; the header is line 1
*/
CREATE TABLE bronze.crm_cust_info
(
    cst_id NVARCHAR(4000) NULL,
    cst_key NVARCHAR(4000) NULL,
    cst_firstname NVARCHAR(4000) NULL,
    cst_lastname NVARCHAR(4000) NULL,
    cst_marital_status NVARCHAR(4000) NULL,
    cst_gndr NVARCHAR(4000) NULL,
    cst_create_date NVARCHAR(4000) NULL,
    dwh_source_line INT NOT NULL
);
GO
