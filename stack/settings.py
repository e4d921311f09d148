"""The settings: defaults, `.env` over them, the environment over both, resolved once into plain values.

Names and defaults are told in `.env.example`; secrets come from `dotenv`, which generates them.
"""

from __future__ import annotations

import hashlib
import platform
import shlex
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from mssql_python_odbc import get_libs_dir

from stack.dotenv import ROOT, SECRETS
from warehouse.connection import airflow_connections, escape_value

LOOPBACK = "127.0.0.1"
ADMIN = "admin"
DATABASE = "DataWarehouse"
PLUGINS = ROOT / "plugins"
SERVING_LOGINS = ("postgres", "sales_loader", "sales_api")
"""Users of the embedded Postgres: the owner of the serving database, the sync's and the API's."""

API_OPTIONS = ("API_OPEN_READS", "API_RATE_LIMIT", "API_CORS_ORIGINS")
"""Settings of the API that have a default there."""

LONGEST_SOCKET_PATH = 100
"""Bytes that the path of a Unix socket may have on every system (Linux allows 107, macOS 103)."""


class SettingsError(Exception):
    """A setting that cannot be right; the message names the variable and what it should be."""


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
    """Every setting resolved. `values` holds what `.env` and the environment say, empty ones left out."""

    values: Mapping[str, str]

    @classmethod
    def resolve(cls, dotenv: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
        """Lay the environment over `.env`; an empty value counts as unset in both."""
        merged = {name: value for name, value in dotenv.items() if value}
        merged |= {name: value for name, value in environment.items() if value}
        missing = [name for name in SECRETS if name not in merged]
        if missing:
            raise SettingsError(f"Not set, and not in .env: {', '.join(missing)}")
        return cls(merged)

    def _port(self, name: str, default: int) -> int:
        text = self.values.get(name, str(default))
        if not text.isdecimal() or not 1 <= int(text) <= 65535:
            raise SettingsError(f"{name} must be a port from 1 to 65535, not {text!r}.")
        return int(text)

    def _path(self, name: str, default: Path) -> Path:
        # Relative paths count from the clone, wherever the command is called.
        return ROOT / self.values[name] if name in self.values else default

    @cached_property
    def api_port(self) -> int:
        """Port of the REST API."""
        return self._port("API_PORT", 8000)

    @cached_property
    def airflow_port(self) -> int:
        """Port of Airflow's API server: the UI, the REST API and what tasks report to."""
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
        """The folder that says which process is which service."""
        return self.state / "run"

    @property
    def airflow_home(self) -> Path:
        """Airflow's own folder."""
        return self.state / "airflow"

    @cached_property
    def postgres_socket_dir(self) -> Path:
        """Folder of Postgres' socket: in the state folder, or a temporary one if its path is too long."""
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
        # The Microsoft driver. The certificate is self-signed, and the way to it is within this machine.
        return (
            f"DRIVER={{{microsoft_driver()}}};SERVER={LOOPBACK},{self.sqlserver_port};"
            f"DATABASE={DATABASE};UID={login};PWD={escape_value(self.values[password])};"
            "Encrypt=yes;TrustServerCertificate=yes"
        )

    @cached_property
    def uses_stand_in(self) -> bool:
        """Whether the warehouse is the embedded stand-in: the connection strings are unset, or name it."""
        names = self.stand_in_logins
        given = [name for name in names if name in self.values]
        if all(self.values[name] == names[name] for name in given):
            return True
        if len(given) < len(names):
            missing = ", ".join(name for name in names if name not in given)
            raise SettingsError(f"{', '.join(given)} point(s) elsewhere than the stand-in: set {missing} too.")
        return False

    def postgres_url(self, database: str, driver: str = "postgresql", user: str = "postgres") -> str:
        """Return a URL of the embedded Postgres over its socket, for libpq and for SQLAlchemy."""
        return f"{driver}://{user}@/{database}?host={quote(str(self.postgres_socket_dir), safe='')}"

    @cached_property
    def serving_urls(self) -> dict[str, str]:
        """The serving database as owner, loader and API reach it; all three in the embedded Postgres, or none."""
        names = ("SERVING_DATABASE_URL", "SERVING_DATABASE_URL_LOADER", "SERVING_DATABASE_URL_API")
        if names[0] in self.values:
            return {name: self.values.get(name, self.values[names[0]]) for name in names}
        stray = [name for name in names if name in self.values]
        if stray:
            raise SettingsError(f"{' and '.join(stray)} need(s) SERVING_DATABASE_URL, the same database's owner.")
        return {name: self.postgres_url("serving", user=user) for name, user in zip(names, SERVING_LOGINS, strict=True)}

    @cached_property
    def contract(self) -> dict[str, str]:
        """The documented variables, as tests and services read them."""
        from data.generate import BUSINESS_DATE  # the generator's libraries are large: not at import

        landing = str(self.landing)
        return {
            "API_PORT": str(self.api_port),
            "AIRFLOW_PORT": str(self.airflow_port),
            "SQLSERVER_PORT": str(self.sqlserver_port),
            "API_URL": self.api_url,
            "API_PUBLIC_URL": self.values.get("API_PUBLIC_URL", self.api_url),
            **{name: self.values.get(name, odbc) for name, odbc in self.stand_in_logins.items()},
            "WAREHOUSE_SOURCE_DIR": str(self._path("WAREHOUSE_SOURCE_DIR", ROOT / "data")),
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

        Any other option of Airflow can be set as `AIRFLOW__SECTION__OPTION`, the secrets are among them.
        """
        given = {name: value for name, value in self.values.items() if name.startswith("AIRFLOW__")}
        return {
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__API__WORKERS": "1",
            # Seconds until a task whose process was killed is given up (the default, 300, delays a restart).
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            **given,
            "AIRFLOW_HOME": str(self.airflow_home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS),
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            # The default asks the resolver for a full name, which hangs where there is no DNS.
            "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
            # The port is in three: what the server listens on, what pages link to, what tasks report to.
            "AIRFLOW__API__HOST": LOOPBACK,
            "AIRFLOW__API__PORT": str(self.airflow_port),
            "AIRFLOW__API__BASE_URL": self.airflow_url,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.airflow_url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.airflow_home / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.postgres_url("airflow", "postgresql+psycopg2"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": self.postgres_url("airflow", "postgresql+asyncpg"),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.logs / "tasks"),
            "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(self.logs / "dag-processor"),
            "PYTHONPATH": str(PLUGINS),
            **airflow_connections(self.contract),
        }

    @property
    def environment(self) -> dict[str, str]:
        """Everything that a service is started with, on top of the caller's environment."""
        return {
            **self.contract,
            **self.airflow,
            "AIRFLOW_ADMIN_PASSWORD": self.values["AIRFLOW_ADMIN_PASSWORD"],
        }

    def shell(self) -> str:
        """Return the environment as `export` lines that a shell can `eval`."""
        return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in self.environment.items())
