"""Keys, of a table of rows with an index in DuckDB and of a columnstore without one: they do the same."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from tests.engine.conftest import Client, Connect, start

STORES = ("", ", INDEX stored CLUSTERED COLUMNSTORE")
"""The end of a table's definition: rows, or a columnstore."""

stores = pytest.mark.parametrize("store", STORES, ids=("rows", "columnstore"))


def _create(client: Client, columns: str, store: str) -> None:
    """Create the table ``t``."""
    text = columns.replace("PRIMARY KEY", "PRIMARY KEY NONCLUSTERED") if store else columns
    client.good(f"CREATE TABLE t ({text}{store})")


DUPLICATES = {
    "of rows of one statement": ("a INT PRIMARY KEY", "INSERT t VALUES (1), (2), (1)", 2627),
    "of a row of the table": ("a INT PRIMARY KEY", "INSERT t VALUES (1); INSERT t VALUES (2), (1)", 2627),
    "of NULL, which equals NULL": (
        "a INT NULL UNIQUE, b INT",
        "INSERT t VALUES (NULL, 1); INSERT t VALUES (NULL, 2)",
        2627,
    ),
    "of two columns": ("a INT, b DATE NULL, UNIQUE (a, b)", "INSERT t VALUES (1, NULL), (2, NULL), (1, NULL)", 2627),
    "in another case and with blanks": (
        "a NVARCHAR(9) PRIMARY KEY",
        "INSERT t VALUES (N'Ab'); INSERT t VALUES (N'aB  ')",
        2627,
    ),
    "of a letter in another form": (
        "a NVARCHAR(9) PRIMARY KEY",
        "INSERT t VALUES (N'ﬁ'); INSERT t VALUES (N'FI')",
        2627,
    ),
    "of the same moment": (
        "a DATETIMEOFFSET PRIMARY KEY",
        "INSERT t VALUES ('2026-01-01 12:00 +01:00'); INSERT t VALUES ('2026-01-01 11:00 +00:00')",
        2627,
    ),
    "of zero and negative zero": ("a FLOAT PRIMARY KEY", "INSERT t VALUES (0e0); INSERT t VALUES (-0e0)", 2627),
    "in a unique index": ("a INT, INDEX ux UNIQUE (a)", "INSERT t VALUES (1); INSERT t VALUES (1)", 2601),
    "in a filtered index": (
        "a INT, b INT, INDEX ux UNIQUE (a) WHERE b > 0",
        "INSERT t VALUES (1, 0), (1, 0), (1, 1); INSERT t VALUES (1, 2)",
        2601,
    ),
    "by an update": (
        "a INT PRIMARY KEY, b INT",
        "INSERT t VALUES (1, 1), (2, 2); UPDATE t SET a = 1 WHERE b = 2",
        2627,
    ),
    "by an update of the filter": (
        "a INT, b INT, INDEX ux UNIQUE (a) WHERE b > 0",
        "INSERT t VALUES (1, 0), (1, 1); UPDATE t SET b = 1",
        2601,
    ),
    "by MERGE": (
        "a INT PRIMARY KEY, b INT",
        "INSERT t VALUES (1, 1); MERGE t USING (VALUES (2, 5), (2, 6)) AS s (a, b) ON t.a = s.a "
        "WHEN NOT MATCHED THEN INSERT VALUES (a, b);",
        2627,
    ),
    "by OUTPUT INTO": (
        "a INT PRIMARY KEY",
        "INSERT t VALUES (3); CREATE TABLE u (a INT); INSERT u OUTPUT inserted.a INTO t VALUES (2), (3)",
        2627,
    ),
    "by INSERT EXEC": ("a INT PRIMARY KEY", "INSERT t VALUES (1); INSERT t EXEC ('SELECT 2 UNION ALL SELECT 1')", 2627),
    "of a computed column": ("a INT, b AS (a % 10) PERSISTED, UNIQUE (b)", "INSERT t VALUES (1), (11)", 2627),
    "of a computed column by UPDATE": (
        "a INT, b AS a % 10 UNIQUE",
        "INSERT t VALUES (1), (2); UPDATE t SET a = 11 WHERE a = 2",
        2627,
    ),
    "of a computed column by MERGE": (
        "a INT, b AS a % 10 UNIQUE",
        "INSERT t VALUES (1), (2); MERGE t USING (VALUES (2)) s (a) ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 11;",
        2627,
    ),
    "of a computed column in a transaction": (
        "a INT, b AS LOWER(CONCAT('x', a % 10)) PERSISTED NOT NULL PRIMARY KEY",
        "BEGIN TRAN; INSERT t VALUES (1); COMMIT; INSERT t VALUES (2); UPDATE t SET a = a + 8; INSERT t VALUES (19)",
        2627,
    ),
}


