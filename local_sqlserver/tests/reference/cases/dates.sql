-- chapter: Functions of dates
-- source: functions/dateadd-transact-sql, datepart
SELECT DATEADD(year, 1, CAST('2023-06-15' AS date))
--: date
--> 2024-06-15
SELECT DATEADD(yy, -1, CAST('2024-02-29' AS date)), DATEADD(yyyy, 4, CAST('2024-02-29' AS date))
--> 2023-02-28 | 2028-02-29
SELECT DATEADD(quarter, 1, CAST('2024-01-31' AS date)), DATEADD(qq, 1, CAST('2024-08-31' AS date)), DATEADD(q, -1, CAST('2024-05-31' AS date))
--> 2024-04-30 | 2024-11-30 | 2024-02-29
SELECT DATEADD(month, 1, CAST('2024-08-30' AS date)), DATEADD(month, 1, CAST('2024-08-31' AS date)), DATEADD(mm, -1, CAST('2024-03-31' AS date)), DATEADD(m, 12, CAST('2024-02-29' AS date))
--> 2024-09-30 | 2024-09-30 | 2024-02-29 | 2025-02-28
SELECT DATEADD(dayofyear, 1, CAST('2024-12-31' AS date)), DATEADD(dy, 1, CAST('2024-02-28' AS date)), DATEADD(y, 1, CAST('2023-02-28' AS date))
--> 2025-01-01 | 2024-02-29 | 2023-03-01
SELECT DATEADD(day, -1, CAST('2024-03-01' AS date)), DATEADD(dd, 366, CAST('2024-01-01' AS date)), DATEADD(d, 0, CAST('2024-01-01' AS date))
--> 2024-02-29 | 2025-01-01 | 2024-01-01
SELECT DATEADD(week, 1, CAST('2024-02-25' AS date)), DATEADD(wk, -1, CAST('2024-01-01' AS date)), DATEADD(ww, 2, CAST('2024-12-25' AS date))
--> 2024-03-03 | 2023-12-25 | 2025-01-08
SELECT DATEADD(weekday, 3, CAST('2024-02-27' AS date)), DATEADD(dw, 1, CAST('2024-02-29' AS date)), DATEADD(w, 1, CAST('2024-12-31' AS date))
--> 2024-03-01 | 2024-03-01 | 2025-01-01
SELECT DATEADD(hour, 25, CAST('2024-02-28 23:30' AS datetime2(0))), DATEADD(hh, -1, CAST('2024-01-01' AS datetime2(0)))
--: datetime2(0), datetime2(0)
--> 2024-03-01 00:30:00 | 2023-12-31 23:00:00
SELECT DATEADD(minute, 61, CAST('2024-01-01 23:00' AS datetime2(0))), DATEADD(mi, 1, CAST('2024-01-01' AS datetime2(0))), DATEADD(n, -1, CAST('2024-01-01' AS datetime2(0)))
--> 2024-01-02 00:01:00 | 2024-01-01 00:01:00 | 2023-12-31 23:59:00
SELECT DATEADD(second, 86400, CAST('2024-01-01' AS datetime2(0))), DATEADD(ss, -1, CAST('2024-01-01' AS datetime2(0))), DATEADD(s, 59, CAST('2024-01-01' AS datetime2(0)))
--> 2024-01-02 00:00:00 | 2023-12-31 23:59:59 | 2024-01-01 00:00:59
SELECT DATEADD(millisecond, 1, CAST('2024-01-01' AS datetime2(3))), DATEADD(ms, -1, CAST('2024-01-01' AS datetime2(3)))
--> 2024-01-01 00:00:00.001 | 2023-12-31 23:59:59.999
SELECT DATEADD(microsecond, 5, CAST('2024-01-01' AS datetime2(6))), DATEADD(mcs, -5, CAST('2024-01-01' AS datetime2(6)))
--> 2024-01-01 00:00:00.000005 | 2023-12-31 23:59:59.999995
SELECT DATEADD(nanosecond, 1000, CAST('2024-01-01' AS datetime2(7))), DATEADD(ns, 150, CAST('2024-01-01' AS datetime2(7)))
--> 2024-01-01 00:00:00.0000010 | 2024-01-01 00:00:00.0000002
--! known: times have microseconds
SELECT DATEADD(fortnight, 1, '2024-01-01')
--> error 155: 'fortnight' is not a recognized dateadd option.
SELECT DATEADD(day, '1', CAST('2024-01-01' AS date))
--> error 8116: Argument data type varchar is invalid for argument 2 of dateadd function.

SELECT DATEADD(iso_week, 1, CAST('2024-01-01' AS date))
--> error 9810: The datepart iso_week is not supported by date function dateadd for data type date.

