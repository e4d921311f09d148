"""A real Postgres for the session; a migrated database and an API on it for each test."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, func, insert, make_url, update

from api import create_app
from api.serving.database import psycopg_url
from api.serving.lease import wait_until_all_forget
from api.serving.models import ApiKey, Customer, Product, Sale, SyncRun
from api.serving.sync import KPIS
from api.settings import Settings
from tests.api.gold_database import GoldDatabase
from tests.postgres import as_login, embedded_postgres, prepare
from tests.warehouse import Server

ROOT = Path(__file__).parents[2]
SYNC_KEY = "the-key-of-the-tests"
KEYS = {"read": "key-that-reads", "write": "key-that-writes", "all": "key-that-may-everything"}
SCOPES = {"read": ["read"], "write": ["write"], "all": ["read", "sync", "write"]}
NO_WAREHOUSE = "DRIVER={FreeTDS};SERVER=127.0.0.1;PORT=1;UID=nobody;PWD=nothing"
SUNDAY = date(2026, 1, 4)
NO_LIMIT = 1_000_000
NO_EXPORTS = ROOT / "no exports"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an embedded Postgres server's database."""
    with embedded_postgres() as url:
        yield url


def with_name(url: str, name: str) -> str:
    """Return the URL of another database of the server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def migrated(postgres: str) -> str:
    """The name of a migrated database, the template of the tests' databases; each role has a login."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    prepare(with_name(postgres, "migrated"))
    return "migrated"


NUMBERS = count(1)


@contextmanager
def new_database(postgres: str, migrated: str) -> Iterator[str]:
    """Create an empty migrated database, dropped at the end of the block; yields its owner's URL."""
    name = f"test_{next(NUMBERS)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
        yield with_name(postgres, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres: str, migrated: str) -> Iterator[str]:
    """The owner's URL of an empty migrated database."""
    with new_database(postgres, migrated) as url:
        yield url


@pytest.fixture(scope="module")
def shared_url(postgres: str, migrated: str) -> Iterator[str]:
    """The owner's URL of a database shared by the tests of a module, which do not change it."""
    with new_database(postgres, migrated) as url:
        yield url


def settings_for(database_url: str, warehouse_odbc: str = NO_WAREHOUSE, **others: Any) -> Settings:
    """Return settings in which the API and the sync have only the permissions of their roles in Postgres."""
    return Settings(
        database_url,
        warehouse_odbc,
        SYNC_KEY,
        serving_database_url_loader=as_login(database_url, "loader"),
        serving_database_url_api=as_login(database_url, "api"),
        **{"rate_limit": NO_LIMIT, "exports_dir": NO_EXPORTS, **others},
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment variables of the settings, for another process."""
    return {
        **os.environ,
        "SERVING_DATABASE_URL": settings.serving_database_url,
        "SERVING_DATABASE_URL_LOADER": settings.serving_database_url_loader,
        "SERVING_DATABASE_URL_API": settings.serving_database_url_api,
        "WAREHOUSE_ODBC_READER": settings.warehouse_odbc_reader,
        "API_SYNC_KEY": settings.sync_key,
        "API_RATE_LIMIT": str(settings.rate_limit),
        "EXPORTS_DIR": str(settings.exports_dir),
        "AIRFLOW_PUBLIC_URL": settings.airflow_public_url,
        "API_OPEN_READS": str(settings.open_reads).lower(),
    }


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the test's database, which bypasses the API."""
    engine = create_engine(psycopg_url(database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def app(database_url: str) -> Flask:
    """The API on an empty database, with a warehouse that is down."""
    return create_app(settings_for(database_url))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def add_keys(engine: Engine) -> dict[str, dict[str, str]]:
    """Create a key for each set of scopes (read, write, all); returns headers with the keys."""
    with engine.begin() as connection:
        for name, key in KEYS.items():
            row = {"name": name, "key_hash": hashlib.sha256(key.encode()).digest(), "scopes": SCOPES[name]}
            connection.execute(insert(ApiKey).values(row))
    return {name: {"X-API-Key": key} for name, key in KEYS.items()}


@pytest.fixture
def keys(engine: Engine) -> dict[str, dict[str, str]]:
    """Headers with a key for each set of scopes: read, write, all."""
    return add_keys(engine)


@pytest.fixture(scope="module")
def shared_engine(shared_url: str) -> Iterator[Engine]:
    """An engine on the database that a module's tests share."""
    engine = create_engine(psycopg_url(shared_url))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def shared_client(shared_url: str) -> FlaskClient:
    """A client of an API on the database that a module's tests share."""
    return create_app(settings_for(shared_url)).test_client()


@pytest.fixture(scope="module")
def gold_database(server: Server) -> Iterator[GoldDatabase]:
    """A small warehouse for the tests of one module."""
    database = GoldDatabase(server.odbc)
    database.create()
    yield database
    database.drop()


@pytest.fixture
def gold(gold_database: GoldDatabase) -> GoldDatabase:
    """A warehouse that has published day 1."""
    gold_database.create_views()
    gold_database.publish(1)
    return gold_database


Publish = Callable[..., int]


def publish_run(
    engine: Engine,
    *,
    batch_id: int = 1,
    business_date: date = SUNDAY,
    products: Sequence[dict[str, Any]] = (),
    customers: Sequence[dict[str, Any]] = (),
    sales: Sequence[dict[str, Any]] = (),
) -> int:
    """Insert rows into the serving tables as a sync of the batch would; returns the run id."""
    run: dict[str, Any] = {"batch_id": batch_id, "business_date": business_date, "datasets": [], "status": "succeeded"}
    run["finished_at"] = func.clock_timestamp()
    with engine.begin() as connection:
        connection.execute(update(SyncRun).values(superseded_at=SyncRun.started_at))
        run_id: int = connection.execute(insert(SyncRun).values(run).returning(SyncRun.id)).scalar_one()
        for product in products:
            connection.execute(insert(Product).values({"in_source": True, "run_id": run_id, **product}))
        for customer in customers:
            connection.execute(insert(Customer).values({"in_source": True, "run_id": run_id, **customer}))
        for sale in sales:
            connection.execute(insert(Sale).values({"run_id": run_id, **sale}))
        totals = connection.scalar(KPIS, {"run_id": run_id})
        connection.execute(update(SyncRun).where(SyncRun.id == run_id).values(kpis=totals))
    wait_until_all_forget()
    return run_id


@pytest.fixture
def publish(engine: Engine) -> Publish:
    """Publish rows into the test's database."""
    return partial(publish_run, engine)
