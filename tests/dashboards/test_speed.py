"""What makes a click fast changes no figure: asking at the press, and drawing the charts outside the screen last."""

from __future__ import annotations

import pytest
from playwright.sync_api import Response, expect

from tests.dashboards.cases import YEAR
from tests.dashboards.oracle import Oracle, Selection
from tests.dashboards.screen import Screen, is_drawing
from tests.dashboards.test_filters import assert_shows

DRAWN = """() => {
  addEventListener("click", () => { window.drawn = []; }, true);
  const draws = (name) => { if (window.drawn && drawn.at(-1) !== name) drawn.push(name); };
  for (const card of ["trend", "calendar"]) {
    document.querySelector(`#sales-${card}-chart .js-plotly-plot`).on("plotly_afterplot", () => {
      draws(card);
      requestAnimationFrame(() => draws("frame"));
    });
  }
}"""
"""Note in which order a click draws the charts of the Sales page, and the frames of the browser between them."""

FORGETS = """() => {
  const plot = document.querySelector("#sales-trend-chart .js-plotly-plot");
  plot.on("plotly_unhover", () => { window.forgotten = true; });
}"""
"""Note when Plotly forgets what is below the mouse, as it does soon after a press that comes within 50 ms of a move."""
FORGOTTEN = "pressed => window.forgotten || performance.now() > pressed + 3000"
"""Whether it has, or will not, because the press came later, as on a busy machine."""


def bar_of(screen: Screen, card: str, place: int) -> str:
    """Move the mouse to a bar of a card; returns its label."""
    bar = screen.page.locator(f"#sales-{card} .bar").nth(place)
    bar.hover()
    return bar.locator("> :first-child").inner_text()


def resized(screen: Screen) -> None:
    """Wait until the charts have their size, which they get after the load."""
    expect(screen.page.locator("#sales .dash-graph--pending")).to_have_count(0)


def asked(screen: Screen) -> int:
    """Return how often the page has asked for figures."""
    return sum("_dash-update-component" in url for url in screen.requests)


def asks_for(answer: Response, country: str) -> bool:
    """Whether an answer is that to the selection of a country."""
    return f"country={country}" in (answer.request.post_data or "")


def assert_unchanged(screen: Screen, oracle: Oracle) -> None:
    """Assert that URL and figures are those before any click."""
    assert screen.query == []
    assert screen.tiles() == oracle.sales_tiles(Selection(YEAR))


@pytest.mark.parametrize(
    ("card", "order"),
    [("countries", ["trend", "frame", "calendar"]), ("top-products", ["calendar", "frame", "trend"])],
    ids=["at the top", "at the bottom"],
)
def test_a_chart_outside_the_screen_is_drawn_after_the_others_are_painted(
    screen: Screen, card: str, order: list[str]
) -> None:
    screen.load("sales")
    resized(screen)
    screen.page.evaluate("(bottom) => scrollTo(0, bottom)", 0 if card == "countries" else 10_000)
    screen.page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    screen.page.evaluate(DRAWN)
    screen.click(screen.page.locator(f"#sales-{card} .bar").first)
    assert screen.page.evaluate("drawn")[:3] == order


def test_the_last_of_several_quick_clicks_is_what_every_chart_shows(screen: Screen, oracle: Oracle) -> None:
    screen.load("sales")
    with screen.page.expect_response(lambda answer: is_drawing(answer) and asks_for(answer, "Germany")) as last:
        for country in ("France", "Canada", "Germany"):
            screen.page.locator(f'#sales-countries .bar[aria-label^="{country}, "]').dispatch_event("click")
    screen.wait_for(last.value)
    assert_shows(screen, oracle, Selection(YEAR, {"country": ("Germany",)}))


def test_a_click_asks_once_at_the_press_and_shows_the_answer_at_the_release(screen: Screen, oracle: Oracle) -> None:
    screen.load("sales")
    label, before = bar_of(screen, "countries", 1), asked(screen)
    with screen.page.expect_response(is_drawing) as answer:
        screen.page.mouse.down()
    answer.value.finished()
    assert_unchanged(screen, oracle)
    screen.page.mouse.up()
    screen.wait_for(answer.value)
    assert_shows(screen, oracle, Selection(YEAR, {"country": (label,)}))
    assert asked(screen) == before + 1


def test_a_bar_of_a_chart_is_asked_for_at_the_press_too(screen: Screen, oracle: Oracle) -> None:
    screen.load("sales")
    resized(screen)
    place = screen.bar_of("sales-trend", "Jul<br>2025")
    screen.hover("sales-trend-chart", place)
    before = asked(screen)
    with screen.page.expect_response(is_drawing) as answer:
        screen.page.mouse.down()
    screen.page.mouse.up()
    screen.wait_for(answer.value)
    assert screen.query == [("from", "2025-07-01"), ("to", "2025-07-31")]
    assert screen.tiles() == oracle.sales_tiles(Selection((YEAR[0].replace(month=7), YEAR[0].replace(month=7, day=31))))
    assert asked(screen) == before + 1


def test_a_bar_that_is_pressed_while_the_mouse_still_moves_is_clicked(screen: Screen) -> None:
    screen.load("sales")
    resized(screen)
    x, y = screen.bar_of("sales-trend", "Jul<br>2025")
    screen.page.evaluate(FORGETS)
    with screen.page.expect_response(is_drawing) as answer:
        screen.page.mouse.move(x - 2, y - 2)
        screen.page.mouse.move(x, y)
        screen.page.mouse.down()
        screen.page.wait_for_function(FORGOTTEN, arg=screen.page.evaluate("() => performance.now()"))
        screen.page.mouse.up()
    screen.wait_for(answer.value)
    assert screen.query == [("from", "2025-07-01"), ("to", "2025-07-31")]


def test_a_press_that_is_released_elsewhere_changes_nothing(screen: Screen, oracle: Oracle) -> None:
    screen.load("sales")
    bar_of(screen, "countries", 1)
    with screen.page.expect_response(is_drawing):
        screen.page.mouse.down()
    screen.page.mouse.move(2, 300)
    screen.page.mouse.up()
    assert_unchanged(screen, oracle)
    label = bar_of(screen, "countries", 3)
    screen.click(screen.page.locator("#sales-countries .bar").nth(3))
    assert_shows(screen, oracle, Selection(YEAR, {"country": (label,)}))
