"""The run that is served: its business date and age."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from api.serving.database import read, sql_text
from api.serving.models import ONE, SERVED, SyncRun

FIND_SERVED = sql_text(
    select(SyncRun.id, SyncRun.batch_id, SyncRun.business_date, SyncRun.sample_customers, SyncRun.finished_at)
    .where(SERVED)
    .order_by(SyncRun.id.desc())
    .limit(ONE)
)


def served_day() -> dict[str, Any] | None:
    """Return the business date served, its age, and its sync run; None if no run is served."""
    rows = read(FIND_SERVED)
    if not rows:
        return None
    run_id, batch_id, business_date, sample_customers, synced_at = rows[0]
    return {
        "business_date": business_date,
        "age_days": (datetime.now(UTC).date() - business_date).days,
        "batch_id": batch_id,
        "run_id": run_id,
        "sample_customers": sample_customers,
        "synced_at": synced_at,
    }
