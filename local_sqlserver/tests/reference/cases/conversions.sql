-- chapter: Conversions
-- source: functions/cast-and-convert-transact-sql, date and time styles
SELECT CONVERT(varchar(30), CAST('2006-12-30 00:38:54.840' AS datetime)), CONVERT(varchar(30), CAST('2006-12-30 00:38:54.840' AS datetime), 0), CONVERT(varchar(30), CAST('2006-12-30 13:38:54.840' AS datetime), 100)
--> 'Dec 30 2006 12:38AM' | 'Dec 30 2006 12:38AM' | 'Dec 30 2006  1:38PM'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 1), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 101)
--> '02/03/06' | '02/03/2006'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 2), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 102)
--> '06.02.03' | '2006.02.03'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 3), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 103)
--> '03/02/06' | '03/02/2006'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 4), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 104)
--> '03.02.06' | '03.02.2006'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 5), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 105)
--> '03-02-06' | '03-02-2006'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 6), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 106)
--> '03 Feb 06' | '03 Feb 2006'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 7), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 107)
--> 'Feb 03, 06' | 'Feb 03, 2006'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 8), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 24), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 108)
--> '04:05:06' | '04:05:06' | '04:05:06'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 9), CONVERT(varchar(30), CAST('2006-02-03 14:05:06.007' AS datetime), 109)
--> 'Feb  3 2006  4:05:06:007AM' | 'Feb  3 2006  2:05:06:007PM'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 10), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 110)
--> '02-03-06' | '02-03-2006'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 11), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 111)
--> '06/02/03' | '2006/02/03'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 12), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 112)
--> '060203' | '20060203'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 13), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 113)
--> '03 Feb 2006 04:05:06:007' | '03 Feb 2006 04:05:06:007'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 14), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 114)
--> '04:05:06:007' | '04:05:06:007'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 20), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 120)
--> '2006-02-03 04:05:06' | '2006-02-03 04:05:06'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 21), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 25), CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 121)
--> '2006-02-03 04:05:06.007' | '2006-02-03 04:05:06.007' | '2006-02-03 04:05:06.007'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 22)
--> '02/03/06  4:05:06 AM'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 23)
--> '2006-02-03'
SELECT CONVERT(varchar(30), CAST('2006-02-03 04:05:06.007' AS datetime), 126), CONVERT(varchar(30), CAST('2006-02-03 04:05:06' AS datetime), 126)
--> '2006-02-03T04:05:06.007' | '2006-02-03T04:05:06'
SELECT CASE WHEN CONVERT(varchar(40), CAST('2006-02-03 04:05:06.007' AS datetime), 131) LIKE '%/01/1427  4:05:06:007AM' THEN 1 ELSE 0 END
--> 1
--! refused: CONVERT with the Hijri style 131
SELECT CONVERT(varchar(30), CAST('2006-02-03' AS datetime), NULL)
--> NULL
SELECT CONVERT(varchar(30), CAST('2006-02-03' AS datetime), 999)
--> error 281: 999 is not a valid style number when converting from datetime to a character string.
SELECT CONVERT(varchar(7), CAST('2006-02-03' AS datetime), 120), CONVERT(char(10), CAST('2006-02-03' AS datetime), 126)
--> '2006-02' | '2006-02-03'
SELECT CONVERT(varchar(30), CAST('2006-02-03' AS date)), CONVERT(varchar(30), CAST('2006-02-03' AS date), 103), CONVERT(varchar(30), CAST('2006-02-03' AS date), 112), CONVERT(varchar(30), CAST('2006-02-03' AS date), 107)
--> '2006-02-03' | '03/02/2006' | '20060203' | 'Feb 03, 2006'
SELECT CONVERT(varchar(30), CAST('04:05:06.1234567' AS time(3))), CONVERT(varchar(30), CAST('04:05:06' AS time(0))), CONVERT(varchar(30), CAST('14:05:06' AS time(0)), 108)
--> '04:05:06.123' | '04:05:06' | '14:05:06'
SELECT CONVERT(varchar(40), CAST('2006-02-03 04:05:06.12' AS datetime2(2))), CONVERT(varchar(40), CAST('2006-02-03 04:05:06' AS datetime2(0))), CAST(CAST('2006-02-03 04:05:06' AS datetime2) AS varchar(40))
--> '2006-02-03 04:05:06.12' | '2006-02-03 04:05:06' | '2006-02-03 04:05:06.0000000'
SELECT CAST(CAST('2006-02-03 04:05' AS smalldatetime) AS varchar(30)), CONVERT(varchar(30), CAST('2006-02-03 04:05' AS smalldatetime), 120)
--> 'Feb  3 2006  4:05AM' | '2006-02-03 04:05:00'
SELECT CAST(CAST('2006-02-03 04:05:06 +02:00' AS datetimeoffset(0)) AS varchar(40)), CONVERT(varchar(40), CAST('2006-02-03 04:05:06 +02:00' AS datetimeoffset(0)), 127)
--> '2006-02-03 04:05:06 +02:00' | '2006-02-03T02:05:06Z'
--! refused: CONVERT of datetimeoffset with style 127
SELECT CONVERT(date, '31/12/2024', 103), CONVERT(date, '31.12.2024', 104), CONVERT(date, '31-12-2024', 105), CONVERT(date, '12/31/2024', 101), CONVERT(date, '2024.12.31', 102), CONVERT(date, '20241231', 112)
--> 2024-12-31 | 2024-12-31 | 2024-12-31 | 2024-12-31 | 2024-12-31 | 2024-12-31
SELECT CONVERT(datetime, '31/12/2024 10:20:30', 103), CONVERT(datetime, '2024-12-31T10:20:30', 126), CONVERT(datetime, '2024-12-31 10:20:30.123', 121)
--> 2024-12-31 10:20:30.000 | 2024-12-31 10:20:30.000 | 2024-12-31 10:20:30.123
SELECT CONVERT(datetime, '31/12/2024', 101)
--> error 242: The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.
SELECT CAST('2024-02-30' AS datetime)
--> error 242: The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.
SELECT CAST('2024-02-30' AS date)
--> error 241: Conversion failed when converting date and/or time from character string.
SELECT CAST('hello' AS datetime)
--> error 241: Conversion failed when converting date and/or time from character string.
SELECT CONVERT(date, '1/1/49', 1), CONVERT(date, '1/1/50', 1)
--> 2049-01-01 | 1950-01-01
SELECT CAST('' AS datetime), CAST('' AS date), CAST('' AS int), CAST('' AS float), CAST('  ' AS bit)
--> 1900-01-01 00:00:00.000 | 1900-01-01 | 0 | 0 | 0
SELECT CAST('' AS decimal(5,2))
--> error 8114: Error converting data type varchar to numeric.

