"""The Sales page: sales by period, country and product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import squarify

from api.dashboards import charts
from api.dashboards.charts import Area, Bar, Bars, Card, Link, format_decimal, format_integer, format_percent, ratio
from api.dashboards.countries import MAPPED_COUNTRIES
from api.dashboards.cube_view import CubeView, largest
from api.dashboards.periods import LEVELS, Period, format_day, label
from api.dashboards.sales_cube import Lines, number
from api.dashboards.selection import Selection
from api.dashboards.totals import partial_units_note, sparkline_periods, tiles

SHOWN_PRODUCTS = 10
DAYS_IN_ONE_BLOCK, DAYS_BY_MONTH = 371, 190
MAX_BARS, MAX_YEARS = 1500, 12
"""The limits of bars in the trend and of years in the calendar, which shows the latest ones."""

MAX_SEPARATE_BARS = 120
"""More bars than these would be too thin, so they are drawn as an area."""

MIN_WEEKS = 27
"""The calendar has at least this number of columns, so that the days of a short period are not too wide."""

Size = tuple[float, float]
TREEMAP: Size = (1360, 400)
"""Width and height of the layout of the treemap in pixels; it is scaled to the width of the card."""

PADDING, HEAD, LINE, MIN_LABEL_WIDTH = 2, 22, 17, 60
"""In pixels: padding of a node, height of its head, height of a line of text, and minimum width of a label."""

SIDES = ("x", "y", "dx", "dy")
"""The names in squarify of left, top, width and height."""

PATH = ("category", "subcategory", "product")
"""The levels of the treemap, from the top."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLOURS = (charts.SKY, charts.ORANGE, charts.GREEN, charts.PURPLE, charts.BLUE, charts.VERMILLION)
BORDERS = "rgba(138,150,163,0.6)"
BASE_MAP = {
    "visible": False,
    "showland": True,
    "landcolor": "rgba(138,150,163,0.25)",
    "showcountries": True,
    "countrywidth": 0.4,
    "countrycolor": BORDERS,
    "bgcolor": "rgba(0,0,0,0)",
    "lataxis": {"range": [-56, 78]},
    "projection": {"type": "natural earth"},
}
"""The map below the countries with sales. The other countries are one outline, because each shape costs time."""

TILES = {
    "sales": ("Sales", format_integer),
    "profit": ("Profit", format_integer),
    "margin": ("Profit margin", format_percent),
    "orders": ("Orders", format_integer),
    "quantity": ("Pieces sold", format_integer),
    "average": ("Average order value", format_decimal),
}


CARD_NAMES = ("tiles", "trend", "countries", "categories", "top-products", "bottom-products", "calendar")
"""The cards of the page, in order."""

CHARTS = ("trend", "countries", "calendar")
"""The cards with a chart of Plotly."""


def cards(view: CubeView) -> list[Card]:
    """Return the cards of the page."""
    return [
        tiles(view, TILES, figures, _sparkline_series(view)),
        trend(view),
        countries(view),
        categories(view),
        *products(view),
        calendar(view),
    ]


def figures(lines: Lines, _: Period | None) -> dict[str, float | None]:
    """Return the figures of the tiles; a ratio is None if there is no order."""
    sales, profit, quantity = map(lines.total, ("sales", "profit", "quantity"))
    return {
        "sales": sales,
        "profit": profit,
        "margin": ratio(profit, sales),
        "orders": lines.orders,
        "quantity": quantity,
        "average": ratio(sales, lines.orders),
    }


def _sparkline_series(view: CubeView) -> dict[str, list[float | None]]:
    found = sparkline_periods(view)
    if found is None:
        return {}
    lines, parts = found
    sums = {measure: lines.by_part(parts, measure).tolist() for measure in ("sales", "profit", "quantity")}
    orders = lines.orders_by(lines.part(parts), len(parts)).tolist()
    return {
        **sums,
        "orders": orders,
        "margin": [ratio(*pair) for pair in zip(sums["profit"], sums["sales"], strict=True)],
        "average": [ratio(*pair) for pair in zip(sums["sales"], orders, strict=True)],
    }


def trend(view: CubeView) -> Card:
    """Return the card of sales and profit over time; a click on a bar selects its period."""
    selection, days = view.selection, view.days
    period = selection.period or days
    level = selection.by or (period.default_level() if period else "year")
    if days:
        level = days.level_of_at_most(level, MAX_BARS)
    levels = [
        Link(each.capitalize(), selection.with_period(selection.period, each).href(), each == level) for each in LEVELS
    ]
    card = Card("trend", f"Sales and profit by {level}", breadcrumbs=_breadcrumbs(selection), levels=levels)
    if days is None or not view.sold:
        return card
    parts = days.units(level)
    return replace(card, note=partial_units_note(parts, days, level), figure=_trend(view, days, parts, level))


