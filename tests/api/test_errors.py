"""Errors of requests with their locations, and HTTP errors as problem documents."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api.resources.schemas import PRODUCT_FIELDS, USER_FIELDS
from tests.api.answers import Headers, problem, refused
from tests.api.conftest import add_keys, publish_run

NEW = {"product_name": "Cargo bike"}
SERVED = {"product_key": 1, "product_name": "Bike"}


@pytest.fixture(scope="module")
def writer(shared_engine: Engine) -> Headers:
    """Headers to change the only product in any state."""
    publish_run(shared_engine, products=[SERVED])
    return {**add_keys(shared_engine)["all"], "If-Match": "*"}


@pytest.fixture(autouse=True)
def _unchanged(shared_client: FlaskClient, writer: Headers) -> Any:
    """Check that refused requests change nothing."""
    before = shared_client.get("/api/products")
    yield
    after = shared_client.get("/api/products")
    assert (after.headers["ETag"], after.data) == (before.headers["ETag"], before.data)
    problem(shared_client.get("/api/products/1/overlay"), 404, "no-overlay")


WRITES = [("POST", "/api/products"), ("PUT", "/api/products/1"), ("PATCH", "/api/products/1")]


@pytest.mark.parametrize(("method", "address"), [*WRITES, ("POST", "/api/sync")])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"no JSON",
        b"{'product_name': 'x'}",
        b'{"product_name": "x",}',
        b'{"product_name": "\xff"}',
        b'{"product_name": "\xed\xa0\x80"}',
        b"[" * 30_000,
        b'{"product_name":' * 4_000,
        b'{"product_name": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"cost": ' + b"9" * 5_000 + b"}",
    ],
    ids=range(10),
)
def test_a_body_that_is_not_json_is_a_bad_request(
    shared_client: FlaskClient, writer: Headers, method: str, address: str, body: bytes
) -> None:
    answer = shared_client.open(address, method=method, data=body, content_type="application/json", headers=writer)
    assert "JSON" in problem(answer, 400)["detail"]


@pytest.mark.parametrize(("method", "address"), WRITES)
@pytest.mark.parametrize(
    "content_type",
    [
        *(None, "", "text/plain", "application/x-www-form-urlencoded", "text/json", "nonsense"),
        *("application/vnd.api+json", "application/json-patch+json"),
    ],
)
def test_a_body_of_another_media_type_is_refused_with_the_right_one(
    shared_client: FlaskClient, writer: Headers, method: str, address: str, content_type: str | None
) -> None:
    answer = shared_client.open(address, method=method, data=json.dumps(NEW), content_type=content_type, headers=writer)
    document = problem(answer, 415, "unsupported-media-type")
    assert document["errors"][0]["header"] == "Content-Type"
    assert "application/json" in document["detail"]
    assert ("merge-patch" in document["detail"]) == (method == "PATCH")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_merge_patch_is_no_whole_product(shared_client: FlaskClient, writer: Headers, method: str) -> None:
    answer = shared_client.open(
        "/api/products" if method == "POST" else "/api/products/1",
        method=method,
        data=json.dumps(NEW),
        content_type="application/merge-patch+json",
        headers=writer,
    )
    problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_sync_does_not_ignore_a_body_of_another_media_type(
    shared_client: FlaskClient, writer: Headers, content_type: str | None
) -> None:
    body = json.dumps({"datasets": ["stock"]})
    answer = shared_client.post("/api/sync", data=body, content_type=content_type, headers=writer)
    assert "application/json" in problem(answer, 415, "unsupported-media-type")["detail"]


@pytest.mark.parametrize(("method", "address"), [*WRITES, ("POST", "/api/sync")])
def test_a_body_that_is_too_large_is_refused_with_the_limit(
    shared_client: FlaskClient, writer: Headers, method: str, address: str
) -> None:
    body = json.dumps({"product_name": "x" * 64 * 1024})
    answer = shared_client.open(address, method=method, data=body, content_type="application/json", headers=writer)
    assert "65536" in problem(answer, 413)["detail"]


@pytest.mark.parametrize(("method", "address"), WRITES)
@pytest.mark.parametrize("body", [[], [NEW], "text", 1, 1.5, True, None])
def test_a_body_that_is_not_an_object_is_refused(
    shared_client: FlaskClient, writer: Headers, method: str, address: str, body: Any
) -> None:
    answer = shared_client.open(
        address, method=method, data=json.dumps(body), content_type="application/json", headers=writer
    )
    ((pointer, detail),) = refused(answer, "pointer")
    assert (pointer, "JSON object" in detail) == ("#", True)


NO_TEXT = ["1", "1.5", "true", "[]", "{}", '["text"]']
NO_POSTGRES_TEXT = [r'"a\u0000b"', r'"\ud800"', r'"\udc00\ud800"', r'"end \ud83d"']
NO_WHOLE = ['"5"', "true", "false", "1.5", "NaN", "Infinity", "-Infinity", "1e400", "[]", "{}", '""']
NO_DAY = [
    "20260101",
    '"20260101"',
    '"2026-1-1"',
    '"2026-02-30"',
    '"2026-W01-1"',
    '"2026-01-01T00:00:00"',
    '"today"',
    "true",
]
NO_DAY += ['"0000-01-01"', '""', "[]", '"-infinity"', '"٢٠٢٦-01-01"']
TEXTS = [name for name in USER_FIELDS if name not in ("cost", "start_date")]
WRONG = [
    *[("product_name", value) for value in ["null", '""', *NO_TEXT, *NO_POSTGRES_TEXT, f'"{"x" * 101}"']],
    *[("category", value) for value in [*NO_TEXT, *NO_POSTGRES_TEXT, f'"{"x" * 51}"']],
    *[(name, value) for name in TEXTS for value in ("1", r'"\u0000"', f'"{"ü" * 101}"')],
    *[("cost", value) for value in [*NO_WHOLE, "-1", str(2**31), "9" * 4000]],
    *[("start_date", value) for value in NO_DAY],
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_value_of_the_wrong_type_is_refused_by_field(
    shared_client: FlaskClient, writer: Headers, field: str, value: str
) -> None:
    whole = value if field == "product_name" else '"Bike"'
    other = "" if field == "product_name" else f', "{field}": {value}'
    bodies = {"POST": f'{{"product_name": {whole}{other}}}', "PATCH": f'{{"{field}": {value}}}'}
    for method, address in WRITES:
        body = bodies.get(method, bodies["POST"])
        answer = shared_client.open(address, method=method, data=body, content_type="application/json", headers=writer)
        ((pointer, detail),) = refused(answer, "pointer")
        assert pointer == f"#/{field}"
        assert "must" in detail


@pytest.mark.parametrize("field", [name for name in PRODUCT_FIELDS if name not in USER_FIELDS] + ["run_id", "deleted"])
@pytest.mark.parametrize(("method", "address"), WRITES)
@pytest.mark.parametrize("value", [None, 1])
def test_users_cannot_set_fields_of_the_warehouse(
    shared_client: FlaskClient, writer: Headers, method: str, address: str, field: str, value: Any
) -> None:
    answer = shared_client.open(address, method=method, json={**NEW, field: value}, headers=writer)
    ((pointer, detail),) = refused(answer, "pointer")
    assert pointer == f"#/{field}"
    assert "unknown name; known names: product_number, product_name" in detail


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ("Cost", "#/Cost"),
        ("", "#/"),
        ("a/b", "#/a~1b"),
        ("a~b", "#/a~0b"),
        ("nested.field", "#/nested.field"),
        ("\ud800", "#/\ud800"),
        ("\0", "#/\0"),
        ("x" * 1000, f"#/{'x' * 1000}"),
        ("__proto__", "#/__proto__"),
    ],
)
def test_the_error_points_at_an_unknown_field_of_any_name(
    shared_client: FlaskClient, writer: Headers, field: str, pointer: str
) -> None:
    body = json.dumps({field: 1})  # escaped: the test's client cannot send half a surrogate pair otherwise
    answer = shared_client.patch("/api/products/1", data=body, content_type="application/json", headers=writer)
    ((found, detail),) = refused(answer, "pointer")
    assert found == pointer
    assert "unknown name" in detail


@pytest.mark.parametrize(("method", "address"), WRITES)
def test_an_empty_body_is_refused(shared_client: FlaskClient, writer: Headers, method: str, address: str) -> None:
    answer = shared_client.open(address, method=method, data=b"", content_type="application/json", headers=writer)
    assert refused(answer, "pointer")


def test_all_errors_of_a_body_are_listed(shared_client: FlaskClient, writer: Headers) -> None:
    body = {"cost": "5", "start_date": 1, "colour": "red", "category": "x" * 51}
    complaints = refused(shared_client.post("/api/products", json=body, headers=writer), "pointer")
    assert sorted(pointer for pointer, _ in complaints) == [
        "#/category",
        "#/colour",
        "#/cost",
        "#/product_name",
        "#/start_date",
    ]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_product_without_a_name_is_refused(shared_client: FlaskClient, writer: Headers, method: str) -> None:
    address = dict(WRITES)[method]
    answer = shared_client.open(address, method=method, json={"cost": 5}, headers=writer)
    assert refused(answer, "pointer") == [("#/product_name", "product_name: is missing.")]


def test_a_patch_without_fields_is_refused(shared_client: FlaskClient, writer: Headers) -> None:
    ((pointer, detail),) = refused(shared_client.patch("/api/products/1", json={}, headers=writer), "pointer")
    assert (pointer, "at least one" in detail) == ("#", True)


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ключ", "a\tb", "\x7f"])
def test_a_malformed_idempotency_key_is_refused(shared_client: FlaskClient, writer: Headers, key: str) -> None:
    headers = {**writer, "Idempotency-Key": key.encode().decode("latin-1")}
    ((header, detail),) = refused(shared_client.post("/api/products", json=NEW, headers=headers), "header")
    assert (header, "1 to 255" in detail) == ("Idempotency-Key", True)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"datasets": []}, "#/datasets"),
        ({"datasets": "products"}, "#/datasets"),
        ({"datasets": ["products", "stock"]}, "#/datasets/1"),
        ({"datasets": [1]}, "#/datasets/0"),
        ({"sample_customers": 0}, "#/sample_customers"),
        ({"sample_customers": "5"}, "#/sample_customers"),
        ({"sample_customers": True}, "#/sample_customers"),
        ({"full": True}, "#/full"),
        ([], "#"),
    ],
)
def test_a_sync_with_invalid_parameters_is_refused(
    shared_client: FlaskClient, writer: Headers, body: Any, pointer: str
) -> None:
    ((found, _),) = refused(shared_client.post("/api/sync", json=body, headers=writer), "pointer")
    assert found == pointer


@pytest.mark.parametrize(
    ("method", "address", "status", "allowed"),
    [
        ("GET", "/nothing/here", 404, None),
        ("GET", "/api/products/", 404, None),
        ("GET", "/health", 404, None),
        ("DELETE", "/api/products", 405, {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/api/products/1", 405, {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"}),
        ("DELETE", "/api/sync", 405, {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/health/live", 405, {"GET", "HEAD", "OPTIONS"}),
        ("BREW", "/api/kpis", 405, {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_http_errors_are_problem_documents(
    shared_client: FlaskClient, method: str, address: str, status: int, allowed: set[str] | None
) -> None:
    answer = shared_client.open(address, method=method, json=NEW)
    problem(answer, status)
    assert allowed is None or set(answer.headers["Allow"].split(", ")) == allowed
