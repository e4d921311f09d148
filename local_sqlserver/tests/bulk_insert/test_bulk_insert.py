"""BULK INSERT on a plain DuckDB connection: the rows and errors of a file and its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import duckdb
import pytest

from local_sqlserver.compiler import ColumnInfo, ConstraintInfo, Relation
from local_sqlserver.engine import bulk_file
from local_sqlserver.engine.bulk_insert import bulk_insert
from local_sqlserver.errors import SqlError
from local_sqlserver.types import MAX, SqlType
from tests.bulk_insert.loading import Loading, Options

NVARCHAR = SqlType("nvarchar", 20)
INT = SqlType("int")

SHAPES: dict[str, tuple[int, str, Options, list[tuple[str | None, ...]]]] = {
    "fields and rows end at their terminators": (2, "a,b\nc,d\n", {}, [("a", "b"), ("c", "d")]),
    "an empty field is NULL": (3, "a,,\n,b,\n", {}, [("a", None, None), (None, "b", None)]),
    "blanks are kept": (2, " a , b \n", {}, [(" a ", " b ")]),
    "a last row without a terminator is loaded": (2, "a,b\nc,d", {}, [("a", "b"), ("c", "d")]),
    "a last row without a terminator is dropped when its last field is empty": (
        2,
        "a,b\nc,",
        {},
        [("a", "b")],
    ),
    "a line feed as bytes leaves the carriage return of a CRLF file in the last column": (
        2,
        "a,b\r\nc,\r\n",
        {"ROWTERMINATOR": "0x0a"},
        [("a", "b\r"), ("c", "\r")],
    ),
    "a line feed as an escape takes the carriage return of a CRLF file": (
        2,
        "a,b\r\nc,\r\n",
        {"ROWTERMINATOR": "\\n"},
        [("a", "b"), ("c", None)],
    ),
    "the terminator of the first line is that of all lines": (
        2,
        "a,b\nc,\r\n",
        {"ROWTERMINATOR": "\\n"},
        [("a", "b"), ("c", "\r")],
    ),
    "a CRLF terminator takes the carriage return": (
        2,
        "a,b\r\nc,\r\n",
        {"ROWTERMINATOR": "\\r\\n"},
        [("a", "b"), ("c", None)],
    ),
    "a row with too many fields keeps the rest in the last": (
        2,
        "a,b,c\nd,e\n",
        {},
        [("a", "b,c"), ("d", "e")],
    ),
    "a row with too few fields borrows from the next line": (
        2,
        "a\nb,c\nd,e\n",
        {},
        [("a\nb", "c"), ("d", "e")],
    ),
    "a blank line at the end is no row": (2, "a,b\n\n", {}, [("a", "b")]),
    "a table of one column takes the field terminator as text": (
        1,
        "a,b\n\nc\n",
        {},
        [("a,b",), (None,), ("c",)],
    ),
    "an empty file has no rows": (2, "", {}, []),
    "a file of one row terminator has no rows": (2, "\n", {}, []),
    "FIRSTROW skips rows": (2, "h,i\na,b\nc,d\n", {"FIRSTROW": 2}, [("a", "b"), ("c", "d")]),
    "FIRSTROW skips rows, not lines": (2, "header\na,b\nc,d\n", {"FIRSTROW": 2}, [("c", "d")]),
    "FIRSTROW beyond the end loads nothing": (2, "a,b\n", {"FIRSTROW": 9}, []),
    "LASTROW is the last one loaded": (2, "a,b\nc,d\ne,f\n", {"LASTROW": 2}, [("a", "b"), ("c", "d")]),
    "LASTROW 0 means to the end": (2, "a,b\nc,d\n", {"LASTROW": 0}, [("a", "b"), ("c", "d")]),
    "nothing behind LASTROW is looked at": (2, "a,b\nc", {"LASTROW": 1}, [("a", "b")]),
    "FIRSTROW and LASTROW go together": (1, "a\nb\nc\nd\n", {"FIRSTROW": 2, "LASTROW": 3}, [("b",), ("c",)]),
    "irregular rows are counted too": (
        2,
        "a\nb,c\nd,e,f\ng,h\n",
        {"FIRSTROW": 2, "LASTROW": 2},
        [("d", "e,f")],
    ),
    "the default terminators are tab and line feed": (2, "a\tb\n", {"FIELDTERMINATOR": "\\t"}, [("a", "b")]),
    "terminators may be hexadecimal": (
        2,
        "a;b|",
        {"FIELDTERMINATOR": "0x3b", "ROWTERMINATOR": "0x7C"},
        [("a", "b")],
    ),
    "terminators may be long": (
        2,
        "a||b|\nc||d|\n",
        {"FIELDTERMINATOR": "||", "ROWTERMINATOR": "|\\n"},
        [("a", "b"), ("c", "d")],
    ),
    "terminators may overlap": (
        2,
        "a|b||\nc|d|\n",
        {"FIELDTERMINATOR": "|", "ROWTERMINATOR": "|\\n"},
        [("a", "b|"), ("c", "d")],
    ),
    "a terminator may be a backslash": (2, "a\\b\n", {"FIELDTERMINATOR": "\\\\"}, [("a", "b")]),
    "a terminator may be NUL": (2, "a\0b\n", {"FIELDTERMINATOR": "\\0"}, [("a", "b")]),
    "a lone NUL is the empty string": (2, "\0,a\0b\n", {}, [("", "a\0b")]),
    "quotes are text": (2, '"a","b"\n', {}, [('"a"', '"b"')]),
    "a UTF-8 mark is no part of the first field": (2, "\ufeffa,b\n", {}, [("a", "b")]),
    "text is UTF-8": (2, "é,田\n", {}, [("é", "田")]),
    "KEEPNULLS and hints change nothing here": (
        2,
        "a,b\n",
        {
            "KEEPNULLS": None,
            "TABLOCK": None,
            "ORDER": "c1",
            "ROWS_PER_BATCH": 9,
            "BATCHSIZE": 1,
            "CHECK_CONSTRAINTS": None,
        },
        [("a", "b")],
    ),
}


@pytest.mark.parametrize(("columns", "content", "options", "rows"), SHAPES.values(), ids=SHAPES)
def test_a_char_file(
    loading: Loading, columns: int, content: str, options: Options, rows: list[tuple[str | None, ...]]
) -> None:
    count = loading.load(loading.table(*[NVARCHAR] * columns), content, options)
    assert (loading.rows(), count, loading.reported) == (rows, len(rows), [])


@pytest.mark.parametrize(("columns", "content", "options", "rows"), SHAPES.values(), ids=SHAPES)
def test_a_wide_file_reads_like_a_char_file(
    loading: Loading, columns: int, content: str, options: Options, rows: list[tuple[str | None, ...]]
) -> None:
    wide = {name: _widened(value) for name, value in options.items()}
    text = content.removeprefix("\ufeff")
    loading.load(loading.table(*[NVARCHAR] * columns), text, wide, DATAFILETYPE="widechar")
    assert loading.rows() == rows


def _widened(value: str | int | None) -> str | int | None:
    return f"{value}00" if isinstance(value, str) and value.startswith("0x") else value


@pytest.mark.parametrize(("columns", "content", "options", "rows"), SHAPES.values(), ids=SHAPES)
def test_blocks_of_a_few_bytes_make_no_difference(
    loading: Loading,
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
    content: str,
    options: Options,
    rows: list[tuple[str | None, ...]],
) -> None:
    monkeypatch.setattr(bulk_file, "_BLOCK", 3)
    loading.load(loading.table(*[NVARCHAR] * columns), content, options)
    assert loading.rows() == rows


CSV: dict[str, tuple[int, str, Options, list[tuple[str | None, ...]]]] = {
    "fields without quotes": (2, "a,b\nc,d\n", {}, [("a", "b"), ("c", "d")]),
    "quotes enclose terminators": (2, '"a,b","c\nd"\n', {}, [("a,b", "c\nd")]),
    "a doubled quote stands for one": (2, 'x,"say ""hi"""\n', {}, [("x", 'say "hi"')]),
    "an empty field is NULL, quoted or not": (3, 'a,"",\n', {}, [("a", None, None)]),
    "CRLF ends rows": (2, 'a,b\r\n"c","d"\r\ne,\r\n', {}, [("a", "b"), ("c", "d"), ("e", None)]),
    "a last row without a terminator": (2, 'a,b\nc,"d"', {}, [("a", "b"), ("c", "d")]),
    "an empty last field at the end drops the row": (2, "a,b\nc,", {}, [("a", "b")]),
    "another quote": (2, "'a,b',c\n", {"FIELDQUOTE": "'"}, [("a,b", "c")]),
    "another field terminator": (2, 'a;"b;c"\n', {"FIELDTERMINATOR": ";"}, [("a", "b;c")]),
    "FIRSTROW skips records": (2, '"h\nh",i\na,b\n', {"FIRSTROW": 2}, [("a", "b")]),
    "LASTROW ends early": (2, 'a,"b"\nc,d\n"', {"LASTROW": 2}, [("a", "b"), ("c", "d")]),
}


