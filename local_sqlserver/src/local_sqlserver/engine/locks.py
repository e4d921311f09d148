"""Application locks (sp_getapplock): shared and exclusive, owned by a session or its transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_COMPATIBLE = {
    ("IntentShared", "IntentShared"),
    ("IntentShared", "Shared"),
    ("IntentShared", "Update"),
    ("IntentShared", "IntentExclusive"),
    ("Shared", "Shared"),
    ("Shared", "Update"),
    ("IntentExclusive", "IntentExclusive"),
}
MODES = ("IntentShared", "Shared", "Update", "IntentExclusive", "Exclusive")


@dataclass(slots=True)
class _Held:
    session: int
    owner: str
    mode: str
    count: int = 1


def _compatible(first: str, second: str) -> bool:
    return (first, second) in _COMPATIBLE or (second, first) in _COMPATIBLE


class ApplicationLocks:
    """All application locks of the server; ``resource`` is qualified with its database."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: dict[str, list[_Held]] = {}

    def acquire(
        self, session: int, resource: str, mode: str, owner: str, timeout: int, cancelled: Callable[[], bool]
    ) -> int:
        """Take a lock within ``timeout`` milliseconds (-1 waits for ever).

        Return 0 if granted at once, 1 after waiting, -1 on timeout, -2 if cancelled.
        """
        deadline = None if timeout < 0 else time.monotonic() + timeout / 1000
        waited = False
        with self._changed:
            while True:
                held = self._held.setdefault(resource, [])
                others = [lock for lock in held if lock.session != session]
                if all(_compatible(lock.mode, mode) for lock in others):
                    self._grant(held, session, mode, owner)
                    return 1 if waited else 0
                if cancelled():
                    return -2
                remaining = None if deadline is None else deadline - time.monotonic()
                if remaining is not None and remaining <= 0:
                    return -1
                waited = True
                self._changed.wait(0.1 if remaining is None else min(0.1, remaining))

    def _grant(self, held: list[_Held], session: int, mode: str, owner: str) -> None:
        for lock in held:
            if (lock.session, lock.owner, lock.mode) == (session, owner, mode):
                lock.count += 1
                return
        held.append(_Held(session, owner, mode))

    def release(self, session: int, resource: str, owner: str) -> bool:
        """Release one acquisition; False if the session does not hold the lock."""
        with self._changed:
            held = self._held.get(resource, [])
            for lock in held:
                if lock.session == session and lock.owner == owner:
                    lock.count -= 1
                    if not lock.count:
                        held.remove(lock)
                    self._changed.notify_all()
                    return True
            return False

    def release_all(self, session: int, owner: str | None = None) -> None:
        """Release all locks of a session, or those of one kind of owner."""
        with self._changed:
            for resource in list(self._held):
                kept = [
                    lock
                    for lock in self._held[resource]
                    if lock.session != session or (owner is not None and lock.owner != owner)
                ]
                if kept:
                    self._held[resource] = kept
                else:
                    del self._held[resource]
            self._changed.notify_all()

    def mode(self, session: int, resource: str, owner: str) -> str:
        """Return the mode of a session's lock on a resource, 'NoLock' without one."""
        with self._changed:
            modes = [
                lock.mode for lock in self._held.get(resource, []) if lock.session == session and lock.owner == owner
            ]
            return max(modes, key=MODES.index) if modes else "NoLock"
