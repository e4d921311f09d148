"""The Sales page: a measure of sales by period, country, category and product, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from api.dashboards import charts
from api.dashboards.changes import changed, reasons
from api.dashboards.charts import NO_CHANGE, NOTHING_EARLIER, Bar, Bars, Card, Change, Link, bar_of, change, scaled
from api.dashboards.compared import compared_bars, groups_of
from api.dashboards.cube_view import CubeView
from api.dashboards.measures import MARGIN, QUANTITY, SALES, Groups, Measure, by_part, measure_of
from api.dashboards.selection import Selection
from api.dashboards.totals import partial_units_note, tiles
from api.figures.periods import LEVELS, Period, format_day, label
from api.figures.sales_cube import Floats, Lines, number

SHOWN_PRODUCTS = 10
SHOWN_PARTS = 12
"""The number of categories, subcategories or products in their card."""

DAYS_IN_ONE_BLOCK, DAYS_BY_MONTH = 371, 190
MAX_BARS, MAX_YEARS = 1500, 12
"""The limits of bars in the trend and of years in the calendar, which shows the latest ones."""

MAX_SEPARATE_BARS = 120
"""More bars than these would be too thin, so they are drawn as an area."""

FEW_BARS = 4
"""Fewer bars than these are as wide as if they were as many: a single one would fill the chart."""

MIN_WEEKS = 27
"""The calendar has at least this number of columns, so that the days of a short period are not too wide."""

EXPLAINED = ("quarter", "month")
"""The units of the trend of which the sentence says why the last one changed, if it is over."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

CARD_NAMES = ("tiles", "trend", "changed", "countries", "categories", "top-products", "changed-products", "calendar")
"""The cards of the page, in order."""

CHARTS = ("trend", "calendar")
"""The cards with a chart of Plotly."""


def cards(view: CubeView) -> list[Card]:
    """Return the cards of the page."""
    measure = measure_of("sales", view.selection.measure)
    return [
        tiles(view),
        trend(view, measure),
        changed(view),
        countries(view, measure),
        categories(view, measure),
        *products(view, measure),
        calendar(view, measure),
    ]


def trend(view: CubeView, measure: Measure) -> Card:
    """Return the card of a measure over time beside the year before; a click on a bar selects its period."""
    selection, days = view.selection, view.days
    period = selection.period or days
    level = selection.by or (period.default_level() if period else "year")
    if days:
        level = days.level_of_at_most(level, MAX_BARS)
    levels = [Link(each.capitalize(), selection.showing(by=each).href(), each == level) for each in LEVELS]
    card = Card("trend", f"{measure.title} by {level}", breadcrumbs=_breadcrumbs(selection), levels=levels)
    if days is None or not view.sold:
        return card
    parts = days.units(level)
    figure = _trend(view, measure, days, parts, level)
    story = _latest(view, measure, [part.clipped(days) for part in parts], level, figure["data"])
    return replace(card, note=partial_units_note(view, parts, level), story=story, figure=figure)


def _latest(
    view: CubeView, measure: Measure, parts: Sequence[Period], level: str, traces: Sequence[Mapping[str, Any]]
) -> str:
    """Return the last unit of the trend in words, beside the year before, and why a month or a quarter changed.

    A unit in which no order could be yet is not the last one.
    """
    begun = [number for number, part in enumerate(parts) if part.first <= view.cube.latest_day]
    place = begun[-1] if begun else -1  # orders may be dated after the business date
    last = parts[place]
    *earlier, now = (trace["y"][place] for trace in traces)
    if now is None:
        return ""
    text = f"{label(last, level)}: {measure.format(now)}"
    then = earlier[0] if earlier else None
    moved = change(now, then, measure.format)
    if moved == NO_CHANGE:
        return f"{text}."
    text += f", {moved.share} against the year before"
    unit = CubeView(view.cube, replace(view.selection, period=last))
    if level not in EXPLAINED or unit.elapsed != last or unit.before is None:
        return f"{text}."
    return text + reasons(unit, measure, now - then, unit.before)


def _trend(view: CubeView, measure: Measure, days: Period, parts: Sequence[Period], level: str) -> dict[str, Any]:
    lines = view.dated()
    names = [charts.two_lines(label(part, level)) for part in parts]
    values = _numbers(measure.of(by_part(lines, parts), days))
    is_partial = [part.clipped(days) != part for part in parts]
    hover = f"%{{y:{measure.hover_format}}}"
    now: dict[str, Any] = {
        "name": measure.title,
        "x": names,
        "y": values,
        "customdata": [view.selection.with_period(part).href() for part in parts],
        "hovertemplate": hover,
        **_columns(len(parts), 0.55, charts.BLUE),
    }
    if now["type"] == "bar" and any(is_partial):
        now["marker"] = {**now["marker"], "pattern": {"shape": ["/" if each else "" for each in is_partial]}}
    traces = [now]
    if before := _year_before(view, measure, days, parts):
        earlier = {"name": "Year before", "x": names, "y": before, "hovertemplate": hover}
        traces.append({**earlier, **_columns(len(parts), 0.85, charts.GREY)})
        traces.reverse()  # the earlier bars lie behind
    known = [abs(value) for trace in traces for value in trace["y"] if value is not None]
    return charts.figure(
        traces,
        barmode="overlay",
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "reversed"},
        margin={"l": 48, "r": 8, "t": 32, "b": 36},
        xaxis=charts.unit_axis(names),
        yaxis=charts.amount_axis(measure.axis_format, max(known, default=0)),
    )


