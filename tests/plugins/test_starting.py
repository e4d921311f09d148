"""A server that is starting is waited for; any other refusal is told at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyodbc
import pytest

from local_sqlserver.errors import SqlError
from local_sqlserver.tds.server import Server, listen
from local_sqlserver.tds.tls import self_signed_certificate
from stack.settings import microsoft_driver
from tests.local_sqlserver.tds.scripted import ScriptedEngine, ScriptedSession
from warehouse import execution
from warehouse.deploy import DeployError, deploy
from warehouse.execution import connect

LOG = logging.getLogger("tests.starting")
UPGRADING = (
    "Login failed for user 'sa'. Reason: Server is in script upgrade mode. Only administrator can connect at this time."
)


class StartingEngine(ScriptedEngine):
    """Refuses the first logins with an error."""

    def __init__(self, number: int, times: int) -> None:
        super().__init__()
        self.tries = 0
        self._number, self._times = number, times

    def login(self, user: str, password: str, database: str, application: str, host: str) -> ScriptedSession:
        self.tries += 1
        if self.tries <= self._times:
            raise SqlError(self._number, UPGRADING, severity=14)
        return super().login(user, password, database, application, host)


@contextmanager
def serving(engine: StartingEngine, folder: Path) -> Iterator[str]:
    """Serve the engine; the connection string to it."""
    server = Server(engine, listen("127.0.0.1", 0), self_signed_certificate(folder))
    server.start()
    try:
        yield (
            f"DRIVER={{{microsoft_driver()}}};SERVER=127.0.0.1,{server.address[1]};DATABASE=DataWarehouse;UID=sa;"
            "PWD=Secret_1;Encrypt=yes;TrustServerCertificate=yes;ConnectRetryCount=0"
        )
    finally:
        server.close()


@pytest.mark.parametrize("number", sorted(execution.STARTING))
def test_a_server_that_is_starting_is_waited_for_and_the_wait_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    engine = StartingEngine(number, times=3)
    with serving(engine, tmp_path) as odbc:
        connect(odbc, LOG, pause=0).close()
    assert engine.tries == 4
    (record,) = [record for record in caplog.records if record.name == LOG.name]
    assert record.levelname == "WARNING"
    assert record.message.startswith(
        f"SQL Server error {number}: Login failed for user 'sa'. Reason: Server is in script"
    )
    assert record.message.endswith("the server is starting. Trying again for 300 s.")


@pytest.mark.parametrize("number", [18456, 4060, 18486])
def test_another_refusal_is_told_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture, number: int) -> None:
    engine = StartingEngine(number, times=1)
    with serving(engine, tmp_path) as odbc, pytest.raises(pyodbc.Error, match=str(number)):
        connect(odbc, LOG, pause=0)
    assert engine.tries == 1
    assert [record for record in caplog.records if record.name == LOG.name] == []


def test_a_deployment_ends_with_the_servers_words_when_it_never_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "STARTS_WITHIN", 0.0)
    engine = StartingEngine(18401, times=99)
    with serving(engine, tmp_path) as odbc, pytest.raises(DeployError) as failed:
        deploy(odbc)
    assert str(failed.value).startswith("cannot connect to database master on 127.0.0.1,")
    assert "SQL Server error 18401: " in str(failed.value)
    assert "script upgrade mode" in str(failed.value)
