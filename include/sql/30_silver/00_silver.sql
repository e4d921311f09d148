/*
Purpose: the schema silver: the cleansed tables, and the integrated tables that keep every row ever delivered.
*/
IF SCHEMA_ID(N'silver') IS NULL
    EXEC (N'CREATE SCHEMA silver AUTHORIZATION dbo');
GO
