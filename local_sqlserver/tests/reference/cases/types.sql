-- chapter: Data types
-- source: data-types/int-bigint-smallint-and-tinyint-transact-sql
SELECT CAST(9223372036854775807 AS bigint), CAST(-9223372036854775808 AS bigint), CAST(2147483647 AS int), CAST(-2147483648 AS int), CAST(32767 AS smallint), CAST(-32768 AS smallint), CAST(255 AS tinyint), CAST(0 AS tinyint)
--: bigint, bigint, int, int, smallint, smallint, tinyint, tinyint
--> 9223372036854775807 | -9223372036854775808 | 2147483647 | -2147483648 | 32767 | -32768 | 255 | 0
SELECT 2147483647, 2147483648, 9223372036854775808
--: int, numeric(10,0), numeric(19,0)
--> 2147483647 | 2147483648 | 9223372036854775808
SELECT 2147483647 + 1
--> error 8115: Arithmetic overflow error converting expression to data type int.
SELECT CAST(9223372036854775807 AS bigint) + 1
--> error 8115: Arithmetic overflow error converting expression to data type bigint.
SELECT CAST(255 AS tinyint) + CAST(1 AS tinyint)
--> error 8115: Arithmetic overflow error converting expression to data type tinyint.
SELECT CAST(32767 AS smallint) + CAST(1 AS smallint)
--> error 8115: Arithmetic overflow error converting expression to data type smallint.
SELECT CAST(1 AS tinyint) - CAST(2 AS tinyint)
--> error 8115: Arithmetic overflow error converting expression to data type tinyint.
SELECT CAST(255 AS tinyint) + 1
--: int
--> 256
SELECT 2147483647 * 2
--> error 8115: Arithmetic overflow error converting expression to data type int.
SELECT -CAST(-2147483648 AS int)
--> error 8115: Arithmetic overflow error converting expression to data type int.
DECLARE @t tinyint = 256
--> error 220: Arithmetic overflow error for data type tinyint, value = 256.
DECLARE @s smallint = 32768
--> error 220: Arithmetic overflow error for data type smallint, value = 32768.
DECLARE @t tinyint = -1
--> error 220: Arithmetic overflow error for data type tinyint, value = -1.
-- source: data-types/bit-transact-sql
DECLARE @b bit = 5, @c bit = 0, @d bit = 'TRUE', @e bit = 'false', @f bit; SELECT @b, @c, @d, @e, @f
--: bit, bit, bit, bit, bit
--> 1 | 0 | 1 | 0 | NULL
SELECT CAST(1 AS bit) + CAST(1 AS bit)
--> error 402: The data types bit and bit are incompatible in the add operator.
SELECT CAST(1 AS bit) + 1
--: int
--> 2
SELECT SUM(CAST(1 AS bit))
--> error 8117: Operand data type bit is invalid for sum operator.
SELECT CAST(CAST('2024-01-01' AS datetime) AS bit), CAST(CAST('1900-01-01' AS datetime) AS bit)
--> 1 | 0
-- source: data-types/constants-transact-sql, decimal constants are numeric, and data-types/decimal-and-numeric-transact-sql
SELECT CAST(1 AS decimal(5,2)) + 1, CAST(1 AS decimal(5,2)) + 1.5, CASE WHEN 1 = 1 THEN CAST(1 AS decimal(5,2)) ELSE 2.5 END, $1 * 1.5, CEILING(1.5), ISNULL(CAST(1 AS decimal(5,2)), 1.5)
--: decimal(6,2), numeric(6,2), numeric(5,2), numeric(22,5), numeric(2,0), decimal(5,2)
--> 2.00 | 2.50 | 1.00 | 1.50000 | 2 | 1.00

WITH r AS (SELECT CAST(1 AS decimal(2,1)) AS n UNION ALL SELECT CAST(n + 1 AS numeric(2,1)) FROM r WHERE n < 2) SELECT n FROM r
--: decimal(2,1)
--> 1.0
--> 2.0

