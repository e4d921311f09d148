"""The services: their commands, the order of start, and their readiness checks.

Order of start: Postgres, then the stand-in and the API, then Airflow's components, then the keeper, which restarts dead
services. Postgres stops last.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
import pyodbc

from stack import postgres
from stack.dotenv import ROOT
from stack.processes import (
    MARKER,
    Record,
    Records,
    ask_to_stop,
    kill,
    members,
    port_holder,
    port_is_free,
    start,
    wait_until_gone,
)
from stack.settings import ADMIN, LOOPBACK, PLUGINS, PREFIXES, Settings
from warehouse.connection import with_database

KEEPER = "keeper"

SECONDS_TO_STOP = 20
"""Time for a service to end by itself before it is killed."""

SECONDS_FOR_FIRST_ANSWER = 60

SECONDS_FOR_CHILDREN = 2
"""Time for its children to end after it."""


class StackError(Exception):
    """A part of the stack failed. `log` is the file with details, if there is one."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Without a proxy, because all addresses are on this machine."""


@dataclass(frozen=True)
class Service:
    """One long-running process.

    `ready` returns whether the service of that record is ready; `seconds` is the time limit for that.
    `stop_signal` ends it cleanly, sent to its whole process group or to its leader alone. `before_start` removes the
    remains of a killed one.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    ready: Callable[[Record], bool]
    seconds: float
    port: int | None = None
    port_variable: str | None = None
    address: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_whole_group: bool = True
    before_start: Callable[[], None] = lambda: None
    account: postgres.Account | None = None
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        material = json.dumps([self.command, sorted(self.environment.items())])
        object.__setattr__(self, "fingerprint", hashlib.sha256(material.encode()).hexdigest())


def fetch_json(url: str, seconds: float = 5) -> Any:
    """GET a JSON document from a service of the stack; None without such an answer."""
    try:
        with _DIRECT.open(url, timeout=seconds) as response:
            return json.load(response)
    except (OSError, ValueError):
        return None


def _airflow_component_ready(settings: Settings, component: str) -> Callable[[Record], bool]:
    """Make the check of an Airflow component: it is ready once it has sent a heartbeat after its start."""

    def ready(record: Record) -> bool:
        health = fetch_json(f"{settings.airflow_url}/api/v2/monitor/health") or {}
        state = health.get(component, {})
        beat = state.get(f"latest_{component}_heartbeat")
        return state.get("status") == "healthy" and datetime.fromisoformat(beat).timestamp() >= record.started

    return ready


def _airflow_api_ready(settings: Settings) -> Callable[[Record], bool]:
    """Make the check of the API server: it is ready once it answers users and tasks; a task's first request is slow."""

    def ready(_: Record) -> bool:
        paths = ("/api/v2/monitor/health", "/execution/health")
        return all(fetch_json(settings.airflow_url + path, SECONDS_FOR_FIRST_ANSWER) is not None for path in paths)

    return ready


def _stand_in_ready(settings: Settings) -> Callable[[Record], bool]:
    """Make the check of the stand-in: it is ready once a client can log in."""

    def ready(_: Record) -> bool:
        try:
            pyodbc.connect(with_database(settings.stand_in_administrator, "master"), timeout=5).close()
        except pyodbc.Error:
            return False
        return True

    return ready


