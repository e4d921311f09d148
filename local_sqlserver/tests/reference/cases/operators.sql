-- chapter: Operators and NULL
-- source: language-elements/arithmetic-operators-transact-sql
SELECT 7 / 2, -7 / 2, 7 / -2, 7 % 2, -7 % 2, 7 % -2, 7 / 2.0, 7.0 / 2
--> 3 | -3 | -3 | 1 | -1 | 1 | 3.500000 | 3.500000
SELECT 1 / 0
--> error 8134: Divide by zero error encountered.
SELECT 1 % 0
--> error 8134: Divide by zero error encountered.
SELECT 1.5 % 1, 5.5 % 2.5, $5 % 3, 10 % 3
--> 0.5 | 0.5 | 2.0000 | 1
SELECT 5e0 % 2
--> error 402: The data types float and int are incompatible in the modulo operator.
SELECT 'a' * 'b'
--> error 8117: Operand data type varchar is invalid for multiply operator.

SELECT CAST(1 AS bit) / CAST(1 AS bit)
--> error 8117: Operand data type bit is invalid for divide operator.

SELECT 0x05 * 0x02
--> error 8117: Operand data type varbinary is invalid for multiply operator.

SELECT 0x05 - 0x02
--> error 402: The data types varbinary and varbinary are incompatible in the subtract operator.

SELECT 0x05 & 0x02
--> error 402: The data types varbinary and varbinary are incompatible in the '&' operator.

SELECT 0x41 + 'B'
--> error 402: The data types varbinary and varchar are incompatible in the add operator.

SELECT CAST('2024-01-02' AS date) - CAST('2024-01-01' AS date)
--> error 8117: Operand data type date is invalid for subtract operator.

SELECT CAST('10:00' AS time) + CAST('10:00' AS time)
--> error 8117: Operand data type time is invalid for add operator.

SELECT 5e0 % CAST(2 AS real)
--> error 8117: Operand data type float is invalid for modulo operator.

SELECT CAST(-32768 AS smallint) / CAST(-1 AS smallint)
--> error 8115: Arithmetic overflow error converting expression to data type smallint.

DECLARE @a bigint = -9223372036854775808; SELECT @a % -1
--> error 8115: Arithmetic overflow error converting expression to data type bigint.

SELECT -2147483648, -2147483649
--: int, numeric(10,0)
--> -2147483648 | -2147483649

SELECT 2 + 3 * 4, (2 + 3) * 4, 10 - 2 - 3, 100 / 10 / 2, - 2 + 3, 2 * -3
--> 14 | 20 | 5 | 5 | 1 | -6
SELECT 1 + NULL, NULL * 0, NULL / 1, 5 % NULL
--> NULL | NULL | NULL | NULL
SELECT 'a' * 1
--> error 245: Conversion failed when converting the varchar value 'a' to data type int.
SELECT 'a' - 'b'
--> error 402: The data types varchar and varchar are incompatible in the subtract operator.
SELECT GETDATE() * 2
--> error 8117
-- source: language-elements/operator-precedence-transact-sql
SELECT 4 - 2 + 27, 2 * (4 + (5 - 3)), 1 | 2 & 4, ~1 + 1, 5 & 3 + 1
--> 29 | 12 | 0 | -1 | 2
SELECT 100 / -10 / 2, 100 / (-10) / 2, 8 / - 2 * 4, 100 / - 20 % 7, 100 / +10 / 2, - 6 & 3, - 6 + 2, -2 * 3 + 4
--> -20 | -5 | -1 | -16 | 20 | 2 | -4 | -2

SELECT ~2 * 3, ~ - 2 * 3, - - 2 * 3
--> -9 | 5 | 6

