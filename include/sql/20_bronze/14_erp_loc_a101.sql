/*
Purpose: source_erp/LOC_A101.csv as it came: countries of the ERP.
Grain:   line of the file; dwh_source_line is its number there.
Columns: cid              number of the customer, with a dash
         cntry            country, as a name or a code
         dwh_source_line  line of the file; the header is line 1
*/
CREATE TABLE bronze.erp_loc_a101
(
    cid NVARCHAR(4000) NULL,
    cntry NVARCHAR(4000) NULL,
    dwh_source_line INT NOT NULL
);
GO
