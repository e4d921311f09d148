"""Draws the thumbnails of the two dashboards, by which Tableau shows the workbook before it is opened.

Tableau draws them anew when it saves the workbook. Each worksheet is drawn at its place with the figures of the
extract, as its marks alone: nobody could read text of this size. The KPIs are text, and the outlines of the map are
Tableau's own, so these stay empty.
"""

import base64
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from PIL import Image, ImageDraw
from tableauhyperapi import Connection, HyperProcess, Telemetry

WIDTH = 384
"""Pixels; the height follows from the size of the dashboard."""

_FINER = 3
"""Drawn so many times larger and then made small, so that edges are smooth."""

_PAPER, _INK, _MARK = "#f5f7fa", "#1b2a41", "#2f6db3"
_COLORS = (_MARK, "#d1793a", "#3f8f6b", "#8a63b0", "#b8485f", "#8c8f94")

_LINES = """
WITH lines AS (
    SELECT
        f.order_number, f.order_date, f.sales_amount, f.profit, NULLIF(f.customer_key, 0) AS customer, c.customer_name,
        c.country, c.customer_segment, c.age_group, c.gender, c.marital_status, p.category, p.product_name
    FROM "Extract".fact_sales AS f
    INNER JOIN "Extract".dim_customers AS c ON f.customer_key = c.customer_key
    INNER JOIN "Extract".dim_products AS p ON f.product_key = p.product_key
),
members AS (
    SELECT COUNT(DISTINCT order_number) AS orders, MIN(order_date) AS first_date
    FROM lines WHERE customer IS NOT NULL GROUP BY customer
)
"""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""

Draw = ImageDraw.ImageDraw


def _longest(rows: Sequence[Sequence[Any]]) -> float:
    return max((row[-1] or 0 for row in rows), default=0) or 1


def _bars(draw: Draw, box: Box, rows: Sequence[Sequence[Any]]) -> None:
    """Draw a horizontal bar for each row, as long as its value."""
    left, top, right, bottom = box
    step = (bottom - top) / max(len(rows), 1)
    for position, row in enumerate(rows):
        end = left + max(row[-1] or 0, 0) / _longest(rows) * (right - left)
        draw.rectangle((left, top + step * (position + 0.15), end, top + step * (position + 0.85)), fill=_MARK)


def _columns(draw: Draw, box: Box, rows: Sequence[Sequence[Any]]) -> None:
    """Draw a column for each row, as high as its value."""
    left, top, right, bottom = box
    step = (right - left) / max(len(rows), 1)
    for position, row in enumerate(rows):
        height = max(row[-1] or 0, 0) / _longest(rows) * (bottom - top)
        draw.rectangle(
            (left + step * (position + 0.15), bottom - height, left + step * (position + 0.85), bottom), fill=_MARK
        )


def _area(draw: Draw, box: Box, rows: Sequence[Sequence[Any]]) -> None:
    """Draw the area below the values."""
    left, top, right, bottom = box
    step = (right - left) / max(len(rows) - 1, 1)
    line = [
        (left + step * position, bottom - max(row[-1] or 0, 0) / _longest(rows) * (bottom - top))
        for position, row in enumerate(rows)
    ]
    if len(line) > 1:
        draw.polygon([(left, bottom), *line, (right, bottom)], fill=_MARK)


def _lines_of_years(draw: Draw, box: Box, rows: Sequence[Sequence[Any]]) -> None:
    """Draw a line for each year over its months; rows are year, month and value."""
    left, top, right, bottom = box
    for number, year in enumerate(dict.fromkeys(row[0] for row in rows)):
        line = [
            (
                left + (month - 1) / 11 * (right - left),
                bottom - max(value or 0, 0) / _longest(rows) * (bottom - top),
            )
            for of_year, month, value in rows
            if of_year == year
        ]
        draw.line(line, fill=_COLORS[number % len(_COLORS)], width=2 * _FINER)


def _treemap(draw: Draw, box: Box, rows: Sequence[Sequence[Any]]) -> None:
    """Draw a column for each category, divided among its products; rows are category, product and value."""
    left, top, right, bottom = box
    total = sum(max(row[-1] or 0, 0) for row in rows) or 1
    for number, category in enumerate(dict.fromkeys(row[0] for row in rows)):
        values = [max(value or 0, 0) for of_category, _, value in rows if of_category == category]
        width, above = sum(values) / total * (right - left), top
        for value in values:
            below = above + value / (sum(values) or 1) * (bottom - top)
            draw.rectangle((left, above, left + width, below), fill=_COLORS[number % len(_COLORS)], outline="white")
            above = below
        left += width


def _calendar(draw: Draw, box: Box, rows: Sequence[Sequence[Any]]) -> None:
    """Draw a square for each day, the darker the more; rows are year, weekday, week and value."""
    left, top, right, bottom = box
    years = sorted({row[0] for row in rows})
    width, height = (right - left) / 54, (bottom - top) / (7 * max(len(years), 1))
    for year, weekday, week, value in rows:
        x, y = left + width * week, top + height * (7 * years.index(year) + weekday - 1)
        depth = max(value or 0, 0) / _longest(rows)
        draw.rectangle((x, y, x + width, y + height), fill=_between(_PAPER, _MARK, depth))


def _between(first: str, second: str, share: float) -> str:
    channels = (
        round(int(first[at : at + 2], 16) * (1 - share) + int(second[at : at + 2], 16) * share) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)


class _Chart(NamedTuple):
    """How a worksheet is drawn, and the query of what it shows: names, and the value last."""

    draw: Callable[[Draw, Box, Sequence[Sequence[Any]]], None]
    query: str


