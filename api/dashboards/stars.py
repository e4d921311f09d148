"""The way from Postgres to the star in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from flask import current_app
from numpy.typing import NDArray
from psycopg import Connection, sql

from api.dashboards.star import MEASURES, NO_DAY, UNKNOWN, Attribute, Ints, Mask, Star
from api.database import Reader, read
from api.models import SERVING
from api.resources.health import FIND_SERVED

LOADING_SECONDS = 120
ORDERS_BUCKETS = {1: "1", 2: "2", 3: "3", 4: "4", 5: "5", 6: "6 or more"}
"""Orders of a customer, from how many → the name."""

RECENCY_BUCKETS = {
    0: "0-1 months",
    2: "2-3 months",
    4: "4-6 months",
    7: "7-12 months",
    13: "13-24 months",
    25: "25 or more",
}
"""Months since a customer's last order, from how many → the name."""

LINE_TYPES = {**dict.fromkeys(("day", "product", "customer", "order"), ">i4"), **dict.fromkeys(MEASURES, ">i8")}
LINE = np.dtype(
    [("_fields", ">i2"), *(part for name, kind in LINE_TYPES.items() for part in ((f"_{name}", ">i4"), (name, kind)))]
)
"""A row as COPY … (FORMAT binary) sends it when no field is NULL: each field behind its length."""

LINES = """
COPY (
    SELECT COALESCE(order_date - DATE '1970-01-01', {no_day}), product_key, customer_key,
        CAST(DENSE_RANK() OVER (ORDER BY order_number COLLATE "C") - 1 AS INTEGER),
        CAST(COALESCE(sales_amount, 0) AS BIGINT), COALESCE(profit, 0), CAST(COALESCE(quantity, 0) AS BIGINT)
    FROM {sales}
    WHERE run_id = {run}
) TO STDOUT (FORMAT binary)
"""
UNKNOWN_KEY = 0
PRODUCT_COLUMNS = ("product_key", "product_name", "category", "subcategory", "product_line")
CUSTOMER_COLUMNS = (
    "customer_key",
    "country",
    "customer_segment",
    "age_group",
    "gender",
    "marital_status",
    "total_orders",
    "recency",
)
COPY_HEADER = 19
COPY_TRAILER = 2


