"""How long a process may answer from memory without asking Postgres, so that no answer is older than a change.

A process that reads something keeps it for LEASE_SECONDS, counted from before it asked. Who changes it waits as long
after the commit, before telling anybody that it is done. By then every process has forgotten what it kept: a client
that has heard of a change never reads the state before it, on any process of any machine, and nobody needs to be told.
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

LEASE_SECONDS = 0.01
MOST_KEPT = 1000

Key = TypeVar("Key")
Value = TypeVar("Value")


def wait_until_all_forget() -> None:
    """Wait until no process answers from what it read before this call. Call it after a commit."""
    time.sleep(LEASE_SECONDS)


class Lease(Generic[Key, Value]):
    """Values by key, each of which is kept for LEASE_SECONDS. ``ask`` finds one; it may raise. None is not kept."""

    def __init__(self, ask: Callable[[Key], Value | None]) -> None:
        self._ask = ask
        self._kept: dict[Key, tuple[float, Value]] = {}

    def held(self, key: Key) -> Value | None:
        """Return a value if it is kept and not too old, without asking."""
        kept = self._kept.get(key)
        return kept[1] if kept is not None and time.monotonic() < kept[0] else None

    def get(self, key: Key) -> Value | None:
        """Return a value, and ask for it unless it is kept."""
        value = self.held(key)
        if value is None:
            until = time.monotonic() + LEASE_SECONDS
            value = self._ask(key)
            if value is not None:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = until, value
        return value
