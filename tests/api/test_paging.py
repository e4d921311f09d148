"""Keyset pagination: `next` and its cursor."""

import base64
import json
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from api.resources.schemas import CUSTOMER_SORTS, PRODUCT_SORTS
from tests.api.answers import items, pages, problem, refused, whole
from tests.api.conftest import SUNDAY, Publish, add_keys, publish_run

NAMES = [None, "", "a", "A", "b", "Ä", "ä", "李", "a b", "a-b", "ab", "~\x7f", "\N{ROCKET}", "\uffff", '"', "&=+%", "~"]
NUMBERS = [None, -(2**63) + 1, -1, 0, 1, 2, 3, 2**31, 2**63 - 1]
COUNTS = [None, -1, 0, 1, 2, 3, 2**31 - 1]
DAYS = [None, date(1, 1, 1), date(9999, 12, 31), *(SUNDAY - timedelta(days) for days in range(5))]
OWN_PRODUCTS = 5


def random_products(random: Random) -> list[dict[str, Any]]:
    return [
        {
            "product_key": key,
            "product_name": random.choice(NAMES),
            "total_sales": random.choice(NUMBERS),
            "total_quantity": random.choice(NUMBERS),
            "total_orders": random.choice(COUNTS),
            "last_sale_date": random.choice(DAYS),
        }
        for key in random.sample(range(1, 100), 40)
    ]


def random_customers(random: Random) -> list[dict[str, Any]]:
    return [
        {
            "customer_key": key,
            "customer_segment": random.choice(["New", "New", "VIP", None]),
            "customer_name": random.choice(NAMES),
            "total_sales": random.choice(NUMBERS),
            "total_orders": random.choice(COUNTS),
            "last_order_date": random.choice(DAYS),
        }
        for key in random.sample(range(1, 100), 40)
    ]


@pytest.fixture(scope="module", autouse=True)
def _served(shared_engine: Engine, shared_client: FlaskClient) -> None:
    """Two runs with the same keys; in the served one users have changed, deleted and created products."""
    random = Random(1)
    publish_run(shared_engine, products=random_products(random), customers=random_customers(random))
    publish_run(shared_engine, products=random_products(random), customers=random_customers(random))
    headers = add_keys(shared_engine)["all"]
    for _ in range(OWN_PRODUCTS):
        body = {"product_name": random.choice([name for name in NAMES if name])}
        assert shared_client.post("/api/products", json=body, headers=headers).status_code == 201
    for number, item in enumerate(items(shared_client, "/api/products?limit=12")):
        address, anyway = f"/api/products/{item['product_key']}", {**headers, "If-Match": "*"}
        if number % 3:
            changed = shared_client.patch(address, json={"product_name": random.choice(NAMES) or "?"}, headers=anyway)
            assert changed.status_code == 200
        else:
            assert shared_client.delete(address, headers=anyway).status_code == 204


def place(key: str, name: str) -> Callable[[dict[str, Any]], tuple[Any, int]]:
    """Return the sort key of an item: null first, text by code points, then by surrogate key."""
    smallest: Any = "" if name.endswith(("_name", "_date")) else -(2**63)

    def of(item: dict[str, Any]) -> tuple[Any, int]:
        value = item[name]
        return (smallest if value is None else value, item[key])

    return of


SORTS = [
    (address, key, name, descending)
    for address, key, names in (
        ("/api/products", "product_key", PRODUCT_SORTS),
        ("/api/customers", "customer_key", CUSTOMER_SORTS),
        ("/api/customers/new", "customer_key", CUSTOMER_SORTS),
    )
    for name in names
    for descending in (False, True)
]


@pytest.mark.parametrize(("address", "key", "name", "descending"), SORTS)
def test_following_next_visits_each_item_once_and_in_order(
    shared_client: FlaskClient, address: str, key: str, name: str, descending: bool
) -> None:
    everything = items(shared_client, f"{address}?limit=1000")
    assert len(everything) > 10
    expected = sorted(everything, key=place(key, name), reverse=descending)
    for limit in (3, len(everything), len(everything) + 1):
        query = f"?limit={limit}&sort={'-' if descending else ''}{name}"
        found = list(pages(shared_client, address + query))
        assert [item for page in found for item in page] == expected
        assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
        assert 0 < len(found[-1]) <= limit


def test_a_cursor_continues_after_its_sort_key_even_if_that_item_is_filtered_out(shared_client: FlaskClient) -> None:
    first = shared_client.get("/api/customers?limit=1&sort=-customer_key").get_json()
    rest = items(shared_client, first["next"].replace("limit=1", "limit=1000") + "&segment=VIP")
    vip = items(shared_client, "/api/customers/vip?limit=1000&sort=-customer_key")
    assert rest == [item for item in vip if item["customer_key"] != first["items"][0]["customer_key"]]


