"""From CSV to Postgres: the rows served equal an independent computation exactly."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, text

from api import create_app
from data.generate import BUSINESS_DATE, generate
from tests.api.conftest import SYNC_KEY, settings_for
from tests.days.handmade import BUSINESS_DATE as HANDMADE_DATE
from tests.days.handmade import HANDMADE_DAY
from tests.oracle import compare, compute
from tests.oracle.schema import KEYS
from tests.warehouse import ROOT, Warehouse

SERVED = {
    "fact_sales": ("sales", ""),
    "dim_products": ("products", ""),
    "report_products": ("products", "WHERE total_orders IS NOT NULL"),
    "dim_customers": ("customers", ""),
    "report_customers": ("customers", "WHERE total_orders IS NOT NULL"),
}
"""Table of the oracle → table or view in Postgres."""


def handmade_day(_: Path) -> tuple[Path, date]:
    return HANDMADE_DAY, HANDMADE_DATE


def committed_drop(_: Path) -> tuple[Path, date]:
    return ROOT / "data", BUSINESS_DATE


def small_drop(folder: Path) -> tuple[Path, date]:
    generate(folder, scale=0.01, seed=17, as_of=BUSINESS_DATE)
    return folder, BUSINESS_DATE


@pytest.mark.parametrize("make_drop", [handmade_day, committed_drop, small_drop])
def test_postgres_serves_what_the_oracle_computes(
    warehouse: Warehouse,
    database_url: str,
    engine: Engine,
    tmp_path: Path,
    make_drop: Callable[[Path], tuple[Path, date]],
) -> None:
    drop, business_date = make_drop(tmp_path)
    warehouse.load(drop, business_date, reject_limit=1)
    client = create_app(settings_for(database_url, warehouse.server.odbc)).test_client()
    answer = client.post("/api/sync", headers={"X-API-Key": SYNC_KEY})
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["business_date"] == str(business_date)
    gold = compute(drop, business_date)
    for table, (served, condition) in SERVED.items():
        expected: pd.DataFrame = getattr(gold, table)
        key = KEYS[table]
        if table.startswith("dim_"):  # the unknown member is not served
            expected = expected[expected[key[0]] != 0]
        columns = [name for name in expected.columns if not name.endswith("_version_key")]  # no history is served
        with engine.connect() as connection:
            query = f"SELECT {', '.join(columns)} FROM serving.{served} {condition}"
            rows = [tuple(row) for row in connection.execute(text(query))]
        actual = pd.DataFrame(rows, columns=columns, dtype=object)
        assert compare(expected[columns], actual, key) == [], table
