"""POST /api/sync, over the real driver, from a warehouse into Postgres."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

import api.serving.sync
from api import create_app
from tests.api.conftest import NO_WAREHOUSE, ROOT, SYNC_KEY, environment_of, settings_for
from tests.api.gold_database import GoldDatabase, customer, order_line, product

PROBLEM = "application/problem+json"
KEY = {"X-API-Key": SYNC_KEY}
PATIENCE_SECONDS = 60


@pytest.fixture
def client(database_url: str, gold: GoldDatabase) -> FlaskClient:
    return create_app(settings_for(database_url, gold.odbc)).test_client()


def sync(client: FlaskClient, **body: Any) -> TestResponse:
    return client.post("/api/sync", headers=KEY, **({"json": body} if body else {}))


def synced(client: FlaskClient, **body: Any) -> dict[str, Any]:
    answer = sync(client, **body)
    assert answer.status_code == 201, answer.text
    report: dict[str, Any] = answer.get_json()
    return report


def served_day(client: FlaskClient) -> tuple[Any, ...]:
    """Return all figures that differ between days, as readers see them."""
    products = client.get("/api/products").get_json()["items"]
    customers = client.get("/api/customers/vip").get_json()["items"]
    return (
        client.get("/health/ready").get_json()["batch_id"],
        {item["cost"] // 10 for item in products},
        {item["total_sales"] - 3_000_000_000 for item in products if item["total_sales"]},
        {item["total_sales"] - 6000 for item in customers},
    )


def whole(day: int) -> tuple[Any, ...]:
    return (day, {day}, {day}, {day})


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_sync_copies_every_row_of_gold_and_reports_what_it_did(client: FlaskClient, engine: Engine) -> None:
    report = synced(client)
    assert report.pop("duration_seconds") > 0
    assert report.pop("started_at") < report.pop("finished_at")
    assert report.pop("checksums")["sales"]["rows"] == 20
    assert report == {
        "run_id": 1,
        "status": "succeeded",
        "datasets": ["products", "customers", "sales"],
        "sample_customers": None,
        "batch_id": 1,
        "business_date": "2026-01-01",
        "rows": {"products": 3, "customers": 2, "sales": 20},
    }
    health = client.get("/health/ready").get_json()
    assert (health["batch_id"], health["business_date"]) == (1, "2026-01-01")
    copied = rows(
        engine,
        "SELECT order_number, product_key, customer_key, order_date, shipping_date, due_date, sales_amount,"
        " quantity, price, cost, profit FROM serving.sales",
    )
    assert sorted(copied, key=str) == sorted((order_line(n, date(2026, 1, 1)) for n in range(20)), key=str)


def test_all_products_and_customers_except_the_unknown_member_are_copied(client: FlaskClient, engine: Engine) -> None:
    synced(client)
    columns = (
        "product_key, product_id, product_number, product_name, category_id, category, subcategory,"
        " maintenance, cost, product_line, start_date, in_source"
    )
    products = rows(engine, f"SELECT {columns} FROM serving.products ORDER BY product_key")
    assert products == [product(key, 1) for key in (1, 2, 3)]
    customers = rows(engine, "SELECT * FROM serving.customers ORDER BY customer_key")
    assert [row[1 : 1 + len(customer(1))] for row in customers] == [customer(1), customer(2)]
    figures = "total_sales, product_segment, last_sale_date, avg_selling_price"
    assert rows(engine, f"SELECT {figures} FROM serving.products WHERE product_key IN (1, 3) ORDER BY 1") == [
        (3_000_000_001, "High-Performer", date(2026, 1, 1), 21.5),
        (None, None, None, None),
    ]


def test_a_second_sync_of_the_same_batch_changes_nothing(client: FlaskClient, engine: Engine) -> None:
    synced(client)
    before = client.get("/api/products").get_json()
    report = synced(client)
    assert (report["run_id"], report["batch_id"], report["rows"]["sales"]) == (2, 1, 20)
    assert client.get("/api/products").get_json() == before
    assert rows(engine, "SELECT count(*), max(id) FROM serving.sync_run") == [(2, 2)]


def test_the_recorded_checksums_are_the_warehouses(client: FlaskClient, engine: Engine) -> None:
    synced(client)
    ((checksums,),) = rows(engine, "SELECT checksums FROM serving.sync_run")
    assert set(checksums) == {"products", "customers", "sales"}
    sold = 18 * 30 + 2 * 10
    assert (checksums["sales"]["rows"], checksums["sales"]["sum sales_amount"]) == (20, sold)
    assert checksums["products"]["sum total_sales"] == 2 * 3_000_000_001


def test_the_next_day_replaces_the_day_served(client: FlaskClient, gold: GoldDatabase) -> None:
    synced(client)
    gold.publish(2)
    assert served_day(client) == whole(1)
    assert synced(client)["rows"]["sales"] == 40
    assert served_day(client) == whole(2)


def test_readers_see_complete_days_while_syncs_publish(client: FlaskClient, gold: GoldDatabase) -> None:
    synced(client)
    done = Event()

    def read() -> set[tuple[int, ...]]:
        seen = set()
        while not done.is_set():
            page = client.application.test_client().get("/api/products").get_json()["items"]
            seen.add((len(page), *(item["cost"] // 10 for item in page)))
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for day in (2, 3, 4):
                gold.publish(day)
                synced(client)
        finally:
            done.set()
        seen = set().union(*(reader.result() for reader in readers))
    assert seen <= {(3, day, day, day) for day in (1, 2, 3, 4)}
    assert served_day(client) == whole(4)


@contextmanager
def sales_locked(engine: Engine, mode: str) -> Iterator[None]:
    """Lock the serving table that is copied last, as a long maintenance command would."""
    with engine.begin() as connection:
        connection.execute(text(f"LOCK TABLE serving.sales IN {mode} MODE"))
        yield


def await_sync_waiting_at(engine: Engine, statement: str) -> None:
    """Wait until a statement of a sync with this start waits for the locked table."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        f" AND wait_event_type = 'Lock' AND query LIKE '{statement}%'"
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while rows(engine, waiting) != [(1,)]:
        assert time.monotonic() < deadline, f"no sync reached {statement}"
        time.sleep(0.02)


