/*
Purpose: the schema etl: the load's own records (batches, steps, rejects, checks) and the procedures that run a day.
*/
IF SCHEMA_ID(N'etl') IS NULL
    EXEC (N'CREATE SCHEMA etl AUTHORIZATION dbo');
GO
