"""The settings that the DAGs read from the environment; `.env.example` documents each of them.

Every function raises a ValueError that names the variable of an invalid value. So a wrong setting appears as an import
error of the DAG, and not as a load with unintended behaviour.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LOADER, READER, DEPLOYER, API, METADATA = (
    "warehouse",
    "warehouse_reader",
    "warehouse_owner",
    "sales_api",
    "airflow_metadata",
)
"""Airflow connections: the warehouse as loader, reader and owner, the API that serves, and Airflow's own database."""

TAG_WAREHOUSE, TAG_SERVING, TAG_ADMINISTRATION = "warehouse", "serving", "administration"
TAGS = (TAG_WAREHOUSE, TAG_SERVING, TAG_ADMINISTRATION)


def timezone() -> ZoneInfo:
    """Return WAREHOUSE_TIMEZONE, an IANA name (default UTC), the time zone of the schedule and of business dates."""
    name = os.environ.get("WAREHOUSE_TIMEZONE") or "UTC"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"WAREHOUSE_TIMEZONE: {name!r} is not a time zone. Use an IANA name, such as Europe/Berlin"
        ) from error


def cron() -> str | None:
    """Return WAREHOUSE_SCHEDULE, a cron expression or preset; daily when unset, None (by hand) when empty."""
    return os.environ.get("WAREHOUSE_SCHEDULE", "@daily") or None


def start_date() -> datetime:
    """Return the first day that can be backfilled."""
    return datetime(2020, 1, 1, tzinfo=timezone())


def source_dir() -> str | None:
    """Return WAREHOUSE_SOURCE_DIR, the drop as Airflow sees it, possibly a template; None if runs must name it."""
    return os.environ.get("WAREHOUSE_SOURCE_DIR") or None


def drop_wait() -> timedelta:
    """Return the time that a scheduled run waits for its drop: WAREHOUSE_DROP_WAIT_MINUTES, default 6 hours."""
    return timedelta(minutes=_number("WAREHOUSE_DROP_WAIT_MINUTES", 360))


def drop_settle() -> timedelta:
    """Return the time for which the sizes of a drop must not change: WAREHOUSE_DROP_SETTLE_SECONDS, default 30."""
    return timedelta(seconds=_number("WAREHOUSE_DROP_SETTLE_SECONDS", 30))


def late_after() -> timedelta | None:
    """Return the delay after which a day counts as late: WAREHOUSE_LATE_AFTER_MINUTES; None if unset."""
    minutes = _number("WAREHOUSE_LATE_AFTER_MINUTES", 0)
    return timedelta(minutes=minutes) if minutes else None


def approve_rejects() -> bool:
    """Return WAREHOUSE_APPROVE_REJECTS: whether a person is asked if a day has more rejects than its limit."""
    value = os.environ.get("WAREHOUSE_APPROVE_REJECTS") or "false"
    if value.lower() not in ("true", "false"):
        raise ValueError(f"WAREHOUSE_APPROVE_REJECTS must be true or false, not {value!r}")
    return value.lower() == "true"


def keep(what: str) -> timedelta:
    """Return a retention time: KEEP_LOGS_DAYS, KEEP_LANDING_DAYS, KEEP_AIRFLOW_DAYS, KEEP_HISTORY_DAYS."""
    defaults = {"LOGS": 30, "LANDING": 14, "AIRFLOW": 90, "HISTORY": 400}
    return timedelta(days=_number(f"KEEP_{what}_DAYS", defaults[what]))


def landing_root() -> Path:
    """Return the folder of all landing folders as Airflow sees it (WAREHOUSE_LANDING_DIR)."""
    return Path(_require("WAREHOUSE_LANDING_DIR"))


def landing_dir(batch_id: int) -> Path:
    """Return the landing folder of a batch as Airflow sees it."""
    return landing_root() / str(batch_id)


def landing_dir_of_server(batch_id: int) -> str:
    """Return the landing folder of a batch as SQL Server sees it (WAREHOUSE_LANDING_DIR_SQLSERVER)."""
    return f"{_require('WAREHOUSE_LANDING_DIR_SQLSERVER').rstrip('/')}/{batch_id}"


def exports_dir() -> Path:
    """Return EXPORTS_DIR, the folder of the files for Tableau; unset, ``exports`` below the working directory."""
    return Path(os.environ.get("EXPORTS_DIR") or "exports")


def _number(name: str, default: float) -> float:
    text = os.environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise ValueError(f"{name} must be a number from 0 up, not {text!r}")
    return value


def _require(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ValueError(f"{name} is not set")
    return value
