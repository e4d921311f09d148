"""Connections to Postgres: one statement a read, one transaction a write.

A statement sees one snapshot, so a response never mixes two sync runs, even if a sync publishes meanwhile, and it
costs one round trip. Reads run in autocommit. If a read finds its connection closed, because Postgres was restarted,
it is run once more on a new connection.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

import psycopg
from flask import Flask, current_app
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.expression import ClauseElement

from api.serving.lease import wait_until_all_forget

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 10
"""statement_timeout of requests."""

LOCK_SECONDS = 5
MOST_PREPARED = 100
"""Prepared statements of a connection, because each takes memory in Postgres."""

SHUTDOWN_SQLSTATE_CLASS = "57P"
"""Start of the SQLSTATEs with which Postgres ends connections when it shuts down, crashes or starts."""

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def psycopg_url(url: str) -> URL:
    """Return a Postgres URL of any scheme as one for SQLAlchemy's psycopg dialect."""
    return make_url(url).set(drivername="postgresql+psycopg")


def init_app(app: Flask) -> None:
    """Create the application's reader and engines; they connect on first use."""
    settings = app.config["SETTINGS"]
    session = {
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS}s",
        # Statements are prepared. A generic plan fits all values, and planning takes longer than reading a page.
        "plan_cache_mode": "force_generic_plan",
    }
    options = {
        "connect_timeout": CONNECT_SECONDS,
        "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
    }
    app.extensions["reader"] = Reader(settings.serving_database_url_api, options)
    app.extensions["writer_engine"] = create_engine(
        psycopg_url(settings.serving_database_url_api), pool_pre_ping=True, connect_args=options
    )
    app.extensions["loader_engine"] = create_engine(
        psycopg_url(settings.serving_database_url_loader),
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )


class Reader:
    """One connection a thread, for reads: a request with one statement needs no pool."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._options = options
        self.thread_local = threading.local()

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Open a new connection, which the caller closes."""
        return psycopg.connect(self._url, autocommit=True, **self._options)

    @contextmanager
    def snapshot(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """Open a new connection with a read-only transaction that sees one state, until the block ends."""
        with self.connect() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection

    def read(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[tuple[Any, ...]]:
        """Run a statement and return its rows; again if the connection was closed. Raises psycopg.Error."""
        try:
            return self._rows(sql, parameters or {})
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and not error.sqlstate.startswith(SHUTDOWN_SQLSTATE_CLASS):
                raise  # the server rejected the statement: a retry would fail too
            return self._rows(sql, parameters or {})

    def _rows(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Run a statement on this thread's connection, which is opened again if it is closed."""
        statements: PreparedStatements | None = getattr(self.thread_local, "statements", None)
        if statements is None or statements.connection.closed:
            statements = self.thread_local.statements = PreparedStatements(self.connect())
        return statements.rows(sql, parameters)


class PreparedStatements:
    """The prepared statements of a connection, by their text and the types of their parameters.

    They run through libpq's functions. A cursor of psycopg takes longer for a statement than Postgres does, and lets
    other threads interrupt it several times.
    """

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.connection = connection
        self._transformer = Transformer(connection)
        self._names: OrderedDict[tuple[str, tuple[int, ...]], bytes] = OrderedDict()
        self._prepared = 0

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows. Raises psycopg.Error."""
        transformer, (text, places) = self._transformer, _numbered(sql)
        values: Sequence[Any] = ()
        types: tuple[int, ...] = ()
        formats = None
        if places:
            values = transformer.dump_sequence([parameters[name] for name in places], [PyFormat.AUTO] * len(places))
            types, formats = transformer.types or (), transformer.formats
        if name := self._names.get((sql, types)):
            self._names.move_to_end((sql, types))
        else:
            name = self._names[sql, types] = self._prepare(text, types)
        result = self._checked(self.connection.pgconn.exec_prepared(name, values, formats))
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    def _prepare(self, text: bytes, types: tuple[int, ...]) -> bytes:
        """Prepare a statement and return its name; the one not used for longest makes room for it."""
        libpq = self.connection.pgconn
        while len(self._names) >= MOST_PREPARED:
            self._checked(libpq.exec_(b"DEALLOCATE " + self._names.popitem(last=False)[1]))
        self._prepared += 1
        name = b"read_%d" % self._prepared
        self._checked(libpq.prepare(name, text, types))
        return name

    def _checked(self, result: PGresult) -> PGresult:
        """Return a result unless it is an error, which is raised as psycopg does."""
        if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            return result
        error = error_from_result(result)
        if error.sqlstate is None and self.connection.closed:
            raise psycopg.OperationalError(str(error))
        raise error


@lru_cache(maxsize=2048)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a statement with psycopg's places as Postgres has them, and the name of the parameter of each."""
    numbers: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        return numbers.setdefault(found[1], f"${len(numbers) + 1}") if found[1] else "%"

    text = re.sub(r"%\((\w+)\)s|%%", place, sql)
    return text.encode(), tuple(numbers)


def loader_engine() -> Engine:
    """Return the current application's engine with the loader's login."""
    return cast(Engine, current_app.extensions["loader_engine"])


def sql_text(statement: ClauseElement) -> str:
    """Compile a statement of SQLAlchemy to SQL for ``read``; callers cache the result.

    Constants must be literals, because ``read`` passes only the parameters, and Postgres plans better with them.
    Raises ValueError if one is not.
    """
    compiled = statement.compile(dialect=_DIALECT)
    constants = [name for name, value in compiled.params.items() if value is not None]
    if constants:
        raise ValueError(f"constants that are not literals: {', '.join(constants)}")
    return str(compiled)


def read(sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[tuple[Any, ...]]:
    """Run one statement and return its rows with psycopg's values. Raises psycopg.Error."""
    reader: Reader = current_app.extensions["reader"]
    return reader.read(sql, parameters)


@contextmanager
def transaction() -> Iterator[Connection]:
    """Open a transaction: committed at the end of the block, rolled back if it raises.

    After it no process answers from what it read before.
    """
    engine = cast(Engine, current_app.extensions["writer_engine"])
    with engine.begin() as connection:
        yield connection
    wait_until_all_forget()