SELECT CASE WHEN 1 = 1 OR 1 = 1 AND 1 = 0 THEN 'and first' ELSE 'or first' END, CASE WHEN NOT 1 = 0 AND 1 = 1 THEN 1 ELSE 0 END
--> 'and first' | 1
-- source: language-elements/bitwise-operators-transact-sql
SELECT 170 & 75, 170 | 75, 170 ^ 75, ~170, ~CAST(1 AS bit), ~CAST(0 AS tinyint)
--> 10 | 235 | 225 | -171 | 0 | 255
SELECT CAST(5 AS bigint) & 3, CAST(5 AS tinyint) | CAST(2 AS tinyint), NULL & 1
--: bigint, tinyint, int
--> 1 | 7 | NULL
SELECT 1.5 & 1
--> error 402
SELECT 0xAA & 75
--> 10
SELECT 1e0 | 1
--> error 402
DECLARE @i int = 12; SET @i &= 10; SET @i |= 1; SET @i ^= 3; SELECT @i
--> 10
-- source: language-elements/compound-operators-transact-sql
DECLARE @a int = 10; SET @a += 5; SET @a -= 3; SET @a *= 4; SET @a /= 5; SET @a %= 4; SELECT @a
--> 1
DECLARE @s varchar(10) = 'a'; SET @s += 'b'; SELECT @s += 'c'; SELECT @s
--> 'abc'
-- source: language-elements/string-concatenation-transact-sql
SELECT 'a' + 'b', 'a' + NULL, 'a' + '' + 'b', N'a' + 'b', 'a ' + 'b'
--> 'ab' | NULL | 'ab' | 'ab' | 'a b'
SELECT 'The value is ' + 5
--> error 245: Conversion failed when converting the varchar value 'The value is ' to data type int.
SELECT 'a' + CAST('2024-01-01' AS date)
--> error 402
SELECT DATALENGTH(REPLICATE('a', 8000) + 'b'), DATALENGTH(REPLICATE(N'a', 4000) + N'b')
--> 8000 | 8000
SELECT DATALENGTH(CAST(REPLICATE('a', 8000) AS varchar(max)) + 'b')
--> 8001
SELECT CAST('a' AS char(2)) + CAST('b' AS char(3)), CAST('a' AS char(2)) + CAST(N'b' AS nchar(2)), CAST('a' AS char(2)) + 'b'
--: char(5), nchar(4), varchar(3)
--> 'a b  ' | 'a b ' | 'a b'

SELECT 0x01 + 0x0203
--> 0x010203
-- source: language-elements/comparison-operators-transact-sql
SELECT CASE WHEN 1 = 1.0 THEN 1 ELSE 0 END, CASE WHEN 'a' = 'A' THEN 1 ELSE 0 END, CASE WHEN 'a' = 'a  ' THEN 1 ELSE 0 END, CASE WHEN ' a' = 'a' THEN 1 ELSE 0 END, CASE WHEN '' = '   ' THEN 1 ELSE 0 END
--> 1 | 1 | 1 | 0 | 1
SELECT CASE WHEN 1 <> 2 THEN 1 ELSE 0 END, CASE WHEN 1 != 2 THEN 1 ELSE 0 END, CASE WHEN 1 !< 2 THEN 1 ELSE 0 END, CASE WHEN 2 !> 2 THEN 1 ELSE 0 END, CASE WHEN 2 >= 2 THEN 1 ELSE 0 END, CASE WHEN 2 < = 2 THEN 1 ELSE 0 END
--> 1 | 1 | 0 | 1 | 1 | 1
SELECT CASE WHEN 'b' > 'A' THEN 1 ELSE 0 END, CASE WHEN '10' < '9' THEN 1 ELSE 0 END, CASE WHEN 10 < '9' THEN 1 ELSE 0 END
--> 1 | 1 | 0
SELECT CASE WHEN CAST('2024-01-01' AS date) < '2024-01-02' THEN 1 ELSE 0 END, CASE WHEN CAST('2024-01-01' AS date) = CAST('2024-01-01 00:00' AS datetime) THEN 1 ELSE 0 END
--> 1 | 1
SELECT CASE WHEN CAST('10:00' AS time) = CAST('1900-01-01 10:00' AS datetime) THEN 1 ELSE 0 END
--> error 402: The data types time and datetime are incompatible in the equal to operator.

SELECT v FROM (VALUES (CAST('1900-01-01 10:00' AS smalldatetime))) AS t (v) WHERE v >= CAST('10:00' AS time)
--> error 402: The data types smalldatetime and time are incompatible in the greater than or equal to operator.

