"""Request ids: each response names the id under which the API's log has its request."""

import logging
import re
from random import getrandbits

from flask import Flask, Response, g, has_request_context, request
from flask.logging import default_handler

HEADER = "X-Request-ID"
VALID = re.compile(r"[!-~]{1,128}")
"""Ids of clients and proxies that are taken over: printable ASCII, because they go into the log."""

FORMAT = "[%(asctime)s] %(levelname)s in %(module)s: %(message)s%(request)s"


def init_app(app: Flask) -> None:
    """Give each request an id, and add it to its response and to the lines that it logs."""
    app.before_request(_begin)
    app.after_request(_name)
    default_handler.setFormatter(logging.Formatter(FORMAT, defaults={"request": ""}))
    if _add_id not in default_handler.filters:
        default_handler.addFilter(_add_id)


def _begin() -> None:
    g.request_id = given_or_new(request.headers.get(HEADER, ""))


def given_or_new(given: str) -> str:
    """Return the id that a client gave, or a new one if it is not valid."""
    return given if VALID.fullmatch(given) else f"{getrandbits(128):032x}"  # an id is no secret


def _name(response: Response) -> Response:
    if "request_id" in g:
        response.headers[HEADER] = g.request_id
    return response


def _add_id(record: logging.LogRecord) -> bool:
    record.request = f" (request {g.request_id})" if has_request_context() and "request_id" in g else ""
    return True
