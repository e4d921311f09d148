"""The Customers page: who buys, how much, how often, and who stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import ARRAY, Integer, any_, bindparam, select

from api.dashboards import marks
from api.dashboards.marks import Bar, Bars, Card, Cell, Table, exact, percent, ratio, whole
from api.dashboards.periods import Period, code, label
from api.dashboards.picture import Picture, largest, within
from api.dashboards.star import UNKNOWN, Lines, number
from api.dashboards.totals import course, partly, tiles
from api.database import read, sql_text
from api.models import Customer, table

SHOWN_CUSTOMERS = 10
FIGURES_ON_COLUMNS = 14
COHORTS_BY_MONTH = 14
MOST_COLUMNS, MOST_COHORTS = 120, 40
"""How many months of first orders are shown singly; of a longer time quarters or years are."""

CUSTOMERS = table(Customer)
FIND_NAMES = sql_text(
    select(CUSTOMERS.c.customer_key, CUSTOMERS.c.customer_name, CUSTOMERS.c.customer_number).where(
        CUSTOMERS.c.run_id == bindparam("run_id", type_=Integer),
        CUSTOMERS.c.customer_key == any_(bindparam("keys", type_=ARRAY(Integer))),
    )
)


NAMES = (
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
"""The page's cards, in their order."""

CHARTS = ("orders", "new")
"""Those that Plotly draws."""


def cards(picture: Picture) -> list[Card]:
    """Return the page's cards."""
    return [
        tiles(picture, TILES, figures, _courses(picture)),
        segments(picture),
        *(group(picture, name, title) for name, title in GROUPS.items()),
        *top_customers(picture),
        distribution(picture),
        new_customers(picture),
        recency_by_orders(picture),
        retention(picture),
    ]


GROUPS = {
    "age": "Customers by age group",
    "gender": "Customers by gender",
    "marital": "Customers by marital status",
    "country": "Customers by country",
}
TILES = {
    "customers": ("Customers", whole),
    "new": ("New customers", whole),
    "orders": ("Orders", whole),
    "sales": ("Sales", whole),
    "each": ("Sales per customer", exact),
    "often": ("Orders per customer", exact),
}


def figures(lines: Lines, period: Period | None) -> dict[str, float | None]:
    """Return the figures of the tiles; None where there is no customer to divide by."""
    buying = lines.buying
    customers, sales = int(np.count_nonzero(buying)), lines.total("sales")
    first = lines.star.first_days
    new = buying & within(first, period) if period else buying & (first > np.iinfo(first.dtype).min)
    return {
        "customers": customers,
        "new": int(np.count_nonzero(new)),
        "orders": lines.orders,
        "sales": sales,
        "each": ratio(sales, customers),
        "often": ratio(lines.orders, customers),
    }


def _courses(picture: Picture) -> dict[str, Sequence[float | None]]:
    found = course(picture)
    if found is None:
        return {}
    lines, parts = found
    active = np.count_nonzero(buying_in(lines, parts), axis=1)
    orders = lines.orders_by(lines.part(parts), len(parts))
    sales = lines.by_part(parts, "sales")
    return {
        "customers": active.tolist(),
        "new": new_by(picture.lines, parts).tolist(),
        "orders": orders.tolist(),
        "sales": sales.tolist(),
        "each": [ratio(*pair) for pair in zip(sales.tolist(), active.tolist(), strict=True)],
        "often": [ratio(*pair) for pair in zip(orders.tolist(), active.tolist(), strict=True)],
    }


def buying_in(lines: Lines, parts: Sequence[Period]) -> Any:
    """Say in which of some periods (rows) which customers (columns) have lines."""
    buying = np.zeros((len(parts), len(lines.star.customer_keys)), dtype=np.bool_)
    buying[lines.part(parts), lines.customers] = True
    return buying


def new_by(lines: Lines, parts: Sequence[Period]) -> Any:
    """Count the customers of some lines by the period of their first order."""
    first = lines.star.first_days[lines.buying & within(lines.star.first_days, Period(parts[0].first, parts[-1].last))]
    places = np.searchsorted(np.array([number(part.first) for part in parts]), first, side="right") - 1
    return np.bincount(places, minlength=len(parts))


