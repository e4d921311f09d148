"""The keeper: a service that starts the other services again when they die. `python -m stack.keeper`.

It is no parent of theirs: it reads the records, so services outlive it, and the next `make up` starts it again
should it die itself. A service without a record was stopped on purpose. While `make up` or `make down` hold the
lock of the services, the keeper leaves everything to them.
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
"""A service that has run this long counts as healthy: its next death is its first."""
LONGEST_PAUSE = 60
"""Seconds between two starts of a service that dies again and again; the pauses before are 0, 1, 3, 7, 15, 31."""


class Keeper:
    """Looks at the services, and starts those again that have died."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._deaths: dict[str, int] = {}
        self._due: dict[Record, float] = {}

    def look(self, now: float) -> None:
        """Start again what has died, each service after its pause; `now` is in seconds since the epoch."""
        dead = [record for record in self._stack.records.all() if record.process() is None]
        # What `make up` has started or stopped meanwhile is due no more: its next death is a new one.
        self._due = {record: due for record, due in self._due.items() if record in dead}
        for record in dead:
            if record.name in self._stack.services and now >= self._due_at(record, now):
                self._start_again(record)

    def _due_at(self, record: Record, now: float) -> float:
        """Return when to start a dead service again; decided when its death is first seen."""
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
            # Only now, with the lock, is it certain that nobody else has started or stopped it meanwhile.
            if self._stack.records.read(record.name) == record:
                self._stack.stop([record.name])  # its children, if it left any
                try:
                    started = self._stack.launch(record.name)
                except BaseException:
                    self._stack.records.write(record)  # still to be started
                    raise
                log.warning("%s runs again (pid %d)", started.name, started.pid)


def main() -> None:
    """Look every half second, until another keeper has taken over or the state folder is gone."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    stack = Stack(Settings.resolve({}, os.environ))
    keeper = Keeper(stack)
    log.info("keeping the services of %s", stack.marker)
    time.sleep(SECONDS_BETWEEN_LOOKS)  # its own record is written after its start
    while (own := stack.records.read(KEEPER)) and own.pid == os.getpid():
        try:
            keeper.look(time.time())
        except Exception:
            log.exception("could not look after the services; trying again")
        with contextlib.suppress(ChildProcessError):  # those that the keeper itself has started and that have died
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(SECONDS_BETWEEN_LOOKS)
    log.info("this keeper has been replaced")


if __name__ == "__main__":
    main()
