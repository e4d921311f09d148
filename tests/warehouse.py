"""A warehouse to test against: the server of WAREHOUSE_ODBC, or a stand-in started for the tests."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyodbc

from stack.dotenv import SECRETS
from stack.services import Stack
from stack.settings import LOOPBACK, Settings
from warehouse.connection import with_database
from warehouse.deploy import deploy
from warehouse.staging import stage

ROOT = Path(__file__).parents[1]
RUN_PREFIX = "test "
"""Prefix of runs made by tests; a database that holds other runs is not dropped."""

DEPLOYED = ("etl.schema_version", "etl.table_definition", "etl.source_table", "etl.quality_rule")
"""The tables whose rows a deployment brings."""

SCHEMA = (
    "SELECT OBJECT_SCHEMA_NAME(object_id) AS of_schema, name, type,"
    " HASHBYTES(N'SHA2_256', OBJECT_DEFINITION(object_id)) AS definition FROM sys.objects ORDER BY 1, 2, 3",
    "SELECT OBJECT_NAME(object_id) AS of_object, column_id, name, system_type_id, max_length, is_nullable,"
    " collation_name FROM sys.columns WHERE OBJECT_SCHEMA_NAME(object_id) <> N'sys' ORDER BY 1, 2",
    "SELECT OBJECT_NAME(object_id) AS of_object, name, is_unique FROM sys.indexes ORDER BY 1, 2",
    "SELECT name, type FROM sys.database_principals ORDER BY 1",
    "SELECT USER_NAME(grantee_principal_id) AS grantee, OBJECT_NAME(major_id) AS name, permission_name, state"
    " FROM sys.database_permissions ORDER BY 1, 2, 3",
    "SELECT OBJECT_NAME(major_id) AS name FROM sys.crypt_properties ORDER BY 1",
    "SELECT recovery_model_desc AS recovery_model FROM sys.databases WHERE name = N'DataWarehouse'",
)
"""What there is in the database besides rows."""


@dataclass(frozen=True)
class Server:
    """A server that speaks TDS, with its owner's connection string and the landing folder as both sides see it."""

    odbc: str
    landing: Path
    landing_at_server: str


def stand_in(sqlserver: Any) -> Server:
    """Take a server of the fixtures ``sqlserver`` and ``start_sqlserver``, which local_sqlserver brings."""
    return Server(sqlserver.odbc("DataWarehouse"), sqlserver.bulk_folder, str(sqlserver.bulk_folder))


@contextmanager
def local_server(folder: Path) -> Iterator[Server]:
    """Run the stand-in below ``folder`` as ``make up`` does, until the block ends: for what is no test of pytest."""
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    given = {name: generate() for name, generate in SECRETS.items()}
    settings = Settings({**given, "WAREHOUSE_STATE_DIR": str(folder), "SQLSERVER_PORT": str(port)})
    settings.landing.mkdir()
    stack = Stack(settings)
    stack.launch("sqlserver")
    try:
        stack.wait_ready(["sqlserver"])
        yield Server(settings.stand_in_administrator, settings.landing, str(settings.landing))
    finally:
        stack.stop(["sqlserver"])