-- source: functions/cast-and-convert-transact-sql, float and real styles
SELECT CAST(1.5e0 AS varchar(30)), CAST(123456789e0 AS varchar(30)), CAST(0.1e0 AS varchar(30)), CAST(1e15 AS varchar(30)), CAST(0.00001e0 AS varchar(30))
--> '1.5' | '1.23457e+008' | '0.1' | '1e+015' | '1e-005'
SELECT CONVERT(varchar(30), 3.14159265358979e0, 1), CONVERT(varchar(30), 3.14159265358979e0, 2)
--> '3.1415927e+000' | '3.141592653589790e+000'
SELECT CONVERT(varchar(30), 0.1e0, 3), CONVERT(varchar(30), CAST(0.1 AS real), 1)
--> '1.0000000000000001e-001' | '1.0000000e-001'

SELECT CAST(1e0 / 3 AS varchar(3))
--> error 232: Arithmetic overflow error for type varchar, value = 0.333333.

SELECT CAST(123456e0 AS varchar(30)), CAST(1234567e0 AS varchar(30)), CAST(-0.5e0 AS varchar(30))
--> '123456' | '1.23457e+006' | '-0.5'
-- source: functions/cast-and-convert-transact-sql, money and smallmoney styles
SELECT CAST(CAST(4235.9819 AS money) AS varchar(30)), CONVERT(varchar(30), CAST(3510.92 AS money), 1), CONVERT(varchar(30), CAST(4235.9819 AS money), 2)
--> '4235.98' | '3,510.92' | '4235.9819'
SELECT CONVERT(varchar(30), CAST(4235.9819 AS money), 126)
--> '4235.9819'
--! refused: CONVERT of money with style 126
SELECT CAST($12345.678 AS varchar(5))
--> error 234: There is insufficient result space to convert a money value to varchar.

DECLARE @v varchar(5) = $12345.678
--> error 234: There is insufficient result space to convert a money value to varchar.