@stores
@pytest.mark.parametrize(("columns", "text", "number"), DUPLICATES.values(), ids=DUPLICATES)
def test_a_duplicate_is_refused(sql: Client, store: str, columns: str, text: str, number: int) -> None:
    _create(sql, columns, store)
    before, _, last = text.rpartition("; ")
    if before:
        sql.good(before)
    rows = sql("SELECT * FROM t ORDER BY 1, COUNT(*) OVER (ORDER BY (SELECT 1))")
    sql.fails(last, number)
    assert sql("SELECT * FROM t ORDER BY 1, COUNT(*) OVER (ORDER BY (SELECT 1))").rows == rows.rows


ALLOWED = {
    "keys that change places": ("a INT PRIMARY KEY, b INT", "INSERT t VALUES (1, 2), (2, 1); UPDATE t SET a = b", 2),
    "all keys moved by one": ("a INT PRIMARY KEY", "INSERT t VALUES (1), (2), (3); UPDATE t SET a += 1", 3),
    "a deleted key again": (
        "a INT PRIMARY KEY",
        "INSERT t VALUES (1); BEGIN TRAN; DELETE t; INSERT t VALUES (1); COMMIT",
        1,
    ),
    "keys after TRUNCATE": ("a INT PRIMARY KEY", "INSERT t VALUES (1); TRUNCATE TABLE t; INSERT t VALUES (1)", 1),
    "keys that a rollback has undone": (
        "a INT PRIMARY KEY",
        "BEGIN TRAN; INSERT t VALUES (1); ROLLBACK; INSERT t VALUES (1)",
        1,
    ),
    "keys that a savepoint has undone": (
        "a INT PRIMARY KEY",
        "BEGIN TRAN; SAVE TRAN s; INSERT t VALUES (1); ROLLBACK TRAN s; INSERT t VALUES (1); COMMIT",
        1,
    ),
    "rows outside a filter": (
        "a INT, b INT, INDEX ux UNIQUE (a) WHERE b > 0",
        "INSERT t VALUES (1, 0), (1, NULL), (1, 1)",
        3,
    ),
    "texts of a binary collation": (
        "a VARCHAR(9) COLLATE Latin1_General_100_BIN2 PRIMARY KEY",
        "INSERT t VALUES ('a'), ('A')",
        2,
    ),
    "a key after it was dropped": (
        "a INT CONSTRAINT k UNIQUE",
        "INSERT t VALUES (1); ALTER TABLE t DROP CONSTRAINT k; INSERT t VALUES (1)",
        2,
    ),
    "a unique index after it was dropped": (
        "a INT, INDEX ux UNIQUE (a)",
        "INSERT t VALUES (1); DROP INDEX ux ON t; INSERT t VALUES (1)",
        2,
    ),
}


@stores
@pytest.mark.parametrize(("columns", "text", "count"), ALLOWED.values(), ids=ALLOWED)
def test_what_is_no_duplicate_is_stored(sql: Client, store: str, columns: str, text: str, count: int) -> None:
    _create(sql, columns, store)
    sql.good(*text.split("; "))
    assert sql("SELECT COUNT(*) FROM t").value == count


@stores
def test_a_refused_statement_is_undone_and_the_transaction_goes_on(sql: Client, store: str) -> None:
    _create(sql, "a INT PRIMARY KEY", store)
    result = sql(
        "BEGIN TRAN; INSERT t VALUES (1); INSERT t VALUES (2), (1); INSERT t VALUES (3); INSERT t VALUES (3); COMMIT"
    )
    assert result.numbers == [2627, 2627]
    assert sql("SELECT a FROM t ORDER BY a").rows == [(1,), (3,)]


@stores
def test_many_rows_are_checked_as_few_are(sql: Client, store: str) -> None:
    _create(sql, "a INT, b NVARCHAR(20), PRIMARY KEY (a, b)", store)
    numbers = "SELECT value AS a, CONCAT('k', value % 7) AS b FROM GENERATE_SERIES(1, 300000)"
    sql.good(f"INSERT t SELECT a, b FROM ({numbers}) AS s")
    sql.fails(f"INSERT t SELECT a + 299999, CONCAT('K', (a + 299999) % 7) FROM ({numbers}) AS s", 2627)
    sql.good(f"INSERT t SELECT a + 300000, b FROM ({numbers}) AS s")
    assert sql("SELECT COUNT(*) FROM t").value == 600_000


