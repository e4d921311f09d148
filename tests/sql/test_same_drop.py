"""A drop that is loaded again under another business date is refused, unless the run sets same_drop."""

from __future__ import annotations

from pathlib import Path

from tests.days import handmade
from tests.days.successive import DAYS
from tests.sql.steps import batches, load_silver, open_batch, refusal, repeat_with
from tests.warehouse import Warehouse

FIRST, SECOND, THIRD = (day.business_date for day in DAYS)


def register(warehouse: Warehouse, batch_id: int, drop: Path) -> None:
    warehouse.execute("EXEC etl.register_landing ?, ?", batch_id, warehouse.stage(drop))


def complaint(warehouse: Warehouse, batch_id: int, drop: Path) -> tuple[int | None, list[str]]:
    error = refusal(warehouse, "EXEC etl.register_landing ?, ?", batch_id, warehouse.stage(drop))
    return error.number, error.message.split("\n")


def test_the_drop_of_the_day_before_is_refused_and_the_batch_named(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    batch_id = open_batch(emptied, "again", SECOND)["batch_id"]
    number, (first, second) = complaint(emptied, batch_id, drops[0])
    assert number == 50015
    assert first == f"The files for {SECOND} are those of {FIRST}, published as batch 1: the same SHA-256."
    assert second == f"Deliver the drop of {SECOND}. If nothing has changed since {FIRST}, run with same_drop."
    assert emptied.value("SELECT COUNT(*) FROM etl.manifest WHERE batch_id = ?", batch_id) == 0


def test_a_run_with_same_drop_loads_the_drop(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[0], SECOND, same_drop=True)
    assert batches(emptied, ["business_date", "same_drop", "status"]) == [
        (FIRST, False, "succeeded"),
        (SECOND, True, "succeeded"),
    ]


def test_the_same_day_may_have_the_same_drop(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[0], FIRST)


def test_one_file_that_differs_makes_another_drop(emptied: Warehouse, drops: list[Path], tmp_path: Path) -> None:
    emptied.load(drops[0], FIRST)
    for file in drops[0].rglob("*.csv"):
        copy = tmp_path / file.relative_to(drops[0])
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    with (tmp_path / "source_erp" / "LOC_A101.csv").open("a") as locations:
        locations.write("AW-00099999,DE\n")
    emptied.load(tmp_path, SECOND)


def test_of_a_corrected_day_the_last_publication_counts(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[1], FIRST)  # the wrong drop, a day early
    emptied.load(drops[0], FIRST)
    batch_id = open_batch(emptied, "right", SECOND)["batch_id"]
    register(emptied, batch_id, drops[1])
    assert complaint(emptied, batch_id, drops[0])[0] == 50015


def test_a_withdrawn_day_does_not_count(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    emptied.load(drops[1], THIRD)
    batch_id = open_batch(emptied, "right", SECOND, replay=True)["batch_id"]
    assert complaint(emptied, batch_id, drops[1])[0] == 50015
    emptied.execute("EXEC etl.withdraw_batch 2, N'loaded under a wrong date'")
    register(emptied, batch_id, drops[1])


def test_a_drop_that_was_loaded_and_never_published_does_not_count(emptied: Warehouse, drops: list[Path]) -> None:
    register(emptied, open_batch(emptied, "failed", FIRST)["batch_id"], drops[0])
    register(emptied, open_batch(emptied, "next", SECOND)["batch_id"], drops[0])


def test_the_published_files_count_and_not_those_of_a_repeated_run(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    repeat_with(emptied, 1, handmade.HANDMADE_DAY)
    batch_id = open_batch(emptied, "next", SECOND)["batch_id"]
    assert complaint(emptied, batch_id, drops[0])[0] == 50015
    register(emptied, batch_id, handmade.HANDMADE_DAY)


def test_a_dry_run_of_a_published_batch_does_not_change_its_publication(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[0], FIRST)
    emptied.execute("UPDATE etl.batch SET run_id = N'test tried'")
    load_silver(emptied, open_batch(emptied, "tried", FIRST)["batch_id"], drops[1])
    emptied.execute("EXEC etl.publish 1, @dry_run = 1")
    batch_id = open_batch(emptied, "next", SECOND)["batch_id"]
    register(emptied, batch_id, drops[1])
    assert complaint(emptied, batch_id, drops[0])[0] == 50015


def test_a_purged_day_is_compared_as_well(emptied: Warehouse, drops: list[Path]) -> None:
    for drop, day in zip(drops, DAYS, strict=True):
        emptied.load(drop, day.business_date)
    emptied.execute("UPDATE etl.batch SET opened_at = DATEADD(DAY, -401, opened_at); EXEC etl.purge_history 400;")
    assert emptied.value("SELECT COUNT(*) FROM etl.manifest WHERE batch_id = 1") == 0
    assert complaint(emptied, open_batch(emptied, "next", handmade.BUSINESS_DATE)["batch_id"], drops[0])[0] == 50015


def test_history_batches_are_compared_too(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[2], THIRD)
    batch_id = open_batch(emptied, "backfill", FIRST, history=True)["batch_id"]
    assert complaint(emptied, batch_id, drops[2])[0] == 50015
