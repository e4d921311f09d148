/*
Purpose: source_erp/PX_CAT_G1V2.csv as it came: product categories of the ERP.
Grain:   line of the file; dwh_source_line is its number there.
Columns: id               category id
         cat              category
         subcat           subcategory
         maintenance      Yes if products of the subcategory need maintenance
         dwh_source_line  line of the file; the header is line 1
*/
CREATE TABLE bronze.erp_px_cat_g1v2
(
    id NVARCHAR(4000) NULL,
    cat NVARCHAR(4000) NULL,
    subcat NVARCHAR(4000) NULL,
    maintenance NVARCHAR(4000) NULL,
    dwh_source_line INT NOT NULL
);
GO
