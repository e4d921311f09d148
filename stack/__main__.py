"""The commands: `python -m stack up | down | status | logs | env | next-day | load | sql`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import psutil
import psycopg
import pyodbc

from stack import client, dotenv, drops, figures, load, postgres, published
from stack.airflow_api import AirflowApi, AirflowError
from stack.console import Progress
from stack.drops import DropError
from stack.lock import BusyError, held
from stack.services import KEEPER, Stack, StackError
from stack.settings import ADMIN, Settings, SettingsError, iso_date

LINES_OF_LOG = 30
SECONDS_FOR_THE_KEEPER = 60


@contextmanager
def only_one(path: Path, what: str) -> Iterator[None]:
    """Hold a lock for a command; waits for the keeper, which holds it briefly while it restarts a service."""
    deadline = time.monotonic() + SECONDS_FOR_THE_KEEPER
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(held(path))
                break
            except BusyError as error:
                if time.monotonic() > deadline or not _is_keeper(error.pid):
                    raise StackError(f"{what} is already running (pid {error.pid}): wait for it.") from None
            time.sleep(0.1)
        yield


def _is_keeper(pid: int | None) -> bool:
    try:
        return pid is None or "stack.keeper" in psutil.Process(pid).cmdline()
    except psutil.Error:
        return True  # the holder has just ended, and the lock is free


@contextmanager
def one_change(stack: Stack) -> Iterator[None]:
    """Let only one command start or stop services at a time."""
    with only_one(stack.lock, "Another make up or make down"):
        yield


@contextmanager
def one_load(stack: Stack) -> Iterator[None]:
    """Let only one command load at a time."""
    with only_one(stack.settings.state / "load.lock", "Another load"):
        yield


def airflow_of(stack: Stack) -> AirflowApi:
    """Return a session with Airflow that ends when `make down` stops Airflow."""

    def is_kept() -> bool:
        return stack.records.read("airflow-api-server") is not None

    return AirflowApi(stack.settings.airflow_url, ADMIN, stack.settings.values["AIRFLOW_ADMIN_PASSWORD"], is_kept)


def up(settings: Settings) -> None:
    """Start the services that do not run, print addresses and login, then load."""
    progress = Progress()
    begun = time.monotonic()
    stack = Stack(settings)
    with one_change(stack):
        for folder in (settings.logs, settings.run, settings.landing):
            folder.mkdir(parents=True, exist_ok=True)
        missing = stack.begin()
        running = [name for name in stack.services if name not in missing]
        if running:
            progress.text(f"  running already: {', '.join(running)}")
        not_deployed = start_services(stack, missing, progress)
    progress.heading(f"Up after {time.monotonic() - begun:.0f} s")
    show_addresses(settings, progress)
    if not_deployed:
        raise not_deployed
    with one_load(stack):
        airflow = airflow_of(stack)
        progress.heading("Load")
        with progress.step("Airflow reads the DAGs"):
            load.wait_for_dags(stack, airflow)
        if settings.contract["WAREHOUSE_SCHEDULE"]:
            load.let_all_run(airflow)
            load.print_next_run(stack, airflow, progress)
            return
        load.first_load(stack, airflow, progress)
        load.let_all_run(airflow)
    show_result(settings, progress)
    progress.text(f"Done after {time.monotonic() - begun:.0f} s.")


def next_day(settings: Settings) -> None:
    """Generate the day after the latest published day, and load it."""
    progress = Progress()
    stack = ready_stack(settings)
    with one_load(stack):
        folder, day = load.generate_next_day(stack, progress)
        load.load_drop(stack, airflow_of(stack), progress, folder, day)
    show_result(settings, progress)


def load_drop(
    settings: Settings, drop: str, day: str, *, replay: bool, same_drop: bool, waive: list[str], reason: str
) -> None:
    """Load the user's drop."""
    if not drop or not day:
        raise DropError("Name the drop and its business date: make load DROP=path DATE=yyyy-mm-dd")
    try:
        business_date = iso_date(day)
    except ValueError:
        raise DropError(f"DATE={day} is not a date. Write it as yyyy-mm-dd, such as 2026-02-01.") from None
    folder = drops.folder_of(str(Path(drop).expanduser().resolve()), business_date)
    drops.check(folder)
    progress = Progress()
    stack = ready_stack(settings)
    with one_load(stack):
        load.check_day(stack, business_date, published.latest(settings), replay=replay)
        airflow = airflow_of(stack)
        load.load_drop(
            stack,
            airflow,
            progress,
            folder,
            business_date,
            replay=replay,
            same_drop=same_drop,
            waive=waive,
            reason=reason,
        )
    show_result(settings, progress)


def ready_stack(settings: Settings) -> Stack:
    """Return the stack if it can load; raises StackError with the remedy if a service does not run."""
    stack = Stack(settings)
    absent = [name for name in stack.services if not stack.is_ready(name)]
    if absent:
        raise StackError(f"Not up: {', '.join(absent)}. Run make up.")
    return stack


def show_addresses(settings: Settings, progress: Progress) -> None:
    """Print all addresses, and the login."""
    password = settings.values["AIRFLOW_ADMIN_PASSWORD"]
    progress.table(
        ["what", "where", "login"],
        [
            ["dashboards", f"{settings.api_url}/dashboards/sales", "none needed"],
            ["API", f"{settings.api_url}/docs", "none needed for reading"],
            ["Airflow", settings.airflow_url, f"user {ADMIN}, password {password} (AIRFLOW_ADMIN_PASSWORD in .env)"],
            ["warehouse", 'make sql Q="SELECT …"', "AS=reader, loader or owner; make env shows the connection strings"],
            ["logs", f"{settings.logs}", "make logs follows them"],
        ],
    )


