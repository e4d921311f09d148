/*
Purpose: source_crm/cust_info.csv as it came: customers of the CRM.
Grain:   line of the file; dwh_source_line is its number there.
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
