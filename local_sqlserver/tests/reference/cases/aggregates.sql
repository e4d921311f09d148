-- chapter: Aggregates
-- source: functions/avg-transact-sql
SELECT AVG(v) FROM (VALUES (1), (2), (2)) AS t (v)
--: int
--> 1
SELECT AVG(v) FROM (VALUES (1), (NULL), (4)) AS t (v)
--> 2
SELECT AVG(CAST(v AS decimal(5,2))) FROM (VALUES (1), (2), (2)) AS t (v)
--: decimal(38,6)
--> 1.666666
SELECT AVG(CAST(v AS money)), AVG(CAST(v AS float)), AVG(CAST(v AS bigint)), AVG(CAST(v AS tinyint)) FROM (VALUES (1), (2)) AS t (v)
--: money, float, bigint, int
--> 1.5000 | 1.5 | 1 | 1
SELECT AVG(DISTINCT v) FROM (VALUES (1), (1), (5)) AS t (v)
--> 3
SELECT AVG(v) FROM (VALUES (1)) AS t (v) WHERE 1 = 0
--> NULL
SELECT AVG(v) FROM (VALUES (2147483647), (2147483647)) AS t (v)
--> error 8115: Arithmetic overflow error converting expression to data type int.
SELECT AVG(v) FROM (VALUES ('a')) AS t (v)
--> error 8117: Operand data type varchar is invalid for avg operator.
SELECT AVG(-v) FROM (VALUES (1), (2)) AS t (v)
--> -1
-- source: functions/sum-transact-sql
SELECT SUM(v) FROM (VALUES (1), (2), (NULL)) AS t (v)
--: int
--> 3
SELECT SUM(CAST(v AS tinyint)), SUM(CAST(v AS smallint)), SUM(CAST(v AS bigint)), SUM(CAST(v AS decimal(5,2))), SUM(CAST(v AS smallmoney)), SUM(CAST(v AS real)) FROM (VALUES (1), (2)) AS t (v)
--: int, int, bigint, decimal(38,2), money, float
--> 3 | 3 | 3 | 3.00 | 3.0000 | 3
SELECT SUM(v) FROM (VALUES (2147483647), (1)) AS t (v)
--> error 8115: Arithmetic overflow error converting expression to data type int.
SELECT SUM(DISTINCT v) FROM (VALUES (1), (1), (5)) AS t (v)
--> 6
SELECT SUM(v) FROM (VALUES (1)) AS t (v) WHERE v > 5
--> NULL
SELECT SUM(NULL)
--> error 8117: Operand data type NULL is invalid for sum operator.

SELECT MAX(NULL)
--> error 8117: Operand data type NULL is invalid for max operator.

SELECT COUNT(NULL) FROM (VALUES (1)) AS t (v)
--> error 8117: Operand data type NULL is invalid for count operator.

