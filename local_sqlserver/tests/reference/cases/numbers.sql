-- chapter: Functions of numbers
-- source: functions/abs-transact-sql
SELECT ABS(-1.0), ABS(0.0), ABS(1.0)
--> 1.0 | 0.0 | 1.0
SELECT ABS(-5), ABS(NULL), ABS(CAST(-5 AS bigint)), ABS(CAST(-2.5 AS money)), ABS(-2.5e0)
--> 5 | NULL | 5 | 2.5000 | 2.5
SELECT ABS(CAST(-2147483648 AS int))
--> error 8115: Arithmetic overflow error converting expression to data type int.
SELECT ABS(CAST(-1 AS smallmoney)), ABS(CAST(1 AS bit)), ABS(CAST(-1 AS smallint)), ABS(CAST(-1 AS real))
--: money, float, int, float
--> 1.0000 | 1 | 1 | 1

SELECT ABS('-3.5')
--: float
--> 3.5
SELECT ABS('x')
--> error 8114: Error converting data type varchar to float.
SELECT ABS()
--> error 174: The abs function requires 1 argument(s).
-- source: functions/ceiling-transact-sql
SELECT CEILING(123.45), CEILING(-123.45), CEILING(0.0)
--> 124 | -123 | 0
SELECT CEILING($123.45), CEILING($-123.45), CEILING($0.0)
--: money, money, money
--> 124.0000 | -123.0000 | 0.0000
SELECT CEILING(CAST(2.1 AS decimal(5,2)))
--: decimal(5,0)
--> 3
SELECT CEILING(2.1e0), CEILING(CAST(7 AS int)), CEILING(NULL)
--> 3 | 7 | NULL
SELECT FLOOR(123.45), FLOOR(-123.45), FLOOR($123.45)
--> 123 | -124 | 123.0000
-- source: functions/floor-transact-sql
SELECT FLOOR(CAST(-2.1 AS decimal(5,2)))
--: decimal(5,0)
--> -3
SELECT FLOOR(CAST(7 AS bigint)), FLOOR(-0.5e0), FLOOR(CAST(-1 AS smallint))
--> 7 | -1 | -1
-- source: functions/round-transact-sql, examples
SELECT ROUND(123.9994, 3), ROUND(123.9995, 3)
--: numeric(7,4), numeric(7,4)
--> 123.9990 | 124.0000
SELECT ROUND(123.4545, 2), ROUND(123.45, -2)
--> 123.4500 | 100.00
SELECT ROUND(150.75, 0), ROUND(150.75, 0, 1)
--> 151.00 | 150.00
SELECT ROUND(748.58, -1), ROUND(748.58, -2)
--> 750.00 | 700.00
SELECT ROUND(748.58, -4)
--> 0.00
SELECT ROUND(CAST(748.58 AS decimal(6,2)), -3)
--> 1000.00
SELECT ROUND(748.58, -3)
--> error 8115: Arithmetic overflow error converting numeric to data type numeric.
SELECT ROUND(1.256, 1.9), ROUND(1.25, '1'), ROUND(1255, -1.9), ROUND(1.256, 2, 1.0)
--> 1.300 | 1.30 | 1260 | 1.250
-- source: functions/round-transact-sql, return types
SELECT ROUND(CAST(7 AS tinyint), 0), ROUND(CAST(7 AS smallint), 0), ROUND(7, 0), ROUND(CAST(7 AS bigint), 0)
--: int, int, int, bigint
--> 7 | 7 | 7 | 7
SELECT ROUND($1.23456, 1), ROUND(CAST(1.255 AS smallmoney), 2), ROUND(1.25e0, 1)
--: money, money, float
--> 1.2000 | 1.2600 | 1.3
SELECT ROUND(15, -1), ROUND(14, -1), ROUND(-15, -1), ROUND(15, -3), ROUND(15, 5)
--> 20 | 10 | -20 | 0 | 15
SELECT ROUND(1255, -20, 1), ROUND(CAST(1255 AS bigint), -3, 1)
--> 0 | 1000

