"""CSV files of any length, from Postgres."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, current_app, send_file

from api.errors import UnavailableProblem
from api.http.csv_text import csv_text
from api.serving.database import Reader

ROWS_A_FETCH = 2000
STATEMENT_SECONDS, IDLE_SECONDS = 120, 600
"""Timeouts of a file: of its statement, and of its transaction between two parts."""

SLOT = threading.BoundedSemaphore()
"""One file at a time in each process, because it occupies one of few threads for long."""


class DownloadSlotsTakenError(UnavailableProblem):
    """Every slot for writing files is in use."""

    name = "busy"
    title = "Another file is being written"


def csv_file(name: str, columns: Sequence[str], sql: str, parameters: Mapping[str, Any]) -> Response:
    """Send the rows of a query as a CSV file. Raises DownloadSlotsTakenError if another file is being written.

    The file is complete before its first byte is sent. So an error is an error, not a file that ends early, and a
    client that reads slowly holds no transaction.
    """
    if not SLOT.acquire(blocking=False):
        raise DownloadSlotsTakenError("Only one file can be written at a time; try again in a moment.")
    content = tempfile.TemporaryFile()  # noqa: SIM115 # the response closes it
    try:
        content.write(csv_text([columns]).encode())
        reader: Reader = current_app.extensions["reader"]
        with reader.connect() as connection, connection.transaction(), connection.cursor("rows") as cursor:
            connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
            connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(ROWS_A_FETCH):
                content.write(csv_text(rows).encode())
        length = content.seek(0, os.SEEK_END)
        content.seek(0)
    except BaseException:
        content.close()
        raise
    finally:
        SLOT.release()
    response = send_file(content, "text/csv; charset=utf-8", as_attachment=True, download_name=name)
    response.content_length = length
    return response
