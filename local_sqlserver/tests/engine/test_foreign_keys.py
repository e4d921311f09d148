"""Foreign keys: their definition, checks at the end of each statement, and cascades.

Sources: the T-SQL reference, CREATE TABLE, ALTER TABLE; "Primary and foreign key constraints".
"""

from pathlib import Path

import pytest

from tests.engine.conftest import Client, collect, start

Row = tuple[object, ...]


@pytest.fixture
def family(sql: Client) -> Client:
    """A referenced table with three rows, and one that refers to the first of them."""
    sql.good(
        "CREATE TABLE p (id INT NOT NULL CONSTRAINT pk PRIMARY KEY, code VARCHAR(5) UNIQUE, v INT)",
        "CREATE TABLE c (id INT PRIMARY KEY, pid INT NULL CONSTRAINT fk REFERENCES p (id), v INT)",
        "INSERT p VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3); INSERT c VALUES (1, 1, 1), (2, NULL, 1)",
    )
    return sql


@pytest.mark.parametrize(
    ("statement", "kind", "table", "column"),
    [
        ("INSERT c VALUES (3, 9, 1)", "FOREIGN KEY", "p", "id"),
        ("INSERT c SELECT 3, 9, 1", "FOREIGN KEY", "p", "id"),
        ("UPDATE c SET pid = 9", "FOREIGN KEY", "p", "id"),
        ("DELETE p WHERE id = 1", "REFERENCE", "c", "pid"),
        ("DELETE p FROM p JOIN c ON c.pid = p.id", "REFERENCE", "c", "pid"),
        ("UPDATE p SET id = 7 WHERE id = 1", "REFERENCE", "c", "pid"),
        ("MERGE p USING (SELECT 1 AS k) AS s ON id = k WHEN MATCHED THEN DELETE;", "REFERENCE", "c", "pid"),
        (
            "MERGE c USING (SELECT 7 AS k) AS s ON id = k WHEN NOT MATCHED THEN INSERT VALUES (k, 66, 1);",
            "FOREIGN KEY",
            "p",
            "id",
        ),
    ],
)
def test_a_violation_is_error_547(family: Client, statement: str, kind: str, table: str, column: str) -> None:
    (error,) = family(statement).errors
    verb = statement.split()[0]
    assert (error.number, error.text) == (
        547,
        f'The {verb} statement conflicted with the {kind} constraint "fk". The conflict occurred in database "D", '
        f"table \"dbo.{table}\", column '{column}'.",
    )
    assert family("SELECT (SELECT COUNT(*) FROM p), (SELECT COUNT(*) FROM c), (SELECT MAX(pid) FROM c)").rows == [
        (3, 2, 1)
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE p WHERE id = 3",
        "UPDATE p SET v = 9, id = id",
        "UPDATE p SET id = id + 10 WHERE id > 1",
        "UPDATE p SET id = 4 - id WHERE id <> 2",
        "INSERT c VALUES (3, NULL, 1), (4, 2, 1)",
        "UPDATE c SET pid = NULL; DELETE p",
        "UPDATE c SET v = 2 OUTPUT inserted.pid",
        "BEGIN TRANSACTION; DELETE c; DELETE p; ROLLBACK",
        "DROP TABLE c, p",
    ],
)
def test_a_change_that_leaves_every_reference_valid_is_made(family: Client, statement: str) -> None:
    family.good(statement)


DEFINITIONS = [
    ("a INT REFERENCES none (id)", 1767),
    ("a INT REFERENCES p (none)", 1770),
    ("a INT REFERENCES p (v)", 1776),
    ("a INT, b INT, FOREIGN KEY (a, b) REFERENCES p (id)", 8139),
    ("a INT, FOREIGN KEY (none) REFERENCES p (id)", 1769),
    ("a BIGINT REFERENCES p (id)", 1778),
    ("a VARCHAR(6) REFERENCES p (code)", 1753),
    ("a INT REFERENCES n", 1773),
    ("a INT REFERENCES view_of_p (id)", 1768),
    ("a INT NOT NULL REFERENCES p ON DELETE SET NULL", 1761),
    ("a INT NOT NULL REFERENCES p ON UPDATE SET DEFAULT", 1762),
    ("a INT PRIMARY KEY, b INT REFERENCES x (a) ON DELETE CASCADE", 1785),
    ("a INT REFERENCES p ON DELETE CASCADE, b INT REFERENCES p ON DELETE CASCADE", 1785),
    ("a INT CONSTRAINT fk REFERENCES p", 2714),
]


@pytest.mark.parametrize(("columns", "number"), DEFINITIONS)
def test_an_impossible_foreign_key_is_an_error(family: Client, columns: str, number: int) -> None:
    family.good("CREATE TABLE n (id INT)", "CREATE VIEW view_of_p AS SELECT id FROM p")
    family.fails(f"CREATE TABLE x ({columns})", number, *([] if number == 8139 else [1750]))
    family.good("CREATE TABLE x (id INT)")


