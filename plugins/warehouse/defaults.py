"""Shared by the DAGs: the arguments of their tasks, and schedules in the company's time zone."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable

from warehouse import notifications, settings
from warehouse.failures import RETRIES

DEFAULT_ARGS = {
    "owner": "warehouse",
    "execution_timeout": timedelta(hours=1),
    "on_failure_callback": notifications.remember_error,
    **RETRIES,
}
"""Arguments of every task: its owner, its longest run time, its retries, and the callback that keeps its error."""


def schedule(cron: str | None) -> CronTriggerTimetable | None:
    """Return the timetable of a cron expression in WAREHOUSE_TIMEZONE; None without one, for manual runs."""
    return CronTriggerTimetable(cron, timezone=str(settings.timezone())) if cron else None
