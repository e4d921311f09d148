"""More rejects than the limit: the error, and the acceptance by a person."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.days import handmade
from tests.sql.steps import load_silver, messages, open_batch, refusal
from tests.warehouse import Warehouse

ACCEPT = "EXEC etl.accept_rejects ?, @accepted_by = ?, @note = ?"


@pytest.fixture
def over_the_limit(emptied: Warehouse) -> Warehouse:
    """Batch 1 with more rejects than its limit of 1 % allows."""
    batch = open_batch(emptied, "rejects", handmade.BUSINESS_DATE, reject_limit=0.01)
    load_silver(emptied, batch["batch_id"], handmade.HANDMADE_DAY)
    return emptied


def rejected(warehouse: Warehouse) -> int:
    return int(warehouse.value("SELECT COUNT(*) FROM gold.rejected_rows"))


def test_the_error_names_the_five_commonest_reasons_with_a_row_of_each(over_the_limit: Warehouse) -> None:
    error = refusal(over_the_limit, "EXEC etl.reconcile 1")
    first, *reasons, what_to_do, where = error.message.split("\n")
    assert error.number == 50011
    assert first == f"{rejected(over_the_limit)} of 101 rows were rejected, more than the batch's limit of 1.00 %."
    counts = [int(reason.split(" × ")[0]) for reason in reasons]
    assert len(counts) == 5
    assert counts == sorted(counts, reverse=True)
    assert reasons[0] == (
        "  2 × crm_cust_info.cst_create_date: not a date (yyyy-mm-dd), e.g. line 6:"
        " 11001,AW00011001,Ilse,Koch,M,F,2024-03-32"
    )
    assert all(re.fullmatch(r"  \d+ × \w+(\.\w+)?: .+, e\.g\. line \d+: .+", reason) for reason in reasons)
    assert "etl.accept_rejects" in what_to_do
    assert where.endswith("SELECT * FROM gold.rejected_rows WHERE batch_id = 1")


def test_a_long_row_is_cut_and_a_percent_sign_kept(emptied: Warehouse) -> None:
    batch_id = open_batch(emptied, "rejects", handmade.BUSINESS_DATE, reject_limit=0)["batch_id"]
    load_silver(emptied, batch_id, handmade.HANDMADE_DAY)
    emptied.execute(
        "DELETE FROM etl.rejected_row WHERE found_by = N'silver';"
        " UPDATE etl.rejected_row SET reason = N'5 % off', raw_row = REPLICATE(N'%d ', 100)"
    )
    reason = refusal(emptied, "EXEC etl.publish ?", batch_id).message.split("\n")[1]
    assert "5 % off" in reason
    assert reason.endswith(": " + "%d " * 20 + "…")


def test_accepted_rejects_pass_with_a_warning_and_are_recorded(over_the_limit: Warehouse) -> None:
    (answer,) = over_the_limit.execute(ACCEPT, 1, "a.lee", "late quantities")
    assert answer == {"batch_id": 1, "rejects_accepted": rejected(over_the_limit)}
    said = messages(over_the_limit, "EXEC etl.publish 1")
    (warning,) = [text for text in said if text.startswith("Warning: ") and "rejected" in text]
    assert warning.endswith("more than the batch's limit of 1.00 %, and accepted by a.lee.")
    (batch,) = over_the_limit.execute("SELECT * FROM gold.load_batches")
    assert (batch["rejects_accepted_by"], batch["rejects_note"]) == ("a.lee", "late quantities")
    assert batch["rejects_accepted_at"] >= batch["opened_at"]
    assert batch["published_at"] is not None


def test_more_rejects_than_were_accepted_do_not_pass(over_the_limit: Warehouse) -> None:
    over_the_limit.execute(ACCEPT, 1, "a.lee", None)
    over_the_limit.execute("UPDATE etl.batch SET rejects_accepted = rejects_accepted - 1")
    assert refusal(over_the_limit, "EXEC etl.publish 1").number == 50011


def test_opening_again_keeps_the_accepted_rejects_and_registering_other_files_deletes_them(
    over_the_limit: Warehouse,
) -> None:
    over_the_limit.execute(ACCEPT, 1, "a.lee", None)
    open_batch(over_the_limit, "rejects", handmade.BUSINESS_DATE, reject_limit=0.01)
    over_the_limit.execute("EXEC etl.reconcile 1")
    load_silver(over_the_limit, 1, handmade.HANDMADE_DAY)
    assert refusal(over_the_limit, "EXEC etl.reconcile 1").number == 50011
    (batch,) = over_the_limit.execute("SELECT * FROM gold.load_batches")
    assert {batch[name] for name in batch if name.startswith("rejects_")} == {None}


def test_a_record_needs_a_name_a_batch_and_rejects(emptied: Warehouse) -> None:
    error = refusal(emptied, ACCEPT, 7, " ", None)
    assert error.number == 50001
    assert error.message.split("\n") == [
        "etl.accept_rejects: @accepted_by is empty: give the name of the person who accepts.",
        "There is no batch 7: gold.load_batches lists all batches.",
    ]
    open_batch(emptied, "nothing rejected", handmade.BUSINESS_DATE)
    assert "there is nothing to accept" in refusal(emptied, ACCEPT, 1, "a.lee", None).message


def test_a_withdrawal_that_loads_a_day_again_keeps_its_accepted_rejects(
    over_the_limit: Warehouse, drops: list[Path]
) -> None:
    over_the_limit.execute(ACCEPT, 1, "a.lee", "late quantities")
    over_the_limit.execute("EXEC etl.publish 1; EXEC etl.close_batch 1, N'succeeded'")
    over_the_limit.load(drops[0], handmade.BUSINESS_DATE + timedelta(days=1), reject_limit=1)
    over_the_limit.execute("EXEC etl.withdraw_batch 2, N'wrong'")
    accepted = [name for name in over_the_limit.execute("SELECT * FROM gold.load_batches")[0] if "reject" in name][1:]
    record = f"SELECT {', '.join(accepted)} FROM gold.load_batches WHERE batch_id = ?"
    assert over_the_limit.execute(record, 3) == over_the_limit.execute(record, 1)
