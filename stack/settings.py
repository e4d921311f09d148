"""The settings: defaults, `.env` over them, the environment over both, resolved once into plain values.

`.env.example` documents names and defaults; `dotenv` generates the secrets.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from croniter import croniter
from mssql_python_odbc import get_libs_dir

from stack.dotenv import ROOT, SECRETS
from warehouse.connection import airflow_connections, escape_value
from warehouse.template import render

LOOPBACK = "127.0.0.1"
ADMIN = "admin"
DATABASE = "DataWarehouse"
PLUGINS = ROOT / "plugins"
SERVING_LOGINS = ("postgres", "sales_loader", "sales_api")
"""Users of the embedded Postgres: the owner of the serving database, the sync, the API."""

PREFIXES = (
    "AIRFLOW_",
    "ALERT_",
    "API_",
    "EXPORTS_",
    "KEEP_",
    "MSSQL_",
    "SERVING_",
    "SQLSERVER_",
    "WAREHOUSE_",
)
"""Prefixes of all settings; other variables of `.env` or the environment are ignored."""

API_OPTIONS = (
    "API_OPEN_READS",
    "API_RATE_LIMIT",
    "API_CACHE_MB",
    "API_CORS_ORIGINS",
    "API_CURRENCY",
    "API_TRUSTED_PROXIES",
    "API_CONTACT",
    "API_WEBHOOKS",
    "API_WEBHOOK_SECRET",
)
"""Settings whose default is in the API."""

CRON_PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
"""Airflow's schedules besides cron expressions."""

MAY_BE_EMPTY = ("WAREHOUSE_LATE_AFTER_MINUTES",)
"""Settings whose empty value differs from their default."""

COMMITTED = ROOT / "data"
"""The drop in the repository, written by `data/generate.py` for its BUSINESS_DATE."""

TWO_DATES = (date(2001, 2, 3), date(2014, 5, 26))
"""Two dates that differ in year, month, day and weekday: a template with one result for both is a fixed folder."""

LONGEST_SOCKET_PATH = 100
"""Longest path of a Unix socket in bytes that every system allows (Linux 107, macOS 103)."""


class SettingsError(Exception):
    """An invalid setting; the message names the variable and the expected value."""