def _numbers(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _columns(count: int, width: float, colour: str) -> dict[str, Any]:
    """Return the trace attributes for a number of columns: bars, or an area if bars would be too thin."""
    if count <= MAX_SEPARATE_BARS:
        width *= min(1, count / FEW_BARS)
        return {"type": "bar", "width": width, "marker": {"color": colour}, "textposition": "none"}
    line = {"width": 0, "shape": "hvh"}
    return {"type": "scatter", "mode": "lines", "line": line, "fill": "tozeroy", "fillcolor": colour}


def _year_before(view: CubeView, measure: Measure, days: Period, parts: Sequence[Period]) -> list[float | None] | None:
    """Return the measure of the same days a year earlier; None for units before the first order or after the last."""
    orders, until = view.cube.dates, view.cube.latest_day
    if orders is None or parts[0].unit == "year":
        return None  # the bar of the year before is beside it
    later = sum(part.first > until for part in parts)
    earlier = [part.clipped(days).year_before(until) for part in parts[: len(parts) - later]]
    if not earlier or earlier[-1].first < orders.first:
        return None
    # 28 and 29 February both compare with 28 February, so neighbours are grouped apart.
    values: list[float | None] = [None] * len(parts)
    for offset in (0, 1):
        some = [n for n in range(offset, len(earlier), 2) if earlier[n].first >= orders.first]
        if not some:
            continue
        lines = view.lines_in(Period(earlier[some[0]].first, earlier[some[-1]].last))
        found = _numbers(measure.of(_apart(lines, [earlier[n] for n in some]), days))
        for n, value in zip(some, found, strict=False):  # the last group has the days between
            values[n] = value
    return values


def _apart(lines: Lines, parts: Sequence[Period]) -> Groups:
    """Group lines by periods that do not overlap, and those of the days between them in one more group."""
    edges: list[Period] = []
    for part in parts:
        if edges and edges[-1].last + timedelta(days=1) < part.first:
            edges.append(Period(edges[-1].last + timedelta(days=1), part.first - timedelta(days=1)))
        edges.append(part)
    wanted = {part: position for position, part in enumerate(parts)}
    others = len(parts)
    codes = np.array([wanted.get(edge, others) for edge in edges], dtype=np.int32)
    return Groups(lines, codes[lines.part(edges)], others + 1)


def _breadcrumbs(selection: Selection) -> list[Link]:
    """Return links to the periods that contain the selected one, the longest first."""
    if selection.period is None:
        return [Link("All dates", current=True)]
    above = [Link(str(unit), selection.with_period(unit).href()) for unit in selection.period.enclosing_units()]
    return [Link("All dates", selection.with_period(None).href()), *above, Link(str(selection.period), current=True)]


def countries(view: CubeView, measure: Measure) -> Card:
    """Return the card of a measure by country."""
    bars, _ = compared_bars(view, measure, "country", without=("country",), shown=SHOWN_PARTS)
    return Card("countries", f"{measure.title} by country", bars=bars)


def categories(view: CubeView, measure: Measure) -> Card:
    """Return the card of a measure by category; a click goes on to its subcategories, then to its products."""
    selection = view.selection
    only = {
        name: values[0] for name in ("category", "subcategory") if len(values := selection.chosen.get(name, ())) == 1
    }
    level = "product" if "subcategory" in only else "subcategory" if "category" in only else "category"
    crumbs = [
        Link("All categories", selection.with_filters(category=None, subcategory=None, product=None).href(), not only)
    ]
    if "category" in only:
        href = selection.with_filters(subcategory=None, product=None).href()
        crumbs.append(Link(only["category"], href, "subcategory" not in only))
    if "subcategory" in only:
        crumbs.append(Link(only["subcategory"], selection.with_filters(product=None).href(), current=True))
    second = MARGIN if measure != MARGIN else SALES
    levels = ("category", "subcategory", "product")
    deeper = levels[levels.index(level) + 1 :]
    bars, count = compared_bars(
        view, measure, level, without=(level, *deeper), shown=SHOWN_PARTS, more=(second,), removes=deeper
    )
    note = f"The first {SHOWN_PARTS} of {count:,}." if count > SHOWN_PARTS else ""
    title = f"{measure.title} by {level}"
    return Card("categories", title, note, breadcrumbs=crumbs, bars=bars)


def products(view: CubeView, measure: Measure) -> list[Card]:
    """Return the cards of the best products, by the measure, and of those that changed most."""
    second = QUANTITY if measure != QUANTITY else SALES
    best, count = compared_bars(view, measure, "product", without=("product",), shown=SHOWN_PRODUCTS, more=(second,))
    note = f"Of {count:,} products sold." + ("" if measure.per is None else " By sales.")
    top = Card("top-products", "Best products", note, bars=best)
    return [top, changed_products(view, measure)]


def changed_products(view: CubeView, measure: Measure) -> Card:
    """Return the card of the products with the largest rises and falls."""
    card = Card("changed-products", "Most changed products")
    if view.before is None:
        return replace(card, nothing=NOTHING_EARLIER)
    selection = view.selection
    groups, names = groups_of(view, view.lines_without("product"), "product")
    groups_before, _ = groups_of(view, view.lines_in(view.before.period, "product"), "product")
    now, then = measure.of(groups, selection.period), measure.of(groups_before, view.before.period)
    moved = np.nan_to_num(now - then)
    order = np.argsort(-moved, kind="stable")
    rises = [int(position) for position in order if moved[position] > 0]
    falls = [int(position) for position in order[::-1] if moved[position] < 0]
    # As many of both, unless there are too few of one.
    most_rises = max(SHOWN_PRODUCTS // 2, SHOWN_PRODUCTS - len(falls))
    rises = rises[:most_rises]
    positions = [*rises, *reversed(falls[: SHOWN_PRODUCTS - len(rises)])]
    zero, unit = scaled(moved[positions])
    chosen = selection.chosen.get("product", ())
    rows = []
    for position in positions:
        key = str(view.cube.product_keys[position])
        start, length = bar_of(float(moved[position]), zero, unit)
        figures: list[str | Change] = [
            measure.format(now[position]) if not np.isnan(now[position]) else "—",
            change(now[position], then[position], measure.format),
        ]
        kind = "up" if moved[position] > 0 else "down"
        href = selection.after_click(product=key).href()
        rows.append(Bar(names[position], figures, length, href, key in chosen, start, kind=kind))
    note = f"The largest rises and falls against {view.before.name}."
    return replace(card, note=note, bars=Bars(rows, (Link(measure.title), Link("Change"))))


def calendar(view: CubeView, measure: Measure) -> Card:
    """Return the calendar of a measure by day: a column for each week, and a block of rows for each year."""
    title = f"{measure.title} by day"
    days = view.days
    if days is None or not view.sold:
        return Card("calendar", title)
    lines = view.dated()
    of_days = (lines.days - number(days.first)).astype(np.int32)
    sums = measure.of(Groups(lines, of_days, days.days), days)
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
            value = sums[(day - days.first).days]
            cells[row][week], dates[row][week] = None if np.isnan(value) else float(value), day.isoformat()
    shown_days = Period(begins[0], blocks[0].last)
    level = "month" if shown_days.days <= DAYS_BY_MONTH else "quarter"
    months = [part.first for part in shown_days.units(level) if part.first >= begins[0]]
    columns: dict[str, list[Any]] = {"tickvals": [_week(begins[0], month) for month in months]}
    columns["ticktext"] = [f"{month:%b<br>%Y}" if in_one else f"{month:%b}" for month in months]
    years = {
        "tickvals": [8 * position + 3 for position in range(len(blocks))],
        "ticktext": [block.first.year for block in blocks],
    }
    most = float(np.nanmax(sums)) if not np.isnan(sums).all() else 0.0
    trace = {
        "type": "heatmap",
        "z": cells,
        "customdata": dates,
        "colorscale": charts.SHADES,
        "zmin": 0,
        "zmax": most if most > 0 else 1.0,
        "xgap": 2,
        "ygap": 2 if in_one else 1,
        "hoverongaps": False,
        "hovertemplate": f"%{{customdata}}: %{{z:{measure.hover_format}}}<extra></extra>",
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
    shown = f"From {format_day(blocks[0].first)} to {format_day(days.last)}" if days.days > 1 else format_day(days.last)
    note = f"{shown}. Darkest day: {measure.format(most)}."
    return Card("calendar", title, note, figure=figure)


def _address_of_day(view: CubeView) -> str:
    """Return the URL of a selection of one day, with {} in position of the date."""
    day = view.cube.business_date
    return view.selection.with_period(Period(day, day)).href().replace(day.isoformat(), "{}")


def _week(begin: Any, day: Any) -> int:
    """Return the week of a day, counted from the week of ``begin``; weeks start on Monday."""
    return int(((day - begin).days + begin.weekday()) // 7)
