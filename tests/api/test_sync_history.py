"""GET /api/sync and GET /api/sync/{run_id}: the records of sync runs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert

from api.serving.models import SyncRun
from tests.api.answers import items, problem, refused, whole
from tests.api.conftest import SUNDAY

BEGUN = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
SECRET = "[FreeTDS] login failed for user 'reader' with password 'the-password'"
SUCCEEDED = {"status": "succeeded", "datasets": [], "started_at": BEGUN, "finished_at": BEGUN, "business_date": SUNDAY}
RUNS: list[dict[str, Any]] = [
    {
        "status": "succeeded",
        "datasets": ["products", "sales"],
        "started_at": BEGUN,
        "finished_at": BEGUN + timedelta(seconds=1.5),
        "batch_id": 7,
        "business_date": SUNDAY,
        "rows_products": 3,
        "rows_customers": 2,
        "rows_sales": 3_000_000_000,
        "staged": ["products", "customers", "sales"],
        "checksums": {"sales": {"rows": 3_000_000_000, "sum cost": None}},
        "kpis": {"total_sales": 5},
        "sample_customers": 10,
    },
    {"status": "failed", "datasets": [], "started_at": BEGUN, "finished_at": BEGUN, "error": SECRET},
    *[SUCCEEDED] * 20,
    {"status": "running", "datasets": ["customers"], "started_at": BEGUN},
]


@pytest.fixture(scope="module", autouse=True)
def _runs(shared_engine: Engine) -> None:
    with shared_engine.begin() as connection:
        for run in RUNS:
            connection.execute(insert(SyncRun).values(run))


def test_a_run_has_its_rows_batch_and_checksums(shared_client: FlaskClient) -> None:
    assert shared_client.get("/api/sync/1").get_json() == {
        "run_id": 1,
        "status": "succeeded",
        "datasets": ["products", "sales"],
        "sample_customers": 10,
        "batch_id": 7,
        "business_date": "2026-01-04",
        "started_at": "2026-01-05T06:00:00+00:00",
        "finished_at": "2026-01-05T06:00:01.500000+00:00",
        "duration_seconds": 1.5,
        "rows": {"products": 3, "customers": 2, "sales": 3_000_000_000},
        "checksums": {"sales": {"rows": 3_000_000_000, "sum cost": None}},
    }


def test_a_run_that_is_running_has_no_end_yet(shared_client: FlaskClient) -> None:
    run = shared_client.get(f"/api/sync/{len(RUNS)}").get_json()
    assert (run["status"], run["finished_at"], run["duration_seconds"]) == ("running", None, None)
    assert run["rows"] == {"products": None, "customers": None, "sales": None}


def test_the_error_of_a_failed_run_is_not_returned(shared_client: FlaskClient) -> None:
    for address in ("/api/sync/2", "/api/sync?limit=1000"):
        answer = shared_client.get(address)
        assert answer.status_code == 200
        assert not any(word in answer.text for word in ("error", "FreeTDS", "the-password", "staged", "kpis"))


@pytest.mark.parametrize("run_id", [1, 2, len(RUNS)])
def test_a_run_is_the_same_alone_and_in_the_list(shared_client: FlaskClient, run_id: int) -> None:
    listed = {run["run_id"]: run for run in items(shared_client, "/api/sync?limit=1000")}
    assert listed[run_id] == shared_client.get(f"/api/sync/{run_id}").get_json()


@pytest.mark.parametrize("limit", [1, 5, len(RUNS), 1000])
def test_the_latest_runs_come_first_and_the_pages_contain_all_runs(shared_client: FlaskClient, limit: int) -> None:
    runs = whole(shared_client, f"/api/sync?limit={limit}")
    assert [run["run_id"] for run in runs] == list(range(len(RUNS), 0, -1))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", list(range(23, 3, -1))),
        ("limit=2", [23, 22]),
        ("before=3", [2, 1]),
        ("before=3&limit=1", [2]),
        ("before=1", []),
    ],
)
def test_the_parameter_before_limits_the_runs(shared_client: FlaskClient, query: str, expected: list[int]) -> None:
    assert [run["run_id"] for run in items(shared_client, f"/api/sync?{query}")] == expected


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("before=0", "before"),
        ("before=x", "before"),
        ("after=1", "after"),
    ],
)
def test_an_invalid_query_is_refused(shared_client: FlaskClient, query: str, parameter: str) -> None:
    assert [place for place, _ in refused(shared_client.get(f"/api/sync?{query}"), "parameter")] == [parameter]


@pytest.mark.parametrize("run_id", ["0", str(len(RUNS) + 1), "2147483647"])
def test_an_unknown_run_is_not_found(shared_client: FlaskClient, run_id: str) -> None:
    assert "GET /api/sync" in problem(shared_client.get(f"/api/sync/{run_id}"), 404, "unknown-run")["detail"]


@pytest.mark.parametrize("run_id", ["2147483648", "x", "-1", "1.0"])
def test_a_url_with_an_invalid_run_id_is_not_found(shared_client: FlaskClient, run_id: str) -> None:
    problem(shared_client.get(f"/api/sync/{run_id}"), 404)