@stores
@pytest.mark.parametrize(
    "between",
    ["DELETE t WHERE a > 3", "TRUNCATE TABLE t", "ALTER TABLE t ADD b INT", "UPDATE t SET a += 100 WHERE a > 3"],
)
def test_each_statement_of_a_transaction_is_checked(sql: Client, store: str, between: str) -> None:
    _create(sql, "a INT PRIMARY KEY", store)
    sql.good("INSERT t VALUES (0)", "BEGIN TRAN", "INSERT t SELECT value FROM GENERATE_SERIES(1, 10)", between)
    kept = {row[0] for row in sql("SELECT a FROM t").rows}
    for key in range(-3, 13):
        assert sql(f"INSERT t (a) VALUES ({key})").numbers == ([2627] if key in kept else []), key
        assert sql(f"INSERT t (a) VALUES ({key})").numbers == [2627]
    sql.good("COMMIT")
    assert sql("SELECT COUNT(DISTINCT a) - COUNT(*) FROM t").value == 0


@stores
def test_a_row_among_many_of_a_transaction_is_checked(sql: Client, store: str) -> None:
    _create(sql, "a INT PRIMARY KEY", store)
    sql.good("BEGIN TRAN", "INSERT t SELECT value FROM GENERATE_SERIES(1, 300000)", "INSERT t VALUES (300001)")
    for key in (1, 300_000, 300_001):
        sql.fails(f"INSERT t VALUES ({key})", 2627)
    sql.good("INSERT t SELECT value FROM GENERATE_SERIES(300002, 600000)", "COMMIT")
    sql.fails("INSERT t VALUES (450000)", 2627)


def test_the_message_shows_the_key_as_it_was_given(sql: Client) -> None:
    _create(sql, "a NVARCHAR(9) CONSTRAINT pk PRIMARY KEY", STORES[1])
    (error,) = sql("INSERT t VALUES (N'Ab'), (N'x'), (N'Ab')").errors
    assert error.text == (
        "Violation of PRIMARY KEY constraint 'pk'. Cannot insert duplicate key in object 'dbo.t'. "
        "The duplicate key value is (Ab)."
    )


def test_a_columnstore_index_comes_and_goes_with_rows_and_keys(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT PRIMARY KEY NONCLUSTERED, b INT UNIQUE)", "INSERT t VALUES (1, 1)")
    for change in ("CREATE CLUSTERED COLUMNSTORE INDEX c ON t", "DROP INDEX c ON t"):
        sql.good(change)
        sql.fails("INSERT t VALUES (1, 2)", 2627)
        sql.fails("INSERT t VALUES (2, 1)", 2627)
        assert sql("SELECT a, b FROM t").rows == [(1, 1)]


def test_a_key_of_a_columnstore_needs_rows_without_duplicates(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT NOT NULL, INDEX c CLUSTERED COLUMNSTORE)", "INSERT t VALUES (1), (1)")
    for text in ("ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)", "CREATE UNIQUE INDEX u ON t (a)"):
        assert sql(text).numbers[0] == 1505
    sql.good("DELETE TOP (1) FROM t", "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)")
    sql.fails("INSERT t VALUES (1)", 2627)
    sql.good("ALTER TABLE t ADD b INT", "EXEC sp_rename 't', 'u'")
    sql.fails("INSERT u VALUES (1, 1)", 2627)


def test_temporary_columnstores_of_two_sessions_have_their_own_keys(connect: Connect) -> None:
    clients = [connect(), connect()]
    for client in clients:
        client.good(
            "CREATE TABLE #t (a INT UNIQUE, INDEX c CLUSTERED COLUMNSTORE)", "BEGIN TRAN", "INSERT #t VALUES (1)"
        )
    for client in clients:
        client.good("COMMIT")
        client.fails("INSERT #t VALUES (1)", 2627)


@stores
@pytest.mark.parametrize("waits", [False, True], ids=("one statement", "a transaction"))
def test_the_second_of_two_transactions_with_the_same_key_is_refused(connect: Connect, store: str, waits: bool) -> None:
    first, second = connect(), connect()
    _create(first, "a INT PRIMARY KEY, b INT", store)
    first.good("INSERT t VALUES (0, 0)", "BEGIN TRAN", "INSERT t VALUES (1, 1)")
    if waits:
        second.good("BEGIN TRAN", "INSERT t VALUES (1, 2)", "INSERT t VALUES (2, 2)")
        first.good("COMMIT")
        assert second("COMMIT").numbers == [2627]
        assert second("SELECT @@TRANCOUNT").value == 0
    else:
        second.good("INSERT t VALUES (1, 2)")
        assert first("COMMIT").numbers == [2627]
    assert second("SELECT COUNT(*) FROM t WHERE a = 1").value == 1