SELECT DATEADD('year', 1, '2024-01-01')
--> error 1023: Invalid parameter 1 specified for dateadd.
-- source: functions/dateadd-transact-sql, number
SELECT DATEADD(day, 1.9, CAST('2024-01-01' AS date)), DATEADD(day, -1.9, CAST('2024-01-05' AS date))
--> 2024-01-02 | 2024-01-04
SELECT DATEADD(day, NULL, CAST('2024-01-01' AS date)), DATEADD(day, 1, CAST(NULL AS date))
--> NULL | NULL
-- source: functions/dateadd-transact-sql, return types
SELECT DATEADD(day, 1, '2024-01-31')
--: datetime
--> 2024-02-01 00:00:00.000
SELECT DATEADD(day, 1, CAST('2024-01-31' AS smalldatetime))
--: smalldatetime
--> 2024-02-01 00:00:00
SELECT DATEADD(month, 1, CAST('2024-01-31 10:11:12.34' AS datetime2(2)))
--: datetime2(2)
--> 2024-02-29 10:11:12.34
SELECT DATEADD(hour, 1, CAST('2024-01-31 23:30 +02:00' AS datetimeoffset(0)))
--: datetimeoffset(0)
--> 2024-02-01 00:30:00 +02:00
SELECT DATEADD(hour, 2, CAST('23:30' AS time(0)))
--: time(0)
--> 01:30:00
-- source: functions/dateadd-transact-sql, datepart argument
SELECT DATEADD(year, 2147483647, CAST('2006-07-31' AS date))
--> error 517: Adding a value to a 'date' column caused an overflow.
--! known: message 517 says datetime for date
SELECT DATEADD(year, -2147483647, CAST('2006-07-31' AS datetime))
--> error 517: Adding a value to a 'datetime' column caused an overflow.
SELECT DATEADD(day, 1, CAST('9999-12-31' AS date))
--> error 517: Adding a value to a 'date' column caused an overflow.
SELECT DATEADD(day, -1, CAST('0001-01-01' AS datetime2(0)))
--> error 517: Adding a value to a 'datetime2' column caused an overflow.
SELECT DATEADD(day, -1, CAST('1753-01-01' AS datetime))
--> error 517: Adding a value to a 'datetime' column caused an overflow.
SELECT DATEADD(day, -1, CAST('1900-01-01' AS smalldatetime))
--> error 517: Adding a value to a 'smalldatetime' column caused an overflow.
SELECT DATEADD(day, 2147483648, '2024-01-01')
--> error 8115
SELECT DATEADD(hour, 1, CAST('2024-01-01' AS date))
--> error 9810: The datepart hour is not supported by date function dateadd for data type date.
SELECT DATEADD(day, 1, CAST('10:00' AS time))
--> error 9810: The datepart day is not supported by date function dateadd for data type time.
SELECT DATEADD(microsecond, 1, CAST('2024-01-01' AS datetime))
--> error 9810: The datepart microsecond is not supported by date function dateadd for data type datetime.
-- source: functions/dateadd-transact-sql, fractional seconds precision
SELECT DATEADD(second, 30, CAST('2024-01-01 10:00' AS smalldatetime)), DATEADD(second, 29, CAST('2024-01-01 10:00' AS smalldatetime))
--> 2024-01-01 10:01:00 | 2024-01-01 10:00:00
SELECT DATEADD(millisecond, 2, CAST('2024-01-01' AS datetime)), DATEADD(millisecond, 1, CAST('2024-01-01' AS datetime))
--> 2024-01-01 00:00:00.003 | 2024-01-01 00:00:00.000

