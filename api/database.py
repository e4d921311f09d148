"""Postgres as the resources see it: one read-only snapshot a request.

REPEATABLE READ gives every statement of a request the same published day, even when a sync publishes another
one between two of them.
"""

from typing import cast

from flask import Flask, current_app, g
from psycopg.errors import UndefinedTable
from sqlalchemy import Connection, Engine, create_engine, make_url, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateSchema

from api.models import SCHEMA, Base, SyncRun
from api.problems import Problem

CONNECT_SECONDS = 5


class NotSyncedError(Problem):
    """Nothing has been published yet: there is no data to answer with."""

    status = 503
    name = "not-synced"
    title = "No data has been published yet"


def init_app(app: Flask) -> None:
    """Give the application its engine (which connects on first use) and end each request's session."""
    app.extensions["serving_engine"] = create_engine(
        make_url(app.config["SETTINGS"].serving_database_url).set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )
    app.teardown_appcontext(_close_session)


def serving_engine() -> Engine:
    """Return the current application's engine."""
    return cast(Engine, current_app.extensions["serving_engine"])


def snapshot() -> Session:
    """Return the request's read-only session; all its statements see the same published day."""
    if "serving_session" not in g:
        engine = serving_engine().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        g.serving_session = Session(engine)
    return cast(Session, g.serving_session)


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("serving_session", None)
    if session is not None:
        session.close()


def served_run(session: Session) -> SyncRun | None:
    """Find the sync whose data is being served; None before the first one has succeeded."""
    statement = select(SyncRun).where(SyncRun.status == "succeeded").order_by(SyncRun.id.desc()).limit(1)
    try:
        return session.scalars(statement).first()
    except ProgrammingError as error:
        if isinstance(error.orig, UndefinedTable):  # the first sync creates the tables
            session.rollback()
            return None
        raise


def require_published_data() -> None:
    """Refuse to answer from tables that no sync has filled yet; for ``Blueprint.before_request``."""
    if served_run(snapshot()) is None:
        raise NotSyncedError("The warehouse has not been synced into this database yet: POST /api/sync does it.")


def create_tables(connection: Connection) -> None:
    """Create what is missing of schema ``serving``; leaves existing tables as they are."""
    connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
    Base.metadata.create_all(connection)
