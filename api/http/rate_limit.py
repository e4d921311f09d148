"""The rate limit: requests a minute and caller, counted over all worker processes of a machine.

The counts lie in shared memory, mapped before the workers are forked. It is a hash table of fixed size with linear
probing over PROBES slots: if all of them are taken, the caller with the fewest requests in this minute is evicted.
The lock is fcntl's, because the system frees it when its holder is killed.
"""

import fcntl
import hashlib
import mmap
import struct
import tempfile
import threading
import time
from typing import NamedTuple

WINDOW_SECONDS = 60
SLOTS = 65_536
PROBES = 8
_SLOT = struct.Struct("<QIi")  # hash of the caller, number of the window, requests in it


class Allowance(NamedTuple):
    """A caller's remaining requests; ``remaining`` is below 0 if this request exceeds the limit."""

    limit: int
    remaining: int
    seconds_to_reset: int

    def headers(self) -> dict[str, str]:
        """Return the headers of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"requests";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"requests";r={max(self.remaining, 0)};t={self.seconds_to_reset}',
        }


class RateLimiter:
    """Counts requests by caller in fixed windows of a minute."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counts = mmap.mmap(-1, SLOTS * _SLOT.size)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 # the lock lives as long as the process
        self._threads = threading.Lock()

    def take(self, caller: str) -> Allowance:
        """Count a request of a caller and return what remains of the limit."""
        now = time.time()
        window = int(now // WINDOW_SECONDS)
        identity = int.from_bytes(hashlib.blake2b(caller.encode(), digest_size=8).digest(), "little") or 1
        with self._threads:  # fcntl locks exclude other processes, not other threads
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                used = self._count_in_slot(identity, window)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
        return Allowance(self.limit, self.limit - used, int((window + 1) * WINDOW_SECONDS - now) + 1)

    def _count_in_slot(self, identity: int, window: int) -> int:
        least: tuple[int, int] | None = None
        for probe in range(PROBES):
            offset = (identity + probe) % SLOTS * _SLOT.size
            holder, its_window, its_count = _SLOT.unpack_from(self._counts, offset)
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
        _SLOT.pack_into(self._counts, least[1], identity, window, count)
        return count
