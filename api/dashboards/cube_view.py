"""A view of the sales cube: its order lines filtered by a selection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from api.dashboards.periods import Period, parse_period_code
from api.dashboards.sales_cube import Lines, Mask, SalesCube, number
from api.dashboards.selection import CUSTOMER_FILTERS, PRODUCT_FILTERS, Selection

LONGEST_KEY = 9
"""In digits; surrogate keys are integers of SQL Server."""


class CubeView:
    """The order lines of a cube that a selection keeps. They are cached for each period and set of ignored filters."""

    def __init__(self, cube: SalesCube, selection: Selection) -> None:
        self.cube, self.selection = cube, selection
        self._masks: dict[str, Mask] = {}
        self._found: dict[tuple[frozenset[str], Period | None], Lines] = {}

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


def keys_among(keys: Any, values: Sequence[str]) -> Mask:
    """Return the mask of keys that are among the values of a filter."""
    numbers = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= LONGEST_KEY]
    mask: Mask = np.isin(keys, numbers)
    return mask


def within(days: Any, period: Period) -> Mask:
    """Return the mask of days that lie in a period."""
    mask: Mask = (days >= number(period.first)) & (days <= number(period.last))
    return mask


def largest(values: Sequence[float] | Any, count: int) -> list[int]:
    """Return the positions of the largest values other than 0, in descending order; equal ones keep their order."""
    order = np.argsort(-np.asarray(values), kind="stable")[:count]
    return [int(position) for position in order if values[position]]
