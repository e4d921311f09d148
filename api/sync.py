"""The sync: copies the batch that the warehouse published last into ``serving``.

Each table is copied by binary COPY under the run's own number and committed with the record that it is there;
nobody reads those rows yet. When all tables are there and their checksums equal the warehouse's, one statement
marks the run as succeeded: from that moment on readers see its rows, all of them, and before it none.

A session lock of Postgres keeps two syncs apart and is freed when its holder dies. A sync that was killed is
taken up by the next one of the same batch and size: tables that had been copied are not copied again. (Their
checksums are compared once more.) Runs that lost their use (superseded for KEEP_SECONDS, failed, or of a batch
that is no longer the latest) lose their rows at the end of the next sync.
"""

import logging
import traceback
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple, cast

import psycopg
from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    Table,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from api import checksums
from api.checksums import Checksum
from api.gold import Batch, Gold, open_gold, synced_columns
from api.models import DATASETS, SERVED, WAREHOUSE_TABLES, SyncRun
from api.problems import Problem, UnavailableProblem

log = logging.getLogger(__name__)

LOCK = text("SELECT pg_try_advisory_lock(hashtextextended('serving.sync', 0))")
UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended('serving.sync', 0))")

KEEP_SECONDS = 15 * 60
"""How long a superseded run keeps its rows, for readers who are in the middle of a list."""


class Expected(NamedTuple):
    """What gold.current_batch must show: the batch, 0 for none, and when it was published. None takes whatever."""

    batch_id: int | None = None
    published_at: str | None = None


ANY = Expected()


class SyncRunningError(Problem):
    """Another sync holds the lock."""

    status = 409
    name = "sync-running"
    title = "A sync is already running"
    headers = {"Retry-After": "5"}  # noqa: RUF012


class OtherBatchError(Problem):
    """A part of a day cannot be taken over from another day."""

    status = 409
    name = "other-batch"
    title = "The day that is served is not the warehouse's latest"


class UnexpectedBatchError(Problem):
    """The warehouse shows another batch than the caller knows to be published: a read replica lags behind."""

    status = 409
    name = "unexpected-batch"
    title = "The warehouse does not show the expected batch"
    headers = {"Retry-After": "5"}  # noqa: RUF012


class NoPublishedBatchError(UnavailableProblem):
    """gold.current_batch is empty."""

    name = "no-published-batch"
    title = "The warehouse has not published a batch yet"


class ChecksumMismatchError(Problem):
    """What arrived is not what the warehouse says it has."""

    status = 502
    name = "checksum-mismatch"
    title = "The copy differs from the warehouse"


class MalformedDataError(Problem):
    """The warehouse sent what the tables cannot hold."""

    status = 502
    name = "malformed-data"
    title = "The warehouse sent what cannot be served"


REFUSED_DATA = (psycopg.DataError, psycopg.IntegrityError, TypeError, ValueError, OverflowError)
"""What psycopg and Postgres raise for a value of another type, one that is too large, or a key that comes twice."""

SUPERSEDE = update(SyncRun).where(SERVED).values(superseded_at=func.clock_timestamp())
"""Serve the run no longer that is served."""

KPIS = text("""
SELECT jsonb_build_object(
    'total_sales', sum(s.sales_amount)::bigint,
    'total_profit', sum(s.profit)::bigint,
    'total_quantity', sum(s.quantity)::bigint,
    'total_orders', count(DISTINCT s.order_number),
    'order_lines', count(*),
    'total_customers', (SELECT count(*) FROM serving.customers WHERE run_id = :run_id),
    'total_products', (SELECT count(*) FROM serving.products WHERE run_id = :run_id),
    'avg_order_value', sum(s.sales_amount)::bigint / NULLIF(count(DISTINCT s.order_number), 0),
    'first_order_date', min(s.order_date),
    'last_order_date', max(s.order_date)
)
FROM serving.sales AS s
WHERE s.run_id = :run_id""")


def sync_warehouse(
    engine: Engine,
    warehouse_odbc: str,
    datasets: Sequence[str] = DATASETS,
    sample_customers: int | None = None,
    expected: Expected = ANY,
) -> SyncRun:
    """Bring the warehouse's current batch into ``serving`` and return the run that did it.

    ``datasets`` are read from the warehouse, the others taken over from the run that is served, which must be of
    the same batch and size. A failure is kept in ``sync_run`` and changes nothing that is served, with one exception:
    where gold shows nothing because the batch that is served was withdrawn, nothing is served any longer.
    Raises SyncRunningError (another sync runs, in whatever process), WarehouseUnavailableError (connecting or
    reading failed), UnexpectedBatchError (gold shows another batch than ``expected``), NoPublishedBatchError (there is
    nothing to copy), OtherBatchError (``datasets`` are only some, and nothing fits to take the others from),
    MalformedDataError (a value does not fit) or ChecksumMismatchError (the copy differs).
    """
    run_id = None
    with _lock(engine):
        try:
            with open_gold(warehouse_odbc, sample_customers) as gold:
                batch = gold.current_batch()
                _insist(batch, expected)
                run_id = _open_run(engine, batch, datasets, sample_customers)
                if batch is None:
                    _stop_serving_withdrawn(engine, gold)
                    raise NoPublishedBatchError("Load and publish a day first.")
                for table in WAREHOUSE_TABLES:
                    _bring(engine, gold, table, run_id)
                run = _publish(engine, gold, run_id)
        except Exception as error:
            _record_failure(engine, run_id, datasets, sample_customers, error)
            _prune(engine)
            raise
        _prune(engine)
        log.info("sync %s: done", run_id)
        return run