def _bars(picture: Picture, name: str, *, share: bool = False) -> Bars:
    """Show customers and sales by an attribute of customers."""
    attribute, selection = picture.star.attributes[name], picture.selection
    lines = picture.lines_without(name)
    customers = attribute.sum(lines.buying.astype(np.float64))
    sales = attribute.sum(lines.by_customer("sales"))
    most, total = float(customers.max(initial=0)) or 1.0, float(sales.sum())
    chosen = selection.chosen.get(name, ())
    rows = []
    for place, value in enumerate(attribute.labels):
        if customers[place]:
            figures = [whole(customers[place]), whole(sales[place])]
            if share:
                figures.append("—" if not total else percent(sales[place] / total))
            href = selection.clicked(**{name: value}).href()
            rows.append(Bar(value, figures, customers[place] / most, href, value in chosen))
    return Bars(rows, ("Customers", "Sales", "Share")[: 2 + share])


def segments(picture: Picture) -> Card:
    """Show the segments: customers, sales and their share of sales."""
    note = "VIP: with us for 12 months or more and above 5,000 in sales; Regular: 12 months or more; New: the others."
    return Card("segment", "Segments", note, bars=_bars(picture, "segment", share=True))


def group(picture: Picture, name: str, title: str) -> Card:
    """Show customers and sales by what is known of customers."""
    return Card(name, title, bars=_bars(picture, name))


def top_customers(picture: Picture) -> list[Card]:
    """Show the customers with most sales, and those with most orders."""
    star, selection = picture.star, picture.selection
    lines = picture.lines_without("customer")
    sales = lines.by_customer("sales")
    orders = lines.orders_by(lines.customers, len(star.customer_keys))
    best, busiest = largest(sales, SHOWN_CUSTOMERS), _most(orders, sales)
    names = names_of(picture, [int(star.customer_keys[place]) for place in {*best, *busiest}])
    chosen = selection.chosen.get("customer", ())

    def rows(places: Sequence[int], values: Any) -> list[Bar]:
        most = max((float(values[place]) for place in places), default=0.0) or 1.0
        return [
            Bar(
                names.get(key := int(star.customer_keys[place]), UNKNOWN),
                (whole(sales[place]), whole(orders[place])),
                values[place] / most,
                selection.clicked(customer=str(key)).href(),
                str(key) in chosen,
            )
            for place in places
        ]

    columns = ("Sales", "Orders")
    return [
        Card("top-sales", "Best customers by sales", bars=Bars(rows(best, sales), columns)),
        Card("top-orders", "Best customers by orders", bars=Bars(rows(busiest, orders), columns)),
    ]


def _most(orders: Any, sales: Any) -> list[int]:
    """Return the places with most orders; with as many, those with more sales."""
    some = (
        np.flatnonzero(orders >= max(np.partition(orders, -SHOWN_CUSTOMERS)[-SHOWN_CUSTOMERS], 1))
        if orders.size >= SHOWN_CUSTOMERS
        else np.flatnonzero(orders)
    )
    return [int(place) for place in some[np.lexsort((some, -sales[some], -orders[some]))][:SHOWN_CUSTOMERS]]


def names_of(picture: Picture, keys: Sequence[int]) -> dict[int, str]:
    """Look up the names of customers in Postgres; who has none is shown by number."""
    rows = read(FIND_NAMES, {"run_id": picture.star.run_id, "keys": list(keys)})
    return {key: " ".join((name or "").split()) or customer_number or UNKNOWN for key, name, customer_number in rows}


def distribution(picture: Picture) -> Card:
    """Show how many customers have ordered once, twice and so on."""
    title, attribute, selection = "Orders a customer", picture.star.attributes["orders"], picture.selection
    counts = attribute.sum(picture.lines_without("orders").buying.astype(np.float64))
    chosen = selection.chosen.get("orders", ())
    places = [place for place in range(len(counts)) if counts[place]]
    note = "Orders since the first, of the customers in this selection."
    if not places:
        return Card("orders", title, note)
    names = [attribute.labels[place] for place in places]
    figure = _columns(
        names,
        [counts[place] for place in places],
        [selection.clicked(orders=name).href() for name in names],
        [not chosen or name in chosen for name in names],
    )
    return Card("orders", title, note, figure=figure)


