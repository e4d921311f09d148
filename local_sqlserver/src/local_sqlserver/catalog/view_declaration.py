"""The declaration of a system view: its columns with T-SQL types, and the DuckDB SQL of their values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from local_sqlserver.compiler import ColumnInfo
from local_sqlserver.language.parser import parse_parameters
from local_sqlserver.types import SqlType

_COLUMN = re.compile(r"(?P<name>\w+) (?P<type>[\w(),]+)(?P<nullable>\??)(?: = (?P<value>.*))?")


@dataclass(frozen=True, slots=True)
class SystemView:
    """A view of the system.

    ``values`` are the DuckDB expressions of the columns, ``source`` is what follows FROM. In both, {home} stands for
    the catalog's schema in the database, {name} for the database's name as a literal. A view ``of_server`` is in
    master alone. A ``compatibility`` view is also found in dbo and without a schema.
    """

    schema: str
    name: str
    columns: tuple[ColumnInfo, ...]
    values: tuple[str, ...]
    source: str
    of_server: bool = False
    compatibility: bool = False


@lru_cache(maxsize=1000)
def _type(text: str) -> SqlType:
    (parameter,) = parse_parameters(f"@x {text}")
    return parameter.type


def declare(
    name: str, source: str, columns: str, *, of_server: bool = False, compatibility: bool = False
) -> SystemView:
    """Declare a view. ``columns`` has a line for each column: ``name type`` or ``name type = value``.

    A ``?`` after the type lets the column be NULL. Without a value it is the column of that name in ``source``.
    """
    schema, _, name = name.partition(".")
    infos, values = [], []
    for line in filter(None, map(str.strip, columns.splitlines())):
        match = _COLUMN.fullmatch(line)
        if match is None:
            raise ValueError(f"no declaration of a column: {line}")
        infos.append(ColumnInfo(match["name"], _type(match["type"]), nullable=bool(match["nullable"])))
        values.append(match["value"] or f'"{match["name"]}"')
    return SystemView(schema, name, tuple(infos), tuple(values), source, of_server, compatibility)


def empty(name: str, columns: str, *, of_server: bool = False) -> SystemView:
    """Declare a view without rows, for a kind of object that no database of the stand-in has."""
    view = declare(name, "(SELECT 1) WHERE FALSE", columns, of_server=of_server)
    return replace(view, values=("NULL",) * len(view.columns))
