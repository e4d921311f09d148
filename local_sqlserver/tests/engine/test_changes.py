"""INSERT, UPDATE, DELETE and MERGE with OUTPUT, variables, common table expressions and nested changes.

Sources: the T-SQL reference, MERGE, OUTPUT clause, UPDATE, "WITH common_table_expression".
"""

import pytest

from tests.engine.conftest import Client

Row = tuple[object, ...]


@pytest.fixture
def tables(sql: Client) -> Client:
    """A target with a key and a computed column, a source, and a table with duplicates."""
    sql.good(
        "CREATE TABLE t (id INT PRIMARY KEY, v INT, twice AS v * 2)",
        "CREATE TABLE s (id INT, v INT)",
        "CREATE TABLE d (a INT, b INT)",
        "INSERT t VALUES (1, 10), (2, 20), (3, 30); INSERT s VALUES (1, 11), (4, 44)",
        "INSERT d VALUES (1, 1), (1, 2), (2, 5), (2, 5)",
    )
    return sql


MERGED: list[tuple[str, list[Row]]] = [
    (
        "MERGE t USING (VALUES (1, 25), (9, 30)) AS s (id, v) ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v "
        "WHEN NOT MATCHED THEN INSERT (id, v) VALUES (id, v);",
        [(1, 25), (2, 20), (3, 30), (9, 30)],
    ),
    ("MERGE t USING s ON t.id = s.id WHEN MATCHED AND t.v > s.v THEN DELETE;", [(1, 10), (2, 20), (3, 30)]),
    ("MERGE t USING s ON t.id = s.id WHEN MATCHED THEN DELETE;", [(2, 20), (3, 30)]),
    ("MERGE t USING s ON t.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE;", [(1, 10)]),
    (
        "MERGE t USING s ON t.id = s.id WHEN NOT MATCHED BY SOURCE AND v > 20 THEN UPDATE SET v = v + 1;",
        [(1, 10), (2, 20), (3, 31)],
    ),
    (
        "MERGE t USING s ON t.id = s.id WHEN MATCHED AND s.v > 100 THEN DELETE WHEN MATCHED THEN UPDATE SET v += s.v "
        "WHEN NOT MATCHED AND v > 1 THEN INSERT VALUES (id, v) WHEN NOT MATCHED BY SOURCE AND v = 20 THEN DELETE "
        "WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = NULL;",
        [(1, 21), (3, None), (4, 44)],
    ),
    (
        "MERGE t USING s ON 1 = 0 WHEN NOT MATCHED AND s.id = 4 THEN INSERT (id) VALUES (id);",
        [
            (1, 10),
            (2, 20),
            (3, 30),
            (4, None),
        ],
    ),
    ("MERGE TOP (1) t USING s ON t.id = s.id + 1 WHEN MATCHED THEN DELETE;", [(1, 10), (3, 30)]),
    (
        "MERGE t USING s ON t.id = s.id WHEN MATCHED AND EXISTS (SELECT s.v EXCEPT SELECT t.v) THEN UPDATE SET v = 0;",
        [(1, 0), (2, 20), (3, 30)],
    ),
    (
        "WITH c AS (SELECT 2 AS k) MERGE INTO t AS x USING c ON x.id = c.k WHEN MATCHED THEN UPDATE SET id = k + 5;",
        [
            (1, 10),
            (3, 30),
            (7, 20),
        ],
    ),
]


@pytest.mark.parametrize(("statement", "rows"), MERGED)
def test_merge_changes_the_rows_that_its_clauses_choose(tables: Client, statement: str, rows: list[Row]) -> None:
    tables.good(statement)
    assert tables("SELECT id, v FROM t ORDER BY id").rows == rows


@pytest.mark.parametrize(
    ("clauses", "number"),
    [
        ("WHEN MATCHED THEN INSERT VALUES (1, 2)", 10711),
        ("WHEN NOT MATCHED BY SOURCE THEN INSERT VALUES (1, 2)", 10711),
        ("WHEN NOT MATCHED THEN DELETE", 10710),
        ("WHEN NOT MATCHED THEN UPDATE SET v = 1", 10710),
        ("WHEN MATCHED AND 1 = 1 THEN DELETE WHEN MATCHED THEN DELETE", 10714),
        ("WHEN MATCHED THEN DELETE WHEN MATCHED AND 1 = 1 THEN UPDATE SET v = 1", 5324),
        ("WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, t.v)", 5333),
        ("WHEN NOT MATCHED AND t.v = 1 THEN INSERT (id) VALUES (s.id)", 5333),
        ("WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = s.v", 5334),
        ("WHEN NOT MATCHED THEN INSERT (id) VALUES (s.none)", 207),
        ("WHEN MATCHED THEN UPDATE SET v = id", 209),
        ("WHEN MATCHED THEN UPDATE SET none = 1", 207),
        ("WHEN MATCHED THEN UPDATE SET twice = 1", 271),
        ("WHEN MATCHED THEN UPDATE SET v = 1, v = 2", 264),
        ("WHEN NOT MATCHED THEN INSERT (id, v) VALUES (1)", 109),
        ("WHEN NOT MATCHED THEN INSERT (id) VALUES (2)", 2627),
    ],
)
def test_a_wrong_clause_of_merge_is_an_error(tables: Client, clauses: str, number: int) -> None:
    tables.fails(f"MERGE t USING s ON t.id = s.id {clauses};", number)


