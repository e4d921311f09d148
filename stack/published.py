"""The latest published day, which determines the next day to load."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

import pyodbc

from stack.settings import Settings

# The rule of etl.open_batch: history batches and withdrawn batches do not count.
LATEST = """
SELECT TOP (1) batch_id, business_date, source_dir
FROM gold.load_batches
WHERE shown_at IS NOT NULL AND withdrawn_at IS NULL
ORDER BY business_date DESC, shown_at DESC
"""


@dataclass(frozen=True)
class Published:
    """The latest business date of the warehouse, and the batch that published it last."""

    batch_id: int
    business_date: date
    source_dir: str | None

    @property
    def following(self) -> date:
        """The day after this one."""
        return self.business_date + timedelta(days=1)


def latest(settings: Settings) -> Published | None:
    """Return the latest published day, None if there is none. The schema must be deployed."""
    with closing(pyodbc.connect(settings.contract["WAREHOUSE_ODBC"], timeout=10)) as warehouse:
        row = warehouse.execute(LATEST).fetchone()
    return Published(*row) if row else None


def shown(settings: Settings) -> int | None:
    """Return the batch that gold shows, which after a replay is of an older day than the latest."""
    with closing(pyodbc.connect(settings.contract["WAREHOUSE_ODBC"], timeout=10)) as warehouse:
        batch_id: int | None = warehouse.execute("SELECT batch_id FROM gold.current_batch").fetchval()
    return batch_id
