"""Connects to the warehouse and runs a T-SQL batch to its end: logs messages, reads all results, numbers errors."""

import logging
import re
import time
from collections.abc import Sequence

import pyodbc

WARNING = "Warning: "
NULLS_LEFT_OUT = "Warning: Null value is eliminated by an aggregate"
"""Message 8153 of SQL Server, which says nothing that a count of values does not intend."""
"""Prefix of a message that a procedure prints as a warning."""

STARTING = frozenset({904, 921, 922, 927, 6005, 17142, 18401, 18451})
"""Error numbers of a login while the server or the database starts or stops.

After a cumulative update the server upgrades its own databases for some minutes. Meanwhile `sa` can log in, and all
other logins get 18401.
"""
STARTS_WITHIN = 300.0
"""Seconds that ``connect`` waits for a server that is starting."""

_PREFIX = re.compile(r"^(?:\[[^\]]*\])*?\[SQL Server\]")
_DIAGNOSTIC = re.compile(r"\[SQL Server\](?P<text>.*?) \((?P<number>\d+)\) \(SQL\w+\)", re.DOTALL)


class WarehouseError(Exception):
    """SQL Server refused or failed; ``number`` is its error number, None when the driver itself failed.

    ``sqlstate`` is the driver's code of five characters, empty when there is none.
    """

    def __init__(self, message: str, number: int | None, sqlstate: str = ""):
        super().__init__(f"SQL Server error {number}: {message}" if number is not None else message)
        self.message = message
        self.number = number
        self.sqlstate = sqlstate

    @classmethod
    def from_odbc(cls, error: pyodbc.Error) -> "WarehouseError":
        """Make a WarehouseError of pyodbc's error, whose text ends with the number in parentheses."""
        text = str(error.args[-1]) if error.args else str(error)
        sqlstate = str(error.args[0]) if len(error.args) > 1 else ""
        found = list(_DIAGNOSTIC.finditer(text))
        if not found:
            return cls(text, None, sqlstate)
        return cls("; ".join(match["text"] for match in found), int(found[0]["number"]) or None, sqlstate)


def connect(connection_string: str, log: logging.Logger, *, pause: float = 5.0) -> pyodbc.Connection:
    """Open a connection with autocommit, and wait for a server that is starting; ``pause`` seconds between tries.

    Raises pyodbc.Error: at once, or after ``STARTS_WITHIN`` seconds if the server is still starting.
    """
    deadline = time.monotonic() + STARTS_WITHIN
    told = False
    while True:
        try:
            return pyodbc.connect(connection_string, autocommit=True)
        except pyodbc.Error as error:
            failure = WarehouseError.from_odbc(error)
            if failure.number not in STARTING or time.monotonic() + pause > deadline:
                raise
            if not told:
                log.warning("%s: the server is starting. Trying again for %d s.", failure, STARTS_WITHIN)
                told = True
        time.sleep(pause)


def run_batch(
    cursor: pyodbc.Cursor, sql: str, parameters: Sequence[object], log: logging.Logger
) -> dict[str, object] | None:
    """Execute a batch and return the first row of its last result set, or None without one.

    PRINT output goes to the log as each part of the answer arrives, at level WARNING if it begins with ``Warning: ``.
    Raises WarehouseError, also for an error after the first result set.
    """
    row: dict[str, object] | None = None
    try:
        cursor.execute(sql, *parameters)
        while True:
            _log_messages(cursor, log)
            if cursor.description is not None:
                names = [column[0] for column in cursor.description]
                first = cursor.fetchone()
                row = None if first is None else dict(zip(names, first, strict=True))
                while cursor.fetchmany(1000):  # an error may follow the rows
                    pass
            if not cursor.nextset():
                break
        _log_messages(cursor, log)
    except pyodbc.Error as error:
        _log_messages(cursor, log)
        raise WarehouseError.from_odbc(error) from error
    return row


def _log_messages(cursor: pyodbc.Cursor, log: logging.Logger) -> None:
    for _, text in cursor.messages or ():
        for line in _PREFIX.sub("", text).splitlines():
            if line.startswith(NULLS_LEFT_OUT):
                continue
            log.log(logging.WARNING if line.startswith(WARNING) else logging.INFO, "%s", line)
