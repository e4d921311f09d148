"""A published day is withdrawn: gold shows the batch before it, and later days load."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

from tests.days import handmade
from tests.days.drop import BASE, CUST, LOC, SALES, write_drop
from tests.days.successive import DAYS
from tests.oracle import compare, compute
from tests.oracle.schema import KEYS
from tests.sql.steps import (
    GOLD,
    INTEGRATED,
    SALES_OF_GOLD,
    batches,
    load_history,
    open_batch,
    refusal,
    repeat_with,
    snapshot,
)
from tests.warehouse import Warehouse
from warehouse.sources import SOURCE_FILES
from warehouse.staging import stage

FIRST, SECOND, THIRD = (day.business_date for day in DAYS)
WITHDRAW = "EXEC etl.withdraw_batch ?, ?"
SOLD = ("gold.fact_sales", "gold.report_sales_daily")
NEW = "11009,AW00011009,New,Comer,S,F,2024-06-01"
IN_SOURCE = "SELECT * FROM gold.dim_{} WHERE in_source = 1 ORDER BY 1"


def shown(warehouse: Warehouse) -> tuple[object, ...] | None:
    rows = warehouse.execute("SELECT run_id, business_date FROM gold.current_batch")
    return tuple(rows[0].values()) if rows else None


def in_source(warehouse: Warehouse) -> list[dict[str, object]]:
    return [row for table in ("customers", "products") for row in warehouse.execute(IN_SOURCE.format(table))]


def test_gold_shows_the_day_before_again_as_if_the_day_had_never_been(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    before = snapshot(emptied, SALES_OF_GOLD), in_source(emptied)
    emptied.load(drops[1], SECOND)

    emptied.execute(WITHDRAW, 2, "the wrong drop")

    assert (snapshot(emptied, SALES_OF_GOLD), in_source(emptied)) == before
    oracle = compute(drops[0], FIRST)
    for table, sums in (("fact_sales", "sales_amount"), ("report_sales_daily", "total_profit")):
        assert emptied.value(f"SELECT SUM({sums}) FROM gold.{table}") == getattr(oracle, table)[sums].sum(), table
    assert shown(emptied) == ("withdrawal of batch 2: batch 1 again", FIRST)
    (batch,) = emptied.execute("SELECT * FROM gold.load_batches WHERE batch_id = 2")
    assert (batch["status"], batch["withdrawn_reason"]) == ("withdrawn", "the wrong drop")
    assert batch["withdrawn_at"] is not None


def test_a_customer_who_had_left_before_keeps_the_attributes_of_the_withdrawn_drop(
    emptied: Warehouse, drops: list[Path]
) -> None:
    for drop, day in zip(drops[:2], DAYS[:2], strict=True):
        emptied.load(drop, day.business_date)
    sales, members = snapshot(emptied, SOLD), in_source(emptied)
    emptied.load(drops[2], THIRD)
    emptied.execute(WITHDRAW, 3, "the wrong drop")
    assert (snapshot(emptied, SOLD), in_source(emptied)) == (sales, members)
    left = "SELECT last_name, in_source FROM gold.dim_customers WHERE customer_id = 11005"
    assert emptied.execute(left) == [{"last_name": "Rao-Lind", "in_source": False}]


def test_a_wrong_date_in_the_future_is_withdrawn_and_later_days_load(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[1], date(2062, 2, 23))
    sql = "DECLARE @id INT; EXEC etl.open_batch N'test next', ?, N'', @batch_id = @id OUTPUT"
    assert refusal(emptied, sql, SECOND).number == 50002

    emptied.execute(WITHDRAW, 2, "2062 instead of 2024")

    assert open_batch(emptied, "next", SECOND)["latest_published"] == FIRST
    assert emptied.value("SELECT MAX(last_seen_date) FROM silver.sales") == FIRST
    for drop, day in zip(drops[1:], DAYS[1:], strict=True):
        emptied.load(drop, day.business_date)
        for table, expected in day.gold.items():
            actual = emptied.table(f"gold.{table}", list(expected.columns))
            assert compare(expected, actual, KEYS[table]) == [], f"{table} on {day.business_date}"
    vanished = emptied.execute("SELECT order_number, last_seen_date FROM silver.sales WHERE in_source = 0")
    assert [tuple(row.values()) for row in vanished] == [("SO3", SECOND)]


def test_a_day_that_gold_does_not_show_is_marked_and_changes_the_versions_of_sales_alone(
    emptied: Warehouse, tmp_path: Path
) -> None:
    """Sales of SO5 are left out: its product is that of the withdrawn day alone, and becomes unknown."""
    for day in DAYS:
        of_known = [line for line in day.lines[SALES] if not line.startswith("SO5,")]
        write_drop(tmp_path / str(day.business_date), {**day.lines, SALES: of_known})
        emptied.load(tmp_path / str(day.business_date), day.business_date)
    tables = [table for table in GOLD if table != "gold.fact_sales"]
    columns = [name for name in map(str, emptied.table("gold.fact_sales")) if not name.endswith("_version_key")]
    lines = f"SELECT {', '.join(columns)} FROM gold.fact_sales ORDER BY order_number, product_key"
    before = snapshot(emptied, tables), emptied.execute(lines)
    emptied.execute(WITHDRAW, 2, "not as it should be")
    assert (snapshot(emptied, tables), emptied.execute(lines)) == before
    versions = (
        "SELECT COUNT(*) FROM gold.fact_sales AS f INNER JOIN gold.dim_customers_history AS w"
        " ON f.customer_version_key = w.customer_version_key AND f.customer_key = w.customer_key"
        " AND COALESCE(f.order_date, '99991231') BETWEEN w.valid_from AND w.valid_to"
    )
    assert emptied.value(versions) == len(before[1])
    assert batches(emptied, ["status"]) == [("succeeded",), ("withdrawn",), ("succeeded",)]
    emptied.execute(WITHDRAW, 3, "nor this one")
    assert shown(emptied) == ("withdrawal of batch 3: batch 1 again", FIRST)


def test_without_a_day_before_gold_is_empty_and_the_day_can_be_loaded_again(
    emptied: Warehouse, drops: list[Path]
) -> None:
    emptied.load(drops[0], FIRST)
    before = snapshot(emptied, (*SALES_OF_GOLD, "gold.dim_customers", "gold.dim_products"))
    emptied.execute(WITHDRAW, 1, "the wrong drop")
    assert shown(emptied) is None
    for table in SALES_OF_GOLD:
        assert emptied.value(f"SELECT COUNT(*) FROM {table}") == 0, table
    assert in_source(emptied) == []
    assert open_batch(emptied, "older", date(2023, 1, 1))["latest_published"] is None
    emptied.load(drops[0], FIRST)
    assert snapshot(emptied, (*SALES_OF_GOLD, "gold.dim_customers", "gold.dim_products")) == before


def test_a_day_loaded_again_by_a_withdrawal_can_itself_be_withdrawn(emptied: Warehouse, drops: list[Path]) -> None:
    for drop, day in zip(drops, DAYS, strict=True):
        emptied.load(drop, day.business_date)
    emptied.execute(WITHDRAW, 3, "wrong")
    emptied.execute(WITHDRAW, 4, "wrong as well")
    assert shown(emptied) == ("withdrawal of batch 4: batch 1 again", FIRST)
    assert open_batch(emptied, "next", SECOND)["latest_published"] == FIRST


def test_a_batch_that_was_loaded_again_is_not_withdrawn_alone(emptied: Warehouse, drops: list[Path]) -> None:
    for drop, day in zip(drops[:2], DAYS[:2], strict=True):
        emptied.load(drop, day.business_date)
    emptied.execute(WITHDRAW, 2, "wrong")
    error = refusal(emptied, WITHDRAW, 1, "wrong as well")
    assert (error.number, error.message.split("\n")) == (
        50016,
        [
            "Batch 1 cannot be withdrawn: another withdrawal loaded its drop again, as batch 3.",
            "Withdraw that batch; this one is withdrawn with it: EXEC etl.withdraw_batch 3, N'<reason>'.",
        ],
    )


def test_a_day_that_is_published_while_another_is_withdrawn_stays_in_gold(
    emptied: Warehouse, drops: list[Path]
) -> None:
    for drop, day in zip(drops, DAYS, strict=True):
        emptied.load(drop, day.business_date)
    landing = emptied.value("SELECT landing_dir FROM gold.load_batches WHERE batch_id = 1")
    load = "EXEC etl.load_day @business_date = ?, @landing_dir = ?, @run_id = ?, @replay = 1, @same_drop = 1"
    # The load of the withdrawal of batch 2, which began before batch 3 was published.
    error = refusal(emptied, load, FIRST, landing, "withdrawal of batch 2: batch 1 again")
    assert (error.number, error.message.split("\n")) == (
        50002,
        [
            f"Batch 3 of {THIRD} was published since the withdrawal began.",
            f"Withdraw again: gold keeps {THIRD} then.",
        ],
    )
    emptied.execute(WITHDRAW, 2, "wrong")
    assert emptied.value("SELECT batch_id FROM gold.current_batch") == 3
    assert batches(emptied, ["status"])[:3] == [("succeeded",), ("withdrawn",), ("succeeded",)]


def test_a_batch_that_was_loaded_again_is_withdrawn_with_the_one_that_replaced_it(
    emptied: Warehouse, tmp_path: Path
) -> None:
    moved = {LOC: ["AW-00011000,France", *BASE[LOC][1:]], CUST: [*BASE[CUST], NEW]}
    bought = {SALES: [*BASE[SALES], "SO103,HL-U509,11009,20240601,20240601,20240601,35,1,35"]}
    for number, lines in enumerate((BASE, moved, BASE)):
        write_drop(tmp_path / str(number), {**BASE, **lines, **bought})
        emptied.load(tmp_path / str(number), FIRST + timedelta(number), same_drop=True)
    emptied.execute(WITHDRAW, 3, "wrong")
    emptied.execute(WITHDRAW, 4, "wrong as well")
    assert batches(emptied, ["status", "withdrawn_reason"]) == [
        ("succeeded", None),
        ("withdrawn", "wrong as well"),
        ("withdrawn", "wrong"),
        ("withdrawn", "wrong as well"),
        ("succeeded", None),
    ]
    country = "SELECT country, is_current FROM gold.dim_customers_history WHERE customer_id = 11000"
    assert emptied.execute(country) == [{"country": "Germany", "is_current": True}]
    # Only the withdrawn drop had the customer of this sale.
    assert emptied.value("SELECT customer_key FROM gold.fact_sales WHERE order_number = N'SO103'") == 0


def test_a_withdrawal_does_not_go_back_to_a_history_batch(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[2], THIRD)
    load_history(emptied, "backfill", FIRST, drops[0])
    emptied.execute(WITHDRAW, 1, "the wrong drop")
    assert shown(emptied) is None


def test_a_withdrawal_that_was_cut_off_is_called_again(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[1], SECOND)
    landing = emptied.value("SELECT landing_dir FROM gold.load_batches WHERE batch_id = 1")
    run = "withdrawal of batch 2: batch 1 again"
    open_again = "DECLARE @id INT; EXEC etl.open_batch ?, ?, N'', @replay = 1, @batch_id = @id OUTPUT"
    emptied.execute(open_again, run, FIRST)  # cut off while it loaded
    emptied.execute(WITHDRAW, 2, "wrong")
    assert batches(emptied, ["batch_id", "status"]) == [(1, "succeeded"), (2, "withdrawn"), (3, "succeeded")]

    emptied.load(drops[1], SECOND)
    load = "EXEC etl.load_day @business_date = ?, @landing_dir = ?, @run_id = ?, @replay = 1"
    emptied.execute(load, FIRST, landing, "withdrawal of batch 4: batch 3 again")  # cut off before it marked
    emptied.execute(WITHDRAW, 4, "wrong")
    assert shown(emptied) == ("withdrawal of batch 4: batch 3 again", FIRST)
    emptied.execute(WITHDRAW, 5, "wrong")
    assert shown(emptied) is None


def test_without_the_landing_folder_nothing_changes_and_the_error_gives_the_remedy(
    emptied: Warehouse, drops: list[Path]
) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[1], SECOND)
    landing = emptied.value("SELECT landing_dir FROM gold.load_batches WHERE batch_id = 1")
    shutil.rmtree(emptied.server.landing / Path(landing).name)
    before = snapshot(emptied, GOLD)

    error = refusal(emptied, WITHDRAW, 2, "wrong")

    first, cause, damaged, *ways_out = error.message.split("\n")
    assert error.number == 50016
    assert first == (
        f"Batch 2 was not withdrawn: batch 1 of {FIRST}, which gold showed before it, cannot be loaded again."
    )
    assert cause.startswith("  Error 50009: ")
    assert "Error 4860: " in cause
    assert damaged.startswith("  The landing copy is damaged: run staging again.")
    assert ways_out[0].startswith("Load the right day first")
    assert landing in ways_out[1]
    assert snapshot(emptied, GOLD) == before
    assert batches(emptied, ["status"]) == [("succeeded",), ("succeeded",), ("failed",)]

    emptied.load(drops[2], THIRD)
    emptied.execute(WITHDRAW, 2, "wrong")
    assert shown(emptied)[1] == THIRD  # type: ignore[index]


def test_a_landing_folder_that_holds_another_drop_than_was_published_is_refused(
    emptied: Warehouse, drops: list[Path]
) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[1], SECOND)
    repeat_with(emptied, 1, handmade.HANDMADE_DAY)
    landing = emptied.value("SELECT landing_dir FROM gold.load_batches WHERE batch_id = 1")
    bronze = [f"bronze.{source.table}" for source in SOURCE_FILES]
    before = snapshot(emptied, [*GOLD, *INTEGRATED, *bronze])

    error = refusal(emptied, WITHDRAW, 2, "wrong")

    _, cause, other_files, *ways_out = error.message.split("\n")
    assert error.number == 50016
    assert cause == f"  Error 50016: {landing} no longer holds the drop that batch 1 was published from."
    assert other_files.startswith("  Another SHA-256: crm_cust_info, ")
    assert ways_out[0].startswith("Load the right day first")
    assert ways_out[1].startswith(f"Or stage the drop that was published for {FIRST} again, ")
    assert snapshot(emptied, [*GOLD, *INTEGRATED, *bronze]) == before
    assert batches(emptied, ["status", "withdrawn_reason"]) == [("failed", None), ("succeeded", None), ("failed", None)]

    stage(drops[0], emptied.server.landing / Path(landing).name)
    emptied.execute(WITHDRAW, 2, "wrong")
    assert shown(emptied) == ("withdrawal of batch 2: batch 1 again", FIRST)
    oracle = compute(drops[0], FIRST)
    assert emptied.value("SELECT SUM(sales_amount) FROM gold.fact_sales") == oracle.fact_sales["sales_amount"].sum()


def test_a_batch_published_anew_with_a_corrected_drop_is_the_one_loaded_again(
    emptied: Warehouse, drops: list[Path]
) -> None:
    emptied.load(drops[0], FIRST)
    (batch,) = emptied.execute("SELECT run_id, landing_dir FROM gold.load_batches")
    stage(drops[1], emptied.server.landing / Path(batch["landing_dir"]).name)
    load = (
        "EXEC etl.load_day @business_date = ?, @landing_dir = ?, @run_id = ?, @waive = N'all', @waive_reason = N'new'"
    )
    emptied.execute(load, FIRST, batch["landing_dir"], batch["run_id"])
    before = snapshot(emptied, SOLD)
    emptied.load(drops[2], THIRD)
    emptied.execute(WITHDRAW, 2, "wrong")
    assert snapshot(emptied, SOLD) == before


def test_a_batch_that_cannot_be_withdrawn_is_refused_with_the_reason(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    open_batch(emptied, "running", SECOND)
    open_batch(emptied, "failed", SECOND)
    emptied.execute("EXEC etl.close_batch 3, N'failed'")
    for batch_id, reason in (
        (7, "Batch 7 cannot be withdrawn: there is no such batch."),
        (None, "Batch NULL cannot be withdrawn: there is no such batch."),
        (2, "Batch 2 cannot be withdrawn: it is running."),
        (3, "Batch 3 cannot be withdrawn: it was never published."),
    ):
        error = refusal(emptied, "EXEC etl.withdraw_batch ?, N'wrong'", batch_id)
        assert (error.number, error.message.split("\n")[0]) == (50016, reason)
    assert refusal(emptied, WITHDRAW, 1, " ").number == 50001
    emptied.execute(WITHDRAW, 1, "wrong")
    assert "it is withdrawn already" in refusal(emptied, WITHDRAW, 1, "wrong").message


def test_a_withdrawn_batch_is_neither_opened_nor_closed_again(emptied: Warehouse, drops: list[Path]) -> None:
    open_batch(emptied, "one", FIRST)
    emptied.execute("EXEC etl.close_batch 1, N'failed'; UPDATE etl.batch SET run_id = N'test other';")
    emptied.load(drops[0], FIRST)
    emptied.execute(WITHDRAW, 2, "wrong")
    run_id = emptied.value("SELECT run_id FROM gold.load_batches WHERE batch_id = 2")
    sql = "DECLARE @id INT; EXEC etl.open_batch ?, ?, N'', @batch_id = @id OUTPUT"
    error = refusal(emptied, sql, run_id, FIRST)
    assert (error.number, error.message.split("\n")[1]) == (50003, f"Start a new run for {FIRST}.")
    assert refusal(emptied, "EXEC etl.close_batch 2, N'failed'").number == 50005
    assert refusal(emptied, "EXEC etl.accept_rejects 2, N'a.lee'").number == 50001