SELECT CASE WHEN CAST('2024-01-01' AS date) = 1 THEN 1 ELSE 0 END
--> error 206
SELECT CASE WHEN 1 = 'x' THEN 1 ELSE 0 END
--> error 245: Conversion failed when converting the varchar value 'x' to data type int.
SELECT CASE WHEN NULL = NULL THEN 1 WHEN NOT (NULL = NULL) THEN 2 ELSE 3 END, CASE WHEN NULL <> 1 THEN 1 ELSE 0 END
--> 3 | 0
SELECT 1 = 1
--> error 102: Incorrect syntax near '='.
-- source: language-elements/and-transact-sql
SELECT CASE WHEN NULL = 1 AND 1 = 0 THEN 1 WHEN NOT (NULL = 1 AND 1 = 0) THEN 0 END, CASE WHEN NULL = 1 OR 1 = 1 THEN 1 ELSE 0 END, CASE WHEN NOT (NULL = 1 AND 1 = 1) THEN 1 ELSE 0 END
--> 0 | 1 | 0
-- source: language-elements/or-transact-sql
SELECT CASE WHEN NULL = 1 OR 1 = 0 THEN 1 WHEN NOT (NULL = 1 OR 1 = 0) THEN 0 ELSE 2 END
--> 2
-- source: language-elements/not-transact-sql
SELECT CASE WHEN NOT 1 = 2 THEN 1 ELSE 0 END, CASE WHEN NOT NULL = 2 THEN 1 ELSE 0 END, CASE WHEN NOT (1 = 2 OR 2 = 2) THEN 1 ELSE 0 END
--> 1 | 0 | 0
-- source: language-elements/between-transact-sql
SELECT CASE WHEN 5 BETWEEN 1 AND 5 THEN 1 ELSE 0 END, CASE WHEN 5 BETWEEN 5 AND 1 THEN 1 ELSE 0 END, CASE WHEN 5 NOT BETWEEN 6 AND 9 THEN 1 ELSE 0 END, CASE WHEN NULL BETWEEN 1 AND 2 THEN 1 ELSE 0 END, CASE WHEN 5 BETWEEN NULL AND 2 THEN 1 WHEN 5 NOT BETWEEN NULL AND 2 THEN 2 ELSE 3 END
--> 1 | 0 | 1 | 0 | 2
SELECT CASE WHEN 'B' BETWEEN 'a' AND 'c' THEN 1 ELSE 0 END
--> 1
-- source: language-elements/in-transact-sql
SELECT CASE WHEN 1 IN (1, 2) THEN 1 ELSE 0 END, CASE WHEN 3 NOT IN (1, 2) THEN 1 ELSE 0 END, CASE WHEN 3 NOT IN (1, NULL) THEN 1 ELSE 0 END, CASE WHEN 1 IN (1, NULL) THEN 1 ELSE 0 END, CASE WHEN NULL IN (NULL) THEN 1 ELSE 0 END
--> 1 | 1 | 0 | 1 | 0
SELECT CASE WHEN 'a ' IN ('A') THEN 1 ELSE 0 END, CASE WHEN 1 IN ('1', '2') THEN 1 ELSE 0 END
--> 1 | 1
SELECT v FROM (VALUES (1), (2), (NULL)) AS t (v) WHERE v NOT IN (SELECT w FROM (VALUES (1), (NULL)) AS u (w))
--> no rows
SELECT v FROM (VALUES (1), (2), (NULL)) AS t (v) WHERE v NOT IN (SELECT w FROM (VALUES (1)) AS u (w))
--> 2
-- source: language-elements/exists-transact-sql
SELECT CASE WHEN EXISTS (SELECT NULL) THEN 1 ELSE 0 END, CASE WHEN EXISTS (SELECT 1 WHERE 1 = 0) THEN 1 ELSE 0 END, CASE WHEN NOT EXISTS (SELECT 1 WHERE 1 = 0) THEN 1 ELSE 0 END
--> 1 | 0 | 1
-- source: language-elements/all-transact-sql
SELECT CASE WHEN 3 > ALL (SELECT v FROM (VALUES (1), (2)) AS t (v)) THEN 1 ELSE 0 END, CASE WHEN 3 > ALL (SELECT 1 WHERE 1 = 0) THEN 1 ELSE 0 END, CASE WHEN 3 > ALL (SELECT v FROM (VALUES (1), (NULL)) AS t (v)) THEN 1 ELSE 0 END
--> 1 | 1 | 0
-- source: language-elements/some-any-transact-sql
SELECT CASE WHEN 1 = ANY (SELECT v FROM (VALUES (1), (2)) AS t (v)) THEN 1 ELSE 0 END, CASE WHEN 3 < SOME (SELECT v FROM (VALUES (1), (2)) AS t (v)) THEN 1 ELSE 0 END, CASE WHEN 3 = ANY (SELECT 1 WHERE 1 = 0) THEN 1 ELSE 0 END
--> 1 | 0 | 0
-- source: queries/is-null-transact-sql
SELECT CASE WHEN NULL IS NULL THEN 1 ELSE 0 END, CASE WHEN 1 IS NOT NULL THEN 1 ELSE 0 END, CASE WHEN '' IS NULL THEN 1 ELSE 0 END
--> 1 | 1 | 0
-- source: queries/is-distinct-from-transact-sql
SELECT CASE WHEN NULL IS DISTINCT FROM NULL THEN 1 ELSE 0 END, CASE WHEN 1 IS DISTINCT FROM NULL THEN 1 ELSE 0 END, CASE WHEN NULL IS NOT DISTINCT FROM NULL THEN 1 ELSE 0 END, CASE WHEN 1 IS NOT DISTINCT FROM 2 THEN 1 ELSE 0 END, CASE WHEN 'a' IS NOT DISTINCT FROM 'A ' THEN 1 ELSE 0 END
--> 0 | 1 | 1 | 0 | 1
-- source: language-elements/like-transact-sql
SELECT v FROM (VALUES ('abc'), ('aBd'), ('xabc'), ('a'), (''), (NULL)) AS t (v) WHERE v LIKE 'ab%' ORDER BY v
--> 'abc'
--> 'aBd'
SELECT CASE WHEN 'abc' LIKE 'a_c' THEN 1 ELSE 0 END, CASE WHEN 'abc' LIKE '_' THEN 1 ELSE 0 END, CASE WHEN '' LIKE '%' THEN 1 ELSE 0 END, CASE WHEN NULL LIKE '%' THEN 1 ELSE 0 END, CASE WHEN 'abc' LIKE '' THEN 1 ELSE 0 END
--> 1 | 0 | 1 | 0 | 0
SELECT CASE WHEN 'abc' LIKE '[a-c]bc' THEN 1 ELSE 0 END, CASE WHEN 'xbc' LIKE '[^a-c]bc' THEN 1 ELSE 0 END, CASE WHEN 'abc' LIKE '[xyz]bc' THEN 1 ELSE 0 END, CASE WHEN '5' LIKE '[0-9]' THEN 1 ELSE 0 END
--> 1 | 1 | 0 | 1
SELECT CASE WHEN 'ab' LIKE 'a[c-a]' THEN 1 ELSE 0 END, CASE WHEN 'ab' LIKE 'a[^c-a]' THEN 1 ELSE 0 END, CASE WHEN 'ab' LIKE 'a[c-ab]' THEN 1 ELSE 0 END
--> 0 | 1 | 1

