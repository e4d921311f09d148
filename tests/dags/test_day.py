"""The day that a run loads: its date in the company's time zone, and its folder."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import TimeRestriction

from warehouse import settings
from warehouse.day import Day, date_of_run, drop_of, today
from warehouse.defaults import schedule

PARAMS: dict[str, Any] = {
    "business_date": None,
    "source_dir": "/drops/{{ ds }}",
    "replay": False,
    "same_drop": False,
    "waive": [],
    "waive_reason": None,
    "dry_run": False,
    "reject_limit_percent": 1,
    "wait_minutes": None,
}


def run_at(moment: str, run_type: str = "scheduled") -> SimpleNamespace:
    when = datetime.fromisoformat(moment)
    return SimpleNamespace(logical_date=when, run_after=when, run_type=run_type)


def day_of(run: Any, **params: object) -> Day:
    return Day.of({"dag_run": run, "params": {**PARAMS, **params}})


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("UTC", "2026-02-01T23:59:59+00:00", "2026-02-01"),
        ("Australia/Brisbane", "2026-02-01T13:59:59+00:00", "2026-02-01"),  # UTC+10, no summer time
        ("Australia/Brisbane", "2026-02-01T14:00:00+00:00", "2026-02-02"),
        ("America/Los_Angeles", "2026-02-02T07:59:59+00:00", "2026-02-01"),  # UTC-8
        ("America/Los_Angeles", "2026-02-02T08:00:00+00:00", "2026-02-02"),
        # clocks go forward on 29 March and back on 25 October
        ("Europe/Berlin", "2026-03-28T23:00:00+00:00", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T21:59:59+00:00", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("Europe/Berlin", "2026-10-24T22:00:00+00:00", "2026-10-25"),
        ("Europe/Berlin", "2026-10-25T22:59:59+00:00", "2026-10-25"),
        ("Europe/Berlin", "2026-10-25T23:00:00+00:00", "2026-10-26"),
    ],
)
def test_the_business_date_is_the_date_of_the_run_by_the_clock_of_the_company(
    monkeypatch: pytest.MonkeyPatch, zone: str, moment: str, expected: str
) -> None:
    monkeypatch.setenv("WAREHOUSE_TIMEZONE", zone)
    assert date_of_run({}, run_at(moment)) == date.fromisoformat(expected)


@pytest.mark.parametrize("zone", ["Australia/Brisbane", "America/Los_Angeles", "Europe/Berlin", "Asia/Beirut", "UTC"])
@pytest.mark.parametrize("cron", ["@daily", "0 5 * * *", "30 2 * * *", "0 0 * * *"])
def test_a_year_of_the_schedule_has_each_day_once_whatever_the_clocks_do(
    monkeypatch: pytest.MonkeyPatch, zone: str, cron: str
) -> None:
    """In Beirut the clocks go forward at midnight: that day has no 00:00."""
    monkeypatch.setenv("WAREHOUSE_TIMEZONE", zone)
    timetable = coerce_to_core_timetable(schedule(cron))
    assert timetable is not None
    earliest = datetime(2026, 1, 1, tzinfo=settings.timezone()).astimezone(UTC)
    days: list[date] = []
    last = None
    while len(days) < 365:
        restriction = TimeRestriction(earliest=earliest, latest=None, catchup=True)  # type: ignore[arg-type]
        info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
        assert info is not None
        assert info.data_interval is not None
        last = info.data_interval
        days.append(date_of_run({}, SimpleNamespace(logical_date=info.logical_date, run_after=info.run_after)))
    assert days == [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]


def test_today_is_the_date_by_the_clock_of_the_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_TIMEZONE", "Pacific/Kiritimati")  # UTC+14
    east = today()
    monkeypatch.setenv("WAREHOUSE_TIMEZONE", "Etc/GMT+12")  # UTC-12
    assert today() < east


@pytest.mark.parametrize("zone", ["Middle/Earth", "../etc/passwd", "CEST"])
def test_an_unknown_time_zone_is_named(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("WAREHOUSE_TIMEZONE", zone)
    with pytest.raises(ValueError, match=r"WAREHOUSE_TIMEZONE: .* is not a time zone"):
        settings.timezone()


def test_a_param_wins_over_the_date_of_the_run() -> None:
    day = day_of(run_at("2026-02-01T05:00:00+00:00"), business_date="2026-01-15")
    assert day.business_date == date(2026, 1, 15)
    assert str(day.source_dir) == "/drops/2026-01-15"


def test_a_run_that_stands_for_no_moment_takes_the_one_it_was_started_at() -> None:
    run = SimpleNamespace(logical_date=None, run_after=datetime(2026, 2, 3, 4, tzinfo=UTC), run_type="manual")
    assert day_of(run).business_date == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("template", "folder"),
    [
        ("/drops/{{ ds }}", "/drops/2026-02-01"),
        ("/drops/{{ ds_nodash }}", "/drops/20260201"),
        ("/drops/{{ business_date.strftime('%Y/%m') }}/{{ ds }}", "/drops/2026/02/2026-02-01"),
        ("/drops/latest", "/drops/latest"),
    ],
)
def test_the_folder_of_a_drop_is_a_template(template: str, folder: str) -> None:
    assert str(drop_of(template, date(2026, 2, 1))) == folder


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        (None, "by an absolute path"),
        ("", "by an absolute path"),
        ("data", "by an absolute path"),
        ("/drops/{{ dss }}", "'dss' is undefined"),
        ("/drops/{{ ds", "not a valid template"),
    ],
)
def test_an_invalid_folder_is_refused_with_the_remedy(template: str | None, complaint: str) -> None:
    with pytest.raises(AirflowFailException, match=complaint) as refused:
        drop_of(template, date(2026, 2, 1))
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("run_type", "wait_minutes", "expected"),
    [("scheduled", None, 360), ("backfill", None, 0), ("manual", None, 0), ("manual", 5, 5), ("scheduled", 0, 0)],
)
def test_only_a_scheduled_run_waits_for_its_drop_unless_a_param_overrides_it(
    run_type: str, wait_minutes: float | None, expected: float
) -> None:
    day = day_of(run_at("2026-02-01T05:00:00+00:00", run_type), wait_minutes=wait_minutes)
    assert day.wait == timedelta(minutes=expected)


@pytest.mark.parametrize(("run_type", "history"), [("scheduled", True), ("backfill", True), ("manual", False)])
def test_a_late_scheduled_day_becomes_history(run_type: str, history: bool) -> None:
    assert day_of(run_at("2026-02-01T05:00:00+00:00", run_type)).history is history


def test_the_limit_of_rejects_is_a_percentage() -> None:
    assert day_of(run_at("2026-02-01T05:00:00+00:00"), reject_limit_percent=2.5).reject_limit == 0.025