SELECT ROUND(-2.5, 0), ROUND(2.5, 0), ROUND(-2.5, 0, 1), ROUND(2.55, 1), ROUND(-2.55, 1)
--> -3.0 | 3.0 | -2.0 | 2.60 | -2.60
SELECT ROUND(NULL, 1), ROUND(1.5, NULL)
--> NULL | NULL
--! refused: ROUND of a decimal to places that are not a constant
SELECT ROUND(2147483647, -1)
--> error 8115: Arithmetic overflow error converting expression to data type int.
SELECT ROUND(1.5)
--> error 189: The round function requires 2 to 3 arguments.
SELECT ROUND(1234.5678, 2, 0), ROUND(1234.5678, 2, 1), ROUND(1234.5678, -2, 7)
--> 1234.5700 | 1234.5600 | 1200.0000
-- source: functions/power-transact-sql
SELECT POWER(2, 10), POWER(2, -1), POWER(2, 0), POWER(-2, 3)
--: int, int, int, int
--> 1024 | 0 | 1 | -8
SELECT POWER(2.0, -1), POWER(2.00, -1), POWER(2.000, -2)
--> 0.5 | 0.50 | 0.250
SELECT POWER(CAST(2 AS float), -100.0)
--: float
--> 7.88860905221012e-31
SELECT POWER(2, 31)
--> error 232: Arithmetic overflow error for type int, value = 2147483648.000000.
SELECT POWER(CAST(2 AS bigint), 40), POWER(NULL, 2), POWER(2, NULL)
--> 1099511627776 | NULL | NULL
SELECT POWER(CAST(2 AS smallint), 3), POWER(CAST(2 AS tinyint), 3), POWER($2, 2)
--: int, int, money
--> 8 | 8 | 4.0000
SELECT POWER(1e200, 2)
--> error 8115: Arithmetic overflow error converting expression to data type float.
SELECT POWER(-8e0, 1e0 / 3)
--> error 3623: An invalid floating point operation occurred.
SELECT POWER(0e0, -1)
--> error 3623: An invalid floating point operation occurred.
SELECT POWER(0e0, 0), POWER(-8e0, 3)
--> 1 | -512
-- source: functions/power-transact-sql, return types
SELECT POWER(CAST(2 AS smallmoney), 2), POWER(CAST(1 AS bit), 2), POWER(CAST(2 AS real), 2), POWER('2', 3)
--: money, float, float, float
--> 4.0000 | 1 | 4 | 8

-- source: functions/sqrt-transact-sql
SELECT SQRT(1.00), SQRT(10.00)
--: float, float
--> 1 | 3.16227766016838
SELECT SQRT(0), SQRT(NULL)
--> 0 | NULL
SELECT SQRT(-1)
--> error 3623: An invalid floating point operation occurred.
-- source: functions/square-transact-sql
SELECT SQUARE(3), SQUARE(-1.5), SQUARE(NULL)
--: float, float, float
--> 9 | 2.25 | NULL
SELECT SQUARE(1e200)
--> error 8115: Arithmetic overflow error converting expression to data type float.
-- source: functions/sign-transact-sql
SELECT SIGN(-125), SIGN(0), SIGN(564)
--: int, int, int
--> -1 | 0 | 1
SELECT SIGN(-2.5), SIGN($2), SIGN(-2e0), SIGN(NULL)
--> -1.0 | 1.0000 | -1 | NULL
SELECT SIGN(CAST(-7 AS smallmoney)), SIGN(CAST(1 AS bit)), SIGN(CAST(-2 AS real))
--: money, float, float
--> -1.0000 | 1 | -1

SELECT SIGN(CAST(-7 AS bigint)), SIGN(CAST(7 AS smallint))
--: bigint, int
--> -1 | 1
-- source: functions/exp-transact-sql
SELECT EXP(0), EXP(1), EXP(10.0), EXP(NULL)
--: float, float, float, float
--> 1 | 2.71828182845905 | 22026.4657948067 | NULL
SELECT EXP(710)
--> error 8115: Arithmetic overflow error converting expression to data type float.
-- source: functions/log-transact-sql
SELECT LOG(10), LOG(1), LOG(EXP(10)), LOG(8, 2), LOG(100, 10), LOG(NULL)
--> 2.30258509299405 | 0 | 10 | 3 | 2 | NULL
SELECT LOG(0)
--> error 3623: An invalid floating point operation occurred.
SELECT LOG(-1)
--> error 3623: An invalid floating point operation occurred.
SELECT LOG(2, 1)
--> error 3623: An invalid floating point operation occurred.
SELECT LOG(2, -1)
--> error 3623: An invalid floating point operation occurred.
-- source: functions/log10-transact-sql
SELECT LOG10(145.175643), LOG10(1000), LOG10(0.01)
--: float, float, float
--> 2.16189375825097 | 3 | -2
SELECT LOG10(0)
--> error 3623: An invalid floating point operation occurred.
-- source: functions/pi-transact-sql
SELECT PI()
--: float
--> 3.14159265358979
-- source: functions/sin-transact-sql
SELECT SIN(0), SIN(45.175643), COS(14.78), TAN(0), COT(124.1332)
--> 0 | 0.929607286611012 | -0.599465426194654 | 0 | -0.0403119983711489
SELECT SIN(NULL), COS(0), TAN(PI()/4), ATAN(1) * 4
--> NULL | 1 | 1 | 3.14159265358979
-- source: functions/acos-transact-sql
SELECT ACOS(-1), ACOS(1), ASIN(1), ASIN(0), ATAN(0)
--> 3.14159265358979 | 0 | 1.5707963267949 | 0 | 0
SELECT ACOS(1.01)
--> error 3623: An invalid floating point operation occurred.
SELECT ASIN(-1.1)
--> error 3623: An invalid floating point operation occurred.
-- source: functions/atn2-transact-sql
SELECT ATN2(35.175643, 129.44), ATN2(0, 1), ATN2(1, 0)
--> 0.265344532064832 | 0 | 1.5707963267949
SELECT ATN2(0, 0)
--> error 3623: An invalid floating point operation occurred.