-- source: functions/datediff-transact-sql, datepart boundaries
SELECT DATEDIFF(year, '2005-12-31 23:59:59.9999999', '2006-01-01 00:00:00.0000000'), DATEDIFF(quarter, '2005-12-31 23:59:59.9999999', '2006-01-01'), DATEDIFF(month, '2005-12-31 23:59:59.9999999', '2006-01-01'), DATEDIFF(dayofyear, '2005-12-31 23:59:59.9999999', '2006-01-01'), DATEDIFF(day, '2005-12-31 23:59:59.9999999', '2006-01-01'), DATEDIFF(week, '2005-12-31 23:59:59.9999999', '2006-01-01')
--: int, int, int, int, int, int
--> 1 | 1 | 1 | 1 | 1 | 1
SELECT DATEDIFF(hour, '2005-12-31 23:59:59.9999999', '2006-01-01'), DATEDIFF(minute, '2005-12-31 23:59:59.9999999', '2006-01-01'), DATEDIFF(second, '2005-12-31 23:59:59.9999999', '2006-01-01')
--> 1 | 1 | 1
SELECT DATEDIFF(millisecond, '2005-12-31 23:59:59.9999999', '2006-01-01')
--> 1
SELECT DATEDIFF(year, '2024-12-31', '2024-01-01'), DATEDIFF(year, '2024-01-01', '2025-12-31'), DATEDIFF(year, '2025-01-01', '2024-12-31')
--> 0 | 1 | -1
SELECT DATEDIFF(month, '2024-01-31', '2024-02-01'), DATEDIFF(month, '2024-01-01', '2024-01-31'), DATEDIFF(month, '2024-03-01', '2023-12-31')
--> 1 | 0 | -3
SELECT DATEDIFF(day, '2024-02-28', '2024-03-01'), DATEDIFF(day, '2023-02-28', '2023-03-01'), DATEDIFF(day, '2024-01-01 23:59:59', '2024-01-01')
--> 2 | 1 | 0
SELECT DATEDIFF(week, '2024-01-06', '2024-01-07'), DATEDIFF(week, '2024-01-07', '2024-01-13'), DATEDIFF(week, '2024-01-07', '2024-01-06')
--> 1 | 0 | -1
SELECT DATEDIFF(iso_week, '2024-01-06', '2024-01-07')
--> error 9806: The datepart iso_week is not supported by date function datediff.
-- source: functions/datediff-transact-sql, return value
SELECT DATEDIFF(second, '1900-01-01', '1968-01-20 03:14:07')
--> 2147483647
SELECT DATEDIFF(second, '1900-01-01', '1968-01-20 03:14:08')
--> error 535: The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.
SELECT DATEDIFF(second, CAST('2024-01-01' AS datetime2), DATEADD(second, 2147483647, CAST('2024-01-01' AS datetime2)))
--> 2147483647
SELECT DATEDIFF(millisecond, '2024-01-01', '2024-01-26')
--> error 535: The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.
SELECT DATEDIFF(nanosecond, CAST('10:00:00' AS time), CAST('10:00:02' AS time))
--> 2000000000
SELECT DATEDIFF(nanosecond, CAST('10:00:00' AS time), CAST('10:00:03' AS time))
--> error 535
SELECT DATEDIFF(day, NULL, '2024-01-01'), DATEDIFF(day, '2024-01-01', NULL)
--> NULL | NULL
SELECT DATEDIFF(day, '1900-01-01', CAST('12:00' AS time)), DATEDIFF(hour, CAST('01:00' AS time), CAST('23:59' AS time))
--> 0 | 22
SELECT DATEDIFF(minute, CAST('2024-01-01 10:00 +02:00' AS datetimeoffset), CAST('2024-01-01 08:00 +00:00' AS datetimeoffset))
--> 0
SELECT DATEDIFF(day, 'yesterday', '2024-01-01')
--> error 241: Conversion failed when converting date and/or time from character string.
-- source: functions/datediff-big-transact-sql
SELECT DATEDIFF_BIG(second, '1900-01-01', '2024-01-01')
--: bigint
--> 3913056000
SELECT DATEDIFF_BIG(millisecond, CAST('0001-01-01' AS datetime2), CAST('9999-12-31' AS datetime2))
--> 315537811200000
SELECT DATEDIFF_BIG(nanosecond, CAST('0001-01-01' AS datetime2), CAST('9999-12-31' AS datetime2))
--> error 535
SELECT DATEDIFF_BIG(microsecond, CAST('2024-01-01' AS datetime2), CAST('2024-01-02' AS datetime2)), DATEDIFF_BIG(day, NULL, '2024-01-01')
--> 86400000000 | NULL

