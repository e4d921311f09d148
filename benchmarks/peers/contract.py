"""What both peers answer with, and the parts of it that no framework has a say in."""

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

import orjson

from api.serving.lease import LEASE_SECONDS

PRODUCT_FIELDS = [
    "product_key",
    "product_id",
    "product_number",
    "product_name",
    "category_id",
    "category",
    "subcategory",
    "maintenance",
    "cost",
    "product_line",
    "start_date",
    "in_source",
    "last_sale_date",
    "recency",
    "product_segment",
    "lifespan",
    "total_orders",
    "total_sales",
    "total_quantity",
    "total_customers",
    "avg_selling_price",
    "avg_order_revenue",
    "avg_monthly_revenue",
    "origin",
]
CUSTOMER_FIELDS = [
    "customer_key",
    "customer_id",
    "customer_number",
    "first_name",
    "last_name",
    "customer_name",
    "country",
    "marital_status",
    "gender",
    "birthdate",
    "create_date",
    "in_source",
    "age",
    "age_group",
    "customer_segment",
    "last_order_date",
    "recency",
    "total_orders",
    "total_sales",
    "total_quantity",
    "total_products",
    "lifespan",
    "avg_order_value",
    "avg_monthly_spend",
]
MONTH_FIELDS = ["month", "total_sales", "total_profit", "total_quantity", "total_orders"]

LARGEST_KEY = LARGEST_RUN = 2**31 - 1
PAGE_SIZE = 100
PAGE_SIZE_LIMIT = 1000
CUSTOMERS_ORDER = "customer_key by customer_key"
MONTHS_ORDER = "group month"

WINDOW_SECONDS = 60
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
"""On every answer."""

CACHE_HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding, X-API-Key"}
"""On every answer that has an ETag."""

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"


class Problem(Exception):
    """An error with its status, the last part of its type's URN, its title and headers."""

    status: ClassVar[int]
    name: ClassVar[str]
    title: ClassVar[str]
    headers: ClassVar[Mapping[str, str]] = {}

    def body(self) -> bytes:
        """Render it as application/problem+json."""
        kind = f"urn:sales-warehouse:problem:{self.name}"
        return orjson.dumps({"type": kind, "title": self.title, "status": self.status, "detail": str(self)})


class UnknownProductError(Problem):
    status, name, title = 404, "unknown-product", "There is no such product"


class CursorExpiredError(Problem):
    status, name, title = 410, "cursor-expired", "The list has been replaced by a newer one"


class InvalidRequestError(Problem):
    status, name, title = 422, "invalid-request", "The request does not validate"


class TooManyRequestsError(Problem):
    status, name, title = 429, "too-many-requests", "Too many requests"


class NotSyncedError(Problem):
    status, name, title = 503, "not-synced", "No day is served"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}


class Cursor(NamedTuple):
    """Where a page starts: the run of the list, its order, the values of the item before it."""

    run_id: int
    order: str
    values: tuple[str, ...]


def decode_cursor(text: str) -> Cursor:
    """Read a cursor. Raises ValueError for what is none."""
    document = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    match document:
        case [int(run_id), str(order), *values] if all(isinstance(value, str) for value in values):
            if not isinstance(run_id, bool) and 0 <= run_id <= LARGEST_RUN and "\0" not in "".join(values):
                return Cursor(run_id, order, tuple(values))
    raise ValueError("no cursor")


def position(cursor: Cursor, order: str) -> str:
    """Return the place that a cursor of this order stands for. Raises InvalidRequestError."""
    if cursor.order == order and len(cursor.values) == 1:
        (value,) = cursor.values
        if order == CUSTOMERS_ORDER and re.fullmatch(r"-?[0-9]{1,18}", value):
            return value
        if order == MONTHS_ORDER and (value == "-infinity" or re.fullmatch(r"[0-9]{4}-[0-9]{2}-01", value)):
            return value
    raise InvalidRequestError("cursor: belongs to a list in another order; follow `next` without changing it.")


def following_page(path: str, arguments: Mapping[str, str], run_id: int, order: str, value: object) -> str:
    """Return the address of the page behind the item with this value."""
    document = json.dumps([run_id, order, "-infinity" if value is None else str(value)], separators=(",", ":"))
    cursor = base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()
    return f"{path}?{urlencode({**arguments, 'cursor': cursor})}"


def month_name(day: date | None) -> str | None:
    """Show a month, given as its first day."""
    return day.isoformat()[:7] if day else None


def content_state(values: Sequence[Any]) -> str:
    """Return what the ETag of a product is made of."""
    return hashlib.blake2b(orjson.dumps(values), digest_size=12).hexdigest()


def has_state(if_none_match: str, state: str) -> bool:
    """Whether the header If-None-Match names a state, weakly or not, or stands for any."""
    tags = (tag.strip().removeprefix("W/").strip('"').removesuffix(";gz") for tag in if_none_match.split(","))
    return any(tag in (state, "*") for tag in tags)


def read_state(rows: Sequence[Sequence[Any]], cursor: Cursor | None) -> str:
    """Return what the ETag of a page is made of. Raises NotSyncedError or CursorExpiredError."""
    if rows:
        return f"{rows[0][0]}-{rows[0][2]}"
    if cursor:
        raise CursorExpiredError("The day that the list was of is no longer kept: begin again without `cursor`.")
    raise NotSyncedError("Publish a day in the warehouse, then POST /api/sync.")


