"""T-SQL's data types: the catalogue, one row a type, and ``SqlType``, the declared type of a variable or column.

The rows of a result hold Python values: int (also for BIT: 0 or 1), Decimal, float, str, bytes, date, time, naive
datetime, aware datetime (DATETIMEOFFSET), UUID, None.

Sources: sys.types; the T-SQL reference, "Data types" and "Data type precedence"; MS-TDS 2.2.5.4 (tokens);
sp_datatype_info (ODBC).
"""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

OFFSET_TYPE = "STRUCT(utc TIMESTAMP, minutes SMALLINT)"
"""The DuckDB type of DATETIMEOFFSET: the instant in UTC and the minutes of the offset. DuckDB's own keeps no offset."""

MAX = -1
"""Length of NVARCHAR(MAX), VARCHAR(MAX) and VARBINARY(MAX)."""


@dataclass(frozen=True, slots=True)
class SqlType:
    """A declared type: ``name`` in lower case as in sys.types ('int', 'nvarchar', 'decimal', …).

    ``length`` counts characters for text and bytes for binary, ``MAX`` for (MAX); ``precision`` and
    ``scale`` are set for decimal and numeric, ``scale`` alone for time, datetime2 and datetimeoffset. ``user`` is the
    id of the user-defined type that the declaration names, 0 for a system type: of an alias type, whose base type the
    other fields are, or of a table type, whose ``name`` is 'table'.
    """

    name: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    user: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if self.length is not None:
            return f"{self.name}({'max' if self.length == MAX else self.length})"
        if self.precision is not None:
            return f"{self.name}({self.precision},{self.scale})"
        return f"{self.name}({self.scale})" if self.scale is not None else self.name


@dataclass(frozen=True, slots=True)
class UserType:
    """A type of CREATE TYPE: ``declared`` is the base type of an alias type, or the columns of a table type.

    Both are T-SQL, the columns in their parentheses. ``nullable`` holds for the columns of an alias type that do not
    say. ``object_id`` is that of the hidden table of a table type in sys.objects, 0 for an alias type.
    """

    id: int
    schema: str
    name: str
    declared: str
    nullable: bool = True
    object_id: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """Schema and name in lower case."""
        return self.schema.lower(), self.name.lower()


Family = Literal[
    "binary",
    "text",
    "uniqueidentifier",
    "bit",
    "integer",
    "money",
    "decimal",
    "approximate",
    "time",
    "date",
    "datetime",
    "variant",
]


class TypeRow(NamedTuple):
    """A type of the catalogue."""

    name: str
    family: Family
    id: int
    """sys.types.system_type_id. It is also the TDS token of values that cannot be NULL, except for bit (0x32)."""
    token: int
    """The TDS token of values that can be NULL."""
    size: int
    """Bytes of a value; the most bytes if length, precision or scale decide."""
    precision: int
    """Digits, the most if declared; of temporal types the characters as text. 0 for text and binary."""
    scale: int
    """Digits after the point, the most if declared."""
    longest: int | None
    """The longest length that can be declared except MAX: characters of text, bytes of binary."""
    duckdb: str | None
    """The DuckDB type that holds the values; None if precision and scale decide it, and for sql_variant."""
    python: type
    """The Python type of the values in rows."""
    text_length: int
    """The most characters of a value as text; 0 if length or precision decide it."""
    odbc: int | None
    """The type's number in ODBC; None if SQLGetTypeInfo does not list the type."""
    quotes: tuple[str | None, str | None]
    """The prefix and the suffix of a literal."""
    parameters: str | None
    """The parameters that the declaration takes in parentheses, as ODBC names them."""


