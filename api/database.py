"""Postgres as the API sees it: one statement a read, one transaction a write.

A single statement sees a single snapshot, so an answer never mixes two days even when a sync publishes another
one meanwhile, and costs one round trip. Reads run in autocommit; a read whose connection turns out to be dead
(Postgres was restarted) is run once more on a fresh one.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from flask import Flask, current_app
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.expression import ClauseElement

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 10
"""How long Postgres works on one statement of a request before it gives up."""

LOCK_SECONDS = 5
GOING_DOWN = "57P"
"""How the SQLSTATEs begin with which Postgres ends connections when it shuts down, crashes or starts."""

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def psycopg_url(url: str) -> URL:
    """Return a Postgres URL, whatever its scheme is spelled like, for SQLAlchemy's psycopg dialect."""
    return make_url(url).set(drivername="postgresql+psycopg")


def init_app(app: Flask) -> None:
    """Give the application its ways into the database, which connect on first use."""
    settings = app.config["SETTINGS"]
    session = {
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS}s",
        # Statements are prepared and their plans do not depend on the values: planning takes longer than a page.
        "plan_cache_mode": "force_generic_plan",
    }
    own = {
        "connect_timeout": CONNECT_SECONDS,
        "prepare_threshold": 2,
        "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
    }
    app.extensions["reader"] = Reader(settings.serving_database_url_api, own)
    app.extensions["writer_engine"] = create_engine(
        psycopg_url(settings.serving_database_url_api), pool_pre_ping=True, connect_args=own
    )
    app.extensions["loader_engine"] = create_engine(
        psycopg_url(settings.serving_database_url_loader),
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )


class Reader:
    """One connection a thread, for reads: no pool between a request and its one statement."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._options = options
        self.of_thread = threading.local()

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Open a connection of the caller's own."""
        return psycopg.connect(self._url, autocommit=True, **self._options)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None) -> Sequence[tuple[Any, ...]]:
        """Run a statement on this thread's connection, made anew if it is closed."""
        connection: psycopg.Connection[tuple[Any, ...]] | None = getattr(self.of_thread, "connection", None)
        if connection is None or connection.closed:
            connection = self.of_thread.connection = self.connect()
        return connection.execute(sql, parameters).fetchall()


def loader_engine() -> Engine:
    """Return the current application's engine of the loader."""
    return cast(Engine, current_app.extensions["loader_engine"])


def sql_text(statement: ClauseElement) -> str:
    """Render a statement of SQLAlchemy for ``read``; done once for each statement that there is.

    Constants must be literals: ``read`` gets the parameters only, and Postgres plans better knowing them.
    """
    compiled = statement.compile(dialect=_DIALECT)
    constants = [name for name, value in compiled.params.items() if value is not None]
    if constants:
        raise ValueError(f"constants that are no literals: {', '.join(constants)}")
    return str(compiled)


def read(sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[tuple[Any, ...]]:
    """Run one statement and return its rows, values as psycopg gives them. Raises psycopg's errors."""
    reader: Reader = current_app.extensions["reader"]
    try:
        return reader.rows(sql, parameters)
    except psycopg.OperationalError as error:
        if error.sqlstate is not None and not error.sqlstate.startswith(GOING_DOWN):
            raise  # Postgres answered: asking again would change nothing
        return reader.rows(sql, parameters)


@contextmanager
def transaction() -> Iterator[Connection]:
    """Open a transaction that commits when the block ends and is rolled back when it raises."""
    engine = cast(Engine, current_app.extensions["writer_engine"])
    with engine.begin() as connection:
        yield connection
