"""All errors of the API, rendered as problem details: application/problem+json (RFC 9457).

Other modules raise subclasses of ``errors.Problem`` or Werkzeug's HTTP exceptions; only this module renders them.
Messages of databases and drivers go to the log, never to a client.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import psycopg
from flask import Response, current_app, json
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from marshmallow import Schema, fields
from psycopg.errors import InsufficientPrivilege, LockNotAvailable, QueryCanceled, UndefinedTable
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from api.errors import InvalidRequestError, Problem, UnavailableProblem
from api.http.examples import SHARED

CONTENT_TYPE = "application/problem+json"


class ErrorSchema(Schema):
    """An error in a request, and its location."""

    detail = fields.String(required=True, metadata={"description": "What is wrong, and what is allowed."})
    pointer = fields.String(metadata={"description": "Location in the body, as a JSON pointer.", "example": "#/cost"})
    parameter = fields.String(metadata={"description": "Parameter of the query.", "example": "limit"})
    header = fields.String(metadata={"description": "Header of the request.", "example": "If-Match"})


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(
        required=True,
        metadata={
            "description": "URN of the problem type, stable; about:blank if the status code is the only information.",
            "example": "urn:sales-warehouse:problem:unknown-segment",
        },
    )
    title = fields.String(required=True, metadata={"description": "The problem type in words."})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status code."})
    detail = fields.String(
        required=True, metadata={"description": "What went wrong in this request, and how to correct it."}
    )
    errors = fields.List(fields.Nested(ErrorSchema), metadata={"description": "All errors in the request."})
    valid_values = fields.List(fields.String(), metadata={"description": "The allowed values."})


class ServingDatabaseDownError(UnavailableProblem):
    """Postgres did not answer."""

    name = "serving-database-down"
    title = "The serving database does not answer"


class QueryTimeoutError(UnavailableProblem):
    """Postgres canceled a statement: it ran too long, or waited too long for a lock."""

    name = "query-timeout"
    title = "The database query took too long"


class NotMigratedError(UnavailableProblem):
    """A table is missing, or the API's login has no permission on it."""

    name = "not-migrated"
    title = "The serving database lacks tables or permissions"


class ProblemApi(Api):  # type: ignore[misc] # flask-smorest has no types
    """flask-smorest's Api with the error handlers and error documentation of this module."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None  # each operation documents its own errors

    def _register_error_handlers(self) -> None:
        handle = self._app.register_error_handler
        handle(Problem, _render_problem)
        handle(HTTPException, _render_http_error)
        for kind in (exc.SQLAlchemyError, psycopg.Error):
            handle(kind, _render_database_error)

    def _register_responses(self) -> None:
        """Document a response for each status, because flask-smorest would document application/json."""
        for status in HTTPStatus:
            self._register_problem_response(status.name, status.phrase, SHARED.get(str(status.value)))

    def _register_problem_response(self, name: str, description: str, examples: dict[str, Any] | None = None) -> None:
        response = {"description": description, "schema": self.ERROR_SCHEMA, **(examples or {})}
        prepare_response(response, self.spec, CONTENT_TYPE)
        self.spec.components.response(name, response, lazy=True)


def _document(status: int, title: str, detail: str, kind: str = "about:blank", **extensions: Any) -> Response:
    document = {"type": kind, "title": title, "status": status, "detail": detail, **extensions}
    # The client's parameter names may contain half a surrogate pair, which UTF-8 cannot encode: escape it.
    return Response(json.dumps(document).encode(errors="backslashreplace"), status, content_type=CONTENT_TYPE)


def _render_problem(problem: Problem) -> Response:
    kind = f"urn:sales-warehouse:problem:{problem.name}"
    response = _document(problem.status, problem.title, problem.detail, kind, **problem.extensions)
    response.headers.extend(problem.headers)
    return response


_DEFAULT_DETAILS = {
    404: "There is no resource at this URL; GET / lists the resources.",
    405: "The header Allow lists the methods of this URL.",
    413: "The body is larger than the limit of {limit} bytes.",
    500: "This is an error of the server; its log has the details. The request may be sent again.",
}


def _render_http_error(error: HTTPException) -> Response | HTTPException:
    """Render exceptions of Werkzeug, Flask (500 for a crash) and webargs (422 with ``data``)."""
    if error.code is None or error.code < 400:  # a redirect is not an error
        return error
    messages = getattr(error, "data", {}).get("messages")
    if messages and error.code == 422:
        return _render_problem(InvalidRequestError(*_error_items(messages)))
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    own_text = error.description if error.description != type(error).description else None
    detail = own_text or _DEFAULT_DETAILS.get(error.code, error.description or error.name).format(limit=limit)
    if error.code == 400 and messages:
        detail = "The body is not valid JSON: send one JSON object."
    response = _document(error.code, error.name, detail)
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _error_items(messages: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield webargs' messages (location → field → texts) as errors with their locations."""
    for location, places in messages.items():
        for path, detail in _flatten(places):
            if location == "json":
                pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
                yield {"detail": f"{'/'.join(path) or 'The body'}: {detail}", "pointer": f"#{pointer}"}
            else:  # a value of a repeated parameter has its number in the path
                yield {"detail": f"{path[0]}: {detail}", "header" if location == "headers" else "parameter": path[0]}


def _flatten(places: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(places, dict):
        for name, below in places.items():
            # marshmallow keeps errors of the whole object under _schema
            yield from _flatten(below, path if name == "_schema" else (*path, str(name)))
    elif isinstance(places, list):
        for text in places:
            yield path, str(text)
    else:
        yield path, str(places)


def _render_database_error(error: Exception) -> Response:
    """Render an error of Postgres or the connection: 503 if it is down or busy, else 500."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    current_app.logger.error("The serving database failed.", exc_info=error)
    match cause:
        case QueryCanceled() | LockNotAvailable():
            return _render_problem(
                QueryTimeoutError("Request less data (fewer days, a smaller page), or try again in a moment.")
            )
        case UndefinedTable() | InsufficientPrivilege():
            return _render_problem(
                NotMigratedError("Its owner must run `python -m alembic upgrade head`, as `make up` does.")
            )
        case psycopg.OperationalError() | psycopg.InterfaceError() | exc.TimeoutError():
            return _render_problem(ServingDatabaseDownError("Postgres did not answer; try again in a moment."))
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _document(status, status.phrase, _DEFAULT_DETAILS[status])
