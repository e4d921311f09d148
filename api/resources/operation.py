"""What the operations of the API have in common: their rights and the documentation that follows from them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from api.access import View, requires
from api.responses import IF_MATCH_PATTERN

BUSINESS_DATE = {"description": "The day that the data stands for.", "schema": {"type": "string", "format": "date"}}
ETAG = {"description": "State of the answer, for If-None-Match and If-Match.", "schema": {"type": "string"}}
LINK = {"description": "The next page, if there is one.", "schema": {"type": "string"}}
LOCATION = {"description": "Address of what was created.", "schema": {"type": "string", "format": "uri-reference"}}
RATE_LIMIT = {
    "RateLimit-Policy": {"description": "Requests (q) in a window of w seconds.", "schema": {"type": "string"}},
    "RateLimit": {"description": "Requests left (r) and seconds until all are (t).", "schema": {"type": "string"}},
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "ETag of an answer that the client has; 304 if it is still right.",
    "schema": {"type": "string"},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "ETag of the answer that the change is based on, or * for whatever there is.",
    "schema": {"type": "string", "pattern": IF_MATCH_PATTERN},
}
ALWAYS = (401, 403, 429, 500, 503)
"""What any operation that needs a scope may answer, besides 422 where there are arguments."""


class BodyParser(FlaskParser):
    """Reads bodies: what is nested too deep, or has a number of too many digits, is no JSON that can be read."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """Decode the body."""
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError) as error:
            return self._handle_invalid_json_error(error, req)  # type: ignore[arg-type] # rendered like the others


def operation(
    blueprint: Blueprint,
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
    **doc: Any,
) -> Callable[[View], View]:
    """Register a view for callers with a scope, and document the answers that come with it.

    ``statuses`` are the errors of this operation beyond ALWAYS; ``conditional`` says that it has an ETag, and a
    business date unless ``dated`` is false; ``csv`` that it comes as CSV too; ``paged`` that it links to a next
    page. ``links`` are OpenAPI's: which operations the answer leads to (see ``leads_to``).
    """
    # By number, as flask-smorest has them: a status twice, once as text, would hide the shape of the answer.
    responses: dict[int, Any] = {status: HTTPStatus(status).name for status in sorted({*ALWAYS, *statuses})}
    headers = dict(RATE_LIMIT)
    if conditional:
        headers["ETag"] = ETAG
        if dated:
            headers["Business-Date"] = BUSINESS_DATE
        if method == "GET":
            responses[304] = {"description": "What the client has is still right."}
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
    security: list[dict[str, list[str]]] = [{"apiKey": [scope]}]
    if scope == "read":
        security.append({})  # unless the setting API_OPEN_READS closes them
    described = dict(doc, responses=responses, security=security)

    def register(view: View) -> View:
        documented = blueprint.doc(operationId=view.__name__, **described)(requires(scope)(view))
        own_parameters = documented._apidoc.setdefault("arguments", {}).setdefault("parameters", [])
        own_parameters.extend(parameters)
        blueprint.route(rule, methods=[method])(documented)
        return view

    return register


def leads_to(*operations: str, **parameters: str) -> dict[str, Any]:
    """Return links to operations by their names, with parameters taken from the request or its answer.

    Parameters are OpenAPI's runtime expressions, as in ``product_key="$response.body#/product_key"``.
    """
    return {name: {"operationId": name, "parameters": parameters} for name in operations}
