"""The Customers page: customers by attribute, order frequency, recency and retention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import ARRAY, Integer, any_, bindparam, select

from api.dashboards import charts
from api.dashboards.charts import Bar, Bars, Card, Cell, Table, format_decimal, format_integer, format_percent, ratio
from api.dashboards.cube_view import CubeView, largest, within
from api.dashboards.periods import Period, label, period_code
from api.dashboards.sales_cube import UNKNOWN, Lines, number
from api.dashboards.totals import partial_units_note, sparkline_periods, tiles
from api.database import read, sql_text
from api.models import Customer, table

SHOWN_CUSTOMERS = 10
FIGURES_ON_COLUMNS = 14
COHORTS_BY_MONTH = 14
MAX_COLUMNS, MAX_COHORTS = 120, 40
"""The limits of columns in a chart and of rows in the retention; longer periods use coarser units."""

CUSTOMERS = table(Customer)
FIND_NAMES = sql_text(
    select(CUSTOMERS.c.customer_key, CUSTOMERS.c.customer_name, CUSTOMERS.c.customer_number).where(
        CUSTOMERS.c.run_id == bindparam("run_id", type_=Integer),
        CUSTOMERS.c.customer_key == any_(bindparam("keys", type_=ARRAY(Integer))),
    )
)


CARD_NAMES = (
    "tiles",
    "segment",
    "age",
    "gender",
    "marital",
    "country",
    "top-sales",
    "top-orders",
    "orders",
    "new",
    "recency",
    "retention",
)
"""The cards of the page, in order."""

CHARTS = ("orders", "new")
"""The cards with a chart of Plotly."""


def cards(view: CubeView) -> list[Card]:
    """Return the cards of the page."""
    return [
        tiles(view, TILES, figures, _sparkline_series(view)),
        segments(view),
        *(group(view, name, title) for name, title in GROUPS.items()),
        *top_customers(view),
        distribution(view),
        new_customers(view),
        recency_by_orders(view),
        retention(view),
    ]


GROUPS = {
    "age": "Customers by age group",
    "gender": "Customers by gender",
    "marital": "Customers by marital status",
    "country": "Customers by country",
}
TILES = {
    "customers": ("Customers", format_integer),
    "new": ("New customers", format_integer),
    "orders": ("Orders", format_integer),
    "sales": ("Sales", format_integer),
    "each": ("Sales per customer", format_decimal),
    "often": ("Orders per customer", format_decimal),
}


def figures(lines: Lines, period: Period | None) -> dict[str, float | None]:
    """Return the figures of the tiles; a ratio is None if there is no customer."""
    buying = lines.buying
    customers, sales = int(np.count_nonzero(buying)), lines.total("sales")
    first = lines.cube.first_days
    new = buying & within(first, period) if period else buying & (first > np.iinfo(first.dtype).min)
    return {
        "customers": customers,
        "new": int(np.count_nonzero(new)),
        "orders": lines.orders,
        "sales": sales,
        "each": ratio(sales, customers),
        "often": ratio(lines.orders, customers),
    }


def _sparkline_series(view: CubeView) -> dict[str, Sequence[float | None]]:
    found = sparkline_periods(view)
    if found is None:
        return {}
    lines, parts = found
    active = np.count_nonzero(buying_in(lines, parts), axis=1)
    orders = lines.orders_by(lines.part(parts), len(parts))
    sales = lines.by_part(parts, "sales")
    return {
        "customers": active.tolist(),
        "new": new_by(view.lines, parts).tolist(),
        "orders": orders.tolist(),
        "sales": sales.tolist(),
        "each": [ratio(*pair) for pair in zip(sales.tolist(), active.tolist(), strict=True)],
        "often": [ratio(*pair) for pair in zip(orders.tolist(), active.tolist(), strict=True)],
    }


def buying_in(lines: Lines, parts: Sequence[Period]) -> Any:
    """Return the mask of periods (rows) and customers (columns) with at least one line."""
    buying = np.zeros((len(parts), len(lines.cube.customer_keys)), dtype=np.bool_)
    buying[lines.part(parts), lines.customers] = True
    return buying


def new_by(lines: Lines, parts: Sequence[Period]) -> Any:
    """Count the customers of some lines by the period of their first order."""
    first = lines.cube.first_days[lines.buying & within(lines.cube.first_days, Period(parts[0].first, parts[-1].last))]
    positions = np.searchsorted(np.array([number(part.first) for part in parts]), first, side="right") - 1
    return np.bincount(positions, minlength=len(parts))


def _bars(view: CubeView, name: str, *, share: bool = False) -> Bars:
    """Return bars of customers and sales by an attribute of customers."""
    attribute, selection = view.cube.attributes[name], view.selection
    lines = view.lines_without(name)
    customers = attribute.sum(lines.buying.astype(np.float64))
    sales = attribute.sum(lines.by_customer("sales"))
    most, total = float(customers.max(initial=0)) or 1.0, float(sales.sum())
    chosen = selection.chosen.get(name, ())
    rows = []
    for position, value in enumerate(attribute.labels):
        if customers[position]:
            figures = [format_integer(customers[position]), format_integer(sales[position])]
            if share:
                figures.append("—" if not total else format_percent(sales[position] / total))
            href = selection.after_click(**{name: value}).href()
            rows.append(Bar(value, figures, customers[position] / most, href, value in chosen))
    return Bars(rows, ("Customers", "Sales", "Share")[: 2 + share])


def segments(view: CubeView) -> Card:
    """Return the card of segments: customers, sales and share of sales."""
    note = (
        "VIP: 12 months or more from first to last order, and more than 5,000 in sales;"
        " Regular: 12 months or more; New: all others."
    )
    return Card("segment", "Segments", note, bars=_bars(view, "segment", share=True))


def group(view: CubeView, name: str, title: str) -> Card:
    """Return the card of customers and sales by an attribute of customers."""
    return Card(name, title, bars=_bars(view, name))


def top_customers(view: CubeView) -> list[Card]:
    """Return the cards of the customers with the largest sales and with the most orders."""
    cube, selection = view.cube, view.selection
    lines = view.lines_without("customer")
    sales = lines.by_customer("sales")
    orders = lines.orders_by(lines.customers, len(cube.customer_keys))
    best, busiest = largest(sales, SHOWN_CUSTOMERS), _most(orders, sales)
    names = names_of(view, [int(cube.customer_keys[position]) for position in {*best, *busiest}])
    chosen = selection.chosen.get("customer", ())

    def rows(positions: Sequence[int], values: Any) -> list[Bar]:
        most = max((float(values[position]) for position in positions), default=0.0) or 1.0
        return [
            Bar(
                names.get(key := int(cube.customer_keys[position]), UNKNOWN),
                (format_integer(sales[position]), format_integer(orders[position])),
                values[position] / most,
                selection.after_click(customer=str(key)).href(),
                str(key) in chosen,
            )
            for position in positions
        ]

    columns = ("Sales", "Orders")
    return [
        Card("top-sales", "Best customers by sales", bars=Bars(rows(best, sales), columns)),
        Card("top-orders", "Best customers by orders", bars=Bars(rows(busiest, orders), columns)),
    ]


def _most(orders: Any, sales: Any) -> list[int]:
    """Return the positions of the customers with the most orders; among equals, those with larger sales come first."""
    some = (
        np.flatnonzero(orders >= max(np.partition(orders, -SHOWN_CUSTOMERS)[-SHOWN_CUSTOMERS], 1))
        if orders.size >= SHOWN_CUSTOMERS
        else np.flatnonzero(orders)
    )
    return [int(position) for position in some[np.lexsort((some, -sales[some], -orders[some]))][:SHOWN_CUSTOMERS]]


def names_of(view: CubeView, keys: Sequence[int]) -> dict[int, str]:
    """Return the names of customers by key from Postgres, or their numbers if they have no name."""
    rows = read(FIND_NAMES, {"run_id": view.cube.run_id, "keys": list(keys)})
    return {key: " ".join((name or "").split()) or customer_number or UNKNOWN for key, name, customer_number in rows}


def distribution(view: CubeView) -> Card:
    """Return the card of customers by their number of orders."""
    title, attribute, selection = "Orders a customer", view.cube.attributes["orders"], view.selection
    counts = attribute.sum(view.lines_without("orders").buying.astype(np.float64))
    chosen = selection.chosen.get("orders", ())
    positions = [position for position in range(len(counts)) if counts[position]]
    note = "Customers in this selection, by their number of orders over all dates."
    if not positions:
        return Card("orders", title, note)
    names = [attribute.labels[position] for position in positions]
    figure = _columns(
        names,
        [counts[position] for position in positions],
        [selection.after_click(orders=name).href() for name in names],
        [not chosen or name in chosen for name in names],
    )
    return Card("orders", title, note, figure=figure)


def new_customers(view: CubeView) -> Card:
    """Return the card of customers by the month of their first order; of long periods, by quarter or year."""
    days, selection = view.days, view.selection
    level = days.level_of_at_most("month", MAX_COLUMNS) if days else "month"
    card = Card("new", f"New customers a {level}")
    if days is None:
        return card
    note = f"Customers in this selection, by the {level} of their first order."
    parts = days.units(level)
    values = [period_code(part) for part in parts]
    chosen = selection.chosen.get("joined", ())
    # Count only selected days of the first and last unit, as the tile does.
    counts = new_by(view.lines_without("joined"), [part.clipped(days) for part in parts])
    figure = _columns(
        [charts.two_lines(label(part, level)) for part in parts],
        counts.tolist(),
        [selection.after_click(joined=value).href() for value in values],
        [not chosen or value in chosen for value in values],
    )
    return replace(card, note=f"{note} {partial_units_note(parts, days, level)}".strip(), figure=figure)


def _columns(
    labels: Sequence[str], counts: Sequence[float], hrefs: Sequence[str], strong: Sequence[bool]
) -> dict[str, Any]:
    trace: dict[str, Any] = {"type": "bar", "x": labels, "y": counts, "customdata": hrefs}
    trace |= {"hovertemplate": "%{x}: %{y:,.0f}<extra></extra>"}
    trace |= {"marker": {"color": charts.BLUE, "opacity": [1 if each else 0.35 for each in strong]}}
    if len(labels) <= FIGURES_ON_COLUMNS:
        trace |= {
            "text": list(map(format_integer, counts)),
            "textposition": "outside",
            "cliponaxis": False,
            "textangle": 0,
        }
    axis = charts.UNIT_AXIS
    return charts.figure(
        [trace], xaxis=axis, yaxis=charts.AMOUNT_AXIS, bargap=0.2, margin={"l": 44, "r": 8, "t": 22, "b": 36}
    )


def recency_by_orders(view: CubeView) -> Card:
    """Return the table of customers by months since the last order (rows) and number of orders (columns)."""
    recency, orders, selection = *(view.cube.attributes[name] for name in ("recency", "orders")), view.selection
    buying = view.lines_without("recency", "orders").buying
    width = len(orders.labels)
    counts = np.bincount((recency.codes * width + orders.codes)[buying], minlength=len(recency.labels) * width)
    counts = counts.reshape(len(recency.labels), width)
    note = "Customers by months since their last order and number of orders."
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
    return Card("recency", "Recency and frequency", note, table=Table("Last order · orders", heads, rows))


def retention(view: CubeView) -> Card:
    """Return the table of retention: the share of each cohort that ordered again in later months or quarters."""
    days, selection = view.days, view.selection
    card = Card("retention", "Retention")
    if days is None:
        return card
    level = "month" if len(days.units("month")) <= COHORTS_BY_MONTH else days.level_of_at_most("quarter", MAX_COHORTS)
    note = (
        f"Percent of the customers whose first order was in a {level} who ordered, in this selection,"
        f" so many {level}s later. A {level} that is not over is left out."
    )
    parts = days.units(level)
    over = sum(part.last <= days.last for part in parts)
    chosen = selection.chosen.get("joined", ())
    sizes, active = _cohorts(view, days, parts)
    rows: list[tuple[str, list[Cell | None]]] = []
    for position, part in enumerate(parts):
        if size := int(sizes[position]):
            href, is_chosen = selection.after_click(joined=period_code(part)).href(), period_code(part) in chosen
            shares = active[position, position : max(over, position + 1)] / size
            cells = [Cell(f"{share * 100:.1f}", float(share), href, is_chosen) for share in shares]
            rows.append((label(part, level), [Cell(format_integer(size), 0.0, href, is_chosen), *cells]))
    longest = max((len(cells) for _, cells in rows), default=1)
    columns = ("Customers", *map(str, range(longest - 1)))
    return replace(card, note=note, table=Table("First order", columns, rows))


def _cohorts(view: CubeView, days: Period, parts: Sequence[Period]) -> tuple[Any, Any]:
    """Return the sizes of the cohorts, and the number of active customers by cohort (rows) and unit (columns)."""
    first_days, mask = view.cube.first_days, view.customers("joined")
    started = within(first_days, days) if mask is None else within(first_days, days) & mask
    first = np.searchsorted(np.array([number(part.first) for part in parts]), first_days, side="right") - 1
    sizes = np.bincount(first[started], minlength=len(parts))
    part, customer = np.nonzero(buying_in(view.lines_in(days, "joined"), parts) & started)
    active = np.bincount(first[customer] * len(parts) + part, minlength=len(parts) ** 2)
    return sizes, active.reshape(len(parts), len(parts))