def test_merge_changes_no_row_twice(tables: Client) -> None:
    tables.good("INSERT s VALUES (1, 12)")
    for action in ("DELETE", "UPDATE SET v = s.v"):
        tables.fails(f"MERGE t USING s ON t.id = s.id WHEN MATCHED THEN {action};", 8672)
    assert tables("SELECT v FROM t WHERE id = 1").value == 10


RETURNED: list[tuple[str, list[Row]]] = [
    (
        "MERGE t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v "
        "WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v) WHEN NOT MATCHED BY SOURCE AND t.id = 2 THEN DELETE "
        "OUTPUT $action, inserted.*, deleted.*, s.v AS source;",
        [
            ("UPDATE", 1, 11, 22, 1, 10, 20, 11),
            ("INSERT", 4, 44, 88, None, None, None, 44),
            ("DELETE", None, None, None, 2, 20, 40, None),
        ],
    ),
    ("INSERT t OUTPUT inserted.*, inserted.v + 1 VALUES (8, 80)", [(8, 80, 160, 81)]),
    ("UPDATE t SET v += 1 OUTPUT deleted.v, inserted.v, inserted.twice WHERE id = 1", [(10, 11, 22)]),
    ("UPDATE t SET id = id + 1 OUTPUT deleted.id, inserted.id", [(1, 2), (2, 3), (3, 4)]),
    ("UPDATE t SET v = s.v OUTPUT inserted.id, s.v FROM t JOIN s ON t.id = s.id", [(1, 11)]),
    ("DELETE t OUTPUT deleted.* WHERE id > 2", [(3, 30, 60)]),
    ("DELETE t OUTPUT deleted.id, x.v FROM t JOIN s AS x ON t.id = x.id", [(1, 11)]),
    (
        "DECLARE @o TABLE (n INT IDENTITY, act NVARCHAR(10), id INT, d INT DEFAULT 7); "
        "DELETE t OUTPUT 'gone', deleted.id INTO @o (act, id) WHERE id < 3; SELECT * FROM @o",
        [(1, "gone", 1, 7), (2, "gone", 2, 7)],
    ),
    (
        "DECLARE @o TABLE (id VARCHAR(5), v INT); UPDATE t SET v = 1 OUTPUT inserted.id, deleted.v INTO @o; "
        "SELECT * FROM @o ORDER BY id",
        [("1", 10), ("2", 20), ("3", 30)],
    ),
    (
        "INSERT d (a, b) SELECT id, old FROM (MERGE t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v "
        "WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v) OUTPUT $action, inserted.id, deleted.v) "
        "AS m (act, id, old) WHERE act = 'UPDATE'; SELECT * FROM d WHERE b = 10",
        [(1, 10)],
    ),
    (
        "INSERT d SELECT x.id, x.v FROM (DELETE t OUTPUT deleted.id, deleted.v WHERE id = 3) AS x; "
        "SELECT COUNT(*), MAX(b) FROM t CROSS JOIN d",
        [(10, 30)],
    ),
    ("DECLARE @v INT; UPDATE t SET @v = v = v + 1 WHERE id = 1; SELECT @v, @@ROWCOUNT", [(11, 1)]),
    ("DECLARE @v INT; UPDATE t SET @v = v WHERE id = 2; SELECT @v, @@ROWCOUNT", [(20, 1)]),
    ("DECLARE @v INT = 5; UPDATE t SET @v = id, v = 99 WHERE id = 0; SELECT @v, @@ROWCOUNT", [(5, 0)]),
    ("DECLARE @v VARCHAR(9); UPDATE t SET v = 7, @v = v WHERE id = 3; SELECT @v, v FROM t WHERE id = 3", [("30", 7)]),
    ("INSERT TOP (1) INTO d SELECT id, v FROM t WHERE id = 3; SELECT @@ROWCOUNT, MAX(b) FROM d", [(1, 30)]),
]


@pytest.mark.parametrize(("statement", "rows"), RETURNED)
def test_changed_rows_are_returned_and_stored(tables: Client, statement: str, rows: list[Row]) -> None:
    result = tables(statement)
    assert not result.errors
    assert result.sets[-1] == rows