SELECT SUM(v) FROM (VALUES ('1')) AS t (v)
--> error 8117: Operand data type varchar is invalid for sum operator.
SELECT SUM(v) FROM (VALUES (CAST('2024-01-01' AS date))) AS t (v)
--> error 8117: Operand data type date is invalid for sum operator.
SELECT SUM(CASE WHEN v > 1 THEN 1 ELSE 0 END) FROM (VALUES (1), (2), (3)) AS t (v)
--> 2
SELECT SUM(SUM(v)) FROM (VALUES (1)) AS t (v)
--> error 130: Cannot perform an aggregate function on an expression containing an aggregate or a subquery.
SELECT SUM((SELECT 1)) FROM (VALUES (1)) AS t (v)
--> error 130: Cannot perform an aggregate function on an expression containing an aggregate or a subquery.
SELECT SUM(x) FROM (VALUES (1e308), (1e308)) AS t(x)
--> error 8115: Arithmetic overflow error converting expression to data type float.
SELECT SUM(x) FROM (VALUES (CAST(922337203685477.5807 AS money)), (1)) AS t(x)
--> error 8115: Arithmetic overflow error converting expression to data type money.
-- source: functions/count-transact-sql
SELECT COUNT(*), COUNT(v), COUNT(DISTINCT v) FROM (VALUES (1), (1), (NULL), (2)) AS t (v)
--: int, int, int
--> 4 | 3 | 2
SELECT COUNT(*), COUNT(v) FROM (VALUES (1)) AS t (v) WHERE 1 = 0
--> 0 | 0
SELECT COUNT(*) FROM (VALUES (1)) AS t (v) WHERE 1 = 0 GROUP BY v
--> no rows
SELECT COUNT(DISTINCT v) FROM (VALUES ('a'), ('A'), ('a ')) AS t (v)
--> 1
SELECT COUNT(1), COUNT(NULL + 1) FROM (VALUES (1), (2)) AS t (v)
--> 2 | 0
-- source: functions/count-big-transact-sql
SELECT COUNT_BIG(*), COUNT_BIG(DISTINCT v) FROM (VALUES (1), (1)) AS t (v)
--: bigint, bigint
--> 2 | 1
-- source: functions/approx-count-distinct-transact-sql
SELECT APPROX_COUNT_DISTINCT(v) FROM (VALUES (1), (1), (2), (NULL)) AS t (v)
--: bigint
--> 2
-- source: functions/max-transact-sql
SELECT MAX(v), MIN(v) FROM (VALUES (1), (NULL), (3)) AS t (v)
--> 3 | 1
SELECT MAX(v), MIN(v) FROM (VALUES ('a'), ('B'), ('c')) AS t (v)
--> 'c' | 'a'
SELECT MAX(v), MIN(v) FROM (VALUES (CAST('2024-01-01' AS date)), ('2023-01-01')) AS t (v)
--: date, date
--> 2024-01-01 | 2023-01-01
SELECT MAX(v) FROM (VALUES (CAST(1 AS bit))) AS t (v)
--> error 8117: Operand data type bit is invalid for max operator.
SELECT MAX(v) FROM (VALUES (1)) AS t (v) WHERE 1 = 0
--> NULL
-- source: functions/min-transact-sql
SELECT MIN(CAST(v AS tinyint)), MIN(CAST(v AS decimal(5,2))), MIN(CAST(v AS varchar(5))) FROM (VALUES (1), (10), (9)) AS t (v)
--: tinyint, decimal(5,2), varchar(5)
--> 1 | 1.00 | '1'
-- source: functions/stdev-transact-sql
SELECT STDEV(v), STDEVP(v), VAR(v), VARP(v) FROM (VALUES (1), (2), (3), (4)) AS t (v)
--: float, float, float, float
--> 1.29099444873581 | 1.11803398874989 | 1.66666666666667 | 1.25
SELECT STDEV(v), STDEVP(v), VAR(v), VARP(v) FROM (VALUES (5)) AS t (v)
--> NULL | 0 | NULL | 0
-- source: functions/var-transact-sql
SELECT VAR(v), VARP(v) FROM (VALUES (CAST(NULL AS int))) AS t (v)
--> NULL | NULL
SELECT VAR(DISTINCT v) FROM (VALUES (1), (1), (3)) AS t (v)
--> 2
-- source: functions/checksum-agg-transact-sql
SELECT CHECKSUM_AGG(v) FROM (VALUES (1), (2)) AS t (v)
--> 3
--! refused: The function CHECKSUM_AGG
-- source: functions/grouping-transact-sql
SELECT g, SUM(v), GROUPING(g) FROM (VALUES ('a', 1), (NULL, 2)) AS t (g, v) GROUP BY ROLLUP (g) ORDER BY GROUPING(g), g
--: varchar(1), int, tinyint
--> NULL | 2 | 0
--> 'a' | 1 | 0
--> NULL | 3 | 1
-- source: functions/grouping-id-transact-sql
SELECT a, b, GROUPING_ID(a, b) FROM (VALUES (1, 2)) AS t (a, b) GROUP BY CUBE (a, b) ORDER BY 3
--: int, int, int
--> 1 | 2 | 0
--> 1 | NULL | 1
--> NULL | 2 | 2
--> NULL | NULL | 3
-- source: queries/select-group-by-transact-sql
SELECT UPPER(RTRIM(g)), COUNT(*) FROM (VALUES ('a'), ('A '), ('b'), (NULL), (NULL)) AS t (g) GROUP BY g ORDER BY COUNT(*), g
--> 'B' | 1
--> NULL | 2
--> 'A' | 2
SELECT a, b, SUM(v) FROM (VALUES (1, 1, 10), (1, 2, 20), (2, 1, 30)) AS t (a, b, v) GROUP BY ROLLUP (a, b) ORDER BY GROUPING(a), a, GROUPING(b), b
--> 1 | 1 | 10
--> 1 | 2 | 20
--> 1 | NULL | 30
--> 2 | 1 | 30
--> 2 | NULL | 30
--> NULL | NULL | 60
SELECT a, b, SUM(v) FROM (VALUES (1, 1, 10), (1, 2, 20)) AS t (a, b, v) GROUP BY GROUPING SETS ((a), (b), ()) ORDER BY GROUPING_ID(a, b), a, b
--> 1 | NULL | 30
--> NULL | 1 | 10
--> NULL | 2 | 20
--> NULL | NULL | 30
SELECT a, SUM(v) FROM (VALUES (1, 10), (1, 20)) AS t (a, v) GROUP BY a, ROLLUP (a) ORDER BY 2
--> 1 | 30
--> 1 | 30
SELECT COUNT(*) FROM (VALUES (1)) AS t (v) WHERE 1 = 0 GROUP BY GROUPING SETS ((v), ())
--> 0
SELECT SUM(v) FROM (VALUES (1)) AS t (v) WHERE 1 = 0 GROUP BY ()
--> NULL
SELECT YEAR(d), COUNT(*) FROM (VALUES (CAST('2024-01-01' AS date)), ('2024-02-01'), ('2023-01-01')) AS t (d) GROUP BY YEAR(d) ORDER BY YEAR(d)
--> 2023 | 1
--> 2024 | 2
SELECT v FROM (VALUES (1)) AS t (v) GROUP BY w
--> error 207: Invalid column name 'w'.
SELECT v, w FROM (VALUES (1, 2)) AS t (v, w) GROUP BY v
--> error 8120: Column 't.w' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.
SELECT v, COUNT(*) FROM (VALUES (1)) AS t (v)
--> error 8120: Column 't.v' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.
SELECT COUNT(*) FROM (VALUES (1)) AS t (v) GROUP BY 1
--> error 164: Each GROUP BY expression must contain at least one column that is not an outer reference.
SELECT COUNT(*) FROM (VALUES (1)) AS t (v) GROUP BY COUNT(*)
--> error 144: Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.
SELECT v + 1 AS w, COUNT(*) FROM (VALUES (1)) AS t (v) GROUP BY w
--> error 207: Invalid column name 'w'.
SELECT v + 1, COUNT(*) FROM (VALUES (1), (1)) AS t (v) GROUP BY v
--> 2 | 2
SELECT v + 1, COUNT(*) FROM (VALUES (1), (1)) AS t (v) GROUP BY v + 1
--> 2 | 2
SELECT 1 FROM (VALUES (1)) AS t (v) WHERE COUNT(*) > 0
--> error 147: An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.
-- source: queries/select-having-transact-sql
SELECT g, SUM(v) FROM (VALUES ('a', 1), ('a', 2), ('b', 1)) AS t (g, v) GROUP BY g HAVING SUM(v) > 2
--> 'a' | 3
SELECT COUNT(*) FROM (VALUES (1), (2)) AS t (v) HAVING COUNT(*) > 5
--> no rows
SELECT 'x' FROM (VALUES (1), (2)) AS t (v) HAVING COUNT(*) = 2
--> 'x'
SELECT SUM(v) AS s FROM (VALUES (1)) AS t (v) GROUP BY v HAVING s > 0
--> error 207: Invalid column name 's'.