@stores
def test_two_transactions_with_other_keys_both_commit(connect: Connect, store: str) -> None:
    first, second = connect(), connect()
    _create(first, "a INT PRIMARY KEY", store)
    first.good("INSERT t VALUES (0)", "BEGIN TRAN", "INSERT t VALUES (1)")
    second.good("BEGIN TRAN", "INSERT t VALUES (2)", "INSERT t VALUES (3)", "COMMIT")
    first.good("INSERT t VALUES (4)", "COMMIT")
    assert first("SELECT COUNT(*) FROM t").value == 5


@stores
def test_rows_that_a_transaction_replaces_are_no_duplicates_of_their_former_selves(
    connect: Connect, store: str
) -> None:
    first, second = connect(), connect()
    _create(first, "a INT PRIMARY KEY, b INT", store)
    first.good(
        "INSERT t VALUES (1, 1), (2, 2), (3, 3)", "BEGIN TRAN", "DELETE t WHERE a > 1", "INSERT t VALUES (3, 30)"
    )
    second.good("INSERT t VALUES (4, 4)")
    first.good("INSERT t VALUES (2, 20)", "COMMIT")
    assert first("SELECT a, b FROM t ORDER BY a").rows == [(1, 1), (2, 20), (3, 30), (4, 4)]


@stores
def test_of_many_writers_of_the_same_keys_one_wins_each(connect: Connect, store: str) -> None:
    _create(connect(), "a INT PRIMARY KEY, who INT", store)
    clients = [connect() for _ in range(4)]

    def write(number: int) -> tuple[int, int]:
        client, choice = clients[number], random.Random(number)
        stored = failed = 0
        for key in choice.sample(range(40), 40):
            insert = f"INSERT t VALUES ({key}, {number})"
            errors = client(insert if choice.random() < 0.5 else f"BEGIN TRAN {insert} COMMIT").errors
            client("IF @@TRANCOUNT > 0 ROLLBACK")
            assert [error.number for error in errors] in ([], [2627]), errors
            stored, failed = stored + (not errors), failed + bool(errors)
        return stored, failed

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(write, range(4)))
    rows = connect()("SELECT a FROM t ORDER BY a").rows
    assert rows == [(key,) for key in range(40)]
    assert sum(stored for stored, _ in results) == 40


@stores
def test_keys_are_enforced_after_a_start(tmp_path: Path, store: str) -> None:
    engine = start(tmp_path)
    client = Client(engine.login("sa", "Secret_1", "master", "tests", "here"))
    client.good("CREATE DATABASE D", "USE D")
    _create(client, "a INT PRIMARY KEY", store)
    client.good("INSERT t VALUES (1)")
    engine.close()
    engine = start(tmp_path)
    client = Client(engine.login("sa", "Secret_1", "D", "tests", "here"))
    client.fails("INSERT t VALUES (1)", 2627)
    client.good("INSERT t VALUES (2)")
    engine.close()


def test_a_bulk_load_into_a_columnstore_is_checked(tmp_path: Path) -> None:
    engine = start(tmp_path)
    sql = Client(engine.login("sa", "Secret_1", "master", "tests", "here"))
    _create(sql, "a INT PRIMARY KEY", STORES[1])
    (tmp_path / "twice.txt").write_text("1\n2\n1\n")
    (tmp_path / "once.txt").write_text("1\n2\n3\n")
    assert sql("BULK INSERT t FROM 'twice.txt'").numbers == [2627]
    assert sql("SELECT COUNT(*) FROM t").value == 0
    sql.good("BULK INSERT t FROM 'once.txt'")
    assert sql("BULK INSERT t FROM 'once.txt'").numbers == [2627]
    assert sql("SELECT COUNT(*) FROM t").value == 3
    engine.close()


def test_the_index_of_an_earlier_version_behind_a_columnstore_is_dropped(tmp_path: Path) -> None:
    engine = start(tmp_path)
    client = Client(engine.login("sa", "Secret_1", "master", "tests", "here"))
    client.good("CREATE DATABASE D", "USE D")
    _create(client, "a INT CONSTRAINT pk PRIMARY KEY", STORES[1])
    engine.close()
    with duckdb.connect(str(tmp_path / "d.duckdb")) as file:
        file.execute('CREATE UNIQUE INDEX "t$pk" ON dbo.t (a)')
    engine = start(tmp_path)
    client = Client(engine.login("sa", "Secret_1", "D", "tests", "here"))
    client.good("INSERT t VALUES (1)", "ALTER TABLE t DROP CONSTRAINT pk", "INSERT t VALUES (1)")
    engine.close()


