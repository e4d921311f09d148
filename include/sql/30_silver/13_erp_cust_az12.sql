/*
Purpose: birth dates and genders of the ERP, cleansed: the good rows of silver.erp_cust_az12_judged.
Grain:   customer (cleaned CID), of the batch loaded last. A heap.
Columns: unknown_codes  number of codes of the row that no rule knows; they became n/a
         dwh_batch_id   batch that loaded the row
*/
CREATE TABLE silver.erp_cust_az12
(
    cid NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    bdate DATE NULL,
    gen NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    unknown_codes TINYINT NOT NULL,
    dwh_source_line INT NOT NULL,
    dwh_batch_id INT NOT NULL
);
GO
