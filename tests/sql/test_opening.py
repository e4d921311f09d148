"""The business dates that etl.open_batch accepts, and the status of calls that were cut off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pyodbc
import pytest

from tests.days.successive import DAYS
from tests.sql.steps import batches, load_silver, open_batch, refusal
from tests.warehouse import Warehouse
from warehouse.execution import WarehouseError

FIRST, SECOND, THIRD = (day.business_date for day in DAYS)
OPEN = "DECLARE @id INT; EXEC etl.open_batch N'test 5 %d', ?, N'', @batch_id = @id OUTPUT"
OPEN_RUN = "DECLARE @id INT; EXEC etl.open_batch ?, ?, N'', @batch_id = @id OUTPUT"
OPEN_ON = f"{OPEN}, @today = ?"
CUT_OFF = "INSERT INTO etl.step (batch_id, step_name, status) VALUES (?, ?, N'running')"
"""The row that a call leaves which was cut off."""


def test_a_business_date_after_today_is_refused_and_both_are_named(emptied: Warehouse) -> None:
    error = refusal(emptied, OPEN_ON, date(2062, 2, 23), date(2026, 2, 23))
    assert error.number == 50014
    first, second = error.message.split("\n")
    assert first == "Business date 2062-02-23 is in the future: today is 2026-02-23."
    assert second.startswith("Correct the business date")
    assert batches(emptied, ["run_id"]) == []


def test_a_business_date_without_its_century_is_refused(emptied: Warehouse) -> None:
    error = refusal(emptied, OPEN, date(26, 2, 23))
    assert error.number == 50001
    assert "@business_date 0026-02-23 is before 1900: correct it." in error.message
    assert batches(emptied, ["run_id"]) == []


def test_today_itself_is_no_future(emptied: Warehouse) -> None:
    assert open_batch(emptied, "today", FIRST)["batch_id"] == 1


def test_without_a_date_of_today_it_is_the_servers(emptied: Warehouse) -> None:
    today = emptied.value("SELECT CAST(SYSDATETIME() AS DATE)")
    assert refusal(emptied, OPEN, today + timedelta(days=2)).number == 50014
    (row,) = emptied.execute(OPEN, today)
    assert row["batch_id"] == 1


def test_a_business_date_is_accepted_once_today_has_reached_it(emptied: Warehouse) -> None:
    row = emptied.execute(OPEN_ON, date(2062, 2, 23), date(2062, 2, 23))
    assert row == [{"batch_id": 1, "is_history": False, "latest_published": None}]


def test_opening_returns_the_latest_published_day(emptied: Warehouse, drops: list[Path]) -> None:
    assert open_batch(emptied, "none yet", FIRST) == {"batch_id": 1, "is_history": False, "latest_published": None}
    emptied.load(drops[1], SECOND)
    row = open_batch(emptied, "next", THIRD)
    assert (row["is_history"], row["latest_published"]) == (False, SECOND)


def test_an_older_day_is_refused_with_the_remedies(emptied: Warehouse, drops: list[Path]) -> None:
    emptied.load(drops[1], SECOND)
    error = refusal(emptied, OPEN, FIRST)
    assert error.number == 50002
    for way_out in ("@replay = 1", "@history = 1", "etl.withdraw_batch"):
        assert way_out in error.message


def test_a_batch_opened_before_a_later_day_was_published_does_not_take_gold_back(
    emptied: Warehouse, drops: list[Path]
) -> None:
    batch_id = open_batch(emptied, "early", FIRST)["batch_id"]
    emptied.load(drops[1], SECOND)
    load_silver(emptied, batch_id, drops[0])
    error = refusal(emptied, "EXEC etl.publish ?", batch_id)
    assert (error.number, error.message.split("\n")) == (
        50002,
        [
            f"Batch {batch_id} of {FIRST} is older than {SECOND}, which was published since the batch was opened.",
            f"Open the batch again: with @replay = 1 to make gold show {FIRST},"
            " or with @history = 1 to add the rows that only that day holds.",
        ],
    )
    assert emptied.value("SELECT business_date FROM gold.current_batch") == SECOND
    for choice in ({"history": True}, {"replay": True}):
        assert open_batch(emptied, "early", FIRST, **choice)["batch_id"] == batch_id
        emptied.execute("EXEC etl.publish ?", batch_id)
    assert emptied.value("SELECT business_date FROM gold.current_batch") == FIRST


def test_a_run_keeps_its_business_date(emptied: Warehouse) -> None:
    emptied.execute(OPEN, FIRST)
    error = refusal(emptied, OPEN, SECOND)
    assert error.number == 50003
    assert error.message.split("\n") == [
        f"Run test 5 %d is batch 1 of {FIRST} and cannot load {SECOND}.",
        f"Start a new run for {SECOND}.",
    ]


def test_sessions_that_open_a_run_at_once_get_one_batch_or_are_refused(emptied: Warehouse) -> None:
    sessions = 4
    for number in range(5):
        together = Barrier(sessions)

        def opened(run: str = f"run {number}", together: Barrier = together) -> int | None:
            with emptied.connect() as connection:
                together.wait()
                try:
                    row = connection.execute(OPEN_RUN, run, FIRST).fetchone()
                except pyodbc.Error as error:
                    refused = WarehouseError.from_odbc(error)
                    assert refused.message.split("\n") == [
                        f"Run {run} is being opened by another session.",
                        "Open it when the load of that session has ended, or give this run a name of its own.",
                    ]
                    return refused.number
                return int(row.batch_id)

        with ThreadPoolExecutor(sessions) as pool:
            outcomes = {outcome.result() for outcome in [pool.submit(opened) for _ in range(sessions)]}
        assert len(outcomes - {50013}) == 1


@pytest.mark.parametrize("end", ["opened again", "closed"])
def test_calls_that_were_cut_off_become_interrupted_when_the_batch_is(emptied: Warehouse, end: str) -> None:
    batch_id = open_batch(emptied, "cut off", FIRST)["batch_id"]
    other = open_batch(emptied, "another", FIRST)["batch_id"]
    for batch in (batch_id, other):
        emptied.execute(CUT_OFF, batch, "etl.publish")
    if end == "closed":
        emptied.execute("EXEC etl.close_batch ?, N'failed'", batch_id)
    else:
        open_batch(emptied, "cut off", FIRST)
    steps = emptied.execute("SELECT batch_id, status, ended_at FROM gold.load_steps ORDER BY batch_id")
    assert [(step["batch_id"], step["status"]) for step in steps] == [(batch_id, "interrupted"), (other, "running")]
    assert steps[0]["ended_at"] is not None


def test_nothing_is_built_on_a_table_whose_load_was_cut_off(emptied: Warehouse, drops: list[Path]) -> None:
    batch_id = open_batch(emptied, "whole", FIRST)["batch_id"]
    load_silver(emptied, batch_id, drops[0])
    other = open_batch(emptied, "cut off", FIRST)["batch_id"]
    emptied.execute(CUT_OFF, other, "bronze.load_crm_cust_info")
    load = "EXEC silver.load_table ?, N'crm_cust_info'"
    assert f"batch {other} is loading its table" in refusal(emptied, load, batch_id).message
    emptied.execute("EXEC etl.close_batch ?, N'failed'", other)
    error = refusal(emptied, load, batch_id)
    assert (error.number, error.message.split("\n")) == (
        50006,
        [
            f"bronze.load_crm_cust_info has not run for batch {batch_id}: batch {other} was cut off while it loaded"
            " its table, or a deployment made the table again.",
            "Run it first.",
        ],
    )
    emptied.execute("EXEC bronze.load_table ?, N'crm_cust_info'", batch_id)
    emptied.execute(load, batch_id)
