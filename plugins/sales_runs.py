"""Runs of `sales_warehouse` in Airflow's UI: each carries its business date as a note, and backfills keep their order.

A listener, because the lists of runs show only notes and ids, and a task cannot write the note of its run. The
scheduler calls it in its own transaction, so it changes the run that it is given and opens no session.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin
from sqlalchemy import select
from sqlalchemy.orm import object_session

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

LOAD_DAG = "sales_warehouse"
FLAGS = {"dry_run": "dry run", "replay": "replay", "same_drop": "same drop on purpose"}

log = logging.getLogger(__name__)


@hookimpl
def on_dag_run_running(dag_run: DagRun, msg: str) -> None:
    """Write the business date into the note, and limit a backfill to one active run, whatever limit was requested."""
    if dag_run.dag_id != LOAD_DAG:
        return
    if dag_run.backfill is not None and dag_run.backfill.max_active_runs > 1:
        dag_run.backfill.max_active_runs = 1
    _note(dag_run, {})


@hookimpl
def on_dag_run_success(dag_run: DagRun, msg: str) -> None:
    """Complete the note with the batch and its counts."""
    if dag_run.dag_id == LOAD_DAG:
        _note(dag_run, _results(dag_run))


@hookimpl
def on_dag_run_failed(dag_run: DagRun, msg: str) -> None:
    """Complete the note with the batch and the counts that exist so far."""
    if dag_run.dag_id == LOAD_DAG:
        _note(dag_run, _results(dag_run))


def _note(dag_run: DagRun, results: dict[str, Any]) -> None:
    """Write the note, unless a person has written one."""
    from warehouse.day import date_of_run

    if object_session(dag_run) is None:  # `airflow dags test` keeps its runs to itself
        return
    conf = dag_run.conf or {}
    first = f"Business date {date_of_run(conf, dag_run)}"
    if dag_run.note and not dag_run.note.startswith(first):
        return
    parts = [first, *(words for flag, words in FLAGS.items() if conf.get(flag) is True)]
    if results.get("batch_id") is not None:
        parts.append(f"batch {results['batch_id']}")
    if results.get("is_history"):
        parts.append("history")
    if results.get("rows_read") is not None:
        parts.append(f"{results['rows_read']:,} rows, {results['rows_rejected'] or 0:,} rejected")
    dag_run.note = " · ".join(parts)


def _results(dag_run: DagRun) -> dict[str, Any]:
    """Return the results of the run's tasks: the batch, and the counts of its reconciliation."""
    from airflow.models.xcom import XComModel

    session = object_session(dag_run)
    if session is None:
        return {}
    wanted = [("open_batch", "batch_id"), ("open_batch", "is_history"), ("reconcile", "return_value")]
    found: dict[str, Any] = {}
    for task_id, key in wanted:
        query = select(XComModel).where(
            XComModel.dag_run_id == dag_run.id, XComModel.task_id == task_id, XComModel.key == key
        )
        row = session.scalar(query)
        if row is None:
            continue
        value = XComModel.deserialize_value(row)
        found |= value if isinstance(value, dict) else {key: value}
    return found


class SalesRuns(AirflowPlugin):
    """Registers the listener."""

    name = "sales_runs"
    listeners = [sys.modules[__name__]]  # noqa: RUF012 - Airflow's way
