"""A month of days, each with its own trouble, loaded by the real Airflow; and what must have come of them.

Beside Airflow's warehouse stands a second one, which nobody disturbs: it gets the same days in the same order, each by
one call of etl.load_day. At the end gold must be the same in both.
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
"""How long a run waits for a drop that comes, and for one that does not."""

GOLD = (
    "dim_customers",
    "dim_products",
    "fact_sales",
    "report_customers",
    "report_products",
    "report_sales_daily",
)


class Kind(StrEnum):
    """What happens to a day."""

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
    """A service gets SIGKILL once so many tasks of the day's run have ended."""

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
"""Tasks of a load, about: where in a run a service is killed."""
TRIGGERER = Kill("airflow-triggerer", 0)
"""The triggerer has work as long as a run waits for its drop."""
LEAST = 15
"""Days of a month in which each trouble and each kill has a day of its own."""


def script(first: date, days: int, seed: int) -> list[Event]:
    """Draw a month: each kind of trouble once, each service killed once, the other days good."""
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
    """The troubles that take no second load, and the kills after which nothing waits for a time-out."""
    draw = random.Random(seed)
    kinds = (Kind.APPROVED, Kind.MISSING, Kind.LATE, Kind.BAD)
    kills = {Kind.LATE: (Kill("api", 0), Kill("sqlserver", draw.randrange(1, TASKS)))}
    return [Event(first + timedelta(number), kind, kills.get(kind, ())) for number, kind in enumerate(kinds)]


@dataclass
class Month:
    """The system under test, the warehouse beside it, and what is expected of the days so far."""

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
    shown: list[tuple[date, set[str]]] = field(default_factory=list)
    """The days that gold has shown, in order, with the warnings that each had."""
    killed: list[str] = field(default_factory=list)

    # What happens

    def play(self, event: Event) -> None:
        """Let a day happen, and check what it has led to before the next one."""
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
        """Load a day that succeeds, its drop being delivered once the run waits for it."""
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
        """Wait until a run has failed in a task and its alert has come; returns its text."""
        self.follow(run, expected="failed")
        self.alerts.setdefault(day, []).append(f"failed in {task}")
        self.check_alerts(day)
        return str(next(mail for mail in reversed(self.mailbox.messages) if task in mail["Subject"]).get_content())

    def succeeds(self, run: str, day: date) -> None:
        """Wait until a run that had been cleared has published its day, and the alert that it is well has come."""
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
        """Write the drop of a day where nobody looks for it."""
        draft = self.clone.state / "producer" / day.isoformat()
        shutil.rmtree(draft, ignore_errors=True)
        generate(draft, scale=0.01, as_of=day)
        if damage:
            damage(draft)
        return draft

    def deliver(self, day: date, damage: Callable[[Path], None] | None = None) -> None:
        """Bring the drop of a day to its folder, and say by _SUCCESS that it is complete."""
        folder = self.folder(day)
        (folder / "_SUCCESS").unlink(missing_ok=True)
        shutil.copytree(self._generate(day, damage), folder, dirs_exist_ok=True)
        (folder / "_SUCCESS").touch()

    def _deliver_in_pieces(self, day: date) -> None:
        """Bring one file after the other, the largest one in two pieces, and do not say when all are there."""
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

    # What must have come of it

    def published(self, day: date, *, replay: bool = False) -> None:
        """Load the day into the warehouse beside; a warning that it has and the day before had not is an alert."""
        self.beside.load(self.folder(day), day, reject_limit=1, replay=replay)
        warnings = {
            row["check_name"]
            for row in self.beside.execute("SELECT check_name FROM gold.quality_check WHERE passed = 0")
        }
        before = next((had for other, had in reversed(self.shown) if other != day), None)
        new = warnings - before if before is not None else set()
        if new and not any("new warning" in subject for subject in self.alerts.get(day, [])):
            self.alerts.setdefault(day, []).append(f"has {len(new)} new warning{'s' if len(new) > 1 else ''}")
        self.shown.append((day, warnings))

    def check_alerts(self, day: date) -> None:
        """Each alert of a day came once, by e-mail and by webhook."""
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
        """Each batch has the status that says what became of it, and no step says that it runs."""
        found = self.query("SELECT business_date, status FROM etl.batch ORDER BY batch_id")
        assert found == self.batches
        if all(status != "running" for _, status in found):
            assert self.query("SELECT batch_id, step_name FROM etl.step WHERE status = N'running'") == []

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask Airflow's warehouse as its owner; patient while it is started again."""
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
        """Gold is as in the warehouse beside."""
        assert differences(self.gold(), self._gold_beside()) == {}

    def _gold_beside(self) -> dict[str, Counter[tuple[Any, ...]]]:
        return {view: Counter(tuple(row.values()) for row in self.beside.execute(_select(view))) for view in GOLD}

    def wait_until_served(self) -> None:
        """Wait until serving has nothing left to do; none of its runs may have failed."""
        self.airflow.wait_for_all(SERVING)
        states = {run["dag_run_id"]: run["state"] for run in self.airflow.runs(SERVING)}
        assert set(states.values()) <= {"success"}, states

    def served(self) -> tuple[int, date]:
        """The batch and the business date that the API serves, once serving has nothing left to do."""
        self.wait_until_served()
        health = httpx.get(f"{self.settings['API_URL']}/health/ready").raise_for_status().json()
        return int(health["batch_id"]), date.fromisoformat(health["business_date"])

    def check_served(self) -> date:
        """The API serves the batch that gold shows, and as many sales with the same sum; returns its day."""
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
    """Rows of gold that are in one warehouse only, a few of each view."""
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
