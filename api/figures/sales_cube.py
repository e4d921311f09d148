"""The sales cube: the order lines of a sync run in memory, as numpy arrays, with their products and customers.

A page adds up most of the order lines in a dozen ways, and a published run never changes. So each process reads the
run from Postgres once (``cube_loader``). A click is then a few numpy operations, some milliseconds for a million
lines, instead of a dozen statements. The cube takes about 60 bytes a line in each process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.periods import EARLIEST, LATEST, Period

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

UNKNOWN = "n/a"
"""Gold's label for a value that the sources lack; the cube also uses it for NULL."""

EPOCH = date(1970, 1, 1)
NO_DAY = np.iinfo(np.int32).min
MEASURES = ("sales", "profit", "quantity")
MOST_CELLS = 50_000_000
"""The largest table of members and groups that is filled cell by cell; above, sorting their pairs takes less memory."""


@dataclass(frozen=True)
class Attribute:
    """An attribute of products or customers: its distinct values, and for each member the index of its value."""

    labels: Sequence[str]
    codes: Ints

    def has_any(self, values: Sequence[str]) -> Mask:
        """Return the mask of members with one of some values."""
        among = np.isin(np.array(self.labels, dtype=object), values)
        return among[self.codes]

    def sum(self, of_each: Floats) -> Floats:
        """Add up a measure of each member by the value of the attribute."""
        return summed(self.codes, of_each, len(self.labels))


@dataclass(frozen=True)
class Values:
    """The values of products or customers in one column of gold, null first, and for each member the index of its own.

    Unlike an ``Attribute`` it tells null from gold's label for what the sources lack.
    """

    labels: Sequence[str | None]
    codes: Ints


class Lines:
    """A subset of the order lines, sorted by day. Sums are cached.

    Measures are whole numbers, stored as floats that represent them exactly.
    """

    def __init__(self, cube: SalesCube, where: slice | Ints) -> None:
        self.cube, self._where = cube, where
        self._measures: dict[str, Floats] = {}
        self._by_customer: dict[str, Floats] = {}

    @property
    def places(self) -> Ints:
        """The positions of the lines in the arrays of the cube."""
        return np.arange(self._where.start, self._where.stop) if isinstance(self._where, slice) else self._where

    @cached_property
    def days(self) -> Ints:
        """The order date of each line in days since 1970-01-01; NO_DAY if it has none."""
        return self.cube.days[self._where]

    @cached_property
    def products(self) -> Ints:
        """The position of each line's product in ``product_keys``."""
        return self.cube.line_products[self._where]

    @cached_property
    def customers(self) -> Ints:
        """The position of each line's customer in ``customer_keys``."""
        return self.cube.line_customers[self._where]

    @cached_property
    def buying(self) -> Mask:
        """The mask of customers with at least one of the lines."""
        buying = np.zeros(len(self.cube.customer_keys), dtype=np.bool_)
        buying[self.customers] = True
        return buying

    def measure(self, name: str) -> Floats:
        """Return a measure of each line."""
        if name not in self._measures:
            self._measures[name] = self.cube.measures[name][self._where]
        return self._measures[name]

    def known(self, name: str) -> Mask | None:
        """Return the mask of the lines that have a measure; None if all of the cube have it."""
        known = self.cube.known[name]
        return None if known is None else known[self._where]

    def among(self, where: Mask) -> Lines:
        """Return some of the lines."""
        return Lines(self.cube, self.places[where])

    def total(self, measure: str) -> int:
        """Add up a measure."""
        return int(self.measure(measure).sum())

    def by_product(self, measure: str) -> Floats:
        """Add up a measure by product."""
        return summed(self.products, self.measure(measure), len(self.cube.product_keys))

    def by_customer(self, measure: str) -> Floats:
        """Add up a measure by customer."""
        if measure not in self._by_customer:
            values = summed(self.customers, self.measure(measure), len(self.cube.customer_keys))
            self._by_customer[measure] = values
        return self._by_customer[measure]

    def by_part(self, parts: Sequence[Period], measure: str) -> Floats:
        """Add up a measure by period; the periods are contiguous and contain all lines."""
        return summed(self.part(parts), self.measure(measure), len(parts))

    def part(self, parts: Sequence[Period]) -> Ints:
        """Return the position of each line's period; the periods are contiguous and contain all lines."""
        begins = place_of(self.days, [number(part.first) for part in parts])
        return np.repeat(np.arange(len(parts), dtype=np.int32), np.diff(begins, append=self.days.size))

    @cached_property
    def orders(self) -> int:
        """The number of distinct orders."""
        return int(np.count_nonzero(self._present))

    def orders_by(self, group: Ints, count: int, *, whole: bool = True) -> Ints:
        """Count the distinct orders in each group of lines; an order counts in each group with one of its lines.

        ``whole``: the groups keep the lines of one day and customer together, so that only mixed orders are divided.
        """
        cube, orders = self.cube, self._orders
        if not whole:
            return distinct(orders, cube.order_count, group, count)
        of_order = np.empty(cube.order_count, dtype=group.dtype)
        of_order[orders] = group
        if not cube.has_mixed_orders:
            return np.bincount(of_order[self._present], minlength=count)
        counts = np.bincount(of_order[self._present & ~cube.mixed_orders], minlength=count)
        mixed = cube.mixed_orders[orders]
        return counts + distinct(orders[mixed], cube.order_count, group[mixed], count)

    @cached_property
    def _orders(self) -> Ints:
        return self.cube.orders[self._where]

    @cached_property
    def _present(self) -> Mask:
        present = np.zeros(self.cube.order_count, dtype=np.bool_)
        present[self._orders] = True
        return present


