"""Each quality rule finds its fault, and no other rule takes it for one; ordinary days pass."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pyodbc
import pytest

from data.generate import BUSINESS_DATE as GENERATED_DATE
from data.generate import generate
from tests import SOAK
from tests.days import plausible
from tests.days.drop import AZ12, CUST, LOC, PRD, PX, SALES, write_drop
from tests.sql.steps import refusal
from tests.warehouse import Warehouse

FIRST, SECOND = plausible.BUSINESS_DATE, plausible.BUSINESS_DATE + timedelta(days=1)

Drop = dict[str, list[str]]
ROWS = "each file has about as many rows as the day before"
REPEATED = "no file is that of an earlier day"
SUPERSEDED = "few rows of a file are superseded"
INVISIBLE = "no value has an invisible character at an end"
MISSING = "few values are missing"
ERP = "few customers lack their row of the ERP"
CATEGORY = "few products lack their category"
NEW = "few rows have a country or category that is new"
LEFT = "few rows have left the drop"
KEYS = "there are about as many keys as the day before"
SUMS = "sums are about those of the day before"
DATES = "few dates of sales are missing"
UNKNOWN = "few sales are of unknown customers or products"


Plant = Callable[[Drop], None]


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

TAMPERED: dict[str, str] = {
    "fact_sales holds every cleansed order line": "INSERT INTO silver.crm_sales_details"
    " (sls_ord_num, sls_prd_key, sls_sales, dwh_source_line, dwh_batch_id) VALUES (N'SO', N'P1', 0, 9, 1)",
    "fact_sales has the total sales of the cleansed order lines": "UPDATE silver.crm_sales_details"
    " SET sls_sales = sls_sales + 1 WHERE dwh_source_line = 2",
    "every sale has its customer in dim_customers": "UPDATE silver.sales SET customer_key = 9999"
    " WHERE order_number = N'UNDATED'",
    "every sale has its product in dim_products": "UPDATE silver.sales SET product_key = 9999"
    " WHERE order_number = N'UNDATED'",
    "no sale is negative without a negative quantity": "UPDATE silver.sales SET sales_amount = -1"
    " WHERE order_number = N'UNDATED'; UPDATE silver.crm_sales_details SET sls_sales = -1"
    " WHERE sls_ord_num = N'UNDATED'",
    "report_customers has the dated sales of known customers": "report_customers, SUM(CAST(sales_amount AS BIGINT))",
    "report_products has the dated sales of known products": "report_products, SUM(CAST(sales_amount AS BIGINT))",
    "report_sales_daily has the dated sales": "report_sales_daily, SUM(CAST(sales_amount AS BIGINT))",
    "no order holds a known product twice": "UPDATE silver.sales SET product_key ="
    " (SELECT product_key FROM silver.sales WHERE order_number = N'SO0' AND product_number = N'P0')"
    " WHERE order_number = N'SO0'",
    "dim_customers holds every cleansed customer": "UPDATE silver.customers SET in_source = 0 WHERE customer_key = 1",
    "dim_products holds every cleansed product": "UPDATE silver.products SET in_source = 0 WHERE product_key = 1",
    "every order date is in dim_date": "dim_date, MAX(order_date)",
}
"""Rule of gold → the statement that breaks it, or the view and the expression in it to which 1 is added."""


def load(warehouse: Warehouse, folder: Path, drop: Drop, business_date: date) -> None:
    write_drop(folder, drop)
    warehouse.load(folder, business_date, waive=None)


def deviations(warehouse: Warehouse) -> dict[str, str]:
    """Rule → severity, of the last batch's deviations."""
    rows = warehouse.execute(
        "SELECT check_name, MIN(severity) AS severity FROM gold.quality_results WHERE passed = 0"
        " AND batch_id = (SELECT MAX(batch_id) FROM gold.load_batches) GROUP BY check_name"
    )
    return {row["check_name"]: row["severity"] for row in rows}


@pytest.mark.parametrize("fault", ERRORS)
def test_a_fault_is_found_by_its_rule_alone_and_stops_the_day(emptied: Warehouse, tmp_path: Path, fault: str) -> None:
    plant, rule, warnings = ERRORS[fault]
    load(emptied, tmp_path / "1", plausible.day(1), FIRST)
    assert deviations(emptied) == {}
    drop = plausible.day(2)
    plant(drop)
    write_drop(tmp_path / "2", drop)
    with pytest.raises(pyodbc.Error, match="Quality checks failed, nothing was published") as refused:
        emptied.load(tmp_path / "2", SECOND, waive=None)
    assert f"\\n  {rule}" in str(refused.value)
    assert deviations(emptied) == {rule: "error", **dict.fromkeys(warnings, "warning")}
    assert emptied.value("SELECT business_date FROM gold.current_batch") == FIRST
    emptied.load(tmp_path / "2", SECOND, waive=f" {rule} ;")
    assert emptied.value("SELECT business_date FROM gold.current_batch") == SECOND
    (waiver,) = emptied.execute("SELECT * FROM gold.waivers")
    assert (waiver["batch_id"], waiver["check_name"], waiver["reason"]) == (3, rule, "a day made by hand")
    assert emptied.value("SELECT COUNT(*) FROM gold.quality_results WHERE waived = 1 AND batch_id = 3") > 0


