"""The peer with plain Flask and SQLAlchemy over psycopg, for gunicorn with threads.

    python -m gunicorn benchmarks.peers.with_flask:app --worker-class gthread --workers 2 --threads 4

SQLAlchemy's Core with text, the fastest of its ways, in autocommit; parameters are validated by hand, which is
faster than any library for it.
"""

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Flask, Response, g, request
from sqlalchemy import TextClause, create_engine, make_url, text
from werkzeug.exceptions import HTTPException

from benchmarks.peers.contract import (
    CACHE_HEADERS,
    CACHED,
    CUSTOMER_FIELDS,
    CUSTOMERS_ORDER,
    FIXED_HEADERS,
    JSON,
    LARGEST_KEY,
    MONTH_FIELDS,
    MONTHS_ORDER,
    PAGE_SIZE,
    PAGE_SIZE_LIMIT,
    PROBLEM_JSON,
    PRODUCT,
    PRODUCT_FIELDS,
    STATE_COLUMNS,
    Counter,
    Cursor,
    InvalidRequestError,
    KeptAnswer,
    KeptAnswers,
    NotSyncedError,
    Places,
    Problem,
    TooManyRequestsError,
    UnknownProductError,
    content_state,
    decode_cursor,
    following_page,
    has_state,
    month_name,
    page_statements,
    position,
    read_state,
    state_statements,
)

FIND_PRODUCT = text(PRODUCT.format(product_key=":product_key"))
PLACES = Places(limit=":limit", run_id=":run_id", place="CAST(:place AS text)")
PAGES = {which: text(sql) for which, sql in page_statements(PLACES).items()}
STATES = {following: text(sql) for following, sql in state_statements(":run_id").items()}

app = Flask(__name__)
counter = Counter(int(os.environ["API_RATE_LIMIT"]))
headers_of_all = [*FIXED_HEADERS.items(), ("RateLimit-Policy", counter.policy)]
engine = create_engine(
    make_url(os.environ["SERVING_DATABASE_URL_API"]).set(drivername="postgresql+psycopg"),
    max_overflow=-1,
    pool_reset_on_return=None,
    isolation_level="AUTOCOMMIT",
    connect_args={"prepare_threshold": 0, "options": "-c statement_timeout=10s -c lock_timeout=5s"},
)


class Kept:
    """WSGI middleware that keeps answers."""

    def __init__(self, application: Any) -> None:
        self.application, self.kept = application, KeptAnswers()

    def __call__(self, environment: dict[str, Any], start_response: Any) -> Any:
        """Answer from memory, or have the application answer and keep that."""
        state = self.kept.state()
        if state is None:
            begun = time.monotonic()
            rows = fetch(STATES[False], {})
            state = tuple(rows[0]) if rows else None
            self.kept.renew(begun, state)
        tag = environment.get("HTTP_IF_NONE_MATCH", "")
        key = environment["PATH_INFO"], environment["QUERY_STRING"], tag
        if state is not None and (found := self.kept.get(key, state)):
            allowed, left = counter.take(environment["REMOTE_ADDR"])
            if allowed:
                start_response(found.headers[0], [*found.headers[1], ("RateLimit", left)])
                return [found.body]
        heads: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            heads.append((status, [header for header in headers if header[0] != "RateLimit"]))
            return start_response(status, headers, exc_info)

        body = b"".join(self.application(environment, start))
        if state is not None and heads[-1][0][:3] in ("200", "304"):
            self.kept.keep(key, KeptAnswer(state, int(heads[-1][0][:3]), heads[-1], body))
        return [body]


if CACHED in os.environ:
    app.wsgi_app = Kept(app.wsgi_app)  # type: ignore[method-assign, assignment]


