"""Login: every kind of encryption, refusals, the environment that the client receives."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pymssql
import pyodbc
import pytest

from local_sqlserver.engine.events import Column, Columns, Done, Rows
from local_sqlserver.tds.server import Server, listen
from local_sqlserver.types import SqlType
from tests.tds.clients import Connect, connection_string, connector
from tests.tds.scripted import ScriptedEngine, script

ONE = script(Columns((Column("n", SqlType("int")),)), Rows([(1,)]), Done(1, 0xC1))

ENCRYPTION = [
    ("microsoft", {"Encrypt": "yes"}, "on"),
    ("microsoft", {"Encrypt": "no"}, "login only"),
    ("microsoft", {"Encrypt": "strict"}, "strict"),
    ("freetds", {}, "login only"),
    ("freetds", {"Encryption": "require"}, "on"),
    ("freetds", {"Encryption": "off"}, "off"),
]


@pytest.mark.parametrize(("driver", "keywords", "expected"), ENCRYPTION)
def test_the_client_chooses_the_encryption(
    server: Server,
    engine: ScriptedEngine,
    certificate: Path,
    caplog: pytest.LogCaptureFixture,
    driver: str,
    keywords: dict[str, str],
    expected: str,
) -> None:
    engine.scripts["SELECT"] = ONE
    if expected == "strict":  # it does not allow TrustServerCertificate
        keywords = keywords | {"ServerCertificate": str(certificate)}
    with caplog.at_level(logging.INFO), connector(server.address[1], driver) as connect:
        assert connect(**keywords).execute("SELECT").fetchone()[0] == 1
    assert f"encryption {expected}," in caplog.text


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_in_the_trust_store_of_the_machine_is_verified(
    server: Server, certificate: Path, trusted: bool
) -> None:
    text = connection_string("microsoft", server.address[1], TrustServerCertificate="no", Encrypt="yes")
    program = f"import pyodbc; pyodbc.connect({text.replace('127.0.0.1', 'localhost')!r})"
    environment = os.environ | ({"SSL_CERT_FILE": str(certificate)} if trusted else {})
    client = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (client.returncode == 0) is trusted, client.stderr
    assert trusted or "certificate verify failed" in client.stderr


def test_the_login_names_database_application_and_host(connect: Connect, engine: ScriptedEngine) -> None:
    connect(DATABASE="DataWarehouse", APP="tests")
    assert engine.sessions[0].database == "DataWarehouse"


def test_a_wrong_password_is_refused_with_18456(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(pyodbc.Error, match=r"Login failed for user 'sa'.*18456"):
        connect(PWD="wrong")
    assert "login of 'sa' failed" in caplog.text


def test_an_unknown_database_is_refused_with_4060(connect: Connect) -> None:
    with pytest.raises(pyodbc.Error, match="4060"):
        connect(DATABASE="absent")


def test_a_password_of_any_characters_is_read_as_typed(connect: Connect) -> None:
    with pytest.raises(pyodbc.Error, match="18456"):
        connect(PWD="{p}};ä東😀 x}")


@pytest.mark.parametrize("size", [512, 4096, 16384, 32767])
def test_packets_have_the_size_that_the_client_requests(server: Server, engine: ScriptedEngine, size: int) -> None:
    columns = Columns((Column("t", SqlType("nvarchar", 4000)),))
    rows = [("x" * n,) for n in range(0, 4000, 100)]
    engine.scripts["SELECT"] = script(columns, Rows(rows), Done(len(rows), 0xC1))
    with connector(server.address[1], "microsoft") as connect:
        connection = connect(PacketSize=str(size), Encrypt="no")
        assert [tuple(row) for row in connection.execute("SELECT").fetchall()] == rows
        assert connection.execute("SELECT ?", "y" * 100_000).fetchone()[0] == "y" * 100_000


def test_pymssql_logs_in_reads_rows_and_calls_a_procedure(server: Server, engine: ScriptedEngine) -> None:
    engine.scripts["SELECT"] = ONE
    with (
        pymssql.connect(server="127.0.0.1", port=str(server.address[1]), user="sa", password="Secret_1") as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT")
        assert cursor.fetchall() == [(1,)]
        output = pymssql.output(int)
        assert cursor.callproc("etl.open_batch", ("run 1", output)) == ("run 1", None)
    name, parameters = engine.calls[-1]
    assert name == "etl.open_batch"
    assert [(p.value, p.output) for p in parameters] == [("run 1", False), (None, True)]


def test_closing_the_server_ends_connections_and_sessions(engine: ScriptedEngine, certificate: Path) -> None:
    server = Server(engine, listen("127.0.0.1", 0), certificate)
    server.start()
    with connector(server.address[1], "microsoft") as connect:
        left, open_one = connect(), connect()
        left.close()
        server.close()
        assert sorted(engine.closed) == [session.spid for session in engine.sessions]
        with pytest.raises(pyodbc.Error):
            open_one.execute("SELECT ?", 1)
