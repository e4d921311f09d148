"""The result set of sp_describe_undeclared_parameters, from which Microsoft's driver takes parameter types."""

from __future__ import annotations

from typing import Any

from local_sqlserver.compiler.contract import Context
from local_sqlserver.compiler.undeclared import parameter_types
from local_sqlserver.errors import unsupported
from local_sqlserver.types import MAX, TYPES, SqlType, digits, storage_bytes

_INT = SqlType("int")
_SYSNAME = SqlType("nvarchar", length=128)
_BIT = SqlType("bit")
_TINYINT = SqlType("tinyint")

COLUMNS: tuple[tuple[str, SqlType], ...] = (
    ("parameter_ordinal", _INT),
    ("name", _SYSNAME),
    ("suggested_system_type_id", _INT),
    ("suggested_system_type_name", SqlType("nvarchar", length=256)),
    ("suggested_max_length", SqlType("smallint")),
    ("suggested_precision", _TINYINT),
    ("suggested_scale", _TINYINT),
    ("suggested_user_type_id", _INT),
    ("suggested_user_type_database", _SYSNAME),
    ("suggested_user_type_schema", _SYSNAME),
    ("suggested_user_type_name", _SYSNAME),
    ("suggested_assembly_qualified_type_name", SqlType("nvarchar", length=4000)),
    ("suggested_xml_collection_id", _INT),
    ("suggested_xml_collection_database", _SYSNAME),
    ("suggested_xml_collection_schema", _SYSNAME),
    ("suggested_xml_collection_name", _SYSNAME),
    ("suggested_is_xml_document", _BIT),
    ("suggested_is_case_sensitive", _BIT),
    ("suggested_is_fixed_length_clr_type", _BIT),
    ("suggested_is_input", _BIT),
    ("suggested_is_output", _BIT),
    ("formal_parameter_name", _SYSNAME),
    ("suggested_tds_type_id", _INT),
    ("suggested_tds_length", _INT),
)


def describe(statement: str, declared: set[str], context: Context) -> list[tuple[Any, ...]]:
    """Return a row of ``COLUMNS`` for each parameter but the ``declared`` ones (lower case).

    Raises SqlError of parsing and name resolution, 40510 if no column determines a parameter's type.
    """
    found = parameter_types(statement, context)
    undeclared = [(name, kind) for name, kind in found.items() if name.lower() not in declared]
    return [_row(ordinal, name, kind) for ordinal, (name, kind) in enumerate(undeclared, start=1)]


def _row(ordinal: int, name: str, kind: SqlType | None) -> tuple[Any, ...]:
    if kind is None:
        raise unsupported(f"sp_describe_undeclared_parameters without a column that determines the type of {name}")
    row = TYPES[kind.name]
    size, (precision, scale) = storage_bytes(kind), digits(kind)
    return (
        *(ordinal, name, row.id, str(kind), size, precision, scale),
        *(None,) * 9,
        *(0, 0, 0, 1, 0, None),
        *(row.token, 0xFFFF if size == MAX else size),
    )
