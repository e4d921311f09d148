"""URLs of the dashboards, and their periods."""

from datetime import date

import pytest

from api.dashboards.selection import ALL_DATES, Selection, parse_selection
from api.figures.periods import Period, add_months, presets, unit_of

TODAY = date(2026, 2, 1)


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def test_the_url_of_a_selection_is_parsed_as_the_same_selection() -> None:
    chosen = {"country": ("Côte d'Ivoire", "n/a"), "product_line": ("Road & Track",), "joined": ("2025-Q3",)}
    for wanted in (None, period("2025-01-01", "2025-12-31")):
        for by, rows in ((None, False), ("day", True)):
            selection = Selection("customers", wanted, chosen, by, "orders", "country", "sales", rows=rows)
            assert parse_selection("customers", selection.query(), TODAY) == selection


def test_the_default_period_is_the_last_twelve_months_that_are_over() -> None:
    assert parse_selection("sales", "", TODAY).period == period("2025-02-01", "2026-01-31")
    assert parse_selection("sales", "", date(2026, 1, 31)).period == period("2025-02-01", "2026-01-31")
    assert parse_selection("sales", "", date(2026, 1, 30)).period == period("2025-01-01", "2025-12-31")
    assert parse_selection("sales", f"period={ALL_DATES}", TODAY).period is None


def test_a_repeated_value_counts_once() -> None:
    assert parse_selection("sales", "country=A&country=B&country=A", TODAY).chosen == {"country": ("A", "B")}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("from=2025-01-01", "“to=” must be a date"),
        ("to=2025-01-01", "“from=” must be a date like 2025-07-31, because “to” is given"),
        ("measure=profit&measure=orders", "“measure=orders” was left out: measure has one value, profit"),
        ("rows=0", "“rows=0” must be 1"),
        ("from=2025-02-30&to=2025-03-01", "“from=2025-02-30” must be a date"),
        ("from=2025-03-01&to=2025-02-01", "ends on 2025-02-01, before it begins on 2025-03-01"),
        ("from=0001-01-01&to=2025-02-01", "the year must be from 1900 to 2999"),
        ("period=forever", "either “period=all” or"),
        ("period=all&from=2025-01-01&to=2025-02-01", "either “period=all” or"),
        ("joined=2025-13", "“joined=2025-13” must be a month"),
        ("joined=99999999999-01", "“joined=99999999999-01” must be a month"),
        ("by=week", "“by=week” must be one of year, quarter, month, day"),
        ("measure=luck", "“measure=luck” must be one of sales, profit,"),
        ("split=luck", "“split=luck” must be one of country,"),
        ("age=30-39", "“age=30-39” was left out: the filter is now called age_group."),
        ("top=luck", "“top=luck” must be one of sales,"),
        ("country=" + "x" * 5000, "too long"),
        ("&".join(f"product={key}" for key in range(201)), "Only the first 200 values"),
    ],
)
def test_what_is_invalid_in_a_url_is_named_and_left_out(query: str, message: str) -> None:
    selection = parse_selection("sales", f"{query}&product_line=Road" if len(query) < 4000 else query, TODAY)
    (wrong,) = selection.wrong
    assert message in wrong
    assert selection.period in (None, parse_selection("sales", "", TODAY).period)


def test_parameters_of_others_are_ignored() -> None:
    selection = parse_selection("sales", "utm_source=mail&country=A&contry=B", TODAY)
    assert selection == parse_selection("sales", "country=A", TODAY)
    assert not selection.wrong


def test_a_click_chooses_one_value_and_a_second_click_removes_it() -> None:
    start = Selection("sales", None, {"country": ("A", "B")})
    clicked = start.after_click(country="B")
    assert clicked.chosen == {"country": ("B",)}
    assert clicked.after_click(country="B").chosen == {}


def test_a_menu_adds_and_removes_values() -> None:
    start = Selection("sales", None)
    both = start.with_toggled("country", "A").with_toggled("country", "B")
    assert both.chosen == {"country": ("A", "B")}
    assert both.with_toggled("country", "A").with_toggled("country", "B").chosen == {}


