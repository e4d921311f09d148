"""The run that is served: its business date and age."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, join, select

from api.serving.database import read, sql_text
from api.serving.models import ONE, SERVED, SUCCEEDED, Revision, SyncRun

FIND_SERVED = sql_text(
    select(SyncRun.id, SyncRun.batch_id, SyncRun.business_date, SyncRun.sample_customers, SyncRun.finished_at)
    .where(SERVED)
    .order_by(SyncRun.id.desc())
    .limit(ONE)
)
FIND_KEPT = sql_text(
    select(SyncRun.id, SyncRun.batch_id, SyncRun.business_date, SyncRun.sample_customers, SyncRun.finished_at).where(
        SUCCEEDED, SyncRun.id == bindparam("run_id"), SyncRun.pruned_at.is_(None)
    )
)
"""The run with an id, if its rows are kept."""

STATE = select(SyncRun.id, SyncRun.business_date, Revision.number, SyncRun.finished_at).select_from(
    join(SyncRun, Revision, Revision.single)
)
FIND_STATE = sql_text(STATE.where(SERVED).order_by(SyncRun.id.desc()).limit(ONE))
"""What is served: the run and the revision of the overlay."""

FIND_KEPT_STATE = sql_text(STATE.where(SUCCEEDED, SyncRun.id == bindparam("run_id"), SyncRun.pruned_at.is_(None)))
"""The same of the run with an id, if its rows are kept."""


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
