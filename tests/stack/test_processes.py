from __future__ import annotations

import os
import signal
import socket
from dataclasses import replace

import psutil
import pytest

from stack import processes
from stack.processes import MARKER, Records
from stack.services import Service, StackError
from tests.stack.sample import Sample, alive, until


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


def test_down_after_a_crash_stops_the_remains_of_the_crashed_service(sample: Sample) -> None:
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


def test_a_service_that_ran_before_and_died_while_others_start_is_started_again(sample: Sample) -> None:
    sample.start()
    command = Sample(sample.folder)
    assert command.stack.begin() == []
    os.kill(sample.pid("server"), signal.SIGKILL)
    until(lambda: command.stack.running("sleeper") is None)

    command.stack.wait_ready(["sleeper"])

    assert command.stack.running("sleeper") is not None


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
