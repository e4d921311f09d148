"""Sales added up by any combination of dimensions, from the arrays of a sales cube.

Each dimension gives every order line a number. The numbers of several dimensions are combined to one, compressed after
each step, so that they keep their order and never overflow. Sums are then NumPy's ``bincount`` by that number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

import numpy as np

from api.figures.periods import MONTHS, Period, add_months
from api.figures.registry import DEFAULT_MEASURES, FILTERS, Dimension, dimension_of
from api.figures.sales_cube import NO_DAY, Ints, Lines, Mask, SalesCube, day_of, distinct, summed

UNITS = {"day": "D", "month": "M", "year": "Y"}
"""Dimension of days → NumPy's unit of time."""

COMPARISONS: Mapping[str, Callable[[Period, date], Period]] = {
    "previous_period": Period.previous,
    "previous_year": Period.year_before,
}
"""What a period may be compared with; both take the day until which an unfinished period counts."""

EARLIER = "previous_"
"""Prefix of the names of an earlier period's measures."""

SUMS = {"total_sales": "sales", "total_profit": "profit", "total_quantity": "quantity"}


RATIOS = {"avg_order_value": ("total_sales", "total_orders"), "profit_margin": ("total_profit", "total_sales")}
"""Measure → the measures that it divides."""


@dataclass(frozen=True)
class Question:
    """Which sales to add up, and how.

    ``filters`` holds dimensions with their values, combined by OR; texts are compared without regard to case and to the
    spelling of accents. ``sort`` is a measure, None for the order of the groups. ``top`` keeps the first groups.
    ``compare`` is one of COMPARISONS: the measures of an earlier period are added; it needs ``first`` and ``last``.
    Grouped by time, each unit is compared with the unit at the same place of the earlier period.
    """

    group_by: tuple[str, ...]
    measures: tuple[str, ...] = DEFAULT_MEASURES
    first: date | None = None
    last: date | None = None
    filters: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    sort: str | None = None
    descending: bool = False
    top: int | None = None
    compare: str | None = None


@dataclass(frozen=True)
class Answer:
    """The groups as rows with the columns of ``names``, and the measures of the groups beyond the top ones, if any.

    ``compared_with`` is the earlier period of a comparison.
    """

    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    rest: dict[str, Any] | None = None
    compared_with: Period | None = None


class UnalignedPeriodsError(Exception):
    """Grouped by a unit of time, the periods of a comparison do not begin at the same place of a unit."""

    def __init__(self, unit: str, now: Period, before: Period) -> None:
        super().__init__(
            f"cannot be grouped by {unit}, because the period before {now.first} to {now.last} begins on "
            f"{before.first}: send from and to of whole {unit}s, or group by day."
        )


def answered(cube: SalesCube, question: Question) -> Answer:
    """Add up the lines of a cube; of many answers the cube keeps the last ones.

    The groups are in the order of their values, null first, texts by code points; or by a measure, null the smallest.
    Raises UnalignedPeriodsError.
    """
    now, before = _periods(cube, question)
    lines, earlier = _lines(cube, question, now, before)
    dimensions = [dimension_of(name) for name in question.group_by]
    days = lines.days
    if now and before and earlier is not None:
        days = np.where(earlier, _moved(days, dimensions, before, now), days)
    groups, firsts, columns = _groups(lines, dimensions, days)
    count = len(firsts)
    measures = _compared(lines, groups, count, dimensions, question, earlier)
    order: Sequence[int] = range(count)
    if question.sort:
        values = measures[question.sort]
        order = sorted(
            order, key=lambda group: (values[group] is not None, values[group] or 0), reverse=question.descending
        )
    shown = [*question.measures, *([EARLIER + name for name in question.measures] if before else [])]
    rest = None
    if question.top is not None and count > question.top:
        others = np.ones(count, dtype=np.bool_)
        others[list(order[: question.top])] = False
        beyond = others[groups]
        one = np.zeros(np.count_nonzero(beyond), dtype=np.int64)
        of_all = _compared(lines.among(beyond), one, 1, (), question, None if earlier is None else earlier[beyond])
        rest = {name: of_all[name][0] for name in shown}
        order = order[: question.top]
    table = list(zip(*columns, *(measures[name] for name in shown), strict=True))
    names = (*(column for dimension in dimensions for column in dimension.columns), *shown)
    return Answer(names, [table[group] for group in order], rest, before)


