"""A warehouse written for SQL Server runs as on SQL Server."""

import re
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from local_sqlserver.pytest_plugin import SqlServer

HERE = Path(__file__).parent
GO = re.compile(r"^\s*GO\s*$", re.IGNORECASE | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(sqlserver: SqlServer) -> Path:
    """A folder with the files, which the server may read."""
    folder = sqlserver.bulk_folder / "ferries"
    folder.mkdir()
    for file in ("harbours.csv", "crossings.txt", "tickets.csv"):
        (folder / file).write_bytes((HERE / file).read_bytes())
    return folder


@pytest.fixture(scope="module")
def ferries(sqlserver: SqlServer) -> Iterator[pyodbc.Connection]:
    """The warehouse, created once over one connection, which executes USE."""
    with closing(pyodbc.connect(sqlserver.odbc(), autocommit=True)) as connection:
        for script in sorted(HERE.glob("*.sql")):
            for batch in filter(str.strip, GO.split(script.read_text())):
                connection.execute(batch)
        yield connection


def run(connection: pyodbc.Connection, sql: str, *parameters: object) -> tuple[list[str], list[tuple[Any, ...]]]:
    """All messages and the rows of the last result set of a batch."""
    messages: list[str] = []
    rows: list[tuple[Any, ...]] = []
    with closing(connection.cursor()) as cursor:
        cursor.execute(sql, *parameters)
        while True:
            messages += [text.rpartition("]")[2] for _, text in cursor.messages or ()]
            if cursor.description is not None:
                rows = [tuple(row) for row in cursor.fetchall()]
            if not cursor.nextset():
                return messages, rows


@pytest.fixture(scope="module")
def loaded(ferries: pyodbc.Connection, folder: Path) -> pyodbc.Connection:
    messages, rows = run(
        ferries,
        "DECLARE @rc INT, @added INT; EXEC @rc = stg.import_files @folder = ?;"
        " EXEC dwh.load_all @added OUTPUT; SELECT @rc, @added",
        str(folder),
    )
    assert rows == [(0, 7)], messages
    assert re.fullmatch(r" {3}rows: 3, seconds: \d+", messages[messages.index(">> harbours") + 1])
    assert "added 7 tickets" in messages
    return ferries


def test_the_calendar_is_filled_day_by_day(loaded: pyodbc.Connection) -> None:
    _, rows = run(loaded, "SELECT DateKey, [Month], WeekdayName FROM dwh.DimDate ORDER BY DateKey")
    assert rows == [
        (20250130, 1, "Thursday"),
        (20250131, 1, "Friday"),
        (20250201, 2, "Saturday"),
        (20250202, 2, "Sunday"),
        (20250203, 2, "Monday"),
    ]


def test_harbours_keep_the_bytes_of_their_code_page(loaded: pyodbc.Connection) -> None:
    _, rows = run(loaded, "SELECT HarbourCode, HarbourName, Country FROM dwh.DimHarbour ORDER BY 1")
    assert rows == [("ABY", "Ålby", "Sweden"), ("NOR", "Nordvik", "Norway"), ("SKA", "Skagen", "unknown")]


def test_the_last_view_adds_up_over_the_views_below_it(loaded: pyodbc.Connection) -> None:
    _, rows = run(loaded, "SELECT * FROM mart.v_best_class ORDER BY Revenue DESC")
    assert rows == [
        ("Nordvik - Skagen", "car", Decimal("199.99"), Decimal("42.5")),
        ("Skagen - Nordvik", "cabin", Decimal("150.50"), Decimal("32.0")),
        ("Ålby - Nordvik", "car", Decimal("120.00"), Decimal("25.5")),
    ]


def test_months_are_compared_with_the_one_before(loaded: pyodbc.Connection) -> None:
    _, rows = run(loaded, "SELECT * FROM mart.v_month ORDER BY [Month]")
    assert rows == [
        (1, 1, 3, Decimal("276.25"), None),
        (2, 1, 2, Decimal("410.49"), Decimal("276.25")),
    ]


def test_a_delay_is_measured_against_the_usual_time_in_whole_minutes(loaded: pyodbc.Connection) -> None:
    _, rows = run(loaded, "SELECT TicketNo, DelayMinutes FROM mart.v_ticket WHERE DelayMinutes > 0 ORDER BY 1")
    assert rows == [(1003, 21), (1004, 21)]


def test_a_second_load_adds_nothing(loaded: pyodbc.Connection) -> None:
    _, rows = run(
        loaded,
        "DECLARE @n INT; EXEC dwh.load_all @added = @n OUTPUT; SELECT @n, COUNT(*) FROM dwh.FactTicket",
    )
    assert rows == [(0, 7)]


def test_a_failed_import_prints_its_error_and_returns_minus_one(loaded: pyodbc.Connection) -> None:
    messages, rows = run(loaded, "DECLARE @rc INT; EXEC @rc = stg.import_files '/nowhere', 0; SELECT @rc")
    assert rows == [(-1,)]
    assert "IMPORT FAILED" in messages
    assert "Number: 4860" in messages or "Number: 4861" in messages


def test_the_check_on_the_class_holds(loaded: pyodbc.Connection) -> None:
    with pytest.raises(pyodbc.Error, match="547"):
        loaded.execute("INSERT dwh.FactTicket (TicketNo, DateKey, Class, Fare) VALUES (1, 20250130, 'raft', 5)")