@pytest.mark.parametrize("block", [1, 4, 1 << 22])
@pytest.mark.parametrize(("columns", "content", "options", "rows"), CSV.values(), ids=CSV)
def test_a_csv_file(
    loading: Loading,
    monkeypatch: pytest.MonkeyPatch,
    block: int,
    columns: int,
    content: str,
    options: Options,
    rows: list[tuple[str | None, ...]],
) -> None:
    monkeypatch.setattr(bulk_file, "_BLOCK", block)
    loading.load(loading.table(*[NVARCHAR] * columns), content, options, FORMAT="CSV")
    assert (loading.rows(), loading.reported) == (rows, [])


@pytest.mark.parametrize(
    ("content", "options", "numbers", "raised"),
    [
        ("a,b\nc", {}, [4832, 7399], 7330),
        ("a,b\nc,d\n\n\n", {}, [4832, 7399], 7330),
        ('a,b\n"c,d\n', {"FORMAT": "CSV"}, [4832, 7399], 7330),
        ("a,b,c\n", {"FORMAT": "CSV"}, [4879, 7399], 7330),
        ("a\nb,c\n", {"FORMAT": "CSV"}, [4879, 7399], 7330),
        ('a,b"c\n', {"FORMAT": "CSV"}, [4879, 7399], 7330),
        ('"a"b,c\n', {"FORMAT": "CSV"}, [4879, 7399], 7330),
        ("header\na,b\n", {"FORMAT": "CSV", "FIRSTROW": 2}, [], 7301),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_fails(
    loading: Loading, content: str, options: Options, numbers: list[int], raised: int
) -> None:
    with pytest.raises(SqlError) as error:
        loading.load(loading.table(NVARCHAR, NVARCHAR), content, options)
    assert (loading.numbers(), error.value.number, error.value.line) == (numbers, raised, 7)


def test_a_csv_error_names_file_row_and_column(loading: Loading) -> None:
    with pytest.raises(SqlError):
        loading.load(loading.table(NVARCHAR, NVARCHAR), "a,b\nc,d,e\n", FORMAT="CSV")
    path = loading.folder / "file.txt"
    assert loading.reported[0].message == (
        f"Bulk load failed due to invalid column value in CSV data file {path} in row 2, column 2."
    )


def test_a_row_without_an_end_in_sight_is_too_long(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_file, "_BLOCK", 100)
    monkeypatch.setattr(bulk_file, "_LONGEST_ROW", 1000)
    with pytest.raises(SqlError):
        loading.load(loading.table(NVARCHAR, NVARCHAR), "a,b\nc," + "x" * 5000)
    assert loading.numbers() == [4866, 7399]
    assert loading.reported[0].message.startswith(
        "The bulk load failed. The column is too long in the data file for row 2, column 2. Verify"
    )


GUID = UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")
VALUES: list[tuple[SqlType, str, object]] = [
    (INT, "12", 12),
    (INT, " 12 ", 12),
    (INT, "12\r", 12),
    (INT, "- 3", -3),
    (INT, "+0012", 12),
    (INT, "2147483647", 2147483647),
    (INT, "2147483648", 4867),
    (INT, "1.0", 4864),
    (INT, "1e2", 4864),
    (INT, "x", 4864),
    (INT, "1 2", 4864),
    (INT, " ", 4864),
    (INT, "１", 4864),
    (SqlType("tinyint"), "255", 255),
    (SqlType("tinyint"), "256", 4867),
    (SqlType("tinyint"), "-1", 4867),
    (SqlType("smallint"), "-32768", -32768),
    (SqlType("bigint"), "9223372036854775807", 9223372036854775807),
    (SqlType("bigint"), "9223372036854775808", 4867),
    (SqlType("bit"), "1", 1),
    (SqlType("bit"), "0", 0),
    (SqlType("bit"), "2", 4864),
    (SqlType("bit"), "true", 4864),
    (SqlType("bit"), " 1", 4864),
    (SqlType("decimal", precision=5, scale=2), "1.005", Decimal("1.01")),
    (SqlType("decimal", precision=5, scale=2), "-0.5", Decimal("-0.50")),
    (SqlType("decimal", precision=5, scale=2), ".5\r", Decimal("0.50")),
    (SqlType("decimal", precision=5, scale=2), "999.995", 4863),
    (SqlType("decimal", precision=5, scale=2), "1e2", 4864),
    (SqlType("money"), "1.23456", Decimal("1.2346")),
    (SqlType("money"), "abc", 4864),
    (SqlType("float"), "2.5e3", 2500.0),
    (SqlType("float"), "-1E-3", -0.001),
    (SqlType("float"), "inf", 4864),
    (SqlType("float"), "1e400", 4867),
    (SqlType("real"), "1.5", 1.5),
    (SqlType("real"), "1e40", 4867),
    (SqlType("date"), "2024-02-29", date(2024, 2, 29)),
    (SqlType("date"), "20240229", date(2024, 2, 29)),
    (SqlType("date"), "02/29/2024", date(2024, 2, 29)),
    (SqlType("date"), "2024-02-29\r", date(2024, 2, 29)),
    (SqlType("date"), "2024-02-29 00:00:00", date(2024, 2, 29)),
    (SqlType("date"), "2024-02-29 10:00", 4864),
    (SqlType("date"), "2023-02-29", 4864),
    (SqlType("date"), "9999-12-31", date(9999, 12, 31)),
    (SqlType("date"), "0", 4864),
    (SqlType("date"), "yesterday", 4864),
    (SqlType("datetime"), "2024-01-02 03:04:05.1234567", datetime(2024, 1, 2, 3, 4, 5, 123000)),
    (SqlType("datetime"), "2024-01-02T03:04:05.999", datetime(2024, 1, 2, 3, 4, 6)),
    (SqlType("datetime"), "20240102", datetime(2024, 1, 2)),
    (SqlType("datetime"), "1752-12-31", 4864),
    (SqlType("datetime"), "2024-01-02 25:00", 4864),
    (SqlType("datetime2", scale=3), "2024-01-02 03:04:05.1235", datetime(2024, 1, 2, 3, 4, 5, 124000)),
    (SqlType("datetime2", scale=7), "0001-01-01", datetime(1, 1, 1)),
    (SqlType("smalldatetime"), "2024-01-02 03:04:30", datetime(2024, 1, 2, 3, 5)),
    (SqlType("time", scale=7), "03:04:05.5", time(3, 4, 5, 500000)),
    (SqlType("time", scale=7), "24:00", 4864),
    (SqlType("uniqueidentifier"), "6F9619FF-8B86-D011-B42D-00C04FC964FF", GUID),
    (SqlType("uniqueidentifier"), "{6f9619ff-8b86-d011-b42d-00c04fc964ff}", GUID),
    (SqlType("uniqueidentifier"), "6f9619ff", 4864),
    (SqlType("varbinary", 4), "0a0B", b"\x0a\x0b"),
    (SqlType("varbinary", 4), "A", 4864),
    (SqlType("varbinary", 1), "0a0b", 4863),
    (SqlType("nvarchar", 3), "abc", "abc"),
    (SqlType("nvarchar", 3), "äöü", "äöü"),
    (SqlType("nvarchar", 3), "田中美", "田中美"),
    (SqlType("nvarchar", 3), "abcd", 4864),
    (SqlType("nvarchar", 3), "a😀", "a😀"),
    (SqlType("nvarchar", 3), "ab😀", 4864),
    (SqlType("nvarchar", MAX), "x" * 10_000, "x" * 10_000),
    (SqlType("varchar", 3), "abcd", 4863),
    (SqlType("char", 3), "a", "a  "),
    (SqlType("nchar", 3), "a", "a  "),
]


@pytest.mark.parametrize(
    ("declared", "field", "expected"),
    VALUES,
    ids=[f"{declared} {field[:30]!r}" for declared, field, _ in VALUES],
)
@pytest.mark.parametrize("odd", [False, True])
def test_a_field_converts_by_the_bulk_providers_rules(
    loading: Loading, declared: SqlType, field: str, expected: object, odd: bool
) -> None:
    content = f"first;{field}\n" + ("\0;\n" if odd else "")
    relation = loading.table(SqlType("nvarchar", 10), declared)
    count = loading.load(relation, content, FIELDTERMINATOR=";", ROWTERMINATOR="0x0a")
    if isinstance(expected, int) and 4860 < expected < 4870:
        assert (loading.numbers(), count) == ([expected], int(odd))
        assert loading.reported[0].message.endswith("for row 1, column 2 (c2).")
    else:
        assert (loading.numbers(), loading.rows()[0]) == ([], ("first", expected))


def test_too_long_a_field_of_a_wide_file_is_a_truncation(loading: Loading) -> None:
    loading.load(loading.table(SqlType("nvarchar", 3)), "abcd\nabc\n", DATAFILETYPE="widechar")
    assert loading.numbers() == [4863]
    assert loading.rows() == [("abc",)]


@pytest.mark.parametrize(
    ("content", "wide"),
    [(b"1,\xff\n2,b\n", False), (b"\xff\xfe1\0,\0\x00\xd8\n\x002\0,\0b\0\n\0", True)],
)
def test_invalid_text_is_a_type_mismatch(loading: Loading, content: bytes, wide: bool) -> None:
    loading.load(loading.table(INT, NVARCHAR), content, DATAFILETYPE="widechar" if wide else "char")
    assert loading.numbers() == [4864]
    assert loading.rows() == [(2, "b")]


def test_a_wide_file_of_an_odd_number_of_bytes_ends_too_early(loading: Loading) -> None:
    with pytest.raises(SqlError):
        loading.load(loading.table(NVARCHAR), b"\xff\xfea\0\n\0b", DATAFILETYPE="widechar")
    assert loading.numbers() == [4832, 7399]


def test_a_bad_row_is_reported_and_skipped(loading: Loading) -> None:
    count = loading.load(loading.table(INT, INT), "1,1\nx,y\n2,2\n3,z\n")
    assert (count, loading.rows()) == (2, [(1, 1), (2, 2)])
    assert [str(error) for error in loading.reported] == [
        "Msg 4864, level 16, state 1, line 7: "
        "Bulk load data conversion error (type mismatch or invalid character for the specified codepage) "
        "for row 2, column 1 (c1).",
        "Msg 4864, level 16, state 1, line 7: "
        "Bulk load data conversion error (type mismatch or invalid character for the specified codepage) "
        "for row 4, column 2 (c2).",
    ]


def test_row_numbers_count_skipped_rows_and_blocks(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_file, "_BLOCK", 16)
    content = "header\tline\n" + "".join(f"{'x' if row == 50 else row}\ty\n" for row in range(2, 101))
    loading.load(loading.table(INT, NVARCHAR), content, FIRSTROW=2, FIELDTERMINATOR="\\t")
    assert [error.message for error in loading.reported] == [
        "Bulk load data conversion error (type mismatch or invalid character for the specified codepage) "
        "for row 50, column 1 (c1)."
    ]
    assert len(loading.rows()) == 98


@pytest.mark.parametrize(
    ("bad_rows", "options", "numbers"),
    [
        (10, {}, [4864] * 10),
        (11, {}, [4864] * 11 + [4865, 7399]),
        (2, {"MAXERRORS": 1}, [4864, 4864, 4865, 7399]),
        (1, {"MAXERRORS": 0}, [4864, 7399]),
        (20, {"MAXERRORS": 20}, [4864] * 20),
    ],
)
@pytest.mark.parametrize("block", [8, 1 << 22])
def test_more_bad_rows_than_maxerrors_fail_the_load(
    loading: Loading,
    monkeypatch: pytest.MonkeyPatch,
    block: int,
    bad_rows: int,
    options: Options,
    numbers: list[int],
) -> None:
    monkeypatch.setattr(bulk_file, "_BLOCK", block)
    relation = loading.table(INT)
    if numbers[-1] == 4864:
        assert loading.load(relation, "x\n" * bad_rows + "1\n", options) == 1
    else:
        with pytest.raises(SqlError) as error:
            loading.load(relation, "x\n" * bad_rows + "1\n", options)
        assert str(error.value) == (
            'Msg 7330, level 16, state 2, line 7: Cannot fetch a row from OLE DB provider "BULK" '
            'for linked server "(null)".'
        )
    assert loading.numbers() == numbers
    if 4865 in numbers:
        maximum = options.get("MAXERRORS", 10)
        message = f"Cannot bulk load because the maximum number of errors ({maximum}) was exceeded."
        assert loading.reported[-2].message == message


def test_without_a_reporter_the_first_bad_row_is_raised(loading: Loading) -> None:
    relation, path = loading.table(INT), loading.file("1\nx\n")
    with pytest.raises(SqlError, match="row 2, column 1") as error:
        bulk_insert(loading.connection, relation, str(path), {}, [loading.folder], 1)
    assert error.value.number == 4864


def test_an_empty_field_of_a_not_null_column_is_a_bad_row(loading: Loading) -> None:
    relation = loading.table(ColumnInfo("id", INT, nullable=False), ColumnInfo("name", NVARCHAR, nullable=False))
    loading.load(relation, "1,a\n,b\n3,\n4,d\n")
    assert loading.rows() == [(1, "a"), (4, "d")]
    assert [error.message for error in loading.reported] == [
        "The bulk load failed. Unexpected NULL value in data file row 2, column 1. "
        "The destination column (id) is defined as NOT NULL.",
        "The bulk load failed. Unexpected NULL value in data file row 3, column 2. "
        "The destination column (name) is defined as NOT NULL.",
    ]
    assert loading.numbers() == [4869, 4869]


def test_an_empty_field_takes_the_default_unless_keepnulls(loading: Loading) -> None:
    relation = loading.table(INT, ColumnInfo("name", NVARCHAR, nullable=False, default="'none'"))
    loading.load(relation, "1,\n2,b\n")
    assert loading.rows() == [(1, "none"), (2, "b")]
    loading.load(relation, "3,\n4,d\n", KEEPNULLS=None)
    assert loading.rows()[2:] == [(4, "d")]
    assert loading.numbers() == [4869]


def test_the_identity_field_is_ignored_unless_keepidentity(loading: Loading) -> None:
    relation = loading.table(ColumnInfo("id", INT, nullable=False, identity=(1, 1)), NVARCHAR)
    loading.load(relation, "10,a\nx,b\n,c\n")
    assert loading.rows() == [(1, "a"), (2, "b"), (3, "c")]
    assert loading.reported == []


def test_keepidentity_keeps_the_files_values(loading: Loading) -> None:
    relation = loading.table(ColumnInfo("id", INT, nullable=False, identity=(1, 1)), NVARCHAR)
    loading.load(relation, "10,a\nx,b\n", KEEPIDENTITY=None)
    assert loading.rows() == [(10, "a")]
    assert loading.numbers() == [4864]
    loading.load(relation, ",c\n")
    assert loading.rows() == [(10, "a"), (11, "c")]
    loading.load(relation, "-5,d\n", KEEPIDENTITY=None)
    loading.load(relation, ",e\n")
    assert loading.rows()[2:] == [(-5, "d"), (12, "e")]


def test_a_descending_identity_continues_below_the_files_values(loading: Loading) -> None:
    relation = loading.table(ColumnInfo("id", INT, nullable=False, identity=(-1, -1)), NVARCHAR)
    loading.load(relation, "-10,a\n", KEEPIDENTITY=None)
    loading.load(relation, ",b\n")
    assert loading.rows() == [(-10, "a"), (-11, "b")]


def test_a_default_without_an_evaluator_is_refused(loading: Loading) -> None:
    relation, path = loading.table(ColumnInfo("name", NVARCHAR, default="'none'")), loading.file("a\n")
    with pytest.raises(SqlError, match="without KEEPNULLS into column name with its default"):
        bulk_insert(loading.connection, relation, str(path), {}, [loading.folder], 1)


def test_check_constraints_are_skipped_or_refused(loading: Loading) -> None:
    relation = replace(loading.table(INT), constraints=(ConstraintInfo("ck", "C", ("c1",), "c1 > 0"),))
    loading.load(relation, "-1\n")
    assert loading.rows() == [(-1,)]
    with pytest.raises(SqlError, match="CHECK_CONSTRAINTS into a table with CHECK constraints"):
        loading.load(relation, "-1\n", CHECK_CONSTRAINTS=None)


def test_a_computed_columns_field_is_read_and_ignored(loading: Loading) -> None:
    relation = loading.table(ColumnInfo("a", INT), ColumnInfo("b", INT, computed="a * 2"), ColumnInfo("c", NVARCHAR))
    loading.load(relation, "1,whatever,x\n")
    assert loading.rows() == [(1, 2, "x")]


@pytest.mark.parametrize(
    ("file_type", "encoding", "number", "text"),
    [
        (
            "char",
            "utf-16",
            4830,
            "incorrectly specified as char. DataFileType will be assumed to be widechar",
        ),
        (
            "widechar",
            "utf-8",
            4831,
            "incorrectly specified as widechar. DataFileType will be assumed to be char",
        ),
    ],
)
def test_the_byte_order_mark_overrules_datafiletype(
    loading: Loading, file_type: str, encoding: str, number: int, text: str
) -> None:
    loading.load(loading.table(NVARCHAR, NVARCHAR), "é,b\n".encode(encoding), DATAFILETYPE=file_type)
    assert loading.rows() == [("é", "b")]
    assert [(error.number, error.severity) for error in loading.reported] == [(number, 10)]
    assert text in loading.reported[0].message


@pytest.mark.parametrize(
    ("code_page", "encoding", "text"),
    [
        ("65001", "utf-8", "é李"),
        ("65001", "utf-8-sig", "é李"),
        ("ACP", "cp1252", "é€"),
        ("acp", "cp1252", "é€"),
        ("RAW", "cp1252", "é€"),
        ("1252", "cp1252", "é€"),
        ("OEM", "cp437", "é▒"),
        ("850", "cp850", "éÕ"),
        ("1250", "cp1250", "őŁ"),
        ("1251", "cp1251", "Жя"),
        ("28592", "iso8859-2", "őŁ"),
        ("932", "cp932", "日本"),
        ("936", "gbk", "李"),
    ],
)
def test_a_char_file_is_read_in_its_code_page(loading: Loading, code_page: str, encoding: str, text: str) -> None:
    loading.load(loading.table(NVARCHAR, NVARCHAR), f"{text},b\n".encode(encoding), CODEPAGE=code_page)
    assert loading.rows() == [(text, "b")]


def test_a_wide_file_has_no_code_page(loading: Loading) -> None:
    content = "\ufeffé李\n".encode("utf-16-le")
    loading.load(loading.table(NVARCHAR), content, CODEPAGE="1251", DATAFILETYPE="widechar")
    assert loading.rows() == [("é李",)]


@pytest.mark.parametrize(
    ("options", "number", "text"),
    [
        ({"CODEPAGE": "99999"}, 2775, "The code page 99999 is not supported by the server."),
        ({"CODEPAGE": "utf8"}, 102, "Incorrect syntax near 'utf8'."),
        ({"DATAFILETYPE": "native"}, 40510, "BULK INSERT with DATAFILETYPE = 'native'"),
        ({"DATAFILETYPE": "widenative"}, 40510, "BULK INSERT with DATAFILETYPE = 'widenative'"),
        ({"DATAFILETYPE": "bogus"}, 102, "Incorrect syntax near 'bogus'."),
        ({"FORMAT": "PARQUET"}, 40510, "BULK INSERT with FORMAT = 'PARQUET'"),
        (
            {"FORMAT": "CSV", "DATAFILETYPE": "native"},
            5339,
            "CSV format option is supported for char and widechar",
        ),
        ({"FORMAT": "CSV", "FIELDQUOTE": "ab"}, 4878, "Invalid quote character"),
        ({"FIELDQUOTE": "'"}, 40510, "BULK INSERT with FIELDQUOTE but without FORMAT = 'CSV'"),
        ({"FORMATFILE": "x.fmt"}, 40510, "BULK INSERT with FORMATFILE"),
        ({"ERRORFILE": "x.err"}, 40510, "BULK INSERT with ERRORFILE"),
        ({"DATA_SOURCE": "blobs"}, 12703, 'Referenced external data source "blobs" not found.'),
        ({"FIRSTROW": 3, "LASTROW": 2}, 4880, "the value for FIRSTROW/FIRST_ROW cannot be greater than"),
        ({"FIRSTROW": "2"}, 102, "Incorrect syntax near 'FIRSTROW'."),
        ({"MAXERRORS": -1}, 102, "Incorrect syntax near 'MAXERRORS'."),
        ({"FIELDTERMINATOR": 7}, 102, "Incorrect syntax near 'FIELDTERMINATOR'."),
        ({"NOSUCH": None}, 102, "Incorrect syntax near 'NOSUCH'."),
        ({"ROWTERMINATOR": ""}, 40510, "BULK INSERT with an empty terminator"),
        ({"ROWTERMINATOR": "0xFF"}, 40510, "BULK INSERT with the terminator '0xFF' in a utf-8 file"),
    ],
)
def test_an_option_is_refused_by_name(loading: Loading, options: Options, number: int, text: str) -> None:
    with pytest.raises(SqlError) as error:
        loading.load(loading.table(NVARCHAR), "a\n", options)
    assert error.value.number == number
    assert text in error.value.message
    assert loading.rows() == []


def test_a_view_and_an_unknown_type_are_refused_by_name(loading: Loading) -> None:
    relation = loading.table(NVARCHAR)
    view = Relation("t", "V", "Db", "dbo", "t", relation.columns)
    with pytest.raises(SqlError, match="BULK INSERT into a view"):
        loading.load(view, "a\n")
    odd = Relation("t", "U", "Db", "dbo", "t", (ColumnInfo("c1", SqlType("sql_variant")),))
    with pytest.raises(SqlError, match="BULK INSERT into a column of type sql_variant"):
        loading.load(odd, "a\n")


def attempt(loading: Loading, path: str, roots: Sequence[Path]) -> SqlError | int:
    relation = Relation("t", "U", "Db", "dbo", "t", (ColumnInfo("c1", NVARCHAR),))
    loading.connection.execute("CREATE OR REPLACE TABLE t (c1 VARCHAR)")
    try:
        return bulk_insert(loading.connection, relation, path, {}, roots, 3)
    except SqlError as error:
        return error


def test_only_files_below_the_roots_are_read(loading: Loading) -> None:
    inside, outside = loading.folder / "in", loading.folder / "out"
    (inside / "deep").mkdir(parents=True)
    outside.mkdir()
    for file in (inside / "a.txt", inside / "deep" / "b.txt", outside / "secret.txt"):
        file.write_text("x\n")
    (inside / "link.txt").symlink_to(outside / "secret.txt")
    (inside / "good.txt").symlink_to(inside / "a.txt")
    found = {
        path: attempt(loading, path.replace("IN", str(inside)), [inside])
        for path in (
            "IN/a.txt",
            "IN/deep/../a.txt",
            "IN/good.txt",
            "a.txt",
            "deep\\b.txt",
            "C:IN/a.txt",
            "IN/../out/secret.txt",
            "IN/link.txt",
            "../out/secret.txt",
            "IN/deep",
            "IN/absent.txt",
            "IN/A.TXT",
            "D:\\a.txt",
            "",
            "IN/a.txt\0",
            "IN/" + "x" * 300,
            "https://example.com/a.txt",
        )
    }
    numbers = {path: result.number if isinstance(result, SqlError) else result for path, result in found.items()}
    assert numbers == {
        "IN/a.txt": 1,
        "IN/deep/../a.txt": 1,
        "IN/good.txt": 1,
        "a.txt": 1,
        "deep\\b.txt": 1,
        "C:IN/a.txt": 1,
        "IN/../out/secret.txt": 4861,
        "IN/link.txt": 4861,
        "../out/secret.txt": 4861,
        "IN/deep": 4861,
        "IN/absent.txt": 4860,
        "IN/A.TXT": 4860,
        "D:\\a.txt": 4860,
        "": 4861,
        "IN/a.txt\0": 4860,
        "IN/" + "x" * 300: 4860,
        "https://example.com/a.txt": 4860,
    }


def test_the_errors_for_files_name_the_path_as_given(loading: Loading) -> None:
    absent = attempt(loading, "C:\\sql\\cust_info.csv", [loading.folder])
    denied = attempt(loading, "/etc/passwd", [loading.folder])
    assert str(absent) == (
        'Msg 4860, level 16, state 1, line 3: Cannot bulk load. The file "C:\\sql\\cust_info.csv" '
        "does not exist or you don't have file access rights."
    )
    assert str(denied) == (
        "Msg 4861, level 16, state 1, line 3: "
        'Cannot bulk load because the file "/etc/passwd" could not be opened. '
        "Operating system error code 5(Access is denied.)."
    )


def test_a_load_is_part_of_the_open_transaction(loading: Loading) -> None:
    relation = loading.table(NVARCHAR)
    list(loading.transactions.begin())
    loading.load(relation, "a\nb\n")
    assert len(loading.rows()) == 2
    loading.transactions.rollback()
    assert loading.rows() == []


def test_a_constraint_that_fails_is_duckdbs_error(loading: Loading) -> None:
    loading.connection.execute("CREATE TABLE t (c1 INTEGER PRIMARY KEY)")
    relation = Relation("t", "U", "Db", "dbo", "t", (ColumnInfo("c1", INT, nullable=False),))
    with pytest.raises(duckdb.ConstraintException):
        loading.load(relation, "1\n1\n")
