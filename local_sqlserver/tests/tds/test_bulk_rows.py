"""The columns of a bulk load hold the values that the reader of parameters finds one by one."""

from __future__ import annotations

import datetime as dt
import math
import struct
from decimal import Decimal
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_sqlserver.engine.events import ColumnValues
from local_sqlserver.tds.buffer import Buffer, ProtocolError
from local_sqlserver.tds.bulk import parse_bulk_load
from local_sqlserver.tds.parameters import read_type
from tests import SOAK

LATIN1, UTF8 = b"\x09\x04\xd0\x00\x34", b"\x09\x04\xd0\x04\x00"
ROW, NBCROW, DONE, COLMETADATA = b"\xd1", b"\xd2", b"\xfd" + bytes(12), b"\x81"


def sized(*sizes: int) -> st.SearchStrategy[bytes]:
    """Values with a length of one byte, NULL among them."""
    values = [st.binary(min_size=size, max_size=size).map(lambda raw: bytes([len(raw)]) + raw) for size in sizes]
    return st.one_of(*values, st.just(b"\0"))


def text(encoding: str) -> st.SearchStrategy[bytes]:
    """Texts with a length of two bytes, NULL, separators and broken ones among them."""
    letters = st.text("aé€😀\x1f\0", max_size=6).map(lambda value: value.encode(encoding, "replace"))
    raws = letters | (
        st.binary(max_size=3).map(lambda raw: raw * 2) if encoding == "utf-16-le" else st.binary(max_size=6)
    )
    return st.just(b"\xff\xff") | raws.map(lambda raw: struct.pack("<H", len(raw)) + raw)


def moment(time_size: int, most: int) -> st.SearchStrategy[bytes]:
    """DATETIME2 values of a size of the time, in range or not."""
    raws = st.builds(
        lambda units, days: units.to_bytes(time_size, "little") + days.to_bytes(3, "little"),
        st.integers(0, most) | st.integers(0, 256**time_size - 1),
        st.integers(0, 3_652_058) | st.sampled_from((3_652_058, 3_652_059, 2**24 - 1)),
    )
    return raws.map(lambda raw: bytes([len(raw)]) + raw) | st.just(b"\0")


DATETIMES = st.builds(struct.Struct("<iI").pack, st.integers(-53_690, 2_958_463), st.integers(0, 25_920_000))
MILLION_DAYS = st.builds(struct.Struct("<iI").pack, st.integers(-1_000_000, 3_000_000), st.integers(0, 2**32 - 1))
DECIMALS = st.builds(
    lambda sign, raw: bytes([len(raw) + 1, sign]) + raw, st.sampled_from((0, 1)), st.binary(min_size=4, max_size=16)
)
KINDS: dict[str, tuple[bytes, st.SearchStrategy[bytes]]] = {
    **{f"intn({size})": (bytes((0x26, size)), sized(size)) for size in (1, 2, 4, 8)},
    **{f"fltn({size})": (bytes((0x6D, size)), sized(size)) for size in (4, 8)},
    **{f"moneyn({size})": (bytes((0x6E, size)), sized(size)) for size in (4, 8)},
    "bitn": (b"\x68\1", sized(1)),
    "guid": (b"\x24\x10", sized(16)),
    "int": (b"\x38", st.binary(min_size=4, max_size=4)),
    "bit": (b"\x32", st.binary(min_size=1, max_size=1)),
    "money": (b"\x3c", st.binary(min_size=8, max_size=8)),
    "datetime": (b"\x3d", DATETIMES),
    "datetimen(4)": (b"\x6f\4", sized(4)),
    "datetimen(8)": (b"\x6f\x08", (DATETIMES | MILLION_DAYS).map(b"\x08".__add__) | st.just(b"\0")),
    "date": (b"\x28", sized(3)),
    "time(7)": (b"\x29\7", st.integers(0, 863_999_999_999).map(lambda units: b"\5" + units.to_bytes(5, "little"))),
    "datetime2(0)": (b"\x2a\0", moment(3, 86_399)),
    "datetime2(3)": (b"\x2a\3", moment(4, 86_399_999)),
    "datetime2(7)": (b"\x2a\7", moment(5, 863_999_999_999)),
    "decimal(38, 0)": (b"\x6a\x11\x26\0", DECIMALS | st.just(b"\0")),
    "decimal(38, 20)": (b"\x6a\x11\x26\x14", DECIMALS | st.just(b"\0")),
    "decimal(9, 9)": (b"\x6a\x05\x09\x09", DECIMALS | st.just(b"\0")),
    "nvarchar": (b"\xe7\x40\0" + LATIN1, text("utf-16-le")),
    "varchar": (b"\xa7\x40\0" + LATIN1, text("cp1252")),
    "varchar UTF-8": (b"\xa7\x40\0" + UTF8, text("utf-8")),
    "varbinary": (b"\xa5\x40\0", st.binary(max_size=9).map(lambda raw: struct.pack("<H", len(raw)) + raw)),
    "nvarchar(max)": (b"\xe7\xff\xff" + LATIN1, st.just(struct.pack("<QI", 4, 4) + b"a\0b\0" + bytes(4))),
}


