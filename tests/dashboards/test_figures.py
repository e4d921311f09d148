"""Every figure on the screen equals the oracle's for all selections, and the API's where it has the same figure."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.dashboards.cases import CASES, PERIODS, YEAR
from tests.dashboards.oracle import Oracle, Rows, Selection, whole
from tests.dashboards.screen import Screen

selections = pytest.mark.parametrize("selection", CASES.values(), ids=CASES.keys())


def one_line(label: str) -> str:
    return label.replace("<br>", " ")


def nonzero(values: list[Any], names: list[Any]) -> dict[Any, Any]:
    return {name: value for name, value in zip(names, values, strict=True) if value}


def points(svg: str) -> list[list[tuple[float, float]]]:
    """Return the polylines of a sparkline."""
    return [
        [(float(x), float(y)) for x, y in (point.split(",") for point in line.split())]
        for line in re.findall(r'points="([^"]*)"', svg)
    ]


def as_drawn(values: list[float | None]) -> list[list[tuple[float, float]]]:
    """Return the expected polylines of a sparkline: over the full width, from the lowest to the highest value."""
    known = [value for value in values if value is not None]
    lines: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            lines.append([])
            continue
        height = (value - min(known)) / (max(known) - min(known)) if max(known) > min(known) else 0.5
        lines[-1].append((120 * place / max(len(values) - 1, 1), 25 - 22 * height))
    return [line for line in lines if line]


def assert_sparklines(screen: Screen, oracle: Oracle, selection: Selection, page: str) -> None:
    expected = oracle.sparklines(selection, page)
    for name, svg in screen.sparklines(page).items():
        drawn, wanted = points(svg), as_drawn(expected[name])
        assert [len(line) for line in drawn] == [len(line) for line in wanted], f"course of {name}"
        for one, other in zip(drawn, wanted, strict=True):
            assert [value for point in one for value in point] == pytest.approx(
                [value for point in other for value in point], abs=0.06
            ), f"course of {name}"


def assert_legends(screen: Screen, oracle: Oracle, selection: Selection) -> None:
    """Assert that each card whose bars have a mark says what the mark stands for."""
    before = oracle.before(selection)
    script = """(cards) => cards.filter((card) => card.querySelector(".bars .mark")).map((card) =>
      card.closest("section").querySelector(".columns > :nth-child(2)").textContent.trim())"""
    for legend in screen.page.eval_on_selector_all("#sales .card", script):
        assert before is not None
        assert legend == before[0].removeprefix("the ")


@selections
def test_every_figure_of_the_sales_page_equals_the_oracles(
    screen: Screen, oracle: Oracle, selection: Selection
) -> None:
    screen.open(f"sales?{selection.query()}")

    selection = selection.on("sales")
    assert screen.tiles() == oracle.sales_tiles(selection)
    assert_sparklines(screen, oracle, selection, "sales")
    assert trend(screen) == approximately(oracle.trend(selection))
    assert screen.story("sales-trend") == oracle.latest(selection)
    assert screen.story("sales-changed") == oracle.story(selection)
    if oracle.adds_up(selection.measure or "sales", oracle.split(selection)):
        shown = screen.bars("sales-changed")
        assert [("" if n in (0, len(shown) - 1) else bar[0], bar[1]) for n, bar in enumerate(shown)] == (
            oracle.waterfall(selection)
        )
    assert screen.bars("sales-countries") == oracle.countries(selection)
    assert_legends(screen, oracle, selection)
    level, parts = oracle.categories(selection)
    assert screen.title("sales-categories").endswith(f" by {level}")
    assert screen.bars("sales-categories") == parts
    best, count = oracle.best_products(selection)
    assert screen.bars("sales-top-products") == best
    assert screen.note("sales-top-products").startswith(f"Of {count:,} products sold.")
    assert screen.bars("sales-changed-products") == oracle.changed_products(selection)
    assert calendar(screen) == approximately(oracle.calendar(selection)), "by day"


@selections
def test_every_figure_of_the_customers_page_equals_the_oracles(
    screen: Screen, oracle: Oracle, selection: Selection
) -> None:
    screen.open(f"customers?{selection.query()}")

    selection = selection.on("customers")
    assert screen.tiles() == oracle.customer_tiles(selection)
    assert_sparklines(screen, oracle, selection, "customers")
    assert screen.bars("customers-segment") == oracle.segments(selection)
    for name in ("age_group", "marital_status", "country"):
        assert screen.bars(f"customers-{name}") == oracle.groups(selection, name), name
    assert screen.pyramid("customers-pyramid") == oracle.pyramid(selection)
    moved = oracle.movement(selection)
    assert cells_of(screen, "customers-movement") == moved
    for card, key in (("top-customers", "customer"), ("top-products", "product")):
        assert screen.bars(f"customers-{card}") == oracle.top(selection, key), card
    by_orders = oracle.distribution(selection)
    assert columns(screen, "customers-orders") == ({"Customers": by_orders} if by_orders else {})
    assert columns(screen, "customers-new") == oracle.new_and_returning(selection)
    assert cells_of(screen, "customers-recency") == oracle.recency(selection)
    expected = oracle.retention(selection)
    heads, rows = screen.table("customers-retention") if expected else ([], {})
    assert list(rows.items()) == expected
    assert heads == (["Customers", *map(str, range(1, len(heads)))] if expected else [])


def approximately(values: dict[str, Any]) -> dict[str, Any]:
    """Let ratios differ by the error of a division."""
    return {
        name: [each if each is None else pytest.approx(each) for each in value]
        if isinstance(value, list) and name != "names"
        else pytest.approx(value)
        if isinstance(value, float)
        else value
        for name, value in values.items()
    }


def cells_of(screen: Screen, card: str) -> dict[tuple[str, str], str]:
    """Return the cells of a table by row and column; an empty dict if the card has no data."""
    if f"{card}" in screen.empty_cards():
        return {}
    heads, rows = screen.table(card)
    return {(row, head): cell for row, of_row in rows.items() for head, cell in zip(heads, of_row, strict=True) if cell}


def trend(screen: Screen) -> dict[str, list[Any]]:
    traces = screen.traces("sales-trend")
    shown: dict[str, list[Any]] = {trace["name"]: trace["y"] for trace in traces}
    names = {tuple(map(one_line, trace["x"])) for trace in traces}
    assert len(names) <= 1, "the traces of the trend stand above different names"
    return {"names": list(*names), **shown} if names else {}


def calendar(screen: Screen) -> dict[str, float | None]:
    return {
        day: value
        for trace in screen.traces("sales-calendar")
        for days, values in zip(trace["customdata"], trace["z"], strict=True)
        for day, value in zip(days, values, strict=True)
        if day
    }


def columns(screen: Screen, card: str) -> dict[str, Rows]:
    """Return the columns of each trace of a chart."""
    found = {}
    for trace in screen.traces(card):
        found[trace["name"]] = [(one_line(name), value) for name, value in zip(trace["x"], trace["y"], strict=True)]
        if "text" in trace:
            assert trace["text"] == list(map(whole, trace["y"])), f"{card}: the figures on the columns"
    return found


def test_the_totals_of_all_dates_equal_those_of_the_api(screen: Screen, address: str) -> None:
    totals = httpx.get(f"{address}/api/kpis").json()
    shown = {name: value for name, (value, *_) in screen.open("sales?period=all").tiles().items()}
    assert {name: shown[name] for name in ("sales", "profit", "orders", "quantity")} == {
        name: whole(totals[f"total_{name}"]) for name in ("sales", "profit", "orders", "quantity")
    }
    day = screen.page.locator("#business-date").inner_text()
    assert day == "1 Feb 2026"


@pytest.mark.parametrize("selection", [Selection(YEAR), PERIODS["a quarter"], PERIODS["a month"]], ids=str)
def test_sums_by_month_country_category_and_product_equal_those_of_the_api(
    screen: Screen, address: str, selection: Selection
) -> None:
    assert selection.days is not None
    bounds = {"from": str(selection.days[0]), "to": str(selection.days[1]), "limit": "1000"}

    def sums(group: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{address}/api/sales", params={"group_by": group, **bounds})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    screen.open(f"sales?{selection.query()}&by=month")
    shown = trend(screen)
    assert [sales for sales in shown["Sales"] if sales] == [item["total_sales"] for item in sums("month")]
    assert {bar[:2] for bar in screen.bars("sales-countries")} == {
        (item["country"], whole(item["total_sales"])) for item in sums("country")
    }
    sold = {item["category"] or "n/a": whole(item["total_sales"]) for item in sums("category")}
    assert {name: sales for name, sales, *_ in screen.bars("sales-categories")} == sold
    best = sorted(sums("product"), key=lambda item: (-item["total_sales"], item["product_key"]))[:10]
    assert [bar[:3] for bar in screen.bars("sales-top-products")] == [
        (item["product_name"], whole(item["total_sales"]), whole(item["total_quantity"])) for item in best
    ]


def test_the_segments_of_all_dates_equal_those_of_the_api(screen: Screen, address: str) -> None:
    bars = screen.open(f"customers?{PERIODS['four years'].query()}").bars("customers-segment")
    shown = {name: figures for name, *figures in bars}
    for segment in ("VIP", "Regular"):
        sales: list[int] = []
        page: str | None = f"/api/customers/{segment}?limit=1000"
        while page:
            answer = httpx.get(f"{address}{page}").json()
            sales += [customer["total_sales"] for customer in answer["items"]]
            page = answer["next"]
        assert shown[segment][:2] == [whole(len(sales)), whole(sum(sales))], segment


@pytest.mark.parametrize("by", ["quarter", "month"])
def test_an_unfinished_period_has_one_comparison_on_the_page_and_in_the_api(
    screen: Screen, address: str, by: str
) -> None:
    screen.open(f"sales?from=2026-01-01&to=2026-12-31&by={by}")
    page = httpx.get(
        f"{address}/api/sales?group_by=total&from=2026-01-01&to=2026-12-31&compare=previous_year&measures=total_sales",
        timeout=60,
    ).json()
    assert page["compared_with"] == {"from": "2025-01-01", "to": "2025-01-31"}
    (item,) = page["items"]
    share = 100 * (item["total_sales"] / item["previous_total_sales"] - 1)
    for text in (screen.tiles()["sales"][1], screen.story("sales-trend")):
        assert f"{share:.1f}".replace("-", "−") in text
    (earlier,) = (trace["y"] for trace in screen.traces("sales-trend") if trace["name"] == "Year before")
    assert earlier == [item["previous_total_sales"], None][: len(earlier)]


def test_an_empty_card_of_changes_says_that_there_is_nothing_to_compare_with(screen: Screen) -> None:
    screen.open("sales?period=all")
    assert screen.empty_cards() == ["sales-changed", "sales-changed-products"]
    for card in screen.empty_cards():
        assert "no earlier period" in screen.page.locator(f"#{card} .no-data").inner_text()
