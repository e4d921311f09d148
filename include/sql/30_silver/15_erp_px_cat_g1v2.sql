/*
Purpose: product categories of the ERP, cleansed: the good rows of silver.erp_px_cat_g1v2_judged.
Grain:   category (ID), of the batch loaded last. A heap.
Columns: dwh_batch_id  batch that loaded the row
*/
CREATE TABLE silver.erp_px_cat_g1v2
(
    id NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    cat NVARCHAR(50) NULL,
    subcat NVARCHAR(50) NULL,
    maintenance NVARCHAR(50) NULL,
    dwh_source_line INT NOT NULL,
    dwh_batch_id INT NOT NULL
);
GO
