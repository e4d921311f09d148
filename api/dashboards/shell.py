"""What is around the cards of a page: the day that is shown, the way to the other page, and the filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import render_template

from api.dashboards import exports
from api.dashboards.customers_page import names_of
from api.dashboards.marks import Card, Link
from api.dashboards.periods import Period, presets, shown
from api.dashboards.picture import Picture, are_any
from api.dashboards.selection import FILTERS, PREFIX
from api.dashboards.star import Star

TITLES = {"sales": "Sales", "customers": "Customers"}
OFFERED = ("country", "category", "line", "segment")
"""The filters with a menu; the others are set by a click on a mark."""


@dataclass(frozen=True)
class Menu:
    """A filter and its values."""

    name: str
    title: str
    state: str
    links: Sequence[Link]


def top(picture: Picture) -> str:
    """Return the HTML above the cards."""
    selection, star = picture.selection, picture.star
    periods: dict[str, Period | None] = {**presets(star.business_date), "All dates": None}
    name = next((name for name, period in periods.items() if period == selection.period), None)
    return render_template(
        "dashboards/top.html",
        **_day(star),
        main=selection.page,
        title=TITLES[selection.page],
        pages=[Link(title, selection.on(page).href(), page == selection.page) for page, title in TITLES.items()],
        dates=name or str(selection.period),
        presets=[Link(each, selection.within(period).href(), each == name) for each, period in periods.items()],
        period=selection.period or star.dates or Period(star.business_date, star.business_date),
        menus=[_menu(picture, each) for each in OFFERED],
        chips=_chips(picture),
        summary=summary(picture),
        empty=not picture.sold,
        reset=f"{PREFIX}{selection.page}",
        rows=Link("Hide rows" if selection.rows else "Show rows", replace(selection, rows=not selection.rows).href()),
    )


def bare_top(page: str, star: Star | None) -> str:
    """Return the HTML above a message: without filters, as there is nothing to filter."""
    pages = [Link(title, f"{PREFIX}{each}", each == page) for each, title in TITLES.items()]
    day = _day(star) if star else {}
    return render_template("dashboards/top.html", **day, main="message", title=TITLES[page], pages=pages)


def _day(star: Star) -> dict[str, Any]:
    """Return what is said of the day: the business date, how old it is, and when it came here."""
    age = (datetime.now(UTC).date() - star.business_date).days
    return {
        "business_date": shown(star.business_date),
        "age": "today’s" if age <= 0 else "yesterday’s" if age == 1 else f"{age:,} days old",
        "synced_at": f"{star.synced_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        "sample_customers": star.sample_customers,
    }


def said(picture: Picture, totals: Card) -> str:
    """Return what is said of a page that has been drawn: what is shown, and the first totals."""
    figures = ", ".join(f"{tile.label} {tile.value}" for tile in totals.tiles[:3])
    return f"{TITLES[picture.selection.page]}, {summary(picture)}: {figures}"


def summary(picture: Picture) -> str:
    """Return what is shown: the dates and the filters."""
    dates = str(picture.selection.period or "All dates")
    return "; ".join([dates, *(chip.text for chip in _chips(picture))])


def foot() -> str:
    """Return the HTML below the cards."""
    return render_template("dashboards/foot.html", exports=exports.there())


def _menu(picture: Picture, name: str) -> Menu:
    selection = picture.selection
    chosen = selection.chosen.get(name, ())
    state = "all" if not chosen else chosen[0] if len(chosen) == 1 else f"{len(chosen)} chosen"
    labels = picture.star.attributes[name].labels
    links = [Link(each, selection.toggling(name, each).href(), each in chosen) for each in labels]
    return Menu(name, FILTERS[name], state, links)


def _chips(picture: Picture) -> list[Link]:
    """Return what is filtered by; a click lifts it."""
    selection = picture.selection
    names = _names(picture)
    return [
        Link(f"{FILTERS[name]}: {names.get((name, value), value)}", selection.toggling(name, value).href())
        for name, values in selection.chosen.items()
        for value in values
    ]


def _names(picture: Picture) -> dict[tuple[str, str], str]:
    """Return what the chosen products and customers are called; their values are keys."""
    star, chosen = picture.star, picture.selection.chosen
    keys = dict(zip(map(str, star.product_keys.tolist()), star.product_names, strict=True))
    names = {("product", value): keys[value] for value in chosen.get("product", ()) if value in keys}
    if "customer" in chosen:
        wanted = star.customer_keys[are_any(star.customer_keys, chosen["customer"])]
        names |= {("customer", str(key)): name for key, name in names_of(picture, wanted.tolist()).items()}
    return names
