-- chapter: Functions of text
-- source: functions/len-transact-sql
SELECT LEN('abc'), LEN('abc   '), LEN('   abc'), LEN(''), LEN('   '), LEN(NULL)
--: int, int, int, int, int, int
--> 3 | 3 | 6 | 0 | 0 | NULL
SELECT LEN(CAST('a' AS char(10))), LEN(N'ab '), LEN(12345), LEN(CAST(1.50 AS decimal(5,2)))
--> 1 | 2 | 5 | 4
SELECT LEN(CAST('abc' AS varchar(max)))
--: bigint
--> 3
SELECT LEN(N'😀a')
--> 2
-- source: functions/datalength-transact-sql
SELECT DATALENGTH('abc   '), DATALENGTH(N'abc'), DATALENGTH(''), DATALENGTH(CAST(NULL AS varchar(5))), DATALENGTH(CAST('a' AS char(10)))
--: int, int, int, int, int
--> 6 | 6 | 0 | NULL | 10
SELECT DATALENGTH(1), DATALENGTH(CAST(1 AS bigint)), DATALENGTH(CAST(1 AS tinyint)), DATALENGTH(GETDATE()), DATALENGTH(CAST('2024-01-01' AS date)), DATALENGTH($1), DATALENGTH(NEWID())
--> 4 | 8 | 1 | 8 | 3 | 8 | 16
SELECT DATALENGTH(0x0102), DATALENGTH(CAST(0x01 AS binary(4))), DATALENGTH(1e0), DATALENGTH(CAST(1 AS real)), DATALENGTH(CAST(1 AS bit))
--> 2 | 4 | 8 | 4 | 1
SELECT DATALENGTH(CAST(1 AS decimal(9,0))), DATALENGTH(CAST(1 AS smallint)), DATALENGTH(CAST('2024-01-01' AS smalldatetime)), DATALENGTH(N'😀')
--> 5 | 2 | 4 | 4
-- source: functions/substring-transact-sql
SELECT SUBSTRING('abcdef', 2, 3), SUBSTRING('abcdef', 5, 10), SUBSTRING('abcdef', 7, 1), SUBSTRING('abcdef', 0, 3), SUBSTRING('abcdef', -1, 4)
--> 'bcd' | 'ef' | '' | 'ab' | 'ab'
SELECT SUBSTRING('abcdef', -5, 3), SUBSTRING('abcdef', 3, 0), SUBSTRING(CAST(NULL AS varchar(5)), 1, 1), SUBSTRING('abc', CAST(NULL AS int), 1), SUBSTRING('abc', 1, CAST(NULL AS int))
--> '' | '' | NULL | NULL | NULL
SELECT SUBSTRING('abc', 1, -1)
--> error 537: Invalid length parameter passed to the LEFT or SUBSTRING function.
SELECT SUBSTRING(0x0102030405, 2, 2)
--> 0x0203
SELECT SUBSTRING(12345, 1, 2)
--> error 8116: Argument data type int is invalid for argument 1 of substring function.

SELECT SUBSTRING('abcdef', 2, 3), LEFT('abcdef', 2), RIGHT('abcdef', 9), LEFT(N'abcdef', 7)
--: varchar(3), varchar(2), varchar(6), nvarchar(6)
--> 'bcd' | 'ab' | 'abcdef' | 'abcdef'

