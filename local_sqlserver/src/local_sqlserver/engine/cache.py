"""Caches that all sessions share: compiled statements, and the batches whose names are known to be right."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from local_sqlserver.compiler import Relation, Translation
from local_sqlserver.language import syntax

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled node: the node itself, whose identity the key holds, must live as long as the entry."""

    node: syntax.Node
    translation: Translation
    relations: tuple[Relation, ...]


class Cache(Generic[Kept]):
    """What was computed, by everything it depends on; the least recently used goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable) -> Kept | None:
        """Return what is kept for a key, None if there is nothing."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: Hashable, value: Kept) -> None:
        """Keep a value."""
        with self._lock:
            self._entries[key] = value
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
