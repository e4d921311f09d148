"""First days, waivers, corrected and repeated drops under the quality rules; ordinary days pass."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pyodbc
import pytest

from data.generate import BUSINESS_DATE as GENERATED_DATE
from data.generate import generate
from tests import SOAK
from tests.days import plausible
from tests.days.drop import AZ12, BASE, CUST, LOC, PRD, PX, SALES, write_drop
from tests.days.plausible import Drop, Plant, both, put
from tests.sql.quality import (
    CHANGED,
    DATES,
    ERP,
    NEW_LINES,
    REPAIRED,
    REPEATED,
    ROWS,
    SUMS,
    TAMPERED,
    UNKNOWN,
    deviations,
)
from tests.sql.steps import refusal
from tests.warehouse import Warehouse

FIRST, SECOND = plausible.BUSINESS_DATE, plausible.BUSINESS_DATE + timedelta(days=1)


def load(warehouse: Warehouse, folder: Path, drop: Drop, business_date: date) -> None:
    write_drop(folder, drop)
    warehouse.load(folder, business_date, waive=None)


def test_a_day_is_published_with_a_check_waived_and_the_waiver_is_kept(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path / "1", plausible.day(1), FIRST)
    drop = plausible.day(2)
    put(SALES, 6, "119", 402)(drop)
    write_drop(tmp_path / "2", drop)
    emptied.load(tmp_path / "2", SECOND, waive=f" {REPAIRED} ;")
    assert emptied.value("SELECT business_date FROM gold.current_batch") == SECOND
    (waiver,) = emptied.execute("SELECT * FROM gold.waivers")
    assert (waiver["batch_id"], waiver["check_name"], waiver["reason"]) == (2, REPAIRED, "a day made by hand")
    (found,) = emptied.execute("SELECT * FROM gold.quality_results WHERE batch_id = 2 AND passed = 0")
    assert (found["check_name"], found["subject"], found["severity"], found["waived"]) == (REPAIRED, "", "error", True)


def test_all_checks_are_waived_for_a_drop_that_has_nothing_in_common(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path / "1", plausible.day(1), FIRST)
    write_drop(tmp_path / "2", BASE)
    with pytest.raises(pyodbc.Error, match="Quality checks failed"):
        emptied.load(tmp_path / "2", SECOND, waive=None)
    emptied.load(tmp_path / "2", SECOND, waive=" all ")
    assert emptied.value("SELECT business_date FROM gold.current_batch") == SECOND
    assert emptied.value("SELECT COUNT(*) FROM gold.fact_sales") == len(BASE[SALES])


@pytest.mark.parametrize("table", [CUST, PRD, SALES, AZ12, LOC, PX])
def test_a_header_alone_is_no_first_day_either(emptied: Warehouse, tmp_path: Path, table: str) -> None:
    write_drop(tmp_path, {**plausible.day(1), table: []})
    with pytest.raises(pyodbc.Error, match=rf"{ROWS}: {table} \(found 0, at least 1\)"):
        emptied.load(tmp_path, FIRST, waive=None)


@pytest.mark.parametrize(
    ("plant", "rule"),
    [
        (both(*(put(SALES, column, "45061", 400) for column in (3, 4, 5))), DATES),
        (both(put(AZ12, 0, "AW_{old}", 100), put(LOC, 0, "X-{old}", 100)), ERP),
        (put(SALES, 2, "99999", 400), UNKNOWN),
        (put(SALES, 1, "X{old}", 400), UNKNOWN),
    ],
    ids=["dates as serial numbers", "keys of the ERP", "customers of sales", "products of sales"],
)
def test_a_first_day_that_cannot_be_right_is_refused_too(
    emptied: Warehouse, tmp_path: Path, plant: Plant, rule: str
) -> None:
    drop = plausible.day(1)
    plant(drop)
    write_drop(tmp_path, drop)
    with pytest.raises(pyodbc.Error, match=rule):
        emptied.load(tmp_path, FIRST, waive=None)


def test_a_file_of_an_older_day_stops_the_day(emptied: Warehouse, tmp_path: Path) -> None:
    days = [plausible.day(number) for number in (1, 2, 3)]
    put(LOC, 1, "Spain")(days[1])
    for number, drop in enumerate(days[:2]):
        load(emptied, tmp_path / str(number), drop, FIRST + timedelta(days=number))
    write_drop(tmp_path / "3", {**days[2], LOC: days[0][LOC]})
    with pytest.raises(pyodbc.Error, match=f"{REPEATED}: {LOC}"):
        emptied.load(tmp_path / "3", FIRST + timedelta(days=2), waive=None)


def test_a_weekend_without_orders_is_published_and_a_working_day_without_them_is_not(
    emptied: Warehouse, tmp_path: Path
) -> None:
    drop = plausible.day(1)
    drop[SALES] = [line for line in drop[SALES] if _ordered(line).weekday() < 5]
    saturday = max(map(_ordered, drop[SALES])) + timedelta(days=1)
    assert saturday.weekday() == 5
    load(emptied, tmp_path / "saturday", drop, saturday)
    for number, name in enumerate(("sunday", "monday"), start=1):
        put(CUST, 3, name)(drop)
        load(emptied, tmp_path / name, drop, saturday + timedelta(days=number))
        assert "error" not in deviations(emptied).values()
    put(CUST, 3, "tuesday")(drop)
    write_drop(tmp_path / "tuesday", drop)
    with pytest.raises(pyodbc.Error, match=rf"{NEW_LINES} \(found 0, at least 1\)"):
        emptied.load(tmp_path / "tuesday", saturday + timedelta(days=3), waive=None)


def _ordered(line: str) -> date:
    return datetime.strptime(line.split(",")[3], "%Y%m%d").date()


def test_two_rows_of_three_do_not_stop_the_day_of_a_small_company(emptied: Warehouse, tmp_path: Path) -> None:
    drop = {table: list(lines) for table, lines in BASE.items()}
    load(emptied, tmp_path / "1", drop, FIRST)
    put(LOC, 1, "Land {n}", 2)(drop)
    drop[SALES].append("SO103,HL-U509,11002,20260202,20260203,20260204,35,1,35")
    load(emptied, tmp_path / "2", drop, SECOND)
    assert deviations(emptied)[CHANGED] == "warning"


def test_a_corrected_drop_of_the_same_day_is_compared_with_the_day_before(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path / "1", plausible.day(1), FIRST)
    wrong = plausible.day(2)
    wrong[SALES] = wrong[SALES][:100]
    write_drop(tmp_path / "wrong", wrong)
    emptied.load(tmp_path / "wrong", SECOND)
    load(emptied, tmp_path / "2", plausible.day(2), SECOND)
    assert deviations(emptied) == {}


def test_a_waiver_names_checks_a_person_and_a_reason(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, plausible.day(1), FIRST)
    for names, by, reason, complaint in [
        ("no such check", "a.lee", "why", "No check of severity error is named 'no such check'."),
        (f"{ROWS}; 50 %", "a.lee", "why", "No check of severity error is named ' 50 %'."),
        ("every sale has an order date", "a.lee", "why", "No check of severity error is named"),
        (" ; ", "a.lee", "why", "@check_names is empty"),
        (ROWS, " ", "why", "@waived_by is empty"),
        (ROWS, "a.lee", None, "@reason is empty"),
    ]:
        error = refusal(emptied, "EXEC etl.waive_checks 1, ?, ?, ?", names, by, reason)
        assert error.number == 50001
        assert complaint in error.message
    assert emptied.value("SELECT COUNT(*) FROM gold.waivers") == 0


def test_a_rule_without_a_measure_is_an_error(emptied: Warehouse, tmp_path: Path) -> None:
    emptied.execute("UPDATE etl.quality_rule SET check_name = N'sums are about right' WHERE check_name = ?", SUMS)
    try:
        with pytest.raises(
            pyodbc.Error, match=r"  sums are about right\\n  sums are about those of the day before"
        ) as refused:
            load(emptied, tmp_path, plausible.day(1), FIRST)
    finally:
        emptied.execute("UPDATE etl.quality_rule SET check_name = ? WHERE check_name = N'sums are about right'", SUMS)
    assert "50018" in str(refused.value)


def test_each_rule_of_gold_that_no_drop_can_break_finds_what_breaks_it(emptied: Warehouse, tmp_path: Path) -> None:
    drop = plausible.day(1)
    drop[SALES].append("UNDATED,P1,11000,0,,,100,2,50")
    load(emptied, tmp_path, drop, FIRST)
    found = {rule: _deviations_after(emptied, tampered) for rule, tampered in TAMPERED.items()}
    usual = {"every sale has an order date"}
    assert found == {rule: {rule} | usual for rule in TAMPERED}


def _deviations_after(warehouse: Warehouse, tampered: str) -> set[str]:
    """Tamper with gold in a transaction, check it, and roll back."""
    view, _, expression = tampered.partition(", ")
    with warehouse.connect(autocommit=False) as connection, closing(connection.cursor()) as cursor:
        if view.isidentifier():
            text = cursor.execute("SELECT OBJECT_DEFINITION(OBJECT_ID(?))", f"gold.{view}").fetchval()
            assert expression in text
            tampered = text.replace(expression, f"1 + {expression}", 1).replace("CREATE", "ALTER", 1)
            if view == "dim_date":
                tampered = tampered.replace(f"1 + {expression}", f"DATEADD(YEAR, -1, {expression})")
            tampered = tampered.replace("ALTER OR ALTER", "ALTER").replace("ALTER   VIEW", "ALTER VIEW")
        cursor.execute(tampered)
        while cursor.nextset():
            pass
        cursor.execute("EXEC etl.check_quality 1, N'gold'")
        rows = cursor.fetchall()
        names = [column[0] for column in cursor.description]
        connection.rollback()
    results = [dict(zip(names, row, strict=True)) for row in rows]
    return {row["check_name"] for row in results if not row["passed"]}


def test_data_may_grow_while_no_day_is_loaded(emptied: Warehouse, tmp_path: Path) -> None:
    for number, day in enumerate((GENERATED_DATE, GENERATED_DATE + timedelta(days=297))):
        generate(tmp_path / str(number), scale=0.01, as_of=day)
        emptied.load(tmp_path / str(number), day, waive=None)
    assert "error" not in deviations(emptied).values()


@pytest.mark.soak
def test_ordinary_days_are_published(emptied: Warehouse, tmp_path: Path) -> None:
    for number in range(3 + 97 * (SOAK > 1)):
        day = GENERATED_DATE + timedelta(days=number)
        generate(tmp_path / str(number), scale=0.01, as_of=day)
        emptied.load(tmp_path / str(number), day, waive=None)
        found = deviations(emptied)
        assert [rule for rule, severity in found.items() if severity == "error"] == []
