"""Every DAG whole, on the configured server or a stand-in, with a real API on a real Postgres."""

import json
import logging
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from airflow.sdk import DAG, Context
from werkzeug.serving import make_server

from api import create_app
from tests.api.conftest import SYNC_KEY, settings_for
from tests.api.gold_database import GoldDatabase
from tests.days.handmade import BUSINESS_DATE, HANDMADE_DAY
from tests.plugins.hyper import opened, rows
from tests.warehouse import Warehouse
from warehouse.deploy import ANALYSIS_FOLDER, MIGRATIONS_FOLDER, SQL_DIR

pytestmark = pytest.mark.usefixtures("airflow_database")

LOAD = {
    "source_dir": str(HANDMADE_DAY),
    "business_date": BUSINESS_DATE.isoformat(),
    "reject_limit_percent": 100,
    "dry_run": False,  # all of them, because within one process a run's params outlive it
    "same_drop": False,
    "waive": [],
    "waive_reason": None,
}


@dataclass(frozen=True)
class Run:
    """A finished DAG run: its state, the states of its tasks, the log, and the messages of failed tasks."""

    state: str
    tasks: dict[str, str]
    log: str
    complaints: dict[str, str]

    def having(self, state: str) -> set[str]:
        return {task for task, its_state in self.tasks.items() if its_state == state}


Runner = Callable[..., Run]


@pytest.fixture
def run(
    dags: dict[str, DAG],
    airflow_settings: pytest.MonkeyPatch,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    sales_api: str,
) -> Runner:
    """Run a DAG to its end, with params that replace the defaults and an API that serves nothing yet."""

    def run(dag_id: str, **params: Any) -> Run:
        complaints: dict[str, str] = {}

        def note(context: Context) -> None:
            complaints[context["ti"].task_id] = str(context["exception"])

        for task in dags[dag_id].tasks:
            monkeypatch.setattr(task, "on_failure_callback", [note])
        caplog.clear()
        caplog.set_level(logging.INFO)
        with monkeypatch.context() as patch:
            # If one task's failure fails others, `test` waits a second for each of them.
            patch.setattr(time, "sleep", lambda seconds, sleep=time.sleep: sleep(min(seconds, 0.01)))
            finished = dags[dag_id].test(run_conf=params)
        tasks = {task.task_id: str(task.state) for task in finished.get_task_instances()}
        return Run(str(finished.state), tasks, caplog.text, complaints)

    return run


@pytest.fixture
def loaded(run: Runner, shared_warehouse: Warehouse) -> int:
    """The published batch of a hand-made day; the first test that uses it loads it."""
    published = shared_warehouse.execute("SELECT batch_id FROM gold.current_batch")
    if not published:
        assert run("sales_warehouse", **LOAD).state == "success"
        published = shared_warehouse.execute("SELECT batch_id FROM gold.current_batch")
    return int(published[0]["batch_id"])


def test_the_schema_is_deployed(run: Runner) -> None:
    finished = run("warehouse_schema")
    assert finished.state == "success", finished.complaints
    migrations = sorted((SQL_DIR / MIGRATIONS_FOLDER).iterdir())[1:]  # a new database only records them
    queries = (SQL_DIR / ANALYSIS_FOLDER).iterdir()
    for file in set(SQL_DIR.rglob("*.sql")) - {*migrations, *queries}:
        assert str(file.relative_to(SQL_DIR)) in finished.log


def test_a_day_is_loaded(run: Runner, shared_warehouse: Warehouse) -> None:
    finished = run("sales_warehouse", **LOAD)
    assert finished.state == "success", finished.complaints
    assert finished.having("success") == set(finished.tasks)
    [batch] = shared_warehouse.execute(
        "SELECT b.batch_id, b.status, b.business_date, b.source_dir, b.run_id FROM etl.batch AS b"
        " INNER JOIN gold.current_batch AS c ON b.batch_id = c.batch_id"
    )
    assert (batch["status"], batch["business_date"]) == ("succeeded", BUSINESS_DATE)
    assert batch["source_dir"] == str(HANDMADE_DAY)
    for printed in ("silver.load_crm_cust_info: batch", f"Batch {batch['batch_id']} closed: succeeded."):
        assert printed in finished.log, "PRINT output is not in the log"


def break_nothing(drop: Path) -> None:
    """Leave the drop as it is."""


def remove_a_file(drop: Path) -> None:
    (drop / "source_erp/LOC_A101.csv").unlink()


