"""Liveness, readiness and metrics, for monitoring."""

from typing import Any

from flask import Response, current_app

from api.errors import NotSyncedError
from api.http import metrics
from api.resources.operation import Resource, operation
from api.resources.schemas import Liveness, Readiness
from api.serving.served import served_day

blueprint = Resource("health", __name__, description="Liveness, readiness and metrics")


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
    return metrics.render(current_app.extensions["request_metrics"], served_day)
