/*
Purpose: the schema bronze: the drop as delivered, as text, and the lists that staging wrote beside it.
*/
IF SCHEMA_ID(N'bronze') IS NULL
    EXEC (N'CREATE SCHEMA bronze AUTHORIZATION dbo');
GO
