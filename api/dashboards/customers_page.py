"""The Customers page: customers by attribute, segment, frequency, recency and retention, and who buys most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import ARRAY, Integer, any_, bindparam, select

from api.dashboards import charts
from api.dashboards.charts import Bar, Bars, Card, Cell, Link, Pyramid, Table, format_integer
from api.dashboards.compared import compared_bars, groups_of
from api.dashboards.cube_view import CubeView
from api.dashboards.measures import (
    CUSTOMERS,
    EACH,
    ORDERS,
    QUANTITY,
    SALES,
    Groups,
    Measure,
    measure_of,
)
from api.dashboards.selection import OPTIONS
from api.dashboards.totals import new_by, partial_units_note, tiles
from api.figures.periods import Period, add_months, format_day, label, period_code
from api.figures.registry import dimension_of
from api.figures.sales_cube import NO_DAY, UNKNOWN, Ints, number, place_of, within
from api.serving.database import read, sql_text
from api.serving.models import Customer, table

SHOWN_ROWS = 10
FIGURES_ON_COLUMNS = 14
COHORTS_BY_MONTH = 14
MAX_COLUMNS, MAX_COHORTS = 120, 40
"""The limits of columns in a chart and of rows in the retention; longer periods use coarser units."""

VIP_MONTHS, VIP_SALES = 12, 5000
"""A customer is Regular from so many months between the first and the last order on, and VIP above these sales."""

LAPSED_MONTHS = 12
SEGMENTS = ("VIP", "Regular", "New", "Lapsed", "Not yet a customer")
NAMES_OF_SIDES = ("Female", "Male")

CUSTOMERS_TABLE = table(Customer)
FIND_NAMES = sql_text(
    select(CUSTOMERS_TABLE.c.customer_key, CUSTOMERS_TABLE.c.customer_name, CUSTOMERS_TABLE.c.customer_number).where(
        CUSTOMERS_TABLE.c.run_id == bindparam("run_id", type_=Integer),
        CUSTOMERS_TABLE.c.customer_key == any_(bindparam("keys", type_=ARRAY(Integer))),
    )
)

CARD_NAMES = (
    "tiles",
    "segment",
    "pyramid",
    "movement",
    "country",
    "age_group",
    "marital_status",
    "recency",
    "top-customers",
    "top-products",
    "new",
    "orders",
    "retention",
)
"""The cards of the page, in order."""

CHARTS = ("new", "orders")
"""The cards with a chart of Plotly."""


def cards(view: CubeView) -> list[Card]:
    """Return the cards of the page."""
    measure = measure_of("customers", view.selection.measure)
    return [
        tiles(view),
        segments(view, measure),
        pyramid(view, measure),
        movement(view),
        group(view, measure, "country"),
        group(view, EACH, "age_group"),
        group(view, measure, "marital_status"),
        top_customers(view),
        top_products(view),
        new_and_returning(view),
        distribution(view),
        recency_by_orders(view),
        retention(view),
    ]


def segments(view: CubeView, measure: Measure) -> Card:
    """Return the card of a measure by segment."""
    second = SALES if measure != SALES else CUSTOMERS
    bars, _ = compared_bars(view, measure, "segment", without=("segment",), shown=4, more=(second,), in_order=True)
    note = (
        f"VIP: {VIP_MONTHS} months or more from first to last order, and more than {format_integer(VIP_SALES)} in"
        f" sales; Regular: {VIP_MONTHS} months or more; New: all others. As of the business date, over all orders."
    )
    return Card("segment", f"{measure.title} by segment", note, bars=bars)


def group(view: CubeView, measure: Measure, name: str) -> Card:
    """Return the card of a measure by an attribute of customers."""
    bars, _ = compared_bars(view, measure, name, without=(name,), shown=12, in_order=name != "country")
    return Card(name, f"{measure.title} by {dimension_of(name).title.lower()}", bars=bars)


def pyramid(view: CubeView, measure: Measure) -> Card:
    """Return the card of a measure by age group and gender."""
    cube, selection = view.cube, view.selection
    ages, genders = cube.attributes["age_group"], cube.attributes["gender"]
    lines = view.lines_without("age_group", "gender")
    width = len(genders.labels)
    codes = ages.codes * width + genders.codes
    groups = Groups(lines, codes[lines.customers], len(ages.labels) * width, codes)
    values = measure.of(groups, selection.period).reshape(len(ages.labels), width)
    title = f"{measure.title} by age and gender"
    sides = [list(genders.labels).index(side) if side in genders.labels else None for side in NAMES_OF_SIDES]
    most = max(
        (
            float(np.nanmax(values[:, side]))
            for side in sides
            if side is not None and not np.isnan(values[:, side]).all()
        ),
        default=0.0,
    )
    chosen = selection.chosen.get("age_group", ()), selection.chosen.get("gender", ())

    def bar(age: int, side: int | None, name: str) -> Bar:
        value = float("nan") if side is None else float(values[age, side])
        known = not np.isnan(value)
        href = selection.after_click(age_group=ages.labels[age], gender=name).href()
        is_chosen = any(chosen) and all(
            value in some or not some for value, some in zip((ages.labels[age], name), chosen, strict=True)
        )
        return Bar(
            f"{ages.labels[age]}, {name}",
            [measure.format(value) if known else "—"],
            max(value, 0.0) / most if known and most > 0 else 0.0,
            href,
            is_chosen,
        )

    (left, right), (left_name, right_name) = sides, NAMES_OF_SIDES
    rows = [
        (ages.labels[age], bar(age, left, left_name), bar(age, right, right_name))
        for age in range(len(ages.labels))
        if np.nan_to_num(values[age]).any()
    ]
    unknown = lines.buying & ~np.isin(genders.codes, [side for side in sides if side is not None])
    count = int(np.count_nonzero(unknown))
    note = f"Without {count:,} customers whose gender is not known." if count else ""
    return Card("pyramid", title, note, pyramid=Pyramid(NAMES_OF_SIDES, rows))


def movement(view: CubeView) -> Card:
    """Return the table of customers by their segment before the period (rows) and at its end (columns)."""
    card = Card("movement", "Movement between segments")
    if view.elapsed is None:
        return card
    begin, end = view.elapsed.first - timedelta(days=1), view.elapsed.last
    customers = view.customers()
    before, after = (_segments_on(view, day) for day in (begin, end))
    some = after < SEGMENTS.index("Not yet a customer")
    if customers is not None:
        some &= customers
    count = len(SEGMENTS)
    counts = np.bincount((before * count + after)[some], minlength=count * count).reshape(count, count)[:, :-1]
    rows_shown, columns = np.flatnonzero(counts.any(axis=1)).tolist(), np.flatnonzero(counts.any(axis=0)).tolist()
    moved = counts.copy()
    np.fill_diagonal(moved, 0)
    most = float(moved.max(initial=0)) or 1.0

    def cell(row: int, column: int) -> Cell | None:
        value = int(counts[row, column])
        return Cell(format_integer(value), float(moved[row, column]) / most) if value else None

    rows = [(SEGMENTS[row], [cell(row, column) for column in columns]) for row in rows_shown]
    note = (
        f"From the segment on {format_day(begin)} (rows) to that on {format_day(end)} (columns), by all orders of a"
        f" customer until then. Lapsed: no order for {LAPSED_MONTHS} months."
    )
    table_shown = Table("From · to", [SEGMENTS[column] for column in columns], rows)
    return replace(card, note=note, story=_story_of_movement(counts), table=table_shown)


def _story_of_movement(counts: Any) -> str:
    vip, lapsed, new = (SEGMENTS.index(name) for name in ("VIP", "Lapsed", "Not yet a customer"))
    became = int(counts[:, vip].sum() - counts[vip, vip])
    left = int(counts[:, lapsed].sum() - counts[lapsed, lapsed])
    came = int(counts[new].sum())
    return f"{became:,} became VIP, {left:,} lapsed, {came:,} bought for the first time."


def _segments_on(view: CubeView, day: Any) -> Ints:
    """Return the position in SEGMENTS of each customer's segment on a day, by its orders until then."""
    cube = view.cube
    first_line = int(place_of(cube.days, NO_DAY + 1))
    until = slice(first_line, int(place_of(cube.days, number(day) + 1)))
    count = len(cube.customer_keys)
    customers = cube.line_customers[until]
    sales = np.bincount(customers, cube.measures["sales"][until], count)
    last = np.full(count, NO_DAY, dtype=np.int32)
    last[customers] = cube.days[until]  # lines are sorted by day, and later assignments win
    bought = last > NO_DAY
    first = np.where(bought, cube.first_days, 0)
    months = _month(np.where(bought, last, 0)) - _month(first)
    found = np.full(count, SEGMENTS.index("Not yet a customer"), dtype=np.int32)
    long = bought & (months >= VIP_MONTHS)
    found[bought] = SEGMENTS.index("New")
    found[long] = SEGMENTS.index("Regular")
    found[long & (sales > VIP_SALES)] = SEGMENTS.index("VIP")
    found[bought & (last < number(add_months(day, -LAPSED_MONTHS)))] = SEGMENTS.index("Lapsed")
    return found


