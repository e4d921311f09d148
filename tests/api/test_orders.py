"""Orders and order lines, compared with what the test adds up in Python."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.api.answers import items, problem, refused, whole
from tests.api.conftest import SUNDAY, Publish, publish_run

RANDOM = Random(3)
DAYS = [None, *(SUNDAY - timedelta(days=number) for number in range(40))]


def random_order(number: int) -> list[dict[str, Any]]:
    """Return the lines of an order; one of unknown products has two equal lines."""
    day, customer = RANDOM.choice(DAYS), RANDOM.choice([0, 1, 2, 3])
    line = {
        "order_number": f"{RANDOM.choice(['SO', 'so', 'Ä', 'a b'])}{number}",
        "customer_key": customer,
        "order_date": day,
        "shipping_date": day and day + timedelta(days=7),
        "due_date": None,
    }
    return [
        {
            **line,
            "product_key": RANDOM.choice([0, 0, 1, 2]),
            "sales_amount": RANDOM.choice([None, 0, -5, 100, 2**31 - 1]),
            "quantity": RANDOM.choice([None, 1, 2]),
            "price": RANDOM.choice([None, 50]),
            "cost": RANDOM.choice([None, 30]),
            "profit": RANDOM.choice([None, -7, 40]),
        }
        for _ in range(RANDOM.randint(1, 4))
    ]


LINES = [line for number in range(60) for line in random_order(number)]
LINE_FIELDS = (
    *("order_number", "product_key", "customer_key", "order_date", "shipping_date", "due_date"),
    *("sales_amount", "quantity", "price", "cost", "profit"),
)


def total(lines: list[dict[str, Any]], name: str) -> int | None:
    known = [line[name] for line in lines if line[name] is not None]
    return sum(known) if known else None


def expected_orders() -> list[dict[str, Any]]:
    """Return all orders by number, added up in Python."""
    by_number = defaultdict(list)
    for line in LINES:
        by_number[line["order_number"]].append(line)
    return [
        {
            "order_number": number,
            "order_date": text(lines[0]["order_date"]),
            "shipping_date": text(lines[0]["shipping_date"]),
            "due_date": None,
            "customer_key": lines[0]["customer_key"],
            "order_lines": len(lines),
            "total_sales": total(lines, "sales_amount"),
            "total_quantity": total(lines, "quantity"),
            "total_profit": total(lines, "profit"),
        }
        for number, lines in sorted(by_number.items())
    ]


def text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def shown(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line as the API shows it."""
    return {name: text(line[name]) if name.endswith("_date") else line[name] for name in LINE_FIELDS}


ORDERS = expected_orders()
EVERY_LINE = [shown(line) for line in sorted(LINES, key=lambda line: (str(line["order_number"]), line["product_key"]))]


@pytest.fixture(scope="module", autouse=True)
def _served(shared_engine: Engine) -> None:
    publish_run(shared_engine, sales=LINES[:30])
    shuffled = list(LINES)
    publish_run(shared_engine, sales=shuffled)


@pytest.mark.parametrize("limit", [1, 7, 60, 1000])
def test_orders_add_up_their_lines_on_every_page(shared_client: FlaskClient, limit: int) -> None:
    assert whole(shared_client, f"/api/orders?limit={limit}") == ORDERS


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_no_line_is_lost_or_repeated_between_pages(shared_client: FlaskClient, limit: int) -> None:
    assert whole(shared_client, f"/api/orders/lines?limit={limit}") == EVERY_LINE


@pytest.mark.parametrize(
    ("query", "keep"),
    [
        ("customer=2", lambda order: order["customer_key"] == 2),
        ("from=2025-12-20", lambda order: (order["order_date"] or "") >= "2025-12-20"),
        ("to=2025-12-20", lambda order: (order["order_date"] or "9") <= "2025-12-20"),
        ("from=2025-12-20&to=2025-12-20", lambda order: order["order_date"] == "2025-12-20"),
        ("min_sales=100", lambda order: (order["total_sales"] or 0) >= 100),
        ("max_sales=-1", lambda order: order["total_sales"] is not None and order["total_sales"] < 0),
        ("customer=77", lambda order: False),
    ],
)
def test_filters_of_orders(shared_client: FlaskClient, query: str, keep: Any) -> None:
    assert whole(shared_client, f"/api/orders?limit=3&{query}") == [order for order in ORDERS if keep(order)]


