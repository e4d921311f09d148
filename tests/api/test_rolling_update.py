"""A rolling update during a sync: the new process is in service, then the old one gets SIGTERM.

Both are real servers on one database. A lock on a table blocks the sync, so that it is running when the signal
arrives.
"""

import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from sqlalchemy import Engine

from tests.api.conftest import SYNC_KEY, settings_for
from tests.api.gold_database import GoldDatabase, date_of
from tests.api.server import api_process

PATIENCE_SECONDS = 60
KEY = {"X-API-Key": SYNC_KEY}
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'serving.sales'::regclass"

Server = tuple[str, subprocess.Popen[bytes]]


def post_sync(address: str) -> httpx.Response:
    return httpx.post(f"{address}/api/sync", headers=KEY, timeout=PATIENCE_SECONDS)


def served_day(address: str) -> dict[str, Any]:
    """Return the data that an API serves: batch, business date, and number of orders by day."""
    health = httpx.get(f"{address}/health/ready").raise_for_status().json()
    groups = httpx.get(f"{address}/api/sales").raise_for_status().json()["items"]
    orders = {group["day"]: group["total_orders"] for group in groups}
    return {"batch": health["batch_id"], "date": health["business_date"], "orders": orders}


def whole(day: int) -> dict[str, Any]:
    """Return the data that an API serves for a complete day; every tenth order has no date."""
    date = str(date_of(day))
    return {"batch": day, "date": date, "orders": {date: 18 * day, None: 2 * day}}


def until(reached: Any) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(address: str) -> bool:
    """Whether a new connection is served; after SIGTERM it waits until the process has ended."""
    try:
        httpx.get(f"{address}/health/live", timeout=0.5)
    except httpx.TransportError:
        return False
    return True


@contextmanager
def sync_in_its_middle(database_url: str, address: str) -> Iterator[Future[httpx.Response]]:
    """Start a sync and block it at the sales until the block ends; reads still work."""
    with (
        ThreadPoolExecutor() as pool,
        psycopg.connect(database_url) as lock,
        psycopg.connect(database_url, autocommit=True) as looking,
    ):
        lock.execute("LOCK TABLE serving.sales IN SHARE MODE")
        syncing = pool.submit(post_sync, address)
        until(lambda: looking.execute(WAITING).fetchall() == [(1,)])
        yield syncing


@pytest.fixture
def update(database_url: str, gold: GoldDatabase) -> Iterator[tuple[Server, Server]]:
    """The old and the new server, both serving day 1, while the warehouse has published day 2."""
    settings = settings_for(database_url, gold.odbc)
    with api_process(settings) as old, api_process(settings) as new:
        assert post_sync(old[0]).status_code == 201
        gold.publish(2)
        yield old, new


def test_a_sync_in_the_old_process_finishes_and_readers_see_complete_days(
    update: tuple[Server, Server], database_url: str
) -> None:
    (old, process), (new, _) = update
    with sync_in_its_middle(database_url, old) as syncing:
        process.send_signal(signal.SIGTERM)
        until(lambda: not answers(old))
        assert served_day(new) == whole(1)
        refused = post_sync(new)
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "sync-running")
        assert not syncing.done()
    assert syncing.result().status_code == 201
    assert process.wait(PATIENCE_SECONDS) == 0
    assert served_day(new) == whole(2)


def test_the_new_process_resumes_the_sync_of_a_killed_process(
    update: tuple[Server, Server], database_url: str, engine: Engine
) -> None:
    (old, process), (new, _) = update
    with sync_in_its_middle(database_url, old) as syncing:
        process.send_signal(signal.SIGTERM)
        # The grace period is over: Kubernetes kills every process of the container.
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            each.kill()
        with pytest.raises(httpx.TransportError):  # Airflow tries its task again
            syncing.result()
        assert served_day(new) == whole(1)
    until(lambda: (again := post_sync(new)).status_code != 409 and again.raise_for_status())
    assert served_day(new) == whole(2)
    with engine.connect() as connection:
        runs = connection.exec_driver_sql("SELECT status, batch_id FROM serving.sync_run ORDER BY id").fetchall()
    assert [tuple(run) for run in runs] == [("succeeded", 1), ("succeeded", 2)]