def test_a_sync_does_not_see_a_day_published_while_it_reads(
    client: FlaskClient, gold: GoldDatabase, engine: Engine
) -> None:
    synced(client)
    with ThreadPoolExecutor(1) as pool:
        with sales_locked(engine, "SHARE"):
            running = pool.submit(synced, client.application.test_client())
            await_sync_waiting_at(engine, "COPY serving.sales")
            gold.publish(2)
        report = running.result(PATIENCE_SECONDS)
    assert (report["batch_id"], report["rows"]["sales"]) == (1, 20)
    assert served_day(client) == whole(1)


def test_during_a_sync_readers_get_the_old_day_at_once_and_a_second_sync_is_refused(
    client: FlaskClient, gold: GoldDatabase, engine: Engine
) -> None:
    synced(client)
    gold.publish(2)
    with ThreadPoolExecutor(1) as pool:
        with sales_locked(engine, "SHARE"):
            running = pool.submit(sync, client.application.test_client())
            await_sync_waiting_at(engine, "COPY serving.sales")
            assert served_day(client) == whole(1)
            refused = sync(client)
            assert (refused.status_code, refused.content_type) == (409, PROBLEM)
            assert refused.get_json()["type"] == "urn:sales-warehouse:problem:sync-running"
            assert rows(engine, "SELECT id, status FROM serving.sync_run ORDER BY id") == [
                (1, "succeeded"),
                (2, "running"),
            ]
        assert running.result(PATIENCE_SECONDS).status_code == 201
    assert served_day(client) == whole(2)


@contextmanager
def killed_before_sales(engine: Engine, client: FlaskClient) -> Iterator[None]:
    """Kill a sync that has copied products and customers and waits for sales."""
    call = "post('/api/sync', headers={'X-API-Key': os.environ['API_SYNC_KEY']})"
    command = f"import os, api; api.create_app().test_client().{call}"
    environment = environment_of(client.application.config["SETTINGS"])
    with sales_locked(engine, "SHARE"):
        process = subprocess.Popen([sys.executable, "-c", command], cwd=ROOT, env=environment)
        try:
            await_sync_waiting_at(engine, "COPY serving.sales")
        finally:
            process.kill()
            process.wait()
    yield
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := sync(client)).status_code == 409:  # until Postgres has released the lock of the killed client
        assert time.monotonic() < deadline, "the killed sync still holds the lock"
        time.sleep(0.05)
    assert answer.status_code == 201, answer.text


