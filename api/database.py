"""Postgres as the API sees it: one statement a read, one transaction a write.

A single statement sees a single snapshot, so an answer never mixes two days even when a sync publishes another
one meanwhile, and costs one round trip. Reads run in autocommit; a read whose connection turns out to be dead
(Postgres was restarted) is run once more on a fresh one.
"""

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
    """Give the application its engines, which connect on first use: the API's and the loader's."""
    settings = app.config["SETTINGS"]
    session = {
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS}s",
        # Statements are prepared and their plans do not depend on the values: planning takes longer than a page.
        "plan_cache_mode": "force_generic_plan",
    }
    app.extensions["serving_engine"] = create_engine(
        psycopg_url(settings.serving_database_url_api),
        max_overflow=-1,  # as many as the server has threads, and no request waits for another's
        pool_reset_on_return=None,  # a read leaves nothing behind, a write ends with its transaction
        isolation_level="AUTOCOMMIT",
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "prepare_threshold": 2,
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
        },
    )
    app.extensions["loader_engine"] = create_engine(
        psycopg_url(settings.serving_database_url_loader),
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )


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
    """Run one statement and return its rows, values as psycopg gives them. Raises psycopg's and the pool's errors."""
    engine = cast(Engine, current_app.extensions["serving_engine"])
    try:
        return _read(engine, sql, parameters)
    except psycopg.OperationalError as error:
        if error.sqlstate is not None and not error.sqlstate.startswith(GOING_DOWN):
            raise  # Postgres answered: asking again would change nothing
        return _read(engine, sql, parameters)


def _read(engine: Engine, sql: str, parameters: Mapping[str, Any] | None) -> Sequence[tuple[Any, ...]]:
    # Past SQLAlchemy's Connection, which takes longer than Postgres does for one row; its pool stays.
    pooled = engine.raw_connection()
    try:
        driver = cast("psycopg.Connection[tuple[Any, ...]]", pooled.driver_connection)
        return driver.execute(sql, parameters).fetchall()
    except psycopg.OperationalError:
        if driver.closed:
            pooled.invalidate()
            engine.dispose()  # the others of the pool are as dead
        raise
    finally:
        pooled.close()


@contextmanager
def transaction() -> Iterator[Connection]:
    """Open a transaction that commits when the block ends and is rolled back when it raises."""
    engine = cast(Engine, current_app.extensions["serving_engine"])
    with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
        yield connection