-- source: functions/degrees-transact-sql
SELECT DEGREES(PI()/2), DEGREES(PI())
--: float, float
--> 90 | 180
SELECT DEGREES(1), DEGREES(NULL)
--: int, int
--> 57 | NULL
SELECT DEGREES(CAST(NULL AS decimal(5,2))), DEGREES(CAST(0 AS decimal(30,20))), DEGREES($1), DEGREES(CAST(1 AS real))
--: decimal(38,18), decimal(38,20), money, float
--> NULL | 0.00000000000000000000 | 57.2958 | 57.2957795130823

-- source: functions/radians-transact-sql
SELECT RADIANS(180e0), RADIANS(-45.01e0)
--: float, float
--> 3.14159265358979 | -0.785572696322648
SELECT RADIANS(CAST(0 AS decimal(5,2))), CAST(RADIANS(90.0) AS decimal(16,15)), RADIANS(CAST(180 AS smallint))
--: decimal(38,18), decimal(16,15), int
--> 0.000000000000000000 | 1.570796326794897 | 3

SELECT RADIANS(180)
--: int
--> 3
-- source: functions/rand-transact-sql
SELECT CAST(CASE WHEN RAND() >= 0 AND RAND() < 1 THEN 1 ELSE 0 END AS bit)
--> 1
SELECT CAST(CASE WHEN RAND(5) = RAND(5) THEN 1 ELSE 0 END AS bit)
--> 1
--! refused: RAND with a seed
-- source: functions/bit-count-transact-sql
SELECT BIT_COUNT(CAST(17 AS int)), BIT_COUNT(0xABCDEF), BIT_COUNT(CAST(-1 AS bigint)), BIT_COUNT(CAST(NULL AS int))
--> 2 | 17 | 64 | NULL
--! refused: BIT_COUNT of binary data
-- source: functions/get-bit-transact-sql
SELECT GET_BIT(0xABCDEF, 2), GET_BIT(0xABCDEF, 4)
--> 1 | 0
--! refused: GET_BIT of binary data
-- source: functions/left-shift-transact-sql
SELECT LEFT_SHIFT(12345, 5), 12345 << 5
--> 395040 | 395040
-- source: functions/right-shift-transact-sql
SELECT RIGHT_SHIFT(12345, 5), 12345 >> 5
--> 385 | 385
-- source: functions/set-bit-transact-sql
SELECT SET_BIT(0x00, 2), SET_BIT(0xABCDEF, 0, 0)
--> 0x04 | 0xABCDEE
--! refused: SET_BIT of binary data
-- source: functions/logical-functions-greatest-transact-sql
SELECT GREATEST('6.62', 3.1415, N'7')
--> 7.0000
SELECT GREATEST('Glacier', N'Joshua Tree', 'Mount Rainier'), GREATEST(NULL, 3, 7), GREATEST(NULL, NULL, CAST(NULL AS int))
--> 'Mount Rainier' | 7 | NULL
SELECT GREATEST(1, 2.5, 0), GREATEST(CAST('2024-01-01' AS date), CAST('2024-01-02' AS datetime2(0))), GREATEST(5)
--> 2.5 | 2024-01-02 00:00:00 | 5
SELECT GREATEST()
--> error 189
-- source: functions/logical-functions-least-transact-sql
SELECT LEAST('6.62', 3.1415, N'7'), LEAST('Glacier', N'Joshua Tree', 'Mount Rainier'), LEAST(NULL, 3, 7)
--> 3.1415 | 'Glacier' | 3
SELECT LEAST(NULL, NULL)
--> NULL
-- source: functions/cot-transact-sql
SELECT COT(0)
--> error 3623: An invalid floating point operation occurred.
