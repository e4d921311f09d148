"""The catalogs of the databases as one session sees them: with its own definitions that are not committed yet."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from local_sqlserver.catalog.databases import Database, Databases
from local_sqlserver.catalog.objects import Catalog
from local_sqlserver.errors import sql_error

_versions = itertools.count(1)


class CatalogView:
    """Committed catalogs, overlaid by what the session's transaction has changed."""

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
        """Return a database's catalog as this session's transaction sees it."""
        overlay = self._overlays.get(database.lower())
        return overlay[0] if overlay else self.database(database).catalog

    def versions(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return a value that changes whenever any catalog does: the committed ones and this session's."""
        return self._databases.versions(), tuple(catalog.version for catalog, _ in self._overlays.values())

    def change(self, database: str, apply: Callable[[Catalog], None]) -> None:
        """Change the catalog for this session now and for all on ``publish``."""
        key = database.lower()
        if key not in self._overlays:
            self._overlays[key] = (self.database(database).catalog.copy(), [])
        catalog, changes = self._overlays[key]
        apply(catalog)
        catalog.version = next(_versions)
        changes.append(apply)

    def publish(self) -> None:
        """Make the session's changes, which are committed, those of all."""
        for name, (_, changes) in self._overlays.items():
            database = self.database(name)
            with database.lock:
                catalog = database.catalog.copy()
                for apply in changes:
                    apply(catalog)
                catalog.version = next(_versions)
                database.catalog = catalog
        self._overlays.clear()

    def discard(self) -> None:
        """Forget the session's changes, which are rolled back."""
        self._overlays.clear()
