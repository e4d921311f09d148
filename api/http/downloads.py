"""CSV files of any length, streamed from Postgres."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Response, current_app

from api.errors import UnavailableProblem
from api.http.csv_text import csv_text
from api.serving.database import Reader

ROWS_A_FETCH = 2000
STATEMENT_SECONDS, IDLE_SECONDS = 120, 600
"""Timeouts of a file: of its statement, and of the transaction while a slow client reads."""

SLOT = threading.BoundedSemaphore()
"""One file at a time in each process, because it occupies one of few threads, and a transaction, for long."""


class DownloadSlotsTakenError(UnavailableProblem):
    """Every slot for sending files is in use."""

    name = "busy"
    title = "Another file is being sent"


def csv_file(name: str, columns: Sequence[str], sql: str, parameters: Mapping[str, Any]) -> Response:
    """Send the rows of a query as a CSV file. Raises DownloadSlotsTakenError if another file is being sent."""
    reader: Reader = current_app.extensions["reader"]
    if not SLOT.acquire(blocking=False):
        raise DownloadSlotsTakenError("Only one file can be sent at a time; try again in a moment.")

    def content() -> Iterator[str]:
        yield csv_text([columns])
        with reader.connect() as connection, connection.transaction(), connection.cursor("rows") as cursor:
            connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
            connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(ROWS_A_FETCH):
                yield csv_text(rows)

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = Response(content(), headers=headers, content_type="text/csv; charset=utf-8")
    response.call_on_close(SLOT.release)  # also if the client disconnects
    return response
