"""What the DAGs have in common: the arguments of their tasks, and schedules in the time zone of the company."""

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
"""Arguments of every task: who owns it, how long it may run, what is tried again, where its error is kept."""


def schedule(cron: str | None) -> CronTriggerTimetable | None:
    """Return the timetable of a cron expression in WAREHOUSE_TIMEZONE; None, for runs by hand, without one."""
    return CronTriggerTimetable(cron, timezone=str(settings.timezone())) if cron else None
