"""GET /api/customers/{segment}."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Publish

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
CUSTOMERS: list[dict[str, Any]] = [
    ANA,
    {"customer_key": 2, "customer_segment": "Regular"},
    {"customer_key": 3, "customer_segment": "New"},
    {"customer_key": 4, "customer_segment": "New"},
    {"customer_key": 5},
]


@pytest.fixture(autouse=True)
def _customers(publish: Publish) -> None:
    publish(customers=CUSTOMERS)


def test_a_customer_is_answered_with_every_column(client: FlaskClient) -> None:
    assert client.get("/api/customers/VIP").get_json() == {"items": [ANA], "next": None}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("VIP", [1]),
        ("vip", [1]),
        ("rEGULAR", [2]),
        ("new", [3, 4]),
        ("New?limit=1", [3]),
        ("New?limit=1&after=3", [4]),
    ],
)
def test_a_segment_is_found_in_any_case_and_paged(client: FlaskClient, address: str, expected: list[int]) -> None:
    items = client.get(f"/api/customers/{address}").get_json()["items"]
    assert [item["customer_key"] for item in items] == expected


def test_the_address_of_the_next_page_leads_to_the_next_customers(client: FlaskClient) -> None:
    first = client.get("/api/customers/new?limit=1").get_json()
    second = client.get(first["next"]).get_json()
    assert [item["customer_key"] for item in second["items"]] == [4]
    assert second["next"] is None


@pytest.mark.parametrize("segment", ["Gold", "VIP%00", "n", "null"])
def test_an_unknown_segment_is_answered_with_the_valid_ones(client: FlaskClient, segment: str) -> None:
    answer = client.get(f"/api/customers/{segment}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.get_json()["valid_values"] == ["VIP", "Regular", "New"]
    assert "VIP, Regular, New" in answer.get_json()["detail"]
