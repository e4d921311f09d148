"""The appearance of the pages (themes, widths, print) and keyboard operation."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.dashboards.cases import YEAR
from tests.dashboards.conftest import NewScreen
from tests.dashboards.oracle import Oracle, Selection
from tests.dashboards.screen import Screen
from tests.dashboards.test_filters import assert_shows

PAGES = ["sales", "customers"]


def brightness(page: Page, selector: str = "body") -> float:
    """Return the brightness of an element's background, from 0 to 255."""
    colour = page.locator(selector).first.evaluate("(it) => getComputedStyle(it).backgroundColor")
    figures = [float(figure) for figure in re.findall(r"[\d.]+", colour)[:3]]
    return sum(figures) / 3


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_printed_on_one_sheet(new_screen: NewScreen, page: str) -> None:
    screen = new_screen(color_scheme="dark")
    screen.open(page)
    printed = screen.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_the_button_switches_between_light_and_dark_and_the_choice_stays(new_screen: NewScreen) -> None:
    screen = new_screen()
    screen.open("sales?rows=1")
    assert brightness(screen.page) > 200, "the page is not light at first"
    screen.page.locator("#theme").click()
    assert brightness(screen.page) < 60, "the button does not make the page dark"
    assert screen.page.locator("body").get_attribute("data-ag-theme-mode") == "dark", "the table stays light"
    screen.act(screen.page.reload)
    assert brightness(screen.page) < 60, "the choice is lost when the page is loaded again"
    screen.click(screen.page.get_by_role("link", name="Customers", exact=True))
    assert brightness(screen.page) < 60, "the choice is lost on the other page"
    screen.page.locator("#theme").click()
    assert brightness(screen.page) > 200, "the button does not make the page light again"


def test_the_pages_follow_the_dark_theme_of_the_system(new_screen: NewScreen) -> None:
    screen = new_screen(color_scheme="dark")
    screen.open("customers")
    assert brightness(screen.page) < 60
    screen.page.emulate_media(color_scheme="light")
    assert brightness(screen.page) > 200
    screen.page.locator("#theme").click()
    assert brightness(screen.page) < 60


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_fit_narrow_and_wide_screens(new_screen: NewScreen, page: str) -> None:
    screen = new_screen()
    for width, height in ((360, 780), (768, 1024), (1440, 900), (2560, 1440)):
        screen.page.set_viewport_size({"width": width, "height": height})
        screen.open(f"{page}?period=all&country=Germany&rows=1")
        needed = screen.page.evaluate("document.documentElement.scrollWidth")
        assert needed <= width, f"at a width of {width} the page is {needed} wide"
        script = """(cards) => cards.filter((card) => card.checkVisibility({ visibilityProperty: true }))
          .map((card) => [card.id, card.getBoundingClientRect().right - innerWidth,
            card.scrollWidth - card.clientWidth])"""
        cards = screen.page.eval_on_selector_all(".card", script)
        outside = [card for card, right, inside in cards if right > 0 or inside > 1]
        assert not outside, f"at a width of {width} these do not fit: {outside}"


@pytest.mark.parametrize("page", PAGES)
def test_titles_and_figures_of_the_rows_are_not_cut(screen: Screen, page: str) -> None:
    screen.open(f"{page}?period=all&country=United+Kingdom&rows=1")
    screen.page.locator("#rows .grid").scroll_into_view_if_needed()
    screen.page.wait_for_selector("#rows .ag-row:not(.ag-row-loading) .ag-cell:not(:empty)")
    script = """(all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent)"""
    for cells in (
        ".ag-header-cell-text",
        ".ag-right-aligned-cell",
        ".ag-cell[col-id=product_name]",
        ".ag-cell[col-id=order_date]",
    ):
        screen.page.wait_for_function(f"() => !({script})([...document.querySelectorAll('#rows {cells}')]).length")