@pytest.mark.parametrize(
    ("query", "keep"),
    [
        (f"order={ORDERS[7]['order_number']}", lambda line: line["order_number"] == ORDERS[7]["order_number"]),
        ("product=0", lambda line: line["product_key"] == 0),
        ("customer=1&product=2", lambda line: (line["customer_key"], line["product_key"]) == (1, 2)),
        ("to=2025-12-20", lambda line: (line["order_date"] or "9") <= "2025-12-20"),
    ],
)
def test_filters_of_lines(shared_client: FlaskClient, query: str, keep: Any) -> None:
    assert whole(shared_client, f"/api/orders/lines?limit=3&{query}") == [line for line in EVERY_LINE if keep(line)]


@pytest.mark.parametrize("name", ["order_number", "order_date", "total_sales"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_orders_in_another_order(shared_client: FlaskClient, name: str, sign: str) -> None:
    smallest: Any = {"order_number": "", "order_date": ""}.get(name, -(2**63))
    ordered = sorted(
        ORDERS,
        key=lambda order: (smallest if order[name] is None else order[name], order["order_number"]),
        reverse=bool(sign),
    )
    assert whole(shared_client, f"/api/orders?limit=7&sort={sign}{name}") == ordered


def test_one_order_has_its_lines(shared_client: FlaskClient) -> None:
    for order in ORDERS:
        answer = shared_client.get(f"/api/orders/{order['order_number']}")
        lines = [line for line in EVERY_LINE if line["order_number"] == order["order_number"]]
        assert answer.get_json() == {**order, "lines": lines}
        unchanged = shared_client.get(
            f"/api/orders/{order['order_number']}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert unchanged.status_code == 304
    table = shared_client.get(f"/api/orders/{ORDERS[0]['order_number']}", headers={"Accept": "text/csv"}).text
    assert table.splitlines()[0] == ",".join(LINE_FIELDS)
    assert len(table.splitlines()) == 1 + ORDERS[0]["order_lines"]


def test_an_order_is_found_in_any_case(client: FlaskClient, publish: Publish) -> None:
    publish(sales=[{"order_number": number, "product_key": 1, "customer_key": 1} for number in ("SO1", "SO2", "ÄS3")])
    for asked, number in (("so1", "SO1"), ("So2", "SO2"), ("äs3", "ÄS3")):
        assert client.get(f"/api/orders/{asked}").get_json()["order_number"] == number
        lines = client.get("/api/orders/lines", query_string={"order": asked}).get_json()["items"]
        assert [line["order_number"] for line in lines] == [number]


@pytest.mark.parametrize("number", ["SO", "so1 ", "%00", "linesx"])
def test_an_unknown_order(shared_client: FlaskClient, number: str) -> None:
    problem(shared_client.get(f"/api/orders/{number}"), 404, "unknown-order")


def test_some_fields_of_orders(shared_client: FlaskClient) -> None:
    found = items(shared_client, "/api/orders?fields=total_sales&limit=2")
    assert found == [{"total_sales": order["total_sales"]} for order in ORDERS[:2]]


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/api/orders?from=2026-01-02&to=2026-01-01", "from"),
        ("/api/orders?customer=me", "customer"),
        ("/api/orders?sort=due_date", "sort"),
        ("/api/orders?country=Germany", "country"),
        ("/api/orders/lines?order=%00", "order"),
        ("/api/orders/lines?product=-1", "product"),
    ],
)
def test_an_invalid_query_is_refused(shared_client: FlaskClient, address: str, parameter: str) -> None:
    assert refused(shared_client.get(address), "parameter")[0][0] == parameter


def test_a_cursor_of_another_list_is_refused(shared_client: FlaskClient) -> None:
    following = shared_client.get("/api/orders?limit=1").get_json()["next"]
    cursor = following.partition("cursor=")[2]
    for address in ("/api/orders/lines", "/api/orders?sort=-order_number&limit=1", "/api/products"):
        answer = shared_client.get(f"{address}{'&' if '?' in address else '?'}cursor={cursor}")
        assert refused(answer, "parameter")[0][0] == "cursor"


def test_before_the_first_sync_no_orders_are_served(client: FlaskClient, publish: Publish) -> None:
    for address in ("/api/orders", "/api/orders/lines", "/api/orders/SO1"):
        problem(client.get(address), 503, "not-synced")
    publish()
    assert items(client, "/api/orders") == items(client, "/api/orders/lines") == []
