"""A view of the sales cube: its order lines filtered by a selection, and the earlier ones to compare them with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from api.dashboards.measures import Groups
from api.dashboards.selection import CUSTOMER_FILTERS, FILTERS, PRODUCT_FILTERS, Selection
from api.figures.grouping import folded
from api.figures.periods import Period, parse_period_code
from api.figures.sales_cube import Lines, Mask, SalesCube, within

LONGEST_KEY = 9
"""In digits; surrogate keys are integers of SQL Server."""


@dataclass(frozen=True)
class Baseline:
    """An earlier period that the selected one is compared with, and its name in sentences."""

    period: Period
    name: str


class CubeView:
    """The order lines of a cube that a selection keeps. They are cached for each period and set of ignored filters.

    ``groups`` keeps them by the dimensions that several cards show.
    Values of filters that the cube does not have are left out of ``selection`` and named in its ``wrong``.
    """

    def __init__(self, cube: SalesCube, selection: Selection) -> None:
        self.cube = cube
        self.selection = _with_known_values(cube, selection)
        self._masks: dict[str, Mask] = {}
        self._found: dict[tuple[frozenset[str], Period | None], Lines] = {}
        self.groups: dict[tuple[Lines, str], Groups] = {}

    @property
    def lines(self) -> Lines:
        """The lines of the selection."""
        return self.lines_in(self.selection.period)

    @property
    def sold(self) -> bool:
        """Whether the selection has any line."""
        return bool(self.lines.days.size)

    def lines_without(self, *names: str) -> Lines:
        """The lines, ignoring some filters: a card shows all values of the filters that it sets."""
        return self.lines_in(self.selection.period, *names)

    def lines_in(self, period: Period | None, *without: str) -> Lines:
        """The lines of another period, ignoring some filters."""
        key = frozenset(name for name in without if name in self.selection.chosen), period
        if key not in self._found:
            self._found[key] = self.cube.lines(period, self.products(*without), self.customers(*without))
        return self._found[key]

    def dated(self, *without: str) -> Lines:
        """The lines with an order date, ignoring some filters."""
        return self.lines_in(self.selection.period or self.days, *without)

    @property
    def days(self) -> Period | None:
        """The selected period, cut to the days from the first order to the last or the business date; None if empty."""
        orders, period = self.cube.dates, self.selection.period
        if orders is None:
            return None
        latest = max(orders.last, self.cube.business_date)
        first, last = (max(period.first, orders.first), min(period.last, latest)) if period else (orders.first, latest)
        return Period(first, last) if first <= last else None

    @cached_property
    def elapsed(self) -> Period | None:
        """The selected days with orders so far: up to the last order, or to the business date; None without any.

        A period that is not over is compared with as many days of an earlier one.
        """
        orders, period = self.cube.dates, self.selection.period
        if orders is None or period is None:
            return None
        until = self.cube.latest_day
        return period.until(until) if period.first <= until else None

    @cached_property
    def before(self) -> Baseline | None:
        """The period to compare with: the same days a year earlier, or the period before if the orders start later."""
        orders, period = self.cube.dates, self.selection.period
        if orders is None or period is None or self.elapsed is None:
            return None
        until = self.elapsed.last
        year, directly = period.year_before(until), period.previous(until)
        if year.first >= orders.first:
            return Baseline(year, "the year before")
        return Baseline(directly, "the period before") if directly.first >= orders.first else None

    def products(self, *without: str) -> Mask | None:
        """Return the mask of products that pass the filters, ignoring some; None if no filter is left."""
        return self._all_of(PRODUCT_FILTERS, without)

    def customers(self, *without: str) -> Mask | None:
        """Return the mask of customers that pass the filters, ignoring some; None if no filter is left."""
        return self._all_of(CUSTOMER_FILTERS, without)

    def _all_of(self, names: Iterable[str], without: Sequence[str]) -> Mask | None:
        masks = [self._mask(name) for name in names if name in self.selection.chosen and name not in without]
        return np.all(masks, axis=0) if masks else None

    def _mask(self, name: str) -> Mask:
        if name not in self._masks:
            self._masks[name] = self._find(name, self.selection.chosen[name])
        return self._masks[name]

    def _find(self, name: str, values: Sequence[str]) -> Mask:
        if name == "product":
            return keys_among(self.cube.product_keys, values)
        if name == "customer":
            return keys_among(self.cube.customer_keys, values)
        if name == "joined":
            periods = [period for value in values if (period := parse_period_code(value))]
            joined: Mask = np.any([within(self.cube.first_days, period) for period in periods], axis=0)
            return joined
        return self.cube.attributes[name].has_any(values)


def _with_known_values(cube: SalesCube, selection: Selection) -> Selection:
    """Leave out the values of filters that the cube does not have, and name them; write the others as the cube does."""
    wrong = list(selection.wrong)
    chosen: dict[str, tuple[str, ...]] = {}
    for name, values in selection.chosen.items():
        found = {value: _known(cube, name, value) for value in values}
        what = BUCKETS.get(name, FILTERS[name].lower())
        wrong += [f"“{name}={value}”: there is no such {what}." for value in values if found[value] is None]
        if known := tuple(dict.fromkeys(value for value in found.values() if value is not None)):
            chosen[name] = known
    return replace(selection, chosen=chosen, wrong=tuple(wrong))


BUCKETS = {"orders": "number of orders", "recency": "time since the last order"}
"""What the values of filters are that have no name of one value."""


def _known(cube: SalesCube, name: str, value: str) -> str | None:
    """Return a value of a filter as the cube writes it, whatever its case and accents; None if it has no such value."""
    match name:
        case "joined":
            return value
        case "product" | "customer":
            keys = cube.product_keys if name == "product" else cube.customer_keys
            return value if keys_among(keys, [value]).any() else None
    labels = cube.attributes[name].labels
    return value if value in labels else next((each for each in labels if folded(each) == folded(value)), None)


def keys_among(keys: Any, values: Sequence[str]) -> Mask:
    """Return the mask of keys that are among the values of a filter."""
    numbers = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= LONGEST_KEY]
    mask: Mask = np.isin(keys, numbers)
    return mask


def largest(values: Sequence[float] | Any, count: int) -> list[int]:
    """Return the positions of the largest values other than 0, in descending order; equal ones keep their order."""
    order = np.argsort(-np.asarray(values), kind="stable")[:count]
    return [int(position) for position in order if values[position]]
