"""Liveness and readiness, and the API while Postgres is down or blocked."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from api import create_app
from api.serving import database
from api.settings import Settings
from tests.api.answers import Headers, problem
from tests.api.conftest import NO_WAREHOUSE, NUMBERS, SYNC_KEY, Publish, settings_for, with_name

READS = [
    "/health/ready",
    "/metrics",
    "/api/products",
    "/api/products?sort=-total_sales&limit=1",
    "/api/products/1",
    "/api/products/1/overlay",
    "/api/customers",
    "/api/customers/VIP",
    "/api/customers/key/1",
    "/api/sales",
    "/api/orders",
    "/api/orders/lines",
    "/api/kpis",
    "/api/sync",
    "/api/sync/1",
]


def test_ready_returns_the_business_date_and_its_age(client: FlaskClient, publish: Publish) -> None:
    publish(batch_id=6)
    today = datetime.now(UTC).date()
    run_id = publish(batch_id=7, business_date=today - timedelta(3))
    ready = client.get("/health/ready")
    document = ready.get_json()
    assert ready.status_code == 200
    assert abs(datetime.now(UTC) - datetime.fromisoformat(document.pop("synced_at"))) < timedelta(hours=1)
    assert document.pop("age_days") == 3 + (datetime.now(UTC).date() - today).days
    assert document == {
        "status": "ok",
        "business_date": str(today - timedelta(3)),
        "batch_id": 7,
        "run_id": run_id,
        "sample_customers": None,
    }


@pytest.mark.parametrize("address", ["/health/ready", *READS[2:5], *READS[6:11]])
def test_before_the_first_sync_reads_are_unavailable_instead_of_empty(shared_client: FlaskClient, address: str) -> None:
    answer = shared_client.get(address)
    assert "POST /api/sync" in problem(answer, 503, "not-synced")["detail"]
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("address", ["/health/live", "/metrics", "/api/sync", "/"])
def test_before_the_first_sync_operations_without_data_work(shared_client: FlaskClient, address: str) -> None:
    assert shared_client.get(address).status_code == 200
    page = shared_client.get("/", headers={"Accept": "text/html"})
    assert "No business date is served" in page.text


@pytest.fixture
def client_without_postgres(tmp_path: Path) -> FlaskClient:
    """An API whose Postgres is down."""
    url = f"postgresql://postgres:the-password@/serving?host={tmp_path}"
    return create_app(Settings(url, NO_WAREHOUSE, SYNC_KEY)).test_client()


ASKED: list[tuple[str, str, Headers]] = [
    *[("GET", address, {}) for address in READS],
    ("GET", "/api/products", {"X-API-Key": "any"}),
    ("GET", "/api/products", {"If-None-Match": '"1-0"'}),
    ("POST", "/api/products", {"X-API-Key": "any"}),
    ("DELETE", "/api/products/1", {"X-API-Key": "any"}),
    ("POST", "/api/sync", {"X-API-Key": "any"}),
]


@pytest.mark.parametrize(("method", "address", "headers"), ASKED)
def test_without_postgres_operations_that_need_it_are_unavailable_and_reveal_nothing_of_it(
    client_without_postgres: FlaskClient, method: str, address: str, headers: Headers, tmp_path: Path
) -> None:
    answer = client_without_postgres.open(address, method=method, json={}, headers=headers)
    problem(answer, 503, "serving-database-down")
    assert answer.headers["Retry-After"] == "5"
    assert not any(secret in answer.text for secret in ("the-password", str(tmp_path), "psycopg", "socket", "host"))


@pytest.mark.parametrize("address", ["/health/live", "/", "/docs", "/openapi.json", "/postman.json"])
def test_without_postgres_operations_that_do_not_need_it_work(
    client_without_postgres: FlaskClient, address: str
) -> None:
    for accept in ("application/json", "text/html"):
        assert client_without_postgres.get(address, headers={"Accept": accept}).status_code == 200
    assert client_without_postgres.get("/health/live").get_json() == {"status": "ok"}


def test_the_api_recovers_when_postgres_drops_all_its_connections(
    client: FlaskClient, publish: Publish, engine: Engine, keys: dict[str, Headers]
) -> None:
    publish(products=[{"product_key": 1}], customers=[{"customer_key": 1}])
    anyway = {**keys["write"], "If-Match": "*"}
    assert client.patch("/api/products/1", json={"cost": 1}, headers=anyway).status_code == 200
    for address in READS:
        assert client.get(address).status_code == 200, address
        assert drop_connections(engine) >= 1
        for _ in range(2):
            assert client.get(address).status_code == 200, address


def test_a_change_after_all_connections_were_dropped_is_applied_once(
    client: FlaskClient, publish: Publish, engine: Engine, keys: dict[str, Headers]
) -> None:
    publish(products=[{"product_key": 1}])
    for cost in (1, 2):
        headers = {**keys["write"], "If-Match": client.get("/api/products/1").headers["ETag"]}
        drop_connections(engine)
        assert client.patch("/api/products/1", json={"cost": cost}, headers=headers).status_code == 200
    assert client.get("/api/products/1").get_json()["cost"] == 2


def drop_connections(engine: Engine) -> int:
    """Terminate all other connections to the database, as a restart does; returns their number."""
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.connect() as connection:
        ended = set(connection.scalars(text(others)).all())
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM unnest(:pids) AS pid"), {"pids": list(ended)})
        connection.rollback()  # pg_stat_activity is cached for a transaction
        while ended & set(connection.scalars(text(others)).all()):  # new ones may come meanwhile
            connection.rollback()
            sleep(0.01)
    return len(ended)


@contextmanager
def held_up(client: FlaskClient, engine: Engine, address: str) -> Iterator[tuple[Future[TestResponse], int]]:
    """Send a request while a table is locked; yields the future response and the id of the waiting backend."""
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool, engine.connect() as watching, engine.begin() as locking:
        locking.execute(text("LOCK TABLE serving.products"))
        answer = pool.submit(client.application.test_client().get, address)
        try:
            while not (found := watching.execute(text(waiting)).all()):
                assert not answer.done(), answer.result().text
                watching.rollback()
                sleep(0.01)
            yield answer, found[0][0]
        finally:
            locking.rollback()


def test_a_statement_timeout_is_a_temporary_error(client: FlaskClient, publish: Publish, engine: Engine) -> None:
    publish(products=[{"product_key": 1}])
    with held_up(client, engine, "/api/products") as (answer, pid), engine.connect() as connection:
        connection.execute(text(f"SELECT pg_cancel_backend({pid})"))  # as statement_timeout does
        problem(answer.result(), 503, "query-timeout")
        assert answer.result().headers["Retry-After"] == "5"
    assert client.get("/api/products").status_code == 200


def test_a_lock_timeout_is_a_temporary_error(
    app: Flask, publish: Publish, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(products=[{"product_key": 1}])
    monkeypatch.setattr(database, "LOCK_SECONDS", 1)
    client = create_app(app.config["SETTINGS"]).test_client()
    with held_up(client, engine, "/api/products") as (answer, _):
        problem(answer.result(), 503, "query-timeout")


@pytest.mark.parametrize("name", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
def test_every_session_has_timeouts(app: Flask, name: str) -> None:
    with app.app_context():
        ((found,),) = database.read(f"SHOW {name}")
    assert found == {"lock_timeout": "5s"}.get(name, "10s")


@pytest.fixture(scope="module")
def empty_url(postgres: str) -> Iterator[str]:
    """A database without migrations."""
    name = f"empty_{next(NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield with_name(postgres, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(("method", "address", "headers"), ASKED)
def test_missing_tables_are_reported_as_a_missing_migration(
    migrated: str, empty_url: str, method: str, address: str, headers: Headers
) -> None:
    client = create_app(settings_for(empty_url)).test_client()
    answer = client.open(address, method=method, json={}, headers=headers)
    assert "alembic upgrade head" in problem(answer, 503, "not-migrated")["detail"]
    assert not any(word in answer.text for word in ("relation", "SELECT", "api_key", "sync_run"))


@pytest.mark.parametrize("right", ["SELECT ON serving.served_products", "USAGE ON SCHEMA serving"])
def test_missing_permissions_are_reported_as_a_missing_migration(
    client: FlaskClient, publish: Publish, engine: Engine, right: str
) -> None:
    publish()
    with engine.begin() as connection:
        connection.execute(text(f"REVOKE {right} FROM serving_api"))
    problem(client.get("/api/products"), 503, "not-migrated")


@pytest.mark.parametrize(
    ("address", "broken"),
    [
        ("/api/customers", "ALTER TABLE serving.customers RENAME COLUMN country TO the_country"),
        ("/api/sales", "ALTER TABLE serving.sales RENAME COLUMN profit TO the_profit"),
        ("/health/ready", "ALTER TABLE serving.sync_run RENAME COLUMN batch_id TO the_batch"),
        ("/api/products/1/overlay", "ALTER TABLE overlay.products RENAME COLUMN changes TO the_changes"),
    ],
)
def test_an_unexpected_error_of_the_database_is_a_plain_500_without_its_text(
    client: FlaskClient, publish: Publish, engine: Engine, address: str, broken: str
) -> None:
    publish()
    with engine.begin() as connection:
        connection.execute(text(broken))
    answer = client.get(address)
    assert "its log has the details" in problem(answer, 500)["detail"]
    words: list[Any] = ["country", "profit", "batch", "changes", "column", "serving", "SELECT", "psycopg"]
    assert not any(word in answer.text for word in words)
    assert client.get("/health/live").status_code == 200
