-- chapter: Queries
-- source: queries/select-clause-transact-sql
SELECT DISTINCT v FROM (VALUES (1), (1), (NULL), (NULL)) AS t (v) ORDER BY v
--> NULL
--> 1
SELECT 1 AS a, 2 b, c = 3, [my col] = 4, 5 AS 'quoted'
--> 1 | 2 | 3 | 4 | 5
SELECT t.*, 1 FROM (VALUES (1, 2)) AS t (a, b)
--> 1 | 2 | 1
SELECT *
--> error 263: Must specify table to select from.
SELECT a FROM nosuchtable
--> error 208: Invalid object name 'nosuchtable'.
SELECT t.b FROM (VALUES (1)) AS t (a)
--> error 207: Invalid column name 'b'.
SELECT x.a FROM (VALUES (1)) AS t (a)
--> error 4104: The multi-part identifier "x.a" could not be bound.
SELECT a FROM (VALUES (1)) AS t (a), (VALUES (1)) AS u (a)
--> error 209: Ambiguous column name 'a'.
SELECT 1 FROM (VALUES (1)) AS t (a), (VALUES (1)) AS t (b)
--> error 1011: The correlation name 't' is specified multiple times in a FROM clause.
SELECT a + 1 AS b, b FROM (VALUES (1)) AS t (a)
--> error 207: Invalid column name 'b'.
SELECT a AS b FROM (VALUES (1)) AS t (a) WHERE b = 1
--> error 207: Invalid column name 'b'.
-- source: queries/top-transact-sql
SELECT TOP (2) v FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY v
--> 1
--> 2
SELECT TOP 1 WITH TIES v FROM (VALUES (1), (1), (2)) AS t (v) ORDER BY v
--> 1
--> 1
SELECT TOP (50) PERCENT v FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY v
--> 1
--> 2
SELECT TOP (0) v FROM (VALUES (1)) AS t (v)
--> no rows
DECLARE @n int = 2; SELECT TOP (@n) v FROM (VALUES (3), (1), (2)) AS t (v) ORDER BY v DESC
--> 3
--> 2
SELECT TOP (1) WITH TIES v FROM (VALUES (1)) AS t (v)
--> error 1062: The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.
SELECT TOP (101) PERCENT v FROM (VALUES (1)) AS t (v)
--> error 1031: Percent values must be between 0 and 100.
SELECT v FROM (SELECT TOP (1) v FROM (VALUES (2), (1)) AS t (v) ORDER BY v) AS d
--> 1
-- source: queries/select-order-by-clause-transact-sql
SELECT v FROM (VALUES (2), (NULL), (1)) AS t (v) ORDER BY v
--> NULL
--> 1
--> 2
SELECT v FROM (VALUES (2), (NULL), (1)) AS t (v) ORDER BY v DESC
--> 2
--> 1
--> NULL
SELECT v AS x FROM (VALUES (1), (2)) AS t (v) ORDER BY x DESC
--> 2
--> 1
SELECT v, w FROM (VALUES (1, 2), (1, 1)) AS t (v, w) ORDER BY 1, 2
--> 1 | 1
--> 1 | 2
SELECT v FROM (VALUES (1)) AS t (v) ORDER BY 2
--> error 108: The ORDER BY position number 2 is out of range of the number of items in the select list.
SELECT v FROM (VALUES ('b'), ('A'), ('a'), ('B')) AS t (v) ORDER BY v, v COLLATE Latin1_General_BIN2
--> 'A'
--> 'a'
--> 'B'
--> 'b'
SELECT v FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY CASE WHEN v = 2 THEN 0 ELSE 1 END, v DESC
--> 2
--> 3
--> 1
SELECT DISTINCT v FROM (VALUES (1, 2)) AS t (v, w) ORDER BY w
--> error 145: ORDER BY items must appear in the select list if SELECT DISTINCT is specified.
SELECT v, w FROM (VALUES (1, 2)) AS t (v, w) ORDER BY v, v
--> error 169: A column has been specified more than once in the order by list. Columns in the order by list must be unique.

SELECT v, v FROM (VALUES (1)) AS t (v) ORDER BY v
--> error 209: Ambiguous column name 'v'.

DECLARE @c int = 1; SELECT v FROM (VALUES (1)) AS t (v) ORDER BY @c
--> error 1008: The SELECT item identified by the ORDER BY number 1 contains a variable as part of the expression identifying a column position. Variables are only allowed when ordering by an expression referencing a column name.

SELECT v FROM (VALUES (1)) AS t (v) ORDER BY v OFFSET 0.5 ROWS
--> error 10743: The number of rows provided for a OFFSET clause must be an integer.

