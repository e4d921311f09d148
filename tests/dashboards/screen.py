"""A dashboard in a browser: operates it and reads its content."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import ConsoleMessage, Download, Locator, Page, Request, Response

PREFIX = "/dashboards/"
LOCAL = ("data:", "blob:")

IS_SHOWN = """(response) => {
  const plain = (html) => html.replaceAll(' open=""', "").replace(/(<a class="option"[^>]*) href="[^"]*"/g, "$1");
  const blocks = [...document.querySelectorAll(".block")].map((block) => plain(block.innerHTML));
  return Object.entries(response).every(([id, props]) => {
    if (props.html !== undefined) {
      const template = document.createElement("div");
      template.innerHTML = props.html;
      if (!blocks.includes(template.innerHTML)) return false;
    }
    if (props.hidden !== undefined && document.getElementById(id).hidden !== props.hidden) return false;
    if (!props.figure?.data) return true;
    const plot = document.querySelector(`#${id} .js-plotly-plot`);
    const drawn = plot?._fullLayout && plot.dataset.bound && !plot._promises?.some((each) => each);
    return drawn && JSON.stringify(plot.data) === JSON.stringify(props.figure.data);
  });
}"""
"""Whether the page shows the complete content of a response of Dash."""

FOLLOW = """(href) => {
  document.querySelectorAll("details[open]").forEach((menu) => { menu.open = false; });
  scrollTo(0, 0);
  history.pushState({}, "", href);
  dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
}"""

TILES = """(tiles) => tiles.filter((tile) => tile.checkVisibility({ visibilityProperty: true })).map((tile) => [
  tile.id.replace("tile-", ""),
  tile.querySelector(".value").textContent,
  ...[...tile.querySelectorAll(".change b")].map((each) => each.textContent),
])"""


class Screen:
    """A page in the browser, with its reported errors and its requests.

    ``expect_complaint`` registers an error that a test provokes; any other error fails the test.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._expected: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("requestfailed", self._on_failure)
        page.on("request", lambda request: self.requests.append(request.url))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _on_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the browser cancels requests when it leaves a page
            self.complaints.append(f"request failed: {request.url} ({request.failure})")

    def expect_complaint(self, pattern: str) -> None:
        """Register the pattern of an error that the test provokes."""
        self._expected.append(pattern)

    def finish(self) -> None:
        """Assert that the browser reported no unexpected error and sent no request to another host; then reset both."""
        unexpected = [each for each in self.complaints if not any(re.search(known, each) for known in self._expected)]
        hosts = {urlsplit(url).netloc for url in self.requests if not url.startswith(LOCAL)}
        for each in (self.complaints, self.requests, self._expected):
            each.clear()
        assert not unexpected, "the browser complains: " + "\n".join(unexpected)
        assert hosts <= {urlsplit(self.address).netloc}, f"the pages ask other hosts: {hosts}"

    # Navigation

    def load(self, place: str) -> Screen:
        """Load a page by its URL below /dashboards/."""
        return self.act(lambda: self.page.goto(f"{self.address}{PREFIX}{place}"))

    def open(self, place: str) -> Screen:
        """Navigate to a page without reloading, and scroll to its top; load it if no dashboard is open."""
        here, there = self.page.url, f"{self.address}{PREFIX}{place}"
        if not here.startswith(f"{self.address}{PREFIX}") or here == there or not self.page.locator("#sales").count():
            return self.load(place)
        self.page.mouse.move(0, 0)
        return self.act(lambda: self.page.evaluate(FOLLOW, there))

    def act(self, action: Callable[[], object]) -> Screen:
        """Run an action that redraws the page; returns when the page is complete."""
        with self.page.expect_response(is_drawing) as waiting:
            action()
        return self.wait_for(waiting.value)

    def wait_for(self, response: Response) -> Screen:
        """Wait until the page shows the content of a response."""
        assert response.ok, f"the server answers {response.status} when a page is drawn"
        self.page.wait_for_function(IS_SHOWN, arg=response.json()["response"])
        return self

    def click(self, target: str | Locator) -> Screen:
        """Click a link or a button that redraws the page."""
        return self.act((self.page.locator(target) if isinstance(target, str) else target).click)

    def click_at(self, chart: str, place: tuple[float, float]) -> Screen:
        """Click a pixel of a chart after its hover label is shown."""
        self.hover(chart, place)
        return self.act(lambda: self.page.mouse.click(*place))

    def hover(self, chart: str, place: tuple[float, float]) -> None:
        """Move the mouse over an element of a chart and wait for its hover label."""
        self.page.mouse.move(place[0] - 2, place[1] - 2)
        self.page.mouse.move(*place)
        self.page.wait_for_function(f"() => document.querySelector('#{chart} .js-plotly-plot')._hoverdata?.length")

    def choose(self, menu: str, option: str) -> Screen:
        """Open a filter's menu, unless it is open, and click an option."""
        details = self.page.locator(f"#menu-{menu}")
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        return self.click(details.get_by_text(option, exact=True))

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters in the address bar."""
        return parse_qsl(urlsplit(self.page.url).query)

    @property
    def place(self) -> str:
        """The path in the address bar."""
        return urlsplit(self.page.url).path

    # Content

    def tiles(self) -> dict[str, tuple[str, ...]]:
        """Return value and changes of each visible tile."""
        return {name: tuple(figures) for name, *figures in self.page.eval_on_selector_all(".tile", TILES)}

    def sparklines(self, page: str) -> dict[str, str]:
        """Return the SVG of each tile's sparkline."""
        script = "(tiles) => tiles.map((tile) => [tile.id.replace('tile-', ''), tile.querySelector('.spark').src])"
        found = self.page.eval_on_selector_all(f"#{page} .tile", script)
        return {name: base64.b64decode(address.partition(",")[2]).decode() for name, address in found}

    def bars(self, card: str) -> list[tuple[str, ...]]:
        """Return label and figures of each bar of a card."""
        script = """(bars) => bars.map((bar) =>
          [...bar.children].filter((each) => !each.matches(".track")).map((each) => each.textContent))"""
        return [tuple(bar) for bar in self.page.eval_on_selector_all(f"#{card} .bar", script)]

    def pyramid(self, card: str) -> list[tuple[str, ...]]:
        """Return the label of each row of a pyramid, and the figures to its left and right."""
        script = """(rows) => rows.map((row) => [".age", ".side:first-child", ".side:last-child"]
          .map((part) => row.querySelector(part).textContent.trim()))"""
        return [tuple(row) for row in self.page.eval_on_selector_all(f"#{card} .pyramid li", script)]

    def story(self, card: str) -> str:
        """Return the sentence above a card's chart."""
        story = self.page.locator(f"#{card} .story")
        return story.text_content() or "" if story.count() else ""

    def title(self, card: str) -> str:
        """Return the title of a card."""
        return self.page.locator(f"#{card} h2").inner_text()

    def chosen(self, card: str) -> list[str]:
        """Return the labels of the chosen bars."""
        return self.page.locator(f"#{card} .bar[aria-current] > :first-child").all_text_contents()

    def table(self, card: str) -> tuple[list[str], dict[str, list[str]]]:
        """Return the column headers of a shaded table, and the cells by row header."""
        script = """(card) => [[...card.querySelectorAll("thead th")].map((each) => each.textContent),
          [...card.querySelectorAll("tbody tr")].map((row) => [...row.children].map((each) => each.textContent))]"""
        heads, rows = self.page.eval_on_selector(f"#{card}", script)
        return heads[1:], {name: cells for name, *cells in rows}

    def cell(self, card: str, row: str, column: str) -> Locator:
        """Return a cell's link."""
        heads, _ = self.table(card)
        body = self.page.locator(f"#{card} tbody tr").filter(
            has=self.page.get_by_role("rowheader", name=row, exact=True)
        )
        return body.locator("td").nth(heads.index(column)).locator("a")

    def traces(self, card: str) -> list[dict[str, Any]]:
        """Return the traces of a card's chart; an empty list if the card has no data."""
        if self.page.locator(f"#{card} .no-data").count():
            return []
        data: Any = self.page.evaluate(
            "(id) => JSON.stringify(document.querySelector(`#${id}-chart .js-plotly-plot`).data)", card
        )
        traces: list[dict[str, Any]] = json.loads(data)
        return traces

    def note(self, card: str) -> str:
        """Return the note below a card's title."""
        note = self.page.locator(f"#{card} .note")
        return note.inner_text() if note.count() else ""

    def empty_cards(self) -> list[str]:
        """Return the ids of the visible cards without data."""
        script = """(all) => all.filter((each) => each.checkVisibility({ visibilityProperty: true }))
          .map((each) => each.closest("section").id)"""
        ids: list[str] = self.page.eval_on_selector_all(".no-data", script)
        return ids

    def chips(self) -> list[str]:
        """Return the texts of the chips."""
        return [text.removesuffix("×").strip() for text in self.page.locator(".chip").all_text_contents()]

    # Positions of chart elements on the screen

    def bar_of(self, card: str, label: str) -> tuple[float, float]:
        """Return a pixel in the bar of a chart that stands above a label."""
        return self._pixel(card, (label, None))

    def cell_of(self, card: str, column: int, row: int) -> tuple[float, float]:
        """Return a pixel in a cell of a heat map."""
        return self._pixel(card, (column, row))

    def _pixel(self, card: str, place: tuple[Any, Any]) -> tuple[float, float]:
        self.page.locator(f"#{card}-chart").scroll_into_view_if_needed()
        script = """([card, [x, y]]) => {
          const plot = document.querySelector(`#${card}-chart .js-plotly-plot`);
          const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect();
          const bars = plot.data.find((trace) => trace.customdata);
          const column = y === null ? bars.x.indexOf(x) : x;
          const down = y === null ? yaxis._length - 2 : yaxis.l2p(y);
          return [box.left + xaxis._offset + xaxis.l2p(column), box.top + yaxis._offset + down];
        }"""
        found, before = self.page.evaluate(script, [card, list(place)]), None
        while found != before:  # a chart that was just drawn may still get its size
            self.page.wait_for_timeout(100)
            found, before = self.page.evaluate(script, [card, list(place)]), found
        x, y = found
        return x, y

    def download(self, target: str | Locator) -> Download:
        """Click a link or button that saves a file; returns the file."""
        with self.page.expect_download() as waiting:
            (self.page.locator(target) if isinstance(target, str) else target).click()
        return waiting.value


def is_drawing(response: Response) -> bool:
    """Whether a response redraws a page, and is not for the rows of a table."""
    return "_dash-update-component" in response.url and "header.html" in (response.request.post_data or "")
