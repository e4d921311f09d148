"""Table-valued parameters over the wire, sent by every client that can send them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal

import pyodbc
import pytds
import pytest
from pytds import tds_types

from local_sqlserver.pytest_plugin import SqlServer

DATABASE = "TableValues"
ROWS = [
    (1, "Łódź", Decimal("10.50"), dt.date(2024, 1, 31), b"\x01\x02"),
    (2, None, None, None, None),
    (3, "x" * 5000, Decimal("-0.01"), dt.date(1, 1, 1), b""),
]


@pytest.fixture(scope="module")
def server(sqlserver: SqlServer) -> SqlServer:
    with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}; CREATE DATABASE {DATABASE}")
    with closing(pyodbc.connect(sqlserver.odbc(DATABASE), autocommit=True)) as connection:
        connection.execute(
            "CREATE TYPE dbo.Line AS TABLE (id INT NOT NULL PRIMARY KEY, name NVARCHAR(MAX), price DECIMAL(9, 2), "
            "day DATE, data VARBINARY(10))"
        )
        connection.execute("CREATE TYPE dbo.Numbered AS TABLE (n INT IDENTITY(10, 5), v INT CHECK (v > 0))")
        connection.execute("CREATE PROCEDURE dbo.lines @lines dbo.Line READONLY AS SELECT * FROM @lines ORDER BY id")
        connection.execute("CREATE PROCEDURE dbo.numbered @rows dbo.Numbered READONLY AS SELECT * FROM @rows")
        connection.execute(
            "CREATE PROCEDURE dbo.counted @factor INT, @lines dbo.Line READONLY, @total INT OUTPUT AS "
            "SET @total = @factor * (SELECT COUNT(*) FROM @lines)"
        )
    return sqlserver


@pytest.fixture
def connection(server: SqlServer) -> Iterator[pyodbc.Connection]:
    with closing(pyodbc.connect(server.odbc(DATABASE), autocommit=True)) as connection:
        yield connection


def test_pyodbc_sends_a_list_of_rows(connection: pyodbc.Connection) -> None:
    assert [tuple(row) for row in connection.execute("{CALL dbo.lines (?)}", [ROWS])] == ROWS


def test_pyodbc_sends_a_list_with_the_name_of_its_type_to_exec(connection: pyodbc.Connection) -> None:
    assert [tuple(row) for row in connection.execute("EXEC dbo.lines ?", [["Line", "dbo", *ROWS]])] == ROWS


def test_pyodbc_sends_an_empty_list(connection: pyodbc.Connection) -> None:
    assert connection.execute("{CALL dbo.lines (?)}", [[]]).fetchall() == []


def test_rows_that_violate_the_constraints_of_the_type_are_refused(connection: pyodbc.Connection) -> None:
    with pytest.raises(pyodbc.IntegrityError, match=r"\(2627\)"):
        connection.execute("{CALL dbo.lines (?)}", [[ROWS[0], ROWS[0]]])
    assert connection.execute("SELECT 1").fetchval() == 1


def test_pyodbc_sends_a_table_beside_other_parameters(connection: pyodbc.Connection) -> None:
    sql = "DECLARE @n INT; EXEC dbo.counted @factor = ?, @lines = ?, @total = @n OUTPUT; SELECT @n"
    assert connection.execute(sql, 10, ["Line", "dbo", *ROWS]).fetchval() == 30


def table(
    type_name: str, columns: tuple[pytds.Column, ...], rows: list[tuple[object, ...]]
) -> tds_types.TableValuedParam:
    return pytds.TableValuedParam(type_name=type_name, columns=columns, rows=rows)


@pytest.fixture
def pytds_cursor(server: SqlServer) -> Iterator[pytds.Cursor]:
    with closing(
        pytds.connect(
            server.host, DATABASE, server.login, server.password, port=server.port, autocommit=True, use_tz=None
        )
    ) as connection:
        yield connection.cursor()


LINE = (
    pytds.Column(type=tds_types.IntType()),
    pytds.Column(type=tds_types.NVarCharMaxType()),
    pytds.Column(type=tds_types.DecimalType(precision=9, scale=2)),
    pytds.Column(type=tds_types.DateType()),
    pytds.Column(type=tds_types.VarBinaryType(10)),
)


def test_python_tds_sends_a_table(pytds_cursor: pytds.Cursor) -> None:
    pytds_cursor.callproc("dbo.lines", [table("dbo.Line", LINE, list(ROWS))])
    assert [tuple(row) for row in pytds_cursor.fetchall()] == ROWS


def test_python_tds_leaves_an_identity_column_out(pytds_cursor: pytds.Cursor) -> None:
    columns = (
        pytds.Column(type=tds_types.IntType(), flags=0x200),
        pytds.Column(type=tds_types.IntType()),
    )
    pytds_cursor.callproc("dbo.numbered", [table("dbo.Numbered", columns, [(None, 7), (None, 8)])])
    assert [tuple(row) for row in pytds_cursor.fetchall()] == [(10, 7), (15, 8)]


def test_a_table_needs_execute_on_its_type(server: SqlServer, connection: pyodbc.Connection) -> None:
    connection.execute("CREATE LOGIN sender WITH PASSWORD = 'Sender_1'; CREATE USER sender FOR LOGIN sender")
    connection.execute("GRANT EXECUTE ON dbo.lines TO sender; GRANT VIEW DEFINITION ON TYPE::dbo.Line TO sender")
    try:
        with closing(pyodbc.connect(server.odbc(DATABASE, UID="sender", PWD="Sender_1"), autocommit=True)) as sender:
            with pytest.raises(pyodbc.ProgrammingError, match=r"EXECUTE permission was denied on the object 'Line'"):
                sender.execute("{CALL dbo.lines (?)}", [ROWS])
            connection.execute("GRANT EXECUTE ON TYPE::dbo.Line TO sender")
            assert [tuple(row) for row in sender.execute("{CALL dbo.lines (?)}", [ROWS])] == ROWS
    finally:
        connection.execute("DROP USER sender; DROP LOGIN sender")