BEFORE = {
    # period → the preceding period, the same days of the year before
    ("2025-01-01", "2025-12-31"): (("2024-01-01", "2024-12-31"), ("2024-01-01", "2024-12-31")),
    ("2025-07-01", "2025-09-30"): (("2025-04-01", "2025-06-30"), ("2024-07-01", "2024-09-30")),
    ("2024-03-01", "2024-03-31"): (("2024-02-01", "2024-02-29"), ("2023-03-01", "2023-03-31")),
    ("2024-02-01", "2024-02-29"): (("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
    ("2025-07-05", "2025-07-05"): (("2025-07-04", "2025-07-04"), ("2024-07-05", "2024-07-05")),
    ("2025-07-05", "2025-07-14"): (("2025-06-25", "2025-07-04"), ("2024-07-05", "2024-07-14")),
    # whole months
    ("2025-02-01", "2026-01-31"): (("2024-02-01", "2025-01-31"), ("2024-02-01", "2025-01-31")),
    ("2025-02-01", "2025-03-31"): (("2024-12-01", "2025-01-31"), ("2024-02-01", "2024-03-31")),
    ("2024-01-01", "2024-02-29"): (("2023-11-01", "2023-12-31"), ("2023-01-01", "2023-02-28")),
    # unfinished on 1 February 2026: the same number of days
    ("2026-01-01", "2026-12-31"): (("2025-01-01", "2025-02-01"), ("2025-01-01", "2025-02-01")),
    ("2026-02-01", "2026-02-28"): (("2026-01-01", "2026-01-01"), ("2025-02-01", "2025-02-01")),
    ("2026-01-28", "2026-02-10"): (("2026-01-23", "2026-01-27"), ("2025-01-28", "2025-02-01")),
}


@pytest.mark.parametrize("shown", BEFORE, ids="..".join)
def test_a_period_is_compared_with_the_preceding_one_and_the_year_before(shown: tuple[str, str]) -> None:
    before, year_before = BEFORE[shown]
    assert period(*shown).previous(TODAY) == period(*before)
    assert period(*shown).year_before(TODAY) == period(*year_before)


@pytest.mark.parametrize(
    ("shown", "level"),
    [
        (("2025-01-01", "2025-12-31"), "quarter"),
        (("2025-07-01", "2025-09-30"), "month"),
        (("2025-07-01", "2025-07-31"), "day"),
        (("2025-07-05", "2025-07-05"), "day"),
        (("2025-07-05", "2025-09-04"), "day"),
        (("2025-07-05", "2025-09-05"), "month"),
        (("2025-02-02", "2026-02-01"), "month"),
        (("2022-02-01", "2026-02-01"), "year"),
    ],
)
def test_the_default_level_depends_on_the_length_of_the_period(shown: tuple[str, str], level: str) -> None:
    assert period(*shown).default_level() == level


def test_a_day_is_enclosed_by_its_month_quarter_and_year() -> None:
    day = date(2025, 8, 5)
    assert Period(day, day).enclosing_units() == [unit_of(day, level) for level in ("year", "quarter", "month")]


def test_presets_cover_the_periods_they_name() -> None:
    offered = presets(date(2026, 3, 31))
    assert offered["Last 30 days"] == period("2026-03-02", "2026-03-31")
    assert offered["Last month"] == period("2026-02-01", "2026-02-28")
    assert offered["Last quarter"] == period("2025-10-01", "2025-12-31")
    assert offered["This quarter"] == period("2026-01-01", "2026-03-31")


@pytest.mark.parametrize(
    ("day", "months", "other"),
    [("2024-02-29", -12, "2023-02-28"), ("2025-01-31", 1, "2025-02-28"), ("2025-12-31", 2, "2026-02-28")],
)
def test_adding_months_stops_at_the_end_of_a_shorter_month(day: str, months: int, other: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(other)
