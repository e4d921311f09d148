"""The decorator of the API's operations: route, scope, and the documentation of their common responses."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, wraps
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import parse_qsl, unquote_to_bytes

from flask import request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from api.errors import InvalidRequestError, Problem
from api.http.access import View, requires
from api.http.answer_cache import keep_answer
from api.http.request_ids import HEADER as REQUEST_ID
from api.http.responses import IF_MATCH_PATTERN

BUSINESS_DATE = {"description": "Business date of the data.", "schema": {"type": "string", "format": "date"}}
ETAG = {"description": "State of the resource, for If-None-Match and If-Match.", "schema": {"type": "string"}}
LINK = {"description": "URL of the next page, if there is one.", "schema": {"type": "string"}}
LOCATION = {"description": "URL of the created resource.", "schema": {"type": "string", "format": "uri-reference"}}
EVERYWHERE = {
    REQUEST_ID: {
        "description": "Id of the request in the API's log: that of the request's own header, or a new one.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {"description": "Requests (q) in a window of w seconds.", "schema": {"type": "string"}},
    "RateLimit": {
        "description": "Remaining requests (r), and seconds until the limit is reset (t).",
        "schema": {"type": "string"},
    },
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "ETag of a response that the client has; the response is 304 if it is still current.",
    "schema": {"type": "string"},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "ETag of the response that the change is based on, or * for any state.",
    "schema": {"type": "string", "pattern": IF_MATCH_PATTERN},
}
ALWAYS = (401, 403, 422, 429, 500, 503)
"""Statuses of errors that every operation with a scope may return."""


class UnsupportedMediaTypeError(Problem):
    """The body is not JSON."""

    status = 415
    name = "unsupported-media-type"
    title = "The body is not JSON"


def body_types(method: str) -> tuple[str, ...]:
    """Return the media types that the body of a method may have.

    A merge patch is one of them for PATCH alone, because PUT would set to null what it leaves out.
    """
    return ("application/json", "application/merge-patch+json") if method == "PATCH" else ("application/json",)


QUERIES_KEPT = 256
"""How many valid queries are not looked at again: the same addresses are asked for many times, and what a query says
depends on nothing else."""


class RequestParser(FlaskParser):
    """Parser of queries and bodies."""

    def parse(self, argmap: Any, req: Any = None, *, location: str | None = None, **options: Any) -> Any:
        """Parse a query, unless it is kept, or a body."""
        if location == "query":
            return self._parsed_query(argmap, request.query_string, **options)
        return super().parse(argmap, req, location=location, **options)

    @lru_cache(maxsize=QUERIES_KEPT)  # noqa: B019 # parsers live as long as the process
    def _parsed_query(self, schema: Any, _: bytes, **options: Any) -> Mapping[str, Any]:
        return MappingProxyType(super().parse(schema, location="query", **options))

    def load_querystring(self, req: Any, schema: Any) -> dict[str, Any]:
        """Return the parameters as a dictionary, with all values of those that the schema has as lists.

        webargs' own view of a MultiDict raises and catches an exception for each parameter that is not sent.
        """
        return {name: values if name in schema.lists else values[0] for name, values in req.args.lists()}

    def load_json(self, req: Any, schema: Any) -> Any:
        """Decode a JSON body. Too deep nesting, or a number of too many digits, is an error of the client (400).

        Raises UnsupportedMediaTypeError, because a body of another type would be ignored, or InvalidRequestError if an
        object has a name twice, because the first would be lost.
        """
        allowed = body_types(req.method)
        if req.mimetype not in allowed and req.get_data(cache=True):
            media_types = " or ".join(allowed)
            raise UnsupportedMediaTypeError(
                f"Send the body as JSON, with the header Content-Type: {media_types}.",
                errors=[{"detail": f"Content-Type must be {media_types}.", "header": "Content-Type"}],
            )
        try:
            document = super().load_json(req, schema)
            if isinstance(document, dict | list):
                json.loads(req.get_data(cache=True), object_pairs_hook=_require_unique)
        except (RecursionError, ValueError) as error:
            return self._handle_invalid_json_error(error, req)  # type: ignore[arg-type] # rendered as other invalid JSON is
        return document


class Resource(Blueprint):  # type: ignore[misc] # flask-smorest has no types
    """A blueprint of operations whose requests a RequestParser reads."""

    ARGUMENTS_PARSER = RequestParser()


def _require_unique(pairs: Sequence[tuple[str, Any]]) -> None:
    counts = Counter(name for name, _ in pairs)
    if repeated := next((name for name, count in counts.items() if count > 1), None):
        raise InvalidRequestError({"detail": f"{repeated}: is given twice.", "pointer": f"#/{repeated}"})


def _checked(view: View, several: tuple[str, ...], *, kept: bool) -> View:
    """Refuse a request whose query would be read in part or otherwise than it was meant.

    That is: a parameter of a view without any, another repeated parameter than ``several``, bytes that are not UTF-8.
    ``kept``: let the answer be kept.
    """
    takes_any = any(parameter.get("in") == "query" for parameter in _parameters(view))

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        asked = request._get_current_object()  # type: ignore[attr-defined] # as in api.http.access
        if asked.query_string:
            _check_names(asked.query_string, several, takes_any)
        if kept:
            keep_answer(asked)
        return view(*args, **kwargs)

    return cast(View, checked)


def _parameters(view: View) -> list[dict[str, Any]]:
    """Return the documented parameters of a view, to which others may be added."""
    documented: dict[str, Any] = vars(view).setdefault("_apidoc", {})
    parameters: list[dict[str, Any]] = documented.setdefault("arguments", {}).setdefault("parameters", [])
    return parameters


@lru_cache(maxsize=QUERIES_KEPT)
def _check_names(query: bytes, several: tuple[str, ...], takes_any: bool) -> None:
    """Raise InvalidRequestError for a query that is not UTF-8, repeats a parameter, or that nobody would read."""
    # As Werkzeug does.
    pairs = parse_qsl(query.decode(errors="replace"), keep_blank_values=True, errors="werkzeug.url_quote")
    counts = Counter(name for name, _ in pairs)
    errors = [*_not_utf8(query)]
    errors += [
        _error_of(name, "is given twice.") for name, count in counts.items() if count > 1 and name not in several
    ]
    if not takes_any:
        errors += [_error_of(name, "unknown name; this operation has no parameters.") for name in counts]
    if errors:
        raise InvalidRequestError(*errors)


def _not_utf8(query: bytes) -> Iterator[dict[str, str]]:
    for pair in query.split(b"&"):
        try:
            unquote_to_bytes(pair).decode()
        except UnicodeDecodeError:
            name = unquote_to_bytes(pair.partition(b"=")[0]).decode(errors="replace")
            yield _error_of(name, "is not UTF-8; percent-encode texts as UTF-8.")


def _error_of(parameter: str, detail: str) -> dict[str, str]:
    return {"detail": f"{parameter}: {detail}", "parameter": parameter}


def operation(
    blueprint: Resource,
    rule: str,
    scope: str,
    *,
    method: str = "GET",
    statuses: tuple[int, ...] = (),
    conditional: bool = False,
    dated: bool = True,
    csv: bool = False,
    paged: bool = False,
    success: int = 200,
    parameters: tuple[dict[str, Any], ...] = (),
    links: dict[str, Any] | None = None,
    several: tuple[str, ...] = (),
    **doc: Any,
) -> Callable[[View], View]:
    """Register a view as an operation that requires a scope, and document its responses.

    ``statuses`` are the errors of this operation beyond ALWAYS. ``conditional``: the response has an ETag, and a
    business date unless ``dated`` is false. ``csv``: it is also available as CSV. ``paged``: it links to the next
    page, whose cursor may have expired (410). ``links`` are OpenAPI links to operations that follow from the response
    (see ``openapi_links``). The parameters in ``several`` may be repeated.
    """
    # Integer keys, as in flask-smorest: the same status as a text key would hide the documented schema.
    responses: dict[int, Any] = {
        status: HTTPStatus(status).name for status in sorted({*ALWAYS, *statuses, *((410,) if paged else ())})
    }
    headers = dict(EVERYWHERE)
    if conditional:
        headers["ETag"] = ETAG
        if dated:
            headers["Business-Date"] = BUSINESS_DATE
        if method == "GET":
            responses[304] = {"description": "The response that the client has is still current."}
            parameters = (*parameters, IF_NONE_MATCH)
    if paged:
        headers["Link"] = LINK
    if success == 201:
        headers["Location"] = LOCATION
    responses[success] = {"headers": headers}
    if links:
        responses[success]["links"] = links
    if csv:
        responses[success]["content"] = {"text/csv": {"schema": {"type": "string"}}}
    security: list[dict[str, list[str]]] = [{"apiKey": [scope]}, {"bearer": [scope]}]
    if scope == "read":
        security.append({})  # unless API_OPEN_READS is false
    described = dict(doc, responses=responses, security=security)

    def register(view: View) -> View:
        summary, _, more = " ".join((view.__doc__ or "").split()).partition(". ")
        described.update({"summary": summary if not more else f"{summary}.", "description": more})
        documented = blueprint.doc(operationId=view.__name__, **described)(
            requires(scope)(_checked(view, several, kept=conditional and method == "GET"))
        )
        _parameters(documented).extend(parameters)
        blueprint.route(rule, methods=[method])(documented)
        return view

    return register


def openapi_links(*operations: str, **parameters: str) -> dict[str, Any]:
    """Return OpenAPI links to operations, by operation id.

    ``parameters`` are runtime expressions of OpenAPI, as in ``product_key="$response.body#/product_key"``.
    """
    return {name: {"operationId": name, "parameters": parameters} for name in operations}