-- source: functions/datepart-transact-sql, return value
SELECT DATEPART(year, '2007-10-30 12:15:32.1234567'), DATEPART(quarter, '2007-10-30'), DATEPART(month, '2007-10-30'), DATEPART(dayofyear, '2007-10-30'), DATEPART(day, '2007-10-30'), DATEPART(week, '2007-10-30'), DATEPART(weekday, '2007-10-30')
--: int, int, int, int, int, int, int
--> 2007 | 4 | 10 | 303 | 30 | 44 | 3
SELECT DATEPART(hour, CAST('12:15:32.1234567' AS time)), DATEPART(minute, CAST('12:15:32.1234567' AS time)), DATEPART(second, CAST('12:15:32.1234567' AS time)), DATEPART(millisecond, CAST('12:15:32.1234567' AS time)), DATEPART(microsecond, CAST('12:15:32.123456' AS time))
--> 12 | 15 | 32 | 123 | 123456
SELECT DATEPART(nanosecond, CAST('12:15:32.1234567' AS time))
--> 123456700
--! known: times have microseconds
SELECT DATEPART(tzoffset, CAST('2007-05-10 00:00:01.1234567 +05:10' AS datetimeoffset))
--> 310
SELECT DATEPART(yy, '2024-01-02'), DATEPART(yyyy, '2024-01-02'), DATEPART(qq, '2024-01-02'), DATEPART(q, '2024-01-02'), DATEPART(mm, '2024-01-02'), DATEPART(m, '2024-01-02'), DATEPART(dy, '2024-01-02'), DATEPART(y, '2024-01-02'), DATEPART(dd, '2024-01-02'), DATEPART(d, '2024-01-02')
--> 2024 | 2024 | 1 | 1 | 1 | 1 | 2 | 2 | 2 | 2
-- source: functions/datepart-transact-sql, week and weekday
SELECT DATEPART(week, '2023-01-01'), DATEPART(wk, '2023-01-07'), DATEPART(ww, '2023-01-08'), DATEPART(week, '2023-12-31'), DATEPART(week, '2024-12-31'), DATEPART(week, '2000-12-31')
--> 1 | 1 | 2 | 53 | 53 | 54
SELECT DATEPART(weekday, '2024-01-07'), DATEPART(dw, '2024-01-13'), DATEPART(dw, '2024-01-10')
--> 1 | 7 | 4
-- source: functions/datepart-transact-sql, iso_week
SELECT DATEPART(iso_week, '2004-12-31'), DATEPART(isowk, '2005-01-01'), DATEPART(isoww, '2005-01-02'), DATEPART(iso_week, '2005-01-03'), DATEPART(iso_week, '2024-12-30'), DATEPART(iso_week, '2021-01-03')
--> 53 | 53 | 53 | 1 | 1 | 53
-- source: functions/datepart-transact-sql, default returned for a datepart that is not in a date argument
SELECT DATEPART(year, '12:10:30.123'), DATEPART(month, '12:10:30.123'), DATEPART(day, '12:10:30.123'), DATEPART(dayofyear, '12:10:30.123'), DATEPART(weekday, '12:10:30.123')
--> 1900 | 1 | 1 | 1 | 2
SELECT DATEPART(hour, '2024-01-02'), DATEPART(second, '2024-01-02'), DATEPART(day, NULL)
--> 0 | 0 | NULL
SELECT DATEPART(year, CAST('12:10:30' AS time))
--> error 9810: The datepart year is not supported by date function datepart for data type time.
SELECT DATEPART(hour, CAST('2024-01-01' AS date))
--> error 9810: The datepart hour is not supported by date function datepart for data type date.
SELECT DATEPART(fortnight, '2024-01-01')
--> error 155: 'fortnight' is not a recognized datepart option.
SELECT DATEPART(millisecond, CAST('2024-01-01 00:00:01.997' AS datetime)), DATEPART(second, CAST('2024-01-01 00:00:31' AS smalldatetime))
--> 997 | 0
-- source: functions/datename-transact-sql, return value
SELECT DATENAME(year, '2007-10-30 12:15:32.123'), DATENAME(month, '2007-10-30'), DATENAME(weekday, '2007-10-30'), DATENAME(day, '2007-10-03'), DATENAME(quarter, '2007-10-30')
--> '2007' | 'October' | 'Tuesday' | '3' | '4'
SELECT DATENAME(hour, '2007-10-30 02:05'), DATENAME(minute, '2007-10-30 02:05'), DATENAME(dayofyear, '2007-10-30'), DATENAME(week, '2007-10-30'), DATENAME(iso_week, '2007-10-30')
--> '2' | '5' | '303' | '44' | '44'
SELECT DATENAME(month, '2024-01-01')
--: nvarchar(30)
--> 'January'
SELECT DATENAME(tzoffset, CAST('2007-10-30 12:15:32.123 +05:10' AS datetimeoffset))
--> '+05:10'
SELECT DATENAME(day, NULL), DATENAME(dw, '2024-01-01') + N'!'
--> NULL | 'Monday!'
-- source: functions/year-transact-sql
SELECT YEAR('2010-04-30T01:01:01.1234567'), MONTH('2007-04-30T01:01:01.1234567 -07:00'), DAY('2015-04-30 01:01:01.1234567')
--: int, int, int
--> 2010 | 4 | 30
SELECT YEAR(0), MONTH(0), DAY(0)
--> 1900 | 1 | 1
SELECT YEAR(NULL), MONTH(NULL), DAY(NULL), YEAR('')
--> NULL | NULL | NULL | 1900
SELECT YEAR(1), DAY(1), DAY(31), MONTH(31)
--> 1900 | 2 | 1 | 2