def _trend(view: CubeView, days: Period, parts: Sequence[Period], level: str) -> dict[str, Any]:
    lines = view.dated()
    names = [charts.two_lines(label(part, level)) for part in parts]
    sales, profit = (lines.by_part(parts, measure).tolist() for measure in ("sales", "profit"))
    orders = lines.orders_by(lines.part(parts), len(parts)).tolist()
    traces: list[dict[str, Any]] = [
        {
            "name": "Sales",
            "x": names,
            "y": sales,
            "customdata": [view.selection.with_period(part).href() for part in parts],
            "text": orders,
            "hovertemplate": "%{y:,.0f} in %{text:,} orders",
            **_columns(len(parts), 0.75, charts.BLUE),
        },
        {
            "name": "Profit",
            "x": names,
            "y": profit,
            "hovertemplate": "%{y:,.0f}",
            **_columns(len(parts), 0.4, charts.ORANGE),
        },
    ]
    if before := _year_before(view, days, parts):
        one = sum(value is not None for value in before) == 1
        traces.append(
            {
                "type": "scatter",
                "name": "Sales a year before",
                "x": names,
                "y": before,
                "mode": "markers" if one else "lines",
                "marker": {"symbol": "line-ew", "size": 14, "line": {"width": 2, "color": charts.GREY}},
                "line": {"width": 2, "color": charts.GREY, "shape": "hvh"},
                "hovertemplate": "%{y:,.0f}",
            }
        )
    return charts.figure(
        traces,
        barmode="overlay",
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 44, "r": 8, "t": 32, "b": 36},
        xaxis=charts.UNIT_AXIS,
        yaxis=charts.AMOUNT_AXIS,
    )


def _columns(count: int, width: float, colour: str) -> dict[str, Any]:
    """Return the trace attributes for a number of columns: bars, or an area if bars would be too thin."""
    if count <= MAX_SEPARATE_BARS:
        return {"type": "bar", "width": width, "marker": {"color": colour}, "textposition": "none"}
    line = {"width": 0, "shape": "hvh"}
    return {"type": "scatter", "mode": "lines", "line": line, "fill": "tozeroy", "fillcolor": colour}


def _year_before(view: CubeView, days: Period, parts: Sequence[Period]) -> list[float | None] | None:
    """Return the sales of the same days a year earlier; None for days before the first order."""
    orders, until = view.cube.dates, view.cube.business_date
    if orders is None or parts[0].unit == "year":
        return None  # the bar of the year before is beside it
    before = [part.clipped(days).year_before(until) for part in parts]
    if before[-1].first < orders.first:
        return None
    span = Period(min(part.first for part in before), max(part.last for part in before))
    lines = view.lines_in(span)
    by_day = np.bincount(lines.days - number(span.first), lines.measure("sales"), span.days)
    until_day = np.concatenate(
        [[0.0], np.cumsum(by_day)]
    )  # sums up to each day, because periods overlap: 28 and 29 February both compare with 28 February

    def sum_of(part: Period) -> float | None:
        if part.first < orders.first:
            return None
        first = number(part.first) - number(span.first)
        return float(until_day[first + part.days] - until_day[first])

    return [sum_of(part) for part in before]


def _breadcrumbs(selection: Selection) -> list[Link]:
    """Return links to the periods that contain the selected one, the longest first."""
    if selection.period is None:
        return [Link("All dates", current=True)]
    above = [Link(str(unit), selection.with_period(unit).href()) for unit in selection.period.enclosing_units()]
    return [Link("All dates", selection.with_period(None).href()), *above, Link(str(selection.period), current=True)]


def countries(view: CubeView) -> Card:
    """Return the card of sales by country, on a map and as bars."""
    selection, attribute = view.selection, view.cube.attributes["country"]
    lines = view.lines_without("country")
    sales, profit = (attribute.sum(lines.by_customer(measure)) for measure in ("sales", "profit"))
    chosen = selection.chosen.get("country", ())
    most = float(sales.max(initial=0)) or 1.0
    rows = [
        Bar(
            name := attribute.labels[position],
            (format_integer(sales[position]), format_integer(profit[position])),
            sales[position] / most,
            selection.after_click(country=name).href(),
            name in chosen,
        )
        for position in largest(sales, len(sales))
    ]
    if not rows:
        return Card("countries", "Sales by country")
    mapped = {
        name: value
        for name, value in zip(attribute.labels, sales.tolist(), strict=True)
        if value and name in MAPPED_COUNTRIES
    }
    trace = {
        "type": "choropleth",
        "locations": list(mapped),
        "z": list(mapped.values()),
        "zmin": 0,
        "zmax": most,
        "colorscale": [[0, "#A6CCE3"], [1, charts.BLUE]],
        "showscale": False,
        "marker": {"line": {"width": 0.4, "color": BORDERS}},
        "customdata": [selection.after_click(country=name).href() for name in mapped],
        "hovertemplate": "%{location}: %{z:,.0f}<extra></extra>",
    }
    figure = charts.figure([trace], geo=BASE_MAP, margin=dict.fromkeys("lrtb", 0))
    return Card("countries", "Sales by country", figure=figure, bars=Bars(rows, ("Sales", "Profit")))


