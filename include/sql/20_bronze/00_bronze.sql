/*
Purpose: the schema bronze: the drop as it came, text only, and what staging wrote beside it.
*/
IF SCHEMA_ID(N'bronze') IS NULL
    EXEC (N'CREATE SCHEMA bronze AUTHORIZATION dbo');
GO
