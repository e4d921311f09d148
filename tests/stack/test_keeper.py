from __future__ import annotations

import os
import signal
import time

import pytest

from stack.keeper import LONGEST_PAUSE, STEADY_SECONDS, Keeper
from stack.lock import held
from stack.processes import Record
from tests.stack.sample import Sample, alive, until


def kill(record: Record) -> None:
    os.kill(record.pid, signal.SIGKILL)
    until(lambda: not alive(record.pid))


def runs(sample: Sample) -> Record:
    record = sample.stack.running("sleeper")
    assert record is not None
    return record


def test_a_killed_service_is_started_again_and_its_children_are_killed(sample: Sample) -> None:
    record = sample.start()
    child = sample.pid("child")
    kill(record)

    Keeper(sample.stack).look(time.time())

    assert runs(sample).pid != record.pid
    assert not alive(child)


def test_a_service_that_dies_again_and_again_is_started_after_ever_longer_pauses(sample: Sample) -> None:
    keeper = Keeper(sample.stack)
    pauses = []
    sample.start()
    for _ in range(8):
        kill(runs(sample))
        died = time.time()
        waited = 0
        while sample.stack.running("sleeper") is None:
            keeper.look(died + waited)
            waited += 1
        pauses.append(waited - 1)

    assert pauses == [0, 1, 3, 7, 15, 31, LONGEST_PAUSE, LONGEST_PAUSE]


def test_a_service_that_ran_for_long_is_started_again_at_once(sample: Sample) -> None:
    keeper = Keeper(sample.stack)
    sample.start()
    now = time.time()
    for _ in range(3):
        kill(runs(sample))
        now += STEADY_SECONDS + 10
        keeper.look(now)
        assert sample.stack.running("sleeper") is not None


def test_a_service_that_was_stopped_stays_so(sample: Sample) -> None:
    sample.start()
    sample.stack.stop(["sleeper"])

    Keeper(sample.stack).look(time.time())

    assert sample.stack.running("sleeper") is None


def test_while_a_command_changes_the_services_the_keeper_touches_nothing(sample: Sample) -> None:
    keeper = Keeper(sample.stack)
    record = sample.start()
    kill(record)

    # A lock belongs to an open file, so this process can hold it against itself.
    with held(sample.stack.lock):
        keeper.look(time.time())
        assert sample.stack.records.read("sleeper") == record

    keeper.look(time.time())
    assert runs(sample).pid != record.pid


def test_a_service_that_a_command_started_again_dies_a_new_death(
    sample: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Keeper(sample.stack)
    kill(sample.start())
    with held(sample.stack.lock):  # make up, which finds it dead as the keeper does
        keeper.look(time.time())
        sample.stack.stop(["sleeper"])
        sample.start()
    keeper.look(time.time())
    again = runs(sample)
    kill(again)

    keeper.look(time.time())  # its second death within a minute: a pause of one second
    assert sample.stack.running("sleeper") is None
    assert f"sleeper (pid {again.pid}) has ended; starting it again in 1 s" in caplog.text
    keeper.look(time.time() + 1)
    assert sample.stack.running("sleeper") is not None


def test_a_service_that_cannot_be_started_is_retried(sample: Sample) -> None:
    keeper = Keeper(sample.stack)
    kill(sample.start())
    whole = sample.stack.services["sleeper"].command
    program, whole[0] = whole[0], "/no/such/program"
    with pytest.raises(FileNotFoundError):
        keeper.look(time.time())
    whole[0] = program

    keeper.look(time.time())
    keeper.look(time.time() + 2)
    assert sample.stack.running("sleeper") is not None
