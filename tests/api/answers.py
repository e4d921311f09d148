"""Helpers for the responses of the API."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PROBLEM = "application/problem+json"

Headers = dict[str, str]


def items(client: FlaskClient, address: str, headers: Mapping[str, str] = {}) -> list[dict[str, Any]]:
    """Return the items of a page."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text[:1000]
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


def pages(client: FlaskClient, address: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the items of each page, from the one at a URL to the last."""
    following: str | None = address
    while following is not None:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text[:1000]
        document = answer.get_json()
        yield document["items"]
        following = document["next"]


def whole(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    """Return the items of all pages."""
    return [item for page in pages(client, address) for item in page]


def problem(answer: TestResponse, status: int, name: str | None = None) -> dict[str, Any]:
    """Assert that a response is a problem document and return it; without a name its type is about:blank."""
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text[:1000]
    document: dict[str, Any] = answer.get_json()
    kind = "about:blank" if name is None else f"urn:sales-warehouse:problem:{name}"
    assert (document["type"], document["status"]) == (kind, status), answer.text[:1000]
    assert document["title"]
    assert document["detail"]
    return document


def refused(answer: TestResponse, place: str) -> list[tuple[str, str]]:
    """Return the errors of an invalid request as (location, text); ``place`` is pointer, parameter or header."""
    document = problem(answer, 422, "invalid-request")
    return [(error[place], error["detail"]) for error in document["errors"]]


def table_of(answer: TestResponse) -> list[dict[str, str]]:
    """Return the rows of a response in CSV."""
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(answer.text)))
