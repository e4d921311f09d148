"""INSERT BULK and the rows after it: options, conversions and errors."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from local_sqlserver.engine.events import Column
from local_sqlserver.language.parser import parse_parameters
from tests.engine.conftest import Client, Result, collect


def load(sql: Client, table: str, columns: str, rows: Sequence[tuple[Any, ...]], options: str = "") -> Result:
    """Load rows; ``columns`` are names with types, as in INSERT BULK."""
    sql.good(f"INSERT BULK {table} ({columns}){f' WITH ({options})' if options else ''}")
    declared = parse_parameters(", ".join(f"@{column.strip()}" for column in columns.split(", ")))
    described = [Column(parameter.name[1:], parameter.type) for parameter in declared]
    values = [[row[index] for row in rows] for index in range(len(described))]
    return collect(sql.session.bulk_load(described, values))


@pytest.fixture
def world(sql: Client) -> Client:
    sql.good(
        "CREATE TABLE t (a INT IDENTITY(10, 5) PRIMARY KEY, b NVARCHAR(5) NOT NULL, c INT DEFAULT 7 CHECK (c > 0),"
        " d AS c * 2)"
    )
    return sql


VALUES: list[tuple[str, Any]] = [
    ("BIT", 1),
    ("TINYINT", 255),
    ("SMALLINT", -(2**15)),
    ("INT", 2**31 - 1),
    ("BIGINT", -(2**63)),
    ("REAL", 0.5),
    ("FLOAT", 1 / 3),
    ("MONEY", Decimal("-1.2345")),
    ("DECIMAL(38, 10)", Decimal("1234567890123456789012345678.0123456789")),
    ("NVARCHAR(10)", "Jiménez 😀"),
    ("NVARCHAR(MAX)", "x" * 9000),
    ("VARCHAR(10)", ""),
    ("NCHAR(3)", "a  "),
    ("VARBINARY(MAX)", b"\0\xff" * 5000),
    ("BINARY(2)", b"\1\2"),
    ("UNIQUEIDENTIFIER", uuid.UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")),
    ("DATE", dt.date(9999, 12, 31)),
    ("TIME(3)", dt.time(23, 59, 59, 999000)),
    ("DATETIME", dt.datetime(1753, 1, 1)),
    ("SMALLDATETIME", dt.datetime(2024, 2, 29, 1, 2)),
    ("DATETIME2(6)", dt.datetime(1, 1, 1, 1, 2, 3, 456789)),
    ("DATETIMEOFFSET(3)", dt.datetime(2024, 2, 29, 1, 2, 3, tzinfo=dt.UTC)),
]


@pytest.mark.parametrize(("kind", "value"), VALUES, ids=[kind for kind, _ in VALUES])
def test_a_value_of_each_type_and_its_null_are_loaded(sql: Client, kind: str, value: Any) -> None:
    sql.good(f"CREATE TABLE v (n INT, x {kind})")
    result = load(sql, "v", f"n INT, x {kind.replace(', ', ',')}", [(1, value), (2, None)])
    assert (result.errors, result.counts) == ([], [2])
    assert sql("SELECT x FROM v ORDER BY n").rows == [(value,), (None,)]


def test_defaults_replace_nulls_unless_they_are_kept(world: Client) -> None:
    load(world, "t", "b NVARCHAR(5), c INT", [("x", None), ("y", 1)])
    load(world, "t", "b NVARCHAR(5), c INT", [("z", None)], "KEEP_NULLS, TABLOCK, ORDER ([b] ASC), ROWS_PER_BATCH = 5")
    load(world, "t", "b NVARCHAR(5)", [("w",)])
    assert world("SELECT * FROM t ORDER BY a").rows == [
        (10, "x", 7, 14),
        (15, "y", 1, 2),
        (20, "z", None, None),
        (25, "w", 7, 14),
    ]


def test_given_identity_values_are_kept_and_the_next_follows_them(world: Client) -> None:
    load(world, "t", "a INT, b NVARCHAR(5)", [(100, "x")])
    world.good("INSERT t (b) VALUES (N'y')")
    assert world("SELECT a FROM t ORDER BY a").rows == [(100,), (105,)]
    assert world("INSERT t (a, b) VALUES (1, N'z')").numbers == [544]


def test_check_constraints_are_checked_on_request(world: Client) -> None:
    assert load(world, "t", "b NVARCHAR(5), c INT", [("x", -1)]).errors == []
    assert load(world, "t", "b NVARCHAR(5), c INT", [("y", -1)], "CHECK_CONSTRAINTS, FIRE_TRIGGERS").numbers == [547]
    assert world("SELECT b FROM t").value == "x"


@pytest.mark.parametrize(
    ("columns", "rows", "number"),
    [
        ("b NVARCHAR(5)", [("x",), (None,)], 515),
        ("b NVARCHAR(5)", [("x",), ("longer",)], 4815),
        ("b NVARCHAR(9)", [("x",), ("longer",)], 2628),
        ("a INT, b NVARCHAR(5)", [(1, "x"), (1, "y")], 2627),
        ("b NVARCHAR(5), c NVARCHAR(5)", [("x", "1"), ("y", "no")], 245),
    ],
)
def test_a_batch_with_a_bad_row_leaves_nothing(
    world: Client, columns: str, rows: list[tuple[Any, ...]], number: int
) -> None:
    assert load(world, "t", columns, rows).numbers == [number]
    assert world("SELECT COUNT(*) FROM t").value == 0
    assert load(world, "t", "b NVARCHAR(5)", [("x",)]).errors == []


def test_values_are_converted_to_the_type_of_the_column(world: Client) -> None:
    load(world, "t", "b INT, c NVARCHAR(5)", [(1, "2")])
    assert world("SELECT b, c FROM t").rows == [("1", 2)]


def test_a_load_belongs_to_the_open_transaction(world: Client) -> None:
    world.good("BEGIN TRANSACTION")
    load(world, "t", "b NVARCHAR(5)", [("x",)])
    assert world("SELECT COUNT(*) FROM t").value == 1
    world.good("ROLLBACK")
    assert world("SELECT COUNT(*) FROM t").value == 0


def test_a_temporary_table_is_loaded(sql: Client) -> None:
    sql.good("CREATE TABLE #t (a INT)")
    assert load(sql, "#t", "a INT", [(1,), (2,)]).counts == [2]
    assert sql("SELECT SUM(a) FROM #t").value == 3


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("INSERT BULK nothing (a INT)", 208),
        ("INSERT BULK t (nothing INT)", 207),
        ("INSERT BULK t (b NVARCHAR(5)) WITH (NOTHING)", 102),
    ],
)
def test_a_wrong_announcement_is_an_error(world: Client, text: str, number: int) -> None:
    assert world(text).numbers == [number]


def test_rows_without_an_announcement_are_an_error(world: Client) -> None:
    assert collect(world.session.bulk_load([], [])).numbers == [4804]