def rename_a_column(drop: Path) -> None:
    path = drop / "source_erp/LOC_A101.csv"
    path.write_bytes(path.read_bytes().replace(b"CNTRY", b"COUNTRY", 1))


def save_as_windows_1252(drop: Path) -> None:
    path = drop / "source_erp/LOC_A101.csv"
    path.write_bytes(b"CID,CNTRY\r\nAW-00011000,Espa\xf1a\r\n")


def empty_the_drop(drop: Path) -> None:
    shutil.rmtree(drop)
    drop.mkdir()


BAD_DAYS: dict[str, tuple[Callable[[Path], None], dict[str, object], str, str]] = {
    "a missing file": (remove_a_file, {}, "stage", "source_erp/LOC_A101.csv: missing"),
    "a wrong header": (
        rename_a_column,
        {},
        "stage",
        "source_erp/LOC_A101.csv, line 1, column 2: the header has",
    ),
    "not UTF-8": (
        save_as_windows_1252,
        {},
        "stage",
        "source_erp/LOC_A101.csv, line 2, column CNTRY, character 17",
    ),
    "an empty folder": (empty_the_drop, {}, "stage", "source_crm/cust_info.csv: missing"),
    "too many rejects": (break_nothing, {"reject_limit_percent": 1}, "reconcile", "SQL Server error 50011"),
    "an older day": (break_nothing, {"business_date": "2000-01-01"}, "open_batch", "SQL Server error 50002"),
    "a day that has not begun": (
        break_nothing,
        {"business_date": "2062-02-23"},
        "open_batch",
        "SQL Server error 50014",
    ),
    "another day's drop": (
        break_nothing,
        {"business_date": str(BUSINESS_DATE + timedelta(days=1))},
        "register_landing",
        "SQL Server error 50015",
    ),
    "a relative folder": (break_nothing, {"source_dir": "data"}, "wait_for_drop", "by an absolute path"),
}


@pytest.mark.parametrize(("damage", "params", "red", "complaint"), BAD_DAYS.values(), ids=BAD_DAYS)
def test_a_bad_day_turns_one_task_red_closes_its_batch_as_failed_and_leaves_gold_alone(
    run: Runner,
    loaded: int,
    shared_warehouse: Warehouse,
    sales_api: str,
    tmp_path: Path,
    damage: Callable[[Path], None],
    params: dict[str, object],
    red: str,
    complaint: str,
) -> None:
    drop = tmp_path / "drop"
    for folder in ("source_crm", "source_erp"):
        shutil.copytree(HANDMADE_DAY / folder, drop / folder)
    damage(drop)
    batches = shared_warehouse.value("SELECT COUNT(*) AS n FROM etl.batch")
    finished = run("sales_warehouse", **{**LOAD, "source_dir": str(drop), **params})
    assert finished.state == "failed"
    assert complaint in finished.complaints[red]
    assert len(finished.complaints[red].splitlines()) > 1 or red == "stage", "it does not say what to do"
    opened = shared_warehouse.execute("SELECT status FROM etl.batch ORDER BY batch_id OFFSET ? ROWS", batches)
    if red in ("wait_for_drop", "open_batch"):
        assert opened == []
        assert finished.having("failed") == {red}
        assert finished.tasks["fail_batch"] == "upstream_failed"
    else:
        assert opened == [{"status": "failed"}]
        assert finished.having("failed") == {red, "fail_batch"}, "fail_batch is red when it closed a failed batch"
        assert finished.tasks["sync_monitoring"] == "success", "the API shows failed days, too"
        page = httpx.get(f"http://{sales_api}/dashboards/warehouse").text
        batch_id = shared_warehouse.value("SELECT MAX(batch_id) AS batch_id FROM etl.batch")
        assert f'batch {batch_id} <span class="state failed">not published</span>' in page
    assert shared_warehouse.value("SELECT batch_id FROM gold.current_batch") == loaded


def test_an_api_that_is_down_does_not_fail_the_load(
    run: Runner, dags: dict[str, DAG], monkeypatch: pytest.MonkeyPatch, shared_warehouse: Warehouse
) -> None:
    connection = json.loads(os.environ["AIRFLOW_CONN_SALES_API"])
    monkeypatch.setenv("AIRFLOW_CONN_SALES_API", json.dumps({**connection, "port": 1}))
    monkeypatch.setattr(dags["sales_warehouse"].get_task("sync_monitoring"), "retries", 0)
    finished = run("sales_warehouse", **{**LOAD, "dry_run": True})
    assert finished.state == "success"
    assert finished.having("failed") == {"sync_monitoring"}
    assert "no answer" in finished.complaints["sync_monitoring"]
    assert shared_warehouse.value("SELECT TOP (1) status FROM etl.batch ORDER BY batch_id DESC") == "checked"


