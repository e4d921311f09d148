"""GET /api/sales and GET /api/kpis, compared with sums that the test computes in Python."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from api import create_app
from api.resources.schemas import GROUPS
from tests.api.answers import items, refused, whole
from tests.api.conftest import SUNDAY, Publish, publish_run

Sale = dict[str, Any]
RANDOM = Random(7)

PRODUCTS: list[dict[str, Any]] = [
    {"product_key": 1, "product_name": "Road bike", "category": "Bikes", "subcategory": "Road Bikes"},
    {"product_key": 2, "product_name": "Mountain bike", "category": "Bikes", "subcategory": "Mountain Bikes"},
    {"product_key": 3, "product_name": "Cap", "category": "Clothing", "subcategory": "Caps"},
    {"product_key": 4, "product_name": "Ünknown category", "category": None, "subcategory": None},
    {"product_key": 5, "product_name": "Cap", "category": "", "subcategory": "caps"},
    {"product_key": 6, "product_name": "never sold", "category": "Nothing", "subcategory": "Nothing"},
]
CUSTOMERS: list[dict[str, Any]] = [
    {"customer_key": 1, "country": "Germany"},
    {"customer_key": 2, "country": "France"},
    {"customer_key": 3, "country": "germany"},
    {"customer_key": 4, "country": None},
    {"customer_key": 5, "country": "n/a"},
    {"customer_key": 6, "country": "Nowhere"},
]
DAYS = [None, date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2025, 3, 31), date(2025, 4, 1), SUNDAY]


def random_sale(number: int) -> Sale:
    """Return a random order line; products and customers 0 and 9 are unknown, and many orders have several lines."""
    return {
        "order_number": f"SO{RANDOM.randint(1, 60)}",
        "product_key": RANDOM.choice([0, 1, 2, 3, 4, 5, 9]),
        "customer_key": RANDOM.choice([0, 1, 2, 3, 4, 5, 9]),
        "order_date": RANDOM.choice(DAYS),
        "sales_amount": RANDOM.choice([None, 0, -5, number, 2**31 - 1]),
        "quantity": RANDOM.choice([None, 0, 1, 7, 2**31 - 1]),
        "profit": RANDOM.choice([None, -number, number, 2**40]),
    }


SALES = [random_sale(number) for number in range(200)]


@pytest.fixture(scope="module", autouse=True)
def _served(shared_engine: Engine) -> None:
    publish_run(shared_engine, sales=SALES[:50])
    publish_run(shared_engine, products=PRODUCTS, customers=CUSTOMERS, sales=SALES)


def product_of(sale: Sale) -> dict[str, Any]:
    return next((product for product in PRODUCTS if product["product_key"] == sale["product_key"]), {})


def country_of(sale: Sale) -> Any:
    return next((c["country"] for c in CUSTOMERS if c["customer_key"] == sale["customer_key"]), None)


def of_day(show: Callable[[date], Any]) -> Callable[[Sale], Any]:
    return lambda sale: show(sale["order_date"]) if sale["order_date"] else None


MEMBERS: dict[str, dict[str, Callable[[Sale], Any]]] = {
    "day": {"day": of_day(date.isoformat)},
    "month": {"month": of_day(lambda day: f"{day:%Y-%m}")},
    "quarter": {"quarter": of_day(lambda day: f"{day.year}-Q{(day.month - 1) // 3 + 1}")},
    "year": {"year": of_day(lambda day: day.year)},
    "country": {"country": country_of},
    "category": {"category": lambda sale: product_of(sale).get("category") or None},
    "subcategory": {"subcategory": lambda sale: product_of(sale).get("subcategory")},
    "product": {
        "product_key": lambda sale: sale["product_key"],
        "product_name": lambda sale: product_of(sale).get("product_name"),
    },
}


def total(sales: Iterable[Sale], column: str) -> int | None:
    """Add up as SQL does: None is ignored, and the sum of no values is None."""
    known = [sale[column] for sale in sales if sale[column] is not None]
    return sum(known) if known else None


def place(value: Any) -> tuple[bool, Any]:
    """Return a sort key: None first, then by value; text by code points."""
    return (value is not None, value if value is not None else 0)


def expected(group_by: Sequence[str], sales: Iterable[Sale] = SALES) -> list[dict[str, Any]]:
    """Return the groups in their order, computed in Python."""
    members = {name: of for group in group_by for name, of in MEMBERS[group].items()}
    groups: dict[tuple[Any, ...], list[Sale]] = defaultdict(list)
    for sale in sales:
        groups[tuple(of(sale) for of in members.values())].append(sale)
    return [
        {
            **dict(zip(members, key, strict=True)),
            "total_sales": total(lines, "sales_amount"),
            "total_profit": total(lines, "profit"),
            "total_quantity": total(lines, "quantity"),
            "total_orders": len({line["order_number"] for line in lines}),
        }
        for key, lines in sorted(groups.items(), key=lambda group: [place(value) for value in group[0]])
    ]


SINGLES_AND_PAIRS = [(group,) for group in GROUPS] + list(permutations(GROUPS, 2))


@pytest.mark.parametrize("group_by", SINGLES_AND_PAIRS, ids=",".join)
def test_groups_have_the_sums_of_their_order_lines_on_every_page(
    shared_client: FlaskClient, group_by: tuple[str, ...]
) -> None:
    address = f"/api/sales?group_by={','.join(group_by)}"
    found = items(shared_client, f"{address}&limit=1000")
    assert found == expected(group_by)
    assert [list(item) for item in found] == [list(expected(group_by)[0])] * len(found)
    assert whole(shared_client, f"{address}&limit={max(len(found) // 4, 1)}") == found


def test_all_groups_combined_add_up_to_the_totals_page_by_page(shared_client: FlaskClient) -> None:
    address = f"/api/sales?group_by={','.join(GROUPS)}"
    assert whole(shared_client, f"{address}&limit=37") == expected(GROUPS)


def test_the_default_group_is_the_day_and_a_repeated_group_counts_once(shared_client: FlaskClient) -> None:
    assert items(shared_client, "/api/sales") == expected(["day"])
    assert items(shared_client, "/api/sales?group_by=year,year") == expected(["year"])


@pytest.mark.parametrize("group_by", [["day"], ["year", "country"], ["category"]], ids=",".join)
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 1, 1), None),
        (None, date(2025, 1, 1)),
        (date(2025, 1, 1), date(2025, 1, 1)),
        (date(2024, 12, 31), date(2025, 3, 31)),
        (date(2025, 1, 2), date(2025, 3, 30)),
        (date(1, 1, 1), date(9999, 12, 31)),
    ],
)
def test_both_bounds_are_included_and_lines_without_a_date_are_excluded(
    shared_client: FlaskClient, group_by: list[str], first: date | None, last: date | None
) -> None:
    inside = [
        sale for sale in SALES if sale["order_date"] and (first or date.min) <= sale["order_date"] <= (last or date.max)
    ]
    bounds = (f"&from={first}" if first else "") + (f"&to={last}" if last else "")
    address = f"/api/sales?group_by={','.join(group_by)}{bounds}"
    assert items(shared_client, address) == whole(shared_client, f"{address}&limit=1") == expected(group_by, inside)


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("from=2026-01-02&to=2026-01-01", "from", "after `to`"),
        ("from=2026-02-30", "from", "yyyy-mm-dd"),
        ("from=20260101", "from", "yyyy-mm-dd"),
        ("from=2026-W01-1", "from", "yyyy-mm-dd"),
        ("to=tomorrow", "to", "yyyy-mm-dd"),
        ("to=", "to", "yyyy-mm-dd"),
        ("to=0000-01-01", "to", "yyyy-mm-dd"),
        ("from_=2026-01-01", "from_", "from, to, group_by"),
        ("group_by=week", "group_by", "'week'; known values: " + ", ".join(GROUPS)),
        ("group_by=day,", "group_by", ", ".join(GROUPS)),
        ("group_by=", "group_by", ", ".join(GROUPS)),
        ("group_by=Month", "group_by", ", ".join(GROUPS)),
        ("group_by=day country", "group_by", ", ".join(GROUPS)),
        ("sort=day", "sort", "group_by"),
        ("limit=0", "limit", "from 1 to 1000"),
    ],
)
def test_an_invalid_query_is_refused_with_the_allowed_values(
    shared_client: FlaskClient, query: str, parameter: str, message: str
) -> None:
    ((place, detail),) = refused(shared_client.get(f"/api/sales?{query}"), "parameter")
    assert place == parameter
    assert message in detail


@pytest.mark.parametrize(
    ("given_by", "sent_to"),
    [("country", "category"), ("day", "month"), ("day,country", "day"), ("day,country", "country,day")],
)
def test_a_cursor_of_other_groups_is_refused(shared_client: FlaskClient, given_by: str, sent_to: str) -> None:
    following = shared_client.get(f"/api/sales?limit=1&group_by={given_by}").get_json()["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    answer = shared_client.get(f"/api/sales?group_by={sent_to}&cursor={cursor}")
    assert refused(answer, "parameter")[0][0] == "cursor"


def test_groups_do_not_depend_on_the_time_zone_of_the_database(
    shared_client: FlaskClient, shared_engine: Engine
) -> None:
    for zone in ("Pacific/Kiritimati", "America/Anchorage"):
        with shared_engine.begin() as connection:
            connection.execute(text(f"ALTER ROLE test_api SET timezone = '{zone}'"))
        try:
            client = create_app(shared_client.application.config["SETTINGS"]).test_client()  # with new connections
            assert items(client, "/api/sales?group_by=month,day") == expected(["month", "day"])
        finally:
            with shared_engine.begin() as connection:
                connection.execute(text("ALTER ROLE test_api RESET timezone"))


def test_without_sales_the_list_is_empty(client: FlaskClient, publish: Publish) -> None:
    publish(products=PRODUCTS)
    assert client.get("/api/sales").get_json() == {"business_date": "2026-01-04", "next": None, "items": []}
    kpis = client.get("/api/kpis").get_json()
    assert (kpis["total_sales"], kpis["avg_order_value"], kpis["first_order_date"]) == (None, None, None)
    assert (kpis["total_orders"], kpis["order_lines"], kpis["total_products"]) == (0, 0, len(PRODUCTS))


def test_kpis_are_the_totals_of_all_order_lines(shared_client: FlaskClient) -> None:
    orders, sales = {sale["order_number"] for sale in SALES}, total(SALES, "sales_amount")
    days = [sale["order_date"] for sale in SALES if sale["order_date"]]
    assert sales is not None
    assert shared_client.get("/api/kpis").get_json() == {
        "business_date": "2026-01-04",
        "sample_customers": None,
        "total_sales": sales,
        "total_profit": total(SALES, "profit"),
        "total_quantity": total(SALES, "quantity"),
        "total_orders": len(orders),
        "order_lines": len(SALES),
        "total_customers": len(CUSTOMERS),
        "total_products": len(PRODUCTS),
        "avg_order_value": round(sales / len(orders), 2),
        "first_order_date": min(days).isoformat(),
        "last_order_date": max(days).isoformat(),
    }


def test_kpis_have_the_business_date_and_the_size_of_the_sample(
    client: FlaskClient, publish: Publish, engine: Engine
) -> None:
    publish(sales=SALES)
    run_id = publish(sales=SALES[:1], business_date=SUNDAY + timedelta(1))
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE serving.sync_run SET sample_customers = 3 WHERE id = {run_id}"))
    answer = client.get("/api/kpis")
    kpis = answer.get_json()
    assert (kpis["business_date"], kpis["sample_customers"], kpis["order_lines"]) == ("2026-01-05", 3, 1)
    assert answer.headers["Business-Date"] == "2026-01-05"