_CUSTOMERS = "COUNT(DISTINCT customer)"


def _ranked(dimension: str, measure: str, limit: str = "") -> str:
    order = f"ORDER BY 2 DESC NULLS LAST, 1 {limit}"
    return f"SELECT {dimension}, {measure} FROM lines GROUP BY {dimension} {order}"  # noqa: S608 - our own names


CHARTS = {
    "Sales Trend": _Chart(
        _area,
        "SELECT DATE_TRUNC('month', order_date), SUM(sales_amount) FROM lines WHERE order_date IS NOT NULL"
        " GROUP BY 1 ORDER BY 1",
    ),
    "Sales by Period": _Chart(
        _columns,
        "SELECT EXTRACT(YEAR FROM order_date), SUM(sales_amount) FROM lines WHERE order_date IS NOT NULL"
        " GROUP BY 1 ORDER BY 1",
    ),
    "Years Compared": _Chart(
        _lines_of_years,
        "SELECT EXTRACT(YEAR FROM order_date), EXTRACT(MONTH FROM order_date), SUM(sales_amount) FROM lines"
        " WHERE order_date IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    "Sales Calendar": _Chart(
        _calendar,
        "SELECT EXTRACT(YEAR FROM order_date), EXTRACT(ISODOW FROM order_date), EXTRACT(DOY FROM order_date) / 7,"
        " SUM(sales_amount) FROM lines WHERE order_date IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    ),
    "Product Treemap": _Chart(
        _treemap,
        "SELECT category, product_name, SUM(sales_amount) FROM lines GROUP BY 1, 2 ORDER BY 1, 3 DESC NULLS LAST, 2",
    ),
    "Sales by Country": _Chart(_bars, _ranked("country", "SUM(sales_amount)")),
    "Profit by Category": _Chart(_bars, _ranked("category", "SUM(profit)")),
    "Top Products": _Chart(_bars, _ranked("product_name", "SUM(sales_amount)", "LIMIT 10")),
    "Top Customers": _Chart(_bars, _ranked("customer", "SUM(sales_amount)", "LIMIT 10")),
    "Customer Segments": _Chart(_bars, _ranked("customer_segment", _CUSTOMERS)),
    "Customers by Country": _Chart(_bars, _ranked("country", _CUSTOMERS)),
    "Gender": _Chart(_bars, _ranked("gender", _CUSTOMERS)),
    "Marital Status": _Chart(_bars, _ranked("marital_status", _CUSTOMERS)),
    "Age Groups": _Chart(_bars, "SELECT age_group, COUNT(DISTINCT customer) FROM lines GROUP BY 1 ORDER BY 1"),
    "Orders per Customer": _Chart(_columns, "SELECT orders, COUNT(*) FROM members GROUP BY 1 ORDER BY 1"),
    "New Customers": _Chart(
        _columns,
        "SELECT DATE_TRUNC('month', first_date), COUNT(*) FROM members WHERE first_date IS NOT NULL"
        " GROUP BY 1 ORDER BY 1",
    ),
}
"""Worksheet → its chart."""


def figures(extract: Path) -> dict[str, list[list[Any]]]:
    """Read what each worksheet of ``CHARTS`` shows from an extract, whole and without filters."""
    with (
        HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_config": ""}) as process,
        Connection(process.endpoint, extract) as connection,
    ):
        return {sheet: connection.execute_list_query(_LINES + chart.query) for sheet, chart in CHARTS.items()}


def with_thumbnails(workbook: str, extract: Path) -> str:
    """Return the XML of a workbook with a thumbnail of each dashboard, drawn from an extract."""
    shown = figures(extract)
    root = ElementTree.fromstring(workbook)  # noqa: S314 - our own file
    thumbnails = "".join(_thumbnail(dashboard, shown) for dashboard in root.iter("dashboard"))
    before, place, after = workbook.partition("  <explain-data ")
    return f"{before}  <thumbnails>\n{thumbnails}  </thumbnails>\n{place}{after}"


def _thumbnail(dashboard: ElementTree.Element, shown: dict[str, list[list[Any]]]) -> str:
    size, zones = dashboard.find("size"), dashboard.find("zones")
    assert size is not None
    assert zones is not None
    height = WIDTH * int(size.attrib["maxheight"]) // int(size.attrib["maxwidth"])
    name = dashboard.attrib["name"]
    image = base64.b64encode(_picture((WIDTH, height), zones, shown)).decode()
    return f"    <thumbnail height='{height}' name='{name}' width='{WIDTH}'>{image}</thumbnail>\n"


def _picture(size: tuple[int, int], zones: ElementTree.Element, shown: dict[str, list[list[Any]]]) -> bytes:
    """Draw the worksheets at the places of their zones, whose coordinates are 100,000ths; returns a PNG."""
    width, height = (pixels * _FINER for pixels in size)
    image = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, height * 0.055), fill=_INK)
    for zone in zones.iter("zone"):
        if zone.get("name") in CHARTS and not zone.get("type-v2"):
            sheet = zone.attrib["name"]
            left, top, across, down = (int(zone.attrib[of]) / 100_000 for of in ("x", "y", "w", "h"))
            card = (left * width, top * height, (left + across) * width, (top + down) * height)
            margin = 3 * _FINER
            draw.rectangle(card, fill="white", outline=_PAPER, width=_FINER)
            inside = (card[0] + margin, card[1] + margin, card[2] - margin, card[3] - margin)
            CHARTS[sheet].draw(draw, inside, shown[sheet])
    file = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()
