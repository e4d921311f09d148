"""POST /api/sync/monitoring: the copy of gold's monitoring views, after each thing that can happen to a load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyodbc
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from api import create_app
from tests.api.conftest import NO_WAREHOUSE, SYNC_KEY, settings_for
from tests.days.drop import BASE, SALES, write_drop
from tests.days.handmade import BUSINESS_DATE, HANDMADE_DAY
from tests.warehouse import Warehouse

KEY = {"X-API-Key": SYNC_KEY}
VIEWS = (
    "load_batches",
    "load_steps",
    "load_reconciliation",
    "rejected_rows",
    "quality_results",
    "quality_rules",
    "waivers",
)
LATEST = {"quality_results": "WHERE is_latest = 1"}


@pytest.fixture(scope="module")
def loaded(shared_warehouse: Warehouse) -> Warehouse:
    """A warehouse that has published the hand-made day as batch 1; the tests let more happen to it."""
    shared_warehouse.load(HANDMADE_DAY, BUSINESS_DATE, reject_limit=1)
    return shared_warehouse


@pytest.fixture
def client(loaded: Warehouse, database_url: str) -> FlaskClient:
    """An API that has copied nothing yet."""
    return create_app(settings_for(database_url, loaded.server.odbc)).test_client()


def copied(client: FlaskClient) -> dict[str, Any]:
    answer = client.post("/api/sync/monitoring", headers=KEY)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.get_json()
    return report


def as_copied(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def assert_the_copy_equals_gold(warehouse: Warehouse, engine: Engine) -> dict[str, int]:
    """Compare every row of every view in all columns of its copy; returns the number of rows of each view."""
    counts = {}
    with engine.connect() as connection:
        for view in VIEWS:
            copy = connection.execute(text(f"SELECT * FROM monitoring.{view}"))
            columns = ", ".join(copy.keys())
            rows = warehouse.execute(f"SELECT {columns} FROM gold.{view} {LATEST.get(view, '')}")
            expected = Counter(tuple(map(as_copied, row.values())) for row in rows)
            assert Counter(tuple(row) for row in copy) == expected, view
            counts[view] = len(rows)
    return counts


def load_a_day_that_fails(warehouse: Warehouse, folder: Path) -> None:
    write_drop(folder, {SALES: BASE[SALES][:1]})
    with pytest.raises(pyodbc.Error, match="50012"):
        warehouse.load(folder, BUSINESS_DATE + timedelta(days=1), waive=None)


def load_a_day_with_waivers(warehouse: Warehouse, folder: Path) -> None:
    write_drop(folder, {})
    warehouse.load(folder, BUSINESS_DATE + timedelta(days=2), reject_limit=1)


def last_batch(warehouse: Warehouse) -> int:
    return int(warehouse.value("SELECT MAX(batch_id) AS batch_id FROM etl.batch"))


def withdraw(warehouse: Warehouse, _: Path) -> None:
    warehouse.execute("EXEC etl.withdraw_batch @batch_id = ?, @reason = N'a wrong drop'", last_batch(warehouse))


def retry_the_rejected(warehouse: Warehouse, _: Path) -> None:
    """Of the batch that the withdrawal has loaded again."""
    warehouse.execute("EXEC etl.retry_rejected @batch_id = ?, @today = ?", last_batch(warehouse), BUSINESS_DATE)


def accept_the_rejects(warehouse: Warehouse, _: Path) -> None:
    warehouse.execute(
        "UPDATE etl.batch SET rejects_accepted = 9, rejects_accepted_by = N'Ada', rejects_note = N'known'"
    )


def purge(warehouse: Warehouse, _: Path) -> None:
    warehouse.execute("UPDATE etl.batch SET opened_at = DATEADD(DAY, -100, opened_at) WHERE batch_id = 2")
    warehouse.execute("EXEC etl.purge_history 50")
    assert warehouse.value("SELECT COUNT(*) AS n FROM etl.step WHERE batch_id = 2") == 0


HAPPENINGS: tuple[Callable[[Warehouse, Path], None], ...] = (
    load_a_day_that_fails,
    load_a_day_with_waivers,
    withdraw,
    retry_the_rejected,
    accept_the_rejects,
    purge,
)


def test_a_warehouse_that_is_down_leaves_the_copy_as_it_was(
    client: FlaskClient, loaded: Warehouse, engine: Engine, database_url: str
) -> None:
    copied(client)
    without = create_app(settings_for(database_url, NO_WAREHOUSE)).test_client()
    answer = without.post("/api/sync/monitoring", headers=KEY)
    assert answer.status_code == 503
    assert answer.get_json()["type"].endswith("warehouse-unavailable")
    assert_the_copy_equals_gold(loaded, engine)


def test_copies_at_the_same_time_are_made_one_after_another(
    client: FlaskClient, loaded: Warehouse, engine: Engine
) -> None:
    with ThreadPoolExecutor() as pool:
        reports = [task.result() for task in [pool.submit(copied, client) for _ in range(4)]]
    assert sorted(report["changed_batches"] for report in reports) == [0, 0, 0, 1]
    assert_the_copy_equals_gold(loaded, engine)


def test_the_copy_follows_whatever_happens_to_a_load(
    client: FlaskClient, loaded: Warehouse, engine: Engine, tmp_path: Path
) -> None:
    before = copied(client)
    assert (before["batches"], before["changed_batches"]) == (1, 1)
    counts = assert_the_copy_equals_gold(loaded, engine)
    assert all(counts[view] for view in VIEWS), counts
    for happens in HAPPENINGS:
        happens(loaded, tmp_path / happens.__name__)
        after = copied(client)
        assert after["changed_batches"] >= 1, happens.__name__
        assert after["copied_at"] > before["copied_at"]
        assert_the_copy_equals_gold(loaded, engine)
        assert copied(client)["changed_batches"] == 0, f"nothing has happened since {happens.__name__}"
        before = after


def test_a_zero_byte_in_a_rejected_row_is_shown_as_a_symbol(
    client: FlaskClient, loaded: Warehouse, engine: Engine
) -> None:
    loaded.execute("UPDATE etl.rejected_row SET raw_row = ?", "a\0b")
    copied(client)
    with engine.connect() as connection:
        assert set(connection.scalars(text("SELECT raw_row FROM monitoring.rejected_rows"))) == {"a␀b"}


def test_a_warehouse_built_anew_replaces_the_copy(client: FlaskClient, loaded: Warehouse, engine: Engine) -> None:
    copied(client)
    loaded.empty()
    assert copied(client)["batches"] == 0
    counts = assert_the_copy_equals_gold(loaded, engine)
    assert counts["load_batches"] == counts["rejected_rows"] == 0
