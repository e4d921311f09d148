"""Statements about principals and permissions: LOGIN, USER, ROLE, GRANT, DENY, REVOKE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from local_sqlserver.catalog import store
from local_sqlserver.catalog.accounts import Accounts, user_of
from local_sqlserver.catalog.objects import FIXED_ROLES, MASTER, Catalog, PermissionInfo, PrincipalInfo
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.engine.events import Done, Event
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.language import syntax

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
_SPECIAL = frozenset({"dbo", "information_schema", "sys"})
"""The principals of each database that get no permissions of their own and belong to no role."""
_SERVER_PERMISSIONS = frozenset({"ADMINISTER BULK OPERATIONS"})


class Principals:
    """Runs these statements for one session."""

    def __init__(
        self, accounts: Accounts, state: SessionState, view: CatalogView, work: Work, permissions: Permissions
    ) -> None:
        self._accounts = accounts
        self._state = state
        self._view = view
        self._work = work
        self._permissions = permissions

    def principal(self, statement: syntax.Principal, frame: Frame) -> Iterator[Event]:
        """CREATE, ALTER and DROP of LOGIN, USER and ROLE."""
        options = dict(statement.options)
        if statement.kind == "LOGIN":
            self._permissions.check_server(f"{statement.action} LOGIN")
            self._accounts.change(statement)
            if statement.action == "DROP":
                self._drop_server_permissions(statement.name)
        else:
            self._permissions.check_security("db_accessadmin" if statement.kind == "USER" else "db_securityadmin")
            catalog = self._view.catalog(frame.database).copy()
            change = self._user if statement.kind == "USER" else self._role
            change(statement, options, catalog)
            self.store(frame.database, catalog)
        yield Done(in_procedure=frame.depth > 0)

    def store(self, database: str, changed: Catalog) -> None:
        """Write the principals, permissions and certificates of a changed copy of a catalog."""
        self._work.transactions.check_writable()
        # A copy, because the change below is applied to this catalog, and to that of other sessions after the commit.
        before = self._view.catalog(database).copy()
        with self._work.writing():
            store.put_principals(self._work.transactions.connection, database, before, changed)

            def apply(catalog: Catalog) -> None:
                gone = before.permissions - changed.permissions
                catalog.permissions = catalog.permissions - gone | (changed.permissions - before.permissions)
                _change(catalog.principals, before.principals, changed.principals)
                _change(catalog.certificates, before.certificates, changed.certificates)

            self._view.change(database, apply)

    def _drop_server_permissions(self, login: str) -> None:
        """Delete the server permissions of a dropped login, because a new login of its name must not inherit them."""
        catalog = self._view.catalog(MASTER).copy()
        kept = frozenset(entry for entry in catalog.permissions if entry.principal != f"login:{login.lower()}")
        if kept != catalog.permissions:
            catalog.permissions = kept
            self.store(MASTER, catalog)

    def _user(self, statement: syntax.Principal, options: dict[str, str], catalog: Catalog) -> None:
        name, key = statement.name, statement.name.lower()
        for option in options.keys() - {"LOGIN", "CERTIFICATE", "WITHOUT LOGIN", "DEFAULT_SCHEMA"}:
            raise unsupported(f"{statement.action} USER … {option}", statement.line)
        if statement.action == "DROP":
            _drop_principal(statement, catalog, "user")
            return
        if statement.action == "CREATE":
            if key in catalog.principals or key == "dbo":
                raise sql_error(15023, name)
            if "CERTIFICATE" in options:
                catalog.principals[key] = _user_of_certificate(name, options["CERTIFICATE"], catalog)
                return
            login = "" if "WITHOUT LOGIN" in options else options.get("LOGIN", name)
            if login and not self._accounts.known(login) and not self._accounts.is_administrator(login):
                raise sql_error(15007, login)
            if login and (self._accounts.is_administrator(login) or user_of(login, catalog) is not None):
                raise sql_error(15063)
            catalog.principals[key] = PrincipalInfo(name, "S", login, options.get("DEFAULT_SCHEMA", "dbo"))
            return
        present = catalog.principals.get(key)
        if present is None or present.type != "S":
            raise sql_error(15151, "alter", "user", name)
        catalog.principals[key] = replace(
            present,
            login=options.get("LOGIN", present.login),
            default_schema=options.get("DEFAULT_SCHEMA", present.default_schema),
            modified=datetime.now(),
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
                raise sql_error(15023, name)
            catalog.principals[key] = PrincipalInfo(name, "R", default_schema="")
            return
        role = catalog.principals.get(key)
        if role is None or role.type != "R":
            raise sql_error(15151, "alter", "role", name)
        member = options.get("ADD MEMBER") or options.get("DROP MEMBER") or ""
        if key == "public":
            raise sql_error(15081)
        if member.lower() in _SPECIAL:
            raise sql_error(15405, member)
        if member.lower() not in catalog.principals:
            raise sql_error(15151, "add" if "ADD MEMBER" in options else "drop", "principal", member)
        if "ADD MEMBER" in options and key in _contained(member.lower(), catalog):
            raise sql_error(15413)
        members = role.members | {member.lower()} if "ADD MEMBER" in options else role.members - {member.lower()}
        catalog.principals[key] = replace(role, members=members, modified=datetime.now())

    def permission(self, statement: syntax.Permission, frame: Frame) -> Iterator[Event]:
        """GRANT, DENY and REVOKE."""
        if set(statement.permissions) & _SERVER_PERMISSIONS:
            self._server_permission(statement)
            yield Done(in_procedure=frame.depth > 0)
            return
        catalog = self._view.catalog(frame.database).copy()
        securable = _securable(statement, catalog)
        try:
            self._permissions.check_security("db_securityadmin")
        except SqlError as error:
            kind, name = statement.securable
            if kind == "DATABASE":
                raise
            raise sql_error(15151, "find", kind.lower(), name[-1]) from error
        for permission in statement.permissions:
            if permission not in _PERMISSIONS:
                raise unsupported(f"The permission {permission}", statement.line)
            _check_compatible(permission, securable, catalog)
        for principal in statement.principals:
            if principal.lower() in _SPECIAL:
                raise sql_error(4624)
            if principal.lower() not in catalog.principals:
                raise sql_error(15151, "find", "user", principal)
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
        self.store(frame.database, catalog)
        yield Done(in_procedure=frame.depth > 0)

    def _server_permission(self, statement: syntax.Permission) -> None:
        """GRANT ADMINISTER BULK OPERATIONS TO login, kept in master's catalog."""
        self._permissions.check_server(statement.action)
        if self._state.frame.database != MASTER:
            raise sql_error(4621)
        if (
            set(statement.permissions) - _SERVER_PERMISSIONS
            or statement.securable != ("DATABASE", ())
            or statement.action == "DENY"
        ):
            raise unsupported(f"{statement.action} of {', '.join(statement.permissions)}", statement.line)
        catalog = self._view.catalog(MASTER).copy()
        for principal in statement.principals:
            if not self._accounts.known(principal):
                raise sql_error(15151, "find", "login", principal)
            entry = PermissionInfo(f"login:{principal.lower()}", "ADMINISTER BULK OPERATIONS", "server", "G")
            others = catalog.permissions - {entry}
            catalog.permissions = others | {entry} if statement.action == "GRANT" else others
        self.store(MASTER, catalog)


