/*
Purpose: customers of the CRM, cleansed: the good rows of silver.crm_cust_info_judged.
Grain:   customer (cst_id), of the batch loaded last. A heap.
Columns: unknown_codes  number of codes of the row that no rule knows; they became n/a
         dwh_batch_id   batch that loaded the row
*/
CREATE TABLE silver.crm_cust_info
(
    cst_id INT NOT NULL,
    cst_key NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    cst_firstname NVARCHAR(50) NULL,
    cst_lastname NVARCHAR(50) NULL,
    cst_marital_status NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    cst_gndr NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    cst_create_date DATE NULL,
    unknown_codes TINYINT NOT NULL,
    dwh_source_line INT NOT NULL,
    dwh_batch_id INT NOT NULL
);
GO
