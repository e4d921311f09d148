"""The result set of sp_describe_undeclared_parameters, by which Microsoft's driver types the parameters of a batch."""

from __future__ import annotations

from typing import Any

from local_sqlserver.compiler.contract import Context
from local_sqlserver.compiler.undeclared import parameter_types
from local_sqlserver.engine.system_views import TYPE_IDS
from local_sqlserver.errors import unsupported
from local_sqlserver.types import MAX, SqlType

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

_NULLABLE_TOKENS = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), 0x26),
    **dict.fromkeys(("real", "float"), 0x6D),
    **dict.fromkeys(("money", "smallmoney"), 0x6E),
    **dict.fromkeys(("datetime", "smalldatetime"), 0x6F),
}
"""TDS tokens (2.2.5.4.2) where they differ from sys.types.system_type_id."""

_SIZES: dict[str, tuple[int, int, int]] = {
    # bytes, precision, scale
    "bit": (1, 1, 0),
    "tinyint": (1, 3, 0),
    "smallint": (2, 5, 0),
    "int": (4, 10, 0),
    "bigint": (8, 19, 0),
    "real": (4, 24, 0),
    "float": (8, 53, 0),
    "smallmoney": (4, 10, 4),
    "money": (8, 19, 4),
    "date": (3, 10, 0),
    "smalldatetime": (4, 16, 0),
    "datetime": (8, 23, 3),
    "uniqueidentifier": (16, 0, 0),
}


def describe(statement: str, declared: set[str], context: Context) -> list[tuple[Any, ...]]:
    """Return a row of ``COLUMNS`` for each parameter but the ``declared`` ones (lower case).

    Raises SqlError of parsing and name resolution, 40510 where no column tells a parameter's type.
    """
    found = parameter_types(statement, context)
    undeclared = [(name, kind) for name, kind in found.items() if name.lower() not in declared]
    return [_row(ordinal, name, kind) for ordinal, (name, kind) in enumerate(undeclared, start=1)]


def _row(ordinal: int, name: str, kind: SqlType | None) -> tuple[Any, ...]:
    if kind is None:
        raise unsupported(f"sp_describe_undeclared_parameters where no column tells the type of {name}")
    size, precision, scale = _size(kind)
    type_id = TYPE_IDS[kind.name]
    return (
        *(ordinal, name, type_id, str(kind), size, precision, scale),
        *(None,) * 9,
        *(0, 0, 0, 1, 0, None),
        *(_NULLABLE_TOKENS.get(kind.name, type_id), 0xFFFF if size == MAX else size),
    )


def _size(kind: SqlType) -> tuple[int, int, int]:
    """Return bytes (``MAX`` for such), precision and scale of a type."""
    if kind.name in _SIZES:
        return _SIZES[kind.name]
    if kind.precision is not None:
        precision = kind.precision
        return (
            5 if precision < 10 else 9 if precision < 20 else 13 if precision < 29 else 17,
            precision,
            kind.scale or 0,
        )
    if kind.length is not None:
        wide = kind.name in ("nchar", "nvarchar") and kind.length != MAX
        return kind.length * (2 if wide else 1), 0, 0
    scale = 7 if kind.scale is None else kind.scale
    time = 3 if scale <= 2 else 4 if scale <= 4 else 5
    extra, digits = {"time": (0, 8), "datetime2": (3, 19), "datetimeoffset": (5, 26)}[kind.name]
    return time + extra, digits + (scale + 1 if scale else 0), scale
