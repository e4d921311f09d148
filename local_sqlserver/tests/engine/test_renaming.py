"""sp_rename, and statements about indexes and statistics that affect speed alone.

Sources: the T-SQL reference, sp_rename, ALTER INDEX, CREATE STATISTICS, UPDATE STATISTICS, CREATE TABLE ("INDEX").
"""

import pytest

from tests.engine.conftest import Client


@pytest.fixture
def table(sql: Client) -> Client:
    sql.good(
        "CREATE TABLE t (id INT IDENTITY(5, 1) CONSTRAINT pk PRIMARY KEY, a INT CONSTRAINT df DEFAULT 3, "
        "b VARCHAR(5) CONSTRAINT uq UNIQUE, c AS a * 2, d INT INDEX ix, INDEX ux UNIQUE (a, b) WHERE d > 0, "
        "CONSTRAINT ck CHECK (a > 0))",
        "CREATE TABLE r (x INT CONSTRAINT fk REFERENCES t (id))",
        "INSERT t (b) VALUES ('q'), ('r'); INSERT r VALUES (5)",
        "CREATE PROCEDURE p AS SELECT 1",
        "CREATE VIEW v AS SELECT a FROM t",
    )
    return sql


def test_a_renamed_table_keeps_rows_keys_identity_and_references(table: Client) -> None:
    result = table("EXEC sp_rename 'dbo.t', 'u'")
    assert result.messages == [
        "Caution: Changing any part of an object name could break scripts and stored procedures."
    ]
    table.fails("SELECT * FROM t", 208)
    table.good("INSERT u (b) VALUES ('s')")
    assert table("SELECT id, b, c FROM u ORDER BY id").rows == [(5, "q", 6), (6, "r", 6), (7, "s", 6)]
    table.fails("INSERT u (b) VALUES ('Q')", 2627)
    table.fails("DELETE u WHERE id = 5", 547)
    table.fails("INSERT r VALUES (99)", 547)
    assert table("SELECT name FROM sys.tables ORDER BY name").rows == [("r",), ("u",)]


def test_columns_indexes_constraints_and_modules_get_new_names(table: Client) -> None:
    table.good(
        "EXEC sp_rename 't.id', 'key', 'COLUMN'",
        "EXEC sp_rename @objname = 't.b', @newname = 'bb', @objtype = 'COLUMN'",
        "EXEC sp_rename 't.ix', 'ix2', 'INDEX'; EXEC sp_rename 't.ux', 'ux2', 'INDEX'",
        "EXEC sp_rename 'uq', 'uq2'; EXEC sp_rename 'dbo.fk', 'fk2', 'OBJECT'; EXEC sp_rename 'df', 'df2'",
        "EXEC sp_rename 'p', 'p2'; EXEC sp_rename 'v', 'v2'",
    )
    assert table("SELECT [key], bb FROM t WHERE [key] = 5").rows == [(5, "q")]
    assert table("SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID('t') ORDER BY name").rows == [
        ("ix2",),
        ("pk",),
        ("uq2",),
        ("ux2",),
    ]
    assert table("SELECT name FROM sys.default_constraints").value == "df2"
    assert table("INSERT r VALUES (99)").errors[0].text.endswith("table \"dbo.t\", column 'key'.")
    assert 'constraint "fk2"' in table("INSERT r VALUES (99)").errors[0].text
    table.good("EXEC p2", "SELECT a FROM v2")


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        ("'none', 'x'", 15225),
        ("'t.none', 'x', 'COLUMN'", 15248),
        ("'t.none', 'x', 'INDEX'", 15248),
        ("'t', 'r'", 15335),
        ("'t.a', 'id', 'COLUMN'", 15335),
        ("'t.a', 'x', 'COLUMN'", 15336),
        ("'t', 'x', 'THING'", 15249),
        ("'t'", 201),
    ],
)
def test_a_wrong_call_of_sp_rename_is_an_error(table: Client, arguments: str, number: int) -> None:
    table.fails(f"EXEC sp_rename {arguments}", number)


