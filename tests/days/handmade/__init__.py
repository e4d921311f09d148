"""The hand-made day: a drop that touches every rule, with its gold worked out by hand (see README.md)."""

from datetime import date
from pathlib import Path

import pandas as pd

from tests.oracle.schema import typed

HANDMADE_DAY = Path(__file__).parent
"""The drop; load it with a reject limit of 1."""

BUSINESS_DATE = date(2024, 6, 15)


def expected(table: str) -> pd.DataFrame:
    """Read the expected rows of a gold table; an empty field is NULL, the text NULL is a text."""
    path = HANDMADE_DAY / "expected" / f"{table}.csv"
    return typed(pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""]), table)
