"""The thumbnails of the packaged workbook: pictures of the exported figures, one for each dashboard."""

from __future__ import annotations

import base64
import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from lxml import etree
from PIL import Image, ImageDraw

from tests.plugins.test_tableau_workbook import VERSIONS, validator
from tests.warehouse import Warehouse
from warehouse.tableau.export import WORKBOOK, Export
from warehouse.tableau.thumbnails import _MARK, CHARTS, figures

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def packaged(exported: Export) -> etree._Element:
    with zipfile.ZipFile(exported.files[1]) as archive:
        return etree.fromstring(archive.read(WORKBOOK.name))


@pytest.fixture(scope="module")
def lines(exported: Export, shared_warehouse: Warehouse) -> Rows:
    """The order lines of gold with their members, joined here."""
    customers = {row["customer_key"]: row for row in shared_warehouse.execute("SELECT * FROM gold.dim_customers")}
    reports = {row["customer_key"]: row for row in shared_warehouse.execute("SELECT * FROM gold.report_customers")}
    products = {row["product_key"]: row for row in shared_warehouse.execute("SELECT * FROM gold.dim_products")}
    sold = shared_warehouse.execute("SELECT * FROM gold.fact_sales")
    nothing = dict.fromkeys(next(iter(reports.values())))
    return [
        {
            **reports.get(row["customer_key"], nothing),
            **customers[row["customer_key"]],
            **products[row["product_key"]],
            **row,
        }
        for row in sold
    ]


def summed(rows: Rows, name: str, measure: str) -> dict[Any, int | None]:
    """The sum of a measure by a column; None where every value is."""
    groups: dict[Any, list[int]] = {}
    for row in rows:
        groups.setdefault(row[name], []).extend([row[measure]] if row[measure] is not None else [])
    return {key: sum(values) if values else None for key, values in groups.items()}


def counted(rows: Rows, name: str) -> dict[Any, int]:
    """The known customers by a column."""
    pairs = {(row[name], row["customer_key"]) for row in rows}
    return {key: sum(1 for of, customer in pairs if of == key and customer) for key in {of for of, _ in pairs}}


def test_the_packaged_workbook_is_valid_and_shows_each_dashboard(packaged: etree._Element) -> None:
    for version in VERSIONS:
        checked = validator(version)
        assert checked.validate(packaged), checked.error_log
    names = [thumbnail.get("name") for thumbnail in packaged.iterfind("thumbnails/thumbnail")]
    assert names == [dashboard.get("name") for dashboard in packaged.iterfind("dashboards/dashboard")] != []
    for thumbnail in packaged.iterfind("thumbnails/thumbnail"):
        picture = Image.open(io.BytesIO(base64.b64decode(thumbnail.text or "")))
        assert picture.format == "PNG"
        assert picture.size == (int(thumbnail.get("width")), int(thumbnail.get("height")))
        assert len(picture.getcolors() or ()) > 8, "nothing is drawn"


def test_all_charts_of_the_dashboards_are_drawn_but_the_map_and_the_texts(packaged: etree._Element) -> None:
    shown = {zone.get("name") for zone in packaged.iterfind("dashboards/dashboard/zones//zone") if zone.get("name")}
    assert shown - set(CHARTS) == {"Sales Map", "Sales KPIs", "Customer KPIs", "Data as of"}
    assert set(CHARTS) <= shown


def test_the_figures_are_those_of_gold(exported: Export, lines: Rows) -> None:
    found = figures(exported.files[0])
    dated = [{**row, "year": row["order_date"].year} for row in lines if row["order_date"]]
    one_value: dict[str, Mapping[Any, int | None]] = {
        "Sales by Country": summed(lines, "country", "sales_amount"),
        "Profit by Category": summed(lines, "category", "profit"),
        "Top Products": summed(lines, "product_name", "sales_amount"),
        "Sales by Period": summed(dated, "year", "sales_amount"),
        "Customer Segments": counted(lines, "customer_segment"),
        "Age Groups": counted(lines, "age_group"),
        "Customers by Country": counted(lines, "country"),
        "Gender": counted(lines, "gender"),
        "Marital Status": counted(lines, "marital_status"),
    }
    for sheet, expected in one_value.items():
        values = sorted((value for value in expected.values() if value is not None), reverse=True)
        drawn = [row[-1] for row in found[sheet] if row[-1] is not None]
        assert sorted(drawn, reverse=True) == (values[:10] if sheet == "Top Products" else values), sheet
    for sheet in ("Sales Trend", "Years Compared", "Sales Calendar"):
        assert sum(row[-1] for row in found[sheet]) == sum(row["sales_amount"] for row in dated), sheet
    assert sum(row[-1] for row in found["Product Treemap"]) == sum(row["sales_amount"] for row in lines)
    orders = Counter(customer for customer, _ in {(row["customer_key"], row["order_number"]) for row in lines})
    del orders[0]
    assert dict(found["Orders per Customer"]) == Counter(orders.values())
    assert sum(row[-1] for row in found["New Customers"]) == len({row["customer_key"] for row in dated} - {0})


@pytest.mark.parametrize("sheet", [name for name, chart in CHARTS.items() if chart.draw.__name__ == "_bars"])
def test_a_bar_is_as_long_as_its_value(sheet: str) -> None:
    image = Image.new("RGB", (201, 80), "white")
    CHARTS[sheet].draw(ImageDraw.Draw(image), (0, 0, 200, 80), [["a", 100], ["b", 50], ["c", None], ["d", -20]])
    mark = tuple(int(_MARK[at : at + 2], 16) for at in (1, 3, 5))
    lengths = [sum(image.getpixel((x, 10 + 20 * bar)) == mark for x in range(201)) for bar in range(4)]
    assert lengths == [201, 101, 1, 1]


def test_an_extract_without_rows_has_empty_pictures() -> None:
    for sheet, chart in CHARTS.items():
        image = Image.new("RGB", (100, 100), "white")
        chart.draw(ImageDraw.Draw(image), (0, 0, 100, 100), [])
        assert image.getcolors() == [(10_000, (255, 255, 255))], sheet