SELECT v FROM (VALUES (1)) AS t (v) ORDER BY 'x'
--> error 408: A constant expression was encountered in the ORDER BY list, position 1.
SELECT * FROM (SELECT v FROM (VALUES (1)) AS t (v) ORDER BY v) AS d
--> error 1033: The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.
SELECT v FROM (VALUES (1), (2), (3), (4)) AS t (v) ORDER BY v OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY
--> 2
--> 3
SELECT v FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY v OFFSET 2 ROW
--> 3
SELECT v FROM (VALUES (1), (2)) AS t (v) ORDER BY v OFFSET 5 ROWS FETCH FIRST 1 ROW ONLY
--> no rows
SELECT v FROM (VALUES (1), (2)) AS t (v) OFFSET 1 ROWS
--> error 102
SELECT TOP (1) v FROM (VALUES (1), (2)) AS t (v) ORDER BY v OFFSET 1 ROWS
--> error 10741: A TOP can not be used in the same query or sub-query as a OFFSET.
SELECT v FROM (VALUES (1)) AS t (v) ORDER BY v OFFSET -1 ROWS
--> error 10742: The offset specified in a OFFSET clause may not be negative.
SELECT v FROM (VALUES (1)) AS t (v) ORDER BY v OFFSET 0 ROWS FETCH NEXT 0 ROWS ONLY
--> error 10744: The number of rows provided for a FETCH clause must be greater then zero.
DECLARE @o int = 1, @f int = 1; SELECT v FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY v OFFSET @o ROWS FETCH NEXT @f + 0 ROWS ONLY
--> 2
-- source: queries/from-transact-sql, join
SELECT a, b FROM (VALUES (1), (2)) AS l (a) INNER JOIN (VALUES (2), (3)) AS r (b) ON a = b
--> 2 | 2
SELECT a, b FROM (VALUES (1), (2)) AS l (a) LEFT OUTER JOIN (VALUES (2), (3)) AS r (b) ON a = b ORDER BY a
--> 1 | NULL
--> 2 | 2
SELECT a, b FROM (VALUES (1), (2)) AS l (a) RIGHT JOIN (VALUES (2), (3)) AS r (b) ON a = b ORDER BY b
--> 2 | 2
--> NULL | 3
SELECT a, b FROM (VALUES (1), (2)) AS l (a) FULL JOIN (VALUES (2), (3)) AS r (b) ON a = b ORDER BY COALESCE(a, b)
--> 1 | NULL
--> 2 | 2
--> NULL | 3
SELECT a, b FROM (VALUES (1), (2)) AS l (a) CROSS JOIN (VALUES ('x'), ('y')) AS r (b) ORDER BY a, b
--> 1 | 'x'
--> 1 | 'y'
--> 2 | 'x'
--> 2 | 'y'
SELECT a, b FROM (VALUES (1), (NULL)) AS l (a) JOIN (VALUES (1), (NULL)) AS r (b) ON a = b
--> 1 | 1
SELECT a, b FROM (VALUES (1), (2)) AS l (a) LEFT JOIN (VALUES (1, 5), (2, 6)) AS r (k, b) ON a = k AND b > 5 ORDER BY a
--> 1 | NULL
--> 2 | 6
SELECT a, b, c FROM (VALUES (1)) AS l (a) LEFT JOIN (VALUES (1)) AS m (b) INNER JOIN (VALUES (2)) AS r (c) ON b = c ON a = b
--> 1 | NULL | NULL
SELECT a, b FROM (VALUES ('x')) AS l (a) JOIN (VALUES ('X ')) AS r (b) ON a = b
--> 'x' | 'X '
SELECT a FROM (VALUES (1)) AS l (a) INNER HASH JOIN (VALUES (1)) AS r (b) ON a = b
--> 1
-- source: queries/from-transact-sql, apply
SELECT a, x FROM (VALUES (1), (2)) AS t (a) CROSS APPLY (SELECT a * 10 AS x WHERE a > 1) AS d
--> 2 | 20
SELECT a, x FROM (VALUES (1), (2)) AS t (a) OUTER APPLY (SELECT a * 10 AS x WHERE a > 1) AS d ORDER BY a
--> 1 | NULL
--> 2 | 20
SELECT a, value FROM (VALUES ('x,y')) AS t (a) CROSS APPLY STRING_SPLIT(a, ',')
--> 'x,y' | 'x'
--> 'x,y' | 'y'
SELECT g, v FROM (VALUES ('a'), ('b')) AS t (g) CROSS APPLY (SELECT TOP (1) v FROM (VALUES ('a', 1), ('a', 2), ('b', 3)) AS u (h, v) WHERE h = g ORDER BY v DESC) AS d ORDER BY g
--> 'a' | 2
--> 'b' | 3
SELECT k, v FROM (VALUES (1, 10, 20)) AS t (k, a, b) CROSS APPLY (VALUES (a), (b)) AS u (v) ORDER BY v
--> 1 | 10
--> 1 | 20
-- source: queries/from-using-pivot-and-unpivot, pivot
SELECT [a], [b] FROM (VALUES ('a', 1), ('a', 2), ('b', 5)) AS t (g, v) PIVOT (SUM(v) FOR g IN ([a], [b])) AS p
--> 3 | 5
SELECT k, [a], [b] FROM (VALUES (1, 'a', 10), (2, 'b', 20)) AS t (k, g, v) PIVOT (MAX(v) FOR g IN ([a], [b])) AS p ORDER BY k
--> 1 | 10 | NULL
--> 2 | NULL | 20
SELECT [a], [c] FROM (VALUES ('a', 1), ('b', 2)) AS t (g, v) PIVOT (COUNT(v) FOR g IN ([a], [c])) AS p
--> 1 | 0
-- source: queries/from-using-pivot-and-unpivot, unpivot
SELECT k, name, v FROM (VALUES (1, 10, 20), (2, NULL, 40)) AS t (k, a, b) UNPIVOT (v FOR name IN (a, b)) AS u ORDER BY k, name
--> 1 | 'a' | 10
--> 1 | 'b' | 20
--> 2 | 'b' | 40
-- source: queries/with-common-table-expression-transact-sql
WITH c AS (SELECT 1 AS a) SELECT a FROM c
--> 1
WITH c (x, y) AS (SELECT 1, 2), d AS (SELECT x + y AS z FROM c) SELECT z FROM d
--> 3
WITH n AS (SELECT 1 AS v UNION ALL SELECT v + 1 FROM n WHERE v < 5) SELECT SUM(v) FROM n
--> 15
WITH n AS (SELECT 1 AS v UNION ALL SELECT v + 1 FROM n WHERE v < 101) SELECT MAX(v) FROM n
--> 101
WITH n AS (SELECT 1 AS v UNION ALL SELECT v + 1 FROM n WHERE v < 102) SELECT MAX(v) FROM n
--> error 530: The statement terminated. The maximum recursion 100 has been exhausted before statement completion.
WITH n AS (SELECT 1 AS v UNION ALL SELECT v + 1 FROM n WHERE v < 500) SELECT MAX(v) FROM n OPTION (MAXRECURSION 0)
--> 500
WITH n AS (SELECT 1 AS v UNION ALL SELECT v + 1 FROM n WHERE v < 5) SELECT MAX(v) FROM n OPTION (MAXRECURSION 2)
--> error 530: The statement terminated. The maximum recursion 2 has been exhausted before statement completion.
WITH n AS (SELECT 1 AS v UNION SELECT v + 1 FROM n WHERE v < 5) SELECT v FROM n
--> error 252: Recursive common table expression 'n' does not contain a top-level UNION ALL operator.
--! refused: A recursive common table expression with several recursive parts
WITH n AS (SELECT 1 AS v UNION ALL SELECT v + 1.5 FROM n WHERE v < 5) SELECT v FROM n
--> error 240: Types don't match between the anchor and the recursive part in column "v" of recursive query "n".
WITH c AS (SELECT NEWID() AS u) SELECT CASE WHEN a.u = b.u THEN 1 ELSE 0 END FROM c AS a CROSS JOIN c AS b
--> 0

