"""Answers kept in memory: they are given again, and never when a sync or a write has made them old."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from random import Random
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text
from werkzeug.datastructures import Headers

from api import create_app
from api.http.answer_cache import Answer
from api.serving.lease import wait_until_all_forget
from tests.api.conftest import KEYS, SUNDAY, Publish, add_keys, publish_run, settings_for
from tests.api.server import running_api
from tests.api.test_rate_limit import within_a_minute

ADDRESSES = count(1)
SALE = {"order_number": "SO1", "product_key": 1, "customer_key": 1, "order_date": SUNDAY, "quantity": 1, "profit": 1}


@pytest.fixture
def processes(database_url: str) -> Iterator[list[str]]:
    """The addresses of two APIs on one database."""
    with running_api(settings_for(database_url)) as one, running_api(settings_for(database_url)) as another:
        yield [one, another]


@pytest.mark.parametrize("steps", [60, 1000])
def test_no_answer_is_older_than_a_sync_or_a_write(
    processes: list[str], engine: Engine, keys: dict[str, dict[str, str]], steps: int
) -> None:
    """Processes are asked, in any order with syncs and writes, and each answer is that of what was served then."""
    chance = Random(steps)
    tags: dict[str, str] = {}
    answers: dict[str, Any] = {}
    amount, names = 0, ["Road bike"]

    def ask(path: str) -> Any:
        tag = {"If-None-Match": tags[path]} if path in tags and chance.random() < 0.5 else {}
        answer = httpx.get(chance.choice(processes) + path, headers={**tag, **chance.choice([{}, keys["read"]])})
        if answer.status_code == 304:
            assert answer.headers["ETag"].strip('"') == tags[path].strip('"').removesuffix(";gz")
            return answers[path]
        tags[path], answers[path] = answer.headers["ETag"], answer.raise_for_status().json()
        return answers[path]

    for step in range(steps):
        if step == 0 or chance.random() < 0.1:
            amount += 1
            sales = [{**SALE, "sales_amount": amount}]
            publish_run(
                engine,
                products=[{"product_key": 1, "product_name": names[0]}],
                sales=sales,
                customers=[{"customer_key": 1}],
            )
        elif chance.random() < 0.2:
            names.append(f"Bike {step}")
            body = {"product_name": names[-1]}
            httpx.post(f"{chance.choice(processes)}/api/products", json=body, headers=keys["write"]).raise_for_status()
        match chance.randrange(3):
            case 0:
                group = chance.choice(["year", "country,category", "product"])
                page = ask(f"/api/sales?group_by={group}&measures=total_sales")
                assert [item["total_sales"] for item in page["items"]] == [amount]
            case 1:
                assert ask("/api/kpis")["total_sales"] == amount
            case 2:
                page = ask("/api/products?limit=1000&fields=product_name")
                assert [item["product_name"] for item in page["items"]] == names


PATHS = ("/api/products", "/api/products/1", "/api/customers?limit=1", "/api/sales?group_by=year", "/api/kpis")


def publish_one(publish: Publish, amount: int = 1) -> None:
    customers = [{"customer_key": 1, "customer_segment": "VIP"}, {"customer_key": 2}]
    publish(products=[{"product_key": 1}], customers=customers, sales=[{**SALE, "sales_amount": amount}])


@contextmanager
def tables_locked(engine: Engine) -> Iterator[None]:
    """Block all reads of what a sync copies; only answers from memory come."""
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE serving.products, serving.customers, serving.sales"))
        yield


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, {"Accept": "text/csv"}, {"Accept-Encoding": "gzip"}], ids=str)
def test_an_answer_is_given_again_without_reading_the_tables(
    client: FlaskClient, publish: Publish, engine: Engine, path: str, headers: dict[str, str]
) -> None:
    publish_one(publish)
    first = client.get(path, headers=headers)
    unchanged = client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    with tables_locked(engine):
        again = client.get(path, headers=headers)
        assert (again.status_code, again.data) == (200, first.data)
        assert own(again.headers) == own(first.headers)
        still = client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, still.status_code) == (304, 304)
    assert own(still.headers) == own(unchanged.headers)
    if "csv" not in str(headers):
        assert client.get(path, headers={**headers, "Accept": "text/csv"}).content_type.startswith("text/csv")


def own(headers: Headers) -> dict[str, str]:
    """Return the headers that two answers share."""
    return {name: value for name, value in headers.items() if name not in ("RateLimit", "X-Request-ID")}


def test_a_kept_answer_has_the_headers_of_its_own_request_and_is_counted(database_url: str, publish: Publish) -> None:
    publish_one(publish)
    client = create_app(settings_for(database_url, rate_limit=5)).test_client()

    def attempt() -> list[int]:
        caller = {"REMOTE_ADDR": f"10.0.0.{next(ADDRESSES)}"}
        answers = [
            client.get("/api/kpis", headers={"X-Request-ID": f"mine-{number}"}, environ_base=caller)
            for number in range(7)
        ]
        assert [answer.headers["X-Request-ID"] for answer in answers] == [f"mine-{number}" for number in range(7)]
        assert [answer.headers["RateLimit"].partition(";t")[0] for answer in answers[:5]] == [
            f'"requests";r={left}' for left in (4, 3, 2, 1, 0)
        ]
        return [answer.status_code for answer in answers]

    assert within_a_minute(attempt) == [200] * 5 + [429] * 2
    assert counted(client) in [{"200": 5 * tries, "429": 2 * tries} for tries in (1, 2)]


def counted(client: FlaskClient) -> dict[str, float]:
    """Return how many requests of /api/kpis the metrics have by status."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == "api_requests_total"]
    return {one.labels["status"]: one.value for one in samples if one.labels["operation"] == "kpis.get_kpis"}


