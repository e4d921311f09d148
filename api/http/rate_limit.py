"""The rate limit: requests a minute and caller, counted over all worker processes of a machine.

The counts lie in shared memory, mapped before the workers are forked. Each process counts in a table of its own and
adds up those of all, so that no request waits for another process. A process owns its table by a lock of fcntl, which
the system frees when the process ends; the next one goes on with its counts. A table is a hash table of fixed size with
linear probing over PROBES slots: if all of them are taken, the caller with the fewest requests in this minute is
evicted.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import tempfile
import threading
import time
from functools import lru_cache
from typing import NamedTuple

WINDOW_SECONDS = 60
SLOTS = 65_536
PROBES = 8
MOST_PROCESSES = 32
_SLOT = struct.Struct("<QIi")  # hash of the caller, number of the window, requests in it
_TABLE_BYTES = SLOTS * _SLOT.size
_USED = MOST_PROCESSES * _TABLE_BYTES
"""Where the memory has, for each table, whether a process has ever counted in it."""


class Allowance(NamedTuple):
    """A caller's remaining requests; ``remaining`` is below 0 if this request exceeds the limit."""

    limit: int
    remaining: int
    seconds_to_reset: int

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers of draft-ietf-httpapi-ratelimit-headers-10."""
        return [
            ("RateLimit-Policy", f'"requests";q={self.limit};w={WINDOW_SECONDS}'),
            ("RateLimit", f'"requests";r={max(self.remaining, 0)};t={self.seconds_to_reset}'),
        ]


class RateLimiter:
    """Counts requests by caller in fixed windows of a minute.

    Never more than the limit are allowed. Of requests at the same time, up to one a process may be refused early.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._memory = mmap.mmap(-1, _USED + MOST_PROCESSES)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 # its locks live as long as the process
        self._threads = threading.Lock()
        self._process, self._own = 0, 0

    def take(self, caller: str) -> Allowance:
        """Count a request of a caller and return what remains of the limit."""
        now = time.time()
        window = int(now // WINDOW_SECONDS)
        identity = _identity(caller)
        with self._threads:
            if self._process != os.getpid():
                self._process, self._own = os.getpid(), self._own_table()
            used = self._count_in_slot(identity, window)
        for table in _in_use(self._memory[_USED:]):
            if table != self._own:
                used += self._used(table, identity, window)
        return Allowance(self.limit, self.limit - used, int((window + 1) * WINDOW_SECONDS - now) + 1)

    def _own_table(self) -> int:
        """Take a table that belongs to no other process. Raises RuntimeError if there is none."""
        for table in range(MOST_PROCESSES):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, table)
            except OSError:
                continue
            self._memory[_USED + table] = 1
            return table
        raise RuntimeError(f"More than {MOST_PROCESSES} processes count requests.")

    def _used(self, table: int, identity: int, window: int) -> int:
        """Return the requests of a caller in another process."""
        for probe in range(PROBES):
            holder, its_window, its_count = _SLOT.unpack_from(self._memory, _offset(table, identity, probe))
            if holder == identity:
                return its_count if its_window == window else 0
        return 0

    def _count_in_slot(self, identity: int, window: int) -> int:
        least: tuple[int, int] | None = None
        for probe in range(PROBES):
            offset = _offset(self._own, identity, probe)
            holder, its_window, its_count = _SLOT.unpack_from(self._memory, offset)
            used = its_count if its_window == window else 0
            if holder == identity:
                least = (used, offset)
                break
            if least is None or used < least[0]:
                least = (used, offset)
        else:
            assert least is not None
            least = (0, least[1])
        count = min(least[0] + 1, self.limit + 1)
        _SLOT.pack_into(self._memory, least[1], identity, window, count)
        return count


@lru_cache(maxsize=MOST_PROCESSES)
def _in_use(flags: bytes) -> tuple[int, ...]:
    """Return the tables in which processes have counted."""
    return tuple(table for table, in_use in enumerate(flags) if in_use)


@lru_cache(maxsize=1024)
def _identity(caller: str) -> int:
    return int.from_bytes(hashlib.blake2b(caller.encode(), digest_size=8).digest(), "little") or 1


def _offset(table: int, identity: int, probe: int) -> int:
    return table * _TABLE_BYTES + (identity + probe) % SLOTS * _SLOT.size
