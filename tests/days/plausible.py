"""A drop of a hundred customers, large enough for shares: one fault in it is one deviation."""

from collections.abc import Callable
from datetime import date, timedelta

from tests.days.drop import AZ12, CUST, LOC, PRD, PX, SALES

BUSINESS_DATE = date(2026, 2, 2)
"""The date of ``day(1)``; that of ``day(2)`` is the day after."""

CUSTOMERS, PRODUCTS, LINES = 100, 60, 400
CATEGORIES, UNUSED = 10, 4
"""Categories that products have, and categories that none has."""


Drop = dict[str, list[str]]
Plant = Callable[[Drop], None]


def day(number: int) -> Drop:
    """Source table → the lines below its header, on the first or a later day. Each day has two more sales."""
    customers = range(CUSTOMERS)
    first = BUSINESS_DATE - timedelta(days=LINES // 2)
    ordered = [f"{first + timedelta(days=n // 2):%Y%m%d}" for n in range(LINES + 2 * (number - 1))]
    return {
        CUST: [f"{11000 + n},AW{11000 + n:08},Ann,Lee{n},{'SM'[n % 2]},{'FM'[n % 2]},2025-01-01" for n in customers],
        PRD: [f"{210 + n},C{n % CATEGORIES}-XX-P{n},Helmet {n},{10 + n},S ,2024-01-01," for n in range(PRODUCTS)],
        SALES: [
            f"SO{n // 2},P{n % PRODUCTS},{11000 + n // 2 % CUSTOMERS},{day},{day},{day},100,2,50"
            for n, day in enumerate(ordered)
        ],
        AZ12: [f"NASAW{11000 + n:08},1980-01-01,{'FM'[n % 2]}" for n in customers],
        LOC: [f"AW-{11000 + n:08},{('France', 'Spain', 'DE')[n % 3]}" for n in customers],
        PX: [f"C{n:X}_XX,Category {n % 3},Kind {n},Yes" for n in range(CATEGORIES + UNUSED)],
    }


def put(table: str, column: int, text: str, rows: int = 1) -> Plant:
    """Return a fault: the first rows have this text in a column, counted from 0; {old} is theirs, {n} counts them."""

    def plant(drop: Drop) -> None:
        for number in range(rows):
            fields = drop[table][number].split(",")
            fields[column] = text.format(old=fields[column], n=number)
            drop[table][number] = ",".join(fields)

    return plant


def both(*plants: Plant) -> Plant:
    """Return several faults as one."""

    def plant(drop: Drop) -> None:
        for each in plants:
            each(drop)

    return plant
