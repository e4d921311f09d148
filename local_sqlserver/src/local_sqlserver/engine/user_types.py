"""CREATE TYPE and DROP TYPE: alias types and table types. Source: the T-SQL reference, CREATE TYPE and DROP TYPE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from local_sqlserver.catalog.objects import Catalog, CatalogObject
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.engine import catalog_changes
from local_sqlserver.engine.compilation import Compilation
from local_sqlserver.engine.events import Done, Event
from local_sqlserver.engine.permissions import Permissions
from local_sqlserver.engine.state import Frame
from local_sqlserver.engine.work import Work
from local_sqlserver.errors import sql_error
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_batch
from local_sqlserver.types import SqlType, UserType

Writing = Callable[[int], AbstractContextManager[None]]
"""Encloses the changes of the statement at a line."""

_MODULES = ("P", "FN", "IF", "TF")


class UserTypes:
    """The statements about user-defined types, for one session."""

    def __init__(
        self, view: CatalogView, work: Work, permissions: Permissions, compilation: Compilation, writing: Writing
    ) -> None:
        self._view = view
        self._work = work
        self._permissions = permissions
        self._compilation = compilation
        self._writing = writing

    def create(self, statement: syntax.CreateType, frame: Frame) -> Iterator[Event]:
        """CREATE TYPE; raises SqlError 219 if the type exists, 262, 2760."""
        self._permissions.check_definition("CREATE TYPE")
        target = self._compilation.context(frame).target(statement.name, statement.line)
        database = self._view.database(target.database)
        item = UserType(
            *(database.new_object_id(), target.schema, target.name, statement.declared, statement.nullable),
            object_id=database.new_object_id() if statement.table is not None else 0,
        )
        if item.key in self._view.catalog(database.name).types:
            raise sql_error(219, ".".join(statement.name), line=statement.line)
        hidden = self._hidden_table(statement.table, item, frame) if statement.table is not None else None
        yield from self._work.begin_implicitly(frame)
        with self._writing(statement.line):
            transactions = self._work.transactions
            if hidden is not None:
                catalog_changes.put(self._view, transactions, database.name, hidden, new=True)
            base = statement.type or SqlType("table")
            catalog_changes.put_type(self._view, transactions, database.name, item, base)
        yield Done(in_procedure=frame.in_procedure)

    def _hidden_table(self, table: syntax.CreateTable, item: UserType, frame: Frame) -> CatalogObject:
        """The table of a table type in sys.objects; raises SqlError for wrong columns and constraints."""
        translation, _ = self._compilation.compiled(table, frame)
        relation, now = translation.changes[0].relation, datetime.now()
        return CatalogObject(
            *(item.object_id, "sys", f"TT_{item.name}_{item.object_id:08X}", "TT", now, now),
            columns=relation.columns,
            constraints=tuple(replace(known, name=known.name.replace("@", "TT_")) for known in relation.constraints),
        )

    def drop(self, statement: syntax.DropObjects, frame: Frame) -> Iterator[Event]:
        """DROP TYPE; raises SqlError 218 if the type does not exist, 3732 if an object uses it.

        It needs CONTROL on the type or ALTER on its schema; without them, the type is reported as missing.
        """
        (name,) = statement.names
        catalog = self._view.catalog(frame.database)
        schema = name[-2] if len(name) > 1 else "dbo"
        item = catalog.types.get((schema.lower(), name[-1].lower()))
        if item is not None and not self._may_drop(frame.database, item):
            raise sql_error(218, ".".join(name), line=statement.line)
        if item is not None:
            user = self._user(catalog, frame.database, item)
            if user is not None:
                raise sql_error(3732, ".".join(name), user.name, line=statement.line)
            yield from self._work.begin_implicitly(frame)
            with self._writing(statement.line):
                catalog_changes.drop_type(self._view, self._work.transactions, frame.database, item)
        elif not statement.if_exists:
            raise sql_error(218, ".".join(name), line=statement.line)
        yield Done(in_procedure=frame.in_procedure)

    def _may_drop(self, database: str, item: UserType) -> bool:
        allowed = self._permissions.allowed
        return allowed(database, "CONTROL", item.schema, item.name, kind="type") or allowed(
            database, "ALTER", item.schema, ""
        )

    def _user(self, catalog: Catalog, database: str, item: UserType) -> CatalogObject | None:
        """An object with a column, a parameter or a variable of the type."""
        for known in catalog.objects.values():
            declared = [column.type.user for column in known.columns]
            declared += [parameter.type.user for parameter in known.parameters]
            if known.type in _MODULES and item.name.lower() in known.definition.lower():
                batch = parse_batch(known.definition, types=self._view.user_types(database))
                for node in batch.walk():
                    if isinstance(node, syntax.VariableDeclaration | syntax.ProcedureParameter):
                        declared.append(node.type.user)
                    elif isinstance(node, syntax.CreateTable):
                        declared.append(node.user_type)
            if item.id in declared:
                return known
        return None
