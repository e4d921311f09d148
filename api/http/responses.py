"""Responses with data: JSON or CSV, compressed or not, and conditional requests by ETag.

Views pass rows as the database returned them. They are not dumped through a schema, because that would cost more
than the rest of the request; the tests validate every response against the published schema instead.

An ETag is the state of the resource, followed by the representation: ``"7-3"``, ``"7-3;csv"``, ``"7-3;csv;gz"``.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import orjson
from flask import Response, request

from api.errors import InvalidRequestError, Problem
from api.http.csv_text import csv_text

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = "application/json"
CSV = "text/csv; charset=utf-8; header=present"
PREFER_JSON = {"*/*", JSON, ""}
"""The commonest values of Accept, which need no parsing."""
OF_BODIES = {"Content-Type", "Content-Length"}
"""The headers that a response without a body lacks."""

SMALLEST_COMPRESSED = 1000
"""In bytes; compressing a smaller body gains nothing."""
COMPRESSION_LEVEL = 1

_TAG = r'(W/)?"[!#-~]*"'
IF_MATCH_PATTERN = rf"^(\*|{_TAG}([ \t]*,[ \t]*{_TAG})*)$"
"""A valid If-Match: * or a list of ETags (RFC 9110, section 13.1.1)."""


class PreconditionRequiredError(Problem):
    """The change lacks If-Match, so it could overwrite a concurrent change."""

    status = 428
    name = "precondition-required"
    title = "The header If-Match is missing"


class PreconditionFailedError(Problem):
    """If-Match does not name the current state of the resource."""

    status = 412
    name = "precondition-failed"
    title = "If-Match does not name the current ETag"


class DataResponse(Response):
    """A response with data, or with the news that there are no newer ones, whose headers are complete.

    Werkzeug would look through and copy them once more.
    """

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send the response; that to HEAD, and that of a change, which may have a Location, as Werkzeug does."""
        if self.status_code not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED) or environ["REQUEST_METHOD"] == "HEAD":
            return super().__call__(environ, start_response)
        headers = self.headers.to_wsgi_list()
        if self.status_code == HTTPStatus.NOT_MODIFIED:
            headers = [header for header in headers if header[0] not in OF_BODIES]
        start_response(self.status, headers)
        return cast("list[bytes]", self.response)


def content_state(document: Any) -> str:
    """Return the state of a resource without a version: a hash of its content."""
    return hashlib.blake2b(orjson.dumps(document), digest_size=12).hexdigest()


def wants_csv() -> bool:
    """Whether the client prefers CSV to JSON."""
    accept = request.environ.get("HTTP_ACCEPT", "*/*")
    return accept not in PREFER_JSON and request.accept_mimetypes.best_match([JSON, "text/csv"]) == "text/csv"


def not_modified_response(state: str) -> Response | None:
    """Return a 304 response if If-None-Match names the state, so that the client already has the response."""
    header = request.environ.get("HTTP_IF_NONE_MATCH")
    if header is None:
        return None
    current, content_type = (f"{state};csv", CSV) if wants_csv() else (state, JSON)
    if header != "*" and not any(tag.removesuffix(";gz") == current for _, tag in _etags(header)):
        return None
    return DataResponse([], 304, _headers(current, content_type, 0))


def _etags(header: str) -> list[tuple[str, str]]:
    """List the ETags of a header as (W/ if weak, text). Werkzeug's parser returns None for an empty ETag."""
    return re.findall(r'(W/)?"([!#-~]*)"', header)


def require_match(state: str) -> None:
    """Refuse a change unless If-Match names the current state.

    Raises PreconditionRequiredError, InvalidRequestError or PreconditionFailedError.
    """
    header = request.headers.get("If-Match")
    if not header:
        raise PreconditionRequiredError(
            "Send the ETag of the response that the change is based on in the header If-Match.",
            errors=[{"detail": "If-Match is missing.", "header": "If-Match"}],
        )
    if re.fullmatch(IF_MATCH_PATTERN, header) is None:
        raise InvalidRequestError(
            {"detail": 'If-Match: must be * or an ETag with its quotes, as in "7-3".', "header": "If-Match"}
        )
    # If-Match uses strong comparison, so a weak ETag never matches (RFC 9110, section 13.1.1).
    if header != "*" and state not in {tag.split(";")[0] for weak, tag in _etags(header) if not weak}:
        raise PreconditionFailedError(
            "If-Match names another state than the current one: GET the resource again and send its current ETag.",
            errors=[{"detail": "If-Match does not name the current ETag.", "header": "If-Match"}],
        )


def item_response(
    names: Sequence[str], row: Sequence[Any], state: str, business_date: date, status: int = 200
) -> Response:
    """Return a response with one item."""
    if wants_csv():
        return _body_response(_csv(names, [row]), CSV, f"{state};csv", business_date, status)
    return _body_response(orjson.dumps(dict(zip(names, row, strict=True))), JSON, state, business_date, status)


def page_response(
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    state: str,
    business_date: date,
    following: str | None,
    **members: Any,
) -> Response:
    """Return a response with a page of items; ``following`` is the URL of the next page.

    ``members`` are further members of the JSON document.
    """
    if wants_csv():
        response = _body_response(_csv(names, rows), CSV, f"{state};csv", business_date)
    else:
        items = [dict(zip(names, row, strict=True)) for row in rows]
        document = orjson.dumps({"business_date": business_date, "next": following, "items": items, **members})
        response = _body_response(document, JSON, state, business_date)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return csv_text([names, *rows]).encode()


def _body_response(body: bytes, content_type: str, tag: str, business_date: date, status: int = 200) -> Response:
    compress = len(body) >= SMALLEST_COMPRESSED and "gzip" in request.environ.get("HTTP_ACCEPT_ENCODING", "").lower()
    if compress and request.accept_encodings["gzip"]:
        body = gzip.compress(body, COMPRESSION_LEVEL, mtime=0)
        headers = _headers(f"{tag};gz", content_type, len(body))
        headers.append(("Content-Encoding", "gzip"))
    else:
        headers = _headers(tag, content_type, len(body))
    headers.append(("Business-Date", business_date.isoformat()))
    return DataResponse([body], status, headers)


def _headers(tag: str, content_type: str, length: int) -> list[tuple[str, str]]:
    return [
        ("Content-Type", content_type),
        ("Content-Length", str(length)),
        ("ETag", f'"{tag}"'),
        ("Cache-Control", "no-cache"),
        ("Vary", "Accept, Accept-Encoding, X-API-Key"),
    ]