def test_a_dry_run_does_everything_but_publish(run: Runner, loaded: int, shared_warehouse: Warehouse) -> None:
    finished = run("sales_warehouse", **{**LOAD, "dry_run": True})
    assert finished.state == "success", finished.complaints
    skipped = {task for task in finished.tasks if task.startswith("gold_checks.")} | {"close_batch"}
    assert finished.having("skipped") == skipped, "nothing is to be seen, and the asset gold has no event"
    [batch] = shared_warehouse.execute("SELECT TOP (1) status, published_at FROM etl.batch ORDER BY batch_id DESC")
    assert batch == {"status": "checked", "published_at": None}
    assert shared_warehouse.value("SELECT batch_id FROM gold.current_batch") == loaded
    checked = shared_warehouse.value(
        "SELECT COUNT(*) AS n FROM etl.quality_result WHERE batch_id = (SELECT MAX(batch_id) FROM etl.batch)"
    )
    assert checked > 0, "a dry run tells what the checks would say"


def test_the_same_drop_is_loaded_under_another_date_by_a_run_with_same_drop(
    run: Runner, loaded: int, shared_warehouse: Warehouse
) -> None:
    finished = run(
        "sales_warehouse", **{**LOAD, "business_date": str(BUSINESS_DATE + timedelta(days=1)), "same_drop": True}
    )
    assert finished.state == "success", finished.complaints
    assert shared_warehouse.value("SELECT business_date FROM gold.current_batch") == BUSINESS_DATE + timedelta(days=1)
    shared_warehouse.execute(
        "EXEC etl.withdraw_batch @batch_id = ?, @reason = N'only tried'", last_batch(shared_warehouse)
    )
    assert shared_warehouse.value("SELECT business_date FROM gold.current_batch") == BUSINESS_DATE


def last_batch(warehouse: Warehouse) -> int:
    return int(warehouse.value("SELECT MAX(batch_id) AS batch_id FROM etl.batch"))