def cursor(run_id: Any, order: Any, *values: Any) -> str:
    """Encode a forged cursor."""
    return packed(json.dumps([run_id, order, *values]))


def packed(document: str) -> str:
    return base64.urlsafe_b64encode(document.encode()).rstrip(b"=").decode()


def unpacked(text: str) -> list[Any]:
    document: list[Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return document


def cursor_of(client: FlaskClient, address: str) -> str:
    """Return the cursor of the next page."""
    following: str = client.get(address).get_json()["next"]
    return following.partition("cursor=")[2].partition("&")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "xyz",
        "!!!!",
        "%00",
        "é",
        packed(""),
        packed("no JSON"),
        packed("{}"),
        packed("[]"),
        packed("[2]"),
        packed('"[2, \\"product_key\\", \\"1\\"]"'),
        packed("[" * 20_000),
        packed('[2, "total_sales", "\\ud800", "1"]'),
        cursor("2", "total_sales", "1", "1"),
        cursor(True, "total_sales", "1", "1"),
        cursor(2.0, "total_sales", "1", "1"),
        cursor(-1, "total_sales", "1", "1"),
        cursor(2**31, "total_sales", "1", "1"),
        cursor(2, None, "1", "1"),
        cursor(2, "total_sales", 1, 1),
        cursor(2, "total_sales", None, "1"),
        cursor(2, "total_sales", ["1"], "1"),
        cursor(2, "total_sales", "1\0", "1"),
    ],
)
def test_a_text_that_is_not_a_cursor_is_refused(shared_client: FlaskClient, text: str) -> None:
    ((parameter, detail),) = refused(shared_client.get(f"/api/products?sort=total_sales&cursor={text}"), "parameter")
    assert parameter == "cursor"
    assert "`next`" in detail


WRONG_VALUES = [
    ("total_sales", ["one", "1"]),
    ("total_sales", ["", "1"]),
    ("total_sales", ["1.5", "1"]),
    ("total_sales", [" 1", "1"]),
    ("total_sales", ["٣", "1"]),
    ("total_sales", [str(2**63), "1"]),
    ("total_sales", [str(-(2**63) - 1), "1"]),
    ("total_sales", ["9" * 5000, "1"]),
    ("total_sales", ["1", "1); DROP SCHEMA serving CASCADE; --"]),
    ("total_sales", ["1", str(2**63)]),
    ("total_sales", ["1"]),
    ("total_sales", ["1", "1", "1"]),
    ("total_sales", []),
    ("last_sale_date", ["yesterday", "1"]),
    ("last_sale_date", ["", "1"]),
    ("last_sale_date", ["2026-02-30", "1"]),
    ("last_sale_date", ["20260104", "1"]),
    ("last_sale_date", ["2026-W01-7", "1"]),
    ("last_sale_date", ["infinity", "1"]),
    ("product_name", ["name", "key"]),
    ("product_key", ["1.0"]),
]


@pytest.mark.parametrize(("sort", "values"), WRONG_VALUES)
def test_a_cursor_with_values_of_the_wrong_type_is_refused(
    shared_client: FlaskClient, sort: str, values: list[str]
) -> None:
    run_id, order, *_ = unpacked(cursor_of(shared_client, f"/api/products?limit=1&sort={sort}"))
    made = cursor(run_id, order, *values)
    ((parameter, _),) = refused(shared_client.get(f"/api/products?sort={sort}&cursor={made}"), "parameter")
    assert parameter == "cursor"


def test_a_cursor_that_is_decoded_and_encoded_again_is_accepted(shared_client: FlaskClient) -> None:
    for sort in PRODUCT_SORTS:
        given = cursor_of(shared_client, f"/api/products?limit=1&sort={sort}")
        made = cursor(*unpacked(given))
        addresses = [f"/api/products?sort={sort}&cursor={text}" for text in (given, made)]
        assert items(shared_client, addresses[0]) == items(shared_client, addresses[1])


