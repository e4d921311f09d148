"""Every error the API answers with, in one shape: application/problem+json (RFC 9457).

Code raises ``Problem`` subclasses or werkzeug's HTTP exceptions; only this module renders. Text of a database
or a driver goes to the log, never to a client.
"""

from http import HTTPStatus
from typing import Any, ClassVar

import psycopg
from flask import Response, current_app, json
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from marshmallow import Schema, fields
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

CONTENT_TYPE = "application/problem+json"


class ProblemSchema(Schema):
    """An error (RFC 9457). Some kinds add members of their own, e.g. `errors` or `valid_values`."""

    type = fields.String(
        metadata={
            "description": "URN of the kind of error, stable; about:blank when the status says it all.",
            "example": "urn:sales-warehouse:problem:unknown-segment",
        }
    )
    title = fields.String(metadata={"description": "The kind of error in words."})
    status = fields.Integer(metadata={"description": "The HTTP status code."})
    detail = fields.String(metadata={"description": "What went wrong this time and, where known, the way out."})
    errors = fields.Dict(
        metadata={"description": "Of a request that does not validate: location → field → complaints."}
    )


class Problem(Exception):
    """An error with a type of its own.

    Subclasses set the HTTP status, the name (last part of the type's URN), the title (the kind of error in
    words) and headers; an instance has the detail (this occurrence, for the client) and further members.
    """

    status: ClassVar[int]
    name: ClassVar[str]
    title: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, detail: str, **extensions: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extensions = extensions


class ServingDatabaseDownError(Problem):
    """Postgres did not answer."""

    status = 503
    name = "serving-database-down"
    title = "The serving database does not answer"


class ProblemApi(Api):  # type: ignore[misc] # flask-smorest has no types
    """flask-smorest's Api with this module's rendering and its documentation of errors."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        handle = self._app.register_error_handler
        handle(Problem, _render_problem)
        handle(HTTPException, _render_http_error)
        for kind in (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, psycopg.OperationalError):
            handle(kind, _render_database_down)

    def _register_responses(self) -> None:
        """Document a response for each status; flask-smorest would call it application/json."""
        for status in HTTPStatus:
            self._register_problem_response(status.name, status.phrase)
        self._register_problem_response("DEFAULT_ERROR", "Any other error")

    def _register_problem_response(self, name: str, description: str) -> None:
        response = {"description": description, "schema": self.ERROR_SCHEMA}
        prepare_response(response, self.spec, CONTENT_TYPE)
        self.spec.components.response(name, response, lazy=True)


def _document(status: int, title: str, detail: str, kind: str = "about:blank", **extensions: Any) -> Response:
    document = {"type": kind, "title": title, "status": status, "detail": detail, **extensions}
    return Response(json.dumps(document), status, content_type=CONTENT_TYPE)


def _render_problem(problem: Problem) -> Response:
    kind = f"urn:sales-warehouse:problem:{problem.name}"
    response = _document(problem.status, problem.title, problem.detail, kind, **problem.extensions)
    response.headers.extend(problem.headers)
    return response


def _render_http_error(error: HTTPException) -> Response | HTTPException:
    """Render what werkzeug, Flask (a crash is its 500) and webargs (a 422 with ``data``) raise."""
    if error.code is None or error.code < 400:  # a redirect is no error
        return error
    complaints = getattr(error, "data", {}).get("messages")
    extensions = {"errors": complaints} if complaints else {}
    detail = "The request does not validate; errors says why." if complaints else error.description or error.name
    response = _document(error.code, error.name, detail, **extensions)
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _render_database_down(_error: Exception) -> Response:
    current_app.logger.exception("The serving database does not answer.")
    return _render_problem(ServingDatabaseDownError("Postgres did not answer; try again in a moment."))
