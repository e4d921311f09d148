"""The measures of the pages: what a tile shows, and what the charts of the page show once the tile is chosen.

A measure is a sum over order lines, a distinct count, or a ratio of two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from api.dashboards.charts import format_decimal, format_integer, format_percent
from api.figures.periods import Period
from api.figures.registry import title_of
from api.figures.sales_cube import NO_DAY, Floats, Ints, Lines, Mask, distinct, summed, within


@dataclass(frozen=True)
class Measure:
    """A measure: title, number format, and its parts. ``per`` is the divisor of a ratio.

    A part is a name of ``PARTS``.
    """

    name: str
    title: str
    format: Callable[[float], str]
    part: str
    per: str | None = None

    @property
    def is_share(self) -> bool:
        """Whether the measure is a percentage, so that its changes are percentage points."""
        return self.format is format_percent

    @property
    def axis_format(self) -> str:
        """The format of its axis in Plotly."""
        return ".0%" if self.is_share else ",~s"

    @property
    def hover_format(self) -> str:
        """The format of its values in labels of Plotly."""
        return ".1%" if self.is_share else ",.2f" if self.format is format_decimal else ",.0f"

    def total(self, lines: Lines, period: Period | None) -> float | None:
        """Return the measure of some lines; None if its divisor is 0."""
        value = TOTALS[self.part](lines, period)
        if self.per is None:
            return float(value)
        divisor = TOTALS[self.per](lines, period)
        return value / divisor if divisor else None

    def of(self, groups: Groups, period: Period | None) -> Floats:
        """Return the measure of each group; NaN where its divisor is 0."""
        values = groups.part(self.part, period)
        if self.per is None:
            return values
        divisors = groups.part(self.per, period)
        ratios: Floats = np.divide(values, divisors, out=np.full(len(values), np.nan), where=divisors != 0)
        return ratios


@dataclass(frozen=True)
class Groups:
    """Order lines in groups: the group of each line, the number of groups, and the group of each customer.

    ``of_customers`` is None if the groups divide the orders of a customer; ``of_orders``: whether the lines of an order
    are in one group. The parts of measures are kept in ``found``, because several measures have a part in common.
    """

    lines: Lines
    of_lines: Ints
    count: int
    of_customers: Ints | None = None
    of_orders: bool = True
    found: dict[tuple[str, Period | None], Floats] = field(default_factory=dict, compare=False, repr=False)

    def part(self, name: str, period: Period | None) -> Floats:
        """Return a part of a measure, a name of ``PARTS``, of each group."""
        if (name, period) not in self.found:
            self.found[name, period] = PARTS[name](self, period)
        return self.found[name, period]

    def sum(self, measure: str) -> Floats:
        """Add up a measure of the lines."""
        return summed(self.of_lines, self.lines.measure(measure), self.count)

    def orders(self) -> Floats:
        """Count the distinct orders; an order counts in each group with one of its lines."""
        return self.lines.orders_by(self.of_lines, self.count, whole=self.of_orders).astype(np.float64)

    def customers(self, among: Mask | None = None) -> Floats:
        """Count the distinct customers, those of a mask or all."""
        if self.of_customers is None:
            return self.customers_of(slice(None) if among is None else among[self.lines.customers])
        buying = self.lines.buying if among is None else self.lines.buying & among
        return np.bincount(self.of_customers[buying], minlength=self.count).astype(np.float64)

    def customers_of(self, where: Mask | slice) -> Floats:
        """Count the distinct customers of some of the lines."""
        members, count = self.lines.customers[where], len(self.lines.cube.customer_keys)
        return distinct(members, count, self.of_lines[where], self.count).astype(np.float64)


def by_customer(lines: Lines, codes: Ints, count: int) -> Groups:
    """Group lines by an attribute of their customers."""
    return Groups(lines, codes[lines.customers], count, codes)


def by_product(lines: Lines, codes: Ints, count: int) -> Groups:
    """Group lines by an attribute of their products."""
    return Groups(lines, codes[lines.products], count, of_orders=False)


def by_part(lines: Lines, parts: Sequence[Period]) -> Groups:
    """Group lines by period; the periods are contiguous and contain all lines."""
    return Groups(lines, lines.part(parts), len(parts))


def new_customers(lines: Lines, period: Period | None) -> Mask:
    """Return the mask of the customers of the cube whose very first order lies in a period."""
    first = lines.cube.first_days
    if period is None:
        return first > NO_DAY
    return within(first, period)


PARTS: Mapping[str, Callable[[Groups, Period | None], Floats]] = {
    "sales": lambda groups, _: groups.sum("sales"),
    "profit": lambda groups, _: groups.sum("profit"),
    "quantity": lambda groups, _: groups.sum("quantity"),
    "orders": lambda groups, _: groups.orders(),
    "customers": lambda groups, _: groups.customers(),
    "new": lambda groups, period: groups.customers(new_customers(groups.lines, period)),
}
"""Name of a part → its value by group in a period (None: all dates)."""

TOTALS: Mapping[str, Callable[[Lines, Period | None], int]] = {
    "sales": lambda lines, _: lines.total("sales"),
    "profit": lambda lines, _: lines.total("profit"),
    "quantity": lambda lines, _: lines.total("quantity"),
    "orders": lambda lines, _: lines.orders,
    "customers": lambda lines, _: int(np.count_nonzero(lines.buying)),
    "new": lambda lines, period: int(np.count_nonzero(lines.buying & new_customers(lines, period))),
}
"""The same parts of some lines as a whole."""

SALES = Measure("sales", title_of("total_sales"), format_integer, "sales")
PROFIT = Measure("profit", title_of("total_profit"), format_integer, "profit")
ORDERS = Measure("orders", title_of("total_orders"), format_integer, "orders")
QUANTITY = Measure("quantity", title_of("total_quantity"), format_integer, "quantity")
MARGIN = Measure("margin", title_of("profit_margin"), format_percent, "profit", "sales")
AVERAGE = Measure("average", title_of("avg_order_value"), format_decimal, "sales", "orders")
CUSTOMERS = Measure("customers", title_of("total_customers"), format_integer, "customers")
NEW = Measure("new", "New customers", format_integer, "new")
EACH = Measure("each", "Sales per customer", format_decimal, "sales", "customers")
OFTEN = Measure("often", "Orders per customer", format_decimal, "orders", "customers")

MEASURES: Mapping[str, Sequence[Measure]] = {
    "sales": (SALES, PROFIT, MARGIN, ORDERS, QUANTITY, AVERAGE),
    "customers": (CUSTOMERS, NEW, ORDERS, SALES, EACH, OFTEN),
}
"""Page → its measures in the order of the tiles; the first is shown unless another is chosen."""


def measure_of(page: str, name: str | None) -> Measure:
    """Return a page's measure by name, or its first one."""
    return next((measure for measure in MEASURES[page] if measure.name == name), MEASURES[page][0])
