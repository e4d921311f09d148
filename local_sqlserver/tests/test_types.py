"""The catalogue of types: its rows, and that every part of the stand-in supports every row."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from local_sqlserver.compiler.types import duckdb_type, precedence
from local_sqlserver.engine.coercion import coerce
from local_sqlserver.tds.buffer import Buffer
from local_sqlserver.tds.columns import codec
from local_sqlserver.tds.parameters import read_parameter
from local_sqlserver.types import (
    INTEGER_RANGES,
    MAX,
    TYPES,
    SqlType,
    decimal_bytes,
    digits,
    storage_bytes,
    time_bytes,
)

# Type, bytes, precision and scale, as in sys.columns; sources: the T-SQL reference's page of each type.
DECLARED: list[tuple[SqlType, int, int, int]] = [
    (SqlType("bit"), 1, 1, 0),
    (SqlType("tinyint"), 1, 3, 0),
    (SqlType("smallint"), 2, 5, 0),
    (SqlType("int"), 4, 10, 0),
    (SqlType("bigint"), 8, 19, 0),
    (SqlType("smallmoney"), 4, 10, 4),
    (SqlType("money"), 8, 19, 4),
    (SqlType("decimal", precision=9, scale=2), 5, 9, 2),
    (SqlType("decimal", precision=10, scale=0), 9, 10, 0),
    (SqlType("decimal", precision=19, scale=4), 9, 19, 4),
    (SqlType("numeric", precision=20, scale=4), 13, 20, 4),
    (SqlType("numeric", precision=28, scale=0), 13, 28, 0),
    (SqlType("numeric", precision=29, scale=0), 17, 29, 0),
    (SqlType("decimal", precision=38, scale=38), 17, 38, 38),
    (SqlType("real"), 4, 24, 0),
    (SqlType("float"), 8, 53, 0),
    (SqlType("date"), 3, 10, 0),
    (SqlType("time", scale=0), 3, 8, 0),
    (SqlType("time", scale=3), 4, 12, 3),
    (SqlType("time", scale=7), 5, 16, 7),
    (SqlType("smalldatetime"), 4, 16, 0),
    (SqlType("datetime"), 8, 23, 3),
    (SqlType("datetime2", scale=0), 6, 19, 0),
    (SqlType("datetime2", scale=3), 7, 23, 3),
    (SqlType("datetime2", scale=7), 8, 27, 7),
    (SqlType("datetimeoffset", scale=2), 8, 29, 2),
    (SqlType("datetimeoffset", scale=7), 10, 34, 7),
    (SqlType("uniqueidentifier"), 16, 0, 0),
    (SqlType("char", length=5), 5, 0, 0),
    (SqlType("nchar", length=5), 10, 0, 0),
    (SqlType("varchar", length=8000), 8000, 0, 0),
    (SqlType("nvarchar", length=4000), 8000, 0, 0),
    (SqlType("nvarchar", length=MAX), MAX, 0, 0),
    (SqlType("varbinary", length=MAX), MAX, 0, 0),
    (SqlType("binary", length=3), 3, 0, 0),
    (SqlType("sql_variant"), 8016, 0, 0),
]
IDS = [str(declared) for declared, *_ in DECLARED]

VALUES: dict[str, Any] = {
    "binary": b"abc",
    "text": "abc",
    "uniqueidentifier": UUID("01234567-89ab-cdef-0123-456789abcdef"),
    "bit": 1,
    "integer": 7,
    "money": Decimal("1.5000"),
    "decimal": Decimal("0"),
    "approximate": 1.5,
    "time": datetime.time(1, 2, 3),
    "date": datetime.date(2026, 2, 3),
    "datetime": datetime.datetime(2026, 2, 3, 4, 5),
}


@pytest.mark.parametrize(("declared", "size", "precision", "scale"), DECLARED, ids=IDS)
def test_bytes_precision_and_scale_follow_from_the_declaration(
    declared: SqlType, size: int, precision: int, scale: int
) -> None:
    assert storage_bytes(declared) == size
    assert digits(declared) == (precision, scale)


def test_every_type_has_a_case() -> None:
    assert {declared.name for declared, *_ in DECLARED} == set(TYPES)


def test_system_type_ids_are_unique() -> None:
    assert len({row.id for row in TYPES.values()}) == len(TYPES)


def test_the_least_and_the_greatest_integer_fill_their_bytes() -> None:
    assert INTEGER_RANGES["tinyint"] == (0, 255)
    assert INTEGER_RANGES["smallint"] == (-32768, 32767)
    assert INTEGER_RANGES["int"] == (-2147483648, 2147483647)
    assert INTEGER_RANGES["bigint"] == (-9223372036854775808, 9223372036854775807)


def test_sizes_change_at_the_documented_digits() -> None:
    assert [n for n in range(1, 39) if n == 38 or decimal_bytes(n) != decimal_bytes(n + 1)] == [9, 19, 28, 38]
    assert [n for n in range(8) if n == 7 or time_bytes(n) != time_bytes(n + 1)] == [2, 4, 7]


def test_numeric_has_the_precedence_of_decimal_between_money_and_real() -> None:
    ranks = [precedence(SqlType(name)) for name in ("money", "decimal", "real")]
    assert ranks == sorted(set(ranks))
    assert precedence(SqlType("numeric")) == precedence(SqlType("decimal"))


@pytest.mark.parametrize("declared", [declared for declared, *_ in DECLARED if declared.name != "sql_variant"], ids=str)
def test_a_value_of_every_type_converts_and_comes_back_over_the_wire(declared: SqlType) -> None:
    row = TYPES[declared.name]
    value = coerce(VALUES[row.family], declared)
    assert row.python in type(value).__mro__
    form = codec(declared)
    kind, read = read_parameter(Buffer(form.type_info + form.encode([value])[0]))
    assert (kind, read) == (declared, value)
    assert read_parameter(Buffer(form.type_info + form.encode([None])[0])) == (declared, None)


@pytest.mark.parametrize("declared", [declared for declared, *_ in DECLARED if declared.name != "sql_variant"], ids=str)
def test_every_type_but_sql_variant_has_a_type_of_duckdb(declared: SqlType) -> None:
    assert duckdb_type(declared)
