"""Every error the API answers with, in one shape: application/problem+json (RFC 9457).

Code raises ``Problem`` subclasses or werkzeug's HTTP exceptions; only this module renders. Text of a database
or a driver goes to the log, never to a client.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, ClassVar

import psycopg
from flask import Response, current_app, json
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from marshmallow import Schema, fields
from psycopg.errors import InsufficientPrivilege, LockNotAvailable, QueryCanceled, UndefinedTable
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from api.examples import SHARED

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""When a client may try again what failed because something is down or busy."""


class ErrorSchema(Schema):
    """One thing that is wrong with a request: what, and where."""

    detail = fields.String(required=True, metadata={"description": "What is wrong and what would be right."})
    pointer = fields.String(metadata={"description": "Where in the body, as a JSON pointer.", "example": "#/cost"})
    parameter = fields.String(metadata={"description": "Which parameter of the query.", "example": "limit"})
    header = fields.String(metadata={"description": "Which header.", "example": "If-Match"})


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(
        required=True,
        metadata={
            "description": "URN of the kind of error, stable; about:blank when the status says it all.",
            "example": "urn:sales-warehouse:problem:unknown-segment",
        },
    )
    title = fields.String(required=True, metadata={"description": "The kind of error in words."})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status code."})
    detail = fields.String(
        required=True, metadata={"description": "What went wrong this time and how to put it right."}
    )
    errors = fields.List(
        fields.Nested(ErrorSchema), metadata={"description": "Each thing that is wrong with the request."}
    )
    valid_values = fields.List(fields.String(), metadata={"description": "What would have been accepted."})


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


class UnavailableProblem(Problem):
    """Something that the API needs does not work now and will again: ask later."""

    status = 503
    headers = {"Retry-After": str(RETRY_SECONDS)}  # noqa: RUF012


class ServingDatabaseDownError(UnavailableProblem):
    """Postgres did not answer."""

    name = "serving-database-down"
    title = "The serving database does not answer"


class QueryTimeoutError(UnavailableProblem):
    """Postgres gave up on a statement."""

    name = "query-timeout"
    title = "The answer took too long"


class NotMigratedError(UnavailableProblem):
    """The tables are missing or not this user's to read."""

    name = "not-migrated"
    title = "The serving database is not set up"


class NotSyncedError(UnavailableProblem):
    """Nothing has been synced yet, or the day that was served was withdrawn: there is no data to answer with."""

    name = "not-synced"
    title = "No day is served"

    def __init__(self) -> None:
        super().__init__("Publish a day in the warehouse, then POST /api/sync.")


class InvalidRequestError(Problem):
    """A part of the request does not validate; ``errors`` says which."""

    status = 422
    name = "invalid-request"
    title = "The request does not validate"

    def __init__(self, *errors: dict[str, str]) -> None:
        super().__init__(f"{' '.join(error['detail'] for error in errors[:3])}", errors=list(errors))


class ProblemApi(Api):  # type: ignore[misc] # flask-smorest has no types
    """flask-smorest's Api with this module's rendering and its documentation of errors."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None  # each operation says which errors it has

    def _register_error_handlers(self) -> None:
        handle = self._app.register_error_handler
        handle(Problem, _render_problem)
        handle(HTTPException, _render_http_error)
        for kind in (exc.SQLAlchemyError, psycopg.Error):
            handle(kind, _render_database_error)

    def _register_responses(self) -> None:
        """Document a response for each status; flask-smorest would call it application/json."""
        for status in HTTPStatus:
            self._register_problem_response(status.name, status.phrase, SHARED.get(str(status.value)))

    def _register_problem_response(self, name: str, description: str, examples: dict[str, Any] | None = None) -> None:
        response = {"description": description, "schema": self.ERROR_SCHEMA, **(examples or {})}
        prepare_response(response, self.spec, CONTENT_TYPE)
        self.spec.components.response(name, response, lazy=True)


def _document(status: int, title: str, detail: str, kind: str = "about:blank", **extensions: Any) -> Response:
    document = {"type": kind, "title": title, "status": status, "detail": detail, **extensions}
    # A name that the client chose may have half a surrogate pair: it goes back escaped, as it came.
    return Response(json.dumps(document).encode(errors="backslashreplace"), status, content_type=CONTENT_TYPE)


def _render_problem(problem: Problem) -> Response:
    kind = f"urn:sales-warehouse:problem:{problem.name}"
    response = _document(problem.status, problem.title, problem.detail, kind, **problem.extensions)
    response.headers.extend(problem.headers)
    return response


_WAYS_OUT = {
    404: "There is nothing at this address; GET / lists what there is.",
    405: "The header Allow lists the methods that this address takes.",
    413: "The body is larger than the API takes ({limit} bytes): send less.",
    500: "The error is the server's and is in its log; the request may be sent again.",
}


def _render_http_error(error: HTTPException) -> Response | HTTPException:
    """Render what werkzeug, Flask (a crash is its 500) and webargs (a 422 with ``data``) raise."""
    if error.code is None or error.code < 400:  # a redirect is no error
        return error
    complaints = getattr(error, "data", {}).get("messages")
    if complaints and error.code == 422:
        return _render_problem(InvalidRequestError(*_complaints(complaints)))
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    own_text = error.description if error.description != type(error).description else None
    detail = own_text or _WAYS_OUT.get(error.code, error.description or error.name).format(limit=limit)
    if error.code == 400 and complaints:
        detail = "The body is no valid JSON: send one JSON object."
    response = _document(error.code, error.name, detail)
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _complaints(messages: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Turn webargs' messages (location → field → texts) into a list of errors with their places."""
    for location, places in messages.items():
        for path, detail in _flat(places):
            name = "/".join(path)
            if location == "json":
                pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
                yield {"detail": f"{name or 'The body'}: {detail}", "pointer": f"#{pointer}"}
            else:
                yield {"detail": f"{name}: {detail}", "header" if location == "headers" else "parameter": path[0]}


def _flat(places: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(places, dict):
        for name, below in places.items():
            # marshmallow files what is wrong with the whole under _schema
            yield from _flat(below, path if name == "_schema" else (*path, str(name)))
    elif isinstance(places, list):
        for text in places:
            yield path, str(text)
    else:
        yield path, str(places)


def _render_database_error(error: Exception) -> Response:
    """Render what Postgres or the way to it raised: down or busy is 503, anything else a crash."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    current_app.logger.error("The serving database failed.", exc_info=error)
    match cause:
        case QueryCanceled() | LockNotAvailable():
            return _render_problem(
                QueryTimeoutError("Ask for less (fewer days, a smaller page), or again in a moment.")
            )
        case UndefinedTable() | InsufficientPrivilege():
            return _render_problem(
                NotMigratedError("Its owner has to run: python -m alembic upgrade head (`make up` does).")
            )
        case psycopg.OperationalError() | psycopg.InterfaceError() | exc.TimeoutError():
            return _render_problem(ServingDatabaseDownError("Postgres did not answer; try again in a moment."))
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _document(status, status.phrase, _WAYS_OUT[status])
