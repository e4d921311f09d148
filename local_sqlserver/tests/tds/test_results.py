"""Result sets of every type, row counts, several results and messages, read by two ODBC drivers."""

from __future__ import annotations

import datetime as dt
import struct
import uuid
from decimal import Decimal
from typing import Any

import pyodbc
import pytest

from local_sqlserver.engine.events import Column, Columns, Done, Error, Message, ProcedureDone, Rows
from local_sqlserver.types import MAX, SqlType
from tests.tds.clients import Connect, result_sets
from tests.tds.scripted import ScriptedEngine, script

GUID = uuid.UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")
OFFSET = dt.timezone(dt.timedelta(hours=5, minutes=30))

VALUES: list[tuple[SqlType, Any]] = [
    (SqlType("tinyint"), 255),
    (SqlType("smallint"), -32768),
    (SqlType("int"), -(2**31)),
    (SqlType("bigint"), 2**63 - 1),
    (SqlType("real"), 0.5),
    (SqlType("float"), 1 / 3),
    (SqlType("decimal", precision=5, scale=2), Decimal("-123.45")),
    (SqlType("decimal", precision=38, scale=0), Decimal("9" * 38)),
    (SqlType("numeric", precision=38, scale=20), Decimal("123456789012345678.12345678901234567890")),
    (SqlType("numeric", precision=19, scale=4), Decimal("0.0000")),
    (SqlType("money"), Decimal("-922337203685477.5808")),
    (SqlType("smallmoney"), Decimal("214748.3647")),
    (SqlType("date"), dt.date(1, 1, 1)),
    (SqlType("date"), dt.date(9999, 12, 31)),
    (SqlType("datetime"), dt.datetime(1753, 1, 1)),
    (SqlType("datetime"), dt.datetime(2024, 2, 29, 23, 59, 59, 997000)),
    (SqlType("smalldatetime"), dt.datetime(2079, 6, 6, 23, 59)),
    (SqlType("datetime2", scale=7), dt.datetime(2024, 2, 29, 1, 2, 3, 456789)),
    (SqlType("datetime2", scale=3), dt.datetime(9999, 12, 31, 23, 59, 59, 999000)),
    (SqlType("datetime2", scale=0), dt.datetime(1, 1, 1, 0, 0, 1)),
    (SqlType("nvarchar", 50), "Jiménez 東京 😀"),
    (SqlType("nvarchar", 4000), "x" * 4000),
    (SqlType("nvarchar", 10), ""),
    (SqlType("nvarchar", MAX), "ü" * 100_000),
    (SqlType("nvarchar", MAX), ""),
    (SqlType("nchar", 5), "ab   "),
    (SqlType("varchar", 20), "Größe €"),
    (SqlType("varchar", MAX), "é" * 50_000),
    (SqlType("char", 3), "a  "),
    (SqlType("varbinary", 8), b"\x00\xff"),
    (SqlType("varbinary", MAX), bytes(range(256)) * 500),
    (SqlType("binary", 4), b"\x01\x02\x00\x00"),
]


def result(*columns: tuple[SqlType, Any], null: bool = False) -> list[Any]:
    """The events of SELECT with these columns: one row, then one of NULLs."""
    rows = [tuple(value for _, value in columns), (None,) * len(columns)]
    described = tuple(Column(f"c{i}", kind) for i, (kind, _) in enumerate(columns))
    return [Columns(described), Rows(rows), Done(len(rows), 0xC1)]


@pytest.mark.parametrize(("kind", "value"), VALUES, ids=[f"{kind}-{i}" for i, (kind, _) in enumerate(VALUES)])
def test_a_value_and_null_arrive_as_sent(connect: Connect, engine: ScriptedEngine, kind: SqlType, value: Any) -> None:
    engine.scripts["SELECT"] = script(*result((kind, value)))
    assert [tuple(row) for row in connect().execute("SELECT").fetchall()] == [(value,), (None,)]


def test_bit_guid_time_and_offset_arrive_in_the_driver_s_types(connect: Connect, engine: ScriptedEngine) -> None:
    moment = dt.datetime(2024, 2, 29, 1, 2, 3, 456789, OFFSET)
    engine.scripts["SELECT"] = script(
        *result(
            (SqlType("bit"), 1),
            (SqlType("uniqueidentifier"), GUID),
            (SqlType("time", scale=7), dt.time(23, 59, 59, 123456)),
            (SqlType("time", scale=0), dt.time(1, 2, 3)),
            (SqlType("datetimeoffset", scale=7), moment),
        )
    )
    connection = connect()
    connection.add_output_converter(-155, lambda raw: struct.unpack("<6hI2h", raw))
    first, nulls = connection.execute("SELECT").fetchall()
    assert tuple(nulls) == (None,) * 5
    assert first[0] is True
    assert uuid.UUID(first[1]) == GUID
    assert first[3] == dt.time(1, 2, 3)
    assert first[4] == (2024, 2, 29, 1, 2, 3, 456_789_000, 5, 30)
    assert first[2] == dt.time(23, 59, 59, 123456)


