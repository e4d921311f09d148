"""How many requests a caller may send a minute, counted over all worker processes of a machine.

The counts lie in memory that the workers share by having been forked after it was made. A caller's place in it
is found by hash; when all places that a hash allows are taken, the caller who has used least of his minute
gives up his. The lock is the system's (fcntl): it is freed when its holder is killed, so no worker can be
stuck behind a dead one.
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
PLACES = 65_536
PROBES = 8
_PLACE = struct.Struct("<QIi")  # caller's hash, the window's number, requests in it


class Allowance(NamedTuple):
    """What a caller has left: ``remaining`` is below 0 when there was nothing left for this request."""

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
    """Counts requests in fixed windows of a minute."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counts = mmap.mmap(-1, PLACES * _PLACE.size)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 # the lock lives as long as the process
        self._threads = threading.Lock()

    def take(self, caller: str) -> Allowance:
        """Count one request of a caller."""
        now = time.time()
        window = int(now // WINDOW_SECONDS)
        identity = int.from_bytes(hashlib.blake2b(caller.encode(), digest_size=8).digest(), "little") or 1
        with self._threads:  # fcntl's locks are between processes only
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                used = self._count(identity, window)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
        return Allowance(self.limit, self.limit - used, int((window + 1) * WINDOW_SECONDS - now) + 1)

    def _count(self, identity: int, window: int) -> int:
        least: tuple[int, int] | None = None
        for probe in range(PROBES):
            offset = (identity + probe) % PLACES * _PLACE.size
            holder, its_window, its_count = _PLACE.unpack_from(self._counts, offset)
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
        _PLACE.pack_into(self._counts, least[1], identity, window, count)
        return count
