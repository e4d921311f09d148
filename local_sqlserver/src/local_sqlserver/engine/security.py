"""Logins, users, roles and permissions, checked where SQL Server checks them.

The configured administrator may do everything. Inside a procedure the caller's permissions on tables are not
asked again, nor below a view: everything belongs to dbo (ownership chaining).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

from local_sqlserver.compiler import Relation, Translation
from local_sqlserver.engine import catalog_store
from local_sqlserver.engine.catalog import (
    CATALOG_SCHEMA,
    Catalog,
    CatalogObject,
    PermissionInfo,
    PrincipalInfo,
)
from local_sqlserver.engine.databases import MASTER, TEMPDB, Database
from local_sqlserver.engine.events import Done, Event
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import SqlError, unsupported
from local_sqlserver.language import syntax

if TYPE_CHECKING:
    from local_sqlserver.engine.session import EngineSession

_LOGINS = f'{MASTER}."{CATALOG_SCHEMA}".logins'
_FIXED_ROLES = frozenset({"public", "db_owner", "db_datareader", "db_datawriter"})
_PERMISSIONS = frozenset(
    {
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "EXECUTE",
        "CONTROL",
        "ALTER",
        "REFERENCES",
        "VIEW DEFINITION",
        "CONNECT",
    }
)
_SERVER_PERMISSIONS = frozenset({"ADMINISTER BULK OPERATIONS"})
_NEEDED = {
    "select": ("SELECT",),
    "insert": ("SELECT", "INSERT"),
    "update": ("SELECT", "UPDATE"),
    "delete": ("SELECT", "DELETE"),
    "merge": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "truncate": ("ALTER",),
    "ddl": ("ALTER",),
}
_CHAINED = frozenset({"select", "insert", "update", "delete", "merge"})
"""What an ownership chain covers: TRUNCATE and definitions need a permission of the caller's or of a signature."""


def password_hash(password: str, salt: bytes) -> bytes:
    """Return what is kept of a password."""
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


