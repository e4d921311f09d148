"""Request ids: each response names the id under which the API's log has its request."""

import logging
import re
from random import getrandbits

from flask import has_request_context, request
from flask.logging import default_handler

HEADER = "X-Request-ID"
REQUEST_ID = "api.request_id"
"""Key of a request's WSGI environment: its id."""

VALID = re.compile(r"[!-~]{1,128}")
"""Ids of clients and proxies that are taken over: printable ASCII, because they go into the log."""

FORMAT = "[%(asctime)s] %(levelname)s in %(module)s: %(message)s%(request)s"


def add_to_log() -> None:
    """Let each line that Flask's loggers write about a request have its id."""
    default_handler.setFormatter(logging.Formatter(FORMAT, defaults={"request": ""}))
    if _add_id not in default_handler.filters:
        default_handler.addFilter(_add_id)


def given_or_new(given: str) -> str:
    """Return the id that a client gave, or a new one if it is not valid."""
    return given if VALID.fullmatch(given) else f"{getrandbits(128):032x}"  # an id is no secret


def _add_id(record: logging.LogRecord) -> bool:
    request_id = request.environ.get(REQUEST_ID) if has_request_context() else None
    record.request = f" (request {request_id})" if request_id else ""
    return True
