"""A load writes only the rows that differ, and last_seen_date stays correct."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import SOAK
from tests.days.drop import BASE, CUST, PRD, SALES, write_drop
from tests.days.successive import DAYS
from tests.sql.steps import INTEGRATED, load_history, snapshot
from tests.warehouse import Warehouse

FIRST, SECOND = DAYS[0].business_date, DAYS[1].business_date
EXTRA = "217,AC-HE-XX-1,Extra,5,S ,2022-01-01,"
SOLD_EXTRA = "SO901,XX-1,11001,20240105,20240105,20240105,35,1,35"
NOTHING = dict.fromkeys(INTEGRATED, 0)
STEPS = ("silver.load_customers", "silver.load_products", "silver.load_sales")


def written(warehouse: Warehouse, batch_id: int) -> dict[str, int]:
    """The number of rows in each integrated table that the batch was the last to write."""
    return {
        table: warehouse.value(f"SELECT COUNT(*) FROM {table} WHERE last_batch_id = ?", batch_id)
        for table in INTEGRATED
    }


def counts(warehouse: Warehouse, batch_id: int) -> dict[str, tuple[int, int]]:
    rows = warehouse.execute(
        "SELECT step_name, rows_inserted, rows_updated FROM gold.load_steps"
        " WHERE batch_id = ? AND step_name IN (?, ?, ?)",
        batch_id,
        *STEPS,
    )
    return {row["step_name"]: (row["rows_inserted"], row["rows_updated"]) for row in rows}


def test_a_day_loaded_again_writes_nothing(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    before = snapshot(emptied, INTEGRATED)
    emptied.load(drops[0], FIRST)
    assert written(emptied, 2) == NOTHING
    assert counts(emptied, 2) == dict.fromkeys(STEPS, (0, 0))
    assert snapshot(emptied, INTEGRATED) == before


def test_the_same_drop_on_the_next_day_writes_whose_birth_date_has_come(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[0], SECOND, same_drop=True)
    assert written(emptied, 2) == NOTHING | {"silver.customers": 1}
    assert emptied.value("SELECT birthdate FROM silver.customers WHERE last_batch_id = 2") == SECOND


def first_of(table: str) -> str:
    return DAYS[0].lines[table][0]


@pytest.mark.parametrize("column", ["order_date", "ship_date", "due_date", "sales", "quantity", "price", "customer"])
def test_one_changed_value_of_a_line_updates_that_line(emptied: Warehouse, tmp_path: Path, column: str) -> None:
    number, product, customer, ordered, shipped, due, amount, quantity, price = first_of(SALES).split(",")
    values = {
        "order_date": ["20240101", shipped, due, amount, quantity, price],
        "ship_date": [ordered, "", due, amount, quantity, price],
        "due_date": [ordered, shipped, "20240401", amount, quantity, price],
        "sales": [ordered, shipped, due, str(2 * int(amount)), quantity, str(2 * int(price))],
        "quantity": [ordered, shipped, due, amount, str(int(amount)), "1"],
        "price": [ordered, shipped, due, str(3 * int(amount)), quantity, ""],
        "customer": [ordered, shipped, due, amount, quantity, price],
    }[column]
    changed = ",".join([number, product, "99999" if column == "customer" else customer, *values])
    write_drop(tmp_path / "1", DAYS[0].lines)
    write_drop(tmp_path / "2", {**DAYS[0].lines, SALES: [changed, *DAYS[0].lines[SALES][1:]]})
    emptied.load(tmp_path / "1", FIRST)
    emptied.load(tmp_path / "2", FIRST)
    assert counts(emptied, 2)["silver.load_sales"] == (0, 1)
    assert written(emptied, 2) == NOTHING | {"silver.sales": 1}
    (line,) = emptied.execute("SELECT * FROM silver.sales WHERE last_batch_id = 2")
    assert (line["order_number"], line["product_number"]) == (number, product)
    if line["quantity"] is not None and line["cost"] is not None:
        assert line["profit"] == line["sales_amount"] - line["quantity"] * line["cost"]


@pytest.mark.parametrize("change", ["case", "other", "gone"])
@pytest.mark.parametrize("field", [2, 3])
def test_one_changed_value_of_a_customer_updates_that_customer(
    emptied: Warehouse, tmp_path: Path, field: int, change: str
) -> None:
    values = first_of(CUST).split(",")
    name = values[field]
    values[field] = {"case": name.swapcase(), "other": f"{name}x", "gone": ""}[change]
    write_drop(tmp_path / "1", DAYS[0].lines)
    write_drop(tmp_path / "2", {**DAYS[0].lines, CUST: [",".join(values), *DAYS[0].lines[CUST][1:]]})
    emptied.load(tmp_path / "1", FIRST)
    emptied.load(tmp_path / "2", FIRST)
    assert counts(emptied, 2)["silver.load_customers"] == (0, 1)
    column = {2: "first_name", 3: "last_name"}[field]
    assert emptied.value(f"SELECT {column} FROM silver.customers WHERE last_batch_id = 2") == (values[field] or None)


def test_one_changed_value_of_a_product_updates_that_product(emptied: Warehouse, tmp_path: Path) -> None:
    values = first_of(PRD).split(",")
    values[2] = values[2].swapcase()
    write_drop(tmp_path / "1", DAYS[0].lines)
    write_drop(tmp_path / "2", {**DAYS[0].lines, PRD: [",".join(values), *DAYS[0].lines[PRD][1:]]})
    emptied.load(tmp_path / "1", FIRST)
    emptied.load(tmp_path / "2", FIRST)
    assert counts(emptied, 2)["silver.load_products"] == (0, 1)
    assert emptied.value("SELECT product_name FROM silver.products WHERE last_batch_id = 2") == values[2]


# --- the day a line was last seen


def deliver(folder: Path, held: Iterable[int]) -> Path:
    """Write a drop with the lines SO0, SO1 … that are named."""
    lines = {table: list(rows) for table, rows in DAYS[0].lines.items()}
    _, *rest = first_of(SALES).split(",")
    lines[SALES] = [",".join([f"SO{number}", *rest]) for number in held]
    write_drop(folder, lines)
    return folder


def last_seen(warehouse: Warehouse) -> dict[int, tuple[bool, date]]:
    """The day on which each line was last seen, by the definition in silver.sales."""
    shown = warehouse.value("SELECT MAX(business_date) FROM gold.current_batch")
    return {
        int(row["order_number"][2:]): (
            row["in_source"],
            max(row["last_seen_date"], shown) if row["in_source"] else row["last_seen_date"],
        )
        for row in warehouse.execute("SELECT order_number, in_source, last_seen_date FROM silver.sales")
    }


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(SOAK))
def test_after_any_load_each_line_was_last_seen_on_the_last_day_that_held_it(
    emptied: Warehouse, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    expected: dict[int, tuple[bool, date]] = {}
    latest = FIRST
    for number in range(7):
        held = set(draw.sample(range(5), draw.randint(1, 4))) | {9}
        folder = deliver(tmp_path / str(number), held)
        kind = draw.choice(["next", "next", "same", "replay", "history"]) if number else "next"
        day = latest
        if kind == "next":
            day = latest = latest + timedelta(days=draw.randint(1, 3))
        elif kind != "same":
            day = latest - timedelta(days=draw.randint(1, 4))
        if kind == "history":
            assert load_history(emptied, str(number), day, folder)["is_history"]
        else:
            emptied.load(folder, day, replay=True, same_drop=True)
            expected = {line: (False, seen) for line, (_, seen) in expected.items()}
        for line in held:
            in_source, seen = expected.get(line, (False, day))
            expected[line] = (in_source if kind == "history" else True, max(seen, day))
        assert last_seen(emptied) == expected, f"after load {number}, {kind} of {day}"


def test_a_member_that_left_says_which_batch_held_it_last(
    emptied: Warehouse, drops: list[Path], tmp_path: Path
) -> None:
    for day in range(3):
        emptied.load(drops[0], FIRST + timedelta(days=day), same_drop=True)
    lines: dict[str, Any] = {**DAYS[0].lines, CUST: DAYS[0].lines[CUST][1:], PRD: DAYS[0].lines[PRD][1:]}
    lines[SALES] = [line for line in lines[SALES] if line != first_of(SALES)]
    write_drop(tmp_path, lines)
    emptied.load(tmp_path, FIRST + timedelta(days=3))
    for table in ("silver.customers", "silver.products", "silver.sales"):
        left = emptied.execute(f"SELECT first_batch_id, last_batch_id FROM {table} WHERE in_source = 0")
        assert {"first_batch_id": 1, "last_batch_id": 3} in left, table


def test_a_member_that_a_batch_delivered_is_known_though_the_batch_that_brought_it_is_withdrawn(
    emptied: Warehouse, drops: list[Path], tmp_path: Path
) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[0], SECOND, same_drop=True)
    emptied.execute("EXEC etl.withdraw_batch 1, N'a trial'")
    product = first_of(PRD).split(",")[1][6:]
    write_drop(tmp_path, {**DAYS[0].lines, PRD: DAYS[0].lines[PRD][1:]})
    emptied.load(tmp_path, SECOND + timedelta(days=1), reject_limit=1)
    assert emptied.value("SELECT in_source FROM silver.products WHERE product_number = ?", product) is False
    assert emptied.value("SELECT MIN(product_key) FROM silver.sales WHERE product_number = ?", product) > 0


def test_a_member_that_only_a_corrected_drop_had_is_unknown(emptied: Warehouse, tmp_path: Path) -> None:
    bought = {SALES: [*BASE[SALES], "SO901,HL-U509,11009,20240105,20240105,20240105,35,1,35", SOLD_EXTRA]}
    wrong = {CUST: [*BASE[CUST], "11009,AW00011009,New,Comer,S,F,2024-01-01"], PRD: [*BASE[PRD], EXTRA]}
    for name, lines in (("wrong", {**BASE, **bought, **wrong}), ("right", {**BASE, **bought})):
        write_drop(tmp_path / name, lines)
    keys = "SELECT customer_key, product_key, cost, profit FROM gold.fact_sales WHERE order_number = N'SO901'"
    emptied.load(tmp_path / "right", FIRST, reject_limit=1)
    right = emptied.execute(f"{keys} ORDER BY 1")
    emptied.load(tmp_path / "wrong", SECOND, reject_limit=1)
    assert emptied.execute(f"{keys} ORDER BY 1") != right
    emptied.load(tmp_path / "right", SECOND, reject_limit=1, same_drop=True)
    assert emptied.execute(f"{keys} ORDER BY 1") == right
    emptied.load(tmp_path / "right", SECOND + timedelta(days=1), reject_limit=1, same_drop=True)
    assert emptied.execute(f"{keys} ORDER BY 1") == right


@pytest.mark.parametrize("history", [False, True])
def test_a_member_that_left_before_its_day_was_loaded_again_stays_known(
    emptied: Warehouse, tmp_path: Path, history: bool
) -> None:
    bought = {**BASE, SALES: [*BASE[SALES], SOLD_EXTRA]}
    write_drop(tmp_path / "with", {**bought, PRD: [*BASE[PRD], EXTRA]})
    write_drop(tmp_path / "without", bought)
    emptied.load(tmp_path / "with", FIRST)
    if not history:
        emptied.load(tmp_path / "with", FIRST)
    emptied.load(tmp_path / "without", SECOND)
    if history:
        load_history(emptied, "again", FIRST, tmp_path / "with")
    emptied.load(tmp_path / "without", SECOND + timedelta(days=1), same_drop=True)
    assert emptied.value("SELECT cost FROM gold.fact_sales WHERE order_number = N'SO901'") == 5
