import os
import subprocess
import sys
from datetime import timedelta

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, AssetAll
from airflow.sdk.exceptions import ParamValidationError

from tests.dags.airflow_environment import ROOT
from warehouse import settings
from warehouse.failures import RETRIES
from warehouse.sources import SOURCE_FILES

DAG_IDS = ["sales_serving", "sales_warehouse", "warehouse_maintenance", "warehouse_schema"]
TABLES = [source.table for source in SOURCE_FILES]


def test_the_project_has_exactly_these_dags(dags: dict[str, DAG]) -> None:
    assert sorted(dags) == DAG_IDS


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_each_dag_is_documented_and_tagged_reports_its_end_and_does_not_catch_up(
    dags: dict[str, DAG], dag_id: str
) -> None:
    dag = dags[dag_id]
    assert dag.doc_md, "no documentation"
    assert dag.description, "no description"
    assert dag.tags
    assert dag.tags <= set(settings.TAGS)
    assert dag.has_on_failure_callback
    assert dag.has_on_success_callback
    assert dag.catchup is False
    # Runs may wait for their drops in parallel; `open_batch` lets one of them load at a time.
    assert dag.max_active_runs == (4 if dag_id == "sales_warehouse" else 1)


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_each_task_is_documented_and_has_an_owner_retries_and_a_timeout(dags: dict[str, DAG], dag_id: str) -> None:
    for task in dags[dag_id].tasks:
        assert task.owner == "warehouse", task.task_id
        assert task.doc_md, task.task_id
        assert task.retries == RETRIES["retries"], task.task_id
        assert task.execution_timeout is not None, task.task_id


def test_the_flow_of_a_load(dags: dict[str, DAG]) -> None:
    dag = dags["sales_warehouse"]
    checks = {task.task_id for task in dag.tasks if task.task_id.startswith("gold_checks.")}
    expected = {
        "wait_for_drop": {"open_batch"},
        "open_batch": {"stage", "fail_batch", "sync_monitoring"},
        "stage": {"register_landing"},
        "register_landing": {f"bronze.{table}" for table in TABLES},
        **{f"bronze.{table}": {f"silver.{table}"} for table in TABLES},
        **{f"silver.{table}": {"reconcile"} for table in TABLES},
        "reconcile": {"publish"},
        "publish": checks,
        **{check: {"close_batch"} for check in checks},
        "close_batch": {"fail_batch"},
        "fail_batch": {"sync_monitoring"},
        "sync_monitoring": set(),
    }
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == expected
    assert len(checks) == 7
    assert dag.get_task("open_batch").max_active_tis_per_dag == 1
    showing = dag.get_task("sync_monitoring")
    assert (showing.is_teardown, showing.on_failure_fail_dagrun) == (True, False), (
        "the API decides nothing about a load"
    )


def test_the_assets_lead_from_the_files_to_the_served_copy(dags: dict[str, DAG]) -> None:
    """Each asset that a task reads is written by another task, except the files of a drop."""
    tasks = [task for dag in dags.values() for task in dag.tasks]
    written = {outlet.name for task in tasks for outlet in task.outlets}
    assert written >= {inlet.name for task in tasks for inlet in task.inlets}
    assert written >= {f"drop.{table}" for table in TABLES}
    assert written >= {f"{layer}.{table}" for table in TABLES for layer in ("bronze", "silver")}
    assert written >= {"gold", "gold.fact_sales", "gold.dim_customers", "gold.report_products", "served", "tableau"}


@pytest.mark.parametrize(("asked", "expected"), [("true", True), ("false", False), ("", False)])
def test_the_question_about_rejects_is_asked_where_it_is_switched_on(
    monkeypatch: pytest.MonkeyPatch, asked: str, expected: bool
) -> None:
    monkeypatch.setenv("WAREHOUSE_APPROVE_REJECTS", asked)
    dag = DagBag(dag_folder=str(ROOT / "dags/sales_warehouse.py")).dags["sales_warehouse"]
    assert ("approve_rejects" in dag.task_ids) is expected
    if expected:
        assert dag.get_task("approve_rejects").downstream_task_ids == {"reconcile"}


