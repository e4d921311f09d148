"""Every figure on the screen equals the oracle's for all selections, and the API's where it has the same figure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
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


@selections
def test_every_figure_of_the_sales_page_equals_the_oracles(
    screen: Screen, oracle: Oracle, selection: Selection
) -> None:
    screen.open(f"sales?{selection.query()}")

    assert screen.tiles() == oracle.sales_tiles(selection)
    assert_sparklines(screen, oracle, selection, "sales")
    assert trend(screen) == oracle.trend(selection)
    assert screen.bars("sales-countries") == oracle.countries(selection)
    assert on_the_map(screen) == {
        country: sales for country, sales in oracle.map(selection).items() if country != "n/a"
    }, "sales on the map"
    assert treemap(screen, oracle.treemap(selection)) == oracle.treemap(selection), "profit in the treemap"
    assert screen.note("sales-categories") == oracle.losses(selection)
    best, weakest, count = oracle.top_products(selection)
    assert screen.bars("sales-top-products") == best
    assert screen.bars("sales-bottom-products") == weakest
    assert screen.note("sales-top-products") == f"Of {count:,} products sold."
    assert calendar(screen) == oracle.calendar(selection), "sales by day"


@selections
def test_every_figure_of_the_customers_page_equals_the_oracles(
    screen: Screen, oracle: Oracle, selection: Selection
) -> None:
    screen.open(f"customers?{selection.query()}")

    assert screen.tiles() == oracle.customer_tiles(selection)
    assert_sparklines(screen, oracle, selection, "customers")
    for name in ("segment", "age", "gender", "marital", "country"):
        assert screen.bars(f"customers-{name}") == oracle.groups(selection, name), name
    assert (screen.bars("customers-top-sales"), screen.bars("customers-top-orders")) == oracle.top_customers(selection)
    assert columns(screen, "customers-orders") == oracle.distribution(selection)
    assert columns(screen, "customers-new") == oracle.new_customers(selection)
    heads, rows = screen.table("customers-recency") if oracle.recency(selection) else ([], {})
    cells = {
        (row, head.removesuffix("s").removesuffix(" order")): cell
        for row, of_row in rows.items()
        for head, cell in zip(heads, of_row, strict=True)
        if cell
    }
    assert cells == oracle.recency(selection)
    expected = oracle.retention(selection)
    heads, rows = screen.table("customers-retention") if expected else ([], {})
    assert list(rows.items()) == expected
    assert heads == (["Customers", *map(str, range(len(heads) - 1))] if expected else [])


def trend(screen: Screen) -> dict[str, list[Any]]:
    traces = screen.traces("sales-trend")
    shown: dict[str, list[Any]] = {trace["name"]: trace["y"] for trace in traces}
    if traces:
        shown["Orders"] = traces[0]["text"]
    names = {tuple(map(one_line, trace["x"])) for trace in traces}
    assert len(names) <= 1, "the traces of the trend stand above different names"
    return {"names": list(*names), **shown} if names else {}


def on_the_map(screen: Screen) -> dict[str, int]:
    return {
        k: v for trace in screen.traces("sales-countries") for k, v in nonzero(trace["z"], trace["locations"]).items()
    }


def treemap(screen: Screen, expected: dict[str, int]) -> dict[str, int]:
    """Return the profit of the nodes by path, and check their sizes and labels.

    Nodes too small to be drawn are removed from the expected ones.
    """
    areas = screen.areas()
    found: Counter[str] = Counter()
    totals: dict[tuple[str, ...], float] = defaultdict(float)
    for path, _, value, _, _ in areas:
        totals[tuple(path[:-1])] += value
    low = {" › ".join(path) for path, *_, height in areas if height < 28}
    for path, tooltip, value, share, _ in areas:
        name = " › ".join(path)
        assert re.fullmatch(rf"{re.escape(path[-1])}, {whole(value)}, margin (-?[\d.]+ %|—)", tooltip), (
            f"{name}: {tooltip}"
        )
        assert share == pytest.approx(value / totals[tuple(path[:-1])], rel=0.02, abs=0.006), f"the area of {name}"
        found[name] += round(value)
    left_out = {name: profit for name, profit in expected.items() if name.rpartition(" › ")[0] in low - {""}}
    return {**left_out, **found}


def calendar(screen: Screen) -> dict[str, int]:
    return {
        day: value
        for trace in screen.traces("sales-calendar")
        for days, values in zip(trace["customdata"], trace["z"], strict=True)
        for day, value in zip(days, values, strict=True)
        if day
    }


def columns(screen: Screen, card: str) -> Rows:
    rows: Rows = []
    for trace in screen.traces(card):
        names = [one_line(name) for name in trace["x"]]
        rows += list(zip(names, trace["y"], strict=True))
        if "text" in trace:
            assert trace["text"] == list(map(whole, trace["y"])), f"{card}: the figures on the columns"
    return rows


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
    assert [shown["Sales"][n] for n, _ in enumerate(shown["names"]) if shown["Orders"][n]] == [
        item["total_sales"] for item in sums("month")
    ]
    assert [orders for orders in shown["Orders"] if orders] == [item["total_orders"] for item in sums("month")]
    assert set(screen.bars("sales-countries")) == {
        (item["country"], whole(item["total_sales"]), whole(item["total_profit"])) for item in sums("country")
    }
    earned = {item["category"] or "n/a": item["total_profit"] for item in sums("category")}
    assert {name: profit for name, profit in treemap(screen, {}).items() if "›" not in name} == earned
    best = sorted(sums("product"), key=lambda item: (-item["total_sales"], item["product_key"]))[:10]
    assert screen.bars("sales-top-products") == [
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
