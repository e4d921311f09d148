/*
Purpose: the schema gold: what readers see: the star schema, the reports and how the load went. Views only.
*/
IF SCHEMA_ID(N'gold') IS NULL
    EXEC (N'CREATE SCHEMA gold AUTHORIZATION dbo');
GO
