"""The sync: copies the batch that the warehouse published last into ``serving``, all tables or none.

One Postgres transaction does it: binary COPY into temporary tables, comparison of their checksums with the
warehouse's, then DELETE and INSERT on the serving tables. Readers are never blocked and see the old day until
the commit, the new one after it. TRUNCATE or a swap of tables would take an ACCESS EXCLUSIVE lock, which
queues behind every long read and before every new one, and neither is MVCC-safe: a snapshot taken before it
finds the new table empty. The price is one dead version of each row, which autovacuum frees.

A sync that is killed loses its connection, with it the transaction, the temporary tables and the lock.
"""

import logging
import traceback
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, Table, column, delete, func, insert, select, text, update
from sqlalchemy import table as table_clause
from sqlalchemy.orm import Session

from api import checksums
from api.checksums import Checksum
from api.database import create_tables
from api.gold import Batch, Gold, open_gold, synced_columns
from api.models import Base, SyncRun
from api.problems import Problem

log = logging.getLogger(__name__)

TABLES = [table for table in Base.metadata.sorted_tables if table is not SyncRun.__table__]
LOCK_NAME = "serving.sync"


class SyncRunningError(Problem):
    """Another sync holds the lock."""

    status = 409
    name = "sync-running"
    title = "A sync is already running"


class NoPublishedBatchError(Problem):
    """gold.current_batch is empty."""

    status = 503
    name = "no-published-batch"
    title = "The warehouse has not published a batch yet"


class ChecksumMismatchError(Problem):
    """What arrived is not what the warehouse says it has."""

    status = 502
    name = "checksum-mismatch"
    title = "The copy differs from the warehouse"


def sync_warehouse(engine: Engine, warehouse_odbc: str) -> SyncRun:
    """Bring the warehouse's current batch into ``serving`` and return the run that did it.

    Creates the serving tables if they are missing. A failure changes nothing that is served and is kept in
    ``sync_run``. Raises SyncRunningError (another sync runs, in whatever process), WarehouseUnavailableError
    (connecting or reading failed), NoPublishedBatchError (there is nothing to copy yet) or
    ChecksumMismatchError (the copy differs from the warehouse).
    """
    run_id = None
    try:
        with engine.begin() as connection:
            _take_lock(connection)
            run_id = _open_run(engine)
            with open_gold(warehouse_odbc) as gold:
                return _copy_batch(connection, gold, run_id)
    except Exception as error:
        if run_id is not None:
            log.exception("Sync %s failed.", run_id)
            _record_failure(engine, run_id, error)
        raise


def _take_lock(connection: Connection) -> None:
    """Take the lock that the transaction's end, whatever it is, gives back."""
    key = func.hashtextextended(LOCK_NAME, 0)
    if not connection.scalar(select(func.pg_try_advisory_xact_lock(key))):
        raise SyncRunningError("Wait for the running sync to end; it serves the same batch.")


def _open_run(engine: Engine) -> int:
    """Record the start in a transaction of its own, visible at once; runs left open were killed."""
    with engine.begin() as connection:
        create_tables(connection)
        left_open = update(SyncRun).where(SyncRun.status == "running")
        connection.execute(left_open.values(status="failed", finished_at=func.clock_timestamp(), error="interrupted"))
        return connection.execute(insert(SyncRun).returning(SyncRun.id)).scalar_one()


def _record_failure(engine: Engine, run_id: int, error: Exception) -> None:
    reason = "".join(traceback.format_exception_only(error.__cause__ or error)).strip()
    failed = update(SyncRun).where(SyncRun.id == run_id)
    with engine.begin() as connection:
        connection.execute(failed.values(status="failed", finished_at=func.clock_timestamp(), error=reason))


def _copy_batch(connection: Connection, gold: Gold, run_id: int) -> SyncRun:
    batch = gold.current_batch()
    if batch is None:
        raise NoPublishedBatchError("Load and publish a day first; nothing was changed here.")
    figures = {table.name: _stage(connection, gold, table) for table in TABLES}
    for table in TABLES:
        _replace(connection, table)
    return _close_run(connection, run_id, batch, figures)


def _staging(table: Table) -> str:
    return f"staging_{table.name}"


def _stage(connection: Connection, gold: Gold, table: Table) -> Checksum:
    """Copy a table into its staging table; returns the checksum on which both sides agree."""
    columns = ", ".join(synced_columns(table))
    like = f"SELECT {columns} FROM {table.fullname} WITH NO DATA"
    connection.execute(text(f"CREATE TEMPORARY TABLE {_staging(table)} ON COMMIT DROP AS {like}"))
    driver = cast(psycopg.Connection[Any], connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(f"COPY {_staging(table)} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_type_name(connection, table, name) for name in synced_columns(table)])
        for chunk in gold.chunks(table):
            for row in chunk:
                copy.write_row(row)
    expected = checksums.of_gold(gold, table)
    arrived = checksums.of_staging(connection, table, _staging(table))
    if arrived != expected:
        wrong = {name: (expected[name], arrived[name]) for name in expected if expected[name] != arrived[name]}
        log.error("Table %s differs: figure → (warehouse, copy): %s", table.name, wrong)
        raise ChecksumMismatchError(f"Nothing was published: {table.name} differs in {', '.join(wrong)}.")
    return expected


def _type_name(connection: Connection, table: Table, column: str) -> str:
    """Name the Postgres type of a column: binary COPY converts nothing, so values are sent as that."""
    return table.columns[column].type.compile(connection.dialect).lower()


def _replace(connection: Connection, table: Table) -> None:
    names = synced_columns(table)
    staged = table_clause(_staging(table), *(column(name) for name in names))
    connection.execute(delete(table))
    connection.execute(insert(table).from_select(names, select(staged)))


def _close_run(connection: Connection, run_id: int, batch: Batch, figures: dict[str, Checksum]) -> SyncRun:
    """Record the success in the transaction that publishes: the two come true together."""
    with Session(connection) as session:
        run = session.get_one(SyncRun, run_id)
        run.status = "succeeded"
        run.batch_id, run.business_date = batch
        run.rows_products = figures["products"]["rows"]
        run.rows_customers = figures["customers"]["rows"]
        run.rows_sales = figures["sales"]["rows"]
        run.checksums = figures
        run.finished_at = session.scalar(select(func.clock_timestamp()))
        session.flush()
        session.expunge(run)
        return run
