"""Rejected rows are offered again after a rule was mended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.days.drop import SALES, with_base, write_drop
from tests.sql.steps import alter_view, refusal
from tests.warehouse import Warehouse
from warehouse.deploy import deploy

FIRST, SECOND = date(2024, 6, 15), date(2024, 6, 16)
RULE = "WHEN sls_cust_id IS NOT NULL AND customer_id IS NULL THEN N'sls_cust_id: not an integer'"
REJECTED = "SO200,HL-U509,C-11000,20240201,20240205,20240212,35,1,35"


@contextmanager
def mended(warehouse: Warehouse) -> Iterator[None]:
    """Text in a customer id counts as no customer, until the block ends."""
    alter_view(warehouse, "silver.crm_sales_details_judged", RULE, "WHEN 1 = 0 THEN N''")
    try:
        yield
    finally:
        deploy(warehouse.server.odbc)


def load(warehouse: Warehouse, folder: Path, day: date, *more: str) -> None:
    write_drop(folder / str(day), with_base({SALES: [REJECTED, *more]}))
    warehouse.load(folder / str(day), day, reject_limit=1)


def test_the_shown_day_gets_the_rows_that_a_mended_rule_accepts(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, FIRST)
    again = "EXEC etl.retry_rejected ?, @today = ?"
    (before,) = emptied.execute(again, 1, FIRST)
    assert before == {"batch_id": 2, "rejected_before": 1, "rejected_now": 1}
    with mended(emptied):
        assert refusal(emptied, again, 1, FIRST).number == 50001  # the retry was published for its day
        (row,) = emptied.execute(again, 2, FIRST)
    assert row == {"batch_id": 3, "rejected_before": 1, "rejected_now": 0}
    assert emptied.value("SELECT sales_amount FROM gold.fact_sales WHERE order_number = N'SO200'") == 35
    assert emptied.value("SELECT batch_id FROM gold.current_batch") == 3


def test_an_older_day_gets_them_as_history(emptied: Warehouse, tmp_path: Path) -> None:
    load(emptied, tmp_path, FIRST, "SO201,HL-U509,11000,20240201,20240205,20240212,35,1,35")
    write_drop(tmp_path / "second", with_base({}))
    emptied.load(tmp_path / "second", SECOND)
    with mended(emptied):
        (row,) = emptied.execute("EXEC etl.retry_rejected 1, @today = ?", SECOND)
    assert (row["rejected_before"], row["rejected_now"]) == (1, 0)
    assert emptied.value("SELECT business_date FROM gold.current_batch") == SECOND
    kept = emptied.execute("SELECT in_source, last_seen_date FROM silver.sales WHERE order_number = N'SO200'")
    assert kept == [{"in_source": False, "last_seen_date": FIRST}]


def test_a_day_that_gold_shows_by_a_replay_gets_them_although_a_later_one_is_published(
    emptied: Warehouse, tmp_path: Path
) -> None:
    load(emptied, tmp_path, FIRST)
    write_drop(tmp_path / "second", with_base({}))
    emptied.load(tmp_path / "second", SECOND)
    emptied.load(tmp_path / str(FIRST), FIRST, reject_limit=1, replay=True)
    with mended(emptied):
        (row,) = emptied.execute("EXEC etl.retry_rejected 3, @today = ?", SECOND)
    assert row == {"batch_id": 4, "rejected_before": 1, "rejected_now": 0}
    assert emptied.value("SELECT batch_id FROM gold.current_batch") == 4
    assert emptied.value("SELECT sales_amount FROM gold.fact_sales WHERE order_number = N'SO200'") == 35


def test_a_batch_whose_rejected_rows_were_purged_is_refused_with_that_reason(
    emptied: Warehouse, tmp_path: Path
) -> None:
    load(emptied, tmp_path, FIRST)
    for day in (SECOND, date(2024, 6, 17)):
        load(emptied, tmp_path, day, f"SO{day:%d},HL-U509,11000,20240201,20240205,20240212,35,1,35")
    emptied.execute("UPDATE etl.batch SET opened_at = DATEADD(DAY, -9, opened_at); EXEC etl.purge_history 1;")
    error = refusal(emptied, "EXEC etl.retry_rejected 1")
    assert (error.number, error.message.split("\n")[0]) == (
        50001,
        "etl.retry_rejected: batch 1 has no rows to offer again: its rejected rows were purged (etl.purge_history):"
        " load its drop again.",
    )


@pytest.mark.parametrize(
    ("batch", "complaint"), [(99, "there is no such batch"), (1, "silver rejected none of its rows")]
)
def test_a_batch_without_rejected_rows_is_refused(
    emptied: Warehouse, tmp_path: Path, batch: int, complaint: str
) -> None:
    write_drop(tmp_path, with_base({}))
    emptied.load(tmp_path, FIRST)
    error = refusal(emptied, "EXEC etl.retry_rejected ?", batch)
    assert error.number == 50001
    assert complaint in error.message