DECLARE @f float = 1e0 / 3; DECLARE @v varchar(3) = @f
--> error 232: Arithmetic overflow error for type varchar, value = 0.333333.

DECLARE @v varchar(3) = 123.45
--> error 8115: Arithmetic overflow error converting numeric to data type varchar.

SELECT TRY_CAST($12345.678 AS varchar(5)), TRY_CAST(CAST(12345.6 AS smallmoney) AS varchar(9))
--> NULL | '12345.60'

SELECT CONVERT(varchar(30), CAST(-1234567.5 AS money), 1), CONVERT(varchar(30), CAST(0.005 AS money), 0)
--> '-1,234,567.50' | '0.01'
-- source: functions/cast-and-convert-transact-sql, binary styles
SELECT CONVERT(char(8), 0x4E616d65, 0), CONVERT(varchar(10), 0x4E616d65, 1), CONVERT(varchar(8), 0x4E616d65, 2)
--> 'Name    ' | '0x4E616D65' | '4E616D65'
SELECT CONVERT(binary(8), 'Name', 0), CONVERT(binary(4), '0x4E616D65', 1), CONVERT(binary(4), '4E616D65', 2)
--> 0x4E616D6500000000 | 0x4E616D65 | 0x4E616D65
SELECT CONVERT(varbinary(10), '4E6', 2)
--> error 8114: Error converting data type varchar to varbinary.
SELECT CONVERT(varbinary(2), '4E616D65', 2)
--> 0x4E61
SELECT CAST(CAST(0x41 AS nvarchar(30)) AS varbinary(30))
--> 0x4100

-- source: functions/cast-and-convert-transact-sql, truncating and rounding results
SELECT CAST(10.6496 AS int), CAST(-10.6496 AS int), CAST(10.6496e0 AS int), CAST(-10.6496e0 AS int)
--> 10 | -10 | 10 | -10
SELECT CAST(10.6496 AS numeric(5,0)), CAST(10.3496847 AS money), CAST(CAST(10.6496 AS money) AS int), CAST(CAST(-1.5 AS money) AS int)
--> 11 | 10.3497 | 11 | -2
SELECT CAST(2.5 AS decimal(3,0)), CAST(-2.5 AS decimal(3,0)), CAST(1.5e0 AS decimal(5,0))
--> 3 | -3 | 2
SELECT CAST('abc' AS varchar(2)), CAST('abc' AS char(5)), CAST(N'abc' AS nchar(2))
--> 'ab' | 'abc  ' | 'ab'
SELECT CAST(0x010203 AS varbinary(2)), CAST(0x01 AS binary(3))
--> 0x0102 | 0x010000
SELECT CAST(12345 AS char(3)), CAST(12345 AS varchar(3))
--> '*  ' | '*'
SELECT CAST(12345 AS nvarchar(3))
--> error 8115: Arithmetic overflow error converting expression to data type nvarchar.
SELECT CAST(CAST(123 AS smallint) AS varchar(2)), CAST(CAST(123 AS tinyint) AS char(2))
--> '*' | '* '
SELECT CAST(CAST(12345 AS bigint) AS varchar(3))
--> error 8115: Arithmetic overflow error converting expression to data type varchar.
SELECT CAST(123.45 AS varchar(3))
--> error 8115: Arithmetic overflow error converting numeric to data type varchar.
SELECT CAST(REPLICATE('a', 40) AS varchar), LEN(CAST(REPLICATE('a', 40) AS varchar))
--: varchar(30), int
--> 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | 30
-- source: functions/cast-and-convert-transact-sql, errors
SELECT CAST('abc' AS int)
--> error 245: Conversion failed when converting the varchar value 'abc' to data type int.
SELECT CAST(N'abc' AS int)
--> error 245: Conversion failed when converting the nvarchar value 'abc' to data type int.
SELECT CAST('1.5' AS int)
--> error 245: Conversion failed when converting the varchar value '1.5' to data type int.
SELECT CAST('99999999999' AS int)
--> error 248: The conversion of the varchar value '99999999999' overflowed an int column.
SELECT CAST('300' AS tinyint)
--> error 244: The conversion of the varchar value '300' overflowed an INT1 column. Use a larger integer column.
SELECT CAST('40000' AS smallint)
--> error 244: The conversion of the varchar value '40000' overflowed an INT2 column. Use a larger integer column.
SELECT CAST('9223372036854775808' AS bigint)
--> error 8115: Arithmetic overflow error converting expression to data type bigint.