def test_datetime_rounds_to_three_hundredths_and_into_the_next_day(connect: Connect, engine: ScriptedEngine) -> None:
    values = [dt.datetime(2024, 1, 1, 0, 0, 0, 2000), dt.datetime(2024, 12, 31, 23, 59, 59, 999000)]
    engine.scripts["SELECT"] = script(*result(*((SqlType("datetime"), value) for value in values)))
    row = connect().execute("SELECT").fetchone()
    assert tuple(row) == (dt.datetime(2024, 1, 1, 0, 0, 0, 3000), dt.datetime(2025, 1, 1))


def test_a_character_outside_the_code_page_becomes_a_question_mark(connect: Connect, engine: ScriptedEngine) -> None:
    engine.scripts["SELECT"] = script(*result((SqlType("varchar", 10), "a東b")))
    assert connect().execute("SELECT").fetchone()[0] == "a?b"


def test_columns_are_described_by_name_type_and_size(connect: Connect, engine: ScriptedEngine) -> None:
    columns = Columns(
        (
            Column("id", SqlType("int"), nullable=False, identity=True),
            Column("", SqlType("nvarchar", 30)),
            Column("price", SqlType("decimal", precision=9, scale=3)),
        )
    )
    engine.scripts["SELECT"] = script(columns, Done(0, 0xC1))
    cursor = connect().execute("SELECT")
    assert [(name, kind, size) for name, kind, _, size, *_ in cursor.description] == [
        ("id", int, 10),
        ("", str, 30),
        ("price", Decimal, 9),
    ]
    assert cursor.fetchall() == []


def test_many_rows_stream_through_packets_in_order(connect: Connect, engine: ScriptedEngine) -> None:
    columns = Columns((Column("n", SqlType("int")), Column("t", SqlType("nvarchar", 20))))
    rows = [(n, f"row {n}") for n in range(25_000)]
    engine.scripts["SELECT"] = script(columns, Rows(rows[:100]), Rows([]), Rows(rows[100:]), Done(25_000, 0xC1))
    assert [tuple(row) for row in connect().execute("SELECT").fetchall()] == rows


def test_row_counts_and_several_results_come_in_order(connect: Connect, engine: ScriptedEngine) -> None:
    one = Columns((Column("a", SqlType("int")),))
    engine.scripts["BATCH"] = script(
        Done(3, 0xC3), one, Rows([(1,)]), Done(1, 0xC1), one, Rows([(2,), (3,)]), Done(2, 0xC1), Done(0, 0xC5)
    )
    cursor = connect().execute("BATCH")
    assert cursor.rowcount == 3
    assert cursor.nextset()
    assert [tuple(row) for row in cursor.fetchall()] == [(1,)]
    assert cursor.nextset()
    assert [tuple(row) for row in cursor.fetchall()] == [(2,), (3,)]
    assert cursor.nextset()
    assert cursor.rowcount == 0
    assert not cursor.nextset()


def test_messages_arrive_beside_the_results(connect: Connect, engine: ScriptedEngine) -> None:
    engine.scripts["PRINT"] = script(Message("loading – 1"), Message("loading – 2", line=2), Done())
    cursor = connect().execute("PRINT")
    texts = [text for _, text in cursor.messages]
    while cursor.nextset():
        texts += [text for _, text in cursor.messages]
    assert [text.rpartition("]")[2] for text in texts] == ["loading – 1", "loading – 2"]


ERRORS = [
    (8134, "Divide by zero error encountered.", "22012"),
    (2627, "Violation of PRIMARY KEY constraint 'pk'.", "23000"),
    (208, "Invalid object name 'x'.", "42S02"),
    (50001, "Rejected: 5 %", "42000"),
]


@pytest.mark.parametrize(("number", "text", "sqlstate"), ERRORS)
def test_an_error_arrives_with_number_text_and_sqlstate(
    connect: Connect, engine: ScriptedEngine, number: int, text: str, sqlstate: str
) -> None:
    engine.scripts["FAIL"] = script(Error(number, text, line=3), Done(error=True))
    engine.scripts["SELECT"] = script(*result((SqlType("int"), 1)))
    connection = connect()
    with pytest.raises(pyodbc.Error) as caught:
        connection.execute("FAIL")
    assert caught.value.args[0] == sqlstate
    assert text in caught.value.args[1]
    assert f"({number})" in caught.value.args[1]
    assert connection.execute("SELECT").fetchone()[0] == 1


def test_an_error_after_rows_is_raised_by_the_fetch(connect: Connect, engine: ScriptedEngine) -> None:
    columns = Columns((Column("a", SqlType("int")),))
    engine.scripts["SELECT"] = script(
        columns, Rows([(1,), (2,)]), Error(8134, "Divide by zero error encountered."), Done(error=True)
    )
    cursor = connect().execute("SELECT")
    with pytest.raises(pyodbc.Error, match="8134"):
        cursor.fetchall()


def test_a_procedure_in_a_batch_ends_with_its_own_done(connect: Connect, engine: ScriptedEngine) -> None:
    columns = Columns((Column("a", SqlType("int")),))
    engine.scripts["EXEC p"] = script(
        Done(5, 0xC3, in_procedure=True),
        columns,
        Rows([(7,)]),
        Done(1, 0xC1, in_procedure=True),
        ProcedureDone(0),
    )
    # whether the INSERT's count and the procedure's end are results of their own depends on the driver
    assert result_sets(connect().execute("EXEC p")) == [[(7,)]]
