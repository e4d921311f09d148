"""The keeper: a service that restarts the other services when they die. `python -m stack.keeper`.

It is not their parent, but reads their records. So services outlive it, and the next `make up` restarts a dead keeper.
A service without a record was stopped deliberately. While `make up` or `make down` holds the lock of the services, the
keeper does nothing.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time

from stack.lock import BusyError, held
from stack.processes import Record
from stack.services import KEEPER, Stack
from stack.settings import Settings

log = logging.getLogger("keeper")

SECONDS_BETWEEN_LOOKS = 0.5
STEADY_SECONDS = 60
"""After this run time a service counts as healthy, and its number of deaths starts again at zero."""
LONGEST_PAUSE = 60
"""Longest pause in seconds before a restart; the pauses before it are 0, 1, 3, 7, 15, 31."""


class Keeper:
    """Checks the services, and restarts those that have died."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._deaths: dict[str, int] = {}
        self._due: dict[Record, float] = {}

    def look(self, now: float) -> None:
        """Restart dead services, each after its pause; `now` is in seconds since the epoch."""
        dead = [record for record in self._stack.records.all() if record.process() is None]
        # A service that `make up` has started or stopped meanwhile is no longer due; its next death is a new one.
        self._due = {record: due for record, due in self._due.items() if record in dead}
        for record in dead:
            if record.name in self._stack.services and now >= self._due_at(record, now):
                self._start_again(record)

    def _due_at(self, record: Record, now: float) -> float:
        """Return the restart time of a dead service, fixed when its death is first seen."""
        if record not in self._due:
            if now - record.started > STEADY_SECONDS:
                self._deaths[record.name] = 0
            pause = min(2 ** self._deaths.get(record.name, 0) - 1, LONGEST_PAUSE)
            self._deaths[record.name] = self._deaths.get(record.name, 0) + 1
            self._due[record] = now + pause
            log.warning("%s (pid %d) has ended; starting it again in %d s", record.name, record.pid, pause)
        return self._due[record]

    def _start_again(self, record: Record) -> None:
        with contextlib.suppress(BusyError), held(self._stack.lock):
            del self._due[record]
            # Only with the lock is it certain that no command has started or stopped the service meanwhile.
            if self._stack.records.read(record.name) == record:
                self._stack.stop([record.name])  # remaining children
                try:
                    started = self._stack.launch(record.name)
                except BaseException:
                    self._stack.records.write(record)  # the restart is still due
                    raise
                log.warning("%s runs again (pid %d)", started.name, started.pid)


def main() -> None:
    """Check every half second, until another keeper has replaced this one or the state folder is gone."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    stack = Stack(Settings.resolve({}, os.environ))
    keeper = Keeper(stack)
    log.info("keeping the services of %s", stack.marker)
    time.sleep(SECONDS_BETWEEN_LOOKS)  # the keeper's own record is written after its start
    while (own := stack.records.read(KEEPER)) and own.pid == os.getpid():
        try:
            keeper.look(time.time())
        except Exception:
            log.exception("could not look after the services; trying again")
        with contextlib.suppress(ChildProcessError):  # reaps dead children of the keeper
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(SECONDS_BETWEEN_LOOKS)
    log.info("this keeper has been replaced")


if __name__ == "__main__":
    main()