SELECT CAST('abc' AS bigint)
--> error 8114: Error converting data type varchar to bigint.
SELECT CAST('abc' AS decimal(5,2))
--> error 8114: Error converting data type varchar to numeric.
SELECT CAST('abc' AS float)
--> error 8114: Error converting data type varchar to float.
SELECT CAST('abc' AS money)
--> error 235: Cannot convert a char value to money. The char value has incorrect syntax.
SELECT CAST('abc' AS bit)
--> error 245: Conversion failed when converting the varchar value 'abc' to data type bit.
SELECT CAST('abc' AS uniqueidentifier)
--> error 8169: Conversion failed when converting from a character string to uniqueidentifier.
SELECT CAST(1234.5 AS decimal(5,2))
--> error 8115: Arithmetic overflow error converting numeric to data type numeric.
SELECT CAST(3000000000 AS int)
--> error 8115
SELECT CAST(300 AS tinyint)
--> error 220: Arithmetic overflow error for data type tinyint, value = 300.
SELECT CAST(40000 AS smallint)
--> error 220: Arithmetic overflow error for data type smallint, value = 40000.
SELECT CAST(-1 AS tinyint)
--> error 220: Arithmetic overflow error for data type tinyint, value = -1.
SELECT CAST(1e10 AS int)
--> error 232: Arithmetic overflow error for type int, value = 10000000000.000000.
SELECT CAST(1 AS nosuchtype)
--> error 243: Type nosuchtype is not a defined system type.
SELECT CAST('a' AS varchar(8001))
--> error 131: The size (8001) given to the type 'varchar' exceeds the maximum allowed for any data type (8000).
SELECT CAST(1 AS decimal(5,6))
--> error 192: The scale must be less than or equal to the precision.
SELECT CAST('1e3' AS float), CAST(' 12 ' AS int), CAST('-5' AS int), CAST('+5' AS int), CAST('$1,234.5' AS money), CAST('0x10' AS varchar(4))
--> 1000 | 12 | -5 | 5 | 1234.5000 | '0x10'
SELECT CAST('1e3' AS decimal(9,2))
--> error 8114: Error converting data type varchar to numeric.
SELECT CAST('true' AS bit), CAST('FALSE' AS bit), CAST('2' AS bit), CAST(5 AS bit), CAST(0.5 AS bit), CAST(-1 AS bit)
--> 1 | 0 | 1 | 1 | 1 | 1
SELECT CAST(0x1F AS int), CAST(0x0100 AS smallint), CAST(1 AS varbinary(4)), CAST(CAST(1 AS bigint) AS binary(8))
--> 31 | 256 | 0x00000001 | 0x0000000000000001
SELECT CAST(0xFFFFFFFF AS int), CAST(0xFFFF AS smallint), CAST(0x80 AS tinyint), CAST(0x8000000000000000 AS bigint), CAST(0x0102FFFFFFFE AS int)
--> -1 | -1 | 128 | -9223372036854775808 | -2
DECLARE @b varbinary(8) = 0xFFFFFFFE; SELECT CAST(@b AS bigint), CAST(@b AS int), CAST(@b AS smallint), CAST(@b AS tinyint)
--> 4294967294 | -2 | -2 | 254
SELECT CAST(255 AS binary(2)), CAST('AB' AS binary(4)), CAST(N'A' AS varbinary(4))
--> 0x00FF | 0x41420000 | 0x4100
SELECT CAST(0x4142 AS varchar(5))
--> 'AB'
SELECT CAST(CAST('2024-01-02 03:04:05' AS datetime) AS date), CAST(CAST('2024-01-02 03:04:05' AS datetime) AS time(0)), CAST(CAST('2024-01-02' AS date) AS datetime), CAST(CAST('03:04' AS time(0)) AS datetime)
--> 2024-01-02 | 03:04:05 | 2024-01-02 00:00:00.000 | 1900-01-01 03:04:00.000
SELECT CAST(CAST('1900-01-03' AS datetime) AS int), CAST(CAST('1900-01-03 12:00' AS datetime) AS decimal(9,2)), CAST(2 AS datetime), CAST(0.5 AS datetime), CAST(-1 AS datetime)
--> 2 | 2.50 | 1900-01-03 00:00:00.000 | 1900-01-01 12:00:00.000 | 1899-12-31 00:00:00.000
SELECT CAST('0E984725-C51C-4BF4-9960-E1C80E27ABA0wrong' AS uniqueidentifier), CAST(CAST('0e984725-c51c-4bf4-9960-e1c80e27aba0' AS uniqueidentifier) AS char(36))
--> 0E984725-C51C-4BF4-9960-E1C80E27ABA0 | '0E984725-C51C-4BF4-9960-E1C80E27ABA0'
SELECT CAST(CAST('0e984725-c51c-4bf4-9960-e1c80e27aba0' AS uniqueidentifier) AS char(10))
--> error 8170: Insufficient result space to convert uniqueidentifier value to char.
-- source: functions/try-cast-transact-sql
SELECT TRY_CAST('test' AS float), TRY_CAST('12' AS int), TRY_CAST('31/12/2010' AS datetime2), TRY_CAST(NULL AS int), TRY_CAST('300' AS tinyint), TRY_CAST(300 AS tinyint)
--> NULL | 12 | NULL | NULL | NULL | NULL
SELECT TRY_CAST(4 AS date)
--> error 529: Explicit conversion from data type int to date is not allowed.
SELECT TRY_CAST('12' AS decimal(5,2))
--: decimal(5,2)
--> 12.00
-- source: functions/try-convert-transact-sql
SELECT TRY_CONVERT(float, 'test'), TRY_CONVERT(datetime2(0), '12/31/2010'), TRY_CONVERT(date, '31/12/2010', 103), TRY_CONVERT(int, '1.5'), TRY_CONVERT(uniqueidentifier, 'x')
--> NULL | 2010-12-31 00:00:00 | 2010-12-31 | NULL | NULL
-- source: functions/parse-transact-sql
SELECT PARSE('Monday, 13 December 2010' AS datetime2(0) USING 'en-US')
--> 2010-12-13 00:00:00
-- source: functions/try-parse-transact-sql
SELECT TRY_PARSE('Jabberwokkie' AS datetime2 USING 'en-US')
--> NULL

