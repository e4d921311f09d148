"""Whether the API can serve, and what."""

from flask_smorest import Blueprint

from api.database import served_run, snapshot
from api.models import SyncRun
from api.schemas import Health

blueprint = Blueprint("health", __name__, url_prefix="/health", description="Whether the API can serve, and what")


@blueprint.route("")
@blueprint.response(200, Health)
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def health() -> SyncRun | dict[str, None]:
    """Say which day is served; 503 when Postgres does not answer."""
    return served_run(snapshot()) or {"business_date": None, "batch_id": None, "finished_at": None}
