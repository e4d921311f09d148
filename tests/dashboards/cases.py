"""The selections of the tests: periods of each kind, each filter alone, and combined filters."""

from __future__ import annotations

from datetime import date

from tests.dashboards.oracle import Selection

YEAR = (date(2025, 2, 1), date(2026, 1, 31))
"""The twelve months that are over on the committed drop's business date."""


def _days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


PERIODS = {
    "the last twelve months": Selection(YEAR),
    "a year up to the business date": Selection(_days("2025-02-02", "2026-02-01")),
    "two months": Selection(_days("2025-11-01", "2025-12-31")),
    "all dates": Selection(None),
    "a year": Selection(_days("2024-01-01", "2024-12-31")),
    "the first year, which begins before the orders": Selection(_days("2022-01-01", "2022-12-31")),
    "a year that is not over": Selection(_days("2026-01-01", "2026-12-31")),
    "a quarter": Selection(_days("2024-10-01", "2024-12-31")),
    "a month": Selection(_days("2025-07-01", "2025-07-31")),
    "the February of a leap year": Selection(_days("2024-02-01", "2024-02-29")),
    "the month after that of a leap day": Selection(_days("2025-02-01", "2025-02-28")),
    "a month that is not over": Selection(_days("2026-02-01", "2026-02-28")),
    "a day": Selection(_days("2025-12-06", "2025-12-06")),
    "62 days": Selection(_days("2025-05-01", "2025-07-01")),
    "63 days": Selection(_days("2025-05-01", "2025-07-02")),
    "four years": Selection(_days("2022-02-01", "2026-02-01")),
    "fourteen months": Selection(_days("2024-12-05", "2026-01-20")),
    "fifteen months": Selection(_days("2024-11-30", "2026-01-20")),
    "years by quarter": Selection(None, by="quarter"),
    "years by month": Selection(None, by="month"),
    "a year by day": Selection(YEAR, by="day"),
    "a month by year": Selection(_days("2025-07-01", "2025-07-31"), by="year"),
}

FILTERS = {
    "a country": Selection(YEAR, {"country": ("Germany",)}),
    "two countries": Selection(YEAR, {"country": ("France", "Australia")}),
    "an unknown country": Selection(None, {"country": ("n/a",)}),
    "a category": Selection(YEAR, {"category": ("Bikes",)}),
    "a product without category": Selection(None, {"category": ("n/a",)}),
    "a subcategory": Selection(YEAR, {"subcategory": ("Mountain Bikes",)}),
    "a product line": Selection(YEAR, {"product_line": ("Touring",)}),
    "a product": Selection(YEAR, {"product": ("218",)}),
    "two products": Selection(None, {"product": ("101", "251")}),
    "a segment": Selection(YEAR, {"segment": ("VIP",)}),
    "customers who never bought on a known day": Selection(None, {"segment": ("n/a",)}),
    "an age group": Selection(YEAR, {"age_group": ("30-39",)}),
    "a gender": Selection(YEAR, {"gender": ("Female",)}),
    "a marital status": Selection(YEAR, {"marital_status": ("Single",)}),
    "a number of orders": Selection(YEAR, {"orders": ("3",)}),
    "many orders": Selection(None, {"orders": ("6 or more",)}),
    "a recency": Selection(YEAR, {"recency": ("2-3 months",)}),
    "a month of the first order": Selection(YEAR, {"joined": ("2025-07",)}),
    "a quarter of the first order": Selection(None, {"joined": ("2024-Q2",)}),
    "a customer": Selection(None, {"customer": ("4621",)}),
}

TOGETHER = {
    "a category within a country in a quarter": Selection(
        _days("2025-04-01", "2025-06-30"), {"country": ("United States",), "category": ("Accessories",)}
    ),
    "a subcategory within its category": Selection(YEAR, {"category": ("Bikes",), "subcategory": ("Road Bikes",)}),
    "two categories and a segment": Selection(
        _days("2024-01-01", "2024-12-31"), {"category": ("Bikes", "Clothing"), "segment": ("VIP", "Regular")}
    ),
    "recency and orders, as a cell chooses them": Selection(None, {"recency": ("13-24 months",), "orders": ("2",)}),
    "a little of everything": Selection(
        None,
        {
            "product_line": ("Mountain", "Road"),
            "country": ("Canada", "United Kingdom"),
            "gender": ("Male",),
            "marital_status": ("Married",),
            "age_group": ("40-49", "50 and above"),
        },
    ),
    "filters without a common line": Selection(YEAR, {"category": ("Clothing",), "subcategory": ("Road Bikes",)}),
    "days before the first order": Selection(_days("2020-01-01", "2020-12-31")),
    "days in the future": Selection(_days("2027-01-01", "2027-12-31")),
}

SHOWN = {
    "profit": Selection(YEAR, measure="profit"),
    "margins of a country": Selection(YEAR, {"country": ("Germany",)}, measure="margin"),
    "margins of all dates by quarter": Selection(None, by="quarter", measure="margin"),
    "orders by country": Selection(YEAR, measure="orders", split="country"),
    "orders of a category": Selection(YEAR, {"category": ("Clothing",)}, measure="orders"),
    "units by product": Selection(_days("2025-04-01", "2025-06-30"), measure="quantity", split="product"),
    "average order values": Selection(YEAR, measure="average"),
    "a product that was not sold a year before": Selection(_days("2023-11-01", "2023-11-30"), {"product": ("137",)}),
    "volume, mix and price": Selection(YEAR, split="effects"),
    "volume, mix and price of a month": Selection(_days("2025-07-01", "2025-07-31"), split="effects"),
    "sales by product": Selection(YEAR, split="product"),
    "new customers": Selection(YEAR, measure="new"),
    "sales of customers, the busiest first": Selection(YEAR, measure="sales", top="orders"),
    "sales per customer, most units first": Selection(YEAR, {"country": ("France",)}, measure="each", top="quantity"),
    "orders per customer": Selection(YEAR, measure="often"),
}

CASES = {**PERIODS, **FILTERS, **TOGETHER, **SHOWN}
