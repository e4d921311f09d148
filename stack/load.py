"""The load that `make up` runs through Airflow: deploy the schema, load the drop, bring it to the API."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from stack.airflow_api import AirflowApi
from stack.console import Progress, Step
from stack.services import Stack, StackError

SCHEMA_DAG = "warehouse_schema"
LOAD_DAG = "sales_warehouse"
SERVING_DAG = "sales_serving"
DAGS = (SCHEMA_DAG, LOAD_DAG, SERVING_DAG)

SECONDS_TO_PARSE = 120
SECONDS_TO_APPEAR = 60
SECONDS_TO_RUN = 1800
DONE = ("success", "failed")
ENDED_TASK = ("success", "failed", "skipped")
"""States worth a line; what could not run because of another task is not."""


def wait_for_dags(stack: Stack, airflow: AirflowApi) -> None:
    """Wait until the running DAG processor has parsed the DAGs; raises with a broken file's traceback."""
    processor = stack.records.read("airflow-dag-processor")
    since = processor.started if processor else 0.0
    deadline = time.monotonic() + SECONDS_TO_PARSE
    missing = list(DAGS)
    while missing:
        missing = [dag_id for dag_id in missing if not _parsed_since(airflow, dag_id, since)]
        if not missing:
            return
        for error in airflow.import_errors():
            if datetime.fromisoformat(error["timestamp"]).timestamp() >= since:
                raise StackError(f"Airflow cannot import {error['filename']}:\n{error['stack_trace']}")
        if time.monotonic() > deadline:
            log = stack.log("airflow-dag-processor")
            raise StackError(f"Airflow has not found the DAGs {', '.join(missing)}.", log)
        time.sleep(0.5)


def _parsed_since(airflow: AirflowApi, dag_id: str, moment: float) -> bool:
    dag = airflow.dag(dag_id)
    parsed: str | None = dag["last_parsed_time"] if dag else None
    return parsed is not None and datetime.fromisoformat(parsed).timestamp() >= moment


def run_load(stack: Stack, airflow: AirflowApi, progress: Progress) -> str:
    """Deploy, load and serve, one DAG run after the other; returns the id of the load's run."""
    with progress.step("Airflow reads the DAGs"):
        wait_for_dags(stack, airflow)
    for dag_id in DAGS:
        airflow.unpause(dag_id)
    with progress.step(f"{SCHEMA_DAG}: deploy the T-SQL") as step:
        _follow(stack, airflow, SCHEMA_DAG, airflow.trigger(SCHEMA_DAG, {}), step)
    business_date = stack.settings.contract["WAREHOUSE_BUSINESS_DATE"]
    served_before = set(airflow.run_ids(SERVING_DAG))
    with progress.step(f"{LOAD_DAG}: load the drop of {business_date}") as step:
        run_id = airflow.trigger(LOAD_DAG, {"business_date": business_date})
        _follow(stack, airflow, LOAD_DAG, run_id, step)
    with progress.step(f"{SERVING_DAG}: bring it to the API") as step:
        _follow(stack, airflow, SERVING_DAG, _new_run(airflow, SERVING_DAG, served_before), step)
    return run_id


def _new_run(airflow: AirflowApi, dag_id: str, known: set[str]) -> str:
    """Return the run that the gold asset's event has started."""
    found: list[str] = []

    def appeared() -> bool:
        found[:] = [run_id for run_id in airflow.run_ids(dag_id) if run_id not in known]
        return bool(found)

    _wait(appeared, SECONDS_TO_APPEAR, f"{LOAD_DAG} ended but started no run of {dag_id}.")
    return found[0]


def _wait(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise StackError(complaint)
        time.sleep(0.5)


def _follow(stack: Stack, airflow: AirflowApi, dag_id: str, run_id: str, step: Step) -> None:
    """Print each task as it ends, until the run does; raises when it fails or the scheduler has died."""
    printed: set[tuple[str, int]] = set()
    retried: set[tuple[str, int, int]] = set()
    deadline = time.monotonic() + SECONDS_TO_RUN
    while True:
        # The state first: the tasks read after it are then final when it is.
        state = airflow.run(dag_id, run_id)["state"]
        tasks = airflow.task_instances(dag_id, run_id)
        for task in sorted(tasks, key=lambda task: task["start_date"] or ""):
            key = (task["task_id"], task["map_index"])
            if task["state"] in ENDED_TASK and key not in printed:
                printed.add(key)
                step.line(f"{task['task_id']}  {task['state']}  {task['duration'] or 0:.1f} s")
            attempt = (*key, task["try_number"])
            if task["state"] == "up_for_retry" and attempt not in retried:
                retried.add(attempt)
                step.line(f"{task['task_id']}  failed at try {task['try_number']}, will be tried again")
        if state in DONE:
            break
        running = [task["task_id"] for task in tasks if task["state"] == "running"]
        step.now(f"{len(printed)} of {len(tasks)} tasks done  {', '.join(running)}")
        if stack.running("airflow-scheduler") is None:
            raise StackError("airflow-scheduler has ended.", stack.log("airflow-scheduler"))
        if time.monotonic() > deadline:
            raise StackError(f"{dag_id} has not ended after {SECONDS_TO_RUN} s.", stack.log("airflow-scheduler"))
        time.sleep(0.5)
    if state == "failed":
        raise _failure(stack, airflow, dag_id, run_id)


def _failure(stack: Stack, airflow: AirflowApi, dag_id: str, run_id: str) -> StackError:
    """Say which task failed first, and where its log lies."""
    failed = [task for task in airflow.task_instances(dag_id, run_id) if task["state"] == "failed"]
    if not failed:
        return StackError(f"{dag_id} failed without a failed task.", stack.log("airflow-scheduler"))
    first = min(failed, key=lambda task: task["end_date"] or "")
    log = task_log(stack.settings.logs / "tasks", first)
    return StackError(f"{dag_id} failed in the task {first['task_id']}.", log if log.exists() else None)


def task_log(folder: Path, task: dict[str, object]) -> Path:
    """Return the log file of a task instance, by Airflow's default name template."""
    parts = [f"dag_id={task['dag_id']}", f"run_id={task['dag_run_id']}", f"task_id={task['task_id']}"]
    if task["map_index"] != -1:
        parts.append(f"map_index={task['map_index']}")
    return folder.joinpath(*parts, f"attempt={task['try_number']}.log")


def readable(line: str) -> str:
    """Turn a line of a task's log into text: Airflow writes them as JSON documents."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    if not isinstance(entry, dict) or "event" not in entry:
        return line
    causes = [f"{cause['exc_type']}: {cause['exc_value']}" for cause in entry.get("error_detail") or []]
    return " ".join([str(entry.get("level", "")).upper(), str(entry["event"]), *causes])
