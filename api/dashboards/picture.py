"""The order lines behind one picture: a star and a selection brought together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from api.dashboards.periods import Period, unit_of
from api.dashboards.selection import CUSTOMER_FILTERS, PRODUCT_FILTERS, Selection, SelectionError
from api.dashboards.star import Lines, Mask, Star, number

LONGEST_KEY = 9
"""Digits: keys are integers of SQL Server."""


class Picture:
    """What a selection shows of a star. Lines are found once for each set of filters that a mark leaves out."""

    def __init__(self, star: Star, selection: Selection) -> None:
        self.star, self.selection = star, selection
        self._found: dict[tuple[str | None, Period | None], Lines] = {}

    @property
    def lines(self) -> Lines:
        """The lines that are looked at."""
        return self._find(None, self.selection.period)

    @property
    def sold(self) -> bool:
        """Whether there is any line to look at."""
        return bool(self.lines.days.size)

    def lines_without(self, name: str) -> Lines:
        """The lines without regard to one filter: what the mark shows by which it is chosen."""
        return self._find(name if name in self.selection.chosen else None, self.selection.period)

    def lines_in(self, period: Period | None) -> Lines:
        """The lines of another period."""
        return self._find(None, period)

    @property
    def days(self) -> Period | None:
        """The days that are looked at, no further than the orders and the business date go; None if there are none."""
        there, wanted = self.star.dates, self.selection.period
        if there is None:
            return None
        latest = max(there.last, self.star.business_date)
        first, last = (max(wanted.first, there.first), min(wanted.last, latest)) if wanted else (there.first, latest)
        return Period(first, last) if first <= last else None

    def products(self, without: str | None = None) -> Mask | None:
        """Say which products pass the filters, one left out or none; None if there are no filters."""
        return self._all_of(PRODUCT_FILTERS, without)

    def customers(self, without: str | None = None) -> Mask | None:
        """Say which customers pass the filters, one left out or none; None if there are no filters."""
        return self._all_of(CUSTOMER_FILTERS, without)

    def _find(self, without: str | None, period: Period | None) -> Lines:
        key = (without, period)
        if key not in self._found:
            self._found[key] = self.star.lines(period, self.products(without), self.customers(without))
        return self._found[key]

    def _all_of(self, names: Any, without: str | None) -> Mask | None:
        masks = [self._mask(name) for name in names if name in self.selection.chosen and name != without]
        return np.all(masks, axis=0) if masks else None

    def _mask(self, name: str) -> Mask:
        values = self.selection.chosen[name]
        if name == "product":
            return are_any(self.star.product_keys, values)
        if name == "customer":
            return are_any(self.star.customer_keys, values)
        if name == "joined":
            periods = [joined_period(value) for value in values]
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


def joined_value(part: Period) -> str:
    """Write a month or quarter as the filter for the first order takes it: 2025-07 or 2025-Q3."""
    return f"{part.first:%Y-%m}" if part.unit == "month" else f"{part.first.year}-Q{(part.first.month + 2) // 3}"


def joined_period(value: str) -> Period:
    """Read what ``joined_value`` wrote. Raises SelectionError."""
    year, _, rest = value.partition("-")
    try:
        if rest.startswith("Q"):
            period = unit_of(date(int(year), int(rest[1:]) * 3, 1), "quarter")
        else:
            period = unit_of(date(int(year), int(rest), 1), "month")
    except ValueError:
        raise SelectionError(f"“joined={value}” is no month like 2025-07 and no quarter like 2025-Q3.") from None
    return period


def largest(values: Sequence[float] | Any, count: int) -> list[int]:
    """Return the places of the largest values that are not 0, the largest first, equal ones in their order."""
    order = np.argsort(-np.asarray(values), kind="stable")[:count]
    return [int(place) for place in order if values[place]]
