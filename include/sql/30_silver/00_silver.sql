/*
Purpose: the schema silver: cleansed and joined.
*/
IF SCHEMA_ID(N'silver') IS NULL
    EXEC (N'CREATE SCHEMA silver AUTHORIZATION dbo');
GO