class Stars:
    """The star of the served run, read when it is first asked for and again when another run is served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._star: Star | None = None

    def current(self) -> Star | None:
        """Return the star of the run that is served now; None when none is. Raises psycopg's errors.

        While one thread reads a new run the others go on with the old one, if there is one.
        """
        rows = read(FIND_SERVED)
        if not rows:
            return None
        run_id, *_, synced_at = rows[0]
        star = self._star
        if star is not None and (star.run_id, star.synced_at) == (run_id, synced_at):
            return star
        with self._reading(wait=star is None) as mine:
            if mine and (self._star is None or self._star is star):
                self._star = load()
        return self._star

    @contextmanager
    def _reading(self, *, wait: bool) -> Iterator[bool]:
        mine = self._lock.acquire(blocking=wait)
        try:
            yield mine
        finally:
            if mine:
                self._lock.release()


def load() -> Star | None:
    """Read the served run from Postgres, all of it as of one moment."""
    reader: Reader = current_app.extensions["reader"]
    with reader.connect() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(f"SET LOCAL statement_timeout = '{LOADING_SECONDS}s'")
        run = connection.execute(FIND_SERVED).fetchone()
        return _read_run(connection, run) if run else None


def _read_run(connection: Connection[Any], run: Sequence[Any]) -> Star:
    run_id, _, business_date, sample, synced_at = run
    lines = _lines(connection, run_id)
    unknown = bool((lines["product"] == UNKNOWN_KEY).any())
    products = _table(connection, "products", PRODUCT_COLUMNS, run_id, unknown=unknown)
    customers = _table(
        connection, "customers", CUSTOMER_COLUMNS, run_id, unknown=(lines["customer"] == UNKNOWN_KEY).any()
    )
    product_keys, customer_keys = (np.array(rows[0], dtype=np.int64) for rows in (products, customers))
    # By day, those of one day by order.
    lines = lines[np.lexsort((lines["order"], lines["day"]))]
    line_products = _positions(lines["product"], product_keys, "product").astype(np.int32)
    line_customers = _positions(lines["customer"], customer_keys, "customer").astype(np.int32)
    days, orders = lines["day"].astype(np.int32), lines["order"].astype(np.int32)
    order_count = int(orders.max()) + 1 if orders.size else 0
    attributes = {
        "category": _texts(products[2]),
        "subcategory": _texts(products[3]),
        "line": _texts(products[4]),
        "country": _texts(customers[1]),
        "segment": _texts(customers[2], ("VIP", "Regular", "New")),
        "age": _texts(customers[3], ("Under 20", "20-29", "30-39", "40-49", "50 and above")),
        "gender": _texts(customers[4]),
        "marital": _texts(customers[5]),
        "orders": _buckets(customers[6], ORDERS_BUCKETS),
        "recency": _buckets(customers[7], RECENCY_BUCKETS),
    }
    return Star(
        run_id=run_id,
        business_date=business_date,
        synced_at=synced_at,
        sample_customers=sample,
        product_keys=product_keys,
        product_names=[name or UNKNOWN for name in products[1]],
        customer_keys=customer_keys,
        attributes=attributes,
        first_days=_first_days(days, line_customers, len(customer_keys)),
        days=days,
        line_products=line_products,
        line_customers=line_customers,
        orders=orders,
        order_count=order_count,
        mixed_orders=_mixed(orders, order_count, days, line_customers),
        measures={name: lines[name].astype(np.float64) for name in MEASURES},
    )


def _lines(connection: Connection[Any], run_id: int) -> NDArray[Any]:
    statement = sql.SQL(LINES).format(
        no_day=sql.Literal(int(NO_DAY)), sales=sql.Identifier(SERVING, "sales"), run=sql.Literal(run_id)
    )
    with connection.cursor().copy(statement) as copy:
        content = b"".join(copy)
    return np.frombuffer(content[COPY_HEADER:-COPY_TRAILER], LINE)


def _table(
    connection: Connection[Any], name: str, columns: Sequence[str], run_id: int, *, unknown: bool
) -> list[Sequence[Any]]:
    """Return columns of a table's rows of a run, in the order of the first, the key.

    ``unknown``: order lines point to the unknown member, which is not served; it is the first.
    """
    statement = sql.SQL("SELECT {columns} FROM {table} WHERE run_id = %s ORDER BY 1").format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)), table=sql.Identifier(SERVING, name)
    )
    rows = connection.execute(statement, (run_id,)).fetchall()
    if unknown and (not rows or rows[0][0] != UNKNOWN_KEY):
        rows.insert(0, (UNKNOWN_KEY, *[None] * (len(columns) - 1)))
    return list(zip(*rows, strict=True)) if rows else [()] * len(columns)


def _positions(keys: Ints, known: Ints, what: str) -> Ints:
    places = np.searchsorted(known, keys)
    if not np.array_equal(known[np.minimum(places, len(known) - 1)] if known.size else [], keys):
        raise ValueError(f"serving.sales names a {what}_key that serving.{what}s does not hold: sync again")
    return places


def _texts(values: Sequence[str | None], first: Sequence[str] = ()) -> Attribute:
    """Number texts, ``first`` in front, the others by name, the unknown at the end."""
    there = {value or UNKNOWN for value in values}
    labels = sorted(
        there, key=lambda label: (label == UNKNOWN, first.index(label) if label in first else len(first), label)
    )
    places = {label: place for place, label in enumerate(labels)}
    return Attribute(labels, np.array([places[value or UNKNOWN] for value in values], dtype=np.int32))


def _buckets(values: Sequence[int | None], buckets: Mapping[int, str]) -> Attribute:
    """Number the buckets that values lie in; the unknown is the last."""
    lowest = np.array(list(buckets))
    known = np.array([-1 if value is None else value for value in values], dtype=np.int64)
    codes = np.searchsorted(lowest, known, side="right") - 1
    return Attribute([*buckets.values(), UNKNOWN], np.where(codes < 0, len(lowest), codes).astype(np.int32))


def _first_days(days: Ints, customers: Ints, count: int) -> Ints:
    """Return each customer's first day with an order."""
    known = slice(int(np.searchsorted(days, NO_DAY, side="right")), None)
    first = np.full(count, NO_DAY, dtype=np.int32)
    # Assigned from the last day to the first: what stays is the first.
    first[customers[known][::-1]] = days[known][::-1]
    return first


def _mixed(orders: Ints, count: int, *columns: Ints) -> Mask:
    """Say which orders have lines that differ in a column."""
    mixed = np.zeros(count, dtype=np.bool_)
    for column in columns:
        of_order = np.empty(count, dtype=column.dtype)
        of_order[orders] = column
        mixed[orders[of_order[orders] != column]] = True
    return mixed