def test_the_menus_stay_on_one_line_when_a_value_is_chosen(screen: Screen) -> None:
    for query in ("", "country=United+Kingdom", "segment=VIP"):
        screen.open(f"sales?{query}")
        tops = screen.page.eval_on_selector_all(
            ".filters > *", "(all) => all.map((it) => it.getBoundingClientRect().top)"
        )
        assert max(tops) - min(tops) < 5, f"the filters break with {query or 'nothing'} chosen"


def test_the_columns_of_a_table_are_equally_wide(screen: Screen) -> None:
    screen.open("customers?segment=VIP")
    for card in ("movement", "recency"):
        script = "(all) => all.slice(1).map((each) => each.getBoundingClientRect().width)"
        widths = screen.page.eval_on_selector_all(f"#customers-{card} thead th", script)
        assert max(widths) < 1.5 * min(widths), (card, widths)


def test_a_single_unit_does_not_fill_the_trend(screen: Screen) -> None:
    screen.open("sales?from=2025-07-05&to=2025-07-05")
    script = "() => document.querySelector('#sales-trend-chart .bars .point path').getBoundingClientRect().width"
    plot = "() => document.querySelector('#sales-trend-chart .js-plotly-plot')._fullLayout.xaxis._length"
    assert screen.page.evaluate(script) < screen.page.evaluate(plot) / 3


@pytest.mark.parametrize("width", [360, 1440])
def test_an_open_menu_lies_within_the_screen(new_screen: NewScreen, width: int) -> None:
    screen = new_screen()
    screen.page.set_viewport_size({"width": width, "height": 780})
    screen.open("sales")
    for menu in (
        "dates",
        "country",
        "category",
        "product",
        "product_line",
        "segment",
        "age_group",
        "gender",
        "marital_status",
    ):
        screen.page.locator(f"#menu-{menu} summary").click()
        box = screen.page.locator(f"#menu-{menu} .menu").bounding_box()
        assert box
        assert box["x"] >= 0, f"the menu {menu} begins left of the screen"
        assert box["x"] + box["width"] <= width, f"the menu {menu} ends right of the screen"
        screen.page.keyboard.press("Escape")


@pytest.mark.parametrize("page", PAGES)
def test_printed_pages_show_the_figures_on_white_without_controls(new_screen: NewScreen, page: str) -> None:
    screen = new_screen(color_scheme="dark")
    screen.open(page)
    screen.page.emulate_media(media="print", color_scheme="dark")
    for control in (".filters", ".png", "#theme", ".levels", "footer a"):
        seen = [each for each in screen.page.locator(control).all() if each.is_visible()]
        assert not seen, f"{control} is printed"
    assert screen.tiles()
    assert brightness(screen.page) == 255
    assert screen.page.pdf()[:5] == b"%PDF-"


@pytest.mark.parametrize("page", PAGES)
def test_the_first_visit_loads_less_than_two_megabytes_and_the_second_next_to_nothing(
    new_screen: NewScreen, page: str
) -> None:
    screen = new_screen()
    loaded = "() => performance.getEntriesByType('resource').reduce((sum, each) => sum + each.transferSize, 0)"
    screen.load(page)
    assert 500_000 < screen.page.evaluate(loaded) < 2_000_000
    screen.act(screen.page.reload)
    assert screen.page.evaluate(loaded) < 200_000


# The keyboard


def focused(page: Page) -> str:
    script = """() => {
      const it = document.activeElement;
      return it.getAttribute("aria-label") ?? it.innerText ?? it.tagName;
    }"""
    return str(page.evaluate(script))


def reach(screen: Screen, selector: str, presses: int = 120) -> None:
    """Press Tab until an element that matches has the focus."""
    for _ in range(presses):
        screen.page.keyboard.press("Tab")
        if screen.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector} within {presses} presses")