def new_customers(picture: Picture) -> Card:
    """Show how many customers ordered for the first time in each month; of a long time, in each quarter or year."""
    days, selection = picture.days, picture.selection
    level = days.at_most("month", MOST_COLUMNS) if days else "month"
    card = Card("new", f"New customers a {level}")
    if days is None:
        return card
    note = f"Customers in this selection, by the {level} of their first order."
    parts = days.parts(level)
    values = [code(part) for part in parts]
    chosen = selection.chosen.get("joined", ())
    # The first and the last count only the days that are looked at, as the tile does.
    counts = new_by(picture.lines_without("joined"), [part.clipped(days) for part in parts])
    figure = _columns(
        [marks.two_lines(label(part, level)) for part in parts],
        counts.tolist(),
        [selection.clicked(joined=value).href() for value in values],
        [not chosen or value in chosen for value in values],
    )
    return replace(card, note=f"{note} {partly(parts, days, level)}".strip(), figure=figure)


def _columns(
    labels: Sequence[str], counts: Sequence[float], hrefs: Sequence[str], strong: Sequence[bool]
) -> dict[str, Any]:
    trace: dict[str, Any] = {"type": "bar", "x": labels, "y": counts, "customdata": hrefs}
    trace |= {"hovertemplate": "%{x}: %{y:,.0f}<extra></extra>"}
    trace |= {"marker": {"color": marks.BLUE, "opacity": [1 if each else 0.35 for each in strong]}}
    if len(labels) <= FIGURES_ON_COLUMNS:
        trace |= {"text": list(map(whole, counts)), "textposition": "outside", "cliponaxis": False, "textangle": 0}
    axis = marks.UNITS
    return marks.figure(
        [trace], xaxis=axis, yaxis=marks.AMOUNTS, bargap=0.2, margin={"l": 44, "r": 8, "t": 22, "b": 36}
    )


def recency_by_orders(picture: Picture) -> Card:
    """Show customers by how long ago they ordered last and how often they have."""
    recency, orders, selection = *(picture.star.attributes[name] for name in ("recency", "orders")), picture.selection
    buying = picture.lines_without("recency", "orders").buying
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
        href = selection.clicked(recency=names[0], orders=names[1]).href()
        return Cell(
            whole(counts[row, column]),
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


def retention(picture: Picture) -> Card:
    """Show which share of the customers who began in a month or quarter ordered again in those that followed."""
    days, selection = picture.days, picture.selection
    card = Card("retention", "Retention")
    if days is None:
        return card
    level = "month" if len(days.parts("month")) <= COHORTS_BY_MONTH else days.at_most("quarter", MOST_COHORTS)
    note = (
        f"Percent of the customers whose first order was in a {level} who ordered, in this selection,"
        f" so many {level}s later. A {level} that is not over is left out."
    )
    parts = days.parts(level)
    over = sum(part.last <= days.last for part in parts)
    chosen = selection.chosen.get("joined", ())
    sizes, active = _cohorts(picture, days, parts)
    rows: list[tuple[str, list[Cell | None]]] = []
    for place, part in enumerate(parts):
        if size := int(sizes[place]):
            href, here = selection.clicked(joined=code(part)).href(), code(part) in chosen
            shares = active[place, place : max(over, place + 1)] / size
            cells = [Cell(f"{share * 100:.1f}", float(share), href, here) for share in shares]
            rows.append((label(part, level), [Cell(whole(size), 0.0, href, here), *cells]))
    longest = max((len(cells) for _, cells in rows), default=1)
    columns = ("Customers", *map(str, range(longest - 1)))
    return replace(card, note=note, table=Table("First order", columns, rows))


def _cohorts(picture: Picture, days: Period, parts: Sequence[Period]) -> tuple[Any, Any]:
    """Count customers by the part that they ordered first in, and those of each that ordered in which part."""
    first_days, wanted = picture.star.first_days, picture.customers("joined")
    started = within(first_days, days) if wanted is None else within(first_days, days) & wanted
    first = np.searchsorted(np.array([number(part.first) for part in parts]), first_days, side="right") - 1
    sizes = np.bincount(first[started], minlength=len(parts))
    part, customer = np.nonzero(buying_in(picture.lines_in(days, "joined"), parts) & started)
    active = np.bincount(first[customer] * len(parts) + part, minlength=len(parts) ** 2)
    return sizes, active.reshape(len(parts), len(parts))
