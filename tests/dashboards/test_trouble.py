"""The pages when a dependency changes or fails: a new day, no database, no server, names with HTML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import urlencode

import psycopg
from playwright.sync_api import expect
from sqlalchemy import Engine, make_url

from tests.api.conftest import publish_run, settings_for
from tests.api.server import running_api
from tests.dashboards.conftest import NewScreen

MONDAY = date(2026, 1, 5)
HTML = '<img src="https://example.org/x.png" onerror="document.title=1"><b>Nut & "bolt"</b> {{ 7 * 7 }}'


def product(key: int, name: str, **others: Any) -> dict[str, Any]:
    return {"product_key": key, "product_name": name, "category": "Bikes", "subcategory": "Road Bikes", **others}


def customer(key: int, name: str, **others: Any) -> dict[str, Any]:
    row = {"customer_key": key, "customer_name": name, "country": "Germany", "customer_segment": "New", "recency": 0}
    return {**row, "total_orders": 1, "age_group": "30-39", "gender": "Female", "marital_status": "Single", **others}


def sale(order: str, day: date, sales: int, product_key: int = 1, customer_key: int = 1) -> dict[str, Any]:
    line = {"order_number": order, "order_date": day, "product_key": product_key, "customer_key": customer_key}
    return {**line, "sales_amount": sales, "quantity": 1, "price": sales, "cost": 1, "profit": sales - 1}


def publish(engine: Engine, day: date, *amounts: int, name: str = "A bike") -> None:
    """Publish a day with an order on Monday for each amount."""
    publish_run(
        engine,
        batch_id=day.toordinal(),
        business_date=day,
        products=[product(1, name)],
        customers=[customer(1, "Ada")],
        sales=[sale(f"SO{number}", MONDAY, amount) for number, amount in enumerate(amounts, 1)],
    )


@contextmanager
def closed(url: str) -> Iterator[None]:
    """Refuse connections to a database and terminate the existing ones."""
    name = make_url(url).database
    admin = make_url(url).set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_before_the_first_sync_the_page_explains_that_no_day_is_served(
    new_screen: NewScreen, other_address: str
) -> None:
    screen = new_screen(other_address).open("sales")
    assert "No business date is served" in screen.page.get_by_role("alert").inner_text()


def test_the_next_click_after_a_sync_shows_the_new_day(
    new_screen: NewScreen, other_address: str, other_engine: Engine
) -> None:
    publish(other_engine, MONDAY, 100)
    screen = new_screen(other_address).open("sales?period=all")
    assert (screen.page.locator("#business-date").inner_text(), screen.tiles()["sales"][0]) == ("5 Jan 2026", "100")
    publish(other_engine, MONDAY.replace(day=6), 100, 250)
    screen.choose("country", "Germany")
    assert (screen.page.locator("#business-date").inner_text(), screen.tiles()["sales"][0]) == ("6 Jan 2026", "350")


def test_without_postgres_the_page_has_an_error_message_and_recovers_afterwards(
    new_screen: NewScreen, other_database: str, other_address: str, other_engine: Engine
) -> None:
    publish(other_engine, MONDAY, 100)
    other_engine.dispose()
    screen = new_screen(other_address).open("sales?period=all")
    with closed(other_database):
        screen.click("#sales-countries .bar")
        assert "The serving database does not answer" in screen.page.get_by_role("alert").inner_text()
        assert not screen.tiles(), "figures are shown that nobody has asked for"
        screen.click(screen.page.get_by_role("link", name="Start again"))
        assert "The serving database does not answer" in screen.page.get_by_role("alert").inner_text()
    screen.click(screen.page.get_by_role("link", name="Start again"))
    assert screen.open("sales?period=all").tiles()["sales"][0] == "100"


def test_without_the_server_the_page_keeps_its_figures_and_shows_a_notice(
    new_screen: NewScreen, other_database: str, other_engine: Engine
) -> None:
    publish(other_engine, MONDAY, 100)
    with running_api(settings_for(other_database)) as address:
        screen = new_screen(address).open("sales?period=all")
    screen.expect_complaint("ERR_CONNECTION_REFUSED|Failed to fetch|Callback failed")
    screen.page.locator("#sales-countries .bar").click()
    notice = screen.page.locator("#notice")
    expect(notice).to_contain_text("The server does not answer. The page still shows the figures from before.")
    assert notice.get_attribute("role") == "alert"
    assert screen.tiles()["sales"][0] == "100"


def test_html_in_names_is_shown_as_text(new_screen: NewScreen, other_address: str, other_engine: Engine) -> None:
    publish_run(
        other_engine,
        business_date=MONDAY,
        products=[product(1, HTML, category=f"C {HTML}", subcategory=f"S {HTML}", product_line=f"L {HTML}")],
        customers=[customer(1, HTML, country=f"K {HTML}", gender=f"G {HTML}", marital_status=f"M {HTML}")],
        sales=[sale("SO1", MONDAY, 100)],
    )
    screen = new_screen(other_address).open("sales?period=all&product=1&rows=1")
    assert screen.bars("sales-top-products") == [(HTML, "100", "1", "—")]
    assert screen.bars("sales-countries") == [(f"K {HTML}", "100", "—")]
    assert screen.chips() == [f"Product: {HTML}"]
    expect(screen.page.locator("#rows .ag-row [col-id=product_name]")).to_have_text(HTML)
    assert screen.page.locator("#menu-country .option").text_content() == f"K {HTML}"
    screen.open("customers?period=all&customer=1")
    assert screen.bars("customers-top-customers") == [(HTML, "100", "1", "1")]
    assert screen.chips() == [f"Customer: {HTML}"]
    assert screen.bars("customers-marital_status") == [(f"M {HTML}", "1", "—")]
    assert screen.page.title() == "Customers – Sales warehouse", "a script of a name has run"
    assert screen.page.locator("img[src*=example]").count() == 0, "a name was rendered as an image"


def test_names_with_html_in_charts_load_and_run_nothing(
    new_screen: NewScreen, other_address: str, other_engine: Engine
) -> None:
    publish_run(
        other_engine,
        business_date=MONDAY,
        products=[product(1, HTML, category=f"C {HTML}", subcategory=f"S {HTML}")],
        customers=[customer(1, "Ada")],
        sales=[sale("SO1", MONDAY, 100)],
    )
    screen = new_screen(other_address).open(f"sales?{urlencode({'period': 'all', 'category': f'C {HTML}'})}")
    assert [name for name, *_ in screen.bars("sales-categories")] == [f"S {HTML}"]
    assert screen.page.locator("#sales-categories :is(img, script, b)").count() == 0


def test_order_lines_of_the_unknown_product_and_customer_count(
    new_screen: NewScreen, other_address: str, other_engine: Engine
) -> None:
    publish_run(
        other_engine,
        business_date=MONDAY,
        products=[product(1, "A bike")],
        customers=[customer(1, "Ada")],
        sales=[sale("SO1", MONDAY, 100), sale("SO2", MONDAY, 50, 0, 0)],
    )
    screen = new_screen(other_address).open("sales?period=all&rows=1")
    assert screen.tiles()["sales"][0] == "150"
    assert screen.bars("sales-countries") == [("Germany", "100", "—"), ("n/a", "50", "—")]
    assert screen.note("rows").startswith("2 order lines")
    expect(screen.page.locator("#rows .ag-center-cols-container .ag-row")).to_have_count(2)