def folded(text: str) -> str:
    """Return a text without regard to case, and with one spelling of accents.

    It is lowered letter by letter, as Postgres does for the filters of lists: ``ß`` differs from ``ss``.
    """
    return unicodedata.normalize("NFC", "".join(letter.lower()[0] for letter in text))


def _periods(cube: SalesCube, question: Question) -> tuple[Period | None, Period | None]:
    """Return the period of a question, and the earlier one that it is compared with."""
    if question.first is None and question.last is None:
        return None, None
    now = Period(question.first or date.min, question.last or date.max)
    if not question.compare:
        return now, None
    until = cube.latest_day if now.first <= cube.latest_day else now.last  # of a period to come, all days count
    return now, COMPARISONS[question.compare](now, until)


def _lines(cube: SalesCube, question: Question, now: Period | None, before: Period | None) -> tuple[Lines, Mask | None]:
    """Return the lines of a question, and in a comparison the mask of those of the earlier period.

    A line of both periods is there twice.
    """
    masks: dict[str, Mask] = {}
    filters = dict(question.filters)
    for dimension in FILTERS:
        if dimension.name in filters:
            mask = _members(cube, dimension, filters[dimension.name])
            masks[dimension.of] = masks[dimension.of] & mask if dimension.of in masks else mask
    lines = cube.lines(now, masks.get("product"), masks.get("customer"))
    if before is None:
        return lines, None
    earlier = cube.lines(before, masks.get("product"), masks.get("customer"))
    both = Lines(cube, np.concatenate((lines.places, earlier.places)))
    return both, np.arange(both.days.size) >= lines.days.size


def _compared(
    lines: Lines,
    groups: Ints,
    count: int,
    dimensions: Sequence[Dimension],
    question: Question,
    earlier: Mask | None,
) -> dict[str, list[Any]]:
    """Return the measures by group; in a comparison those of both periods, where a group without lines has 0."""
    if earlier is None:
        return _measures(lines, groups, count, dimensions, question)
    found: dict[str, list[Any]] = {}
    for prefix, inside in (("", ~earlier), (EARLIER, earlier)):
        own = groups[inside]
        there = np.bincount(own, minlength=count)
        for name, values in _measures(lines.among(inside), own, count, dimensions, question).items():
            whole = name not in RATIOS
            found[prefix + name] = [
                0 if whole and not some else value for value, some in zip(values, there, strict=True)
            ]
    return found


def _members(cube: SalesCube, dimension: Dimension, values: Sequence[Any]) -> Mask:
    """Return the mask of products or customers with one of some values."""
    if dimension.is_key:
        return np.isin(cube.keys_of(dimension.of), values)
    own, wanted = cube.values[dimension.name], {folded(value) for value in values}
    among = np.array([label is not None and folded(label) in wanted for label in own.labels], dtype=np.bool_)
    return cast(Mask, among[own.codes])


def _moved(days: Ints, dimensions: Sequence[Dimension], before: Period, now: Period) -> Ints:
    """Return days of the period ``before`` at the same places of the period ``now``.

    They move by whole months if both periods begin with the same day of a month; then days that the later month does
    not have count for its last day. Raises UnalignedPeriodsError.
    """
    months = (now.first.year - before.first.year) * 12 + now.first.month - before.first.month
    by_months = add_months(before.first, months) == now.first
    for dimension in dimensions:
        length = MONTHS.get(dimension.name)
        if length and (not by_months or months % length):
            raise UnalignedPeriodsError(dimension.name, now, before)
    if not by_months:
        return days + (now.first - before.first).days
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    place = dates - month.astype("datetime64[D]")
    last = (month + months + 1).astype("datetime64[D]") - 1
    moved: Ints = np.minimum((month + months).astype("datetime64[D]") + place, last).astype(np.int64)
    return moved


