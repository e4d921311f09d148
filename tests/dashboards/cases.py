"""Selections that are looked at: periods of each kind, each filter alone, and some together."""

from __future__ import annotations

from datetime import date

from tests.dashboards.oracle import Look

YEAR = (date(2025, 2, 2), date(2026, 2, 1))
"""The twelve months that end with the committed drop's business date."""


def _days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


PERIODS = {
    "the last twelve months": Look(YEAR),
    "all dates": Look(None),
    "a year": Look(_days("2024-01-01", "2024-12-31")),
    "the first year, which begins before the orders": Look(_days("2022-01-01", "2022-12-31")),
    "a year that is not over": Look(_days("2026-01-01", "2026-12-31")),
    "a quarter": Look(_days("2024-10-01", "2024-12-31")),
    "a month": Look(_days("2025-07-01", "2025-07-31")),
    "the February of a leap year": Look(_days("2024-02-01", "2024-02-29")),
    "the month after that of a leap day": Look(_days("2025-02-01", "2025-02-28")),
    "a month that is not over": Look(_days("2026-02-01", "2026-02-28")),
    "a day": Look(_days("2025-12-06", "2025-12-06")),
    "62 days": Look(_days("2025-05-01", "2025-07-01")),
    "63 days": Look(_days("2025-05-01", "2025-07-02")),
    "four years": Look(_days("2022-02-01", "2026-02-01")),
    "fourteen months": Look(_days("2024-12-05", "2026-01-20")),
    "fifteen months": Look(_days("2024-11-30", "2026-01-20")),
    "years by quarter": Look(None, by="quarter"),
    "years by month": Look(None, by="month"),
    "a year by day": Look(YEAR, by="day"),
    "a month by year": Look(_days("2025-07-01", "2025-07-31"), by="year"),
}

FILTERS = {
    "a country": Look(YEAR, {"country": ("Germany",)}),
    "two countries": Look(YEAR, {"country": ("France", "Australia")}),
    "an unknown country": Look(None, {"country": ("n/a",)}),
    "a category": Look(YEAR, {"category": ("Bikes",)}),
    "a product without category": Look(None, {"category": ("n/a",)}),
    "a subcategory": Look(YEAR, {"subcategory": ("Mountain Bikes",)}),
    "a product line": Look(YEAR, {"line": ("Touring",)}),
    "a product": Look(YEAR, {"product": ("218",)}),
    "two products": Look(None, {"product": ("101", "251")}),
    "a segment": Look(YEAR, {"segment": ("VIP",)}),
    "customers who never bought on a known day": Look(None, {"segment": ("n/a",)}),
    "an age group": Look(YEAR, {"age": ("30-39",)}),
    "a gender": Look(YEAR, {"gender": ("Female",)}),
    "a marital status": Look(YEAR, {"marital": ("Single",)}),
    "a number of orders": Look(YEAR, {"orders": ("3",)}),
    "many orders": Look(None, {"orders": ("6 or more",)}),
    "a recency": Look(YEAR, {"recency": ("2-3 months",)}),
    "a month of the first order": Look(YEAR, {"joined": ("2025-07",)}),
    "a quarter of the first order": Look(None, {"joined": ("2024-Q2",)}),
    "a customer": Look(None, {"customer": ("4621",)}),
}

TOGETHER = {
    "a category within a country in a quarter": Look(
        _days("2025-04-01", "2025-06-30"), {"country": ("United States",), "category": ("Accessories",)}
    ),
    "a subcategory within its category": Look(YEAR, {"category": ("Bikes",), "subcategory": ("Road Bikes",)}),
    "two categories and a segment": Look(
        _days("2024-01-01", "2024-12-31"), {"category": ("Bikes", "Clothing"), "segment": ("VIP", "Regular")}
    ),
    "recency and orders, as a cell chooses them": Look(None, {"recency": ("13-24 months",), "orders": ("2",)}),
    "a little of everything": Look(
        None,
        {
            "line": ("Mountain", "Road"),
            "country": ("Canada", "United Kingdom"),
            "gender": ("Male",),
            "marital": ("Married",),
            "age": ("40-49", "50 and above"),
        },
    ),
    "what does not go together": Look(YEAR, {"category": ("Clothing",), "subcategory": ("Road Bikes",)}),
    "days before the first order": Look(_days("2020-01-01", "2020-12-31")),
    "days to come": Look(_days("2027-01-01", "2027-12-31")),
}

CASES = {**PERIODS, **FILTERS, **TOGETHER}
