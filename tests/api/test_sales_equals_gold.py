"""GET /api/sales equals SQL on gold, for random combinations of filters, groups, measures and days."""

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyodbc
import pytest
from flask.testing import FlaskClient

from api import create_app
from api.figures.registry import FILTERS, GROUPS, MEASURES, dimension_of
from data.generate import BUSINESS_DATE, generate
from tests.api.conftest import SYNC_KEY, settings_for
from tests.warehouse import Warehouse

COLUMNS = {
    "day": ["s.order_date"],
    "month": ["CONVERT(CHAR(7), s.order_date, 126)"],
    "quarter": ["CONCAT(YEAR(s.order_date), '-Q', DATEPART(QUARTER, s.order_date))"],
    "year": ["YEAR(s.order_date)"],
    "country": ["c.country"],
    "segment": ["r.customer_segment"],
    "age_group": ["r.age_group"],
    "gender": ["c.gender"],
    "marital_status": ["c.marital_status"],
    "customer": ["s.customer_key"],
    "category": ["p.category"],
    "subcategory": ["p.subcategory"],
    "product_line": ["p.product_line"],
    "product": ["s.product_key", "p.product_name"],
}
"""Dimension → its columns in gold. A line without a date has no quarter, which CONCAT does not know."""

SUMS = {
    "total_sales": "SUM(CAST(s.sales_amount AS BIGINT))",
    "total_profit": "SUM(CAST(s.profit AS BIGINT))",
    "total_quantity": "SUM(CAST(s.quantity AS BIGINT))",
    "total_orders": "COUNT(DISTINCT s.order_number)",
    "order_lines": "COUNT(*)",
    "total_customers": "COUNT(DISTINCT s.customer_key)",
    "total_products": "COUNT(DISTINCT s.product_key)",
}
RATIOS = {"avg_order_value": ("total_sales", "total_orders", 2), "profit_margin": ("total_profit", "total_sales", 4)}
SOURCE = """
FROM gold.fact_sales AS s
LEFT JOIN gold.dim_products AS p ON p.product_key = s.product_key AND p.product_key <> 0
LEFT JOIN gold.dim_customers AS c ON c.customer_key = s.customer_key AND c.customer_key <> 0
LEFT JOIN gold.report_customers AS r ON r.customer_key = s.customer_key AND r.customer_key <> 0
"""
COMBINATIONS = {0.01: 100, 0.1: 200, 1: 200}
"""Scale of the drop → number of combinations."""


@pytest.fixture(scope="module", params=COMBINATIONS, ids="scale {}".format)
def synced(
    request: pytest.FixtureRequest,
    shared_warehouse: Warehouse,
    shared_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[float, FlaskClient, pyodbc.Connection]:
    """The scale of a generated drop, a client of an API that serves it, and a connection to its gold."""
    folder: Path = tmp_path_factory.mktemp("drop")
    generate(folder, scale=request.param, seed=5, as_of=BUSINESS_DATE)
    shared_warehouse.renew()
    shared_warehouse.load(folder, BUSINESS_DATE)
    odbc = shared_warehouse.server.odbc
    client = create_app(settings_for(shared_url, odbc)).test_client()
    assert client.post("/api/sync", headers={"X-API-Key": SYNC_KEY}).status_code == 201
    return request.param, client, pyodbc.connect(odbc)


def test_any_combination_equals_sql_on_gold(synced: tuple[float, FlaskClient, pyodbc.Connection]) -> None:
    scale, client, gold = synced
    chance = Random(scale)
    with closing(gold):
        values = {name: _values(gold, name) for name in (dimension.name for dimension in FILTERS)}
        days = [row[0] for row in gold.execute("SELECT DISTINCT order_date FROM gold.fact_sales") if row[0]]
        for _ in range(COMBINATIONS[scale]):
            # Groups by customer or day are many: the answer has pages, and not more than a thousand groups of them.
            groups = chance.sample(GROUPS, chance.randint(1, 3))
            measures = chance.sample([measure.name for measure in MEASURES], chance.randint(1, 5))
            filters = {
                name: chance.sample(values[name], min(len(values[name]), chance.randint(1, 3)))
                for name in chance.sample(sorted(values), chance.choice([0, 0, 1, 1, 2]))
            }
            first, last = sorted(chance.sample(days, 2)) if chance.random() < 0.5 else (None, None)
            query = {"group_by": ",".join(groups), "measures": ",".join(measures), "limit": 1000, **filters}
            query |= {"from": str(first), "to": str(last)} if first else {}
            answer = client.get("/api/sales", query_string=query).get_json()
            expected = _expected(gold, groups, measures, filters, first, last)
            assert answer["items"] == expected[:1000], query
            assert (answer["next"] is None) == (len(expected) <= 1000)


def _values(gold: pyodbc.Connection, name: str) -> list[Any]:
    """Return values to filter by: of keys, a hundred."""
    (column, *_) = COLUMNS[name]
    rows = gold.execute(f"SELECT DISTINCT TOP (100) {column} AS value {SOURCE} ORDER BY value").fetchall()
    return [value for (value,) in rows if value is not None]


def _expected(
    gold: pyodbc.Connection,
    groups: Sequence[str],
    measures: Sequence[str],
    filters: dict[str, list[Any]],
    first: date | None,
    last: date | None,
) -> list[dict[str, Any]]:
    columns = [column for name in groups for column in COLUMNS[name]]
    names = [name for group in groups for name in dimension_of(group).columns]
    where, parameters = ["1 = 1"], []
    for name, chosen in filters.items():
        where.append(f"{COLUMNS[name][0]} IN ({', '.join('?' * len(chosen))})")
        parameters += chosen
    if first is not None:
        where.append("s.order_date BETWEEN ? AND ?")
        parameters += [first, last]
    sql = f"SELECT {', '.join([*columns, *SUMS.values()])} {SOURCE} WHERE {' AND '.join(where)}"
    rows = gold.execute(f"{sql} GROUP BY {', '.join(columns)}", parameters).fetchall()
    items = []
    for row in rows:
        shown = [
            None if name == "quarter" and value == "-Q" else value.isoformat() if isinstance(value, date) else value
            for name, value in zip(names, row[: len(names)], strict=True)
        ]
        found = dict(zip(SUMS, row[len(names) :], strict=True))
        for name, (upper, lower, digits) in RATIOS.items():
            found[name] = _ratio(found[upper], found[lower], digits)
        items.append({**dict(zip(names, shown, strict=True)), **{name: found[name] for name in measures}})
    keys = [name for name in names if name != "product_name"]
    return sorted(items, key=lambda item: [(item[name] is not None, item[name] or 0) for name in keys])


def _ratio(upper: int | None, lower: int | None, digits: int) -> float | None:
    if upper is None or not lower:
        return None
    return float((Decimal(upper) / Decimal(lower)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