-- source: functions/isnull-transact-sql
SELECT ISNULL(NULL, 5), ISNULL(CAST(NULL AS varchar(2)), 'abcd'), ISNULL('a', 'b'), ISNULL(CAST(NULL AS int), '7')
--> 5 | 'ab' | 'a' | 7
SELECT ISNULL(CAST(NULL AS tinyint), 5), ISNULL(CAST(NULL AS decimal(5,2)), 1.239), ISNULL(NULL, 'abc')
--: tinyint, decimal(5,2), varchar(3)
--> 5 | 1.24 | 'abc'
SELECT ISNULL(CAST(NULL AS int), 'x')
--> error 245: Conversion failed when converting the varchar value 'x' to data type int.
SELECT ISNULL(1)
--> error 174: The isnull function requires 2 argument(s).
-- source: language-elements/coalesce-transact-sql
SELECT COALESCE(NULL, 2, 3), COALESCE(CAST(NULL AS int), CAST(NULL AS int)), COALESCE(NULL, 'a', 'bcd')
--> 2 | NULL | 'a'
SELECT COALESCE(CAST(1 AS tinyint), 2.5), COALESCE(CAST(NULL AS varchar(2)), 'abcd'), COALESCE(NULL, CAST(1 AS bigint), 2)
--: numeric(4,1), varchar(4), bigint
--> 1.0 | 'abcd' | 1
SELECT COALESCE(CAST(NULL AS decimal(5,2)), 100000), COALESCE(CAST(NULL AS decimal(5,2)), CAST(1 AS int)), IIF(1 = 1, 7, 0.25)
--: decimal(8,2), decimal(12,2), numeric(3,2)
--> 100000.00 | 1.00 | 7.00

SELECT COALESCE(NULL, NULL)
--> error 4127: At least one of the arguments to COALESCE must be an expression that is not the NULL constant.
SELECT COALESCE('x', 1)
--> error 245: Conversion failed when converting the varchar value 'x' to data type int.
-- source: language-elements/nullif-transact-sql
SELECT NULLIF(4, 4), NULLIF(5, 4), NULLIF('a', 'A'), NULLIF('a ', 'a'), NULLIF(CAST(NULL AS int), 1), NULLIF(1, NULL)
--> NULL | 5 | NULL | NULL | NULL | 1
SELECT NULLIF(60, 76), NULLIF(-3, 78), NULLIF(300, 4), NULLIF(99999999, 4), NULLIF(CAST(60 AS int), 76)
--: tinyint, smallint, smallint, int, int
--> 60 | -3 | 300 | 99999999 | 60

