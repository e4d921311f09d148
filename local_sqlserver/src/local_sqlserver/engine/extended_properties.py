"""sp_addextendedproperty, sp_updateextendedproperty and sp_dropextendedproperty; sys.extended_properties shows them.

Properties of the database, of schemas, and of tables, views and procedures with their columns and parameters. A value
is text, because the stand-in has no sql_variant. Source: the T-SQL reference, sp_addextendedproperty.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from local_sqlserver.catalog.objects import CATALOG_SCHEMA, CatalogObject, quote
from local_sqlserver.engine.arguments import ArgumentValue, CallResult
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.engine.ports import Caller
from local_sqlserver.engine.state import Frame
from local_sqlserver.errors import SqlError, sql_error, unsupported
from local_sqlserver.types import SqlType

_VALUE = SqlType("nvarchar", length=3750)
_TYPES = {"TABLE": "U", "VIEW": "V", "PROCEDURE": "P"}


class _Owner(NamedTuple):
    """What a property belongs to: its class and id in the catalog, the column or parameter, its name for messages."""

    kind: int
    major_id: int
    part: str
    name: str


def add(caller: Caller, given: dict[str, ArgumentValue], frame: Frame) -> CallResult:
    """Add a property. Raises SqlError 15135, 15233, 15247, 15600."""
    owner, name = _owner(caller, given, frame, "sp_addextendedproperty"), _name(given, "sp_addextendedproperty")
    sql = f"INSERT INTO {{0}} SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM {{0}} WHERE {_KEY}) RETURNING 1"
    if not _write(caller, frame, sql, [*owner[:3], name, _value(given)]):
        raise sql_error(15233, name, owner.name)
    return CallResult(0, {})


def update(caller: Caller, given: dict[str, ArgumentValue], frame: Frame) -> CallResult:
    """Replace the value of a property. Raises SqlError 15135, 15217, 15247, 15600."""
    owner, name = _owner(caller, given, frame, "sp_updateextendedproperty"), _name(given, "sp_updateextendedproperty")
    sql = f"UPDATE {{0}} SET value = $5 WHERE {_KEY} RETURNING 1"
    if not _write(caller, frame, sql, [*owner[:3], name, _value(given)]):
        raise sql_error(15217, name, owner.name)
    return CallResult(0, {})


def drop(caller: Caller, given: dict[str, ArgumentValue], frame: Frame) -> CallResult:
    """Delete a property. Raises SqlError 15135, 15217, 15247, 15600."""
    owner, name = _owner(caller, given, frame, "sp_dropextendedproperty"), _name(given, "sp_dropextendedproperty")
    if not _write(caller, frame, f"DELETE FROM {{0}} WHERE {_KEY} RETURNING 1", [*owner[:3], name]):
        raise sql_error(15217, name, owner.name)
    return CallResult(0, {})


_KEY = "class = $1 AND major_id = $2 AND lower(part) = lower($3) AND lower(name) = lower($4)"


def _write(caller: Caller, frame: Frame, sql: str, values: list[Any]) -> bool:
    """Change the properties; whether there was anything to change."""
    table = f"{quote(frame.database)}.{quote(CATALOG_SCHEMA)}.extended_properties"
    with caller.writing():
        return bool(caller.transactions.connection.execute(sql.format(table), values).fetchall())


def _text(given: dict[str, ArgumentValue], parameter: str) -> str:
    argument = given.get(parameter)
    return "" if argument is None or argument.value is None else str(argument.value)


def _name(given: dict[str, ArgumentValue], procedure: str) -> str:
    name = _text(given, "@name")
    if not name:
        raise sql_error(15600, procedure)
    return name


def _value(given: dict[str, ArgumentValue]) -> str | None:
    argument = given.get("@value")
    if argument is None or argument.value is None:
        return None
    return str(coerce(argument.value, _VALUE, argument.type))


def _owner(caller: Caller, given: dict[str, ArgumentValue], frame: Frame, procedure: str) -> _Owner:
    try:
        caller.check_definition(procedure)
    except SqlError as error:
        raise sql_error(15247) from error
    levels: list[tuple[str, str]] = []
    for level in range(3):
        kind, name = _text(given, f"@level{level}type").upper(), _text(given, f"@level{level}name")
        if bool(kind) != bool(name) or (kind and len(levels) < level):
            raise sql_error(15600, procedure)
        if kind:
            levels.append((kind, name))
    if not levels:
        return _Owner(0, 0, "", "object specified")
    supported = ("SCHEMA", (*_TYPES,), ("COLUMN", "PARAMETER"))
    for (kind, _), kinds in zip(levels, supported, strict=False):
        if kind not in kinds:
            raise unsupported(f"An extended property of level type {kind}")
    full = ".".join(name for _, name in levels)
    catalog = caller.view.catalog(frame.database)
    schema = catalog.schemas.get(levels[0][1].lower())
    if schema is None:
        raise sql_error(15135, full)
    if len(levels) == 1:
        return _Owner(3, schema[0], "", full)
    item = catalog.find(levels[0][1], levels[1][1])
    if item is None or item.type != _TYPES[levels[1][0]]:
        raise sql_error(15135, full)
    if len(levels) == 2:
        return _Owner(1, item.id, "", full)
    part = _part(item, *levels[2])
    if part is None:
        raise sql_error(15135, full)
    return _Owner(1 if levels[2][0] == "COLUMN" else 2, item.id, part, full)


def _part(item: CatalogObject, kind: str, name: str) -> str | None:
    parts = item.columns if kind == "COLUMN" else item.parameters
    return next((part.name for part in parts if part.name.lower() == name.lower()), None)
