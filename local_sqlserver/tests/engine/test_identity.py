"""IDENTITY: explicit values, reseeding, and the values that functions report.

Sources: the T-SQL reference, SET IDENTITY_INSERT, DBCC CHECKIDENT, IDENT_CURRENT, @@IDENTITY, SCOPE_IDENTITY.
"""

import pytest

from tests.engine.conftest import Client

Row = tuple[object, ...]


@pytest.fixture(params=["dbo.t", "#t"])
def table(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    ("identity", "given", "next_values"),
    [
        ("(1, 1)", [1, 2], [3, 4]),
        ("(1, 1)", [7, 5], [8, 9]),
        ("(10, 5)", [3], [10, 15]),
        ("(10, 5)", [10], [15, 20]),
        ("(-1, -1)", [-10, -3], [-11, -12]),
        ("(-1, -1)", [5], [-1, -2]),
    ],
)
def test_an_explicit_value_beyond_the_identity_moves_it(
    sql: Client, table: str, identity: str, given: list[int], next_values: list[int]
) -> None:
    sql.good(f"CREATE TABLE {table} (id INT IDENTITY{identity}, v INT)", f"SET IDENTITY_INSERT {table} ON")
    sql.good(*(f"INSERT {table} (id, v) VALUES ({value}, 0)" for value in given))
    assert sql("SELECT @@IDENTITY, SCOPE_IDENTITY()").rows == [(given[-1], given[-1])]
    sql.good(f"SET IDENTITY_INSERT {table} OFF; INSERT {table} (v) VALUES (1), (1)")
    assert [row[0] for row in sql(f"SELECT id FROM {table} WHERE v = 1").rows] == next_values


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("INSERT t (id, v) VALUES (1, 1)", 544),
        ("SET IDENTITY_INSERT t ON; INSERT t (v) VALUES (1)", 545),
        ("SET IDENTITY_INSERT t ON; SET IDENTITY_INSERT u ON", 8107),
        ("SET IDENTITY_INSERT p ON", 8106),
        ("UPDATE t SET id = 1", 8102),
        ("DBCC CHECKIDENT ('p')", 7997),
        ("DBCC CHECKIDENT ('none')", 2501),
    ],
)
def test_a_wrong_use_of_an_identity_is_an_error(sql: Client, statement: str, number: int) -> None:
    sql.good("CREATE TABLE t (id INT IDENTITY, v INT); CREATE TABLE u (id INT IDENTITY); CREATE TABLE p (id INT)")
    sql.fails(statement, number)


def test_merge_moves_the_identity_too(sql: Client) -> None:
    sql.good(
        "CREATE TABLE t (id INT IDENTITY, v INT)",
        "SET IDENTITY_INSERT t ON; MERGE t USING (VALUES (40, 1)) AS s (id, v) ON t.id = s.id "
        "WHEN NOT MATCHED THEN INSERT (id, v) VALUES (id, v); SET IDENTITY_INSERT t OFF",
        "INSERT t (v) VALUES (2)",
    )
    assert sql("SELECT MAX(id), IDENT_CURRENT('t') FROM t").rows == [(41, 41)]


def test_checkident_sets_the_next_value(sql: Client) -> None:
    sql.good("CREATE TABLE t (id INT IDENTITY, v INT)", "DBCC CHECKIDENT ('dbo.t', RESEED, 7)", "INSERT t VALUES (1)")
    assert sql("SELECT id FROM t").value == 7
    sql.good("DBCC CHECKIDENT (t, RESEED, 100) WITH NO_INFOMSGS", "INSERT t VALUES (2)")
    assert sql("SELECT MAX(id) FROM t").value == 101
    sql.good("DBCC CHECKIDENT (t, RESEED, 1)", "DBCC CHECKIDENT (t, NORESEED)", "INSERT t VALUES (3)")
    assert sql("SELECT id FROM t WHERE v = 3").value == 2
    sql.good("DBCC CHECKIDENT (t)", "INSERT t VALUES (4)")
    assert sql("SELECT id FROM t WHERE v = 4").value == 102


def test_a_rollback_leaves_a_gap_and_truncate_begins_at_the_seed(sql: Client) -> None:
    sql.good(
        "CREATE TABLE t (id INT IDENTITY(5, 1), v INT)",
        "BEGIN TRANSACTION; INSERT t VALUES (1); ROLLBACK",
        "INSERT t VALUES (2)",
    )
    assert sql("SELECT id FROM t").value == 6
    sql.good("TRUNCATE TABLE t", "INSERT t VALUES (3)")
    assert sql("SELECT id, IDENT_CURRENT('t'), IDENT_SEED('t') FROM t").rows == [(5, 5, 5)]


def test_ident_current_of_a_new_table_is_the_seed_and_of_another_null(sql: Client) -> None:
    sql.good("CREATE TABLE t (id INT IDENTITY(9, 2)); CREATE TABLE p (id INT)")
    assert sql("SELECT IDENT_CURRENT('dbo.t'), IDENT_CURRENT('p'), IDENT_CURRENT('none')").rows == [(9, None, None)]
