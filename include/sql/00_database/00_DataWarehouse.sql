/*
Purpose: creates the database DataWarehouse; runs connected to master.
         Row versioning is on, so that readers of gold neither block a load nor are blocked by it
         (READ_COMMITTED_SNAPSHOT), and the API's sync reads several views as of one moment (SNAPSHOT isolation).
         A new database has the recovery model SIMPLE: its log needs no backups, because a day can be loaded again
         from its drop. An existing database keeps its model.
         The collation is for queries on gold: it ignores case and little else, and counts an emoji as one character
         (_SC). The warehouse compares its keys and codes by code point (Latin1_General_100_BIN2), whatever the
         collation of the database.
         Of the views of gold only quality_check reads the cleansed tables, which a load empties, so it may wait.
Example: sqlcmd -d master -i 00_DataWarehouse.sql
*/
DECLARE @is_new BIT = CASE WHEN DB_ID(N'DataWarehouse') IS NULL THEN 1 ELSE 0 END;

IF DB_ID(N'DataWarehouse') IS NULL
    CREATE DATABASE DataWarehouse COLLATE Latin1_General_100_CI_AS_KS_WS_SC;

IF @is_new = 1
    ALTER DATABASE DataWarehouse SET RECOVERY SIMPLE;
GO

-- The collation of an existing database is not altered, because its columns would keep their collations.
DECLARE @collation NVARCHAR(128);

SELECT @collation = collation_name
FROM sys.databases
WHERE name = N'DataWarehouse';

IF @collation <> N'Latin1_General_100_CI_AS_KS_WS_SC'
    PRINT CONCAT(
        N'Warning: DataWarehouse has the collation ', @collation, N', not Latin1_General_100_CI_AS_KS_WS_SC.', CHAR(10),
        N'Loads are correct, but queries may treat different names as equal. See docs/operations.md, "Upgrades".'
    );
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
