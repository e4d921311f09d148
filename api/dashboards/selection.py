"""The selection of a page: period and filters, as in its URL.

Every bar, cell, filter and breadcrumb is a link to another selection, built by ``Selection.href``. So the back button
works, and a shared URL shows the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from api.figures import registry
from api.figures.periods import EARLIEST, LATEST, LEVELS, Period, last_twelve_months, parse_period_code

PREFIX = "/dashboards/"
PAGES = ("sales", "customers")
PRODUCT_FILTERS = {dimension.name: dimension.title for dimension in registry.FILTERS if dimension.of == "product"}
CUSTOMER_FILTERS = {
    **{dimension.name: dimension.title for dimension in registry.FILTERS if dimension.of == "customer"},
    "orders": "Orders",
    "recency": "Last order",
    "joined": "First order",
}
FILTERS = {**PRODUCT_FILTERS, **CUSTOMER_FILTERS}
"""The parameters of the URL that filter → their titles."""

RENAMED = {"line": "product_line", "age": "age_group", "marital": "marital_status"}
"""The parameters that filtered under another name before."""

OPTIONS = {
    "by": LEVELS,
    "measure": ("sales", "profit", "margin", "orders", "quantity", "average", "customers", "new", "each", "often"),
    "split": ("country", "category", "product", "effects"),
    "top": ("sales", "orders", "quantity"),
}
"""The parameters that choose what the cards show → their values."""

ALL_DATES = "all"
MAX_QUERY_LENGTH = 4000
MAX_VALUES = 200


@lru_cache(maxsize=16_384)
def encoded(name: str, value: str) -> str:
    """Return a parameter of a query, encoded. A page has hundreds of links, which share most of their parameters."""
    return urlencode([(name, value)])


@dataclass(frozen=True)
class Selection:
    """A selection. ``period`` None selects all dates and sales without a date.

    ``chosen`` maps a filter's parameter to its values, combined by OR. ``by`` is the level of the trend, None for the
    default of the period; ``measure`` what the charts show, ``split`` what the change is divided by, and ``top`` the
    order of the best products and customers, None for the defaults. ``rows``: the page also shows the rows of the
    selection. ``wrong`` has a message for each part of the URL that was left out because it is invalid.
    """

    page: str
    period: Period | None
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None
    measure: str | None = None
    split: str | None = None
    top: str | None = None
    rows: bool = False
    wrong: tuple[str, ...] = ()

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
        parameters += [(name, value) for name in OPTIONS if (value := getattr(self, name))]
        if self.rows:
            parameters.append(("rows", "1"))
        return "&".join([encoded(name, value) for name, value in parameters])

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

    def showing(self, **options: str) -> Selection:
        """Return the selection with other options."""
        return replace(self, **options)  # type: ignore[arg-type] # all of OPTIONS are texts

    def after_click(self, **values: str) -> Selection:
        """Return the selection after a click on an element of a card that stands for these values.

        Each filter gets its value alone. If all of them already have, the click removes the filters.
        """
        chosen = all(self.chosen.get(name) == (value,) for name, value in values.items())
        return self.with_filters(**(dict.fromkeys(values) if chosen else values))


def parse_selection(page: str, query: str, business_date: date) -> Selection:
    """Parse the query of a URL.

    Parameters of others, such as those of mailing lists, are ignored. Invalid values are left out and named in
    ``wrong``.
    """
    wrong: list[str] = []
    if len(query) > MAX_QUERY_LENGTH:
        return Selection(
            page,
            last_twelve_months(business_date),
            wrong=("The URL is too long, so it was ignored: choose fewer values.",),
        )
    single: dict[str, str] = {}
    chosen: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in FILTERS:
            if name == "joined" and parse_period_code(value) is None:
                wrong.append(f"“joined={value}” must be a month like 2025-07, a quarter like 2025-Q3, or a year.")
            elif sum(map(len, chosen.values())) == MAX_VALUES:
                wrong.append(f"Only the first {MAX_VALUES} values of the URL are used: choose fewer.")
            elif value not in chosen.get(name, ()):
                chosen[name] = (*chosen.get(name, ()), value)
        elif name in RENAMED:
            wrong.append(f"“{name}={value}” was left out: the filter is now called {RENAMED[name]}.")
        elif name in ("period", "from", "to", "rows", *OPTIONS):
            kept = single.setdefault(name, value)
            if kept != value:
                wrong.append(f"“{name}={value}” was left out: {name} has one value, {kept}.")
    options = {name: single[name] for name in OPTIONS if name in single}
    for name, value in options.items():
        if value not in OPTIONS[name]:
            wrong.append(f"“{name}={value}” must be one of {', '.join(OPTIONS[name])}.")
    if single.get("rows", "1") != "1":
        wrong.append(f"“rows={single['rows']}” must be 1, or left out.")
    options = {name: value for name, value in options.items() if value in OPTIONS[name]}
    period = _period(single, business_date, wrong.append)
    return Selection(page, period, chosen, rows=single.get("rows") == "1", wrong=tuple(dict.fromkeys(wrong)), **options)


def _period(parameters: Mapping[str, str], business_date: date, complain: Callable[[str], None]) -> Period | None:
    default = last_twelve_months(business_date)
    if "period" in parameters:
        if parameters["period"] == ALL_DATES and not {"from", "to"} & parameters.keys():
            return None
        complain("Use either “period=all” or “from” and “to”.")
        return default
    if "from" not in parameters and "to" not in parameters:
        return default
    first, last = (_day(parameters, name, complain) for name in ("from", "to"))
    if first is None or last is None:
        return default
    if first > last:
        complain(f"The period ends on {last}, before it begins on {first}.")
        return default
    return Period(first, last)


def _day(parameters: Mapping[str, str], name: str, complain: Callable[[str], None]) -> date | None:
    text = parameters.get(name, "")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        other = "" if name in parameters else f", because “{'from' if name == 'to' else 'to'}” is given"
        complain(f"“{name}={text}” must be a date like 2025-07-31{other}.")
        return None
    if not EARLIEST <= day <= LATEST:
        complain(f"“{name}={day}”: the year must be from {EARLIEST.year} to {LATEST.year}.")
        return None
    return day
