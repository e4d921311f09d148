"""The sync: copies the batch that the warehouse published last into the schema ``serving``.

A sync run copies each table by binary COPY under its run id and commits the rows together with the table's name in
``staged``. Nobody reads those rows yet. When all tables are staged and their checksums equal the warehouse's, one
transaction marks the run as succeeded; from then on readers see all its rows.

An advisory lock of Postgres allows one sync at a time and is freed when its session ends. If a sync was killed, the
next one of the same batch and sample resumes its run: it does not copy staged tables again, but compares their
checksums again. The rows of failed runs, and of runs superseded KEEP_SECONDS ago, are deleted at the end of a sync.
"""

import logging
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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

from api.errors import Problem, UnavailableProblem
from api.serving import checksums
from api.serving.checksums import Checksum
from api.serving.gold import Batch, Gold, open_gold, synced_columns
from api.serving.lease import wait_until_all_forget
from api.serving.models import DATASETS, SERVED, WAREHOUSE_TABLES, SyncRun

log = logging.getLogger(__name__)

LOCK = text("SELECT pg_try_advisory_lock(hashtextextended('serving.sync', 0))")
UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended('serving.sync', 0))")

KEEP_SECONDS = 15 * 60
"""How long the rows of a superseded run are kept, for clients in the middle of a list."""


class ExpectedBatch(NamedTuple):
    """The batch that gold.current_batch must show (0: no batch) and its time of publication; None accepts any."""

    batch_id: int | None = None
    published_at: str | None = None


ANY_BATCH = ExpectedBatch()


class SyncRunningError(Problem):
    """Another sync holds the lock."""

    status = 409
    name = "sync-running"
    title = "A sync is already running"
    headers = {"Retry-After": "5"}  # noqa: RUF012


class OtherBatchError(Problem):
    """Tables cannot be copied from the served run, because its batch or sample differs."""

    status = 409
    name = "other-batch"
    title = "The served run has another batch or sample"


class UnexpectedBatchError(Problem):
    """The warehouse shows another batch than the caller expects, as a lagging read replica does."""

    status = 409
    name = "unexpected-batch"
    title = "The warehouse shows another batch than expected"
    headers = {"Retry-After": "5"}  # noqa: RUF012


class NoPublishedBatchError(UnavailableProblem):
    """gold.current_batch is empty."""

    name = "no-published-batch"
    title = "The warehouse shows no published batch"


class ChecksumMismatchError(Problem):
    """The checksums of the copy differ from the warehouse's."""

    status = 502
    name = "checksum-mismatch"
    title = "The copy differs from the warehouse"


class MalformedDataError(Problem):
    """A value of the warehouse does not fit the serving table."""

    status = 502
    name = "malformed-data"
    title = "The warehouse sent a value that does not fit the serving table"


DATA_ERRORS = (psycopg.DataError, psycopg.IntegrityError, TypeError, ValueError, OverflowError)
"""Errors of psycopg and Postgres for a value of a wrong type, a value out of range, or a duplicate key."""

SUPERSEDE = update(SyncRun).where(SERVED).values(superseded_at=func.clock_timestamp())
"""Stop serving the served run."""