def test_a_killed_sync_leaves_the_old_day_and_the_next_sync_resumes_its_run(
    client: FlaskClient, gold: GoldDatabase, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    synced(client)
    gold.publish(2)
    with killed_before_sales(engine, client):
        assert served_day(client) == whole(1)
        caplog.clear()
    copied = [record.getMessage() for record in caplog.records if "copying" in record.getMessage()]
    assert copied == ["sync 2: copying sales"]
    assert served_day(client) == whole(2)
    assert rows(engine, "SELECT id, status FROM serving.sync_run ORDER BY id") == [(1, "succeeded"), (2, "succeeded")]
    counted = "SELECT run_id, count(*) FROM serving.{} GROUP BY run_id ORDER BY run_id"
    assert rows(engine, counted.format("sales")) == [(1, 20), (2, 40)]
    assert rows(engine, counted.format("customers")) == [(1, 2), (2, 2)]


def test_a_killed_sync_is_not_resumed_if_the_warehouse_has_published_another_batch(
    client: FlaskClient, gold: GoldDatabase, engine: Engine
) -> None:
    synced(client)
    gold.publish(2)
    with killed_before_sales(engine, client):
        gold.publish(3)
    assert served_day(client) == whole(3)
    runs = rows(engine, "SELECT status, error FROM serving.sync_run ORDER BY id")
    assert runs == [("succeeded", None), ("failed", "interrupted"), ("succeeded", None)]
    assert rows(engine, "SELECT DISTINCT run_id FROM serving.products ORDER BY 1") == [(1,), (3,)]


def test_a_sample_has_the_customers_with_the_largest_sales_their_order_lines_and_every_product(
    client: FlaskClient, gold: GoldDatabase, engine: Engine
) -> None:
    gold.publish(1, lines=60, customers=6)
    gold.execute(
        "UPDATE data.report_customers SET total_sales = CASE customer_key WHEN 5 THEN 9 WHEN 2 THEN 8 ELSE 7 END"
    )
    gold.execute("UPDATE data.report_customers SET total_sales = NULL WHERE customer_key = 1")
    gold.execute("UPDATE data.fact_sales SET customer_key = product_key + 3 * (quantity - 1) WHERE product_key > 0")
    report = synced(client, sample_customers=3)  # among the customers with sales of 7, the smallest key is 3
    kept = [5, 2, 3]
    of_them = rows(engine, "SELECT DISTINCT customer_key FROM serving.sales")
    by_sales = rows(engine, "SELECT customer_key FROM serving.customers ORDER BY total_sales DESC")
    assert by_sales == [(key,) for key in kept]
    assert {key for (key,) in of_them} <= set(kept)
    assert report["rows"]["products"] == 3
    assert report["rows"]["sales"] == len(rows(engine, "SELECT 1 FROM serving.sales"))
    assert report["sample_customers"] == client.get("/api/kpis").get_json()["sample_customers"] == 3
    again = synced(client, sample_customers=3)
    assert (again["checksums"], again["rows"]) == (report["checksums"], report["rows"])


def test_some_datasets_are_read_again_and_the_others_copied_from_the_served_run(
    client: FlaskClient, gold: GoldDatabase, engine: Engine
) -> None:
    synced(client)
    gold.execute("UPDATE data.dim_products SET product_name = N'Renamed'")
    report = synced(client, datasets=["products"])
    assert (report["datasets"], report["rows"]) == (["products"], {"products": 3, "customers": 2, "sales": 20})
    assert {item["product_name"] for item in client.get("/api/products").get_json()["items"]} == {"Renamed"}
    same = "SELECT order_number, customer_key, profit FROM serving.sales WHERE run_id = {} ORDER BY order_number"
    assert rows(engine, same.format(1)) == rows(engine, same.format(2))


def test_some_datasets_of_another_batch_or_sample_are_refused(client: FlaskClient, gold: GoldDatabase) -> None:
    refused(client, 409, "other-batch", datasets=["sales"])  # nothing is served yet
    synced(client)
    refused(client, 409, "other-batch", datasets=["sales"], sample_customers=1)
    gold.publish(2)
    refused(client, 409, "other-batch", datasets=["customers", "sales"])
    assert served_day(client) == whole(1)


def test_a_warehouse_that_lags_behind_is_refused_until_it_shows_the_expected_batch(
    client: FlaskClient, gold: GoldDatabase, engine: Engine
) -> None:
    synced(client)
    answer = refused(client, 409, "unexpected-batch", batch_id=2)
    assert answer.get_json()["detail"].startswith("Expected batch 2, the warehouse shows batch 1.")
    assert answer.headers["Retry-After"] == "5"
    assert served_day(client) == whole(1)
    gold.publish(2)
    assert synced(client, batch_id=2)["batch_id"] == 2
    assert served_day(client) == whole(2)
    refused(client, 409, "unexpected-batch", batch_id=1)  # the replica may lag behind a withdrawal
    assert rows(engine, "SELECT status, batch_id FROM serving.sync_run ORDER BY id") == [
        ("succeeded", 1),
        ("failed", None),
        ("succeeded", 2),
        ("failed", None),
    ]


def test_a_batch_that_was_published_again_differs_by_its_time_of_publication(
    client: FlaskClient, gold: GoldDatabase
) -> None:
    gold.execute("UPDATE data.current_batch SET published_at = '2026-01-01T06:30:00.123456'")
    before, after = "2026-01-01T06:30:00.1234560", "2026-01-01T06:30:00.1234570"
    assert synced(client, batch_id=1, published_at=before)["batch_id"] == 1
    answer = refused(client, 409, "unexpected-batch", batch_id=1, published_at=after)
    expected = f"Expected batch 1 published at {after}, the warehouse shows batch 1 published at {before}."
    assert answer.get_json()["detail"].startswith(expected)
    gold.execute(f"UPDATE data.current_batch SET published_at = '{after}'")
    assert synced(client, batch_id=1, published_at=after)["batch_id"] == 1


def test_a_day_is_served_until_the_warehouse_shows_that_it_was_withdrawn(
    client: FlaskClient, gold: GoldDatabase
) -> None:
    synced(client)
    answer = refused(client, 409, "unexpected-batch", batch_id=0)
    assert answer.get_json()["detail"].startswith("Expected no batch, the warehouse shows batch 1.")
    assert served_day(client) == whole(1)
    gold.execute("UPDATE data.load_batches SET status = N'withdrawn'")
    gold.execute("DELETE FROM data.current_batch")
    answer = refused(client, 409, "unexpected-batch", batch_id=1)
    assert answer.get_json()["detail"].startswith("Expected batch 1, the warehouse shows no batch.")
    assert served_day(client) == whole(1)
    refused(client, 503, "no-published-batch", batch_id=0)
    assert client.get("/health/ready").status_code == 503


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"batch_id": -1}, "#/batch_id"),
        ({"batch_id": "1"}, "#/batch_id"),
        ({"published_at": 5}, "#/published_at"),
        ({"published_at": "2026-01-01T06:30:00.1234567 or later"}, "#/published_at"),
        ({"datasets": []}, "#/datasets"),
        ({"datasets": ["orders"]}, "#/datasets/0"),
        ({"datasets": "sales"}, "#/datasets"),
        ({"sample_customers": 0}, "#/sample_customers"),
        ({"sample_customers": True}, "#/sample_customers"),
        ({"sample": 5}, "#/sample"),
    ],
)
def test_invalid_parameters_of_a_sync_are_refused_by_field(
    client: FlaskClient, engine: Engine, body: dict[str, Any], pointer: str
) -> None:
    answer = refused(client, 422, "invalid-request", **body)
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert rows(engine, "SELECT * FROM serving.sync_run") == []


