"""The Sales page: what was sold, when, where and of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import squarify

from api.dashboards import marks
from api.dashboards.countries import ON_THE_MAP
from api.dashboards.marks import Area, Bar, Bars, Card, Link, exact, percent, ratio, whole
from api.dashboards.periods import LEVELS, Period, label, shown
from api.dashboards.picture import Picture, largest
from api.dashboards.selection import Selection
from api.dashboards.star import Lines, number
from api.dashboards.totals import course, partly, tiles

SHOWN_PRODUCTS = 10
DAYS_IN_ONE_BLOCK, DAYS_BY_MONTH = 371, 190
MOST_BARS, MOST_YEARS = 1500, 12
"""Of the trend, and of the calendar: the latest ones."""

MOST_BARS_APART = 120
"""More than so many are drawn as one area."""

FEWEST_WEEKS = 27
"""The calendar has room for so many, or the days of a short period would be too wide."""

Room = tuple[float, float]
TREEMAP: Room = (1360, 400)
"""Width and height that a treemap is laid out for, in pixels; it is drawn as wide as there is room."""

EDGE, HEAD, LINE, LEAST_WIDTH = 2, 22, 17, 60
"""Pixels between an area and what lies in it, its head above, a line of text, and the least that can be read."""

SIDES = ("x", "y", "dx", "dy")
"""What squarify calls left, top, width and height."""

PATH = ("category", "subcategory", "product")
"""From the top of the treemap down."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLOURS = (marks.SKY, marks.ORANGE, marks.GREEN, marks.PURPLE, marks.BLUE, marks.VERMILLION)
BORDERS = "rgba(138,150,163,0.6)"
PAPER = {
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
"""What the countries with sales lie on. The rest of the world is one outline: each country costs time."""

TILES = {
    "sales": ("Sales", whole),
    "profit": ("Profit", whole),
    "margin": ("Profit margin", percent),
    "orders": ("Orders", whole),
    "quantity": ("Pieces sold", whole),
    "average": ("Average order value", exact),
}


NAMES = ("tiles", "trend", "countries", "categories", "top-products", "bottom-products", "calendar")
"""The page's cards, in their order."""

CHARTS = ("trend", "countries", "calendar")
"""Those that Plotly draws."""


def cards(picture: Picture) -> list[Card]:
    """Return the page's cards."""
    return [
        tiles(picture, TILES, figures, _courses(picture)),
        trend(picture),
        countries(picture),
        categories(picture),
        *products(picture),
        calendar(picture),
    ]


def figures(lines: Lines, _: Period | None) -> dict[str, float | None]:
    """Return the figures of the tiles; None where there is no order to divide by."""
    sales, profit, quantity = map(lines.total, ("sales", "profit", "quantity"))
    return {
        "sales": sales,
        "profit": profit,
        "margin": ratio(profit, sales),
        "orders": lines.orders,
        "quantity": quantity,
        "average": ratio(sales, lines.orders),
    }


def _courses(picture: Picture) -> dict[str, list[float | None]]:
    found = course(picture)
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


def trend(picture: Picture) -> Card:
    """Show sales and profit over time; a click on a bar shows what is within."""
    selection, days = picture.selection, picture.days
    wanted = selection.period or days
    level = selection.by or (wanted.finer() if wanted else "year")
    if days:
        level = days.at_most(level, MOST_BARS)
    levels = [
        Link(each.capitalize(), selection.within(selection.period, each).href(), each == level) for each in LEVELS
    ]
    card = Card("trend", f"Sales and profit by {level}", way=_way_up(selection), levels=levels)
    if days is None or not picture.sold:
        return card
    parts = days.parts(level)
    return replace(card, note=partly(parts, days, level), figure=_trend(picture, days, parts, level))


def _trend(picture: Picture, days: Period, parts: Sequence[Period], level: str) -> dict[str, Any]:
    lines = picture.dated()
    names = [marks.two_lines(label(part, level)) for part in parts]
    sales, profit = (lines.by_part(parts, measure).tolist() for measure in ("sales", "profit"))
    orders = lines.orders_by(lines.part(parts), len(parts)).tolist()
    traces: list[dict[str, Any]] = [
        {
            "name": "Sales",
            "x": names,
            "y": sales,
            "customdata": [picture.selection.within(part).href() for part in parts],
            "text": orders,
            "hovertemplate": "%{y:,.0f} in %{text:,} orders",
            **_columns(len(parts), 0.75, marks.BLUE),
        },
        {
            "name": "Profit",
            "x": names,
            "y": profit,
            "hovertemplate": "%{y:,.0f}",
            **_columns(len(parts), 0.4, marks.ORANGE),
        },
    ]
    if before := _year_before(picture, days, parts):
        one = sum(value is not None for value in before) == 1
        traces.append(
            {
                "type": "scatter",
                "name": "Sales a year before",
                "x": names,
                "y": before,
                "mode": "markers" if one else "lines",
                "marker": {"symbol": "line-ew", "size": 14, "line": {"width": 2, "color": marks.GREY}},
                "line": {"width": 2, "color": marks.GREY, "shape": "hvh"},
                "hovertemplate": "%{y:,.0f}",
            }
        )
    return marks.figure(
        traces,
        barmode="overlay",
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 44, "r": 8, "t": 32, "b": 36},
        xaxis=marks.UNITS,
        yaxis=marks.AMOUNTS,
    )


