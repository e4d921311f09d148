"""Copies gold's monitoring views into the schema ``monitoring``, so that they can be read while the warehouse is down.

The details of a batch (files, rejected rows, results of checks) are copied if its row in gold.load_batches or one of
its steps has changed: whatever adds or deletes details does so in a step or with the steps. The list of batches and
steps is compared as a whole, so a copy also shows batches that were withdrawn, loaded again or purged since the last
one. Everything happens in one transaction, from one snapshot of the warehouse.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Table, delete, func, select, update

from api.serving.gold import Gold, open_gold
from api.serving.models import (
    LoadBatch,
    LoadedFile,
    LoadStep,
    MonitoringCopy,
    QualityResult,
    QualityRule,
    RejectedRow,
    Waiver,
    table,
)
from api.serving.sync import DATA_ERRORS, MalformedDataError, copy_rows

log = logging.getLogger(__name__)

BATCHES, STEPS = table(LoadBatch), table(LoadStep)
DETAILS = (table(LoadedFile), table(RejectedRow), table(QualityResult))
SHORT = (table(QualityRule), table(Waiver))
"""Views that are short enough to be copied whole each time."""

ONLY = {table(QualityResult).name: "is_latest = 1"}
"""View → the condition of the rows that are copied."""

MOST_IDS = 500
"""Batches in one query."""


def copy_monitoring(engine: Engine, warehouse_odbc: str) -> dict[str, Any]:
    """Copy what has changed; returns ``copied_at`` and the numbers of ``batches`` and ``changed_batches``.

    Raises WarehouseUnavailableError, or MalformedDataError for a value that does not fit its column; nothing is changed
    then.
    """
    with open_gold(warehouse_odbc) as gold, engine.begin() as connection:
        connection.execute(select(MonitoringCopy.single).with_for_update()).one()
        now = {each: _by_batch(_gold_rows(gold, each)) for each in (BATCHES, STEPS)}
        before = {each: _by_batch(tuple(row) for row in connection.execute(select(each))) for each in (BATCHES, STEPS)}
        known, copied = set(now[BATCHES]), set(before[BATCHES])
        changed = {
            batch for batch in known if any(now[each][batch] != before[each][batch] for each in (BATCHES, STEPS))
        }
        for each in (*DETAILS, STEPS, BATCHES):
            connection.execute(delete(each).where(each.c.batch_id.in_((copied - known) | changed)))
        for each in SHORT:
            connection.execute(delete(each))
        try:
            for each in (BATCHES, STEPS):
                copy_rows(connection, each, (row for batch in sorted(changed) for row in now[each][batch].elements()))
            for each in DETAILS:
                copy_rows(connection, each, _gold_rows(gold, each, changed))
            for each in SHORT:
                copy_rows(connection, each, _gold_rows(gold, each))
        except DATA_ERRORS as error:
            raise MalformedDataError("Nothing was copied: a value of a monitoring view does not fit.") from error
        stamp = update(MonitoringCopy).values(copied_at=func.clock_timestamp()).returning(MonitoringCopy.copied_at)
        copied_at = connection.execute(stamp).scalar_one()
    log.info("monitoring: copied %s of %s batches", len(changed), len(known))
    return {"copied_at": copied_at, "batches": len(known), "changed_batches": len(changed)}


def _by_batch(rows: Iterator[Sequence[Any]]) -> Mapping[int, Counter[Sequence[Any]]]:
    """Return the rows of each batch, by its id, which is their first value."""
    found: defaultdict[int, Counter[Sequence[Any]]] = defaultdict(Counter)
    for row in rows:
        found[row[0]][row] += 1
    return found


def _gold_rows(gold: Gold, view: Table, batches: Collection[int] | None = None) -> Iterator[Sequence[Any]]:
    """Read the rows of a view, all or those of some batches, with the columns in the model's order."""
    ids = sorted(batches or ())
    parts = [f"batch_id IN ({', '.join(map(str, ids[at : at + MOST_IDS]))})" for at in range(0, len(ids), MOST_IDS)]
    for part in ["1 = 1"] if batches is None else parts:
        names = ", ".join(view.columns.keys())
        where = f"{part} AND {ONLY.get(view.name, '1 = 1')}"
        for rows in gold.read(f"SELECT {names} FROM gold.{view.name} WHERE {where}"):  # noqa: S608 - our own names
            yield from (tuple(map(_value, row)) for row in rows)


def _value(value: Any) -> Any:
    """Return a value as Postgres holds it: times in UTC, and a visible symbol instead of U+0000, which it refuses."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, str):
        return value.replace("\0", "\N{SYMBOL FOR NULL}")
    return value
