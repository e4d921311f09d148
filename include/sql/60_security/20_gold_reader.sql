/*
Purpose: the role of the reader for the API, Tableau and the checks in Airflow: SELECT on gold and nothing else. By
         ownership chaining the views read their tables, because dbo owns all schemas.
*/
IF DATABASE_PRINCIPAL_ID(N'gold_reader') IS NULL
    CREATE ROLE gold_reader AUTHORIZATION dbo;
GO
GRANT SELECT ON SCHEMA::gold TO gold_reader;
GO