WITH c AS (SELECT 1 AS a), c AS (SELECT 2 AS a) SELECT a FROM c
--> error 239: Duplicate common table expression name 'c' was specified.
WITH c (x) AS (SELECT 1, 2) SELECT x FROM c
--> error 8158: 'c' has more columns than were specified in the column list.
WITH c (x, y) AS (SELECT 1) SELECT x FROM c
--> error 8159: 'c' has fewer columns than were specified in the column list.
WITH c AS (SELECT 1) SELECT * FROM c
--> error 8155: No column name was specified for column 1 of 'c'.
WITH c AS (SELECT 1 AS a, 2 AS a) SELECT * FROM c
--> error 8156: The column 'a' was specified multiple times for 'c'.
WITH c AS (SELECT 1 AS a) SELECT 2; SELECT a FROM c
--> 2
--> error 208: Invalid object name 'c'.
-- source: queries/select-transact-sql, subqueries
SELECT (SELECT 1), (SELECT v FROM (VALUES (1)) AS t (v) WHERE v = 2)
--> 1 | NULL
SELECT (SELECT v FROM (VALUES (1), (2)) AS t (v))
--> error 512: Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.
SELECT (SELECT 1, 2)
--> error 116: Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.
SELECT a, (SELECT SUM(v) FROM (VALUES (1, 5), (1, 6), (2, 7)) AS u (k, v) WHERE k = a) FROM (VALUES (1), (2), (3)) AS t (a) ORDER BY a
--> 1 | 11
--> 2 | 7
--> 3 | NULL
-- source: queries/table-value-constructor-transact-sql
SELECT a, b FROM (VALUES (1, 'x'), (2, NULL)) AS t (a, b) ORDER BY a
--> 1 | 'x'
--> 2 | NULL
SELECT v FROM (VALUES (1), (2.5)) AS t (v) ORDER BY v
--: numeric(2,1)
--> 1.0
--> 2.5
SELECT a FROM (VALUES (1, 2), (3)) AS t (a, b)
--> error 10709: The number of columns for each row in a table value constructor must be the same.
SELECT v FROM (VALUES ('a'), (1)) AS t (v)
--> error 245: Conversion failed when converting the varchar value 'a' to data type int.
-- source: functions/generate-series-transact-sql
SELECT value FROM GENERATE_SERIES(1, 3)
--: int
--> 1
--> 2
--> 3
SELECT value FROM GENERATE_SERIES(CAST(1 AS tinyint), CAST(2 AS tinyint))
--: tinyint
--> 1
--> 2

SELECT value FROM GENERATE_SERIES(1, CAST(3 AS bigint))
--> error 5373: All the input parameters should be of the same type. Supported types are tinyint, smallint, int, bigint, decimal and numeric.

SELECT value FROM GENERATE_SERIES(5, 1, -2)
--> 5
--> 3
--> 1
DECLARE @a decimal(2,1) = 0.0, @b decimal(2,1) = 0.4, @s decimal(2,1) = 0.2; SELECT value FROM GENERATE_SERIES(@a, @b, @s)
--> 0.0
--> 0.2
--> 0.4
--! refused: GENERATE_SERIES of decimal
SELECT value FROM GENERATE_SERIES(3, 1)
--> 3
--> 2
--> 1
SELECT COUNT(*) FROM GENERATE_SERIES(5, 1, 1)
--> 0
SELECT value FROM GENERATE_SERIES(1, 3, 0)
--> error 4199
SELECT COUNT(*) FROM GENERATE_SERIES(1, CAST(NULL AS int))
--> 0
-- source: queries/select-into-clause-transact-sql
SELECT 1 AS a, 'x' AS b INTO #t; SELECT a, b FROM #t
--> 1 | 'x'
SELECT a INTO #t FROM (VALUES (1), (2)) AS t (a); SELECT @@ROWCOUNT
--> 2
SELECT 1 AS a INTO #t UNION ALL SELECT 2; SELECT @@ROWCOUNT; SELECT SUM(a) FROM #t
--> 2
--> next result
--> 3