def test_tab_moves_from_the_skip_link_through_pages_and_filters_to_the_cards(screen: Screen) -> None:
    screen.load("sales")
    order = ["a.skip", "h1 a", ".pages a", "#theme", "#menu-dates summary", "#menu-country summary", "#reset"]
    for selector in [*order, "#rows-toggle", "#sales .tile", "#sales-trend .png", "#sales-trend .levels a"]:
        reach(screen, selector, 12)
    reach(screen, "#sales-trend-chart [data-href]", 5)
    assert re.fullmatch(r"Feb 2025: [\d,]+", focused(screen.page))
    reach(screen, "#sales-changed a.bar", 60)
    reach(screen, "#sales-countries .bar", 60)


def test_the_skip_link_leads_past_the_filters(screen: Screen) -> None:
    screen.load("sales")
    reach(screen, "a.skip", 1)
    assert screen.page.locator("a.skip").bounding_box()["x"] >= 0, "the skip link cannot be seen"  # type: ignore[index]
    target = screen.page.locator("a.skip").get_attribute("href") or ""
    assert screen.page.locator(target).count() == 1, f"the skip link leads to {target}, which there is not"
    screen.page.keyboard.press("Enter")
    screen.page.keyboard.press("Tab")
    inside = "document.activeElement.closest('main') !== null"
    assert screen.page.evaluate(inside), "after the skip link Tab does not go to the figures"


def test_enter_on_a_bar_filters_and_keeps_the_focus(screen: Screen, oracle: Oracle) -> None:
    screen.open("customers")
    bar = screen.page.locator("#customers-age_group .bar", has_text="30-39")
    bar.focus()
    for filters in ({"age_group": ("30-39",)}, {}):
        screen.act(lambda: screen.page.keyboard.press("Enter"))
        assert_shows(screen, oracle, Selection(YEAR, filters), "customers")
        assert focused(screen.page).startswith("30-39"), "the focus is lost when the page is drawn anew"


def test_enter_on_an_option_filters_and_keeps_menu_and_focus(screen: Screen, oracle: Oracle) -> None:
    screen.load("sales")
    reach(screen, "#menu-country summary")
    screen.page.keyboard.press("Enter")
    reach(screen, "#menu-country a", 1)
    screen.act(lambda: screen.page.keyboard.press("Enter"))
    assert_shows(screen, oracle, Selection(YEAR, {"country": ("Australia",)}))
    assert focused(screen.page) == "Australia"
    screen.page.keyboard.press("Escape")
    assert screen.page.locator("#menu-country").get_attribute("open") is None


MARKS = {
    "a bar of the trend": ("sales", "#sales-trend-chart [data-href][aria-label^='Mar 2025']", "Enter"),
    "a category": ("sales", "#sales-categories .bar[aria-label^='Bikes, ']", "Enter"),
    "a column of the orders": ("customers", "#customers-orders-chart [data-href][aria-label^='2:']", "Enter"),
    "a column of the new customers": ("customers", "#customers-new-chart [data-href][aria-label^='Jul 2025']", " "),
}
LEADS_TO = {
    "a bar of the trend": [("from", "2025-03-01"), ("to", "2025-03-31")],
    "a category": [("category", "Bikes")],
    "a column of the orders": [("orders", "2")],
    "a column of the new customers": [("joined", "2025-07")],
}


@pytest.mark.parametrize("mark", MARKS)
def test_elements_of_charts_are_reached_by_tab_and_opened_by_key(screen: Screen, mark: str) -> None:
    page, selector, key = MARKS[mark]
    screen.load(page)
    reach(screen, selector, 250)
    screen.act(lambda: screen.page.keyboard.press(key))
    assert [pair for pair in screen.query if pair in LEADS_TO[mark]] == LEADS_TO[mark]


def test_a_cell_of_a_table_is_reached_by_tab_and_opened_by_enter(screen: Screen) -> None:
    screen.load("customers")
    reach(screen, "#customers-recency td a", 150)
    screen.act(lambda: screen.page.keyboard.press("Enter"))
    assert {name for name, _ in screen.query} >= {"orders", "recency"}
