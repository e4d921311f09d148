"""Errors of tasks: which are retried, and how they are logged.

An error that passes by itself is retried for about eleven minutes, long enough for a restart of the server or a
failover. Any other error fails the task at once, because a retry would not help.
"""

import logging
import textwrap
from datetime import timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowFailException

from warehouse.execution import STARTING, WarehouseError

RETRIES: dict[str, Any] = {
    "retries": 7,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=3),
}
"""Arguments of every task. The delays grow as 10, 20, 40, 80, 160, 180, 180 seconds: together eleven minutes."""

TRANSIENT = frozenset(
    {
        # locks and memory, which another session holds for now
        *(1204, 1205, 1222, 3960, 701, 8645, 8651),
        # the server or the database is starting, stopping, paused or moving to another node
        *STARTING,
        *(976, 978, 979, 983, 4060),
        # the connection broke
        *(20, 64, 121, 233, 997, 10053, 10054, 10060, 10061),
        # Azure SQL is busy or reconfiguring
        *(4221, 10928, 10929, 40143, 40197, 40501, 40540, 40613, 42108, 42109, 49918, 49919, 49920),
        # this warehouse: another publish is running, or another batch has held a table for a minute
        50013,
    }
)
"""Error numbers that pass by themselves.

Source: the defaults of Microsoft.Data.SqlClient's SqlConfigurableRetryFactory, and the pages of the T-SQL reference on
errors of startup and of availability groups.
"""

TRANSIENT_STATES = ("08", "HYT")
"""Prefixes of the driver's SQLSTATEs that pass by themselves: connections (08…) and time-outs (HYT…)."""

WIDTH = 110
"""Characters that a line of a task's log shows at 1440 pixels beside Airflow's own columns."""


Log = Any
"""A logger of the standard library, or an operator's logger, for which Airflow has no type."""


def is_transient(error: WarehouseError) -> bool:
    """Return whether the error passes by itself."""
    if error.number is not None:
        return error.number in TRANSIENT
    return error.sqlstate.startswith(TRANSIENT_STATES)


def of_warehouse(error: WarehouseError, where: str, log: Log) -> AirflowException:
    """Log an error of the warehouse, and return the exception to raise for it; ``where`` names the call."""
    number = f"SQL Server error {error.number}" if error.number is not None else f"ODBC state {error.sqlstate}"
    message = f"{error.message}\n{where}, {number}"
    if is_transient(error):
        return transient(f"{message}: passes by itself, so the task is retried.", log)
    return final(message, log)


def final(message: str, log: Log) -> AirflowFailException:
    """Log the message in short lines, and return the exception that fails a task at once."""
    log_lines(log, logging.ERROR, message)
    return AirflowFailException(message)


def transient(message: str, log: Log) -> AirflowException:
    """Log the message, and return the exception after which a task is retried."""
    log_lines(log, logging.ERROR, message)
    return AirflowException(message)


def log_lines(log: Log, level: int, message: str) -> None:
    """Log a message line by line, and fold long lines with their indentation, so that the UI cuts none off."""
    for line in message.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        for part in textwrap.wrap(line, WIDTH, subsequent_indent=f"{indent}  ", break_on_hyphens=False) or [""]:
            log.log(level, "%s", part)
