"""A month of days, each with its own fault, loaded by the real Airflow, and the expected results.

A second, undisturbed warehouse gets the same days in the same order, each by one call of etl.load_day. At the end gold
must be equal in both.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pyodbc

from data.generate import generate
from stack.settings import ADMIN
from tests.dags.receivers import Inbox, Mailbox
from tests.days.drop import SALES, file_of
from tests.e2e.airflow import LOAD, SECONDS_OF_PATIENCE, SERVING, AirflowUser
from tests.e2e.clone import Clone, until
from tests.oracle.schema import SOURCES, TABLES
from tests.warehouse import Warehouse

FILES = [path for path, _ in SOURCES.values()]
PATIENCE_MINUTES = SECONDS_OF_PATIENCE / 60
NO_PATIENCE_MINUTES = 0.05
"""Minutes that a run waits for a drop that arrives, and for one that does not."""

GOLD = (
    "dim_customers",
    "dim_products",
    "fact_sales",
    "report_customers",
    "report_products",
    "report_sales_daily",
)


class Kind(StrEnum):
    """The fault of a day."""

    GOOD = "its drop arrives while the run waits"
    MISSING = "its drop does not arrive"
    LATE = "its drop arrives in pieces"
    BAD = "a file is cut in its header; it is corrected, and the failed tasks are cleared"
    APPROVED = "too many rows are rejected, and somebody loads the day anyway"
    REFUSED = "too many rows are rejected, and somebody refuses them; the drop is corrected and staged again"
    TWICE = "it is loaded twice"
    REPLAY = "after it, the first day of the month is loaded again"


@dataclass(frozen=True)
class Kill:
    """A service gets SIGKILL once this number of tasks of the day's run have ended."""

    service: str
    after: int


@dataclass(frozen=True)
class Event:
    """A day of the month."""

    day: date
    kind: Kind
    kills: tuple[Kill, ...] = ()


SERVICES = ("postgres", "sqlserver", "api", "airflow-api-server", "airflow-scheduler", "airflow-dag-processor")
TASKS = 27
"""Approximate number of tasks of a load, the range of the kills."""
TRIGGERER = Kill("airflow-triggerer", 0)
"""The triggerer is busy while a run waits for its drop."""
LEAST = 15
"""Shortest month in which each fault and each kill has a day of its own."""


def script(first: date, days: int, seed: int) -> list[Event]:
    """Draw a month: each kind of fault once, each service killed once, the other days good."""
    draw = random.Random(seed)
    trouble = [kind for kind in Kind if kind is not Kind.GOOD]
    assert days >= LEAST
    kinds = [*trouble, *[Kind.GOOD] * (days - len(trouble) - 2)]
    draw.shuffle(kinds)
    kinds = [Kind.GOOD, *kinds, Kind.GOOD]
    good = [number for number, kind in enumerate(kinds) if kind is Kind.GOOD]
    kills = {kinds.index(Kind.LATE): TRIGGERER}
    for number, service in zip(draw.sample(good, len(SERVICES)), SERVICES, strict=True):
        kills[number] = Kill(service, draw.randrange(TASKS))
    return [
        Event(first + timedelta(number), kind, (kills[number],) if number in kills else ())
        for number, kind in enumerate(kinds)
    ]


def short_script(first: date, seed: int) -> list[Event]:
    """The faults that need no second load, and the kills that cause no wait for a time-out."""
    draw = random.Random(seed)
    kinds = (Kind.APPROVED, Kind.MISSING, Kind.LATE, Kind.BAD)
    kills = {Kind.LATE: (Kill("api", 0), Kill("sqlserver", draw.randrange(1, TASKS)))}
    return [Event(first + timedelta(number), kind, kills.get(kind, ())) for number, kind in enumerate(kinds)]