def make_old(folder: Path, days: int) -> Path:
    """Make a folder with a file in it, both last written to some days ago."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "file").write_text("content", encoding="utf-8")
    moment = time.time() - days * 86400
    for path in (folder / "file", folder):
        os.utime(path, (moment, moment))
    return folder


def test_maintenance_removes_old_data_and_keeps_needed_data(
    run: Runner,
    dags: dict[str, DAG],
    loaded: int,
    shared_warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(dags["warehouse_maintenance"].get_task("check_serving_copy"), "retries", 0)
    landing = shared_warehouse.server.landing
    logs = tmp_path / "logs"
    monkeypatch.setenv("AIRFLOW__LOGGING__BASE_LOG_FOLDER", str(logs))
    shown = shared_warehouse.value("SELECT landing_dir FROM etl.batch WHERE batch_id = ?", loaded)
    gone = [make_old(landing / "99901", 15), make_old(landing / ".99902.abc.partial", 15), make_old(logs / "old", 31)]
    kept = [
        make_old(landing / shown.rsplit("/", 1)[-1], 100),
        make_old(landing / "99903", 13),
        make_old(landing / "somebody's folder", 100),
        make_old(logs / "new", 29),
    ]
    finished = run("warehouse_maintenance")
    assert finished.having("failed") <= {"check_serving_copy"}, finished.complaints  # nothing is served here
    assert [folder.name for folder in gone if (folder / "file").exists()] == []
    assert [folder.name for folder in kept if not (folder / "file").exists()] == []
    assert shared_warehouse.value("SELECT COUNT(*) AS n FROM etl.step WHERE batch_id = ?", loaded) > 0
    assert finished.having("success") >= {"clean_logs", "clean_landing", "clean_history", "clean_airflow"}


@pytest.fixture
def sales_api(airflow_settings: pytest.MonkeyPatch, shared_warehouse: Warehouse, database_url: str) -> Iterator[str]:
    """The API on an empty Postgres database, as the connection ``sales_api``; gives its host and port."""
    with api_on(database_url, shared_warehouse.server.odbc) as address:
        yield address


@contextmanager
def api_on(database_url: str, warehouse_odbc: str) -> Iterator[str]:
    """Run the API as the connection ``sales_api`` until the block ends; gives its host and port."""
    app = create_app(settings_for(database_url, warehouse_odbc))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with pytest.MonkeyPatch.context() as environment:
        connection = {
            "conn_type": "http",
            "schema": "http",
            "host": "127.0.0.1",
            "port": server.server_port,
            "password": SYNC_KEY,
        }
        environment.setenv("AIRFLOW_CONN_SALES_API", json.dumps(connection))
        yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def test_the_published_day_is_served_and_exported(run: Runner, loaded: int, sales_api: str, exports: Path) -> None:
    finished = run("sales_serving")
    assert finished.state == "success", finished.complaints
    assert httpx.get(f"http://{sales_api}/health/ready").json()["batch_id"] == loaded
    with opened(exports / f"sales_warehouse-{BUSINESS_DATE}.hyper") as extract:
        assert rows(extract, "current_batch", ["batch_id", "business_date"]) == [(loaded, BUSINESS_DATE)]
    with zipfile.ZipFile(exports / f"sales_warehouse-{BUSINESS_DATE}.twbx") as package:
        assert "sales_warehouse.twb" in package.namelist()


@pytest.mark.usefixtures("loaded")
def test_an_export_that_cannot_be_written_does_not_stop_serving(
    run: Runner, dags: dict[str, DAG], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("EXPORTS_DIR", str(tmp_path / "a file"))
    monkeypatch.setattr(dags["sales_serving"].get_task("export_tableau"), "retries", 0)
    finished = run("sales_serving")
    assert finished.having("failed") == {"export_tableau"}
    assert finished.having("success") == {"sync", "check_freshness"}
    assert "a file" in finished.complaints["export_tableau"]


def test_serving_is_right_although_the_next_batch_is_published_before_it_is_checked(
    run: Runner,
    dags: dict[str, DAG],
    loaded: int,
    sales_api: str,
    shared_warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dag = dags["sales_serving"]
    sync: Any = dag.get_task("sync")
    copy = sync.execute

    def copy_and_publish_anew(context: Context) -> Any:
        answer = copy(context)
        shared_warehouse.load(HANDMADE_DAY, BUSINESS_DATE, reject_limit=1)
        return answer

    monkeypatch.setattr(sync, "execute", copy_and_publish_anew)
    monkeypatch.setattr(dag.get_task("check_freshness"), "retries", 0)
    finished = run("sales_serving")
    assert finished.state == "success", finished.complaints
    assert httpx.get(f"http://{sales_api}/health/ready").json()["batch_id"] == loaded
    assert shared_warehouse.value("SELECT batch_id FROM gold.current_batch") > loaded


def test_serving_waits_for_a_replica_that_lags_behind(
    run: Runner,
    dags: dict[str, DAG],
    loaded: int,
    database_url: str,
    shared_warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dags["sales_serving"].get_task("sync"), "retries", 0)
    replica = GoldDatabase(shared_warehouse.server.odbc)
    replica.create()
    replica.create_views()
    replica.publish(loaded)  # the same batch, as it was published before
    with api_on(database_url, replica.odbc) as address:
        finished = run("sales_serving")
        assert finished.having("failed") == {"sync"}
        assert f"Expected batch {loaded} published at 20" in finished.complaints["sync"]
        assert f"the warehouse shows batch {loaded}." in finished.complaints["sync"]
        assert httpx.get(f"http://{address}/health/ready").status_code == 503
        now = "SELECT CONVERT(NVARCHAR(30), published_at, 126) FROM gold.current_batch"
        published_at = shared_warehouse.value(now)
        replica.execute(
            f"UPDATE data.current_batch SET published_at = '{published_at}', business_date = '{BUSINESS_DATE}'"
        )
        finished = run("sales_serving")
        assert finished.having("success") >= {"sync", "check_freshness"}, finished.complaints
        assert httpx.get(f"http://{address}/health/ready").json()["batch_id"] == loaded
    replica.drop()


@pytest.mark.usefixtures("loaded")
def test_serving_fails_when_the_api_serves_another_day(
    run: Runner, dags: dict[str, DAG], monkeypatch: pytest.MonkeyPatch
) -> None:
    dag = dags["sales_serving"]
    monkeypatch.setattr(dag.get_task("check_freshness"), "retries", 0)
    monkeypatch.setattr(dag.get_task("sync"), "execute", lambda context: None)  # an API that only reports it
    finished = run("sales_serving")
    assert finished.state == "failed"
    assert finished.having("failed") == {"check_freshness"}
    complaint = "503 SERVICE UNAVAILABLE: "
    assert complaint in finished.complaints["check_freshness"]
