"""What the DAGs take from the environment, and what all their tasks have in common."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

LOADER, READER, DEPLOYER, API = "warehouse", "warehouse_reader", "warehouse_owner", "sales_api"
"""Airflow connections: who loads, who reads gold, who deploys, and the API that serves."""

TAG_WAREHOUSE, TAG_SERVING, TAG_ADMINISTRATION = "warehouse", "serving", "administration"
TAGS = (TAG_WAREHOUSE, TAG_SERVING, TAG_ADMINISTRATION)

DEFAULT_ARGS = {
    "owner": "warehouse",
    "retries": 2,  # a lost connection or a deadlock passes; bad data fails at once, see operators.py
    "retry_delay": timedelta(seconds=10),
    "execution_timeout": timedelta(hours=1),
}

START_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def schedule() -> str | None:
    """Return WAREHOUSE_SCHEDULE, a cron expression or preset; daily when unset, None (by hand) when empty."""
    return os.environ.get("WAREHOUSE_SCHEDULE", "@daily") or None


def business_date() -> str | None:
    """Return WAREHOUSE_BUSINESS_DATE (yyyy-mm-dd), or None when each run is to take its own date.

    A DAG on a schedule loads another day each time, whatever the setting says.
    """
    return None if schedule() else os.environ.get("WAREHOUSE_BUSINESS_DATE") or None


def source_dir() -> str | None:
    """Return WAREHOUSE_SOURCE_DIR, the drop as Airflow sees it, or None when each run must name it."""
    return os.environ.get("WAREHOUSE_SOURCE_DIR") or None


def landing_dir(batch_id: int) -> Path:
    """Return the landing folder of a batch as Airflow sees it (WAREHOUSE_LANDING_DIR)."""
    return Path(_require("WAREHOUSE_LANDING_DIR")) / str(batch_id)


def landing_dir_of_server(batch_id: int) -> str:
    """Return the landing folder of a batch as SQL Server sees it (WAREHOUSE_LANDING_DIR_SQLSERVER)."""
    return f"{_require('WAREHOUSE_LANDING_DIR_SQLSERVER').rstrip('/')}/{batch_id}"


def exports_dir() -> Path:
    """Return EXPORTS_DIR, where the files for Tableau go; unset, ``exports`` below the working directory."""
    return Path(os.environ.get("EXPORTS_DIR") or "exports")


def _require(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ValueError(f"{name} is not set")
    return value