CREATE TABLE #s (a int IDENTITY); INSERT #s DEFAULT VALUES; SELECT a INTO dbo.t FROM #s UNION SELECT 5 EXCEPT SELECT 1 ORDER BY a; SELECT a FROM dbo.t; SELECT is_identity, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')
--> 5
--> next result
--> 0 | 0

SELECT 1 INTO #t
--> error 1038: An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.
SELECT 1 AS a INTO #t; SELECT 2 AS a INTO #t
--> error 2714: There is already an object named '#t' in the database.
CREATE TABLE #s (a int IDENTITY(5, 1), b varchar(7) NOT NULL); INSERT #s VALUES ('x'); SELECT * INTO #t FROM #s; INSERT #t VALUES ('y'); SELECT a, b FROM #t ORDER BY a
--> 5 | 'x'
--> 6 | 'y'
-- source: queries/hints-transact-sql-query
SELECT 1 OPTION (RECOMPILE, MAXDOP 1)
--> 1
-- source: queries/hints-transact-sql-table
CREATE TABLE #t (a int); INSERT #t VALUES (1); SELECT a FROM #t WITH (NOLOCK); SELECT a FROM #t (UPDLOCK); SELECT a FROM #t WITH (TABLOCKX, HOLDLOCK)
--> 1
--> next result
--> 1
--> next result
--> 1
-- source: queries/select-for-clause-transact-sql
SELECT 1 AS a FOR JSON PATH
--> '[{"a":1}]'
SELECT 1 AS a FOR XML PATH('r')
--> '<r><a>1</a></r>'
-- source: functions/json-value-transact-sql
SELECT JSON_VALUE('{"a":{"b":[1,"x"]}}', '$.a.b[1]'), JSON_VALUE('{"a":1}', '$.b'), JSON_VALUE('{"a":{}}', '$.a')
--> 'x' | NULL | NULL
SELECT JSON_VALUE('{"a":1}', 'strict $.b')
--> error 13608: Property cannot be found on the specified JSON path.
-- source: functions/json-query-transact-sql
SELECT JSON_QUERY('{"a":{"b":1}}', '$.a'), JSON_QUERY('{"a":1}', '$.a')
--> '{"b":1}' | NULL
-- source: functions/isjson-transact-sql
SELECT ISJSON('{"a":1}'), ISJSON('[1,2]'), ISJSON('{a:1}'), ISJSON(''), ISJSON(CAST(NULL AS varchar(5)))
--> 1 | 1 | 0 | 0 | NULL
-- source: functions/json-modify-transact-sql
SELECT JSON_MODIFY('{"a":1}', '$.a', 2), JSON_MODIFY('{"a":1}', '$.b', 'x')
--> '{"a":2}' | '{"a":1,"b":"x"}'
-- source: functions/json-object-transact-sql
SELECT JSON_OBJECT('a':1, 'b':'x'), JSON_OBJECT()
--> '{"a":1,"b":"x"}' | '{}'
-- source: functions/json-array-transact-sql
SELECT JSON_ARRAY(1, 'a', NULL), JSON_ARRAY(1, NULL NULL ON NULL), JSON_ARRAY()
--> '[1,"a"]' | '[1,null]' | '[]'
-- source: functions/json-path-exists-transact-sql
SELECT JSON_PATH_EXISTS('{"a":1}', '$.a'), JSON_PATH_EXISTS('{"a":1}', '$.b')
--> 1 | 0
-- source: functions/openjson-transact-sql
SELECT [key], value, type FROM OPENJSON('{"a":1,"b":"x","c":null,"d":true,"e":[1],"f":{}}')
--> 'a' | '1' | 2
--> 'b' | 'x' | 1
--> 'c' | NULL | 0
--> 'd' | 'true' | 3
--> 'e' | '[1]' | 4
--> 'f' | '{}' | 5
SELECT id, name FROM OPENJSON('[{"id":1,"name":"a"},{"id":2}]') WITH (id int, name nvarchar(10))
--> 1 | 'a'
--> 2 | NULL
-- source: queries/predicates
SELECT v FROM (VALUES (1), (2), (NULL)) AS t (v) WHERE v > 1 OR v IS NULL ORDER BY v
--> NULL
--> 2
SELECT v FROM (VALUES (1), (2), (NULL)) AS t (v) WHERE NOT (v = 1)
--> 2
SELECT 1 WHERE 1
--> error 4145
-- source: queries/top-transact-sql
CREATE TABLE #t (id int, g int, v int); INSERT #t VALUES (1, 1, 5), (2, 1, 7), (3, 2, 1); SELECT id FROM (SELECT TOP (1) WITH TIES id FROM #t ORDER BY ROW_NUMBER() OVER (PARTITION BY g ORDER BY v DESC)) AS s ORDER BY id
--> 2
--> 3
SELECT TOP (1.5) v FROM (VALUES (1)) AS t (v)
--> error 1060: The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.