class Security:
    """Who may do what. ``user`` and ``password`` are the administrator's."""

    def __init__(self, root: duckdb.DuckDBPyConnection, user: str, password: str) -> None:
        self._root = root
        self._administrator = user
        self._password = password
        self._logins: dict[str, tuple[str, bytes, bytes, bool, str]] = {}
        self._read_logins()

    def _read_logins(self) -> None:
        rows = (
            self._root.cursor()
            .execute(f"SELECT name, salt, hash, is_disabled, default_database FROM {_LOGINS}")
            .fetchall()
        )
        self._logins = {row[0].lower(): row for row in rows}

    # --- logging in

    def authenticate(self, user: str, password: str) -> tuple[str, str]:
        """Return the login's name as it is written and its default database; raises SqlError 18456."""
        if user.lower() == self._administrator.lower():
            if hmac.compare_digest(password.encode(), self._password.encode()):
                return self._administrator, MASTER
        elif (found := self._logins.get(user.lower())) is not None:
            name, salt, digest, disabled, database = found
            if not disabled and hmac.compare_digest(password_hash(password, bytes(salt)), bytes(digest)):
                return name, database or MASTER
        raise SqlError(18456, f"Login failed for user '{user}'.", severity=14)

    def is_administrator(self, login: str) -> bool:
        """Whether a login is the configured administrator."""
        return login.lower() == self._administrator.lower()

    def may_enter(self, login: str, database: Database) -> bool:
        """Whether a login has a user in a database."""
        if self.is_administrator(login) or database.name in (MASTER, TEMPDB):
            return True
        return self._user_of(login, database.catalog) is not None

    def check_database(self, session: EngineSession, database: Database) -> None:
        """Raise SqlError 916 (no user there) or 924 (single user)."""
        if not self.may_enter(session.login, database):
            text = (
                f'The server principal "{session.login}" is not able to access the database '
                f'"{database.name}" '
                "under the current security context."
            )
            raise SqlError(916, text, severity=14)
        if database.single_user is not None and database.single_user != session.spid:
            text = f"Database '{database.name}' is already open and can only have one user at a time."
            raise SqlError(924, text, severity=14)

    # --- principals of a database

    def _user_of(self, login: str, catalog: Catalog) -> PrincipalInfo | None:
        return next(
            (item for item in catalog.principals.values() if item.type == "S" and item.login.lower() == login.lower()),
            None,
        )

    def user_name(self, session: EngineSession, database: str) -> str:
        """USER_NAME()."""
        if self.is_administrator(session.login):
            return "dbo"
        user = self._user_of(session.login, session.catalog(database))
        return user.name if user else "guest"

    def roles(self, session: EngineSession, database: str, signers: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return the session's user, those of a module's signatures, and every role they belong to, lower case."""
        catalog = session.catalog(database)
        names = {self.user_name(session, database).lower(), "public", *signers}
        while True:
            more = {key for key, item in catalog.principals.items() if item.members & names} - names
            if not more:
                return frozenset(names)
            names |= more

    def allowed(
        self,
        session: EngineSession,
        database: str,
        permission: str,
        schema: str,
        name: str,
        signers: frozenset[str] = frozenset(),
    ) -> bool:
        """Whether the session, or a signature, holds a permission on an object; a DENY on any level wins."""
        if self.is_administrator(session.login) or database == TEMPDB:
            return True
        names = self.roles(session, database, signers)
        levels = {"database", f"schema:{schema.lower()}", f"object:{schema.lower()}.{name.lower()}"}
        states = {
            entry.state
            for entry in session.catalog(database).permissions
            if entry.principal in names and entry.securable in levels and entry.permission in (permission, "CONTROL")
        }
        if "D" in states:
            return False
        if "db_owner" in names:
            return True
        if permission == "SELECT" and "db_datareader" in names:
            return True
        if permission in ("INSERT", "UPDATE", "DELETE") and "db_datawriter" in names:
            return True
        return "G" in states

    # --- checks

    def check(
        self, session: EngineSession, frame: Frame, translation: Translation, relations: tuple[Relation, ...]
    ) -> None:
        """Raise SqlError 229, 262 or 1088 when the session may not run a statement here."""
        if self.is_administrator(session.login) or (frame.chained and translation.command in _CHAINED):
            return
        for change in translation.changes:
            if change.relation.kind not in ("T", "@"):
                self.check_definition(session, change.action.upper())
        for relation in relations:
            if relation.kind not in ("U", "V"):
                continue
            for permission in _NEEDED.get(translation.command, ("ALTER",)):
                self.require(session, frame, permission, relation)

    def require(self, session: EngineSession, frame: Frame, permission: str, relation: Relation) -> None:
        """Raise SqlError 229, or 1088 where ALTER is missing, unless the session may do this to a table or view."""
        database, schema, name = relation.database, relation.schema, relation.name
        if relation.kind not in ("U", "V") or self.allowed(session, database, permission, schema, name, frame.signers):
            return
        if permission == "ALTER":  # what the server says of an object that one may not even know of
            text = f'Cannot find the object "{name}" because it does not exist or you do not have permissions.'
            raise SqlError(1088, text, state=7)
        raise _denied(permission, name, database, schema)

    def check_execute(self, session: EngineSession, frame: Frame, database: str, item: CatalogObject) -> None:
        """Raise SqlError 229 without EXECUTE on a procedure."""
        if frame.chained or self.allowed(session, database, "EXECUTE", item.schema, item.name, frame.signers):
            return
        raise _denied("EXECUTE", item.name, database, item.schema)

    def check_definition(self, session: EngineSession, statement: str) -> None:
        """Raise SqlError 262 unless the session may define objects in its database."""
        database = session.frame.database
        if not self.is_administrator(session.login) and "db_owner" not in self.roles(session, database):
            raise SqlError(262, f"{statement} permission denied in database '{database}'.", severity=14)

    def check_server(self, session: EngineSession, statement: str) -> None:
        """Raise SqlError 262 unless the session is the administrator's."""
        if not self.is_administrator(session.login):
            raise SqlError(262, f"{statement} permission denied in database 'master'.", severity=14)

    def check_bulk(self, session: EngineSession, frame: Frame, relation: Relation, line: int) -> None:
        """Raise SqlError 4834 without the server's permission for BULK INSERT, 229 without INSERT on the table."""
        if self.is_administrator(session.login):
            return
        self.check_bulk_files(session, line)
        self.require(session, frame, "INSERT", relation)

    def check_bulk_files(self, session: EngineSession, line: int) -> None:
        """Raise SqlError 4834 without the server's permission to read files: BULK INSERT, OPENROWSET(BULK …)."""
        granted = {
            entry.principal
            for entry in session.catalog(MASTER).permissions
            if entry.permission == "ADMINISTER BULK OPERATIONS"
        }
        if not self.is_administrator(session.login) and f"login:{session.login.lower()}" not in granted:
            raise SqlError(4834, "You do not have permission to use the bulk load statement.", line=line)

    # --- statements

    def principal(self, session: EngineSession, statement: syntax.Principal, frame: Frame) -> Iterator[Event]:
        """CREATE, ALTER and DROP of LOGIN, USER and ROLE."""
        options = dict(statement.options)
        if statement.kind == "LOGIN":
            self.check_server(session, f"{statement.action} LOGIN")
            self._login(statement, options)
            if statement.action == "DROP":
                self._forget_permissions(session, statement.name)
        else:
            self.check_definition(session, f"{statement.action} {statement.kind}")
            catalog = session.catalog(frame.database).copy()
            change = self._user if statement.kind == "USER" else self._role
            change(statement, options, catalog)
            self.store(session, frame.database, catalog)
        yield Done(in_procedure=session.in_procedure(frame))

    def store(self, session: EngineSession, database: str, changed: Catalog) -> None:
        """Write the principals, permissions and certificates of a changed copy of a catalog."""
        session.transactions.check_writable()
        before = session.catalog(database).copy()  # what is there changes below, and others take the change on commit
        with session.writing():
            catalog_store.put_principals(session.transactions.connection, database, before, changed)

            def apply(catalog: Catalog) -> None:
                gone = before.permissions - changed.permissions
                catalog.permissions = catalog.permissions - gone | (changed.permissions - before.permissions)
                _change(catalog.principals, before.principals, changed.principals)
                _change(catalog.certificates, before.certificates, changed.certificates)

            session.change_catalog(database, apply)

    def _login(self, statement: syntax.Principal, options: dict[str, str]) -> None:
        name, known = statement.name, statement.name.lower() in self._logins
        connection = self._root.cursor()
        allowed = {
            "PASSWORD",
            "DEFAULT_DATABASE",
            "CHECK_POLICY",
            "CHECK_EXPIRATION",
            "DEFAULT_LANGUAGE",
            "ENABLE",
            "DISABLE",
        }
        for option in options.keys() - allowed:
            raise unsupported(f"{statement.action} LOGIN … {option}", statement.line)
        if statement.action == "DROP":
            if not known and not statement.if_exists:
                text = f"Cannot drop the login '{name}', because it does not exist or you do not have permission."
                raise SqlError(15151, text)
            connection.execute(f"DELETE FROM {_LOGINS} WHERE lower(name) = $1", [name.lower()])
        elif statement.action == "CREATE":
            if known or self.is_administrator(name):
                raise SqlError(15025, f"The server principal '{name}' already exists.")
            if "PASSWORD" not in options:
                raise SqlError(102, f"Incorrect syntax near '{name}'.", severity=15, line=statement.line)
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

    def _forget_permissions(self, session: EngineSession, login: str) -> None:
        """Take back what a dropped login may do on the server: another of its name is another."""
        catalog = session.catalog(MASTER).copy()
        kept = frozenset(entry for entry in catalog.permissions if entry.principal != f"login:{login.lower()}")
        if kept != catalog.permissions:
            catalog.permissions = kept
            self.store(session, MASTER, catalog)

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
            text = f"Cannot alter the login '{name}', because it does not exist or you do not have permission."
            raise SqlError(15151, text)
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

    def _user(self, statement: syntax.Principal, options: dict[str, str], catalog: Catalog) -> None:
        name, key = statement.name, statement.name.lower()
        for option in options.keys() - {"LOGIN", "CERTIFICATE", "WITHOUT LOGIN", "DEFAULT_SCHEMA"}:
            raise unsupported(f"{statement.action} USER … {option}", statement.line)
        if statement.action == "DROP":
            _drop_principal(statement, catalog, "user")
            return
        if statement.action == "CREATE":
            if key in catalog.principals or key == "dbo":
                text = f"User, group, or role '{name}' already exists in the current database."
                raise SqlError(15023, text)
            if "CERTIFICATE" in options:
                catalog.principals[key] = _user_of_certificate(name, options["CERTIFICATE"], catalog)
                return
            login = "" if "WITHOUT LOGIN" in options else options.get("LOGIN", name)
            if login and login.lower() not in self._logins and not self.is_administrator(login):
                text = f"'{login}' is not a valid login or you do not have permission."
                raise SqlError(15007, text)
            if login and (self.is_administrator(login) or self._user_of(login, catalog) is not None):
                raise SqlError(15063, "The login already has an account under a different user name.")
            catalog.principals[key] = PrincipalInfo(name, "S", login, options.get("DEFAULT_SCHEMA", "dbo"))
            return
        present = catalog.principals.get(key)
        if present is None or present.type != "S":
            text = f"Cannot alter the user '{name}', because it does not exist or you do not have permission."
            raise SqlError(15151, text)
        catalog.principals[key] = replace(
            present,
            login=options.get("LOGIN", present.login),
            default_schema=options.get("DEFAULT_SCHEMA", present.default_schema),
        )

    def _role(self, statement: syntax.Principal, options: dict[str, str], catalog: Catalog) -> None:
        name, key = statement.name, statement.name.lower()
        for option in options.keys() - {"ADD MEMBER", "DROP MEMBER", "AUTHORIZATION"}:
            raise unsupported(f"{statement.action} ROLE … {option}", statement.line)
        if statement.action == "DROP":
            _drop_principal(statement, catalog, "role")
            return
        if statement.action == "CREATE":
            if key in catalog.principals:
                text = f"User, group, or role '{name}' already exists in the current database."
                raise SqlError(15023, text)
            catalog.principals[key] = PrincipalInfo(name, "R", default_schema="")
            return
        role = catalog.principals.get(key)
        if role is None or role.type != "R":
            text = f"Cannot alter the role '{name}', because it does not exist or you do not have permission."
            raise SqlError(15151, text)
        member = options.get("ADD MEMBER") or options.get("DROP MEMBER") or ""
        if member.lower() not in catalog.principals:
            text = f"User or role '{member}' does not exist in this database."
            raise SqlError(15410, text, severity=11)
        members = role.members | {member.lower()} if "ADD MEMBER" in options else role.members - {member.lower()}
        catalog.principals[key] = replace(role, members=members)

    def permission(self, session: EngineSession, statement: syntax.Permission, frame: Frame) -> Iterator[Event]:
        """GRANT, DENY and REVOKE."""
        if set(statement.permissions) & _SERVER_PERMISSIONS:
            self._server_permission(session, statement)
            yield Done(in_procedure=session.in_procedure(frame))
            return
        self.check_definition(session, statement.action)
        catalog = session.catalog(frame.database).copy()
        securable = _securable(statement, catalog)
        for permission in statement.permissions:
            if permission not in _PERMISSIONS:
                raise unsupported(f"The permission {permission}", statement.line)
        for principal in statement.principals:
            if principal.lower() not in catalog.principals:
                text = f"Cannot find the user '{principal}', because it does not exist or you do not have permission."
                raise SqlError(15151, text)
            for permission in statement.permissions:
                kept = {
                    entry
                    for entry in catalog.permissions
                    if (entry.principal, entry.permission, entry.securable)
                    != (principal.lower(), permission, securable)
                }
                if statement.action != "REVOKE":
                    kept.add(PermissionInfo(principal.lower(), permission, securable, statement.action[0]))
                catalog.permissions = frozenset(kept)
        self.store(session, frame.database, catalog)
        yield Done(in_procedure=session.in_procedure(frame))

    def _server_permission(self, session: EngineSession, statement: syntax.Permission) -> None:
        """GRANT ADMINISTER BULK OPERATIONS TO login, kept in master's catalog."""
        self.check_server(session, statement.action)
        if session.frame.database != MASTER:
            text = "Permissions at the server scope can only be granted when the current database is master"
            raise SqlError(4621, text)
        if (
            set(statement.permissions) - _SERVER_PERMISSIONS
            or statement.securable != ("DATABASE", ())
            or statement.action == "DENY"
        ):
            raise unsupported(f"{statement.action} of {', '.join(statement.permissions)}", statement.line)
        catalog = session.catalog(MASTER).copy()
        for principal in statement.principals:
            if principal.lower() not in self._logins:
                text = f"Cannot find the login '{principal}', because it does not exist or you do not have permission."
                raise SqlError(15151, text)
            entry = PermissionInfo(f"login:{principal.lower()}", "ADMINISTER BULK OPERATIONS", "server", "G")
            others = catalog.permissions - {entry}
            catalog.permissions = others | {entry} if statement.action == "GRANT" else others
        self.store(session, MASTER, catalog)


def _user_of_certificate(name: str, certificate: str, catalog: Catalog) -> PrincipalInfo:
    found = catalog.certificates.get(certificate.lower())
    if found is None:
        raise missing_certificate(certificate)
    if any(item.type == "C" and item.login == found.name for item in catalog.principals.values()):
        raise SqlError(15063, "The login already has an account under a different user name.")
    return PrincipalInfo(name, "C", found.name)


def missing_certificate(name: str) -> SqlError:
    """Return the error of a certificate that there is not."""
    text = f"Cannot find the certificate '{name}', because it does not exist or you do not have permission."
    return SqlError(15151, text)


def _change(known: dict[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Do to ``known`` what leads from one state to another."""
    for key in before.keys() - after.keys():
        known.pop(key, None)
    known.update({key: item for key, item in after.items() if before.get(key) != item})


def _drop_principal(statement: syntax.Principal, catalog: Catalog, kind: str) -> None:
    name, key = statement.name, statement.name.lower()
    if key not in catalog.principals or key in _FIXED_ROLES:
        if statement.if_exists and key not in _FIXED_ROLES:
            return
        text = f"Cannot drop the {kind} '{name}', because it does not exist or you do not have permission."
        raise SqlError(15151, text)
    if catalog.principals[key].members:
        raise SqlError(15144, "The role has members. It must be empty before it can be dropped.")
    del catalog.principals[key]
    for other, item in list(catalog.principals.items()):
        catalog.principals[other] = replace(item, members=item.members - {key})
    catalog.permissions = frozenset(entry for entry in catalog.permissions if entry.principal != key)


def _securable(statement: syntax.Permission, catalog: Catalog) -> str:
    kind, name = statement.securable
    if kind == "DATABASE":
        return "database"
    if kind == "SCHEMA":
        if catalog.schema(name[-1]) is None:
            text = f"Cannot find the schema '{name[-1]}', because it does not exist or you do not have permission."
            raise SqlError(15151, text)
        return f"schema:{name[-1].lower()}"
    schema = name[-2] if len(name) > 1 else "dbo"
    if catalog.find(schema, name[-1]) is None:
        text = f"Cannot find the object '{name[-1]}', because it does not exist or you do not have permission."
        raise SqlError(15151, text)
    return f"object:{schema.lower()}.{name[-1].lower()}"


def _denied(permission: str, name: str, database: str, schema: str) -> SqlError:
    text = f"The {permission} permission was denied on the object '{name}', database '{database}', schema '{schema}'."
    return SqlError(229, text, severity=14, state=5)
