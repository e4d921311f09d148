"""GET /api/sales and GET /api/kpis, compared with sums that the test computes in Python."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from api import create_app
from api.figures.registry import DEFAULT_MEASURES, FILTERS, GROUPS, MEASURES
from tests.api.answers import items, refused, whole
from tests.api.conftest import SUNDAY, Publish, publish_run

Sale = dict[str, Any]
RANDOM = Random(7)

PRODUCTS: list[dict[str, Any]] = [
    {"product_key": key, "product_name": name, "category": category, "subcategory": subcategory, "product_line": line}
    for key, name, category, subcategory, line in (
        (1, "Road bike", "Bikes", "Road Bikes", "Road"),
        (2, "Mountain bike", "Bikes", "Mountain Bikes", "Mountain"),
        (3, "Cap", "Clothing", "Caps", "n/a"),
        (4, "Ünknown category", None, None, None),
        (5, "Cap", "", "caps", "road"),
        (6, "never sold", "Nothing", "Nothing", "Nothing"),
    )
]
CUSTOMERS: list[dict[str, Any]] = [
    {
        "customer_key": key,
        "country": country,
        "customer_segment": segment,
        "age_group": age,
        "gender": gender,
        "marital_status": marital,
    }
    for key, country, segment, age, gender, marital in (
        (1, "Germany", "VIP", "30-39", "Female", "Single"),
        (2, "France", "Regular", "Under 20", "Male", "Married"),
        (3, "germany", "New", None, "n/a", "n/a"),
        (4, None, None, "30-39", "Female", "Married"),
        (5, "n/a", "VIP", "50 and above", None, None),
        (6, "Nowhere", "New", "20-29", "Male", "Single"),
    )
]
DAYS = [None, date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2025, 3, 31), date(2025, 4, 1), SUNDAY]


def random_sale(number: int) -> Sale:
    """Return a random order line; product and customer 0 are unknown, and many orders have several lines."""
    return {
        "order_number": f"SO{RANDOM.randint(1, 60)}",
        "product_key": RANDOM.choice([0, 1, 2, 3, 4, 5]),
        "customer_key": RANDOM.choice([0, 1, 2, 3, 4, 5]),
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


def customer_of(sale: Sale) -> dict[str, Any]:
    return next((customer for customer in CUSTOMERS if customer["customer_key"] == sale["customer_key"]), {})


def of_product(name: str) -> Callable[[Sale], Any]:
    return lambda sale: product_of(sale).get(name) or None


def of_customer(name: str) -> Callable[[Sale], Any]:
    return lambda sale: customer_of(sale).get(name) or None


def of_day(show: Callable[[date], Any]) -> Callable[[Sale], Any]:
    return lambda sale: show(sale["order_date"]) if sale["order_date"] else None


MEMBERS: dict[str, dict[str, Callable[[Sale], Any]]] = {
    "day": {"day": of_day(date.isoformat)},
    "month": {"month": of_day(lambda day: f"{day:%Y-%m}")},
    "quarter": {"quarter": of_day(lambda day: f"{day.year}-Q{(day.month - 1) // 3 + 1}")},
    "year": {"year": of_day(lambda day: day.year)},
    "country": {"country": of_customer("country")},
    "segment": {"segment": of_customer("customer_segment")},
    "age_group": {"age_group": of_customer("age_group")},
    "gender": {"gender": of_customer("gender")},
    "marital_status": {"marital_status": of_customer("marital_status")},
    "customer": {"customer_key": lambda sale: sale["customer_key"]},
    "category": {"category": of_product("category")},
    "subcategory": {"subcategory": of_product("subcategory")},
    "product_line": {"product_line": of_product("product_line")},
    "product": {"product_key": lambda sale: sale["product_key"], "product_name": of_product("product_name")},
}


def total(sales: Iterable[Sale], column: str) -> int | None:
    """Add up as SQL does: None is ignored, and the sum of no values is None."""
    known = [sale[column] for sale in sales if sale[column] is not None]
    return sum(known) if known else None


def place(value: Any) -> tuple[bool, Any]:
    """Return a sort key: None first, then by value; text by code points."""
    return (value is not None, value if value is not None else 0)


def ratio(upper: int | None, lower: int | None, digits: int) -> float | None:
    """Divide exactly, and round a half away from 0."""
    if upper is None or not lower:
        return None
    exact = Fraction(upper, lower) * 10**digits
    rounded: int = int(abs(exact) + Fraction(1, 2))
    return float(rounded if exact > 0 else -rounded) / float(10**digits)


def measured(lines: Sequence[Sale]) -> dict[str, Any]:
    """Return all measures of some lines."""
    sales, profit = total(lines, "sales_amount"), total(lines, "profit")
    orders = len({line["order_number"] for line in lines})
    return {
        "total_sales": sales,
        "total_profit": profit,
        "total_quantity": total(lines, "quantity"),
        "total_orders": orders,
        "order_lines": len(lines),
        "total_customers": len({line["customer_key"] for line in lines}),
        "total_products": len({line["product_key"] for line in lines}),
        "avg_order_value": ratio(sales, orders, 2),
        "profit_margin": ratio(profit, sales, 4),
    }


def groups_of(group_by: Sequence[str], sales: Iterable[Sale]) -> list[tuple[dict[str, Any], list[Sale]]]:
    """Return the groups in their order with their lines, computed in Python."""
    members = {name: of for group in group_by for name, of in MEMBERS[group].items()}
    groups: dict[tuple[Any, ...], list[Sale]] = defaultdict(list)
    for sale in sales:
        groups[tuple(of(sale) for of in members.values())].append(sale)
    ordered = sorted(groups.items(), key=lambda group: [place(value) for value in group[0]])
    return [(dict(zip(members, key, strict=True)), lines) for key, lines in ordered]


def expected(
    group_by: Sequence[str], sales: Iterable[Sale] = SALES, measures: Sequence[str] = DEFAULT_MEASURES
) -> list[dict[str, Any]]:
    """Return the groups in their order, computed in Python."""
    return [
        {**names, **{name: measured(lines)[name] for name in measures}} for names, lines in groups_of(group_by, sales)
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
        ("from_=2026-01-01", "from_", "group_by, measures, sort, top, compare"),
        ("group_by=week", "group_by", "'week'; known values: " + ", ".join(GROUPS)),
        ("group_by=day,", "group_by", ", ".join(GROUPS)),
        ("group_by=", "group_by", ", ".join(GROUPS)),
        ("group_by=Month", "group_by", ", ".join(GROUPS)),
        ("group_by=day country", "group_by", ", ".join(GROUPS)),
        ("sort=day", "sort", "total_sales, total_profit"),
        ("measures=sales", "measures", "'sales'; known values: total_sales"),
        ("top=0&sort=-total_sales", "top", "from 1 to 1000"),
        ("product=bike", "product", "whole number"),
        ("product=", "product", "whole number"),
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


CHOICES = Random(11)
VALUES: dict[str, list[Any]] = {
    "country": ["Germany", "GERMANY", "France", "n/a", "Atlantis"],
    "segment": ["VIP", "new"],
    "age_group": ["30-39", "Under 20"],
    "gender": ["Female", "male"],
    "marital_status": ["single", "Married"],
    "customer": [0, 1, 3, 77],
    "category": ["Bikes", "bikes", "Clothing"],
    "subcategory": ["caps", "Road Bikes"],
    "product_line": ["Road", "n/a"],
    "product": [0, 2, 5, 77],
}


def random_query() -> tuple[dict[str, Any], list[Sale]]:
    """Return the parameters of a random request, and the lines that it keeps."""
    query: dict[str, Any] = {"group_by": ",".join(CHOICES.sample(GROUPS, CHOICES.randint(1, 4)))}
    lines = SALES
    for dimension in CHOICES.sample(FILTERS, CHOICES.randint(0, 3)):
        chosen = CHOICES.sample(VALUES[dimension.name], CHOICES.randint(1, 2))
        query[dimension.name] = chosen
        own, wanted = next(iter(MEMBERS[dimension.name].values())), {str(value).casefold() for value in chosen}
        lines = [line for line in lines if str(own(line)).casefold() in wanted and own(line) is not None]
    if CHOICES.random() < 0.4:
        query["from"] = str(CHOICES.choice(DAYS[1:]))
        lines = [line for line in lines if line["order_date"] and str(line["order_date"]) >= query["from"]]
    query["measures"] = ",".join(CHOICES.sample([measure.name for measure in MEASURES], CHOICES.randint(1, 5)))
    return query, lines


@pytest.mark.parametrize("number", range(100))
def test_any_combination_of_filters_groups_and_measures_is_right(shared_client: FlaskClient, number: int) -> None:
    query, lines = random_query()
    answer = shared_client.get("/api/sales", query_string={**query, "limit": 1000}).get_json()
    assert answer["items"] == expected(query["group_by"].split(","), lines, query["measures"].split(","))


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("measure", [measure.name for measure in MEASURES])
def test_the_top_groups_and_the_rest_are_all_there_is(
    shared_client: FlaskClient, measure: str, descending: bool
) -> None:
    sign = "-" if descending else ""
    address = f"/api/sales?group_by=country,category&sort={sign}{measure}&measures=total_sales,{measure}"
    every = items(shared_client, address)
    values = [place(item[measure]) for item in every]
    assert values == sorted(values, reverse=descending)
    names = list(dict.fromkeys(["total_sales", measure]))
    assert sorted(every, key=str) == sorted(expected(["country", "category"], measures=names), key=str)
    page = shared_client.get(f"{address}&top=3").get_json()
    assert page["items"] == every[:3]
    assert page["next"] is None
    shown = [{name: item[name] for name in ("country", "category")} for item in every[:3]]
    others = [line for key, lines in groups_of(["country", "category"], SALES) if key not in shown for line in lines]
    assert page["rest"] == {name: measured(others)[name] for name in names}
    assert shared_client.get(f"{address}&top=1000").get_json()["rest"] is None


def test_the_first_groups_in_their_own_order(shared_client: FlaskClient) -> None:
    page = shared_client.get("/api/sales?group_by=year&top=2&measures=order_lines").get_json()
    every = expected(["year"], measures=["order_lines"])
    assert page["items"] == every[:2]
    assert page["rest"] == {"order_lines": sum(item["order_lines"] for item in every[2:])}


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


def test_the_total_is_a_single_group(shared_client: FlaskClient) -> None:
    assert items(shared_client, "/api/sales?group_by=total") == expected([])
    assert items(shared_client, "/api/sales?group_by=total&country=Atlantis") == []


def zero_if_empty(lines: Sequence[Sale], names: Sequence[str]) -> dict[str, Any]:
    """Return measures, whole ones 0 without lines."""
    values = measured(lines)
    ratios = ("avg_order_value", "profit_margin")
    return {name: values[name] if lines or name in ratios else 0 for name in names}


def within(first: date, last: date) -> list[Sale]:
    return [sale for sale in SALES if sale["order_date"] and first <= sale["order_date"] <= last]


EVERY_MEASURE = [measure.name for measure in MEASURES]


@pytest.mark.parametrize("group_by", [[], ["country"], ["category", "segment"], ["product"]], ids=str)
@pytest.mark.parametrize(
    ("compare", "first", "last", "earlier"),
    [
        ("previous_period", date(2025, 1, 1), date(2025, 3, 31), (date(2024, 10, 1), date(2024, 12, 31))),
        ("previous_period", date(2025, 1, 1), date(2025, 12, 31), (date(2024, 1, 1), date(2024, 12, 31))),
        ("previous_period", date(2025, 3, 31), date(2025, 4, 1), (date(2025, 3, 29), date(2025, 3, 30))),
        ("previous_year", date(2025, 2, 1), date(2025, 2, 28), (date(2024, 2, 1), date(2024, 2, 29))),
        ("previous_year", date(2024, 12, 31), date(2025, 12, 31), (date(2023, 12, 31), date(2024, 12, 31))),
        # until the business date 2026-01-04
        ("previous_year", date(2026, 1, 1), date(2026, 1, 31), (date(2025, 1, 1), date(2025, 1, 4))),
        ("Previous_Period", date(2026, 1, 1), date(2026, 1, 31), (date(2025, 12, 1), date(2025, 12, 4))),
    ],
)
def test_a_period_is_compared_with_an_earlier_one(
    shared_client: FlaskClient,
    group_by: list[str],
    compare: str,
    first: date,
    last: date,
    earlier: tuple[date, date],
) -> None:
    address = f"/api/sales?group_by={','.join(group_by) or 'total'}&from={first}&to={last}&compare={compare}"
    page = shared_client.get(f"{address}&measures={','.join(EVERY_MEASURE)}&limit=1000").get_json()
    assert page["compared_with"] == {"from": str(earlier[0]), "to": str(earlier[1])}
    now, before = within(first, last), within(*earlier)
    found = groups_of(group_by, [*now, *(sale for sale in before if sale not in now)])
    groups = []
    by_name = [{str(names): lines for names, lines in groups_of(group_by, sales)} for sales in (now, before)]
    for names, _ in found:
        present, past = (each.get(str(names), []) for each in by_name)
        previous = {f"previous_{name}": value for name, value in zero_if_empty(past, EVERY_MEASURE).items()}
        groups.append({**names, **zero_if_empty(present, EVERY_MEASURE), **previous})
    assert page["items"] == groups


def moved(day: date, months: int, days: int) -> date:
    """A day of the earlier period, in the later one."""
    month = day.year * 12 + day.month - 1 + months
    last = monthrange(month // 12, month % 12 + 1)[1]
    return date(month // 12, month % 12 + 1, min(day.day, last)) + timedelta(days)


@pytest.mark.parametrize(
    ("compare", "first", "last", "months", "days", "group_by"),
    [
        (*case, group_by)
        for *case, groups in [
            ("previous_year", date(2025, 1, 1), date(2025, 12, 31), 12, 0, ("year", "month", "day", "month,country")),
            ("previous_year", date(2025, 2, 1), date(2025, 2, 28), 12, 0, ("year", "quarter", "month", "day")),
            ("previous_year", date(2024, 12, 31), date(2025, 12, 31), 12, 0, ("year", "quarter", "day")),
            ("previous_year", date(2026, 1, 1), date(2026, 12, 31), 12, 0, ("year", "month")),
            ("previous_period", date(2025, 1, 1), date(2025, 12, 31), 12, 0, ("year", "quarter", "month", "day")),
            ("previous_period", date(2025, 1, 1), date(2025, 3, 31), 3, 0, ("quarter", "month", "day", "day,category")),
            ("previous_period", date(2025, 3, 31), date(2025, 4, 1), 0, 2, ("day",)),
        ]
        for group_by in groups
    ],
)
def test_each_unit_of_time_is_compared_with_the_one_at_the_same_place(
    shared_client: FlaskClient, compare: str, first: date, last: date, months: int, days: int, group_by: str
) -> None:
    measures = ",".join(EVERY_MEASURE)
    page = shared_client.get(
        f"/api/sales?group_by={group_by}&from={first}&to={last}&compare={compare}&measures={measures}&limit=1000"
    ).get_json()
    before = [date.fromisoformat(page["compared_with"][name]) for name in ("from", "to")]
    earlier = [{**sale, "order_date": moved(sale["order_date"], months, days)} for sale in within(*before)]
    now = within(first, last)
    by_name = [
        {str(names): lines for names, lines in groups_of(group_by.split(","), sales)} for sales in (now, earlier)
    ]
    groups = []
    for names, _ in groups_of(group_by.split(","), [*now, *earlier]):
        present, past = (each.get(str(names), []) for each in by_name)
        previous = {f"previous_{name}": value for name, value in zero_if_empty(past, EVERY_MEASURE).items()}
        groups.append({**names, **zero_if_empty(present, EVERY_MEASURE), **previous})
    assert page["items"] == groups


def test_the_rest_of_a_comparison_has_both_periods(shared_client: FlaskClient) -> None:
    address = "/api/sales?group_by=country&from=2025-01-01&to=2025-12-31&compare=previous_year&measures=total_sales"
    every = shared_client.get(address).get_json()["items"]
    page = shared_client.get(f"{address}&top=1&sort=-total_sales").get_json()
    others = [item for item in every if item != page["items"][0]]
    assert page["rest"] == {
        name: sum(item[name] or 0 for item in others) for name in ("total_sales", "previous_total_sales")
    }
    text_of = shared_client.get(f"{address}&top=1", headers={"Accept": "text/csv"}).text
    assert text_of.splitlines()[0] == "country,total_sales,previous_total_sales"


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("compare=previous_year&group_by=country", "compare", "needs from and to."),
        ("compare=previous_year&group_by=country&from=2025-01-01", "compare", "needs to."),
        (
            "compare=previous_period&group_by=month&from=2025-03-31&to=2025-04-01",
            "compare",
            "cannot be grouped by month, because the period before 2025-03-31 to 2025-04-01 begins on 2025-03-29",
        ),
        ("compare=previous_period&group_by=quarter&from=2025-02-01&to=2025-02-28", "compare", "whole quarters"),
        ("compare=previous_period&group_by=country,year&from=2025-01-01&to=2025-06-30", "compare", "whole years"),
        ("compare=yesterday&group_by=country&from=2025-01-01&to=2025-01-31", "compare", "previous_period"),
        ("compare=previous_period&group_by=total&from=0001-01-01&to=2025-01-31", "compare", "from 1900-01-01"),
        ("compare=previous_year&group_by=total&from=2025-01-01&to=9999-12-31", "compare", "to 2999-12-31"),
        ("group_by=total,country", "group_by", "single group"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_refused(
    shared_client: FlaskClient, query: str, parameter: str, message: str
) -> None:
    ((place_, detail),) = refused(shared_client.get(f"/api/sales?{query}"), "parameter")
    assert place_ == parameter
    assert message in detail


@pytest.mark.parametrize(
    ("compare", "last", "earlier"),
    [
        ("previous_year", date(2026, 1, 31), (date(2025, 1, 1), date(2025, 1, 3))),
        ("previous_period", date(2026, 1, 31), (date(2025, 12, 1), date(2025, 12, 3))),
        # to come: all of its days
        ("previous_year", date(2026, 2, 28), (date(2025, 2, 1), date(2025, 2, 28))),
    ],
)
def test_an_unfinished_period_counts_until_the_last_order(
    client: FlaskClient, publish: Publish, compare: str, last: date, earlier: tuple[date, date]
) -> None:
    """The drop of a business date has the orders until the day before."""
    days = (date(2024, 1, 1), SUNDAY - timedelta(days=1))
    publish(
        sales=[{"order_number": f"SO{day}", "product_key": 0, "customer_key": 0, "order_date": day} for day in days]
    )
    address = f"/api/sales?group_by=total&from={last.replace(day=1)}&to={last}&compare={compare}"
    assert client.get(address).get_json()["compared_with"] == {"from": str(earlier[0]), "to": str(earlier[1])}


@pytest.mark.parametrize(("asked", "found"), [("STRASSE", ["Strasse"]), ("straße", ["Straße"]), ("VÉLOS", ["Vélos"])])
def test_sales_and_lists_find_the_same_texts(
    client: FlaskClient, publish: Publish, asked: str, found: list[str]
) -> None:
    names = ("Strasse", "Straße", "Vélos")
    products = [{"product_key": key, "category": name} for key, name in enumerate(names, 1)]
    sales = [{"order_number": f"SO{key}", "product_key": key, "customer_key": 0} for key in (1, 2, 3)]
    publish(products=products, sales=sales)
    for address, more in (("/api/products", {}), ("/api/sales", {"group_by": "category"})):
        page = client.get(address, query_string={**more, "category": asked})
        assert [item["category"] for item in page.get_json()["items"]] == found