-- source: language-elements/like-transact-sql, use wildcard characters as literals
SELECT CASE WHEN '5%' LIKE '5[%]' THEN 1 ELSE 0 END, CASE WHEN '50' LIKE '5[%]' THEN 1 ELSE 0 END, CASE WHEN '_n' LIKE '[_]n' THEN 1 ELSE 0 END, CASE WHEN '-' LIKE '[-acdf]' THEN 1 ELSE 0 END, CASE WHEN '[' LIKE '[[]' THEN 1 ELSE 0 END, CASE WHEN ']' LIKE ']' THEN 1 ELSE 0 END
--> 1 | 0 | 1 | 1 | 1 | 1
SELECT CASE WHEN 'abc_de' LIKE 'abc[_]d%' THEN 1 ELSE 0 END, CASE WHEN 'abcxde' LIKE 'abc[_]d%' THEN 1 ELSE 0 END, CASE WHEN 'abcdef' LIKE 'abc[def]%' THEN 1 ELSE 0 END
--> 1 | 0 | 1
DECLARE @p varchar(9) = '5[%]', @q varchar(9) = 'a[_]b'; SELECT IIF('5%' LIKE @p, 1, 0), IIF('50' LIKE @p, 1, 0), IIF('5.' LIKE @p, 1, 0), IIF('a_b' LIKE @q, 1, 0), IIF('axb' LIKE @q, 1, 0)
--> 1 | 0 | 0 | 1 | 0

SELECT v FROM (VALUES ('50%', '50[%]'), ('50x', '50[%]'), ('a]', 'a['), ('ab', 'a[c-a]'), ('a^', 'a[^b]')) AS t (v, p) WHERE v LIKE p
--> '50%'
--> 'a^'

DECLARE @p varchar(9) = 'a!%b%'; SELECT IIF('a%bc' LIKE @p ESCAPE '!', 1, 0), IIF('axbc' LIKE @p ESCAPE '!', 1, 0)
--> 1 | 0