def test_cascades_that_meet_in_a_circle_or_by_two_paths_are_an_error(sql: Client) -> None:
    sql.good(
        "CREATE TABLE a (id INT PRIMARY KEY, c INT)",
        "CREATE TABLE b (id INT PRIMARY KEY, a INT REFERENCES a ON DELETE CASCADE)",
    )
    sql.fails("ALTER TABLE a ADD FOREIGN KEY (c) REFERENCES b ON DELETE SET NULL", 1785, 1750)
    sql.fails("CREATE TABLE d (a INT REFERENCES a ON DELETE CASCADE, b INT REFERENCES b ON DELETE CASCADE)", 1785, 1750)
    sql.good("CREATE TABLE d (a INT REFERENCES a ON DELETE CASCADE, b INT REFERENCES b)")


@pytest.mark.parametrize(
    ("statement", "numbers"),
    [
        ("TRUNCATE TABLE p", (4712,)),
        ("DROP TABLE p", (3726,)),
        ("DROP TABLE p, c", (3726,)),
        ("ALTER TABLE p DROP CONSTRAINT pk", (3725, 3727)),
        ("ALTER TABLE c NOCHECK CONSTRAINT none", (4917, 4916)),
        ("DECLARE @t TABLE (a INT REFERENCES p (id))", (156,)),
    ],
)
def test_a_reference_protects_the_table(family: Client, statement: str, numbers: tuple[int, ...]) -> None:
    family.fails(statement, *numbers)
    family.fails("ALTER TABLE c DROP COLUMN pid", 5074, 4922)


ACTIONS: list[tuple[str, str, list[Row]]] = [
    ("ON DELETE CASCADE", "DELETE p WHERE id = 1", [(2, 5)]),
    ("ON DELETE CASCADE", "MERGE p USING (SELECT 1 AS k) AS s ON id = k WHEN MATCHED THEN DELETE;", [(2, 5)]),
    ("ON DELETE SET NULL", "DELETE p WHERE id = 1", [(1, None), (2, 5)]),
    ("ON DELETE SET DEFAULT", "DELETE p WHERE id = 1", [(1, 5), (2, 5)]),
    ("ON UPDATE CASCADE", "UPDATE p SET id = id + 10", [(1, 11), (2, 15)]),
    ("ON UPDATE CASCADE ON DELETE NO ACTION", "UPDATE p SET id = 6 - id", [(1, 5), (2, 1)]),
    ("ON UPDATE SET NULL", "UPDATE p SET id = 9 WHERE id = 1", [(1, None), (2, 5)]),
    ("ON DELETE NO ACTION ON UPDATE SET DEFAULT", "UPDATE p SET id = 9 WHERE id = 1", [(1, 5), (2, 5)]),
]


@pytest.mark.parametrize(("action", "statement", "rows"), ACTIONS)
def test_rows_follow_the_row_that_they_refer_to(sql: Client, action: str, statement: str, rows: list[Row]) -> None:
    sql.good(
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT p VALUES (1), (5)",
        f"CREATE TABLE c (id INT PRIMARY KEY, pid INT DEFAULT 5, FOREIGN KEY (pid) REFERENCES p {action})",
        "INSERT c VALUES (1, 1), (2, 5)",
        statement,
    )
    assert sql("SELECT id, pid FROM c ORDER BY id").rows == rows


def test_a_default_without_its_row_is_an_error(sql: Client) -> None:
    sql.good(
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT p VALUES (1)",
        "CREATE TABLE c (pid INT DEFAULT 7 REFERENCES p ON DELETE SET DEFAULT); INSERT c VALUES (1)",
    )
    sql.fails("DELETE p", 547)


def test_cascades_continue_and_composite_keys_match_as_a_whole(sql: Client) -> None:
    sql.good(
        "CREATE TABLE a (x INT, y VARCHAR(3), PRIMARY KEY (x, y)); INSERT a VALUES (1, 'k'), (1, 'l'), (2, 'k')",
        "CREATE TABLE b (id INT PRIMARY KEY, x INT, y VARCHAR(3), "
        "FOREIGN KEY (x, y) REFERENCES a (x, y) ON DELETE CASCADE ON UPDATE CASCADE)",
        "CREATE TABLE c (b INT REFERENCES b (id) ON DELETE CASCADE)",
        "INSERT b VALUES (1, 1, 'K'), (2, 2, 'k'), (3, 9, NULL); INSERT c VALUES (1), (2), (3)",
        "UPDATE a SET y = 'm' WHERE x = 2",
    )
    sql.fails("INSERT b VALUES (4, 2, 'l')", 547)
    assert sql("SELECT y FROM b WHERE id = 2").value == "m"
    sql.good("DELETE a WHERE x = 1")
    assert sql("SELECT b FROM c ORDER BY b").rows == [(2,), (3,)]


