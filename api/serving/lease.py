"""How long a process may answer from memory without asking Postgres, so that no answer is older than a change.

A process that reads something keeps it for LEASE_SECONDS, counted from before it asked. Who changes it waits as long
after the commit, before telling anybody that it is done. By then every process has forgotten what it kept: a client
that has heard of a change never reads the state before it, on any process of any machine, and nobody needs to be told.
"""

import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

LEASE_SECONDS = 0.01
MOST_KEPT = 1000

Key = TypeVar("Key")
Value = TypeVar("Value")


def wait_until_all_forget() -> None:
    """Wait until no process answers from what it read before this call. Call it after a commit."""
    time.sleep(LEASE_SECONDS)


class Lease(Generic[Key, Value]):
    """Values by key, each of which is kept for LEASE_SECONDS. ``ask`` finds one; it may raise. None is not kept.

    A value that is wanted again after half of its time is asked for by a thread meanwhile.
    """

    def __init__(self, ask: Callable[[Key], Value | None]) -> None:
        self._ask = ask
        self._kept: dict[Key, tuple[float, Value]] = {}
        self._asking: set[Key] = set()
        self._queue: SimpleQueue[Key] = SimpleQueue()
        self._renewer: threading.Thread | None = None

    def held(self, key: Key) -> Value | None:
        """Return a value if it is kept and not too old, without waiting."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        seconds = time.monotonic() - kept[0]
        if seconds >= LEASE_SECONDS:
            return None
        if seconds >= LEASE_SECONDS / 2 and key not in self._asking:
            self._asking.add(key)
            self._queue.put(key)
            if self._renewer is None:  # started here, because threads do not live on in a forked process
                self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)
                self._renewer.start()
        return kept[1]

    def get(self, key: Key) -> Value | None:
        """Return a value, and ask for it unless it is kept."""
        value = self.held(key)
        return value if value is not None else self._ask_and_keep(key)

    def _ask_and_keep(self, key: Key) -> Value | None:
        begun = time.monotonic()
        value = self._ask(key)
        if value is None:
            self._kept.pop(key, None)
        else:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = begun, value
        return value

    def _renew(self) -> None:
        while True:
            key = self._queue.get()
            try:
                self._ask_and_keep(key)
            except Exception:  # who asks next gets the error
                log.warning("a value could not be renewed", exc_info=True)
            finally:
                self._asking.discard(key)