def test_who_may_not_read_gets_no_kept_answer(database_url: str, engine: Engine, publish: Publish) -> None:
    publish_one(publish)
    keys = add_keys(engine)
    client = create_app(settings_for(database_url, open_reads=False)).test_client()
    for _ in range(3):
        for path in PATHS:
            assert client.get(path, headers=keys["read"]).status_code == 200
            assert client.get(path).status_code == 401
            assert client.get(path, headers={"X-API-Key": "guessed"}).status_code == 401
            assert client.get(path, headers={"Authorization": "Bearer guessed"}).status_code == 401
            assert client.get(path, headers=keys["write"]).status_code == 403
            assert client.get(path, headers={"Authorization": f"Bearer {KEYS['read']}"}).status_code == 200
    with engine.connect() as connection:
        number = connection.execute(text("SELECT id FROM serving.api_key WHERE name = 'read'")).scalar_one()
    assert client.get("/api/kpis", headers=keys["read"]).status_code == 200
    revoked = client.application.test_cli_runner().invoke(args=["keys", "revoke", str(number)])
    assert revoked.exit_code == 0, revoked.output
    assert client.get("/api/kpis", headers=keys["read"]).status_code == 401


def test_a_page_of_an_earlier_run_is_not_kept(client: FlaskClient, publish: Publish, engine: Engine) -> None:
    publish_one(publish)
    following = client.get("/api/customers?limit=1").get_json()["next"]
    publish_one(publish)
    assert client.get(following).status_code == 200
    with engine.begin() as connection:
        connection.execute(text("UPDATE serving.sync_run SET pruned_at = now() WHERE superseded_at IS NOT NULL"))
    wait_until_all_forget()
    assert client.get(following).status_code == 410


def test_when_nothing_is_served_any_more_no_kept_answer_is_given(
    client: FlaskClient, publish: Publish, engine: Engine
) -> None:
    publish_one(publish)
    assert client.get("/api/kpis").status_code == 200
    with engine.begin() as connection:
        connection.execute(text("UPDATE serving.sync_run SET superseded_at = now()"))
    wait_until_all_forget()
    assert client.get("/api/kpis").status_code == 503


def test_each_other_origin_gets_its_own_headers(database_url: str, publish: Publish) -> None:
    publish_one(publish)
    origins = ("https://bi.example", "https://intranet.example")
    client = create_app(settings_for(database_url, cors_origins=origins)).test_client()
    for origin in origins * 2:
        client.get("/api/kpis")
        answer = client.get("/api/kpis", headers={"Origin": origin})
        assert answer.headers["Access-Control-Allow-Origin"] == origin


def test_kept_answers_stay_within_their_memory(database_url: str, publish: Publish) -> None:
    publish(products=[{"product_key": key, "product_name": "x" * 900} for key in range(1, 1001)])
    app = create_app(settings_for(database_url, cache_mb=1))
    client = app.test_client()
    for limit in range(900, 1000, 10):  # pages of 900 kB
        client.get(f"/api/products?fields=product_name&limit={limit}")
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, Answer)]
    assert 0 < sum(len(answer.body) for answer in kept) < 1024**2


def test_without_a_cache_every_answer_is_read(database_url: str, publish: Publish, engine: Engine) -> None:
    publish_one(publish)
    app = create_app(settings_for(database_url, cache_mb=0))
    assert app.test_client().get("/api/products/1").status_code == 200
    assert "answer_cache" not in app.extensions
