/*
Purpose: source_erp/CUST_AZ12.csv as it came: birth dates and genders of the ERP.
Grain:   line of the file; dwh_source_line is its number there.
*/
CREATE TABLE bronze.erp_cust_az12
(
    cid NVARCHAR(4000) NULL,
    bdate NVARCHAR(4000) NULL,
    gen NVARCHAR(4000) NULL,
    dwh_source_line INT NOT NULL
);
GO
