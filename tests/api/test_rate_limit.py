"""The rate limit: counted requests, callers, and headers."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api import create_app
from api.http.rate_limit import PROBES, WINDOW_SECONDS, RateLimiter
from tests.api.answers import Headers, problem
from tests.api.conftest import add_keys, publish_run, settings_for

LIMIT = 5
T = TypeVar("T")


@pytest.fixture(scope="module")
def keys(shared_engine: Engine) -> dict[str, Headers]:
    publish_run(shared_engine, products=[{"product_key": 3}])
    return add_keys(shared_engine)


def window() -> int:
    return int(time.time() // WINDOW_SECONDS)


def within_a_minute(attempt: Callable[[], T]) -> T:
    """Repeat an attempt during which a minute ended; each attempt starts with fresh counts."""
    while True:
        begun = window()
        result = attempt()
        if window() == begun:
            return result


def limited(url: str) -> FlaskClient:
    """Return a client of an API without any counts."""
    return create_app(settings_for(url, rate_limit=LIMIT)).test_client()


def statuses(client: FlaskClient, number: int, headers: Headers | None = None, address: str = "10.0.0.1") -> list[int]:
    """Send a number of requests from an address; returns their statuses."""
    environment = {"REMOTE_ADDR": address}
    return [client.get("/api/products", headers=headers, environ_base=environment).status_code for _ in range(number)]


def test_responses_have_the_remaining_requests_and_a_refusal_the_seconds_to_wait(
    shared_url: str, keys: dict[str, Headers]
) -> None:
    def ask() -> list[tuple[int, str, str, str | None]]:
        client = limited(shared_url)
        answers = [client.get("/api/products") for _ in range(LIMIT + 2)]
        assert problem(answers[-1], 429, "too-many-requests")["detail"].startswith("The limit is 5 requests a minute")
        names = ("RateLimit-Policy", "RateLimit", "Retry-After")
        return [(answer.status_code, *(answer.headers.get(name) for name in names)) for answer in answers]  # type: ignore[misc]

    answers = within_a_minute(ask)
    assert [status for status, *_ in answers] == [200] * LIMIT + [429] * 2
    assert {policy for _, policy, *_ in answers} == {'"requests";q=5;w=60'}
    for (status, _, left, wait), remaining in zip(answers, [4, 3, 2, 1, 0, 0, 0], strict=True):
        found = re.fullmatch(r'"requests";r=(\d+);t=(\d+)', left)
        assert found is not None
        assert int(found[1]) == remaining
        assert 1 <= int(found[2]) <= WINDOW_SECONDS
        assert wait == (found[2] if status == 429 else None)


def test_each_key_and_each_address_has_its_own_allowance(shared_url: str, keys: dict[str, Headers]) -> None:
    def ask() -> list[list[int]]:
        client = limited(shared_url)
        return [
            statuses(client, LIMIT + 1),
            statuses(client, LIMIT + 1, address="10.0.0.2"),
            statuses(client, LIMIT + 1, address="2001:db8::1"),
            statuses(client, LIMIT, keys["read"]),
            statuses(client, 1, keys["read"], address="10.0.0.3"),
            statuses(client, LIMIT + 1, keys["all"]),
        ]

    full = [200] * LIMIT + [429]
    assert within_a_minute(ask) == [full, full, full, full[:-1], [429], full]


def test_guessing_keys_uses_up_the_allowance_of_the_address(shared_url: str, keys: dict[str, Headers]) -> None:
    def ask() -> list[list[int]]:
        client = limited(shared_url)
        guesses = [statuses(client, 1, {"X-API-Key": f"guess {number}"})[0] for number in range(LIMIT + 1)]
        others = [statuses(client, 1), statuses(client, 1, address="10.0.0.2"), statuses(client, 1, keys["read"])]
        return [guesses, *others]

    assert within_a_minute(ask) == [[401] * LIMIT + [429], [429], [200], [200]]


def test_refused_requests_count_and_requests_over_the_limit_change_nothing(
    shared_url: str, keys: dict[str, Headers]
) -> None:
    def ask() -> tuple[list[int], str, str]:
        client = limited(shared_url)
        before = client.get("/api/products", headers=keys["all"]).headers["ETag"]
        asked = [("GET", "/api/products?limit=0"), ("GET", "/api/products/99"), ("DELETE", "/api/products/3")]
        asked += [("POST", "/api/products"), ("DELETE", "/api/products/3")]
        headers = {**keys["write"], "If-Match": '"x"'}
        done = [client.open(address, method=method, headers=headers).status_code for method, address in asked]
        body = {"product_name": "One too many"}
        done.append(client.post("/api/products", json=body, headers=headers).status_code)
        return done, before, client.get("/api/products", headers=keys["all"]).headers["ETag"]

    done, before, after = within_a_minute(ask)
    assert done == [422, 404, 412, 422, 412, 429]
    assert after == before


def test_health_checks_and_documentation_are_not_counted(shared_url: str, keys: dict[str, Headers]) -> None:
    def ask() -> None:
        client = limited(shared_url)
        for _ in range(LIMIT + 1):
            for address in (
                "/",
                "/health/live",
                "/health/ready",
                "/openapi.json",
                "/docs",
                "/postman.json",
                "/nothing",
            ):
                answer = client.get(address)
                assert answer.status_code in (200, 404)
                assert "RateLimit" not in answer.headers
        assert client.options("/api/products").status_code == 200
        assert client.get("/api/products").headers["RateLimit"].startswith(f'"requests";r={LIMIT - 1};')

    within_a_minute(ask)


def count(limiter: RateLimiter, caller: int, minute: int) -> int:
    return limiter._count_in_slot(limiter._tables.own_and_others()[0], caller, minute)


def test_each_minute_starts_at_zero() -> None:
    limiter = RateLimiter(2)
    assert [count(limiter, 7, minute) for minute in (1, 1, 1, 1, 2, 2, 2, 3)] == [1, 2, 3, 3, 1, 2, 3, 1]


def test_when_all_slots_are_taken_the_least_active_caller_is_evicted() -> None:
    limiter = RateLimiter(100)
    for _ in range(50):
        count(limiter, 1, 1)
    crowd = [1 + 65_536 * number for number in range(1, 2 * PROBES)]  # all have the same first slot
    assert [count(limiter, caller, 1) for caller in crowd] == [1] * len(crowd)
    assert count(limiter, 1, 1) == 51