@pytest.mark.parametrize(
    ("given_by", "sent_to"),
    [
        ("/api/products?limit=1", "/api/products?sort=-product_key"),
        ("/api/products?limit=1", "/api/products?sort=total_sales"),
        ("/api/products?limit=1&sort=total_sales", "/api/products"),
        ("/api/products?limit=1&sort=total_sales", "/api/products?sort=-total_sales"),
        ("/api/products?limit=1&sort=total_sales", "/api/products?sort=total_quantity"),
        ("/api/products?limit=1", "/api/customers?"),
        ("/api/products?limit=1&sort=total_sales", "/api/customers?sort=total_sales"),
        ("/api/customers?limit=1&sort=-total_orders", "/api/products?sort=-total_orders"),
        ("/api/customers?limit=1", "/api/sales?"),
    ],
)
def test_a_cursor_of_another_list_or_sort_order_is_refused(
    shared_client: FlaskClient, given_by: str, sent_to: str
) -> None:
    sign = "&" if "?" in sent_to else "?"
    answer = shared_client.get(f"{sent_to}{sign}cursor={cursor_of(shared_client, given_by)}")
    ((parameter, detail),) = refused(answer, "parameter")
    assert (parameter, "`next`" in detail) == ("cursor", True)


FIRST: dict[str, list[dict[str, Any]]] = {
    "products": [{"product_key": key, "product_name": "first", "category": "a"} for key in (1, 2, 3)],
    "customers": [{"customer_key": key, "customer_name": "first", "customer_segment": "VIP"} for key in (1, 2, 3)],
    "sales": [
        {"order_number": str(key), "product_key": key, "customer_key": key, "quantity": 1, "order_date": SUNDAY}
        for key in (1, 2, 3)
    ],
}
LISTS = [
    "/api/products?",
    "/api/products?sort=-product_name&",
    "/api/products?category=A&fields=product_name&",
    "/api/customers?",
    "/api/customers?sort=-total_sales&",
    "/api/customers/VIP?",
    "/api/sales?group_by=product&",
    "/api/sales?group_by=day,category,product&",
]


def second_day() -> dict[str, Any]:
    """Return rows of the next day: all differ, and each table has one more."""
    return {
        "products": [{"product_key": key, "product_name": "second", "category": "b"} for key in range(1, 5)],
        "customers": [
            {"customer_key": key, "customer_name": "second", "customer_segment": "VIP"} for key in range(1, 5)
        ],
        "sales": [{**sale, "quantity": 2} for sale in FIRST["sales"]],
        "business_date": SUNDAY + timedelta(1),
    }


@pytest.mark.parametrize("address", LISTS)
def test_all_pages_of_a_list_come_from_one_run(client: FlaskClient, publish: Publish, address: str) -> None:
    publish(**FIRST)
    before = whole(client, f"{address}limit=1")
    assert len(before) == 3
    first = client.get(f"{address}limit=1").get_json()
    publish(**second_day())
    second = client.get(first["next"])
    assert second.headers["Business-Date"] == second.get_json()["business_date"] == "2026-01-04"
    assert [*first["items"], *second.get_json()["items"], *whole(client, second.get_json()["next"])] == before
    assert client.get(f"{address}limit=1").headers["Business-Date"] == "2026-01-05"
    assert whole(client, f"{address}limit=1") != before


@pytest.mark.parametrize("conditional", [False, True])
def test_a_cursor_of_a_pruned_run_is_gone(
    client: FlaskClient, publish: Publish, engine: Engine, conditional: bool
) -> None:
    run_id = publish(**FIRST)
    first = [client.get(f"{address}limit=1") for address in LISTS]
    publish(**second_day())
    with engine.begin() as connection:
        for name in ("products", "customers", "sales"):
            connection.execute(text(f"DELETE FROM serving.{name} WHERE run_id = {run_id}"))
        connection.execute(text(f"UPDATE serving.sync_run SET pruned_at = now() WHERE id = {run_id}"))
    for answer in first:
        headers = {"If-None-Match": answer.headers["ETag"]} if conditional else {}
        document = problem(client.get(answer.get_json()["next"], headers=headers), 410, "cursor-expired")
        assert "without `cursor`" in document["detail"]


@pytest.mark.parametrize("state", ["running", "failed"])
def test_a_cursor_cannot_read_a_run_that_was_never_served(
    client: FlaskClient, publish: Publish, engine: Engine, state: str
) -> None:
    publish(**FIRST)
    run_id, order, *values = unpacked(cursor_of(client, "/api/products?limit=1"))
    publish(**second_day())
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE serving.sync_run SET status = '{state}' WHERE id = {run_id + 1}"))
        connection.execute(text(f"UPDATE serving.sync_run SET superseded_at = NULL WHERE id = {run_id}"))
    assert [item["product_name"] for item in items(client, "/api/products")] == ["first"] * 3
    for other in (run_id + 1, run_id + 2, 0, 2**31 - 1):
        answer = client.get(f"/api/products?cursor={cursor(other, order, *values)}")
        problem(answer, 410, "cursor-expired")
