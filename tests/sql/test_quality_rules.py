"""Each quality rule finds its fault, and no other rule takes it for one.

The first day is loaded once; each fault is planted into the second day, which is loaded as a dry run.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyodbc
import pytest

from tests.days import plausible
from tests.days.drop import AZ12, CUST, LOC, PRD, PX, SALES, write_drop
from tests.days.plausible import Drop, Plant, both, put
from tests.sql.quality import (
    CATEGORY,
    DATES,
    ERP,
    KEYS,
    LEFT,
    MISSING,
    NEW,
    REPEATED,
    ROWS,
    SUMS,
    SUPERSEDED,
    TAMPERED,
    UNKNOWN,
    deviations,
)
from tests.sql.steps import OPEN, load_silver
from tests.warehouse import RUN_PREFIX, Warehouse

FIRST, SECOND = plausible.BUSINESS_DATE, plausible.BUSINESS_DATE + timedelta(days=1)


@pytest.fixture(scope="module")
def first_day(shared_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The module's warehouse with the first day."""
    folder = tmp_path_factory.mktemp("first")
    shared_warehouse.empty()
    write_drop(folder, plausible.day(1))
    shared_warehouse.load(folder, FIRST, waive=None)
    assert deviations(shared_warehouse) == {}
    return shared_warehouse


def _sales_of_the_day_before(drop: Drop) -> None:
    drop[SALES] = plausible.day(1)[SALES]
    put(CUST, 2, "Anna")(drop)


def _renumbered_customers(drop: Drop) -> None:
    put(CUST, 0, "{n}", 30)(drop)
    for number, line in enumerate(drop[SALES]):
        fields = line.split(",")
        if int(fields[2]) < 11030:
            fields[2] = str(int(fields[2]) - 11000)
        drop[SALES][number] = ",".join(fields)


def _unused_categories(drop: Drop) -> None:
    drop[PX] += [f"D{number}_XX,Category 1,Kind,Yes" for number in range(8)]


def _rows_delivered_twice(drop: Drop) -> None:
    drop[PX][-plausible.UNUSED :] = drop[PX][: plausible.UNUSED]


ERRORS: dict[str, tuple[Plant, str, set[str]]] = {
    "a file with many more rows": (_unused_categories, ROWS, set()),
    "the sales of the day before": (_sales_of_the_day_before, REPEATED, set()),
    "rows delivered twice": (_rows_delivered_twice, SUPERSEDED, set()),
    "a code that changed": (put(AZ12, 2, "X", 30), MISSING, set()),
    "keys of the ERP in another format": (put(LOC, 0, "X{old}", 15), ERP, set()),
    "category ids in another format": (put(PRD, 1, "Z{n}-XX-P{n}", 8), CATEGORY, set()),
    "a code list that changed": (put(LOC, 1, "Atlantis", 30), NEW, set()),
    "customers with other ids": (_renumbered_customers, LEFT, set()),
    "keys that were cut off": (put(CUST, 1, "AW00011000", 30), KEYS, set()),
    "amounts in cents": (both(put(SALES, 6, "{old}00", 402), put(SALES, 8, "{old}00", 402)), SUMS, set()),
    "due dates in another format": (put(SALES, 5, "2026-01-01", 402), DATES, set()),
    "customers that do not exist": (put(SALES, 2, "99999", 60), UNKNOWN, {"every sale has a known customer"}),
}
"""Fault → what plants it in the second day, the rule that stops the day, and the warnings beside it."""

WARNINGS: dict[str, Plant] = {
    "no value has an invisible character at an end": put(LOC, 1, "France\u00a0"),
    "every sale has a known customer": put(SALES, 2, "99999"),
    "every sale has a known product": put(SALES, 1, "P99"),
    "every sale has an order date": put(SALES, 3, "0"),
    "every date of a sale is within the calendar": put(SALES, 4, "17530101"),
    "no order is dated after its shipping or due date": put(SALES, 5, "20240101"),
    "no order is dated after the business date": both(*(put(SALES, column, "20260301") for column in (3, 4, 5))),
    "the last order is at most 7 days old": lambda drop: None,
    "no customer was created after the business date": put(CUST, 6, "2027-01-01"),
    "every product has a category": put(PRD, 1, "ZZ-XX-P0"),
    "no published cost was changed": put(PRD, 3, "11"),
}
"""Warning → what raises it. The last order gets old by a later business date."""


def dry_run(warehouse: Warehouse, folder: Path, drop: Drop, late: int = 0) -> None:
    """Load the drop for the second day, or some days later, without publishing it."""
    write_drop(folder, drop)
    day = SECOND + timedelta(days=late)
    (batch,) = warehouse.execute(OPEN, f"{RUN_PREFIX}{folder}"[-250:], day, False, 1, False, False, day)
    load_silver(warehouse, batch["batch_id"], folder)
    warehouse.execute("EXEC etl.publish ?, @dry_run = 1", batch["batch_id"])


@pytest.mark.parametrize("fault", ERRORS)
def test_a_fault_is_found_by_its_rule_alone_and_stops_the_day(first_day: Warehouse, tmp_path: Path, fault: str) -> None:
    plant, rule, warnings = ERRORS[fault]
    drop = plausible.day(2)
    plant(drop)
    with pytest.raises(pyodbc.Error, match="Quality checks failed, nothing was published") as refused:
        dry_run(first_day, tmp_path, drop)
    assert f"\\n  {rule}" in str(refused.value)
    assert deviations(first_day) == {rule: "error", **dict.fromkeys(warnings, "warning")}


@pytest.mark.parametrize("rule", WARNINGS)
def test_a_warning_is_raised_by_its_rule_alone(first_day: Warehouse, tmp_path: Path, rule: str) -> None:
    drop = plausible.day(2)
    WARNINGS[rule](drop)
    dry_run(first_day, tmp_path, drop, late=9 if rule.startswith("the last order") else 0)
    assert deviations(first_day) == {rule: "warning"}


@pytest.mark.parametrize("table", [CUST, PRD, SALES, AZ12, LOC, PX])
@pytest.mark.parametrize("left", [0, 0.5], ids=["its header alone", "its first half"])
def test_a_file_that_was_cut_off_stops_the_day(first_day: Warehouse, tmp_path: Path, table: str, left: float) -> None:
    drop = plausible.day(2)
    drop[table] = drop[table][: int(len(drop[table]) * left)]
    with pytest.raises(pyodbc.Error, match=f"{ROWS}: {table}"):
        dry_run(first_day, tmp_path, drop)


def test_an_ordinary_day_deviates_from_no_rule(first_day: Warehouse, tmp_path: Path) -> None:
    dry_run(first_day, tmp_path, plausible.day(2))
    assert deviations(first_day) == {}


def test_every_rule_has_a_fault_here(first_day: Warehouse) -> None:
    rules = {row["check_name"] for row in first_day.execute("SELECT check_name FROM gold.quality_rules")}
    assert {rule for _, rule, _ in ERRORS.values()} | WARNINGS.keys() | TAMPERED.keys() == rules