-- source: data-types/decimal-and-numeric-transact-sql
SELECT CAST(123 AS decimal(5,2)), CAST(12345.12 AS numeric(10,5)), CAST(1 AS decimal), CAST(1.6 AS decimal)
--: decimal(5,2), numeric(10,5), decimal(18,0), decimal(18,0)
--> 123.00 | 12345.12000 | 1 | 2
SELECT CAST(99999999999999999999999999999999999999 AS decimal(38,0))
--> 99999999999999999999999999999999999999
SELECT CAST(99999999999999999999999999999999999999 AS decimal(38,0)) + 1
--> error 8115
SELECT 123456789012345678901234567890123456789
--> error 1007: The number '123456789012345678901234567890123456789' is out of the range for numeric representation (maximum precision 38).
DECLARE @d decimal(3,1) = 99.95
--> error 8115: Arithmetic overflow error converting numeric to data type numeric.
DECLARE @d decimal(3,1) = 99.94; SELECT @d
--> 99.9
-- source: data-types/money-and-smallmoney-transact-sql
SELECT CAST(922337203685477.5807 AS money), CAST(-922337203685477.5808 AS money), CAST(214748.3647 AS smallmoney), $12.5, CAST('-$5' AS money)
--: money, money, smallmoney, money, money
--> 922337203685477.5807 | -922337203685477.5808 | 214748.3647 | 12.5000 | -5.0000
SELECT $, $.5, -$5, $-5
--: money, money, money, money
--> 0.0000 | 0.5000 | -5.0000 | -5.0000

