"""BULK INSERT reads any file as a reader does that goes character by character."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_sqlserver.compiler import ColumnInfo
from local_sqlserver.engine import bulk_file
from local_sqlserver.errors import SqlError
from local_sqlserver.types import SqlType
from tests import SOAK
from tests.bulk_insert.loading import Loading

SHORT = SqlType("nvarchar", 3)
FIELD_ENDS = {",": ",", "\\t": "\t", "||": "||", "0x1f": "\x1f", '"': '"', "é": "é", "0x00": "\0", "aa": "aa"}
ROW_ENDS = {"0x0a": "\n", "\\n": "\n", "\\r\\n": "\r\n", ";": ";", "|\\n": "|\n", ",\\n": ",\n", "\\n\\n": "\n\n"}
PIECES = (
    "a",
    "a",
    "é",
    "😀",
    "\ufeff",
    "\r",
    "\n",
    "\0",
    '"',
    '""',
    " ",
    "\x1e",
    "\x1f",
    "|",
    ",",
    "\\",
    "'",
    "\ud800",
)


@dataclass(frozen=True)
class RandomFile:
    """A file of ``columns`` columns with rows from ``first`` to ``last``; ``block`` is the size of a block in bytes."""

    text: str
    columns: int
    field_end: str
    row_end: str
    wide: bool
    first: int
    last: int
    block: int


@st.composite
def files(draw: st.DrawFn) -> RandomFile:
    """Files with rows that are mostly regular, of mostly short fields."""
    columns = draw(st.integers(1, 4))
    field_end, row_end = draw(st.sampled_from(sorted(FIELD_ENDS))), draw(st.sampled_from(sorted(ROW_ENDS)))
    wide = draw(st.booleans())
    pieces = st.sampled_from(PIECES if wide else PIECES[:-1])
    field = st.lists(pieces, max_size=draw(st.integers(0, 4))).map("".join)
    regular = st.lists(field, min_size=columns, max_size=columns)
    row = st.one_of(*[regular] * draw(st.integers(1, 6)), st.lists(field, max_size=6)).map(FIELD_ENDS[field_end].join)
    text = "".join(line + ROW_ENDS[row_end] for line in draw(st.lists(row, max_size=12)))
    return RandomFile(
        text[: len(text) - draw(st.integers(0, 3))],
        *(columns, field_end, row_end, wide),
        first=draw(st.integers(1, 3)),
        last=draw(st.sampled_from((0, 0, 0, 3, 5))),
        block=draw(st.sampled_from((1, 7, 20, 1 << 24))),
    )


@settings(max_examples=100 * SOAK, deadline=None)
@given(files())
@example(RandomFile("\ufeffa,b\n\ufeffc,d\n", 2, ",", "0x0a", wide=True, first=1, last=0, block=1 << 24))
@example(RandomFile("a,b\r\n" * 9, 2, ",", "0x0a", wide=False, first=2, last=5, block=1 << 24))
@example(RandomFile("\n\na\n\n", 1, ",", "0x0a", wide=False, first=1, last=0, block=1 << 24))
@example(RandomFile("\n\n", 2, ",", "0x0a", wide=True, first=1, last=0, block=1 << 24))
@example(RandomFile(',,,\n,",\n', 3, ",", "0x0a", wide=False, first=1, last=0, block=1))
@example(RandomFile("a,b\n" * 9, 2, ",", "0x0a", wide=False, first=1, last=0, block=7))
def test_rows_and_errors_are_those_of_a_reader_by_character(file: RandomFile) -> None:
    options = {
        "FIELDTERMINATOR": _widened(file.field_end) if file.wide else file.field_end,
        "ROWTERMINATOR": _widened(file.row_end) if file.wide else file.row_end,
        "DATAFILETYPE": "widechar" if file.wide else "char",
        "FIRSTROW": file.first,
        "LASTROW": max(file.last, file.first) if file.last else 0,
        "MAXERRORS": 100,
    }
    content = ("\ufeff" + file.text).encode("utf-16-le", "surrogatepass") if file.wide else file.text.encode()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk_file, "_BLOCK", file.block)
        loading = Loading(Path(folder))
        table = loading.table(*[SHORT] * file.columns)
        raised = 0
        try:
            loading.load(table, content, options)
        except SqlError as error:
            raised = error.number
        reported = [(error.number, error.message.partition(" for row ")[2]) for error in loading.reported]
        found = (loading.rows(), reported)
    assert found == expected(file)
    assert raised == (7330 if (7399, "") in reported else 0)


def _widened(written: str) -> str:
    return f"{written}00" if written.startswith("0x") else written


def expected(file: RandomFile) -> tuple[list[tuple[str | None, ...]], list[tuple[int, str]]]:
    """Return the good rows, and the number and the place of each error."""
    rows: list[tuple[str | None, ...]] = []
    errors: list[tuple[int, str]] = []
    text = file.text
    if not file.wide:
        text = text.removeprefix("\ufeff")
    last = max(file.last, file.first) if file.last else None
    for number, fields in enumerate(rows_by_hand(text.replace("\ud800", "\ufffe"), file), 1):
        if fields is None:
            return rows, [*errors, (4832, ""), (7399, "")]
        values = [{"": None, "\0": ""}.get(field, field) for field in fields]
        wrong = [index for index, value in enumerate(values) if value is not None and not fits(value)]
        if number >= file.first:
            if not wrong:
                rows.append(tuple(values))
            else:
                too_long = file.wide and "\ufffe" not in (values[wrong[0]] or "")
                errors.append((4863 if too_long else 4864, f"{number}, column {wrong[0] + 1} (c{wrong[0] + 1})."))
        if number == last:
            break
    return rows, errors


def fits(value: str) -> bool:
    """Whether a field is valid text of at most three code units of UTF-16."""
    return "\ufffe" not in value and len(value.encode("utf-16-le")) <= 6


def rows_by_hand(text: str, file: RandomFile) -> Iterator[list[str] | None]:
    """Read rows character by character; None if the file ends inside a row."""
    row_end = ROW_ENDS[file.row_end]
    if file.row_end == "\\n":
        first_line, line_feed, _ = text.partition("\n")
        row_end = "\r\n" if line_feed and first_line.endswith("\r") else "\n"
    fields: list[str] = []
    field = ""
    for character in text:
        field += character
        mark = row_end if len(fields) == file.columns - 1 else FIELD_ENDS[file.field_end]
        if field.endswith(mark):
            fields.append(field.removesuffix(mark))
            field = ""
        if len(fields) == file.columns:
            yield fields
            fields = []
    if len(fields) == file.columns - 1 and field:
        yield [*fields, field]
    elif len(fields) < file.columns - 1 and (fields or field) and field != row_end:
        yield None


@pytest.mark.parametrize("numbered", [True, False])
def test_a_large_file_is_read_in_its_order(tmp_path: Path, numbered: bool) -> None:
    """Its blocks are large enough for several threads."""
    loading = Loading(tmp_path)
    texts = [SqlType("nvarchar", 200)] * 3
    table = loading.table(ColumnInfo("number", SqlType("int"), identity=(1, 1) if numbered else None), *texts)
    rows = [
        (number, f"é{number}" * (number % 9 + 1), "田😀" * (number % 7) or None, "x") for number in range(1, 250_001)
    ]
    lines = [f"{'' if numbered else number}\t{text}\t{more or ''}\t{end}\n" for number, text, more, end in rows]
    count = loading.load(table, "".join(lines), FIELDTERMINATOR="\\t", ROWTERMINATOR="0x0a00", DATAFILETYPE="widechar")
    assert (count, loading.reported) == (len(rows), [])
    assert loading.rows() == rows
