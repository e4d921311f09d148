"""The parts around the cards of a page: header with navigation and filters, and footer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from flask import current_app, render_template

from api.dashboards import exports
from api.dashboards.charts import Card, Link
from api.dashboards.cube_view import CubeView, keys_among
from api.dashboards.customers_page import names_of
from api.dashboards.selection import FILTERS, PAGES, PREFIX
from api.figures import registry
from api.figures.periods import Period, format_day, format_time, presets
from api.figures.sales_cube import SalesCube

TITLES = {"sales": "Sales", "customers": "Customers", "warehouse": "Warehouse"}
"""The pages → their titles."""

MENUS = tuple(dimension.name for dimension in registry.FILTERS if dimension.has_menu)
"""The filters with a menu; the others are set by a click on a card."""

MAX_OPTIONS = 500
"""A menu shows this number of options; the others are found by a click on a card."""

FEW_OPTIONS = 12
"""A menu with more options than these has a field to search them."""

STALE_DAYS = 3
"""From this age on, the data are called old."""


@dataclass(frozen=True)
class Menu:
    """The menu of a filter: parameter, title, current state, and its options.

    An option is a label, its value, and whether it is chosen. ``assets/dashboards.js`` makes them links when the menu
    is opened: hundreds of URLs in each response would be most of its work.
    """

    name: str
    title: str
    state: str
    options: Sequence[tuple[str, str, bool]]
    search: bool


def header(view: CubeView) -> str:
    """Return the HTML of the header and the filters."""
    selection, cube = view.selection, view.cube
    periods: dict[str, Period | None] = {**presets(cube.business_date), "All dates": None}
    name = next((name for name, period in periods.items() if period == selection.period), None)
    return render_template(
        "dashboards/header.html",
        **served(cube.business_date, cube.synced_at, cube.sample_customers),
        main=selection.page,
        title=TITLES[selection.page],
        pages=navigation(selection.page, {page: selection.on_page(page).href() for page in PAGES}),
        dates=name or str(selection.period),
        presets=[Link(each, selection.with_period(period).href(), each == name) for each, period in periods.items()],
        period=selection.period or cube.dates or Period(cube.business_date, cube.business_date),
        here=selection.href(),
        menus=[_menu(view, each) for each in MENUS],
        chips=_chips(view),
        summary=summary(view),
        wrong=selection.wrong,
        empty=not view.sold,
        reset=f"{PREFIX}{selection.page}",
        rows=Link("Hide rows" if selection.rows else "Show rows", replace(selection, rows=not selection.rows).href()),
    )


def message_header(page: str, cube: SalesCube | None) -> str:
    """Return the HTML of the header above an error message, without filters."""
    day = served(cube.business_date, cube.synced_at, cube.sample_customers) if cube else {}
    return render_template(
        "dashboards/header.html", **day, main="message", title=TITLES[page], pages=navigation(page, {})
    )


def navigation(current: str, addresses: Mapping[str, str]) -> list[Link]:
    """Return a link to each page, with the address given for it, or the page's own."""
    return [Link(title, addresses.get(page, f"{PREFIX}{page}"), page == current) for page, title in TITLES.items()]


def served(business_date: date, synced_at: datetime, sample_customers: int | None) -> dict[str, Any]:
    """Return the variables of the header about the served run: business date, age, and time of the sync."""
    age = (datetime.now(UTC).date() - business_date).days
    return {
        "business_date": format_day(business_date),
        "age": "today’s" if age <= 0 else "yesterday’s" if age == 1 else f"{age:,} days old",
        "stale": age >= STALE_DAYS,
        "synced_at": format_time(synced_at),
        "sample_customers": sample_customers,
    }


def announcement(view: CubeView, totals: Card) -> str:
    """Return the announcement for screen readers: page, selection and the first totals."""
    figures = ", ".join(f"{tile.label} {tile.value}" for tile in totals.tiles[:3])
    return f"{TITLES[view.selection.page]}, {summary(view)}: {figures}"


def summary(view: CubeView) -> str:
    """Return the selection in words: period and filters."""
    dates = str(view.selection.period or "All dates")
    return "; ".join([dates, *(chip.text for chip in _chips(view))])


def footer() -> str:
    """Return the HTML of the footer."""
    currency = current_app.config["SETTINGS"].currency
    return render_template("dashboards/footer.html", exports=exports.available(), currency=currency)


def _menu(view: CubeView, name: str) -> Menu:
    selection, cube = view.selection, view.cube
    chosen = selection.chosen.get(name, ())
    if name == "product":
        options = sorted(zip(cube.product_names, map(str, cube.product_keys.tolist()), strict=True))
    else:
        options = [(label, label) for label in cube.attributes[name].labels]
    names = [label for label, value in options if value in chosen]
    state = "all" if not chosen else names[0] if len(names) == 1 else f"{len(chosen)} chosen"
    shown = [(label, value, value in chosen) for label, value in options[:MAX_OPTIONS]]
    return Menu(name, FILTERS[name], state, shown, len(options) > FEW_OPTIONS)


def _chips(view: CubeView) -> list[Link]:
    """Return a chip for each chosen value; its link removes the value."""
    selection = view.selection
    names = _names(view)
    return [
        Link(f"{FILTERS[name]}: {names.get((name, value), value)}", selection.with_toggled(name, value).href())
        for name, values in selection.chosen.items()
        for value in values
    ]


def _names(view: CubeView) -> dict[tuple[str, str], str]:
    """Return the names of the chosen products and customers, by parameter and key."""
    cube, chosen = view.cube, view.selection.chosen
    keys = dict(zip(map(str, cube.product_keys.tolist()), cube.product_names, strict=True))
    names = {("product", value): keys[value] for value in chosen.get("product", ()) if value in keys}
    if "customer" in chosen:
        customer_keys = cube.customer_keys[keys_among(cube.customer_keys, chosen["customer"])]
        names |= {("customer", str(key)): name for key, name in names_of(view, customer_keys.tolist()).items()}
    return names
