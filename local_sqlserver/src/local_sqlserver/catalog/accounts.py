"""Logins: the configured administrator, and the logins of CREATE LOGIN, which master stores."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

import duckdb

from local_sqlserver.catalog.databases import TEMPDB, Database
from local_sqlserver.catalog.objects import CATALOG_SCHEMA, MASTER, Catalog, PrincipalInfo
from local_sqlserver.errors import sql_error, unsupported
from local_sqlserver.language import syntax

_LOGINS = f'{MASTER}."{CATALOG_SCHEMA}".logins'
_OPTIONS = frozenset(
    [
        "PASSWORD",
        "DEFAULT_DATABASE",
        "CHECK_POLICY",
        "CHECK_EXPIRATION",
        "DEFAULT_LANGUAGE",
        "ENABLE",
        "DISABLE",
    ]
)


def password_hash(password: str, salt: bytes) -> bytes:
    """Return the salted hash of a password, which is stored instead of it."""
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


def user_of(login: str, catalog: Catalog) -> PrincipalInfo | None:
    """Return the user of a login in the database with this catalog, None if it has none."""
    return next(
        (item for item in catalog.principals.values() if item.type == "S" and item.login.lower() == login.lower()),
        None,
    )


class Accounts:
    """The logins of the server. ``user`` and ``password`` are those of ``administrator``."""

    def __init__(self, root: duckdb.DuckDBPyConnection, user: str, password: str) -> None:
        self._root = root
        self.administrator = user
        self._password = password
        self._logins: dict[str, tuple[str, bytes, bytes, bool, str]] = {}
        self._read_logins()

    def _read_logins(self) -> None:
        rows = (
            self._root.cursor()
            .execute(f"SELECT name, salt, hash, is_disabled, default_database FROM {_LOGINS} ORDER BY created, name")
            .fetchall()
        )
        self._logins = {row[0].lower(): row for row in rows}

    def authenticate(self, user: str, password: str) -> tuple[str, str]:
        """Return the login's name as it was created and its default database; raises SqlError 18456."""
        if user.lower() == self.administrator.lower():
            if hmac.compare_digest(password.encode(), self._password.encode()):
                return self.administrator, MASTER
        elif (found := self._logins.get(user.lower())) is not None:
            name, salt, digest, disabled, database = found
            if not disabled and hmac.compare_digest(password_hash(password, bytes(salt)), bytes(digest)):
                return name, database or MASTER
        raise sql_error(18456, user, "")

    def is_administrator(self, login: str) -> bool:
        """Whether a login is the configured administrator."""
        return login.lower() == self.administrator.lower()

    def may_enter(self, login: str, database: Database) -> bool:
        """Whether a login has a user in a database."""
        if self.is_administrator(login) or database.name in (MASTER, TEMPDB):
            return True
        return user_of(login, database.catalog) is not None

    def by_sid(self, sid: bytes) -> str | None:
        """Return the name of the login with a SID, as sys.server_principals shows it."""
        if sid == b"\1":
            return self.administrator
        names = (row[0] for row in self._logins.values())
        return next((name for name in names if hashlib.md5(name.lower().encode()).digest() == sid), None)  # noqa: S324

    def by_id(self, principal_id: int) -> str | None:
        """Return the name of the login with a principal_id, as sys.server_principals shows it."""
        if principal_id == 1:
            return self.administrator
        return next((row[0] for number, row in enumerate(self._logins.values(), 256) if number == principal_id), None)

    def known(self, login: str) -> bool:
        """Whether CREATE LOGIN has made a login of this name; the administrator's does not count."""
        return login.lower() in self._logins

    def change(self, statement: syntax.Principal) -> None:
        """CREATE, ALTER and DROP LOGIN; raises SqlError 15025, 15151, 102 without a password, 40510."""
        options = dict(statement.options)
        name, known = statement.name, statement.name.lower() in self._logins
        connection = self._root.cursor()
        for option in options.keys() - _OPTIONS:
            raise unsupported(f"{statement.action} LOGIN … {option}", statement.line)
        if statement.action == "DROP":
            if not known and not statement.if_exists:
                raise sql_error(15151, "drop", "login", name)
            connection.execute(f"DELETE FROM {_LOGINS} WHERE lower(name) = $1", [name.lower()])
        elif statement.action == "CREATE":
            if known or self.is_administrator(name):
                raise sql_error(15025, name)
            if "PASSWORD" not in options:
                raise sql_error(102, name, line=statement.line)
            salt = secrets.token_bytes(16)
            connection.execute(
                f"INSERT INTO {_LOGINS} VALUES ($1, $2, $3, $4, FALSE, $5)",
                [
                    name,
                    salt,
                    password_hash(options["PASSWORD"], salt),
                    datetime.now(),
                    options.get("DEFAULT_DATABASE", MASTER),
                ],
            )
        else:
            self._alter_login(statement, options, connection, known)
        self._read_logins()

    def _alter_login(
        self,
        statement: syntax.Principal,
        options: dict[str, str],
        connection: duckdb.DuckDBPyConnection,
        known: bool,
    ) -> None:
        name = statement.name
        if self.is_administrator(name):
            raise unsupported(
                "ALTER LOGIN of the administrator (its password comes from the command line)", statement.line
            )
        if not known:
            raise sql_error(15151, "alter", "login", name)
        changes: dict[str, Any] = {}
        if "PASSWORD" in options:
            changes["salt"] = secrets.token_bytes(16)
            changes["hash"] = password_hash(options["PASSWORD"], changes["salt"])
        if "DEFAULT_DATABASE" in options:
            changes["default_database"] = options["DEFAULT_DATABASE"]
        if "ENABLE" in options or "DISABLE" in options:
            changes["is_disabled"] = "DISABLE" in options
        for column, value in changes.items():
            connection.execute(f"UPDATE {_LOGINS} SET {column} = $1 WHERE lower(name) = $2", [value, name.lower()])
