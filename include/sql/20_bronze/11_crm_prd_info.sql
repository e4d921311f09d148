/*
Purpose: source_crm/prd_info.csv as it came: product versions of the CRM.
Grain:   line of the file; dwh_source_line is its number there.
Columns: prd_id           number of the version in the CRM
         prd_key          category id (5 characters), a dash, product number
         prd_nm           name of the product
         prd_cost         cost of one unit, in whole units of the currency
         prd_line         product line: M, R, S or T
         prd_start_dt     first day of the version
         prd_end_dt       not used: the next version ends this one
         dwh_source_line  line of the file; the header is line 1
*/
CREATE TABLE bronze.crm_prd_info
(
    prd_id NVARCHAR(4000) NULL,
    prd_key NVARCHAR(4000) NULL,
    prd_nm NVARCHAR(4000) NULL,
    prd_cost NVARCHAR(4000) NULL,
    prd_line NVARCHAR(4000) NULL,
    prd_start_dt NVARCHAR(4000) NULL,
    prd_end_dt NVARCHAR(4000) NULL,
    dwh_source_line INT NOT NULL
);
GO
