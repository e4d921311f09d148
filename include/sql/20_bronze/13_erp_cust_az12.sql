/*
Purpose: source_erp/CUST_AZ12.csv as it came: birth dates and genders of the ERP.
Grain:   line of the file; dwh_source_line is its number there.
Columns: cid              number of the customer, with or without NAS in front
         bdate            birth date
         gen              gender: Male, Female, M or F
         dwh_source_line  line of the file; the header is line 1
*/
CREATE TABLE bronze.erp_cust_az12
(
    cid NVARCHAR(4000) NULL,
    bdate NVARCHAR(4000) NULL,
    gen NVARCHAR(4000) NULL,
    dwh_source_line INT NOT NULL
);
GO
