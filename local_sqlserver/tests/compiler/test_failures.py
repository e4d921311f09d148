"""DuckDB's failures, caused for real, and SQL Server's errors for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from local_sqlserver.compiler import macros
from local_sqlserver.compiler.contract import ColumnInfo, ConstraintInfo, Relation
from local_sqlserver.compiler.failures import is_conflict, is_without_transaction, to_sql_error
from local_sqlserver.types import SqlType

TABLE = Relation(
    'w.main."t"',
    "U",
    "Warehouse",
    "dbo",
    "t",
    columns=(ColumnInfo("a", SqlType("int")), ColumnInfo("b", SqlType("nvarchar", length=10))),
    constraints=(ConstraintInfo("pk_t", "PK", ("a",)), ConstraintInfo("ux_t", "UX", ("b",))),
)


def connected(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection whose current database has the table, with one row."""
    connection = duckdb.connect()
    macros.install(connection)
    connection.execute(f"ATTACH '{folder}/w.db' AS w; ATTACH '{folder}/other.db' AS other; USE w")
    connection.execute("CREATE TABLE other.t (a INTEGER)")
    connection.execute("CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR, c UTINYINT)")
    connection.execute("CREATE UNIQUE INDEX pk_t ON t (a)")
    connection.execute("CREATE UNIQUE INDEX ux_t ON t ((lower(b)))")
    connection.execute("INSERT INTO t VALUES (1, 'x', 1)")
    return connection


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connected(tmp_path) as connection:
        yield connection


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """One connection for statements that fail and therefore change nothing."""
    with connected(tmp_path_factory.mktemp("failures")) as connection:
        yield connection


def failure(connection: duckdb.DuckDBPyConnection, *statements: str) -> duckdb.Error:
    """The failure of the last statement."""
    *before, last = statements
    for statement in before:
        connection.execute(statement)
    with pytest.raises(duckdb.Error) as raised:
        connection.execute(last).fetchall()
    return raised.value


BIGGEST = "9" * 38
OVERFLOW = "Arithmetic overflow error converting expression to data type "
NUMERIC = "Arithmetic overflow error converting numeric to data type numeric."
NO_DATE = "Conversion failed when converting date and/or time from character string."
TOO_LATE = "Adding a value to a 'datetime' column caused an overflow."

