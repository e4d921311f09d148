/*
Purpose: Ownership chaining does not cover TRUNCATE TABLE or dynamic SQL. The procedures that use them are signed with a
         certificate; its user has the missing permissions, so a caller needs none of them.
         An altered procedure loses its signature, so each deployment makes a new certificate and signs again. This file
         removes the private key at its end, so that nothing else can be signed with it.
         python -m warehouse.deploy runs it in the transaction that alters the procedures, so that no load calls an
         unsigned procedure.
         Some statements stand in strings, because sqlfluff cannot parse them.
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
-- Only this batch has the password, and it is useless afterwards. Dynamic, because it must be a literal.
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
    (N'etl.check_quality'),
    (N'bronze.load_table'),
    (N'silver.load_table')
) AS signed(procedure_name);

EXEC sp_executesql @sign;

EXEC (N'ALTER CERTIFICATE load_signer REMOVE PRIVATE KEY;');
GO
CREATE USER load_signer FROM CERTIFICATE load_signer;
GO
-- TRUNCATE TABLE needs ALTER, as does BULK INSERT into a table with constraints.
GRANT SELECT, INSERT, ALTER ON SCHEMA::bronze TO load_signer;
GRANT SELECT, INSERT, ALTER ON SCHEMA::silver TO load_signer;
-- The rules are SELECT statements in a table (etl.check_quality).
GRANT SELECT ON SCHEMA::etl TO load_signer;
GRANT SELECT ON SCHEMA::gold TO load_signer;
GO
-- On Azure SQL Database (edition 5) bulk loading is a permission of the database; the certificate's user has it.
IF SERVERPROPERTY(N'EngineEdition') = 5
    EXEC (
        N'GRANT ADMINISTER DATABASE BULK OPERATIONS TO load_signer;
        GRANT REFERENCES ON DATABASE SCOPED CREDENTIAL::landing TO load_signer;'
    );
GO
