"""A sync killed at any point loses nothing and duplicates nothing, and the next one is complete.

The points are the messages in its log: each stage is hit SOAK times, at a random moment after its message.
`make soak N=15` makes more than a hundred kills.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Engine, text

from api import create_app
from tests import SOAK
from tests.api.conftest import ROOT, SYNC_KEY, environment_of, settings_for
from tests.api.gold_database import GoldDatabase
from tests.warehouse import Server

STAGES = (
    "started",
    "copying products",
    "copying customers",
    "copying sales",
    "verifying",
    "publishing",
    "published",
)
"""The stages at which a sync is killed: the last message in its log."""

EVENT = re.compile(r"sync \d+: (started|resumed|copying \w+|copied \w+|verifying|publishing|published|done)")
LINES, CUSTOMERS, PRODUCTS = 2_000, 300, 3
SEED = int(os.environ.get("SEED", "20260201"))
TRIES_A_HIT = 60


@pytest.fixture(scope="module")
def gold(server: Server) -> Iterator[GoldDatabase]:
    database = GoldDatabase(server.odbc)
    database.create()
    database.create_views()
    yield database
    database.drop()


class Victim:
    """The parent process of the syncs that are killed."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.api.sync_victim"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def kill_at(self, event: str, delay: float) -> tuple[str, int]:
        """Start a sync in a child and kill it some seconds after an event; returns its last event and exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print("sync", file=self.process.stdin, flush=True)
        pid, last, pending = 0, "nothing", True
        for line in self.process.stdout:
            if line.startswith("pid "):
                pid = int(line.split()[1])
            elif line.startswith("ended "):
                return last, int(line.split()[1])
            elif found := EVENT.search(line):
                last = "started" if found[1] == "resumed" else found[1]
            if pending and pid and last == event:
                pending = False
                time.sleep(delay)
                with suppress(ProcessLookupError):  # the sync has ended already
                    os.kill(pid, signal.SIGKILL)
        raise RuntimeError("the victim ended")

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate()


@pytest.mark.soak
def test_a_sync_killed_at_any_stage_loses_and_duplicates_nothing_and_the_next_one_is_complete(
    gold: GoldDatabase, database_url: str, engine: Engine
) -> None:
    chance = random.Random(SEED)
    settings = settings_for(database_url, gold.odbc)
    client = create_app(settings).test_client()
    day = 1
    gold.publish(day, lines=LINES, customers=CUSTOMERS)
    assert sync(client) == day
    hits: Counter[str] = Counter()
    victim = Victim(environment_of(settings))
    try:
        for stage in STAGES:
            for _ in range(TRIES_A_HIT * SOAK):
                if hits[stage] >= SOAK:
                    break
                served, day = day, day + 1
                gold.advance(day)
                last, code = victim.kill_at(stage, chance.choice((0, 0, chance.uniform(0, 0.02))))
                if code == -signal.SIGKILL:
                    hits[last.replace("copied", "copying")] += 1
                else:
                    assert (last, code) == ("done", 0)
                # The run served is one complete day, the old or the new one.
                assert served_day(engine) in ([served], [day]), (stage, last)
                if last in ("published", "done"):
                    assert served_day(engine) == [day]
                if chance.random() < 0.3:  # the warehouse publishes another batch before the next sync
                    day += 1
                    gold.advance(day)
                assert sync(client) == day
                assert served_day(engine) == [day]
    finally:
        victim.close()
    print(f"\nkills by the last stage logged, seed {SEED}: {dict(hits)}, {hits.total()} in all")
    assert all(hits[stage] >= SOAK for stage in STAGES), hits
    with engine.connect() as connection:
        running = text("SELECT count(*) FROM serving.sync_run WHERE status = 'running'")
        assert connection.scalar(running) == 0


def sync(client: Any) -> int:
    """Sync through the API; waits until Postgres has released the lock of a killed sync."""
    for _ in range(600):
        answer = client.post("/api/sync", headers={"X-API-Key": SYNC_KEY})
        if answer.status_code != 409:
            break
        time.sleep(0.05)
    assert answer.status_code == 201, answer.text
    batch: int = answer.get_json()["batch_id"]
    return batch


SERVED = """
WITH served AS (
    SELECT id, batch_id, business_date FROM serving.sync_run WHERE status = 'succeeded' ORDER BY id DESC LIMIT 1
)
SELECT served.batch_id,
       served.business_date - DATE '2025-12-31',
       (SELECT array[count(*), min(cost) / 10, max(cost) / 10] FROM serving.products WHERE run_id = served.id),
       (SELECT array[count(*), min(total_sales) - 6000, max(total_sales) - 6000]
        FROM serving.customers WHERE run_id = served.id),
       (SELECT array[count(*), min(order_date) - DATE '2025-12-31', max(order_date) - DATE '2025-12-31']
        FROM serving.sales WHERE run_id = served.id)
FROM served"""


def served_day(engine: Engine) -> list[int]:
    """Return the days of the rows served; fails if a row is missing or duplicated."""
    with engine.connect() as connection:
        batch, day, products, customers, sales = connection.execute(text(SERVED)).one()
    assert (products[0], customers[0], sales[0]) == (PRODUCTS, CUSTOMERS, LINES)
    return sorted({batch, day, *products[1:], *customers[1:], *sales[1:]})
