"""Runs the API in another process, as `make up` does."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from api.settings import Settings
from tests.api.conftest import ROOT, environment_of

SECONDS_TO_START = 120


@contextmanager
def running_api(settings: Settings) -> Iterator[str]:
    """Run the API on a free port until the block ends; yields its address."""
    with api_process(settings) as (address, _):
        yield address


@contextmanager
def api_process(settings: Settings) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the API on a free port until the block ends; yields its address and its main process."""
    port = free_port()
    with listening([sys.executable, "-m", "api.server", "--port", str(port)], port, settings) as process:
        yield f"http://127.0.0.1:{port}", process


@contextmanager
def listening(command: Sequence[str], port: int, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server's command until the block ends; yields its process when it answers on the port."""
    server = subprocess.Popen(command, cwd=ROOT, env=environment_of(settings))
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not _lives(f"http://127.0.0.1:{port}"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start; its output says why")
            time.sleep(0.05)
        yield server
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lives(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/live").is_success
    except httpx.TransportError:
        return False