@dataclass
class Month:
    """The system under test, the second warehouse, and the expected results of the days so far."""

    clone: Clone
    settings: dict[str, str]
    airflow: AirflowUser
    mailbox: Mailbox
    inbox: Inbox
    beside: Warehouse
    alerts: dict[date, list[str]] = field(default_factory=dict)
    """Subjects of the alerts of a day, without the name of the project and the day."""
    batches: list[tuple[date, str]] = field(default_factory=list)
    """Business date and status of every batch, in order."""
    shown: list[tuple[date, set[tuple[str, str]]]] = field(default_factory=list)
    """The days that gold has shown, in order, with the warnings that each had."""
    killed: list[str] = field(default_factory=list)

    # Events

    def play(self, event: Event) -> None:
        """Run a day, and check its results before the next day."""
        day = event.day
        match event.kind:
            case Kind.GOOD:
                self.load(day, lambda: self.deliver(day), event.kills)
            case Kind.MISSING:
                self._miss(day)
            case Kind.LATE:
                self.load(day, lambda: self._deliver_in_pieces(day), event.kills)
            case Kind.BAD:
                self._mend(day)
            case Kind.APPROVED | Kind.REFUSED:
                self._ask(event)
            case Kind.TWICE:
                self.load(day, lambda: self.deliver(day), event.kills)
                self.load(day, lambda: None, (), again="twice")
            case Kind.REPLAY:
                self.load(day, lambda: self.deliver(day), event.kills)
                self.load(self.batches[0][0], lambda: None, (), again="replay", replay=True)
        self.check_alerts(day)
        self.check_batches()

    def load(
        self, day: date, deliver: Callable[[], None], kills: Iterable[Kill], *, again: str = "", replay: bool = False
    ) -> str:
        """Load a day that succeeds; its drop is delivered once the run waits for it."""
        run = self.start(day, again=again, replay=replay)
        if kills:
            self.airflow.wait_for_task(run, "wait_for_drop", "deferred")
        due = list(kills)
        for kill in [kill for kill in due if kill.after == 0]:
            self.kill(kill.service)
            due.remove(kill)
        deliver()
        self.follow(run, due)
        self.published(day, replay=replay)
        self.batches.append((day, "succeeded"))
        return run

    def start(self, day: date, *, again: str = "", minutes: float = PATIENCE_MINUTES, replay: bool = False) -> str:
        run = "-".join(filter(None, [day.isoformat(), again]))
        return self.airflow.start(run, business_date=day.isoformat(), wait_minutes=minutes, replay=replay)

    def follow(self, run: str, kills: Iterable[Kill] = (), expected: str = "success") -> None:
        """Wait for the end of a run, killing services on the way."""
        due = sorted(kills, key=lambda kill: kill.after)

        def kill_what_is_due(tasks: dict[str, str | None]) -> None:
            ended = sum(state in ("success", "failed", "skipped") for state in tasks.values())
            while due and ended >= due[0].after:
                self.kill(due.pop(0).service)

        state = self.airflow.wait(run, meanwhile=kill_what_is_due)
        for kill in due:
            self.kill(kill.service)
        assert state == expected, f"{run}, {self.killed=}: {self.airflow.tasks(run)}"

    def kill(self, service: str) -> None:
        os.kill(self.clone.process_ids()[service], signal.SIGKILL)
        self.killed.append(service)

    def fails_in(self, run: str, day: date, task: str) -> str:
        """Wait until a run has failed in a task and its alert has arrived; returns the alert's text."""
        self.follow(run, expected="failed")
        self.alerts.setdefault(day, []).append(f"failed in {task}")
        self.check_alerts(day)
        return str(next(mail for mail in reversed(self.mailbox.messages) if task in mail["Subject"]).get_content())

    def succeeds(self, run: str, day: date) -> None:
        """Wait until a cleared run has published its day, and the alert of its recovery has arrived."""
        self.follow(run)
        self.published(day)
        if self.batches and self.batches[-1][0] == day:
            self.batches.pop()
        self.batches.append((day, "succeeded"))
        self.alerts[day].append("is loaded")
        self.check_alerts(day)
        self.check_batches()

    def _miss(self, day: date) -> None:
        text = self.fails_in(self.start(day, minutes=NO_PATIENCE_MINUTES), day, "wait_for_drop")
        assert all(path in text for path in FILES), text

    def _mend(self, day: date) -> None:
        run = self.start(day)
        self.deliver(day, damage=cut_a_header)
        text = self.fails_in(run, day, "stage")
        assert "source_crm/prd_info.csv, line 1" in text, text
        self.batches.append((day, "failed"))
        self.check_batches()
        self.deliver(day)
        self.airflow.clear(run, only_failed=True)
        self.succeeds(run, day)

    def _ask(self, event: Event) -> None:
        day = event.day
        run = self.start(day)
        self.deliver(day, damage=spoil_rows)
        self.airflow.wait_for_task(run, "approve_rejects", "awaiting_input")
        assert self.airflow.question(run, "approve_rejects")["subject"].startswith(f"{day}: ")
        # Nobody answers in the second in which Airflow asks. It would take the end of the asking process for that of a
        # task that failed, and ask anew.
        ended = f"Received executor event with state success for task instance TaskInstanceKey(dag_id='{LOAD}', "
        ended += f"task_id='approve_rejects', run_id='{run}'"
        until(lambda: ended in (self.clone.state / "logs/airflow-scheduler.log").read_text(encoding="utf-8"))
        self.batches.append((day, "running"))
        self.check_batches()
        if event.kind is Kind.APPROVED:
            self.airflow.answer(run, "approve_rejects", "Approve")
            self.follow(run)
            self.published(day)
            self.batches[-1] = (day, "succeeded")
            accepted = "SELECT rejects_accepted_by FROM gold.load_batches WHERE rejects_accepted > 0"
            assert self.query(accepted) == [(ADMIN,)]
        else:
            self.airflow.answer(run, "approve_rejects", "Reject")
            self.fails_in(run, day, "approve_rejects")
            self.batches[-1] = (day, "failed")
            self.check_batches()
            self.deliver(day)
            self.airflow.clear(run, tasks=["stage"], downstream=True)
            self.succeeds(run, day)

    # Drops

    def folder(self, day: date) -> Path:
        return self.clone.state / "drops" / day.isoformat()

    def _generate(self, day: date, damage: Callable[[Path], None] | None = None) -> Path:
        """Write the drop of a day into a folder that no run reads."""
        draft = self.clone.state / "producer" / day.isoformat()
        shutil.rmtree(draft, ignore_errors=True)
        generate(draft, scale=0.01, as_of=day)
        if damage:
            damage(draft)
        return draft

    def deliver(self, day: date, damage: Callable[[Path], None] | None = None) -> None:
        """Move the drop of a day to its folder, complete with _SUCCESS."""
        folder = self.folder(day)
        (folder / "_SUCCESS").unlink(missing_ok=True)
        shutil.copytree(self._generate(day, damage), folder, dirs_exist_ok=True)
        (folder / "_SUCCESS").touch()

    def _deliver_in_pieces(self, day: date) -> None:
        """Deliver one file after another, the largest in two pieces, without _SUCCESS."""
        draft, folder = self._generate(day), self.folder(day)
        large = file_of(SALES)
        data = (draft / large).read_bytes()
        last = FILES[-1]
        for path in FILES:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            if path not in (large, last):
                shutil.copyfile(draft / path, folder / path)
        (folder / large).write_bytes(data[: len(data) // 2])
        run = day.isoformat()
        until(
            lambda: f"{folder}: waiting for {last}\n" in self.airflow.log(run, "wait_for_drop") + "\n",
            SECONDS_OF_PATIENCE,
        )
        (folder / large).write_bytes(data)
        shutil.copyfile(draft / last, folder / f"{last}.part")
        (folder / f"{last}.part").rename(folder / last)

    # Results

    def published(self, day: date, *, replay: bool = False) -> None:
        """Load the day into the second warehouse; a warning that the day before did not have is an expected alert."""
        self.beside.load(self.folder(day), day, reject_limit=1, replay=replay)
        shown = "batch_id = (SELECT batch_id FROM gold.current_batch)"
        [(accepted,)] = self.query(f"SELECT rejects_accepted FROM etl.batch WHERE {shown}")
        self.beside.execute(f"UPDATE etl.batch SET rejects_accepted = ? WHERE {shown}", accepted)
        warnings = {
            (row["check_name"], row["subject"])
            for row in self.beside.execute(
                "SELECT check_name, subject FROM gold.quality_results WHERE passed = 0 AND severity = N'warning'"
                " AND is_latest = 1 AND batch_id = (SELECT batch_id FROM gold.current_batch)"
            )
        }
        before = next((had for other, had in reversed(self.shown) if other != day), None)
        new = warnings - before if before is not None else set()
        if new and not any("new warning" in subject for subject in self.alerts.get(day, [])):
            self.alerts.setdefault(day, []).append(f"has {len(new)} new warning{'s' if len(new) > 1 else ''}")
        self.shown.append((day, warnings))

    def check_alerts(self, day: date) -> None:
        """Check that each alert of a day arrived once, by e-mail and by webhook."""
        expected = Counter(self.alerts.get(day, []))
        until(lambda: all(told >= expected for told in self._told(day)), SECONDS_OF_PATIENCE)
        assert self._told(day) == [expected, expected]

    def _told(self, day: date) -> list[Counter[str]]:
        prefix = f"Sales warehouse: {day} "
        return [
            Counter(subject.removeprefix(prefix) for subject in subjects if subject.startswith(prefix))
            for subjects in self.told()
        ]

    def told(self) -> tuple[list[str], list[str]]:
        """Subjects of all alerts, by e-mail and by webhook."""
        mails = [str(mail["Subject"]) for mail in list(self.mailbox.messages)]
        posts = [post["text"].splitlines()[0].strip("*") for post in list(self.inbox.posted)]
        return mails, posts

    def check_batches(self) -> None:
        """Check that each batch has the expected status, and no step has the status running."""
        found = self.query("SELECT business_date, status FROM etl.batch ORDER BY batch_id")
        assert found == self.batches
        if all(status != "running" for _, status in found):
            assert self.query("SELECT batch_id, step_name FROM etl.step WHERE status = N'running'") == []

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Query Airflow's warehouse as its owner; waits while it is restarted."""
        rows: list[tuple[Any, ...]] = []

        def asked() -> bool:
            try:
                with closing(pyodbc.connect(self.settings["WAREHOUSE_ODBC"])) as warehouse:
                    rows[:] = [tuple(row) for row in warehouse.execute(sql, *parameters).fetchall()]
            except pyodbc.OperationalError:
                return False
            return True

        until(asked, SECONDS_OF_PATIENCE)
        return rows

    def gold(self) -> dict[str, Counter[tuple[Any, ...]]]:
        """All rows of gold, keys included."""
        return {view: Counter(self.query(_select(view))) for view in GOLD}

    def check_gold(self) -> None:
        """Check that gold equals that of the second warehouse."""
        assert differences(self.gold(), self._gold_beside()) == {}

    def _gold_beside(self) -> dict[str, Counter[tuple[Any, ...]]]:
        return {view: Counter(tuple(row.values()) for row in self.beside.execute(_select(view))) for view in GOLD}

    def wait_until_served(self) -> None:
        """Wait until all runs of serving have ended; none may have failed."""
        self.airflow.wait_for_all(SERVING)
        states = {run["dag_run_id"]: run["state"] for run in self.airflow.runs(SERVING)}
        assert set(states.values()) <= {"success"}, states

    def served(self) -> tuple[int, date]:
        """The served batch and business date, once all runs of serving have ended."""
        self.wait_until_served()
        health = httpx.get(f"{self.settings['API_URL']}/health/ready").raise_for_status().json()
        return int(health["batch_id"]), date.fromisoformat(health["business_date"])

    def check_served(self) -> date:
        """Check that the API serves the batch that gold shows, with its count and sum of sales; returns its day."""
        served = self.served()
        assert [served] == self.query("SELECT batch_id, business_date FROM gold.current_batch")
        with psycopg.connect(self.settings["SERVING_DATABASE_URL"]) as serving:
            latest = "WHERE run_id = (SELECT max(id) FROM serving.sync_run WHERE status = 'succeeded')"
            rows = serving.execute(f"SELECT count(*), sum(sales_amount) FROM serving.sales {latest}").fetchall()
        shown = self.query("SELECT COUNT(*), SUM(CAST(sales_amount AS BIGINT)) FROM gold.fact_sales")
        assert [tuple(map(int, row)) for row in rows] == [tuple(map(int, row)) for row in shown]
        return served[1]


def _select(view: str) -> str:
    return f"SELECT {', '.join(TABLES[view])} FROM gold.{view}"


def differences(found: dict[str, Counter[Any]], expected: dict[str, Counter[Any]]) -> dict[str, list[str]]:
    """Rows of gold that are in only one of the warehouses, a few of each view."""
    return {
        view: [f"only in Airflow's: {row}" for row in list(found[view] - expected[view])[:5]]
        + [f"only beside it: {row}" for row in list(expected[view] - found[view])[:5]]
        for view in GOLD
        if found[view] != expected[view]
    }


def cut_a_header(drop: Path) -> None:
    """End a file in the middle of its header, as a full disk does."""
    path = drop / "source_crm/prd_info.csv"
    path.write_bytes(path.read_bytes()[:20])


def spoil_rows(drop: Path) -> None:
    """Make the quantity of most sales unreadable."""
    path = drop / file_of(SALES)
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    spoilt = []
    for line in lines:
        fields = line.split(",")
        fields[7] = "many"
        spoilt.append(",".join(fields))
    kept = lines[: len(lines) // 3]
    path.write_text("\n".join([header, *kept, *spoilt[len(kept) :], ""]), encoding="utf-8")
