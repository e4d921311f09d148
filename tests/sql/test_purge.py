"""The history of old batches is deleted, except rows that a load, gold or the next drop still needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.days import handmade
from tests.days.successive import DAYS
from tests.sql.steps import load_silver, open_batch, refusal
from tests.warehouse import Warehouse

KEPT_OF = ("etl.step", "etl.rejected_row", "etl.quality_result", "etl.manifest")
AGE = "UPDATE etl.batch SET opened_at = DATEADD(DAY, -401, opened_at)"


@pytest.fixture
def four_days(emptied: Warehouse, drops: list[Path]) -> Warehouse:
    """Batches 1 to 3 of the three days, and batch 4 of a day with rejected rows, which gold shows."""
    for drop, day in zip(drops, DAYS, strict=True):
        emptied.load(drop, day.business_date)
    emptied.load(handmade.HANDMADE_DAY, handmade.BUSINESS_DATE, reject_limit=1)
    return emptied


def left(warehouse: Warehouse) -> dict[str, list[int]]:
    return {
        table: [row["batch_id"] for row in warehouse.execute(f"SELECT DISTINCT batch_id FROM {table} ORDER BY 1")]
        for table in KEPT_OF
    }


def test_old_batches_lose_their_history_and_keep_their_row(four_days: Warehouse) -> None:
    four_days.execute(AGE)
    steps = four_days.value("SELECT COUNT(*) FROM etl.step WHERE batch_id <= 2")
    (deleted,) = four_days.execute("EXEC etl.purge_history 400")
    assert (deleted["batches"], deleted["steps"], deleted["manifests"]) == (2, steps, 12)
    assert deleted["quality_results"] > 0
    assert four_days.value("SELECT COUNT(*) FROM gold.load_batches") == 4
    kept = left(four_days)
    assert (kept["etl.step"], kept["etl.manifest"], kept["etl.quality_result"]) == ([3, 4], [3, 4], [3, 4])
    (again,) = four_days.execute("EXEC etl.purge_history 400")
    assert set(again.values()) == {0}


def test_younger_batches_keep_everything(four_days: Warehouse) -> None:
    before = left(four_days)
    (deleted,) = four_days.execute("EXEC etl.purge_history 400")
    assert set(deleted.values()) == {0}
    assert left(four_days) == before


def test_a_running_batch_and_the_one_that_gold_shows_keep_everything(four_days: Warehouse, drops: list[Path]) -> None:
    four_days.load(drops[0], DAYS[0].business_date, replay=True)  # batch 5: gold shows an older day
    running = open_batch(four_days, "running", handmade.BUSINESS_DATE)["batch_id"]
    four_days.execute("EXEC etl.register_landing ?, ?", running, four_days.stage(handmade.HANDMADE_DAY))
    four_days.execute(AGE)
    four_days.execute("EXEC etl.purge_history 1")
    assert left(four_days)["etl.step"] == [3, 4, 5, running]
    assert left(four_days)["etl.rejected_row"] == [4, running]


def test_the_last_publications_of_the_two_latest_days_are_those_not_withdrawn(four_days: Warehouse) -> None:
    four_days.execute("EXEC etl.withdraw_batch 3, N'wrong'")
    four_days.execute(AGE)
    four_days.execute("EXEC etl.purge_history 1")
    assert left(four_days)["etl.manifest"] == [2, 4]


@pytest.mark.parametrize("end", ["failed", "interrupted"])
def test_a_table_is_known_to_hold_the_batch_that_filled_it_last(
    four_days: Warehouse, drops: list[Path], end: str
) -> None:
    last = open_batch(four_days, "last", handmade.BUSINESS_DATE, same_drop=True)["batch_id"]
    load_silver(four_days, last, drops[0])
    four_days.execute("EXEC etl.close_batch ?, N'failed'", last)
    if end == "interrupted":
        four_days.execute("UPDATE etl.step SET status = N'interrupted' WHERE batch_id = ?", last)
    four_days.execute("UPDATE etl.batch SET status = N'running' WHERE batch_id = 4")
    require = "EXEC etl.publish 4"
    before = refusal(four_days, require)
    assert before.number == 50006
    four_days.execute(f"{AGE}; UPDATE etl.batch SET status = N'failed' WHERE batch_id = 4")

    four_days.execute("EXEC etl.purge_history 400")

    assert left(four_days)["etl.step"] == [3, 4, last]
    four_days.execute("UPDATE etl.batch SET status = N'running' WHERE batch_id = 4")
    assert refusal(four_days, require).message == before.message
    (again,) = four_days.execute("EXEC etl.purge_history 400")
    assert set(again.values()) == {0}


def test_a_batch_whose_steps_failed_holds_nothing(four_days: Warehouse, drops: list[Path]) -> None:
    failed = open_batch(four_days, "failed", handmade.BUSINESS_DATE)["batch_id"]
    error = refusal(four_days, "EXEC etl.register_landing ?, N'/landing/none'", failed)
    assert error.number is not None
    four_days.execute("EXEC etl.close_batch ?, N'failed'", failed)
    four_days.execute(AGE)
    four_days.execute("EXEC etl.purge_history 400")
    assert left(four_days)["etl.step"] == [3, 4]


@pytest.mark.parametrize("days", [None, 0, -5, 36501])
def test_invalid_days_are_refused(emptied: Warehouse, days: int | None) -> None:
    error = refusal(emptied, "EXEC etl.purge_history ?", days)
    assert (error.number, error.message.split("\n")[0]) == (
        50001,
        "etl.purge_history: @keep_days must be between 1 and 36500.",
    )
