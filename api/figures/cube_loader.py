"""Loads the sales cube from Postgres."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from flask import current_app
from numpy.typing import NDArray
from psycopg import Connection, sql

from api.figures.grouping import Answer, Question, answered
from api.figures.registry import ATTRIBUTES
from api.figures.sales_cube import MEASURES, NO_DAY, UNKNOWN, Attribute, Ints, Mask, SalesCube, Values
from api.serving.database import Reader, read
from api.serving.models import SERVING
from api.serving.served import FIND_KEPT, FIND_SERVED

LOADING_SECONDS = 120
"""For Postgres to send the lines, and for this process to sort them."""

ORDERS_BUCKETS = {1: "1", 2: "2", 3: "3", 4: "4", 5: "5", 6: "6 or more"}
"""Buckets of orders a customer: lower bound → label."""

RECENCY_BUCKETS = {
    0: "0-1 months",
    2: "2-3 months",
    4: "4-6 months",
    7: "7-12 months",
    13: "13-24 months",
    25: "25 or more",
}
"""Buckets of months since a customer's last order: lower bound → label."""

LINE_TYPES = {
    **dict.fromkeys(("day", "product", "customer", "order"), ">i4"),
    **dict.fromkeys(MEASURES, ">i8"),
    "known": ">i4",
}
LINE = np.dtype(
    [("_fields", ">i2"), *(part for name, kind in LINE_TYPES.items() for part in ((f"_{name}", ">i4"), (name, kind)))]
)
"""A row of COPY … (FORMAT binary) without NULLs: the number of fields, then each field preceded by its length.

``known`` has a bit for each of MEASURES that is not NULL.
"""

HELD_TYPES = {
    **dict.fromkeys(("day", "product", "customer", "order"), np.int32),
    **dict.fromkeys(MEASURES, np.float64),
    "known": np.int8,
}
"""The types of the columns in memory."""

BLOCK_ROWS = 16_384
"""Rows that are held as Postgres sends them, which takes several times the memory of the columns."""

LINES = """
COPY (
    SELECT COALESCE(order_date - DATE '1970-01-01', {no_day}), product_key, customer_key,
        CAST(DENSE_RANK() OVER (ORDER BY order_number COLLATE "C") - 1 AS INTEGER),
        CAST(COALESCE(sales_amount, 0) AS BIGINT), COALESCE(profit, 0), CAST(COALESCE(quantity, 0) AS BIGINT),
        CAST(sales_amount IS NOT NULL AS INTEGER) + 2 * CAST(profit IS NOT NULL AS INTEGER)
        + 4 * CAST(quantity IS NOT NULL AS INTEGER)
    FROM {sales}
    WHERE run_id = {run}
) TO STDOUT (FORMAT binary)
"""
COUNT_LINES = "SELECT count(*) FROM {sales} WHERE run_id = {run}"
UNKNOWN_KEY = 0
ATTRIBUTES_OF = {
    of: tuple(dimension for dimension in ATTRIBUTES if dimension.of == of) for of in ("product", "customer")
}
"""The dimensions of products and of customers, in the order of their columns."""

PRODUCT_COLUMNS = ("product_key", "product_name", *(dimension.column for dimension in ATTRIBUTES_OF["product"]))
CUSTOMER_COLUMNS = (
    *("customer_key", "total_orders", "recency"),
    *(dimension.column for dimension in ATTRIBUTES_OF["customer"]),
)

COPY_HEADER = 19
COPY_TRAILER = b"\xff\xff"


KEPT_ANSWERS = 128
LARGEST_KEPT = 5_000
"""An answer with more groups is not kept."""


