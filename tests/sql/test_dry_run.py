"""A dry run does everything but publish."""

from __future__ import annotations

from pathlib import Path

from tests.days import handmade
from tests.days.successive import DAYS
from tests.sql.steps import GOLD, INTEGRATED, alter_view, batches, load_silver, messages, open_batch, refusal, snapshot
from tests.warehouse import Warehouse
from warehouse.deploy import deploy

FIRST, SECOND, _ = (day.business_date for day in DAYS)
DRY_RUN = "EXEC etl.publish ?, @dry_run = 1"


def test_a_dry_run_checks_the_day_and_publishes_nothing(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    before = snapshot(emptied, (*GOLD, *INTEGRATED))
    batch_id = open_batch(emptied, "dry", SECOND)["batch_id"]
    load_silver(emptied, batch_id, drops[1])

    said = messages(emptied, DRY_RUN, batch_id)

    assert f"Dry run: batch {batch_id} passed, and nothing was published." in said
    assert snapshot(emptied, (*GOLD, *INTEGRATED)) == before
    assert emptied.value("SELECT COUNT(*) FROM gold.quality_results WHERE batch_id = ?", batch_id) > 10
    assert refusal(emptied, "EXEC etl.close_batch ?, N'succeeded'", batch_id).number == 50004
    emptied.execute("EXEC etl.close_batch ?, N'checked'", batch_id)
    assert batches(emptied, ["status", "published_at"])[1] == ("checked", None)


def test_a_checked_drop_can_be_published_in_the_same_batch(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    batch_id = open_batch(emptied, "dry", SECOND)["batch_id"]
    load_silver(emptied, batch_id, drops[1])
    emptied.execute(DRY_RUN, batch_id)
    emptied.execute("EXEC etl.publish ?", batch_id)
    assert emptied.value("SELECT batch_id FROM gold.current_batch") == batch_id
    error = refusal(emptied, "EXEC etl.close_batch ?, N'checked'", batch_id)
    assert (error.number, error.message.split("\n")[0]) == (
        50004,
        f"Batch {batch_id} was published: checked is the status of a dry run.",
    )


def test_only_a_batch_that_passed_is_closed_as_checked(emptied: Warehouse, drops: list[Path]) -> None:
    batch_id = open_batch(emptied, "dry", FIRST)["batch_id"]
    load_silver(emptied, batch_id, drops[0])
    error = refusal(emptied, "EXEC etl.close_batch ?, N'checked'", batch_id)
    assert (error.number, "has not passed a dry run" in error.message) == (50004, True)


def test_a_dry_run_of_history_leaves_all_as_it_was(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[1], SECOND)
    before = snapshot(emptied, (*GOLD, *INTEGRATED))
    batch_id = open_batch(emptied, "dry", FIRST, history=True)["batch_id"]
    load_silver(emptied, batch_id, drops[0])
    emptied.execute(DRY_RUN, batch_id)
    assert snapshot(emptied, (*GOLD, *INTEGRATED)) == before
    emptied.execute("EXEC etl.close_batch ?, N'checked'", batch_id)


def test_a_check_that_fails_fails_the_dry_run_and_its_finding_is_kept(emptied: Warehouse) -> None:
    batch_id = open_batch(emptied, "dry", handmade.BUSINESS_DATE)["batch_id"]
    load_silver(emptied, batch_id, handmade.HANDMADE_DAY)
    alter_view(emptied, "gold.quality_check", "COALESCE(f.total_sales, 0)", "COALESCE(f.total_sales, 0) + 1")
    try:
        error = refusal(emptied, DRY_RUN, batch_id)
    finally:
        deploy(emptied.server.odbc)
    lines = error.message.split("\n")
    assert (error.number, lines[0]) == (50012, "Quality checks failed, nothing was published:")
    assert lines[1].startswith("  fact_sales has the total sales of the cleansed order lines (found ")
    assert lines[-1].endswith(f"SELECT * FROM gold.quality_results WHERE batch_id = {batch_id}")
    kept = "SELECT COUNT(*) FROM gold.quality_results WHERE batch_id = ? AND passed = 0 AND severity = N'error'"
    assert emptied.value(kept, batch_id) == 1


def test_each_warning_of_a_publish_is_a_message_of_its_own(emptied: Warehouse) -> None:
    batch_id = open_batch(emptied, "warned", handmade.BUSINESS_DATE)["batch_id"]
    load_silver(emptied, batch_id, handmade.HANDMADE_DAY)
    told = [text for text in messages(emptied, "EXEC etl.publish ?", batch_id) if text.startswith(("Warn", "Waive"))]
    found = emptied.execute("SELECT * FROM gold.quality_results WHERE passed = 0")
    assert sorted(text.partition(" (")[0] for text in told) == sorted(
        f"{'Waived' if row['waived'] else 'Warning'}: {': '.join(filter(None, [row['check_name'], row['subject']]))}"
        for row in found
    )
    assert "Warning: every sale has a known customer (found 2, expected 0)" in told
    assert len(told) > 1
