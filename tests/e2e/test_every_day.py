"""Scheduled loads: a schedule that waits for its drop, a month with faults, and the reactions of a person.

One stack with a schedule, alerts and the question about rejects; the tests build on each other. `make soak` runs a
month of 3 N days (N=10: 30), kills each service once, and clears in more ways.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from stack.settings import ADMIN
from tests import SOAK
from tests.dags.receivers import mail_server, webhook
from tests.e2e.airflow import AirflowUser
from tests.e2e.clone import fresh_clone, until
from tests.e2e.month import FILES, LEAST, Month, differences, script, short_script
from tests.warehouse import Warehouse

pytestmark = pytest.mark.soak

FIRST_DAY = date(2026, 2, 1)
SEED = int(os.environ.get("MONTH_SEED", "1"))


@dataclass(frozen=True)
class Schedule:
    """A schedule whose time has just come, in a time zone where it is another date than in UTC."""

    moment: datetime
    zone: ZoneInfo

    @classmethod
    def that_begins_now(cls) -> Schedule:
        moment = (datetime.now(UTC) - timedelta(minutes=3)).replace(second=0, microsecond=0)
        return cls(moment, ZoneInfo("Pacific/Kiritimati" if moment.hour >= 10 else "Pacific/Pago_Pago"))

    @property
    def local(self) -> datetime:
        return self.moment.astimezone(self.zone)

    @property
    def day(self) -> date:
        return self.local.date()

    @property
    def cron(self) -> str:
        return f"{self.local.minute} {self.local.hour} * * *"


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    return Schedule.that_begins_now()


@dataclass(frozen=True)
class System:
    """The running system, and the result of `make up`."""

    month: Month
    up: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def system(schedule: Schedule, shared_warehouse: Warehouse) -> Iterator[System]:
    with (
        mail_server() as mailbox,
        webhook() as inbox,
        fresh_clone(
            "every-day-",
            WAREHOUSE_SCHEDULE=schedule.cron,
            WAREHOUSE_TIMEZONE=schedule.zone.key,
            WAREHOUSE_SOURCE_DIR="{state}/drops/{{ ds }}",
            WAREHOUSE_DROP_SETTLE_SECONDS="1",
            WAREHOUSE_DROP_WAIT_MINUTES="1",
            WAREHOUSE_LATE_AFTER_MINUTES="0.05",
            WAREHOUSE_APPROVE_REJECTS="true",
            ALERT_EMAIL_TO="team@example.com",
            ALERT_SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}",
            ALERT_WEBHOOK_URL=inbox.url,
        ) as clone,
    ):
        up = clone.make("up")
        assert up.returncode == 0, up.stdout + up.stderr
        settings = clone.settings()
        airflow = AirflowUser(f"http://127.0.0.1:{settings['AIRFLOW_PORT']}", ADMIN, settings["AIRFLOW_ADMIN_PASSWORD"])
        yield System(Month(clone, settings, airflow, mailbox, inbox, shared_warehouse), up)


@pytest.fixture(scope="module")
def month(system: System) -> Month:
    return system.month


def scheduled_run(month: Month) -> str:
    until(lambda: bool(month.airflow.runs(run_type="scheduled")))
    [run] = month.airflow.runs(run_type="scheduled")
    return str(run["dag_run_id"])


def test_make_up_on_a_schedule_publishes_nothing_and_its_first_run_waits_for_the_drop_of_its_day(
    system: System, schedule: Schedule
) -> None:
    month = system.month
    run = scheduled_run(month)
    month.airflow.wait_for_task(run, "wait_for_drop", "deferred")

    assert f"Scheduled: {schedule.cron} ({schedule.zone.key})" in system.up.stdout
    assert "No day is published yet." in system.up.stdout
    assert schedule.day != schedule.moment.date(), "the zone was chosen for that"
    assert month.query("SELECT * FROM etl.batch") == []
    drop = month.folder(schedule.day)
    assert f"Business date {schedule.day}, drop {drop}" in month.airflow.log(run, "wait_for_drop")
    until(lambda: f"{drop}: waiting for {', '.join(FILES)}" in month.airflow.log(run, "wait_for_drop"))


def test_each_day_of_a_month_ends_as_expected_for_its_fault(month: Month) -> None:
    events = short_script(FIRST_DAY, SEED) if SOAK == 1 else script(FIRST_DAY, max(3 * SOAK, LEAST), SEED)
    for event in events:
        print(f"{datetime.now():%X}", event, flush=True)
        month.play(event)


def test_the_end_of_the_month_is_that_of_a_load_without_trouble(month: Month) -> None:
    month.check_gold()
    month.check_served()


def test_a_scheduled_day_raises_alerts_as_late_and_as_failed_and_is_loaded_once_its_drop_has_arrived(
    month: Month, schedule: Schedule
) -> None:
    run = scheduled_run(month)
    month.alerts[schedule.day] = ["is late"]
    month.fails_in(run, schedule.day, "wait_for_drop")

    month.deliver(schedule.day)
    month.airflow.clear(run, only_failed=True)
    month.succeeds(run, schedule.day)
    month.check_gold()
    assert month.check_served() == schedule.day


WAYS = {
    "publish alone": ("publish",),
    "a table of silver alone": ("silver.crm_sales_details",),
    "the whole run": (),
}


@pytest.mark.parametrize("tasks", WAYS.values() if SOAK > 1 else [WAYS["publish alone"]])
def test_a_good_run_can_be_cleared_in_any_way(month: Month, schedule: Schedule, tasks: tuple[str, ...]) -> None:
    run = scheduled_run(month)
    before = month.airflow.tries(run)
    month.airflow.clear(run, tasks=tasks)
    month.follow(run)

    after = month.airflow.tries(run)
    assert {task for task in after if after[task] > before[task]} >= set(tasks or after)
    month.check_batches()
    month.check_gold()
    month.check_alerts(schedule.day)
    assert month.check_served() == schedule.day


def test_a_backfill_loads_its_days_in_order_one_at_a_time_and_leaves_gold_and_the_api_alone(
    month: Month, schedule: Schedule
) -> None:
    days = [FIRST_DAY + timedelta(number) for number in range(1, 3 if SOAK == 1 else 6)]
    gold, served = month.gold(), month.served()
    for day in days:
        month.deliver(day)  # of them that of the day that was missing

    first = datetime.combine(days[0], time.min, schedule.zone)
    last = datetime.combine(days[-1], time.max, schedule.zone)
    month.airflow.backfill(first, last, max_active_runs=10)
    runs = month.airflow.runs(run_type="backfill")
    assert len(runs) == len(days)
    for run in runs:
        month.follow(run["dag_run_id"])

    runs = sorted(month.airflow.runs(run_type="backfill"), key=lambda run: run["logical_date"])
    assert all(before["end_date"] <= after["start_date"] for before, after in pairwise(runs))
    history = "SELECT business_date, source_dir FROM gold.load_batches WHERE is_history = 1 ORDER BY batch_id"
    assert month.query(history) == [(day, str(month.folder(day))) for day in days]
    month.batches += [(day, "succeeded") for day in days]
    month.check_batches()
    assert differences(month.gold(), gold) == {}
    assert month.served() == served
    # Warnings that are not new raise no alert; the load of the missing day does.
    for day in days:
        failed = month.alerts.get(day, [])
        if failed and failed[-1].startswith("failed"):
            failed.append("is loaded")
        month.check_alerts(day)


def test_in_the_end_each_alert_was_sent_once_over_each_channel_and_none_is_left(month: Month) -> None:
    expected = sorted(f"Sales warehouse: {day} {what}" for day, told in month.alerts.items() for what in told)
    assert [sorted(told) for told in month.told()] == [expected, expected]
    # Records remain of the days that are still to be loaded.
    missing = sorted(f"failed {day}" for day, told in month.alerts.items() if told and told[-1].startswith("failed"))
    remembered = month.airflow.variables("warehouse_alert ")
    assert sorted(key for key in remembered if not key.startswith("warnings")) == missing
    assert month.airflow.variables("warehouse_unsent_alerts") == []
