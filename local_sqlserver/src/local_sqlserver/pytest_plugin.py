"""Pytest fixtures that run a server: ``sqlserver`` is one server for all tests, ``start_sqlserver`` starts more.

    def test_a_query(sqlserver):
        with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
            assert connection.execute("SELECT 1 + 1").fetchval() == 2

Each server is a process of its own, so this module imports nothing of it and costs pytest no time to start.
"""

from __future__ import annotations

import os
import platform
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

SECONDS_TO_END = 30
"""How long a server may take to close its databases."""


class SqlServerError(Exception):
    """The server did not start or did not end cleanly; the message is its log."""


@dataclass(frozen=True)
class SqlServer:
    """A running server, and ``login`` and ``password`` of its administrator."""

    host: str
    port: int
    login: str
    password: str
    bulk_folder: Path
    """The folder that BULK INSERT and OPENROWSET may read."""
    log: Path
    """A file that gets a line for each login and each error."""
    pid: int

    def odbc(self, database: str = "master", *, driver: str | None = None, **parts: str) -> str:
        """Return an ODBC connection string to a database.

        ``driver`` is the name of a registered driver or the path of its file; the default is ``microsoft_driver()``.
        ``parts`` replace parts of the string or add to it: ``UID="reader", PWD="Reader_1"``.
        """
        every = {
            "DRIVER": driver or microsoft_driver(),
            "SERVER": f"{self.host},{self.port}",
            "DATABASE": database,
            "UID": self.login,
            "PWD": self.password,
            "Encrypt": "yes",
            "TrustServerCertificate": "yes",
        } | parts
        return "".join(f"{name}={_braced(value) if name != 'SERVER' else value};" for name, value in every.items())


def _braced(value: str) -> str:
    return "{" + value.replace("}", "}}") + "}"


def microsoft_driver() -> str:
    """Return the path of Microsoft's driver in the wheel mssql-python-odbc; without it, the registered name."""
    wheel = find_spec("mssql_python_odbc")
    if wheel is not None and wheel.origin is not None:
        libraries = Path(wheel.origin).parent / "libs"
        machine = platform.machine().replace("aarch64", "arm64")
        system = "macos" if sys.platform == "darwin" else "linux/debian_ubuntu"
        found = sorted((libraries / system / machine / "lib").glob("libmsodbcsql*18*"))
        if found:
            return str(found[-1])
    return "ODBC Driver 18 for SQL Server"


StartSqlServer = Callable[..., AbstractContextManager[SqlServer]]
"""The type of the fixture ``start_sqlserver``, which is ``start``."""


@contextmanager
def start(folder: Path, *options: str, password: str | None = None) -> Iterator[SqlServer]:
    """Run a server on a free port of 127.0.0.1 until the block ends.

    ``folder`` gets ``data`` with the databases, ``bulk`` and ``log``; a later start on the same folder finds the
    committed data. ``options`` are further options of the command line. The default password is random.
    Raises SqlServerError if the server does not start, or ends by anything but SIGTERM or SIGKILL.
    """
    bulk_folder, log = folder / "bulk", folder / "log"
    bulk_folder.mkdir(parents=True, exist_ok=True)
    password = password or secrets.token_urlsafe(16)
    # -P keeps the server from importing modules of the current folder.
    command = [sys.executable, "-P", "-m", "local_sqlserver", "--port", "0", "--data-dir", str(folder / "data")]
    command += ["--password-env", "SQLSERVER_PASSWORD", "--bulk-root", str(bulk_folder), *options]
    with (
        log.open("ab") as errors,
        subprocess.Popen(
            command,
            env={**os.environ, "SQLSERVER_PASSWORD": password},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            ready = process.stdout.readline().strip()
            if not ready.startswith("listening on "):
                raise SqlServerError(log.read_text())
            host, _, port = ready.removeprefix("listening on ").rpartition(":")
            yield SqlServer(host, int(port), "sa", password, bulk_folder, log, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    if process.returncode not in (0, -signal.SIGKILL):
        raise SqlServerError(f"exit code {process.returncode}\n{log.read_text()}")


@pytest.fixture(scope="session")
def sqlserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlServer]:
    """A server for all tests of a run, in new folders."""
    with start(tmp_path_factory.mktemp("sqlserver")) as server:
        yield server


@pytest.fixture(scope="session")
def start_sqlserver() -> StartSqlServer:
    """The function ``start``, which runs one more server for a ``with`` block, on a folder of its own."""
    return start