@dataclass
class Warehouse:
    """The database DataWarehouse on a server, with helpers for tests."""

    server: Server
    loads: int = field(default=0)
    schema: list[object] | None = None
    """All that a deployment made, as ``renew`` found it right afterwards."""

    @contextmanager
    def connect(self, *, autocommit: bool = True) -> Iterator[pyodbc.Connection]:
        """Open a connection as owner."""
        with closing(pyodbc.connect(self.server.odbc, autocommit=autocommit)) as connection:
            yield connection

    def rebuild(self) -> None:
        """Drop the database and deploy include/sql again."""
        self.drop()
        deploy(self.server.odbc)

    def drop(self) -> None:
        """Drop the database, if there is one; refuses one with batches that no test made."""
        with closing(pyodbc.connect(with_database(self.server.odbc, "master"), autocommit=True)) as master:
            if master.execute("SELECT DB_ID(N'DataWarehouse')").fetchval() is not None:
                foreign = (
                    "SELECT COUNT(*) FROM DataWarehouse.etl.batch"
                    " WHERE run_id NOT LIKE ? AND run_id NOT LIKE N'withdrawal of batch %'"
                    " AND run_id NOT LIKE N'retry of batch %'"
                )
                has_batches = master.execute("SELECT OBJECT_ID(N'DataWarehouse.etl.batch', N'U')").fetchval()
                if has_batches is not None and master.execute(foreign, RUN_PREFIX + "%").fetchval():
                    raise RuntimeError("DataWarehouse holds batches that no test made")
                master.execute("ALTER DATABASE DataWarehouse SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
                master.execute("DROP DATABASE DataWarehouse")

    def renew(self) -> None:
        """Leave nothing but what a deployment brings: deploy if the schema has changed, else empty the tables."""
        if self.schema is not None and self.schema == self._schema():
            self.empty()
        else:
            self.rebuild()
            self.schema = self._schema()

    def _schema(self) -> list[object]:
        try:
            return [tuple(row.values()) for query in SCHEMA for row in self.execute(query)]
        except pyodbc.Error:  # no such database, or one of an older schema
            return []

    def empty(self) -> None:
        """Delete all rows but those of a deployment. Faster than ``rebuild``, because procedures stay compiled."""
        unknown = {
            "silver.customers": "customer_key",
            "silver.customer_versions": "customer_key",
            "silver.products": "product_key",
            "silver.product_versions": "product_key",
        }
        tables = self.execute("SELECT CONCAT(SCHEMA_NAME(schema_id), N'.', name) AS name FROM sys.tables")
        for name in (table["name"] for table in tables):
            if name in DEPLOYED:
                continue
            key = unknown.get(name)
            self.execute(f"DELETE FROM {name} WHERE {key} <> 0" if key else f"TRUNCATE TABLE {name}")

    def execute(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Run a batch to its end; the rows of its last result set. Raises pyodbc.Error."""
        rows: list[dict[str, Any]] = []
        with self.connect() as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql, *parameters)
            while True:
                if cursor.description is not None:
                    names = [column[0] for column in cursor.description]
                    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                if not cursor.nextset():
                    return rows

    def value(self, sql: str, *parameters: object) -> Any:
        """Return the one value of a query."""
        (row,) = self.execute(sql, *parameters)
        (value,) = row.values()
        return value

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read a table or view whole, values as the driver gives them."""
        with self.connect() as connection, closing(connection.cursor()) as cursor:
            cursor.execute(f"SELECT {', '.join(columns) if columns else '*'} FROM {name}")
            names = [column[0] for column in cursor.description]
            return pd.DataFrame([tuple(row) for row in cursor.fetchall()], columns=names, dtype=object)

    def stage(self, drop: Path) -> str:
        """Stage a drop into a new landing folder; returns its path as the server sees it."""
        self.loads += 1
        name = f"load-{self.loads}-{secrets.token_hex(4)}"
        stage(drop, self.server.landing / name)
        return f"{self.server.landing_at_server}/{name}"

    def load(
        self,
        drop: Path,
        business_date: date,
        *,
        reject_limit: float = 0.01,
        replay: bool = False,
        same_drop: bool = False,
        waive: str | None = "all",
    ) -> None:
        """Stage a drop and run etl.load_day on it. Raises StagingError or pyodbc.Error.

        The business date counts as today, whatever the clock. Handmade days differ more than real ones, so ``waive``
        is all the checks that compare a day with the day before.
        """
        landing = self.stage(drop)
        self.execute(
            "EXEC etl.load_day @business_date = ?, @landing_dir = ?, @source_dir = ?, @run_id = ?,"
            " @replay = ?, @reject_limit = ?, @same_drop = ?, @today = ?,"
            " @waive = ?, @waive_reason = N'a day made by hand'",
            business_date,
            landing,
            str(drop)[-400:],
            f"{RUN_PREFIX}{self.loads} {secrets.token_hex(4)}",
            replay,
            reject_limit,
            same_drop,
            business_date,
            waive,
        )
