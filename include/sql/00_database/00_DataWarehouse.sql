/*
Purpose: creates the database DataWarehouse; runs connected to master.
         Row versioning is on, so that readers of gold neither block a load nor are blocked by it
         (READ_COMMITTED_SNAPSHOT), and the API's sync reads several views as of one moment (SNAPSHOT isolation).
         A new database has the recovery model SIMPLE, because a day is loaded again from its drop: its log needs no
         backups. One that exists keeps the model that somebody gave it.
         The collation tells apart all but case for whoever asks gold; the warehouse's own keys and codes are compared
         by code point (Latin1_General_100_BIN2), whatever the database has. _SC counts an emoji as one character.
         gold.quality_check alone also reads the cleansed tables, which a load empties, and may wait for one.
Example: sqlcmd -d master -i 00_DataWarehouse.sql
*/
DECLARE @is_new BIT = CASE WHEN DB_ID(N'DataWarehouse') IS NULL THEN 1 ELSE 0 END;

IF DB_ID(N'DataWarehouse') IS NULL
    CREATE DATABASE DataWarehouse COLLATE Latin1_General_100_CI_AS_KS_WS_SC;

IF @is_new = 1
    ALTER DATABASE DataWarehouse SET RECOVERY SIMPLE;
GO

-- Its columns would keep their collations if the database's were altered, so it stays as it was made.
DECLARE @collation NVARCHAR(128);

SELECT @collation = collation_name
FROM sys.databases
WHERE name = N'DataWarehouse';

IF @collation <> N'Latin1_General_100_CI_AS_KS_WS_SC'
    PRINT CONCAT(
        N'Warning: DataWarehouse has the collation ', @collation, N', not Latin1_General_100_CI_AS_KS_WS_SC.', CHAR(10),
        N'Loads are right all the same; queries may find names equal that differ. docs/operations.md, "Upgrades".'
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
