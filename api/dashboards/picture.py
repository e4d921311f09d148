"""The order lines behind one picture: a star and a selection brought together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from api.dashboards.periods import Period, from_code
from api.dashboards.selection import CUSTOMER_FILTERS, PRODUCT_FILTERS, Selection
from api.dashboards.star import Lines, Mask, Star, number

LONGEST_KEY = 9
"""Digits: keys are integers of SQL Server."""


class Picture:
    """What a selection shows of a star. Lines are found once for each set of filters that a mark leaves out."""

    def __init__(self, star: Star, selection: Selection) -> None:
        self.star, self.selection = star, selection
        self._masks: dict[str, Mask] = {}
        self._found: dict[tuple[frozenset[str], Period | None], Lines] = {}

    @property
    def lines(self) -> Lines:
        """The lines that are looked at."""
        return self.lines_in(self.selection.period)

    @property
    def sold(self) -> bool:
        """Whether there is any line to look at."""
        return bool(self.lines.days.size)

    def lines_without(self, *names: str) -> Lines:
        """The lines without regard to some filters: what the mark shows by which they are chosen."""
        return self.lines_in(self.selection.period, *names)

    def lines_in(self, period: Period | None, *without: str) -> Lines:
        """The lines of another period, without regard to some filters."""
        key = frozenset(name for name in without if name in self.selection.chosen), period
        if key not in self._found:
            self._found[key] = self.star.lines(period, self.products(*without), self.customers(*without))
        return self._found[key]

    def dated(self, *without: str) -> Lines:
        """The lines that have a day."""
        return self.lines_in(self.selection.period or self.days, *without)

    @property
    def days(self) -> Period | None:
        """The days that are looked at, no further than the orders and the business date go; None if there are none."""
        there, wanted = self.star.dates, self.selection.period
        if there is None:
            return None
        latest = max(there.last, self.star.business_date)
        first, last = (max(wanted.first, there.first), min(wanted.last, latest)) if wanted else (there.first, latest)
        return Period(first, last) if first <= last else None

    def products(self, *without: str) -> Mask | None:
        """Say which products pass the filters, some left out; None if there are no others."""
        return self._all_of(PRODUCT_FILTERS, without)

    def customers(self, *without: str) -> Mask | None:
        """Say which customers pass the filters, some left out; None if there are no others."""
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
            return are_any(self.star.product_keys, values)
        if name == "customer":
            return are_any(self.star.customer_keys, values)
        if name == "joined":
            periods = [period for value in values if (period := from_code(value))]
            joined: Mask = np.any([within(self.star.first_days, period) for period in periods], axis=0)
            return joined
        return self.star.attributes[name].is_any(values)


def are_any(keys: Any, values: Sequence[str]) -> Mask:
    """Say which keys are among those of an address."""
    numbers = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= LONGEST_KEY]
    mask: Mask = np.isin(keys, numbers)
    return mask


def within(days: Any, period: Period) -> Mask:
    """Say which days lie in a period."""
    mask: Mask = (days >= number(period.first)) & (days <= number(period.last))
    return mask


def largest(values: Sequence[float] | Any, count: int) -> list[int]:
    """Return the places of the largest values that are not 0, the largest first, equal ones in their order."""
    order = np.argsort(-np.asarray(values), kind="stable")[:count]
    return [int(place) for place in order if values[place]]