@dataclass(frozen=True, eq=False)
class SalesCube:
    """The cube of a sync run. Lines are sorted by day; those without an order date come first.

    ``product_keys`` and ``customer_keys`` are sorted; other arrays about products and customers are parallel to them.
    ``values`` has the columns of gold by which sales are grouped, and ``known`` for each measure the mask of the lines
    that have it, None if all do. ``mixed_orders`` is the mask of orders with lines of several days or customers, an
    error of the sources. ``first_days`` holds each customer's first order date in days since 1970-01-01, NO_DAY without
    one.
    """

    run_id: int
    business_date: date
    synced_at: datetime
    sample_customers: int | None
    product_keys: Ints
    product_names: Sequence[str]
    customer_keys: Ints
    attributes: Mapping[str, Attribute]
    values: Mapping[str, Values]
    first_days: Ints
    days: Ints
    line_products: Ints
    line_customers: Ints
    orders: Ints
    order_count: int
    mixed_orders: Mask
    measures: Mapping[str, Floats]
    known: Mapping[str, Mask | None]

    def keys_of(self, members: str) -> Ints:
        """Return the keys of ``product`` or ``customer``."""
        return self.product_keys if members == "product" else self.customer_keys

    @cached_property
    def has_mixed_orders(self) -> bool:
        """Whether any order has lines of several days or customers."""
        return bool(self.mixed_orders.any())

    @cached_property
    def dates(self) -> Period | None:
        """The days from the first order to the last, within EARLIEST to LATEST; None if there is no such order."""
        bounds = place_of(self.days, [number(EARLIEST), number(LATEST) + 1])
        known = self.days[slice(*bounds)]
        return Period(day_of(int(known[0])), day_of(int(known[-1]))) if known.size else None

    @property
    def latest_day(self) -> date:
        """The day until which an unfinished period counts: that of the last order, or the business date before it.

        The drop of a business date has the orders until the day before.
        """
        return min(self.business_date, self.dates.last) if self.dates else self.business_date

    def lines(self, period: Period | None, products: Mask | None = None, customers: Mask | None = None) -> Lines:
        """Return the lines of a period, products and customers; without a period, also those without a date."""
        first, last = 0, len(self.days)
        if period:
            first = int(place_of(self.days, number(period.first)))
            last = int(place_of(self.days, number(period.last) + 1))
        span = slice(first, last)
        mask: Mask | None = None
        if products is not None:
            mask = products[self.line_products[span]]
        if customers is not None:
            of_customers = customers[self.line_customers[span]]
            mask = of_customers if mask is None else mask & of_customers
        return Lines(self, span if mask is None else np.flatnonzero(mask) + first)


def distinct(members: Ints, member_count: int, groups: Ints, count: int) -> Ints:
    """Count the distinct members in each group."""
    pairs = groups.astype(np.int64) * member_count + members
    if member_count * count <= MOST_CELLS:
        seen = np.zeros(member_count * count, dtype=np.bool_)
        seen[pairs] = True
        found: Ints = np.count_nonzero(seen.reshape(count, member_count), axis=1)
        return found
    pairs.sort()  # np.unique would take 50 times as long, because it hashes
    is_first = np.ones(pairs.size, dtype=np.bool_)
    is_first[1:] = pairs[1:] != pairs[:-1]
    return np.bincount(pairs[is_first] // member_count, minlength=count)


def summed(groups: Ints, values: Floats, count: int) -> Floats:
    """Add up values by group number, 0 to ``count`` - 1."""
    return np.bincount(groups, values, count).astype(np.float64, copy=False)


def place_of(days: Ints, numbers: int | Sequence[int]) -> Any:
    """Return the place of each number in sorted days, before equal ones.

    The numbers get the type of the days first, because NumPy would convert all the days to the type of the numbers.
    """
    return np.searchsorted(days, np.array(numbers, dtype=days.dtype))


def within(days: Ints, period: Period) -> Mask:
    """Return the mask of days that lie in a period."""
    mask: Mask = (days >= number(period.first)) & (days <= number(period.last))
    return mask


def number(day: date) -> int:
    """Return a date as days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(days: int) -> date:
    """Return the date from its days since 1970-01-01."""
    return date.fromordinal(EPOCH.toordinal() + days)