SELECT CAST(922337203685477.5808 AS money)
--> error 8115
SELECT CAST(214748.3648 AS smallmoney)
--> error 8115
SELECT CAST(1 AS money) / CAST(3 AS money), CAST(1 AS money) * CAST(0.3333 AS money), CAST(10 AS money) / 4
--: money, money, money
--> 0.3333 | 0.3333 | 2.5000
SELECT CAST('922337203685477.5808' AS money)
--> error 8115: Arithmetic overflow error converting expression to data type money.
SELECT CAST(922337203685477.5807 AS money) + 1
--> error 8115: Arithmetic overflow error converting expression to data type money.
SELECT CAST(200000 AS smallmoney) + CAST(200000 AS smallmoney)
--> error 8115: Arithmetic overflow error converting expression to data type smallmoney.
SELECT CAST('214748.3648' AS smallmoney)
--> error 8115: Arithmetic overflow error converting expression to data type smallmoney.
SELECT TRY_CAST('1e2' AS money), TRY_CAST('99999999999999999999' AS money), CAST('922337203685477.5807' AS money), CAST('-922337203685477.5808' AS money)
--> NULL | NULL | 922337203685477.5807 | -922337203685477.5808
SELECT CAST('-' AS money), CAST('.' AS money), CAST('$' AS money), CAST('¥5' AS money), CAST(N'₩1,000.5' AS money), CAST('€' AS smallmoney), CAST('+$5' AS money)
--> 0.0000 | 0.0000 | 0.0000 | 5.0000 | 1000.5000 | 0.0000 | 5.0000
-- source: data-types/float-and-real-transact-sql
SELECT CAST(1 AS float(24)), CAST(1 AS float(25)), CAST(1 AS float), CAST(1 AS float(53)), CAST(1 AS real), CAST(1 AS double precision)
--: real, float, float, float, real, float
--> 1 | 1 | 1 | 1 | 1 | 1
SELECT 1e400
--> error 168
SELECT 0.1e0 + 0.2e0, CAST(0.1 AS real), 1e308
--> 0.3 | 0.1 | 1e+308
SELECT 1e308 * 10
--> error 8115: Arithmetic overflow error converting expression to data type float.
SELECT 1e0 / 0
--> error 8134: Divide by zero error encountered.
SELECT CAST('1e400' AS float)
--> error 8115: Arithmetic overflow error converting expression to data type float.
SELECT TRY_CAST('1e400' AS float), TRY_CAST('-1e400' AS real), TRY_CAST('1e39' AS real), TRY_CAST('1e38' AS real)
--> NULL | NULL | NULL | 1e+38
-- source: data-types/char-and-varchar-transact-sql
DECLARE @c char(5) = 'ab', @v varchar(5) = 'ab', @d char = 'ab', @e varchar = 'ab'; SELECT @c + '|', @v + '|', @d + '|', @e + '|'
--> 'ab   |' | 'ab|' | 'a|' | 'a|'
SELECT CAST('abc' AS char(2)), DATALENGTH(CAST('a' AS char)), CAST('x' AS varchar(max))
--> 'ab' | 30 | 'x'
DECLARE @v varchar(3) = 'abcdef'; SELECT @v
--> 'abc'
CREATE TABLE #t (v varchar(3)); INSERT #t VALUES ('abcd')
--> error 2628
--> message: The statement has been terminated.
CREATE TABLE #t (v varchar(3)); INSERT #t VALUES ('abc   '); SELECT DATALENGTH(v) FROM #t
--> 3
CREATE TABLE #t (c char(3), n nchar(3)); INSERT #t VALUES ('a', N'b'); SELECT DATALENGTH(c), DATALENGTH(n), c + '|' + n + '|' FROM #t
--> 3 | 6 | 'a  |b  |'
DECLARE @v varchar(8001)
--> error 131: The size (8001) given to the type 'varchar' exceeds the maximum allowed for any data type (8000).
DECLARE @v varchar(0)
--> error 1001: Line 1: Length or precision specification 0 is invalid.
-- source: data-types/nchar-and-nvarchar-transact-sql
DECLARE @n nvarchar(4001)
--> error 131
DECLARE @n nvarchar(3) = N'ab', @c nchar(4) = N'ab'; SELECT @n, @c + N'|', DATALENGTH(@n), DATALENGTH(@c)
--> 'ab' | 'ab  |' | 4 | 8
SELECT N'Ω€漢', CAST(N'€' AS varchar(5)), CAST('é' AS nvarchar(5))
--> 'Ω€漢' | '€' | 'é'
SELECT CAST(N'漢' AS varchar(5))
--> '?'
--! known: VARCHAR holds characters of any code page
-- source: data-types/binary-and-varbinary-transact-sql
DECLARE @b binary(4) = 0x0102, @v varbinary(4) = 0x0102, @d binary = 0x0102; SELECT @b, @v, @d
--: binary(4), varbinary(4), binary(1)
--> 0x01020000 | 0x0102 | 0x01
SELECT 0xABC, 0x
--> 0x0ABC | 0x
SELECT CAST(0x00000001 AS int) + 1, CAST(123456 AS binary(4)), CAST(CAST(123456 AS binary(2)) AS int)
--> 2 | 0x0001E240 | 57920
CREATE TABLE #t (b binary(3), v varbinary(3)); INSERT #t VALUES (0x01, 0x01), (0x010203, 0x010203); SELECT b, v FROM #t ORDER BY v
--> 0x010000 | 0x01
--> 0x010203 | 0x010203
CREATE TABLE #t (v varbinary(2)); INSERT #t VALUES (0x010203)
--> error 2628
--> message: The statement has been terminated.
SELECT CASE WHEN CAST(0x01 AS binary(2)) = 0x0100 THEN 1 ELSE 0 END
--> 1
SELECT CAST(0xFFFFFFFF AS int), CAST(0x010203040506 AS int), CAST(0xFFFFFFFFFFFFFFFF AS bigint), CAST(0x0102 AS tinyint), CAST(0xFFFE AS smallint), CAST(0x AS int), CAST(0x80000000 AS int)
--> -1 | 50595078 | -1 | 2 | -2 | 0 | -2147483648
-- source: data-types/date-transact-sql
SELECT CAST('0001-01-01' AS date), CAST('9999-12-31' AS date), CAST('20240229' AS date), CAST('2024-2-9' AS date), CAST('Feb 9 2024' AS date), CAST('9 February 2024' AS date)
--> 0001-01-01 | 9999-12-31 | 2024-02-29 | 2024-02-09 | 2024-02-09 | 2024-02-09
SELECT CAST('2/9/2024' AS date), CAST('2-9-2024' AS date), CAST('2.9.2024' AS date), CAST('240209' AS date), CAST('2024' AS date)
--> 2024-02-09 | 2024-02-09 | 2024-02-09 | 2024-02-09 | 2024-01-01
SELECT CAST('2023-02-29' AS date)
--> error 241: Conversion failed when converting date and/or time from character string.
SELECT CAST('2024-01-01' AS date) + 1
--> error 206: Operand type clash: date is incompatible with int
DECLARE @d date = '2024-05-06T07:08:09'; SELECT @d
--> 2024-05-06
DECLARE @d date = 5
--> error 206: Operand type clash: int is incompatible with date
-- source: data-types/time-transact-sql
SELECT CAST('12:34:56.1234567' AS time(0)), CAST('12:34:56.1234567' AS time(1)), CAST('12:34:56.1234567' AS time(2)), CAST('12:34:56.1234567' AS time(3)), CAST('12:34:56.1234567' AS time(4)), CAST('12:34:56.1234567' AS time(5)), CAST('12:34:56.1234567' AS time(6))
--> 12:34:56 | 12:34:56.1 | 12:34:56.12 | 12:34:56.123 | 12:34:56.1235 | 12:34:56.12346 | 12:34:56.123457
SELECT CAST('12:34:56.1234567' AS time)
--: time(7)
--> 12:34:56.1234567
--! known: times have microseconds
SELECT CAST('12:34:56.789' AS time(0)), CAST('12:34:56.789' AS time(1))
--> 12:34:57 | 12:34:56.8
SELECT CAST('1:20 PM' AS time(0)), CAST('1 PM' AS time(0)), CAST('12 AM' AS time(0)), CAST('12:00 PM' AS time(0)), CAST('23:59' AS time(0))
--> 13:20:00 | 13:00:00 | 00:00:00 | 12:00:00 | 23:59:00
SELECT CAST('25:00' AS time)
--> error 241
SELECT CAST('12:00' AS time(8))
--> error 1002: Line 1: Specified scale 8 is invalid.
SELECT CAST('12:00' AS time) + 1
--> error 206
SELECT CAST(CAST('12:30:40.5' AS time) AS datetime), CAST(CAST('12:30:40.5' AS time) AS smalldatetime)
--> 1900-01-01 12:30:40.500 | 1900-01-01 12:31:00
-- source: data-types/datetime-transact-sql, rounding of datetime fractional second precision
SELECT CAST('1998-01-01 23:59:59.999' AS datetime), CAST('1998-01-01 23:59:59.995' AS datetime), CAST('1998-01-01 23:59:59.996' AS datetime), CAST('1998-01-01 23:59:59.998' AS datetime), CAST('1998-01-01 23:59:59.992' AS datetime), CAST('1998-01-01 23:59:59.994' AS datetime), CAST('1998-01-01 23:59:59.991' AS datetime)
--> 1998-01-02 00:00:00.000 | 1998-01-01 23:59:59.997 | 1998-01-01 23:59:59.997 | 1998-01-01 23:59:59.997 | 1998-01-01 23:59:59.993 | 1998-01-01 23:59:59.993 | 1998-01-01 23:59:59.990
SELECT CAST('1753-01-01' AS datetime), CAST('9999-12-31 23:59:59.997' AS datetime)
--> 1753-01-01 00:00:00.000 | 9999-12-31 23:59:59.997
SELECT CAST('1752-12-31' AS datetime)
--> error 242: The conversion of a varchar data type to a datetime data type resulted in an out-of-range value.
SELECT CAST('2024-01-01' AS datetime) + 1, CAST('2024-01-01' AS datetime) + 0.25, CAST('2024-01-02' AS datetime) - 1
--: datetime, datetime, datetime
--> 2024-01-02 00:00:00.000 | 2024-01-01 06:00:00.000 | 2024-01-01 00:00:00.000
SELECT CAST('2024-01-02' AS datetime) - CAST('2024-01-01' AS datetime)
--> 1900-01-02 00:00:00.000
SELECT CAST('2024-01-01 10:00:00.1234567' AS datetime)
--> error 241: Conversion failed when converting date and/or time from character string.
SELECT CAST('2024-01-01T10:00:00Z' AS datetime), CAST('20240101 10:00' AS datetime)
--> 2024-01-01 10:00:00.000 | 2024-01-01 10:00:00.000
-- source: data-types/datetime-transact-sql, supported string literal formats for datetime
SELECT {d '2024-01-02'}, {ts '2024-01-02 03:04:05.120'}
--: datetime, datetime
--> 2024-01-02 00:00:00.000 | 2024-01-02 03:04:05.120

