"""The services: what is started, in which order, and how each shows that it is ready.

Order of start: Postgres, then the stand-in and the API, then Airflow's components, then the keeper, which starts again
what dies. Postgres stops last.
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
"""How long a service may take to end by itself before it is killed."""

SECONDS_FOR_FIRST_ANSWER = 60

SECONDS_FOR_CHILDREN = 2
"""How long its children may take after it."""


class StackError(Exception):
    """Something of the stack failed. `log` is the file that tells more, when there is one."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Never through a proxy: all addresses are this machine's."""


@dataclass(frozen=True)
class Service:
    """One long-running process.

    `ready` returns whether the service of that record does its work; `seconds` is how long that may take.
    `stop_signal` makes it end cleanly, sent to its whole process group or to its leader alone. `before_start` clears
    what a killed one left.
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
    """GET a JSON document from one of our own services; None when it does not answer with one."""
    try:
        with _DIRECT.open(url, timeout=seconds) as response:
            return json.load(response)
    except (OSError, ValueError):
        return None


def _airflow_component_ready(settings: Settings, component: str) -> Callable[[Record], bool]:
    """Tell that a component is ready once it has reported a heartbeat that is younger than its process."""

    def ready(record: Record) -> bool:
        health = fetch_json(f"{settings.airflow_url}/api/v2/monitor/health") or {}
        state = health.get(component, {})
        beat = state.get(f"latest_{component}_heartbeat")
        return state.get("status") == "healthy" and datetime.fromisoformat(beat).timestamp() >= record.started

    return ready


def _airflow_api_ready(settings: Settings) -> Callable[[Record], bool]:
    """Tell that the API server is ready once it answers people and tasks; a task's first question takes it long."""

    def ready(_: Record) -> bool:
        paths = ("/api/v2/monitor/health", "/execution/health")
        return all(fetch_json(settings.airflow_url + path, SECONDS_FOR_FIRST_ANSWER) is not None for path in paths)

    return ready


def _stand_in_ready(settings: Settings) -> Callable[[Record], bool]:
    """Tell that the stand-in is ready once a client can log in."""

    def ready(_: Record) -> bool:
        try:
            pyodbc.connect(with_database(settings.stand_in_administrator, "master"), timeout=5).close()
        except pyodbc.Error:
            return False
        return True

    return ready