def test_rows_of_superseded_runs_are_kept_for_a_while_and_those_of_failed_runs_deleted_at_once(
    client: FlaskClient, gold: GoldDatabase, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced(client)
    gold.publish(2)
    synced(client)
    runs = "SELECT DISTINCT run_id FROM serving.sales ORDER BY 1"
    assert rows(engine, runs) == [(1,), (2,)]
    gold.publish(3)
    make_quantity_volatile(gold)
    refused(client, 502, "checksum-mismatch")  # run 3: its rows are deleted at once
    assert rows(engine, runs) == [(1,), (2,)]
    gold.create_views()
    monkeypatch.setattr(api.serving.sync, "KEEP_SECONDS", 0)
    synced(client)
    assert rows(engine, runs) == [(4,)]
    pruned = rows(engine, "SELECT id, pruned_at IS NOT NULL FROM serving.sync_run ORDER BY id")
    assert pruned == [(1, True), (2, True), (3, True), (4, False)]


def refused(client: FlaskClient, status: int, name: str, **body: Any) -> TestResponse:
    answer = sync(client, **body)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text
    assert answer.get_json()["type"] == f"urn:sales-warehouse:problem:{name}"
    return answer


def test_without_the_warehouse_a_sync_is_refused_and_the_old_day_still_served(
    client: FlaskClient, engine: Engine, database_url: str
) -> None:
    synced(client)
    cut_off = create_app(settings_for(database_url, NO_WAREHOUSE)).test_client()
    answer = refused(cut_off, 503, "warehouse-unavailable")
    assert not any(word in answer.text for word in ("FreeTDS", "nobody", "08001", "ODBC"))
    assert served_day(cut_off) == whole(1)
    ((error,),) = rows(engine, "SELECT error FROM serving.sync_run WHERE status = 'failed'")
    assert "FreeTDS" in error


def test_without_a_published_batch_a_sync_is_refused_and_nothing_changes(
    client: FlaskClient, gold: GoldDatabase
) -> None:
    refused_before = client.get("/api/products").status_code
    gold.execute("DELETE FROM data.current_batch")
    refused(client, 503, "no-published-batch")
    assert (refused_before, client.get("/api/products").status_code) == (503, 503)
    gold.publish(1)
    synced(client)
    gold.execute("DELETE FROM data.current_batch")
    refused(client, 503, "no-published-batch")
    assert served_day(client) == whole(1)


def test_a_withdrawn_day_is_no_longer_served_if_gold_is_empty(client: FlaskClient, gold: GoldDatabase) -> None:
    gold.publish(1)
    synced(client)
    synced(client)
    gold.publish(2)
    synced(client)
    gold.execute("DELETE FROM data.current_batch")
    gold.execute("UPDATE data.load_batches SET status = 'withdrawn', batch_id = 3")  # another batch than the one served
    refused(client, 503, "no-published-batch")
    assert served_day(client) == whole(2)
    gold.execute("UPDATE data.load_batches SET batch_id = 2")
    refused(client, 503, "no-published-batch")
    for path in ("/api/products", "/api/customers", "/api/kpis", "/api/sales", "/health/ready"):
        answer = client.get(path)
        assert (answer.status_code, answer.get_json()["title"]) == (503, "No business date is served"), path
    gold.publish(3)
    synced(client)
    assert served_day(client) == whole(3)


def test_a_warehouse_without_gold_is_refused_as_unreadable(client: FlaskClient, gold: GoldDatabase) -> None:
    synced(client)
    gold.execute("DROP VIEW gold.fact_sales")
    refused(client, 503, "warehouse-unavailable")
    assert served_day(client) == whole(1)


def make_quantity_volatile(gold: GoldDatabase) -> None:
    """Make the warehouse return another quantity at each read."""
    gold.execute(
        "CREATE OR ALTER VIEW gold.fact_sales AS SELECT order_number, product_key, customer_key, order_date,"
        " shipping_date, due_date, sales_amount, CAST(RAND() * 1000000000 AS INT) AS quantity, price, cost,"
        " profit FROM data.fact_sales"
    )


def test_a_copy_with_other_checksums_than_the_warehouse_is_not_published(
    client: FlaskClient, gold: GoldDatabase
) -> None:
    synced(client)
    gold.publish(2)
    make_quantity_volatile(gold)
    answer = refused(client, 502, "checksum-mismatch")
    assert answer.get_json()["detail"] == "Nothing was published: sales differs in sum quantity."
    assert served_day(client) == whole(1)


def test_without_postgres_a_sync_is_unavailable(gold: GoldDatabase, tmp_path: Path) -> None:
    url = f"postgresql://postgres@/serving?host={tmp_path}"
    refused(create_app(settings_for(url, gold.odbc)).test_client(), 503, "serving-database-down")