# fmt: off
# name, family, id, token, size, precision, scale, longest, duckdb, python, text_length, odbc, quotes, parameters
TYPES: dict[str, TypeRow] = {row.name: row for row in (
    TypeRow("binary",           "binary",           173, 0xAD, 8000,  0,  0, 8000, "BLOB",          bytes,     0,   -2, ("0x", None), "length"),
    TypeRow("varbinary",        "binary",           165, 0xA5, 8000,  0,  0, 8000, "BLOB",          bytes,     0,   -3, ("0x", None), "max length"),
    TypeRow("char",             "text",             175, 0xAF, 8000,  0,  0, 8000, "VARCHAR",       str,       0,    1, ("'", "'"),   "length"),
    TypeRow("varchar",          "text",             167, 0xA7, 8000,  0,  0, 8000, "VARCHAR",       str,       0,   12, ("'", "'"),   "max length"),
    TypeRow("nchar",            "text",             239, 0xEF, 8000,  0,  0, 4000, "VARCHAR",       str,       0,   -8, ("N'", "'"),  "length"),
    TypeRow("nvarchar",         "text",             231, 0xE7, 8000,  0,  0, 4000, "VARCHAR",       str,       0,   -9, ("N'", "'"),  "max length"),
    TypeRow("uniqueidentifier", "uniqueidentifier",  36, 0x24,   16,  0,  0, None, "UUID",          UUID,     36,  -11, ("'", "'"),   None),
    TypeRow("bit",              "bit",              104, 0x68,    1,  1,  0, None, "TINYINT",       int,       1,   -7, (None, None), None),
    TypeRow("tinyint",          "integer",           48, 0x26,    1,  3,  0, None, "UTINYINT",      int,       3,   -6, (None, None), None),
    TypeRow("smallint",         "integer",           52, 0x26,    2,  5,  0, None, "SMALLINT",      int,       6,    5, (None, None), None),
    TypeRow("int",              "integer",           56, 0x26,    4, 10,  0, None, "INTEGER",       int,      12,    4, (None, None), None),
    TypeRow("bigint",           "integer",          127, 0x26,    8, 19,  0, None, "BIGINT",        int,      20,   -5, (None, None), None),
    TypeRow("smallmoney",       "money",            122, 0x6E,    4, 10,  4, None, "DECIMAL(10,4)", Decimal,  50,    3, ("$", None),  None),
    TypeRow("money",            "money",             60, 0x6E,    8, 19,  4, None, "DECIMAL(19,4)", Decimal,  50,    3, ("$", None),  None),
    TypeRow("decimal",          "decimal",          106, 0x6A,   17, 38, 38, None, None,            Decimal,   0,    3, (None, None), "precision,scale"),
    TypeRow("numeric",          "decimal",          108, 0x6C,   17, 38, 38, None, None,            Decimal,   0,    2, (None, None), "precision,scale"),
    TypeRow("real",             "approximate",       59, 0x6D,    4, 24,  0, None, "FLOAT",         float,    50,    7, (None, None), None),
    TypeRow("float",            "approximate",       62, 0x6D,    8, 53,  0, None, "DOUBLE",        float,    50,    6, (None, None), None),
    TypeRow("time",             "time",              41, 0x29,    5, 16,  7, None, "TIME",          time,     50, -154, ("'", "'"),   "scale"),
    TypeRow("date",             "date",              40, 0x28,    3, 10,  0, None, "DATE",          date,     50,   91, ("'", "'"),   None),
    TypeRow("smalldatetime",    "datetime",          58, 0x6F,    4, 16,  0, None, "TIMESTAMP",     datetime, 50,   93, ("'", "'"),   None),
    TypeRow("datetime",         "datetime",          61, 0x6F,    8, 23,  3, None, "TIMESTAMP",     datetime, 50,   93, ("'", "'"),   None),
    TypeRow("datetime2",        "datetime",          42, 0x2A,    8, 27,  7, None, "TIMESTAMP",     datetime, 50,   93, ("'", "'"),   "scale"),
    TypeRow("datetimeoffset",   "datetime",          43, 0x2B,   10, 34,  7, None, OFFSET_TYPE,     datetime, 50, -155, ("'", "'"),   "scale"),
    TypeRow("sql_variant",      "variant",           98, 0x62, 8016,  0,  0, None, None,            object,   50, None, (None, None), None),
)}
# fmt: on
"""By name, in order of precedence, the lowest first. numeric is another name of decimal."""


def types_of(*families: Family) -> frozenset[str]:
    """The names of the types of some families."""
    return frozenset(row.name for row in TYPES.values() if row.family in families)


TEXT = types_of("text")
UNICODE = frozenset({"nchar", "nvarchar"})
FIXED_TEXT = frozenset({"char", "nchar"})
BINARY = types_of("binary")
INTEGERS = types_of("integer")
DECIMALS = types_of("decimal")
MONEY = types_of("money")
APPROXIMATE = types_of("approximate")
NUMBERS = types_of("bit", "integer", "money", "decimal", "approximate")
DATETIMES = types_of("datetime")
TEMPORAL = types_of("date", "time", "datetime")
SCALED = frozenset(row.name for row in TYPES.values() if row.parameters == "scale")
"""The types that declare only a scale: the digits of a second."""

INTEGER_RANGES = {
    name: (0, 255) if name == "tinyint" else (-(2 ** (8 * TYPES[name].size - 1)), 2 ** (8 * TYPES[name].size - 1) - 1)
    for name in INTEGERS
}
"""The lowest and the highest value of each integer type."""

DAYS = {
    "datetime": (date(1753, 1, 1), date(9999, 12, 31)),
    "smalldatetime": (date(1900, 1, 1), date(2079, 6, 6)),
}
"""The first and the last day of the types that do not have all days from 0001-01-01 to 9999-12-31."""

SYSNAME = 256
"""The id of sysname in sys.types: an alias type of the system."""

DEFAULT_PRECISION = 18
"""The precision of DECIMAL without one; its scale is 0 then."""

DECIMAL_BYTES = ((9, 5), (19, 9), (28, 13), (38, 17))
"""The bytes of a DECIMAL up to each precision ("decimal and numeric"; MS-TDS 2.2.5.5.1.6), the sign's among them."""

TIME_BYTES = ((2, 3), (4, 4), (7, 5))
"""The bytes of a time of day up to each scale ("time"; MS-TDS 2.2.5.4.2)."""


def decimal_bytes(precision: int) -> int:
    """The number of bytes of a DECIMAL."""
    return next(size for most, size in DECIMAL_BYTES if precision <= most)


def time_bytes(scale: int) -> int:
    """The number of bytes of a time of day with ``scale`` decimals of a second."""
    return next(size for most, size in TIME_BYTES if scale <= most)


def storage_bytes(declared: SqlType) -> int:
    """The most bytes that a value takes, as in sys.columns.max_length; ``MAX`` for (MAX) and for tables."""
    if declared.name == "table":
        return MAX
    row = TYPES[declared.name]
    if declared.length is not None:
        return 2 * declared.length if row.name in UNICODE and declared.length != MAX else declared.length
    if row.family == "decimal":
        return decimal_bytes(declared.precision or DEFAULT_PRECISION)
    if row.name in SCALED and declared.scale is not None:
        return row.size - time_bytes(row.scale) + time_bytes(declared.scale)
    return row.size


def digits(declared: SqlType) -> tuple[int, int]:
    """Precision and scale, as in sys.columns."""
    if declared.name == "table":
        return 0, 0
    row = TYPES[declared.name]
    if row.family == "decimal":
        return declared.precision or DEFAULT_PRECISION, declared.scale or 0
    if row.name in SCALED and declared.scale is not None:
        point = 0 if declared.scale else 1
        return row.precision - row.scale + declared.scale - point, declared.scale
    return row.precision, row.scale
