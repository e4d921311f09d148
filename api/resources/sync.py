"""The sync of the warehouse into this API's database."""

from flask import current_app
from flask_smorest import Blueprint

from api.auth import sync_key_required
from api.database import serving_engine
from api.models import SyncRun
from api.schemas import SyncReport
from api.sync import sync_warehouse

blueprint = Blueprint("sync", __name__, url_prefix="/api/sync", description="Bring in the warehouse's latest day")


@blueprint.route("", methods=["POST"])
@blueprint.doc(security=[{"syncKey": []}])
@blueprint.response(200, SyncReport)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(409, "CONFLICT")
@blueprint.alt_response(502, "BAD_GATEWAY")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
@sync_key_required
def sync() -> SyncRun:
    """Copy the batch that the warehouse published last and serve it; returns when it is served."""
    return sync_warehouse(serving_engine(), current_app.config["SETTINGS"].warehouse_odbc_reader)
