"""A run in memory, as a small star: order lines as columns of numbers, products and customers around them.

Every picture adds up most of the order lines in a dozen ways, and a run never changes once it is published: so each
process reads it from Postgres once (``stars``), and a click is a few passes of numpy over columns, some milliseconds
for a million lines, instead of a dozen statements. It takes about 40 bytes a line in each process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.dashboards.periods import EARLIEST, LATEST, Period

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

UNKNOWN = "n/a"
"""How gold calls what the sources do not say; here also what it leaves NULL."""

EPOCH = date(1970, 1, 1)
NO_DAY = np.iinfo(np.int32).min
MEASURES = ("sales", "profit", "quantity")


@dataclass(frozen=True)
class Attribute:
    """What is known of each product or customer: the values there are, and which of them each has."""

    labels: Sequence[str]
    codes: Ints

    def is_any(self, values: Sequence[str]) -> Mask:
        """Say which have one of some values."""
        wanted = np.isin(np.array(self.labels, dtype=object), values)
        return wanted[self.codes]

    def sum(self, of_each: Floats) -> Floats:
        """Add up figures of each product or customer by the value it has."""
        return summed(self.codes, of_each, len(self.labels))


class Lines:
    """Some of the order lines, in the order of their days. What is asked for twice is added up once.

    Figures are whole numbers, kept as floats that hold them exactly.
    """

    def __init__(self, star: Star, where: slice | Ints) -> None:
        self.star, self._where = star, where
        self._measures: dict[str, Floats] = {}
        self._by_customer: dict[str, Floats] = {}

    @cached_property
    def days(self) -> Ints:
        """Days since 1970 of each line, NO_DAY where there is none."""
        return self.star.days[self._where]

    @cached_property
    def products(self) -> Ints:
        """Number of the product of each line."""
        return self.star.line_products[self._where]

    @cached_property
    def customers(self) -> Ints:
        """Number of the customer of each line."""
        return self.star.line_customers[self._where]

    @cached_property
    def buying(self) -> Mask:
        """Say which customers have any of the lines."""
        buying = np.zeros(len(self.star.customer_keys), dtype=np.bool_)
        buying[self.customers] = True
        return buying

    def measure(self, name: str) -> Floats:
        """Return a measure of each line."""
        if name not in self._measures:
            self._measures[name] = self.star.measures[name][self._where]
        return self._measures[name]

    def total(self, measure: str) -> int:
        """Add up a measure."""
        return int(self.measure(measure).sum())

    def by_product(self, measure: str) -> Floats:
        """Add up a measure by product."""
        return summed(self.products, self.measure(measure), len(self.star.product_keys))

    def by_customer(self, measure: str) -> Floats:
        """Add up a measure by customer."""
        if measure not in self._by_customer:
            values = summed(self.customers, self.measure(measure), len(self.star.customer_keys))
            self._by_customer[measure] = values
        return self._by_customer[measure]

    def by_part(self, parts: Sequence[Period], measure: str) -> Floats:
        """Add up a measure by period; the periods follow each other and hold all lines."""
        return summed(self.part(parts), self.measure(measure), len(parts))

    def part(self, parts: Sequence[Period]) -> Ints:
        """Return the number of the period that each line lies in; the periods follow each other and hold all lines."""
        begins = np.searchsorted(self.days, [number(part.first) for part in parts])
        return np.repeat(np.arange(len(parts), dtype=np.int32), np.diff(begins, append=self.days.size))

    @cached_property
    def orders(self) -> int:
        """How many orders these lines are of."""
        return int(np.count_nonzero(self._present))

    def orders_by(self, group: Ints, count: int) -> Ints:
        """Count the distinct orders in each group of lines, exactly: an order counts in each group it has a line in."""
        star, orders = self.star, self._orders
        of_order = np.empty(star.order_count, dtype=group.dtype)
        of_order[orders] = group
        if not star.has_mixed_orders:
            return np.bincount(of_order[self._present], minlength=count)
        counts = np.bincount(of_order[self._present & ~star.mixed_orders], minlength=count)
        mixed = star.mixed_orders[orders]
        pairs = np.unique(orders[mixed].astype(np.int64) * count + group[mixed])
        return counts + np.bincount(pairs % count, minlength=count)

    @cached_property
    def _orders(self) -> Ints:
        return self.star.orders[self._where]

    @cached_property
    def _present(self) -> Mask:
        present = np.zeros(self.star.order_count, dtype=np.bool_)
        present[self._orders] = True
        return present


@dataclass(frozen=True)
class Star:
    """A run. Lines lie in the order of their days, those without a day first.

    ``product_keys`` and ``customer_keys`` are in order; other arrays about products and customers follow them.
    ``mixed_orders`` have lines of several days or customers, which is wrong and may be.
    ``first_days`` are the days since 1970 of each customer's first order, NO_DAY without one.
    """

    run_id: int
    business_date: date
    synced_at: datetime
    sample_customers: int | None
    product_keys: Ints
    product_names: Sequence[str]
    customer_keys: Ints
    attributes: Mapping[str, Attribute]
    first_days: Ints
    days: Ints
    line_products: Ints
    line_customers: Ints
    orders: Ints
    order_count: int
    mixed_orders: Mask
    measures: Mapping[str, Floats]

    @cached_property
    def has_mixed_orders(self) -> bool:
        """Whether there are any orders of several days or customers."""
        return bool(self.mixed_orders.any())

    @cached_property
    def dates(self) -> Period | None:
        """The days from the first order to the last that can be shown; None if there is no such order."""
        bounds = np.searchsorted(self.days, [number(EARLIEST), number(LATEST) + 1])
        known = self.days[slice(*bounds)]
        return Period(day_of(int(known[0])), day_of(int(known[-1]))) if known.size else None

    def lines(self, period: Period | None, products: Mask | None = None, customers: Mask | None = None) -> Lines:
        """Return the lines of a period (None: all, those without a day too), of some products and customers."""
        first, last = 0, len(self.days)
        if period:
            first = int(np.searchsorted(self.days, number(period.first), side="left"))
            last = int(np.searchsorted(self.days, number(period.last), side="right"))
        here = slice(first, last)
        wanted: Mask | None = None
        if products is not None:
            wanted = products[self.line_products[here]]
        if customers is not None:
            of_customers = customers[self.line_customers[here]]
            wanted = of_customers if wanted is None else wanted & of_customers
        return Lines(self, here if wanted is None else np.flatnonzero(wanted) + first)


def summed(groups: Ints, values: Floats, count: int) -> Floats:
    """Add up values by group."""
    return np.bincount(groups, values, count).astype(np.float64, copy=False)


def number(day: date) -> int:
    """Return a day as days since 1970."""
    return (day - EPOCH).days


def day_of(days: int) -> date:
    """Return the day that is so many days after 1970 began."""
    return date.fromordinal(EPOCH.toordinal() + days)
