"""Rows by column: DuckDB's arrays of every type become the bytes that their values become one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_sqlserver.arrays import Array, holds
from local_sqlserver.compiler.types import duckdb_type
from local_sqlserver.engine.arrow import BATCH, Stream
from local_sqlserver.engine.events import Batch, Column
from local_sqlserver.engine.results import batch
from local_sqlserver.engine.rows import insert_rows
from local_sqlserver.tds.arrays import rows_of_arrays
from local_sqlserver.tds.columns import codec
from local_sqlserver.tds.token_stream import rows_of
from local_sqlserver.types import MAX, SqlType
from tests import SOAK

LEFT, RIGHT = SqlType("int"), SqlType("nvarchar", length=30)
"""The types of the columns beside the tried one: fields of one size and of any size."""

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def _decimals(precision: int, scale: int) -> st.SearchStrategy[Decimal]:
    most = 10**precision - 1
    whole = st.integers(-most, most) | st.sampled_from([0, most, -most])
    return whole.map(lambda value: Context(prec=80).scaleb(Decimal(value), -scale))


def _text(longest: int) -> st.SearchStrategy[str]:
    return st.text(CHARACTERS, max_size=longest) | st.text("aé東😀€\x81", max_size=longest)


def _moments(low: dt.datetime, high: dt.datetime) -> st.SearchStrategy[dt.datetime]:
    return st.datetimes(low, high) | st.sampled_from([low, high])


def _offsets() -> st.SearchStrategy[dt.datetime]:
    utc = _moments(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30))
    zones = st.integers(-840, 840).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
    return st.builds(lambda moment, zone: moment.replace(tzinfo=dt.UTC).astimezone(zone), utc, zones)


def _integers(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2**bits), 2**bits - 1) | st.sampled_from([-(2**bits), 2**bits - 1])


MOMENTS = _moments(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999))
LONG = _text(20) | st.integers(1, 5000).map(lambda count: "ab" * count) | st.just("東😀" * 700)
VALUES: list[tuple[SqlType, st.SearchStrategy[Any]]] = [
    (SqlType("bit"), st.integers(0, 1)),
    (SqlType("tinyint"), st.integers(0, 255)),
    (SqlType("smallint"), _integers(15)),
    (SqlType("int"), _integers(31)),
    (SqlType("bigint"), _integers(63)),
    (SqlType("real"), st.floats(width=32, allow_nan=False)),
    (SqlType("float"), st.floats(allow_nan=False)),
    *(
        (SqlType("decimal", precision=precision, scale=scale), _decimals(precision, scale))
        for precision, scale in [
            (1, 0),
            (9, 4),
            (10, 2),
            (18, 18),
            (19, 0),
            (20, 3),
            (28, 10),
            (29, 1),
            (38, 0),
            (38, 38),
        ]
    ),
    (SqlType("numeric", precision=5, scale=2), _decimals(5, 2)),
    (SqlType("money"), _integers(63).map(lambda value: Decimal(value) / 10_000)),
    (SqlType("smallmoney"), _integers(31).map(lambda value: Decimal(value) / 10_000)),
    (SqlType("date"), st.dates() | st.sampled_from([dt.date.min, dt.date.max])),
    *((SqlType("time", scale=scale), st.times()) for scale in range(8)),
    *((SqlType("datetime2", scale=scale), MOMENTS) for scale in range(8)),
    *((SqlType("datetimeoffset", scale=scale), _offsets()) for scale in (0, 2, 3, 5, 7)),
    (SqlType("datetime"), _moments(dt.datetime(1753, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 996666))),
    (SqlType("smalldatetime"), _moments(dt.datetime(1900, 1, 1), dt.datetime(2079, 6, 6, 23, 59))),
    (SqlType("uniqueidentifier"), st.uuids(allow_nil=True)),
    (SqlType("char", length=20), _text(20)),
    (SqlType("varchar", length=20), _text(20)),
    (SqlType("varchar", length=8000), st.just("é" * 8000) | _text(3)),
    (SqlType("varchar", length=MAX), LONG),
    (SqlType("nchar", length=40), _text(20)),
    (SqlType("nvarchar", length=40), _text(20)),
    (SqlType("nvarchar", length=4000), st.just("x" * 4000) | st.just("😀" * 2000) | _text(3)),
    (SqlType("nvarchar", length=MAX), LONG),
    (SqlType("binary", length=4), st.binary(max_size=4)),
    (SqlType("varbinary", length=8), st.binary(max_size=8)),
    (SqlType("varbinary", length=MAX), st.binary(max_size=300) | st.just(bytes(range(256)) * 300)),
]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def read(database: duckdb.DuckDBPyConnection, sql: str, types: list[SqlType], text_size: int = -1) -> list[Batch]:
    columns = [Column("", declared) for declared in types]
    stream = Stream(database, sql, {})
    batches = []
    while (arrays := stream.read()) is not None:
        batches.append(batch(arrays, columns, text_size))
    return batches


def encoded(types: list[SqlType], batches: list[Batch]) -> bytes:
    codecs = [codec(declared) for declared in types]
    return b"".join(rows_of_arrays(types, codecs, part.columns) for part in batches)


@pytest.mark.soak
@pytest.mark.parametrize(("declared", "strategy"), VALUES, ids=[str(declared) for declared, _ in VALUES])
@settings(max_examples=15 * SOAK, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_arrays_of_a_type_become_the_bytes_of_their_values(
    database: duckdb.DuckDBPyConnection, declared: SqlType, strategy: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    values = data.draw(st.lists(st.none() | strategy, min_size=1, max_size=30))
    edge = data.draw(st.sampled_from([None, "", "né😀"]))
    rows = [(number, value, edge) for number, value in enumerate(values)]
    types = [LEFT, declared, RIGHT]
    database.execute(f"CREATE OR REPLACE TABLE t (a INTEGER, b {duckdb_type(declared)}, c VARCHAR)")
    insert_rows(database, "t", rows)
    batches = read(database, "SELECT * FROM t ORDER BY a", types)
    assert all(isinstance(column, Array) for part in batches for column in part.columns)
    assert encoded(types, batches) == rows_of([codec(kind) for kind in types], rows)
    assert [row for part in batches for row in part.rows] == rows


def test_many_batches_of_all_types_keep_their_order_and_their_nulls(database: duckdb.DuckDBPyConnection) -> None:
    types = [LEFT, SqlType("decimal", precision=12, scale=2), SqlType("date"), SqlType("nvarchar", length=20), RIGHT]
    sql = (
        "SELECT i::INTEGER, CASE WHEN i % 3 > 0 THEN (i * 7 - 5000)::DECIMAL(12, 2) END,"
        " DATE '2000-01-01' + (i % 9000)::INTEGER,"
        " CASE WHEN i % 5 > 0 THEN repeat('ü', (i % 7)::INTEGER) END, 'x' || i FROM range(10000) r(i) ORDER BY i"
    )
    batches = read(database, sql, types)
    assert len(batches) > 10_000 // BATCH
    expected = database.execute(sql).fetchall()
    assert encoded(types, batches) == rows_of([codec(kind) for kind in types], expected)


@pytest.mark.parametrize("text_size", [0, 1, 2, 3, 5, 100])
@pytest.mark.parametrize("name", ["nvarchar", "varchar", "varbinary"])
def test_textsize_cuts_the_values_of_max_types_alone(
    database: duckdb.DuckDBPyConnection, name: str, text_size: int
) -> None:
    types = [SqlType(name, length=MAX), SqlType(name, length=20)]
    cast = "encode" if name == "varbinary" else ""
    sql = f"SELECT {cast}(v), {cast}(v) FROM (VALUES ('abcdefgh'), (''), (NULL), ('x')) AS t(v)"
    whole: list[Any] = ["abcdefgh", "", None, "x"]
    if name == "varbinary":
        whole = [value and value.encode() if value is not None else None for value in whole]
        whole[1] = b""
    units = text_size // 2 if name == "nvarchar" else text_size
    expected = [(value if value is None else value[:units], value) for value in whole]
    batches = read(database, sql, types, text_size)
    assert [row for part in batches for row in part.rows] == expected
    assert encoded(types, batches) == rows_of([codec(kind) for kind in types], expected)


@pytest.mark.parametrize(
    ("sql", "declared"),
    [
        ("SELECT 2147483648::BIGINT", SqlType("int")),
        ("SELECT 256::INTEGER", SqlType("tinyint")),
        ("SELECT -1::INTEGER", SqlType("bit")),
        ("SELECT 1e300::DOUBLE", SqlType("real")),
        ("SELECT 4294967296::DECIMAL(18, 0)", SqlType("decimal", precision=5, scale=0)),
        ("SELECT 18446744073709551616::DECIMAL(38, 0)", SqlType("decimal", precision=19, scale=0)),
        ("SELECT 79228162514264337593543950336::DECIMAL(38, 0)", SqlType("decimal", precision=28, scale=0)),
        ("SELECT 922337203685478::DECIMAL(19, 4)", SqlType("money")),
        ("SELECT 214749::DECIMAL(19, 4)", SqlType("smallmoney")),
        ("SELECT 'abc'", SqlType("nvarchar", length=2)),
        ("SELECT '😀'", SqlType("nvarchar", length=1)),
        ("SELECT DATE '10000-01-01'", SqlType("date")),
        ("SELECT TIMESTAMP '2080-01-01'", SqlType("smalldatetime")),
    ],
)
def test_a_value_outside_its_type_is_not_sent(database: duckdb.DuckDBPyConnection, sql: str, declared: SqlType) -> None:
    with pytest.raises((OverflowError, ValueError, FloatingPointError)):
        encoded([declared], read(database, sql, [declared]))


@pytest.mark.parametrize(
    ("sql", "declared", "value"),
    [
        ("SELECT 5::INTEGER", SqlType("decimal", precision=9, scale=2), Decimal(5)),
        ("SELECT 12.5::DECIMAL(9, 1)", SqlType("decimal", precision=9, scale=2), Decimal("12.5")),
        ("SELECT 7::HUGEINT", SqlType("bigint"), 7),
        ("SELECT 1.5::DECIMAL(9, 1)", SqlType("float"), 1.5),
        ("SELECT 42", SqlType("nvarchar", length=10), "42"),
        ("SELECT 'x'", SqlType("sql_variant"), "x"),
        ("SELECT true", SqlType("bit"), 1),
        ("SELECT NULL", SqlType("int"), None),
        ("SELECT TIMESTAMP_S '2024-02-29 01:02:03'", SqlType("datetime2", scale=0), dt.datetime(2024, 2, 29, 1, 2, 3)),
        ("SELECT TIMESTAMP_NS '2024-02-29'", SqlType("datetime2", scale=7), dt.datetime(2024, 2, 29)),
    ],
)
def test_values_of_another_duckdb_type_are_converted(
    database: duckdb.DuckDBPyConnection, sql: str, declared: SqlType, value: Any
) -> None:
    batches = read(database, sql, [declared])
    assert [row for part in batches for row in part.rows] == [(value,)]
    assert encoded([declared], batches) == rows_of([codec(declared)], [(value,)])


def test_an_array_holds_a_decimal_of_its_own_scale_alone(database: duckdb.DuckDBPyConnection) -> None:
    stream = Stream(database, "SELECT 1.25::DECIMAL(9, 2)", {})
    arrays = stream.read()
    stream.close()
    assert arrays is not None
    assert holds(arrays[0], SqlType("decimal", precision=9, scale=2))
    assert not holds(arrays[0], SqlType("decimal", precision=9, scale=1))
