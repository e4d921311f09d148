-- ferry line warehouse, run as sa
USE master
GO
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = 'FerryDW')
BEGIN
    ALTER DATABASE FerryDW SET SINGLE_USER WITH ROLLBACK IMMEDIATE
    DROP DATABASE FerryDW
END
GO
CREATE DATABASE FerryDW
GO
USE FerryDW
GO
CREATE SCHEMA stg
GO
CREATE SCHEMA dwh
GO
create schema mart
GO
IF OBJECT_ID('stg.harbours','U') IS NOT NULL
	DROP TABLE stg.harbours
CREATE TABLE stg.harbours (code CHAR(3), [name] VARCHAR(40), country varchar(30))

if object_id('stg.crossings', 'U') is not null drop table stg.crossings
create table stg.crossings (
	crossing_no INT,
	from_code CHAR(3),
	to_code CHAR(3),
	departed DATETIME,
	arrived DATETIME,
	vessel NVARCHAR(60)
)

DROP TABLE IF EXISTS stg.tickets
CREATE TABLE stg.tickets (
	ticket_no INT,
	crossing_no INT,
	class VARCHAR(10),
	fare DECIMAL(8,2),
	passenger NVARCHAR(80)
)
GO
CREATE TABLE dwh.DimHarbour (
	HarbourKey INT IDENTITY(1,1) PRIMARY KEY,
	HarbourCode CHAR(3) NOT NULL UNIQUE,
	HarbourName VARCHAR(40) NOT NULL,
	Country VARCHAR(30) DEFAULT 'unknown'
)
CREATE TABLE dwh.DimDate (
	DateKey INT NOT NULL CONSTRAINT PK_DimDate PRIMARY KEY CLUSTERED,
	FullDate DATE NOT NULL,
	[Month] TINYINT NOT NULL,
	WeekdayName VARCHAR(12) NOT NULL
)
CREATE TABLE dwh.FactTicket (
	TicketNo INT NOT NULL PRIMARY KEY,
	DateKey INT NOT NULL,
	FromKey INT,
	ToKey INT,
	Vessel NVARCHAR(60),
	Class VARCHAR(10) CHECK (Class IN ('deck','cabin','car')),
	Fare DECIMAL(8,2) NOT NULL,
	DelayMinutes INT,
	LoadedAt DATETIME2 DEFAULT GETDATE()
)
CREATE NONCLUSTERED INDEX IX_FactTicket_Date ON dwh.FactTicket (DateKey)
GO
