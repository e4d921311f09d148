"""Loads through Airflow: load a drop, sync it to the API, print the tasks as they end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from stack import drops, published
from stack.airflow_api import AirflowApi
from stack.console import Progress, Step
from stack.drops import DropError
from stack.published import Published
from stack.services import Stack, StackError, fetch_json

LOAD_DAG = "sales_warehouse"
SERVING_DAG = "sales_serving"
DAGS = (LOAD_DAG, SERVING_DAG, "warehouse_schema", "warehouse_maintenance")

SECONDS_TO_PARSE = 120
SECONDS_TO_APPEAR = 60
SECONDS_TO_COME_BACK = 120
"""Time for which the scheduler may be down during a run, because the keeper restarts it."""
SECONDS_TO_RUN = 1800
DONE = ("success", "failed")
ENDED_TASK = ("success", "failed", "skipped")
"""States of tasks that are printed; `upstream_failed` is not."""


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


def check_day(stack: Stack, day: date, latest: Published | None, *, replay: bool) -> None:
    """Raise DropError for a business date that the warehouse would refuse, before a run is started."""
    today = stack.settings.today
    if day > today:
        raise DropError(
            f"{day} is in the future: today is {today}. Nothing was loaded.\nLoad the drop on its business date."
        )
    if latest and day < latest.business_date and not replay:
        raise DropError(
            f"{day} is older than the latest published day, {latest.business_date}. Nothing was loaded.\n"
            f"To show {day} again in place of {latest.business_date}, add REPLAY=1."
        )


def load_drop(
    stack: Stack,
    airflow: AirflowApi,
    progress: Progress,
    folder: Path,
    day: date,
    *,
    replay: bool = False,
    same_drop: bool = False,
    waive: Sequence[str] = (),
    reason: str = "",
) -> None:
    """Load a drop and serve it, by two DAG runs."""
    conf: dict[str, Any] = {"source_dir": str(folder), "business_date": day.isoformat()}
    conf |= {name: True for name, wanted in (("replay", replay), ("same_drop", same_drop)) if wanted}
    if waive:
        conf |= {"waive": list(waive), "waive_reason": reason}
    airflow.unpause(SERVING_DAG)
    served_before = set(airflow.run_ids(SERVING_DAG))
    with progress.step(f"{LOAD_DAG}: load {folder} as {day}") as step:
        _follow(stack, airflow, LOAD_DAG, _trigger(airflow, LOAD_DAG, conf), step)
    with progress.step(f"{SERVING_DAG}: sync it to the API") as step:
        _follow(stack, airflow, SERVING_DAG, _new_run(airflow, SERVING_DAG, served_before), step)


def first_load(stack: Stack, airflow: AirflowApi, progress: Progress) -> None:
    """Load the drop of the settings, unless `reason_to_keep` gives a reason to keep the published day."""
    settings = stack.settings
    day = date.fromisoformat(settings.contract["WAREHOUSE_BUSINESS_DATE"])
    folder = drops.folder_of(settings.source_dir, day)
    latest = published.latest(settings)
    if latest and (reason := reason_to_keep(latest, folder, day, chosen=settings.chooses_drop)):
        progress.text(f"  {reason}: nothing to load.")
        serve(stack, airflow, progress)
        return
    check_day(stack, day, latest, replay=False)
    drops.check(folder)
    load_drop(stack, airflow, progress, folder, day)


def reason_to_keep(latest: Published, folder: Path, day: date, *, chosen: bool) -> str | None:
    """Return the reason why `make up` keeps the published day and loads no drop; None if it should load the drop.

    `chosen`: the user has set the drop. The default drop never replaces a day that was loaded from another drop.
    """
    if latest.business_date > day:
        return f"{latest.business_date} is published, a later day than {day}"
    if latest.business_date < day:
        return None
    is_same = latest.source_dir is not None and Path(latest.source_dir) == folder
    if not is_same and not chosen:
        return (
            f"{day} is published, loaded from {latest.source_dir or 'a landing folder, by hand'} and not from {folder}"
        )
    if is_same and not folder.is_dir():
        return f"{day} is published, and its source folder no longer exists, {folder}"
    return None


def serve(stack: Stack, airflow: AirflowApi, progress: Progress) -> None:
    """Sync gold to the API unless the API already serves it."""
    served = fetch_json(f"{stack.settings.api_url}/health/ready") or {}
    if served.get("batch_id") == published.shown(stack.settings):
        return
    with progress.step(f"{SERVING_DAG}: sync it to the API") as step:
        _follow(stack, airflow, SERVING_DAG, _trigger(airflow, SERVING_DAG, {}), step)


def generate_next_day(stack: Stack, progress: Progress) -> tuple[Path, date]:
    """Generate the drop of the day after the latest published day; returns its folder and its day."""
    settings = stack.settings
    if settings.contract["WAREHOUSE_SCHEDULE"] and not settings.chooses_drop:
        raise DropError(
            f"{settings.drops} holds the drops that WAREHOUSE_SCHEDULE loads: make next-day would add a generated "
            "one.\nLoad your next drop: make load DROP=path DATE=yyyy-mm-dd. To generate days, unset the schedule."
        )
    latest = published.latest(settings)
    if latest is None:
        raise DropError("No day is published yet. Run make up, which loads the first.")
    if not drops.is_generated(latest.source_dir, latest.business_date, settings.drops):
        origin = latest.source_dir or "a landing folder, by hand"
        raise DropError(
            f"{latest.business_date}, the latest published day, was loaded from {origin}.\n"
            "make next-day generates a day, which would not continue that drop.\n"
            "Load your next drop: make load DROP=path DATE=yyyy-mm-dd."
        )
    day = latest.following
    check_day(stack, day, latest, replay=False)
    with progress.step(f"generate the drop of {day}"):
        return drops.generate_drop(settings.drops, day), day


def let_all_run(airflow: AirflowApi) -> None:
    """Unpause every DAG, scheduled ones included; after the load, because they would slow it down."""
    for dag_id in DAGS:
        airflow.unpause(dag_id)


def print_next_run(stack: Stack, airflow: AirflowApi, progress: Progress) -> None:
    """Print the time of the next scheduled run, its drop, and the latest published day."""
    dag = airflow.dag(LOAD_DAG) or {}
    settings = stack.settings
    progress.heading(f"Scheduled: {settings.contract['WAREHOUSE_SCHEDULE']} ({settings.zone})")
    if dag.get("is_paused"):
        progress.text(f"{LOAD_DAG} is paused in Airflow: nothing runs until you unpause it.")
    elif moment := dag.get("next_dagrun_run_after"):
        time_of_run = datetime.fromisoformat(moment).astimezone(settings.zone)
        # A new schedule begins with its latest time before now.
        verb = "begins now" if time_of_run <= datetime.now(settings.zone) else "begins then"
        progress.text(f"The next load is that of {time_of_run:%Y-%m-%d %H:%M}; it {verb}.")
    progress.text(f"It waits until its drop is complete: {settings.source_dir}")
    latest = published.latest(settings)
    progress.text(f"Published last: {latest.business_date}" if latest else "No day is published yet.")


def _trigger(airflow: AirflowApi, dag_id: str, configuration: dict[str, Any]) -> str:
    """Unpause the DAG, start a run, and return its id."""
    airflow.unpause(dag_id)
    return airflow.trigger(dag_id, configuration)


def _new_run(airflow: AirflowApi, dag_id: str, known: set[str]) -> str:
    """Return the run that the event of the asset gold has started."""
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
    """Print each task as it ends, until the run ends; raises if it fails or the scheduler has died."""
    printed: set[tuple[str, int]] = set()
    retried: set[tuple[str, int, int]] = set()
    deadline = time.monotonic() + SECONDS_TO_RUN
    alive = time.monotonic()
    while True:
        tasks = airflow.task_instances(dag_id, run_id)
        for task in sorted(tasks, key=lambda task: task["start_date"] or ""):
            key = (task["task_id"], task["map_index"])
            if task["state"] in ENDED_TASK and key not in printed:
                printed.add(key)
                step.line(f"{task['task_id']}  {task['state']}  {task['duration'] or 0:.1f} s")
            attempt = (*key, task["try_number"])
            if task["state"] == "up_for_retry" and attempt not in retried:
                retried.add(attempt)
                step.line(f"{task['task_id']}  failed at try {task['try_number']}, will be retried")
        # The run ends after its last task, so its state is read only then.
        ended = all(task["state"] in (*ENDED_TASK, "upstream_failed", "removed") for task in tasks)
        if ended and (state := airflow.run(dag_id, run_id)["state"]) in DONE:
            break
        running = [task["task_id"] for task in tasks if task["state"] == "running"]
        step.now(f"{len(printed)} of {len(tasks)} tasks done  {', '.join(running)}")
        if stack.running("airflow-scheduler"):
            alive = time.monotonic()
        elif time.monotonic() - alive > SECONDS_TO_COME_BACK:
            raise StackError("airflow-scheduler has ended and was not restarted.", stack.log("airflow-scheduler"))
        if time.monotonic() > deadline:
            raise StackError(f"{dag_id} has not ended after {SECONDS_TO_RUN} s.", stack.log("airflow-scheduler"))
        time.sleep(0.2 if ended else 0.7)
    if state == "failed":
        raise _failure(stack, airflow, dag_id, run_id)


def _failure(stack: Stack, airflow: AirflowApi, dag_id: str, run_id: str) -> StackError:
    """Return an error that names the first failed task and its log."""
    page = f"{stack.settings.airflow_url}/dags/{dag_id}/runs/{quote(run_id, safe='')}"
    failed = [task for task in airflow.task_instances(dag_id, run_id) if task["state"] == "failed"]
    if not failed:
        return StackError(f"{dag_id} failed without a failed task: {page}", stack.log("airflow-scheduler"))
    first = min(failed, key=lambda task: task["end_date"] or "")
    log = task_log(stack.settings.logs / "tasks", first)
    advice = "The services run. Remedies: docs/operations.md, section A day that failed."
    message = f"{dag_id} failed in the task {first['task_id']}: {page}\n{advice}"
    return StackError(message, log if log.exists() else None)


def task_log(folder: Path, task: dict[str, object]) -> Path:
    """Return the log file of a task instance, by Airflow's default name template."""
    parts = [f"dag_id={task['dag_id']}", f"run_id={task['dag_run_id']}", f"task_id={task['task_id']}"]
    if task["map_index"] != -1:
        parts.append(f"map_index={task['map_index']}")
    return folder.joinpath(*parts, f"attempt={task['try_number']}.log")


def readable(line: str) -> str:
    """Convert a line of a task's log, a JSON document, to text."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    if not isinstance(entry, dict) or "event" not in entry:
        return line
    causes = [f"{cause['exc_type']}: {cause['exc_value']}" for cause in entry.get("error_detail") or []]
    return " ".join([str(entry.get("level", "")).upper(), str(entry["event"]), *causes])