-- source: functions/row-number-transact-sql
SELECT v, ROW_NUMBER() OVER (ORDER BY v DESC) FROM (VALUES (10), (20), (30)) AS t (v) ORDER BY v
--: int, bigint
--> 10 | 3
--> 20 | 2
--> 30 | 1
SELECT g, v, ROW_NUMBER() OVER (PARTITION BY g ORDER BY v) FROM (VALUES ('a', 2), ('a', 1), ('b', 5)) AS t (g, v) ORDER BY g, v
--> 'a' | 1 | 1
--> 'a' | 2 | 2
--> 'b' | 5 | 1
SELECT ROW_NUMBER() OVER () FROM (VALUES (1)) AS t (v)
--> error 4112: The function 'ROW_NUMBER' must have an OVER clause with ORDER BY.
SELECT ROW_NUMBER() FROM (VALUES (1)) AS t (v)
--> error 10753: The function 'ROW_NUMBER' must have an OVER clause.
SELECT v FROM (VALUES (1), (2)) AS t (v) WHERE ROW_NUMBER() OVER (ORDER BY v) = 1
--> error 4108: Windowed functions can only appear in the SELECT or ORDER BY clauses.
SELECT ROW_NUMBER() OVER (ORDER BY 1) FROM (VALUES (1)) AS t (v)
--> error 5308: Windowed functions, aggregates and NEXT VALUE FOR functions do not support integer indices as ORDER BY clause expressions.
SELECT ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) FROM (VALUES (1)) AS t (v)
--> 1
-- source: functions/rank-transact-sql
SELECT v, RANK() OVER (ORDER BY v), DENSE_RANK() OVER (ORDER BY v), NTILE(2) OVER (ORDER BY v) FROM (VALUES (10), (10), (20)) AS t (v) ORDER BY v, 4
--: int, bigint, bigint, bigint
--> 10 | 1 | 1 | 1
--> 10 | 1 | 1 | 1
--> 20 | 3 | 2 | 2
-- source: functions/ntile-transact-sql
SELECT v, NTILE(3) OVER (ORDER BY v) FROM (VALUES (1), (2), (3), (4), (5)) AS t (v) ORDER BY v
--> 1 | 1
--> 2 | 1
--> 3 | 2
--> 4 | 2
--> 5 | 3
-- source: functions/lag-transact-sql
SELECT v, LAG(v) OVER (ORDER BY v), LAG(v, 2, 0) OVER (ORDER BY v), LEAD(v, 1, -1) OVER (ORDER BY v) FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY v
--> 1 | NULL | 0 | 2
--> 2 | 1 | 0 | 3
--> 3 | 2 | 1 | -1
SELECT LAG(v, 0) OVER (ORDER BY v) FROM (VALUES (1)) AS t (v)
--> 1
SELECT LAG(v, -1) OVER (ORDER BY v) FROM (VALUES (1)) AS t (v)
--> error 8730: Offset parameter for Lag and Lead functions cannot be a negative value.
SELECT v, LAG(v) IGNORE NULLS OVER (ORDER BY k) FROM (VALUES (1, 10), (2, NULL), (3, 30)) AS t (k, v) ORDER BY k
--> 10 | NULL
--> NULL | 10
--> 30 | 10
SELECT LAG(v) OVER (PARTITION BY v) FROM (VALUES (1)) AS t (v)
--> error 4112: The function 'LAG' must have an OVER clause with ORDER BY.
-- source: functions/first-value-transact-sql
SELECT v, FIRST_VALUE(v) OVER (ORDER BY v), LAST_VALUE(v) OVER (ORDER BY v), LAST_VALUE(v) OVER (ORDER BY v ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY v
--> 1 | 1 | 1 | 3
--> 2 | 1 | 2 | 3
--> 3 | 1 | 3 | 3
SELECT FIRST_VALUE(a) OVER () FROM (VALUES (1)) AS t(a)
--> error 4112: The function 'FIRST_VALUE' must have an OVER clause with ORDER BY.
SELECT LAST_VALUE(a) OVER (PARTITION BY a) FROM (VALUES (1)) AS t(a)
--> error 4112: The function 'LAST_VALUE' must have an OVER clause with ORDER BY.
-- source: functions/cume-dist-transact-sql
SELECT v, CUME_DIST() OVER (ORDER BY v), PERCENT_RANK() OVER (ORDER BY v) FROM (VALUES (1), (2), (2), (4)) AS t (v) ORDER BY v
--: int, float, float
--> 1 | 0.25 | 0
--> 2 | 0.75 | 0.333333333333333
--> 2 | 0.75 | 0.333333333333333
--> 4 | 1 | 1
-- source: functions/percentile-cont-transact-sql
SELECT DISTINCT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY v) OVER (), PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY v) OVER () FROM (VALUES (1), (2), (3), (4)) AS t (v)
--: float, int
--> 2.5 | 2
-- source: queries/select-over-clause-transact-sql
SELECT v, SUM(v) OVER (ORDER BY v), SUM(v) OVER (), COUNT(*) OVER (PARTITION BY v) FROM (VALUES (1), (2), (2), (3)) AS t (v) ORDER BY v
--> 1 | 1 | 8 | 1
--> 2 | 5 | 8 | 2
--> 2 | 5 | 8 | 2
--> 3 | 8 | 8 | 1
SELECT v, SUM(v) OVER (ORDER BY v ROWS UNBOUNDED PRECEDING), SUM(v) OVER (ORDER BY v ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM (VALUES (1), (2), (3)) AS t (v) ORDER BY v
--> 1 | 1 | 3
--> 2 | 3 | 6
--> 3 | 6 | 5
SELECT v, AVG(v) OVER (ORDER BY v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), MAX(v) OVER (ORDER BY v RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM (VALUES (1), (2), (5)) AS t (v) ORDER BY v
--> 1 | 1 | 5
--> 2 | 1 | 5
--> 5 | 3 | 5
SELECT SUM(v) OVER (ORDER BY v RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM (VALUES (1)) AS t (v)
--> error 4194: RANGE is only supported with UNBOUNDED and CURRENT ROW window frame delimiters.
SELECT SUM(v) OVER (ROWS UNBOUNDED PRECEDING) FROM (VALUES (1)) AS t (v)
--> error 10756: Window frame with ROWS or RANGE must have an ORDER BY clause.
SELECT SUM(DISTINCT v) OVER () FROM (VALUES (1)) AS t (v)
--> error 10759: Use of DISTINCT is not allowed with the OVER clause.
SELECT g, SUM(v) AS s, SUM(SUM(v)) OVER () FROM (VALUES ('a', 1), ('a', 2), ('b', 4)) AS t (g, v) GROUP BY g ORDER BY g
--> 'a' | 3 | 7
--> 'b' | 4 | 7
SELECT STRING_AGG(v, 1) FROM (VALUES ('a'), ('b')) AS t (v)
--> error 8116: Argument data type int is invalid for argument 2 of string_agg function.

SELECT STRING_AGG(v, v) FROM (VALUES ('a'), ('b')) AS t (v)
--> error 8733: Separator parameter for STRING_AGG must be a string literal or variable.

SELECT STRING_AGG(v, ',') OVER () FROM (VALUES ('a')) AS t (v)
--> error 4113
-- source: queries/select-window-transact-sql
SELECT v, SUM(v) OVER w FROM (VALUES (1), (2)) AS t (v) WINDOW w AS (ORDER BY v) ORDER BY v
--> 1 | 1
--> 2 | 3
-- source: functions/percentile-disc-transact-sql
SELECT DISTINCT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY x DESC) OVER (), PERCENTILE_DISC(0) WITHIN GROUP (ORDER BY x DESC) OVER (), PERCENTILE_DISC(1) WITHIN GROUP (ORDER BY x DESC) OVER () FROM (VALUES (1), (2), (3), (4), (NULL)) AS t(x)
--> 3 | 4 | 1
SELECT DISTINCT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY x) OVER () FROM (VALUES (CAST('2024-01-01' AS date)), ('2024-01-02'), ('2024-01-03')) AS t(x)
--: date
--> 2024-01-02
SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY x) OVER () FROM (VALUES ('a'), ('b')) AS t(x)
--> 'a'
--> 'a'
--! refused: PERCENTILE_DISC of varchar
-- source: functions/approx-percentile-disc-transact-sql
SELECT APPROX_PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY x DESC), APPROX_PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY x DESC) FROM (VALUES (1), (2), (3), (4)) AS t(x)
--> 3 | 3.25
-- source: functions/string-agg-transact-sql, WITHIN GROUP: only one order for each query
SELECT STRING_AGG(k, ',') WITHIN GROUP (ORDER BY k), STRING_AGG(k, ',') WITHIN GROUP (ORDER BY v DESC) FROM (VALUES ('a', 1), ('b', 2)) AS t (k, v)
--> error 8711: Multiple ordered aggregate functions in the same scope have mutually incompatible orderings.
SELECT STRING_AGG(k, ',') WITHIN GROUP (ORDER BY k), (SELECT STRING_AGG(w, ',') WITHIN GROUP (ORDER BY w DESC) FROM (VALUES ('p'), ('q')) AS u (w)) FROM (VALUES ('a'), ('b')) AS t (k)
--> 'a,b' | 'q,p'
-- source: functions/aggregate-functions-transact-sql, outer references
SELECT (SELECT MAX(t.v + u.w) FROM (VALUES (5)) AS u (w)) FROM (VALUES (1)) AS t (v)
--> error 8124: Multiple columns are specified in an aggregated expression containing an outer reference. If an expression being aggregated contains an outer reference, then that outer reference must be the only column referenced in the expression.
SELECT s.n FROM (VALUES (2)) AS a (x) CROSS APPLY (SELECT SUM(a.x * b.y) AS n FROM (VALUES (3)) AS b (y)) AS s
--> error 8124
SELECT MAX(DATEADD(YEAR, 1, d)), MIN(DATEDIFF(DAY, d, e)), SUM(DATEPART(MONTH, d)), STRING_AGG(DATENAME(MONTH, d), ','), SUM(ISJSON('{}', OBJECT)) FROM (VALUES (CAST('2024-01-01' AS date), CAST('2024-01-05' AS date))) AS t (d, e)
--> 2025-01-01 | 4 | 1 | 'January' | 1
SELECT (SELECT MAX(DATEADD(YEAR, 1, t.d)) FROM (VALUES (1)) AS u (v)) FROM (VALUES (CAST('2024-01-01' AS date))) AS t (d)
--> 2025-01-01
-- source: functions/percentile-cont-transact-sql, numeric_literal; relational-databases/errors-events (8727, 10751 to 10758)
SELECT PERCENTILE_CONT(1.5) WITHIN GROUP (ORDER BY a) OVER () FROM (VALUES (1)) AS v (a)
--> error 8727: Input parameter of percentile function is outside of range [0, 1].
SELECT PERCENTILE_DISC(-0.5) WITHIN GROUP (ORDER BY a DESC) OVER () FROM (VALUES (1)) AS v (a)
--> error 8727
SELECT PERCENTILE_CONT(-0.5) WITHIN GROUP (ORDER BY a) OVER () FROM (VALUES (1)) AS v (a) WHERE a = 2
--> no rows
SELECT PERCENTILE_DISC(0.5) OVER () FROM (VALUES (1)) AS v (a)
--> error 10754: The function 'PERCENTILE_DISC' must have a WITHIN GROUP clause.
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a, a) OVER () FROM (VALUES (1)) AS v (a)
--> error 10751: The ORDER BY in WITHIN GROUP clause of 'PERCENTILE_CONT' function must have exactly one expression.
SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY a) OVER (ORDER BY a) FROM (VALUES (1)) AS v (a)
--> error 10758: The function 'PERCENTILE_DISC' may not have ORDER BY in OVER clause.
SELECT SUM(a) WITHIN GROUP (ORDER BY a) FROM (VALUES (1)) AS v (a)
--> error 10757: The function 'SUM' may not have a WITHIN GROUP clause.
SELECT LAG() OVER (ORDER BY a) FROM (VALUES (1)) AS v (a)
--> error 10755: The function 'LAG' takes between 1 and 3 arguments.
