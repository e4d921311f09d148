"""The day that a run of `sales_warehouse` loads: its business date, its drop, and its params."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from warehouse import settings
from warehouse.template import render

SCHEDULED, BACKFILL = "scheduled", "backfill"
"""Airflow's types of runs that no person starts for one particular day."""


@dataclass(frozen=True)
class Day:
    """The day that one run loads.

    ``history``: a day older than the latest published day adds the rows that silver lacks, and gold keeps its day.
    ``waive``: the quality checks that the day need not pass, ``waive_reason`` why.
    ``wait``: how long to wait for the drop; with zero, staging reports missing files.
    """

    business_date: date
    source_dir: Path
    replay: bool
    history: bool
    same_drop: bool
    dry_run: bool
    reject_limit: float
    waive: tuple[str, ...]
    waive_reason: str
    wait: timedelta

    @classmethod
    def of(cls, context: Context) -> "Day":
        """Read the day from a run's params; raises AirflowFailException that names an invalid one."""
        run, params = context["dag_run"], context["params"]
        run_type = str(getattr(run.run_type, "value", run.run_type))
        business_date = date_of_run(params, run)
        wait = params["wait_minutes"]
        return cls(
            business_date=business_date,
            source_dir=drop_of(params["source_dir"], business_date),
            replay=bool(params["replay"]),
            history=run_type in (SCHEDULED, BACKFILL),
            same_drop=bool(params["same_drop"]),
            dry_run=bool(params["dry_run"]),
            reject_limit=float(params["reject_limit_percent"]) / 100,
            waive=tuple(params["waive"]),
            waive_reason=params["waive_reason"] or "",
            wait=timedelta(minutes=float(wait)) if wait is not None else _default_wait(run_type),
        )


def today() -> date:
    """Return today's date in WAREHOUSE_TIMEZONE."""
    return datetime.now(settings.timezone()).date()


def date_of_run(params: Any, run: Any) -> date:
    """Return the param ``business_date``, or the date of the run in WAREHOUSE_TIMEZONE."""
    given = params.get("business_date") if params else None
    if given:
        return date.fromisoformat(given)
    moment: datetime = run.logical_date or run.run_after
    return moment.astimezone(settings.timezone()).date()


def drop_of(template: str | None, business_date: date) -> Path:
    """Return the folder of a drop; raises AirflowFailException, because a retry would give the same folder."""
    try:
        return render(template, business_date)
    except ValueError as error:
        raise AirflowFailException(str(error)) from None


def _default_wait(run_type: str) -> timedelta:
    return settings.drop_wait() if run_type == SCHEDULED else timedelta()


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)