def _groups(lines: Lines, dimensions: Sequence[Dimension], days: Ints) -> tuple[Ints, Ints, list[Sequence[Any]]]:
    """Return the group of each line, the first line of each group, and the groups' values, column by column.

    ``days`` are those by which the lines are grouped.
    """
    groups: Ints = np.zeros(lines.days.size, dtype=np.int64)
    numbered: list[tuple[Ints, Callable[[Ints], list[Sequence[Any]]]]] = []
    for dimension in dimensions:
        codes, columns_of = _numbered(lines, dimension, days)
        numbered.append((codes, columns_of))
        groups = np.unique(groups * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
    firsts = np.unique(groups, return_index=True)[1]
    return groups, firsts, [column for codes, columns_of in numbered for column in columns_of(codes[firsts])]


def _numbered(lines: Lines, dimension: Dimension, days: Ints) -> tuple[Ints, Callable[[Ints], list[Sequence[Any]]]]:
    """Return a number for each line in the order of the dimension's values, and the function that turns them back."""
    cube = lines.cube
    if dimension.of == "day":
        units, codes = np.unique(_units(days, dimension.name), return_inverse=True)
        labels = [_label(int(unit), dimension.name) for unit in units]
        return codes, lambda chosen: [[labels[code] for code in chosen]]
    members = lines.products if dimension.of == "product" else lines.customers
    if dimension.is_key:
        keys = cube.keys_of(dimension.of)
        if dimension.of == "customer":
            return members, lambda chosen: [keys[chosen].tolist()]
        names = cube.values["product_name"]
        return members, lambda chosen: [keys[chosen].tolist(), [names.labels[code] for code in names.codes[chosen]]]
    own = cube.values[dimension.name]
    return own.codes[members], lambda chosen: [[own.labels[code] for code in chosen]]


def _units(days: Ints, name: str) -> Ints:
    """Return the units of time of days, as numbers since 1970; NO_DAY stays."""
    known = np.where(days == NO_DAY, 0, days).astype("datetime64[D]")
    units = known.astype(f"datetime64[{UNITS.get(name, 'M')}]").astype(np.int64)
    if name == "quarter":
        units = units // 3
    return np.where(days == NO_DAY, NO_DAY, units)


def _label(unit: int, name: str) -> Any:
    if unit == NO_DAY:
        return None
    if name == "day":
        return day_of(unit)
    if name == "year":
        return 1970 + unit
    year, part = divmod(unit, 12 if name == "month" else 4)
    return f"{1970 + year:04}-{part + 1:02}" if name == "month" else f"{1970 + year:04}-Q{part + 1}"


def _measures(
    lines: Lines, groups: Ints, count: int, dimensions: Sequence[Dimension], question: Question
) -> dict[str, list[Any]]:
    """Return the measures that a question needs, each by group."""
    wanted = {*question.measures, *([question.sort] if question.sort else [])}
    for name in tuple(wanted):
        wanted |= set(RATIOS.get(name, ()))
    found: dict[str, list[Any]] = {}
    for name in wanted & SUMS.keys():
        found[name] = _sums(lines, SUMS[name], groups, count)
    if "total_orders" in wanted:
        whole = all(dimension.of != "product" for dimension in dimensions)
        found["total_orders"] = lines.orders_by(groups, count, whole=whole).tolist()
    if "order_lines" in wanted:
        found["order_lines"] = np.bincount(groups, minlength=count).tolist()
    for name, members, size in (
        ("total_customers", lines.customers, len(lines.cube.customer_keys)),
        ("total_products", lines.products, len(lines.cube.product_keys)),
    ):
        if name in wanted:
            found[name] = distinct(members, size, groups, count).tolist()
    for name, (upper, lower) in RATIOS.items():
        if name in wanted:
            digits = 2 if name == "avg_order_value" else 4
            found[name] = [_ratio(a, b, digits) for a, b in zip(found[upper], found[lower], strict=True)]
    return found


def _sums(lines: Lines, measure: str, groups: Ints, count: int) -> list[int | None]:
    """Add up a measure by group as SQL does: the sum of no values is None."""
    sums: list[int | None] = summed(groups, lines.measure(measure), count).astype(np.int64).tolist()
    known = lines.known(measure)
    if known is None:
        return sums
    there = np.bincount(groups[known], minlength=count)
    return [value if number else None for value, number in zip(sums, there, strict=True)]


def _ratio(upper: int | None, lower: int | None, digits: int) -> float | None:
    if upper is None or not lower:
        return None
    return float((Decimal(upper) / Decimal(lower)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
