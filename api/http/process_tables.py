"""Memory that worker processes share: a table for each, in which only that process writes, so that none waits.

It is mapped before the workers are forked. A process owns its table by a lock of fcntl, which the system frees when the
process ends; the next one goes on with what is in the table.
"""

import fcntl
import mmap
import os
import tempfile
from collections.abc import Sequence

MOST_PROCESSES = 32

_process = os.getpid()
"""Asked for once after each fork, because it is a system call."""


def _note_process() -> None:
    global _process
    _process = os.getpid()


os.register_at_fork(after_in_child=_note_process)


class ProcessTables:
    """Tables of ``size`` bytes, zero at first. Its methods are not for several threads at once."""

    def __init__(self, size: int) -> None:
        memory = memoryview(mmap.mmap(-1, MOST_PROCESSES * (size + 1)))
        self._tables = [memory[number * size : (number + 1) * size] for number in range(MOST_PROCESSES)]
        self._taken = memory[MOST_PROCESSES * size :]
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 # its locks live as long as the process
        self._process, self._number = 0, 0
        self._known = b""
        self._others: Sequence[memoryview] = ()

    def own_and_others(self) -> tuple[memoryview, Sequence[memoryview]]:
        """Return the table of this process and those in which others write, or have written.

        Raises RuntimeError if all belong to other processes.
        """
        if self._process != _process:
            self._process, self._number, self._known = _process, self._take(), b""
        taken = self._taken.tobytes()
        if self._known != taken:
            numbers = [number for number, is_taken in enumerate(taken) if is_taken and number != self._number]
            self._known, self._others = taken, [self._tables[number] for number in numbers]
        return self._tables[self._number], self._others

    def _take(self) -> int:
        for number in range(MOST_PROCESSES):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            except OSError:
                continue
            self._taken[number] = 1
            return number
        raise RuntimeError(f"More than {MOST_PROCESSES} processes answer requests.")
