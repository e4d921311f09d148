"""Sequence objects. Sources: the T-SQL reference, CREATE SEQUENCE, ALTER SEQUENCE, NEXT VALUE FOR."""

import pytest

from tests.engine.conftest import PASSWORD, Client, Connect


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ("AS INT START WITH 5 INCREMENT BY 2", [5, 7, 9]),
        ("", [-(2**63), -(2**63) + 1, -(2**63) + 2]),
        ("AS SMALLINT INCREMENT BY -1", [32767, 32766, 32765]),
        ("AS TINYINT", [0, 1, 2]),
        ("AS TINYINT START WITH 2 MINVALUE 1 MAXVALUE 3 CYCLE NO CACHE", [2, 3, 1]),
        ("START WITH 1 NO MINVALUE NO MAXVALUE NO CYCLE CACHE 10", [1, 2, 3]),
    ],
)
def test_a_sequence_gives_its_values_in_order(sql: Client, options: str, values: list[int]) -> None:
    sql.good(f"CREATE SEQUENCE dbo.s {options}")
    assert [sql("SELECT NEXT VALUE FOR dbo.s").value for _ in values] == values


def test_rows_variables_and_defaults_take_values(sql: Client) -> None:
    sql.good(
        "CREATE SEQUENCE s START WITH 1",
        "CREATE TABLE t (id INT DEFAULT NEXT VALUE FOR s PRIMARY KEY, v INT)",
        "INSERT t (v) VALUES (10), (20)",
        "INSERT t (id, v) SELECT NEXT VALUE FOR s, value FROM GENERATE_SERIES(30, 31)",
        "INSERT t (id, v) VALUES (NEXT VALUE FOR s, 40), (NEXT VALUE FOR s, 50)",
    )
    assert sql("SELECT id FROM t ORDER BY id").rows == [(1,), (2,), (3,), (4,), (5,), (6,)]
    assert sql("DECLARE @v INT; SET @v = NEXT VALUE FOR s; SELECT @v").value == 7
    assert sql("SELECT COLUMN_DEFAULT FROM INFORMATION_SCHEMA.COLUMNS WHERE COLUMN_NAME = 'id'").value == (
        "(NEXT VALUE FOR [dbo].[s])"
    )


def test_a_sequence_restarts_and_survives_a_rollback_of_its_user(sql: Client) -> None:
    sql.good("CREATE SEQUENCE s START WITH 5", "BEGIN TRANSACTION; DECLARE @v BIGINT = NEXT VALUE FOR s; ROLLBACK")
    assert sql("SELECT NEXT VALUE FOR s").value == 6
    sql.good("ALTER SEQUENCE s RESTART WITH 100")
    assert sql("SELECT NEXT VALUE FOR s").value == 100
    sql.good("ALTER SEQUENCE s RESTART")
    assert sql("SELECT NEXT VALUE FOR s").value == 5


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("SELECT NEXT VALUE FOR none", 208),
        ("CREATE SEQUENCE s", 2714),
        ("CREATE TABLE s (a INT)", 2714),
        ("CREATE SEQUENCE z AS INT START WITH 5 MAXVALUE 4", 11703),
        ("CREATE SEQUENCE z INCREMENT BY 0", 11700),
        ("CREATE SEQUENCE z AS VARCHAR(3)", 11702),
        ("CREATE SEQUENCE z MINVALUE 5 MAXVALUE 5", 11704),
        ("CREATE VIEW v AS SELECT NEXT VALUE FOR s AS n", 11719),
        ("SELECT * FROM (SELECT NEXT VALUE FOR s AS n) AS x", 11719),
        ("SELECT NEXT VALUE FOR s AS n UNION ALL SELECT 1", 11721),
        ("SELECT DISTINCT NEXT VALUE FOR s", 11721),
        ("SELECT NEXT VALUE FOR s FROM sys.tables ORDER BY name", 11723),
        ("SELECT NEXT VALUE FOR s, NEXT VALUE FOR s", 40510),
        ("SELECT NEXT VALUE FOR e; SELECT NEXT VALUE FOR e", 11728),
        ("DROP SEQUENCE none", 3701),
        ("EXEC sp_sequence_get_range 's', 5", 40510),
    ],
)
def test_a_wrong_use_of_a_sequence_is_an_error(sql: Client, statement: str, number: int) -> None:
    sql.good("CREATE SEQUENCE s", "CREATE SEQUENCE e AS TINYINT START WITH 255")
    assert sql(statement).numbers == [number]


def test_the_catalog_shows_sequences_until_they_are_dropped(sql: Client) -> None:
    sql.good("CREATE SEQUENCE s AS INT START WITH 3 INCREMENT BY 4 CYCLE", "SELECT NEXT VALUE FOR s")
    assert sql(
        "SELECT name, type, type_desc, start_value, increment, maximum_value, is_cycling, current_value "
        "FROM sys.sequences"
    ).rows == [("s", "SO", "SEQUENCE_OBJECT", 3, 4, 2147483647, 1, 3)]
    sql.good("DROP SEQUENCE s; DROP SEQUENCE IF EXISTS s")
    assert sql("SELECT COUNT(*) FROM sys.objects").value == 0


def test_next_value_for_requires_update_on_the_sequence_but_not_through_a_default(
    sql: Client, connect: Connect
) -> None:
    sql.good(
        f"CREATE LOGIN counter WITH PASSWORD = '{PASSWORD}x1'",
        "CREATE USER counter FOR LOGIN counter",
        "CREATE SEQUENCE s AS INT START WITH 1",
        "CREATE TABLE t (n INT DEFAULT NEXT VALUE FOR s, v INT)",
        "GRANT SELECT, INSERT ON t TO counter",
    )
    caller = connect(user="counter", password=f"{PASSWORD}x1")
    try:
        caller.fails("SELECT NEXT VALUE FOR s", 229)
        caller.good("INSERT t (v) VALUES (1)")
        sql.good("GRANT UPDATE ON s TO counter")
        assert caller("SELECT NEXT VALUE FOR s").value == 2
    finally:
        caller.session.close()
        sql.good("DROP USER counter; DROP LOGIN counter")
