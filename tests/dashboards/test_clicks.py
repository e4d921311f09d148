"""Clicks on bars, columns, countries, days, nodes and cells filter the page by their values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

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
        assert screen.traces("sales-trend")[0]["y"] == oracle.trend(selection)["Sales"]
        assert screen.page.locator("#sales-trend h2").inner_text() == f"Sales and profit by {level}"
        assert screen.page.locator("#sales-trend .levels [aria-current]").inner_text() == level.capitalize()


def test_the_hover_label_of_a_bar_in_the_trend_has_all_its_figures(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales?from=2024-01-01&to=2024-12-31")
    screen.hover("sales-trend-chart", screen.bar_of("sales-trend", "Q3<br>2024"))
    label_text = screen.page.locator("#sales-trend-chart .hoverlayer").text_content() or ""
    figures = oracle.trend(Selection((date(2024, 1, 1), date(2024, 12, 31))))
    for name in ("Profit", "Sales a year before"):
        assert f"{name} : {figures[name][2]:,}" in label_text
    assert f"Sales : {figures['Sales'][2]:,} in {figures['Orders'][2]:,} orders" in label_text


BARS = {
    "sales-countries": ("sales", "country"),
    "sales-top-products": ("sales", "product"),
    "sales-bottom-products": ("sales", "product"),
    "customers-segment": ("customers", "segment"),
    "customers-age": ("customers", "age"),
    "customers-gender": ("customers", "gender"),
    "customers-marital": ("customers", "marital"),
    "customers-country": ("customers", "country"),
    "customers-top-sales": ("customers", "customer"),
    "customers-top-orders": ("customers", "customer"),
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


@pytest.mark.parametrize("country", ["Australia", "United States", "Canada"])
def test_a_country_on_the_map_filters_and_a_second_click_removes_the_filter(
    screen: Screen, oracle: Oracle, country: str
) -> None:
    screen.open("sales?category=Bikes")
    shape = screen.page.locator("#sales-countries-chart .choroplethlayer path.choroplethlocation")
    shape.first.wait_for()
    screen.page.locator("#sales-countries-chart").scroll_into_view_if_needed()

    def inside() -> tuple[float, float]:
        """Return a pixel within the country, near the center of its bounding box."""
        script = """(paths, name) => {
          const path = paths.find((each) => each.__data__.loc === name);
          const box = path.getBoundingClientRect(), screen = path.getScreenCTM().inverse();
          const parts = [...Array(21).keys()].map((part) => part % 2 ? -part / 42 : part / 42);
          for (const right of parts) {
            for (const down of parts) {
              const x = box.left + box.width * (0.5 + right), y = box.top + box.height * (0.5 + down);
              if (path.isPointInFill(new DOMPoint(x, y).matrixTransform(screen))) return [x, y];
            }
          }
        }"""
        x, y = shape.evaluate_all(script, country)
        return x, y

    screen.click_at("sales-countries-chart", inside())
    assert_shows(screen, oracle, Selection(YEAR, {"category": ("Bikes",), "country": (country,)}))
    assert screen.chosen("sales-countries") == [country]
    screen.click_at("sales-countries-chart", inside())
    assert_shows(screen, oracle, Selection(YEAR, {"category": ("Bikes",)}))


def test_the_treemap_drills_down_from_a_category_to_a_product_and_the_breadcrumbs_lead_back_up(
    screen: Screen, oracle: Oracle
) -> None:
    screen.open("sales?country=Germany")
    country = {"country": ("Germany",)}
    click_area(screen, "Bikes")
    assert_shows(screen, oracle, Selection(YEAR, {"category": ("Bikes",), **country}))
    click_area(screen, "Mountain Bikes")
    below = Selection(YEAR, {"category": ("Bikes",), "subcategory": ("Mountain Bikes",), **country})
    assert_shows(screen, oracle, below)
    assert breadcrumbs(screen, "sales-categories") == ["All categories", "Bikes", "Mountain Bikes"]
    best = max(oracle.treemap(below).items(), key=lambda node: node[1])[0]
    click_area(screen, best)
    (key,) = [value for name, value in screen.query if name == "product"]
    one = Selection(YEAR, {**below.filters, "product": (key,)})
    assert sorted(screen.query) == sorted([("from", str(YEAR[0])), ("to", str(YEAR[1])), *pairs(one)])
    assert screen.tiles() == oracle.sales_tiles(one)
    assert f"Product: {best}" in screen.chips()
    click_area(screen, best)
    assert_shows(screen, oracle, below)
    click_breadcrumb(screen, "sales-categories", "Bikes")
    assert_shows(screen, oracle, Selection(YEAR, {"category": ("Bikes",), **country}))
    click_breadcrumb(screen, "sales-categories", "All categories")
    assert_shows(screen, oracle, Selection(YEAR, country))


def test_a_subcategory_in_the_treemap_also_selects_its_category(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales")
    click_area(screen, "Road Bikes")
    assert_shows(screen, oracle, Selection(YEAR, {"category": ("Bikes",), "subcategory": ("Road Bikes",)}))


def pairs(selection: Selection) -> list[tuple[str, str]]:
    return [(name, value) for name, values in selection.filters.items() for value in values]


def click_area(screen: Screen, label: str) -> None:
    """Click a node of the treemap; on a node with children, its head."""
    screen.click(screen.area(label).first)


@pytest.mark.parametrize(
    "selection", [Selection(YEAR, {"line": ("Road",)}), Selection(None)], ids=["one year", "several years"]
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