class Counter:
    """Counts the requests of each address in windows of a minute; only those of this process."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.policy = f'"requests";q={limit};w={WINDOW_SECONDS}'
        self._lock = threading.Lock()
        self._window = 0
        self._counts: dict[str, int] = {}

    def take(self, address: str) -> tuple[bool, str]:
        """Count a request; returns whether it is allowed and the header RateLimit."""
        now = time.time()
        window = int(now // WINDOW_SECONDS)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            self._counts[address] = used = self._counts.get(address, 0) + 1
        left = self.limit - used
        reset = int((window + 1) * WINDOW_SECONDS - now) + 1
        return left >= 0, f'"requests";r={max(left, 0)};t={reset}'


class KeptAnswer(NamedTuple):
    """An answer without its request's own headers."""

    state: tuple[Any, ...]
    status: int
    headers: Any
    body: bytes


class KeptAnswers:
    """Keeps answers as the API does (api/http/answer_cache.py, api/serving/lease.py): while the state is the same,
    which is asked for at most once in LEASE_SECONDS. Without bounds, as the requests of a measurement are few.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str, str], KeptAnswer] = {}
        self._state: tuple[Any, ...] | None = None
        self._until = 0.0

    def state(self) -> tuple[Any, ...] | None:
        """Return the state, None if it has to be asked for."""
        return self._state if time.monotonic() < self._until else None

    def renew(self, begun: float, state: tuple[Any, ...] | None) -> None:
        """Take over the state that was asked for at that time."""
        self._state, self._until = state, begun + LEASE_SECONDS

    def get(self, key: tuple[str, str, str], state: tuple[Any, ...]) -> KeptAnswer | None:
        """Return the answer to a path, a query and an If-None-Match, if it is of this state."""
        answer = self._answers.get(key)
        return answer if answer is not None and answer.state == state else None

    def keep(self, key: tuple[str, str, str], answer: KeptAnswer) -> None:
        """Keep an answer with the state that was known before it was asked for."""
        self._answers[key] = answer


CACHED = "BENCHMARK_CACHE"
"""The environment variable that makes a peer keep answers."""

# The statements, with places for their parameters: each driver writes those in its own way.

RUN = "SELECT id, business_date FROM serving.sync_run WHERE status = 'succeeded' ORDER BY id DESC LIMIT 1"
RUN_OF_CURSOR = (
    "SELECT id, business_date FROM serving.sync_run WHERE status = 'succeeded' AND id = {run_id} AND pruned_at IS NULL"
)
PRODUCT = f"""
SELECT run.business_date, {", ".join(f"p.{name}" for name in PRODUCT_FIELDS)}
FROM ({RUN}) AS run
LEFT JOIN serving.served_products AS p ON p.run_id = run.id AND p.product_key = {{product_key}}"""

STATE = "SELECT run.id, run.business_date, revision.number FROM ({run}) AS run CROSS JOIN overlay.revision"

_PAGE = """
SELECT state.*, items.*
FROM ({state}) AS state
LEFT JOIN LATERAL ({items}) AS items ON TRUE"""

_CUSTOMERS = """
SELECT {columns}
FROM serving.customers AS c
WHERE c.run_id = state.id{behind}
ORDER BY c.customer_key
LIMIT {limit}"""

_MONTHS = """
SELECT
    lines.month, sum(lines.sales)::bigint AS total_sales, sum(lines.profit)::bigint AS total_profit,
    sum(lines.quantity)::bigint AS total_quantity, count(*) AS total_orders
FROM (
    SELECT
        date_trunc('month', s.order_date::timestamp)::date AS month,
        sum(s.sales_amount) AS sales, sum(s.profit) AS profit, sum(s.quantity) AS quantity
    FROM serving.sales AS s
    WHERE s.run_id = state.id{behind}
    GROUP BY 1, s.order_number
) AS lines
GROUP BY lines.month
ORDER BY coalesce(lines.month, '-infinity'::date)
LIMIT {limit}"""

STATE_COLUMNS = 3
"""How many columns of a page's row come before the item's."""


class Places(NamedTuple):
    """How a driver writes the parameters of a page: the limit, the run and the place of the cursor."""

    limit: str
    run_id: str
    place: str


def page_statements(places: Places) -> dict[tuple[str, bool], str]:
    """Return the statement of a page by the list's order and whether it follows another page."""
    statements = {}
    for following in (False, True):
        state = STATE.format(run=(RUN_OF_CURSOR if following else RUN).format(run_id=places.run_id))
        behind_key = f" AND c.customer_key > CAST({places.place} AS bigint)" if following else ""
        month = "coalesce(date_trunc('month', s.order_date::timestamp)::date, '-infinity'::date)"
        behind_month = f" AND {month} > CAST({places.place} AS date)" if following else ""
        columns = ", ".join(f"c.{name}" for name in CUSTOMER_FIELDS)
        customers = _CUSTOMERS.format(columns=columns, behind=behind_key, limit=places.limit)
        months = _MONTHS.format(behind=behind_month, limit=places.limit)
        statements[CUSTOMERS_ORDER, following] = _PAGE.format(state=state, items=customers)
        statements[MONTHS_ORDER, following] = _PAGE.format(state=state, items=months)
    return statements


def state_statements(run_id: str) -> dict[bool, str]:
    """Return the statement of the state alone, by whether a page follows another."""
    runs = {False: RUN, True: RUN_OF_CURSOR.format(run_id=run_id)}
    return {following: STATE.format(run=run) for following, run in runs.items()}
