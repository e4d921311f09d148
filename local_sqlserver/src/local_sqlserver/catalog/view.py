"""The catalogs of the databases with one session's uncommitted definitions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

from local_sqlserver.catalog.databases import Database, Databases
from local_sqlserver.catalog.objects import Catalog
from local_sqlserver.errors import sql_error
from local_sqlserver.types import UserType

_versions = itertools.count(1)


class CatalogView:
    """The committed catalogs, overlaid with the changes of the session's transaction."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._overlays: dict[str, tuple[Catalog, list[Callable[[Catalog], None]]]] = {}

    def database(self, name: str) -> Database:
        """Return an attached database; raises SqlError 911."""
        found = self._databases.find(name)
        if found is None:
            raise sql_error(911, name)
        return found

    def catalog(self, database: str) -> Catalog:
        """Return a database's catalog with the changes of this session's transaction."""
        overlay = self._overlays.get(database.lower())
        return overlay[0] if overlay else self.database(database).catalog

    def user_types(self, database: str) -> tuple[UserType, ...]:
        """Return the user-defined types of a database."""
        return tuple(self.catalog(database).types.values())

    def versions(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return a value that changes whenever a committed catalog or a copy of this session changes."""
        return self._databases.versions(), tuple(catalog.version for catalog, _ in self._overlays.values())

    def change(self, database: str, apply: Callable[[Catalog], None]) -> None:
        """Apply a change to this session's copy of a catalog; ``publish`` repeats it for all sessions."""
        key = database.lower()
        if key not in self._overlays:
            self._overlays[key] = (self.database(database).catalog.copy(), [])
        catalog, changes = self._overlays[key]
        apply(catalog)
        catalog.version = next(_versions)
        changes.append(apply)

    def publish(self) -> None:
        """Make the session's changes visible to all sessions, after the commit."""
        for name, (_, changes) in self._overlays.items():
            database = self.database(name)
            with database.lock:
                catalog = database.catalog.copy()
                for apply in changes:
                    apply(catalog)
                catalog.version = next(_versions)
                database.catalog = catalog
        self._overlays.clear()

    def position(self) -> dict[str, int]:
        """Return the number of changes of each copied catalog: a point to which ``undo`` can return."""
        return {name: len(changes) for name, (_, changes) in self._overlays.items()}

    def undo(self, position: Mapping[str, int]) -> None:
        """Undo the session's changes after a position."""
        for name, (_, changes) in list(self._overlays.items()):
            kept = position.get(name, 0)
            if len(changes) > kept:
                del self._overlays[name]
                for apply in changes[:kept]:
                    self.change(name, apply)

    def discard(self) -> None:
        """Drop the session's changes, after a rollback."""
        self._overlays.clear()
