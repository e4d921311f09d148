"""The peer with FastAPI and asyncpg, for uvicorn with uvloop and httptools.

    python -m uvicorn benchmarks.peers.with_fastapi:app --workers 2 --loop uvloop --http httptools --no-access-log

Parameters are validated by pydantic; headers and the count of requests are an ASGI middleware of the plain kind,
as Starlette's BaseHTTPMiddleware takes longer than everything here. A request takes its connection from a pool whose
connections all exist from the start.
"""

import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal, cast

import asyncpg
import orjson
from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import make_url
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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

CONNECTIONS = 8
"""How many each process has."""

FIND_PRODUCT = PRODUCT.format(product_key="$1")
PAGES = page_statements(Places(limit="$1", run_id="$2", place="CAST($3 AS text)"))
STATES = state_statements("$1")


class Connection(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    """A connection that goes back to the pool as it is: reads leave nothing behind."""

    def get_reset_query(self) -> str:
        return ""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Hold the pool while the service runs."""
    url = make_url(os.environ["SERVING_DATABASE_URL_API"]).set(drivername="postgresql")
    async with asyncpg.create_pool(
        url.render_as_string(hide_password=False),
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
        max_inactive_connection_lifetime=0,
        connection_class=Connection,
        server_settings={"statement_timeout": "10s", "lock_timeout": "5s"},
    ) as pool:
        app.state.pool = pool
        yield


class Frame:
    """Counts each request, adds the headers that every answer has, and keeps answers if it should."""

    def __init__(self, app: ASGIApp, counter: Counter) -> None:
        self.app = app
        self.counter = counter
        self.kept = KeptAnswers() if CACHED in os.environ else None
        fixed = {**FIXED_HEADERS, "RateLimit-Policy": counter.policy}
        self.fixed = [(name.lower().encode(), value.encode()) for name, value in fixed.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        allowed, left = self.counter.take(scope["client"][0])
        headers = [*self.fixed, (b"ratelimit", left.encode())]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        if not allowed:
            await render(TooManyRequestsError("Go on in the next minute."))(scope, receive, send_with_headers)
        elif self.kept is None or (state := await self.served_state(self.kept)) is None:
            await self.app(scope, receive, send_with_headers)
        else:
            await self.answer(self.kept, state, scope, receive, send_with_headers)

    async def served_state(self, kept: KeptAnswers) -> tuple[Any, ...] | None:
        """Return what is served."""
        state = kept.state()
        if state is None:
            begun = time.monotonic()
            rows = await app.state.pool.fetch(STATES[False])
            state = tuple(rows[0]) if rows else None
            kept.renew(begun, state)
        return state

    async def answer(
        self, kept: KeptAnswers, state: tuple[Any, ...], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer from memory, or have the application answer and keep that."""
        tag = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        key = scope["path"], scope["query_string"].decode(), tag.decode()
        if found := kept.get(key, state):
            await send({"type": "http.response.start", "status": found.status, "headers": found.headers})
            await send({"type": "http.response.body", "body": found.body})
            return
        head: Message = {}
        parts: list[bytes] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            else:
                parts.append(message["body"])
            await send(message)

        await self.app(scope, receive, keep)
        if head["status"] in (200, 304):
            kept.keep(key, KeptAnswer(state, head["status"], head["headers"], b"".join(parts)))


def render(problem: Problem) -> Response:
    """Render an error."""
    return Response(problem.body(), problem.status, dict(problem.headers), PROBLEM_JSON)


app = FastAPI(lifespan=lifespan)
app.add_middleware(Frame, counter=Counter(int(os.environ["API_RATE_LIMIT"])))


@app.exception_handler(Problem)
async def on_problem(_: Request, problem: Exception) -> Response:
    return render(cast(Problem, problem))


@app.exception_handler(RequestValidationError)
async def on_invalid(_: Request, error: Exception) -> Response:
    complaints = cast(RequestValidationError, error).errors()
    return render(InvalidRequestError(" ".join(f"{one['loc'][-1]}: {one['msg']}." for one in complaints)))


class PageQuery(BaseModel):
    """Which part of a list to return."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=PAGE_SIZE_LIMIT)] = PAGE_SIZE
    cursor: Annotated[str, AfterValidator(decode_cursor)] | None = None  # to FastAPI a tuple would be several values


class SalesQuery(PageQuery):
    """Which sales to add up, and how."""

    group_by: Literal["month"]


@app.get("/api/products/{product_key:int}")
async def get_product(request: Request, product_key: int) -> Response:
    unknown = UnknownProductError(f"There is no product with the key {product_key}; GET /api/products lists all.")
    if product_key > LARGEST_KEY:
        raise unknown
    rows = await request.app.state.pool.fetch(FIND_PRODUCT, product_key)
    if not rows:
        raise NotSyncedError("Publish a day in the warehouse, then POST /api/sync.")
    business_date, *values = rows[0]
    if values[0] is None:
        raise unknown
    state = content_state(values)
    headers = {"ETag": f'"{state}"', **CACHE_HEADERS}
    tags = request.headers.get("If-None-Match")
    if tags is not None and has_state(tags, state):
        return Response(status_code=304, headers=headers)
    headers["Business-Date"] = business_date.isoformat()
    return Response(orjson.dumps(dict(zip(PRODUCT_FIELDS, values, strict=True))), headers=headers, media_type=JSON)


@app.get("/api/customers")
async def list_customers(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
    return await answer_page(request, query, CUSTOMERS_ORDER, CUSTOMER_FIELDS)


@app.get("/api/sales")
async def list_sales(request: Request, query: Annotated[SalesQuery, Query()]) -> Response:
    return await answer_page(request, query, MONTHS_ORDER, MONTH_FIELDS)


async def answer_page(request: Request, query: PageQuery, order: str, names: Sequence[str]) -> Response:
    """Answer with the page of a list."""
    pool = request.app.state.pool
    cursor = cast(Cursor | None, query.cursor)
    place = (cursor.run_id, position(cursor, order)) if cursor else ()
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        state = read_state(await pool.fetch(STATES[cursor is not None], *place[:1]), cursor)
        if has_state(tags, state):
            return Response(status_code=304, headers={"ETag": f'"{state}"', **CACHE_HEADERS})
    rows = await pool.fetch(PAGES[order, cursor is not None], query.limit + 1, *place)
    state = read_state(rows, cursor)
    headers = {"ETag": f'"{state}"', **CACHE_HEADERS, "Business-Date": rows[0][1].isoformat()}
    items = [dict(zip(names, row[STATE_COLUMNS:], strict=True)) for row in rows[: query.limit]]
    if rows[0][-1] is None and rows[0][STATE_COLUMNS] is None:
        items = []
    following = None
    if len(rows) > query.limit:
        last = rows[query.limit - 1][STATE_COLUMNS]
        following = following_page(request.url.path, dict(request.query_params), rows[0][0], order, last)
        headers["Link"] = f'<{following}>; rel="next"'
    if order == MONTHS_ORDER:
        for item in items:
            item["month"] = month_name(item["month"])
    document: dict[str, Any] = {"business_date": rows[0][1], "next": following, "items": items}
    return Response(orjson.dumps(document), headers=headers, media_type=JSON)
