"""Queries, DML and DDL on real DuckDB tables: rows, counts and SQL Server's error numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local_sqlserver.errors import SqlError
from local_sqlserver.types import SqlType
from tests.compiler.world import World


def outcome(world: World, statement: str) -> Any:
    """The rows of a statement, or the number of its error."""
    try:
        return world.run(statement)
    except SqlError as error:
        return error.number


@pytest.fixture
def filled(world: World) -> World:
    return fill(world)


@pytest.fixture(scope="module")
def read_only() -> Iterator[World]:
    world = fill(World())
    yield world
    world.connection.close()


def fill(world: World) -> World:
    world.run("CREATE TABLE s (k NVARCHAR(10), v INT)")
    world.run("INSERT INTO s VALUES ('A',1),('a ',2),('B',3),(NULL,4)")
    world.run("CREATE TABLE t (id INT IDENTITY(1,1) PRIMARY KEY, name NVARCHAR(5), d DATE)")
    world.run("INSERT t (name) VALUES ('a'),('b'),('c')")
    return world


QUERIES: list[tuple[str, Any]] = [
    ("SELECT k, SUM(v) FROM s GROUP BY k ORDER BY k", [(None, 4), ("A", 3), ("B", 3)]),
    ("SELECT DISTINCT k FROM s ORDER BY k DESC", [("B",), ("A",), (None,)]),
    ("SELECT COUNT(DISTINCT k), COUNT(k), COUNT(*) FROM s", [(2, 3, 4)]),
    ("SELECT MIN(k), MAX(k) FROM s", [("A", "B")]),
    ("SELECT s.k, t.name FROM s JOIN t ON s.k = t.name ORDER BY v", [("A", "a"), ("a ", "a"), ("B", "b")]),
    ("SELECT v FROM s LEFT JOIN t ON s.k = t.name WHERE t.id IS NULL", [(4,)]),
    # SQL Server does not define which of two equal spellings is kept, so the cases count them.
    ("SELECT COUNT(*) FROM (SELECT k FROM s UNION SELECT 'a') AS u", [(3,)]),
    ("SELECT LOWER(RTRIM(k)) FROM s UNION SELECT 'a' ORDER BY 1", [(None,), ("a",), ("b",)]),
    ("SELECT name FROM t EXCEPT SELECT k FROM s", [("c",)]),
    ("SELECT name FROM t INTERSECT SELECT k FROM s ORDER BY name", [("a",), ("b",)]),
    ("SELECT v FROM s WHERE v = 1 UNION ALL SELECT 2.5", [(Decimal("1.0"),), (Decimal("2.5"),)]),
    ("SELECT TOP 2 v FROM s ORDER BY v DESC", [(4,), (3,)]),
    ("SELECT TOP (1) WITH TIES LEN(k), v FROM s WHERE v < 3 ORDER BY k", [(1, 1), (1, 2)]),
    ("SELECT TOP (50) PERCENT v FROM s ORDER BY v", [(1,), (2,)]),
    ("SELECT v FROM s ORDER BY v OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", [(2,), (3,)]),
    (
        "SELECT k, GROUPING(k), SUM(v) FROM s GROUP BY ROLLUP(k) ORDER BY 2, 1",
        [(None, 0, 4), ("A", 0, 3), ("B", 0, 3), (None, 1, 10)],
    ),
    ("SELECT SUM(v) FROM s GROUP BY GROUPING SETS ((k), ()) ORDER BY 1", [(3,), (3,), (4,), (10,)]),
    ("SELECT v + 1, COUNT(*) FROM s GROUP BY v + 1 HAVING v + 1 > 3 ORDER BY v + 1", [(4, 1), (5, 1)]),
    (
        "SELECT AVG(v), SUM(v) / COUNT(*), AVG(v * 1.0), AVG(CAST(v AS FLOAT)) FROM s",
        [(2, 2, Decimal("2.500000"), 2.5)],
    ),
    ("SELECT SUM(v), AVG(v), COUNT(v) FROM s WHERE 1 = 0", [(None, None, 0)]),
    (
        "SELECT SUM(v) OVER (ORDER BY v), ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC), AVG(v) OVER (), "
        "LAG(v, 1, 0) OVER (ORDER BY v) FROM s ORDER BY v",
        [(1, 2, 2, 0), (3, 1, 2, 1), (6, 1, 2, 2), (10, 1, 2, 3)],
    ),
    (
        "SELECT SUM(v) OVER (ORDER BY v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM s ORDER BY v",
        [(1,), (3,), (5,), (7,)],
    ),
    (
        "SELECT k, SUM(SUM(v)) OVER (ORDER BY k) FROM s GROUP BY k ORDER BY k",
        [(None, 4), ("A", 7), ("B", 10)],
    ),
    (
        "SELECT MAX(ROW_NUMBER) FROM (SELECT ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS [ROW_NUMBER] FROM s) x",
        [(4,)],
    ),
    ("WITH c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT SUM(n) FROM c", [(15,)]),
    ("WITH c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 101) SELECT COUNT(*) FROM c", [(101,)]),
    ("WITH c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 102) SELECT COUNT(*) FROM c", 530),
    (
        "WITH c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 200) SELECT "
        "COUNT(*) FROM c OPTION (MAXRECURSION 0)",
        [(200,)],
    ),
    (
        "WITH c(n) AS (SELECT CAST('2024-01-01' AS DATE) UNION ALL SELECT "
        "DATEADD(day, 1, n) FROM c WHERE n < '2024-01-05') "
        "SELECT MAX(n) FROM c",
        [(date(2024, 1, 5),)],
    ),
    (
        "SELECT s.v, x.m FROM s CROSS APPLY (SELECT MAX(i.v) m FROM s i WHERE i.k = s.k) x ORDER BY s.v",
        [(1, 2), (2, 2), (3, 3), (4, None)],
    ),
    (
        "SELECT s.v, x.value FROM s OUTER APPLY STRING_SPLIT(s.k, ' ') x WHERE v <> 2 ORDER BY v",
        [(1, "A"), (3, "B"), (4, None)],
    ),
    ("SELECT x.a FROM s CROSS APPLY (VALUES (s.v), (s.v * 10)) x(a) WHERE v = 1 ORDER BY a", [(1,), (10,)]),
    ("SELECT n FROM (VALUES (1, 'a'), (2, NULL)) AS q(n, t) WHERE t IS NULL", [(2,)]),
    ("SELECT STRING_AGG(k, ',') WITHIN GROUP (ORDER BY v DESC) FROM s", [("B,a ,A",)]),
    ("SELECT * FROM (SELECT k, v FROM s) p PIVOT (SUM(v) FOR k IN ([a], [b])) q", [(3, 3)]),
    ("SELECT v FROM s WHERE k = (SELECT MAX(name) FROM t WHERE name = 'b')", [(3,)]),
    ("SELECT v FROM s WHERE v = (SELECT v FROM s)", 512),
    ("SELECT v FROM s WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.name = s.k)", [(4,)]),
    ("SELECT v FROM s WHERE k NOT IN (SELECT name FROM t WHERE name = 'a')", [(3,)]),
    ("SELECT v AS [my col], 'x' lit, alias = v FROM s WHERE v = 1", [(1, "x", 1)]),
    ("SELECT dbo.s.v FROM dbo.s WITH (NOLOCK) WHERE s.v = 1", [(1,)]),
    ("SELECT v FROM s (NOLOCK) WHERE v = 1", [(1,)]),
    ("SELECT SUM(x) FROM (SELECT CAST(2147483647 AS INT) AS x FROM s) y", 8115),
    ("SELECT v, k FROM s GROUP BY v", 8120),
    ("SELECT * FROM s GROUP BY v", 8120),
    ("SELECT v, SUM(v) FROM s", 8120),
    ("SELECT v FROM s HAVING COUNT(*) > 1", 8120),
    ("SELECT SUM(v) FROM s ORDER BY k", 8127),
    ("SELECT SUM(k) FROM s", 8117),
    ("SELECT AVG(d) FROM t", 8117),
    ("SELECT nope FROM s", 207),
    ("SELECT z.v FROM s", 4104),
    ("SELECT v FROM nope", 208),
    ("SELECT v FROM s a, s b", 209),
    ("SELECT 1 FROM s, s", 1011),
    ("SELECT v FROM s WHERE v", 4145),
    ("SELECT v FROM s WHERE SUM(v) > 1", 147),
    ("SELECT DISTINCT k FROM s ORDER BY v", 145),
    ("SELECT 1, 2 UNION SELECT 1", 205),
    ("SELECT x FROM (SELECT v + 1 FROM s) q", 8155),
    ("SELECT (SELECT v, k FROM s)", 116),
    ("SELECT v FROM (SELECT v FROM s ORDER BY v) q", 1033),
    ("SELECT v FROM s WITH (FOO)", 321),
    ("SELECT v FROM s OPTION (FOO)", 40510),
    ("SELECT v FROM s LIMIT 5", 102),
    ("SELECT v::int FROM s", 102),
    ("SELECT v FROM s QUALIFY 1 = 1", 102),
    ("SELECT v FROM s WHERE k ILIKE 'a'", 4145),
    ("SELECT * EXCLUDE (v) FROM s", 102),
    ("SELECT v FROM s JOIN t USING (v)", 102),
    ("SELECT v FROM s NATURAL JOIN t", 102),
    ("SELECT list(v) FROM s", 195),
    ("SELECT v FROM read_csv('x')", 208),
    ("SELECT v FROM s FOR XML PATH('')", [("<v>1</v><v>2</v><v>3</v><v>4</v>",)]),
    ("SELECT v FROM s GROUP BY 1", 164),
    ("SELECT ROW_NUMBER() OVER (PARTITION BY v) FROM s", 4112),
    ("SELECT 1 2", 102),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_query_returns_sql_servers_rows_or_error(read_only: World, query: str, expected: Any) -> None:
    assert outcome(read_only, query) == expected


def test_every_string_that_compares_equal_is_one_key(world: World) -> None:
    world.run("CREATE TABLE u (a NVARCHAR(10) NOT NULL, b INT NOT NULL, CONSTRAINT pk_u PRIMARY KEY (a, b))")
    world.run("INSERT INTO u VALUES ('x', 1)")
    with pytest.raises(SqlError, match=r"Violation of PRIMARY KEY constraint 'pk_u'.*'dbo.u'") as raised:
        world.run("INSERT INTO u VALUES ('X ', 1)")
    assert raised.value.number == 2627
    with pytest.raises(SqlError) as raised:
        world.run("INSERT INTO u VALUES ('y', 1), ('Y', 1)")
    assert raised.value.number == 2627


TABLE = """CREATE TABLE dbo.p (
    id INT IDENTITY(10, 5) NOT NULL CONSTRAINT pk_p PRIMARY KEY CLUSTERED, name NVARCHAR(5) NULL UNIQUE,
    qty SMALLINT NOT NULL DEFAULT 7, price DECIMAL(9, 2), d DATE, ok BIT DEFAULT (1),
    at DATETIME2(3) CONSTRAINT df_at DEFAULT SYSUTCDATETIME(), CONSTRAINT ck_qty CHECK (qty > 0),
    total AS (qty * price))"""

CHANGES: list[tuple[str, Any]] = [
    (
        "INSERT INTO p (name, price, d) VALUES ('Ann  ', 2.345, '20240102'), (N'bob', DEFAULT, NULL)",
        [(2,)],
    ),
    (
        "SELECT id, name, qty, price, d, ok, total FROM p",
        [
            (10, "Ann  ", 7, Decimal("2.35"), date(2024, 1, 2), 1, Decimal("16.45")),
            (15, "bob", 7, None, None, 1, None),
        ],
    ),
    ("INSERT INTO p (name) VALUES ('ANN')", 2627),
    ("INSERT INTO p (name) VALUES ('abcdef')", 2628),
    ("INSERT INTO p (name) SELECT 'abc' + 'def'", 2628),
    ("INSERT INTO p (name, qty) VALUES ('x', 0)", 547),
    ("INSERT INTO p (name, qty) VALUES ('x', NULL)", 515),
    ("INSERT INTO p (id, name) VALUES (5, 'x')", 544),
    ("INSERT INTO p (nme) VALUES ('x')", 207),
    ("INSERT INTO p VALUES ('x')", 213),
    ("INSERT INTO p (name, qty) VALUES ('x')", 109),
    ("INSERT INTO p (name) SELECT 'x', 1", 121),
    ("INSERT INTO p (total) VALUES (1)", 271),
    ("INSERT INTO p (name, qty) VALUES ('x', 100000)", 220),
    ("INSERT INTO p (name, d) VALUES ('x', 5)", 206),
    ("INSERT INTO p (name, qty) VALUES ('x', 'y')", 245),
    ("INSERT INTO p (name) OUTPUT inserted.name, inserted.qty SELECT 'z'", [("z", 7)]),
    ("UPDATE p SET qty += 1, price = 5 WHERE name = 'ann'", [(1,)]),
    ("UPDATE p SET qty = -1 WHERE name = 'bob'", 547),
    ("UPDATE p SET name = 'toolong' WHERE name = 'bob'", 2628),
    ("UPDATE p SET id = 1", 8102),
    ("UPDATE p SET qty = 1, qty = 2", 264),
    (
        "UPDATE x SET qty = 9 OUTPUT deleted.qty, inserted.qty, inserted.name FROM dbo.p AS x "
        "JOIN (SELECT 'BOB' n UNION ALL SELECT 'bob ') s ON s.n = x.name",
        [(7, 9, "bob")],
    ),
    ("UPDATE p SET price = s.m FROM (SELECT 1 AS k, 4 AS m) s WHERE s.k = 1 AND p.name = 'z'", [(1,)]),
    ("UPDATE TOP (1) p SET qty = 3", [(1,)]),
    ("UPDATE p SET qty = DEFAULT WHERE name = 'z'", [(1,)]),
    ("SELECT name, qty, price FROM p ORDER BY name DESC", [("z", 7, 4), ("bob", 9, None), ("Ann  ", 3, 5)]),
    ("DELETE TOP (1) FROM p WHERE qty = 7", [(1,)]),
    ("DELETE x OUTPUT deleted.name FROM p x WHERE x.name = 'BOB'", [("bob",)]),
    ("SELECT COUNT(*) FROM p", [(1,)]),
    ("TRUNCATE TABLE p", []),
    ("INSERT p DEFAULT VALUES", [(1,)]),
    ("SELECT id, name, qty FROM p", [(10, None, 7)]),
    ("INSERT p DEFAULT VALUES", 2627),
]


def test_a_table_is_filled_and_changed_as_sql_server_does_it(world: World) -> None:
    world.run(TABLE)
    for statement, expected in CHANGES:
        assert (statement, outcome(world, statement)) == (statement, expected)


def test_messages_name_table_column_and_value(world: World) -> None:
    world.run(TABLE)
    for statement, message in (
        (
            "INSERT INTO p (name) VALUES ('abcdef')",
            "String or binary data would be truncated in table 'Warehouse.dbo.p', "
            "column 'name'. Truncated value: 'abcde'.",
        ),
        (
            "INSERT INTO p (qty) VALUES (NULL)",
            "Cannot insert the value NULL into column 'qty', table 'Warehouse.dbo.p'; "
            "column does not allow nulls. INSERT fails.",
        ),
        (
            "INSERT INTO p (qty) VALUES (0)",
            'The INSERT statement conflicted with the CHECK constraint "ck_qty". The conflict occurred in database '
            '"Warehouse", table "dbo.p", column \'qty\'.',
        ),
        (
            "INSERT INTO p (qty) SELECT N'1x'",
            "Conversion failed when converting the nvarchar value '1x' to data type smallint.",
        ),
        (
            "INSERT INTO p (qty) VALUES (100000)",
            "Arithmetic overflow error for data type smallint, value = 100000.",
        ),
    ):
        with pytest.raises(SqlError) as raised:
            world.run(statement)
        assert raised.value.message == message


def test_merge_updates_inserts_deletes_and_returns_its_actions(filled: World) -> None:
    rows = filled.run(
        "MERGE INTO s AS g USING (SELECT 'b' k, 30 v UNION ALL SELECT 'n', 9) AS u ON g.k = u.k "
        "WHEN MATCHED THEN UPDATE SET v = u.v WHEN NOT MATCHED BY TARGET THEN INSERT (k, v) VALUES (u.k, u.v) "
        "WHEN NOT MATCHED BY SOURCE AND g.v = 4 THEN DELETE OUTPUT $action, inserted.v;"
    )
    assert sorted(rows, key=str) == [("DELETE", None), ("INSERT", 9), ("UPDATE", 30)]
    assert filled.run("SELECT k, v FROM s ORDER BY v") == [("A", 1), ("a ", 2), ("n", 9), ("B", 30)]


def test_duplicates_are_deleted_through_a_common_table_expression(filled: World) -> None:
    statement = (
        "WITH d AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) rn FROM s) DELETE FROM d WHERE rn > 1"
    )
    assert filled.run(statement) == [(1,)]
    assert filled.run("SELECT v FROM s ORDER BY v") == [(1,), (3,), (4,)]


DEFINITIONS: list[tuple[str, Any]] = [
    ("SELECT k, v INTO #x FROM s", [(4,)]),
    ("INSERT INTO #x SELECT k, v FROM s WHERE v = 1", [(1,)]),
    ("SELECT COUNT(*) FROM #x", [(5,)]),
    ("DROP TABLE #x", []),
    ("SELECT v + 1 INTO #y FROM s", 1038),
    ("DECLARE @v TABLE (a INT IDENTITY, b NVARCHAR(2))", []),
    ("INSERT INTO @v (b) VALUES ('q')", [(1,)]),
    ("SELECT a, b FROM @v", [(1, "q")]),
    ("CREATE VIEW vv AS SELECT k, v FROM s ORDER BY v", 1033),
    ("CREATE VIEW vv AS SELECT v + 1 FROM s", 4511),
    ("CREATE VIEW vv AS SELECT v, v FROM s", 4506),
    ("CREATE VIEW vv AS SELECT @x AS x", 137),
    (
        "CREATE VIEW vv AS SELECT k, SUM(v) AS total, TRY_CONVERT(INT, k) AS i FROM s WHERE k IS NULL GROUP BY k",
        [],
    ),
    ("SELECT * FROM vv", [(None, 4, None)]),
    ("CREATE VIEW vv AS SELECT 1 AS a", 2714),
    ("ALTER VIEW vv (best) AS SELECT TOP 1 v FROM s ORDER BY v DESC", []),
    ("SELECT best FROM vv", [(4,)]),
    ("INSERT INTO vv VALUES (1)", 40510),
    ("DROP TABLE vv", 3705),
    ("DROP VIEW vv", []),
    ("DROP VIEW IF EXISTS vv", []),
    ("DROP TABLE IF EXISTS nope, nope2", []),
    ("DROP TABLE nope", 3701),
    ("ALTER TABLE t ADD extra NVARCHAR(3) NOT NULL CONSTRAINT df_extra DEFAULT 'q', more INT NULL", []),
    ("SELECT extra, more FROM t WHERE id = 1", [("q", None)]),
    ("INSERT INTO t (name, extra) VALUES ('none', NULL)", 515),
    ("ALTER TABLE t DROP COLUMN extra", 4922),
    ("ALTER TABLE t DROP CONSTRAINT df_extra", []),
    ("ALTER TABLE t DROP COLUMN extra", []),
    ("ALTER TABLE t ALTER COLUMN name NVARCHAR(50) NOT NULL", []),
    ("ALTER TABLE t ADD CONSTRAINT uq_name UNIQUE (name)", []),
    ("INSERT INTO t (name) VALUES ('longer name')", [(1,)]),
    ("INSERT INTO t (name) VALUES ('LONGER name ')", 2627),
    ("ALTER TABLE t ADD CONSTRAINT ck_id CHECK (id < 2)", 547),
    ("ALTER TABLE t ADD CONSTRAINT ck_id CHECK (id < 100)", []),
    ("ALTER TABLE t DROP CONSTRAINT nope", 3727),
    ("CREATE UNIQUE INDEX ux_v ON s (v)", []),
    ("INSERT INTO s VALUES ('x', 1)", 2601),
    ("INSERT INTO s VALUES ('x', NULL), ('y', NULL)", 2601),
    ("CREATE INDEX ux_v ON s (k)", 1913),
    ("DROP INDEX ux_v ON s", []),
    ("INSERT INTO s VALUES ('x', 1)", [(1,)]),
    ("CREATE UNIQUE INDEX ux_k ON s (v) WHERE k = 'B'", []),
    ("INSERT INTO s VALUES ('b', 3)", 2601),
    ("INSERT INTO s VALUES ('c', 3)", [(1,)]),
    ("CREATE NONCLUSTERED INDEX ix_k ON s (k) INCLUDE (v)", []),
    ("CREATE CLUSTERED COLUMNSTORE INDEX cci ON s", []),
    ("CREATE TABLE d (a INT DEFAULT b, b INT)", 128),
    ("CREATE TABLE d (a INT, b INT DEFAULT (d.a))", 128),
    ("CREATE TABLE d (a DATE DEFAULT DATEADD(day, 1, '2024-02-28'), b INT)", []),
    ("ALTER TABLE d ADD CONSTRAINT ck_year CHECK (DATEPART(year, a) = 2024)", []),
    ("INSERT INTO d (b) VALUES (1)", [(1,)]),
    ("INSERT INTO d VALUES ('2023-01-01', 1)", 547),
    ("UPDATE d SET b = 2", [(1,)]),
    ("UPDATE d SET b = 3, a = '2023-01-01'", 547),
    ("SELECT a, b FROM d", [(date(2024, 2, 29), 2)]),
    ("CREATE TABLE f (a INT REFERENCES none (id))", 1750),
    ("CREATE TABLE f (a BIGINT, FOREIGN KEY (a) REFERENCES t (id))", 1750),
    ("CREATE TABLE f (a INT, a INT)", 2705),
    ("CREATE TABLE f (a FOO)", 2715),
    ("CREATE TABLE f (a XML)", 40510),
    ("CREATE TABLE t (a INT)", 2714),
    ("CREATE TRIGGER x ON t AFTER INSERT AS SELECT 1", 40510),
    ("ALTER INDEX ALL ON t REBUILD", []),
]


def test_objects_are_defined_changed_and_dropped(filled: World) -> None:
    for statement, expected in DEFINITIONS:
        assert (statement, outcome(filled, statement)) == (statement, expected)


def test_a_select_assigns_variables_in_their_types(filled: World) -> None:
    filled.declare("@x", SqlType("int"), 5)
    filled.declare("@n", SqlType("nvarchar", length=2), None)
    translation = filled.compiled("SELECT @x = v + 5, @n = 'long' FROM s WHERE v = @x - 2")
    assert translation.assignments == ("@x", "@n")
    assert filled.execute(translation) == [(8, "lo")]
    assert outcome(filled, "SELECT @x = 1, v FROM s") == 141


def test_a_result_names_and_types_its_columns(filled: World) -> None:
    translation = filled.compiled("SELECT v, v AS n, v + 1, k FROM s")
    assert translation.column_names == ("v", "n", "", "k")
    assert [str(declared) for declared in translation.column_types] == ["int", "int", "int", "nvarchar(10)"]


def test_an_error_has_its_line(world: World) -> None:
    with pytest.raises(SqlError) as raised:
        world.run("\nSELECT 1,\n  nope\nFROM (SELECT 1 AS a) x")
    assert raised.value.line == 3


def test_a_view_with_macros_survives_the_connection(tmp_path: Path) -> None:
    first = World(tmp_path / "w.duckdb")
    first.run("CREATE TABLE s (k NVARCHAR(10))")
    first.run("INSERT INTO s VALUES ('20240102')")
    first.run("CREATE VIEW vv AS SELECT CAST(k AS DATE) AS d, LEN(k) / 3 AS n FROM s")
    relations = first.relations
    first.connection.close()
    second = World(tmp_path / "w.duckdb")
    second.relations = relations
    assert second.run("SELECT d, n FROM vv") == [(date(2024, 1, 2), 2)]
    second.connection.close()


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            """SELECT * FROM OPENJSON('{"a":"x","b":2.0,"c":true,"d":[1],"e":{"z":1},"f":null}')""",
            [("a", "x", 1), ("b", "2.0", 2), ("c", "true", 3), ("d", "[1]", 4), ("e", '{"z":1}', 5), ("f", None, 0)],
        ),
        ("""SELECT [key], value FROM OPENJSON('{"l":["p","q"]}', '$.l')""", [("0", "p"), ("1", "q")]),
        ("""SELECT value FROM OPENJSON('{"l":1}', '$.none')""", []),
        (
            """SELECT * FROM OPENJSON('{"o":[{"n":1,"d":"2024-01-01","s":{"q":[1]}},{"n":2}]}', '$.o')
            WITH (n INT, d DATE, q NVARCHAR(MAX) '$.s' AS JSON, first INT '$.s.q[0]', none VARCHAR(5) '$.m') AS j
            ORDER BY n""",
            [(1, date(2024, 1, 1), '{"q":[1]}', 1, None), (2, None, None, None, None)],
        ),
        (
            """SELECT t.id, j.a FROM (VALUES (1, '[{"a":1},{"a":2}]'), (2, '{"a":3}'), (3, NULL)) AS t (id, js)
            OUTER APPLY OPENJSON(t.js) WITH (a INT) AS j ORDER BY t.id, j.a""",
            [(1, 1), (1, 2), (2, 3), (3, None)],
        ),
        (
            """SELECT v, SUM(v) OVER w, ROW_NUMBER() OVER (w ORDER BY v DESC), SUM(v) OVER (o ROWS UNBOUNDED PRECEDING)
            FROM (VALUES (1, 1), (1, 2), (2, 5)) AS t (g, v)
            WINDOW w AS (PARTITION BY g), o AS (w ORDER BY v) ORDER BY g, v""",
            [(1, 3, 2, 1), (2, 3, 1, 3), (5, 5, 1, 5)],
        ),
        (
            """SELECT ISNULL(SUM(v) OVER w, 0),
                (SELECT MAX(x) OVER w FROM (VALUES (3)) AS i (x) WINDOW w AS (ORDER BY x))
            FROM (VALUES (1), (2)) AS t (v) WINDOW w AS (ORDER BY v)""",
            [(1, 3), (3, 3)],
        ),
    ],
)
def test_a_query_has_sql_servers_rows(world: World, query: str, rows: list[tuple[Any, ...]]) -> None:
    assert world.run(query) == rows


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("""SELECT * FROM OPENJSON('{"a":1}', 'strict $.b')""", 13608),
        ("SELECT * FROM OPENJSON('{a}')", 13609),
        ("""SELECT * FROM OPENJSON('[{"a":"x"}]') WITH (a INT)""", 245),
        ("""SELECT * FROM OPENJSON('[{"a":"x"}]') WITH (a INT AS JSON)""", 13618),
        ("SELECT SUM(v) OVER w FROM (VALUES (1)) AS t (v) WINDOW w AS (w)", 102),
        ("SELECT SUM(v) OVER w FROM (VALUES (1)) AS t (v)", 156),
    ],
)
def test_a_query_fails_by_number(world: World, query: str, number: int) -> None:
    with pytest.raises(SqlError) as raised:
        world.run(query)
    assert raised.value.number == number