def fetch(statement: TextClause, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """Run one statement and return its rows."""
    with engine.connect() as connection:
        return connection.execute(statement, parameters).all()


@app.before_request
def count() -> None:
    allowed, g.left = counter.take(request.remote_addr or "")
    if not allowed:
        raise TooManyRequestsError("Go on in the next minute.")


@app.after_request
def add_headers(response: Response) -> Response:
    response.headers.extend(headers_of_all)
    response.headers["RateLimit"] = g.left
    return response


@app.errorhandler(Problem)
def on_problem(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, problem.headers, content_type=PROBLEM_JSON)


@app.errorhandler(HTTPException)
def on_http_error(error: HTTPException) -> Response:
    document = {"type": "about:blank", "title": error.name, "status": error.code, "detail": error.description}
    return Response(orjson.dumps(document), error.code, content_type=PROBLEM_JSON)


def page_query(known: Sequence[str]) -> tuple[int, Cursor | None]:
    """Validate the query of a page. Raises InvalidRequestError."""
    arguments = request.args
    unknown = [name for name in arguments if name not in known]
    if unknown:
        raise InvalidRequestError(f"{unknown[0]}: is none of: {', '.join(known)}.")
    limit, cursor = arguments.get("limit"), arguments.get("cursor")
    if limit is not None and not (limit.isascii() and limit.isdecimal() and len(limit) < 9):
        raise InvalidRequestError("limit: must be a whole number.")
    size = PAGE_SIZE if limit is None else int(limit)
    if not 1 <= size <= PAGE_SIZE_LIMIT:
        raise InvalidRequestError(f"limit: must be from 1 to {PAGE_SIZE_LIMIT}.")
    try:
        return size, None if cursor is None else decode_cursor(cursor)
    except ValueError as error:
        raise InvalidRequestError("cursor: is none that this API gave out.") from error


@app.get(f"/api/products/<int(max={LARGEST_KEY}):product_key>")
def get_product(product_key: int) -> Response:
    rows = fetch(FIND_PRODUCT, {"product_key": product_key})
    if not rows:
        raise NotSyncedError("Publish a day in the warehouse, then POST /api/sync.")
    business_date, *values = rows[0]
    if values[0] is None:
        raise UnknownProductError(f"There is no product with the key {product_key}; GET /api/products lists all.")
    state = content_state(values)
    headers = {"ETag": f'"{state}"', **CACHE_HEADERS}
    tags = request.headers.get("If-None-Match")
    if tags is not None and has_state(tags, state):
        return Response(status=304, headers=headers)
    headers["Business-Date"] = business_date.isoformat()
    body = orjson.dumps(dict(zip(PRODUCT_FIELDS, values, strict=True)))
    return Response(body, headers=headers, content_type=JSON)


@app.get("/api/customers")
def list_customers() -> Response:
    return answer_page(*page_query(("limit", "cursor")), CUSTOMERS_ORDER, CUSTOMER_FIELDS)


@app.get("/api/sales")
def list_sales() -> Response:
    query = page_query(("limit", "cursor", "group_by"))
    if request.args.get("group_by") != "month":
        raise InvalidRequestError("group_by: must be month.")
    return answer_page(*query, MONTHS_ORDER, MONTH_FIELDS)


def answer_page(limit: int, cursor: Cursor | None, order: str, names: Sequence[str]) -> Response:
    """Answer with the page of a list."""
    place = {"run_id": cursor.run_id, "place": position(cursor, order)} if cursor else {}
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        state = read_state(fetch(STATES[cursor is not None], {"run_id": cursor.run_id} if cursor else {}), cursor)
        if has_state(tags, state):
            return Response(status=304, headers={"ETag": f'"{state}"', **CACHE_HEADERS})
    rows = fetch(PAGES[order, cursor is not None], {"limit": limit + 1, **place})
    state = read_state(rows, cursor)
    headers = {"ETag": f'"{state}"', **CACHE_HEADERS, "Business-Date": rows[0][1].isoformat()}
    items = [dict(zip(names, row[STATE_COLUMNS:], strict=True)) for row in rows[:limit]]
    if rows[0][-1] is None and rows[0][STATE_COLUMNS] is None:
        items = []
    following = None
    if len(rows) > limit:
        last = rows[limit - 1][STATE_COLUMNS]
        following = following_page(request.path, request.args.to_dict(), rows[0][0], order, last)
        headers["Link"] = f'<{following}>; rel="next"'
    if order == MONTHS_ORDER:
        for item in items:
            item["month"] = month_name(item["month"])
    document = orjson.dumps({"business_date": rows[0][1], "next": following, "items": items})
    return Response(document, headers=headers, content_type=JSON)
