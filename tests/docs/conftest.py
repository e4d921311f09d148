"""The API on the drop in data/: what the documentation shows is what it answers there."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from api.settings import Settings
from data.generate import BUSINESS_DATE
from tests.api.conftest import environment_of, migrated, postgres
from tests.warehouse import ROOT, Server, Warehouse

__all__ = ["migrated", "postgres"]

START_SECONDS = 60


@pytest.fixture(scope="package")
def committed_drop(server: Server) -> Warehouse:
    """A warehouse that has published the drop in data/ and nothing else."""
    warehouse = Warehouse(server)
    warehouse.rebuild()
    warehouse.load(ROOT / "data", BUSINESS_DATE)
    return warehouse


@contextmanager
def gunicorn(settings: Settings) -> Iterator[str]:
    """Run the API as a deployment does until the block ends; yields its address."""
    with socket.socket() as free:  # each worker opens the port itself, so 0 would give each another one
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "-c", "api/gunicorn_config.py", "api:create_app()"]
    with subprocess.Popen(
        [*command, "--bind", address, "--no-control-socket"],
        cwd=ROOT,
        env=environment_of(settings),
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait_for(f"http://{address}/health/live", server)
            yield f"http://{address}"
        finally:
            server.terminate()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn does not answer")
