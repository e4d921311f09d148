"""Permissions, checked where SQL Server checks them.

The administrator has all of them. The caller's permissions on tables are not checked inside a procedure or below a
view, because dbo owns everything (ownership chaining).
"""

from __future__ import annotations

from local_sqlserver.catalog.accounts import Accounts, user_of
from local_sqlserver.catalog.databases import TEMPDB, Database
from local_sqlserver.catalog.objects import MASTER, CatalogObject
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import CatalogChange, Relation, Translation
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax

_CHAINED = frozenset({"select", "insert", "update", "delete", "merge"})
"""The commands that an ownership chain covers. TRUNCATE and DDL need a permission of the caller or of a signature."""


_DENYING = {"SELECT": "db_denydatareader"} | dict.fromkeys(("INSERT", "UPDATE", "DELETE"), "db_denydatawriter")
"""The roles whose members lack a permission on every table."""

_OTHER_PERMISSIONS = {"FN": "EXECUTE", "IF": "SELECT", "TF": "SELECT", "SO": "UPDATE"}
"""The permission that a statement needs on a user-defined function, or on the sequence of NEXT VALUE FOR."""


class Permissions:
    """The permissions of one session's login."""

    def __init__(self, accounts: Accounts, view: CatalogView, state: SessionState) -> None:
        self._accounts = accounts
        self._view = view
        self._state = state

    @property
    def _administrator(self) -> bool:
        return self._accounts.is_administrator(self._state.login)

    def user_name(self, database: str) -> str:
        """USER_NAME()."""
        if self._administrator:
            return "dbo"
        user = user_of(self._state.login, self._view.catalog(database))
        return user.name if user else "guest"

    def roles(self, database: str, signers: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return the session's user, the users of a module's signatures, and all their roles, in lower case."""
        catalog = self._view.catalog(database)
        names = {self.user_name(database).lower(), "public", *signers}
        while True:
            more = {key for key, item in catalog.principals.items() if item.members & names} - names
            if not more:
                return frozenset(names)
            names |= more

    def allowed(
        self,
        database: str,
        permission: str,
        schema: str,
        name: str,
        signers: frozenset[str] = frozenset(),
        kind: str = "object",
    ) -> bool:
        """Whether the session or a signature has a permission on an object or (``kind``) a type.

        A DENY on any level takes precedence.
        """
        if self._administrator or database == TEMPDB:
            return True
        names = self.roles(database, signers)
        levels = {"database", f"schema:{schema.lower()}", f"{kind}:{schema.lower()}.{name.lower()}"}
        states = {
            entry.state
            for entry in self._view.catalog(database).permissions
            if entry.principal in names and entry.securable in levels and entry.permission in (permission, "CONTROL")
        }
        if "D" in states or _DENYING.get(permission) in names:
            return False
        if "db_owner" in names:
            return True
        if permission == "SELECT" and "db_datareader" in names:
            return True
        if permission in ("INSERT", "UPDATE", "DELETE") and "db_datawriter" in names:
            return True
        if permission == "ALTER" and "db_ddladmin" in names:
            return True
        return "G" in states

    def check(self, frame: Frame, translation: Translation, relations: tuple[Relation, ...]) -> None:
        """Raise SqlError 229, 262 or 1088 unless the session may run a statement in this frame."""
        if self._administrator or (frame.chained and translation.command in _CHAINED):
            return
        for change in translation.changes:
            if change.relation.kind not in ("T", "@"):
                self._check_change(change)
            if change.relation.kind == "U" and translation.command == "ddl":
                self._check_column_types(change.relation, frame)
        for relation in relations:
            if relation.kind in _OTHER_PERMISSIONS:
                self._require_other(frame, relation)
            if relation.kind not in ("U", "V"):
                continue
            needed: tuple[str, ...] = ("SELECT",)
            if translation.command in ("truncate", "ddl"):
                needed = ("ALTER",)
            elif relation == translation.target and relations.count(relation) == 1:
                needed = translation.permissions
            elif relation == translation.target:  # it is read, too
                needed = ("SELECT", *translation.permissions)
            for permission in needed:
                self.require(frame, permission, relation)

    def check_declarations(self, batch: syntax.Batch, frame: Frame) -> None:
        """Raise SqlError 229 without EXECUTE on the type of a table variable, before any of its batch runs.

        Source: "User-defined table types", Security. An ownership chain covers the variables of a procedure.
        """
        if self._administrator or frame.chained:
            return
        if any(isinstance(each, syntax.CreateProcedure | syntax.CreateFunction) for each in batch.statements):
            return
        for node in batch.walk(queries=False):
            for item in node.items if isinstance(node, syntax.Declare) else ():
                if isinstance(item, syntax.TableDeclaration):
                    self.check_type(frame.database, "EXECUTE", item.table.user_type, frame.signers)

    def _check_column_types(self, relation: Relation, frame: Frame) -> None:
        """Raise SqlError 229 without REFERENCES on a type that a table has not used before ("CREATE TYPE", Remarks)."""
        present = self._view.catalog(relation.database).find(relation.schema, relation.name)
        before = {column.type.user for column in present.columns} if present is not None else set()
        for column in relation.columns:
            if column.type.user not in before:
                self.check_type(relation.database, "REFERENCES", column.type.user, frame.signers)

    def check_type(self, database: str, permission: str, type_id: int, signers: frozenset[str] = frozenset()) -> None:
        """Raise SqlError 229 without a permission on a user-defined type; any other id needs none."""
        found = self._view.catalog(database).type_by_id(type_id) if type_id else None
        if found is None or self.allowed(database, permission, found.schema, found.name, signers, "type"):
            return
        raise sql_error(229, permission, found.name, database, found.schema)

    def require(self, frame: Frame, permission: str, relation: Relation) -> None:
        """Raise SqlError 229, or 1088 for ALTER, unless the session has a permission on a table or view."""
        database, schema, name = relation.database, relation.schema, relation.name
        if relation.kind not in ("U", "V") or self.allowed(database, permission, schema, name, frame.signers):
            return
        if permission == "ALTER":  # SQL Server reports an object as missing if the login may not see it
            raise sql_error(1088, name, state=7)
        raise sql_error(229, permission, name, database, schema)

    def _require_other(self, frame: Frame, relation: Relation) -> None:
        database, schema, name = relation.database, relation.schema, relation.name
        permission = _OTHER_PERMISSIONS[relation.kind]
        if not self.allowed(database, permission, schema, name, frame.signers):
            raise sql_error(229, permission, name, database, schema)

    def check_execute(self, frame: Frame, database: str, item: CatalogObject) -> None:
        """Raise SqlError 229 without EXECUTE on a procedure."""
        if frame.chained or self.allowed(database, "EXECUTE", item.schema, item.name, frame.signers):
            return
        raise sql_error(229, "EXECUTE", item.name, database, item.schema)

    def check_definition(self, statement: str) -> None:
        """Raise SqlError 262 unless the session may define objects in its database."""
        if not self.may_define():
            raise sql_error(262, statement, self._state.frame.database)

    def may_define(self) -> bool:
        """Whether the session may create, alter and drop objects in its database."""
        return self._administrator or bool(self.roles(self._state.frame.database) & {"db_owner", "db_ddladmin"})

    def _check_change(self, change: CatalogChange) -> None:
        """Raise SqlError 262 unless the session may create an object; it does not find others (1088, 3701)."""
        if self.may_define():
            return
        name, (verb, kind) = f"{change.relation.schema}.{change.relation.name}", change.action.split()
        if change.action in ("alter table", "create index"):
            raise sql_error(1088, name, state=13)
        if verb == "drop":
            self.check_drop(kind, f"{name}.{change.text}" if kind == "index" else name)
        self.check_definition(change.action.upper())

    def check_drop(self, kind: str, name: str) -> None:
        """Raise SqlError 3701 unless the session may drop an object of a kind, which it does not find."""
        if not self.may_define():
            raise sql_error(3701, "drop", kind, name, state=20)

    def check_security(self, *roles: str) -> None:
        """Raise SqlError 15247 unless the session is in db_owner or one of these roles."""
        if not self._administrator and not self.roles(self._state.frame.database) & {"db_owner", *roles}:
            raise sql_error(15247)

    def check_server(self, statement: str) -> None:
        """Raise SqlError 262 unless the administrator is logged in; 15247 for logins."""
        if not self._administrator:
            raise sql_error(15247) if statement.endswith("LOGIN") else sql_error(262, statement, "master")

    def check_bulk(self, frame: Frame, relation: Relation, line: int) -> None:
        """Raise SqlError 4834 without the server's permission for BULK INSERT, 229 without INSERT on the table."""
        if self._administrator:
            return
        self.check_bulk_files(line)
        self.require(frame, "INSERT", relation)

    def check_bulk_files(self, line: int) -> None:
        """Raise SqlError 4834 without the server's permission to read files: BULK INSERT, OPENROWSET(BULK …)."""
        granted = {
            entry.principal
            for entry in self._view.catalog(MASTER).permissions
            if entry.permission == "ADMINISTER BULK OPERATIONS"
        }
        if not self._administrator and f"login:{self._state.login.lower()}" not in granted:
            raise sql_error(4834, line=line)

    def check_database(self, database: Database) -> None:
        """Raise SqlError 916 (no user there) or 924 (single user)."""
        if not self._accounts.may_enter(self._state.login, database):
            raise sql_error(916, self._state.login, database.name)
        if database.single_user is not None and database.single_user != self._state.spid:
            raise sql_error(924, database.name)
