"""The rows of a selection: the table with sorting and scrolling, and the CSV file; and the cards as PNG."""

from __future__ import annotations

import csv
import struct
from pathlib import Path

import pandas as pd
import pytest

from tests.dashboards.cases import CASES, YEAR
from tests.dashboards.oracle import Oracle, Selection, texts
from tests.dashboards.screen import Screen
from tests.dashboards.test_filters import assert_shows

SOME = {name: CASES[name] for name in ("a month", "a country", "all dates", "a product without category")}
SOME |= {"a little of everything": CASES["a little of everything"], "nothing": CASES["days in the future"]}
WHAT = {"sales": "order lines", "customers": "customers"}


def rows_of(oracle: Oracle, page: str, selection: Selection) -> pd.DataFrame:
    return oracle.order_lines(selection) if page == "sales" else oracle.customer_rows(selection)


def cells(screen: Screen, number: int) -> list[str]:
    """Return the texts of a row of the table once it is loaded, in the order of its columns.

    The table computes its layout when it becomes visible.
    """
    screen.page.locator("#rows .grid").scroll_into_view_if_needed()
    script = """(number) => {
      const row = document.querySelector(`#rows .ag-row[row-index="${number}"]:not(.ag-row-loading)`);
      const cells = [...(row?.querySelectorAll(".ag-cell") ?? [])];
      const texts = cells.sort((one, other) => one.ariaColIndex - other.ariaColIndex).map((each) => each.textContent);
      const columns = Number(document.querySelector("#rows [aria-colcount]")?.getAttribute("aria-colcount"));
      const heads = document.querySelectorAll("#rows [role=columnheader]").length;
      const laidOut = cells.length === columns && heads === columns;
      return laidOut && texts.some((text) => text) && row.checkVisibility({ visibilityProperty: true }) ? texts : null;
    }"""
    shown: list[str] = screen.page.wait_for_function(script, arg=number).json_value()
    return shown


def as_in_table(row: list[str], columns: list[str]) -> list[str]:
    """Format a row of the file as the table does: figures with thousands separators."""
    figures = {"quantity", "price", "sales_amount", "cost", "profit", "age", "total_orders", "total_sales", "recency"}
    return [
        f"{int(text):,}".replace("-", "−") if name in figures and text else text
        for name, text in zip(columns, row, strict=True)
    ]


@pytest.mark.parametrize("page", ["sales", "customers"])
@pytest.mark.parametrize("selection", SOME.values(), ids=SOME.keys())
def test_the_file_has_all_rows_of_the_selection_and_no_others(
    screen: Screen, oracle: Oracle, tmp_path: Path, page: str, selection: Selection
) -> None:
    expected = rows_of(oracle, page, selection)
    screen.open(f"{page}?{selection.query(rows=True)}")
    assert screen.note("rows").startswith(f"{len(expected):,} {WHAT[page]} in this selection.")
    file = screen.download("#save-rows")
    assert file.suggested_filename == f"{page}-{oracle.business_date}.csv"
    file.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as content:
        header, *rows = csv.reader(content)
    assert header == list(expected.columns)
    assert sorted(rows) == sorted(texts(expected))
    assert [row[0] for row in rows] == expected.iloc[:, 0].tolist(), "the rows of the file are out of order"


@pytest.mark.parametrize("page", ["sales", "customers"])
def test_show_rows_shows_the_table_and_hide_rows_removes_it(screen: Screen, oracle: Oracle, page: str) -> None:
    selection = Selection(YEAR, {"country": ("Canada",)})
    expected = rows_of(oracle, page, selection)
    screen.open(f"{page}?{selection.query()}")
    assert screen.page.locator("#rows").count() == 0
    screen.click("#rows-toggle")
    assert screen.note("rows") == f"{len(expected):,} {WHAT[page]} in this selection."
    for number, row in enumerate(texts(expected.head(8))):
        assert cells(screen, number) == as_in_table(row, list(expected.columns)), f"row {number + 1} of the table"
    screen.click("#rows-toggle")
    assert screen.page.locator("#rows").count() == 0
    assert_shows(screen, oracle, selection, page)


SORTS = {"sales": ("Sales", "sales_amount"), "customers": ("Sales, all dates", "total_sales")}