def test_the_message_names_the_key_of_a_computed_column_among_others(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT CONSTRAINT one UNIQUE, b AS a % 10 CONSTRAINT two UNIQUE)", "INSERT t VALUES (1)")
    for values, constraint in (("1", "one"), ("11", "two")):
        assert f"UNIQUE KEY constraint '{constraint}'" in sql(f"INSERT t VALUES ({values})").errors[0].text


def test_a_key_of_a_computed_column_is_enforced_between_transactions(connect: Connect) -> None:
    one, two = connect(), connect()
    one.good("ALTER DATABASE D SET ALLOW_SNAPSHOT_ISOLATION ON", "CREATE TABLE t (a INT, b AS a % 10 UNIQUE)")
    one.good("BEGIN TRAN", "INSERT t VALUES (1)")
    two.good("BEGIN TRAN", "INSERT t VALUES (11)")
    one.good("COMMIT")
    two.fails("COMMIT", 2627)
    assert one("SELECT a FROM t").rows == [(1,)]


def test_a_foreign_key_follows_the_computed_columns_of_both_tables(sql: Client) -> None:
    sql.good(
        "CREATE TABLE p (a INT, k AS a * 2 PERSISTED NOT NULL PRIMARY KEY)",
        "CREATE TABLE c (x INT, k AS x + 1 PERSISTED REFERENCES p ON DELETE CASCADE)",
        "INSERT p VALUES (1), (2), (3)",
        "INSERT c VALUES (1), (3)",
    )
    for text in (
        "INSERT c VALUES (2)",
        "UPDATE c SET x = 2",
        "UPDATE p SET a = 9 WHERE a = 1",
        "MERGE p USING (VALUES (1)) s (a) ON p.a = s.a WHEN MATCHED THEN UPDATE SET a = 9;",
    ):
        sql.fails(text, 547)
    sql.good("UPDATE c SET x = 5 WHERE x = 3", "UPDATE p SET a = 9 WHERE a = 2", "DELETE p WHERE a = 3")
    assert sql("SELECT x FROM c").rows == [(1,)]


@pytest.mark.parametrize(
    ("columns", "numbers"),
    [
        ("a INT, k AS a + 1 REFERENCES p", (1764, 1750)),
        ("a INT, k AS a + 1 PERSISTED REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE", (1765, 1750)),
        ("a INT, k AS a + 1 PERSISTED REFERENCES p ON UPDATE CASCADE", (1715, 1750)),
        ("a INT, k AS a + 1 PERSISTED PRIMARY KEY", (1711, 1750)),
        ("a INT, k AS dbo.f(a) PERSISTED", (4936,)),
        ("a INT, k AS dbo.f(a) UNIQUE", (2729, 1750)),
        ("a INT, k AS dbo.bound(a) UNIQUE", (40510,)),
        ("a INT, k AS RAND() UNIQUE", (2729, 1750)),
    ],
)
def test_a_computed_column_is_no_key(sql: Client, columns: str, numbers: tuple[int, ...]) -> None:
    sql.good(
        "CREATE TABLE p (id INT PRIMARY KEY)",
        "CREATE FUNCTION dbo.f(@a INT) RETURNS INT AS BEGIN RETURN @a + 1 END",
        "CREATE FUNCTION dbo.bound(@a INT) RETURNS INT WITH SCHEMABINDING AS BEGIN RETURN @a + 1 END",
    )
    sql.fails(f"CREATE TABLE t ({columns})", *numbers)


def test_a_computed_column_and_its_key_are_added_to_rows(sql: Client) -> None:
    sql.good("CREATE TABLE t (a INT)", "INSERT t VALUES (1), (11)")
    sql.fails("ALTER TABLE t ADD b AS a % 10 PERSISTED UNIQUE", 1505, 1750)
    sql.good("UPDATE t SET a = 2 WHERE a = 11", "ALTER TABLE t ADD b AS a % 10 PERSISTED CONSTRAINT k UNIQUE")
    sql.fails("INSERT t VALUES (12)", 2627)
    sql.good("ALTER TABLE t DROP CONSTRAINT k", "INSERT t VALUES (12)")
    sql.fails("CREATE UNIQUE INDEX i ON t (b)", 1505)
