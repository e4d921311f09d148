"""Whether the API lives, whether it can serve, and its figures for a monitoring system."""

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

blueprint = Blueprint("health", __name__, description="Whether the API can serve, and what")

FIND_SERVED = sql_text(
    select(SyncRun.id, SyncRun.batch_id, SyncRun.business_date, SyncRun.sample_customers, SyncRun.finished_at)
    .where(SERVED)
    .order_by(SyncRun.id.desc())
    .limit(ONE)
)


def served() -> dict[str, Any] | None:
    """Find which day is served, and how old it is; None before the first sync has succeeded."""
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
    """Say that the API answers, whatever else is down."""
    return {}


@blueprint.route("/health/ready")
@blueprint.doc(operationId="ready")
@blueprint.response(200, Readiness)
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
@blueprint.alt_response(500, "INTERNAL_SERVER_ERROR")
def ready() -> dict[str, Any]:
    """Say which day is served and how old it is; 503 when there is none or Postgres does not answer."""
    found = served()
    if found is None:
        raise NotSyncedError
    return found


@operation(blueprint, "/metrics", "read")
@blueprint.response(200, content_type="text/plain", schema={"type": "string"})
def get_metrics() -> Response:
    """Get the figures of all worker processes as Prometheus reads them."""
    return metrics.render(served)
