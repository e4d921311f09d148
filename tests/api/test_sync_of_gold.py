"""The sync of the real gold, deployed from include/sql and loaded with the hand-made day."""

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from api import create_app
from api.settings import Settings
from tests.api.conftest import SYNC_KEY
from tests.warehouse import Warehouse

HANDMADE_DAY = Path(__file__).parents[1] / "days" / "handmade"
COPIES = {
    "gold.fact_sales": ("serving.sales", ""),
    "gold.dim_products": ("serving.products", "WHERE product_key <> 0"),
    "gold.report_products": ("serving.products", "WHERE total_orders IS NOT NULL"),
    "gold.dim_customers": ("serving.customers", "WHERE customer_key <> 0"),
    "gold.report_customers": ("serving.customers", "WHERE total_orders IS NOT NULL"),
}


def test_serving_holds_what_the_views_of_gold_hold(warehouse: Warehouse, database_url: str, engine: Engine) -> None:
    warehouse.load(HANDMADE_DAY, date(2024, 6, 15), reject_limit=1)
    client = create_app(Settings(database_url, warehouse.server.odbc, SYNC_KEY)).test_client()
    answer = client.post("/api/sync", headers={"X-API-Key": SYNC_KEY})
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["business_date"] == "2024-06-15"
    for view, (table, condition) in COPIES.items():
        in_gold = warehouse.execute(f"SELECT * FROM {view} {condition}")
        columns = ", ".join(in_gold[0])
        with engine.connect() as connection:
            served = connection.execute(text(f"SELECT {columns} FROM {table} {condition}")).mappings().all()
        assert as_lines(served) == as_lines(in_gold), view


def as_lines(rows: Any) -> list[str]:
    """The rows in an order that does not depend on the server."""
    return sorted(str(dict(row)) for row in rows)
