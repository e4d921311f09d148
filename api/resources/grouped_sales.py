"""Sales added up by any combination of groups, in one statement over the order lines.

An order counts once in each group that contains one of its lines. So the lines are aggregated by group and order
first, then by group. Two hash aggregations are several times faster than COUNT(DISTINCT), which sorts each group.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.selectable import Subquery

from api.http.paging import SortOrder
from api.resources.listing import RowFormatter, paged, run_id
from api.serving.database import sql_text
from api.serving.models import Customer, Product, Sale, table

SALES, PRODUCTS, CUSTOMERS = table(Sale), table(Product), table(Customer)
SUMS = ("total_sales", "total_profit", "total_quantity", "total_orders")


def _start_of(period: str) -> ColumnElement[Any]:
    # Without a time zone, so that the result does not depend on the session's.
    return cast(
        func.date_trunc(literal_column(f"'{period}'"), cast(SALES.c.order_date, DateTime(timezone=False))), Date
    )


GROUPINGS: dict[str, dict[str, ColumnElement[Any]]] = {
    "day": {"day": SALES.c.order_date},
    "month": {"month": _start_of("month")},
    "quarter": {"quarter": _start_of("quarter")},
    "year": {"year": _start_of("year")},
    "country": {"country": CUSTOMERS.c.country},
    "category": {"category": PRODUCTS.c.category},
    "subcategory": {"subcategory": PRODUCTS.c.subcategory},
    "product": {"product_key": SALES.c.product_key, "product_name": PRODUCTS.c.product_name},
}
"""A value of `group_by` → its columns in the response."""

PERIODS: dict[str, Callable[[date], Any]] = {
    "month": lambda day: day.isoformat()[:7],
    "quarter": lambda day: f"{day.year:04}-Q{(day.month + 2) // 3}",
    "year": lambda day: day.year,
}
"""The format of a period, from its first day."""


def members(group_by: Sequence[str]) -> dict[str, ColumnElement[Any]]:
    """Return the columns of the groups by name, in the order of the request."""
    return {name: column for group in group_by for name, column in GROUPINGS[group].items()}


@lru_cache(maxsize=1024)
def statement(group_by: tuple[str, ...], bounds: tuple[str, ...], *, following: bool) -> tuple[str, SortOrder]:
    """Return the statement for ``list_response`` and its sort order. ``bounds``: which of from_ and to are given."""
    lines = _lines(group_by, bounds, following=following)
    groups = [lines.c[name] for name in members(group_by)]
    order = SortOrder("group " + ",".join(group_by), tuple(groups))
    sums: list[ColumnElement[Any]] = [
        cast(func.sum(lines.c[name]), BigInteger).label(f"total_{name}") for name in ("sales", "profit", "quantity")
    ]
    positions = [column.label(f"_{number}") for number, column in enumerate(groups)]
    items = select(*positions, *groups, *sums, func.count().label("total_orders")).group_by(*groups)
    return sql_text(paged(items, order, following=following)), order


def _lines(group_by: tuple[str, ...], bounds: tuple[str, ...], *, following: bool) -> Subquery:
    """Add up the order lines by group and order."""
    columns = members(group_by)
    source: Any = SALES
    for other, key in ((PRODUCTS, "product_key"), (CUSTOMERS, "customer_key")):
        if any(column.table is other for column in columns.values() if isinstance(column, Column)):
            same = and_(other.c.run_id == SALES.c.run_id, other.c[key] == SALES.c[key])
            source = source.outerjoin(other, same)
    sums = {"sales": SALES.c.sales_amount, "profit": SALES.c.profit, "quantity": SALES.c.quantity}
    groups = [_known(column).label(name) for name, column in columns.items()]
    lines = select(*groups, *(func.sum(column).label(name) for name, column in sums.items()))
    lines = lines.select_from(source).where(SALES.c.run_id == run_id(following=following))
    if "from_" in bounds:
        lines = lines.where(SALES.c.order_date >= bindparam("from_", type_=Date))
    if "to" in bounds:
        lines = lines.where(SALES.c.order_date <= bindparam("to", type_=Date))
    if following:  # before the aggregation, so that later pages are faster
        lines = lines.where(SortOrder("", tuple(columns.values())).after_position())
    return lines.group_by(*map(_known, columns.values()), SALES.c.order_number).subquery("lines")


def _known(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Turn an empty text into NULL: both have the same sort key, so they must be one group."""
    return func.nullif(column, literal_column("''"), type_=column.type) if isinstance(column.type, Text) else column


def formatter(names: Sequence[str]) -> RowFormatter:
    """Return the function that formats the periods in a row of a response."""
    periods = [(number, PERIODS[name]) for number, name in enumerate(names) if name in PERIODS]

    def formatted(values: Sequence[Any]) -> Sequence[Any]:
        row = list(values)
        for number, format_period in periods:
            day: date | None = row[number]
            row[number] = format_period(day) if day else None
        return row

    return formatted
