"""GET /api/customers, /api/customers/{segment} and /api/customers/key/{customer_key}."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api.resources.schemas import CUSTOMER_FIELDS, CUSTOMER_FIGURES, CUSTOMER_SEGMENTS, CUSTOMER_SORTS
from tests.api.answers import items, problem, refused, table_of, whole
from tests.api.conftest import Publish, publish_run

ANA: dict[str, Any] = {
    "customer_key": 1,
    "customer_id": 11000,
    "customer_number": "AW00011000",
    "first_name": "Ana",
    "last_name": "Jiménez 李",
    "country": "Germany",
    "marital_status": "Single",
    "gender": "Female",
    "birthdate": "1980-02-29",
    "create_date": "2025-10-06",
    "in_source": False,
    "customer_name": "Ana Jiménez 李",
    "age": 46,
    "age_group": "40-49",
    "customer_segment": "VIP",
    "last_order_date": "2025-12-24",
    "recency": 1,
    "total_orders": 3,
    "total_sales": 8249,
    "total_quantity": 8,
    "total_products": 8,
    "lifespan": 28,
    "avg_order_value": 2749,
    "avg_monthly_spend": 294,
}
BEN: dict[str, Any] = {
    "customer_key": 2,
    "customer_segment": "Regular",
    "customer_name": "Ben O'Hara",
    "gender": "Male",
    "country": "France",
    "age_group": "n/a",
    "total_orders": 9,
    "total_sales": 500,
    "last_order_date": "2025-11-02",
}
CUSTOMERS: list[dict[str, Any]] = [
    ANA,
    BEN,
    {"customer_key": 3, "customer_segment": "New", "customer_name": "ben_100%", "country": "Germany"},
    {"customer_key": 4, "customer_segment": "New", "last_order_date": "2026-01-01", "total_sales": 500},
    {"customer_key": 5, "customer_number": "AW5"},
]


@pytest.fixture(scope="module", autouse=True)
def _customers(shared_engine: Engine) -> None:
    publish_run(shared_engine, customers=[{"customer_key": 7, "customer_segment": "VIP"}])
    publish_run(shared_engine, customers=CUSTOMERS)


def keys(client: FlaskClient, address: str) -> list[int]:
    return [item["customer_key"] for item in items(client, address)]


@pytest.mark.parametrize("address", ["/api/customers/VIP", "/api/customers?segment=vip", "/api/customers?limit=1"])
def test_a_customer_is_listed_with_every_field(shared_client: FlaskClient, address: str) -> None:
    found = items(shared_client, address)
    assert found == [ANA]
    assert tuple(found[0]) == CUSTOMER_FIELDS


def test_a_customer_is_found_by_key(shared_client: FlaskClient) -> None:
    answer = shared_client.get("/api/customers/key/1")
    assert (answer.status_code, answer.get_json()) == (200, ANA)
    assert answer.headers["Business-Date"] == "2026-01-04"
    assert (
        shared_client.get("/api/customers/key/1", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    )
    assert table_of(shared_client.get("/api/customers/key/1", headers={"Accept": "text/csv"}))[0]["age"] == "46"


@pytest.mark.parametrize(
    ("key", "name"), [("7", "unknown-customer"), ("0", "unknown-customer"), ("2147483648", None), ("x", None)]
)
def test_an_unknown_customer_is_not_found(shared_client: FlaskClient, key: str, name: str | None) -> None:
    problem(shared_client.get(f"/api/customers/key/{key}"), 404, name)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("/VIP", [1]),
        ("/vip", [1]),
        ("/rEGULAR", [2]),
        ("/new", [3, 4]),
        ("/New?limit=1", [3]),
        ("/new?sort=-customer_key", [4, 3]),
        ("/new?country=germany", [3]),
        ("?segment=NEW", [3, 4]),
        ("?country=GERMANY", [1, 3]),
        ("?gender=female", [1]),
        ("?age_group=40-49", [1]),
        ("?age_group=N/A", [2]),
        ("?q=BEN", [2, 3]),
        ("?q=o'h", [2]),
        ("?q=aw", [1, 5]),
        ("?q=%25", [3]),
        ("?q=_", [3]),
        ("?q=李", [1]),
        ("?segment=New&q=ben", [3]),
        ("?sort=customer_key", [1, 2, 3, 4, 5]),
        ("?sort=-customer_key", [5, 4, 3, 2, 1]),
        ("?sort=customer_name", [4, 5, 1, 2, 3]),
        ("?sort=-customer_name", [3, 2, 1, 5, 4]),
        ("?sort=total_sales", [3, 5, 2, 4, 1]),
        ("?sort=-total_sales", [1, 4, 2, 5, 3]),
        ("?sort=total_orders", [3, 4, 5, 1, 2]),
        ("?sort=-total_orders", [2, 1, 5, 4, 3]),
        ("?sort=last_order_date", [3, 5, 2, 1, 4]),
        ("?sort=-last_order_date", [4, 1, 2, 5, 3]),
    ],
)
def test_segments_filters_and_sort_orders_select_customers(
    shared_client: FlaskClient, address: str, expected: list[int]
) -> None:
    assert keys(shared_client, f"/api/customers{address}") == expected


@pytest.mark.parametrize("figure", CUSTOMER_FIGURES)
def test_every_figure_is_a_filter_and_a_sort_order(client: FlaskClient, publish: Publish, figure: str) -> None:
    values = {1: 7, 2: None, 3: -3, 4: 7, 5: 0, 6: 12}
    publish(customers=[{"customer_key": key, figure: value} for key, value in values.items()])
    for query, expected in (
        (f"sort={figure}", [2, 3, 5, 1, 4, 6]),
        (f"sort=-{figure}", [6, 4, 1, 5, 3, 2]),
        (f"min_{figure}=0", [1, 4, 5, 6]),
        (f"max_{figure}=7&min_{figure}=-2", [1, 4, 5]),
        (f"max_{figure}={2**63 - 1}&min_{figure}={1 - 2**63}", [1, 3, 4, 5, 6]),
        (f"min_{figure}={2**63 - 1}", []),
    ):
        for limit in (1, 100):
            found = whole(client, f"/api/customers?limit={limit}&{query}")
            assert [item["customer_key"] for item in found] == expected


@pytest.mark.parametrize(
    "start", ["/api/customers/nEW?limit=1&fields=customer_key", "/api/customers?segment=new&limit=1"]
)
def test_the_next_page_keeps_segment_and_fields(shared_client: FlaskClient, start: str) -> None:
    found = whole(shared_client, start)
    assert [item["customer_key"] for item in found] == [3, 4]
    assert "fields" not in start or all(list(item) == ["customer_key"] for item in found)


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("?segment=Gold", "segment", ", ".join(CUSTOMER_SEGMENTS)),
        ("/VIP?segment=VIP", "segment", "country, gender"),
        ("?category=Bikes", "category", "country, gender"),
        ("?sort=birthdate", "sort", ", ".join(CUSTOMER_SORTS)),
        ("?min_age=young", "min_age", "whole number"),
        ("?fields=product_key", "fields", ", ".join(CUSTOMER_FIELDS)),
        ("/New?country=%00", "country", "NUL"),
        (f"?gender={'x' * 51}", "gender", "0 to 50"),
        (f"?age_group={'x' * 51}", "age_group", "0 to 50"),
        ("/new?limit=0", "limit", "from 1 to 1000"),
        ("/new?cursor=x", "cursor", "next"),
    ],
)
def test_an_invalid_query_is_refused_with_the_allowed_values(
    shared_client: FlaskClient, query: str, parameter: str, message: str
) -> None:
    ((place, detail),) = refused(shared_client.get(f"/api/customers{query}"), "parameter")
    assert place == parameter
    assert message in detail


@pytest.mark.parametrize("segment", ["Gold", "VIP%00", "n", "null", "key", "VIP%20"])
def test_the_error_for_an_unknown_segment_lists_the_valid_segments(shared_client: FlaskClient, segment: str) -> None:
    document = problem(shared_client.get(f"/api/customers/{segment}"), 404, "unknown-segment")
    assert document["valid_values"] == ["VIP", "Regular", "New"]
    assert "VIP, Regular, New" in document["detail"]
