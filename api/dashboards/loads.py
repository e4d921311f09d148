"""The loads of the warehouse as the schema ``monitoring`` has them: batches, files, rejected rows, checks and steps.

Every function reads over a connection whose transaction sees one copy (``Reader.snapshot``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import median
from typing import Any

import psycopg
from psycopg.rows import class_row

from api.figures.periods import ONE_DAY

STATES = {
    "good": "published, every check passed",
    "warned": "published with warnings",
    "failed": "not published",
    "running": "loading",
    "withdrawn": "withdrawn",
    "checked": "dry run",
    "missing": "no load",
}
"""State of a load or of a day → what it means."""

EARLIER_LOADS = 20
"""The usual duration of a step is the median of this number of loads before."""

SAMPLES = 5
"""Rows shown of each reason of a rejection."""

BATCHES = """
SELECT b.batch_id, b.run_id, b.business_date, b.source_dir, b.is_replay, b.is_history, b.same_drop, b.reject_limit,
    b.status, b.opened_at, b.published_at, b.shown_at, b.closed_at, b.restated_cost, b.rejects_accepted,
    b.rejects_accepted_by, b.rejects_note, b.withdrawn_at, b.withdrawn_reason,
    (SELECT count(*) FROM monitoring.quality_results AS q WHERE q.batch_id = b.batch_id AND NOT q.passed) AS deviations
FROM monitoring.load_batches AS b
ORDER BY b.batch_id"""

FILES = """
SELECT source_table, file_rows, staged_rows, bronze_rows, loaded_rows, superseded_rows, rejected_rows, unaccounted_rows
FROM monitoring.load_reconciliation
WHERE batch_id = %s
ORDER BY source_table"""

# The last call of each step counts; a repeated run calls steps again.
STEPS = """
SELECT * FROM (
    SELECT DISTINCT ON (batch_id, step_name)
        batch_id, step_name, status, started_at, ended_at, rows_read, rows_inserted, rows_updated, error_number,
        error_message
    FROM monitoring.load_steps
    WHERE batch_id = ANY(%s)
    ORDER BY batch_id, step_name, started_at DESC
) AS calls
ORDER BY started_at, step_name"""

REASONS = """
SELECT source_table, coalesce(column_name, '') AS column_name, reason, count(*) AS rows
FROM monitoring.rejected_rows
WHERE batch_id = %s
GROUP BY 1, 2, 3
ORDER BY rows DESC, 1, 2, 3"""

REJECTED = """
SELECT source_table, coalesce(column_name, '') AS column_name, reason, source_file, source_line, raw_row
FROM (
    SELECT *, row_number() OVER (PARTITION BY source_table, column_name, reason ORDER BY source_line) AS place
    FROM monitoring.rejected_rows
    WHERE batch_id = %s
) AS numbered
WHERE place <= %s
ORDER BY source_table, source_line"""

RULES = """
SELECT check_name, layer, severity, expectation, minimum, warning_fall, error_fall, warning_rise, error_rise,
    first_limit, reason, since
FROM monitoring.quality_rules"""

RESULTS = """
SELECT batch_id, check_name, subject, severity, passed, waived, observed, observed_of, expected, expected_of
FROM monitoring.quality_results
WHERE batch_id = ANY(%s)
ORDER BY check_name, subject"""

WAIVERS = "SELECT check_name, waived_by, reason FROM monitoring.waivers WHERE batch_id = %s ORDER BY 1"


@dataclass(frozen=True)
class Load:
    """A batch; the fields are those of gold.load_batches, and the number of checks that it did not pass."""

    batch_id: int
    run_id: str
    business_date: date
    source_dir: str | None
    is_replay: bool
    is_history: bool
    same_drop: bool
    reject_limit: Decimal
    status: str
    opened_at: datetime
    published_at: datetime | None
    shown_at: datetime | None
    closed_at: datetime | None
    restated_cost: int | None
    rejects_accepted: int | None
    rejects_accepted_by: str | None
    rejects_note: str | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    deviations: int

    @property
    def state(self) -> str:
        """The state, one of STATES: a published load is good only if nothing deviated and nobody let it pass."""
        if self.status == "succeeded":
            return "warned" if self.deviations or self.rejects_accepted is not None else "good"
        return self.status

    @property
    def seconds(self) -> float | None:
        """The time from the first opening to the last closing; None while the load runs."""
        return (self.closed_at - self.opened_at).total_seconds() if self.closed_at else None


@dataclass(frozen=True)
class LoadedFile:
    """The account of a file's rows; a count is None until its step has succeeded."""

    source_table: str
    file_rows: int
    staged_rows: int
    bronze_rows: int | None
    loaded_rows: int | None
    superseded_rows: int | None
    rejected_rows: int | None
    unaccounted_rows: int | None


