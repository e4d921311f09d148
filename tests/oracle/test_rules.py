"""The oracle's parts against cases worked out by hand."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from tests.oracle.convert import clean, compact_dates, integers, iso_dates
from tests.oracle.gold import average_selling_price, months_between, within_calendar
from tests.oracle.lines import BrokenLineError, read_lines, split_fields, utf16_length
from tests.oracle.silver import divide, repair_money


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a,b", ["a", "b"]),
        ("", [""]),
        (",", ["", ""]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a ""b""","",""""', ['a "b"', "", '"']),
        ('"a"",""b",c', ['a","b', "c"]),
        ('a "b", "c"', ['a "b"', ' "c"']),
        ('a""b,5"', ['a""b', '5"']),
    ],
)
def test_a_line_splits_at_commas_outside_quotes(line: str, fields: list[str]) -> None:
    assert split_fields(line) == fields


@pytest.mark.parametrize(
    ("line", "column"),
    [('"', 0), ('a,"b', 1), ('a,"b,c,d', 1), ('"a"",b', 0), ('"a"b,c', 0), ('a,b,"c" ', 2), ('"a"b"c"', 0)],
)
def test_a_quote_that_does_not_close_a_field_breaks_the_line(line: str, column: int) -> None:
    with pytest.raises(BrokenLineError) as broken:
        split_fields(line)
    assert broken.value.column == column


def test_lines_keep_their_physical_numbers(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'\xef\xbb\xbfa,b\r\n1,2\n\n   \r\n3\n4,"5\r\n6,\t7\r\r\n8,')
    lines = read_lines(path, "a,b")
    assert lines.rows.to_dict("split", index=False)["data"] == [["1", "2", 2], ["6", " 7 ", 7], ["8", "", 8]]
    assert lines.broken == [(5, None), (6, "b")]
    assert lines.file_rows == 5


def test_characters_are_counted_as_utf_16_code_units() -> None:
    assert [utf16_length(text) for text in ("", "abc", "é", "日本", "😀a")] == [0, 3, 1, 2, 3]


def test_trimming_takes_blanks_and_invisible_characters() -> None:
    column = pd.Series(["  a\u00a0b ", "   ", "", "\u00a0", "\ufeff a\u200b\u0001", None], dtype=object)
    assert clean(column).to_list() == ["a\u00a0b", None, None, None, "a\u200b\u0001", None]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("0012", 12),
        ("2147483647", 2147483647),
        ("-2147483648", -2147483648),
    ],
)
def test_a_whole_number_converts(text: str, number: int) -> None:
    values, failed = integers(pd.Series([text, None], dtype=object))
    assert values.to_list() == [number, pd.NA]
    assert failed.tolist() == [False, False]


@pytest.mark.parametrize(
    "text", ["x", "1.0", "1e3", "-", "+", "- 1", "1_0", "٣", "2147483648", "-2147483649", "9" * 5000]
)
def test_text_that_is_not_an_int_does_not_convert(text: str) -> None:
    assert integers(pd.Series([text], dtype=object))[1].tolist() == [True]


@pytest.mark.parametrize("text", ["2023-02-29", "0000-01-01", "20240101", "2024-1-1", "2024-01-01T00:00:00", "x"])
def test_text_that_is_not_an_iso_date_does_not_convert(text: str) -> None:
    assert iso_dates(pd.Series([text], dtype=object))[1].tolist() == [True]


@pytest.mark.parametrize(
    ("text", "day"),
    [("20240229", date(2024, 2, 29)), ("00010101", date.min), ("99991231", date.max)]
    + [(text, None) for text in ("20230229", "00000101", "0", "5489", "202402011", "2024-1-1", "２０２４０２０１")],
)
def test_a_compact_date_converts_or_is_null(text: str, day: date | None) -> None:
    (value,) = compact_dates(pd.Series([text], dtype=object))
    assert (None if pd.isna(value) else value.date()) == day


@pytest.mark.parametrize(
    ("money", "repaired"),
    [  # sales, quantity, price → sales, price
        ((20, 2, 10), (20, 10)),
        ((19, 2, 10), (20, 10)),
        ((None, 2, 10), (20, 10)),
        ((0, 2, 10), (20, 10)),
        ((-20, 2, 10), (20, 10)),
        ((20, 2, -10), (20, 10)),
        ((25, 2, -10), (20, 12)),
        ((25, 2, None), (25, 12)),
        ((25, 0, None), (25, None)),
        ((25, None, None), (25, None)),
        ((25, None, 10), (25, 10)),
        ((25, 2, 0), (0, 12)),
        ((25, 0, 10), (0, 10)),
        ((25, 0, -10), (0, None)),
        ((-25, 2, -10), (20, -12)),
        ((None, 2, -10), (20, None)),
        ((20, -2, 10), (-20, 10)),
        ((25, -2, None), (25, -12)),
        ((None, 2, None), (None, None)),
        ((0, 2, None), (None, 0)),
        ((-25, 2, None), (None, -12)),
        ((None, None, 10), (None, 10)),
    ],
)
def test_money_is_repaired_by_the_rules(money: tuple[int | None, ...], repaired: tuple[int | None, ...]) -> None:
    amount, price = repair_money(*(pd.Series([value], dtype="Int64") for value in money))
    assert [None if pd.isna(value) else value for value in (amount[0], price[0])] == list(repaired)


def test_division_truncates_towards_zero_and_by_zero_gives_null() -> None:
    dividends, divisors = [7, -7, 7, -7, 7, None, 0], [2, 2, -2, -2, 0, 2, 5]
    quotients = divide(pd.Series(dividends, dtype="Int64"), pd.Series(divisors, dtype="Int64"))
    assert quotients.to_list() == [3, -3, -3, 3, pd.NA, pd.NA, 0]


def test_months_are_boundaries_crossed() -> None:
    pairs = [
        ("2024-01-31", "2024-02-01"),
        ("2024-01-01", "2024-01-31"),
        ("2023-12-31", "2024-12-01"),
        ("2024-07-01", "2024-06-30"),
    ]
    start, end = (pd.Series(days, dtype="datetime64[s]") for days in zip(*pairs, strict=True))
    assert months_between(start, end).to_list() == [1, 0, 12, -1]


@pytest.mark.parametrize(
    ("lines", "mean"),
    [  # (sales, quantity) a line
        ([(9, 4)], 2.3),
        ([(9, -4)], -2.3),
        ([(1, 4), (1, 2)], 0.4),
        ([(10, 1), (10, 0), (10, None)], 10.0),
        ([(10, 3)], 3.3),
    ],
)
def test_the_mean_price_rounds_half_away_from_zero(lines: list[tuple[int, int | None]], mean: float) -> None:
    sales = pd.DataFrame(lines, columns=["sales_amount", "quantity"]).astype("Int64")
    sales = sales.assign(product_key=1, order_date=pd.Timestamp(2024, 1, 1))
    assert average_selling_price(sales).to_list() == [mean]


def test_dates_of_other_centuries_are_none() -> None:
    days = pd.Series(["1973-12-31", "1974-01-01", "2025-12-31", "2026-01-01", None], dtype="datetime64[s]")
    kept = within_calendar(days, date(2024, 6, 15)).notna()
    assert kept.to_list() == [False, True, True, False, False]
