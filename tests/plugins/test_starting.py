"""A server that is starting is waited for; any other refusal is told at once."""

from __future__ import annotations

import logging
import selectors
import socket
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread

import pyodbc
import pytest

from tests.warehouse import Server
from warehouse import execution
from warehouse.connection import parse_connection_string, with_parts
from warehouse.deploy import DeployError, deploy
from warehouse.execution import connect

LOG = logging.getLogger("tests.starting")
UPGRADING = (
    "Login failed for user 'sa'. Reason: Server is in script upgrade mode. Only administrator can connect at this time."
)
PRELOGIN = bytes.fromhex("00 000b 0006  01 0011 0001  ff  100000000000  02")
"""The version of the server, and that it has no encryption: MS-TDS 2.2.6.5."""


class StartingServer:
    """A port in front of a server: it refuses the first logins with an error, and passes the later ones on."""

    def __init__(self, server: tuple[str, int], number: int, times: int) -> None:
        self.tries = 0
        self._server, self._number, self._times = server, number, times
        self.listener = socket.create_server(("127.0.0.1", 0))
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # closed
                return
            self.tries += 1
            answer = self._refuse if self.tries <= self._times else self._let_through
            Thread(target=answer, args=(client,), daemon=True).start()

    def _refuse(self, client: socket.socket) -> None:
        text = UPGRADING.encode("utf-16-le")
        error = struct.pack("<iBBH", self._number, 1, 14, len(text) // 2) + text + struct.pack("<BBi", 0, 0, 1)
        tokens = struct.pack("<BH", 0xAA, len(error)) + error + struct.pack("<BHHQ", 0xFD, 2, 0, 0)
        with client:
            for answer in (PRELOGIN, tokens):
                client.recv(1 << 16)
                client.sendall(struct.pack(">BBHHBB", 4, 1, 8 + len(answer), 0, 1, 0) + answer)
            client.recv(1)

    def _let_through(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    received = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                    if not received:
                        return
                    key.data.sendall(received)


@contextmanager
def starting(server: Server, number: int, times: int) -> Iterator[tuple[StartingServer, str]]:
    """Put a starting server in front of a server; gives it, and the connection string that leads there."""
    host, _, port = parse_connection_string(server.odbc)["SERVER"].partition(",")
    front = StartingServer((host, int(port)), number, times)
    with closing(front.listener):
        address = f"127.0.0.1,{front.listener.getsockname()[1]}"
        parts = {"SERVER": address, "DATABASE": "master", "Encrypt": "no", "ConnectRetryCount": "0"}
        yield front, with_parts(server.odbc, parts)


@pytest.mark.parametrize("number", sorted(execution.STARTING))
def test_a_server_that_is_starting_is_waited_for_and_the_wait_told_once(
    server: Server, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    with starting(server, number, times=3) as (front, odbc):
        connect(odbc, LOG, pause=0).close()
    assert front.tries == 4
    (record,) = [record for record in caplog.records if record.name == LOG.name]
    assert record.levelname == "WARNING"
    assert record.message.startswith(
        f"SQL Server error {number}: Login failed for user 'sa'. Reason: Server is in script"
    )
    assert record.message.endswith("the server is starting. Trying again for 300 s.")


@pytest.mark.parametrize("number", [18456, 4060, 18486])
def test_another_refusal_is_told_at_once(server: Server, caplog: pytest.LogCaptureFixture, number: int) -> None:
    with starting(server, number, times=1) as (front, odbc), pytest.raises(pyodbc.Error, match=str(number)):
        connect(odbc, LOG, pause=0)
    assert front.tries == 1
    assert [record for record in caplog.records if record.name == LOG.name] == []


def test_a_deployment_ends_with_the_servers_words_when_it_never_starts(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "STARTS_WITHIN", 0.0)
    with starting(server, 18401, times=99) as (_, odbc), pytest.raises(DeployError) as failed:
        deploy(odbc)
    assert str(failed.value).startswith("cannot connect to database master on 127.0.0.1,")
    assert "SQL Server error 18401: " in str(failed.value)
    assert "script upgrade mode" in str(failed.value)
