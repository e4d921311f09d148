"""Changes by users to products: POST, PUT, PATCH and DELETE, and the removal of overlays."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from api import create_app
from api.resources.schemas import PRODUCT_FIELDS, USER_FIELDS
from tests.api.answers import Headers, items, problem, whole
from tests.api.conftest import SYNC_KEY, Publish, settings_for

BIKE: dict[str, Any] = {
    "product_key": 3,
    "product_id": 310,
    "product_number": "BK-3",
    "product_name": "Bike",
    "category_id": "BI",
    "category": "Bikes",
    "subcategory": "Road Bikes",
    "maintenance": "Yes",
    "cost": 100,
    "product_line": "Road",
    "start_date": "2011-07-01",
    "last_sale_date": "2025-12-28",
    "total_sales": 5000,
    "avg_selling_price": 21.5,
    "product_segment": "Mid-Range",
}
CAP: dict[str, Any] = {"product_key": 8, "product_name": "Cap", "category": "Clothing", "total_sales": 10}
FULL: dict[str, Any] = {
    "product_number": "BK-X01",
    "product_name": "Cargo bike “李” \N{ROCKET}\t\\",
    "category_id": "BI_CB",
    "category": "Bikes",
    "subcategory": "Cargo Bikes",
    "maintenance": "No",
    "cost": 2**31 - 1,
    "product_line": "Cargo",
    "start_date": "2026-02-28",
}
WAREHOUSES = [name for name in PRODUCT_FIELDS if name not in USER_FIELDS]


@pytest.fixture(autouse=True)
def _published(publish: Publish) -> None:
    publish(products=[BIKE, CAP])


@pytest.fixture
def writer(keys: dict[str, Headers]) -> Headers:
    return keys["write"]


@pytest.fixture
def anyway(writer: Headers) -> Headers:
    """Headers for a change in any state (If-Match: *)."""
    return {**writer, "If-Match": "*"}


def got(client: FlaskClient, key: int) -> dict[str, Any]:
    answer = client.get(f"/api/products/{key}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.get_json()
    return document


def create(client: FlaskClient, headers: Headers, **fields: Any) -> int:
    answer = client.post("/api/products", json={"product_name": "Own", **fields}, headers=headers)
    assert answer.status_code == 201, answer.text
    key: int = answer.get_json()["product_key"]
    return key


def listed(client: FlaskClient, query: str = "") -> list[int]:
    return [item["product_key"] for item in items(client, f"/api/products?{query}")]


def test_the_response_to_a_post_equals_the_created_product(client: FlaskClient, writer: Headers) -> None:
    answer = client.post("/api/products", json=FULL, headers=writer)
    product = answer.get_json()
    figures = dict.fromkeys(WAREHOUSES)
    assert answer.status_code == 201
    assert product == {**figures, **FULL, "product_key": 1_000_000, "in_source": False, "origin": "api"}
    assert answer.headers["Location"] == "/api/products/1000000"
    found = client.get(answer.headers["Location"])
    assert (found.get_json(), found.headers["ETag"]) == (product, answer.headers["ETag"])
    assert "Idempotency-Replayed" not in answer.headers
    assert create(client, writer) == 1_000_001


def test_a_product_needs_only_a_name(client: FlaskClient, writer: Headers) -> None:
    product = got(client, create(client, writer))
    filled = {name for name, value in product.items() if value is not None}
    assert filled == {"product_key", "product_name", "in_source", "origin"}


@pytest.mark.parametrize("cost", ["12", "12.0", "1.2e1"])
def test_a_whole_number_may_have_any_notation_of_json(client: FlaskClient, writer: Headers, cost: str) -> None:
    body = f'{{"product_name": "Own", "cost": {cost}}}'
    answer = client.post("/api/products", data=body, content_type="application/json", headers=writer)
    assert answer.text.count('"cost":12,') == 1


def test_put_sets_all_fields_of_users_and_omitted_ones_become_null(client: FlaskClient, anyway: Headers) -> None:
    answer = client.put("/api/products/3", json={"product_name": "Renamed", "cost": 0}, headers=anyway)
    assert answer.status_code == 200
    warehouses = {name: value for name, value in BIKE.items() if name in WAREHOUSES}
    expected = {**dict.fromkeys(PRODUCT_FIELDS), **warehouses, "product_name": "Renamed", "cost": 0}
    assert answer.get_json() == {**expected, "in_source": True, "origin": "changed"}
    assert got(client, 3) == answer.get_json()


@pytest.mark.parametrize("content_type", ["application/json", "application/merge-patch+json"])
@pytest.mark.parametrize(
    "change", [{"cost": 7}, {"category": None, "product_name": "New"}, {"start_date": "2026-01-01"}]
)
def test_patch_sets_some_fields_and_keeps_the_others(
    client: FlaskClient, anyway: Headers, content_type: str, change: dict[str, Any]
) -> None:
    before = got(client, 3)
    answer = client.patch("/api/products/3", json=change, content_type=content_type, headers=anyway)
    assert answer.status_code == 200, answer.text
    assert answer.get_json() == got(client, 3) == {**before, **change, "origin": "changed"}


def test_changes_accumulate(client: FlaskClient, anyway: Headers) -> None:
    before = got(client, 3)
    for change in ({"cost": 7}, {"category": "X"}, {"cost": 8, "maintenance": None}):
        client.patch("/api/products/3", json=change, headers=anyway)
    expected = {**before, "cost": 8, "category": "X", "maintenance": None, "origin": "changed"}
    assert got(client, 3) == expected


def test_a_created_product_is_changed_like_any_other(client: FlaskClient, writer: Headers, anyway: Headers) -> None:
    key = create(client, writer, **FULL)
    client.patch(f"/api/products/{key}", json={"cost": None}, headers=anyway)
    assert (got(client, key)["cost"], got(client, key)["category"], got(client, key)["origin"]) == (
        None,
        "Bikes",
        "api",
    )
    client.put(f"/api/products/{key}", json={"product_name": "Other"}, headers=anyway)
    assert (got(client, key)["product_name"], got(client, key)["category"]) == ("Other", None)


def test_a_created_product_that_is_deleted_does_not_come_back(
    client: FlaskClient, writer: Headers, anyway: Headers
) -> None:
    key = create(client, writer)
    answer = client.delete(f"/api/products/{key}", headers=anyway)
    assert (answer.status_code, answer.data) == (204, b"")
    for address in (f"/api/products/{key}", f"/api/products/{key}/overlay"):
        assert client.get(address).status_code == 404
    assert create(client, writer) == key + 1


def test_a_deleted_product_of_the_warehouse_is_hidden_until_its_overlay_is_removed(
    client: FlaskClient, anyway: Headers
) -> None:
    before = got(client, 3)
    client.patch("/api/products/3", json={"cost": 7}, headers=anyway)
    assert client.delete("/api/products/3", headers=anyway).status_code == 204
    for method, body in (("GET", None), ("PUT", FULL), ("PATCH", {"cost": 8}), ("DELETE", None)):
        answer = client.open("/api/products/3", method=method, json=body, headers=anyway)
        problem(answer, 404, "unknown-product")
    overlay = client.get("/api/products/3/overlay").get_json()
    assert (overlay["deleted"], overlay["changes"]) == (True, {"cost": 7})
    answer = client.delete("/api/products/3/overlay", headers=anyway)
    assert (answer.status_code, answer.get_json()) == (200, before)
    assert got(client, 3) == before
    problem(client.get("/api/products/3/overlay"), 404, "no-overlay")


def test_the_overlay_holds_the_changes_and_their_time(client: FlaskClient, anyway: Headers) -> None:
    begun = datetime.now(UTC)
    client.patch("/api/products/3", json={"start_date": "2026-01-01", "cost": None}, headers=anyway)
    overlay = client.get("/api/products/3/overlay").get_json()
    changed_at = datetime.fromisoformat(overlay.pop("changed_at"))
    assert overlay == {"product_key": 3, "deleted": False, "changes": {"start_date": "2026-01-01", "cost": None}}
    assert begun <= changed_at <= datetime.now(UTC)


@pytest.mark.parametrize("key", [3, 5, 1_000_000])
def test_an_unchanged_product_has_no_overlay(client: FlaskClient, anyway: Headers, key: int) -> None:
    for method in ("GET", "DELETE"):
        problem(client.open(f"/api/products/{key}/overlay", method=method, headers=anyway), 404, "no-overlay")


def test_the_overlay_of_a_created_product_cannot_be_removed(
    client: FlaskClient, writer: Headers, anyway: Headers
) -> None:
    key = create(client, writer, cost=5)
    assert client.get(f"/api/products/{key}/overlay").get_json()["changes"]["cost"] == 5
    document = problem(client.delete(f"/api/products/{key}/overlay", headers=anyway), 409, "own-product")
    assert f"DELETE /api/products/{key} " in document["detail"]
    assert got(client, key)["cost"] == 5


@pytest.mark.parametrize(("method", "body"), [("PUT", FULL), ("PATCH", {"cost": 1}), ("DELETE", None)])
def test_an_unknown_product_cannot_be_changed(
    client: FlaskClient, anyway: Headers, method: str, body: dict[str, Any] | None
) -> None:
    for key in (5, 1_000_000, 2**31 - 1):
        problem(client.open(f"/api/products/{key}", method=method, json=body, headers=anyway), 404, "unknown-product")
    assert listed(client) == [3, 8]


def test_changes_survive_a_new_run_and_other_fields_follow_the_warehouse(
    client: FlaskClient, publish: Publish, writer: Headers, anyway: Headers
) -> None:
    own = create(client, writer, cost=1)
    client.patch("/api/products/3", json={"cost": 7, "category": None}, headers=anyway)
    client.delete("/api/products/8", headers=anyway)
    publish(
        products=[
            {
                **BIKE,
                "cost": 200,
                "category": "Other",
                "product_name": "Bike 2",
                "total_sales": 6000,
                "in_source": False,
            },
            {**CAP, "product_name": "Cap 2"},
            {"product_key": 9, "product_name": "Sock"},
        ]
    )
    bike = got(client, 3)
    assert (bike["cost"], bike["category"]) == (7, None)
    assert (bike["product_name"], bike["total_sales"], bike["in_source"]) == ("Bike 2", 6000, False)
    assert got(client, own)["cost"] == 1
    assert listed(client) == [3, 9, own]
    client.delete("/api/products/3/overlay", headers=anyway)
    assert (got(client, 3)["cost"], got(client, 3)["category"]) == (200, "Other")


def test_a_change_to_a_product_reappears_with_the_product_in_the_warehouse(
    client: FlaskClient, publish: Publish, anyway: Headers
) -> None:
    client.patch("/api/products/8", json={"cost": 7}, headers=anyway)
    publish(products=[BIKE])
    problem(client.get("/api/products/8"), 404, "unknown-product")
    assert listed(client) == [3]
    publish(products=[BIKE, CAP])
    assert got(client, 8)["cost"] == 7


def test_lists_filter_and_sort_by_the_values_of_users(client: FlaskClient, writer: Headers, anyway: Headers) -> None:
    own = create(client, writer, product_name="Zebra bell", category="Bells", product_number="ZB")
    client.patch("/api/products/3", json={"category": "Antiques", "product_name": "aged"}, headers=anyway)
    assert listed(client) == [3, 8, own]
    assert listed(client, "category=bikes") == []
    assert listed(client, "category=antiques") == [3]
    assert listed(client, "category=BELLS") == [own]
    assert listed(client, "q=zb") == listed(client, "q=BELL") == [own]
    assert listed(client, "sort=product_name") == [8, own, 3]
    assert listed(client, "sort=-total_sales") == [3, 8, own]
    assert listed(client, "min_sales=1") == [3, 8]
    origins = items(client, "/api/products?fields=origin")
    assert [item["origin"] for item in origins] == ["changed", "warehouse", "api"]
    client.delete("/api/products/8", headers=anyway)
    for limit in (1, 2, 3):
        pages = whole(client, f"/api/products?sort=product_name&limit={limit}")
        assert [item["product_key"] for item in pages] == [own, 3]


def test_following_pages_show_changes_made_meanwhile(
    client: FlaskClient, publish: Publish, writer: Headers, anyway: Headers
) -> None:
    first = client.get("/api/products?limit=1").get_json()
    publish(products=[BIKE])
    own = create(client, writer)
    rest = whole(client, first["next"])
    assert [item["product_key"] for item in rest] == [8, own]


def test_sales_and_totals_ignore_changes_by_users(
    client: FlaskClient, publish: Publish, writer: Headers, anyway: Headers
) -> None:
    sale = {"order_number": "1", "product_key": 3, "customer_key": 1, "sales_amount": 5}
    publish(products=[BIKE, CAP], sales=[sale])
    addresses = ["/api/kpis", "/api/sales?group_by=category,product"]
    before = [client.get(address).get_json() for address in addresses]
    create(client, writer)
    client.patch("/api/products/3", json={"category": "X", "product_name": "Y"}, headers=anyway)
    client.delete("/api/products/8", headers=anyway)
    assert [client.get(address).get_json() for address in addresses] == before


def test_the_etag_in_the_response_to_a_change_is_valid_for_the_next_change(
    client: FlaskClient, writer: Headers
) -> None:
    seen = client.get("/api/products/3").headers["ETag"]
    for cost in (1, 2, 3):
        answer = client.patch("/api/products/3", json={"cost": cost}, headers={**writer, "If-Match": seen})
        assert answer.status_code == 200
        seen = answer.headers["ETag"]
    assert client.get("/api/products/3").headers["ETag"] == seen


def test_if_match_is_compared_with_the_product_of_the_latest_run(
    client: FlaskClient, publish: Publish, writer: Headers
) -> None:
    seen = client.get("/api/products/3").headers["ETag"]
    publish(products=[{**BIKE, "total_sales": 5001}])
    answer = client.patch("/api/products/3", json={"cost": 1}, headers={**writer, "If-Match": seen})
    problem(answer, 412, "precondition-failed")


WRITERS = 4


def at_once(app: Flask, database_url: str, ask: Callable[[FlaskClient, int], TestResponse]) -> list[TestResponse]:
    """Send concurrent requests from several threads to two applications."""
    apps = [app, create_app(settings_for(database_url))]
    barrier = Barrier(WRITERS)

    def one(number: int) -> TestResponse:
        client = apps[number % 2].test_client()
        client.get("/api/products/3")  # connects
        barrier.wait()
        return ask(client, number)

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(WRITERS)))


@pytest.mark.parametrize(("method", "won", "lost"), [("PATCH", 200, 412), ("DELETE", 204, 404)])
def test_exactly_one_of_several_concurrent_changes_with_the_same_etag_is_applied(
    app: Flask, database_url: str, client: FlaskClient, writer: Headers, method: str, won: int, lost: int
) -> None:
    address = "/api/products/3"
    headers = {**writer, "If-Match": client.get(address).headers["ETag"]}

    def write(own_client: FlaskClient, number: int) -> TestResponse:
        body = {"cost": number} if method == "PATCH" else None
        return own_client.open(address, method=method, json=body, headers=headers)

    answers = at_once(app, database_url, write)
    assert sorted(answer.status_code for answer in answers) == [won] + [lost] * (WRITERS - 1)
    if method == "PATCH":
        (winner,) = (answer for answer in answers if answer.status_code == won)
        assert got(client, 3) == winner.get_json()


def keyed(headers: Headers, key: str) -> Headers:
    return {**headers, "Idempotency-Key": key}


def test_a_repeated_request_creates_nothing_and_gets_the_first_response(
    client: FlaskClient, publish: Publish, writer: Headers, anyway: Headers
) -> None:
    first = client.post("/api/products", json=FULL, headers=keyed(writer, "k-1"))
    assert (first.status_code, "Idempotency-Replayed" in first.headers) == (201, False)
    listing = client.get("/api/products")
    client.patch(first.headers["Location"], json={"cost": 3}, headers=anyway)
    changed = client.get("/api/products").headers["ETag"]
    publish(products=[BIKE, CAP])
    after = client.get("/api/products").headers["ETag"]
    reordered = dict(reversed(FULL.items()))
    for body in (FULL, reordered):
        again = client.post("/api/products", json=body, headers=keyed(writer, "k-1"))
        assert (again.status_code, again.data) == (201, first.data)
        for name in ("ETag", "Location", "Business-Date"):
            assert again.headers[name] == first.headers[name]
        assert again.headers["Idempotency-Replayed"] == "true"
    assert client.get("/api/products").headers["ETag"] == after != changed != listing.headers["ETag"]
    assert len(listed(client)) == 3


def test_an_idempotency_key_with_another_body_is_refused(client: FlaskClient, writer: Headers) -> None:
    client.post("/api/products", json=FULL, headers=keyed(writer, "k-1"))
    answer = client.post("/api/products", json={**FULL, "cost": 1}, headers=keyed(writer, "k-1"))
    document = problem(answer, 422, "reused-idempotency-key")
    assert document["errors"][0]["header"] == "Idempotency-Key"
    assert len(listed(client)) == 3


def test_a_refused_request_does_not_use_up_its_idempotency_key(client: FlaskClient, writer: Headers) -> None:
    problem(client.post("/api/products", json={}, headers=keyed(writer, "k-1")), 422, "invalid-request")
    assert client.post("/api/products", json=FULL, headers=keyed(writer, "k-1")).status_code == 201


def test_the_same_idempotency_key_of_another_caller_is_independent(
    client: FlaskClient, keys: dict[str, Headers]
) -> None:
    first = client.post("/api/products", json=FULL, headers=keyed(keys["write"], "k-1"))
    other = client.post("/api/products", json={**FULL, "cost": 1}, headers=keyed(keys["all"], "k-1"))
    assert [answer.status_code for answer in (first, other)] == [201, 201]
    assert first.get_json()["product_key"] != other.get_json()["product_key"]


def test_an_idempotency_key_expires_after_a_day(client: FlaskClient, writer: Headers, engine: Engine) -> None:
    first = client.post("/api/products", json=FULL, headers=keyed(writer, "k-1"))
    with engine.begin() as connection:
        aged = "UPDATE overlay.idempotency_key SET created_at = created_at - interval '24 hours'"
        connection.execute(text(aged))
    second = client.post("/api/products", json={**FULL, "cost": 1}, headers=keyed(writer, "k-1"))
    assert second.status_code == 201
    assert second.get_json()["product_key"] != first.get_json()["product_key"]


def test_the_same_request_several_times_at_once_creates_one_product(
    app: Flask, database_url: str, client: FlaskClient, writer: Headers
) -> None:
    def ask(own_client: FlaskClient, _: int) -> TestResponse:
        return own_client.post("/api/products", json=FULL, headers=keyed(writer, "k-1"))

    answers = at_once(app, database_url, ask)
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.data for answer in answers} == {answers[0].data}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == WRITERS - 1
    assert len(listed(client)) == 3


def test_any_printable_text_is_an_idempotency_key(client: FlaskClient, writer: Headers) -> None:
    for key in ("x" * 255, "!", "~", '"8e03978e-40d5-43dd-bc93-6894a57f9324"'):
        assert client.post("/api/products", json=FULL, headers=keyed(writer, key)).status_code == 201


def test_before_the_first_sync_nothing_is_created(app: Flask, engine: Engine, writer: Headers) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE serving.sync_run SET status = 'failed'"))
    answer = app.test_client().post("/api/products", json=FULL, headers=keyed(writer, "k-1"))
    problem(answer, 503, "not-synced")
    with engine.connect() as connection:
        for name in ("products", "idempotency_key"):
            assert connection.scalar(text(f"SELECT count(*) FROM overlay.{name}")) == 0


def test_a_change_records_the_api_key_that_made_it(
    client: FlaskClient, engine: Engine, keys: dict[str, Headers]
) -> None:
    create(client, keys["write"])
    client.patch("/api/products/3", json={"cost": 1}, headers={**keys["all"], "If-Match": "*"})
    query = (
        "SELECT k.name FROM overlay.products AS o JOIN serving.api_key AS k ON k.id = o.changed_by ORDER BY product_key"
    )
    with engine.connect() as connection:
        assert list(connection.scalars(text(query))) == ["all", "write"]


def test_the_key_for_syncs_cannot_write(client: FlaskClient) -> None:
    answer = client.post("/api/products", json=FULL, headers={"X-API-Key": SYNC_KEY})
    problem(answer, 403, "missing-scope")
