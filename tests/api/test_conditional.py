"""Representations of a resource (JSON or CSV, compressed or not) and conditional reads."""

import gzip
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from api.resources.schemas import PRODUCT_FIELDS
from tests.api.answers import problem, table_of
from tests.api.conftest import SUNDAY, Publish, add_keys, publish_run

PRODUCTS: list[dict[str, Any]] = [
    {"product_key": key, "product_name": f'Rad "{key}", rot\nund 李', "category": "Bikes", "avg_selling_price": 21.5}
    for key in range(1, 41)
]
CUSTOMERS = [{"customer_key": key, "customer_name": "Zoë", "customer_segment": "New"} for key in range(1, 41)]
SALES: list[dict[str, Any]] = [
    {"order_number": f"SO{key}", "product_key": key, "customer_key": key, "order_date": SUNDAY, "quantity": key}
    for key in range(1, 41)
]
ADDRESSES = [
    "/api/products",
    "/api/products?q=Rad&sort=-product_name&limit=30&fields=product_name,in_source,cost,avg_selling_price",
    "/api/products/3",
    "/api/customers",
    "/api/customers/NEW?limit=39",
    "/api/customers/key/3",
    "/api/sales?group_by=month,product",
    "/api/orders",
    "/api/orders/lines?limit=39",
    "/api/orders/SO3",
    "/api/kpis",
]
LARGE = [address for address in ADDRESSES if not address.endswith(("/3", "/SO3", "kpis"))]
FORMS = {
    "json": {"Accept": "application/json"},
    "json gz": {"Accept": "application/json", "Accept-Encoding": "gzip"},
    "csv": {"Accept": "text/csv"},
    "csv gz": {"Accept": "text/csv", "Accept-Encoding": "br, gzip"},
}


@pytest.fixture(scope="module", autouse=True)
def _served(shared_engine: Engine, shared_client: FlaskClient) -> None:
    """A served run in which users have changed the cost of one product."""
    publish_run(shared_engine, products=PRODUCTS, customers=CUSTOMERS, sales=SALES)
    headers = {**add_keys(shared_engine)["write"], "If-Match": "*"}
    assert shared_client.patch("/api/products/7", json={"cost": 7}, headers=headers).status_code == 200


def unpacked(answer: TestResponse) -> bytes:
    return gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unchanged_response_is_not_sent_again_and_each_representation_has_its_own_etag(
    shared_client: FlaskClient, address: str
) -> None:
    tags = {form: shared_client.get(address, headers=headers).headers["ETag"] for form, headers in FORMS.items()}
    assert len(set(tags.values())) == (4 if address in LARGE else 2)
    for had, tag in tags.items():
        for form, headers in FORMS.items():
            answer = shared_client.get(address, headers={**headers, "If-None-Match": tag})
            # Compressed and uncompressed responses have the same content, so either ETag is current.
            same = had.split()[0] == form.split()[0]
            assert answer.status_code == (304 if same else 200), (had, form)
            if same:
                assert (answer.data, answer.headers["Cache-Control"]) == (b"", "no-cache")
                assert answer.headers["ETag"].strip('"').split(";")[0] == tag.strip('"').split(";")[0]
                assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("address", [*ADDRESSES, "/api/products/7/overlay"])
@pytest.mark.parametrize(
    ("pattern", "status"),
    [("W/{tag}", 304), ('"other", {tag}', 304), ("*", 304), ('"other"', 200), ("other", 200), ("", 200), ("W/", 200)],
)
def test_if_none_match_is_parsed_as_rfc_9110_requires(
    shared_client: FlaskClient, address: str, pattern: str, status: int
) -> None:
    tag = shared_client.get(address).headers["ETag"]
    answer = shared_client.get(address, headers={"If-None-Match": pattern.format(tag=tag)})
    assert answer.status_code == status


@pytest.mark.parametrize("address", ADDRESSES)
def test_responses_have_cache_control_and_vary(shared_client: FlaskClient, address: str) -> None:
    answer = shared_client.get(address)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert {"Accept", "Accept-Encoding", "X-API-Key"} <= {name.strip() for name in answer.headers["Vary"].split(",")}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("form", FORMS)
def test_head_returns_the_headers_of_get(shared_client: FlaskClient, address: str, form: str) -> None:
    got, head = (shared_client.open(address, method=method, headers=FORMS[form]) for method in ("GET", "HEAD"))
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Business-Date", "Content-Encoding", "Link"):
        assert head.headers.get(name) == got.headers.get(name), name
    unchanged = shared_client.head(address, headers={**FORMS[form], "If-None-Match": got.headers["ETag"]})
    assert unchanged.status_code == 304


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("form", ["json", "csv"])
def test_large_answers_are_compressed_and_small_ones_are_not(
    shared_client: FlaskClient, address: str, form: str
) -> None:
    plain, packed = (shared_client.get(address, headers=FORMS[name]) for name in (form, f"{form} gz"))
    assert "Content-Encoding" not in plain.headers
    assert (packed.headers.get("Content-Encoding") == "gzip") == (address in LARGE)
    assert unpacked(packed) == plain.data
    assert len(packed.data) < len(plain.data) or address not in LARGE
    assert int(packed.headers["Content-Length"]) == len(packed.data)


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        (None, False),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("br", False),
        ("gzip", True),
        ("GZip", True),
        ("gzip;q=0.1", True),
        ("deflate, gzip;q=0.5, *;q=0", True),
    ],
)
def test_a_response_is_compressed_only_if_the_client_accepts_gzip(
    shared_client: FlaskClient, accepted: str | None, compressed: bool
) -> None:
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    answer = shared_client.get("/api/products", headers=headers)
    assert (answer.headers.get("Content-Encoding") == "gzip") == compressed
    assert answer.headers["ETag"].endswith(';gz"') == compressed
    assert json.loads(unpacked(answer))["items"]