FAILURES: list[tuple[str, int, int, str]] = [
    ("SELECT memory.main.tsql_raise(8134)", 8134, 1, "Divide by zero error encountered."),
    (
        "SELECT memory.main.tsql_raise(245, 'nvarchar', 'x''y', 'int')",
        245,
        1,
        "Conversion failed when converting the nvarchar value 'x'y' to data type int.",
    ),
    (
        "SELECT memory.main.tsql_raise(537)",
        537,
        1,
        "Invalid length parameter passed to the LEFT or SUBSTRING function.",
    ),
    (
        "INSERT INTO t VALUES (NULL, 'y', 1)",
        515,
        2,
        "Cannot insert the value NULL into column 'a', table 'Warehouse.dbo.t'; column does not allow nulls. "
        "INSERT fails.",
    ),
    (
        "INSERT INTO t VALUES (1, 'y', 1)",
        2627,
        1,
        "Violation of PRIMARY KEY constraint 'pk_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key "
        "value is (1).",
    ),
    (
        "INSERT INTO t VALUES (2, 'X', 1)",
        2601,
        1,
        "Cannot insert duplicate key row in object 'dbo.t' with unique index 'ux_t'. The duplicate key value is (x).",
    ),
    (
        "INSERT INTO t VALUES (2, 'y', 1), (2, 'z', 1)",
        2627,
        1,
        "Violation of PRIMARY KEY constraint 'pk_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key "
        "value is (2).",
    ),
    ("SELECT 1 // (a - a) FROM t", 8134, 1, "Divide by zero error encountered."),
    ("SELECT 1 % (a - a) FROM t", 8134, 1, "Divide by zero error encountered."),
    ("SELECT 255::UTINYINT + c FROM t", 8115, 2, OVERFLOW + "tinyint."),
    ("SELECT 32767::SMALLINT + 1::SMALLINT", 8115, 2, OVERFLOW + "smallint."),
    ("SELECT 2147483647::INTEGER * 2::INTEGER", 8115, 2, OVERFLOW + "int."),
    ("SELECT -9223372036854775807 - 2::BIGINT", 8115, 2, OVERFLOW + "bigint."),
    (
        "SELECT CAST(a + 300 AS UTINYINT) FROM t",
        220,
        2,
        "Arithmetic overflow error for data type tinyint, value = 301.",
    ),
    ("SELECT CAST(1e3 AS UTINYINT)", 232, 3, "Arithmetic overflow error for type tinyint, value = 1000.000000."),
    ("SELECT CAST(1e30 AS BIGINT)", 8115, 2, OVERFLOW + "bigint."),
    ("SELECT CAST(1e300 AS FLOAT)", 8115, 2, OVERFLOW + "real."),
    (
        "SELECT CAST(1234.5::DECIMAL(10, 1) AS UTINYINT)",
        8115,
        2,
        "Arithmetic overflow error converting numeric to data type tinyint.",
    ),
    (f"SELECT {BIGGEST}::DECIMAL(38, 0) + {BIGGEST}::DECIMAL(38, 0)", 8115, 8, NUMERIC),
    ("SELECT CAST(99999 AS DECIMAL(4, 0))", 8115, 8, NUMERIC),
    ("SELECT CAST(99999.5 AS DECIMAL(4, 0))", 8115, 8, NUMERIC),
    ("SELECT CAST(1e39 AS DECIMAL(38, 0))", 8115, 8, NUMERIC),
    (f"SELECT sum({BIGGEST}::DECIMAL(38, 0)) FROM range(10)", 8115, 2, OVERFLOW + "numeric."),
    (
        "SELECT CAST('x' AS INTEGER)",
        245,
        1,
        "Conversion failed when converting the nvarchar value 'x' to data type int.",
    ),
    ("SELECT CAST('x' AS DATE)", 241, 1, NO_DATE),
    ("SELECT CAST('2026-13-01' AS DATE)", 241, 1, NO_DATE),
    ("SELECT CAST('2026-13-01' AS TIMESTAMP)", 241, 1, NO_DATE),
    ("SELECT CAST('25:00' AS TIME)", 241, 1, NO_DATE),
    ("SELECT DATE '2026-01-01' + to_days(2147483647)", 517, 1, TOO_LATE),
    ("SELECT DATE '2026-01-01' + to_years(300000)", 517, 1, TOO_LATE),
    ("SELECT make_timestamp(9223372036854775807)", 517, 1, TOO_LATE),
    ("SELECT to_years(2147483647)", 517, 1, TOO_LATE),
    (
        "SELECT (SELECT * FROM range(2))",
        512,
        1,
        "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or "
        "when the subquery is used as an expression.",
    ),
    ("SELECT * FROM nowhere", 208, 1, "Invalid object name 'nowhere'."),
    ("CREATE TABLE t (a INTEGER)", 2714, 6, "There is already an object named 't' in the database."),
    ("SELECT x FROM t", 207, 1, "Invalid column name 'x'."),
    ("SELECT t.x FROM t", 207, 1, "Invalid column name 'x'."),
    ("INSERT INTO t (x) VALUES (1)", 207, 1, "Invalid column name 'x'."),
    ("SELECT a FROM t, t AS u", 209, 1, "Ambiguous column name 'a'."),
    (
        "SELECT a, count(*) FROM t",
        8120,
        1,
        "Column 'a' is invalid in the select list because it is not contained in either an aggregate function or the "
        "GROUP BY clause.",
    ),
    ("SELECT regexp_matches('a', '(')", 50000, 1, "DuckDB: Invalid Input Error: missing ): ("),
]


@pytest.mark.parametrize(("statement", "number", "state", "text"), FAILURES)
def test_a_failure_becomes_sql_servers_error(
    unchanged: duckdb.DuckDBPyConnection, statement: str, number: int, state: int, text: str
) -> None:
    error = to_sql_error(failure(unchanged, statement), 3, [TABLE])
    assert (error.number, error.state, error.message, error.line) == (number, state, text, 3)