@pytest.mark.parametrize(
    ("schedule", "minutes", "expected"),
    [("0 5 * * *", "90", True), ("0 5 * * *", "", False), ("", "90", False)],
)
def test_a_scheduled_day_has_a_deadline_where_one_is_set(
    monkeypatch: pytest.MonkeyPatch, schedule: str, minutes: str, expected: bool
) -> None:
    monkeypatch.setenv("WAREHOUSE_SCHEDULE", schedule)
    monkeypatch.setenv("WAREHOUSE_LATE_AFTER_MINUTES", minutes)
    dag = DagBag(dag_folder=str(ROOT / "dags/sales_warehouse.py")).dags["sales_warehouse"]
    if not expected:
        assert dag.deadline is None
        return
    assert isinstance(dag.deadline, list)
    [deadline] = dag.deadline
    assert deadline.interval == timedelta(minutes=90)
    assert deadline.callback.path == "warehouse.notifications.day_is_late"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAREHOUSE_TIMEZONE", "Nowhere"),
        ("WAREHOUSE_APPROVE_REJECTS", "perhaps"),
        ("WAREHOUSE_LATE_AFTER_MINUTES", "two"),
    ],
)
def test_a_wrong_setting_is_an_import_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    [error] = DagBag(dag_folder=str(ROOT / "dags/sales_warehouse.py")).import_errors.values()
    assert f"{name}" in error
    assert repr(value) in error


def test_the_load_of_a_day_makes_the_serving_run(dags: dict[str, DAG]) -> None:
    [outlet] = dags["sales_warehouse"].get_task("close_batch").outlets
    assert outlet.name == "gold"
    assert dags["sales_serving"].timetable.asset_condition == AssetAll(outlet)


def test_the_flow_of_serving(dags: dict[str, DAG]) -> None:
    assert {task.task_id: task.downstream_task_ids for task in dags["sales_serving"].tasks} == {
        "sync": {"check_freshness", "export_tableau"},
        "check_freshness": set(),
        "export_tableau": set(),
    }


def test_a_dag_file_is_read_without_the_libraries_of_the_export() -> None:
    """They take a second to import, and Airflow parses the file repeatedly."""
    script = "import sys, sales_serving; print(*sys.modules.keys() & {'pandas', 'pantab', 'pyarrow'})"
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "dags"), str(ROOT / "plugins")])},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert run.stdout.split() == []


def test_the_params_of_a_load_come_from_the_settings(dags: dict[str, DAG]) -> None:
    assert dags["sales_warehouse"].params.dump() == {
        "business_date": None,  # each run takes its own date
        "source_dir": "/drop",
        "replay": False,
        "reject_limit_percent": 1,
        "same_drop": False,
        "waive": [],
        "waive_reason": None,
        "dry_run": False,
        "wait_minutes": None,
    }
    for name in dags["sales_warehouse"].params:
        param = dags["sales_warehouse"].params.get_param(name)
        assert param.schema["title"], name
        assert param.description, name


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("business_date", "yesterday"),
        ("business_date", 5),
        ("replay", "yes"),
        ("reject_limit_percent", 101),
        ("reject_limit_percent", -1),
        ("wait_minutes", -1),
        ("same_drop", 1),
        ("waive", "few values are missing"),
        ("waive", [1]),
        ("dry_run", None),
        ("source_dir", 1),
    ],
)
def test_an_invalid_param_is_refused(dags: dict[str, DAG], param: str, value: object) -> None:
    with pytest.raises(ParamValidationError):
        dags["sales_warehouse"].params.get_param(param).resolve(value)


@pytest.mark.parametrize("table", TABLES)
def test_clearing_a_failed_task_opens_the_batch_again(dags: dict[str, DAG], table: str) -> None:
    subset = dags["sales_warehouse"].partial_subset(
        [f"bronze.{table}"], include_upstream=False, include_downstream=True
    )
    cleared = {task.task_id for task in subset.tasks}
    assert {"open_batch", f"bronze.{table}", f"silver.{table}", "close_batch", "fail_batch"} <= cleared
    assert "stage" not in cleared