SELECT SUBSTRING('abc', 2)
--> error 174: The substring function requires 3 argument(s).
SELECT SUBSTRING(CAST('abc' AS char(5)), 4, 2) + '|', SUBSTRING(N'xyz', 1, 1)
--> '  |' | 'x'
SELECT SUBSTRING('abc', 1.9, 1.9), SUBSTRING('abc', '2', '1'), LEFT('abc', 1.9), STUFF('abc', 1.9, 1.9, 'x')
--> 'a' | 'b' | 'a' | 'xbc'
-- source: functions/left-transact-sql
SELECT LEFT('abcdefg', 2), LEFT('abc', 10), LEFT('abc', 0), LEFT(CAST(NULL AS varchar(5)), 1), LEFT('abc', CAST(NULL AS int)), LEFT(12345, 2)
--> 'ab' | 'abc' | '' | NULL | NULL | '12'
SELECT LEFT('abc', -1)
--> error 537: Invalid length parameter passed to the LEFT or SUBSTRING function.
-- source: functions/right-transact-sql
SELECT RIGHT('abcdefg', 2), RIGHT('abc', 10), RIGHT('abc', 0), RIGHT(CAST(NULL AS varchar(5)), 1), RIGHT('abc  ', 3)
--> 'fg' | 'abc' | '' | NULL | 'c  '
SELECT RIGHT('abc', -1)
--> error 536: Invalid length parameter passed to the RIGHT function.
-- source: functions/upper-transact-sql
SELECT UPPER('abc1é'), LOWER('ABC1É'), UPPER(CAST(NULL AS varchar(5))), LOWER(N'ÄÖ'), UPPER('')
--> 'ABC1É' | 'abc1é' | NULL | 'äö' | ''
SELECT UPPER(CAST('ab' AS char(3))) + '|'
--> 'AB |'
-- source: functions/ltrim-transact-sql
SELECT LTRIM('  a b  '), LTRIM(CAST(NULL AS varchar(5))), LTRIM('   '), LTRIM(N' x')
--> 'a b  ' | NULL | '' | 'x'
SELECT LTRIM('123abc.', '123abc'), LTRIM('xxyx', 'x')
--> '.' | 'yx'
-- source: functions/rtrim-transact-sql
SELECT RTRIM('  a b  '), RTRIM(CAST(NULL AS varchar(5))), RTRIM('   '), RTRIM(CAST('a' AS char(5))) + '|'
--> '  a b' | NULL | '' | 'a|'
SELECT RTRIM(N'a' + NCHAR(9)) + N'|'
--> 'a	|'
-- source: functions/trim-transact-sql
SELECT TRIM('     test    '), TRIM(CAST(NULL AS varchar(5))), TRIM('   '), TRIM(N' a ')
--> 'test' | NULL | '' | 'a'
SELECT TRIM('.,! ' FROM '     #     test    .')
--> '#     test'
SELECT TRIM(LEADING '.,! ' FROM '     .#     test    .'), TRIM(TRAILING '.,! ' FROM '     #     test    .'), TRIM(BOTH '123' FROM '123abc123')
--> '#     test    .' | '     #     test' | 'abc'
-- source: functions/replace-transact-sql
SELECT REPLACE('abcdefghicde', 'cde', 'xxx'), REPLACE('abc', 'x', 'y'), REPLACE('aaa', 'aa', 'b'), REPLACE('abc', 'b', '')
--> 'abxxxfghixxx' | 'abc' | 'ba' | 'ac'
SELECT REPLACE('abc', '', 'x'), REPLACE(CAST(NULL AS varchar(5)), 'a', 'b'), REPLACE('abc', CAST(NULL AS varchar(5)), 'b'), REPLACE('abc', 'a', CAST(NULL AS varchar(5)))
--> 'abc' | NULL | NULL | NULL
SELECT REPLACE('ABC abc', 'b', 'x'), REPLACE(12321, 2, 0)
--> 'AxC axc' | '10301'
SELECT REPLACE('This is a Test' COLLATE Latin1_General_BIN, 'Test', 'desk'), REPLACE('ABC abc' COLLATE Latin1_General_BIN, 'b', 'x')
--> 'This is a desk' | 'ABC axc'
-- source: functions/replicate-transact-sql
SELECT REPLICATE('ab', 3), REPLICATE('a', 0), REPLICATE('a', -1), REPLICATE(NULL, 2), REPLICATE('a', CAST(NULL AS int)), REPLICATE('0', 4 - LEN(7)) + '7'
--> 'ababab' | '' | NULL | NULL | NULL | '0007'
SELECT REPLICATE('ab', 3), REPLICATE(CAST('a' AS char(3)), 2), REPLICATE('a', LEN('aa'))
--: varchar(6), varchar(6), varchar(8000)
--> 'ababab' | 'a  a  ' | 'aa'