@contextmanager
def _lock(engine: Engine) -> Iterator[None]:
    """Hold the lock on a connection of its own until the block ends, whatever ends it."""
    with engine.connect() as connection:
        if not connection.scalar(LOCK):
            raise SyncRunningError("Wait for the running sync to end; it serves the same batch.")
        connection.commit()
        try:
            yield
        finally:
            connection.execute(UNLOCK)
            connection.commit()


def _insist(batch: Batch | None, expected: Expected) -> None:
    """Raise UnexpectedBatchError unless gold shows what it is to show."""
    shown = Expected(batch.batch_id, batch.published_at) if batch else Expected(0)
    if any(wanted not in (None, there) for wanted, there in zip(expected, shown, strict=True)):
        raise UnexpectedBatchError(
            f"Expected {_words(expected)}, the warehouse shows {_words(shown)}. "
            "A read replica lags behind its primary: ask again."
        )


def _words(batch: Expected) -> str:
    number = {None: "any batch", 0: "no batch"}.get(batch.batch_id, f"batch {batch.batch_id}")
    return f"{number} published at {batch.published_at}" if batch.published_at else number


def _open_run(engine: Engine, batch: Batch | None, datasets: Sequence[str], sample_customers: int | None) -> int:
    """Record the start, or take up the run of the same batch and size that was killed; returns its id.

    The lock is ours, so a run that is still called running has died. Its last transaction may yet be ending in
    Postgres: every transaction of a sync begins by locking its run, so locking it here waits for that.
    """
    wanted = (batch and batch[:2], sorted(datasets), sample_customers)
    with engine.begin() as connection:
        running = select(SyncRun).where(SyncRun.status == "running").order_by(SyncRun.id.desc()).with_for_update()
        dead = connection.execute(running).all()
        for run in dead:
            if wanted == ((run.batch_id, run.business_date), sorted(run.datasets), run.sample_customers):
                log.info("sync %s: taken up", run.id)
                return cast(int, run.id)
            _close_failed(connection, run.id, "interrupted")
        run_id = _insert_run(connection, batch, datasets, sample_customers)
    log.info("sync %s: begun, batch %s", run_id, batch.batch_id if batch else None)
    return run_id


def _insert_run(
    connection: Connection, batch: Batch | None, datasets: Sequence[str], sample_customers: int | None
) -> int:
    run: dict[str, Any] = {"datasets": list(datasets), "sample_customers": sample_customers}
    if batch is not None:
        run |= {"batch_id": batch.batch_id, "business_date": batch.business_date}
    return connection.execute(insert(SyncRun).values(run).returning(SyncRun.id)).scalar_one()


def _close_failed(connection: Connection, run_id: int, reason: str) -> None:
    failed = update(SyncRun).where(SyncRun.id == run_id)
    connection.execute(failed.values(status="failed", finished_at=func.clock_timestamp(), error=reason))


def _record_failure(
    engine: Engine, run_id: int | None, datasets: Sequence[str], sample_customers: int | None, error: Exception
) -> None:
    """Keep what went wrong; a warehouse that did not even answer gets a run of its own for it."""
    log.exception("sync %s: failed", run_id)
    reason = "".join(traceback.format_exception_only(error.__cause__ or error)).strip()
    with engine.begin() as connection:
        failed = run_id if run_id is not None else _insert_run(connection, None, datasets, sample_customers)
        _close_failed(connection, failed, reason)


def _bring(engine: Engine, gold: Gold, table: Table, run_id: int) -> None:
    """Bring the rows of one table under the run, unless a killed sync has done so."""
    with Session(engine) as session:
        run = session.get_one(SyncRun, run_id, with_for_update=True)
        if table.name in run.staged:
            return
        connection = session.connection()
        if table.name in run.datasets:
            log.info("sync %s: copying %s", run_id, table.name)
            try:
                with closing(_rows(gold, table, run_id)) as rows:
                    copy_rows(connection, table, rows)
            except REFUSED_DATA as error:
                raise MalformedDataError(
                    f"Nothing was published: {table.name} has a value that does not fit."
                ) from error
        else:
            log.info("sync %s: taking over %s", run_id, table.name)
            _take_over(connection, table, run)
        run.staged = [*run.staged, table.name]
        log.info("sync %s: copied %s", run_id, table.name)
        session.commit()
    with engine.begin() as connection:
        connection.execute(text(f"ANALYZE {table.fullname}"))


