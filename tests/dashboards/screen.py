"""A dashboard in a browser, as somebody who looks at it sees it: what is there, and what a click does."""

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
  const plain = (html) => html.replaceAll(' open=""', "");
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
"""Whether all that a response of Dash holds is on the page."""

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
    """A page of its own in the browser, and what it has complained about or asked for.

    ``expect_complaint`` names what a test provokes; all else that the browser reports fails the test.
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
        if request.failure != "net::ERR_ABORTED":  # that is the browser itself, leaving a page
            self.complaints.append(f"request failed: {request.url} ({request.failure})")

    def expect_complaint(self, pattern: str) -> None:
        """Name what the browser will report because the test breaks something on purpose."""
        self._expected.append(pattern)

    def finish(self) -> None:
        """Assert that the browser has reported nothing unexpected and asked nobody else; then forget what it has."""
        unexpected = [each for each in self.complaints if not any(re.search(known, each) for known in self._expected)]
        hosts = {urlsplit(url).netloc for url in self.requests if not url.startswith(LOCAL)}
        for each in (self.complaints, self.requests, self._expected):
            each.clear()
        assert not unexpected, "the browser complains: " + "\n".join(unexpected)
        assert hosts <= {urlsplit(self.address).netloc}, f"the pages ask other hosts: {hosts}"

    # Going somewhere

    def load(self, place: str) -> Screen:
        """Load a page by its address, below /dashboards/, as one that is typed or passed on."""
        return self.act(lambda: self.page.goto(f"{self.address}{PREFIX}{place}"))

    def open(self, place: str) -> Screen:
        """Go to a page as its links do, and look at it from the top; it is loaded when there is none to go from."""
        here, there = self.page.url, f"{self.address}{PREFIX}{place}"
        if not here.startswith(f"{self.address}{PREFIX}") or here == there or not self.page.locator("#sales").count():
            return self.load(place)
        self.page.mouse.move(0, 0)
        return self.act(lambda: self.page.evaluate(FOLLOW, there))

    def act(self, action: Callable[[], object]) -> Screen:
        """Do something that draws the page anew; returns when all of it is there."""
        with self.page.expect_response(is_drawing) as waiting:
            action()
        return self.wait_for(waiting.value)

    def wait_for(self, response: Response) -> Screen:
        """Wait until what a response holds is on the page."""
        assert response.ok, f"the server answers {response.status} when a page is drawn"
        self.page.wait_for_function(IS_SHOWN, arg=response.json()["response"])
        return self

    def click(self, target: str | Locator) -> Screen:
        """Click a link or a button that draws the page anew."""
        return self.act((self.page.locator(target) if isinstance(target, str) else target).click)

    def click_at(self, chart: str, place: tuple[float, float]) -> Screen:
        """Click a pixel of a chart once it says what is there."""
        self.hover(chart, place)
        return self.act(lambda: self.page.mouse.click(*place))

    def hover(self, chart: str, place: tuple[float, float]) -> None:
        """Move the mouse over a chart's mark and wait for its label."""
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

    # Reading what is there

    def tiles(self) -> dict[str, tuple[str, ...]]:
        """Return value and changes of each tile that can be seen."""
        return {name: tuple(figures) for name, *figures in self.page.eval_on_selector_all(".tile", TILES)}

    def courses(self, page: str) -> dict[str, str]:
        """Return the drawing of each tile's course as SVG."""
        script = "(tiles) => tiles.map((tile) => [tile.id.replace('tile-', ''), tile.querySelector('.spark').src])"
        found = self.page.eval_on_selector_all(f"#{page} .tile", script)
        return {name: base64.b64decode(address.partition(",")[2]).decode() for name, address in found}

    def bars(self, card: str) -> list[tuple[str, ...]]:
        """Return label and figures of each bar of a card."""
        script = "(bars) => bars.map((bar) => [...bar.children].map((each) => each.textContent))"
        return [tuple(bar) for bar in self.page.eval_on_selector_all(f"#{card} .bar", script)]

    def chosen(self, card: str) -> list[str]:
        """Return the labels of the bars that stand out as chosen."""
        return self.page.locator(f"#{card} .bar[aria-current] > :first-child").all_text_contents()

    def table(self, card: str) -> tuple[list[str], dict[str, list[str]]]:
        """Return the heads of the columns of a shaded table, and the cells by the head of their row."""
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
        """Return what Plotly draws on a card; nothing when the card says that there is nothing."""
        if self.page.locator(f"#{card} .no-data").count():
            return []
        data: Any = self.page.evaluate(
            "(id) => JSON.stringify(document.querySelector(`#${id}-chart .js-plotly-plot`).data)", card
        )
        traces: list[dict[str, Any]] = json.loads(data)
        return traces

    def note(self, card: str) -> str:
        """Return what is written below a card's title."""
        note = self.page.locator(f"#{card} .note")
        return note.inner_text() if note.count() else ""

    def nothing(self) -> list[str]:
        """Return the visible cards that say that there is nothing in the selection."""
        script = """(all) => all.filter((each) => each.checkVisibility({ visibilityProperty: true }))
          .map((each) => each.closest("section").id)"""
        ids: list[str] = self.page.eval_on_selector_all(".no-data", script)
        return ids

    def chips(self) -> list[str]:
        """Return what the page says it is filtered by."""
        return [text.removesuffix("×").strip() for text in self.page.locator(".chip").all_text_contents()]

    # Marks of charts, as places on the screen

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
          const column = y === null ? plot.data[0].x.indexOf(x) : x;
          const down = y === null ? yaxis._length - 2 : yaxis.l2p(y);
          return [box.left + xaxis._offset + xaxis.l2p(column), box.top + yaxis._offset + down];
        }"""
        x, y = self.page.evaluate(script, [card, list(place)])
        return x, y

    def area(self, label: str) -> Locator:
        """Return the link of a part of the treemap by its label."""
        return self.page.locator(f'#sales-categories .area > a[title^="{label}, "]')

    def areas(self) -> list[tuple[list[str], str, float, float, float]]:
        """Return the parts of the treemap: labels from the top, what is said, the figure, share of the room, height."""
        script = """(areas) => areas.map((area) => {
          const path = [], room = area.parentElement.getBoundingClientRect(), box = area.getBoundingClientRect();
          for (let each = area; each; each = each.parentElement.closest(".area")) {
            path.unshift(each.firstElementChild.title);
          }
          return [path, path.at(-1), Number(area.dataset.value), box.width * box.height / (room.width * room.height),
            box.height];
        })"""
        found = self.page.eval_on_selector_all("#sales-categories .area", script)
        return [([title.split(", ")[0] for title in path], *others) for path, *others in found]

    def download(self, target: str | Locator) -> Download:
        """Click what saves a file; returns the file."""
        with self.page.expect_download() as waiting:
            (self.page.locator(target) if isinstance(target, str) else target).click()
        return waiting.value


def is_drawing(response: Response) -> bool:
    """Say whether a response draws a page (and is not about the rows of a table)."""
    return "_dash-update-component" in response.url and "header.html" in (response.request.post_data or "")
