"""sp_rename: new names of tables, views, procedures, columns, indexes and constraints.

Source: the T-SQL reference, "sp_rename". The text of modules keeps the old name there, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from local_sqlserver.catalog import store
from local_sqlserver.catalog.objects import Catalog, CatalogObject, PermissionInfo
from local_sqlserver.engine import catalog_changes
from local_sqlserver.engine.arguments import ArgumentValue, Call, CallResult
from local_sqlserver.engine.events import Message
from local_sqlserver.engine.ports import Caller
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import MESSAGES, message_text, sql_error, unsupported
from local_sqlserver.language import syntax
from local_sqlserver.language.parser import parse_name


def rename(caller: Caller, arguments: Sequence[ArgumentValue], frame: Frame) -> Call:
    """sp_rename @objname, @newname [, @objtype]; raises 15225, 15248, 15249, 15335, 15336."""
    names = ("@objname", "@newname", "@objtype")
    given = {argument.name.lower() or names[position]: argument for position, argument in enumerate(arguments[:3])}
    for name in names[:2]:
        if name not in given or given[name].value is None:
            raise sql_error(201, "sp_rename", name)
    old, new = (str(given[name].value) for name in names[:2])
    kind = str(given["@objtype"].value or "").upper() if "@objtype" in given else ""
    if kind not in ("", "OBJECT", "COLUMN", "INDEX"):
        if kind in ("DATABASE", "STATISTICS", "USERDATATYPE"):
            raise unsupported(f"sp_rename of a {kind}")
        raise sql_error(15249, kind)
    parts = parse_name(old)
    caller.check_definition("ALTER TABLE")
    with caller.writing():
        if kind in ("COLUMN", "INDEX"):
            if len(parts) < 2:
                raise sql_error(15248, kind)
            _change(caller, frame, parts[:-1], kind, parts[-1], new)
        else:
            _object(caller, frame, parts, new, kind)
    yield Message(message_text(15477), 15477, MESSAGES[15477].severity)
    return CallResult(0, {})


def _change(caller: Caller, frame: Frame, target: syntax.Name, kind: str, old: str, new: str) -> None:
    """Compile and run the change of a table."""
    node = syntax.Rename(target=target, kind=kind, old=old, new=new, line=0)
    translation, _ = caller.compilation.compiled(node, frame)
    for sql in translation.statements:
        caller.transactions.connection.execute(sql)
    for change in translation.changes:
        catalog_changes.record(caller.state, caller.view, caller.transactions, frame, change)


def _object(caller: Caller, frame: Frame, parts: syntax.Name, new: str, kind: str) -> None:
    if len(parts) > 2 and parts[0].lower() != frame.database.lower():
        raise sql_error(15250)
    schema = parts[-2] if len(parts) > 1 else "dbo"
    catalog = caller.view.catalog(frame.database)
    item = catalog.find(schema, parts[-1])
    owner = catalog.constraint_owner(schema, parts[-1])
    if item is None and owner is None:
        raise sql_error(15225, parts[-1], frame.database, kind or "(null)")
    if catalog.is_taken(schema, new):
        raise sql_error(15335, new, "object")
    if item is None and owner is not None:
        _change(caller, frame, (owner[0].schema, owner[0].name), "INDEX", parts[-1], new)
    elif item is not None:
        if item.type != "P":
            _change(caller, frame, (item.schema, item.name), "OBJECT", item.name, new)
        _store(caller, frame.database, item, new)


def _store(caller: Caller, database: str, item: CatalogObject, new: str) -> None:
    """Give an object of the catalog its new name; its permissions follow."""
    catalog = caller.view.catalog(database)
    present = catalog.by_id(item.id)
    assert present is not None
    renamed = replace(present, name=new, modified=datetime.now())
    securables = [f"object:{schema}.{name}" for schema, name in (item.key, renamed.key)]

    def moved(catalog: Catalog) -> frozenset[PermissionInfo]:
        old, other = securables
        return frozenset(
            replace(known, securable=other) if known.securable == old else known for known in catalog.permissions
        )

    def apply(catalog: Catalog) -> None:
        catalog.objects.pop(item.key, None)
        catalog.permissions = moved(catalog)

    after = replace(catalog.copy(), permissions=moved(catalog))
    store.put_principals(caller.transactions.connection, database, catalog, after)
    caller.view.change(database, apply)
    catalog_changes.put(caller.view, caller.transactions, database, renamed, new=False)
