"""Creates the logins that the connection strings name: owner, loader and reader of the warehouse.

    python -m warehouse.logins

WAREHOUSE_ODBC_ADMIN is the administrator's connection string; WAREHOUSE_ODBC, WAREHOUSE_ODBC_LOADER and
WAREHOUSE_ODBC_READER are those of the three logins, which get the passwords in them. A missing database is created.
A repeated run sets the passwords again; this is how to change them. It also sets unchanged passwords, because only a
reader of the hash could compare them. A Windows domain may refuse a password that was used before (password history,
for logins with CHECK_POLICY = ON): there, run it only after a password has changed, or give the three logins
CHECK_POLICY = OFF.

The owner deploys include/sql, which grants the permissions of the other two roles (60_security).
"""

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import pyodbc

from warehouse.connection import parse_connection_string, with_database
from warehouse.deploy import DeployError, deploy_database
from warehouse.execution import WarehouseError, connect, run_batch

log = logging.getLogger(__name__)

ADMINISTRATOR = "WAREHOUSE_ODBC_ADMIN"
ROLES = {
    "WAREHOUSE_ODBC": "db_owner",
    "WAREHOUSE_ODBC_LOADER": "etl_loader",
    "WAREHOUSE_ODBC_READER": "gold_reader",
}
"""The setting that names a login → its role in the database."""
BULK_ROLES = frozenset({"db_owner", "etl_loader"})
"""Roles that bulk load: the loader each day, the owner in a withdrawal."""


class LoginsError(Exception):
    """The logins could not be created; the message names the faulty setting or statement."""


@dataclass(frozen=True)
class Login:
    """A login of the server, its password, and its role in a database."""

    name: str
    password: str
    role: str


def logins_of(environ: Mapping[str, str]) -> tuple[str, list[Login]]:
    """Return the database and the logins that the settings name. Raises LoginsError for invalid settings."""
    databases: set[str] = set()
    logins: list[Login] = []
    for setting, role in ROLES.items():
        try:
            given = parse_connection_string(environ.get(setting, ""))
        except ValueError as error:
            raise LoginsError(f"{setting}: {error}") from error
        parts = {key.lower(): value for key, value in given.items()}
        for part in ("database", "uid", "pwd"):
            if not parts.get(part):
                raise LoginsError(f"{setting} names no {part.upper()}")
        databases.add(parts["database"])
        logins.append(Login(parts["uid"], parts["pwd"], role))
    if len(databases) > 1:
        raise LoginsError(f"{', '.join(ROLES)} name several databases: {', '.join(sorted(databases))}")
    if any(login.name.lower() == "sa" for login in logins):
        raise LoginsError(f"None of {', '.join(ROLES)} may use sa: each has a login of its own, with fewer permissions")
    if len({login.name.lower() for login in logins}) < len(logins):
        raise LoginsError(f"{', '.join(ROLES)} must name three different logins, because each has other permissions")
    return databases.pop(), logins


def make_logins(administrator: str, database: str, logins: Sequence[Login]) -> None:
    """Create the database and the logins, or set their passwords and roles again.

    ``administrator`` is an administrator's connection string. Raises LoginsError.
    """
    try:
        deploy_database(administrator)
        for where, statements in (("master", _in_master(logins)), (database, _in_database(logins))):
            connection = connect(with_database(administrator, where), log)
            with closing(connection), closing(connection.cursor()) as cursor:
                for statement in statements:
                    run_batch(cursor, statement, (), log)
                if where == database:
                    _take_other_roles(cursor, logins)
    except (DeployError, WarehouseError) as error:
        raise LoginsError(str(error)) from error
    except pyodbc.Error as error:
        raise LoginsError(f"{ADMINISTRATOR}: {WarehouseError.from_odbc(error)}") from error


def _in_master(logins: Sequence[Login]) -> Iterator[str]:
    for login in logins:
        name, password = _quoted(login.name), _text(login.password)
        yield (
            f"IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = {_text(login.name)})"  # noqa: S608 - quoted
            f" CREATE LOGIN {name} WITH PASSWORD = {password};"
            f" ELSE ALTER LOGIN {name} WITH PASSWORD = {password};"
        )
        if login.role in BULK_ROLES:
            yield f"GRANT ADMINISTER BULK OPERATIONS TO {name};"


def _in_database(logins: Sequence[Login]) -> Iterator[str]:
    for login in logins:
        name, role = _quoted(login.name), _quoted(login.role)
        yield f"IF DATABASE_PRINCIPAL_ID({_text(login.name)}) IS NULL CREATE USER {name} FOR LOGIN {name};"
        # The user of a restored database may belong to a login of another server.
        yield f"ALTER USER {name} WITH LOGIN = {name};"
        yield f"IF DATABASE_PRINCIPAL_ID({_text(login.role)}) IS NULL CREATE ROLE {role};"
        yield f"ALTER ROLE {role} ADD MEMBER {name};"


def _take_other_roles(cursor: pyodbc.Cursor, logins: Sequence[Login]) -> None:
    """Remove the roles that an earlier configuration gave the logins."""
    cursor.execute(
        "SELECT u.name, r.name FROM sys.database_role_members AS m"
        " INNER JOIN sys.database_principals AS u ON m.member_principal_id = u.principal_id"
        " INNER JOIN sys.database_principals AS r ON m.role_principal_id = r.principal_id"
    )
    members = [(user.lower(), role) for user, role in cursor.fetchall()]
    for login in logins:
        for user, role in members:
            if user == login.name.lower() and role != login.role:
                run_batch(cursor, f"ALTER ROLE {_quoted(role)} DROP MEMBER {_quoted(login.name)};", (), log)


def _quoted(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"


def _text(value: str) -> str:
    return "N'" + value.replace("'", "''") + "'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: creates the logins that the settings name; returns 1 on failure."""
    parser = argparse.ArgumentParser(
        prog="python -m warehouse.logins", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    administrator = os.environ.get(ADMINISTRATOR, "")
    try:
        if not administrator:
            raise LoginsError(f"{ADMINISTRATOR} is not set: give the administrator's connection string")
        database, logins = logins_of(os.environ)
        make_logins(administrator, database, logins)
    except LoginsError as error:
        print(error, file=sys.stderr)
        return 1
    for login in logins:
        print(f"{login.name}: {login.role} of {database}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
