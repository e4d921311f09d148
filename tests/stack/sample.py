"""A stack of harmless services, to kill and to stop."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from stack.dotenv import SECRETS
from stack.processes import Record
from stack.services import Service, Stack
from stack.settings import Settings

# A server with a child process; both write their ids. `stubborn` ignores SIGTERM.
SERVER = """
import os, signal, subprocess, sys, time
folder, kind = sys.argv[1], sys.argv[2]
if kind == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], process_group=0)
for name, pid in (("server", os.getpid()), ("child", child.pid)):
    with open(os.path.join(folder, name + ".draft"), "w") as file:
        file.write(str(pid))
    os.rename(os.path.join(folder, name + ".draft"), os.path.join(folder, name))
if kind == "ends":
    print("out of luck", flush=True)
    child.kill()
    sys.exit(3)
time.sleep(600)
"""


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Sample:
    """A stack of one service, in a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        values = {**dict.fromkeys(SECRETS, "secret"), "WAREHOUSE_STATE_DIR": str(folder)}
        self.stack = Stack(Settings.resolve(values, {}))
        self.stack.services.clear()
        self.define("sleeper", "plain")

    def define(self, name: str, kind: str, *, seconds: float = 20, port: int | None = None) -> None:
        self.stack.services[name] = Service(
            name,
            [sys.executable, "-c", SERVER, str(self.folder), kind],
            {},
            ready=lambda _: kind != "never" and (self.folder / "child").exists(),
            seconds=seconds,
            port=port,
            port_variable="SLEEPER_PORT",
        )

    def pid(self, name: str) -> int:
        return int((self.folder / name).read_text(encoding="utf-8"))

    def start(self, name: str = "sleeper") -> Record:
        record = self.stack.launch(name)
        until(lambda: (self.folder / "child").exists())
        return record
