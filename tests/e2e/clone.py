"""This clone as a user runs it, on free ports and with a state folder of its own, and helpers to wait for it."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from stack.dotenv import ENV_FILE, ROOT, parse
from stack.processes import Records
from stack.services import Stack
from stack.settings import PREFIXES, Settings


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Clone:
    """This clone with ports and state of its own, and with settings over those of `.env`."""

    def __init__(self, state: Path, **settings: str) -> None:
        self.state = state
        api, airflow, sqlserver = free_ports(3)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}
        self.environment = {
            **kept,
            "API_PORT": str(api),
            "AIRFLOW_PORT": str(airflow),
            "SQLSERVER_PORT": str(sqlserver),
            "WAREHOUSE_STATE_DIR": str(state),
            "EXPORTS_DIR": str(state / "exports"),
            **settings,
        }

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(["make", "--no-print-directory", *arguments])

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def settings(self) -> dict[str, str]:
        """The output of `make env`, as a shell reads it."""
        words = shlex.split(self.make("env").stdout)
        return dict(word.split("=", maxsplit=1) for word in words if word != "export")

    def stack(self) -> Stack:
        return Stack(Settings.resolve(parse(ENV_FILE.read_text(encoding="utf-8")), self.environment))

    def process_ids(self) -> dict[str, int]:
        return {record.name: record.pid for record in Records(self.state / "run").all()}


@contextmanager
def fresh_clone(prefix: str, **settings: str) -> Iterator[Clone]:
    """A clone that has not run yet; all its processes are stopped afterwards.

    `{state}` in a setting stands for its state folder.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    state = folder / "state"
    clone = Clone(state, **{name: value.replace("{state}", str(state)) for name, value in settings.items()})
    try:
        yield clone
    finally:
        clone.make("down")
        shutil.rmtree(folder)


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true"
        time.sleep(0.2)


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
