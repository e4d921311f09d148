"""The three logins of a warehouse: owner, loader and reader."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pyodbc

from tests.warehouse import Server
from warehouse.connection import with_database, with_parts
from warehouse.execution import WarehouseError
from warehouse.logins import Login, make_logins


@dataclass(frozen=True)
class Caller:
    """A caller with a login."""

    odbc: str

    def run(self, sql: str) -> list[pyodbc.Row]:
        """Run a batch to its end in a transaction that is rolled back; rows of its first result set."""
        with closing(pyodbc.connect(self.odbc)) as connection:
            cursor = connection.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
            while cursor.nextset():
                pass
            connection.rollback()
            return rows

    def refusal(self, sql: str) -> int | None:
        """Return the number of a batch's error, None if it succeeds."""
        try:
            self.run(sql)
        except pyodbc.Error as error:
            return WarehouseError.from_odbc(error).number
        return None

    def at(self, server: Server) -> Server:
        """Return the server as this login reaches it."""
        return Server(self.odbc, server.landing, server.landing_at_server)


@dataclass(frozen=True)
class Callers:
    """The three logins."""

    owner: Caller
    loader: Caller
    reader: Caller


@contextmanager
def logins(server: Server) -> Iterator[Callers]:
    """Make the logins as ``warehouse.logins`` does, and drop them when the block ends."""
    suffix = secrets.token_hex(4)
    roles = {"owner": "db_owner", "loader": "etl_loader", "reader": "gold_reader"}
    made = {who: Login(f"test_{who}_{suffix}", f"Pw1{secrets.token_hex(8)}'];", role) for who, role in roles.items()}
    make_logins(server.odbc, "DataWarehouse", list(made.values()))
    yield Callers(
        **{
            who: Caller(with_parts(server.odbc, {"UID": login.name, "PWD": login.password}))
            for who, login in made.items()
        }
    )
    with closing(pyodbc.connect(with_database(server.odbc, "master"), autocommit=True)) as master:
        for login in made.values():
            master.execute(f"USE DataWarehouse; DROP USER [{login.name}]; USE master; DROP LOGIN [{login.name}]")
