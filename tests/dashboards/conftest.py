"""The committed drop, loaded, synced and served; the oracle's gold of it; and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from sqlalchemy import Engine, create_engine

from api.serving.database import psycopg_url
from data.generate import BUSINESS_DATE
from tests.api.conftest import SYNC_KEY, new_database, settings_for, with_name
from tests.api.server import running_api
from tests.dashboards.oracle import Oracle
from tests.dashboards.screen import Screen
from tests.oracle import compute
from tests.postgres import embedded_postgres, prepare
from tests.warehouse import ROOT, Server, Warehouse

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
MILLISECONDS = 15_000
"""The timeout of Playwright. No test depends on its value to pass."""


# All fixtures end with this folder's tests, because Playwright occupies the event loop, which later tests need.


@pytest.fixture(scope="package")
def postgres_for_dashboards() -> Iterator[str]:
    """A server of Postgres with a migrated database, ``migrated``, the template of others."""
    with embedded_postgres() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated")
        prepare(with_name(url, "migrated"))
        yield url


@pytest.fixture(scope="package")
def address(postgres_for_dashboards: str, server: Server) -> Iterator[str]:
    """The address of an API that serves the committed drop."""
    warehouse = Warehouse(server)
    warehouse.rebuild()
    warehouse.load(ROOT / "data", BUSINESS_DATE, reject_limit=1)
    with (
        new_database(postgres_for_dashboards, "migrated") as url,
        running_api(settings_for(url, server.odbc)) as base,
    ):
        synced = httpx.post(f"{base}/api/sync", headers={"X-API-Key": SYNC_KEY}, timeout=300)
        assert synced.status_code == 201, synced.text
        yield base


@pytest.fixture(scope="package")
def oracle() -> Oracle:
    """The figures of the committed drop, computed without the warehouse."""
    return Oracle(compute(ROOT / "data", BUSINESS_DATE), BUSINESS_DATE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def shared_screen(browser: Browser, address: str) -> Iterator[Screen]:
    """A desktop screen on the committed drop, shared because loading it takes longer than most tests."""
    context = browser.new_context(viewport=DESKTOP)
    context.set_default_timeout(MILLISECONDS)
    yield Screen(context.new_page(), address)
    context.close()


@pytest.fixture
def screen(shared_screen: Screen) -> Iterator[Screen]:
    """The shared screen. Tests must not change its theme or size; the browser must not report an error."""
    yield shared_screen
    shared_screen.finish()


NewScreen = Callable[..., Screen]


@pytest.fixture
def new_screen(browser: Browser, address: str) -> Iterator[NewScreen]:
    """Create screens, each in its own context with options of Playwright; the browser must not report an error."""
    screens: list[Screen] = []

    def make(base: str = address, **options: Any) -> Screen:
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        context.set_default_timeout(MILLISECONDS)
        screens.append(Screen(context.new_page(), base))
        return screens[-1]

    yield make
    for screen in screens:
        screen.page.context.close()
    for screen in screens:
        screen.finish()


@pytest.fixture
def other_database(postgres_for_dashboards: str) -> Iterator[str]:
    """The owner's URL of a test's own database."""
    with new_database(postgres_for_dashboards, "migrated") as url:
        yield url


@pytest.fixture
def other_engine(other_database: str) -> Iterator[Engine]:
    """An engine on the test's own database, which bypasses the API."""
    engine = create_engine(psycopg_url(other_database))
    yield engine
    engine.dispose()


@pytest.fixture
def other_address(other_database: str) -> Iterator[str]:
    """The address of an API on the test's own database."""
    with running_api(settings_for(other_database)) as base:
        yield base