def _take_over(connection: Connection, table: Table, run: SyncRun) -> None:
    """Copy the rows of the run that is served. Raises OtherBatchError if they are of another batch or size."""
    served = select(SyncRun).where(SERVED).order_by(SyncRun.id.desc()).limit(1)
    with Session(connection) as session:
        before = session.scalars(served).first()
    if before is None or (before.batch_id, before.sample_customers) != (run.batch_id, run.sample_customers):
        raise OtherBatchError(
            f"Sync all datasets: {table.name} of what is served is not of batch {run.batch_id} in the same size."
        )
    names = synced_columns(table)
    rows = select(literal(run.id, Integer), *(table.c[name] for name in names)).where(table.c.run_id == before.id)
    connection.execute(insert(table).from_select(["run_id", *names], rows))


def copy_rows(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Add rows, whose values are in the order of the table's columns, by binary COPY.

    psycopg's compiled encoder keeps up with the server. It converts nothing, so values are sent as the column's
    type, and it cuts off an integer that the type cannot hold without a word: the checksums would differ.
    """
    columns = ", ".join(table.columns.keys())
    types = [column.type.compile(connection.dialect).lower() for column in table.columns]
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    statement = f"COPY {table.fullname} ({columns}) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _rows(gold: Gold, table: Table, run_id: int) -> Generator[Sequence[Any]]:
    with closing(gold.chunks(table)) as chunks:
        for chunk in chunks:
            for row in chunk:
                yield (run_id, *row)


def _publish(engine: Engine, gold: Gold, run_id: int) -> SyncRun:
    """Compare all that arrived with the warehouse and, if it is the same, serve it."""
    log.info("sync %s: verifying", run_id)
    with Session(engine, expire_on_commit=False) as session:
        run = session.get_one(SyncRun, run_id, with_for_update=True)
        figures = {table.name: _verified(session.connection(), gold, table, run_id) for table in WAREHOUSE_TABLES}
        run.rows_products = figures["products"]["rows"]
        run.rows_customers = figures["customers"]["rows"]
        run.rows_sales = figures["sales"]["rows"]
        run.checksums = figures
        run.kpis = session.scalar(KPIS, {"run_id": run_id})
        session.execute(SUPERSEDE)
        run.finished_at = session.scalar(select(func.clock_timestamp()))
        run.status = "succeeded"
        session.flush()
        log.info("sync %s: publishing", run_id)
        session.commit()
    log.info("sync %s: published", run_id)
    return run


def _stop_serving_withdrawn(engine: Engine, gold: Gold) -> None:
    """Serve nothing if gold shows nothing because the batch that is served was withdrawn.

    Any other reason for an empty gold (a warehouse made anew, the wrong one) changes nothing that is served.
    """
    with engine.begin() as connection:
        served = connection.execute(select(SyncRun.batch_id, SyncRun.business_date).where(SERVED)).first()
        if served and gold.has_withdrawn(served.batch_id, served.business_date):
            log.warning("batch %s of %s was withdrawn: nothing is served until a day is published", *served)
            connection.execute(SUPERSEDE)


def _verified(connection: Connection, gold: Gold, table: Table, run_id: int) -> Checksum:
    expected = checksums.of_gold(gold, table)
    arrived = checksums.of_run(connection, table, run_id)
    if arrived != expected:
        wrong = {name: (expected[name], arrived[name]) for name in expected if expected[name] != arrived[name]}
        log.error("sync %s: %s differs: figure → (warehouse, copy): %s", run_id, table.name, wrong)
        raise ChecksumMismatchError(f"Nothing was published: {table.name} differs in {', '.join(wrong)}.")
    return expected


def _prune(engine: Engine) -> None:
    """Delete the rows of runs that nobody can be reading any more."""
    old = SyncRun.superseded_at < func.clock_timestamp() - text(f"interval '{KEEP_SECONDS} seconds'")
    useless = select(SyncRun.id).where(SyncRun.pruned_at.is_(None), or_(SyncRun.status == "failed", old))
    with engine.begin() as connection:
        runs = connection.scalars(useless).all()
        if not runs:
            return
        log.info("sync: pruning the rows of %s", ", ".join(map(str, runs)))
        for table in WAREHOUSE_TABLES:
            connection.execute(delete(table).where(table.c.run_id.in_(runs)))
        pruned = update(SyncRun).where(SyncRun.id.in_(runs))
        connection.execute(pruned.values(pruned_at=func.clock_timestamp()))
