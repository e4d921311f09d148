"""What requests may bring: ids, keys as bearer tokens, names given twice, blank names, both spellings of accents."""

import json
import logging
import unicodedata

import pytest
from flask import Flask, request_started
from flask.logging import default_handler
from flask.testing import FlaskClient

from api import create_app
from tests.api.answers import problem
from tests.api.conftest import KEYS, Publish, settings_for

Keys = dict[str, dict[str, str]]
HEADERS = {"Content-Type": "application/json"}
ACCENTED = "Café crème"


@pytest.mark.parametrize("address", ["/", "/api/kpis", "/health/live", "/api/nothing", "/dashboards/warehouse"])
def test_each_response_has_an_id_of_its_own(client: FlaskClient, address: str) -> None:
    ids = [client.get(address).headers.getlist("X-Request-ID") for _ in range(2)]
    assert [len(each) for each in ids] == [1, 1]
    assert ids[0] != ids[1]
    assert len(ids[0][0]) == 32


def test_the_id_of_the_request_is_kept(client: FlaskClient) -> None:
    assert (
        client.get("/api/kpis", headers={"X-Request-ID": "from-the-proxy:7"}).headers["X-Request-ID"]
        == "from-the-proxy:7"
    )


@pytest.mark.parametrize("unfit", ["", "two words", "x" * 129, "ключ".encode().decode("latin-1")])
def test_an_id_that_does_not_fit_into_a_line_of_the_log_is_replaced(client: FlaskClient, unfit: str) -> None:
    assert client.get("/api/kpis", headers={"X-Request-ID": unfit}).headers["X-Request-ID"] != unfit


def test_the_log_has_the_id_of_the_request(app: Flask, client: FlaskClient) -> None:
    lines = []

    def log(*_: object, **__: object) -> None:
        record = logging.makeLogRecord({"msg": "something", "levelname": "ERROR", "module": "m"})
        assert default_handler.filter(record)
        lines.append(default_handler.format(record))

    with request_started.connected_to(log, app):
        client.get("/", headers={"X-Request-ID": "abc-1"})
    log()
    assert [line.partition("something")[2] for line in lines] == [" (request abc-1)", ""]


def test_a_key_may_be_a_bearer_token(database_url: str, keys: Keys, publish: Publish) -> None:
    publish(products=[{"product_key": 1}])
    closed = create_app(settings_for(database_url, open_reads=False)).test_client()
    reads, writes = ({"Authorization": f"Bearer {KEYS[name]}"} for name in ("read", "write"))
    assert closed.get("/api/products", headers=reads).status_code == 200
    refused = closed.get("/api/products", headers={"Authorization": "Bearer wrong"})
    assert "header Authorization is unknown" in problem(refused, 401, "invalid-key")["detail"]
    body = {"product_name": "Own"}
    assert closed.post("/api/products", json=body, headers=writes).status_code == 201
    problem(closed.post("/api/products", json=body, headers=reads), 403, "missing-scope")
    open_to_all = create_app(settings_for(database_url)).test_client()
    assert open_to_all.get("/api/products", headers={"Authorization": "Bearer of-a-proxy"}).status_code == 200
    problem(open_to_all.get("/api/products", headers={"X-API-Key": "wrong"}), 401, "invalid-key")


@pytest.mark.parametrize(
    "address", ["/api/products?limit=1&limit=2", "/api/sales?group_by=day&group_by=month", "/api/sync?limit=1&limit=1"]
)
def test_a_parameter_given_twice_is_refused(client: FlaskClient, publish: Publish, address: str) -> None:
    publish()
    [error] = problem(client.get(address), 422, "invalid-request")["errors"]
    assert error["detail"].endswith("is given twice.")
    assert f"{error['parameter']}=" in address


WITHOUT_PARAMETERS = [
    *(
        ("GET", f"/api/{name}")
        for name in ("kpis", "products/1", "products/1/overlay", "customers/key/1", "orders/SO1")
    ),
    *(("GET", name) for name in ("/api/sync/1", "/metrics")),
    *(("POST", f"/api/{name}") for name in ("products", "sync", "sync/monitoring")),
    *((method, "/api/products/1") for method in ("PUT", "PATCH", "DELETE")),
    ("DELETE", "/api/products/1/overlay"),
]


@pytest.mark.parametrize(("method", "address"), WITHOUT_PARAMETERS)
def test_an_operation_without_parameters_refuses_any(
    client: FlaskClient, keys: Keys, publish: Publish, method: str, address: str
) -> None:
    publish(products=[{"product_key": 1}])
    body = {"product_name": "Own"} if method in ("PUT", "PATCH") or address.endswith("products") else None
    answer = client.open(f"{address}?from=2025-01-01&a=", method=method, headers=keys["all"], json=body)
    errors = problem(answer, 422, "invalid-request")["errors"]
    assert [error["parameter"] for error in errors] == ["from", "a"]
    assert "no parameters" in errors[0]["detail"]
    assert len(client.get("/api/products").get_json()["items"]) == 1


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/api/products?q=%ff", "q"),
        ("/api/products?limit=1&category=caf%E9", "category"),
        ("/api/sales?country=Germany&country=%C3%28", "country"),
        ("/api/customers/VIP?q=%ed%a0%80", "q"),
        ("/api/orders/lines?order=%80", "order"),
        ("/api/kpis?%ff=1", "\ufffd"),
    ],
)
def test_a_query_that_is_not_utf8_is_refused(
    client: FlaskClient, publish: Publish, address: str, parameter: str
) -> None:
    publish()
    error = problem(client.get(address), 422, "invalid-request")["errors"][0]
    assert (error["parameter"], "not UTF-8" in error["detail"]) == (parameter, True)


