"""T-SQL's types: precedence, what they are in DuckDB, and the precision of decimal results.

Sources: the T-SQL reference, "Data type precedence" and "Precision, scale, and length".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local_sqlserver.errors import unsupported
from local_sqlserver.types import MAX, SqlType

INT = SqlType("int")
BIGINT = SqlType("bigint")
BIT = SqlType("bit")
FLOAT = SqlType("float")
DATE = SqlType("date")
DATETIME = SqlType("datetime")
UNIQUEIDENTIFIER = SqlType("uniqueidentifier")

_PRECEDENCE = {
    name: rank
    for rank, name in enumerate(
        (
            "binary",
            "varbinary",
            "char",
            "varchar",
            "nchar",
            "nvarchar",
            "uniqueidentifier",
            "bit",
            "tinyint",
            "smallint",
            "int",
            "bigint",
            "smallmoney",
            "money",
            "decimal",
            "real",
            "float",
            "time",
            "date",
            "smalldatetime",
            "datetime",
            "datetime2",
            "datetimeoffset",
        )
    )
}
_PRECEDENCE["numeric"] = _PRECEDENCE["decimal"]

TEXT = frozenset({"char", "varchar", "nchar", "nvarchar"})
UNICODE = frozenset({"nchar", "nvarchar"})
FIXED_TEXT = frozenset({"char", "nchar"})
BINARY = frozenset({"binary", "varbinary"})
INTEGERS = frozenset({"tinyint", "smallint", "int", "bigint"})
DECIMALS = frozenset({"decimal", "numeric"})
MONEY = frozenset({"money", "smallmoney"})
APPROXIMATE = frozenset({"float", "real"})
NUMBERS = INTEGERS | DECIMALS | MONEY | APPROXIMATE | {"bit"}
DATETIMES = frozenset({"datetime", "smalldatetime", "datetime2", "datetimeoffset"})
TEMPORAL = DATETIMES | {"date", "time"}

INTEGER_RANGES = {
    "tinyint": (0, 255),
    "smallint": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}
_INTEGER_DIGITS = {"bit": 1, "tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}

_DUCKDB = {
    "bit": "TINYINT",
    "tinyint": "UTINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "money": "DECIMAL(19,4)",
    "smallmoney": "DECIMAL(10,4)",
    "float": "DOUBLE",
    "real": "FLOAT",
    "char": "VARCHAR",
    "varchar": "VARCHAR",
    "nchar": "VARCHAR",
    "nvarchar": "VARCHAR",
    "binary": "BLOB",
    "varbinary": "BLOB",
    "uniqueidentifier": "UUID",
    "date": "DATE",
    "time": "TIME",
    "datetime": "TIMESTAMP",
    "smalldatetime": "TIMESTAMP",
    "datetime2": "TIMESTAMP",
    "datetimeoffset": "TIMESTAMPTZ",
}


def duckdb_type(declared: SqlType, line: int = 0) -> str:
    """The DuckDB type that holds a T-SQL type; BIT is a TINYINT of 0 or 1. Refuses types without one."""
    if declared.name in DECIMALS:
        return f"DECIMAL({declared.precision},{declared.scale})"
    if declared.name not in _DUCKDB:
        raise unsupported(f"The data type {declared.name}", line)
    return _DUCKDB[declared.name]


def precedence(declared: SqlType) -> int:
    """A rank: of two types the one with the higher rank wins."""
    return _PRECEDENCE[declared.name]


def decimal(precision: int, scale: int) -> SqlType:
    """DECIMAL(precision, scale)."""
    return SqlType("decimal", precision=precision, scale=scale)


def text_type(name: str, length: int) -> SqlType:
    """A text type whose length is cut to the type's limit, as results of concatenation are."""
    limit = 4000 if name in UNICODE else 8000
    return SqlType(name, length=length if length == MAX else max(1, min(length, limit)))


def as_decimal(declared: SqlType) -> SqlType:
    """The decimal that an exact number is taken for in decimal arithmetic."""
    if declared.name in DECIMALS:
        return declared
    if declared.name == "money":
        return decimal(19, 4)
    if declared.name == "smallmoney":
        return decimal(10, 4)
    return decimal(_INTEGER_DIGITS[declared.name], 0)


def text_length(declared: SqlType) -> int:
    """How many characters a value of a type may take as text."""
    if declared.name in TEXT or declared.name in BINARY:
        return declared.length or 1
    if declared.name in DECIMALS:
        return (declared.precision or 18) + 2
    lengths = {"bit": 1, "tinyint": 3, "smallint": 6, "int": 12, "bigint": 20, "uniqueidentifier": 36}
    return lengths.get(declared.name, 50)


def common_type(types: Sequence[SqlType]) -> SqlType:
    """The type of CASE, COALESCE, UNION … over these types: the highest precedence, wide enough for all."""
    result = types[0]
    for other in types[1:]:
        result = _wider(result, other)
    return result


def _wider(left: SqlType, right: SqlType) -> SqlType:
    high, low = (left, right) if precedence(left) >= precedence(right) else (right, left)
    if high.name in TEXT:
        lengths = (text_length(high), text_length(low))
        length = MAX if MAX in lengths else max(lengths)
        name = high.name
        if name in FIXED_TEXT and low.name not in FIXED_TEXT:
            name = "nvarchar" if name in UNICODE else "varchar"
        return text_type(name, length)
    if high.name in DECIMALS and low.name in NUMBERS:
        a, b = as_decimal(high), as_decimal(low)
        scale = max(a.scale or 0, b.scale or 0)
        whole = max((a.precision or 0) - (a.scale or 0), (b.precision or 0) - (b.scale or 0))
        if whole + scale > 38:
            scale = max(38 - whole, 0)
        return SqlType(high.name, precision=min(whole + scale, 38), scale=scale)
    if high.name in BINARY and low.name in BINARY:
        lengths = (high.length or 1, low.length or 1)
        return SqlType(high.name, length=MAX if MAX in lengths else max(lengths))
    if high.scale is not None and high.name == low.name:
        return SqlType(high.name, scale=max(high.scale, low.scale or 0))
    return high


@dataclass(frozen=True, slots=True)
class _Digits:
    precision: int
    scale: int


def arithmetic_type(operator: str, left: SqlType, right: SqlType) -> SqlType:
    """The decimal type of left operator right, by the table in "Precision, scale, and length"."""
    a, b = as_decimal(left), as_decimal(right)
    one = _Digits(a.precision or 0, a.scale or 0)
    two = _Digits(b.precision or 0, b.scale or 0)
    if operator in "+-":
        scale = max(one.scale, two.scale)
        whole = max(one.precision - one.scale, two.precision - two.scale)
        precision = whole + scale + 1
        if precision > 38:
            return decimal(38, max(38 - whole - 1, min(scale, 6)) if scale else 0)
        return decimal(precision, scale)
    if operator == "%":
        scale = max(one.scale, two.scale)
        whole = min(one.precision - one.scale, two.precision - two.scale)
        return decimal(min(max(whole + scale, 1), 38), scale)
    if operator == "*":
        precision, scale = one.precision + two.precision + 1, one.scale + two.scale
    else:
        scale = max(6, one.scale + two.precision + 1)
        precision = one.precision - one.scale + two.scale + scale
    if precision <= 38:
        return decimal(precision, scale)
    whole = precision - scale
    if whole < 32:
        return decimal(38, min(scale, 38 - whole))
    return decimal(38, min(scale, 6))
