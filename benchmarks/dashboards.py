"""How long a click on a dashboard takes, until the page is redrawn, in Chromium.

    python -m benchmarks.dashboards --scale 1 20 --rounds 20

A generated drop is loaded on the stand-in, synced, and served by the API as configured; browser, API and Postgres
share the machine. In each round each click is made once, with the mouse, from the page as it is when nothing is
filtered. Measured is the time from the release of the button to when the browser has painted the last change that
the click made to the document, charts included; of it, the time from sending the request to the end of its answer.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
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

QUIET_MS = 250
"""A page that has not changed for so long is redrawn."""

WATCH = """
() => {
    const seen = (window.seen = { released: 0, painted: 0 });
    addEventListener("mouseup", (event) => { seen.released = event.timeStamp; seen.painted = 0; }, true);
    new MutationObserver((changes) => {
        // What follows the mouse is no redrawing.
        if (changes.every((change) => change.target.closest?.(".hoverlayer, .draglayer"))) return;
        requestAnimationFrame(() => setTimeout(() => { seen.painted = performance.now(); }));
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}
"""
REDRAWN = "(quiet) => seen.painted && performance.now() - seen.painted > quiet"
TIMES = """
() => {
    const asked = performance.getEntriesByType("resource");
    const last = asked.filter((entry) => entry.name.includes("_dash-update-component")).at(-1);
    performance.clearResourceTimings();
    return [seen.painted - seen.released, last.responseEnd - last.requestStart];
}
"""


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


def click(page: Page, selector: str) -> tuple[float, float]:
    """Click a mark with the mouse; returns the milliseconds until the page is redrawn, and the server's of them."""
    mark = page.locator(selector)
    if selector.startswith("#menu-"):
        page.locator(selector.split()[0]).locator("summary").click()
    page.evaluate("scrollTo(0, 0)")  # a mark below the header counts as in view
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    page.wait_for_timeout(QUIET_MS)
    page.evaluate("() => { performance.clearResourceTimings(); }")
    page.mouse.down()
    with page.expect_response("**/_dash-update-component*"):
        page.mouse.up()
    page.wait_for_function(REDRAWN, arg=QUIET_MS)
    whole, server = page.evaluate(TIMES)
    return whole, server


def measure(page: Page, rounds: int) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Make each click in each round; returns the times of each, warm-up rounds left out."""
    times: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for number in range(-WARM_UP_ROUNDS, rounds):
        for name, clicks in CLICKS.items():
            for what, selector in clicks.items():
                both = click(page, selector)
                if number >= 0:
                    times[name, what].append(both)
                go_to(page, name)
            go_to(page, "customers" if name == "sales" else "sales")
    return times


def go_to(page: Page, name: str) -> None:
    """Go to a page as it is when nothing is filtered."""
    if not page.url.split("?")[0].endswith(name):
        page.locator(".pages > a").nth(list(CLICKS).index(name)).click()
        page.wait_for_timeout(QUIET_MS)
    if "?" in page.url:
        page.locator("#reset").click()
    page.wait_for_timeout(2 * QUIET_MS)


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
            title=f"scale {scale:g}: milliseconds from the click to the redrawn page, {options.rounds} rounds"
        )
        shown.add_column("click")
        for column in ("median", "p95", "of it asking, median"):
            shown.add_column(column, justify="right")
        every = [both for some in times.values() for both in some]
        for what, both in [*((f"{page}: {what}", some) for (page, what), some in times.items()), ("all", every)]:
            whole, server = zip(*both, strict=True)
            row = (statistics.median(whole), percentile_95(whole), statistics.median(server))
            shown.add_row(what, *(f"{value:.0f}" for value in row))
        console.print(shown)


if __name__ == "__main__":
    main()