def test_the_error_of_a_repeated_parameter_names_the_parameter(client: FlaskClient, publish: Publish) -> None:
    publish()
    [error] = problem(client.get("/api/sales?product=1&product=x"), 422, "invalid-request")["errors"]
    assert error == {"detail": "product: must be a whole number.", "parameter": "product"}


@pytest.mark.parametrize(
    "body", ['{"product_name": "A", "product_name": "B"}', '{"product_name": "A", "cost": 1, "cost": 1}']
)
def test_a_name_given_twice_in_a_body_is_refused(client: FlaskClient, keys: Keys, publish: Publish, body: str) -> None:
    publish()
    answer = client.post("/api/products", data=body, headers={**HEADERS, **keys["write"]})
    [error] = problem(answer, 422, "invalid-request")["errors"]
    assert error["detail"].endswith("is given twice.")
    assert client.get("/api/products").get_json()["items"] == []


BLANK = [" ", "\t", "\u00a0 \u2003", "\u200b", "\u2060\ufeff", "\u00ad", "\u3164", "\u2800", "\u200e\u202e", "\x1f\x7f"]


@pytest.mark.parametrize("blank", BLANK)
@pytest.mark.parametrize("field", ["product_name", "category", "product_line"])
def test_a_blank_text_is_refused(client: FlaskClient, keys: Keys, publish: Publish, field: str, blank: str) -> None:
    publish()
    answer = client.post("/api/products", json={"product_name": "Own", field: blank}, headers=keys["write"])
    [error] = problem(answer, 422, "invalid-request")["errors"]
    assert (error["pointer"], "must not be blank" in error["detail"]) == (f"#/{field}", True)


def test_an_empty_text_is_refused_and_null_is_no_value(client: FlaskClient, keys: Keys, publish: Publish) -> None:
    publish()
    empty = client.post("/api/products", json={"product_name": "Own", "category": ""}, headers=keys["write"])
    assert "1 to 50 characters" in problem(empty, 422, "invalid-request")["detail"]
    null = client.post("/api/products", json={"product_name": "Ow\u200bn", "category": None}, headers=keys["write"])
    assert (null.status_code, null.get_json()["category"]) == (201, None)


@pytest.mark.parametrize("kind", ["Application/JSON", "APPLICATION/JSON; charset=UTF-8"])
def test_a_media_type_is_taken_in_any_case(client: FlaskClient, keys: Keys, publish: Publish, kind: str) -> None:
    publish()
    body = json.dumps({"product_name": "Own"})
    answer = client.post("/api/products", data=body, headers={"Content-Type": kind, **keys["write"]})
    assert answer.status_code == 201, answer.text
    csv = client.get("/api/products", headers={"Accept": "TEXT/CSV"})
    assert csv.mimetype == "text/csv"


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
def test_a_search_finds_both_spellings_of_an_accent(
    client: FlaskClient, publish: Publish, stored: str, asked: str
) -> None:
    name, words = unicodedata.normalize(stored, ACCENTED), unicodedata.normalize(asked, "CRÈME")  # type: ignore[arg-type]
    publish(
        products=[{"product_key": 1, "product_name": name, "category": name}, {"product_key": 2, "product_name": "Tea"}]
    )
    for query in ({"q": words}, {"category": unicodedata.normalize(asked, ACCENTED)}):  # type: ignore[arg-type]
        assert [
            item["product_key"] for item in client.get("/api/products", query_string=query).get_json()["items"]
        ] == [1]


def test_a_customer_looked_for_among_the_segments_is_pointed_to(client: FlaskClient, publish: Publish) -> None:
    publish()
    assert "/api/customers/key/1" in problem(client.get("/api/customers/1"), 404, "unknown-segment")["detail"]


def test_a_request_asked_for_again_among_others_is_answered_as_before(database_url: str, publish: Publish) -> None:
    client = create_app(settings_for(database_url, cache_mb=0)).test_client()
    publish(
        products=[{"product_key": key, "category": "Bikes"} for key in (1, 2, 3)],
        customers=[{"customer_key": 1}],
        sales=[
            {"order_number": f"SO{key}", "product_key": key, "customer_key": 1, "sales_amount": key} for key in (1, 2)
        ],
    )
    asked = [
        ("GET", "/api/products/1"),
        ("HEAD", "/api/products/1"),
        ("POST", "/api/products/1"),
        ("GET", "/api/products/2"),
        ("GET", "/api/products/2?limit=1&limit=2"),
        ("GET", "/api/products/2147483648"),
        ("GET", "/api/products?limit=1"),
        ("GET", "/api/products?limit=2"),
        ("GET", "/api/customers?limit=1"),
        ("GET", "/api/products?limit=0"),
        ("GET", "/api/products?limit=1&limit=2"),
        ("GET", "/api/products?limit=1&sort=-product_key"),
        ("GET", "/api/sales?group_by=product&product=1&product=2"),
        ("GET", "/api/sales?group_by=product&product=2"),
        ("GET", "/api/orders?limit=1"),
        ("GET", "/exports"),
    ]

    def answer(method: str, address: str) -> tuple[int, bytes, str | None]:
        found = client.open(address, method=method)
        return found.status_code, found.data, found.headers.get("ETag")

    first = {request: answer(*request) for request in asked}
    assert [first[request][0] for request in asked] == [
        *(200, 200, 405, 200, 422, 404),
        *(200, 200, 200, 422, 422, 200, 200, 200, 200, 404),
    ]
    bodies = [body for status, body, _ in first.values() if status == 200]
    assert len(set(bodies)) == len(bodies)
    for request in [*reversed(asked), *asked]:
        assert answer(*request) == first[request], request
