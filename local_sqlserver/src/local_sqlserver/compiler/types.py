"""The types of expressions: their precedence, their DuckDB types, and the precision of decimal results.

Sources: the T-SQL reference, "Data type precedence" and "Precision, scale, and length".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from local_sqlserver.errors import unsupported
from local_sqlserver.types import (
    BINARY,
    DECIMALS,
    DEFAULT_PRECISION,
    FIXED_TEXT,
    MAX,
    NUMBERS,
    SCALED,
    TEMPORAL,
    TEXT,
    TYPES,
    UNICODE,
    SqlType,
    digits,
)

INT = SqlType("int")
BIGINT = SqlType("bigint")
BIT = SqlType("bit")
FLOAT = SqlType("float")
DATE = SqlType("date")
DATETIME = SqlType("datetime")
UNIQUEIDENTIFIER = SqlType("uniqueidentifier")
NUMERIC = SqlType("numeric", precision=18, scale=0)

_UNTYPED = {
    "BOOLEAN": SqlType("bit"),
    "TINYINT": SqlType("smallint"),
    "UTINYINT": SqlType("tinyint"),
    "SMALLINT": SqlType("smallint"),
    "USMALLINT": SqlType("int"),
    "INTEGER": SqlType("int"),
    "UINTEGER": SqlType("bigint"),
    "BIGINT": SqlType("bigint"),
    "UBIGINT": SqlType("decimal", precision=20, scale=0),
    "HUGEINT": SqlType("decimal", precision=38, scale=0),
    "UHUGEINT": SqlType("decimal", precision=38, scale=0),
    "FLOAT": SqlType("real"),
    "DOUBLE": SqlType("float"),
    "DATE": SqlType("date"),
    "TIME": SqlType("time", scale=7),
    "TIMESTAMP": SqlType("datetime2", scale=7),
    "TIMESTAMP_S": SqlType("datetime2", scale=7),
    "TIMESTAMP_MS": SqlType("datetime2", scale=7),
    "TIMESTAMP_NS": SqlType("datetime2", scale=7),
    'STRUCT(utc TIMESTAMP, "minutes" SMALLINT)': SqlType("datetimeoffset", scale=7),
    "UUID": SqlType("uniqueidentifier"),
    "BLOB": SqlType("varbinary", length=MAX),
    '"NULL"': SqlType("int"),
    "NULL": SqlType("int"),
}
"""By DuckDB type, the T-SQL type of a column that the compiler has not typed."""

_RANKS = {name: rank for rank, name in enumerate(TYPES)}
_RANKS["numeric"] = _RANKS["decimal"]


def duckdb_type(declared: SqlType, line: int = 0) -> str:
    """The DuckDB type that holds a T-SQL type; BIT is a TINYINT of 0 or 1. Refuses types without one."""
    if declared.name in DECIMALS:
        return f"DECIMAL({declared.precision},{declared.scale})"
    duckdb = TYPES[declared.name].duckdb
    if duckdb is None:
        raise unsupported(f"The data type {declared.name}", line)
    return duckdb


def sql_type(duckdb: object) -> SqlType:
    """Return the T-SQL type of a DuckDB column type (NVARCHAR(4000) for text)."""
    name = str(duckdb)
    if match := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", name):
        return SqlType("decimal", precision=int(match[1]), scale=int(match[2]))
    return _UNTYPED.get(name, SqlType("nvarchar", length=4000))


def precedence(declared: SqlType) -> int:
    """The rank of a type; of two types, an operation has the type of the higher rank."""
    return _RANKS[declared.name]


def decimal(precision: int, scale: int, *operands: SqlType) -> SqlType:
    """DECIMAL(precision, scale), or NUMERIC(precision, scale) if an operand is a NUMERIC, as literals are."""
    name = "numeric" if any(operand.name == "numeric" for operand in operands) else "decimal"
    return SqlType(name, precision=precision, scale=scale)


def text_type(name: str, length: int) -> SqlType:
    """A text type with its length limited to the longest of the type, as for the result of a concatenation."""
    return SqlType(name, length=length if length == MAX else max(1, min(length, TYPES[name].longest or length)))


def as_decimal(declared: SqlType) -> SqlType:
    """The decimal type of an exact number in decimal arithmetic."""
    return declared if declared.name in DECIMALS else decimal(*digits(declared))


def same_type(one: SqlType, other: SqlType) -> bool:
    """Whether two types are the same; DECIMAL and NUMERIC are synonyms."""
    return one == other or ({one.name, other.name} == DECIMALS and replace(one, name=other.name) == other)


def text_length(declared: SqlType) -> int:
    """The most characters that a value of a type takes as text."""
    if declared.name in TEXT or declared.name in BINARY:
        return declared.length or 1
    if declared.name in DECIMALS:
        return (declared.precision or DEFAULT_PRECISION) + 2  # the sign and the point
    return TYPES[declared.name].text_length


def common_type(types: Sequence[SqlType]) -> SqlType:
    """The type of CASE, COALESCE, UNION … over these types: that of the highest precedence, wide enough for all."""
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
        return decimal(min(whole + scale, 38), scale, high, low)
    if high.name in BINARY and low.name in BINARY:
        lengths = (high.length or 1, low.length or 1)
        return SqlType(high.name, length=MAX if MAX in lengths else max(lengths))
    if high.name in SCALED and low.name in TEMPORAL:
        return SqlType(high.name, scale=max(high.scale or 0, digits(low)[1]))
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
            return decimal(38, min(scale, 38 - whole), a, b)
        return decimal(precision, scale, a, b)
    if operator == "%":
        scale = max(one.scale, two.scale)
        whole = min(one.precision - one.scale, two.precision - two.scale)
        return decimal(min(max(whole + scale, 1), 38), scale, a, b)
    if operator == "*":
        precision, scale = one.precision + two.precision + 1, one.scale + two.scale
    else:
        scale = max(6, one.scale + two.precision + 1)
        precision = one.precision - one.scale + two.scale + scale
    if precision <= 38:
        return decimal(precision, scale, a, b)
    # Above 38 digits, SQL Server gives up decimals to keep the integer part, but keeps six of them.
    whole = precision - scale
    if whole < 32:
        return decimal(38, min(scale, 38 - whole), a, b)
    return decimal(38, min(scale, 6), a, b)
