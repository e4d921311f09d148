"""ODBC connection strings of the two drivers that the server supports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pyodbc

from local_sqlserver.pytest_plugin import microsoft_driver

PASSWORD = "Secret_1"
"""Of sa, on the scripted engine as well."""

DRIVERS = {
    "microsoft": f"DRIVER={{{microsoft_driver()}}};SERVER=127.0.0.1,<port>",
    "freetds": "DRIVER={FreeTDS};SERVER=127.0.0.1;PORT=<port>;TDS_Version=7.4;ClientCharset=UTF-8",
}

Connect = Callable[..., Any]


def connection_string(driver: str, port: int, **keywords: str) -> str:
    base = DRIVERS[driver].replace("<port>", str(port))
    settings = {"UID": "sa", "PWD": PASSWORD} | keywords
    if driver == "microsoft":
        settings.setdefault("TrustServerCertificate", "yes")
    return ";".join([base, *(f"{key}={value}" for key, value in settings.items())])


@contextmanager
def connector(port: int, driver: str) -> Iterator[Connect]:
    """Yield ``connect(autocommit=True, **keywords of the connection string)``; closes what it opened."""
    with ExitStack() as stack:

        def connect(*, autocommit: bool = True, **keywords: str) -> Any:
            text = connection_string(driver, port, **keywords)
            connection = pyodbc.connect(text, autocommit=autocommit, timeout=10)
            stack.callback(lambda: connection.closed or connection.close())
            return connection

        yield connect


def result_sets(cursor: Any) -> list[list[tuple[Any, ...]]]:
    """The rows of every result set left on the cursor; results without columns are passed over."""
    found = []
    while True:
        if cursor.description is not None:
            found.append([tuple(row) for row in cursor.fetchall()])
        if not cursor.nextset():
            return found