def show_result(settings: Settings, progress: Progress) -> None:
    """Print the figures of the served day, and the commands for the next."""
    figures.show(settings, progress)
    progress.heading("The next day")
    progress.text("  make next-day                            generates and loads it")
    progress.text("  make load DROP=path DATE=yyyy-mm-dd      loads your own files")


def start_services(stack: Stack, missing: list[str], progress: Progress) -> StackError | None:
    """Start services in parallel lanes; returns the reason if the schema could not be deployed, else None.

    Within a lane the steps run in order, because each needs the one before.
    """
    airflow = [name for name in stack.services if name.startswith("airflow-")]
    failed: list[StackError] = []

    def launch(*names: str) -> None:
        for name in names:
            if name in missing:
                stack.launch(name)

    def serve() -> None:
        stack.prepare_serving()
        launch("api")
        stack.wait_ready(["api"])

    def warehouse() -> None:
        if "sqlserver" in stack.services:
            stack.wait_ready(["sqlserver"])
        stack.prepare_warehouse()
        try:
            stack.deploy_schema()
        except StackError as error:
            failed.append(error)  # with a faulty T-SQL file, the dashboards still start and show the served day

    def schedule() -> None:
        stack.prepare_airflow()
        # The API server starts first, because it takes longest and needs the tables only for its first request.
        launch("airflow-api-server")
        stack.migrate_airflow()
        launch(*[name for name in airflow if name != "airflow-api-server"])
        stack.wait_ready(airflow)

    launch("sqlserver")
    with progress.step("Postgres"):
        if "postgres" in missing:
            postgres.prepare(stack.settings)
            stack.launch("postgres")
        stack.wait_ready(["postgres"])
        postgres.create_databases(stack.settings)
    progress.together({"API": serve, "warehouse, schema deployed": warehouse, "Airflow": schedule})
    launch(KEEPER)
    return failed[0] if failed else None


def down(settings: Settings) -> None:
    """Stop everything that `up` started, crashed services included. A running load is cut off, and its command ends."""
    progress = Progress()
    stack = Stack(settings)
    with one_change(stack):
        running = [record.name for record in stack.records.all() if record.process()]
        with progress.step(f"stop {', '.join(running) or 'nothing: no service was running'}"):
            stack.stop_all()


def status(settings: Settings) -> bool:
    """Print the state and address of each service, and the login; returns whether all are up."""
    progress = Progress()
    stack = Stack(settings)
    rows: list[list[object]] = []
    all_up = True
    for name, service in stack.services.items():
        record = stack.running(name)
        ready = stack.is_ready(name)
        all_up = all_up and ready
        state = "up" if ready else "not ready" if record else "down"
        since = datetime.fromtimestamp(record.started).strftime("%Y-%m-%d %H:%M:%S") if record else None
        rows.append([name, state, str(record.pid) if record else None, since, service.address])
    progress.table(["service", "state", "pid", "since", "address"], rows)
    progress.text("")
    show_addresses(settings, progress)
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


COMPLAINTS = (StackError, SettingsError, DropError, postgres.PostgresError, AirflowError, psycopg.Error)
"""Errors with a message for the user. Any other error is a bug and keeps its traceback."""


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m stack", description="The whole system on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "down", "status", "logs", "env", "next-day"):
        commands.add_parser(name)
    load_parser = commands.add_parser("load")
    load_parser.add_argument("--drop", default="", help="folder with source_crm/ and source_erp/")
    load_parser.add_argument("--date", default="", help="its business date, yyyy-mm-dd")
    load_parser.add_argument("--replay", action="store_true", help="load it although a later day is published")
    load_parser.add_argument("--same-drop", action="store_true", help="load it although another day has the same files")
    load_parser.add_argument("--waive", default="", help="quality checks that it need not pass, semicolons between")
    load_parser.add_argument("--reason", default="", help="why it is right nevertheless, for the record")
    analysis_parser = commands.add_parser("analysis")
    analysis_parser.add_argument("words", nargs="?", default="", help="part of a query's name or question")
    sql_parser = commands.add_parser("sql")
    sql_parser.add_argument("--as", dest="login", choices=client.LOGINS, default="reader")
    sql_parser.add_argument("statement", nargs="?")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> int:
    """Run a command, and return its exit code."""
    settings = Settings.resolve(dotenv.ensure(), os.environ)
    match options.command:
        case "env":
            print(settings.shell())
        case "status":
            return 0 if status(settings) else 1
        case "load":
            waive = [name.strip() for name in options.waive.split(";") if name.strip()]
            load_drop(
                settings,
                options.drop,
                options.date,
                replay=options.replay,
                same_drop=options.same_drop,
                waive=waive,
                reason=options.reason,
            )
        case "analysis":
            client.analyse(settings, options.words)
        case "sql":
            client.run(settings, options.login, options.statement)
        case command:
            {"up": up, "down": down, "logs": logs, "next-day": next_day}[command](settings)
    return 0


def main(arguments: list[str]) -> int:
    """Run a command. Exit code 0 if it succeeded, 1 if something failed or is not up."""
    options = parse(arguments)
    try:
        return run(options)
    except KeyboardInterrupt:
        print("\ninterrupted; started services keep running: make down stops them", file=sys.stderr)
        return 130
    except pyodbc.Error as error:
        print(f"\nerror of the warehouse: {client.message(error)}", file=sys.stderr)
    except (*COMPLAINTS, ValueError) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        log = error.log if isinstance(error, StackError) else None
        if log and log.exists():
            print(f"\nThe last lines of {log}:", file=sys.stderr)
            print("\n".join(f"  {line}" for line in last_lines(log)), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
