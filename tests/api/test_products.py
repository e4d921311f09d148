"""GET /api/products and GET /api/products/{product_key}."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Publish

ROAD_BIKE = {
    "product_key": 3,
    "product_id": 310,
    "product_number": "BK-R93R-62",
    "product_name": 'Road bike, 62"',
    "category_id": "BI_RB",
    "category": "Bikes",
    "subcategory": "Road Bikes",
    "maintenance": "Yes",
    "cost": 2171,
    "product_line": "Road",
    "start_date": "2011-07-01",
    "in_source": True,
    "last_sale_date": "2025-12-28",
    "recency": 1,
    "product_segment": "High-Performer",
    "lifespan": 12,
    "total_orders": 1500,
    "total_sales": 5_000_000_000,
    "total_quantity": 1501,
    "total_customers": 1400,
    "avg_selling_price": 3578.3,
    "avg_order_revenue": 3578,
    "avg_monthly_revenue": 416_666_666,
}
NEVER_SOLD = {"product_key": 5, "product_number": "PD-1", "product_name": "Pedal", "category": None}
CAP = {"product_key": 8, "product_name": "Cap", "category": "Clothing", "product_segment": "Low-Range"}
SOCK = {"product_key": 9, "product_name": "Sock", "category": "Clothing", "product_line": "Mountain"}
PRODUCTS: list[dict[str, Any]] = [SOCK, CAP, NEVER_SOLD, ROAD_BIKE]


@pytest.fixture(autouse=True)
def _products(publish: Publish) -> None:
    publish(products=PRODUCTS)


def keys(client: FlaskClient, address: str) -> list[int]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return [item["product_key"] for item in answer.get_json()["items"]]


def test_a_product_is_answered_with_every_column_money_as_integers_and_dates_as_iso(
    client: FlaskClient,
) -> None:
    assert client.get("/api/products/3").get_json() == ROAD_BIKE


def test_a_product_that_never_sold_is_listed_with_empty_figures(client: FlaskClient) -> None:
    product = client.get("/api/products/5").get_json()
    assert product["product_name"] == "Pedal"
    assert (product["total_sales"], product["product_segment"], product["last_sale_date"]) == (None,) * 3
    assert 5 in keys(client, "/api/products")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [3, 5, 8, 9]),
        ("category=clothing", [8, 9]),
        ("category=Clothing&product_line=MOUNTAIN", [9]),
        ("category=Nothing", []),
        ("segment=high-performer", [3]),
        ("segment=Mid-Range", []),
        ("limit=2", [3, 5]),
        ("limit=2&after=5", [8, 9]),
        ("after=9", []),
        ("after=2147483647", []),
    ],
)
def test_filters_and_pages_choose_products(client: FlaskClient, query: str, expected: list[int]) -> None:
    assert keys(client, f"/api/products?{query}") == expected


def test_following_next_visits_every_product_once_and_keeps_the_filters(client: FlaskClient) -> None:
    address, seen = "/api/products?limit=1&category=Clothing", []
    while address:
        page = client.get(address).get_json()
        seen += [item["product_key"] for item in page["items"]]
        address = page["next"]
    assert seen == [8, 9]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("after=-1", "after"),
        ("after=99999999999", "after"),
        ("segment=VIP", "segment"),
        ("category=%00", "category"),
        ("colour=red", "colour"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_field(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/api/products?{query}")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert list(answer.get_json()["errors"]["query"]) == [field]


@pytest.mark.parametrize("key", ["4", "0", "99999999999", "bike", "-1", "1000000"])
def test_a_product_key_that_nothing_has_is_not_found(client: FlaskClient, key: str) -> None:
    answer = client.get(f"/api/products/{key}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
