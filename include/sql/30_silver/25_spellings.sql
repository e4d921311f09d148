/*
Purpose: which spelling silver gives to texts that the collation holds for equal ('Germany', 'GERMANY'), so that gold,
         Postgres and Tableau, which compare by code point, group them alike. silver.load_spellings fills it.
Grain:   text of the drop or of silver (written) in one of the columns country, category, subcategory, maintenance.
Columns: column_name  country, category, subcategory or maintenance
         written      text as a drop or silver has it
         spelling     spelling that silver gives it
*/
IF OBJECT_ID(N'silver.spellings', N'U') IS NULL
    CREATE TABLE silver.spellings
    (
        column_name NVARCHAR(128) NOT NULL,
        written NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
        spelling NVARCHAR(50) NOT NULL,
        CONSTRAINT pk_spellings PRIMARY KEY (column_name, written)
    );
GO
