/*
Purpose: the files of a drop, and the only list of them: registering, loading, publishing and reconciling take the
         tables from here, and plugins/warehouse/sources.py reads this file for staging and the DAGs.
         source_table names the tables in bronze and silver, and the view silver.<table>_judged.
         columns is the header row that the file must have: names, order and case.
Grain:   file. Each deployment replaces the rows.
Columns: source_table  name of the tables bronze.<source_table> and silver.<source_table>
         source_file   file below the drop
         columns       header of the file, without blanks
*/
IF OBJECT_ID(N'etl.source_table', N'U') IS NULL
    CREATE TABLE etl.source_table
    (
        source_table NVARCHAR(50) NOT NULL,
        source_file NVARCHAR(260) NOT NULL,
        columns NVARCHAR(1000) NOT NULL,
        CONSTRAINT pk_source_table PRIMARY KEY (source_table)
    );
GO

DELETE FROM etl.source_table;
GO

INSERT INTO etl.source_table (source_table, source_file, columns)
VALUES
(
    N'crm_cust_info', N'source_crm/cust_info.csv',
    N'cst_id,cst_key,cst_firstname,cst_lastname,cst_marital_status,cst_gndr,cst_create_date'
),
(
    N'crm_prd_info', N'source_crm/prd_info.csv',
    N'prd_id,prd_key,prd_nm,prd_cost,prd_line,prd_start_dt,prd_end_dt'
),
(
    N'crm_sales_details', N'source_crm/sales_details.csv',
    N'sls_ord_num,sls_prd_key,sls_cust_id,sls_order_dt,sls_ship_dt,sls_due_dt,sls_sales,sls_quantity,sls_price'
),
(
    N'erp_cust_az12', N'source_erp/CUST_AZ12.csv',
    N'CID,BDATE,GEN'
),
(
    N'erp_loc_a101', N'source_erp/LOC_A101.csv',
    N'CID,CNTRY'
),
(
    N'erp_px_cat_g1v2', N'source_erp/PX_CAT_G1V2.csv',
    N'ID,CAT,SUBCAT,MAINTENANCE'
);
GO