@pytest.mark.parametrize("rule", WARNINGS)
def test_a_warning_is_raised_by_its_rule_alone_and_the_day_is_published(
    emptied: Warehouse, tmp_path: Path, rule: str
) -> None:
    load(emptied, tmp_path / "1", plausible.day(1), FIRST)
    drop = plausible.day(2)
    WARNINGS[rule](drop)
    load(emptied, tmp_path / "2", drop, SECOND + timedelta(days=9 if rule.startswith("the last order") else 0))
    assert deviations(emptied) == {rule: "warning"}


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


def test_every_rule_has_a_fault_here(emptied: Warehouse) -> None:
    rules = {row["check_name"] for row in emptied.execute("SELECT check_name FROM gold.quality_rules")}
    assert {rule for _, rule, _ in ERRORS.values()} | WARNINGS.keys() | TAMPERED.keys() == rules


@pytest.mark.parametrize("table", [CUST, PRD, SALES, AZ12, LOC, PX])
@pytest.mark.parametrize("left", [0, 0.5], ids=["its header alone", "its first half"])
def test_a_file_that_was_cut_off_stops_the_day(emptied: Warehouse, tmp_path: Path, table: str, left: float) -> None:
    load(emptied, tmp_path / "1", plausible.day(1), FIRST)
    drop = plausible.day(2)
    drop[table] = drop[table][: int(len(drop[table]) * left)]
    write_drop(tmp_path / "2", drop)
    with pytest.raises(pyodbc.Error, match=f"{ROWS}: {table}"):
        emptied.load(tmp_path / "2", SECOND, waive=None)


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


def test_a_corrected_drop_of_the_same_day_is_compared_with_the_day_before(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path / "1", plausible.day(1), FIRST)
    wrong = plausible.day(2)
    wrong[SALES] = wrong[SALES][:100]
    write_drop(tmp_path / "wrong", wrong)
    emptied.load(tmp_path / "wrong", SECOND)
    load(emptied, tmp_path / "2", plausible.day(2), SECOND)
    assert deviations(emptied) == {}


@pytest.mark.parametrize(
    ("names", "by", "reason", "complaint"),
    [
        ("no such check", "a.lee", "why", "No check of severity error is named 'no such check'."),
        (f"{ROWS}; 50 %", "a.lee", "why", "No check of severity error is named ' 50 %'."),
        ("every sale has an order date", "a.lee", "why", "No check of severity error is named"),
        (" ; ", "a.lee", "why", "@check_names is empty"),
        (ROWS, " ", "why", "@waived_by is empty"),
        (ROWS, "a.lee", None, "@reason is empty"),
    ],
)
def test_a_waiver_names_checks_a_person_and_a_reason(
    emptied: Warehouse, tmp_path: Path, names: str, by: str, reason: str | None, complaint: str
) -> None:
    load(emptied, tmp_path, plausible.day(1), FIRST)
    error = refusal(emptied, "EXEC etl.waive_checks 1, ?, ?, ?", names, by, reason)
    assert error.number == 50001
    assert complaint in error.message
    assert emptied.value("SELECT COUNT(*) FROM gold.waivers") == 0


def test_a_rule_without_a_measure_is_an_error(emptied: Warehouse, tmp_path: Path) -> None:
    emptied.execute("UPDATE etl.quality_rule SET check_name = N'sums are about right' WHERE check_name = ?", SUMS)
    try:
        with pytest.raises(
            pyodbc.Error, match=r"  sums are about those of the day before\\n  sums are about right"
        ) as refused:
            load(emptied, tmp_path, plausible.day(1), FIRST)
    finally:
        emptied.execute("UPDATE etl.quality_rule SET check_name = ? WHERE check_name = N'sums are about right'", SUMS)
    assert "50018" in str(refused.value)


@pytest.mark.soak
def test_ordinary_days_are_published(emptied: Warehouse, tmp_path: Path) -> None:
    for number in range(3 + 97 * (SOAK > 1)):
        day = GENERATED_DATE + timedelta(days=number)
        generate(tmp_path / str(number), scale=0.01, as_of=day)
        emptied.load(tmp_path / str(number), day, waive=None)
        found = deviations(emptied)
        assert [rule for rule, severity in found.items() if severity == "error"] == []
