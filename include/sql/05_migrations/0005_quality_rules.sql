/*
Purpose: what the quality rules measure and find; the procedures that etl.source_table and the judged views replaced.
*/
IF COL_LENGTH(N'etl.quality_result', N'subject') IS NULL
    ALTER TABLE etl.quality_result ADD
    subject NVARCHAR(128) NOT NULL CONSTRAINT df_quality_result_subject DEFAULT N'',
    observed_of BIGINT NULL,
    expected_of BIGINT NULL,
    waived BIT NOT NULL CONSTRAINT df_quality_result_waived DEFAULT 0;
GO

IF COL_LENGTH(N'etl.manifest', N'invisible_ends') IS NULL
    ALTER TABLE etl.manifest ADD invisible_ends INT NOT NULL CONSTRAINT df_manifest_invisible_ends DEFAULT 0;
GO

IF COL_LENGTH(N'etl.batch', N'restated_cost') IS NULL
    ALTER TABLE etl.batch ADD restated_cost BIGINT NULL;
GO

DROP PROCEDURE IF EXISTS etl.reject_rows;
DROP PROCEDURE IF EXISTS bronze.load_crm_cust_info;
DROP PROCEDURE IF EXISTS bronze.load_crm_prd_info;
DROP PROCEDURE IF EXISTS bronze.load_crm_sales_details;
DROP PROCEDURE IF EXISTS bronze.load_erp_cust_az12;
DROP PROCEDURE IF EXISTS bronze.load_erp_loc_a101;
DROP PROCEDURE IF EXISTS bronze.load_erp_px_cat_g1v2;
DROP PROCEDURE IF EXISTS silver.load_crm_cust_info;
DROP PROCEDURE IF EXISTS silver.load_crm_prd_info;
DROP PROCEDURE IF EXISTS silver.load_crm_sales_details;
DROP PROCEDURE IF EXISTS silver.load_erp_cust_az12;
DROP PROCEDURE IF EXISTS silver.load_erp_loc_a101;
DROP PROCEDURE IF EXISTS silver.load_erp_px_cat_g1v2;
GO
