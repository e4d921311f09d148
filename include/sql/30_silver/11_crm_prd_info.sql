/*
Purpose: product versions of the CRM, cleansed: the good rows of silver.crm_prd_info_judged. version_number counts from
         1 in the order of start dates.
Grain:   version of a product, of the batch loaded last. A heap.
Columns: unknown_codes  number of codes of the row that no rule knows; they became n/a
         dwh_batch_id   batch that loaded the row
*/
CREATE TABLE silver.crm_prd_info
(
    product_number NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    version_number INT NOT NULL,
    prd_id INT NULL,
    prd_key NVARCHAR(50) NOT NULL,
    category_id NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    prd_nm NVARCHAR(100) NULL,
    prd_cost INT NOT NULL,
    prd_line NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    prd_start_dt DATE NULL,
    prd_end_dt DATE NULL,
    is_current BIT NOT NULL,
    unknown_codes TINYINT NOT NULL,
    dwh_source_line INT NOT NULL,
    dwh_batch_id INT NOT NULL
);
GO
