"""A warehouse to test against: the server of WAREHOUSE_ODBC, or a stand-in started for the tests."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyodbc

from stack.settings import microsoft_driver
from warehouse.connection import with_database
from warehouse.deploy import deploy
from warehouse.staging import stage

ROOT = Path(__file__).parents[1]
RUN_PREFIX = "test "
"""Prefix of runs made by tests; a database that holds other runs is not dropped."""


@dataclass(frozen=True)
class Server:
    """A server that speaks TDS, with its owner's connection string and the landing folder as both sides see it."""

    odbc: str
    landing: Path
    landing_at_server: str
    pid: int | None = None
    """The stand-in's process; None for a server that the tests did not start."""


@contextmanager
def local_server(folder: Path, *, data_dir: Path | None = None) -> Iterator[Server]:
    """Run a stand-in below ``folder`` until the block ends; ``data_dir`` continues an earlier one's data."""
    landing = folder / "landing"
    landing.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(16)
    command = [sys.executable, "-m", "local_sqlserver", "--host", "127.0.0.1", "--port", "0", "--user", "sa"]
    command += ["--data-dir", str(data_dir or folder / "sqlserver"), "--password-env", "SA_PASSWORD"]
    command += ["--bulk-root", str(landing)]
    with (folder / "local_sqlserver.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "SA_PASSWORD": password},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline().strip()
        if not ready.startswith("listening on "):
            raise RuntimeError((folder / "local_sqlserver.log").read_text())
        host, port = ready.removeprefix("listening on ").rsplit(":", 1)
        odbc = (
            f"DRIVER={{{microsoft_driver()}}};SERVER={host},{port};DATABASE=DataWarehouse;UID=sa;PWD={{{password}}};"
            "Encrypt=yes;TrustServerCertificate=yes"
        )
        yield Server(odbc, landing, str(landing), process.pid)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def configured_server(folder: Path) -> Iterator[Server]:
    """Give the server that WAREHOUSE_ODBC names; without that setting, a stand-in."""
    odbc = os.environ.get("WAREHOUSE_ODBC")
    if not odbc:
        with local_server(folder) as server:
            yield server
        return
    landing = Path(os.environ["WAREHOUSE_LANDING_DIR"])
    yield Server(odbc, landing, os.environ.get("WAREHOUSE_LANDING_DIR_SQLSERVER", str(landing)))


@dataclass
class Warehouse:
    """The database DataWarehouse on a server, with helpers for tests."""

    server: Server
    loads: int = field(default=0)

    @contextmanager
    def connect(self, *, autocommit: bool = True) -> Iterator[pyodbc.Connection]:
        """Open a connection as owner."""
        with closing(pyodbc.connect(self.server.odbc, autocommit=autocommit)) as connection:
            yield connection

    def rebuild(self) -> None:
        """Drop the database and deploy include/sql again; refuses a database with batches that no test made."""
        with closing(pyodbc.connect(with_database(self.server.odbc, "master"), autocommit=True)) as master:
            if master.execute("SELECT DB_ID(N'DataWarehouse')").fetchval() is not None:
                foreign = (
                    "SELECT COUNT(*) FROM DataWarehouse.etl.batch"
                    " WHERE run_id NOT LIKE ? AND run_id NOT LIKE N'withdrawal of batch %'"
                )
                has_batches = master.execute("SELECT OBJECT_ID(N'DataWarehouse.etl.batch', N'U')").fetchval()
                if has_batches is not None and master.execute(foreign, RUN_PREFIX + "%").fetchval():
                    raise RuntimeError("DataWarehouse holds batches that no test made")
                master.execute("ALTER DATABASE DataWarehouse SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
                master.execute("DROP DATABASE DataWarehouse")
        deploy(self.server.odbc)

    def empty(self) -> None:
        """Delete all rows but those of a deployment. Faster than ``rebuild``, because procedures stay compiled."""
        unknown = {"silver.customers": "customer_key", "silver.products": "product_key"}
        tables = self.execute("SELECT CONCAT(SCHEMA_NAME(schema_id), N'.', name) AS name FROM sys.tables")
        for name in (table["name"] for table in tables):
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
    ) -> None:
        """Stage a drop and run etl.load_day on it. Raises StagingError or pyodbc.Error.

        The business date counts as today, whatever the clock.
        """
        landing = self.stage(drop)
        self.execute(
            "EXEC etl.load_day @business_date = ?, @landing_dir = ?, @source_dir = ?, @run_id = ?,"
            " @replay = ?, @reject_limit = ?, @same_drop = ?, @today = ?",
            business_date,
            landing,
            str(drop)[-400:],
            f"{RUN_PREFIX}{self.loads} {secrets.token_hex(4)}",
            replay,
            reject_limit,
            same_drop,
            business_date,
        )
