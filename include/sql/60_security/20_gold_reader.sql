/*
Purpose: the role of whoever reads for the API, for Tableau and for the checks in Airflow: it sees gold and nothing
         else. The views read the tables below them by ownership: all schemas belong to dbo.
*/
IF DATABASE_PRINCIPAL_ID(N'gold_reader') IS NULL
    CREATE ROLE gold_reader AUTHORIZATION dbo;
GO
GRANT SELECT ON SCHEMA::gold TO gold_reader;
GO
