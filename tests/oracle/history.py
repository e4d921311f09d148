"""The histories of customers and products after days that were loaded in order (docs/source_data.md, "History").

For ordinary days: no day is withdrawn, corrected or loaded again, and the CRM takes no version back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tests.oracle.compute import compute
from tests.oracle.gold import one_spelling
from tests.oracle.lines import read_lines
from tests.oracle.schema import SOURCES
from tests.oracle.silver import cleanse

EVER, ALWAYS = date.min, date.max

TRACKED_OF_CUSTOMERS = ["first_name", "last_name", "country", "marital_status"]
TRACKED_OF_PRODUCTS = ["product_name", "category_id", "category", "subcategory", "maintenance", "product_line"]


class Version(NamedTuple):
    """The values of a member from one day to another, both included."""

    valid_from: date
    valid_to: date
    values: tuple[object, ...]


def customer_versions(days: Sequence[tuple[Path, date]]) -> dict[int, list[Version]]:
    """Give the versions of each customer id, with the values ``TRACKED_OF_CUSTOMERS``."""
    seen: dict[int, list[tuple[date, tuple[object, ...]]]] = {}
    for drop, business_date in days:
        customers = compute(drop, business_date).dim_customers
        for row in records(customers[customers["customer_key"] != 0]):
            values = tuple(row[name] for name in TRACKED_OF_CUSTOMERS)
            changes = seen.setdefault(row["customer_id"], [])
            if not changes or changes[-1][1] != values:
                changes.append((business_date, values))
    return {key: _without_gaps(changes) for key, changes in seen.items()}


def product_versions(days: Sequence[tuple[Path, date]]) -> dict[str, list[Version]]:
    """Give the versions of each product number, with the values ``TRACKED_OF_PRODUCTS`` and the cost."""
    # Product → start of the CRM's version → its changes; and → its cost, which is corrected and does not change.
    changes: dict[str, dict[date, list[tuple[date, tuple[object, ...]]]]] = {}
    costs: dict[tuple[str, date], int] = {}
    for drop, business_date in days:
        for number, versions in _delivered(drop).items():
            for start, (values, cost) in versions.items():
                known = changes.setdefault(number, {}).setdefault(start, [])
                costs[number, start] = cost
                if not known:
                    known.append((start, values))
                elif known[-1][1] != values and start == max(versions) and start <= business_date:
                    known.append((business_date, values))
                else:
                    known[-1] = (known[-1][0], values)
    return {number: _one_after_the_other(number, versions, costs) for number, versions in changes.items()}


def _delivered(drop: Path) -> dict[str, dict[date, tuple[tuple[object, ...], int]]]:
    rows = {
        table: cleanse(table, read_lines(drop / SOURCES[table][0], SOURCES[table][1]).rows).rows
        for table in ("crm_prd_info", "erp_px_cat_g1v2")
    }
    joined = rows["crm_prd_info"].merge(rows["erp_px_cat_g1v2"], on="category_id", how="left", suffixes=("", "_erp"))
    joined = joined.assign(**{name: one_spelling(joined[name]) for name in ("category", "subcategory", "maintenance")})
    delivered: dict[str, dict[date, tuple[tuple[object, ...], int]]] = {}
    for row in records(joined):
        values = tuple(row[name] for name in TRACKED_OF_PRODUCTS)
        delivered.setdefault(row["product_number"], {})[row["start_date"] or EVER] = (values, row["cost"])
    return delivered


def _one_after_the_other(
    number: str,
    versions: dict[date, list[tuple[date, tuple[object, ...]]]],
    costs: dict[tuple[str, date], int],
) -> list[Version]:
    """Let a version of the CRM end when the next one starts, whatever changed in it later."""
    starts = sorted(versions)
    held = [
        (valid_from, (*values, costs[number, start]))
        for start, following in zip(starts, [*starts[1:], None], strict=True)
        for valid_from, values in versions[start]
        if following is None or valid_from < following
    ]
    return _without_gaps(held)


def _without_gaps(changes: list[tuple[date, tuple[object, ...]]]) -> list[Version]:
    (_, first), *later = changes
    begun = [(EVER, first), *later]
    ends = [following - timedelta(days=1) for (_, _), (following, _) in pairwise(begun)]
    return [
        Version(valid_from, valid_to, values)
        for (valid_from, values), valid_to in zip(begun, [*ends, ALWAYS], strict=True)
    ]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table as dicts of plain values: None for NULL, ``date`` for a date."""
    columns = {
        str(name): [
            None if pd.isna(value) else value.date() if isinstance(value, pd.Timestamp) else value for value in column
        ]
        for name, column in frame.items()
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def version_on(versions: Sequence[Version], day: date | None) -> Version:
    """Give the version of a day, the last one for no day."""
    return next(version for version in versions if version.valid_from <= (day or ALWAYS) <= version.valid_to)