@pytest.mark.parametrize("page", SORTS)
def test_a_click_on_a_column_header_sorts_all_rows_and_a_second_click_reverses_the_order(
    screen: Screen, oracle: Oracle, page: str
) -> None:
    title, column = SORTS[page]
    selection = Selection(YEAR, {"country": ("Canada",)})
    figures = sorted(int(value) for value in rows_of(oracle, page, selection)[column])
    screen.open(f"{page}?{selection.query(rows=True)}")
    cells(screen, 0)
    head = screen.page.get_by_role("columnheader", name=title, exact=True)
    place = int(head.get_attribute("aria-colindex") or 0) - 1
    for direction, expected in (("ascending", figures), ("descending", figures[::-1])):
        with screen.page.expect_response(lambda response: "getRowsResponse" in (response.request.post_data or "")):
            head.click()
        head.and_(screen.page.locator(f'[aria-sort="{direction}"]')).wait_for()
        shown = [int(cells(screen, number)[place].replace(",", "")) for number in range(8)]
        assert shown == expected[:8], f"{title} {direction}"


def test_scrolling_the_table_loads_further_rows(screen: Screen, oracle: Oracle) -> None:
    selection = Selection(YEAR, {"country": ("Canada",)})
    expected = oracle.order_lines(selection)
    screen.open(f"sales?{selection.query(rows=True)}")
    cells(screen, 0)
    for number in (250, len(expected) - 1):
        height = screen.page.locator("#rows .ag-row").first.evaluate("(row) => row.offsetHeight")
        screen.page.locator("#rows .ag-body-viewport").evaluate("(it, top) => it.scrollTo(0, top)", number * height)
        row = texts(expected.iloc[[number]])[0]
        assert cells(screen, number) == as_in_table(row, list(expected.columns)), f"row {number + 1} of the table"


def test_the_table_follows_the_filters(screen: Screen, oracle: Oracle) -> None:
    screen.open(f"sales?{Selection(YEAR).query(rows=True)}")
    cells(screen, 0)
    screen.choose("country", "Germany")
    expected = oracle.order_lines(Selection(YEAR, {"country": ("Germany",)}))
    assert screen.note("rows").startswith(f"{len(expected):,} order lines")
    screen.page.locator("#rows .ag-cell", has_text="Germany").first.wait_for()
    assert cells(screen, 0) == as_in_table(texts(expected.head(1))[0], list(expected.columns))


# PNG

TEXTS = """(svg) => {
  const copy = new DOMParser().parseFromString(decodeURIComponent(svg.slice(svg.indexOf(",") + 1)), "image/svg+xml");
  return [...copy.querySelectorAll("h2, .caption, .story, .note, .bar > span, .side > span, th, td, .columns > *")]
    .map((each) => each.textContent.trim()).filter((text) => text);
}"""
"""The texts of a picture, which is an SVG of the card before it is drawn."""

OVERLAPS = """(card) => {
  const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT), boxes = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.textContent.trim() || !node.parentElement.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) if (box.width > 1 && box.height > 1) boxes.push([node, box]);
  }
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  return boxes.flatMap(([node, box], n) => boxes.slice(n + 1)
    .filter(([other, place]) => other !== node && over(box, place))
    .map(([other]) => `${node.textContent} | ${other.textContent}`));
}"""
"""The texts of a card that lie over each other."""


@pytest.mark.parametrize("page", ["sales", "customers"])
def test_the_picture_of_each_card_is_the_card(screen: Screen, tmp_path: Path, page: str) -> None:
    screen.open(page)
    cards = [str(each.get_attribute("id")) for each in screen.page.locator(f"#{page} > section.card:not(.tiles)").all()]
    shown = screen.page.locator(f"#{page} > section.card .png")
    assert [card.get_attribute("data-card") for card in shown.all()] == cards
    for name in cards:
        card = screen.page.locator(f"#{name}")
        overlaps = card.evaluate(OVERLAPS)
        assert not overlaps, f"{name}: texts lie over each other: {overlaps}"
        svg = screen.page.evaluate("(id) => htmlToImage.toSvg(document.getElementById(id), { skipFonts: true })", name)
        texts_of_picture = screen.page.evaluate(TEXTS, svg)
        for bar in screen.bars(name):
            assert set(filter(None, bar)) <= set(texts_of_picture), f"{name} lacks a figure of {bar}"
        file = screen.download(f"#{name} .png")
        assert file.suggested_filename == f"{name}-1-Feb-2026.png"
        file.save_as(tmp_path / "card.png")
        content = (tmp_path / "card.png").read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n", f"{name} is no PNG"
        width, height = struct.unpack(">II", content[16:24])
        box = card.bounding_box()
        assert box
        assert abs(width - 2 * box["width"]) < 4, f"{name} has another width"
        assert -4 < height - 2 * box["height"] < 120, f"{name} has another height, but for the caption"
        assert len(content) > 15_000, f"{name} is an empty image"
