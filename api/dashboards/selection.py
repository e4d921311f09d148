"""What is looked at: page, period and filters, as the address of the page holds them.

A link is all it takes to get from one picture to another: every mark, filter and crumb on the pages is one, made
with ``Selection.href``. So the back button works, and an address that is passed on shows the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from api.dashboards.periods import EARLIEST, LATEST, LEVELS, Period, from_code, last_twelve_months

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
"""The parameters of the address that filter, and what people call them."""

ALL_DATES = "all"
LARGEST_ADDRESS = 4000
MOST_VALUES = 200


class SelectionError(Exception):
    """The address asks for something that there is not; the text says what, for the page."""


@dataclass(frozen=True)
class Selection:
    """One picture. ``period`` None stands for all dates, and for sales without one.

    ``chosen`` maps a filter's parameter to the values of which one must hold. ``by`` is the level that the trend is
    drawn at when it is not the period's own. ``rows``: the rows behind the picture are shown, too.
    """

    page: str
    period: Period | None
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None
    rows: bool = False

    def href(self) -> str:
        """Return the address."""
        return f"{PREFIX}{self.page}?{self.query()}"

    def query(self) -> str:
        """Return the address's parameters."""
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

    def on(self, page: str) -> Selection:
        """Look at the same on another page."""
        return replace(self, page=page)

    def within(self, period: Period | None, by: str | None = None) -> Selection:
        """Look at another period."""
        return replace(self, period=period, by=by)

    def choosing(self, **values: str | None) -> Selection:
        """Filter by one value each, instead of what is chosen; None chooses nothing."""
        chosen = {name: kept for name, kept in self.chosen.items() if name not in values}
        return replace(
            self, chosen={**chosen, **{name: (value,) for name, value in values.items() if value is not None}}
        )

    def toggling(self, name: str, value: str) -> Selection:
        """Add a value to a filter, or take it away when it is there."""
        now = self.chosen.get(name, ())
        values = tuple(each for each in now if each != value) if value in now else (*now, value)
        chosen = {**self.chosen, name: values} if values else {n: v for n, v in self.chosen.items() if n != name}
        return replace(self, chosen=chosen)

    def clicked(self, **values: str) -> Selection:
        """Filter by a mark's values alone; a click on the only chosen one lifts the filter."""
        chosen = all(self.chosen.get(name) == (value,) for name, value in values.items())
        return self.choosing(**(dict.fromkeys(values) if chosen else values))


def read_address(page: str, query: str, business_date: date) -> Selection:
    """Read what an address asks for. Raises SelectionError for what there is not."""
    if len(query) > LARGEST_ADDRESS:
        raise SelectionError("The address is too long: choose fewer values.")
    single: dict[str, str] = {}
    chosen: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in FILTERS:
            if value not in chosen.get(name, ()):
                chosen[name] = (*chosen.get(name, ()), value)
        elif name in ("period", "from", "to", "by", "rows"):
            single[name] = value
        else:
            raise SelectionError(f"The address asks for “{name}”, which is no filter.")
    if single.get("by", LEVELS[0]) not in LEVELS:
        raise SelectionError(f"“by={single['by']}” is none of {', '.join(LEVELS)}.")
    for value in chosen.get("joined", ()):
        if from_code(value) is None:
            raise SelectionError(f"“joined={value}” is no month like 2025-07, quarter like 2025-Q3 or year.")
    if sum(map(len, chosen.values())) > MOST_VALUES:
        raise SelectionError("The address holds too many values: choose fewer.")
    return Selection(page, _period(single, business_date), chosen, single.get("by"), "rows" in single)


def _period(given: Mapping[str, str], business_date: date) -> Period | None:
    if "period" in given:
        if given["period"] != ALL_DATES or "from" in given or "to" in given:
            raise SelectionError("A period is “period=all”, or “from” and “to”.")
        return None
    if "from" not in given and "to" not in given:
        return last_twelve_months(business_date)
    first, last = (_day(given, name) for name in ("from", "to"))
    if first > last:
        raise SelectionError(f"The period ends ({last}) before it begins ({first}).")
    return Period(first, last)


def _day(given: Mapping[str, str], name: str) -> date:
    try:
        day = date.fromisoformat(given.get(name, ""))
    except ValueError:
        raise SelectionError(f"“{name}={given.get(name, '')}” is no day like 2025-07-31.") from None
    if not EARLIEST <= day <= LATEST:
        raise SelectionError(f"“{name}={day}”: the years {EARLIEST.year} to {LATEST.year} can be shown.")
    return day