KPIS = text("""
SELECT jsonb_build_object(
    'total_sales', sum(s.sales_amount)::bigint,
    'total_profit', sum(s.profit)::bigint,
    'total_quantity', sum(s.quantity)::bigint,
    'total_orders', count(DISTINCT s.order_number),
    'order_lines', count(*),
    'total_customers', (SELECT count(*) FROM serving.customers WHERE run_id = :run_id),
    'total_products', (SELECT count(*) FROM serving.products WHERE run_id = :run_id),
    'avg_order_value', round(sum(s.sales_amount)::numeric / NULLIF(count(DISTINCT s.order_number), 0), 2),
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
    expected: ExpectedBatch = ANY_BATCH,
    on_open: Callable[[int], None] = lambda _: None,
) -> SyncRun:
    """Copy the warehouse's current batch into ``serving``, publish it and return the sync run.

    ``on_open`` gets the id of the run when it is recorded.

    The tables in ``datasets`` are read from the warehouse, the others are copied from the served run, which must have
    the same batch and sample. A failure is recorded in ``sync_run`` and leaves the served run in place, with one
    exception: if gold shows no batch because the served batch was withdrawn, no run is served afterwards.
    Raises SyncRunningError (another sync is running, in any process), WarehouseUnavailableError (connecting or reading
    failed), UnexpectedBatchError (gold shows another batch than ``expected``), NoPublishedBatchError (gold shows no
    batch), OtherBatchError (the served run has another batch or sample), MalformedDataError (a value does not fit its
    column) or ChecksumMismatchError (the copy differs).
    """
    run_id = None
    with _lock(engine):
        try:
            with open_gold(warehouse_odbc, sample_customers) as gold:
                batch = gold.current_batch()
                _require_expected_batch(batch, expected)
                run_id = _open_run(engine, batch, datasets, sample_customers)
                on_open(run_id)
                if batch is None:
                    _stop_serving_withdrawn(engine, gold)
                    raise NoPublishedBatchError("Load and publish a day first.")
                for table in WAREHOUSE_TABLES:
                    _stage_table(engine, gold, table, run_id)
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
    """Hold the advisory lock on its own connection for the duration of the block."""
    with engine.connect() as connection:
        if not connection.scalar(LOCK):
            raise SyncRunningError("Wait for the running sync to end, then try again.")
        connection.commit()
        try:
            yield
        finally:
            connection.execute(UNLOCK)
            connection.commit()


def _require_expected_batch(batch: Batch | None, expected: ExpectedBatch) -> None:
    """Raise UnexpectedBatchError unless gold shows the expected batch."""
    shown = ExpectedBatch(batch.batch_id, batch.published_at) if batch else ExpectedBatch(0)
    if any(wanted not in (None, actual) for wanted, actual in zip(expected, shown, strict=True)):
        raise UnexpectedBatchError(
            f"Expected {_describe(expected)}, the warehouse shows {_describe(shown)}. "
            "A read replica may lag behind its primary: try again."
        )


def _describe(batch: ExpectedBatch) -> str:
    number = {None: "any batch", 0: "no batch"}.get(batch.batch_id, f"batch {batch.batch_id}")
    return f"{number} published at {batch.published_at}" if batch.published_at else number


def _open_run(engine: Engine, batch: Batch | None, datasets: Sequence[str], sample_customers: int | None) -> int:
    """Insert a run, or resume a killed run of the same batch, datasets and sample; returns its id.

    This process holds the advisory lock, so a run that is still marked as running was killed. Its last transaction
    may not have ended yet in Postgres. Every transaction of a sync locks the row of its run first, so locking the row
    here waits for that end.
    """
    identity = (batch and batch[:2], sorted(datasets), sample_customers)
    with engine.begin() as connection:
        running = select(SyncRun).where(SyncRun.status == "running").order_by(SyncRun.id.desc()).with_for_update()
        dead = connection.execute(running).all()
        for run in dead:
            if identity == ((run.batch_id, run.business_date), sorted(run.datasets), run.sample_customers):
                log.info("sync %s: resumed", run.id)
                return cast(int, run.id)
            _close_failed(connection, run.id, "interrupted")
        run_id = _insert_run(connection, batch, datasets, sample_customers)
    log.info("sync %s: started, batch %s", run_id, batch.batch_id if batch else None)
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
    """Record the error in the run, or in a new run if the sync failed before inserting one."""
    log.exception("sync %s: failed", run_id)
    reason = "".join(traceback.format_exception_only(error.__cause__ or error)).strip()
    with engine.begin() as connection:
        failed = run_id if run_id is not None else _insert_run(connection, None, datasets, sample_customers)
        _close_failed(connection, failed, reason)


def _stage_table(engine: Engine, gold: Gold, table: Table, run_id: int) -> None:
    """Copy the rows of a table under the run id, unless the resumed run has staged the table."""
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
            except DATA_ERRORS as error:
                raise MalformedDataError(
                    f"Nothing was published: a value of {table.name} does not fit its column."
                ) from error
        else:
            log.info("sync %s: copying %s from the served run", run_id, table.name)
            _take_over(connection, table, run)
        run.staged = [*run.staged, table.name]
        log.info("sync %s: copied %s", run_id, table.name)
        session.commit()
    with engine.begin() as connection:
        connection.execute(text(f"ANALYZE {table.fullname}"))


def _take_over(connection: Connection, table: Table, run: SyncRun) -> None:
    """Copy the table from the served run. Raises OtherBatchError if that has another batch or sample."""
    served = select(SyncRun).where(SERVED).order_by(SyncRun.id.desc()).limit(1)
    with Session(connection) as session:
        before = session.scalars(served).first()
    if before is None or (before.batch_id, before.sample_customers) != (run.batch_id, run.sample_customers):
        raise OtherBatchError(
            f"Sync all datasets: the {table.name} served now are not from batch {run.batch_id} with the same sample."
        )
    names = synced_columns(table)
    rows = select(literal(run.id, Integer), *(table.c[name] for name in names)).where(table.c.run_id == before.id)
    connection.execute(insert(table).from_select(["run_id", *names], rows))


def copy_rows(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, with values in the order of the table's columns that Postgres does not number, by binary COPY.

    psycopg's compiled encoder is as fast as the server. It encodes values as the column's type without a range check:
    it truncates an integer that is too large, and the checksums then differ.
    """
    given = [column for column in table.columns if column.identity is None]
    columns = ", ".join(column.name for column in given)
    types = [column.type.compile(connection.dialect).lower() for column in given]
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
    """Compare all tables with the warehouse, then publish the run and supersede the one served before."""
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
    wait_until_all_forget()
    log.info("sync %s: published", run_id)
    return run


def _stop_serving_withdrawn(engine: Engine, gold: Gold) -> None:
    """Stop serving the run if its batch was withdrawn in the warehouse.

    Any other reason for an empty gold (a rebuilt warehouse, a wrong connection string) leaves the served run in place.
    """
    with engine.begin() as connection:
        served = connection.execute(select(SyncRun.batch_id, SyncRun.business_date).where(SERVED)).first()
        if served and gold.has_withdrawn(served.batch_id, served.business_date):
            log.warning("batch %s of %s was withdrawn: nothing is served until a day is published", *served)
            connection.execute(SUPERSEDE)
    wait_until_all_forget()


def _verified(connection: Connection, gold: Gold, table: Table, run_id: int) -> Checksum:
    expected = checksums.of_gold(gold, table)
    arrived = checksums.of_run(connection, table, run_id)
    if arrived != expected:
        wrong = {name: (expected[name], arrived[name]) for name in expected if expected[name] != arrived[name]}
        log.error("sync %s: %s differs: figure → (warehouse, copy): %s", run_id, table.name, wrong)
        raise ChecksumMismatchError(f"Nothing was published: {table.name} differs in {', '.join(wrong)}.")
    return expected


def _prune(engine: Engine) -> None:
    """Delete the rows of failed runs, and of runs superseded KEEP_SECONDS ago."""
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