-- source: functions/eomonth-transact-sql, return type
SELECT EOMONTH('2024-02-10'), EOMONTH('2023-02-10'), EOMONTH('2024-12-31')
--: date, date, date
--> 2024-02-29 | 2023-02-28 | 2024-12-31
SELECT EOMONTH(CAST('2024-01-31 23:59:59' AS datetime), 1), EOMONTH(CAST('2024-03-31' AS date), -1), EOMONTH('2024-01-01', 12), EOMONTH('2024-01-15', 0)
--> 2024-02-29 | 2024-02-29 | 2025-01-31 | 2024-01-31
SELECT EOMONTH(NULL), EOMONTH(NULL, 1)
--> NULL | NULL
SELECT EOMONTH('9999-12-01', 1)
--> error 517: Adding a value to a 'date' column caused an overflow.
SELECT EOMONTH('2024-13-01')
--> error 241
-- source: functions/datefromparts-transact-sql
SELECT DATEFROMPARTS(2010, 12, 31), DATEFROMPARTS(1, 1, 1), DATEFROMPARTS(9999, 12, 31)
--: date, date, date
--> 2010-12-31 | 0001-01-01 | 9999-12-31
SELECT DATEFROMPARTS(2024, NULL, 1), DATEFROMPARTS(NULL, 13, 1)
--> NULL | NULL
SELECT DATEFROMPARTS(2023, 2, 29)
--> error 289: Cannot construct data type date, some of the arguments have values which are not valid.
SELECT DATEFROMPARTS(0, 1, 1)
--> error 289: Cannot construct data type date, some of the arguments have values which are not valid.
SELECT DATEFROMPARTS(2024, 1)
--> error 174: The datefromparts function requires 3 argument(s).
-- source: functions/datetimefromparts-transact-sql
SELECT DATETIMEFROMPARTS(2010, 12, 31, 23, 59, 59, 0), DATETIMEFROMPARTS(2024, 1, 2, 3, 4, 5, 999)
--: datetime, datetime
--> 2010-12-31 23:59:59.000 | 2024-01-02 03:04:06.000
SELECT DATETIMEFROMPARTS(2010, 12, NULL, 23, 59, 59, 0)
--> NULL
SELECT DATETIMEFROMPARTS(1752, 12, 31, 0, 0, 0, 0)
--> error 289: Cannot construct data type datetime, some of the arguments have values which are not valid.
SELECT DATETIMEFROMPARTS(2024, 1, 1, 24, 0, 0, 0)
--> error 289: Cannot construct data type datetime, some of the arguments have values which are not valid.
-- source: functions/datetime2fromparts-transact-sql
SELECT DATETIME2FROMPARTS(2010, 12, 31, 23, 59, 59, 0, 0)
--: datetime2(0)
--> 2010-12-31 23:59:59
SELECT DATETIME2FROMPARTS(2011, 8, 15, 14, 23, 44, 5, 1), DATETIME2FROMPARTS(2011, 8, 15, 14, 23, 44, 50, 2), DATETIME2FROMPARTS(2011, 8, 15, 14, 23, 44, 500, 3)
--: datetime2(1), datetime2(2), datetime2(3)
--> 2011-08-15 14:23:44.5 | 2011-08-15 14:23:44.50 | 2011-08-15 14:23:44.500
SELECT DATETIME2FROMPARTS(2011, 8, 15, 14, 23, 44, 5, 7)
--> 2011-08-15 14:23:44.0000005
--! known: times have microseconds
SELECT DATETIME2FROMPARTS(2011, NULL, 15, 14, 23, 44, 5, 1)
--> NULL
SELECT DATETIME2FROMPARTS(2011, 8, 15, 14, 23, 44, 10, 1)
--> error 289: Cannot construct data type datetime2, some of the arguments have values which are not valid.
SELECT DATETIME2FROMPARTS(2011, 8, 15, 14, 23, 44, 5, NULL)
--> error 10760: Scale argument is not valid. Valid expressions for data type datetime2 scale argument are integer constants and integer constant expressions.
-- source: functions/timefromparts-transact-sql
SELECT TIMEFROMPARTS(23, 59, 59, 0, 0), TIMEFROMPARTS(14, 23, 44, 5, 1), TIMEFROMPARTS(14, 23, 44, 50, 2), TIMEFROMPARTS(14, 23, 44, 500, 3)
--: time(0), time(1), time(2), time(3)
--> 23:59:59 | 14:23:44.5 | 14:23:44.50 | 14:23:44.500
SELECT TIMEFROMPARTS(NULL, 0, 0, 0, 0)
--> NULL
SELECT TIMEFROMPARTS(24, 0, 0, 0, 0)
--> error 289: Cannot construct data type time, some of the arguments have values which are not valid.
-- source: functions/smalldatetimefromparts-transact-sql
SELECT SMALLDATETIMEFROMPARTS(2010, 12, 31, 23, 59)
--: smalldatetime
--> 2010-12-31 23:59:00
-- source: functions/datetimeoffsetfromparts-transact-sql
SELECT DATETIMEOFFSETFROMPARTS(2010, 12, 31, 14, 23, 23, 0, 12, 0, 7)
--: datetimeoffset(7)
--> 2010-12-31 14:23:23.0000000 +12:00
-- source: functions/switchoffset-transact-sql
SELECT SWITCHOFFSET(CAST('1998-09-20 07:45:50.71345 -5:00' AS datetimeoffset(5)), '-08:00')
--> 1998-09-20 04:45:50.71345 -08:00
-- source: functions/todatetimeoffset-transact-sql
SELECT TODATETIMEOFFSET(CAST('2024-01-01 10:00' AS datetime2(0)), '+05:30')
--> 2024-01-01 10:00:00 +05:30
-- source: queries/at-time-zone-transact-sql
SELECT CAST('2024-01-01 10:00' AS datetime2(0)) AT TIME ZONE 'UTC'
--> 2024-01-01 10:00:00 +00:00

