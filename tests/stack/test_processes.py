from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from stack import processes
from stack.dotenv import SECRETS
from stack.processes import MARKER, Record, Records
from stack.services import Service, Stack, StackError
from stack.settings import Settings

# A server with a child of its own; both note their ids. `stubborn` ignores SIGTERM.
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


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    sample = Sample(tmp_path)
    yield sample
    sample.stack.stop_all()


def test_a_started_service_is_found_again_by_another_process(sample: Sample) -> None:
    record = sample.start()
    sample.stack.wait_ready(["sleeper"])

    assert Records(sample.stack.settings.run).read("sleeper") == record
    assert sample.stack.running("sleeper") == record
    assert sample.stack.begin() == []


@pytest.mark.parametrize("kind", ["plain", "stubborn"])
def test_down_leaves_no_process(sample: Sample, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stack.services.SECONDS_TO_STOP", 1)
    sample.define("sleeper", kind)
    sample.start()
    pids = [sample.pid("server"), sample.pid("child")]

    sample.stack.stop_all()

    assert [pid for pid in pids if alive(pid)] == []
    assert sample.stack.records.all() == []
    assert sample.stack.leftovers() == []


def test_down_after_a_crash_stops_what_the_crashed_service_left_behind(sample: Sample) -> None:
    record = sample.start()
    os.kill(record.pid, signal.SIGKILL)
    until(lambda: not alive(record.pid))
    assert alive(sample.pid("child"))
    assert sample.stack.running("sleeper") is None

    sample.stack.stop_all()

    assert not alive(sample.pid("child"))


def test_up_after_a_crash_clears_what_was_left_and_starts_again(sample: Sample) -> None:
    record = sample.start()
    child = sample.pid("child")
    os.kill(record.pid, signal.SIGKILL)
    until(lambda: not alive(record.pid))

    assert sample.stack.begin() == ["sleeper"]
    assert not alive(child)


def test_a_service_whose_record_was_lost_is_found_by_its_marker(sample: Sample) -> None:
    sample.start()
    sample.stack.records.remove("sleeper")

    sample.stack.stop_all()

    assert not alive(sample.pid("server"))
    assert not alive(sample.pid("child"))


def test_changed_settings_restart_the_service(sample: Sample) -> None:
    record = sample.start()
    sample.define("sleeper", "stubborn")

    assert sample.stack.begin() == ["sleeper"]
    assert not alive(record.pid)


def test_a_recycled_process_id_is_not_taken_for_the_service(sample: Sample) -> None:
    record = sample.start()
    sample.stack.records.write(replace(record, started=record.started - 3600))

    assert sample.stack.running("sleeper") is None
    sample.stack.stop(["sleeper"])
    assert alive(record.pid), "a process of somebody else was stopped"


def test_another_stack_is_left_alone(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> None:
    sample.start()
    other = Sample(tmp_path_factory.mktemp("other"))
    other.start()

    other.stack.stop_all()

    assert alive(sample.pid("server"))
    assert not alive(other.pid("server"))


def test_a_service_that_ends_while_starting_is_named_with_its_log(sample: Sample) -> None:
    sample.define("sleeper", "ends")
    sample.stack.services["sleeper"] = replace_ready(sample.stack.services["sleeper"])
    sample.stack.launch("sleeper")

    with pytest.raises(StackError, match="sleeper ended while starting") as caught:
        sample.stack.wait_ready(["sleeper"])

    assert caught.value.log is not None
    assert caught.value.log.read_text(encoding="utf-8") == "out of luck\n"


def replace_ready(service: Service) -> Service:
    return Service(service.name, service.command, {}, ready=lambda _: False, seconds=20)


def test_a_service_that_never_gets_ready_is_named(sample: Sample) -> None:
    sample.define("sleeper", "never", seconds=0.5)
    sample.start()

    with pytest.raises(StackError, match="sleeper is not ready after"):
        sample.stack.wait_ready(["sleeper"])


def test_a_taken_port_is_reported_with_its_holder_and_its_variable(sample: Sample) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        sample.define("sleeper", "plain", port=port)

        with pytest.raises(StackError) as caught:
            sample.stack.begin()

    message = str(caught.value)
    assert f"Port {port} for sleeper is taken" in message
    assert f"pid {os.getpid()}" in message
    assert "SLEEPER_PORT=" in message


def test_a_free_port_is_free() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert processes.port_is_free("127.0.0.1", port)


def test_services_do_not_inherit_settings_that_the_caller_has_set(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "Other")
    record = sample.start()

    environment = psutil.Process(record.pid).environ()

    assert "AIRFLOW__CORE__EXECUTOR" not in environment
    assert environment[MARKER] == str(sample.folder)
    assert "127.0.0.1" in environment["NO_PROXY"]
