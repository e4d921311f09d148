"""ALTER TABLE and CREATE INDEX on tables with rows, keys and indexes, in and outside of transactions.

Source: the T-SQL reference, ALTER TABLE and CREATE INDEX.
"""

import pytest

from tests.engine.conftest import Client

Row = tuple[object, ...]


@pytest.fixture
def filled(sql: Client) -> Client:
    """A table with a key, an index and two rows."""
    sql.good(
        "CREATE TABLE t (id INT NOT NULL CONSTRAINT pk PRIMARY KEY, v INT NULL, name VARCHAR(9) NULL)",
        "CREATE UNIQUE INDEX ux ON t (name); CREATE INDEX ix ON t (v)",
        "INSERT t VALUES (1, 10, 'a'), (2, 20, 'b')",
    )
    return sql


ALTERED: list[tuple[str, list[Row]]] = [
    ("ADD c INT NOT NULL DEFAULT 5", [(1, 10, "a", 5), (2, 20, "b", 5)]),
    ("ADD c INT NOT NULL CONSTRAINT d DEFAULT (5) WITH VALUES", [(1, 10, "a", 5), (2, 20, "b", 5)]),
    ("ADD c INT NULL DEFAULT 5", [(1, 10, "a", None), (2, 20, "b", None)]),
    ("ADD c INT NULL DEFAULT 5 WITH VALUES", [(1, 10, "a", 5), (2, 20, "b", 5)]),
    ("ADD c INT DEFAULT 5 NOT NULL, d CHAR(1) NOT NULL DEFAULT 'x'", [(1, 10, "a", 5, "x"), (2, 20, "b", 5, "x")]),
    ("ADD c AS v + 1", [(1, 10, "a", 11), (2, 20, "b", 21)]),
    ("ADD c AS (v * 2) PERSISTED", [(1, 10, "a", 20), (2, 20, "b", 40)]),
    ("ADD c INT IDENTITY(7, 3)", [(1, 10, "a", 7), (2, 20, "b", 10)]),
    ("ADD c INT IDENTITY NOT NULL CONSTRAINT uq UNIQUE", [(1, 10, "a", 1), (2, 20, "b", 2)]),
    ("ADD c INT NOT NULL DEFAULT 1 CHECK (c > 0)", [(1, 10, "a", 1), (2, 20, "b", 1)]),
    ("ADD CONSTRAINT uq UNIQUE (v), CONSTRAINT ck CHECK (v > id)", [(1, 10, "a"), (2, 20, "b")]),
    ("DROP COLUMN IF EXISTS none", [(1, 10, "a"), (2, 20, "b")]),
    ("DROP CONSTRAINT pk", [(1, 10, "a"), (2, 20, "b")]),
    ("DROP CONSTRAINT pk, COLUMN id", [(10, "a"), (20, "b")]),
    ("ALTER COLUMN name VARCHAR(20) NULL", [(1, 10, "a"), (2, 20, "b")]),
]


@pytest.mark.parametrize("outcome", ["alone", "committed", "rolled back"])
@pytest.mark.parametrize(("change", "rows"), ALTERED)
def test_a_filled_table_is_altered(filled: Client, change: str, rows: list[Row], outcome: str) -> None:
    before = filled("SELECT * FROM t ORDER BY v").rows
    if outcome == "alone":
        filled.good(f"ALTER TABLE t {change}")
    else:
        filled.good(
            "BEGIN TRANSACTION; UPDATE t SET v = v + 1; INSERT t (id, v, name) VALUES (3, 30, 'c')",
            f"UPDATE t SET v = v - 1 WHERE v < 30; DELETE t WHERE v = 30; ALTER TABLE t {change}",
            "UPDATE t SET v = v + 0",
        )
        assert filled("SELECT * FROM t ORDER BY v").rows == rows
        filled.good("COMMIT" if outcome == "committed" else "ROLLBACK")
    assert filled("SELECT * FROM t ORDER BY v").rows == (before if outcome == "rolled back" else rows)
    # The index that the statement does not concern is still enforced.
    filled.fails("UPDATE t SET name = 'b' WHERE v = 10", 2601)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ("ALTER TABLE t ADD c INT NOT NULL", 4901),
        ("ALTER TABLE t ADD c INT NOT NULL, d INT NULL", 4901),
        ("ALTER TABLE t ADD c INT NOT NULL DEFAULT 5 UNIQUE", (1505, 1750)),
        ("ALTER TABLE t ADD c INT NOT NULL DEFAULT 5, CONSTRAINT ck CHECK (c > 5)", 547),
        ("ALTER TABLE t ADD id INT NULL", 2705),
        ("ALTER TABLE t ADD c INT IDENTITY, d INT IDENTITY", 2744),
        ("ALTER TABLE t DROP COLUMN v", (5074, 4922)),
        ("ALTER TABLE t DROP COLUMN id", (5074, 4922)),
        ("ALTER TABLE t DROP COLUMN none", 4924),
        ("ALTER TABLE t DROP CONSTRAINT none", (3728, 3727)),
        ("ALTER TABLE t ALTER COLUMN none INT", 4924),
        ("ALTER TABLE t ALTER COLUMN id BIGINT NOT NULL", (5074, 4922)),
        ("UPDATE t SET v = 1; CREATE UNIQUE INDEX uv ON t (v)", 1505),
        ("UPDATE t SET v = NULL; ALTER TABLE t ADD UNIQUE (v)", (1505, 1750)),
        ("DROP INDEX ix ON t; UPDATE t SET v = NULL; ALTER TABLE t ALTER COLUMN v INT NOT NULL", 515),
    ],
)
def test_rows_and_dependent_objects_prevent_a_change(
    filled: Client, change: str, number: int | tuple[int, int]
) -> None:
    filled.fails(change, *(number if isinstance(number, tuple) else (number,)))


def test_the_message_of_a_duplicate_names_table_index_and_key(filled: Client) -> None:
    filled.good("UPDATE t SET v = 10")
    assert filled("CREATE UNIQUE INDEX uv ON t (v, name); CREATE UNIQUE INDEX w ON t (v)").errors[0].text == (
        "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.t' "
        "and the index name 'w'. The duplicate key value is (10)."
    )


def test_an_added_identity_column_continues_after_the_rows(filled: Client) -> None:
    filled.good("ALTER TABLE t ADD c INT IDENTITY(5, 5)", "INSERT t (id) VALUES (3)")
    assert filled("SELECT c FROM t ORDER BY id").rows == [(5,), (10,), (15,)]


def test_a_temporary_table_is_altered_in_a_transaction(sql: Client) -> None:
    sql.good(
        "CREATE TABLE #t (a INT PRIMARY KEY); INSERT #t VALUES (1)",
        "BEGIN TRANSACTION; INSERT #t VALUES (2)",
        "ALTER TABLE #t ADD b INT NOT NULL DEFAULT 3, c AS a * 2; ALTER TABLE #t ADD CONSTRAINT u UNIQUE (a, b)",
        "COMMIT",
    )
    assert sql("SELECT * FROM #t ORDER BY a").rows == [(1, 3, 2), (2, 3, 4)]
