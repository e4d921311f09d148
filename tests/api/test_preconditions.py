"""If-Match: a change names the ETag of the product that it is based on."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.api.answers import Headers, problem, refused
from tests.api.conftest import add_keys, publish_run

PRODUCT, OVERLAY = "/api/products/3", "/api/products/3/overlay"
CHANGES = [
    ("PUT", PRODUCT, {"product_name": "Other"}),
    ("PATCH", PRODUCT, {"cost": 1}),
    ("DELETE", PRODUCT, None),
    ("DELETE", OVERLAY, None),
]


@pytest.fixture(scope="module")
def writer(shared_engine: Engine) -> Headers:
    # Long names, so that the product is large enough to be compressed.
    publish_run(shared_engine, products=[{"product_key": 3, "product_name": "x" * 1000, "cost": 100}])
    return add_keys(shared_engine)["write"]


@pytest.fixture(autouse=True)
def _changed(shared_client: FlaskClient, writer: Headers) -> None:
    """Set the cost to 50 before each test."""
    anyway = {**writer, "If-Match": "*"}
    shared_client.delete(OVERLAY, headers=anyway)
    assert shared_client.patch(PRODUCT, json={"cost": 50}, headers=anyway).status_code == 200


def tag_of(client: FlaskClient, address: str, headers: Headers | None = None) -> str:
    return client.get(address, headers=headers).headers["ETag"]


@pytest.mark.parametrize(("method", "address", "body"), CHANGES)
@pytest.mark.parametrize("headers", [{}, {"If-Match": ""}, {"If-None-Match": "*"}])
def test_a_change_without_a_condition_is_refused(
    shared_client: FlaskClient, writer: Headers, method: str, address: str, body: Any, headers: Headers
) -> None:
    before = tag_of(shared_client, address)
    answer = shared_client.open(address, method=method, json=body, headers={**writer, **headers})
    document = problem(answer, 428, "precondition-required")
    assert document["errors"][0]["header"] == "If-Match"
    assert tag_of(shared_client, address) == before


@pytest.mark.parametrize(("method", "address", "body"), CHANGES)
@pytest.mark.parametrize(
    "pattern", ['"other"', "W/{tag}", '"{state}x"', '"other", "more"', '";csv"', '"x;{state}"', '""']
)
def test_a_change_with_an_outdated_etag_is_refused(
    shared_client: FlaskClient, writer: Headers, method: str, address: str, body: Any, pattern: str
) -> None:
    before = tag_of(shared_client, address)
    given = pattern.format(tag=before, state=before.strip('"'))
    answer = shared_client.open(address, method=method, json=body, headers={**writer, "If-Match": given})
    document = problem(answer, 412, "precondition-failed")
    assert document["errors"][0]["header"] == "If-Match"
    assert tag_of(shared_client, address) == before


@pytest.mark.parametrize(("method", "address", "body"), CHANGES)
@pytest.mark.parametrize("pattern", ["{state}", "'{state}'", "*, {tag}", '"{state}', "**", '"a" "b"', "w/{tag}"])
def test_a_malformed_if_match_is_refused(
    shared_client: FlaskClient, writer: Headers, method: str, address: str, body: Any, pattern: str
) -> None:
    before = tag_of(shared_client, address)
    given = pattern.format(tag=before, state=before.strip('"'))
    answer = shared_client.open(address, method=method, json=body, headers={**writer, "If-Match": given})
    ((header, _),) = refused(answer, "header")
    assert header == "If-Match"
    assert tag_of(shared_client, address) == before


@pytest.mark.parametrize(("method", "address", "body"), CHANGES)
@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ({}, "{tag}"),
        ({}, '"other", {tag}'),
        ({}, "*"),
        ({"Accept-Encoding": "gzip"}, "{tag}"),
        ({"Accept": "text/csv"}, "{tag}"),
        ({"Accept": "text/csv", "Accept-Encoding": "gzip"}, "{tag}"),
    ],
)
def test_a_change_with_the_etag_of_any_representation_is_applied(
    shared_client: FlaskClient, writer: Headers, method: str, address: str, body: Any, form: Headers, pattern: str
) -> None:
    given = pattern.format(tag=tag_of(shared_client, address, form))
    answer = shared_client.open(address, method=method, json=body, headers={**writer, "If-Match": given})
    deleted = (method, address) == ("DELETE", PRODUCT)
    assert answer.status_code == (204 if deleted else 200), answer.text
    cost = {"PUT": None, "PATCH": 1, "DELETE": 100}[method]
    found = shared_client.get(PRODUCT)
    assert found.status_code == 404 if deleted else found.get_json()["cost"] == cost


def test_the_representations_of_a_product_have_different_etags(shared_client: FlaskClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    forms: list[Headers] = [{}, packed, {"Accept": "text/csv"}, {"Accept": "text/csv", **packed}]
    assert len({tag_of(shared_client, PRODUCT, form) for form in forms}) == 4
