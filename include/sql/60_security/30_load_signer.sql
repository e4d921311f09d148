/*
Purpose: signs the procedures that need more than ownership gives to who may call them: TRUNCATE TABLE, and the dynamic
         SQL around BULK INSERT. What the certificate's user may, they may, whoever calls them. A procedure that is
         altered loses its signature, so each deployment makes the certificate anew and signs again; its private key is
         gone when this file has run: nobody can sign anything else with it.
         (What sqlfluff cannot read stands in strings.)
         python -m warehouse.deploy runs it in the transaction that alters the procedures, so that no load ever calls
         one without its signature.
*/
DECLARE @drop_signatures NVARCHAR(MAX);

SELECT
    @drop_signatures = STRING_AGG(
        CONCAT(
            CAST(N'DROP SIGNATURE FROM ' AS NVARCHAR(MAX)),
            QUOTENAME(OBJECT_SCHEMA_NAME(s.major_id)), N'.', QUOTENAME(OBJECT_NAME(s.major_id)),
            N' BY CERTIFICATE load_signer;'
        ),
        N' '
    )
FROM sys.crypt_properties AS s
INNER JOIN sys.certificates AS c
    ON s.thumbprint = c.thumbprint
WHERE c.name = N'load_signer';

IF @drop_signatures IS NOT NULL
    EXEC sp_executesql @drop_signatures;

IF DATABASE_PRINCIPAL_ID(N'load_signer') IS NOT NULL
    DROP USER load_signer;

IF CERT_ID(N'load_signer') IS NOT NULL
    EXEC (N'DROP CERTIFICATE load_signer;');
GO
-- The password is known to this batch alone, and of no use after it. Statements take it as a literal only.
DECLARE @password NVARCHAR(128) = CONCAT(N'Aa1!', NEWID(), NEWID());
DECLARE
    @create_certificate NVARCHAR(MAX) = CONCAT(
        N'CREATE CERTIFICATE load_signer AUTHORIZATION dbo ENCRYPTION BY PASSWORD = ''', @password,
        N''' WITH SUBJECT = ''Signs the procedures that load the warehouse'', EXPIRY_DATE = ''20991231'';'
    );
DECLARE @sign NVARCHAR(MAX);

EXEC sp_executesql @create_certificate;

SELECT
    @sign = STRING_AGG(
        CONCAT(
            CAST(N'ADD SIGNATURE TO ' AS NVARCHAR(MAX)), signed.procedure_name,
            N' BY CERTIFICATE load_signer WITH PASSWORD = ''', @password, N''';'
        ),
        N' '
    )
FROM (
    VALUES
    (N'etl.bulk_load'),
    (N'bronze.load_table'),
    (N'silver.load_crm_cust_info'),
    (N'silver.load_crm_prd_info'),
    (N'silver.load_crm_sales_details'),
    (N'silver.load_erp_cust_az12'),
    (N'silver.load_erp_loc_a101'),
    (N'silver.load_erp_px_cat_g1v2')
) AS signed(procedure_name);

EXEC sp_executesql @sign;

EXEC (N'ALTER CERTIFICATE load_signer REMOVE PRIVATE KEY;');
GO
CREATE USER load_signer FROM CERTIFICATE load_signer;
GO
-- ALTER is what TRUNCATE TABLE asks for, and BULK INSERT of a table with constraints.
GRANT SELECT, INSERT, ALTER ON SCHEMA::bronze TO load_signer;
GRANT ALTER ON SCHEMA::silver TO load_signer;
GO
-- On Azure SQL Database (5) bulk loading is a right of the database: the procedure has it, and no login needs it.
IF SERVERPROPERTY(N'EngineEdition') = 5
    EXEC (
        N'GRANT ADMINISTER DATABASE BULK OPERATIONS TO load_signer;
        GRANT REFERENCES ON DATABASE SCOPED CREDENTIAL::landing TO load_signer;'
    );
GO
