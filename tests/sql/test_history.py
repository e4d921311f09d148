"""History batches: an older day adds what silver lacks, and gold stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.days.drop import CUST, PRD, SALES, write_drop
from tests.days.successive import DAYS
from tests.sql.steps import GOLD, INTEGRATED, batches, load_history, open_batch, snapshot
from tests.warehouse import Warehouse

FIRST, SECOND, THIRD = (day.business_date for day in DAYS)


@pytest.fixture
def between(tmp_path: Path) -> Path:
    """The drop of the second day, with a customer, a product and a sale that no other day holds."""
    lines = {table: list(rows) for table, rows in DAYS[1].lines.items()}
    lines[CUST].append("10999,AW00010999,Old,Hand,S,F,2024-03-02")
    lines[PRD].append("9,AC-HE-OLD-1,Old Helmet,7,S ,2024-01-01,")
    lines[SALES].append("SO0,OLD-1,10999,20240302,20240304,20240311,21,3,7")
    write_drop(tmp_path, lines)
    return tmp_path


@pytest.fixture
def with_a_gap(emptied: Warehouse, drops: list[Path]) -> Warehouse:
    """The first and the third day, loaded."""
    emptied.load(drops[0], FIRST)
    emptied.load(drops[2], THIRD)
    return emptied


def last_seen(warehouse: Warehouse) -> dict[str, tuple[bool, object]]:
    rows = warehouse.execute("SELECT order_number, product_number, in_source, last_seen_date FROM silver.sales")
    return {f"{row['order_number']} {row['product_number']}": (row["in_source"], row["last_seen_date"]) for row in rows}


def test_gold_changes_by_members_that_are_not_in_source_alone(with_a_gap: Warehouse, between: Path) -> None:
    # The sales may belong to other versions, because the older day tells more of them.
    tables = [table for table in GOLD if table != "gold.fact_sales"]
    sales = "SELECT SUM(sales_amount) AS amount, SUM(profit) AS profit, COUNT(*) AS n FROM gold.fact_sales"
    before, sold = snapshot(with_a_gap, tables), with_a_gap.execute(sales)
    assert load_history(with_a_gap, "backfill", SECOND, between)["is_history"] is True
    after = snapshot(with_a_gap, tables)
    assert with_a_gap.execute(sales) == sold
    added = {table: set(after[table]) - set(rows) for table, rows in before.items()}
    assert [table for table, rows in before.items() if set(rows) - set(after[table])] == []
    assert {table for table, rows in added.items() if rows} == {"gold.dim_customers", "gold.dim_products"}
    members = with_a_gap.execute(
        "SELECT customer_number AS number, in_source FROM gold.dim_customers WHERE customer_id = 10999 UNION ALL"
        " SELECT product_number, in_source FROM gold.dim_products WHERE product_number IN (N'OLD-1', N'NEW-1')"
    )
    assert {row["number"]: row["in_source"] for row in members} == dict.fromkeys(
        ("AW00010999", "OLD-1", "NEW-1"), False
    )
    assert len(added["gold.dim_customers"] | added["gold.dim_products"]) == 3


def test_lines_that_only_the_older_day_held_are_kept_with_keys_and_cost(with_a_gap: Warehouse, between: Path) -> None:
    load_history(with_a_gap, "backfill", SECOND, between)
    (line,) = with_a_gap.execute(
        "SELECT p.product_number, c.customer_id, s.cost, s.profit, s.in_source, s.last_seen_date FROM silver.sales AS s"
        " JOIN silver.products AS p ON p.product_key = s.product_key"
        " JOIN silver.customers AS c ON c.customer_key = s.customer_key WHERE s.order_number = N'SO0'"
    )
    assert tuple(line.values()) == ("OLD-1", 10999, 7, 0, False, SECOND)


def test_the_day_a_line_was_last_seen_rises_and_never_falls(
    with_a_gap: Warehouse, between: Path, drops: list[Path]
) -> None:
    seen = last_seen(with_a_gap)
    assert seen["SO3 BK-1"] == (False, FIRST)
    load_history(with_a_gap, "backfill", SECOND, between)
    after = last_seen(with_a_gap)
    assert after["SO3 BK-1"] == (False, SECOND)
    del after["SO0 OLD-1"]
    assert after == {**seen, "SO3 BK-1": (False, SECOND)}
    load_history(with_a_gap, "older still", FIRST, drops[0])
    assert last_seen(with_a_gap)["SO3 BK-1"] == (False, SECOND)


def test_a_replay_never_sets_the_day_a_line_was_last_seen_back(with_a_gap: Warehouse, drops: list[Path]) -> None:
    with_a_gap.load(drops[0], FIRST, replay=True)
    assert last_seen(with_a_gap)["SO1 BK-1"] == (True, THIRD)


def test_the_next_day_loads_after_a_backfill(with_a_gap: Warehouse, between: Path, drops: list[Path]) -> None:
    load_history(with_a_gap, "backfill", SECOND, between)
    row = open_batch(with_a_gap, "next", THIRD)
    assert (row["is_history"], row["latest_published"]) == (False, THIRD)
    with_a_gap.load(drops[2], THIRD)
    assert batches(with_a_gap, ["business_date", "is_history", "status"])[2] == (SECOND, True, "succeeded")


def test_a_day_that_is_not_older_is_no_history(emptied: Warehouse, drops: list[Path]) -> None:
    assert open_batch(emptied, "first", FIRST, history=True)["is_history"] is False
    emptied.load(drops[0], FIRST)
    assert open_batch(emptied, "same day", FIRST, history=True)["is_history"] is False
    assert open_batch(emptied, "next day", SECOND, history=True)["is_history"] is False


def test_a_day_shown_long_ago_can_be_loaded_again_as_history(emptied: Warehouse, drops: list[Path]) -> None:
    for number, drop in enumerate(drops):
        row = open_batch(emptied, str(number), DAYS[number].business_date)
        emptied.load(drop, DAYS[number].business_date)
        emptied.execute("EXEC etl.close_batch ?, N'failed'", row["batch_id"])
    (shown,) = emptied.execute("SELECT run_id, shown_at FROM gold.load_batches WHERE batch_id = 2")
    gold, silver = snapshot(emptied, GOLD), snapshot(emptied, INTEGRATED)
    load_history(emptied, shown["run_id"].removeprefix("test "), FIRST, drops[0])
    assert snapshot(emptied, GOLD) == gold
    assert snapshot(emptied, INTEGRATED) == silver
    (again,) = emptied.execute("SELECT shown_at, is_history FROM gold.load_batches WHERE batch_id = 2")
    assert (again["shown_at"], again["is_history"]) == (shown["shown_at"], True)


def test_the_checks_of_gold_are_not_run_for_another_day(with_a_gap: Warehouse, between: Path) -> None:
    batch_id = load_history(with_a_gap, "backfill", SECOND, between)["batch_id"]
    of_gold = (
        "SELECT COUNT(*) FROM gold.quality_results AS q INNER JOIN gold.quality_rules AS r"
        " ON q.check_name = r.check_name COLLATE DATABASE_DEFAULT WHERE q.batch_id = ? AND r.layer = N'gold'"
    )
    assert with_a_gap.value(of_gold, batch_id) == 0
    assert with_a_gap.value("SELECT COUNT(*) FROM gold.load_batches WHERE published_at > shown_at") == 0