SELECT LEN(REPLICATE('a', 10000)), LEN(REPLICATE(CAST('a' AS varchar(max)), 10000)), LEN(REPLICATE(N'a', 10000))
--> 8000 | 10000 | 4000
-- source: functions/reverse-transact-sql
SELECT REVERSE('abc'), REVERSE(1234), REVERSE(''), REVERSE(CAST(NULL AS varchar(5))), REVERSE(' ab')
--> 'cba' | '4321' | '' | NULL | 'ba '
-- source: functions/space-transact-sql
SELECT 'a' + SPACE(2) + 'b', SPACE(0), SPACE(-1), SPACE(CAST(NULL AS int)), DATALENGTH(SPACE(9000))
--> 'a  b' | '' | NULL | NULL | 8000
SELECT SPACE(3), SPACE(0)
--: varchar(3), varchar(1)
--> '   ' | ''

-- source: functions/stuff-transact-sql
SELECT STUFF('abcdef', 2, 3, 'XY'), STUFF(CAST('abcdefghij' AS varchar(10)), 8, 5, 'XY')
--: varchar(5), varchar(9)
--> 'aXYef' | 'abcdefgXY'

SELECT STUFF('abcdef', 2, 3, 'ijklmn'), STUFF('abc', 1, 0, 'x'), STUFF('abc', 3, 1, CAST(NULL AS varchar(5))), STUFF('abc', 1, 10, 'x'), STUFF('abc', 2, 1, '')
--> 'aijklmnef' | 'xabc' | 'ab' | 'x' | 'ac'
SELECT STUFF('abc', 0, 1, 'x'), STUFF('abc', 4, 1, 'x'), STUFF('abc', 1, -1, 'x'), STUFF(CAST(NULL AS varchar(5)), 1, 1, 'x'), STUFF('', 1, 1, 'x')
--> NULL | NULL | NULL | NULL | NULL
-- source: functions/charindex-transact-sql
SELECT CHARINDEX('bicycle', 'Reflectors are vital safety components of your bicycle.'), CHARINDEX('x', 'abc'), CHARINDEX('', 'abc'), CHARINDEX('a', ''), CHARINDEX(CAST(NULL AS varchar(5)), 'a'), CHARINDEX('a', CAST(NULL AS varchar(5)))
--: int, int, int, int, int, int
--> 48 | 0 | 0 | 0 | NULL | NULL
SELECT CHARINDEX('is', 'This is a string'), CHARINDEX('is', 'This is a string', 4), CHARINDEX('is', 'This is a string', 0), CHARINDEX('is', 'This is a string', -5), CHARINDEX('is', 'This is a string', 100)
--> 3 | 6 | 3 | 3 | 0
SELECT CHARINDEX('TEST', 'a test'), CHARINDEX('TEST', 'a test' COLLATE Latin1_General_CS_AS)
--> 3 | 0
SELECT CHARINDEX('a', CAST('bca' AS varchar(max)))
--: bigint
--> 3
SELECT CHARINDEX('a%', 'ba%')
--> 2
-- source: functions/patindex-transact-sql
SELECT PATINDEX('%[a-b]%' COLLATE Latin1_General_BIN2, 'ABa'), PATINDEX('%[a-b]%', 'ABa' COLLATE Latin1_General_BIN2), PATINDEX('%[a-b]%', 'ABa')
--> 3 | 3 | 1

SELECT PATINDEX('%b%', CAST('ab' AS varchar(max)))
--: bigint
--> 2

DECLARE @pattern nvarchar(20) = N'%[^0-9]%', @missing varchar(9)
SELECT PATINDEX(@pattern, '12x3'), PATINDEX(@pattern, '12'), PATINDEX('%' + 'B' + '%', 'abc'), PATINDEX(@missing, 'a'), PATINDEX(@pattern, @missing), PATINDEX(LEFT('ab%', 3), 'xab'), PATINDEX(RIGHT('%c', 2), 'abc ')
--> 3 | 0 | 2 | NULL | NULL | 0 | 3
CREATE FUNCTION dbo.digits (@text varchar(100), @others varchar(20)) RETURNS varchar(100) AS
BEGIN
    WHILE PATINDEX('%[' + @others + ']%', @text) > 0
        SET @text = STUFF(@text, PATINDEX('%[' + @others + ']%', @text), 1, '')
    RETURN @text
