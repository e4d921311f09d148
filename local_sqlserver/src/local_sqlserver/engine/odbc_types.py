"""What sp_datatype_info, sp_columns and their siblings report of a data type: its numbers, sizes and names in ODBC.

Source: the T-SQL reference, sp_columns, sp_datatype_info; the ODBC reference, "Data types".
"""

from __future__ import annotations

from typing import NamedTuple

from local_sqlserver.types import (
    APPROXIMATE,
    BINARY,
    DECIMALS,
    INTEGERS,
    MAX,
    MONEY,
    SCALED,
    TEXT,
    TYPES,
    SqlType,
    digits,
    storage_bytes,
)

_STRUCTURES = {"date": 6, "time": 12, "datetimeoffset": 20}
"""The bytes of the structures in which ODBC transfers values; those of the other temporal types take 16."""
_MOMENTS = ("date", "smalldatetime", "datetime", "datetime2")
_NOT_IN_ODBC_2 = {"date": -9, "time": -9, "datetime2": -9, "datetimeoffset": -9}
"""The types that ODBC 2 knows as text only."""
_SYBASE = {
    "bit": (50, 50), "tinyint": (48, 38), "smallint": (52, 38), "int": (56, 38), "bigint": (63, 108),
    "smallmoney": (122, 110), "money": (60, 110), "decimal": (55, 106), "numeric": (63, 108), "real": (59, 109),
    "float": (62, 109), "smalldatetime": (58, 111), "datetime": (61, 111), "char": (47, 39), "nchar": (39, 39),
    "varchar": (39, 39), "nvarchar": (39, 39), "binary": (45, 37), "varbinary": (37, 37), "uniqueidentifier": (37, 37),
}  # fmt: skip
"""SS_DATA_TYPE of columns that cannot and that can be NULL; 0 of the types that are newer than it."""


LISTED = sorted((row for row in reversed(TYPES.values()) if row.odbc is not None), key=lambda row: row.odbc or 0)
"""The types by ODBC's number; of types with the same number the first is the one that applications use."""

COLUMN_SIZES = {row.name: row.longest or row.precision or row.text_length for row in LISTED}
"""ODBC's column size of each type, if it is declared as long as possible: digits, characters or bytes."""


class OdbcType(NamedTuple):
    """The columns of sp_columns from DATA_TYPE on that depend on the type alone."""

    data_type: int
    type_name: str
    precision: int
    length: int
    scale: int | None
    radix: int | None
    sql_data_type: int
    datetime_sub: int | None
    octets: int | None
    sybase: int


def odbc_type(declared: SqlType, *, nullable: bool = True, identity: bool = False, version: int = 2) -> OdbcType:
    """Return the type's description for ODBC 2 or 3."""
    row, name = TYPES[declared.name], declared.name
    precision, scale = digits(declared)
    number = row.odbc or 0
    sql_type, sub = number, None
    if version < 3:
        number = 11 if name in ("datetime", "smalldatetime") else _NOT_IN_ODBC_2.get(name, number)
    if name in _MOMENTS:
        sql_type, sub = 9, 1 if name == "date" else 3
    size, octets, radix = storage_bytes(declared), None, None
    shown_scale: int | None = None
    if name in TEXT | BINARY:
        length = 0 if declared.length == MAX else declared.length or 1
        size = 0 if size == MAX else size
        precision, octets = length, size
    elif name in DECIMALS | MONEY:
        size, radix, shown_scale = precision + 2, 10, scale
    elif name in INTEGERS:
        radix, shown_scale = 10, 0
    elif name in APPROXIMATE:
        radix = 2
    elif name == "uniqueidentifier":
        precision = 36
    elif name in _STRUCTURES or name in _MOMENTS:
        size = _STRUCTURES.get(name, 16)
        shown_scale = None if name == "date" else scale
        if name in SCALED and name != "datetime2":
            sub = 0
    return OdbcType(
        *(number, f"{name} identity" if identity else name, precision, size, shown_scale, radix, sql_type, sub, octets),
        _SYBASE.get(name, (0, 0))[nullable],
    )
