"""Liveness, readiness and metrics, for monitoring."""

from datetime import UTC, datetime
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import select

from api import metrics
from api.database import read, sql_text
from api.models import ONE, SERVED, SyncRun
from api.problems import NotSyncedError
from api.resources.operation import operation
from api.schemas import Liveness, Readiness

blueprint = Blueprint("health", __name__, description="Liveness, readiness and metrics")

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


@blueprint.route("/health/live")
@blueprint.doc(operationId="live")
@blueprint.response(200, Liveness)
def live() -> dict[str, Any]:
    """Check that the API answers requests, independently of Postgres and the warehouse."""
    return {}


@blueprint.route("/health/ready")
@blueprint.doc(operationId="ready")
@blueprint.response(200, Readiness)
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
@blueprint.alt_response(500, "INTERNAL_SERVER_ERROR")
def ready() -> dict[str, Any]:
    """Get the business date served and its age; 503 if no day is served or Postgres does not answer."""
    found = served_day()
    if found is None:
        raise NotSyncedError
    return found


@operation(blueprint, "/metrics", "read")
@blueprint.response(200, content_type="text/plain", schema={"type": "string"})
def get_metrics() -> Response:
    """Get the metrics of all worker processes in the text format of Prometheus."""
    return metrics.render(served_day)
