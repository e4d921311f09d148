"""Records changes by DDL: in the catalog's tables and in memory, or in the frame for temporary tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from local_sqlserver.catalog import store, system_views
from local_sqlserver.catalog.objects import INDEX_KINDS, Catalog, CatalogObject, sequence_text
from local_sqlserver.catalog.sys_views import GENERATED
from local_sqlserver.catalog.view import CatalogView
from local_sqlserver.compiler import CatalogChange, Relation
from local_sqlserver.engine.state import Frame, SessionState
from local_sqlserver.engine.transactions import Transactions
from local_sqlserver.errors import not_created, sql_error, unsupported
from local_sqlserver.language.tokens import tokenize
from local_sqlserver.types import SqlType, UserType


def check(view: CatalogView, change: CatalogChange) -> None:
    """Raise SqlError 2714 before a change that gives a new object, constraint or default a name that is taken."""
    relation = change.relation
    if relation.kind not in ("U", "V", "SO"):
        return
    catalog = view.catalog(relation.database)
    present = catalog.find(relation.schema, relation.name)
    if change.action == "create table" or (change.action in ("create view", "create sequence") and present is None):
        catalog.check_free(relation.schema, relation.name)
    if change.action not in ("create table", "alter table"):
        return
    old = _names(present) if present is not None else set()
    for name in sorted(_names(relation) - old):
        if name.lower() == relation.name.lower() or catalog.is_taken(relation.schema, name):
            raise not_created(sql_error(2714, name, state=5))


_GENERATED = re.compile(f"(PK|UQ|CK|DF){GENERATED}")


def check_temporary(state: SessionState, sessions: Iterable[SessionState], change: CatalogChange) -> None:
    """Raise SqlError 2714 for a constraint of a temporary table whose name another temporary table has given.

    All sessions share tempdb, where the names of constraints are unique; SQL Server makes those that it generates so.
    """
    relation = change.relation
    given = {name.lower() for name in _names(relation) if not _GENERATED.fullmatch(name)}
    if relation.kind != "T" or change.action not in ("create table", "alter table") or not given:
        return
    for session in sessions:
        for frame in list(session.frames):
            for other in list(frame.temporary.values()):
                if session is state and other.duckdb_name == relation.duckdb_name:
                    continue
                for name in _names(other):
                    if name.lower() in given:
                        raise not_created(sql_error(2714, name, state=5))


def _names(item: Relation | CatalogObject) -> set[str]:
    """Return the names of the constraints and defaults of a table."""
    constraints = {constraint.name for constraint in item.constraints if constraint.kind not in INDEX_KINDS}
    return constraints | {column.default_name for column in item.columns if column.default_name}


def record(
    state: SessionState, view: CatalogView, transactions: Transactions, frame: Frame, change: CatalogChange
) -> None:
    """Record one change, inside its transaction."""
    relation = change.relation
    if relation.kind == "T":
        _record_temporary(state, transactions, frame, change)
    elif relation.kind == "SO":
        _record_sequence(view, transactions, change)
    elif relation.kind in ("U", "V"):
        _record_object(view, transactions, change)


def _with_columns(transactions: Transactions, relation: Relation) -> Relation:
    if relation.columns:
        return relation
    columns = system_views.columns(transactions.connection, relation.duckdb_name)
    return replace(relation, columns=columns)


def _record_temporary(state: SessionState, transactions: Transactions, frame: Frame, change: CatalogChange) -> None:
    name = change.relation.name.lower()
    if change.action == "create table":
        frame.temporary[name] = _with_columns(transactions, change.relation)
        return
    for scope in reversed(state.frames):
        if name in scope.temporary:
            if change.action == "drop table":
                del scope.temporary[name]
            else:
                scope.temporary[name] = change.relation
            return


def _record_object(view: CatalogView, transactions: Transactions, change: CatalogChange) -> None:
    relation, database = change.relation, change.relation.database
    catalog = view.catalog(database)
    present = catalog.find(relation.schema, relation.name)
    if change.action.startswith("drop ") and change.action in ("drop table", "drop view"):
        if present is not None:
            drop(view, transactions, database, present)
        return
    relation = _with_columns(transactions, relation)
    now = datetime.now()
    if change.action in ("create table", "create view"):
        item = CatalogObject(
            id=view.database(database).new_object_id() if present is None else present.id,
            schema=relation.schema,
            name=relation.name,
            type="V" if change.action == "create view" else "U",
            created=now if present is None else present.created,
            modified=now,
            definition=stored_definition(change.text) if change.action == "create view" else "",
            columns=relation.columns,
            constraints=relation.constraints,
        )
    elif present is not None:
        item = replace(present, modified=now, columns=relation.columns, constraints=relation.constraints)
    else:
        raise unsupported(f"{change.action.upper()} of an object that is not in the catalog")
    put(view, transactions, database, item, new=present is None)


def _record_sequence(view: CatalogView, transactions: Transactions, change: CatalogChange) -> None:
    relation, database = change.relation, change.relation.database
    present = view.catalog(database).find(relation.schema, relation.name)
    if change.action == "drop sequence":
        assert present is not None
        drop(view, transactions, database, present)
        return
    assert relation.sequence is not None
    now = datetime.now()
    item = CatalogObject(
        id=present.id if present else view.database(database).new_object_id(),
        schema=relation.schema,
        name=relation.name,
        type="SO",
        created=present.created if present else now,
        modified=now,
        definition=sequence_text(relation.sequence),
    )
    put(view, transactions, database, item, new=present is None)


def stored_definition(text: str) -> str:
    """Return a view's or procedure's definition as SQL Server stores it: always beginning with CREATE.

    OR ALTER is removed but not the blanks around it: CREATE OR ALTER VIEW becomes CREATE, three blanks, VIEW.
    """
    first, *others = (token for token in tokenize(text) if token.text != ";")
    if first.upper == "ALTER":
        return f"{text[: first.start]}CREATE{text[first.end :]}"
    if others[0].upper == "OR":
        between = text[others[0].end : others[1].start]
        return text[: others[0].start] + between + text[others[1].end :]
    return text


def put(view: CatalogView, transactions: Transactions, database: str, item: CatalogObject, *, new: bool) -> None:
    """Store an object in the catalog's tables and in memory."""
    store.put_object(transactions.connection, database, item, new)
    if not new:
        kept = {""} | {column.name for column in item.columns} | {parameter.name for parameter in item.parameters}
        store.drop_properties(transactions.connection, database, item.id, kept)

    def apply(catalog: Catalog) -> None:
        catalog.objects[item.key] = item

    view.change(database, apply)