def _without_settings() -> dict[str, str]:
    """Return the caller's environment without what a service gets from the settings only."""
    # Without bytecode every process, each task of Airflow among them, compiles for seconds what it imports.
    foreign = (*PREFIXES, "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    # Tasks report to Airflow over HTTP: a proxy of the machine must not come between.
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
        """The lock of whoever starts and stops services."""
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
            # Fast shutdown; its children are the server's own business.
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
        bind = f"{LOOPBACK}:{settings.api_port}"
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "api/gunicorn_config.py"]
        yield Service(
            "api",
            [*gunicorn, "--no-control-socket", "--bind", bind, "api:create_app()"],
            settings.contract,
            ready=lambda _: fetch_json(f"{settings.api_url}/health/live") is not None,
            seconds=60,
            port=settings.api_port,
            port_variable="API_PORT",
            address=settings.api_url,
        )
        airflow = [sys.executable, "-m", "stack.airflow_cli"]
        environment = {**settings.contract, **settings.airflow}
        yield Service(
            "airflow-api-server",
            [*airflow, "api-server"],
            # It starts while the tables are being made.
            {**environment, "AIRFLOW__DATABASE__CHECK_MIGRATIONS": "False"},
            ready=_airflow_api_ready(settings),
            seconds=180,
            port=settings.airflow_port,
            port_variable="AIRFLOW_PORT",
            address=settings.airflow_url,
        )
        yield Service(
            "airflow-scheduler",
            # Logs are read from the disk they are written to: no log server, no port.
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
        """Return the record of a service whose process is alive."""
        record = self.records.read(name)
        return record if record and record.process() else None

    def is_ready(self, name: str) -> bool:
        """Whether a service runs and does its work."""
        record = self.running(name)
        return record is not None and self.services[name].ready(record)

    def begin(self) -> list[str]:
        """Stop what runs with other settings, kill what crashed services left, check the ports to be used.

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
        """Start a service and keep its record; a log of its last run is kept beside the new one."""
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
        """Wait until services are ready; raises when one ends first or takes too long.

        One that ran before this command and has ended since is started again: it may have died of another's death.
        """
        begun = time.monotonic()
        pending = list(names)
        while pending:
            records = {name: self._alive_or_again(name) for name in pending}
            # One question at a time: those that wait would keep busy whom they wait for.
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
        """Stop services, Postgres last, and everything that belongs to them; forget their records."""
        # Postgres goes last: the others say goodbye to it.
        first = [name for name in names if name != "postgres"]
        for group in (first, [name for name in names if name == "postgres"]):
            records = [record for record in map(self.records.read, group) if record]
            folder = postgres.data_folder(self.settings) if "postgres" in group else None
            leaders: list[psutil.Process] = []
            for record in records:
                process = record.process()
                if process is None:
                    continue  # what a crashed service left behind is killed below
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
        """Stop every service, then kill what else belongs to this state folder; raises if something stays."""
        self.stop([record.name for record in self.records.all()])
        left = self.leftovers()
        kill(left)
        stubborn = wait_until_gone(left, SECONDS_TO_STOP)
        if stubborn:
            raise StackError(f"Still running: {', '.join(str(process.pid) for process in stubborn)}")

    def leftovers(self) -> list[psutil.Process]:
        """Return the processes of this state folder, whether or not a record names them."""
        return members(self.records.all(), self.marker, postgres.data_folder(self.settings))

    def prepare_airflow(self) -> None:
        """Write the login."""
        settings = self.settings
        settings.airflow_home.mkdir(parents=True, exist_ok=True)
        passwords = settings.airflow_home / "passwords.json"
        passwords.touch(mode=0o600)
        passwords.write_text(json.dumps({ADMIN: settings.values["AIRFLOW_ADMIN_PASSWORD"]}), encoding="utf-8")

    def migrate_airflow(self) -> None:
        """Bring Airflow's tables to the installed version."""
        with self._once("airflow-version", metadata.version("apache-airflow-core")) as due:
            if due:
                migrate = self.services["airflow-scheduler"].environment
                self._run_module("stack.airflow_cli db migrate", "airflow-migrate", migrate)

    def prepare_serving(self) -> None:
        """Bring the serving database's tables to this version, and let the sync's and the API's users in."""
        urls = self.settings.serving_urls
        if "SERVING_DATABASE_URL" in self.settings.values:
            self._run_module("alembic upgrade head", "alembic-migrate", urls)
            return
        digest = hashlib.sha256(json.dumps(sorted(urls.items())).encode())
        for file in sorted([*(ROOT / "api" / "migrations").rglob("*.py"), ROOT / "api" / "logins.py"]):
            digest.update(file.read_bytes())
        with self._once("serving-version", digest.hexdigest()) as due:
            if due:
                self._run_module("alembic upgrade head", "alembic-migrate", urls)
                self._run_module("api.logins", "api-logins", urls)

    def deploy_schema(self) -> None:
        """Deploy the T-SQL, as the DAG warehouse_schema does."""
        self._run_module("warehouse.deploy", "warehouse-deploy", {**self.settings.contract, "PYTHONPATH": str(PLUGINS)})

    @contextlib.contextmanager
    def _once(self, name: str, version: str) -> Iterator[bool]:
        """Say whether something of the embedded Postgres is still to be brought to a version, and note that it was."""
        # Beside the cluster: whoever removes the cluster removes the stamp.
        stamp = self.settings.state / "postgres" / name
        due = not stamp.exists() or stamp.read_text(encoding="utf-8") != version
        yield due
        if due:
            stamp.write_text(version, encoding="utf-8")

    def prepare_warehouse(self) -> None:
        """Make the stand-in's database and its logins; a server of the user's own has them already."""
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
