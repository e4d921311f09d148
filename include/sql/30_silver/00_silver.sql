/*
Purpose: the schema silver: six cleansed tables, and three integrated tables that keep every row ever delivered.
*/
IF SCHEMA_ID(N'silver') IS NULL
    EXEC (N'CREATE SCHEMA silver AUTHORIZATION dbo');
GO