CONFLICTS: list[tuple[str, str]] = [
    ("UPDATE t SET b = 'y'", "UPDATE t SET b = 'z'"),
    ("DELETE FROM t", "DELETE FROM t"),
    ("ALTER TABLE t ADD COLUMN d INTEGER", "ALTER TABLE t ADD COLUMN e INTEGER"),
    ("CREATE TABLE n (a INTEGER)", "CREATE TABLE n (a INTEGER)"),
]


@pytest.mark.parametrize(("one", "other"), CONFLICTS)
def test_the_change_that_another_transaction_has_made_is_a_deadlock(
    connection: duckdb.DuckDBPyConnection, one: str, other: str
) -> None:
    connection.execute("BEGIN TRANSACTION")
    connection.execute(one)
    with connection.cursor() as second:
        found = failure(second, "USE w", "BEGIN TRANSACTION", other)
        assert is_conflict(found)
        assert not is_without_transaction(found)
        error = to_sql_error(found, 3, [TABLE], spid=57)
        assert (error.number, error.severity, error.state) == (1205, 13, 51)
        assert error.message.startswith("Transaction (Process ID 57) was deadlocked on lock resources")


def test_a_commit_after_another_has_altered_the_table_is_a_deadlock(connection: duckdb.DuckDBPyConnection) -> None:
    with connection.cursor() as second:
        second.execute("USE w; BEGIN TRANSACTION; UPDATE t SET c = 2")
        connection.execute("ALTER TABLE t ADD COLUMN d INTEGER")
        assert is_conflict(failure(second, "COMMIT"))
        assert is_without_transaction(failure(second, "ROLLBACK"))


def test_a_commit_of_a_key_that_another_has_committed_is_a_duplicate(connection: duckdb.DuckDBPyConnection) -> None:
    with connection.cursor() as second:
        second.execute("USE w; BEGIN TRANSACTION; INSERT INTO t VALUES (5, 'y', 1)")
        connection.execute("INSERT INTO t VALUES (5, 'z', 1)")
        found = failure(second, "COMMIT")
        assert not is_conflict(found)
        assert to_sql_error(found, 0, [TABLE]).number == 2627


def test_a_transaction_that_failed_takes_no_more_statements(connection: duckdb.DuckDBPyConnection) -> None:
    failure(connection, "BEGIN TRANSACTION", "INSERT INTO t VALUES (1, 'y', 1)")
    found = failure(connection, "SELECT 1")
    assert not is_conflict(found)
    assert to_sql_error(found, 0).number == 3930


def test_two_databases_in_one_transaction_are_refused(connection: duckdb.DuckDBPyConnection) -> None:
    found = failure(connection, "BEGIN TRANSACTION", "DELETE FROM t", "INSERT INTO other.t VALUES (1)")
    error = to_sql_error(found, 0)
    assert (error.number, error.message) == (
        40510,
        "Writing to two databases in one transaction is not supported by local_sqlserver.",
    )


def test_a_database_that_is_read_only_is_named(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    connection.execute(f"DETACH other; ATTACH '{tmp_path}/other.db' AS other (READ_ONLY)")
    error = to_sql_error(failure(connection, "INSERT INTO other.t VALUES (1)"), 0)
    assert (error.number, error.message) == (
        3906,
        'Failed to update database "other" because the database is read-only.',
    )


def test_a_lack_of_memory_is_error_701() -> None:
    with duckdb.connect(config={"memory_limit": "10MB", "temp_directory": ""}) as connection:
        assert to_sql_error(failure(connection, "SELECT list(i) FROM range(10000000) r(i)"), 0).number == 701


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_error_1105(connection: duckdb.DuckDBPyConnection) -> None:
    found = failure(connection, "COPY (SELECT * FROM range(1000000)) TO '/dev/full' (FORMAT csv)")
    error = to_sql_error(found, 0, [TABLE])
    assert (error.number, error.severity) == (1105, 17)
    assert error.message.startswith(
        "Could not allocate space for object 'dbo.t' in database 'Warehouse' because the 'PRIMARY' filegroup is full."
    )