@dataclass(frozen=True)
class Step:
    """The last call of a procedure in a batch."""

    batch_id: int
    step_name: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    rows_read: int | None
    rows_inserted: int | None
    rows_updated: int | None
    error_number: int | None
    error_message: str | None

    @property
    def seconds(self) -> float | None:
        """The duration; None if the call has not ended."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


@dataclass(frozen=True)
class Rule:
    """A quality rule with its tolerance, in parts or points as in gold.quality_rules."""

    check_name: str
    layer: str
    severity: str
    expectation: str
    minimum: int | None
    warning_fall: Decimal | None
    error_fall: Decimal | None
    warning_rise: Decimal | None
    error_rise: Decimal | None
    first_limit: Decimal | None
    reason: str
    since: date


@dataclass(frozen=True)
class Result:
    """What a check found about a subject in a batch."""

    batch_id: int
    check_name: str
    subject: str
    severity: str
    passed: bool
    waived: bool
    observed: int | None
    observed_of: int | None
    expected: int | None
    expected_of: int | None

    @property
    def state(self) -> str:
        """The state: passed, warned, waived or failed."""
        if self.passed:
            return "passed"
        if self.severity == "warning":
            return "warned"
        return "waived" if self.waived else "failed"


@dataclass(frozen=True)
class Reason:
    """A reason for which rows of a table were rejected, and the number of rows."""

    source_table: str
    column_name: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Rejected:
    """A rejected row, as it stood in the file."""

    source_table: str
    column_name: str
    reason: str
    source_file: str
    source_line: int
    raw_row: str | None


@dataclass(frozen=True)
class Waived:
    """A rule that a batch need not meet: who waived it, and why."""

    check_name: str
    waived_by: str
    reason: str


def copied_at(connection: psycopg.Connection[Any]) -> datetime | None:
    """Return the time of the copy; None before the first."""
    (time,) = connection.execute("SELECT copied_at FROM monitoring.copy").fetchone() or (None,)
    return time.astimezone(UTC) if time else None


def loads(connection: psycopg.Connection[Any]) -> list[Load]:
    """Return all batches by id."""
    return _read(connection, Load, BATCHES)


def files(connection: psycopg.Connection[Any], batch_id: int) -> list[LoadedFile]:
    """Return the files of a batch."""
    return _read(connection, LoadedFile, FILES, batch_id)


def steps(connection: psycopg.Connection[Any], batch_ids: Sequence[int]) -> list[Step]:
    """Return the last call of each step of some batches, in the order of their starts."""
    return _read(connection, Step, STEPS, list(batch_ids))


def reasons(connection: psycopg.Connection[Any], batch_id: int) -> list[Reason]:
    """Return the reasons for which rows of a batch were rejected, the commonest first."""
    return _read(connection, Reason, REASONS, batch_id)


def rejected(connection: psycopg.Connection[Any], batch_id: int) -> list[Rejected]:
    """Return the first rows of each reason."""
    return _read(connection, Rejected, REJECTED, batch_id, SAMPLES)


def rules(connection: psycopg.Connection[Any]) -> list[Rule]:
    """Return the quality rules."""
    return _read(connection, Rule, RULES)


def results(connection: psycopg.Connection[Any], batch_ids: Sequence[int]) -> list[Result]:
    """Return what the checks found in some batches."""
    return _read(connection, Result, RESULTS, list(batch_ids))


def waivers(connection: psycopg.Connection[Any], batch_id: int) -> list[Waived]:
    """Return the rules that were waived for a batch."""
    return _read(connection, Waived, WAIVERS, batch_id)


def _read(connection: psycopg.Connection[Any], row: type[Any], sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(sql, parameters).fetchall()


def by_day(all_loads: Sequence[Load]) -> dict[date, Load]:
    """Return the load that decides the state of each day: the one that ended last, or runs. Dry runs do not count."""
    decisive: dict[date, Load] = {}
    for load in sorted(all_loads, key=lambda load: (load.closed_at is None, load.closed_at or load.opened_at)):
        if load.status != "checked":
            decisive[load.business_date] = load
    return decisive


def missing_days(days: Mapping[date, Load]) -> set[date]:
    """Return the days without a load between the first and the last day with one."""
    if not days:
        return set()
    first, last = min(days), max(days)
    return {first + ONE_DAY * number for number in range((last - first).days)} - set(days)


def published_before(all_loads: Sequence[Load], load: Load) -> list[Load]:
    """Return the published loads before a load, EARLIER_LOADS at most."""
    return [each for each in all_loads if each.status == "succeeded" and each.batch_id < load.batch_id][-EARLIER_LOADS:]


def usual_seconds(connection: psycopg.Connection[Any], before: Sequence[Load]) -> dict[str, float]:
    """Return the median duration of each step in some loads."""
    found: dict[str, list[float]] = {}
    for step in steps(connection, [each.batch_id for each in before]):
        if step.status == "succeeded" and step.seconds is not None:
            found.setdefault(step.step_name, []).append(step.seconds)
    return {name: median(seconds) for name, seconds in found.items()}