SELECT NULLIF(CAST(1 AS tinyint), 2.5)
--: tinyint
--> 1
-- source: functions/logical-functions-iif-transact-sql
SELECT IIF(1 = 1, 'a', 'b'), IIF(NULL = 1, 'a', 'b'), IIF(1 > 2, 1, 2.5), IIF(1 = 1, NULL, 1)
--> 'a' | 'b' | 2.5 | NULL
SELECT IIF(45 > 30, NULL, NULL)
--> error 8133: At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.
SELECT IIF(1 = 1, CAST(1 AS tinyint), CAST(1 AS bigint)), IIF(1 = 1, 'ab', N'c')
--: bigint, nvarchar(2)
--> 1 | 'ab'
-- source: functions/logical-functions-choose-transact-sql
SELECT CHOOSE(3, 'Manager', 'Director', 'Developer', 'Tester'), CHOOSE(0, 'a', 'b'), CHOOSE(3, 'a', 'b'), CHOOSE(CAST(NULL AS int), 'a', 'b'), CHOOSE(1.9, 'a', 'b')
--> 'Developer' | NULL | NULL | NULL | 'a'
SELECT CHOOSE(1, 1, 2.5)
--: numeric(2,1)
--> 1.0
-- source: functions/cast-and-convert-transact-sql, decimal to text
SELECT CAST(0.5 AS varchar(10)), CONVERT(nvarchar(10), 0.9), JSON_ARRAY(0.25)
--> '0.5' | '0.9' | '[0.25]'
-- source: data-types/datetime-transact-sql, alphabetical formats
SELECT CAST('15-Mar-24' AS datetime), CAST('31-Dec-99' AS date), CAST('Jan  5 2024  3:07PM' AS datetime), CAST('15Mar2024' AS date), CAST('Mar 15, 24' AS date)
--> 2024-03-15 00:00:00.000 | 1999-12-31 | 2024-01-05 15:07:00.000 | 2024-03-15 | 2024-03-15
-- source: language-elements/select-local-variable-transact-sql
DECLARE @d datetime, @i int, @v varchar(2), @o datetimeoffset(0); SELECT @d = 0, @i = 0x0102, @v = 123, @o = CAST('2024-01-01 10:00' AS datetime2); SELECT @d, @i, @v, @o
--> 1900-01-01 00:00:00.000 | 258 | '*' | 2024-01-01 10:00:00 +00:00
-- source: functions/cast-and-convert-transact-sql, truncating results
DECLARE @v varchar(2) = 123, @b varbinary(1) = 258, @c binary(4) = 258; SELECT @v, @b, @c
--> '*' | 0x02 | 0x00000102
DECLARE @v nvarchar(2) = 123
--> error 8115: Arithmetic overflow error converting expression to data type nvarchar.
-- source: functions/cast-and-convert-transact-sql, date and time styles
SELECT CONVERT(varchar(30), CAST('2024-01-05 13:02:03.123' AS datetime), 113), CONVERT(varchar(30), CAST('2024-01-05 13:02:03.123' AS datetime2(3)), 113), CONVERT(varchar(40), CAST('2024-01-05 13:02:03.12' AS datetime2(7)), 109), CONVERT(varchar(30), CAST('13:02:03.12' AS time(2)), 114)
--> '05 Jan 2024 13:02:03:123' | '05 Jan 2024 13:02:03.123' | 'Jan  5 2024  1:02:03.1200000PM' | '13:02:03.12'
SELECT CONVERT(varchar(30), CAST('2024-01-05 13:02:03' AS smalldatetime), 121), CONVERT(varchar(30), CAST('2024-01-05 13:02:03' AS smalldatetime), 120)
--> '2024-01-05 13:02:00.000' | '2024-01-05 13:02:00'
SELECT CONVERT(datetime, '2024-01-15', 103)
--> error 242: The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.
SELECT CONVERT(datetime, '2024-01-05', 103), CONVERT(date, '2024-01-15', 103), CONVERT(datetime, '2024-01-15T01:02:03', 103)
--> 2024-05-01 00:00:00.000 | 2024-01-15 | 2024-01-15 01:02:03.000
-- source: functions/cast-and-convert-transact-sql, implicit conversions of variables: those of a query
DECLARE @m money = 2.5, @i int, @n money = -2.5; SET @i = @m; DECLARE @j int = @n; SELECT @i, @j
--> 3 | -3
DECLARE @d datetime = '2024-02-29 10:11:12'; DECLARE @t time(0) = @d; SELECT @t
--> 10:11:12
DECLARE @s varchar(20) = '1,234.5', @m money; SET @m = @s; SELECT @m; DECLARE @x varchar(20) = 'x'; SET @m = @x
--> 1234.5000
--> error 235: Cannot convert a char value to money. The char value has incorrect syntax.
DECLARE @s varchar(20) = '-', @i int; SET @i = @s; SELECT @i
--> 0
DECLARE @s varchar(20) = 'x', @b bit; SET @b = @s
--> error 245: Conversion failed when converting the varchar value 'x' to data type bit.
DECLARE @s varchar(20) = 'x', @b bigint; SET @b = @s
--> error 8114: Error converting data type varchar to bigint.
DECLARE @s varchar(20) = 'x', @b decimal(5,2); SET @b = @s
--> error 8114: Error converting data type varchar to numeric.
DECLARE @s varchar(20) = '1d2', @f float; SET @f = @s; SELECT @f
--> 100
DECLARE @f float = 1e0/3, @r real, @v varchar(20), @n numeric(9,3); SET @r = @f; SET @v = @f; SET @n = @f; SELECT @r, @v, @n
--> 0.3333333 | '0.333333' | 0.333
DECLARE @v varchar(10) = '2024-02-29', @d date = '20240229', @t datetime2(0), @o datetimeoffset(0), @x smalldatetime; SET @t = @v; SET @o = @d; SET @x = @v; SELECT @t, @o, @x
--> 2024-02-29 00:00:00 | 2024-02-29 00:00:00 +00:00 | 2024-02-29 00:00:00
DECLARE @u uniqueidentifier = '6F9619FF-8B86-D011-B42D-00C04FC964FF', @s varchar(50), @b binary(16); SET @s = @u; SET @b = @u; SELECT @s, @b
--> '6F9619FF-8B86-D011-B42D-00C04FC964FF' | 0xFF19966F868B11D0B42D00C04FC964FF
PRINT 1e0/3; PRINT $1.5; PRINT CAST('2024-01-02' AS date); PRINT 2.50; PRINT CAST('2024-01-02 13:00' AS datetime)
--> message: 0.333333
--> message: 1.50
--> message: 2024-01-02
--> message: 2.50
--> message: Jan  2 2024  1:00PM
-- source: functions/cast-and-convert-transact-sql, numbers as days: DATETIME and SMALLDATETIME
SELECT CAST(2147483647 AS datetime)
--> error 8115: Arithmetic overflow error converting expression to data type datetime.
SELECT CAST(-5 AS smalldatetime)
--> error 8115: Arithmetic overflow error converting expression to data type smalldatetime.
SELECT CAST(65536 AS smalldatetime)
--> error 8115: Arithmetic overflow error converting expression to data type smalldatetime.
SELECT TRY_CAST(2147483647 AS datetime), TRY_CAST(1e15 AS datetime), TRY_CAST(9223372036854775807 AS smalldatetime), TRY_CAST(-1 AS smalldatetime), TRY_CAST($922337203685477.5807 AS datetime)
--> NULL | NULL | NULL | NULL | NULL
SELECT CAST(1.5 AS datetime), CAST(-1.25 AS datetime), CAST(2958463 AS datetime), CAST(-53690 AS datetime), CAST(65535.999 AS smalldatetime), CAST(1.5e0 AS smalldatetime), CAST($2 AS datetime), CAST(CAST(1 AS bit) AS datetime), CAST(NULL AS datetime)
--> 1900-01-02 12:00:00.000 | 1899-12-30 18:00:00.000 | 9999-12-31 00:00:00.000 | 1753-01-01 00:00:00.000 | 2079-06-06 23:59:00 | 1900-01-02 12:00:00 | 1900-01-03 00:00:00.000 | 1900-01-02 00:00:00.000 | NULL
SELECT CAST(CAST('2024-02-29 23:59' AS datetime) AS tinyint)
--> error 8115: Arithmetic overflow error converting expression to data type tinyint.
SELECT TRY_CAST(CAST('2024-02-29 23:59' AS datetime) AS smallint), TRY_CAST(CAST('2024-02-29' AS smalldatetime) AS decimal(5,2)), CAST(CAST('1900-01-02 18:00' AS datetime) AS tinyint), CAST(CAST('1900-01-02 18:00' AS datetime) AS decimal(5,2)), CAST(CAST('1900-01-02 18:00' AS datetime) AS money), CAST(CAST('1900-01-02 18:00' AS smalldatetime) AS float), CAST(CAST('1899-12-31' AS datetime) AS int), CAST(CAST('1900-01-01' AS datetime) AS bit), CAST(CAST('2024-02-29' AS datetime) AS smallmoney)
--> NULL | NULL | 2 | 1.75 | 1.7500 | 1.75 | -1 | 0 | 45349.0000
SELECT v + 1, CAST(v AS datetime) FROM (VALUES (1), (45000)) t(v) ORDER BY v
--> 2 | 1900-01-02 00:00:00.000
--> 45001 | 2023-03-17 00:00:00.000
SELECT CAST('2079-06-06' AS smalldatetime) + 1
--> error 8115: Arithmetic overflow error converting expression to data type smalldatetime.
SELECT CAST('2024-01-01' AS smalldatetime) + 0.0004, CAST('2024-01-01' AS smalldatetime) - 1.5, CAST('2024-01-01 10:00' AS smalldatetime) + 1
--: smalldatetime, smalldatetime, smalldatetime
--> 2024-01-01 00:01:00 | 2023-12-30 12:00:00 | 2024-01-02 10:00:00
SELECT CAST('9999-12-31' AS datetime) + 1
--> error 8115: Arithmetic overflow error converting expression to data type datetime.
-- source: functions/parse-transact-sql, functions/try-parse-transact-sql, styles used; .NET, NumberStyles; relational-databases/errors-events (9819, 10761)
SELECT PARSE('123' AS INT), TRY_PARSE('x' AS INT), PARSE('1,234.00' AS INT), PARSE('-1,234.5' AS DECIMAL(8, 2)), PARSE('5-' AS SMALLINT), PARSE(' 12 ' AS BIGINT), PARSE('1.5e3' AS FLOAT), TRY_PARSE('1,000' AS FLOAT), PARSE('$1,234.56' AS MONEY), PARSE('($5.5)' AS MONEY), TRY_PARSE('12.5' AS INT), TRY_PARSE('300' AS TINYINT)
--: int, int, int, decimal(8,2), smallint, bigint, float, float, money, money, int, tinyint
--> 123 | NULL | 1234 | -1234.50 | -5 | 12 | 1500 | NULL | 1234.5600 | -5.5000 | NULL | NULL
SELECT PARSE('Monday, 13 December 2010' AS datetime2(0) USING 'en-US'), PARSE('12/16/2010' AS date), PARSE('12/16/2010 1:05:06 PM' AS datetime), TRY_PARSE('Friday, 25 June 2015' AS date), PARSE('Jun 25, 2015' AS date), PARSE('2024-02-29T10:11:12.5' AS datetime2(1)), TRY_PARSE('13/01/2010' AS date), TRY_PARSE('Jabberwokkie' AS datetime2 USING 'en-US')
--> 2010-12-13 00:00:00 | 2010-12-16 | 2010-12-16 13:05:06.000 | NULL | 2015-06-25 | 2024-02-29 10:11:12.5 | NULL | NULL
SELECT PARSE('ABC' AS INT)
--> error 9819: Error converting string value 'ABC' into data type int using culture ''.
SELECT PARSE('300' AS TINYINT USING 'en-US')
--> error 9819: Error converting string value '300' into data type tinyint using culture 'en-US'.
SELECT PARSE('1' AS VARCHAR(5))
--> error 10761
SELECT PARSE(NULL AS INT)
--> error 8116
DECLARE @s VARCHAR(10)
SELECT PARSE(@s AS INT), TRY_PARSE(@s AS DATE)
--> NULL | NULL
SELECT PARSE('€345,98' AS money USING 'de-DE')
--> 345.9800
--! refused: PARSE with the culture de-DE
SELECT TRY_PARSE('13. Dez. 2010' AS date)
--> NULL
--! refused: PARSE of the text '13. Dez. 2010'