END
GO
SELECT dbo.digits('a1!s2@', '^0-9'), dbo.digits('a1!s2@', 'a-z')
--> '12' | '1!2@'
SELECT PATINDEX('%ter%', 'interesting data'), PATINDEX('%[^ 0-9A-Za-z]%', 'Please ensure the door is locked!'), PATINDEX('abc', 'abcd'), PATINDEX('abc%', 'abcd'), PATINDEX('%x%', 'abc')
--: int, int, int, int, int
--> 3 | 33 | 0 | 1 | 0
SELECT PATINDEX('%en_ure%', 'Please ensure the door is locked!'), PATINDEX('%[0-9]%', 'abc123'), PATINDEX(CAST(NULL AS varchar(5)), 'a'), PATINDEX('%a%', CAST(NULL AS varchar(5)))
--> 8 | 4 | NULL | NULL
-- source: functions/concat-transact-sql
SELECT CONCAT('a', NULL, 1, N'b'), CONCAT(NULL, NULL), CONCAT('', ''), CONCAT('a', 1.50, CAST('2024-01-02' AS date))
--> 'a1b' | '' | '' | 'a1.502024-01-02'
SELECT CONCAT('a', 'bc')
--: varchar(3)
--> 'abc'
SELECT CONCAT(1, N'x'), CONCAT('x', CAST(1 AS bit), $2.5)
--> '1x' | 'x12.50'
SELECT CONCAT('a')
--> error 189: The concat function requires 2 to 254 arguments.
-- source: functions/concat-ws-transact-sql
SELECT CONCAT_WS(',', 'a', NULL, 'b'), CONCAT_WS(NULL, 'a', 'b'), CONCAT_WS(',', NULL, NULL), CONCAT_WS(' - ', 1, 2, 3), CONCAT_WS(',', '', 'x')
--> 'a,b' | 'ab' | '' | '1 - 2 - 3' | ',x'
SELECT CONCAT_WS(',', 'a')
--> error 189: The concat_ws function requires 3 to 254 arguments.
-- source: functions/string-agg-transact-sql
SELECT STRING_AGG(v, ',') FROM (VALUES ('a'), (NULL), ('b')) AS t (v)
--> 'a,b'
SELECT STRING_AGG(v, ', ') WITHIN GROUP (ORDER BY v DESC) FROM (VALUES ('a'), ('c'), ('b')) AS t (v)
--> 'c, b, a'
SELECT STRING_AGG(v, '-') WITHIN GROUP (ORDER BY v) FROM (VALUES (3), (1), (2)) AS t (v)
--: nvarchar(4000)
--> '1-2-3'
SELECT STRING_AGG(v, ',') FROM (VALUES (CAST(NULL AS varchar(5)))) AS t (v)
--: varchar(8000)
--> NULL
SELECT STRING_AGG(v, ',') FROM (VALUES ('a')) AS t (v) WHERE 1 = 0
--> NULL
SELECT g, STRING_AGG(v, '') WITHIN GROUP (ORDER BY v) FROM (VALUES (1, 'b'), (1, 'a'), (2, 'c')) AS t (g, v) GROUP BY g ORDER BY g
--> 1 | 'ab'
--> 2 | 'c'
SELECT STRING_AGG(DISTINCT v, ',') FROM (VALUES ('a')) AS t (v)
--> error 102
SELECT STRING_AGG(v, ',') FROM (SELECT REPLICATE('a', 5000) AS v FROM (VALUES (1), (2)) AS n (i)) AS t
--> error 9829: STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.
-- source: functions/string-split-transact-sql
SELECT value FROM STRING_SPLIT('Lorem ipsum dolor', ' ')
--> 'Lorem'
--> 'ipsum'
--> 'dolor'
SELECT value FROM STRING_SPLIT('a,,b,', ',')
--> 'a'
--> ''
--> 'b'
--> ''
SELECT value, ordinal FROM STRING_SPLIT('E-D-C-B-A', '-', 1) ORDER BY ordinal DESC
--: varchar(9), bigint
--> 'A' | 5
--> 'B' | 4
--> 'C' | 3
--> 'D' | 2
--> 'E' | 1
SELECT value FROM STRING_SPLIT(CAST(NULL AS varchar(5)), ',')
--> no rows
SELECT COUNT(*) FROM STRING_SPLIT('', ',')
--> 1
SELECT ordinal FROM STRING_SPLIT('a', ',')
--> error 207: Invalid column name 'ordinal'.
SELECT value FROM STRING_SPLIT('a--b', '--')
--> error 214
-- source: functions/string-escape-transact-sql
SELECT STRING_ESCAPE('\   /', 'json')
--> '\\   \/'
-- source: functions/quotename-transact-sql
SELECT QUOTENAME('abc[]def'), QUOTENAME('abc'), QUOTENAME('a''b', ''''), QUOTENAME('a"b', '"'), QUOTENAME('a', '('), QUOTENAME('a', '{')
--> '[abc[]]def]' | '[abc]' | '''a''''b''' | '"a""b"' | '(a)' | '{a}'
SELECT QUOTENAME(CAST(NULL AS varchar(5))), QUOTENAME('a', 'x'), QUOTENAME(REPLICATE('a', 129))
--> NULL | NULL | NULL
SELECT QUOTENAME('a')
--: nvarchar(258)
--> '[a]'
-- source: functions/translate-transact-sql
SELECT TRANSLATE('2*[3+4]/{7-2}', '[]{}', '()()'), TRANSLATE('abc', 'abc', 'bcd'), TRANSLATE(CAST(NULL AS varchar(5)), 'a', 'b'), TRANSLATE('ABC', 'b', 'x')
--> '2*(3+4)/(7-2)' | 'bcd' | NULL | 'AxC'
SELECT TRANSLATE('abc', 'ab', 'x')
--> error 9828: The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.
-- source: functions/ascii-transact-sql
SELECT ASCII('A'), ASCII('abc'), ASCII(''), ASCII(CAST(NULL AS varchar(5))), ASCII('é'), ASCII('1')
--: int, int, int, int, int, int
--> 65 | 97 | NULL | NULL | 233 | 49
-- source: functions/char-transact-sql
SELECT CHAR(65), CHAR(233), CHAR(256), CHAR(-1), CHAR(CAST(NULL AS int)), ASCII(CHAR(0))
--> 'A' | 'é' | NULL | NULL | NULL | 0
SELECT CHAR(65)
--: char(1)
--> 'A'
-- source: functions/unicode-transact-sql
SELECT UNICODE(N'Åkergatan'), UNICODE(N''), UNICODE(CAST(NULL AS varchar(5))), UNICODE(N'😀')
--> 197 | NULL | NULL | 128512
-- source: functions/nchar-transact-sql
SELECT NCHAR(197), NCHAR(8364), NCHAR(128512), NCHAR(-1), NCHAR(CAST(NULL AS int)), NCHAR(1114112)
--> 'Å' | '€' | '😀' | NULL | NULL | NULL
-- source: functions/str-transact-sql
SELECT STR(123.45, 6, 1), STR(123.45, 2, 2), STR(123.45), STR(123.5), STR(CAST(NULL AS varchar(5))), STR(-5, 4)
--> ' 123.5' | '**' | '       123' | '       124' | NULL | '  -5'
SELECT STR(FLOOR(123.45), 8, 3), STR(1, 3, 1), STR(1.005, 10, 5)
--> ' 123.000' | '1.0' | '   1.00500'
-- source: functions/soundex-transact-sql
SELECT SOUNDEX('Smith'), SOUNDEX('Smythe'), SOUNDEX('')
--> 'S530' | 'S530' | '0000'
-- source: functions/difference-transact-sql
SELECT DIFFERENCE('Green', 'Greene'), DIFFERENCE('Blotchet-Halls', 'Greene')
--> 4 | 0
-- source: functions/isnumeric-transact-sql
SELECT ISNUMERIC('1'), ISNUMERIC('-1.5'), ISNUMERIC('1e5'), ISNUMERIC('$12'), ISNUMERIC('+'), ISNUMERIC('-'), ISNUMERIC('abc'), ISNUMERIC(''), ISNUMERIC(CAST(NULL AS varchar(5)))
--: int, int, int, int, int, int, int, int, int
--> 1 | 1 | 1 | 1 | 1 | 1 | 0 | 0 | 0
SELECT ISNUMERIC(1), ISNUMERIC(1.5), ISNUMERIC($1), ISNUMERIC(GETDATE()), ISNUMERIC('1,000'), ISNUMERIC('1 2'), ISNUMERIC(' 12 ')
--> 1 | 1 | 1 | 0 | 1 | 0 | 1
SELECT ISNUMERIC(CHAR(9)), ISNUMERIC(CHAR(9) + '2'), ISNUMERIC('2' + CHAR(9)), ISNUMERIC('\'), ISNUMERIC('€'), ISNUMERIC(CHAR(160)), ISNUMERIC('£'), ISNUMERIC(N'₠'), ISNUMERIC('$1,000.50'), ISNUMERIC('/'), ISNUMERIC('1e+2'), ISNUMERIC('e+')
--> 1 | 1 | 0 | 1 | 1 | 1 | 1 | 0 | 1 | 0 | 1 | 0
-- source: functions/format-transact-sql
SELECT FORMAT(123456789, '###-##-####'), FORMAT(1234.567, 'N2'), FORMAT(0.25, 'P0'), FORMAT(7, '000'), FORMAT(CAST(NULL AS int), 'd')
--> '123-45-6789' | '1,234.57' | '25%' | '007' | NULL
--! refused: FORMAT with the number format ###-##-####
SELECT FORMAT(CAST('2020-11-22' AS date), 'd', 'en-US'), FORMAT(CAST('2020-11-22' AS date), 'D', 'en-US'), FORMAT(CAST('2020-11-22' AS date), 'yyyy/MM/dd'), FORMAT(CAST('2020-11-22' AS date), 'MMMM')
--> '11/22/2020' | 'Sunday, November 22, 2020' | '2020/11/22' | 'November'
SELECT FORMAT(CAST('2020-11-22' AS date), 'd', 'de-de'), FORMAT(CAST('2020-11-22' AS date), 'D', 'de-de')
--> '22.11.2020' | 'Sonntag, 22. November 2020'
--! refused: FORMAT with the culture de-de
SELECT FORMAT(CAST('2018-01-01 01:00' AS datetime2), 'hh:mm tt'), FORMAT(CAST('2018-01-01 14:00' AS datetime2), 'h:mm tt'), FORMAT(CAST('2018-01-01 14:05' AS datetime2), 'HH:mm')
--> '01:00 AM' | '2:00 PM' | '14:05'
SELECT FORMAT(CAST('07:35' AS time), N'hh.mm'), FORMAT(CAST('07:35' AS time), N'hh:mm'), FORMAT(CAST('07:35' AS time), N'hh\:mm')
--> NULL | NULL | '07:35'
--! refused: FORMAT of time
SELECT FORMAT(1, 'N', 'en-US'), FORMAT(1234.5, 'C', 'en-us'), FORMAT(-5, 'D3'), FORMAT(255, 'X')
--> '1.00' | '$1,234.50' | '-005' | 'FF'
-- source: functions/format-transact-sql, format; standard numeric format strings of .NET (D, E, X)
SELECT FORMAT(-1, 'x'), FORMAT(255, 'X4'), FORMAT(CAST(-1 AS bigint), 'X'), FORMAT(CAST(-1 AS smallint), 'X'), FORMAT(CAST(200 AS tinyint), 'x8')
--> 'ffffffff' | '00FF' | 'FFFFFFFFFFFFFFFF' | 'FFFF' | '000000c8'
SELECT FORMAT(1.5, 'X'), FORMAT(1.5, 'D2'), FORMAT(CAST(NULL AS int), 'X')
--> NULL | NULL | NULL
SELECT FORMAT(12345.678, 'E2'), FORMAT(12345.678, 'e'), FORMAT(0.00012, 'E1'), FORMAT(-1.25, 'E1'), FORMAT(9.96, 'E1'), FORMAT(0, 'E2'), FORMAT(1e100, 'E0'), FORMAT(1e0 / 3, 'E3')
--> '1.23E+004' | '1.234568e+004' | '1.2E-004' | '-1.3E+000' | '1.0E+001' | '0.00E+000' | '1E+100' | '3.333E-001'
-- source: functions/format-transact-sql
SELECT FORMAT('1', 'N')
--> error 8116: Argument data type varchar is invalid for argument 1 of format function.
SELECT FORMAT(1.005e0, '0.00'), FORMAT(1.005e0, 'N2'), FORMAT(2.675e0, 'N2'), FORMAT(1e20, 'N0'), FORMAT(CAST(1.1 AS real), 'N3')
--> '1.01' | '1.01' | '2.68' | '100,000,000,000,000,000,000' | '1.100'
-- source: functions/formatmessage-transact-sql
SELECT FORMATMESSAGE('Hello %s, %d', 'world', 5), FORMATMESSAGE('%5d|%-5d|%05d|%x', 42, 42, 42, 255), FORMATMESSAGE('100%%')
--> 'Hello world, 5' | '   42|42   |00042|ff' | '100%'
-- source: functions/parsename-transact-sql
SELECT PARSENAME('a.b.c.d', 1), PARSENAME('a.b.c.d', 4), PARSENAME('a.b', 3), PARSENAME('[a.b].c', 2)
--> 'd' | 'a' | NULL | 'a.b'
-- source: functions/hashbytes-transact-sql
SELECT HASHBYTES('MD5', 'abc'), HASHBYTES('SHA1', 'abc'), HASHBYTES('SHA2_256', 'abc')
--> 0x900150983CD24FB0D6963F7D28E17F72 | 0xA9993E364706816ABA3E25717850C26C9CD0D89D | 0xBA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD
SELECT HASHBYTES('SHA2_512', 'abc')
--> 0xDDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F
SELECT HASHBYTES('SHA2_256', N'a'), HASHBYTES('MD5', ''), HASHBYTES('MD5', CAST(NULL AS varchar(5)))
--> 0xFFE9AAEAA2A2D5048174DF0B80599EF0197EC024C4B051BC9860CFF58EF7F9F3 | 0xD41D8CD98F00B204E9800998ECF8427E | NULL
-- source: functions/checksum-transact-sql
SELECT CAST(CASE WHEN CHECKSUM('a', 1) = CHECKSUM('a', 1) THEN 1 ELSE 0 END AS bit)
--> 1
--! refused: The function CHECKSUM
-- source: functions/newid-transact-sql
SELECT CAST(CASE WHEN NEWID() = NEWID() THEN 1 ELSE 0 END AS bit), LEN(CAST(NEWID() AS varchar(50)))
--> 0 | 36
SELECT COUNT(DISTINCT id) FROM (SELECT NEWID() AS id FROM (VALUES (1), (2), (3)) AS t (v)) AS n
--> 3
-- source: functions/char-transact-sql, the server's code page
SELECT CHAR(128), CHAR(146), ASCII('€'), ASCII(N'Ω'), UNICODE(CHAR(150))
--> '€' | '’' | 128 | 63 | 8211
-- source: functions/len-transact-sql
SELECT LEN(0.5), LEFT(0.25, 3), CONCAT(-0.5, ''), LEN(0x010203)
--> 3 | '0.2' | '-0.5' | 3
-- source: functions/lower-transact-sql, arguments
SELECT LOWER(0x41), UPPER(0x6162), REVERSE(0x4142), LEFT(0x414243, 2), RIGHT(0x4142, 1), LTRIM(0x2041), RTRIM(0x4120)
--> 'a' | 'AB' | 'BA' | 'AB' | 'B' | 'A' | 'A'
-- source: functions/newsequentialid-transact-sql
CREATE TABLE dbo.k (u uniqueidentifier PRIMARY KEY DEFAULT NEWSEQUENTIALID(), n int)
INSERT dbo.k (n) VALUES (1), (2), (3)
INSERT dbo.k (n) VALUES (4)
SELECT n FROM dbo.k ORDER BY u
--> 1
--> 2
--> 3
--> 4
