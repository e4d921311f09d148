"""The commands: `python -m stack up | down | status | logs | env`."""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
import pyodbc

from stack import dotenv, figures, load, postgres
from stack.airflow_api import AirflowApi, AirflowError
from stack.console import Progress
from stack.services import Stack, StackError
from stack.settings import ADMIN, Settings, SettingsError

LINES_OF_LOG = 30


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Let only one command change the stack at a time; the system frees the lock when the process ends."""
    settings.state.mkdir(parents=True, exist_ok=True)
    with (settings.state / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StackError(f"Another make up or make down is at work (pid {file.read().strip()}).") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def up(settings: Settings) -> None:
    """Start what does not run yet, run the load, print figures and addresses."""
    progress = Progress()
    begun = time.monotonic()
    stack = Stack(settings)
    with only_one(settings):
        for folder in (settings.logs, settings.run, settings.landing):
            folder.mkdir(parents=True, exist_ok=True)
        missing = stack.begin()
        running = [name for name in stack.services if name not in missing]
        if running:
            progress.text(f"  running already: {', '.join(running)}")
        start_services(stack, missing, progress)
        airflow = AirflowApi(settings.airflow_url, ADMIN, settings.values["AIRFLOW_ADMIN_PASSWORD"])
        load.run_load(stack, airflow, progress)
        figures.show(settings, progress)
    progress.heading(f"Up after {time.monotonic() - begun:.0f} s")
    password = settings.values["AIRFLOW_ADMIN_PASSWORD"]
    progress.table(
        ["what", "where"],
        [
            ["Airflow", f"{settings.airflow_url}  user {ADMIN}, password {password}"],
            ["dashboards", f"{settings.api_url}/dashboards/sales  and /customers"],
            ["API", settings.api_url],
            ["warehouse", 'the environment of a client: eval "$(make -s env)", then $WAREHOUSE_ODBC'],
            ["logs", f"{settings.logs}  (make logs)"],
        ],
    )


def start_services(stack: Stack, missing: list[str], progress: Progress) -> None:
    """Start services in their order; those that do not wait for each other start together."""
    with progress.step("Postgres, and the serving tables"):
        if "postgres" in missing:
            postgres.prepare(stack.settings)
            stack.launch("postgres")
        stack.wait_ready(["postgres"])
        postgres.create_databases(stack.settings)
        stack.prepare_serving()
    for name in missing:
        if name in ("sqlserver", "api"):
            stack.launch(name)
    airflow = [name for name in missing if name.startswith("airflow-")]
    if airflow:
        with progress.step("Airflow's tables"):
            stack.prepare_airflow()
        for name in airflow:
            stack.launch(name)
    others = [name for name in stack.services if name != "postgres"]
    with progress.step(", ".join(others)) as step:
        stack.wait_ready(others, lambda waiting: step.now(f"waiting for {', '.join(waiting)}"))
        stack.prepare_warehouse()


def down(settings: Settings) -> None:
    """Stop everything that `up` started, crashed or not."""
    progress = Progress()
    stack = Stack(settings)
    with only_one(settings):
        running = [record.name for record in stack.records.all() if record.process()]
        with progress.step(f"stop {', '.join(running) or 'nothing: no service runs'}"):
            stack.stop_all()


def status(settings: Settings) -> bool:
    """Print what runs where; returns whether all of it is up."""
    progress = Progress()
    stack = Stack(settings)
    rows: list[list[object]] = []
    all_up = True
    for name, service in stack.services.items():
        record = stack.running(name)
        ready = record is not None and service.ready(record)
        all_up = all_up and ready
        state = "up" if ready else "not ready" if record else "down"
        since = datetime.fromtimestamp(record.started).strftime("%Y-%m-%d %H:%M:%S") if record else None
        rows.append([name, state, str(record.pid) if record else None, since, service.address])
    progress.table(["service", "state", "pid", "since", "address"], rows)
    return all_up


def logs(settings: Settings) -> None:
    """Follow the logs of all services until interrupted."""
    files = sorted(str(path) for path in settings.logs.glob("*.log"))
    if not files:
        raise StackError(f"There are no logs in {settings.logs}: make up has not run.")
    os.execvp("tail", ["tail", "-n", "20", "-F", *files])  # noqa: S606 - it becomes tail


def last_lines(log: Path) -> list[str]:
    """Return the last lines of a log, as text."""
    with log.open(encoding="utf-8", errors="replace") as file:
        return [load.readable(line.rstrip("\n")) for line in deque(file, LINES_OF_LOG)]


COMPLAINTS = (StackError, SettingsError, postgres.PostgresError, AirflowError, pyodbc.Error, psycopg.Error)
"""What says by itself what is wrong; anything else is a bug and keeps its traceback."""


def main(arguments: list[str]) -> int:
    """Run a command. Exit code 0 when it did its work, 1 when something failed or is not up."""
    parser = argparse.ArgumentParser(prog="python -m stack", description="The whole system on one machine.")
    parser.add_argument("command", choices=["up", "down", "status", "logs", "env"])
    command = parser.parse_args(arguments).command
    try:
        settings = Settings.resolve(dotenv.ensure(), os.environ)
        if command == "env":
            print(settings.shell())
        elif command == "status":
            return 0 if status(settings) else 1
        else:
            {"up": up, "down": down, "logs": logs}[command](settings)
    except KeyboardInterrupt:
        print("\ninterrupted; what was started keeps running: make down stops it", file=sys.stderr)
        return 130
    except (*COMPLAINTS, ValueError) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        log = error.log if isinstance(error, StackError) else None
        if log and log.exists():
            print(f"\nThe last lines of {log}:", file=sys.stderr)
            print("\n".join(f"  {line}" for line in last_lines(log)), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