-- source: data-types/datetime-transact-sql, convert to other date and time types
SELECT CAST(CAST('2016-12-21 12:00:00.003' AS datetime) AS datetime2(7)), CAST(CAST('2016-12-21 12:00:00.007' AS datetime) AS datetime2(7))
--> 2016-12-21 12:00:00.0033333 | 2016-12-21 12:00:00.0066667
--! known: times are cut off instead of rounded
SELECT CAST(CAST('2016-12-21 12:00:00.003' AS datetime) AS datetime2(3)), CAST(CAST('2016-12-21 12:00:00.003' AS datetime) AS time(3))
--> 2016-12-21 12:00:00.003 | 12:00:00.003
SELECT CASE WHEN CAST('2016-12-21 12:00:00.003' AS datetime) = CAST('2016-12-21 12:00:00.003' AS datetime2) THEN 1 ELSE 0 END
--> 0
-- source: data-types/datetime2-transact-sql
SELECT CAST('2007-05-02 19:58:47.1234567' AS datetime2(0)), CAST('2007-05-02 19:58:47.1234567' AS datetime2(3)), CAST('2007-05-02 19:58:47.1234567' AS datetime2(6)), CAST('2007-05-02' AS datetime2(0))
--: datetime2(0), datetime2(3), datetime2(6), datetime2(0)
--> 2007-05-02 19:58:47 | 2007-05-02 19:58:47.123 | 2007-05-02 19:58:47.123457 | 2007-05-02 00:00:00
SELECT CAST('2007-05-02 19:58:47.1234567' AS datetime2)
--> 2007-05-02 19:58:47.1234567
--! known: times have microseconds
SELECT CAST('2007-05-02 23:59:59.9' AS datetime2(0)), CAST('2007-05-02 23:59:59.999' AS datetime2(2))
--> 2007-05-03 00:00:00 | 2007-05-03 00:00:00.00
SELECT CAST('0001-01-01' AS datetime2(0)), CAST('9999-12-31 23:59:59' AS datetime2(0))
--> 0001-01-01 00:00:00 | 9999-12-31 23:59:59
SELECT CAST('2024-01-01' AS datetime2) + 1
--> error 206: Operand type clash: datetime2 is incompatible with int
SELECT CAST('9999-12-31 23:59:59.9999999' AS datetime2(3))
--> 9999-12-31 23:59:59.999
--! refused: A time that rounds up to the year 10000
-- source: data-types/smalldatetime-transact-sql
SELECT CAST('2007-05-08 12:35:29' AS smalldatetime), CAST('2007-05-08 12:35:30' AS smalldatetime), CAST('2007-05-08 12:59:59.998' AS smalldatetime), CAST('2007-05-08 12:35:29.998' AS smalldatetime)
--> 2007-05-08 12:35:00 | 2007-05-08 12:36:00 | 2007-05-08 13:00:00 | 2007-05-08 12:35:00
SELECT CAST('2079-06-06' AS smalldatetime), CAST('1900-01-01' AS smalldatetime)
--> 2079-06-06 00:00:00 | 1900-01-01 00:00:00
SELECT CAST('2079-06-07' AS smalldatetime)
--> error 242: The conversion of a varchar data type to a smalldatetime data type resulted in an out-of-range value.
-- source: data-types/datetimeoffset-transact-sql
SELECT CAST('2007-05-08 12:35:29.1234567 +12:15' AS datetimeoffset(7)), CAST('2007-05-08 12:35:29 -08:00' AS datetimeoffset(0)), CAST('2007-05-08' AS datetimeoffset(0))
--> 2007-05-08 12:35:29.1234567 +12:15 | 2007-05-08 12:35:29 -08:00 | 2007-05-08 00:00:00 +00:00
--! known: offset of DATETIMEOFFSET
SELECT CAST(CAST('2007-05-08 12:35:29 +12:00' AS datetimeoffset(0)) AS datetime2(0)), CAST(CAST('2007-05-08 12:35:29 +12:00' AS datetimeoffset(0)) AS date)
--> 2007-05-08 12:35:29 | 2007-05-08
SELECT CASE WHEN CAST('2024-01-01 10:00 +02:00' AS datetimeoffset) = CAST('2024-01-01 08:00 +00:00' AS datetimeoffset) THEN 1 ELSE 0 END
--> 1
SELECT CAST('2024-01-01 10:00 +15:00' AS datetimeoffset)
--> error 241
-- source: data-types/uniqueidentifier-transact-sql
DECLARE @u uniqueidentifier = '6F9619FF-8B86-D011-B42D-00C04FC964FF'; SELECT @u, CAST(@u AS varchar(36)), CAST(@u AS binary(16))
--> 6F9619FF-8B86-D011-B42D-00C04FC964FF | '6F9619FF-8B86-D011-B42D-00C04FC964FF' | 0xFF19966F868B11D0B42D00C04FC964FF
SELECT CAST('6F9619FF-8B86-D011-B42D' AS uniqueidentifier)
--> error 8169: Conversion failed when converting from a character string to uniqueidentifier.
SELECT CAST(0xFF19966F868B11D0B42D00C04FC964FF AS uniqueidentifier)
--> 6F9619FF-8B86-D011-B42D-00C04FC964FF
SELECT CAST('6F9619FF8B86D011B42D00C04FC964FF' AS uniqueidentifier)
--> error 8169: Conversion failed when converting from a character string to uniqueidentifier.
SELECT TRY_CAST('{6F9619FF-8B86-D011-B42D-00C04FC964FF}' AS uniqueidentifier), TRY_CAST('6F9619FF-8B86-D011-B42D' AS uniqueidentifier)
--> 6F9619FF-8B86-D011-B42D-00C04FC964FF | NULL
-- source: data-types/sql-variant-transact-sql
DECLARE @v sql_variant = 5; SELECT @v
--> 5
--! refused: The data type sql_variant
-- source: data-types/rowversion-transact-sql
CREATE TABLE #t (a int, r rowversion); INSERT #t (a) VALUES (1), (2); SELECT COUNT(DISTINCT r) FROM #t
--> 2
--! refused: The data type timestamp
-- source: data-types/hierarchyid-data-type-method-reference
SELECT hierarchyid::GetRoot().ToString()
--> '/'
--! refused: The data type hierarchyid
-- source: data-types/ntext-text-and-image-transact-sql
CREATE TABLE #t (a text, b ntext, c image); INSERT #t VALUES ('x', N'y', 0x01); SELECT a, b, c FROM #t
--> 'x' | 'y' | 0x01
--! refused: The data type text
-- source: data-types/constants-transact-sql
SELECT 'O''Brien', N'Michél', 'a''''b', '', N''
--> 'O''Brien' | 'Michél' | 'a''''b' | '' | ''
SELECT 1894.1204, 2.0, .5, 5., 101.5E5, 0.5E-2, -3, +145.5
--> 1894.1204 | 2.0 | 0.5 | 5 | 10150000 | 0.005 | -3 | 145.5
SELECT $2, $542023.14, -$5, +$1
--> 2.0000 | 542023.1400 | -5.0000 | 1.0000
SELECT 0xAE, 0x12Ef, 0x69048AEFDD010E
--> 0xAE | 0x12EF | 0x69048AEFDD010E
SELECT 1.50, 100.00, 0.001, 1.
--: numeric(3,2), numeric(5,2), numeric(3,3), numeric(1,0)
--> 1.50 | 100.00 | 0.001 | 1
SELECT 'abc', N'abcd', 0x0102, 1e0, $1, 1
--: varchar(3), nvarchar(4), varbinary(2), float, money, int
--> 'abc' | 'abcd' | 0x0102 | 1 | 1.0000 | 1
-- source: data-types/precision-scale-and-length-transact-sql
SELECT CAST(1 AS decimal(10,2)) + CAST(1 AS decimal(8,4)), CAST(1 AS decimal(10,2)) - CAST(1 AS decimal(5,0)), CAST(1 AS decimal(38,2)) + CAST(1 AS decimal(10,4))
--: decimal(13,4), decimal(11,2), decimal(38,2)
--> 2.0000 | 0.00 | 2.00
SELECT CAST(1.5 AS decimal(10,2)) * CAST(2 AS decimal(8,4)), CAST(1 AS decimal(20,8)) * CAST(1 AS decimal(20,8)), CAST(1 AS decimal(38,10)) * CAST(1 AS decimal(38,10))
--: decimal(19,6), decimal(38,13), decimal(38,6)
--> 3.000000 | 1.0000000000000 | 1.000000
SELECT CAST(10 AS decimal(10,2)) / CAST(4 AS decimal(5,2)), CAST(1 AS decimal(5,0)) / CAST(3 AS decimal(5,0))
--: decimal(18,8), decimal(11,6)
--> 2.50000000 | 0.333333
SELECT CAST(10 AS decimal(18,2)) / CAST(3 AS decimal(18,2))
--: decimal(38,20)
--> 3.33333333333333333333
SELECT CAST(7 AS decimal(5,2)) % CAST(4 AS decimal(7,3)), 5 % 3, -5 % 3, 5 % -3
--: decimal(6,3), int, int, int
--> 3.000 | 2 | -2 | 2
SELECT CAST(1 AS decimal(5,2)) * CAST(2 AS smallint), CAST(1 AS decimal(5,2)) + CAST(1 AS tinyint), CAST(1 AS decimal(5,2)) + CAST(1 AS bigint)
--: decimal(11,2), decimal(6,2), decimal(22,2)
--> 2.00 | 2.00 | 2.00
DECLARE @s smallint = 2, @i int = 1, @b bigint = 1; SELECT CAST(1 AS decimal(5,2)) * @s, CAST(1 AS decimal(5,2)) + @i, CAST(1 AS decimal(5,2)) + @b
--: decimal(11,2), decimal(13,2), decimal(22,2)
--> 2.00 | 2.00 | 2.00
SELECT 1 / 3, 1 / 3.0, 1.0 / 3, 10 / 4, -7 / 2, 7 / -2
--> 0 | 0.333333 | 0.333333 | 2 | -3 | -3
SELECT CAST(1 AS decimal(5,2)) UNION ALL SELECT CAST(1 AS decimal(8,4))
--: decimal(8,4)
--> 1.0000
--> 1.0000
SELECT CAST(N'a' AS nchar(2)) + 'b', 'a' + CAST('b' AS varchar(10))
--: nvarchar(3), varchar(11)
--> 'a b' | 'ab'
SELECT CAST(0.0000009 AS decimal(30,20)) * CAST(1 AS decimal(30,20)), CAST(0.0000009 AS decimal(30,10)) * CAST(1 AS decimal(30,10))
--: decimal(38,17), decimal(38,6)
--> 0.00000090000000000 | 0.000001
-- source: data-types/data-type-precedence-transact-sql
SELECT 1 + '2', '1' + 2.5, CASE WHEN 1 = '01' THEN 1 ELSE 0 END, CASE WHEN '2024-01-01' = CAST('2024-01-01' AS date) THEN 1 ELSE 0 END
--> 3 | 3.5 | 1 | 1
SELECT 1 + 'a'
--> error 245: Conversion failed when converting the varchar value 'a' to data type int.
SELECT CAST(1 AS tinyint) + CAST(1 AS smallint), CAST(1 AS smallint) + 1, 1 + CAST(1 AS bigint), CAST(1 AS bigint) + 1.0, CAST(1 AS real) + 1, CAST(1 AS real) + 1e0, CAST(1 AS smallmoney) + CAST(1 AS money), CAST(1 AS money) + CAST(1 AS decimal(5,2))
--: smallint, int, bigint, numeric(21,1), real, float, money, decimal(20,4)
--> 2 | 2 | 2 | 2.0 | 2 | 2 | 2.0000 | 2.0000
SELECT CASE WHEN 1 = 1 THEN 1 ELSE 2.5 END, CASE WHEN 1 = 0 THEN 'a' ELSE N'b' END, CASE WHEN 1 = 1 THEN CAST(1 AS smallint) ELSE CAST(1 AS tinyint) END, CASE WHEN 1 = 1 THEN CAST('2024-01-01' AS date) ELSE CAST('2024-01-01' AS datetime) END
--: numeric(2,1), nvarchar(1), smallint, datetime
--> 1.0 | 'b' | 1 | 2024-01-01 00:00:00.000
-- source: connect/ado-net/sql/compare-guid-uniqueidentifier-values
SELECT x FROM (VALUES (CAST('3AAAAAAA-BBBB-CCCC-DDDD-2EEEEEEEEEEE' AS uniqueidentifier)), ('2AAAAAAA-BBBB-CCCC-DDDD-1EEEEEEEEEEE'), ('1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE')) AS t(x) ORDER BY x
--> 2AAAAAAA-BBBB-CCCC-DDDD-1EEEEEEEEEEE
--> 3AAAAAAA-BBBB-CCCC-DDDD-2EEEEEEEEEEE
--> 1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE
SELECT MIN(x), MAX(x), COUNT(DISTINCT x) FROM (VALUES (CAST('3AAAAAAA-BBBB-CCCC-DDDD-2EEEEEEEEEEE' AS uniqueidentifier)), ('2AAAAAAA-BBBB-CCCC-DDDD-1EEEEEEEEEEE'), ('1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE')) AS t(x)
--: uniqueidentifier, uniqueidentifier, int
--> 2AAAAAAA-BBBB-CCCC-DDDD-1EEEEEEEEEEE | 1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE | 3
DECLARE @a uniqueidentifier = '3AAAAAAA-BBBB-CCCC-DDDD-2EEEEEEEEEEE', @b uniqueidentifier = '1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE'
SELECT IIF(@a < @b, 1, 0), IIF(@a >= @b, 1, 0), IIF(@a BETWEEN @b AND @a, 1, 0), GREATEST(@a, @b), IIF(@a < ALL (SELECT @b), 1, 0), IIF(@a < '1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE', 1, 0)
--> 1 | 0 | 0 | 1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE | 1 | 1
SELECT x, ROW_NUMBER() OVER (ORDER BY x DESC) FROM (VALUES (CAST('00000001-0000-0000-0000-000000000000' AS uniqueidentifier)), ('01000000-0000-0000-0000-000000000000'), ('00000000-0001-0000-0000-000000000000'), ('00000000-0000-0001-0000-000000000000'), ('00000000-0000-0000-0001-000000000000'), ('00000000-0000-0000-0000-000000000001'), (NULL)) AS t(x) ORDER BY x
--> NULL | 7
--> 01000000-0000-0000-0000-000000000000 | 6
--> 00000001-0000-0000-0000-000000000000 | 5
--> 00000000-0001-0000-0000-000000000000 | 4
--> 00000000-0000-0001-0000-000000000000 | 3
--> 00000000-0000-0000-0001-000000000000 | 2
--> 00000000-0000-0000-0000-000000000001 | 1
SELECT DISTINCT TOP 1 x FROM (VALUES (CAST('3AAAAAAA-BBBB-CCCC-DDDD-2EEEEEEEEEEE' AS uniqueidentifier)), ('2AAAAAAA-BBBB-CCCC-DDDD-1EEEEEEEEEEE'), ('1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE')) AS t(x) ORDER BY x DESC
--> 1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE
-- source: data-types/date-transact-sql, alphabetical formats
SELECT CAST('Jan 2024' AS date), CAST('2024 Jan 5' AS date), CAST('Mar, 2024 7' AS date), CAST('2024 5 March' AS date), CAST('September 5, 2024' AS date), CAST('2024 January' AS datetime)
--> 2024-01-01 | 2024-01-05 | 2024-03-07 | 2024-03-05 | 2024-09-05 | 2024-01-01 00:00:00.000
SELECT CAST('Marble 5 2024' AS date)
--> error 241: Conversion failed when converting date and/or time from character string.
SELECT TRY_CAST('5 Junk 2024' AS date), TRY_CAST('Janu 5 2024' AS date), TRY_CAST('2024-01-' AS date), ISDATE('Marble 5 2024'), ISDATE('March 5 2024')
--> NULL | NULL | NULL | 0 | 1
-- source: data-types/binary-and-varbinary-transact-sql, comparison (zeros at the end do not count)
SELECT IIF(0x01 = 0x0102, 1, 0), IIF(0x0102 = 0x01, 1, 0), IIF(0x01 = 0x0100, 1, 0), IIF(0x = 0x00, 1, 0), IIF(CAST(0x01020304 AS binary(4)) = CAST(0x0102 AS varbinary(2)), 1, 0), IIF(CAST(0x01 AS binary(2)) = CAST(0x01 AS binary(4)), 1, 0), IIF(0x0102 > 0x01, 1, 0), IIF(0x02 > 0x0100, 1, 0), IIF(0x1000 = 0x10, 1, 0), IIF(0x0100 = 0x0001, 1, 0)
--> 0 | 0 | 1 | 1 | 0 | 1 | 1 | 1 | 1 | 0
SELECT IIF('a' = 0x6162, 1, 0), IIF(0x6162 = 'a', 1, 0), IIF('ab' = 0x6162, 1, 0), IIF('ab' = CAST(0x6162 AS binary(2)), 1, 0)
--> 0 | 0 | 1 | 1
DECLARE @a varbinary(5) = 0x01, @b varbinary(5) = 0x0100; SELECT IIF(@a = @b, 1, 0), IIF(@a < @b, 1, 0), IIF(@a IN (0x02, @b), 1, 0), IIF(@a IN (SELECT @b), 1, 0), NULLIF(@a, @b)
--> 1 | 0 | 1 | 1 | NULL
SELECT COUNT(*) FROM (SELECT DISTINCT x FROM (VALUES (0x), (0x00), (0x0000)) AS t(x)) AS d
--> 1
SELECT COUNT(*) FROM (VALUES (0x01), (0x0100), (0x02)) AS t(x) GROUP BY x ORDER BY x
--> 2
--> 1
SELECT x, DATALENGTH(x) FROM (VALUES (0x02), (0x0100), (NULL), (0xFF)) AS t(x) ORDER BY x
--> NULL | NULL
--> 0x0100 | 2
--> 0x02 | 1
--> 0xFF | 1
CREATE TABLE #t (a varbinary(4), b binary(4)); INSERT #t VALUES (0x01, 0x01); SELECT COUNT(*) FROM #t WHERE a = b; SELECT COUNT(*) FROM #t x JOIN #t y ON x.a = y.b WHERE x.b = HASHBYTES('MD5', 'a'); UPDATE #t SET a = 0x02 WHERE a = 0x0100; SELECT * FROM #t WHERE b IN (0x01)
--> 1
--> next result
--> 0
--> next result
--> 0x02 | 0x01000000
SELECT HASHBYTES('MD5', 'a'), COUNT(*) FROM (VALUES (1), (2)) AS t(x) WHERE HASHBYTES('MD5', 'a') = 0x0CC175B9C0F1B6A831C399E269772661
--> 0x0CC175B9C0F1B6A831C399E269772661 | 2
SELECT COUNT(*) FROM (SELECT 0x01 AS b UNION SELECT 0x0100) AS t
--> 1
-- source: data-types/decimal-and-numeric-transact-sql, 38 digits
DECLARE @v decimal(38,10) = 1234567890123456789012345678.5, @w decimal(38,5) = -123456789012345678901234567890123.12345; SELECT @v, @w
--> 1234567890123456789012345678.5000000000 | -123456789012345678901234567890123.12345
