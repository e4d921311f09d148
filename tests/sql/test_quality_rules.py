"""Each quality rule finds its fault, and no other rule takes it for one.

The first day is loaded once; each fault is planted into the second day, which is loaded as a dry run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from datetime import timedelta
from pathlib import Path

import pyodbc
import pytest

from tests.days import plausible
from tests.days.drop import AZ12, CUST, LOC, PRD, PX, SALES, file_of, write_drop
from tests.days.plausible import Drop, Plant, both, put
from tests.sql.quality import (
    CATEGORY,
    CHANGED,
    CUT,
    DATES,
    ENDS,
    ERP,
    KEYS,
    LEFT,
    LEFT_LINES,
    MISSING,
    NEW,
    NEW_LINES,
    OLD,
    REPAIRED,
    REPEATED,
    ROWS,
    SUMS,
    SUPERSEDED,
    TAMPERED,
    UNKNOWN,
    WRONG_DATES,
    deviations,
)
from tests.sql.steps import OPEN, load_silver
from tests.warehouse import RUN_PREFIX, Warehouse
from warehouse.execution import WarehouseError

LATE = "no order is dated after its shipping or due date"
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


def _cut_line(drop: Drop) -> None:
    drop[SALES][-1] = drop[SALES][-1][:20]


def _cut_field(drop: Drop) -> None:
    drop[LOC].append("AW-000")


def _other_order_lines(drop: Drop) -> None:
    drop[SALES][:10] = [line.replace("SO", "SX", 1) for line in drop[SALES][:10]]


def _swapped_names(drop: Drop) -> None:
    for number, line in enumerate(drop[CUST]):
        identity, key, first, last, *others = line.split(",")
        drop[CUST][number] = ",".join((identity, key, last, first, *others))


def _due_before_the_order(drop: Drop) -> None:
    put(SALES, 5, "20240101", 40)(drop)
    drop[SALES][-2:] = [",".join((*line.split(",")[:5], "20240101", "100,2,50")) for line in drop[SALES][-2:]]


def _customers_born_in_1900(drop: Drop) -> None:
    put(AZ12, 1, "1900-01-01", 10)(drop)
    for number in (12000, 12001):
        drop[CUST].append(f"{number},AW{number:08},Ann,Lee,S,F,2025-01-01")
        drop[AZ12].append(f"AW{number:08},1900-01-01,F")
        drop[LOC].append(f"AW-{number:08},Spain")


def _sale_of_no_product(drop: Drop) -> None:
    drop[SALES][-1] = drop[SALES][-1].replace(",P", ",Q", 1)


def _invisible_in_an_order_number(drop: Drop) -> None:
    drop[SALES][-1] = drop[SALES][-1].replace("SO", "SO\u200b", 1)


def _customer_without_the_crm(drop: Drop) -> None:
    drop[AZ12].append("AW00012000,1980-01-01,F")
    drop[LOC].append("AW-00012000,Spain")


def _customers_again_under_other_ids(drop: Drop) -> None:
    drop[CUST].append(drop[CUST][0].replace("11000,", "12000,", 1))


def _new_customers_without_names(drop: Drop) -> None:
    for number in (12000, 12001):
        drop[CUST].append(f"{number},AW{number:08},,Lee,S,F,2026-02-03")
        drop[AZ12].append(f"AW{number:08},1980-01-01,F")
        drop[LOC].append(f"AW-{number:08},Spain")


def _orders_of_a_day_twice(drop: Drop) -> None:
    drop[SALES] += [line.replace("SO", "SX", 1) for line in drop[SALES][-2:]]


def _old_dates_of_new_orders(drop: Drop) -> None:
    drop[SALES][-2:] = [line.replace("20260202", "20240202") for line in drop[SALES][-2:]]


def _number_of_an_old_order(drop: Drop) -> None:
    drop[SALES][-2:] = [line.replace("SO200", "SO3", 1) for line in drop[SALES][-2:]]


def _product_of_negative_cost(drop: Drop) -> None:
    drop[PRD].append("999,C0-XX-P999,Helmet,-5,S ,2024-01-01,")


ERRORS: dict[str, tuple[Plant, str, dict[str, str]]] = {
    "a file with many more rows": (_unused_categories, ROWS, {}),
    "the sales of the day before": (_sales_of_the_day_before, NEW_LINES, {}),
    "a file cut in the middle of a line": (_cut_line, CUT, {}),
    "a file cut in the first field of a line": (_cut_field, CUT, {}),
    "rows delivered twice": (_rows_delivered_twice, SUPERSEDED, {}),
    "a code that changed": (put(AZ12, 2, "X", 30), MISSING, {"every code is known": "warning"}),
    "birth dates of the next century": (put(AZ12, 1, "2080-01-01", 30), MISSING, {CHANGED: "error"}),
    "keys of the ERP in another format": (
        put(LOC, 0, "X{old}", 15),
        ERP,
        {"few locations lack their customer": "warning"},
    ),
    "category ids in another format": (put(PRD, 1, "Z{n}-XX-P{n}", 8), CATEGORY, {}),
    "a code list that changed": (put(LOC, 1, "Atlantis", 30), NEW, {CHANGED: "error"}),
    "customers with other ids": (_renumbered_customers, LEFT, {CHANGED: "error"}),
    "order lines with other numbers": (
        _other_order_lines,
        LEFT_LINES,
        {"few new order lines are old": "warning"},
    ),
    "names in each other's column": (_swapped_names, CHANGED, {}),
    "keys that were cut off": (
        put(CUST, 1, "AW00011000", 30),
        KEYS,
        {
            CHANGED: "error",
            "few locations lack their customer": "warning",
            "no customer number is that of two customers": "warning",
        },
    ),
    "amounts in cents": (
        both(*(put(SALES, column, "{old}00", 402) for column in (6, 8))),
        SUMS,
        {CHANGED: "error"},
    ),
    "amounts with tax, prices without": (put(SALES, 6, "119", 402), REPAIRED, {}),
    "due dates in another format": (put(SALES, 5, "2026-01-01", 402), DATES, {}),
    "due dates before the order": (_due_before_the_order, WRONG_DATES, {CHANGED: "warning", LATE: "warning"}),
    "a date that stands for none": (_customers_born_in_1900, OLD, {CHANGED: "warning"}),
    "customers that do not exist": (
        put(SALES, 2, "99999", 60),
        UNKNOWN,
        {"every sale has a known customer": "warning"},
    ),
}
"""Fault → what plants it in the second day, a rule that stops the day, and its deviations from other rules."""

WARNINGS: dict[str, Plant] = {
    "no value has an invisible character at an end": put(LOC, 1, "France\u00a0"),
    "no key has an invisible character inside": _invisible_in_an_order_number,
    "every code is known": put(AZ12, 2, "X"),
    "no text was read in a wrong encoding": put(CUST, 3, "M\u00c3\u00bcller"),
    "few values of new rows are missing": _new_customers_without_names,
    "few new order lines repeat another": _orders_of_a_day_twice,
    "few new order lines are old": _old_dates_of_new_orders,
    "few new order lines are of an old order": _number_of_an_old_order,
    "no customer id was given to another customer": both(
        put(CUST, 2, "Eva"), put(CUST, 3, "Ek"), put(CUST, 6, "2026-02-03")
    ),
    "no customer number is that of two customers": _customers_again_under_other_ids,
    "few locations lack their customer": _customer_without_the_crm,
    "no cost is negative": _product_of_negative_cost,
    "every sale has a known customer": put(SALES, 2, "99999"),
    "every sale has a known product": _sale_of_no_product,
    "every sale has an order date": put(SALES, 3, "0"),
    "every date of a sale is within the calendar": put(SALES, 4, "17530101"),
    LATE: put(SALES, 5, "20240101"),
    "no order is dated after the business date": both(*(put(SALES, column, "20260301") for column in (3, 4, 5))),
    "the last order is at most 7 days old": lambda drop: None,
    "no customer was created after the business date": put(CUST, 6, "2027-01-01"),
    "every product has a category": put(PRD, 1, "ZZ-XX-P0"),
    "no published cost was changed": put(PRD, 3, "11"),
}
"""Warning → what raises it. The last order gets old by a later business date."""


def _other_customers(drop: Drop) -> None:
    texts = {2: "Eva", 3: "Ek{n}", 4: "S", 5: "M", 6: "2026-02-03"}
    both(*(put(CUST, column, text, 50) for column, text in texts.items()))(drop)
    both(put(AZ12, 1, "1979-12-31", 50), put(LOC, 1, "Atlantis", 50))(drop)


def _other_products(drop: Drop) -> None:
    both(*(put(PRD, column, text, 40) for column, text in {2: "helmet {n}", 3: "7{n}", 4: "M "}.items()))(drop)
    both(*(put(PX, column, text, 9) for column, text in {1: "New", 2: "Other {n}", 3: "No"}.items()))(drop)
    both(put(PRD, 5, "2023-12-31", 10), put(PX, 0, "ZZ_XX"))(drop)


def _other_sales(drop: Drop) -> None:
    texts = {2: "11099", 3: "20250101", 4: "20250102", 5: "20250103", 6: "90", 7: "3", 8: "30"}
    both(*(put(SALES, column, text, 300) for column, text in texts.items()))(drop)


def _missing_rows(drop: Drop) -> None:
    for table, rows in {CUST: 40, PRD: 30, SALES: 100}.items():
        del drop[table][:rows]


def _new_lines_of_old_orders(drop: Drop) -> None:
    lines = [line.replace("SO200", "SO3", 1).replace("20260202", "20240202") for line in drop[SALES][-2:]]
    drop[SALES] += [*lines, *(line.replace("SO3", "SO4", 1) for line in lines)]


EXAMPLES: dict[str, tuple[Plant, dict[tuple[str, str], str]]] = {
    "other customers": (
        _other_customers,
        {
            (CHANGED, "dim_customers.birthdate"): "customer 11000: 1980-01-01 → 1979-12-31",
            (CHANGED, "dim_customers.country"): "customer 11000: France → Atlantis",
            (CHANGED, "dim_customers.create_date"): "customer 11000: 2025-01-01 → 2026-02-03",
            (CHANGED, "dim_customers.first_name"): "customer 11000: Ann → Eva",
            (CHANGED, "dim_customers.gender"): "customer 11000: Female → Male",
            (CHANGED, "dim_customers.last_name"): "customer 11000: Lee0 → Ek0",
            (CHANGED, "dim_customers.marital_status"): "customer 11001: Married → Single",
            (NEW, "country"): "customer 11000: Atlantis",
            ("no customer id was given to another customer", ""): "customer 11000: Lee0 → Ek0",
        },
    ),
    "other customer numbers": (
        put(CUST, 1, "AX{n}", 50),
        {
            (ERP, "erp_cust_az12"): "customer 11000",
            (ERP, "erp_loc_a101"): "customer 11000",
            ("few locations lack their customer", ""): "AW00011000",
            (CHANGED, "dim_customers.customer_number"): "customer 11000: AW00011000 → AX0",
        },
    ),
    "other products": (
        _other_products,
        {
            (CATEGORY, ""): "product P0: C0_XX",
            (CHANGED, "dim_products.category"): "product P11: Category 1 → New",
            (CHANGED, "dim_products.cost"): "product P10: 20 → 710",
            (CHANGED, "dim_products.maintenance"): "product P11: Yes → No",
            (CHANGED, "dim_products.product_line"): "product P10: Other Sales → Mountain",
            (CHANGED, "dim_products.product_name"): "product P10: Helmet 10 → helmet 10",
            (CHANGED, "dim_products.start_date"): "product P0: 2024-01-01 → 2023-12-31",
            (CHANGED, "dim_products.subcategory"): "product P11: Kind 1 → Other 1",
            (NEW, "category"): "product P11: New",
        },
    ),
    "other sales": (
        _other_sales,
        {
            (CHANGED, "fact_sales.customer_key"): "order SO0 of P0: 11000 → 11099",
            (CHANGED, "fact_sales.due_date"): "order SO0 of P0: 2025-07-17 → 2025-01-03",
            (CHANGED, "fact_sales.order_date"): "order SO0 of P0: 2025-07-17 → 2025-01-01",
            (CHANGED, "fact_sales.price"): "order SO0 of P0: 50 → 30",
            (CHANGED, "fact_sales.quantity"): "order SO0 of P0: 2 → 3",
            (CHANGED, "fact_sales.sales_amount"): "order SO0 of P0: 100 → 90",
            (CHANGED, "fact_sales.shipping_date"): "order SO0 of P0: 2025-07-17 → 2025-01-02",
        },
    ),
    "missing rows": (
        _missing_rows,
        {
            ("few locations lack their customer", ""): "AW00011000",
            (LEFT_LINES, ""): "order SO0 of P0",
            (LEFT, "customers"): "customer 11000",
            (LEFT, "products"): "product P0",
        },
    ),
    "new lines of old orders": (
        _new_lines_of_old_orders,
        {
            ("few new order lines are of an old order", ""): "order SO3: 2025-07-20 → 2024-02-02",
            ("few new order lines are old", ""): "order SO3: 2024-02-02",
            ("few new order lines repeat another", ""): "order SO3 of P40",
        },
    ),
}
"""Fault → what plants it in the second day, and the row that the finding of each rule and subject names."""


def dry_run(
    warehouse: Warehouse, folder: Path, drop: Drop, *, late: int = 0, change: Callable[[Path], None] | None = None
) -> None:
    """Load the drop for the second day, or some days later, without publishing it; ``change`` changes its files."""
    write_drop(folder, drop)
    if change:
        change(folder)
    day = SECOND + timedelta(days=late)
    (batch,) = warehouse.execute(OPEN, f"{RUN_PREFIX}{folder}"[-250:], day, False, 1, False, False, day)
    load_silver(warehouse, batch["batch_id"], folder)
    warehouse.execute("EXEC etl.publish ?, @dry_run = 1", batch["batch_id"])


@pytest.mark.parametrize("fault", ERRORS)
def test_a_fault_is_found_by_its_rules_alone_and_stops_the_day(
    first_day: Warehouse, tmp_path: Path, fault: str
) -> None:
    plant, rule, others = ERRORS[fault]
    drop = plausible.day(2)
    plant(drop)
    with pytest.raises(pyodbc.Error, match="Quality checks failed, nothing was published") as refused:
        dry_run(first_day, tmp_path, drop)
    assert f"\\n  {rule}" in str(refused.value)
    assert deviations(first_day) == {rule: "error", **others}


@pytest.mark.parametrize("rule", WARNINGS)
def test_a_warning_is_raised_by_its_rule_alone(first_day: Warehouse, tmp_path: Path, rule: str) -> None:
    drop = plausible.day(2)
    WARNINGS[rule](drop)
    dry_run(first_day, tmp_path, drop, late=9 if rule.startswith("the last order") else 0)
    assert deviations(first_day) == {rule: "warning"}


def test_a_name_whose_letter_became_a_question_mark_is_a_warning(first_day: Warehouse, tmp_path: Path) -> None:
    drop = plausible.day(2)
    put(CUST, 3, "M?ller")(drop)
    dry_run(first_day, tmp_path, drop)
    assert deviations(first_day) == {"no text was read in a wrong encoding": "warning"}


def test_a_new_version_of_each_product_is_a_price_list(first_day: Warehouse, tmp_path: Path) -> None:
    drop = plausible.day(2)
    drop[PRD] += [line.replace("2024-01-01", "2026-02-03") for line in drop[PRD]]
    dry_run(first_day, tmp_path, drop)
    assert deviations(first_day) == {}


def test_a_stopped_day_names_a_row_and_the_waiver_that_it_names_lets_it_through(
    first_day: Warehouse, tmp_path: Path
) -> None:
    drop = plausible.day(2)
    _swapped_names(drop)
    with pytest.raises(pyodbc.Error) as refused:
        dry_run(first_day, tmp_path, drop)
    message = WarehouseError.from_odbc(refused.value).message
    assert "first_name (found 100 of 100, at most 10 % a day), e.g. customer 11000: Ann → Lee0\n" in message
    (waiver,) = re.findall(r"EXEC etl\.waive_checks .*", message)
    first_day.execute(waiver)
    (batch,) = first_day.execute("SELECT MAX(batch_id) AS batch_id FROM gold.load_batches")
    first_day.execute("EXEC etl.publish ?, @dry_run = 1", batch["batch_id"])


def test_a_single_customer_who_lost_the_row_of_the_erp_is_a_warning(first_day: Warehouse, tmp_path: Path) -> None:
    drop = plausible.day(2)
    del drop[LOC][0]
    dry_run(first_day, tmp_path, drop)
    assert deviations(first_day) == {ERP: "warning"}


def test_a_file_that_was_cut_within_its_last_field_is_a_warning(first_day: Warehouse, tmp_path: Path) -> None:
    def cut(folder: Path) -> None:
        path = folder / file_of(SALES)
        path.write_bytes(path.read_bytes()[:-2])

    dry_run(first_day, tmp_path, plausible.day(2), change=cut)
    assert deviations(first_day) == {ENDS: "warning"}


@pytest.mark.parametrize("line", ["-- end of file --", "\x1a", '"402 rows, complete"'])
def test_a_last_line_of_words_is_rejected_and_the_day_goes_on(first_day: Warehouse, tmp_path: Path, line: str) -> None:
    drop = plausible.day(2)
    drop[SALES].append(line)
    dry_run(first_day, tmp_path, drop)
    assert deviations(first_day) == {}


@pytest.mark.parametrize("table", [CUST, PRD, SALES, AZ12, LOC, PX])
@pytest.mark.parametrize("left", [0, 0.5], ids=["its header alone", "its first half"])
def test_a_file_that_was_cut_off_stops_the_day(first_day: Warehouse, tmp_path: Path, table: str, left: float) -> None:
    drop = plausible.day(2)
    drop[table] = drop[table][: int(len(drop[table]) * left)]
    with pytest.raises(pyodbc.Error, match=f"{ROWS}: {table}"):
        dry_run(first_day, tmp_path, drop)


def _check_again(cursor: pyodbc.Cursor) -> dict[tuple[str, str], str]:
    """Check the cleansed tables, which the last batch left; the deviations by rule and subject."""
    cursor.execute("DECLARE @id INT = (SELECT MAX(batch_id) FROM etl.batch); EXEC etl.check_quality @id, N'silver'")
    return {(row.check_name, row.subject): row.finding for row in cursor.fetchall() if not row.passed}


@pytest.mark.parametrize("fault", EXAMPLES)
def test_a_finding_names_the_first_of_its_rows(first_day: Warehouse, tmp_path: Path, fault: str) -> None:
    plant, examples = EXAMPLES[fault]
    drop = plausible.day(2)
    plant(drop)
    with suppress(pyodbc.Error):  # an error stops the day, a warning does not
        dry_run(first_day, tmp_path, drop)
    with first_day.connect() as connection, closing(connection.cursor()) as cursor:
        findings = _check_again(cursor)
    named = {key: finding.partition(", e.g. ")[2] for key, finding in findings.items() if ", e.g. " in finding}
    assert named == examples


def test_an_example_of_every_rule_and_subject_is_here(first_day: Warehouse) -> None:
    rows = first_day.execute("SELECT DISTINCT check_name, subject FROM gold.quality_results")
    view = first_day.value("SELECT OBJECT_DEFINITION(OBJECT_ID(N'silver.quality_example'))")
    names = {name for row in rows for name in row.values()} & set(re.findall("N'([^']+)'", view))
    assert {name for _, examples in EXAMPLES.values() for key in examples for name in key if name} == names


def test_examples_are_read_on_a_day_that_deviates_alone(first_day: Warehouse, tmp_path: Path) -> None:
    for first_name, is_read in {"Ann": False, "Eva": True}.items():
        drop = plausible.day(2)
        put(CUST, 2, first_name, 50)(drop)
        with suppress(pyodbc.Error):
            dry_run(first_day, tmp_path / first_name, drop)
        with first_day.connect(autocommit=False) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("DROP VIEW silver.quality_example")
            with pytest.raises(pyodbc.Error, match=r"silver\.quality_example") if is_read else nullcontext():
                assert _check_again(cursor) == {}
            connection.rollback()


def test_a_first_start_date_has_changed_too(first_day: Warehouse, tmp_path: Path) -> None:
    dry_run(first_day, tmp_path, plausible.day(2))
    with first_day.connect(autocommit=False) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("UPDATE silver.products SET start_date = NULL")
        (finding,) = _check_again(cursor).values()
        connection.rollback()
    assert finding.startswith(f"{CHANGED}: dim_products.start_date (found 60 of 60,")
    assert finding.endswith(", e.g. product P0:  → 2024-01-01")


def test_an_ordinary_day_deviates_from_no_rule(first_day: Warehouse, tmp_path: Path) -> None:
    dry_run(first_day, tmp_path, plausible.day(2))
    assert deviations(first_day) == {}


def test_every_rule_has_a_fault_here(first_day: Warehouse) -> None:
    rules = {row["check_name"] for row in first_day.execute("SELECT check_name FROM gold.quality_rules")}
    found = {rule for _, rule, _ in ERRORS.values()} | WARNINGS.keys() | TAMPERED.keys()
    assert found == rules - {ENDS, REPEATED}  # the latter takes three days: tests/sql/test_quality_days.py