def as_in_csv(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def shown(value: Any) -> str:
    """Return the CSV cell of a JSON value: empty for null, texts without quotes."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("address", ADDRESSES)
def test_csv_has_the_values_of_json(shared_client: FlaskClient, address: str) -> None:
    document = shared_client.get(address).get_json()
    answer = shared_client.get(address, headers={"Accept": "text/csv"})
    assert answer.headers["Business-Date"] == "2026-01-04"
    items = document.get("items") or document.get("lines") or [document]
    expected = [{name: as_in_csv(value) for name, value in item.items()} for item in items]
    assert table_of(answer) == expected
    assert answer.text.startswith(",".join(items[0]) + "\r\n")
    assert ("Link" in answer.headers) == (document.get("next") is not None)


def test_a_list_in_csv_continues_at_the_url_in_the_header_link(shared_client: FlaskClient) -> None:
    answer = shared_client.get("/api/products?limit=30&fields=product_key", headers={"Accept": "text/csv"})
    address = answer.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    rest = shared_client.get(address, headers={"Accept": "text/csv"})
    keys = [line["product_key"] for line in table_of(answer) + table_of(rest)]
    assert keys == [str(key) for key in range(1, 41)]
    assert "Link" not in rest.headers


def test_an_empty_list_in_csv_has_a_header_line(shared_client: FlaskClient) -> None:
    answer = shared_client.get("/api/products?q=nothing", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.text) == (200, ",".join(PRODUCT_FIELDS) + "\r\n")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/csv", "text/csv"),
        ("text/csv, application/json;q=0.9", "text/csv"),
        ("application/json, text/csv;q=0.9", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
        ("text/html", "application/json"),
        ("Text/*", "text/csv"),
        ("text/*;q=0.5, application/json;q=0.4", "text/csv"),
        ("text/*, application/json", "application/json"),
        ("application/json;q=0, */*", "text/csv"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
    ],
)
def test_the_header_accept_chooses_json_or_csv(shared_client: FlaskClient, accept: str, content_type: str) -> None:
    assert shared_client.get("/api/products", headers={"Accept": accept}).mimetype == content_type


@pytest.mark.parametrize("address", ["/api/products?limit=0", "/api/products?cursor=x"])
def test_an_error_is_a_problem_document_even_if_the_client_prefers_csv(
    shared_client: FlaskClient, address: str
) -> None:
    problem(shared_client.get(address, headers={"Accept": "text/csv"}), 422, "invalid-request")


def tag_of(client: FlaskClient, address: str) -> str:
    return client.get(address).headers["ETag"]


def test_the_etag_of_a_list_changes_with_each_sync_and_each_write(
    client: FlaskClient, publish: Publish, keys: dict[str, dict[str, str]]
) -> None:
    lists = ["/api/products", "/api/customers", "/api/sales"]
    seen = []
    publish(products=PRODUCTS)
    seen.append([tag_of(client, address) for address in lists])
    publish(products=PRODUCTS)
    seen.append([tag_of(client, address) for address in lists])
    client.post("/api/products", json={"product_name": "new"}, headers=keys["write"])
    seen.append([tag_of(client, address) for address in lists])
    client.delete("/api/products/1", headers={**keys["write"], "If-Match": "*"})
    seen.append([tag_of(client, address) for address in lists])
    client.delete("/api/products/1/overlay", headers={**keys["write"], "If-Match": "*"})
    seen.append([tag_of(client, address) for address in lists])
    for tags in zip(*seen, strict=True):
        assert len(set(tags)) == len(seen)


def test_the_etag_of_a_product_changes_if_and_only_if_the_product_changes(
    client: FlaskClient, publish: Publish, keys: dict[str, dict[str, str]]
) -> None:
    anyway = {**keys["write"], "If-Match": "*"}
    publish(products=PRODUCTS)
    first = tag_of(client, "/api/products/3")
    publish(products=PRODUCTS)
    client.patch("/api/products/4", json={"cost": 1}, headers=anyway)
    assert tag_of(client, "/api/products/3") == first
    client.patch("/api/products/3", json={"cost": 1}, headers=anyway)
    second = tag_of(client, "/api/products/3")
    publish(products=[{**product, "total_sales": 5} for product in PRODUCTS])
    third = tag_of(client, "/api/products/3")
    assert len({first, second, third}) == 3