class CubeLoader:
    """Caches the cube of the served run, and loads it again when another run is served.

    It also keeps the cube of an earlier run while a client reads its pages, and the last answers of each cube: a run
    never changes, so neither do they.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cube: SalesCube | None = None
        self._earlier: SalesCube | None = None
        self._answers: OrderedDict[tuple[SalesCube, Question], Answer] = OrderedDict()
        self._answers_lock = threading.Lock()

    def answer(self, run_id: int, synced_at: datetime, question: Question) -> Answer | None:
        """Answer a question about a run, or return None if its rows are not kept. Raises psycopg.Error."""
        cube = self._of_run(run_id, synced_at)
        if cube is None:
            return None
        key = cube, question
        with self._answers_lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = answered(cube, question)
        if len(answer.rows) <= LARGEST_KEPT:
            with self._answers_lock:
                self._answers[key] = answer
                while len(self._answers) > KEPT_ANSWERS:
                    self._answers.popitem(last=False)
        return answer

    def _of_run(self, run_id: int, synced_at: datetime) -> SalesCube | None:
        """Return the cube of a run, whose loading all threads wait for."""
        if held := self._held(run_id, synced_at):
            return held
        with self._lock:
            if held := self._held(run_id, synced_at):
                return held
            cube = load(run_id)
            if cube is None:
                return None
            if self._cube is None or cube.synced_at > self._cube.synced_at:
                self._cube, self._earlier = cube, None
            else:
                self._earlier = cube
            self._forget_answers()
            return cube

    def _held(self, run_id: int, synced_at: datetime) -> SalesCube | None:
        """Return the cube of a run if it is in memory."""
        for cube in (self._cube, self._earlier):
            if cube is not None and (cube.run_id, cube.synced_at) == (run_id, synced_at):
                return cube
        return None

    def _forget_answers(self) -> None:
        """Forget the answers of cubes that are not held, because each of them would hold its cube in memory."""
        held = (self._cube, self._earlier)
        with self._answers_lock:
            for key in [key for key in self._answers if key[0] not in held]:
                del self._answers[key]

    def current(self) -> SalesCube | None:
        """Return the cube of the served run, or None if no run is served. Raises psycopg.Error.

        While one thread loads a new run, the others keep using the old cube, if there is one.
        """
        rows = read(FIND_SERVED)
        if not rows:
            return None
        run_id, *_, synced_at = rows[0]
        cube = self._cube
        if cube is not None and (cube.run_id, cube.synced_at) == (run_id, synced_at):
            return cube
        with self._reading(wait=cube is None) as mine:
            if mine and (self._cube is None or self._cube is cube):
                self._cube = load()
                self._forget_answers()
        return self._cube

    @contextmanager
    def _reading(self, *, wait: bool) -> Iterator[bool]:
        mine = self._lock.acquire(blocking=wait)
        try:
            yield mine
        finally:
            if mine:
                self._lock.release()


def load(run_id: int | None = None) -> SalesCube | None:
    """Load a run from Postgres in one snapshot, by default the served one; None if it is not kept or none is served."""
    reader: Reader = current_app.extensions["reader"]
    with reader.snapshot() as connection:
        for timeout in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(f"SET LOCAL {timeout} = '{LOADING_SECONDS}s'")
        if run_id is None:
            run = connection.execute(FIND_SERVED).fetchone()
        else:
            run = connection.execute(FIND_KEPT, {"run_id": run_id}).fetchone()
        return _read_run(connection, run) if run else None


def _read_run(connection: Connection[Any], run: Sequence[Any]) -> SalesCube:
    run_id, _, business_date, sample, synced_at = run
    lines = _lines(connection, run_id)
    unknown = bool((lines["product"] == UNKNOWN_KEY).any())
    products = _table(connection, "products", PRODUCT_COLUMNS, run_id, unknown=unknown)
    customers = _table(
        connection, "customers", CUSTOMER_COLUMNS, run_id, unknown=(lines["customer"] == UNKNOWN_KEY).any()
    )
    product_keys, customer_keys = (np.array(rows[0], dtype=np.int64) for rows in (products, customers))
    lines["product"] = _positions(lines["product"], product_keys, "product")
    lines["customer"] = _positions(lines["customer"], customer_keys, "customer")
    # Sort by day, then by order, one column after the other.
    places = np.lexsort((lines["order"], lines["day"]))
    for name in lines:
        lines[name] = lines[name][places]
    days, orders, line_customers = lines["day"], lines["order"], lines["customer"]
    order_count = int(orders.max()) + 1 if orders.size else 0
    columns = {
        **dict(zip(ATTRIBUTES_OF["product"], products[2:], strict=True)),
        **dict(zip(ATTRIBUTES_OF["customer"], customers[3:], strict=True)),
    }
    return SalesCube(
        run_id=run_id,
        business_date=business_date,
        synced_at=synced_at,
        sample_customers=sample,
        product_keys=product_keys,
        product_names=[name or UNKNOWN for name in products[1]],
        customer_keys=customer_keys,
        attributes={
            **{dimension.name: _texts(column, dimension.first) for dimension, column in columns.items()},
            "orders": _buckets(customers[1], ORDERS_BUCKETS),
            "recency": _buckets(customers[2], RECENCY_BUCKETS),
        },
        values={
            "product_name": _values(products[1]),
            **{dimension.name: _values(column) for dimension, column in columns.items()},
        },
        first_days=_first_days(days, line_customers, len(customer_keys)),
        days=days,
        line_products=lines["product"],
        line_customers=line_customers,
        orders=orders,
        order_count=order_count,
        mixed_orders=_mixed(orders, order_count, days, line_customers),
        measures={name: lines[name] for name in MEASURES},
        known={name: _known(lines["known"], bit) for bit, name in enumerate(MEASURES)},
    )


def _lines(connection: Connection[Any], run_id: int) -> dict[str, NDArray[Any]]:
    """Read the columns of the order lines block by block, so that no second copy of the lines is in memory."""
    sales = sql.Identifier(SERVING, "sales")
    run, no_day = sql.Literal(run_id), sql.Literal(int(NO_DAY))
    ((count,),) = connection.execute(sql.SQL(COUNT_LINES).format(sales=sales, run=run)).fetchall()
    columns = {name: np.empty(count, kind) for name, kind in HELD_TYPES.items()}
    end = 0
    with connection.cursor().copy(sql.SQL(LINES).format(no_day=no_day, sales=sales, run=run)) as copy:
        messages = iter(copy)
        content = bytes(next(messages))[COPY_HEADER:]
        while block := b"".join(islice(messages, BLOCK_ROWS)):
            content += block
            rows = np.frombuffer(content, LINE, len(content) // LINE.itemsize)
            begin, end = end, end + rows.size
            for name, column in columns.items():
                column[begin:end] = rows[name]
            content = content[rows.nbytes :]
    if content != COPY_TRAILER or end != count:
        raise ValueError(f"Postgres sent {end} of {count} order lines")
    return columns


def _table(
    connection: Connection[Any], name: str, columns: Sequence[str], run_id: int, *, unknown: bool
) -> list[list[Any]]:
    """Return columns of a run's rows in a table, sorted by the first column, the key. Equal texts are one object.

    ``unknown``: order lines refer to the unknown member, which is not in the table; it is inserted first.
    """
    statement = sql.SQL("SELECT {columns} FROM {table} WHERE run_id = %s ORDER BY 1").format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)), table=sql.Identifier(SERVING, name)
    )
    found: list[list[Any]] = [[] for _ in columns]
    with connection.cursor("members") as cursor:
        cursor.execute(statement, (run_id,))
        while rows := cursor.fetchmany(BLOCK_ROWS):
            for column, values in zip(found, zip(*rows, strict=True), strict=True):
                column.extend(sys.intern(value) if isinstance(value, str) else value for value in values)
    if unknown and (not found[0] or found[0][0] != UNKNOWN_KEY):
        for column, value in zip(found, (UNKNOWN_KEY, *[None] * (len(columns) - 1)), strict=True):
            column.insert(0, value)
    return found


def _positions(keys: Ints, known: Ints, name: str) -> Ints:
    known = known.astype(np.int32)  # the type of the keys, which would else be copied
    positions = np.searchsorted(known, keys).astype(np.int32)
    if not np.array_equal(known.take(positions, mode="clip") if known.size else [], keys):
        raise ValueError(f"serving.sales has a {name}_key that serving.{name}s lacks: sync again")
    return positions


def _known(flags: Ints, bit: int) -> Mask | None:
    """Return the mask of the lines with a bit; None if all have it."""
    known: Mask = (flags >> bit & 1).astype(np.bool_)
    return None if known.all() else known


def _values(column: Sequence[str | None]) -> Values:
    """Build the values of a column; an empty text counts as null."""
    labels = [None, *sorted({value for value in column if value})]
    positions = {label: position for position, label in enumerate(labels)}
    return Values(labels, np.array([positions[value or None] for value in column], dtype=np.int32))


def _texts(values: Sequence[str | None], first: Sequence[str] = ()) -> Attribute:
    """Build an attribute from texts. Labels are sorted: those in ``first``, then by name, UNKNOWN last."""
    distinct = {value or UNKNOWN for value in values}
    labels = sorted(
        distinct, key=lambda label: (label == UNKNOWN, first.index(label) if label in first else len(first), label)
    )
    positions = {label: position for position, label in enumerate(labels)}
    return Attribute(labels, np.array([positions[value or UNKNOWN] for value in values], dtype=np.int32))


def _buckets(values: Sequence[int | None], buckets: Mapping[int, str]) -> Attribute:
    """Build an attribute from numbers in buckets; UNKNOWN is the last label."""
    lowest = np.array(list(buckets))
    known = np.array([-1 if value is None else value for value in values], dtype=np.int64)
    codes = np.searchsorted(lowest, known, side="right") - 1
    return Attribute([*buckets.values(), UNKNOWN], np.where(codes < 0, len(lowest), codes).astype(np.int32))


def _first_days(days: Ints, customers: Ints, count: int) -> Ints:
    """Return each customer's first order date."""
    known = slice(int(np.searchsorted(days, NO_DAY, side="right")), None)
    first = np.full(count, NO_DAY, dtype=np.int32)
    # Later assignments win, so assign in descending order of days.
    first[customers[known][::-1]] = days[known][::-1]
    return first


def _mixed(orders: Ints, count: int, *columns: Ints) -> Mask:
    """Return the mask of orders whose lines differ in a column."""
    mixed = np.zeros(count, dtype=np.bool_)
    for column in columns:
        of_order = np.empty(count, dtype=column.dtype)
        of_order[orders] = column
        mixed[orders[of_order[orders] != column]] = True
    return mixed
