"""Caches that all sessions share: compiled statements and bound batches."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from local_sqlserver.compiler import Relation, Translation
from local_sqlserver.language import syntax

Cached = TypeVar("Cached")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled node. The entry keeps the node alive, because the key contains its identity."""

    node: syntax.Node
    translation: Translation
    relations: tuple[Relation, ...]


class Cache(Generic[Cached]):
    """A cache of computed values, keyed by everything that they depend on; it evicts the least recently used."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, Cached] = OrderedDict()

    def get(self, key: Hashable) -> Cached | None:
        """Return the value of a key, None if it has none."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: Hashable, value: Cached) -> None:
        """Store a value."""
        with self._lock:
            self._entries[key] = value
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
