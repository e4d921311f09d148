"""The selection of a page: period and filters, as in its URL.

Every bar, cell, filter and breadcrumb is a link to another selection, built by ``Selection.href``. So the back button
works, and a shared URL shows the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from api.dashboards.periods import EARLIEST, LATEST, LEVELS, Period, last_twelve_months, parse_period_code

PREFIX = "/dashboards/"
PAGES = ("sales", "customers")
PRODUCT_FILTERS = {
    "category": "Category",
    "subcategory": "Subcategory",
    "product": "Product",
    "line": "Product line",
}
CUSTOMER_FILTERS = {
    "country": "Country",
    "segment": "Segment",
    "age": "Age group",
    "gender": "Gender",
    "marital": "Marital status",
    "orders": "Orders",
    "recency": "Last order",
    "joined": "First order",
    "customer": "Customer",
}
FILTERS = {**PRODUCT_FILTERS, **CUSTOMER_FILTERS}
"""The parameters of the URL that filter → their titles."""

ALL_DATES = "all"
MAX_QUERY_LENGTH = 4000
MAX_VALUES = 200


class SelectionError(Exception):
    """A parameter of the URL is invalid; the message is shown on the page."""


@dataclass(frozen=True)
class Selection:
    """A selection. ``period`` None selects all dates and sales without a date.

    ``chosen`` maps a filter's parameter to its values, combined by OR. ``by`` is the level of the trend, None for the
    default of the period. ``rows``: the page also shows the rows of the selection.
    """

    page: str
    period: Period | None
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None
    rows: bool = False

    def href(self) -> str:
        """Return the URL of the selection."""
        return f"{PREFIX}{self.page}?{self.query()}"

    def query(self) -> str:
        """Return the query of the URL."""
        if self.period:
            parameters = [("from", self.period.first.isoformat()), ("to", self.period.last.isoformat())]
        else:
            parameters = [("period", ALL_DATES)]
        parameters += [(name, value) for name in FILTERS for value in self.chosen.get(name, ())]
        if self.by:
            parameters.append(("by", self.by))
        if self.rows:
            parameters.append(("rows", "1"))
        return urlencode(parameters)

    def on_page(self, page: str) -> Selection:
        """Return the same selection on another page."""
        return replace(self, page=page)

    def with_period(self, period: Period | None, by: str | None = None) -> Selection:
        """Return the selection with another period."""
        return replace(self, period=period, by=by)

    def with_filters(self, **values: str | None) -> Selection:
        """Return the selection with some filters replaced by one value each; None removes a filter."""
        chosen = {name: kept for name, kept in self.chosen.items() if name not in values}
        return replace(
            self, chosen={**chosen, **{name: (value,) for name, value in values.items() if value is not None}}
        )

    def with_toggled(self, name: str, value: str) -> Selection:
        """Return the selection with a value added to a filter, or removed if it is chosen."""
        now = self.chosen.get(name, ())
        values = tuple(each for each in now if each != value) if value in now else (*now, value)
        chosen = {**self.chosen, name: values} if values else {n: v for n, v in self.chosen.items() if n != name}
        return replace(self, chosen=chosen)

    def after_click(self, **values: str) -> Selection:
        """Return the selection after a click on an element of a card that stands for these values.

        Each filter gets its value alone. If all of them already have, the click removes the filters.
        """
        chosen = all(self.chosen.get(name) == (value,) for name, value in values.items())
        return self.with_filters(**(dict.fromkeys(values) if chosen else values))


def parse_selection(page: str, query: str, business_date: date) -> Selection:
    """Parse the query of a URL. Raises SelectionError if a parameter is invalid."""
    if len(query) > MAX_QUERY_LENGTH:
        raise SelectionError("The URL is too long: choose fewer values.")
    single: dict[str, str] = {}
    chosen: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in FILTERS:
            if value not in chosen.get(name, ()):
                chosen[name] = (*chosen.get(name, ()), value)
        elif name in ("period", "from", "to", "by", "rows"):
            single[name] = value
        else:
            raise SelectionError(f"“{name}” is not a parameter of the dashboards.")
    if single.get("by", LEVELS[0]) not in LEVELS:
        raise SelectionError(f"“by={single['by']}” must be one of {', '.join(LEVELS)}.")
    for value in chosen.get("joined", ()):
        if parse_period_code(value) is None:
            raise SelectionError(f"“joined={value}” must be a month like 2025-07, a quarter like 2025-Q3, or a year.")
    if sum(map(len, chosen.values())) > MAX_VALUES:
        raise SelectionError(f"The URL has more than {MAX_VALUES} values: choose fewer.")
    return Selection(page, _period(single, business_date), chosen, single.get("by"), "rows" in single)


def _period(parameters: Mapping[str, str], business_date: date) -> Period | None:
    if "period" in parameters:
        if parameters["period"] != ALL_DATES or "from" in parameters or "to" in parameters:
            raise SelectionError("Use either “period=all” or “from” and “to”.")
        return None
    if "from" not in parameters and "to" not in parameters:
        return last_twelve_months(business_date)
    first, last = (_day(parameters, name) for name in ("from", "to"))
    if first > last:
        raise SelectionError(f"The period ends on {last}, before it begins on {first}.")
    return Period(first, last)


def _day(parameters: Mapping[str, str], name: str) -> date:
    try:
        day = date.fromisoformat(parameters.get(name, ""))
    except ValueError:
        raise SelectionError(f"“{name}={parameters.get(name, '')}” must be a date like 2025-07-31.") from None
    if not EARLIEST <= day <= LATEST:
        raise SelectionError(f"“{name}={day}”: the year must be from {EARLIEST.year} to {LATEST.year}.")
    return day