-- source: functions/datetrunc-transact-sql, use different datepart options
SELECT DATETRUNC(year, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(quarter, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(month, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(week, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(iso_week, CAST('2021-12-08 11:30:15.1234567' AS datetime2))
--: datetime2(7), datetime2(7), datetime2(7), datetime2(7), datetime2(7)
--> 2021-01-01 00:00:00.0000000 | 2021-10-01 00:00:00.0000000 | 2021-12-01 00:00:00.0000000 | 2021-12-05 00:00:00.0000000 | 2021-12-06 00:00:00.0000000
SELECT DATETRUNC(dayofyear, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(day, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(hour, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(minute, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(second, CAST('2021-12-08 11:30:15.1234567' AS datetime2))
--> 2021-12-08 00:00:00.0000000 | 2021-12-08 00:00:00.0000000 | 2021-12-08 11:00:00.0000000 | 2021-12-08 11:30:00.0000000 | 2021-12-08 11:30:15.0000000
SELECT DATETRUNC(millisecond, CAST('2021-12-08 11:30:15.1234567' AS datetime2)), DATETRUNC(microsecond, CAST('2021-12-08 11:30:15.1234567' AS datetime2))
--> 2021-12-08 11:30:15.1230000 | 2021-12-08 11:30:15.1234560
-- source: functions/datetrunc-transact-sql, return type
SELECT DATETRUNC(month, '1998-03-04')
--: datetime2(7)
--> 1998-03-01 00:00:00.0000000
SELECT DATETRUNC(month, CAST('1998-03-04' AS date)), DATETRUNC(hour, CAST('10:20:30.4' AS time(1))), DATETRUNC(day, CAST('2024-01-01 10:20' AS smalldatetime)), DATETRUNC(day, CAST('2024-01-01 10:20' AS datetime))
--: date, time(1), smalldatetime, datetime
--> 1998-03-01 | 10:00:00.0 | 2024-01-01 00:00:00 | 2024-01-01 00:00:00.000
SELECT DATETRUNC(day, CAST('2021-01-01 00:30:00 +02:00' AS datetimeoffset(0)))
--> 2021-01-01 00:00:00 +02:00
SELECT DATETRUNC(day, CAST(NULL AS date))
--> NULL
SELECT DATETRUNC(millisecond, CAST('2020-02-02 02:02:02.002' AS datetime)), DATETRUNC(second, CAST('2009-09-11 12:42:12' AS smalldatetime))
--> 2020-02-02 02:02:02.003 | 2009-09-11 12:42:00
SELECT DATETRUNC(millisecond, '1998-03-04 10:10:05.1234567')
--> 1998-03-04 10:10:05.1230000
-- source: functions/datetrunc-transact-sql, errors
SELECT DATETRUNC(microsecond, CAST('2021-12-12 12:12:12.123' AS datetime2(3)))
--> error 9810: The datepart microsecond is not supported by date function datetrunc for data type datetime2.
SELECT DATETRUNC(hour, CAST('2024-01-01' AS date))
--> error 9810: The datepart hour is not supported by date function datetrunc for data type date.
SELECT DATETRUNC(year, CAST('10:00' AS time))
--> error 9810: The datepart year is not supported by date function datetrunc for data type time.
SELECT DATETRUNC(microsecond, CAST('2024-01-01' AS datetime))
--> error 9810: The datepart microsecond is not supported by date function datetrunc for data type datetime.
SELECT DATETRUNC(weekday, CAST('2024-01-01' AS date))
--> error 9810
SELECT DATETRUNC(week, CAST('0001-01-01' AS date))
--> error 9837
-- source: functions/date-bucket-transact-sql
SELECT DATE_BUCKET(week, 1, CAST('2020-04-15 21:22:11' AS datetime2(0))), DATE_BUCKET(week, 5, CAST('2020-04-15 21:22:11' AS datetime2(0)))
--: datetime2(0), datetime2(0)
--> 2020-04-13 00:00:00 | 2020-04-06 00:00:00
SELECT DATE_BUCKET(week, 5, CAST('2020-06-15 21:22:11' AS datetime2(0)), CAST('2019-01-01' AS datetime2(0)))
--> 2020-06-09 00:00:00
SELECT DATE_BUCKET(day, 365, CAST('2000-01-01 01:01:01' AS datetime2(0)))
--> 1999-12-08 00:00:00
SELECT DATE_BUCKET(hour, 1, CAST('2020-04-30 21:21:21' AS datetime2(0))), DATE_BUCKET(minute, 1, CAST('2020-04-30 21:21:21' AS datetime2(0)))
--> 2020-04-30 21:00:00 | 2020-04-30 21:21:00
SELECT DATE_BUCKET(day, -1, CAST('2020-04-30' AS date))
--> error 9834: Invalid bucket width value passed to DATE_BUCKET function. Only positive values are allowed.
SELECT DATE_BUCKET(week, 2, CAST('2024-01-10' AS date))
--> 2024-01-01
-- source: functions/isdate-transact-sql
SELECT ISDATE('2009-05-12 10:19:41.177'), ISDATE('10:19:41.177'), ISDATE('2024'), ISDATE('13/13/2024'), ISDATE('2024-02-30')
--: int, int, int, int, int
--> 1 | 1 | 1 | 0 | 0
SELECT ISDATE(NULL), ISDATE(''), ISDATE('abc'), ISDATE('1752-12-31'), ISDATE('1753-01-01')
--> 0 | 0 | 0 | 0 | 1
SELECT ISDATE('2024-01-01 10:20:30.1234567'), ISDATE(CAST('2024-01-01' AS datetime))
--> 0 | 1
SET DATEFORMAT mdy; SELECT ISDATE('04/15/2008'), ISDATE('15/04/2008')
--> 1 | 0
SET DATEFORMAT dmy; SELECT ISDATE('04/15/2008'), ISDATE('15/04/2008')
--> 0 | 1

-- source: functions/sysdatetime-transact-sql
SELECT CAST(CASE WHEN ABS(DATEDIFF(second, SYSDATETIME(), GETDATE())) <= 1 THEN 1 ELSE 0 END AS bit)
--> 1
SELECT SYSDATETIME() WHERE 1 = 0
--: datetime2(7)
--> no rows
SELECT SYSUTCDATETIME(), SYSDATETIMEOFFSET(), GETDATE(), GETUTCDATE(), CURRENT_TIMESTAMP WHERE 1 = 0
--: datetime2(7), datetimeoffset(7), datetime, datetime, datetime
--> no rows
-- source: functions/current-timezone-transact-sql
SELECT LEN(CURRENT_TIMEZONE()) - LEN(CURRENT_TIMEZONE())
--> 0
-- source: statements/set-datefirst-transact-sql
SELECT @@DATEFIRST
--: tinyint
--> 7
SET DATEFIRST 1; SELECT DATEPART(weekday, '2024-01-01')
--> 1
SET DATEFIRST 3; SELECT DATEPART(dw, '1999-01-01'), @@DATEFIRST
--> 3 | 3
SET DATEFIRST 1; SELECT DATEPART(week, '2024-01-07'), DATEPART(week, '2024-01-08'), DATENAME(week, '2024-12-31')
--> 1 | 2 | '53'
SET DATEFIRST 7; SELECT DATEPART(week, '2024-01-06'), DATEPART(week, '2024-01-07')
--> 1 | 2
SET DATEFIRST 1; SELECT DATETRUNC(week, CAST('2024-01-07' AS date)), DATETRUNC(iso_week, CAST('2024-01-07' AS date))
--> 2024-01-01 | 2024-01-01
SET DATEFIRST 1; SELECT DATEDIFF(week, '2024-01-06', '2024-01-07'), DATENAME(weekday, '2024-01-07')
--> 1 | 'Sunday'
SET DATEFIRST 8
--> error 2742: SET DATEFIRST 8 is out of range.
-- source: statements/set-dateformat-transact-sql
SET DATEFORMAT dmy; SELECT CAST('01/02/2024' AS datetime)
--> 2024-02-01 00:00:00.000
SET DATEFORMAT mdy; SELECT CAST('01/02/2024' AS datetime)
--> 2024-01-02 00:00:00.000
SET DATEFORMAT ymd; SELECT CAST('24/01/02' AS datetime)
--> 2024-01-02 00:00:00.000
SET DATEFORMAT dmy; SELECT CAST('2024-01-02' AS date), CAST('20240102' AS datetime)
--> 2024-01-02 | 2024-01-02 00:00:00.000
SET DATEFORMAT dmy; SELECT CAST('2024-01-02' AS datetime)
--> 2024-02-01 00:00:00.000
SET DATEFORMAT dmy; SELECT CAST('31/12/2024' AS date), CAST('01-02-24' AS datetime2(0)), ISDATE('12/31/2024')
--> 2024-12-31 | 2024-02-01 00:00:00 | 0
SET DATEFORMAT dmy; SELECT CAST('12/31/2024' AS datetime)
--> error 242
SET DATEFORMAT dmy; SELECT CAST('12/31/2024' AS date)
--> error 241
SET DATEFORMAT dmy; SELECT CAST('2024-01-02T00:00:00' AS datetime), CAST('240102' AS datetime), CAST('Jan 2 2024' AS date)
--> 2024-01-02 00:00:00.000 | 2024-01-02 00:00:00.000 | 2024-01-02
SET DATEFORMAT dmy
DECLARE @written varchar(10) = '01/02/2024', @day date = '01/02/2024'
SELECT @day, CAST(@written AS date), CONVERT(date, @written, 101), CONVERT(datetime, '2024-01-02', 120)
--> 2024-02-01 | 2024-02-01 | 2024-01-02 | 2024-01-02 00:00:00.000
SET DATEFORMAT ydm; SELECT CAST('24/01/02' AS date)
--> error 241
--! refused: SET DATEFORMAT ydm for types other than DATETIME and SMALLDATETIME
SET DATEFORMAT dmy; SELECT date_format FROM sys.dm_exec_sessions WHERE session_id = @@SPID
--> 'dmy'
CREATE PROCEDURE dbo.day_first AS SET DATEFORMAT dmy; SELECT CAST('2024-01-02' AS datetime)
GO
CREATE VIEW dbo.days AS SELECT CAST('2024-01-02' AS datetime) AS old, CAST('2024-01-02' AS date) AS new, CAST('03/04/2024' AS datetime2(0)) AS other
GO
EXEC dbo.day_first
SELECT CAST('2024-01-02' AS datetime)
SELECT * FROM dbo.days
SET DATEFORMAT dmy
SELECT * FROM dbo.days
--> 2024-02-01 00:00:00.000
--> next result
--> 2024-01-02 00:00:00.000
--> next result
--> 2024-01-02 00:00:00.000 | 2024-01-02 | 2024-03-04 00:00:00
--> next result
--> 2024-02-01 00:00:00.000 | 2024-01-02 | 2024-04-03 00:00:00
CREATE VIEW dbo.late AS SELECT 1 AS one WHERE CAST('2024-01-02' AS datetime) < '2024-01-13'
GO
SELECT one FROM dbo.late
SET DATEFORMAT dmy
SELECT one FROM dbo.late
--> 1
--> error 242
-- source: data-types/datetime-transact-sql, numeric; data-types/date-transact-sql, numeric
SET DATEFORMAT mdy; SELECT CAST('4/15/1996' AS datetime), CAST('4-15-96' AS datetime), CAST('04.15.1996' AS date)
--> 1996-04-15 00:00:00.000 | 1996-04-15 00:00:00.000 | 1996-04-15
SET DATEFORMAT myd; SELECT CAST('04/1996/15' AS datetime), CAST('4/96/15' AS datetime), CAST('04/1996/15' AS date)
--> 1996-04-15 00:00:00.000 | 1996-04-15 00:00:00.000 | 1996-04-15
SET DATEFORMAT dmy; SELECT CAST('15/04/1996' AS datetime), CAST('15/4/96' AS datetime), CAST('15.04.1996' AS date)
--> 1996-04-15 00:00:00.000 | 1996-04-15 00:00:00.000 | 1996-04-15
SET DATEFORMAT dym; SELECT CAST('15/1996/04' AS datetime), CAST('15/96/4' AS datetime), CAST('15-1996-04' AS date)
--> 1996-04-15 00:00:00.000 | 1996-04-15 00:00:00.000 | 1996-04-15
SET DATEFORMAT ydm; SELECT CAST('1996/15/04' AS datetime), CAST('96/15/4' AS smalldatetime)
--> 1996-04-15 00:00:00.000 | 1996-04-15 00:00:00
SET DATEFORMAT ymd; SELECT CAST('1996/04/15' AS datetime), CAST('96/4/15' AS datetime), CAST('1996/04/15' AS date)
--> 1996-04-15 00:00:00.000 | 1996-04-15 00:00:00.000 | 1996-04-15
-- source: statements/set-language-transact-sql; relational-databases/system-compatibility-views/sys-syslanguages-transact-sql
SET LANGUAGE British
SELECT @@LANGUAGE, @@LANGID, @@DATEFIRST, CAST('01/02/2024' AS datetime)
SET LANGUAGE us_english
SELECT @@LANGUAGE, @@LANGID, @@DATEFIRST, CAST('01/02/2024' AS datetime)
--> message: Changed language setting to British.
--> 'British' | 23 | 1 | 2024-02-01 00:00:00.000
--> message: Changed language setting to us_english.
--> next result
--> 'us_english' | 0 | 7 | 2024-01-02 00:00:00.000
-- source: statements/set-dateformat-transact-sql; relational-databases/errors-events (2741)
SET DATEFORMAT 'mdy'
DECLARE @f VARCHAR(3) = 'MDY'
SET DATEFORMAT @f
SELECT CAST('12/31/2024' AS DATETIME)
--> 2024-12-31 00:00:00.000
SET DATEFORMAT abc
--> error 2741: SET DATEFORMAT date order 'abc' is invalid.