def _without_settings() -> dict[str, str]:
    """Return the caller's environment without the variables that a service gets from the settings only."""
    # Without bytecode every process, each Airflow task included, would compile its imports for seconds.
    foreign = (*PREFIXES, "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    # Tasks report to Airflow over HTTP, which must not go through a proxy of the machine.
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(filter(None, [kept.get(name), LOOPBACK]))
    return kept


class Stack:
    """All services of one state folder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.records = Records(settings.run)
        self.marker = str(settings.state)
        self.services = {service.name: service for service in self._define()}
        self._launched: set[str] = set()

    @property
    def lock(self) -> Path:
        """The lock of the commands that start and stop services."""
        return self.settings.state / "lock"

    def _define(self) -> Iterator[Service]:
        settings = self.settings
        yield Service(
            "postgres",
            postgres.server_command(settings),
            {},
            ready=lambda _: postgres.answers(settings),
            seconds=30,
            address=str(settings.postgres_socket_dir),
            # Fast shutdown; the server ends its children itself.
            stop_signal=signal.SIGINT,
            stop_whole_group=False,
            account=postgres.account(),
            before_start=lambda: postgres.forget_dead_server(settings),
        )
        if settings.uses_stand_in:
            options = {
                "--host": LOOPBACK,
                "--port": str(settings.sqlserver_port),
                "--data-dir": str(settings.state / "sqlserver"),
                "--user": "sa",
                "--password-env": "MSSQL_SA_PASSWORD",
                "--bulk-root": settings.contract["WAREHOUSE_LANDING_DIR_SQLSERVER"],
            }
            yield Service(
                "sqlserver",
                [
                    sys.executable,
                    "-m",
                    "local_sqlserver",
                    *[part for pair in options.items() for part in pair],
                ],
                {"MSSQL_SA_PASSWORD": settings.values["MSSQL_SA_PASSWORD"]},
                ready=_stand_in_ready(settings),
                seconds=60,
                port=settings.sqlserver_port,
                port_variable="SQLSERVER_PORT",
                address=f"{LOOPBACK},{settings.sqlserver_port}",
            )
        yield Service(
            "api",
            [sys.executable, "-m", "api.server", "--host", LOOPBACK, "--port", str(settings.api_port)],
            settings.contract,
            ready=lambda _: fetch_json(f"{settings.api_url}/health/live") is not None,
            seconds=120,
            port=settings.api_port,
            port_variable="API_PORT",
            address=settings.api_url,
        )
        airflow = [sys.executable, "-m", "stack.airflow_cli"]
        environment = {**settings.contract, **settings.airflow}
        yield Service(
            "airflow-api-server",
            [*airflow, "api-server"],
            # It starts while the tables are created.
            {**environment, "AIRFLOW__DATABASE__CHECK_MIGRATIONS": "False"},
            ready=_airflow_api_ready(settings),
            seconds=180,
            port=settings.airflow_port,
            port_variable="AIRFLOW_PORT",
            address=settings.airflow_url,
        )
        yield Service(
            "airflow-scheduler",
            # Logs are read from the local disk, so no log server and no port are needed.
            [*airflow, "scheduler", "--skip-serve-logs"],
            environment,
            ready=_airflow_component_ready(settings, "scheduler"),
            seconds=180,
        )
        yield Service(
            "airflow-dag-processor",
            [*airflow, "dag-processor"],
            environment,
            ready=_airflow_component_ready(settings, "dag_processor"),
            seconds=180,
        )
        yield Service(
            "airflow-triggerer",
            [*airflow, "triggerer", "--skip-serve-logs"],
            environment,
            ready=_airflow_component_ready(settings, "triggerer"),
            seconds=180,
        )
        yield Service(
            KEEPER,
            [sys.executable, "-m", "stack.keeper"],
            settings.given,
            ready=lambda _: True,
            seconds=10,
        )

    def log(self, name: str) -> Path:
        """Return the log file of a service."""
        return self.settings.logs / f"{name}.log"

    def running(self, name: str) -> Record | None:
        """Return the record of a service if its process is alive."""
        record = self.records.read(name)
        return record if record and record.process() else None

    def is_ready(self, name: str) -> bool:
        """Whether a service runs and is ready."""
        record = self.running(name)
        return record is not None and self.services[name].ready(record)

    def begin(self) -> list[str]:
        """Stop services that run with other settings, kill remains of crashed services, check the ports to be used.

        Returns the names of the services to start.
        """
        known = self.records.all()
        outdated = [
            record.name
            for record in known
            if record.name not in self.services or record.fingerprint != self.services[record.name].fingerprint
        ]
        dead = [record.name for record in known if record.process() is None]
        self.stop([*outdated, *dead])
        missing = [name for name in self.services if self.running(name) is None]
        for name in missing:
            self._check_port(self.services[name])
        return missing

    def _check_port(self, service: Service) -> None:
        if service.port is None or port_is_free(LOOPBACK, service.port):
            return
        holder = port_holder(service.port)
        raise StackError(
            f"Port {service.port} for {service.name} is taken"
            + (f" by {holder}.\n" if holder else ".\n")
            + f"Choose another one: {service.port_variable}=… make up, or set it in .env."
        )

    def launch(self, name: str) -> Record:
        """Start a service and write its record; keep the log of its last run beside the new log."""
        service = self.services[name]
        log = self.log(name)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        service.before_start()
        environment = {**_without_settings(), **service.environment, MARKER: self.marker}
        record = start(
            name,
            service.command,
            environment=environment,
            log=log,
            folder=ROOT,
            fingerprint=service.fingerprint,
            user=service.account.uid if service.account else None,
            group=service.account.gid if service.account else None,
        )
        self.records.write(record)
        self._launched.add(name)
        return record

    def wait_ready(self, names: list[str]) -> None:
        """Wait until services are ready; raises StackError if one ends first or takes too long.

        A service that ran before this command and has ended since is restarted, because another's death may have
        ended it.
        """
        begun = time.monotonic()
        pending = list(names)
        while pending:
            records = {name: self._alive_or_again(name) for name in pending}
            # One check at a time, because parallel checks would slow the starting services down.
            first = self.services[pending[0]]
            if first.ready(records[first.name]):
                pending.remove(first.name)
            elif time.monotonic() - begun > first.seconds:
                raise StackError(f"{first.name} is not ready after {first.seconds:g} s.", self.log(first.name))
            else:
                time.sleep(0.25)

    def _alive_or_again(self, name: str) -> Record:
        record = self.running(name)
        if record:
            return record
        if name in self._launched:
            raise StackError(f"{name} ended while starting.", self.log(name))
        self.stop([name])
        return self.launch(name)

    def stop(self, names: list[str]) -> None:
        """Stop services, Postgres last, with their children; remove their records."""
        # Postgres last, because the others write to it while they end.
        first = [name for name in names if name != "postgres"]
        for group in (first, [name for name in names if name == "postgres"]):
            records = [record for record in map(self.records.read, group) if record]
            folder = postgres.data_folder(self.settings) if "postgres" in group else None
            leaders: list[psutil.Process] = []
            for record in records:
                process = record.process()
                if process is None:
                    continue  # remains of a crashed service are killed below
                leaders.append(process)
                service = self.services.get(record.name)
                how = service.stop_signal if service else signal.SIGTERM
                ask_to_stop(record, how, whole_group=service is None or service.stop_whole_group)
            wait_until_gone(leaders, SECONDS_TO_STOP)
            if leaders:
                wait_until_gone(members(records), SECONDS_FOR_CHILDREN)
            rest = members(records, folder=folder)
            kill(rest)
            wait_until_gone(rest, SECONDS_TO_STOP)
            for record in records:
                self.records.remove(record.name)

    def stop_all(self) -> None:
        """Stop every service, then kill the remaining processes of this state folder; raises if some stay."""
        self.stop([record.name for record in self.records.all()])
        left = self.leftovers()
        kill(left)
        stubborn = wait_until_gone(left, SECONDS_TO_STOP)
        if stubborn:
            raise StackError(f"Still running: {', '.join(str(process.pid) for process in stubborn)}")

    def leftovers(self) -> list[psutil.Process]:
        """Return the processes of this state folder, with or without a record."""
        return members(self.records.all(), self.marker, postgres.data_folder(self.settings))

    def prepare_airflow(self) -> None:
        """Write the file of Airflow's login, and make the folder of its task logs and lineage events."""
        settings = self.settings
        settings.airflow_home.mkdir(parents=True, exist_ok=True)
        (settings.logs / "tasks").mkdir(parents=True, exist_ok=True)
        passwords = settings.airflow_home / "passwords.json"
        passwords.touch(mode=0o600)
        passwords.write_text(json.dumps({ADMIN: settings.values["AIRFLOW_ADMIN_PASSWORD"]}), encoding="utf-8")

    def migrate_airflow(self) -> None:
        """Migrate Airflow's tables to the installed version."""
        with self._once("airflow-version", metadata.version("apache-airflow-core")) as due:
            if due:
                migrate = self.services["airflow-scheduler"].environment
                self._run_module("stack.airflow_cli db migrate", "airflow-migrate", migrate)

    def prepare_serving(self) -> None:
        """Migrate the serving database to this version, and set up the users of the sync and of the API."""
        urls = self.settings.serving_urls
        if "SERVING_DATABASE_URL" in self.settings.values:
            self._run_module("alembic upgrade head", "alembic-migrate", urls)
            return
        digest = hashlib.sha256(json.dumps(sorted(urls.items())).encode())
        serving = ROOT / "api" / "serving"
        for file in sorted([*(serving / "migrations").rglob("*.py"), serving / "logins.py"]):
            digest.update(file.read_bytes())
        with self._once("serving-version", digest.hexdigest()) as due:
            if due:
                self._run_module("alembic upgrade head", "alembic-migrate", urls)
                self._run_module("api.serving.logins", "api-logins", urls)

    def deploy_schema(self) -> None:
        """Deploy the T-SQL, as the DAG warehouse_schema does."""
        self._run_module("warehouse.deploy", "warehouse-deploy", {**self.settings.contract, "PYTHONPATH": str(PLUGINS)})

    @contextlib.contextmanager
    def _once(self, name: str, version: str) -> Iterator[bool]:
        """Yield whether a part of the embedded Postgres is not at a version yet, and record that version at the end."""
        # Beside the cluster, so that both are removed together.
        stamp = self.settings.state / "postgres" / name
        due = not stamp.exists() or stamp.read_text(encoding="utf-8") != version
        yield due
        if due:
            stamp.write_text(version, encoding="utf-8")

    def prepare_warehouse(self) -> None:
        """Create the stand-in's database and logins; the user's own server already has them."""
        if self.settings.uses_stand_in:
            logins = {"WAREHOUSE_ODBC_ADMIN": self.settings.stand_in_administrator, "PYTHONPATH": str(PLUGINS)}
            self._run_module("warehouse.logins", "warehouse-logins", {**self.settings.contract, **logins})

    def _run_module(self, command: str, name: str, environment: Mapping[str, str]) -> None:
        """Run ``python -m`` a command to its end; its output goes to a log of that name."""
        log = self.log(name)
        with log.open("wb") as output:
            done = subprocess.run(
                [sys.executable, "-m", *command.split()],
                env={**_without_settings(), **environment, MARKER: self.marker},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                check=False,
            )
        if done.returncode:
            raise StackError(f"{command} failed.", log)
