from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_sqlserver.tds.server import Server, listen
from local_sqlserver.tds.tls import self_signed_certificate
from tests.tds.clients import DRIVERS, Connect, connector
from tests.tds.scripted import ScriptedEngine


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def server(engine: ScriptedEngine, certificate: Path) -> Iterator[Server]:
    server = Server(engine, listen("127.0.0.1", 0), certificate)
    server.start()
    yield server
    server.close()


@pytest.fixture(params=sorted(DRIVERS))
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def connect(server: Server, driver: str) -> Iterator[Connect]:
    """Open connections to the scripted server through the driver; closed after the test."""
    with connector(server.address[1], driver) as connect:
        yield connect
