"""Answers kept in memory: what is the same for a served run is not asked for and built again.

An answer is kept with the state that was served before it was asked for: the run and the revision of the overlay. It is
given again while that is the state, which ``api.serving.lease`` tells without a query for each request. So no answer is
older than a sync or a write that has been reported as done. Operations say which answers may be kept
(``keep_answer``); they must depend on nothing but the request and the state.

This is WSGI middleware. ``at_once`` is for a server that can answer without a thread.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import psycopg
from flask import Flask, Request

from api.http import access, request_ids
from api.http.metrics import RequestMetrics
from api.http.rate_limit import Allowance, RateLimiter
from api.serving.database import Reader
from api.serving.lease import Lease
from api.serving.served import FIND_STATE
from api.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEPT_STATUSES = ("200", "304")
LARGEST_KEPT = 1024 * 1024
OVERHEAD_BYTES = 2000
"""Memory that an answer takes beyond its body and its key."""

VARIANTS = ("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH")
"""The headers that an answer depends on, beside the caller."""

OF_THE_REQUEST = {"ratelimit", "ratelimit-policy", request_ids.HEADER.lower()}
"""Headers that no two answers share."""

OPERATION = "api.operation"
"""Key of a request's WSGI environment: the operation whose answer may be kept."""

Headers = list[tuple[str, str]]
Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """An answer without the headers of its request; ``state`` is what was served before it was asked for."""

    state: tuple[Any, ...]
    status: int
    headers: Headers
    body: bytes
    operation: str


class AnswerCache:
    """Keeps the last answers of an application's WSGI callable in up to ``most_bytes`` of memory."""

    def __init__(self, app: Flask, application: WSGIApplication, most_bytes: int) -> None:
        self._app, self._application, self._most_bytes = app, application, most_bytes
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._settings: Settings = app.config["SETTINGS"]
        self._limiter: RateLimiter = app.extensions["rate_limiter"]
        self._requests: RequestMetrics = app.extensions["request_metrics"]
        reader: Reader = app.extensions["reader"]
        self._state: Lease[None, tuple[Any, ...]] = Lease(lambda _: next(iter(reader.read(FIND_STATE)), None))

    def at_once(self, environment: WSGIEnvironment) -> tuple[int, Headers, bytes] | None:
        """Return a kept answer, or None if that takes longer than looking into memory."""
        if "HTTP_X_FORWARDED_FOR" in environment and self._settings.trusted_proxies:
            return None  # middleware around this one finds out who calls
        begun = time.perf_counter()
        key, state = self._key(environment), self._state.held(None)
        return self._kept(environment, key, state, begun) if key and state else None

    def __call__(self, environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request from memory or by the application."""
        begun = time.perf_counter()
        key = self._key(environment)
        state = self._served_state() if key else None
        if key is None or state is None:
            return self._application(environment, start_response)
        if found := self._kept(environment, key, state, begun):
            status, headers, body = found
            start_response(f"{status} {HTTPStatus(status).phrase}", headers)
            return [body]
        return self._ask(environment, start_response, key, state)

    def _served_state(self) -> tuple[Any, ...] | None:
        try:
            return self._state.get(None)
        except psycopg.Error:
            return None  # the application will say what is wrong with Postgres

    @staticmethod
    def _key(environment: WSGIEnvironment) -> Key | None:
        """Return the key of a request whose answer may be kept; browsers of other origins get headers of their own."""
        if environment["REQUEST_METHOD"] != "GET" or "HTTP_ORIGIN" in environment:
            return None
        given = environment.get
        accept, encoding, known = VARIANTS
        return (
            environment["PATH_INFO"],
            environment["QUERY_STRING"],
            given(accept, ""),
            given(encoding, ""),
            given(known, ""),
        )

    def _kept(
        self, environment: WSGIEnvironment, key: Key, state: tuple[Any, ...], begun: float
    ) -> tuple[int, Headers, bytes] | None:
        """Return the answer to a request of a caller who may read, with the headers of this request, and count it."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is None or answer.state != state:
                return None
            self._answers.move_to_end(key)
        caller = access.reader_at_once(self._app, environment)
        if caller is None:
            return None
        allowance: Allowance = environment.get(access.ALLOWANCE) or self._limiter.take(caller)
        environment[access.ALLOWANCE] = allowance
        if allowance.remaining < 0:
            return None
        self._requests.count(answer.operation, answer.status, begun)
        request_id = request_ids.given_or_new(environment.get("HTTP_X_REQUEST_ID", ""))
        headers = [*answer.headers, (request_ids.HEADER, request_id), *allowance.headers()]
        return answer.status, headers, answer.body

    def _ask(
        self, environment: WSGIEnvironment, start_response: StartResponse, key: Key, state: tuple[Any, ...]
    ) -> Iterable[bytes]:
        """Have the application answer, and keep the answer if it says so."""
        heads: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            heads.append((status, list(headers)))
            return start_response(status, headers, exc_info)

        parts = self._application(environment, start)
        status, headers = heads[-1]
        operation = environment.get(OPERATION)
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        if operation is None or status[:3] not in KEPT_STATUSES or length > LARGEST_KEPT:
            return parts
        if "cursor=" in key[1] and not any(
            name == "ETag" and value.startswith(f'"{state[0]}-') for name, value in headers
        ):
            return parts  # of an earlier run, whose rows may be deleted while the state stays
        body = b"".join(parts)
        if close := getattr(parts, "close", None):
            close()
        kept = [(name, value) for name, value in headers if name.lower() not in OF_THE_REQUEST]
        self._keep(key, Answer(state, int(status[:3]), kept, body, operation))
        return [body]

    def _keep(self, key: Key, answer: Answer) -> None:
        with self._lock:
            self._forget(key)
            self._answers[key] = answer
            self._bytes += _size(key, answer)
            while self._bytes > self._most_bytes:
                self._forget(next(iter(self._answers)))

    def _forget(self, key: Key) -> None:
        if answer := self._answers.pop(key, None):
            self._bytes -= _size(key, answer)


def keep_answer(asked: Request) -> None:
    """Let the answer of a request be kept."""
    asked.environ[OPERATION] = asked.endpoint


def _size(key: Key, answer: Answer) -> int:
    return len(answer.body) + sum(map(len, key)) + OVERHEAD_BYTES
