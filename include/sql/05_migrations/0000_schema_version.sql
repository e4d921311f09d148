/*
Purpose: the schema etl, and the records of what was deployed. This file runs in each deployment, before all others.
         etl.schema_version: the migrations of this folder that the database has, a row each. A migration changes
         tables that an earlier version made and that hold what no drop can bring again; the tables' own files have the
         shape after the last migration. A new database has that shape, so it only records them.
         etl.table_definition: the definitions that made the disposable tables (bronze, cleansed silver). A deployment
         drops and makes a table whose definition differs (python -m warehouse.deploy).
Grain:   migration; disposable table.
Columns: version     number of the migration
         migration   name of its file
         applied_at  time of its deployment, UTC
         table_name  name of the disposable table
         sha256      SHA-256 of its definition, without comments
         made_at     time at which the table was made, UTC
*/
IF SCHEMA_ID(N'etl') IS NULL
    EXEC (N'CREATE SCHEMA etl AUTHORIZATION dbo');
GO

IF OBJECT_ID(N'etl.schema_version', N'U') IS NULL
    CREATE TABLE etl.schema_version
    (
        version INT NOT NULL,
        migration NVARCHAR(200) NOT NULL,
        applied_at DATETIME2(3) NOT NULL CONSTRAINT df_schema_version_applied_at DEFAULT SYSUTCDATETIME(),
        CONSTRAINT pk_schema_version PRIMARY KEY (version)
    );
GO

IF OBJECT_ID(N'etl.table_definition', N'U') IS NULL
    CREATE TABLE etl.table_definition
    (
        table_name NVARCHAR(261) NOT NULL,
        sha256 NVARCHAR(64) NOT NULL,
        made_at DATETIME2(3) NOT NULL CONSTRAINT df_table_definition_made_at DEFAULT SYSUTCDATETIME(),
        CONSTRAINT pk_table_definition PRIMARY KEY (table_name)
    );
GO
