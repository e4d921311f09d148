"""The filters above the cards and in the URL."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qsl

import pandas as pd
import pytest

from data.generate import BUSINESS_DATE
from tests.dashboards.cases import YEAR
from tests.dashboards.conftest import NewScreen
from tests.dashboards.oracle import Oracle, Selection, Span, span
from tests.dashboards.screen import Screen

MENUS = {
    "country": ("Australia", "Canada", "France", "Germany", "United Kingdom", "United States", "n/a"),
    "category": ("Accessories", "Bikes", "Clothing", "Components", "n/a"),
    "product_line": ("Mountain", "Other Sales", "Road", "Touring", "n/a"),
    "segment": ("VIP", "Regular", "New", "n/a"),
}


def assert_shows(screen: Screen, oracle: Oracle, selection: Selection, page: str = "sales") -> None:
    """Assert that URL and figures are those of a selection."""
    assert sorted(screen.query) == sorted(parse_qsl(selection.query())), "the address does not hold the selection"
    assert screen.place == f"/dashboards/{page}"
    assert screen.tiles() == (oracle.sales_tiles(selection) if page == "sales" else oracle.customer_tiles(selection))


@pytest.mark.parametrize("page", ["sales", "customers"])
@pytest.mark.parametrize("menu", MENUS)
def test_a_click_on_an_option_adds_it_and_a_second_click_removes_it(
    screen: Screen, oracle: Oracle, page: str, menu: str
) -> None:
    screen.open(f"{page}?period=all")
    assert tuple(screen.page.locator(f"#menu-{menu} a").all_text_contents()) == MENUS[menu]
    assert screen.page.locator(f"#menu-{menu} summary").inner_text().split("\n")[-1].endswith("all")
    for count in range(1, len(MENUS[menu]) + 1):
        screen.choose(menu, MENUS[menu][count - 1])
        assert_shows(screen, oracle, Selection(None, {menu: MENUS[menu][:count]}), page)
        assert screen.page.locator(f"#menu-{menu}").get_attribute("open") is not None, "the menu has closed"
        assert len(screen.chips()) == count
        state = MENUS[menu][0] if count == 1 else f"{count} chosen"
        assert screen.page.locator(f"#menu-{menu} summary").inner_text().endswith(state)
    screen.choose(menu, MENUS[menu][0])
    assert_shows(screen, oracle, Selection(None, {menu: MENUS[menu][1:]}), page)


def test_filters_of_several_menus_combine_and_each_chip_removes_its_own(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales")
    for menu, option in (("country", "Germany"), ("country", "France"), ("category", "Bikes"), ("segment", "New")):
        screen.choose(menu, option)
    chosen = {"category": ("Bikes",), "country": ("Germany", "France"), "segment": ("New",)}
    assert_shows(screen, oracle, Selection(YEAR, chosen))
    assert screen.chips() == ["Category: Bikes", "Country: Germany", "Country: France", "Segment: New"]
    screen.click(screen.page.get_by_role("link", name="Remove the filter Country: Germany"))
    assert_shows(screen, oracle, Selection(YEAR, {**chosen, "country": ("France",)}))
    screen.click(screen.page.get_by_role("link", name="Remove the filter Category: Bikes"))
    screen.click(screen.page.get_by_role("link", name="Remove the filter Segment: New"))
    assert_shows(screen, oracle, Selection(YEAR, {"country": ("France",)}))


def test_chips_show_the_names_of_products_and_customers(screen: Screen, oracle: Oracle) -> None:
    product = oracle.products.set_index("product_key")["product_name"][218]
    customer = oracle.customers.set_index("customer_key")["customer_name"][4621]
    screen.open("customers?period=all&product=218&customer=4621&joined=2025-07")
    assert sorted(screen.chips()) == sorted([f"Product: {product}", f"Customer: {customer}", "First order: 2025-07"])


def preset(name: str) -> Span | None:
    """Return the period of a preset."""
    today = BUSINESS_DATE
    calendar = {"month": "M", "quarter": "Q", "year": "Y"}
    match name.split():
        case "Last", days, "days":
            return today - timedelta(days=int(days) - 1), today
        case "Last", "12", "months":
            return YEAR
        case "This", unit:
            return span(pd.Period(today, calendar[unit]))
        case "Last", unit:
            return span(pd.Period(today, calendar[unit]) - 1)
    return None


PRESETS = ["Last 12 months", "Last month", "Last quarter", "Last year", "This month", "This quarter", "This year"]
PRESETS += ["Last 30 days", "Last 90 days", "All dates"]


def test_each_preset_shows_its_days_and_names_them(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales?category=Bikes&by=day")
    assert screen.page.locator("#menu-dates .menu > a").all_text_contents() == PRESETS
    for name in PRESETS:
        screen.choose("dates", name)
        assert_shows(screen, oracle, Selection(preset(name), {"category": ("Bikes",)}))
        assert screen.page.locator("#menu-dates summary").inner_text().endswith(name)


@pytest.mark.parametrize("page", ["sales", "customers"])
def test_the_form_shows_the_days_from_one_to_another_and_keeps_filters(
    screen: Screen, oracle: Oracle, page: str
) -> None:
    screen.open(f"{page}?period=all&country=France")
    screen.page.locator("#menu-dates summary").click()
    assert screen.page.locator("input[name=from]").input_value() == str(oracle.first_day)
    screen.page.locator("input[name=from]").fill("2025-03-05")
    screen.page.locator("input[name=to]").fill("2025-06-30")
    screen.click(screen.page.get_by_role("button", name="Show", exact=True))
    selection = Selection((date(2025, 3, 5), date(2025, 6, 30)), {"country": ("France",)})
    assert sorted(screen.query) == sorted(parse_qsl(selection.query()))
    assert screen.tiles() == (oracle.sales_tiles(selection) if page == "sales" else oracle.customer_tiles(selection))
    assert screen.page.locator("#menu-dates summary").inner_text().endswith("5 Mar 2025 – 30 Jun 2025")


def test_the_form_explains_the_error_of_reversed_dates(screen: Screen) -> None:
    screen.open("sales")
    screen.page.locator("#menu-dates summary").click()
    screen.page.locator("input[name=from]").fill("2025-07-01")
    screen.page.locator("input[name=to]").fill("2025-06-30")
    screen.click(screen.page.get_by_role("button", name="Show", exact=True))
    assert "ends on 2025-06-30, before it begins on 2025-07-01" in screen.page.get_by_role("alert").inner_text()
    assert screen.tiles(), "nothing is shown beside the error"


@pytest.mark.parametrize("page", ["sales", "customers"])
def test_reset_removes_all_filters_and_shows_the_last_twelve_months(screen: Screen, oracle: Oracle, page: str) -> None:
    screen.open(f"{page}?period=all&country=France&product_line=Road&age_group=30-39&by=day")
    screen.click("#reset")
    assert (screen.place, screen.query, screen.chips()) == (f"/dashboards/{page}", [], [])
    assert screen.tiles() == (
        oracle.sales_tiles(Selection(YEAR)) if page == "sales" else oracle.customer_tiles(Selection(YEAR))
    )


def test_a_click_outside_a_menu_and_escape_close_it(screen: Screen) -> None:
    screen.open("sales")
    menu = screen.page.locator("#menu-country")
    menu.locator("summary").click()
    assert menu.get_attribute("open") is not None
    screen.page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None, "Escape does not close the menu"
    assert menu.locator("summary").evaluate("(it) => it === document.activeElement"), "the focus is lost"
    menu.locator("summary").click()
    screen.page.locator("#sales-trend-title").click()
    assert menu.get_attribute("open") is None, "a click beside the menu does not close it"
    menu.locator("summary").click()
    screen.page.locator("#menu-segment summary").click()
    assert menu.get_attribute("open") is None, "two menus are open"


# What the address holds


@pytest.mark.parametrize("page", ["sales", "customers"])
def test_a_url_shows_the_same_figures_when_reloaded_and_in_another_browser(
    screen: Screen, new_screen: NewScreen, oracle: Oracle, page: str
) -> None:
    screen.open(page)
    screen.choose("dates", "Last quarter").choose("country", "Canada").choose("product_line", "Road")
    selection = Selection(preset("Last quarter"), {"product_line": ("Road",), "country": ("Canada",)})
    assert_shows(screen, oracle, selection, page)
    screen.act(screen.page.reload)
    assert_shows(screen, oracle, selection, page)
    elsewhere = new_screen()
    elsewhere.open(screen.page.url.partition("/dashboards/")[2])
    assert_shows(elsewhere, oracle, selection, page)


def test_back_and_forward_show_the_earlier_selections(screen: Screen, oracle: Oracle) -> None:
    selections = [
        Selection(YEAR, {"country": ("Canada",)}),
        Selection(YEAR, {"country": ("Canada",), "segment": ("VIP",)}),
    ]
    screen.open("sales").choose("country", "Canada").choose("segment", "VIP")
    screen.click(screen.page.get_by_role("link", name="Customers", exact=True))
    assert_shows(screen, oracle, selections[1], "customers")
    screen.act(screen.page.go_back)
    assert_shows(screen, oracle, selections[1])
    screen.act(screen.page.go_back)
    assert_shows(screen, oracle, selections[0])
    screen.act(screen.page.go_forward)
    assert_shows(screen, oracle, selections[1])


def test_the_links_between_the_pages_keep_period_and_filters(screen: Screen, oracle: Oracle) -> None:
    selection = Selection((date(2025, 1, 1), date(2025, 3, 31)), {"category": ("Bikes",), "gender": ("Female",)})
    screen.open(f"sales?{selection.query()}")
    for page, name in (("customers", "Customers"), ("sales", "Sales")):
        link = screen.page.get_by_role("navigation", name="Dashboards").get_by_role("link", name=name, exact=True)
        screen.click(link)
        assert_shows(screen, oracle, selection, page)
        assert link.get_attribute("aria-current") == "page"
        assert screen.page.title() == f"{name} – Sales warehouse"


DEFAULT = Selection(YEAR)
GERMANY = Selection(YEAR, {"country": ("Germany",)})
WRONG = {
    "customers?from=yesterday&to=2025-01-01": ("“from=yesterday” must be a date", DEFAULT),
    "sales?from=2025-01-01&country=Germany": ("“to=” must be a date", GERMANY),
    "sales?from=2025-07-01&to=2025-06-30": ("ends on 2025-06-30, before it begins", DEFAULT),
    "sales?from=0001-01-01&to=2025-06-30": ("the year must be from 1900 to 2999", DEFAULT),
    "sales?period=week": ("“period=all”", DEFAULT),
    "sales?by=decade&country=Germany": ("“by=decade” must be one of", GERMANY),
    "sales?measure=happiness": ("“measure=happiness” must be one of", DEFAULT),
    "customers?joined=2025-13": ("“joined=2025-13” must be a month", DEFAULT),
    "sales?country=Atlantis&country=Germany": ("“country=Atlantis”: there is no such country", GERMANY),
    "customers?orders=9": ("“orders=9”: there is no such number of orders", DEFAULT),
    "sales?product=999999&country=Germany": ("“product=999999”: there is no such product", GERMANY),
    "sales?" + "&".join(f"country=Germany{number}" for number in range(201)): ("first 200 values", DEFAULT),
    "sales?country=" + "x" * 4000: ("too long", DEFAULT),
}


@pytest.mark.parametrize("place", WRONG, ids=[message for message, _ in WRONG.values()])
def test_a_wrong_value_in_the_url_is_named_and_the_rest_of_the_page_is_shown(
    screen: Screen, oracle: Oracle, place: str
) -> None:
    message, selection = WRONG[place]
    screen.open(place)
    assert any(message in alert for alert in screen.page.get_by_role("alert").all_inner_texts())
    page = place.partition("?")[0]
    assert screen.tiles() == oracle.tiles(selection, page)


@pytest.mark.parametrize("value", ["germany", "GERMANY"])
def test_a_value_in_another_case_is_known(screen: Screen, oracle: Oracle, value: str) -> None:
    screen.open(f"sales?country={value}&country=Germany")
    assert screen.page.get_by_role("alert").count() == 0
    assert screen.chips() == ["Country: Germany"]
    assert screen.tiles() == oracle.sales_tiles(GERMANY)


def test_parameters_of_others_are_ignored(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales?utm_source=mail&country=Germany&fbclid=1")
    assert screen.page.get_by_role("alert").count() == 0
    assert screen.tiles() == oracle.sales_tiles(GERMANY)


def test_a_menu_with_many_values_is_searched(screen: Screen, oracle: Oracle) -> None:
    screen.open("sales")
    screen.page.locator("#menu-product summary").click()
    screen.page.locator("#menu-product .find").fill("mountain bike")
    shown = list(screen.page.locator("#menu-product a:visible").all_inner_texts())
    named = oracle.products["product_name"].dropna()
    assert sorted(shown) == sorted(name for name in named if "mountain bike" in name.lower())
    screen.click(screen.page.locator("#menu-product a:visible").first)
    (key,) = [value for name, value in screen.query if name == "product"]
    assert_shows(screen, oracle, Selection(YEAR, {"product": (key,)}))


def test_an_unknown_page_is_not_found(screen: Screen) -> None:
    screen.expect_complaint("404")
    answer = screen.page.goto(f"{screen.address}/dashboards/profits")
    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize(
    "place",
    ["sales?from=2020-01-01&to=2020-12-31", "customers?from=2020-01-01&to=2020-12-31"],
)
def test_each_card_of_an_empty_selection_has_a_message(screen: Screen, place: str) -> None:
    page = place.partition("?")[0]
    screen.open(place)
    cards = screen.page.locator(f"#{page} > section.card:not(.tiles)")
    assert set(screen.empty_cards()) == {str(card.get_attribute("id")) for card in cards.all()}
    values = [value for value, *_ in screen.tiles().values()]
    assert set(values) == {"0", "—"}