def _columns(count: int, width: float, colour: str) -> dict[str, Any]:
    """Return how to draw so many figures: as bars, or, where those would be too thin to tell apart, as one area."""
    if count <= MOST_BARS_APART:
        return {"type": "bar", "width": width, "marker": {"color": colour}, "textposition": "none"}
    line = {"width": 0, "shape": "hvh"}
    return {"type": "scatter", "mode": "lines", "line": line, "fill": "tozeroy", "fillcolor": colour}


def _year_before(picture: Picture, days: Period, parts: Sequence[Period]) -> list[float | None] | None:
    """Return the sales of the same days a year before, None where the orders do not go back so far."""
    there, until = picture.star.dates, picture.star.business_date
    if there is None or parts[0].unit == "year":
        return None  # of a year the bar beside it is the year before
    before = [part.clipped(days).year_before(until) for part in parts]
    if before[-1].first < there.first:
        return None
    whole_time = Period(min(part.first for part in before), max(part.last for part in before))
    lines = picture.lines_in(whole_time)
    by_day = np.bincount(lines.days - number(whole_time.first), lines.measure("sales"), whole_time.days)
    until_day = np.concatenate([[0.0], np.cumsum(by_day)])  # a leap day and the day before have the same day before

    def sum_of(part: Period) -> float | None:
        if part.first < there.first:
            return None
        first = number(part.first) - number(whole_time.first)
        return float(until_day[first + part.days] - until_day[first])

    return [sum_of(part) for part in before]


def _way_up(selection: Selection) -> list[Link]:
    """Return the periods around the one that is shown, the widest first."""
    if selection.period is None:
        return [Link("All dates", here=True)]
    above = [Link(str(unit), selection.within(unit).href()) for unit in selection.period.above()]
    return [Link("All dates", selection.within(None).href()), *above, Link(str(selection.period), here=True)]


def countries(picture: Picture) -> Card:
    """Show sales by country, on a map and as bars."""
    selection, attribute = picture.selection, picture.star.attributes["country"]
    lines = picture.lines_without("country")
    sales, profit = (attribute.sum(lines.by_customer(measure)) for measure in ("sales", "profit"))
    chosen = selection.chosen.get("country", ())
    most = float(sales.max(initial=0)) or 1.0
    rows = [
        Bar(
            name := attribute.labels[place],
            (whole(sales[place]), whole(profit[place])),
            sales[place] / most,
            selection.clicked(country=name).href(),
            name in chosen,
        )
        for place in largest(sales, len(sales))
    ]
    if not rows:
        return Card("countries", "Sales by country")
    there = {
        name: value
        for name, value in zip(attribute.labels, sales.tolist(), strict=True)
        if value and name in ON_THE_MAP
    }
    trace = {
        "type": "choropleth",
        "locations": list(there),
        "z": list(there.values()),
        "zmin": 0,
        "zmax": most,
        "colorscale": [[0, "#A6CCE3"], [1, marks.BLUE]],
        "showscale": False,
        "marker": {"line": {"width": 0.4, "color": BORDERS}},
        "customdata": [selection.clicked(country=name).href() for name in there],
        "hovertemplate": "%{location}: %{z:,.0f}<extra></extra>",
    }
    figure = marks.figure([trace], geo=PAPER, margin=dict.fromkeys("lrtb", 0))
    return Card("countries", "Sales by country", figure=figure, bars=Bars(rows, ("Sales", "Profit")))


