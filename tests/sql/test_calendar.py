"""The calendar: a wrong date takes no day away from the other sales, and is a finding."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.days.drop import SALES, with_base, write_drop
from tests.days.nasty import BUSINESS_DATE
from tests.warehouse import Warehouse

WITHIN = "every date of a sale is within the calendar"
WITHOUT_A_DAY = """
    SELECT COUNT(*) FROM gold.fact_sales AS f LEFT JOIN gold.dim_date AS d ON f.order_date = d.full_date
    WHERE f.order_date IS NOT NULL AND d.full_date IS NULL"""


def load_with_dates(warehouse: Warehouse, drop: Path, *dates: str) -> None:
    """Load the base drop and an order line for each order date; shipping and due date are good."""
    lines = [f"WRONG{number},HL-U509,11000,{text},20240306,20240313,35,1,35" for number, text in enumerate(dates)]
    write_drop(drop, with_base({SALES: lines}))
    warehouse.load(drop, BUSINESS_DATE)


@pytest.mark.parametrize("wrong", ["00010101", "02030301", "17530101", "18991230", "19731231", "20260101", "99991231"])
def test_a_wrong_date_counts_as_none_and_every_sale_keeps_its_day(
    emptied: Warehouse, tmp_path: Path, wrong: str
) -> None:
    load_with_dates(emptied, tmp_path, wrong)
    assert emptied.value(WITHOUT_A_DAY) == 0
    assert emptied.value("SELECT COUNT(*) FROM gold.fact_sales WHERE order_date IS NOT NULL") == 4
    assert emptied.execute("SELECT MIN(full_date) AS a, MAX(full_date) AS b FROM gold.dim_date") == [
        {"a": date(2023, 1, 1), "b": date(2024, 12, 31)}
    ]
    found = emptied.execute("SELECT severity, observed, passed FROM gold.quality_results WHERE check_name = ?", WITHIN)
    assert found == [{"severity": "warning", "observed": 1, "passed": False}]
    # The customer of the line keeps the span of his other orders, a day.
    assert emptied.value("SELECT lifespan FROM gold.report_customers WHERE customer_number = N'AW00011000'") == 0


def test_the_first_and_the_last_day_of_the_calendar_are_kept(emptied: Warehouse, tmp_path: Path) -> None:
    load_with_dates(emptied, tmp_path, "19740101", "20251231")
    assert emptied.value(WITHOUT_A_DAY) == 0
    assert emptied.value("SELECT COUNT(*) FROM gold.fact_sales WHERE order_date IS NOT NULL") == 6
    assert emptied.value("SELECT COUNT(*) FROM gold.dim_date") == (date(2026, 1, 1) - date(1974, 1, 1)).days
    assert emptied.value("SELECT passed FROM gold.quality_results WHERE check_name = ?", WITHIN) == 1


def test_wrong_shipping_and_due_dates_are_found_too(emptied: Warehouse, tmp_path: Path) -> None:
    line = "WRONG,HL-U509,11000,20240301,00010101,22240313,35,1,35"
    write_drop(tmp_path, with_base({SALES: [line]}))
    emptied.load(tmp_path, BUSINESS_DATE)
    dates = "SELECT shipping_date, due_date FROM gold.fact_sales WHERE order_number = N'WRONG'"
    assert emptied.execute(dates) == [{"shipping_date": None, "due_date": None}]
    assert emptied.value("SELECT observed FROM gold.quality_results WHERE check_name = ?", WITHIN) == 2
