import os
import subprocess
import sys

import pytest
from airflow.sdk import DAG, AssetAll
from airflow.sdk.exceptions import ParamValidationError

from tests.dags.airflow_environment import ROOT
from warehouse import settings
from warehouse.sources import SOURCE_FILES

DAG_IDS = ["sales_serving", "sales_warehouse", "warehouse_schema"]
TABLES = [source.table for source in SOURCE_FILES]


def test_the_project_has_exactly_these_dags(dags: dict[str, DAG]) -> None:
    assert sorted(dags) == DAG_IDS


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_each_dag_is_documented_tagged_and_never_overlaps_itself(dags: dict[str, DAG], dag_id: str) -> None:
    dag = dags[dag_id]
    assert dag.doc_md, "no documentation"
    assert dag.description, "no description"
    assert dag.tags
    assert dag.tags <= set(settings.TAGS)
    assert dag.max_active_runs == 1
    assert dag.catchup is False


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_each_task_has_an_owner_retries_and_a_timeout(dags: dict[str, DAG], dag_id: str) -> None:
    for task in dags[dag_id].tasks:
        assert task.owner == "warehouse", task.task_id
        assert task.retries == 2, task.task_id
        assert task.execution_timeout is not None, task.task_id


def test_the_flow_of_a_load(dags: dict[str, DAG]) -> None:
    dag = dags["sales_warehouse"]
    checks = {task.task_id for task in dag.tasks if task.task_id.startswith("gold_checks.")}
    expected = {
        "open_batch": {"stage", "fail_batch"},
        "stage": {"register_landing"},
        "register_landing": {f"bronze.{table}" for table in TABLES},
        **{f"bronze.{table}": {f"silver.{table}"} for table in TABLES},
        **{f"silver.{table}": {"reconcile"} for table in TABLES},
        "reconcile": {"publish"},
        "publish": checks,
        **{check: {"close_batch"} for check in checks},
        "close_batch": {"fail_batch"},
        "fail_batch": set(),
    }
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == expected
    assert len(checks) == 7


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
    """They take a second to import, and Airflow reads the file again and again."""
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
        "business_date": None,  # the DAG has a schedule: each run takes its own date
        "source_dir": "/drop",
        "replay": False,
        "reject_limit": 0.01,
    }


@pytest.mark.parametrize(("schedule", "expected"), [("", "2026-02-01"), ("@daily", None)])
def test_only_a_dag_without_schedule_has_a_business_date_of_its_own(
    monkeypatch: pytest.MonkeyPatch, schedule: str, expected: str | None
) -> None:
    monkeypatch.setenv("WAREHOUSE_SCHEDULE", schedule)
    monkeypatch.setenv("WAREHOUSE_BUSINESS_DATE", "2026-02-01")
    assert settings.business_date() == expected


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("business_date", "yesterday"),
        ("business_date", 5),
        ("replay", "yes"),
        ("reject_limit", 1.5),
        ("source_dir", 1),
    ],
)
def test_a_param_that_cannot_be_right_is_refused(dags: dict[str, DAG], param: str, value: object) -> None:
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
