/*
Purpose: source_crm/prd_info.csv as it came: product versions of the CRM.
Grain:   line of the file; dwh_source_line is its number there.
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
