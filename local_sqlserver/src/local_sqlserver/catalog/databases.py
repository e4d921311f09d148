"""The databases of the server: one DuckDB file each, attached under the database's name."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote as quote_url

import duckdb

from local_sqlserver.catalog import store
from local_sqlserver.catalog.objects import CATALOG_SCHEMA, MASTER, Catalog, quote
from local_sqlserver.compiler import Relation
from local_sqlserver.compiler.keys import index_name, looked_up_keys
from local_sqlserver.errors import sql_error

TEMPDB = "tempdb"
_FIRST_OBJECT_ID = 1_000_001


@dataclass(slots=True)
class Database:
    """An attached database; ``catalog`` is its committed state.

    ``options`` are those options of ALTER DATABASE … SET, with their values, that have no effect but are shown.
    """

    name: str
    id: int
    catalog: Catalog
    read_committed_snapshot: bool = False
    snapshot_isolation: bool = False
    user_access: str = "MULTI_USER"
    recovery_model: str = "FULL"
    options: dict[str, str] = field(default_factory=dict)
    single_user: int | None = None
    next_id: int = _FIRST_OBJECT_ID
    next_schema_id: int = 5
    lock: threading.Lock = field(default_factory=threading.Lock)

    def new_object_id(self) -> int:
        """Return a new object id; ids are never reused."""
        with self.lock:
            self.next_id += 1
            return self.next_id

    def new_schema_id(self) -> int:
        """Return a new schema id; ids are never reused."""
        with self.lock:
            self.next_schema_id += 1
            return self.next_schema_id


class Databases:
    """Attaches the database files of the data directory; creates and drops databases."""

    def __init__(self, root: duckdb.DuckDBPyConnection, directory: Path) -> None:
        self._root = root
        self._directory = directory
        self._lock = threading.RLock()
        self._by_name: dict[str, Database] = {}
        self._attach(MASTER, 1)
        self._prepare_master()
        self._attach(TEMPDB, 2)
        rows = self._root.execute(
            f"SELECT name, database_id, read_committed_snapshot, snapshot_isolation, recovery_model, options "
            f"FROM {self._home}.databases WHERE database_id > 2 ORDER BY database_id"
        ).fetchall()
        for name, database_id, read_committed, snapshot, recovery, options in rows:
            database = self._attach(name, database_id)
            database.read_committed_snapshot, database.snapshot_isolation = read_committed, snapshot
            database.recovery_model = recovery
            database.options = dict(option.split() for option in options)

    @property
    def _home(self) -> str:
        return f"{MASTER}.{quote(CATALOG_SCHEMA)}"

    def _path(self, name: str) -> Path:
        return self._directory / f"{quote_url(name.lower(), safe=' ')}.duckdb"

    def _attach(self, name: str, database_id: int) -> Database:
        path = ":memory:" if name == TEMPDB else str(self._path(name))
        self._root.execute(f"ATTACH '{path.replace(chr(39), chr(39) * 2)}' AS {quote(name)}")
        present = self._root.execute(
            "SELECT count(*) FROM duckdb_schemas() WHERE database_name = $1 AND schema_name = $2",
            [name, CATALOG_SCHEMA],
        ).fetchone()
        self._root.execute("BEGIN")
        if present == (0,):
            store.create(self._root, name)
        store.complete(self._root, name)
        self._root.execute("COMMIT")
        database = Database(name, database_id, store.load(self._root, name))
        for item in database.catalog.objects.values():
            table = ".".join(map(quote, (name, item.schema, item.name)))
            relation = Relation(table, item.type, name, item.schema, item.name, item.columns, item.constraints)
            for key in looked_up_keys(relation):  # files of earlier versions have an index behind it
                self._root.execute(f"DROP INDEX IF EXISTS {index_name(relation, key.name)}")
        database.next_id = max((item.id for item in database.catalog.objects.values()), default=_FIRST_OBJECT_ID)
        database.next_schema_id = max(number for number, _ in database.catalog.schemas.values())
        self._by_name[name.lower()] = database
        return database

    def _prepare_master(self) -> None:
        self._root.execute(
            f"CREATE TABLE IF NOT EXISTS {self._home}.databases (database_id INTEGER, name "
            f"VARCHAR, created TIMESTAMP, "
            "user_access VARCHAR, recovery_model VARCHAR, read_committed_snapshot BOOLEAN, "
            "snapshot_isolation BOOLEAN)"
        )
        self._root.execute(f"ALTER TABLE {self._home}.databases ADD COLUMN IF NOT EXISTS options VARCHAR[] DEFAULT []")
        self._root.execute(
            f"CREATE TABLE IF NOT EXISTS {self._home}.logins (name VARCHAR, salt BLOB, hash BLOB, "
            f"created TIMESTAMP, "
            "is_disabled BOOLEAN, default_database VARCHAR)"
        )
        for database_id, name in ((1, MASTER), (2, TEMPDB)):
            self._root.execute(
                f"INSERT INTO {self._home}.databases SELECT $1, $2, $3, 'MULTI_USER', 'SIMPLE', FALSE, FALSE, [] "
                f"WHERE NOT EXISTS (FROM {self._home}.databases WHERE database_id = $1)",
                [database_id, name, datetime.now()],
            )

    def find(self, name: str) -> Database | None:
        """Return the database of that name (any case)."""
        with self._lock:
            return self._by_name.get(name.lower())

    def names(self) -> list[str]:
        """Return the names of all databases."""
        with self._lock:
            return [database.name for database in self._by_name.values()]

    def by_id(self, database_id: int) -> Database | None:
        """Return the database with that id."""
        with self._lock:
            return next((item for item in self._by_name.values() if item.id == database_id), None)

    def versions(self) -> tuple[int, ...]:
        """Return the versions of all committed catalogs."""
        with self._lock:
            return tuple(database.catalog.version for database in self._by_name.values())

    def create(self, name: str) -> Database:
        """Create a database; raises SqlError 1801 if it exists."""
        with self._lock:
            if name.lower() in self._by_name:
                raise sql_error(1801, name)
            database_id = max(item.id for item in self._by_name.values()) + 1
            self._path(name).unlink(missing_ok=True)
            self._path(name).with_suffix(".duckdb.wal").unlink(missing_ok=True)
            database = self._attach(name, max(database_id, 5))
            self._root.execute(
                f"INSERT INTO {self._home}.databases VALUES ($1, $2, $3, 'MULTI_USER', 'FULL', FALSE, FALSE, [])",
                [database.id, name, datetime.now()],
            )
            return database

    def drop(self, database: Database) -> None:
        """Detach a database and delete its file."""
        with self._lock:
            self._root.execute(f"DELETE FROM {self._home}.databases WHERE database_id = $1", [database.id])
            del self._by_name[database.name.lower()]
            self._root.execute(f"DETACH {quote(database.name)}")
            self._path(database.name).unlink(missing_ok=True)
            self._path(database.name).with_suffix(".duckdb.wal").unlink(missing_ok=True)

    def save(self, database: Database) -> None:
        """Write a database's options to master."""
        with self._lock:
            self._root.execute(
                f"UPDATE {self._home}.databases SET user_access = $2, recovery_model = $3, "
                "read_committed_snapshot = $4, snapshot_isolation = $5, options = $6 WHERE database_id = $1",
                [
                    *(database.id, database.user_access, database.recovery_model),
                    *(database.read_committed_snapshot, database.snapshot_isolation),
                    [f"{option} {value}" for option, value in database.options.items()],
                ],
            )

    def checkpoint(self) -> None:
        """Write every database's log into its file."""
        with self._lock:
            for database in self._by_name.values():
                self._root.execute(f"CHECKPOINT {quote(database.name)}")
