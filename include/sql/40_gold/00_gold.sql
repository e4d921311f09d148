/*
Purpose: the schema gold, views for readers: the star schema, the reports, the records of the load.
*/
IF SCHEMA_ID(N'gold') IS NULL
    EXEC (N'CREATE SCHEMA gold AUTHORIZATION dbo');
GO
