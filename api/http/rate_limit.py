"""The rate limit: requests a minute and caller, counted over all worker processes of a machine.

Each process counts in a table of its own and adds up those of all (``api.http.process_tables``). It is a hash table of
fixed size with linear probing over PROBES slots: if all of them are taken, the caller with the fewest requests in this
minute is evicted.
"""

import hashlib
import struct
import threading
import time
from functools import lru_cache
from typing import NamedTuple

from api.http.process_tables import ProcessTables

WINDOW_SECONDS = 60
SLOTS = 65_536
PROBES = 8
_SLOT = struct.Struct("<QIi")  # hash of the caller, number of the window, requests in it


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
        self._tables = ProcessTables(SLOTS * _SLOT.size)
        self._lock = threading.Lock()

    def take(self, caller: str) -> Allowance:
        """Count a request of a caller and return what remains of the limit."""
        now = time.time()
        window = int(now // WINDOW_SECONDS)
        identity = _identity(caller)
        with self._lock:
            own, others = self._tables.own_and_others()
            used = self._count_in_slot(own, identity, window)
        for table in others:
            used += _used(table, identity, window)
        return Allowance(self.limit, self.limit - used, int((window + 1) * WINDOW_SECONDS - now) + 1)

    def _count_in_slot(self, table: memoryview, identity: int, window: int) -> int:
        fewest, place = self.limit + 2, 0  # more than any slot has
        for offset in _offsets(identity):
            holder, its_window, its_count = _SLOT.unpack_from(table, offset)
            used = its_count if its_window == window else 0
            if holder == identity:
                fewest, place = used, offset
                break
            if used < fewest:
                fewest, place = used, offset
        else:
            fewest = 0
        count = fewest + 1 if fewest <= self.limit else fewest
        _SLOT.pack_into(table, place, identity, window, count)
        return count


def _used(table: memoryview, identity: int, window: int) -> int:
    """Return the requests of a caller in a table."""
    for offset in _offsets(identity):
        holder, its_window, its_count = _SLOT.unpack_from(table, offset)
        if holder == identity:
            return int(its_count) if its_window == window else 0
    return 0


@lru_cache(maxsize=1024)
def _identity(caller: str) -> int:
    return int.from_bytes(hashlib.blake2b(caller.encode(), digest_size=8).digest(), "little") or 1


@lru_cache(maxsize=1024)
def _offsets(identity: int) -> tuple[int, ...]:
    """Return the places of the slots that a caller may have."""
    return tuple((identity + probe) % SLOTS * _SLOT.size for probe in range(PROBES))