_NUMBERED = "WITH n AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) AS k FROM d)"


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        (f"{_NUMBERED} DELETE FROM n WHERE k > 1", [(1, 1), (2, 5)]),
        (f"{_NUMBERED} DELETE n WHERE k > 1", [(1, 1), (2, 5)]),
        (f"{_NUMBERED} UPDATE n SET b = k * 100", [(1, 100), (1, 200), (2, 100), (2, 200)]),
        (f"{_NUMBERED}, m AS (SELECT * FROM n WHERE k = 1) DELETE FROM m", [(1, 2), (2, 5)]),
        (f"{_NUMBERED} DELETE x FROM n AS x JOIN t ON t.id = x.a WHERE x.k = 1 AND t.id = 1", [(1, 2), (2, 5), (2, 5)]),
        ("DELETE x FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY a, b) AS k FROM d) AS x WHERE k > 1", [(1, 1)]),
        (
            "UPDATE x SET b = k FROM (SELECT b, ROW_NUMBER() OVER (ORDER BY a, b) AS k FROM d) AS x",
            [
                (1, 1),
                (1, 2),
                (2, 3),
                (2, 4),
            ],
        ),
        ("WITH n AS (SELECT TOP (3) * FROM d ORDER BY b DESC) DELETE FROM n", [(1, 1)]),
        ("WITH n (x, y) AS (SELECT a, b FROM d WHERE a = 1) UPDATE n SET y = x + 8", [(1, 9), (1, 9), (2, 5), (2, 5)]),
        (
            "WITH n AS (SELECT d.b, t.v FROM d JOIN t ON t.id = d.b) UPDATE n SET b = v",
            [(1, 10), (1, 20), (2, 5), (2, 5)],
        ),
    ],
)
def test_rows_are_changed_through_an_expression(tables: Client, statement: str, rows: list[Row]) -> None:
    tables.good(statement)
    assert tables("SELECT a, b FROM d ORDER BY a, b").rows == rows


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("WITH n AS (SELECT a, COUNT(*) AS k FROM d GROUP BY a) DELETE FROM n", 4403),
        ("WITH n AS (SELECT DISTINCT a FROM d) UPDATE n SET a = 1", 4403),
        ("WITH n AS (SELECT t.v, d.b FROM t JOIN d ON t.id = d.a) DELETE FROM n", 4405),
        ("WITH n AS (SELECT t.v, d.b FROM t JOIN d ON t.id = d.a) UPDATE n SET v = 1, b = 2", 4405),
        ("WITH n AS (SELECT a + 1 AS k FROM d) UPDATE n SET k = 1", 4406),
        ("WITH n AS (SELECT a FROM d) UPDATE n SET b = 1", 207),
        ("SELECT * FROM (DELETE d OUTPUT deleted.a) AS x", 10729),
        ("INSERT d SELECT a, b FROM (DELETE d WHERE a = 1) AS x", 10716),
        ("DECLARE @v INT = 0; UPDATE d SET @v = @v + 1", 40510),
        ("DECLARE @o TABLE (a INT); DELETE d OUTPUT deleted.a, deleted.b INTO @o", 213),
    ],
)
def test_an_impossible_change_is_an_error(tables: Client, statement: str, number: int) -> None:
    tables.fails(statement, number)


def test_an_identity_of_merge_is_the_last_one_that_it_inserted(tables: Client) -> None:
    tables.good(
        "CREATE TABLE i (n INT IDENTITY(5, 5), id INT)",
        "INSERT i (id) VALUES (1)",
        "MERGE i USING s ON i.id = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (id) WHEN MATCHED THEN DELETE;",
    )
    assert tables("SELECT SCOPE_IDENTITY(), @@IDENTITY; ").rows == [(10, 10)]


def test_all_rows_get_a_new_key_at_once(sql: Client) -> None:
    sql.good(
        "CREATE TABLE k (id INT PRIMARY KEY, name VARCHAR(9) UNIQUE)",
        "INSERT k SELECT value, CONCAT('n', value) FROM GENERATE_SERIES(1, 5000)",
        "UPDATE k SET id = id + 1, name = CONCAT('n', id + 1)",
    )
    assert sql("SELECT MIN(id), MAX(id), COUNT(*) FROM k").rows == [(2, 5001, 5000)]


@pytest.mark.parametrize(
    ("statement", "table", "verb"),
    [
        ("INSERT n VALUES (NULL)", "D.dbo.n", "INSERT"),
        ("UPDATE n SET a = NULL", "D.dbo.n", "UPDATE"),
        ("MERGE n USING s ON a = s.id WHEN MATCHED THEN UPDATE SET a = NULL;", "D.dbo.n", "UPDATE"),
        ("MERGE n USING s ON a = s.id WHEN NOT MATCHED THEN INSERT VALUES (NULL);", "D.dbo.n", "INSERT"),
        ("CREATE TABLE #n (a INT NOT NULL); INSERT #n VALUES (NULL)", "tempdb.dbo.#n", "INSERT"),
    ],
)
def test_the_message_of_a_null_names_the_table_and_the_change(
    tables: Client, statement: str, table: str, verb: str
) -> None:
    tables.good("CREATE TABLE n (a INT NOT NULL); INSERT n VALUES (1)")
    (error,) = tables(statement).errors
    assert error.text == (
        f"Cannot insert the value NULL into column 'a', table '{table}'; column does not allow nulls. {verb} fails."
    )