def test_a_new_name_rolls_back(table: Client) -> None:
    table.good("BEGIN TRANSACTION; EXEC sp_rename 't', 'u'", "INSERT u (b) VALUES ('s'); ROLLBACK")
    assert table("SELECT COUNT(*) FROM t").value == 2


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("ALTER INDEX ix ON t REBUILD", None),
        ("ALTER INDEX ALL ON dbo.t REBUILD WITH (FILLFACTOR = 80, ONLINE = ON)", None),
        ("ALTER INDEX ux ON t REORGANIZE", None),
        ("ALTER INDEX ix ON t DISABLE", None),
        ("ALTER INDEX ux ON t DISABLE", 40510),
        ("ALTER INDEX none ON t REBUILD", 2727),
        ("ALTER INDEX ix ON none REBUILD", 1088),
        ("UPDATE STATISTICS t", None),
        ("UPDATE STATISTICS dbo.t ix WITH FULLSCAN", None),
        ("UPDATE STATISTICS t (ix, ux) WITH SAMPLE 50 PERCENT, NORECOMPUTE SELECT 1", None),
        ("CREATE STATISTICS s ON t (a, b) WHERE a > 0 WITH FULLSCAN", None),
        ("CREATE STATISTICS s ON t (none)", 1911),
    ],
)
def test_maintenance_changes_no_results(table: Client, statement: str, number: int | None) -> None:
    assert table(statement).numbers == ([] if number is None else [number])


def test_an_inline_unique_index_is_enforced(table: Client) -> None:
    table.good("ALTER TABLE t DROP CONSTRAINT uq", "INSERT t (a, b, d) VALUES (1, 'x', 1), (1, 'x', 0)")
    table.fails("INSERT t (a, b, d) VALUES (1, 'X', 2)", 2601)


@pytest.mark.parametrize(
    "hint",
    [
        "WITH (NOLOCK)",
        "(NOLOCK)",
        "AS x WITH (READPAST, ROWLOCK)",
        "WITH (TABLOCK HOLDLOCK)",
        "WITH (INDEX(ix))",
        "WITH (INDEX = ix, NOLOCK)",
        "WITH (INDEX = (ix))",
        "WITH (INDEX(1, ux))",
        "WITH (FORCESEEK)",
        "WITH (FORCESEEK (ux (a, b)), FORCESCAN)",
    ],
)
def test_a_table_hint_changes_no_results(table: Client, hint: str) -> None:
    assert len(table(f"SELECT a FROM t {hint} WHERE 1 = 1").rows) == 2


def test_a_table_without_a_primary_key_is_a_heap(table: Client) -> None:
    assert table("SELECT name, index_id, type, type_desc FROM sys.indexes WHERE object_id = OBJECT_ID('r')").rows == [
        (None, 0, 0, "HEAP")
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT a FROM t WHERE ROW_NUMBER() OVER (ORDER BY a) = 1",
        "SELECT a FROM t GROUP BY a HAVING RANK() OVER (ORDER BY a) = 1",
        "SELECT t.a FROM t JOIN r ON ROW_NUMBER() OVER (ORDER BY a) = x",
        "UPDATE t SET a = ROW_NUMBER() OVER (ORDER BY id)",
        "DELETE t WHERE ROW_NUMBER() OVER (ORDER BY id) = 1",
    ],
)
def test_a_window_function_outside_select_and_order_by_is_error_4108(table: Client, statement: str) -> None:
    table.fails(statement, 4108)


def test_unpivot_turns_columns_into_rows_without_nulls(sql: Client) -> None:
    sql.good(
        "CREATE TABLE w (id INT, a INT, b INT, c VARCHAR(3)); INSERT w VALUES (1, 10, 20, 'x'), (2, NULL, 21, 'y')"
    )
    assert sql("SELECT * FROM w UNPIVOT (v FOR k IN (a, b)) AS u ORDER BY id, k").rows == [
        (1, "x", 10, "a"),
        (1, "x", 20, "b"),
        (2, "y", 21, "b"),
    ]
    assert sql(
        "SELECT u.k, SUM(u.v) FROM (SELECT id, a, b FROM w) AS s UNPIVOT (v FOR k IN ([a], [b])) AS u GROUP BY u.k "
        "ORDER BY u.k"
    ).rows == [("a", 10), ("b", 41)]
    sql.fails("SELECT * FROM w UNPIVOT (v FOR k IN (a, c)) AS u", 8167)
    sql.fails("SELECT * FROM w UNPIVOT (v FOR k IN (a, none)) AS u", 207)


def test_files_of_a_database_are_accepted(sql: Client) -> None:
    sql.good(
        "CREATE DATABASE Filed CONTAINMENT = NONE ON PRIMARY (NAME = f, FILENAME = 'f.mdf', SIZE = 10MB, "
        "MAXSIZE = UNLIMITED, FILEGROWTH = 10%), (NAME = g, FILENAME = 'g.ndf') "
        "LOG ON (NAME = l, FILENAME = 'l.ldf') COLLATE Latin1_General_100_CI_AS_KS_WS_SC",
        "DROP DATABASE Filed",
    )