def categories(picture: Picture) -> Card:
    """Show profit by category, subcategory and product; a click shows what is within."""
    selection = picture.selection
    profit = picture.lines_without("product").by_product("profit")
    losses = profit[profit < 0]
    note = f"{losses.size:,} products at a loss ({whole(losses.sum())}) have no area." if losses.size else ""
    only = {
        name: values[0] for name in ("category", "subcategory") if len(values := selection.chosen.get(name, ())) == 1
    }
    way = [Link("All categories", selection.choosing(category=None, subcategory=None, product=None).href(), not only)]
    if "category" in only:
        here = "subcategory" not in only
        way.append(Link(only["category"], selection.choosing(subcategory=None, product=None).href(), here))
    if "subcategory" in only:
        way.append(Link(only["subcategory"], selection.choosing(product=None).href(), here=True))
    areas = _treemap(picture, profit, only)
    return Card("categories", "Profit by category, subcategory and product", note, way, areas=areas)


def _treemap(picture: Picture, profit: Any, only: dict[str, str]) -> list[Area]:
    """Return two levels below what is chosen; a node is its path of category, subcategory and product."""
    star, selection = picture.star, picture.selection
    category, subcategory = star.attributes["category"], star.attributes["subcategory"]
    sales = picture.lines_without("product").by_product("sales")
    top, deepest = 3 if "subcategory" in only else 2 if "category" in only else 1, 3 if only else 2
    earned: dict[tuple[str, ...], float] = defaultdict(float)
    sold: dict[tuple[str, ...], float] = defaultdict(float)
    sizes: dict[tuple[str, ...], float] = defaultdict(float)
    for product in np.flatnonzero((profit != 0) | (sales != 0)):
        names = (category.labels[category.codes[product]], subcategory.labels[subcategory.codes[product]], str(product))
        for path in (names[:depth] for depth in range(top, deepest + 1)):
            earned[path] += profit[product]
            sold[path] += sales[product]
            sizes[path] += max(profit[product], 0.0)
    chosen = selection.chosen.get("product", ())

    def area(path: tuple[str, ...], colour: str, box: tuple[float, float, float, float], room: Room) -> Area:
        share = ratio(earned[path], sold[path])
        lines = [path[-1], whole(earned[path]), f"margin {'—' if share is None else percent(share)}"]
        below = {"category": None, "subcategory": None, "product": None, **dict(zip(PATH, path, strict=False))}
        href, here = selection.choosing(**below).href(), False
        if len(path) == len(PATH):
            place = int(path[2])
            key = str(star.product_keys[place])
            lines[0], href, here = star.product_names[place], selection.clicked(product=key).href(), key in chosen
        within = arrange(path, (room[0] - 2 * EDGE, room[1] - HEAD - EDGE), colour)
        fitting = 0 if room[0] < LEAST_WIDTH else 1 if within else min(int((room[1] - 2 * EDGE) // LINE), len(lines))
        return Area(lines[:fitting], ", ".join(lines[fitting:]), sizes[path], href, colour, box, here, within)

    def arrange(above: tuple[str, ...], room: Room, colour: str = "") -> list[Area]:
        paths = [path for path in sizes if len(path) == max(len(above) + 1, top) and path[: len(above)] == above]
        paths = sorted((path for path in paths if sizes[path]), key=sizes.__getitem__, reverse=True)
        if not paths or min(room) < EDGE:
            return []  # what has no room below its head is shown by a click on it
        boxes = squarify.squarify(squarify.normalize_sizes([sizes[path] for path in paths], *room), 0, 0, *room)
        colours = [colour] * len(paths) if colour else COLOURS * (len(paths) // len(COLOURS) + 1)
        return [
            area(
                path,
                own,
                tuple(box[side] / whole_side * 100 for side, whole_side in zip(SIDES, room * 2, strict=True)),
                (box["dx"], box["dy"]),
            )
            for path, own, box in zip(paths, colours, boxes, strict=False)
        ]

    return arrange((), TREEMAP)


def products(picture: Picture) -> list[Card]:
    """Show the products that sold most, and those that sold least."""
    star, selection = picture.star, picture.selection
    lines = picture.lines_without("product")
    sales, quantity = (lines.by_product(measure) for measure in ("sales", "quantity"))
    order = largest(sales, len(sales))
    chosen = selection.chosen.get("product", ())
    note = f"Of {len(order):,} products that sold."

    def bars(places: Sequence[int]) -> Bars:
        most = max((float(sales[place]) for place in places), default=1.0)
        rows = [
            Bar(
                star.product_names[place],
                (whole(sales[place]), whole(quantity[place])),
                sales[place] / most,
                selection.clicked(product=(key := str(star.product_keys[place]))).href(),
                key in chosen,
            )
            for place in places
        ]
        return Bars(rows, ("Sales", "Pieces"))

    return [
        Card("top-products", "Best products", note, bars=bars(order[:SHOWN_PRODUCTS])),
        Card("bottom-products", "Weakest products", note, bars=bars(order[::-1][:SHOWN_PRODUCTS])),
    ]


def calendar(picture: Picture) -> Card:
    """Show the sales of each day, weeks side by side; years one below the other when there are several."""
    days = picture.days
    if days is None or not picture.sold:
        return Card("calendar", "Sales by day")
    lines = picture.dated()
    sums = np.bincount(lines.days - number(days.first), lines.measure("sales"), days.days)
    in_one = days.days <= DAYS_IN_ONE_BLOCK
    blocks = [days] if in_one else [days.clipped(year) for year in days.parts("year")[-MOST_YEARS:]]
    begins = [days.first if in_one else block.first.replace(month=1, day=1) for block in blocks]
    weeks = max(_week(begin, block.last) for begin, block in zip(begins, blocks, strict=True)) + 1
    cells: list[list[float | None]] = [[None] * weeks for _ in range(8 * len(blocks) - 1)]
    dates = [[""] * weeks for _ in cells]
    for place, (begin, block) in enumerate(zip(begins, blocks, strict=True)):
        for offset in range(block.days):
            day = block.first + timedelta(days=offset)
            row, week = 8 * place + day.weekday(), _week(begin, day)
            cells[row][week], dates[row][week] = sums[(day - days.first).days], day.isoformat()
    shown_days = Period(begins[0], blocks[0].last)
    level = "month" if shown_days.days <= DAYS_BY_MONTH else "quarter"
    months = [part.first for part in shown_days.parts(level) if part.first >= begins[0]]
    columns: dict[str, list[Any]] = {"tickvals": [_week(begins[0], month) for month in months]}
    columns["ticktext"] = [f"{month:%b<br>%Y}" if in_one else f"{month:%b}" for month in months]
    years = {
        "tickvals": [8 * place + 3 for place in range(len(blocks))],
        "ticktext": [block.first.year for block in blocks],
    }
    trace = {
        "type": "heatmap",
        "z": cells,
        "customdata": dates,
        "colorscale": marks.SHADES,
        "zmin": 0,
        "zmax": max(float(sums.max()), 1.0),
        "xgap": 2,
        "ygap": 2 if in_one else 1,
        "hoverongaps": False,
        "hovertemplate": "%{customdata}: %{z:,.0f}<extra></extra>",
        "showscale": False,
    }
    figure = marks.figure(
        [trace],
        xaxis={**marks.AXIS, "tickangle": 0, **columns, "range": [-0.5, max(weeks, FEWEST_WEEKS) - 0.5]},
        yaxis={
            **marks.AXIS,
            **({"tickvals": list(range(7)), "ticktext": WEEKDAYS} if in_one else years),
            "autorange": "reversed",
        },
        meta={"href": _address_of_day(picture)},
    )
    note = f"From {shown(blocks[0].first)} to {shown(days.last)}; the darkest day: {whole(sums.max())}."
    return Card("calendar", "Sales by day", note, figure=figure)


def _address_of_day(picture: Picture) -> str:
    """Return the address of a day alone, {} for the day."""
    some = picture.star.business_date
    return picture.selection.within(Period(some, some)).href().replace(some.isoformat(), "{}")


def _week(begin: date, day: date) -> int:
    """Return the column of a day; weeks are from Monday to Sunday, the first is that of ``begin``."""
    return ((day - begin).days + begin.weekday()) // 7