def categories(view: CubeView) -> Card:
    """Return the treemap of profit by category, subcategory and product; a click drills down."""
    selection = view.selection
    profit = view.lines_without("product").by_product("profit")
    losses = profit[profit < 0]
    note = f"{losses.size:,} products at a loss ({format_integer(losses.sum())}) have no area." if losses.size else ""
    only = {
        name: values[0] for name in ("category", "subcategory") if len(values := selection.chosen.get(name, ())) == 1
    }
    breadcrumbs = [
        Link("All categories", selection.with_filters(category=None, subcategory=None, product=None).href(), not only)
    ]
    if "category" in only:
        is_current = "subcategory" not in only
        breadcrumbs.append(
            Link(only["category"], selection.with_filters(subcategory=None, product=None).href(), is_current)
        )
    if "subcategory" in only:
        breadcrumbs.append(Link(only["subcategory"], selection.with_filters(product=None).href(), current=True))
    areas = _treemap(view, profit, only)
    return Card("categories", "Profit by category, subcategory and product", note, breadcrumbs, areas=areas)


def _treemap(view: CubeView, profit: Any, only: dict[str, str]) -> list[Area]:
    """Return two levels below the selection; a node is identified by its path of category, subcategory and product."""
    cube, selection = view.cube, view.selection
    category, subcategory = cube.attributes["category"], cube.attributes["subcategory"]
    sales = view.lines_without("product").by_product("sales")
    top, deepest = 3 if "subcategory" in only else 2 if "category" in only else 1, 3 if only else 2
    profits: dict[tuple[str, ...], float] = defaultdict(float)
    sales_by_path: dict[tuple[str, ...], float] = defaultdict(float)
    sizes: dict[tuple[str, ...], float] = defaultdict(float)
    for product in np.flatnonzero((profit != 0) | (sales != 0)):
        names = (category.labels[category.codes[product]], subcategory.labels[subcategory.codes[product]], str(product))
        for path in (names[:depth] for depth in range(top, deepest + 1)):
            profits[path] += profit[product]
            sales_by_path[path] += sales[product]
            sizes[path] += max(profit[product], 0.0)
    chosen = selection.chosen.get("product", ())

    def area(path: tuple[str, ...], colour: str, box: tuple[float, float, float, float], size: Size) -> Area:
        share = ratio(profits[path], sales_by_path[path])
        lines = [path[-1], format_integer(profits[path]), f"margin {'—' if share is None else format_percent(share)}"]
        below = {"category": None, "subcategory": None, "product": None, **dict(zip(PATH, path, strict=False))}
        href, is_chosen = selection.with_filters(**below).href(), False
        if len(path) == len(PATH):
            position = int(path[2])
            key = str(cube.product_keys[position])
            lines[0] = cube.product_names[position]
            href, is_chosen = selection.after_click(product=key).href(), key in chosen
        within = arrange(path, (size[0] - 2 * PADDING, size[1] - HEAD - PADDING), colour)
        fitting = min(int((size[1] - 2 * PADDING) // LINE), len(lines))
        if size[0] < MIN_LABEL_WIDTH:
            fitting = 0
        elif within:
            fitting = 1
        return Area(lines[:fitting], ", ".join(lines[fitting:]), sizes[path], href, colour, box, is_chosen, within)

    def arrange(above: tuple[str, ...], size: Size, colour: str = "") -> list[Area]:
        paths = [path for path in sizes if len(path) == max(len(above) + 1, top) and path[: len(above)] == above]
        paths = sorted((path for path in paths if sizes[path]), key=sizes.__getitem__, reverse=True)
        if not paths or min(size) < PADDING:
            return []  # too small for its children; a click on the node shows them
        boxes = squarify.squarify(squarify.normalize_sizes([sizes[path] for path in paths], *size), 0, 0, *size)
        colours = [colour] * len(paths) if colour else COLOURS * (len(paths) // len(COLOURS) + 1)
        return [
            area(
                path,
                own,
                tuple(box[side] / total * 100 for side, total in zip(SIDES, size * 2, strict=True)),
                (box["dx"], box["dy"]),
            )
            for path, own, box in zip(paths, colours, boxes, strict=False)
        ]

    return arrange((), TREEMAP)


def products(view: CubeView) -> list[Card]:
    """Return the cards of the products with the largest and with the smallest sales."""
    cube, selection = view.cube, view.selection
    lines = view.lines_without("product")
    sales, quantity = (lines.by_product(measure) for measure in ("sales", "quantity"))
    order = largest(sales, len(sales))
    chosen = selection.chosen.get("product", ())
    note = f"Of {len(order):,} products sold."

    def bars(positions: Sequence[int]) -> Bars:
        most = max((float(sales[position]) for position in positions), default=1.0)
        rows = [
            Bar(
                cube.product_names[position],
                (format_integer(sales[position]), format_integer(quantity[position])),
                sales[position] / most,
                selection.after_click(product=(key := str(cube.product_keys[position]))).href(),
                key in chosen,
            )
            for position in positions
        ]
        return Bars(rows, ("Sales", "Pieces"))

    return [
        Card("top-products", "Best products", note, bars=bars(order[:SHOWN_PRODUCTS])),
        Card("bottom-products", "Weakest products", note, bars=bars(order[::-1][:SHOWN_PRODUCTS])),
    ]


def calendar(view: CubeView) -> Card:
    """Return the calendar of sales by day: a column for each week, and a block of rows for each year."""
    days = view.days
    if days is None or not view.sold:
        return Card("calendar", "Sales by day")
    lines = view.dated()
    sums = np.bincount(lines.days - number(days.first), lines.measure("sales"), days.days)
    in_one = days.days <= DAYS_IN_ONE_BLOCK
    blocks = [days] if in_one else [days.clipped(year) for year in days.units("year")[-MAX_YEARS:]]
    begins = [days.first if in_one else block.first.replace(month=1, day=1) for block in blocks]
    weeks = max(_week(begin, block.last) for begin, block in zip(begins, blocks, strict=True)) + 1
    cells: list[list[float | None]] = [[None] * weeks for _ in range(8 * len(blocks) - 1)]
    dates = [[""] * weeks for _ in cells]
    for position, (begin, block) in enumerate(zip(begins, blocks, strict=True)):
        for offset in range(block.days):
            day = block.first + timedelta(days=offset)
            row, week = 8 * position + day.weekday(), _week(begin, day)
            cells[row][week], dates[row][week] = sums[(day - days.first).days], day.isoformat()
    shown_days = Period(begins[0], blocks[0].last)
    level = "month" if shown_days.days <= DAYS_BY_MONTH else "quarter"
    months = [part.first for part in shown_days.units(level) if part.first >= begins[0]]
    columns: dict[str, list[Any]] = {"tickvals": [_week(begins[0], month) for month in months]}
    columns["ticktext"] = [f"{month:%b<br>%Y}" if in_one else f"{month:%b}" for month in months]
    years = {
        "tickvals": [8 * position + 3 for position in range(len(blocks))],
        "ticktext": [block.first.year for block in blocks],
    }
    trace = {
        "type": "heatmap",
        "z": cells,
        "customdata": dates,
        "colorscale": charts.SHADES,
        "zmin": 0,
        "zmax": max(float(sums.max()), 1.0),
        "xgap": 2,
        "ygap": 2 if in_one else 1,
        "hoverongaps": False,
        "hovertemplate": "%{customdata}: %{z:,.0f}<extra></extra>",
        "showscale": False,
    }
    figure = charts.figure(
        [trace],
        xaxis={**charts.AXIS, "tickangle": 0, **columns, "range": [-0.5, max(weeks, MIN_WEEKS) - 0.5]},
        yaxis={
            **charts.AXIS,
            **({"tickvals": list(range(7)), "ticktext": WEEKDAYS} if in_one else years),
            "autorange": "reversed",
        },
        meta={"href": _address_of_day(view)},
    )
    note = f"From {format_day(blocks[0].first)} to {format_day(days.last)}. Darkest day: {format_integer(sums.max())}."
    return Card("calendar", "Sales by day", note, figure=figure)


def _address_of_day(view: CubeView) -> str:
    """Return the URL of a selection of one day, with {} in position of the date."""
    day = view.cube.business_date
    return view.selection.with_period(Period(day, day)).href().replace(day.isoformat(), "{}")


def _week(begin: date, day: date) -> int:
    """Return the week of a day, counted from the week of ``begin``; weeks start on Monday."""
    return ((day - begin).days + begin.weekday()) // 7