def _user_of_certificate(name: str, certificate: str, catalog: Catalog) -> PrincipalInfo:
    found = catalog.certificates.get(certificate.lower())
    if found is None:
        raise sql_error(15151, "find", "certificate", certificate)
    if any(item.type == "C" and item.login == found.name for item in catalog.principals.values()):
        raise sql_error(15063)
    return PrincipalInfo(name, "C", found.name)


def _change(known: dict[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Apply the differences between two states to ``known``."""
    for key in before.keys() - after.keys():
        known.pop(key, None)
    known.update({key: item for key, item in after.items() if before.get(key) != item})


def _contained(role: str, catalog: Catalog) -> set[str]:
    """A principal and its members, their members and so on."""
    found: set[str] = set()
    pending = {role}
    while pending:
        found |= pending
        pending = {inner for name in pending for inner in catalog.principals[name].members} - found
    return found


def _drop_principal(statement: syntax.Principal, catalog: Catalog, kind: str) -> None:
    name, key = statement.name, statement.name.lower()
    if key in FIXED_ROLES or key in _SPECIAL:
        raise sql_error(15150, "drop", kind, name)
    if key not in catalog.principals:
        if statement.if_exists:
            return
        raise sql_error(15151, "drop", kind, name)
    if catalog.principals[key].members:
        raise sql_error(15144)
    del catalog.principals[key]
    for other, item in list(catalog.principals.items()):
        catalog.principals[other] = replace(item, members=item.members - {key})
    catalog.permissions = frozenset(entry for entry in catalog.permissions if entry.principal != key)


_ROW_PERMISSIONS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_TYPE_PERMISSIONS = ("CONTROL", "EXECUTE", "REFERENCES", "VIEW DEFINITION")


def _check_compatible(permission: str, securable: str, catalog: Catalog) -> None:
    """Raise SqlError 4606 for a permission that the kind of object does not have."""
    kind, _, name = securable.partition(":")
    if kind == "type" and permission not in _TYPE_PERMISSIONS:
        raise sql_error(4606, permission)
    if kind != "object":
        return
    item = next((item for item in catalog.objects.values() if ".".join(item.key) == name), None)
    refused = _ROW_PERMISSIONS if item is not None and item.type in ("P", "FN") else ("EXECUTE",)
    if item is not None and permission in refused:
        raise sql_error(4606, permission)


def _securable(statement: syntax.Permission, catalog: Catalog) -> str:
    kind, name = statement.securable
    if kind == "DATABASE":
        return "database"
    if kind == "SCHEMA":
        if catalog.schema(name[-1]) is None:
            raise sql_error(15151, "find", "schema", name[-1])
        return f"schema:{name[-1].lower()}"
    schema = name[-2] if len(name) > 1 else "dbo"
    key = schema.lower(), name[-1].lower()
    if key not in (catalog.types if kind == "TYPE" else catalog.objects):
        raise sql_error(15151, "find", kind.lower(), name[-1])
    return f"{kind.lower()}:{'.'.join(key)}"