def iso_date(text: str) -> date:
    """Read a date as yyyy-mm-dd and in no other way; raises ValueError."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(f"{text!r} is not a date as yyyy-mm-dd")
    return day


def _number(text: str) -> None:
    if float(text) < 0:
        raise ValueError


def _number_or_nothing(text: str) -> None:
    if text:
        _number(text)


def _days(text: str) -> None:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError


def _boolean(text: str) -> None:
    if text not in ("true", "false"):
        raise ValueError


def _schedule(text: str) -> None:
    if text not in CRON_PRESETS and not croniter.is_valid(text):
        raise ValueError


def _address_with_scheme(*schemes: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        parts = urlsplit(text)
        # `.port` raises ValueError itself for an invalid port.
        if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
            raise ValueError

    return check


def _addresses(text: str) -> None:
    if not all("@" in address.strip() for address in text.split(",")):
        raise ValueError


PIPELINE_OPTIONS: dict[str, tuple[Callable[[str], object], str]] = {
    "WAREHOUSE_TIMEZONE": (ZoneInfo, "the name of a time zone, such as Europe/Berlin"),
    "WAREHOUSE_DROP_WAIT_MINUTES": (_number, "a number of minutes from 0 up"),
    "WAREHOUSE_DROP_SETTLE_SECONDS": (_number, "a number of seconds from 0 up"),
    "WAREHOUSE_LATE_AFTER_MINUTES": (_number_or_nothing, "a number of minutes from 0 up, or empty for no alert"),
    "WAREHOUSE_APPROVE_REJECTS": (_boolean, "true or false"),
    "ALERT_EMAIL_TO": (_addresses, "e-mail addresses with a comma between"),
    "ALERT_EMAIL_FROM": (_addresses, "an e-mail address"),
    "ALERT_SMTP_URL": (
        _address_with_scheme("smtp", "smtps", "smtp+starttls"),
        "smtp://user:password@host:port, with smtps:// or smtp+starttls:// where it is encrypted",
    ),
    "ALERT_WEBHOOK_URL": (_address_with_scheme("http", "https"), "an http or https address"),
    "KEEP_LOGS_DAYS": (_days, "a whole number of days from 1 up"),
    "KEEP_LANDING_DAYS": (_days, "a whole number of days from 1 up"),
    "KEEP_AIRFLOW_DAYS": (_days, "a whole number of days from 1 up"),
    "KEEP_HISTORY_DAYS": (_days, "a whole number of days from 1 up"),
}
"""Settings whose default is in the DAGs: the check of each, and the expected value in words."""

CHECKED = {
    **PIPELINE_OPTIONS,
    "WAREHOUSE_SCHEDULE": (_schedule, "a cron expression, such as 0 5 * * *"),
    "WAREHOUSE_BUSINESS_DATE": (iso_date, "a date, yyyy-mm-dd"),
}


def microsoft_driver() -> Path:
    """Return the Microsoft ODBC driver inside the wheel mssql_python_odbc, for this system and processor."""
    machine = platform.machine().lower().replace("aarch64", "arm64").replace("amd64", "x86_64")
    if sys.platform == "darwin":
        pattern = f"macos/{machine}/lib/libmsodbcsql*.dylib"
    else:
        pattern = f"linux/debian_ubuntu/{machine}/lib/libmsodbcsql-18*.so*"
    found = sorted(Path(get_libs_dir()).glob(pattern))
    if not found:
        raise SettingsError(
            f"The Microsoft ODBC driver has no build for {sys.platform} on {machine}. "
            "Set WAREHOUSE_ODBC, WAREHOUSE_ODBC_LOADER and WAREHOUSE_ODBC_READER to a driver of this machine."
        )
    return found[-1]


@dataclass(frozen=True)
class Settings:
    """All settings, resolved. `values` has those of `.env` and the environment, without empty ones."""

    values: Mapping[str, str]

    @classmethod
    def resolve(cls, dotenv: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
        """Lay the environment over `.env`; an empty value counts as unset in both."""
        merged = {name: value for name, value in dotenv.items() if value or name in MAY_BE_EMPTY}
        merged |= {name: value for name, value in environment.items() if value or name in MAY_BE_EMPTY}
        missing = [name for name in SECRETS if name not in merged]
        if missing:
            raise SettingsError(f"Not set, and not in .env: {', '.join(missing)}")
        for name, (check, wanted) in CHECKED.items():
            try:
                if name in merged:
                    check(merged[name])
            except (ValueError, KeyError, OSError):
                raise SettingsError(f"{name} is {merged[name]!r}, which is invalid: it must be {wanted}.") from None
        return cls(merged)

    @property
    def given(self) -> dict[str, str]:
        """The settings as given, from which another process resolves the same values."""
        return {name: value for name, value in sorted(self.values.items()) if name.startswith(PREFIXES)}

    def _port(self, name: str, default: int) -> int:
        text = self.values.get(name, str(default))
        if not text.isdecimal() or not 1 <= int(text) <= 65535:
            raise SettingsError(f"{name} must be a port from 1 to 65535, not {text!r}.")
        return int(text)

    def _path(self, name: str, default: Path) -> Path:
        # Relative paths start at the clone, whatever the working folder.
        return ROOT / self.values[name] if name in self.values else default

    @cached_property
    def api_port(self) -> int:
        """Port of the REST API."""
        return self._port("API_PORT", 8000)

    @cached_property
    def airflow_port(self) -> int:
        """Port of Airflow's API server: the UI, the REST API and the reports of tasks."""
        return self._port("AIRFLOW_PORT", 8080)

    @cached_property
    def sqlserver_port(self) -> int:
        """Port of the stand-in for SQL Server."""
        return self._port("SQLSERVER_PORT", 14330)

    @property
    def api_url(self) -> str:
        """Address of the REST API, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def airflow_url(self) -> str:
        """Address of Airflow's API server, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.airflow_port}"

    @cached_property
    def state(self) -> Path:
        """The folder of all runtime state."""
        return self._path("WAREHOUSE_STATE_DIR", ROOT / ".local")

    @property
    def logs(self) -> Path:
        """The folder of the services' logs; `tasks/` below it has the logs of Airflow's tasks."""
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """The folder of the services' records."""
        return self.state / "run"

    @property
    def airflow_home(self) -> Path:
        """Airflow's own folder."""
        return self.state / "airflow"

    @cached_property
    def postgres_socket_dir(self) -> Path:
        """Folder of Postgres' socket: in the state folder, or a temporary folder if that path is too long."""
        wanted = self.state / "postgres"
        if len(str(wanted / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return wanted
        digest = hashlib.sha256(str(self.state).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"sales-warehouse-{digest}"

    @property
    def landing(self) -> Path:
        """The landing folder, as Airflow sees it."""
        return self._path("WAREHOUSE_LANDING_DIR", self.state / "landing")

    @property
    def drops(self) -> Path:
        """The folder of the drops that `make next-day` generates, one folder a business date."""
        return self.state / "drops"

    @property
    def default_source_dir(self) -> str:
        """The drop if WAREHOUSE_SOURCE_DIR is unset: the committed one, or with a schedule a folder for each date."""
        return str(self.drops / "{{ ds }}" if "WAREHOUSE_SCHEDULE" in self.values else COMMITTED)

    @cached_property
    def source_dir(self) -> str:
        """The drop that Airflow loads: an absolute path or a template of one."""
        source_dir = str(self._path("WAREHOUSE_SOURCE_DIR", Path(self.default_source_dir)))
        try:
            folders = {render(source_dir, day).resolve() for day in TWO_DATES}
        except ValueError as error:
            raise SettingsError(f"WAREHOUSE_SOURCE_DIR is invalid: {error}") from None
        if "WAREHOUSE_SCHEDULE" in self.values and folders == {COMMITTED.resolve()}:
            raise SettingsError(
                f"WAREHOUSE_SOURCE_DIR is {COMMITTED}: WAREHOUSE_SCHEDULE would publish that drop under every date.\n"
                "Set it to the folder of each date's drop, for example /srv/drops/{{ ds }}, or unset it: it is then "
                f"{self.default_source_dir}."
            )
        return source_dir

    @property
    def chooses_drop(self) -> bool:
        """Whether the user has set the drop. The default does not count, because a shell has it after `make env`."""
        return self.source_dir != self.default_source_dir

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone, for the schedule and for today's date."""
        return ZoneInfo(self.values.get("WAREHOUSE_TIMEZONE", "UTC"))

    @property
    def today(self) -> date:
        """Today's date in the company's time zone; no business date may be later."""
        return datetime.now(self.zone).date()

    @property
    def stand_in_administrator(self) -> str:
        """The connection string of the stand-in's administrator."""
        return self._stand_in("sa", "MSSQL_SA_PASSWORD")

    @property
    def stand_in_logins(self) -> dict[str, str]:
        """The connection strings of the stand-in's owner, loader and reader, by their settings."""
        return {
            "WAREHOUSE_ODBC": self._stand_in("warehouse_owner", "WAREHOUSE_OWNER_PASSWORD"),
            "WAREHOUSE_ODBC_LOADER": self._stand_in("warehouse_loader", "WAREHOUSE_LOADER_PASSWORD"),
            "WAREHOUSE_ODBC_READER": self._stand_in("warehouse_reader", "WAREHOUSE_READER_PASSWORD"),
        }

    def _stand_in(self, login: str, password: str) -> str:
        # The Microsoft driver. The certificate is self-signed, and the connection stays on this machine.
        return (
            f"DRIVER={{{microsoft_driver()}}};SERVER={LOOPBACK},{self.sqlserver_port};"
            f"DATABASE={DATABASE};UID={login};PWD={escape_value(self.values[password])};"
            "Encrypt=yes;TrustServerCertificate=yes"
        )

    @cached_property
    def uses_stand_in(self) -> bool:
        """Whether the warehouse is the embedded stand-in: the connection strings are unset, or point at it."""
        names = self.stand_in_logins
        given = [name for name in names if name in self.values]
        if all(self.values[name] == names[name] for name in given):
            return True
        if len(given) < len(names):
            missing = ", ".join(name for name in names if name not in given)
            raise SettingsError(f"{', '.join(given)} point(s) at another server than the stand-in: set {missing} too.")
        return False

    def postgres_url(self, database: str, driver: str = "postgresql", user: str = "postgres") -> str:
        """Return a URL of the embedded Postgres over its socket, for libpq and for SQLAlchemy."""
        return f"{driver}://{user}@/{database}?host={quote(str(self.postgres_socket_dir), safe='')}"

    @cached_property
    def serving_urls(self) -> dict[str, str]:
        """The URLs of the serving database for owner, loader and API; all in the embedded Postgres, or none."""
        names = ("SERVING_DATABASE_URL", "SERVING_DATABASE_URL_LOADER", "SERVING_DATABASE_URL_API")
        if names[0] in self.values:
            return {name: self.values.get(name, self.values[names[0]]) for name in names}
        stray = [name for name in names if name in self.values]
        if stray:
            raise SettingsError(f"{' and '.join(stray)} need(s) SERVING_DATABASE_URL, the same database's owner.")
        return {name: self.postgres_url("serving", user=user) for name, user in zip(names, SERVING_LOGINS, strict=True)}

    @cached_property
    def contract(self) -> dict[str, str]:
        """The documented variables, for tests and services."""
        from data.generate import BUSINESS_DATE  # imported here, because the generator's libraries are large

        landing = str(self.landing)
        return {
            "API_PORT": str(self.api_port),
            "AIRFLOW_PORT": str(self.airflow_port),
            "SQLSERVER_PORT": str(self.sqlserver_port),
            "API_URL": self.api_url,
            "API_PUBLIC_URL": self.values.get("API_PUBLIC_URL", self.api_url),
            "AIRFLOW_PUBLIC_URL": self.values.get("AIRFLOW_PUBLIC_URL", self.airflow_url),
            **{name: self.values.get(name, odbc) for name, odbc in self.stand_in_logins.items()},
            "WAREHOUSE_SOURCE_DIR": self.source_dir,
            "WAREHOUSE_LANDING_DIR": landing,
            "WAREHOUSE_LANDING_DIR_SQLSERVER": self.values.get("WAREHOUSE_LANDING_DIR_SQLSERVER", landing),
            "WAREHOUSE_BUSINESS_DATE": self.values.get("WAREHOUSE_BUSINESS_DATE", BUSINESS_DATE.isoformat()),
            "WAREHOUSE_SCHEDULE": self.values.get("WAREHOUSE_SCHEDULE", ""),
            "WAREHOUSE_STATE_DIR": str(self.state),
            "EXPORTS_DIR": str(self._path("EXPORTS_DIR", ROOT / "exports")),
            **self.serving_urls,
            "API_SYNC_KEY": self.values["API_SYNC_KEY"],
            **{name: self.values[name] for name in API_OPTIONS if name in self.values},
        }

    @cached_property
    def airflow(self) -> dict[str, str]:
        """Airflow's own variables, connections to the warehouse included.

        Any other option of Airflow can be set as `AIRFLOW__SECTION__OPTION`, as the secrets are.
        """
        given = {name: value for name, value in self.values.items() if name.startswith("AIRFLOW__")}
        metadata = self.postgres_url("airflow", "postgresql+psycopg2")
        return {
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PARALLELISM": "6",
            "AIRFLOW__API__WORKERS": "1",
            # Seconds until a task whose process was killed counts as failed (the default of 300 delays a restart).
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            # Seconds, as in the next option.
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.25",
            # Of two runs of a DAG that end within seconds, Airflow sends the second's alert when it parses the file
            # again. So a file is parsed at least once a minute; four files take about a second.
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW__OPENLINEAGE__NAMESPACE": "sales_warehouse",
            # Not in a process of its own for each event, which would import and connect anew.
            "AIRFLOW__OPENLINEAGE__EXECUTE_IN_THREAD": "True",
            # Without an event for each query, and without lines about events in the logs of tasks.
            "AIRFLOW__OPENLINEAGE__EMISSION_POLICY": '[{"scope": {}, "controls": {"hook_lineage": false}}]',
            "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "openlineage=WARNING airflow.providers.openlineage=WARNING",
            # One file an event, openlineage-<time>.json. The DAG warehouse_maintenance removes old ones with the logs.
            "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(
                {"type": "file", "log_file_path": str(self.logs / "tasks" / "openlineage")}
            ),
            **given,
            "AIRFLOW_HOME": str(self.airflow_home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS),
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            # The default resolves the full host name, which hangs without DNS.
            "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
            # The port is in three options: for listening, for links in pages, for the reports of tasks.
            "AIRFLOW__API__HOST": LOOPBACK,
            "AIRFLOW__API__PORT": str(self.airflow_port),
            "AIRFLOW__API__BASE_URL": self.contract["AIRFLOW_PUBLIC_URL"],
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.airflow_url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.airflow_home / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": self.postgres_url("airflow", "postgresql+asyncpg"),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.logs / "tasks"),
            "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(self.logs / "dag-processor"),
            "PYTHONPATH": str(PLUGINS),
            "WAREHOUSE_LATE_AFTER_MINUTES": "120",
            **{name: self.values[name] for name in PIPELINE_OPTIONS if name in self.values},
            "AIRFLOW_CONN_AIRFLOW_METADATA": json.dumps(
                {"conn_type": "generic", "extra": {"sql_alchemy_conn": metadata}}
            ),
            **airflow_connections(self.contract),
        }

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a service, in addition to the caller's."""
        return {
            **self.contract,
            **self.airflow,
            "AIRFLOW_ADMIN_PASSWORD": self.values["AIRFLOW_ADMIN_PASSWORD"],
        }

    def shell(self) -> str:
        """Return the environment as `export` lines that a shell can `eval`."""
        return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in self.environment.items())
