/*
Purpose: backs up DataWarehouse into the server's backup folder and reads the file back, checksums included.
         One file a weekday, so the last seven stay. The caller is sysadmin, because a login that may back up can write
         files as the server; neither loader nor owner needs that. Not for Azure SQL, which backs up by itself.
Example: sqlcmd -S localhost -U sa -C -b -i backup.sql
*/
DECLARE @weekday INT = DATEDIFF(DAY, CAST('00010101' AS DATE), CAST(SYSDATETIME() AS DATE)) % 7 + 1; -- 1 is Monday
DECLARE @file NVARCHAR(100) = CONCAT(N'DataWarehouse-', @weekday, N'.bak');

-- The Express edition (4) does not compress.
IF CAST(SERVERPROPERTY(N'EngineEdition') AS INT) = 4
    BACKUP DATABASE DataWarehouse TO DISK = @file WITH FORMAT, INIT, CHECKSUM;
ELSE
    BACKUP DATABASE DataWarehouse TO DISK = @file WITH FORMAT, INIT, CHECKSUM, COMPRESSION;

IF @@ERROR = 0
    RESTORE VERIFYONLY FROM DISK = @file WITH CHECKSUM;
GO