SELECT TOP ('1') v FROM (VALUES (1)) AS t (v)
--> error 1060

SELECT TOP (NULL) v FROM (VALUES (1)) AS t (v)
--> error 1060

SELECT TOP (v) v FROM (VALUES (1)) AS t (v)
--> error 4115: The reference to column "v" is not allowed in an argument to a TOP, OFFSET, or FETCH clause. Only references to columns at an outer scope or standalone expressions and subqueries are allowed here.

SELECT a, x FROM (VALUES (1), (2)) AS t (a) CROSS APPLY (SELECT TOP (a) v FROM (VALUES (20), (10), (30)) AS u (v) ORDER BY v) AS d (x) ORDER BY a, x
--> 1 | 10
--> 2 | 10
--> 2 | 20

DECLARE @n int; SELECT TOP (@n) v FROM (VALUES (1)) AS t (v)
--> error 1014
SELECT TOP (-1) name FROM sys.objects
--> error 127: A TOP N or FETCH rowcount value may not be negative.
-- source: queries/with-common-table-expression-transact-sql, guidelines for recursive common table expressions
WITH r AS (SELECT 1 AS a UNION ALL SELECT r.a + 1 FROM (VALUES (1)) AS t (id) LEFT JOIN r ON t.id = r.a) SELECT a FROM r
--> error 462: Outer join is not allowed in the recursive part of a recursive common table expression 'r'.
WITH r AS (SELECT 1 AS a UNION ALL SELECT MAX(a) FROM r) SELECT a FROM r
--> error 467: GROUP BY, HAVING, or aggregate functions are not allowed in the recursive part of a recursive common table expression 'r'.
WITH r AS (SELECT 1 AS a UNION ALL SELECT DISTINCT a + 1 FROM r WHERE a < 3) SELECT a FROM r
--> error 460: DISTINCT operator is not allowed in the recursive part of a recursive common table expression 'r'.
WITH c AS (SELECT 'a' AS n UNION ALL SELECT n + 'b' FROM c WHERE LEN(n) < 5) SELECT n FROM c
--> error 240: Types don't match between the anchor and the recursive part in column "n" of recursive query "c".
WITH c AS (SELECT CAST(1 AS decimal(5,2)) AS n UNION ALL SELECT n * 1.5 FROM c WHERE n < 5) SELECT n FROM c
--> error 240: Types don't match between the anchor and the recursive part in column "n" of recursive query "c".
WITH c AS (SELECT CAST('a' AS varchar(10)) AS n UNION ALL SELECT CAST(n + 'b' AS varchar(10)) FROM c WHERE LEN(n) < 3) SELECT n FROM c
--> 'a'
--> 'ab'
--> 'abb'
-- source: queries/select-into-clause-transact-sql, identity column
CREATE TABLE #s (a int NOT NULL, b int NULL, c int IDENTITY); SELECT a, b, c, 1 AS d, ISNULL(b, 0) AS e INTO dbo.t FROM #s; SELECT name, is_nullable, is_identity FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')
--> 'a' | 0 | 0
--> 'b' | 1 | 0
--> 'c' | 0 | 1
--> 'd' | 0 | 0
--> 'e' | 0 | 0
CREATE TABLE #s (c int IDENTITY); SELECT s.c, u.c AS d INTO dbo.t FROM #s AS s LEFT JOIN #s AS u ON u.c = s.c; SELECT name, is_nullable, is_identity FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')
--> 'c' | 0 | 0
--> 'd' | 1 | 0
-- source: relational-databases/xml/use-path-mode-with-for-xml
SELECT ',' + v FROM (VALUES ('b'), ('a')) AS t (v) ORDER BY v FOR XML PATH('')
--> ',a,b'
SELECT STUFF((SELECT ', ' + v FROM (VALUES ('a<'), ('b&c')) AS t (v) ORDER BY v FOR XML PATH('')), 1, 2, '')
--> 'a&lt;, b&amp;c'
SELECT STUFF((SELECT ', ' + v FROM (VALUES ('a<'), ('b&c')) AS t (v) ORDER BY v FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'), 1, 2, '')
--: nvarchar(max)
--> 'a<, b&c'
SELECT t.id, STUFF((SELECT ';' + u.n FROM (VALUES (1, 'p'), (1, 'q')) AS u (id, n) WHERE u.id = t.id ORDER BY u.n FOR XML PATH('')), 1, 1, '') FROM (VALUES (1), (2)) AS t (id)
--> 1 | 'p;q'
--> 2 | NULL
SELECT 1 AS [@id], 'x' AS name, NULL AS none FOR XML PATH('item'), ROOT('items')
--> '<items><item id="1"><name>x</name></item></items>'
SELECT a, b FROM (VALUES (1, 'x'), (2, NULL)) AS t (a, b) FOR XML RAW
--> '<row a="1" b="x"/><row a="2"/>'
SELECT a, b FROM (VALUES (1, 'x'), (2, NULL)) AS t (a, b) FOR XML RAW('r'), ELEMENTS
--> '<r><a>1</a><b>x</b></r><r><a>2</a></r>'
SELECT 1 AS a, NULL AS b FOR XML RAW, ELEMENTS ABSENT
--> '<row><a>1</a></row>'

SELECT 1 AS a, NULL AS b FOR XML RAW, ELEMENTS XSINIL
--> '<row xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a>1</a><b xsi:nil="true"/></row>'
--! refused: FOR XML … ELEMENTS XSINIL

SELECT 'x' AS name, 1 AS [@id] FOR XML PATH
--> error 6852
SELECT a FROM (VALUES (1)) AS t (a) WHERE a = 2 FOR XML PATH
--> no rows
CREATE TABLE #t (a nvarchar(9)); INSERT #t SELECT 1 AS a FOR XML PATH
--> error 6819: The FOR XML clause is not allowed in a INSERT statement.
-- source: relational-databases/json/format-query-results-as-json-with-for-json-sql-server
SELECT a, b, CAST(a AS bit) AS c FROM (VALUES (1, 'x"/'), (2, NULL)) AS t (a, b) FOR JSON PATH
--> '[{"a":1,"b":"x\"\/","c":true},{"a":2,"c":true}]'
SELECT a AS [p.q], b AS [p.r] FROM (VALUES (1, 'x'), (2, NULL)) AS t (a, b) FOR JSON PATH, ROOT('k')
--> '{"k":[{"p":{"q":1,"r":"x"}},{"p":{"q":2}}]}'
SELECT a, b FROM (VALUES (1, NULL)) AS t (a, b) FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER
--> '{"a":1,"b":null}'
SELECT a, (SELECT v FROM (VALUES (1), (2)) AS u (v) WHERE v <= a ORDER BY v FOR JSON PATH) AS l FROM (VALUES (1), (2)) AS t (a) FOR JSON PATH
--> '[{"a":1,"l":[{"v":1}]},{"a":2,"l":[{"v":1},{"v":2}]}]'
SELECT a FROM (VALUES (1)) AS t (a) FOR JSON AUTO
--> '[{"a":1}]'
SELECT CAST('2024-01-02T03:04:05.120' AS datetime) AS a, CAST('2024-01-02' AS date) AS b, 1.50 AS c FOR JSON PATH
--> '[{"a":"2024-01-02T03:04:05.120","b":"2024-01-02","c":1.50}]'
SELECT CAST(1.5 AS real) AS a, 1.5e0 AS b FOR JSON PATH
--> '[{"a":1.5000000e+000,"b":1.500000000000000e+000}]'

SELECT 1 FOR JSON PATH
--> error 13605
SELECT 1 AS a, 2 AS a FOR JSON PATH
--> error 13601: Property 'a' cannot be generated in JSON output due to a conflict with another column name or alias. Use different names and aliases for each column in SELECT list.
SELECT LEN(a) FROM (SELECT (SELECT REPLICATE('x', 5000) AS v FOR JSON PATH) AS a) AS t
--> 5010
-- source: queries/table-value-constructor-transact-sql, data types
SELECT id, name INTO dbo.given FROM (VALUES (1, 'a'), (2, NULL)) x(id, name)
SELECT name, is_nullable FROM sys.columns WHERE object_id = OBJECT_ID('dbo.given') ORDER BY name
ALTER TABLE dbo.given ADD PRIMARY KEY (id)
--> 'id' | 0
--> 'name' | 1
CREATE TABLE dbo.days (day date)
INSERT dbo.days SELECT day FROM (VALUES (NULL), (NULL)) x(day)
INSERT dbo.days SELECT day FROM (SELECT NULL AS day UNION ALL SELECT NULL) x;
WITH x AS (SELECT NULL AS day) INSERT dbo.days SELECT day FROM x
SELECT COUNT(*) FROM dbo.days WHERE day IS NULL
--> 5
SELECT MAX(n) FROM (VALUES (NULL), (NULL)) x(n)
--> error 8117: Operand data type NULL is invalid for max operator.
WITH x AS (SELECT 1 AS n, NULL AS before UNION ALL SELECT n + 1, n FROM x WHERE n < 3) SELECT n, before FROM x ORDER BY n
--> 1 | NULL
--> 2 | 1
--> 3 | 2
SELECT n, 1 AS one INTO dbo.typed FROM (SELECT NULL AS n) x
SELECT n FROM dbo.typed
--: int
--> NULL
CREATE TABLE #t (a int, b char); INSERT #t VALUES (1, 'a'), (2, 1)
--> error 245: Conversion failed when converting the varchar value 'a' to data type int.
CREATE TABLE #t (a int, b char); INSERT #t VALUES (1, 'a'), (2, CONVERT(char, 1)); SELECT * FROM #t
--> 1 | 'a'
--> 2 | '1'
CREATE TABLE #t (a varchar(20)); INSERT #t VALUES (1), (2.5), (NULL), (DEFAULT); SELECT * FROM #t
--> '1.0'
--> '2.5'
--> NULL
--> NULL
CREATE TABLE #t (a int); INSERT #t VALUES ($2.5), (1e0); SELECT * FROM #t
--> 2
--> 1
-- source: queries/top-transact-sql, PERCENT
CREATE FUNCTION dbo.numbers (@low int, @high int) RETURNS TABLE AS RETURN
    WITH two AS (SELECT 1 AS c UNION ALL SELECT 1), many AS (SELECT 1 AS c FROM two a, two b, two d, two e, two f),
    huge AS (SELECT 1 AS c FROM many a, many b, many d, many e, many f, many g, many h),
    counted AS (SELECT ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS n FROM huge)
    SELECT TOP (@high - @low + 1) @low + n - 1 AS n FROM counted ORDER BY counted.n
GO
SELECT n FROM dbo.numbers(11, 13)
--> 11
--> 12
--> 13
CREATE FUNCTION dbo.letters (@text varchar(8000)) RETURNS TABLE AS RETURN
    WITH five AS (SELECT 1 AS c UNION ALL SELECT 1 UNION ALL SELECT 1 UNION ALL SELECT 1 UNION ALL SELECT 1),
    counted AS (SELECT TOP (DATALENGTH(@text)) ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS n FROM five)
    SELECT n, SUBSTRING(@text, n, 1) AS letter FROM counted
GO
SELECT t.id, l.letter FROM (VALUES (1, 'ab'), (2, 'c')) t (id, text) CROSS APPLY dbo.letters(t.text) l ORDER BY t.id, l.n
--> 1 | 'a'
--> 1 | 'b'
--> 2 | 'c'
SELECT TOP (50) PERCENT v FROM (VALUES ('10'), ('9')) x(v) ORDER BY CAST(v AS int)
--> '9'
SELECT TOP (1) WITH TIES v FROM (VALUES ('10'), ('9'), ('9')) x(v) ORDER BY CAST(v AS int)
--> '9'
--> '9'
SELECT TOP (DATEDIFF(day, '20240101', '20240102')) n FROM (VALUES (1), (2)) x(n) ORDER BY n
--> 1
DECLARE @p int = 150; SELECT TOP (@p) PERCENT v FROM (VALUES (1)) AS t (v)
--> error 1031: Percent values must be between 0 and 100.
SELECT TOP 0.5 PERCENT v FROM (VALUES (1), (2)) AS t (v) ORDER BY v
--> 1
-- source: queries/top-transact-sql, expression
DECLARE @n bigint = 9223372036854775807; SELECT TOP (@n) v FROM (VALUES (1)) AS t (v)
--> 1
-- source: queries/select-order-by-clause-transact-sql, FETCH
DECLARE @n bigint = 9223372036854775807; SELECT v FROM (VALUES (1)) AS t (v) ORDER BY v OFFSET 0 ROWS FETCH NEXT @n ROWS ONLY
--> 1
-- source: queries/select-over-clause-transact-sql, ORDER BY
SELECT v, SUM(n) OVER (PARTITION BY CAST(v AS int) ORDER BY DATEADD(day, n, '20240101'), n / n)
FROM (VALUES ('1', 1), ('1 ', 2), ('2', 4)) x(v, n) ORDER BY n
--> '1' | 1
--> '1 ' | 3
--> '2' | 4
SELECT SUM(n) OVER (PARTITION BY DATEADD(month, DATEDIFF(month, 0, d), 0)) FROM (VALUES (CAST('20240101' AS date), 1), ('20240131', 2), ('20240201', 4)) x(d, n) ORDER BY n
--> 3
--> 3
--> 4
SELECT ROW_NUMBER() OVER (PARTITION BY EOMONTH(d), DATEFROMPARTS(YEAR(d), 1, 1) ORDER BY d) FROM (VALUES ('20240101'), ('20240131')) x(d)
--> 1
--> 2
SELECT RANK() OVER (ORDER BY CAST(v AS int)) FROM (VALUES ('1'), ('x')) x(v)
--> error 245: Conversion failed when converting the varchar value 'x' to data type int.
SELECT COUNT(*) OVER (PARTITION BY 6 / n) FROM (VALUES (1), (0)) x(n)
--> error 8134
SELECT COUNT(*) OVER (PARTITION BY 6 / n) FROM (VALUES (1), (2)) x(n) WHERE n > 1
--> 1
CREATE VIEW dbo.ranked AS SELECT RANK() OVER (PARTITION BY DATEADD(day, n, '20240101') ORDER BY CAST(n AS varchar(1))) AS place FROM (VALUES (1), (1)) x(n)
GO
SELECT place FROM dbo.ranked
--> 1
--> 1
SELECT v, ROW_NUMBER() OVER (ORDER BY (SELECT -t.v)) FROM (VALUES (1), (2)) AS t (v) ORDER BY v
--> 1 | 2
--> 2 | 1
SELECT SUM(ROW_NUMBER() OVER (ORDER BY v)) FROM (VALUES (1)) AS t (v)
--> error 4109: Windowed functions cannot be used in the context of another windowed function or aggregate.
SELECT SUM(v) OVER (ORDER BY ROW_NUMBER() OVER (ORDER BY v)) FROM (VALUES (1)) AS t (v)
--> error 4109
-- source: queries/from-using-pivot-and-unpivot, UNPIVOT
SELECT u.k FROM (SELECT 1 AS a, 'x' AS b) AS s UNPIVOT (v FOR k IN (a, b)) AS u
--> error 8167: The type of column "b" conflicts with the type of other columns specified in the UNPIVOT list.
-- source: queries/select-group-by-transact-sql, and subqueries that name grouped columns or aggregates of the outer query
SELECT g, MAX(v) - (SELECT MIN(w) FROM (VALUES ('a', 1), ('b', 2)) AS u (h, w) WHERE u.h = t.g) FROM (VALUES ('a', 5), ('b', 9), ('A', 7)) AS t (g, v) GROUP BY g ORDER BY g
--> 'A' | 6
--> 'b' | 7
SELECT g, (SELECT COUNT(*) FROM (VALUES (5), (9)) AS u (w) WHERE u.w <= MAX(t.v)) FROM (VALUES ('a', 5), ('b', 9)) AS t (g, v) GROUP BY g ORDER BY g
--> 'a' | 1
--> 'b' | 2
SELECT g FROM (VALUES ('a', 5), ('b', 9)) AS t (g, v) GROUP BY g HAVING MAX(v) > (SELECT 5 WHERE t.g = 'b')
--> 'b'
SELECT (SELECT t.v) FROM (VALUES ('a', 5), ('b', 9)) AS t (g, v) GROUP BY g
--> error 8120: Column 't.v' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.
SELECT g FROM (VALUES ('a', 5)) AS t (g, v) WHERE EXISTS (SELECT 1 FROM (VALUES (5)) AS u (w) WHERE u.w = MAX(t.v)) GROUP BY g
--> error 147
SELECT g FROM (VALUES ('a', 5), ('b', 9)) AS t (g, v) GROUP BY g HAVING EXISTS (SELECT 1 FROM (VALUES (5)) AS u (w) WHERE u.w = MAX(t.v))
--> 'a'
SELECT g, (SELECT COUNT(*) FROM (VALUES ('a'), ('a'), ('b')) AS u (h) WHERE u.h = t.g AND EXISTS (SELECT 1 FROM (VALUES ('a')) AS w (z) WHERE w.z = t.g AND w.z = u.h)) FROM (VALUES ('a', 5), ('b', 9)) AS t (g, v) GROUP BY g ORDER BY g
--> 'a' | 2
--> 'b' | 0
SELECT COALESCE(g, 'all'), (SELECT COUNT(*) FROM (VALUES ('a'), ('a'), ('b')) AS u (h) WHERE u.h = t.g) FROM (VALUES ('a', 5), ('b', 9)) AS t (g, v) GROUP BY ROLLUP(g) ORDER BY 1
--> 'a' | 2
--> 'all' | 0
--> 'b' | 1
SELECT g, STUFF((SELECT ',' + x.n FROM (VALUES ('a', 'p'), ('A', 'q')) AS x (g, n) WHERE x.g = t.g FOR XML PATH('')), 1, 1, '') FROM (VALUES ('a'), ('a'), ('b')) AS t (g) GROUP BY g ORDER BY g
--> 'a' | 'p,q'
--> 'b' | NULL
-- source: queries/select-group-by-transact-sql, an expression that contains a grouped column keeps its own type
SELECT CAST(a AS varchar(50)), CAST(a AS nvarchar(10)), CAST(m AS decimal(19,4)), CAST(b AS datetime2(7)) FROM (VALUES ('a', $1, CAST('2024-01-01' AS datetime2(0)))) AS t (a, m, b) GROUP BY a, m, b
--: varchar(50), nvarchar(10), decimal(19,4), datetime2(7)
--> 'a' | 'a' | 1.0000 | 2024-01-01 00:00:00.0000000
-- source: queries/select-clause-transact-sql, $IDENTITY, $ROWGUID; queries/output-clause-transact-sql
CREATE TABLE dbo.t (a UNIQUEIDENTIFIER ROWGUIDCOL DEFAULT NEWID(), b INT IDENTITY(5, 5), c INT)
INSERT dbo.t (a, c) OUTPUT inserted.$rowguid, inserted.$identity AS i VALUES ('00000000-0000-0000-0000-000000000001', 5)
SELECT $rowguid, t.ROWGUIDCOL, IDENTITYCOL, t.$identity FROM dbo.t
SELECT x.$identity, y.$identity FROM dbo.t AS x JOIN dbo.t AS y ON x.$identity = y.$identity WHERE x.$rowguid IS NOT NULL
UPDATE dbo.t SET c = 6 OUTPUT deleted.$identity, inserted.c WHERE $identity = 5
DELETE dbo.t OUTPUT deleted.$rowguid
--> 00000000-0000-0000-0000-000000000001 | 5
--> next result
--> 00000000-0000-0000-0000-000000000001 | 00000000-0000-0000-0000-000000000001 | 5 | 5
--> next result
--> 5 | 5
--> next result
--> 5 | 6
--> next result
--> 00000000-0000-0000-0000-000000000001
-- source: queries/select-order-by-clause-transact-sql, FETCH; relational-databases/errors-events (1060)
SELECT v FROM (VALUES (1)) AS t (v) ORDER BY v OFFSET 0 ROWS FETCH NEXT 1.5 ROWS ONLY
--> error 1060: The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.
-- source: relational-databases/xml/use-path-mode-with-for-xml
SELECT 1 AS [@id], 2 AS [a/b], 3 AS [a/c], 4 AS [text()], 'z' AS [*] FOR XML PATH('r')
--> '<r id="1"><a><b>2</b><c>3</c></a>4z</r>'
SELECT 5 AS [a/@id], NULL AS [a/c], 1 AS [a/d/e], 2 AS [a/d/f] FOR XML PATH
--> '<row><a id="5"><d><e>1</e><f>2</f></d></a></row>'
SELECT 5 AS [a/@id], NULL AS [a/c], NULL AS [b/c] FOR XML PATH('')
--> '<a id="5"/>'
SELECT 1 AS [a/b], 2 AS [c], 3 AS [a/b] FOR XML PATH('')
--> '<a><b>1</b></a><c>2</c><a><b>3</b></a>'
SELECT 1 AS td, 2 AS td, '', 3 AS td FOR XML PATH('tr')
--> '<tr><td>12</td><td>3</td></tr>'
SELECT 1 AS [a/b], 2 AS [a/@c] FOR XML PATH('')
--> error 6852
SELECT 1 AS [@a], 2 AS [@a] FOR XML PATH
--> error 6810
