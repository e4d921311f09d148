"""The operators of `warehouse_maintenance`: each removes data older than its setting, and returns the amount."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.providers.common.sql.operators.sql import BaseSQLOperator
from airflow.sdk import BaseHook, BaseOperator, Context
from airflow.sdk.configuration import conf

from warehouse import failures, settings
from warehouse.day import now
from warehouse.operators import ProcedureOperator

KEPT_FOLDERS = """
SELECT landing_dir
FROM gold.load_batches
WHERE status = N'running'
UNION
SELECT landing_dir
FROM (
    SELECT
        landing_dir,
        DENSE_RANK() OVER (ORDER BY business_date DESC) AS day_rank,
        ROW_NUMBER() OVER (PARTITION BY business_date ORDER BY shown_at DESC, batch_id DESC) AS publication_rank,
        ROW_NUMBER() OVER (ORDER BY shown_at DESC, batch_id DESC) AS shown_rank
    FROM gold.load_batches
    WHERE shown_at IS NOT NULL AND withdrawn_at IS NULL
) AS shown
WHERE (day_rank <= 2 AND publication_rank = 1) OR shown_rank <= 2
"""
"""Landing folders to keep at any age, by the path that the server sees: those of running batches, of the two latest
days and of the two batches that gold showed last, because a withdrawal loads the earlier of these again."""

SECONDS_FOR_AIRFLOW = 1800


class CleanLogsOperator(BaseOperator):
    """Removes logs of tasks that were not written to for KEEP_LOGS_DAYS, and folders that become empty."""

    def execute(self, context: Context) -> dict[str, int]:
        """Return the number of removed files and of their bytes."""
        before = now() - settings.keep("LOGS")
        removed = {"files": 0, "bytes": 0}
        for root in _log_folders():
            for path in _old_files(root, before):
                size = path.stat().st_size
                path.unlink(missing_ok=True)
                removed["files"] += 1
                removed["bytes"] += size
            _remove_empty_folders(root)
        self.log.info("Removed %(files)d log files, %(bytes)d bytes", removed)
        return removed


class CleanLandingOperator(BaseSQLOperator):
    """Removes landing folders older than KEEP_LANDING_DAYS, except those that a withdrawal would load again."""

    def __init__(self, *, conn_id: str = settings.READER, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, **kwargs)

    def execute(self, context: Context) -> list[str]:
        """Return the names of the removed folders: ids of batches, and remains of interrupted stagings."""
        before = now() - settings.keep("LANDING")
        kept = {re.split(r"[/\\]", path)[-1] for (path,) in self.get_db_hook().get_records(KEPT_FOLDERS) if path}
        removed = []
        for folder in sorted(settings.landing_root().iterdir()):
            ours = folder.name.isdecimal() or folder.name.endswith(".partial")
            if ours and folder.is_dir() and folder.name not in kept and _is_older(folder, before):
                shutil.rmtree(folder)
                removed.append(folder.name)
        self.log.info("Removed %d landing folders: %s", len(removed), ", ".join(removed) or "none was old enough")
        return removed


class CleanHistoryOperator(ProcedureOperator):
    """Removes steps, rejected rows, check results and manifests of batches older than KEEP_HISTORY_DAYS.

    Returns the number of removed rows of each kind.
    """

    def __init__(self, **kwargs: Any) -> None:
        parameters = {"keep_days": settings.keep("HISTORY").days}
        super().__init__(procedure="etl.purge_history", parameters=parameters, **kwargs)


class CleanAirflowOperator(BaseOperator):
    """Removes runs, task instances, XComs and the like older than KEEP_AIRFLOW_DAYS from Airflow's database.

    Tasks have no access to that database, so the command `airflow db clean` gets its URL from the extra field
    `sql_alchemy_conn` of the connection `airflow_metadata`.
    """

    def execute(self, context: Context) -> str:
        """Return the time before which rows were removed; raises AirflowException if the command fails."""
        before = (now() - settings.keep("AIRFLOW")).isoformat(timespec="seconds")
        url = BaseHook.get_connection(settings.METADATA).extra_dejson["sql_alchemy_conn"]
        command = [sys.executable, "-m", "airflow", "db", "clean", "--clean-before-timestamp", before]
        done = subprocess.run(
            [*command, "--skip-archive", "--yes"],
            env={**os.environ, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url, "_AIRFLOW_PROCESS_CONTEXT": "server"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_AIRFLOW,
            check=False,
        )
        for line in done.stdout.splitlines():
            self.log.info("%s", line)
        if done.returncode:
            last = "\n".join(done.stderr.splitlines()[-10:])
            raise failures.transient(f"airflow db clean ended with {done.returncode}:\n{last}", self.log)
        return before


def _log_folders() -> list[Path]:
    """Return Airflow's folders of the logs of tasks and of DAG parsing."""
    names = [("logging", "base_log_folder"), ("logging", "dag_processor_child_process_log_directory")]
    folders = [Path(conf.get(section, option)) for section, option in names]
    return [folder for folder in folders if folder.is_dir()]


def _old_files(root: Path, before: datetime) -> Iterator[Path]:
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and _is_older(path, before):
            yield path


def _is_older(path: Path, before: datetime) -> bool:
    return path.stat().st_mtime < before.timestamp()


def _remove_empty_folders(root: Path) -> None:
    yesterday = now() - timedelta(days=1)  # a new empty folder may be about to get its first log
    for folder in sorted((path for path in root.rglob("*") if path.is_dir()), key=lambda path: -len(path.parts)):
        if _is_older(folder, yesterday) and not any(folder.iterdir()):
            folder.rmdir()
