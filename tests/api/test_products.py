"""GET /api/products and GET /api/products/{product_key}: filters, sort orders and fields."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api.resources.schemas import PRODUCT_FIELDS, PRODUCT_SEGMENTS, PRODUCT_SORTS
from tests.api.answers import items, problem, refused, whole
from tests.api.conftest import publish_run

ROAD_BIKE: dict[str, Any] = {
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
NEVER_SOLD: dict[str, Any] = {"product_key": 5, "product_number": "PD-1", "product_name": "Pedal", "category": None}
CAP: dict[str, Any] = {
    "product_key": 8,
    "product_name": "Cap 100% wool",
    "category": "Clothing",
    "subcategory": "Caps",
    "product_segment": "Low-Range",
    "total_sales": 900,
    "total_quantity": 90,
    "total_orders": 80,
    "last_sale_date": "2025-12-31",
}
SOCK: dict[str, Any] = {
    "product_key": 9,
    "product_name": "sock_mountain",
    "product_number": r"SO\1",
    "category": "Clothing",
    "subcategory": "Socks",
    "product_line": "Mountain",
    "product_segment": "Mid-Range",
    "total_sales": 20_000,
    "total_quantity": 20,
    "total_orders": 2000,
    "last_sale_date": "2026-01-02",
}
NAMELESS: dict[str, Any] = {"product_key": 11, "product_number": "ÄÖ-7", "product_line": "Road", "total_sales": 0}
PRODUCTS = [SOCK, CAP, NEVER_SOLD, NAMELESS, ROAD_BIKE]


@pytest.fixture(scope="module", autouse=True)
def _products(shared_engine: Engine) -> None:
    publish_run(shared_engine, products=[{"product_key": 1, "product_name": "of the day before"}])
    publish_run(shared_engine, products=PRODUCTS)


def keys(client: FlaskClient, query: dict[str, Any] | str) -> list[int]:
    answer = client.get("/api/products", query_string=query)
    assert answer.status_code == 200, answer.text
    return [item["product_key"] for item in answer.get_json()["items"]]


def test_a_product_has_every_field_with_money_as_integers_and_iso_dates(shared_client: FlaskClient) -> None:
    answer = shared_client.get("/api/products/3")
    assert answer.get_json() == {**ROAD_BIKE, "origin": "warehouse"}
    assert tuple(answer.get_json()) == PRODUCT_FIELDS
    assert (answer.content_type, answer.headers["Business-Date"]) == ("application/json", "2026-01-04")


def test_a_list_has_its_business_date_and_the_same_products_as_single_reads(shared_client: FlaskClient) -> None:
    answer = shared_client.get("/api/products")
    document = answer.get_json()
    assert (document["business_date"], document["next"]) == ("2026-01-04", None)
    assert answer.headers["Business-Date"] == "2026-01-04"
    assert "Link" not in answer.headers
    one_by_one = [shared_client.get(f"/api/products/{key}").get_json() for key in (3, 5, 8, 9, 11)]
    assert document["items"] == one_by_one


def test_a_product_that_was_never_sold_is_listed_with_null_figures(shared_client: FlaskClient) -> None:
    product = shared_client.get("/api/products/5").get_json()
    assert product["product_name"] == "Pedal"
    assert (product["total_sales"], product["product_segment"], product["last_sale_date"]) == (None,) * 3
    assert 5 in keys(shared_client, "")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [3, 5, 8, 9, 11]),
        ({"category": "clothing"}, [8, 9]),
        ({"category": "CLOTHING", "product_line": "mountain"}, [9]),
        ({"category": "Cloth"}, []),
        ({"category": "Clothing%"}, []),
        ({"category": ""}, []),
        ({"subcategory": "road bikes"}, [3]),
        ({"subcategory": "socks", "category": "Bikes"}, []),
        ({"product_line": "ROAD"}, [3, 11]),
        ({"segment": "high-performer"}, [3]),
        ({"segment": "MID-range"}, [9]),
        ({"segment": "Low-Range"}, [8]),
        ({"min_sales": 900}, [3, 8, 9]),
        ({"min_sales": 901}, [3, 9]),
        ({"min_sales": 0}, [3, 8, 9, 11]),
        ({"max_sales": 900}, [8, 11]),
        ({"max_sales": 899}, [11]),
        ({"min_sales": 900, "max_sales": 20_000}, [8, 9]),
        ({"min_sales": 2**63 - 1}, []),
        ({"max_sales": 2**63 - 1}, [3, 8, 9, 11]),
        ({"q": "ROAD"}, [3]),
        ({"q": "bk-r"}, [3]),
        ({"q": "%"}, [8]),
        ({"q": "100% W"}, [8]),
        ({"q": "_"}, [9]),
        ({"q": "k_m"}, [9]),
        ({"q": "\\"}, [9]),
        ({"q": "\\1"}, [9]),
        ({"q": '62"'}, [3]),
        ({"q": "'"}, []),
        ({"q": "äö"}, [11]),
        ({"q": ""}, [3, 5, 8, 9, 11]),
        ({"q": "a", "category": "Clothing", "max_sales": 1000}, [8]),
        ({"limit": 2}, [3, 5]),
        ({"limit": 1000}, [3, 5, 8, 9, 11]),
        ({"sort": "product_key"}, [3, 5, 8, 9, 11]),
        ({"sort": "-product_key"}, [11, 9, 8, 5, 3]),
        # null is the smallest value, surrogate keys break ties, names are sorted by code points
        ({"sort": "product_name"}, [11, 8, 5, 3, 9]),
        ({"sort": "-product_name"}, [9, 3, 5, 8, 11]),
        ({"sort": "total_sales"}, [5, 11, 8, 9, 3]),
        ({"sort": "-total_sales"}, [3, 9, 8, 11, 5]),
        ({"sort": "total_quantity"}, [5, 11, 9, 8, 3]),
        ({"sort": "-total_quantity"}, [3, 8, 9, 11, 5]),
        ({"sort": "total_orders"}, [5, 11, 8, 3, 9]),
        ({"sort": "-total_orders"}, [9, 3, 8, 11, 5]),
        ({"sort": "last_sale_date"}, [5, 11, 3, 8, 9]),
        ({"sort": "-last_sale_date"}, [9, 8, 3, 11, 5]),
        ({"sort": "-total_sales", "category": "Clothing", "limit": 1}, [9]),
    ],
)
def test_filters_and_sort_orders_select_products(
    shared_client: FlaskClient, query: dict[str, Any], expected: list[int]
) -> None:
    assert keys(shared_client, query) == expected


def test_the_cases_above_include_each_sort_order_in_both_directions() -> None:
    marks: list[pytest.Mark] = test_filters_and_sort_orders_select_products.pytestmark
    tried = {query["sort"] for query, _ in marks[0].args[1] if "sort" in query}
    assert tried == {sign + name for name in PRODUCT_SORTS for sign in ("", "-")}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("product_key", {"product_key": 3}),
        ("cost,product_key", {"cost": 2171, "product_key": 3}),
        ("origin,origin,last_sale_date", {"origin": "warehouse", "last_sale_date": "2025-12-28"}),
    ],
)
def test_a_list_has_only_the_requested_fields_in_the_requested_order(
    shared_client: FlaskClient, wanted: str, expected: dict[str, Any]
) -> None:
    found = items(shared_client, f"/api/products?category=bikes&fields={wanted}")
    assert found == [expected]
    assert list(found[0]) == list(expected)


def test_the_next_page_keeps_filters_sort_order_fields_and_limit(shared_client: FlaskClient) -> None:
    query = "category=Clothing&q=o&min_sales=1&sort=-total_sales&fields=product_name&limit=1"
    assert whole(shared_client, f"/api/products?{query}") == [
        {"product_name": "sock_mountain"},
        {"product_name": "Cap 100% wool"},
    ]


@pytest.mark.parametrize("query", ["limit=5", "limit=2&q=%25", "limit=2&sort=-product_name", "limit=1&q=%26%3D%22%3E"])
def test_the_header_link_has_the_same_url_as_next(shared_client: FlaskClient, query: str) -> None:
    answer = shared_client.get(f"/api/products?{query}")
    following = answer.get_json()["next"]
    assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("limit=0", "limit", "from 1 to 1000"),
        ("limit=1001", "limit", "from 1 to 1000"),
        ("limit=-1", "limit", "from 1 to 1000"),
        ("limit=many", "limit", "whole number"),
        ("limit=1.0", "limit", "whole number"),
        ("limit=1e2", "limit", "whole number"),
        ("limit=٣", "limit", "whole number"),
        ("limit=+5", "limit", "whole number"),
        ("limit=", "limit", "whole number"),
        (f"limit={'9' * 5000}", "limit", "whole number"),
        ("min_sales=-1", "min_sales", "from 0 to 9223372036854775807"),
        (f"max_sales={2**63}", "max_sales", "from 0 to 9223372036854775807"),
        ("max_sales=much", "max_sales", "whole number"),
        ("segment=VIP", "segment", ", ".join(PRODUCT_SEGMENTS)),
        ("segment=", "segment", ", ".join(PRODUCT_SEGMENTS)),
        ("category=%00", "category", "NUL"),
        ("subcategory=a%00b", "subcategory", "NUL"),
        ("product_line=%00", "product_line", "NUL"),
        ("q=%00", "q", "NUL"),
        (f"q={'x' * 101}", "q", "0 to 100"),
        (f"category={'x' * 51}", "category", "0 to 50"),
        ("sort=colour", "sort", ", ".join(PRODUCT_SORTS)),
        ("sort=cost", "sort", ", ".join(PRODUCT_SORTS)),
        ("sort=--total_sales", "sort", ", ".join(PRODUCT_SORTS)),
        ("sort=total_sales,product_key", "sort", ", ".join(PRODUCT_SORTS)),
        ("sort=", "sort", ", ".join(PRODUCT_SORTS)),
        ("fields=colour", "fields", "'colour'; known values: " + ", ".join(PRODUCT_FIELDS)),
        ("fields=product_key,run_id", "fields", "'run_id'"),
        ("fields=", "fields", ", ".join(PRODUCT_FIELDS)),
        ("colour=red", "colour", "category, subcategory, product_line, segment"),
        ("after=5", "after", "limit, cursor"),
        ("fields_=cost", "fields_", "fields"),
        ("Limit=5", "Limit", "limit"),
    ],
)
def test_an_invalid_query_is_refused_with_the_allowed_values(
    shared_client: FlaskClient, query: str, parameter: str, message: str
) -> None:
    ((place, detail),) = refused(shared_client.get(f"/api/products?{query}"), "parameter")
    assert place == parameter
    assert message in detail


def test_all_errors_of_a_query_are_listed(shared_client: FlaskClient) -> None:
    complaints = refused(shared_client.get("/api/products?limit=0&sort=x&colour=red&segment=VIP"), "parameter")
    assert sorted(place for place, _ in complaints) == ["colour", "limit", "segment", "sort"]


@pytest.mark.parametrize("key", ["1", "4", "0", "2147483647"])
def test_an_unknown_product_is_not_found(shared_client: FlaskClient, key: str) -> None:
    document = problem(shared_client.get(f"/api/products/{key}"), 404, "unknown-product")
    assert "GET /api/products" in document["detail"]


@pytest.mark.parametrize("key", ["2147483648", "99999999999999999999", "bike", "-1", "1.0", "%00", "3;"])
def test_a_url_with_an_invalid_product_key_is_not_found(shared_client: FlaskClient, key: str) -> None:
    problem(shared_client.get(f"/api/products/{key}"), 404)
