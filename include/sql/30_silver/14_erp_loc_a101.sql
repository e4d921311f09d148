/*
Purpose: countries of the ERP, cleansed: the good rows of silver.erp_loc_a101_judged.
Grain:   customer (CID without dashes), of the batch loaded last. A heap.
Columns: dwh_batch_id  batch that loaded the row
*/
CREATE TABLE silver.erp_loc_a101
(
    cid NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    cntry NVARCHAR(50) NOT NULL,
    dwh_source_line INT NOT NULL,
    dwh_batch_id INT NOT NULL
);
GO
