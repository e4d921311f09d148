"""Runs the API under gunicorn in another process."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from api.settings import Settings
from tests.api.conftest import ROOT, environment_of

CONFIGURED = ("-c", "api/gunicorn_config.py")
SECONDS_TO_START = 30


@contextmanager
def gunicorn(settings: Settings, *options: str) -> Iterator[str]:
    """Run gunicorn on a free port until the block ends; yields its address."""
    with gunicorn_process(settings, *options) as (address, _):
        yield address


@contextmanager
def gunicorn_process(settings: Settings, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run gunicorn on a free port until the block ends; yields its address and its main process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "api:create_app()", "--bind", address, "--no-control-socket"]
    server = subprocess.Popen([*command, *options], cwd=ROOT, env=environment_of(settings))
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not _lives(f"http://{address}"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("gunicorn did not start; its output says why")
            time.sleep(0.05)
        yield f"http://{address}", server
    finally:
        server.terminate()
        server.wait()


def _lives(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/live").is_success
    except httpx.TransportError:
        return False
