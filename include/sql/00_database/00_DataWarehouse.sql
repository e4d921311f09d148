/*
Purpose: creates the database DataWarehouse; runs connected to master.
         Row versioning is on, so that readers of gold neither block a load nor are blocked by it
         (READ_COMMITTED_SNAPSHOT), and the API's sync reads several views as of one moment (SNAPSHOT isolation).
         gold.quality_check alone also reads the cleansed tables, which a load empties, and may wait for one.
Example: sqlcmd -d master -i 00_DataWarehouse.sql
*/
IF DB_ID(N'DataWarehouse') IS NULL
    CREATE DATABASE DataWarehouse COLLATE SQL_Latin1_General_CP1_CI_AS;
GO

IF (
    SELECT is_read_committed_snapshot_on FROM sys.databases
    WHERE name = N'DataWarehouse'
) = 0
    ALTER DATABASE DataWarehouse SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO

IF (
    SELECT snapshot_isolation_state FROM sys.databases
    WHERE name = N'DataWarehouse'
) = 0
    ALTER DATABASE DataWarehouse SET ALLOW_SNAPSHOT_ISOLATION ON;
GO