def _month(days: Ints) -> Ints:
    """Return the months from January 1970 to the months of some days."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def top_customers(view: CubeView) -> Card:
    """Return the customers with the most sales, orders or units."""
    cube, lines = view.cube, view.lines_without("customer")
    groups = Groups(lines, lines.customers, len(cube.customer_keys), np.arange(len(cube.customer_keys)))

    def name_of(positions: Sequence[int]) -> list[str]:
        keys = [int(cube.customer_keys[position]) for position in positions]
        names = names_of(view, keys)
        return [names.get(key, UNKNOWN) for key in keys]

    return _top(view, "top-customers", "Top customers", "customer", groups, cube.customer_keys, name_of)


def top_products(view: CubeView) -> Card:
    """Return the products with the most sales, orders or units."""
    groups, names = groups_of(view, view.lines_without("product"), "product")

    def name_of(positions: Sequence[int]) -> list[str]:
        return [names[position] for position in positions]

    return _top(view, "top-products", "Top products", "product", groups, view.cube.product_keys, name_of)


TOP_MEASURES = (SALES, ORDERS, QUANTITY)


def _top(view: CubeView, card: str, title: str, filter_name: str, groups: Groups, keys: Ints, name_of: Any) -> Card:
    """Return a table of the first members by the measure that ``top`` chooses; equal ones by their sales, then key."""
    selection = view.selection
    top = selection.top or OPTIONS["top"][0]
    values = [measure.of(groups, selection.period) for measure in TOP_MEASURES]
    by = values[[measure.name for measure in TOP_MEASURES].index(top)]
    order = np.lexsort((np.arange(len(by)), -values[0], -by))[:SHOWN_ROWS]
    positions = [int(position) for position in order if by[position] > 0]
    most = max((float(by[position]) for position in positions), default=1.0)
    chosen = selection.chosen.get(filter_name, ())
    rows = [
        Bar(
            name,
            [measure.format(of_measure[position]) for measure, of_measure in zip(TOP_MEASURES, values, strict=True)],
            float(by[position]) / most,
            selection.after_click(**{filter_name: (key := str(keys[position]))}).href(),
            key in chosen,
        )
        for position, name in zip(positions, name_of(positions), strict=True)
    ]
    columns = [
        Link(measure.title, selection.showing(top=measure.name).href(), measure.name == top) for measure in TOP_MEASURES
    ]
    return Card(card, title, bars=Bars(rows, columns))


def names_of(view: CubeView, keys: Sequence[int]) -> dict[int, str]:
    """Return the names of customers by key from Postgres, or their numbers if they have no name."""
    rows = read(FIND_NAMES, {"run_id": view.cube.run_id, "keys": list(keys)})
    return {key: " ".join((name or "").split()) or customer_number or UNKNOWN for key, name, customer_number in rows}


def distribution(view: CubeView) -> Card:
    """Return the card of customers by their number of orders."""
    title, attribute, selection = "Orders per customer", view.cube.attributes["orders"], view.selection
    counts = attribute.sum(view.lines_without("orders").buying.astype(np.float64))
    chosen = selection.chosen.get("orders", ())
    positions = [position for position in range(len(counts)) if counts[position]]
    note = "Customers in this selection, by their number of orders over all dates."
    if not positions:
        return Card("orders", title, note)
    names = [attribute.labels[position] for position in positions]
    trace = _columns(
        "Customers",
        names,
        [counts[position] for position in positions],
        [selection.after_click(orders=name).href() for name in names],
        [not chosen or name in chosen for name in names],
        charts.BLUE,
    )
    return Card("orders", title, note, figure=_figure([trace], counts.max()))


def new_and_returning(view: CubeView) -> Card:
    """Return the card of new and returning customers by month; of long periods, by quarter or year."""
    days, selection = view.days, view.selection
    level = days.level_of_at_most("month", MAX_COLUMNS) if days else "month"
    card = Card("new", f"New and returning customers per {level}")
    if days is None:
        return card
    parts = days.units(level)
    clipped = [part.clipped(days) for part in parts]
    lines = view.lines_in(selection.period or days, "joined")
    new = new_by(lines, clipped)  # count only selected days of the first and last unit, as the tile does
    begins = np.array([number(part.first) for part in parts])
    position = lines.part(parts)
    earlier = lines.cube.first_days[lines.customers] < begins[position]
    returning = Groups(lines, position, len(parts)).customers_of(earlier)
    if not (new.any() or returning.any()):
        return card
    values = [period_code(part) for part in parts]
    chosen = selection.chosen.get("joined", ())
    names = [charts.two_lines(label(part, level)) for part in parts]
    hrefs = [selection.after_click(joined=value).href() for value in values]
    strong = [not chosen or value in chosen for value in values]
    traces = [
        _columns("New", names, new.tolist(), hrefs, strong, charts.BLUE),
        _columns("Returning", names, returning.tolist(), hrefs, strong, charts.PALE),
    ]
    meaning = f"New: the very first order lies in the {level}; returning: an earlier order, too."
    note = f"{meaning} {partial_units_note(view, parts, level)}".strip()
    axis = charts.unit_axis(names)
    return replace(card, note=note, figure=_figure(traces, (new + returning).max(), axis))


def _figure(traces: Sequence[dict[str, Any]], most: float, axis: dict[str, Any] = charts.UNIT_AXIS) -> dict[str, Any]:
    several = len(traces) > 1
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    return charts.figure(
        traces,
        xaxis=axis,
        yaxis=charts.amount_axis(",~s", most),
        bargap=0.2,
        barmode="stack",
        showlegend=several,
        legend=legend,
        margin={"l": 44, "r": 8, "t": 32 if several else 22, "b": 36},
    )


def _columns(
    name: str,
    labels: Sequence[str],
    counts: Sequence[float],
    hrefs: Sequence[str],
    strong: Sequence[bool],
    colour: str,
) -> dict[str, Any]:
    trace: dict[str, Any] = {"type": "bar", "name": name, "x": labels, "y": counts, "customdata": hrefs}
    trace |= {"hovertemplate": f"%{{x}}, {name.lower()}: %{{y:,.0f}}<extra></extra>"}
    trace |= {"marker": {"color": colour, "opacity": [1 if each else 0.35 for each in strong]}}
    if len(labels) <= FIGURES_ON_COLUMNS and name == CUSTOMERS.title:
        trace |= {
            "text": list(map(format_integer, counts)),
            "textposition": "outside",
            "cliponaxis": False,
            "textangle": 0,
        }
    return trace


def recency_by_orders(view: CubeView) -> Card:
    """Return the table of customers by months since the last order (rows) and number of orders (columns)."""
    recency, orders, selection = *(view.cube.attributes[name] for name in ("recency", "orders")), view.selection
    buying = view.lines_without("recency", "orders").buying
    width = len(orders.labels)
    counts = np.bincount((recency.codes * width + orders.codes)[buying], minlength=len(recency.labels) * width)
    counts = counts.reshape(len(recency.labels), width)
    note = "Customers by months since their last order (rows) and number of orders (columns)."
    columns, most = np.flatnonzero(counts.any(axis=0)).tolist(), float(counts.max()) or 1.0
    chosen = selection.chosen.get("recency", ()), selection.chosen.get("orders", ())

    def cell(row: int, column: int) -> Cell | None:
        if not counts[row, column]:
            return None
        names = recency.labels[row], orders.labels[column]
        href = selection.after_click(recency=names[0], orders=names[1]).href()
        return Cell(
            format_integer(counts[row, column]),
            float(counts[row, column]) / most,
            href,
            any(chosen) and all(name in some or not some for name, some in zip(names, chosen, strict=True)),
        )

    rows = [
        (recency.labels[row], [cell(row, column) for column in columns])
        for row in np.flatnonzero(counts.any(axis=1)).tolist()
    ]
    heads = [orders.labels[column] for column in columns]
    return Card("recency", "Recency and frequency", note, table=Table("Last order", heads, rows))


def retention(view: CubeView) -> Card:
    """Return the table of retention: the share of each cohort that ordered again in later months or quarters."""
    days, selection = view.days, view.selection
    card = Card("retention", "Retention")
    if days is None:
        return card
    level = "month" if len(days.units("month")) <= COHORTS_BY_MONTH else days.level_of_at_most("quarter", MAX_COHORTS)
    note = (
        f"Percent of the customers whose first order was in a {level} who ordered again, in this selection,"
        f" so many {level}s later. A {level} that is not over is left out."
    )
    parts = days.units(level)
    over = sum(part.last <= days.last for part in parts)
    chosen = selection.chosen.get("joined", ())
    sizes, active = _cohorts(view, days, parts)
    shares = np.divide(active, sizes[:, None], out=np.zeros(active.shape), where=sizes[:, None] > 0)
    later = np.triu(shares, 1)
    most = float(later.max(initial=0)) or 1.0
    rows: list[tuple[str, list[Cell | None]]] = []
    for position, part in enumerate(parts):
        if size := int(sizes[position]):
            href, is_chosen = selection.after_click(joined=period_code(part)).href(), period_code(part) in chosen
            again = shares[position, position + 1 : max(over, position + 1)]
            cells = [Cell(f"{share * 100:.1f}", float(share) / most, href, is_chosen) for share in again]
            rows.append((label(part, level), [Cell(format_integer(size), 0.0, href, is_chosen), *cells]))
    longest = max((len(cells) for _, cells in rows), default=1)
    columns = ("Customers", *map(str, range(1, longest)))
    return replace(card, note=note, table=Table("First order", columns, rows))


def _cohorts(view: CubeView, days: Period, parts: Sequence[Period]) -> tuple[Any, Any]:
    """Return the sizes of the cohorts, and the number of active customers by cohort (rows) and unit (columns)."""
    first_days, mask = view.cube.first_days, view.customers("joined")
    started = within(first_days, days) if mask is None else within(first_days, days) & mask
    first = np.searchsorted(np.array([number(part.first) for part in parts]), first_days, side="right") - 1
    sizes = np.bincount(first[started], minlength=len(parts))
    lines = view.lines_in(days, "joined")
    buying = np.zeros((len(parts), len(first_days)), dtype=np.bool_)
    buying[lines.part(parts), lines.customers] = True
    part, customer = np.nonzero(buying & started)
    active = np.bincount(first[customer] * len(parts) + part, minlength=len(parts) ** 2)
    return sizes, active.reshape(len(parts), len(parts))