def test_a_table_that_refers_to_itself_is_checked_at_the_end_of_the_statement(sql: Client) -> None:
    sql.good(
        "CREATE TABLE e (id INT PRIMARY KEY, boss INT CONSTRAINT fk REFERENCES e (id))",
        "INSERT e VALUES (1, 2), (2, 1), (3, 3)",
    )
    for statement, kind in (
        ("INSERT e VALUES (4, 9)", "FOREIGN KEY SAME TABLE"),
        ("DELETE e WHERE id = 1", "SAME TABLE REFERENCE"),
    ):
        (error,) = sql(statement).errors
        assert f'with the {kind} constraint "fk"' in error.text
    sql.good("DELETE e WHERE id < 3", "TRUNCATE TABLE e", "DROP TABLE e")


def test_constraints_are_switched_off_and_on(family: Client) -> None:
    state = "SELECT is_disabled, is_not_trusted FROM sys.foreign_keys"
    family.good("ALTER TABLE c NOCHECK CONSTRAINT fk", "INSERT c VALUES (3, 9, 1)")
    assert family(state).rows == [(1, 1)]
    family.good("ALTER TABLE c CHECK CONSTRAINT ALL")
    assert family(state).rows == [(0, 1)]
    family.fails("INSERT c VALUES (4, 9, 1)", 547)
    family.fails("ALTER TABLE c WITH CHECK CHECK CONSTRAINT fk", 547)
    family.good("DELETE c WHERE pid = 9", "ALTER TABLE c WITH CHECK CHECK CONSTRAINT fk")
    assert family(state).rows == [(0, 0)]


def test_existing_rows_are_checked_unless_nocheck_says_otherwise(family: Client) -> None:
    family.good("ALTER TABLE c DROP CONSTRAINT fk", "UPDATE c SET pid = 9")
    family.fails("ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (pid) REFERENCES p", 547)
    family.good("ALTER TABLE c WITH NOCHECK ADD CONSTRAINT fk FOREIGN KEY (pid) REFERENCES p, CHECK (v > 5)")
    family.fails("INSERT c VALUES (4, 8, 9)", 547)
    family.fails("INSERT c VALUES (4, 1, 1)", 547)
    assert family("SELECT is_not_trusted FROM sys.check_constraints").rows == [(1,)]


def test_the_catalog_shows_foreign_keys(family: Client) -> None:
    family.good("CREATE TABLE d (x VARCHAR(5) REFERENCES p (code) ON DELETE CASCADE ON UPDATE SET NULL)")
    assert family(
        "SELECT OBJECT_NAME(parent_object_id), OBJECT_NAME(referenced_object_id), type, delete_referential_action, "
        "delete_referential_action_desc, update_referential_action_desc FROM sys.foreign_keys ORDER BY 1"
    ).rows == [
        ("c", "p", "F ", 0, "NO_ACTION", "NO_ACTION"),
        ("d", "p", "F ", 1, "CASCADE", "SET_NULL"),
    ]
    assert family(
        "SELECT COL_NAME(parent_object_id, parent_column_id), COL_NAME(referenced_object_id, referenced_column_id), "
        "constraint_column_id FROM sys.foreign_key_columns ORDER BY 1"
    ).rows == [("pid", "id", 1), ("x", "code", 1)]
    assert family(
        "SELECT r.CONSTRAINT_NAME, UNIQUE_CONSTRAINT_NAME, MATCH_OPTION, UPDATE_RULE, DELETE_RULE "
        "FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS AS r WHERE CONSTRAINT_NAME = 'fk'"
    ).rows == [("fk", "pk", "SIMPLE", "NO ACTION", "NO ACTION")]
    assert family(
        "SELECT TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE WHERE CONSTRAINT_NAME = 'fk'"
    ).rows == [("c", "pid")]


def test_a_temporary_table_ignores_foreign_keys(family: Client) -> None:
    family.good("CREATE TABLE #t (a INT REFERENCES p (id)); INSERT #t VALUES (99)")


def test_foreign_keys_survive_a_restart(tmp_path: Path) -> None:
    engine = start(tmp_path)
    session = engine.login("sa", "Secret_1", "master", "tests", "here")
    collect(session.batch("CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (a INT REFERENCES p ON DELETE CASCADE)"))
    collect(session.batch("ALTER TABLE c NOCHECK CONSTRAINT ALL; INSERT c VALUES (5)"))
    session.close()
    engine.close()
    engine = start(tmp_path)
    session = engine.login("sa", "Secret_1", "master", "tests", "here")
    client = Client(session)
    assert client("SELECT is_disabled, delete_referential_action FROM sys.foreign_keys").rows == [(1, 1)]
    client.good("INSERT p VALUES (5); ALTER TABLE c WITH CHECK CHECK CONSTRAINT ALL; DELETE p")
    assert client("SELECT COUNT(*) FROM c").value == 0
    session.close()
    engine.close()