-- source: language-elements/like-transact-sql, pattern matching with the escape clause
SELECT CASE WHEN '30%' LIKE '%30!%%' ESCAPE '!' THEN 1 ELSE 0 END, CASE WHEN '300' LIKE '%30!%%' ESCAPE '!' THEN 1 ELSE 0 END, CASE WHEN 'a_b' LIKE 'a\_b' ESCAPE '\' THEN 1 ELSE 0 END, CASE WHEN 'axb' LIKE 'a\_b' ESCAPE '\' THEN 1 ELSE 0 END
--> 1 | 0 | 1 | 0
SELECT CASE WHEN 'a' LIKE 'a' ESCAPE 'xy' THEN 1 ELSE 0 END
--> error 506
--! refused: ESCAPE with anything but one constant character
-- source: language-elements/like-transact-sql, trailing blanks
SELECT CASE WHEN 'abc' LIKE 'abc ' THEN 1 ELSE 0 END, CASE WHEN 'abc ' LIKE 'abc' THEN 1 ELSE 0 END, CASE WHEN N'abc ' LIKE N'abc' THEN 1 ELSE 0 END, CASE WHEN 'abc' NOT LIKE 'x%' THEN 1 ELSE 0 END
--> 0 | 1 | 0 | 1
CREATE TABLE #t (c char(5), v varchar(5), n nvarchar(5)); INSERT #t VALUES ('ab', 'ab  ', N'ab  ')
SELECT CASE WHEN c LIKE 'ab' THEN 1 ELSE 0 END, CASE WHEN v LIKE 'ab' THEN 1 ELSE 0 END, CASE WHEN n LIKE N'ab' THEN 1 ELSE 0 END FROM #t
--> 1 | 1 | 0
SELECT CASE WHEN 'ABC' LIKE 'abc' THEN 1 ELSE 0 END, CASE WHEN 'ABC' LIKE 'abc' COLLATE Latin1_General_CS_AS THEN 1 ELSE 0 END, CASE WHEN 123 LIKE '12%' THEN 1 ELSE 0 END
--> 1 | 0 | 1
SELECT CASE WHEN CAST('2024-05-06' AS date) LIKE '2024%' THEN 1 ELSE 0 END
--> 1
-- source: language-elements/case-transact-sql
SELECT CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END, CASE 3 WHEN 1 THEN 'a' END, CASE NULL WHEN NULL THEN 1 ELSE 0 END, CASE 'A ' WHEN 'a' THEN 1 ELSE 0 END
--> 'b' | NULL | 0 | 1
SELECT CASE WHEN 1 = 1 THEN 1 WHEN 1 / 0 = 1 THEN 2 END
--> 1
SELECT CASE WHEN 1 = 0 THEN 'a' ELSE 1 END
--> 1
SELECT CASE WHEN 1 = 1 THEN 'a' ELSE 1 END
--> error 245: Conversion failed when converting the varchar value 'a' to data type int.
SELECT CASE WHEN 1 = 1 THEN NULL END
--> error 8133: At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.
SELECT CASE WHEN 1 = 1 THEN 'abc' ELSE CAST('x' AS char(5)) END, CASE WHEN 1 = 1 THEN 1 ELSE CAST(2 AS bigint) END, CASE WHEN 1 = 1 THEN CAST(1 AS decimal(5,2)) ELSE CAST(1 AS decimal(8,4)) END, CASE WHEN 1 = 1 THEN 1 ELSE 1e0 END
--: varchar(5), bigint, decimal(8,4), float
--> 'abc' | 1 | 1.0000 | 1
SELECT CASE 1 WHEN 1 THEN CAST('2024-01-01' AS date) ELSE 0 END
--> error 206
SELECT CASE WHEN 1 THEN 1 ELSE 0 END
--> error 4145: An expression of non-boolean type specified in a context where a condition is expected, near 'THEN'.
-- source: language-elements/unary-operators-positive
SELECT +5, + -5, +'a', -(-3), - - 3
--> 5 | -5 | 'a' | 3 | 3
-- source: language-elements/unary-operators-negative
SELECT -CAST(5 AS smallint), -$5, -5.50, -CAST(1 AS tinyint)
--> -5 | -5.0000 | -5.50 | -1
SELECT -'a'
--> error 8117: Operand data type varchar is invalid for minus operator.
-- source: language-elements/set-operators-except-and-intersect-transact-sql
SELECT v FROM (VALUES (1), (1), (2), (NULL)) AS t (v) EXCEPT SELECT 2 ORDER BY v
--> NULL
--> 1
SELECT v FROM (VALUES (1), (1), (2), (NULL), (NULL)) AS t (v) INTERSECT SELECT v FROM (VALUES (1), (NULL), (3)) AS u (v) ORDER BY v
--> NULL
--> 1
SELECT 1 UNION SELECT 2 EXCEPT SELECT 1
--> 2
SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 2
--> 1
--> 2
SELECT 1 AS a EXCEPT SELECT 1 UNION SELECT 1
--> 1
SELECT 1, 2 EXCEPT SELECT 1
--> error 205: All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.
-- source: language-elements/set-operators-union-transact-sql
SELECT 1 AS a UNION SELECT 1 UNION ALL SELECT 1
--> 1
--> 1
SELECT COUNT(*) FROM (SELECT 'a' AS v UNION SELECT 'A' UNION SELECT 'a ') AS d
--> 1
SELECT 1 AS a UNION ALL SELECT 2.5 ORDER BY a
--: numeric(2,1)
--> 1.0
--> 2.5
SELECT 1 UNION ALL SELECT 'x'
--> error 245: Conversion failed when converting the varchar value 'x' to data type int.
SELECT 'ab' AS v UNION ALL SELECT N'c' ORDER BY v
--: nvarchar(2)
--> 'ab'
--> 'c'
-- source: statements/windows-collation-name-transact-sql, sensitivity
SELECT IIF(N'İ' = N'i', 1, 0), IIF(N'ı' = N'I', 1, 0), IIF(N'İ' = N'i' COLLATE Latin1_General_100_CI_AI, 1, 0), IIF(N'İ' = N'i' COLLATE Latin1_General_CI_AS, 1, 0), IIF(N'İ' = N'i' + NCHAR(775), 1, 0)
--> 0 | 0 | 1 | 0 | 1
-- source: troubleshoot/sql/connect/comparing-sql-collations-to-windows-collations
SELECT IIF(N'a-c' > N'ab', 1, 0), IIF(N'coop' < N'co-op', 1, 0)
--> 1 | 1
-- source: relational-databases/collations/collation-and-unicode-support, sort order
SELECT v FROM (VALUES (N'coop'), (N'co-op'), (N'coöp'), (N'co op'), (N'cooq'), (N'coon')) AS t (v) ORDER BY v
--> 'co op'
--> 'coon'
--> 'coop'
--> 'co-op'
--> 'coöp'
--> 'cooq'
SELECT v FROM (VALUES ('_x'), ('1'), ('a'), (' b'), (NULL), (''), ('z'), ('Z9'), ('{')) AS t (v) ORDER BY v
--> NULL
--> ''
--> ' b'
--> '_x'
--> '{'
--> '1'
--> 'a'
--> 'z'
--> 'Z9'
SELECT v FROM (VALUES ('b'), ('B'), ('a'), ('A'), ('á'), ('ab')) AS t (v) ORDER BY v COLLATE Latin1_General_100_CS_AS
--> 'a'
--> 'A'
--> 'á'
--> 'ab'
--> 'b'
--> 'B'
SELECT IIF(N'é' < N'f', 1, 0), IIF(N'é' > N'e', 1, 0), IIF(N'É' <= N'é', 1, 0), IIF(N'ß' BETWEEN N'sr' AND N'st', 1, 0), IIF('a ' <= 'a', 1, 0)
--> 1 | 1 | 1 | 1 | 1
SELECT MIN(v), MAX(v), GREATEST(N'é', 'z'), LEAST(N'ä', 'b') FROM (VALUES (N'é'), (N'z'), (N'f'), (N'e')) AS t (v)
--> 'e' | 'z' | 'z' | 'ä'
SELECT v FROM (VALUES ('a'), ('B'), ('_')) AS t (v) ORDER BY v COLLATE Latin1_General_BIN2
--> 'B'
--> '_'
--> 'a'
-- source: language-elements/subtract-transact-sql, and unary minus
DECLARE @v smallint = -32768; SELECT -@v
--> error 8115: Arithmetic overflow error converting expression to data type smallint.
SELECT -v FROM (VALUES (CAST(-9223372036854775808 AS bigint))) AS t (v)
--> error 8115: Arithmetic overflow error converting expression to data type bigint.
SELECT CAST('2024-01-01' AS datetime) + NEWID()
--> error 206: Operand type clash: datetime is incompatible with uniqueidentifier