@settings(max_examples=300 * SOAK, deadline=None)
@given(st.data())
def test_values_are_those_of_the_reader_of_parameters(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=12))
    rows = data.draw(
        st.lists(st.tuples(*(KINDS[name][1] for name in names), st.integers(0, 2 ** len(names) - 1)), max_size=5)
    )
    message = COLMETADATA + struct.pack("<H", len(names))
    message += b"".join(bytes(4) + b"\1\0" + KINDS[name][0] + b"\1x\0" for name in names)
    wanted: list[list[Any]] | None = [[] for _ in names]
    for *values, nulls in rows:
        present = [None if nulls >> index & 1 else value for index, value in enumerate(values)]
        bitmap = nulls.to_bytes((len(names) + 7) // 8, "little")
        message += (NBCROW + bitmap if nulls else ROW) + b"".join(value or b"" for value in present)
        for index, value in enumerate(present):
            try:
                found = None if value is None else read_type(Buffer(KINDS[names[index]][0]))[1](Buffer(value))
            except (ProtocolError, ValueError, OverflowError):
                wanted = None
            if wanted is not None:
                wanted[index].append(found)
    if wanted is None:
        with pytest.raises(ProtocolError):
            parse_bulk_load(message + DONE)
    else:
        columns, loaded = parse_bulk_load(message + DONE)
        assert [str(column.type) for column in columns] == [str(read_type(Buffer(KINDS[name][0]))[0]) for name in names]
        assert [plain(values) for values in loaded] == [plain(values) for values in wanted]


def plain(values: ColumnValues) -> list[Any]:
    """Return the values of a column in a form that compares: moments as DATETIME, numbers as DECIMAL."""
    listed = values.tolist() if isinstance(values, numpy.ndarray) else values
    return [_plain(value) for value in listed]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)
    if isinstance(value, float):
        return str(value) if math.isnan(value) else value
    if isinstance(value, str) and value.lstrip("-").replace(".", "").isdecimal():
        return Decimal(value)
    return value


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_message_that_ends_too_early_is_refused(cut: int) -> None:
    names = ("intn(4)", "nvarchar", "date", "int", "nvarchar(max)")
    message = COLMETADATA + struct.pack("<H", len(names))
    message += b"".join(bytes(4) + b"\1\0" + KINDS[name][0] + b"\1x\0" for name in names)
    row = (
        ROW
        + b"\4\1\0\0\0"
        + b"\4\0a\0b\0"
        + b"\3\0\0\0"
        + b"\1\0\0\0"
        + struct.pack("<QI", 4, 4)
        + b"a\0b\0"
        + bytes(4)
    )
    assert len(row) == 40
    with pytest.raises(ProtocolError):
        parse_bulk_load(message + row + row[:cut])
