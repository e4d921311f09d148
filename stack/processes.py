"""Services as processes: starts each in its own session, finds it again after a crash, stops it with its children.

A record (name, process id, start time) is kept for each service under `run/`. Every service leads its own session, and
a session id outlives its leader, so the children of a killed service can be found. A marker in the environment finds a
service whose record was lost, except Airflow and Postgres, which overwrite it with their process title. Postgres'
children have sessions of their own, but the data folder as their working folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

MARKER = "WAREHOUSE_STACK"
"""The variable in each service's environment that names its state folder."""

_SAME_START = 2.0
"""Tolerance in seconds between two readings of a start time, because the clock may be set between them."""


@dataclass(frozen=True)
class Record:
    """A started service. `started`: seconds since the epoch; `fingerprint`: of its command and settings."""

    name: str
    pid: int
    started: float
    fingerprint: str

    def process(self) -> psutil.Process | None:
        """Return the process while it runs; a zombie does not count, nor another process with the same id."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            if self._is(process) and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None

    def owns_session(self) -> bool:
        """Whether processes with this session id are the service's.

        The system reuses a session id only when the session has no member left, zombies included. So the id is the
        service's unless another process now leads it.
        """
        try:
            return self._is(psutil.Process(self.pid))
        except psutil.NoSuchProcess:
            return True

    def _is(self, process: psutil.Process) -> bool:
        return bool(abs(process.create_time() - self.started) < _SAME_START)


class Records:
    """The records under one `run/` folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> Record | None:
        """Return the record of a service, running or not; None if it was never started or was stopped."""
        try:
            text = (self._folder / f"{name}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return Record(**json.loads(text))

    def all(self) -> list[Record]:
        """Return all records, by name."""
        names = sorted(path.stem for path in self._folder.glob("*.json"))
        return [record for record in map(self.read, names) if record]

    def write(self, record: Record) -> None:
        """Write a record; a reader sees all of it or nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{record.name}.json"
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(record)), encoding="utf-8")
        draft.replace(path)

    def remove(self, name: str) -> None:
        """Remove the record of a service."""
        (self._folder / f"{name}.json").unlink(missing_ok=True)


def start(
    name: str,
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    folder: Path,
    fingerprint: str,
    user: int | None = None,
    group: int | None = None,
) -> Record:
    """Start a command in its own session, output appended to `log`; `user` and `group` only as root."""
    log.parent.mkdir(parents=True, exist_ok=True)
    as_user: dict[str, Any] = {} if user is None else {"user": user, "group": group, "extra_groups": []}
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
            **as_user,
        )
    started = psutil.Process(child.pid).create_time()
    return Record(name, child.pid, started, fingerprint)


def members(sessions: Iterable[Record], marker: str | None = None, folder: Path | None = None) -> list[psutil.Process]:
    """Return all live processes of these services: the members of their sessions, and all their descendants.

    `marker` adds processes with it in their environment, `folder` those with this working folder. The caller's own
    session is never included.
    """
    leaders = {record.pid: record for record in sessions}
    own_session = os.getsid(0)
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            session = os.getsid(process.pid)
            if session == own_session or process.status() == psutil.STATUS_ZOMBIE:
                continue
            record = leaders.get(session)
            if (record and record.owns_session()) or _marked(process, marker) or _works_in(process, folder):
                found[process.pid] = process
                found.update((child.pid, child) for child in process.children(recursive=True))
    return list(found.values())


def _marked(process: psutil.Process, marker: str | None) -> bool:
    if marker is None:
        return False
    with contextlib.suppress(psutil.Error, OSError):
        return bool(process.environ().get(MARKER) == marker)
    return False


def _works_in(process: psutil.Process, folder: Path | None) -> bool:
    if folder is None:
        return False
    with contextlib.suppress(psutil.Error, OSError):
        return bool(process.cwd() == str(folder))
    return False


def ask_to_stop(record: Record, how: signal.Signals, *, whole_group: bool) -> None:
    """Send the signal for a clean end to the service's leader or to its process group."""
    if record.process() is None:
        return
    with contextlib.suppress(ProcessLookupError):
        if whole_group:
            os.killpg(record.pid, how)
        else:
            os.kill(record.pid, how)


def wait_until_gone(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for processes to end and return those that have not; zombies count as ended."""
    remaining = list(processes)
    deadline = time.monotonic() + seconds
    while remaining := [process for process in remaining if _running(process)]:
        if time.monotonic() >= deadline:
            return remaining
        time.sleep(0.05)
    return []


def _running(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def kill(processes: Iterable[psutil.Process]) -> None:
    """SIGKILL processes that may already have ended."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def port_is_free(host: str, port: int) -> bool:
    """Whether this process could listen on a port, on this address and on all addresses."""
    for address in (host, "0.0.0.0"):  # noqa: S104 - tried, not served
        with socket.socket() as probe:
            # With SO_REUSEADDR, as servers do: a port in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def port_holder(port: int) -> str | None:
    """The process that listens on a port, as `name (pid 123)`; None if this user may not see it."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(connection.pid)
                return f"{process.name()} (pid {process.pid}: {' '.join(process.cmdline())[:120]})"
    return None
