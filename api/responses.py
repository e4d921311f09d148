"""Answers with data: JSON or CSV, compressed or not, with an ETag, so that what is unchanged is not sent again.

Views hand over rows as the database gave them; no schema is applied to what is sent (it would cost more than all
the rest), the tests hold every answer against the published schema instead.

An ETag is a state, then what kind of answer it is of: ``"7-3"``, ``"7-3;csv"``, ``"7-3;csv;gz"``.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import orjson
from flask import Response, request

from api.csv_text import csv_text
from api.problems import InvalidRequestError, Problem

JSON = "application/json"
CSV = "text/csv; charset=utf-8; header=present"
SMALLEST_COMPRESSED = 1000
"""Bytes; below, compressing gains nothing."""
COMPRESSION_LEVEL = 1

_TAG = r'(W/)?"[!#-~]*"'
IF_MATCH_PATTERN = rf"^(\*|{_TAG}([ \t]*,[ \t]*{_TAG})*)$"
"""What If-Match may be: any state there is, or ETags (RFC 9110, section 13.1.1)."""


class PreconditionRequiredError(Problem):
    """A change without If-Match could undo somebody else's."""

    status = 428
    name = "precondition-required"
    title = "The change needs a condition"


class PreconditionFailedError(Problem):
    """What was to be changed is not what the client saw."""

    status = 412
    name = "precondition-failed"
    title = "The product has changed meanwhile"


def content_state(document: Any) -> str:
    """Return the state of something that has no version: a hash of its content."""
    return hashlib.blake2b(orjson.dumps(document), digest_size=12).hexdigest()


def wants_csv() -> bool:
    """Whether the client prefers CSV to JSON."""
    accept = request.headers.get("Accept", "")
    return "csv" in accept and request.accept_mimetypes.best_match([JSON, "text/csv"]) == "text/csv"


def not_modified(state: str) -> bool:
    """Whether the client already has the answer that stands for a state."""
    given = request.headers.get("If-None-Match")
    if given is None:
        return False
    wanted = f"{state};csv" if wants_csv() else state
    return given == "*" or any(tag.removesuffix(";gz") == wanted for _, tag in _tags(given))


def _tags(header: str) -> list[tuple[str, str]]:
    """List the ETags of a header: whether weak, and the text. Werkzeug's reader has None for an empty one."""
    return re.findall(r'(W/)?"([!#-~]*)"', header)


def require_match(state: str) -> None:
    """Refuse a change unless the client says, by If-Match, that it has seen the state there is.

    Raises PreconditionRequiredError, InvalidRequestError or PreconditionFailedError.
    """
    given = request.headers.get("If-Match")
    if not given:
        raise PreconditionRequiredError(
            "Send the ETag of the answer that the change is based on in the header If-Match.",
            errors=[{"detail": "If-Match is missing.", "header": "If-Match"}],
        )
    if re.fullmatch(IF_MATCH_PATTERN, given) is None:
        raise InvalidRequestError(
            {"detail": 'If-Match: must be * or an ETag with its quotes, as in "7-3".', "header": "If-Match"}
        )
    # A weak one never matches: it does not say that the content is the same.
    if given != "*" and state not in {tag.split(";")[0] for weak, tag in _tags(given) if not weak}:
        raise PreconditionFailedError(
            "If-Match names another state than there is now: GET it again, look at it, and send its new ETag.",
            errors=[{"detail": "If-Match does not name the current ETag.", "header": "If-Match"}],
        )


def unchanged(state: str) -> Response:
    """Answer 304."""
    if wants_csv():
        return Response(None, 304, _headers(f"{state};csv"), content_type=CSV)
    return Response(None, 304, _headers(state), content_type=JSON)


def item(names: Sequence[str], row: Sequence[Any], state: str, business_date: date, status: int = 200) -> Response:
    """Answer with one item."""
    if wants_csv():
        return _sent(_csv(names, [row]), CSV, f"{state};csv", business_date, status)
    return _sent(orjson.dumps(dict(zip(names, row, strict=True))), JSON, state, business_date, status)


def page(
    names: Sequence[str], rows: Iterable[Sequence[Any]], state: str, business_date: date, following: str | None
) -> Response:
    """Answer with a page of items; ``following`` is the address of the next one."""
    if wants_csv():
        response = _sent(_csv(names, rows), CSV, f"{state};csv", business_date)
    else:
        items = [dict(zip(names, row, strict=True)) for row in rows]
        document = orjson.dumps({"business_date": business_date, "next": following, "items": items})
        response = _sent(document, JSON, state, business_date)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return csv_text([names, *rows]).encode()


def _sent(body: bytes, content_type: str, tag: str, business_date: date, status: int = 200) -> Response:
    compress = len(body) >= SMALLEST_COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", "")
    if compress and request.accept_encodings["gzip"]:
        body = gzip.compress(body, COMPRESSION_LEVEL, mtime=0)
        headers = _headers(f"{tag};gz")
        headers.append(("Content-Encoding", "gzip"))
    else:
        headers = _headers(tag)
    headers.append(("Business-Date", business_date.isoformat()))
    return Response(body, status, headers, content_type=content_type)


def _headers(tag: str) -> list[tuple[str, str]]:
    return [
        ("ETag", f'"{tag}"'),
        ("Cache-Control", "no-cache"),
        ("Vary", "Accept, Accept-Encoding, X-API-Key"),
    ]
