"""Clicks on bars, columns, countries, days, nodes and cells filter the page by their values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qsl

import pytest

from tests.dashboards.cases import YEAR
from tests.dashboards.oracle import Oracle, Selection
from tests.dashboards.screen import Screen
from tests.dashboards.test_filters import assert_shows


def breadcrumbs(screen: Screen, card: str) -> list[str]:
    return screen.page.locator(f"#{card} .breadcrumbs > *").all_text_contents()


def click_breadcrumb(screen: Screen, card: str, name: str) -> Screen:
    return screen.click(screen.page.locator(f"#{card} .breadcrumbs a").get_by_text(name, exact=True))


def test_the_trend_drills_down_from_years_to_a_day_and_the_breadcrumbs_lead_back_up(
    screen: Screen, oracle: Oracle
) -> None:
    screen.open("sales?period=all&country=Germany")
    steps = [
        ("2024", (date(2024, 1, 1), date(2024, 12, 31)), "2024"),
        ("Q4<br>2024", (date(2024, 10, 1), date(2024, 12, 31)), "Q4 2024"),
        ("Nov<br>2024", (date(2024, 11, 1), date(2024, 11, 30)), "November 2024"),
        ("15 Nov<br>2024", (date(2024, 11, 15), date(2024, 11, 15)), "15 Nov 2024"),
    ]
    selections = [Selection(None, {"country": ("Germany",)})]
    for label, days, _ in steps:
        screen.click_at("sales-trend-chart", screen.bar_of("sales-trend", label))
        selections.append(Selection(days, {"country": ("Germany",)}))
        assert_shows(screen, oracle, selections[-1])
    assert breadcrumbs(screen, "sales-trend") == ["All dates", *(name for *_, name in steps)]
    for place in (3, 2, 1):
        click_breadcrumb(screen, "sales-trend", steps[place - 1][2])
        assert_shows(screen, oracle, selections[place])
    click_breadcrumb(screen, "sales-trend", "All dates")
    assert_shows(screen, oracle, selections[0])
    assert breadcrumbs(screen, "sales-trend") == ["All dates"]


def test_the_trend_is_drawn_at_the_chosen_level(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales")
    for level in ("year", "quarter", "month", "day"):
        screen.click(screen.page.locator("#sales-trend .levels").get_by_role("link", name=level.capitalize()))
        selection = Selection(YEAR, by=level)
        assert_shows(screen, oracle, selection)
        assert screen.traces("sales-trend")[-1]["y"] == oracle.trend(selection)["Sales"]
        assert screen.title("sales-trend") == f"Sales by {level}"
        assert screen.page.locator("#sales-trend .levels [aria-current]").inner_text() == level.capitalize()


def test_the_hover_label_of_a_bar_in_the_trend_has_its_figure_and_that_of_the_year_before(
    screen: Screen, oracle: Oracle
) -> None:
    screen.open("sales?from=2024-01-01&to=2024-12-31")
    screen.hover("sales-trend-chart", screen.bar_of("sales-trend", "Q3<br>2024"))
    label_text = screen.page.locator("#sales-trend-chart .hoverlayer").text_content() or ""
    figures = oracle.trend(Selection((date(2024, 1, 1), date(2024, 12, 31))))
    for name in ("Sales", "Year before"):
        assert f"{name} : {figures[name][2]:,.0f}" in label_text


def test_a_tile_shows_its_measure_in_all_charts_and_other_clicks_keep_it(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales")
    screen.click("#sales #tile-orders")
    selection = Selection(YEAR, measure="orders")
    assert_shows(screen, oracle, selection)
    assert screen.page.locator("#sales .tile[aria-current] .label").inner_text() == "Orders"
    for card, title in (
        ("trend", "Orders by month"),
        ("countries", "Orders by country"),
        ("calendar", "Orders by day"),
    ):
        assert screen.title(f"sales-{card}") == title
    screen.click(screen.page.locator("#sales-countries .bar").first)
    assert ("measure", "orders") in screen.query
    assert screen.title("sales-trend") == "Orders by month"


def test_the_change_is_divided_by_what_is_chosen_and_its_bars_filter(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales")
    screen.click(screen.page.locator("#sales-changed .levels").get_by_role("link", name="Country", exact=True))
    assert_shows(screen, oracle, Selection(YEAR, split="country"))
    bars = screen.page.locator("#sales-changed a.bar")
    name = screen.bars("sales-changed")[1][0]
    screen.click(bars.first)
    assert_shows(screen, oracle, Selection(YEAR, {"country": (name,)}, split="country"))


def test_the_best_are_sorted_by_the_column_that_is_clicked(screen: Screen, oracle: Oracle) -> None:
    screen.open("customers")
    for title, top in (("Orders", "orders"), ("Units sold", "quantity"), ("Sales", "sales")):
        screen.click(screen.page.locator("#customers-top-products .columns").get_by_role("link", name=title))
        selection = Selection(YEAR, top=top)
        assert screen.query == parse_qsl(selection.query())
        assert screen.bars("customers-top-products") == oracle.top(selection, "product")
        assert screen.bars("customers-top-customers") == oracle.top(selection, "customer")


BARS = {
    "sales-countries": ("sales", "country"),
    "sales-top-products": ("sales", "product"),
    "sales-changed-products": ("sales", "product"),
    "customers-segment": ("customers", "segment"),
    "customers-age_group": ("customers", "age_group"),
    "customers-marital_status": ("customers", "marital_status"),
    "customers-country": ("customers", "country"),
    "customers-top-customers": ("customers", "customer"),
    "customers-top-products": ("customers", "product"),
}


@pytest.mark.parametrize("card", BARS)
def test_a_bar_filters_the_page_another_replaces_it_and_a_second_click_removes_the_filter(
    screen: Screen, oracle: Oracle, card: str
) -> None:
    page, name = BARS[card]
    screen.open(f"{page}?{Selection(YEAR).query()}")
    bars = screen.page.locator(f"#{card} .bar")
    before = screen.bars(card)
    chosen = []
    for place in (1, 0):
        screen.click(bars.nth(place))
        (value,) = [value for key, value in screen.query if key == name]
        chosen.append(value)
        assert_shows(screen, oracle, Selection(YEAR, {name: (value,)}), page)
        assert screen.bars(card) == before, "the card has lost what it could be changed to"
        assert screen.chosen(card) == [before[place][0]]
    if name not in ("product", "customer"):
        assert chosen == [before[1][0], before[0][0]]
    screen.click(bars.nth(0))
    assert_shows(screen, oracle, Selection(YEAR), page)
    assert screen.chosen(card) == []


def test_the_categories_lead_down_to_a_product_and_the_breadcrumbs_lead_back_up(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales?country=Germany")
    country = {"country": ("Germany",)}
    click_part(screen, "Bikes")
    assert_shows(screen, oracle, Selection(YEAR, {"category": ("Bikes",), **country}))
    assert screen.title("sales-categories") == "Sales by subcategory"
    click_part(screen, "Mountain Bikes")
    below = Selection(YEAR, {"category": ("Bikes",), "subcategory": ("Mountain Bikes",), **country})
    assert_shows(screen, oracle, below)
    assert breadcrumbs(screen, "sales-categories") == ["All categories", "Bikes", "Mountain Bikes"]
    best = oracle.categories(below)[1][0][0]
    click_part(screen, best)
    (key,) = [value for name, value in screen.query if name == "product"]
    one = Selection(YEAR, {**below.filters, "product": (key,)})
    assert sorted(screen.query) == sorted([("from", str(YEAR[0])), ("to", str(YEAR[1])), *pairs(one)])
    assert screen.tiles() == oracle.sales_tiles(one)
    assert f"Product: {best}" in screen.chips()
    click_part(screen, best)
    assert_shows(screen, oracle, below)
    click_breadcrumb(screen, "sales-categories", "Bikes")
    assert_shows(screen, oracle, Selection(YEAR, {"category": ("Bikes",), **country}))
    click_breadcrumb(screen, "sales-categories", "All categories")
    assert_shows(screen, oracle, Selection(YEAR, country))


def test_a_side_of_the_pyramid_filters_by_age_and_gender(screen: Screen, oracle: Oracle) -> None:
    screen.open("customers")
    side = screen.page.locator('#customers-pyramid .side[aria-label^="30-39, Female"]')
    for filters in ({"age_group": ("30-39",), "gender": ("Female",)}, {}):
        screen.click(side)
        assert_shows(screen, oracle, Selection(YEAR, filters), "customers")


def pairs(selection: Selection) -> list[tuple[str, str]]:
    return [(name, value) for name, values in selection.filters.items() for value in values]


def click_part(screen: Screen, label: str) -> None:
    """Click a bar of the categories by its label."""
    screen.click(screen.page.locator(f'#sales-categories .bar[aria-label^="{label}, "]'))


@pytest.mark.parametrize(
    "selection", [Selection(YEAR, {"product_line": ("Road",)}), Selection(None)], ids=["one year", "several years"]
)
def test_a_day_of_the_calendar_selects_that_day(screen: Screen, oracle: Oracle, selection: Selection) -> None:
    screen.open(f"sales?{selection.query()}")
    (trace,) = screen.traces("sales-calendar")
    wanted = date(2025, 6, 18)
    row, column = next(
        (row, days.index(str(wanted))) for row, days in enumerate(trace["customdata"]) if str(wanted) in days
    )
    assert row % 8 == wanted.weekday(), "the day is drawn as another day of the week"
    screen.click_at("sales-calendar-chart", screen.cell_of("sales-calendar", column, row))
    assert_shows(screen, oracle, Selection((wanted, wanted), selection.filters))


Choose = Callable[[Screen], None]
COLUMNS = {
    "customers-orders": ("2", {"orders": ("2",)}),
    "customers-new": ("Jul<br>2025", {"joined": ("2025-07",)}),
}


@pytest.mark.parametrize("card", COLUMNS)
def test_a_column_filters_and_a_second_click_removes_the_filter(screen: Screen, oracle: Oracle, card: str) -> None:
    label, filters = COLUMNS[card]
    screen.open("customers?gender=Female")
    for chosen in (filters, {}):
        screen.click_at(f"{card}-chart", screen.bar_of(card, label))
        assert_shows(
            screen, oracle, Selection(YEAR, dict(sorted({"gender": ("Female",), **chosen}.items()))), "customers"
        )


def test_a_cell_of_recency_and_frequency_filters_by_both(screen: Screen, oracle: Oracle) -> None:
    screen.open("customers")
    screen.click(screen.cell("customers-recency", "4-6 months", "2"))
    assert_shows(screen, oracle, Selection(YEAR, {"orders": ("2",), "recency": ("4-6 months",)}), "customers")
    assert screen.chips() == ["Orders: 2", "Last order: 4-6 months"]


@pytest.mark.parametrize(
    ("selection", "row", "value"),
    [(Selection(YEAR), "Jul 2025", "2025-07"), (Selection(None), "Q2 2024", "2024-Q2")],
    ids=["months", "quarters"],
)
def test_a_cell_of_the_retention_filters_by_the_cohort_and_a_second_click_removes_the_filter(
    screen: Screen, oracle: Oracle, selection: Selection, row: str, value: str
) -> None:
    screen.open(f"customers?{selection.query()}")
    screen.click(screen.cell("customers-retention", row, "1"))
    assert_shows(screen, oracle, Selection(selection.days, {"joined": (value,)}), "customers")
    screen.click(screen.cell("customers-retention", row, "Customers"))
    assert_shows(screen, oracle, selection, "customers")
