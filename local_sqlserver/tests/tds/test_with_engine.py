"""Both drivers against the whole stand-in: the wire and the engine behind it."""

from __future__ import annotations

import datetime as dt
import struct
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pymssql
import pyodbc
import pytest

from local_sqlserver.pytest_plugin import StartSqlServer
from tests.tds.clients import PASSWORD, Connect, connector, result_sets


@pytest.fixture(scope="module")
def port(start_sqlserver: StartSqlServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with start_sqlserver(tmp_path_factory.mktemp("wire"), password=PASSWORD) as server:
        with connector(server.port, "microsoft") as connect:
            connect().execute("CREATE DATABASE wire")
        yield server.port


@pytest.fixture
def connect(port: int, driver: str) -> Iterator[Connect]:
    with connector(port, driver) as connect:

        def connect_to_wire(**keywords: Any) -> Any:
            return connect(**{"DATABASE": "wire"} | keywords)

        yield connect_to_wire


TYPES: list[tuple[str, Any]] = [
    ("BIT", True),
    ("TINYINT", 255),
    ("SMALLINT", -32768),
    ("INT", 2**31 - 1),
    ("BIGINT", -(2**63)),
    ("REAL", 0.5),
    ("FLOAT", 1 / 3),
    ("DECIMAL(5, 2)", Decimal("-123.45")),
    ("DECIMAL(38, 10)", Decimal("1234567890123456789012345678.0123456789")),
    ("MONEY", Decimal("-922337203685477.5808")),
    ("DATE", dt.date(2024, 2, 29)),
    ("TIME(0)", dt.time(23, 59, 58)),
    ("DATETIME", dt.datetime(2024, 2, 29, 23, 59, 59, 997000)),
    ("DATETIME2(6)", dt.datetime(9999, 12, 31, 23, 59, 59, 999999)),
    ("NVARCHAR(50)", "Jiménez 東京 😀"),
    ("NVARCHAR(4000)", "x" * 4000),
    ("NVARCHAR(MAX)", "ü" * 20_000),
    ("VARCHAR(50)", "Größe €"),
    ("VARCHAR(MAX)", "é" * 20_000),
    ("VARBINARY(8)", b"\x00\xff"),
    ("VARBINARY(MAX)", bytes(range(256)) * 100),
]


@pytest.mark.parametrize(("declared", "value"), TYPES, ids=[declared for declared, _ in TYPES])
def test_a_value_goes_in_as_a_parameter_and_comes_back_from_a_table(
    connect: Connect, declared: str, value: Any
) -> None:
    connection = connect()
    connection.execute(f"CREATE TABLE #t (id INT NOT NULL, v {declared} NULL)")
    connection.execute("INSERT INTO #t (id, v) VALUES (?, ?)", 1, value)
    connection.execute("INSERT INTO #t (id, v) VALUES (2, NULL)")
    rows = connection.execute("SELECT v FROM #t ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [(value,), (None,)]
    # Many rows are encoded by column, few by value.
    rows = connection.execute("SELECT id, v FROM #t CROSS JOIN GENERATE_SERIES(1, 40) ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [(1, value)] * 40 + [(2, None)] * 40


def test_a_guid_goes_in_as_a_parameter_and_comes_back(connect: Connect) -> None:
    value = uuid.uuid4()
    sql = "SELECT CAST(? AS UNIQUEIDENTIFIER) FROM GENERATE_SERIES(1, 40)"
    assert {uuid.UUID(row[0]) for row in connect().execute(sql, value).fetchall()} == {value}


def test_an_offset_goes_in_and_comes_back(port: int) -> None:
    with connector(port, "microsoft") as connect:
        connection = connect()
        connection.add_output_converter(-155, lambda data: struct.unpack("<6hI2h", data))  # SQL_SS_TIMESTAMPOFFSET
        sql = "SELECT CAST(? AS DATETIMEOFFSET(3)), SWITCHOFFSET(?, '-01:30')"
        text = "2024-02-29 23:59:59.5 +05:30"
        found = connection.execute(sql, text, text).fetchone()
        many = connection.execute(f"{sql} FROM GENERATE_SERIES(1, 40)", text, text).fetchall()
    assert [tuple(row) for row in many] == [tuple(found)] * 40
    assert found[0] == (2024, 2, 29, 23, 59, 59, 500_000_000, 5, 30)
    assert found[1] == (2024, 2, 29, 16, 59, 59, 500_000_000, -1, -30)


def test_null_goes_in_as_a_parameter_of_any_column(connect: Connect) -> None:
    connection = connect()
    connection.execute("CREATE TABLE #t (a INT NULL, b NVARCHAR(10) NULL, c DATE NULL)")
    connection.execute("INSERT INTO #t (a, b, c) VALUES (?, ?, ?)", None, None, None)
    assert tuple(connection.execute("SELECT a, b, c FROM #t").fetchone()) == (None, None, None)


def test_a_commit_keeps_and_a_rollback_takes_back(connect: Connect, driver: str) -> None:
    table = f"dbo.tran_{driver}"
    connect().execute(f"CREATE TABLE {table} (a INT NOT NULL)")
    connection = connect(autocommit=False)
    connection.execute(f"INSERT INTO {table} (a) VALUES (1)")
    connection.commit()
    connection.execute(f"INSERT INTO {table} (a) VALUES (2)")
    connection.rollback()
    assert [row.a for row in connection.execute(f"SELECT a FROM {table}")] == [1]
    connection.execute(f"INSERT INTO {table} (a) VALUES (3)")
    connection.close()
    assert [row.a for row in connect().execute(f"SELECT a FROM {table}")] == [1]


def test_a_change_of_language_reaches_the_client_with_its_message(connect: Connect) -> None:
    cursor = connect().execute("SET LANGUAGE British")
    assert [text.rpartition("]")[2] for _, text in cursor.messages] == ["Changed language setting to British."]
    row = cursor.execute("SELECT @@LANGUAGE, CAST('31/12/2024' AS date)").fetchone()
    assert tuple(row) == ("British", dt.date(2024, 12, 31))


def test_prints_row_counts_and_result_sets_arrive_in_order(connect: Connect) -> None:
    cursor = connect().execute("SET NOCOUNT ON; PRINT 'start'; SELECT 1 AS a; SELECT 2 AS b, N'zwei' AS c; PRINT 'end'")
    messages = list(cursor.messages)
    found = []
    while True:
        if cursor.description is not None:
            found.append([tuple(row) for row in cursor.fetchall()])
        if not cursor.nextset():
            break
        messages += cursor.messages
    assert found == [[(1,)], [(2, "zwei")]]
    assert [text.rpartition("]")[2] for _, text in messages] == ["start", "end"]


@pytest.mark.parametrize(
    ("statement", "number", "sqlstate"),
    [
        ("SELECT 1 / 0", 8134, "22012"),
        ("SELECT * FROM dbo.absent", 208, "42S02"),
        ("EXEC dbo.absent", 2812, "42000"),
        ("THROW 51000, N'stop – here', 1", 51000, "42000"),
        ("SELECT CAST('x' AS INT)", 245, "22018"),
    ],
)
def test_an_error_arrives_with_its_number_and_the_connection_continues(
    connect: Connect, statement: str, number: int, sqlstate: str
) -> None:
    connection = connect()
    with pytest.raises(pyodbc.Error) as caught:
        result_sets(connection.execute(statement))
    assert f"({number})" in caught.value.args[1]
    assert caught.value.args[0] in (sqlstate, "42000")
    assert connection.execute("SELECT 1").fetchone()[0] == 1


def test_the_cause_of_error_1750_arrives_first(connect: Connect) -> None:
    connection = connect()
    create = "CREATE TABLE dbo.orphan (a INT CONSTRAINT fk_orphan REFERENCES dbo.nosuch (a))"
    with pytest.raises(pyodbc.Error, match=r"'fk_orphan' references invalid table 'dbo\.nosuch'\. \(1767\)"):
        connection.execute(create)
    caught = f"BEGIN TRY {create} END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH"
    assert connection.execute(caught).fetchone()[0] == 1750


def test_an_error_within_a_prepared_statement_arrives(connect: Connect) -> None:
    connection = connect()
    with pytest.raises(pyodbc.Error, match="8134"):
        connection.execute("SELECT 1 / ?", 0).fetchall()
    assert connection.execute("SELECT 1 / ?", 1).fetchone()[0] == 1


def test_a_procedure_returns_rows_status_and_output(connect: Connect, driver: str) -> None:
    connection = connect()
    connection.execute(
        f"CREATE PROCEDURE dbo.double_{driver} @n INT, @twice INT OUTPUT AS"
        " BEGIN SET NOCOUNT ON; SET @twice = 2 * @n; SELECT @n AS n; RETURN 3; END"
    )
    assert result_sets(connection.execute(f"{{CALL dbo.double_{driver}(?, ?)}}", 21, 0)) == [[(21,)]]
    cursor = connection.execute(
        f"SET NOCOUNT ON; DECLARE @o INT, @r INT; EXEC @r = dbo.double_{driver} ?, @o OUTPUT; SELECT @r, @o",
        21,
    )
    assert result_sets(cursor) == [[(21,)], [(3, 42)]]


def test_pymssql_gets_output_parameters_back(port: int) -> None:
    settings: dict[str, Any] = {
        "server": "127.0.0.1",
        "port": str(port),
        "user": "sa",
        "password": PASSWORD,
    }
    with pymssql.connect(database="wire", autocommit=True, **settings) as connection:
        with connection.cursor() as cursor:
            cursor.execute("CREATE PROCEDURE dbo.next_one @n INT, @next INT OUTPUT AS SET @next = @n + 1")
        with connection.cursor() as cursor:
            assert cursor.callproc("dbo.next_one", (4, pymssql.output(int))) == (4, 5)
        with connection.cursor() as cursor, pytest.raises(pymssql.Error) as caught:
            cursor.execute("SELECT 1 / 0")
        assert caught.value.args[0] == 8134


def test_a_timeout_cancels_waiting_and_the_connection_continues(connect: Connect) -> None:
    connection = connect()
    connection.timeout = 1
    with pytest.raises(pyodbc.Error) as caught:
        connection.execute("WAITFOR DELAY '00:00:20'")
    assert caught.value.args[0] in ("HYT00", "HY008")
    assert connection.execute("SELECT 1").fetchone()[0] == 1


def test_a_timeout_cancels_a_long_query(connect: Connect) -> None:
    connection = connect()
    connection.timeout = 1
    with pytest.raises(pyodbc.Error) as caught:
        connection.execute(
            "WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 30000000) SELECT MAX(i) FROM n"
            " OPTION (MAXRECURSION 0)"
        ).fetchall()
    assert caught.value.args[0] in ("HYT00", "HY008")
    assert connection.execute("SELECT 1").fetchone()[0] == 1


def test_rows_that_a_client_leaves_unread_end_and_the_transaction_goes_on(connect: Connect, driver: str) -> None:
    table = f"dbo.unread_{driver}"
    connection = connect(autocommit=False)
    connection.execute(f"CREATE TABLE {table} (a INT)")
    connection.execute(f"INSERT {table} VALUES (1)")
    cursor = connection.execute(
        "SELECT a.value FROM GENERATE_SERIES(1, 1000000) a CROSS JOIN GENERATE_SERIES(1, 1000000) b"
    )
    assert cursor.fetchone()[0] >= 1
    cursor.close()
    assert connection.execute("SELECT @@TRANCOUNT").fetchone()[0] == 1
    connection.execute(f"INSERT {table} VALUES (2)")
    connection.commit()
    assert [row.a for row in connect().execute(f"SELECT a FROM {table} ORDER BY a")] == [1, 2]


def test_an_error_in_the_middle_of_many_rows_is_raised_by_the_fetch(connect: Connect) -> None:
    connection = connect()
    cursor = connection.execute(
        "SELECT CONCAT(REPLICATE('x', 1000), value), 1 / (60000 - CAST(value AS INT)) FROM GENERATE_SERIES(1, 100000)"
    )
    with pytest.raises(pyodbc.Error, match="8134"):
        cursor.fetchall()
    assert connection.execute("SELECT 1").fetchone()[0] == 1


def test_use_changes_the_database_of_the_client(connect: Connect) -> None:
    connection = connect()
    assert connection.getinfo(pyodbc.SQL_DATABASE_NAME) == "wire"
    connection.execute("USE master")
    assert connection.getinfo(pyodbc.SQL_DATABASE_NAME) == "master"
    assert connection.execute("SELECT DB_NAME()").fetchone()[0] == "master"


def test_executemany_inserts_every_row(connect: Connect) -> None:
    connection = connect()
    connection.execute("CREATE TABLE #t (a INT NOT NULL, b NVARCHAR(20) NULL, c DECIMAL(9, 2) NULL)")
    rows = [(n, f"row {n}", Decimal(n) / 4) for n in range(50)]
    connection.cursor().executemany("INSERT INTO #t (a, b, c) VALUES (?, ?, ?)", rows)
    found = connection.execute("SELECT a, b, c FROM #t ORDER BY a").fetchall()
    assert [tuple(row) for row in found] == rows


def test_fast_executemany_of_the_microsoft_driver_inserts_every_row_as_it_is(port: int) -> None:
    with connector(port, "microsoft") as connect:
        connection = connect(DATABASE="wire")
        connection.execute("CREATE TABLE many (a INT NOT NULL, b NVARCHAR(20) NULL, c DATE NULL, d DECIMAL(9, 2) NULL)")
        rows = [(n, None if n % 7 == 0 else f"李é😀{n}", dt.date(2024, 1, 1), Decimal(n) / 4) for n in range(40)]
        cursor = connection.cursor()
        cursor.fast_executemany = True
        cursor.executemany("INSERT INTO many (a, b, c, d) VALUES (?, ?, ?, ?)", rows)
        found = connection.execute("SELECT a, b, c, d FROM many ORDER BY a").fetchall()
        assert [tuple(row) for row in found] == rows
        cursor.executemany("UPDATE many SET b = ? WHERE a = ?", [("王", 1), ("趙", 2)])
        found = connection.execute("SELECT b FROM many WHERE a IN (1, 2) ORDER BY a").fetchall()
        assert [row[0] for row in found] == ["王", "趙"]


def test_a_pooled_connection_starts_clean(connect: Connect) -> None:
    first = connect()
    first.execute("USE master")
    first.execute("CREATE TABLE #left (a INT)")
    first.close()
    second = connect()
    assert second.execute("SELECT DB_NAME()").fetchone()[0] == "wire"
    assert second.execute("SELECT OBJECT_ID('tempdb..#left')").fetchone()[0] is None


def test_the_definition_of_a_long_module_comes_whole(connect: Connect) -> None:
    connection = connect()
    text = f"CREATE VIEW long_view AS SELECT 1 AS a -- {'x' * 9000}"
    connection.execute(text)
    definition = "SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID(N'long_view')"
    assert connection.execute(definition).fetchval() == text
    listed = "SELECT VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_NAME = N'long_view'"
    assert connection.execute(listed).fetchval() is None
    connection.execute("DROP VIEW long_view")
