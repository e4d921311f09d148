"""The requests of drivers: parameters of every type, procedure calls, transactions, cancellation."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyodbc
import pytest

from local_sqlserver.engine.events import (
    Column,
    Columns,
    Done,
    Error,
    Event,
    Rows,
    TransactionRequest,
)
from local_sqlserver.types import SqlType
from tests.tds.clients import Connect, result_sets
from tests.tds.scripted import ScriptedEngine, ScriptedSession, script

PARAMETERS: list[Any] = [
    0,
    -(2**31),
    2**63 - 1,
    True,
    1 / 3,
    Decimal("-12.345"),
    Decimal("9" * 38),
    Decimal("0.000001"),
    "Jiménez 東京 😀",
    "",
    "x" * 4000,
    "ü" * 5000,
    "y" * 200_000,
    b"\x00\xff",
    b"",
    bytes(range(256)) * 40,
    dt.date(2024, 2, 29),
    dt.time(23, 59, 58),
    dt.datetime(2024, 2, 29, 1, 2, 3, 456789),
    None,
]


@pytest.mark.parametrize("value", PARAMETERS, ids=lambda value: f"{type(value).__name__}-{str(value)[:12]}")
def test_a_parameter_arrives_as_sent(connect: Connect, value: Any) -> None:
    assert connect().execute("SELECT ?", value).fetchone()[0] == value


def test_a_guid_parameter_arrives_as_sent(connect: Connect, engine: ScriptedEngine) -> None:
    value = uuid.UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")
    connect().execute("SELECT ?", value).fetchone()
    sent = [p for _, parameters in engine.calls for p in parameters if p.type == SqlType("uniqueidentifier")]
    assert [parameter.value for parameter in sent] == [value]


def test_a_statement_runs_again_with_other_parameters(connect: Connect) -> None:
    cursor = connect().cursor()
    assert [cursor.execute("SELECT ?, ?", n, str(n)).fetchone()[0] for n in range(5)] == list(range(5))


def test_a_procedure_is_called_by_name_with_its_arguments(connect: Connect, engine: ScriptedEngine) -> None:
    connect().execute("{CALL etl.close_batch(?, ?)}", 7, "failed")
    calls = [(name, parameters) for name, parameters in engine.calls if "close_batch" in str(parameters) + name]
    assert calls
    assert [parameter.value for parameter in calls[-1][1]][-2:] == [7, "failed"]


def test_autocommit_off_begins_and_ends_transactions(connect: Connect, engine: ScriptedEngine) -> None:
    connection = connect(autocommit=False)
    connection.execute("INSERT")
    connection.commit()
    connection.execute("INSERT")
    connection.rollback()
    kinds = [request.kind for request in engine.transactions]
    assert kinds[0] == "begin"
    assert "commit" in kinds
    assert "rollback" in kinds
    assert all(isinstance(request, TransactionRequest) for request in engine.transactions)


def endless(session: ScriptedSession) -> Iterator[Event]:
    """A statement that sends nothing until it is cancelled."""
    yield Columns((Column("n", SqlType("int")),))
    assert session.cancelled.wait(20)
    yield Error(3617, "cancelled")
    yield Done(error=True)


def flood(session: ScriptedSession) -> Iterator[Event]:
    """A statement that sends rows until it is cancelled."""
    yield Columns((Column("n", SqlType("int")),))
    while not session.cancelled.is_set():
        yield Rows([(n,) for n in range(1000)])


def test_a_query_timeout_cancels_the_request_and_the_connection_continues(
    connect: Connect, engine: ScriptedEngine
) -> None:
    engine.scripts["SLEEP"] = endless
    engine.scripts["SELECT"] = script(Columns((Column("n", SqlType("int")),)), Rows([(5,)]), Done(1, 0xC1))
    connection = connect()
    connection.timeout = 1
    with pytest.raises(pyodbc.Error) as caught:
        connection.execute("SLEEP").fetchall()
    assert caught.value.args[0] in ("HYT00", "HY008")
    assert engine.sessions[-1].cancelled.is_set()
    assert connection.execute("SELECT").fetchone()[0] == 5


def test_cancel_from_another_thread_ends_the_statement(connect: Connect, engine: ScriptedEngine) -> None:
    running = threading.Event()

    def announced(session: ScriptedSession) -> Iterator[Event]:
        running.set()
        yield from endless(session)

    engine.scripts["SLEEP"] = announced
    engine.scripts["SELECT"] = script(Columns((Column("n", SqlType("int")),)), Rows([(5,)]), Done(1, 0xC1))
    connection = connect()
    cursor = connection.cursor()

    def cancel() -> None:
        assert running.wait(20)
        cursor.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    with pytest.raises(pyodbc.Error):
        cursor.execute("SLEEP").fetchall()
    canceller.join()
    assert connection.execute("SELECT").fetchone()[0] == 5


def test_closing_a_cursor_amid_a_flood_of_rows_stops_them(connect: Connect, engine: ScriptedEngine) -> None:
    engine.scripts["FLOOD"] = flood
    engine.scripts["SELECT"] = script(Columns((Column("n", SqlType("int")),)), Rows([(5,)]), Done(1, 0xC1))
    connection = connect()
    cursor = connection.execute("FLOOD")
    assert cursor.fetchone()[0] == 0
    cursor.close()
    assert engine.sessions[-1].cancelled.is_set()
    assert connection.execute("SELECT").fetchone()[0] == 5


def test_a_client_that_disconnects_cancels_its_request(connect: Connect, engine: ScriptedEngine) -> None:
    engine.scripts["FLOOD"] = flood
    connection = connect()
    connection.execute("FLOOD")
    connection.close()
    assert engine.sessions[-1].cancelled.wait(20)


def test_an_exception_in_the_engine_reaches_the_client_and_ends_its_connection_alone(
    connect: Connect, engine: ScriptedEngine, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_session: ScriptedSession) -> Iterator[Event]:
        yield Done()
        raise KeyError("lost")

    engine.scripts["BREAK"] = broken
    connection, other = connect(), connect()
    with pytest.raises(pyodbc.Error, match=r"KeyError: 'lost'"):
        result_sets(connection.execute("BREAK"))
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT ?", 1).fetchone()
    assert other.execute("SELECT ?", 1).fetchone()[0] == 1
    assert "Traceback" in caplog.text


def test_a_value_its_column_cannot_hold_is_an_error_not_a_hang(connect: Connect, engine: ScriptedEngine) -> None:
    columns = Columns((Column("n", SqlType("int")),))
    engine.scripts["SELECT"] = script(columns, Rows([(2**40,)]), Done(1, 0xC1))
    with pytest.raises(pyodbc.Error):
        connect().execute("SELECT").fetchall()


def test_a_fatal_error_arrives_before_the_connection_ends(connect: Connect, engine: ScriptedEngine) -> None:
    engine.scripts["RAISERROR"] = script(Error(50000, "disk on fire", severity=20), Done(error=True))
    connection = connect()
    with pytest.raises(pyodbc.Error, match="disk on fire"):
        connection.execute("RAISERROR")
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT ?", 1).fetchone()
