"""How long a click on a dashboard takes, until the page is redrawn, in Chromium.

    python -m benchmarks.dashboards --scale 1 20 --rounds 20

A generated drop is loaded on the stand-in, synced, and served by the API as configured; browser, API and Postgres
share the machine. In each round each click is made once, with the mouse, from the page as it is when nothing is
filtered. The mouse button is pressed for 60 ms, less than most people press it, because the page asks for its figures
at the press. Measured is the time from the release of the button to when the browser has painted the last change that
the click made to what the screen shows, charts included; then to the last change of the whole page, and how long the
server took to answer.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine

from api.serving.database import psycopg_url
from api.serving.sync import sync_warehouse
from api.settings import Settings
from data.generate import BUSINESS_DATE, generate
from tests.api.server import running_api
from tests.postgres import as_login, embedded_postgres, prepare
from tests.warehouse import Warehouse, local_server

CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
CLICKS = {
    "sales": {
        "a country's bar": "#sales-countries .bar >> nth=1",
        "a product's bar": "#sales-top-products .bar >> nth=2",
        "a category of the menu": "#menu-category .option >> nth=0",
        "a segment of the menu": "#menu-segment .option >> nth=1",
        "a month of the trend": "#sales-trend .point >> nth=3",
        "a category": "#sales-categories .bar >> nth=1",
        "a tile": "#sales .tile >> nth=2",
        "the change by product": "#sales-changed .levels > a >> nth=2",
        "all dates": "#menu-dates .menu > a >> nth=-1",
        "last 30 days": "#menu-dates .menu > a >> nth=7",
        "the trend by day": "#sales-trend .levels > a >> nth=3",
        "to Customers": ".pages > a >> nth=1",
    },
    "customers": {
        "a segment's bar": "#customers-segment .bar >> nth=0",
        "an age group's bar": "#customers-age_group .bar >> nth=1",
        "a customer's bar": "#customers-top-customers .bar >> nth=1",
        "a country of the menu": "#menu-country .option >> nth=1",
        "a cell of recency and frequency": "#customers-recency td > a >> nth=1",
        "a month of new customers": "#customers-new .point >> nth=2",
        "all dates": "#menu-dates .menu > a >> nth=-1",
        "to Sales": ".pages > a >> nth=0",
    },
}
"""What is clicked on each page."""

WARM_UP_ROUNDS = 3
REPLAYS = 24
"""So often one drawing is asked for on connections of its own, for all processes to have read the run."""

PRESS_MS = 60
QUIET_MS = 250
"""A page that has not changed for so long is redrawn."""

WATCH = """
() => {
    const seen = (window.seen = { released: 0, shown: 0, painted: 0 });
    const isSeen = (element) => {
        const { width, top, bottom } = element.getBoundingClientRect();
        return width && top < innerHeight && bottom > 0;
    };
    let changed = new Set();
    addEventListener("mouseup", (event) => {
        Object.assign(seen, { released: event.timeStamp, shown: 0, painted: 0 });
    }, true);
    new MutationObserver((changes) => {
        // What follows the mouse is no redrawing.
        const elements = changes.map((change) => change.target.parentElement ?? change.target);
        const drawn = elements.filter((element) => !element.closest(".hoverlayer, .draglayer"));
        if (!drawn.length) return;
        if (!changed.size) requestAnimationFrame(() => {
            const shows = [...changed].some(isSeen);
            changed = new Set();
            setTimeout(() => {
                seen.painted = performance.now();
                if (shows) seen.shown = seen.painted;
            });
        });
        drawn.forEach((element) => changed.add(element));
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}
"""
REDRAWN = "(quiet) => seen.painted && performance.now() - seen.painted > quiet"
TIMES = """
() => {
    const asked = performance.getEntriesByType("resource");
    const last = asked.filter((entry) => entry.name.includes("_dash-update-component")).at(-1);
    performance.clearResourceTimings();
    return [seen.shown - seen.released, seen.painted - seen.released, last.responseEnd - last.requestStart];
}
"""

Times = tuple[float, float, float]
"""Milliseconds until the screen is redrawn, until the whole page is, and of the server."""


@contextmanager
def served(scale: float) -> Iterator[str]:
    """Serve a generated drop until the block ends; yields the API's address."""
    with embedded_postgres() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(url)
        generate(folder / "drop", scale=scale, seed=1, as_of=BUSINESS_DATE)
        loader = create_engine(psycopg_url(as_login(url, "loader")))
        with local_server(folder) as server:
            warehouse = Warehouse(server)
            warehouse.rebuild()
            warehouse.load(folder / "drop", BUSINESS_DATE)
            sync_warehouse(loader, server.odbc)
        loader.dispose()
        settings = Settings(url, "no warehouse", "no-key", serving_database_url_api=as_login(url, "api"))
        with running_api(replace(settings, rate_limit=1_000_000)) as address:
            yield address


def open_page(page: Page, address: str) -> None:
    """Open the Sales page as it is when nothing is filtered, and have every process of the API read the run."""
    with page.expect_request("**/_dash-update-component*") as asked:
        page.goto(f"{address}/dashboards/sales")
    page.locator(".tile").first.wait_for()
    request = asked.value
    for _ in range(REPLAYS):
        httpx.post(request.url, json=request.post_data_json, timeout=60).raise_for_status()
    page.wait_for_timeout(1000)
    page.evaluate(WATCH)


def click(page: Page, selector: str) -> Times:
    """Click a mark with the mouse; returns how long the screen, the whole page and the server took."""
    mark = page.locator(selector)
    if selector.startswith("#menu-"):
        page.locator(selector.split()[0]).locator("summary").click()
    page.evaluate("scrollTo(0, 0)")  # a mark below the header counts as in view
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    page.wait_for_timeout(QUIET_MS)
    page.evaluate("() => { performance.clearResourceTimings(); }")
    return follow(page, lambda: press(page))


def press(page: Page) -> None:
    """Press the mouse button where the mouse is, and release it."""
    page.mouse.down()
    page.wait_for_timeout(PRESS_MS)
    page.mouse.up()


def follow(page: Page, action: Callable[[], None]) -> Times:
    """Do what redraws the page, and wait until it is redrawn; returns how long it took."""
    with page.expect_response("**/_dash-update-component*"):
        action()
    page.wait_for_function(REDRAWN, arg=QUIET_MS)
    shown, painted, server = page.evaluate(TIMES)
    return shown, painted, server


def measure(page: Page, rounds: int) -> dict[tuple[str, str], list[Times]]:
    """Make each click in each round; returns the times of each, warm-up rounds left out."""
    times: dict[tuple[str, str], list[Times]] = defaultdict(list)
    for number in range(-WARM_UP_ROUNDS, rounds):
        for name, clicks in CLICKS.items():
            for what, selector in clicks.items():
                taken = click(page, selector)
                if number >= 0:
                    times[name, what].append(taken)
                go_to(page, name)
            go_to(page, "customers" if name == "sales" else "sales")
    return times


def go_to(page: Page, name: str) -> None:
    """Go to a page as it is when nothing is filtered."""
    if not page.url.split("?")[0].endswith(name):
        follow(page, page.locator(".pages > a").nth(list(CLICKS).index(name)).click)
    if "?" in page.url:
        follow(page, page.locator("#reset").click)


def percentile_95(values: Sequence[float]) -> float:
    """Return the value that 95 % do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, nargs="*", default=[1, 20], help="default: 1 20")
    parser.add_argument("--rounds", type=int, default=20, help="default: 20")
    options = parser.parse_args()
    console = Console()
    for scale in options.scale:
        with served(scale) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            open_page(page, address)
            times = measure(page, options.rounds)
            browser.close()
        shown = Table(
            title=f"scale {scale:g}: milliseconds from the click to the redrawn screen, {options.rounds} rounds"
        )
        shown.add_column("click")
        for column in ("median", "p95", "whole page, p95", "server, median"):
            shown.add_column(column, justify="right")
        every = [taken for some in times.values() for taken in some]
        for what, some in [*((f"{page}: {what}", some) for (page, what), some in times.items()), ("all", every)]:
            screen, whole, server = zip(*some, strict=True)
            row = (statistics.median(screen), percentile_95(screen), percentile_95(whole), statistics.median(server))
            shown.add_row(what, *(f"{value:.0f}" for value in row))
        console.print(shown)


if __name__ == "__main__":
    main()
