"""The day published last, from which follows the next day to load."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

import pyodbc

from stack.settings import Settings

# The rule of etl.open_batch: a history batch was never shown, and a withdrawn one counts as never published.
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
        """The day after it."""
        return self.business_date + timedelta(days=1)


def latest(settings: Settings) -> Published | None:
    """Return the latest day that is published, None when none is. The schema must have been deployed."""
    with closing(pyodbc.connect(settings.contract["WAREHOUSE_ODBC"], timeout=10)) as warehouse:
        row = warehouse.execute(LATEST).fetchone()
    return Published(*row) if row else None


def shown(settings: Settings) -> int | None:
    """Return the batch that gold shows: the latest publication, which a replay may have made of an older day."""
    with closing(pyodbc.connect(settings.contract["WAREHOUSE_ODBC"], timeout=10)) as warehouse:
        batch_id: int | None = warehouse.execute("SELECT batch_id FROM gold.current_batch").fetchval()
    return batch_id
