/*
Purpose: the characters that the views silver.<table>_judged remove at both ends of a text: the blank, the other
         spaces of Unicode, and characters of no width (byte order mark, zero-width space, soft hyphen, marks of
         direction), which programs of an office leave in keys and names. Staging counts the values that have one
         (etl.manifest.invisible_ends) and keeps the same list.
Grain:   one row.
Columns: characters  the characters, one after another
*/
CREATE OR ALTER VIEW silver.trimmed_characters
AS
SELECT
    CAST(
        CONCAT(
            N' ', NCHAR(0x0085), NCHAR(0x00A0), NCHAR(0x00AD), NCHAR(0x061C), NCHAR(0x1680), NCHAR(0x180E),
            NCHAR(0x2000), NCHAR(0x2001), NCHAR(0x2002), NCHAR(0x2003), NCHAR(0x2004), NCHAR(0x2005), NCHAR(0x2006),
            NCHAR(0x2007), NCHAR(0x2008), NCHAR(0x2009), NCHAR(0x200A), NCHAR(0x200B), NCHAR(0x200C), NCHAR(0x200D),
            NCHAR(0x200E), NCHAR(0x200F), NCHAR(0x2028), NCHAR(0x2029), NCHAR(0x202A), NCHAR(0x202B), NCHAR(0x202C),
            NCHAR(0x202D), NCHAR(0x202E), NCHAR(0x202F), NCHAR(0x205F), NCHAR(0x2060), NCHAR(0x2066), NCHAR(0x2067),
            NCHAR(0x2068), NCHAR(0x2069), NCHAR(0x3000), NCHAR(0xFEFF)
        ) AS NVARCHAR(50)
    ) COLLATE Latin1_General_100_BIN2 AS characters;
GO