def put_type(view: CatalogView, transactions: Transactions, database: str, item: UserType, base: SqlType) -> None:
    """Store a user-defined type in the catalog's tables and in memory; ``base`` is that of an alias type."""
    store.put_type(transactions.connection, database, item, base)

    def apply(catalog: Catalog) -> None:
        catalog.types[item.key] = item

    view.change(database, apply)


def drop_type(view: CatalogView, transactions: Transactions, database: str, item: UserType) -> None:
    """Remove a user-defined type from the catalog's tables and from memory, with the hidden table of a table type."""
    hidden = view.catalog(database).by_id(item.object_id)
    if hidden is not None:
        drop(view, transactions, database, hidden)
    store.drop_type(transactions.connection, database, item.id)
    drop_permissions(view, transactions, database, f"type:{'.'.join(item.key)}")

    def apply(catalog: Catalog) -> None:
        catalog.types.pop(item.key, None)

    view.change(database, apply)


def drop(view: CatalogView, transactions: Transactions, database: str, item: CatalogObject) -> None:
    """Remove an object from the catalog's tables and from memory."""
    store.drop_object(transactions.connection, database, item.id)
    store.drop_properties(transactions.connection, database, item.id, [])
    drop_permissions(view, transactions, database, f"object:{'.'.join(item.key)}")

    def apply(catalog: Catalog) -> None:
        catalog.objects.pop(item.key, None)

    view.change(database, apply)


def drop_permissions(view: CatalogView, transactions: Transactions, database: str, securable: str) -> None:
    """Remove the permissions on what is dropped, because the next object of its name must not inherit them."""
    if all(known.securable != securable for known in view.catalog(database).permissions):
        return
    store.drop_permissions(transactions.connection, database, securable)

    def apply(catalog: Catalog) -> None:
        catalog.permissions = frozenset(known for known in catalog.permissions if known.securable != securable)

    view.change(database, apply)
