"""ODBC connection strings of the two drivers that the project supports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyodbc


def _microsoft_driver() -> Path:
    spec = find_spec("mssql_python_odbc")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "libs/linux/debian_ubuntu/x86_64/lib"
    return next(folder.glob("libmsodbcsql-18*"))


DRIVERS = {
    "microsoft": f"DRIVER={{{_microsoft_driver()}}};SERVER=127.0.0.1,<port>;TrustServerCertificate=yes",
    "freetds": "DRIVER={FreeTDS};SERVER=127.0.0.1;PORT=<port>;TDS_Version=7.4;ClientCharset=UTF-8",
}

Connect = Callable[..., Any]


def connection_string(driver: str, port: int, **keywords: str) -> str:
    base = DRIVERS[driver].replace("<port>", str(port))
    settings = {"UID": "sa", "PWD": "Secret_1"} | keywords
    return ";".join([base, *(f"{key}={value}" for key, value in settings.items())])


@contextmanager
def connector(port: int, driver: str) -> Iterator[Connect]:
    """Yield ``connect(autocommit=True, **keywords of the connection string)``; closes what it opened."""
    with ExitStack() as stack:

        def connect(*, autocommit: bool = True, **keywords: str) -> Any:
            text = connection_string(driver, port, **keywords)
            return stack.enter_context(closing(pyodbc.connect(text, autocommit=autocommit, timeout=10)))

        yield connect
